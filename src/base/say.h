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

/* The code point at the start of `in` (not empty) and its length in bytes, or length 0 where the
 * bytes are not UTF-8 (RFC 3629: shortest form, no surrogates, at most U+10FFFF). */
uint32_t sl_utf8_point(struct sl_view in, size_t *length);

/* Whether `name` can serve as a name that a person chose (production, locker, keeper, roll):
 * 1..SL_ALIAS_MAX bytes of UTF-8, nothing that sl_plain() would escape, no '/', no blank, no '~'
 * or '=' or ',' (they have meanings of their own), not starting with '.' or '-'. SL_E_USAGE says
 * what is wrong with this `what` ("roll", "locker"). */
sl_rc sl_alias_check(struct sl_view name, const char *what, struct sl_err *err);
