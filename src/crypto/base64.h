/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Base 64 (RFC 4648, section 4), canonical only: one text for one run of bytes. Unpadded in age
 * headers, padded in armor. Not for secrets (tables are indexed by content).
 */
#pragma once

#include "base/bytes.h"

/* Characters that `bytes` bytes make, without and with padding. */
#define SL_BASE64_COLUMNS(bytes) (((bytes)*4u + 2u) / 3u)
#define SL_BASE64_PADDED(bytes)  (((bytes) + 2u) / 3u * 4u)

/* Write the unpadded text of `in` to `out`; returns how many characters. No NUL. */
size_t sl_base64_write(struct sl_view in, char *out);
/* Read unpadded text to `out`, which has room for text.len / 4 * 3 + 2 bytes. False where a
 * character is foreign, the length cannot be, or the bits left over are not zero. */
bool sl_base64_read(struct sl_view text, uint8_t *out, size_t *ret_bytes);
/* The same with '=' up to a multiple of four, required where it belongs. */
size_t sl_base64_write_padded(struct sl_view in, char *out);
bool sl_base64_read_padded(struct sl_view text, uint8_t *out, size_t *ret_bytes);
