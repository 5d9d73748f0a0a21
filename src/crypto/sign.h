/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Ed25519 signatures (RFC 8032) by libsodium, always over a purpose and a message: the signed
 * bytes are purpose || 0x00 || message, so that a signature made for one purpose is never valid
 * for another.
 */
#pragma once

#include "base/bytes.h"
#include "crypto/secret.h"

#define SL_SIGN_PUBLIC_BYTES 32u
#define SL_SIGN_SEED_BYTES   32u
#define SL_SIGNATURE_BYTES   64u
#define SL_SIGN_PURPOSE_MAX  64u    /* bytes of a purpose, without its NUL */
#define SL_SIGN_MESSAGE_MAX  16384u /* what is longer is signed by its hash */

/* Draw a new key. The caller frees key->bytes. */
sl_rc sl_sign_key_new(struct sl_sign_key *ret, struct sl_err *err);
/* The public half; made anew at each call (about 20 microseconds). */
void sl_sign_key_public(const struct sl_sign_key *key, uint8_t ret[SL_SIGN_PUBLIC_BYTES]);
/* Sign at most SL_SIGN_MESSAGE_MAX bytes; a longer message or purpose is a mistake of ours. */
void sl_sign(const struct sl_sign_key *key, const char *purpose, struct sl_view message,
             uint8_t ret[SL_SIGNATURE_BYTES]);
/* Whether it is that key's signature. False also for low-order and non-canonical keys and for a
 * message that is too long to have been signed here. */
bool sl_sign_check(const uint8_t key[SL_SIGN_PUBLIC_BYTES], const char *purpose,
                   struct sl_view message, const uint8_t signature[SL_SIGNATURE_BYTES]);
