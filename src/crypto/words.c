/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A hash as six words: bits taken off its front, eleven a word.
 */
#include "crypto/words.h"

#include <assert.h>
#include <string.h>

#include "crypto/derive.h"
#include "crypto/inside.h"

#define PURPOSE   "safelight/1 words"
#define WORD_BITS 11u

_Static_assert(1u << WORD_BITS == SL_WORD_COUNT, "bits of a word");
_Static_assert(SL_WORDS_SPOKEN *(SL_WORD_LETTERS + 1) <= SL_WORDS_BYTES, "room for six words");

const char *sl_word(unsigned index)
{
    assert(index < SL_WORD_COUNT);
    return sl_word_list[index];
}

/* Eleven bits of `hash` from bit `from` on, most significant first. */
static unsigned bits_at(const uint8_t *hash, unsigned from)
{
    unsigned value = 0;

    for (unsigned bit = from; bit < from + WORD_BITS; bit++)
        value = value << 1 | (hash[bit / 8] >> (7 - bit % 8) & 1u);
    return value;
}

void sl_words_of(const char *what, struct sl_view bytes, char ret[SL_WORDS_BYTES])
{
    uint8_t hash[SL_SHA256_BYTES];
    struct sl_view pieces[] = { { (const uint8_t *)PURPOSE, sizeof PURPOSE },
                                { (const uint8_t *)what, strlen(what) + 1 },
                                bytes };
    size_t used = 0;

    sl_sha256_of_pieces(pieces, 3, hash);
    for (unsigned i = 0; i < SL_WORDS_SPOKEN; i++) {
        const char *word = sl_word(bits_at(hash, i * WORD_BITS));
        size_t letters = strlen(word);
        if (i > 0)
            ret[used++] = ' ';
        memcpy(ret + used, word, letters);
        used += letters;
    }
    ret[used] = '\0';
}
