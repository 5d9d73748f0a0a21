/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What only the format room sees: faces that tests and fuzz targets use too. The pen that writes
 * every layout is in format/pen.h.
 */
#pragma once

#include "base/bytes.h"
#include "format/pen.h"

/* ---- faces that tests and fuzz targets use too ---- */

struct sl_slip;
struct sl_part;
struct sl_manifest_line;

/* The plaintext of a slip to its pieces (views into it), as sl_slip_open() does after opening. */
sl_rc sl_slip_read(struct sl_view plain, struct sl_slip *ret, struct sl_err *err);

/* One line of a manifest, without its newline: its fields, judged alone; *ret is untouched on
 * failure only in that nobody may use it. And the other way round, with the newline. */
sl_rc sl_manifest_line_read(struct sl_view text, struct sl_manifest_line *ret, struct sl_err *err);
sl_rc sl_manifest_line_write(const struct sl_manifest_line *line, struct sl_buf *out,
                             struct sl_err *err);
