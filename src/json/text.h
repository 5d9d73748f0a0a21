/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bytes as text, for JSON and for names: hex in lower case, base64 with padding (RFC 4648,
 * section 4), and whether bytes are UTF-8. Canonical only: every byte string has one spelling,
 * and no other is read.
 */
#pragma once

#include <stdbool.h>

#include "base/bytes.h"

/* Characters of `len` bytes in hex, and in base64; no NUL counted. */
#define SL_HEX_TEXT(len)    ((size_t)(len)*2u)
#define SL_BASE64_TEXT(len) (((len) + 2u) / 3u * 4u)

/* Write SL_HEX_TEXT(in.len) characters, no NUL. Cannot fail. */
void sl_hex_write(struct sl_view in, char *ret);
/* Read exactly `count` bytes from twice as many characters 0-9a-f. False for anything else, *ret
 * then holds nothing of use. */
bool sl_hex_read(struct sl_view text, uint8_t *ret, size_t count);

/* Write SL_BASE64_TEXT(in.len) characters, no NUL. Cannot fail. */
void sl_base64_padded_write(struct sl_view in, char *ret);
/* Read at most `room` bytes; *count says how many. False where the text is not canonical base64
 * (length, padding, white space, bits left over) or does not fit; *ret then holds nothing of
 * use. */
bool sl_base64_padded_read(struct sl_view text, uint8_t *ret, size_t room, size_t *count);

/* Whether all of it is UTF-8 (RFC 3629); nothing at all is. */
bool sl_utf8_valid(struct sl_view in);
