/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Requests, answers and cards as text for couriers and mail (docs/format/quorum.md, "As text"): at
 * most 1,500 characters, and read back after wrapped lines, quotes, CRLF and blanks that mail
 * programs add. What a program changed otherwise is noticed by a checksum, before any signature.
 */
#pragma once

#include "base/bytes.h"

#define SL_POST_TEXT_MAX  1500u        /* characters of a text, newlines included */
#define SL_POST_INPUT_MAX (256u << 10) /* bytes of a letter that is searched for texts */
#define SL_POST_TEXTS_MAX 64u          /* texts in one letter */

enum sl_post_kind {
    SL_POST_REQUEST, /* a request */
    SL_POST_ANSWER,  /* an answer, sealed as an age file to who asked */
    SL_POST_CARD,    /* a person's card (docs/format/people.md) */
    SL_POST_KINDS,
};

/* Append `what` as text. SL_E_USAGE if that has more than SL_POST_TEXT_MAX characters. */
sl_rc sl_post_write(enum sl_post_kind kind, struct sl_view what, struct sl_buf *out,
                    struct sl_err *err);
/* Append the bytes of text number `index` (from 0) of this kind in a letter, whatever stands
 * around it. SL_E_MISSING: there is no such text (or no further one); SL_E_USAGE: only one of
 * another kind; SL_E_BROKEN: cut short, or changed on its way. */
sl_rc sl_post_read(enum sl_post_kind kind, struct sl_view letter, size_t index, struct sl_buf *ret,
                   struct sl_err *err);
