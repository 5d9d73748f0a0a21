/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Hashes and keys made from keys: SHA-256 (FIPS 180-4), HMAC-SHA-256 (RFC 2104), HKDF-SHA-256
 * (RFC 5869); OpenSSL does the work.
 */
#pragma once

#include "base/bytes.h"
#include "base/own.h"
#include "crypto/secret.h"

#define SL_SHA256_BYTES 32u

/* A running SHA-256. sl_sha256_now() gives the digest of everything so far and lets the hash run
 * on (it finishes a copy). SL_E_SYSTEM only when memory runs out. The caller owns *ret. */
struct sl_sha256;
sl_rc sl_sha256_new(struct sl_sha256 **ret, struct sl_err *err);
void sl_sha256_restart(struct sl_sha256 *h);
void sl_sha256_put(struct sl_sha256 *h, struct sl_view in);
void sl_sha256_now(const struct sl_sha256 *h, uint8_t ret[SL_SHA256_BYTES]);
void sl_sha256_free(struct sl_sha256 *h);
SL_OWNED(sha256)

/* One-shot digests over one or several pieces, end to end. */
void sl_sha256_of(struct sl_view in, uint8_t ret[SL_SHA256_BYTES]);
void sl_sha256_of_pieces(const struct sl_view *in, size_t count, uint8_t ret[SL_SHA256_BYTES]);

/* HMAC-SHA-256 of `in` under `key`. */
void sl_hmac_sha256(struct sl_view key, struct sl_view in, uint8_t ret[SL_SHA256_BYTES]);

/* HKDF-SHA-256: `count` bytes (1..8160) from input key material, salt (may be empty) and info. */
void sl_hkdf_sha256(struct sl_view key, struct sl_view salt, struct sl_view info, uint8_t *ret,
                    size_t count);
