/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The payload of an age file: chunks of 64 KiB, each under its number and whether it is the last
 * (STREAM). Any chunk can be sealed or opened by itself, in any order.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/say.h"
#include "crypto/derive.h"
#include "crypto/inside.h"

struct sl_age_payload {
    struct sl_aead *aead;
};

sl_rc sl_age_payload_new(const struct sl_age_key *key, const uint8_t nonce[SL_AGE_NONCE_BYTES],
                         struct sl_age_payload **ret, struct sl_err *err)
{
    static const uint8_t info[] = { 'p', 'a', 'y', 'l', 'o', 'a', 'd' };
    SL_AUTO_FREE(age_payload) *p = calloc(1, sizeof *p);
    uint8_t payload_key[SL_AEAD_KEY_BYTES];

    if (p == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory for a cipher"));
    SL_TRY(sl_aead_new(&p->aead, err));
    sl_hkdf_sha256(sl_secret_expose(key->bytes), (struct sl_view){ nonce, SL_AGE_NONCE_BYTES },
                   (struct sl_view){ info, sizeof info }, payload_key, sizeof payload_key);
    sl_aead_key(p->aead, payload_key);
    sl_wipe(payload_key, sizeof payload_key);
    *ret = SL_TAKE(p);
    return SL_OK;
}

void sl_age_payload_free(struct sl_age_payload *p)
{
    if (p == NULL)
        return;
    sl_aead_free(p->aead);
    free(p);
}

/* Eleven bytes of number, big-endian, and whether it is the last. */
static void chunk_nonce(uint64_t index, bool last, uint8_t ret[SL_AEAD_NONCE_BYTES])
{
    for (size_t i = 0; i < SL_AEAD_NONCE_BYTES; i++)
        ret[i] = 0;
    for (size_t i = 0; i < 8; i++)
        ret[10 - i] = (uint8_t)(index >> 8 * i);
    ret[11] = last;
}

void sl_age_chunk_seal(struct sl_age_payload *p, uint64_t index, bool last, const uint8_t *in,
                       size_t len, uint8_t *out)
{
    uint8_t nonce[SL_AEAD_NONCE_BYTES];

    assert(len <= SL_AGE_CHUNK_BYTES && (last || len == SL_AGE_CHUNK_BYTES));
    assert(len > 0 || index == 0);
    chunk_nonce(index, last, nonce);
    sl_aead_seal(p->aead, nonce, (struct sl_view){ 0 }, in, len, out, out + len);
}

sl_rc sl_age_chunk_open(struct sl_age_payload *p, uint64_t index, bool last, struct sl_view in,
                        uint8_t *out, struct sl_err *err)
{
    uint8_t nonce[SL_AEAD_NONCE_BYTES];

    if (in.len < SL_AGE_TAG_BYTES || in.len > SL_AGE_SEALED_CHUNK ||
        (!last && in.len != SL_AGE_SEALED_CHUNK))
        return sl_fail(err, SL_E_BROKEN, _("chunk %llu has a length that no chunk has"),
                       (unsigned long long)index);
    size_t len = in.len - SL_AGE_TAG_BYTES;
    if (len == 0 && index > 0)
        return sl_fail(err, SL_E_BROKEN, _("the last chunk is empty although it is not the only"));
    chunk_nonce(index, last, nonce);
    if (!sl_aead_open(p->aead, nonce, (struct sl_view){ 0 }, in.at, len, in.at + len, out))
        return sl_fail(err, SL_E_BROKEN, _("chunk %llu was altered, moved or cut off"),
                       (unsigned long long)index);
    return SL_OK;
}

uint64_t sl_age_payload_bytes(uint64_t plain)
{
    uint64_t chunks = plain / SL_AGE_CHUNK_BYTES + (plain % SL_AGE_CHUNK_BYTES != 0);

    assert(plain <= SL_AGE_PLAIN_MAX);
    return plain + (chunks > 0 ? chunks : 1) * SL_AGE_TAG_BYTES;
}

bool sl_age_plain_bytes(uint64_t payload, uint64_t *ret)
{
    uint64_t full = payload / SL_AGE_SEALED_CHUNK;
    uint64_t rest = payload % SL_AGE_SEALED_CHUNK;

    if (rest == 0 && full == 0)
        return false;
    if (rest > 0 && (rest < SL_AGE_TAG_BYTES || (rest == SL_AGE_TAG_BYTES && full > 0)))
        return false;
    *ret = full * SL_AGE_CHUNK_BYTES + (rest > 0 ? rest - SL_AGE_TAG_BYTES : 0);
    return true;
}
