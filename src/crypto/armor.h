/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Armor of age files: strict PEM (RFC 7468, C2SP age.md "ASCII armor"), label AGE ENCRYPTED FILE,
 * lines of 64 columns. Streaming both ways; no I/O.
 */
#pragma once

#include "base/bytes.h"
#include "base/own.h"

#define SL_ARMOR_BEGIN "-----BEGIN AGE ENCRYPTED FILE-----"
#define SL_ARMOR_END   "-----END AGE ENCRYPTED FILE-----"

/* Whether a file that starts like this (white space skipped, as age) wants to be armored: it
 * begins with dashes; the reader then judges the line. Needs at most the first SL_ARMOR_PEEK
 * bytes. */
#define SL_ARMOR_PEEK      1200u
#define SL_ARMOR_BLANK_MAX 1024u /* bytes of white space before, and after; more is refused */
bool sl_armor_begins(struct sl_view start);
/* Whether `start` is too short to tell: only white space, or a piece of the begin line. */
bool sl_armor_undecided(struct sl_view start);

/* Wrap: begin line first, base64 lines as bytes come, end line at finish. Appends to *out. Starts
 * zeroed; holds nothing to free. */
struct sl_armor_writer {
    uint8_t left[48];
    size_t left_count;
    bool begun;
};
sl_rc sl_armor_write(struct sl_armor_writer *w, struct sl_view in, struct sl_buf *out,
                     struct sl_err *err);
sl_rc sl_armor_finish(struct sl_armor_writer *w, struct sl_buf *out, struct sl_err *err);

/* Unwrap: feed the file in any pieces, then finish. Decoded bytes are appended to *out, at most
 * three quarters of what was fed plus one line; on failure what stood before the trouble is
 * there. Whatever age's test kit refuses is SL_E_BROKEN with the line's number: lines end with LF
 * or CRLF, only whole lines of white space may stand before, and any after. */
struct sl_armor_reader;
sl_rc sl_armor_reader_new(struct sl_armor_reader **ret, struct sl_err *err);
sl_rc sl_armor_read(struct sl_armor_reader *r, struct sl_view in, struct sl_buf *out,
                    struct sl_err *err);
sl_rc sl_armor_read_finish(struct sl_armor_reader *r, struct sl_err *err);
void sl_armor_reader_free(struct sl_armor_reader *r);
SL_OWNED(armor_reader)
