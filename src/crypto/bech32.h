/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bech32 (BIP-173) as age writes keys: a prefix, '1', 32 bytes, a checksum of six characters.
 * All in one case; the checksum is over the lower-case text.
 */
#pragma once

#include "base/bytes.h"

#define SL_BECH32_BYTES      32u /* the only length that age's native keys have */
#define SL_BECH32_PREFIX_MAX 32u
#define SL_BECH32_TEXT_MAX   (SL_BECH32_PREFIX_MAX + 1u + 52u + 6u + 1u) /* with NUL */

enum sl_bech32 {
    SL_BECH32_GOOD = 0,
    SL_BECH32_PREFIX,   /* not this prefix (in this case) and '1' */
    SL_BECH32_CASE,     /* upper and lower case mixed */
    SL_BECH32_LENGTH,   /* not the length of 32 bytes, or left-over bits that are not zero */
    SL_BECH32_FOREIGN,  /* a character that Bech32 does not use */
    SL_BECH32_CHECKSUM, /* a slip of the pen */
};

/* Read `text`, which must start with `prefix` exactly as spelled there. `ret` is filled only when
 * it is good. The caller wipes what is secret. */
enum sl_bech32 sl_bech32_read(struct sl_view text, const char *prefix,
                              uint8_t ret[SL_BECH32_BYTES]);
/* Write the text, NUL included, in the case of `prefix`; at most SL_BECH32_TEXT_MAX bytes.
 * Returns the length without NUL. */
size_t sl_bech32_write(const char *prefix, const uint8_t bytes[SL_BECH32_BYTES], char *ret);
