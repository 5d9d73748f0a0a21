/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The X25519 recipient of age: a share of our own for each stanza, the wrapping key from both
 * points and the shared secret (C2SP age.md, "The X25519 recipient type"). libsodium multiplies.
 */
#include <sodium.h>
#include <string.h>

#include "base/say.h"
#include "crypto/base64.h"
#include "crypto/derive.h"
#include "crypto/inside.h"

#define LABEL         "age-encryption.org/v1/X25519"
#define SHARE_COLUMNS SL_BASE64_COLUMNS(SL_AGE_X25519_BYTES)

static const uint8_t NONCE[SL_AEAD_NONCE_BYTES]; /* each wrapping key is used once */

_Static_assert(SL_AGE_X25519_BYTES == crypto_scalarmult_BYTES, "X25519");

bool sl_x25519(uint8_t ret[SL_AGE_X25519_BYTES], const uint8_t scalar[SL_AGE_X25519_BYTES],
               const uint8_t point[SL_AGE_X25519_BYTES])
{
    if (crypto_scalarmult(ret, scalar, point) == 0 && !sodium_is_zero(ret, SL_AGE_X25519_BYTES))
        return true;
    sl_wipe(ret, SL_AGE_X25519_BYTES);
    return false;
}

static void derive_wrap_key(const uint8_t shared[SL_AGE_X25519_BYTES], const uint8_t *share,
                            const struct sl_age_recipient *to, struct sl_aead *a)
{
    uint8_t salt[2u * SL_AGE_X25519_BYTES];
    uint8_t key[SL_AEAD_KEY_BYTES];

    memcpy(salt, share, SL_AGE_X25519_BYTES);
    memcpy(salt + SL_AGE_X25519_BYTES, to->point, SL_AGE_X25519_BYTES);
    sl_hkdf_sha256((struct sl_view){ shared, SL_AGE_X25519_BYTES },
                   (struct sl_view){ salt, sizeof salt },
                   (struct sl_view){ (const uint8_t *)LABEL, strlen(LABEL) }, key, sizeof key);
    sl_aead_key(a, key);
    sl_wipe(key, sizeof key);
}

static sl_rc put_stanza(const uint8_t share[SL_AGE_X25519_BYTES],
                        const uint8_t body[SL_AGE_WRAPPED_BYTES], struct sl_buf *out,
                        struct sl_err *err)
{
    char text[SHARE_COLUMNS];
    size_t made = sl_base64_write((struct sl_view){ share, SL_AGE_X25519_BYTES }, text);

    SL_TRY(sl_age_put_text(out, "-> X25519 ", err));
    SL_TRY(sl_buf_put(out, (struct sl_view){ (const uint8_t *)text, made }, err));
    SL_TRY(sl_age_put_text(out, "\n", err));
    return sl_age_put_wrapped(out, body, err);
}

sl_rc sl_age_x25519_wrap(struct sl_aead *a, const struct sl_age_recipient *to,
                         struct sl_view file_key, struct sl_buf *out, struct sl_err *err)
{
    uint8_t secret[SL_AGE_X25519_BYTES];
    uint8_t shared[SL_AGE_X25519_BYTES];
    uint8_t share[SL_AGE_X25519_BYTES];
    uint8_t body[SL_AGE_WRAPPED_BYTES];

    sl_random(secret, sizeof secret);
    (void)crypto_scalarmult_base(share, secret); /* always 0 */
    bool sound = sl_x25519(shared, secret, to->point);
    sl_wipe(secret, sizeof secret);
    if (!sound)
        return sl_fail(err, SL_E_USAGE, _("a recipient that everybody could open for"));
    derive_wrap_key(shared, share, to, a);
    sl_wipe(shared, sizeof shared);
    sl_aead_seal(a, NONCE, (struct sl_view){ 0 }, file_key.at, SL_AGE_FILE_KEY_BYTES, body,
                 body + SL_AGE_FILE_KEY_BYTES);
    return put_stanza(share, body, out, err);
}

static bool read_share(const struct sl_age_stanza *s, uint8_t ret[SL_AGE_X25519_BYTES])
{
    uint8_t bytes[SL_AGE_X25519_BYTES + 2u];
    size_t made = 0;

    if (s->args[1].len != SHARE_COLUMNS || !sl_base64_read(s->args[1], bytes, &made))
        return false;
    memcpy(ret, bytes, SL_AGE_X25519_BYTES);
    return true;
}

sl_rc sl_age_x25519_check(const struct sl_age_stanza *s, struct sl_err *err)
{
    uint8_t share[SL_AGE_X25519_BYTES];

    if (s->arg_count != 2)
        return sl_fail(err, SL_E_BROKEN, _("age header: an X25519 recipient has %zu arguments"),
                       s->arg_count);
    if (!read_share(s, share))
        return sl_fail(err, SL_E_BROKEN, _("age header: an X25519 share is malformed"));
    if (s->body_bytes != SL_AGE_WRAPPED_BYTES) /* before opening: no partitioning oracle */
        return sl_fail(err, SL_E_BROKEN, _("age header: a sealed file key of a wrong length"));
    return SL_OK;
}

sl_rc sl_age_x25519_unwrap(struct sl_aead *a, const struct sl_age_identity *with,
                           const struct sl_age_stanza *s, uint8_t file_key[SL_AGE_FILE_KEY_BYTES],
                           bool *fits, struct sl_err *err)
{
    uint8_t share[SL_AGE_X25519_BYTES];
    uint8_t shared[SL_AGE_X25519_BYTES];

    if (!read_share(s, share) || !sl_x25519(shared, sl_secret_expose(with->scalar).at, share))
        return sl_fail(err, SL_E_BROKEN, _("age header: an X25519 share of low order"));
    derive_wrap_key(shared, share, &with->recipient, a);
    sl_wipe(shared, sizeof shared);
    *fits = sl_aead_open(a, NONCE, (struct sl_view){ 0 }, s->body, SL_AGE_FILE_KEY_BYTES,
                         s->body + SL_AGE_FILE_KEY_BYTES, file_key);
    return SL_OK;
}
