/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Six words of a hash: the list is the one everybody has, and the bits are taken in the order that
 * docs/format/people.md says.
 */
#include "crypto/words.h"

#include "crypto/derive.h"
#include "foreign.h"
#include "ready.h"

/* sha256sum of wordlist/english.txt in Debian's python3-mnemonic 0.19-2. */
static const char LIST[] = "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda";

static bool says(const char *what, const char *bytes, const char *want)
{
    char got[SL_WORDS_BYTES];

    sl_words_of(what, text_view(bytes), got);
    if (strcmp(got, want) != 0)
        printf("# it says: %s\n", got);
    return strcmp(got, want) == 0;
}

/* PEOPLE-1 */
static void words__are_the_list_that_everybody_has(void)
{
    SL_AUTO_CLEAR(buf) text = sl_buf_upto(65536), want = sl_buf_upto(64);
    uint8_t hash[SL_SHA256_BYTES];

    for (unsigned i = 0; i < SL_WORD_COUNT; i++) {
        CHECK_EQ(sl_buf_put(&text, text_view(sl_word(i)), NULL), SL_OK);
        CHECK_EQ(sl_buf_put(&text, text_view("\n"), NULL), SL_OK);
    }
    CHECK_EQ(SL_WORD_COUNT, 2048);
    sl_sha256_of(sl_buf_view(&text), hash);
    foreign_unhex(text_view(LIST), &want);
    CHECK(foreign_same(sl_buf_view(&want), hash, sizeof hash));
}

static void words__are_told_apart_by_their_first_four_letters(void)
{
    for (unsigned i = 0; i < SL_WORD_COUNT; i++) {
        size_t letters = strlen(sl_word(i));
        CHECK(letters >= 3 && letters <= 8);
        CHECK_EQ(strspn(sl_word(i), "abcdefghijklmnopqrstuvwxyz"), letters);
        CHECK(i == 0 || strncmp(sl_word(i - 1), sl_word(i), 4) < 0); /* sorted, too */
    }
}

/* PEOPLE-2: by another's hand, in Python:
 * n = int.from_bytes(sha256(b"safelight/1 words\0" + what + b"\0" + bytes).digest(), "big")
 * " ".join(LIST[n >> (256 - 11 * (i + 1)) & 2047] for i in range(6)) */
static void words__of_known_bytes(void)
{
    uint8_t counting[32];
    char got[SL_WORDS_BYTES];

    CHECK(says("card", "", "point turn cricket force height unit"));
    CHECK(says("card", "abc", "ginger negative portion loop trumpet maximum"));
    CHECK(says("invitation", "abc", "chapter tape extend ramp face fall"));
    for (unsigned i = 0; i < sizeof counting; i++)
        counting[i] = (uint8_t)i;
    sl_words_of("key", (struct sl_view){ counting, sizeof counting }, got);
    CHECK(strcmp(got, "amused neck adjust catch ancient chest") == 0);
    CHECK(says("key", "315935", "acoustic evidence position security uncover rebuild")); /* long */
}

/* What is compared is in them: a boundary moved between kind and bytes changes all. */
static void words__of_one_kind_are_not_those_of_another(void)
{
    char card[SL_WORDS_BYTES], invitation[SL_WORDS_BYTES], moved[SL_WORDS_BYTES];

    sl_words_of("card", text_view("s are"), card);
    sl_words_of("invitation", text_view("s are"), invitation);
    sl_words_of("cards", text_view(" are"), moved);
    CHECK(strcmp(card, invitation) != 0);
    CHECK(strcmp(card, moved) != 0);
}

static const struct check_case cases[] = {
    CASE(words__are_the_list_that_everybody_has),
    CASE(words__are_told_apart_by_their_first_four_letters),
    CASE(words__of_known_bytes),
    CASE(words__of_one_kind_are_not_those_of_another),
};

READY_MAIN(cases)
