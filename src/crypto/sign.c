/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Ed25519 by libsodium, which refuses low-order and non-canonical keys, low-order R and
 * non-canonical S. The long form of the secret key is made from the seed for one call and wiped.
 */
#include "crypto/sign.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "crypto/inside.h"

_Static_assert(SL_SIGN_SEED_BYTES == crypto_sign_SEEDBYTES, "seed");
_Static_assert(SL_SIGN_PUBLIC_BYTES == crypto_sign_PUBLICKEYBYTES, "public key");
_Static_assert(SL_SIGNATURE_BYTES == crypto_sign_BYTES, "signature");

#define FRAMED_MAX (SL_SIGN_PURPOSE_MAX + 1u + SL_SIGN_MESSAGE_MAX)

sl_rc sl_sign_key_new(struct sl_sign_key *ret, struct sl_err *err)
{
    return sl_secret_new(SL_SIGN_SEED_BYTES, &ret->bytes, err);
}

static void expand(const struct sl_sign_key *key, uint8_t public[SL_SIGN_PUBLIC_BYTES],
                   uint8_t secret[crypto_sign_SECRETKEYBYTES])
{
    struct sl_view seed = sl_secret_expose(key->bytes);

    assert(seed.len == SL_SIGN_SEED_BYTES);
    (void)crypto_sign_seed_keypair(public, secret, seed.at); /* always 0 */
}

void sl_sign_key_public(const struct sl_sign_key *key, uint8_t ret[SL_SIGN_PUBLIC_BYTES])
{
    uint8_t secret[crypto_sign_SECRETKEYBYTES];

    expand(key, ret, secret);
    sl_wipe(secret, sizeof secret);
}

void sl_sign_bytes(const struct sl_sign_key *key, struct sl_view message,
                   uint8_t ret[SL_SIGNATURE_BYTES])
{
    uint8_t public[SL_SIGN_PUBLIC_BYTES];
    uint8_t secret[crypto_sign_SECRETKEYBYTES];

    expand(key, public, secret);
    (void)crypto_sign_detached(ret, NULL, message.at, message.len, secret); /* always 0 */
    sl_wipe(secret, sizeof secret);
}

bool sl_sign_check_bytes(const uint8_t key[SL_SIGN_PUBLIC_BYTES], struct sl_view message,
                         const uint8_t signature[SL_SIGNATURE_BYTES])
{
    return crypto_sign_verify_detached(signature, message.at, message.len, key) == 0;
}

/* libsodium's own many-part signatures are Ed25519ph, another scheme: so one piece it is. */
static struct sl_view frame(const char *purpose, struct sl_view message, uint8_t to[FRAMED_MAX])
{
    size_t count = strlen(purpose) + 1;

    assert(count <= SL_SIGN_PURPOSE_MAX + 1u && message.len <= SL_SIGN_MESSAGE_MAX);
    memcpy(to, purpose, count);
    if (message.len > 0)
        memcpy(to + count, message.at, message.len);
    return (struct sl_view){ .at = to, .len = count + message.len };
}

void sl_sign(const struct sl_sign_key *key, const char *purpose, struct sl_view message,
             uint8_t ret[SL_SIGNATURE_BYTES])
{
    uint8_t framed[FRAMED_MAX];

    sl_sign_bytes(key, frame(purpose, message, framed), ret);
}

bool sl_sign_check(const uint8_t key[SL_SIGN_PUBLIC_BYTES], const char *purpose,
                   struct sl_view message, const uint8_t signature[SL_SIGNATURE_BYTES])
{
    uint8_t framed[FRAMED_MAX];

    if (message.len > SL_SIGN_MESSAGE_MAX)
        return false; /* nothing of ours signs so much */
    return sl_sign_check_bytes(key, frame(purpose, message, framed), signature);
}
