/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * SHA-256, HMAC and HKDF by OpenSSL. The algorithms were fetched once, at the start; what can
 * still fail here is only the memory for a small context.
 */
#include "crypto/derive.h"

#include <assert.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <stdlib.h>

#include "base/say.h"
#include "crypto/inside.h"

#define HKDF_BYTES_MAX 8160u /* 255 digests */

struct sl_sha256 {
    EVP_MD_CTX *running;
    EVP_MD_CTX *copy; /* finished in place of the running one */
};

sl_rc sl_sha256_new(struct sl_sha256 **ret, struct sl_err *err)
{
    SL_AUTO_FREE(sha256) *h = calloc(1, sizeof *h);

    if (h != NULL) {
        h->running = EVP_MD_CTX_new();
        h->copy = EVP_MD_CTX_new();
    }
    if (h == NULL || h->running == NULL || h->copy == NULL ||
        EVP_DigestInit_ex2(h->running, sl_crypto_parts()->sha256, NULL) != 1)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory for a running hash"));
    *ret = SL_TAKE(h);
    return SL_OK;
}

void sl_sha256_restart(struct sl_sha256 *h)
{
    sl_crypto_must(EVP_DigestInit_ex2(h->running, sl_crypto_parts()->sha256, NULL) == 1);
}

void sl_sha256_put(struct sl_sha256 *h, struct sl_view in)
{
    if (in.len > 0)
        sl_crypto_must(EVP_DigestUpdate(h->running, in.at, in.len) == 1);
}

void sl_sha256_now(const struct sl_sha256 *h, uint8_t ret[SL_SHA256_BYTES])
{
    sl_crypto_must(EVP_MD_CTX_copy_ex(h->copy, h->running) == 1 &&
                   EVP_DigestFinal_ex(h->copy, ret, NULL) == 1);
}

void sl_sha256_free(struct sl_sha256 *h)
{
    if (h == NULL)
        return;
    EVP_MD_CTX_free(h->running);
    EVP_MD_CTX_free(h->copy);
    free(h);
}

void sl_sha256_of(struct sl_view in, uint8_t ret[SL_SHA256_BYTES])
{
    sl_sha256_of_pieces(&in, 1, ret);
}

void sl_sha256_of_pieces(const struct sl_view *in, size_t count, uint8_t ret[SL_SHA256_BYTES])
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();

    sl_crypto_must(ctx != NULL && EVP_DigestInit_ex2(ctx, sl_crypto_parts()->sha256, NULL) == 1);
    for (size_t i = 0; i < count; i++) {
        if (in[i].len > 0)
            sl_crypto_must(EVP_DigestUpdate(ctx, in[i].at, in[i].len) == 1);
    }
    sl_crypto_must(EVP_DigestFinal_ex(ctx, ret, NULL) == 1);
    EVP_MD_CTX_free(ctx);
}

/* OpenSSL takes a NULL for "not given"; an empty key or salt is something else. */
static struct sl_view not_null(struct sl_view v)
{
    return v.len > 0 ? v : (struct sl_view){ .at = (const uint8_t *)"" };
}

void sl_hmac_sha256(struct sl_view key, struct sl_view in, uint8_t ret[SL_SHA256_BYTES])
{
    char digest[] = "SHA2-256";
    OSSL_PARAM how[] = { OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                         OSSL_PARAM_construct_end() };
    struct sl_view k = not_null(key);
    struct sl_view text = not_null(in);
    EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(sl_crypto_parts()->hmac);
    size_t count = 0;

    sl_crypto_must(ctx != NULL && EVP_MAC_init(ctx, k.at, k.len, how) == 1 &&
                   EVP_MAC_update(ctx, text.at, text.len) == 1 &&
                   EVP_MAC_final(ctx, ret, &count, SL_SHA256_BYTES) == 1 &&
                   count == SL_SHA256_BYTES);
    EVP_MAC_CTX_free(ctx);
}

/* OSSL_PARAM wants a pointer it could write through, and does not. */
static OSSL_PARAM octets(const char *name, struct sl_view v)
{
    struct sl_view some = not_null(v);
    union {
        const uint8_t *given;
        void *wanted;
    } at = { .given = some.at };

    return OSSL_PARAM_construct_octet_string(name, at.wanted, some.len);
}

void sl_hkdf_sha256(struct sl_view key, struct sl_view salt, struct sl_view info, uint8_t *ret,
                    size_t count)
{
    assert(count >= 1 && count <= HKDF_BYTES_MAX);
    char digest[] = "SHA2-256";
    OSSL_PARAM how[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
        octets(OSSL_KDF_PARAM_KEY, key),
        octets(OSSL_KDF_PARAM_SALT, salt),
        octets(OSSL_KDF_PARAM_INFO, info),
        OSSL_PARAM_construct_end(),
    };
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(sl_crypto_parts()->hkdf);

    sl_crypto_must(ctx != NULL && EVP_KDF_derive(ctx, ret, count, how) == 1);
    EVP_KDF_CTX_free(ctx);
}
