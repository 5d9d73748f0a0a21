/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ChaCha20-Poly1305 (RFC 8439) by OpenSSL: one context per worker, keyed once and used for many
 * chunks. Serves the payload of age files and the tags of shards.
 */
#pragma once

#include "base/bytes.h"
#include "base/own.h"

#define SL_AEAD_KEY_BYTES   32u
#define SL_AEAD_NONCE_BYTES 12u
#define SL_AEAD_TAG_BYTES   16u

struct sl_aead;

/* The caller owns *ret. SL_E_SYSTEM when memory runs out. */
sl_rc sl_aead_new(struct sl_aead **ret, struct sl_err *err);
void sl_aead_key(struct sl_aead *a, const uint8_t key[SL_AEAD_KEY_BYTES]);
void sl_aead_free(struct sl_aead *a); /* wipes its copy of the key */
SL_OWNED(aead)

/* Seal `len` bytes from `in` to `out` (may be the same place), 16 bytes of tag to `tag`. */
void sl_aead_seal(struct sl_aead *a, const uint8_t nonce[SL_AEAD_NONCE_BYTES], struct sl_view more,
                  const uint8_t *in, size_t len, uint8_t *out, uint8_t tag[SL_AEAD_TAG_BYTES]);
/* Open `len` bytes (without the tag). False, and `out` zeroed, if the tag is not right. `more`
 * is associated data, may be empty. */
bool sl_aead_open(struct sl_aead *a, const uint8_t nonce[SL_AEAD_NONCE_BYTES], struct sl_view more,
                  const uint8_t *in, size_t len, const uint8_t tag[SL_AEAD_TAG_BYTES],
                  uint8_t *out);
