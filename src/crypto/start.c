/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Before anything else: libsodium draws its random bytes through the seam, OpenSSL reads no
 * configuration file and hands out the four algorithms this room uses.
 */
#include <assert.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <sodium.h>
#include <stdlib.h>

#include "base/say.h"
#include "crypto/inside.h"

static const struct sl_os *source;
static struct sl_crypto_parts parts;

void sl_crypto_must(bool done)
{
    if (!done)
        abort();
}

static const char *seam_name(void)
{
    return "safelight seam";
}

static void seam_bytes(void *const to, const size_t count)
{
    sl_crypto_must(source->random(source->self, to, count) == 0);
}

static uint32_t seam_number(void)
{
    uint32_t number = 0;

    seam_bytes(&number, sizeof number);
    return number;
}

/* libsodium keeps the pointer. */
static randombytes_implementation seam = {
    .implementation_name = seam_name,
    .random = seam_number,
    .buf = seam_bytes,
};

static sl_rc fetch_parts(struct sl_err *err)
{
    if (parts.hkdf != NULL)
        return SL_OK;
    /* No openssl.cnf: whoever can write one must not choose our algorithms. */
    if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1)
        return sl_fail(err, SL_E_SYSTEM, _("OpenSSL refuses to start"));
    if (parts.sha256 == NULL)
        parts.sha256 = EVP_MD_fetch(NULL, "SHA2-256", NULL);
    if (parts.chacha20_poly1305 == NULL)
        parts.chacha20_poly1305 = EVP_CIPHER_fetch(NULL, "ChaCha20-Poly1305", NULL);
    if (parts.hmac == NULL)
        parts.hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    if (parts.sha256 == NULL || parts.chacha20_poly1305 == NULL || parts.hmac == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("OpenSSL lacks SHA-256, HMAC or ChaCha20-Poly1305"));
    parts.hkdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    if (parts.hkdf == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("OpenSSL lacks HKDF"));
    return SL_OK;
}

sl_rc sl_crypto_start(const struct sl_os *os, struct sl_err *err)
{
    bool first = source == NULL;

    source = os;
    if (first && randombytes_set_implementation(&seam) != 0)
        return sl_fail(err, SL_E_SYSTEM, _("libsodium refuses our source of random bytes"));
    if (sodium_init() < 0)
        return sl_fail(err, SL_E_SYSTEM, _("libsodium refuses to start"));
    return fetch_parts(err);
}

const struct sl_crypto_parts *sl_crypto_parts(void)
{
    assert(parts.hkdf != NULL); /* sl_crypto_start() comes first */
    return &parts;
}
