/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ChaCha20-Poly1305 by OpenSSL. The context is keyed once; each message sets only its nonce,
 * which saves the key schedule and every allocation on the way of a 64 KiB chunk.
 */
#include "crypto/aead.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "crypto/inside.h"

#define STEP_BYTES 65536u /* OpenSSL counts in int; one chunk is one step */

struct sl_aead {
    EVP_CIPHER_CTX *ctx;
};

enum way { WAY_OPEN = 0, WAY_SEAL = 1 };

sl_rc sl_aead_new(struct sl_aead **ret, struct sl_err *err)
{
    SL_AUTO_FREE(aead) *a = calloc(1, sizeof *a);

    if (a != NULL)
        a->ctx = EVP_CIPHER_CTX_new();
    if (a == NULL || a->ctx == NULL ||
        EVP_CipherInit_ex2(a->ctx, sl_crypto_parts()->chacha20_poly1305, NULL, NULL, WAY_SEAL,
                           NULL) != 1)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory for a cipher"));
    *ret = SL_TAKE(a);
    return SL_OK;
}

void sl_aead_key(struct sl_aead *a, const uint8_t key[SL_AEAD_KEY_BYTES])
{
    sl_crypto_must(EVP_CipherInit_ex2(a->ctx, NULL, key, NULL, WAY_SEAL, NULL) == 1);
}

void sl_aead_free(struct sl_aead *a)
{
    if (a == NULL)
        return;
    EVP_CIPHER_CTX_free(a->ctx); /* OpenSSL cleanses the key with its context */
    free(a);
}

/* Run `len` bytes through; `out` is NULL for associated data. */
static void update(struct sl_aead *a, const uint8_t *in, size_t len, uint8_t *out)
{
    for (size_t done = 0; done < len;) {
        size_t step = len - done < STEP_BYTES ? len - done : STEP_BYTES;
        int made = 0;

        sl_crypto_must(EVP_CipherUpdate(a->ctx, out != NULL ? out + done : NULL, &made, in + done,
                                        (int)step) == 1 &&
                       made == (int)step);
        done += step;
    }
}

static void begin(struct sl_aead *a, enum way way, const uint8_t nonce[SL_AEAD_NONCE_BYTES],
                  struct sl_view more)
{
    sl_crypto_must(EVP_CipherInit_ex2(a->ctx, NULL, NULL, nonce, (int)way, NULL) == 1);
    update(a, more.at, more.len, NULL);
}

void sl_aead_seal(struct sl_aead *a, const uint8_t nonce[SL_AEAD_NONCE_BYTES], struct sl_view more,
                  const uint8_t *in, size_t len, uint8_t *out, uint8_t tag[SL_AEAD_TAG_BYTES])
{
    uint8_t none[1];
    int made = 0;

    begin(a, WAY_SEAL, nonce, more);
    update(a, in, len, out);
    sl_crypto_must(EVP_CipherFinal_ex(a->ctx, none, &made) == 1 &&
                   EVP_CIPHER_CTX_ctrl(a->ctx, EVP_CTRL_AEAD_GET_TAG, SL_AEAD_TAG_BYTES, tag) == 1);
}

bool sl_aead_open(struct sl_aead *a, const uint8_t nonce[SL_AEAD_NONCE_BYTES], struct sl_view more,
                  const uint8_t *in, size_t len, const uint8_t tag[SL_AEAD_TAG_BYTES], uint8_t *out)
{
    uint8_t wanted[SL_AEAD_TAG_BYTES];
    uint8_t none[1];
    int made = 0;

    memcpy(wanted, tag, sizeof wanted); /* before `out` may overwrite it; OpenSSL wants no const */
    begin(a, WAY_OPEN, nonce, more);
    sl_crypto_must(EVP_CIPHER_CTX_ctrl(a->ctx, EVP_CTRL_AEAD_SET_TAG, SL_AEAD_TAG_BYTES, wanted) ==
                   1);
    update(a, in, len, out);
    if (EVP_CipherFinal_ex(a->ctx, none, &made) == 1)
        return true;
    sl_wipe(out, len);
    return false;
}
