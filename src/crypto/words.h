/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Six words to compare aloud: 66 bits of a hash, by the 2048 English words of BIP-39. What is
 * compared is named, so that the words of a card are never those of an invitation.
 */
#pragma once

#include "base/bytes.h"

#define SL_WORD_COUNT   2048u
#define SL_WORDS_SPOKEN 6u
#define SL_WORDS_BYTES  64u /* six words of 3 to 8 letters, blanks, NUL */

/* Word number `index` (below SL_WORD_COUNT), lower case. */
const char *sl_word(unsigned index);
/* The six words of SHA-256 over "safelight/1 words", a zero byte, `what` ("card", "invitation",
 * "request", "key"), a zero byte and `bytes`: its first 66 bits, most significant first. */
void sl_words_of(const char *what, struct sl_view bytes, char ret[SL_WORDS_BYTES]);
