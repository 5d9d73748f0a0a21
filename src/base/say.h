/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Words for people. Every sentence that a person reads passes _() (glibc gettext), so that
 * po/safelight.pot lists it and a translation can replace it. Names from a card are escaped by
 * sl_plain() before they meet a terminal: control and bidi characters could rewrite what stands
 * around them.
 */
#pragma once

#include <libintl.h>
#include <stddef.h>

#include "base/bytes.h"

#define SL_TEXT_DOMAIN "safelight"

#define _(text)              dgettext(SL_TEXT_DOMAIN, text)
#define N_(one, many, count) dngettext(SL_TEXT_DOMAIN, one, many, count)

/* What sl_plain() writes at most for a name of `len` bytes: each may become "\xNN" or, for a
 * bidi character of three bytes, "\u{NNNN}". */
#define SL_PLAIN_BYTES(len) ((len)*4u + 1u)

/* Write `name` (any bytes) into `out` (of `room` bytes, always ended by NUL, cut at a whole
 * character where it does not fit): valid printable UTF-8 stays, control characters, invalid
 * bytes, backslashes, bidi and other invisible formatting characters are escaped. Returns out. */
const char *sl_plain(struct sl_view name, char *out, size_t room);
