/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ristretto255 by libsodium, whose functions for points and scalars run in constant time. It
 * refuses a product that is the identity, but neither reads nor adds with that care, and tells
 * nobody whether a scalar is canonical: that is added here.
 */
#include "crypto/group.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "base/say.h"
#include "crypto/inside.h"

#define BLOCK_BYTES 128u /* SHA-512's s_in_bytes */

_Static_assert(SL_POINT_BYTES == crypto_core_ristretto255_BYTES, "point");
_Static_assert(SL_SCALAR_BYTES == crypto_core_ristretto255_SCALARBYTES, "scalar");
_Static_assert(SL_WIDE_BYTES == crypto_core_ristretto255_NONREDUCEDSCALARBYTES, "wide scalar");
_Static_assert(SL_WIDE_BYTES == crypto_core_ristretto255_HASHBYTES, "hash to a point");
_Static_assert(SL_WIDE_BYTES == crypto_hash_sha512_BYTES, "SHA-512");

/* The identity is encoded as zeroes, and as nothing else. */
static bool is_identity(const uint8_t p[SL_POINT_BYTES])
{
    return sodium_is_zero(p, SL_POINT_BYTES) == 1;
}

/* Take `p` over into *ret unless it is the identity; `done` is what libsodium said. */
static bool keep(int done, const uint8_t p[SL_POINT_BYTES], struct sl_point *ret)
{
    if (done != 0 || is_identity(p))
        return false;
    memcpy(ret->bytes, p, SL_POINT_BYTES);
    return true;
}

bool sl_point_read(const uint8_t in[SL_POINT_BYTES], struct sl_point *ret)
{
    return keep(crypto_core_ristretto255_is_valid_point(in) == 1 ? 0 : -1, in, ret);
}

bool sl_point_same(const struct sl_point *a, const struct sl_point *b)
{
    return sl_same(a->bytes, b->bytes, SL_POINT_BYTES);
}

void sl_point_base(struct sl_point *ret)
{
    static const struct sl_scalar one = { { 1 } };

    sl_crypto_must(sl_point_base_times(&one, ret));
}

bool sl_point_add(const struct sl_point *a, const struct sl_point *b, struct sl_point *ret)
{
    uint8_t p[SL_POINT_BYTES];

    return keep(crypto_core_ristretto255_add(p, a->bytes, b->bytes), p, ret);
}

bool sl_point_sub(const struct sl_point *a, const struct sl_point *b, struct sl_point *ret)
{
    uint8_t p[SL_POINT_BYTES];

    return keep(crypto_core_ristretto255_sub(p, a->bytes, b->bytes), p, ret);
}

static bool multiply(const struct sl_point *p, const uint8_t n[SL_SCALAR_BYTES],
                     struct sl_point *ret)
{
    uint8_t product[SL_POINT_BYTES];
    bool kept = keep(crypto_scalarmult_ristretto255(product, n, p->bytes), product, ret);

    sl_wipe(product, sizeof product);
    return kept;
}

static bool base_times(const uint8_t n[SL_SCALAR_BYTES], struct sl_point *ret)
{
    uint8_t product[SL_POINT_BYTES];
    bool kept = keep(crypto_scalarmult_ristretto255_base(product, n), product, ret);

    sl_wipe(product, sizeof product);
    return kept;
}

bool sl_point_times(const struct sl_point *p, const struct sl_scalar *n, struct sl_point *ret)
{
    return multiply(p, n->bytes, ret);
}

bool sl_point_base_times(const struct sl_scalar *n, struct sl_point *ret)
{
    return base_times(n->bytes, ret);
}

/* The bytes of a secret scalar. */
static const uint8_t *bytes_of(const struct sl_secret *n)
{
    struct sl_view bytes = sl_secret_expose(n);

    assert(bytes.len == SL_SCALAR_BYTES);
    return bytes.at;
}

bool sl_point_times_secret(const struct sl_point *p, const struct sl_secret *n,
                           struct sl_point *ret)
{
    return multiply(p, bytes_of(n), ret);
}

bool sl_point_base_times_secret(const struct sl_secret *n, struct sl_point *ret)
{
    return base_times(bytes_of(n), ret);
}

void sl_sum_add(struct sl_sum *sum, const struct sl_point *p)
{
    if (sum->any)
        sum->any = sl_point_add(&sum->point, p, &sum->point);
    else
        *sum = (struct sl_sum){ *p, true };
}

void sl_sum_add_times(struct sl_sum *sum, const struct sl_scalar *n, const struct sl_point *p)
{
    struct sl_point product;

    if (sl_point_times(p, n, &product))
        sl_sum_add(sum, &product);
}

void sl_sum_times(struct sl_sum *sum, const struct sl_scalar *n)
{
    if (sum->any)
        sum->any = sl_point_times(&sum->point, n, &sum->point);
}

bool sl_sum_point(const struct sl_sum *sum, struct sl_point *ret)
{
    if (sum->any)
        *ret = sum->point;
    return sum->any;
}

/* Below the order is what reducing does not change. In constant time: it may be a secret. */
static bool is_reduced(const uint8_t in[SL_SCALAR_BYTES])
{
    uint8_t wide[SL_WIDE_BYTES] = { 0 }, reduced[SL_SCALAR_BYTES];

    memcpy(wide, in, SL_SCALAR_BYTES);
    crypto_core_ristretto255_scalar_reduce(reduced, wide);
    bool same = sl_same(in, reduced, SL_SCALAR_BYTES);
    sl_wipe(wide, sizeof wide);
    sl_wipe(reduced, sizeof reduced);
    return same;
}

bool sl_scalar_read(const uint8_t in[SL_SCALAR_BYTES], struct sl_scalar *ret)
{
    if (!is_reduced(in))
        return false;
    memcpy(ret->bytes, in, SL_SCALAR_BYTES);
    return true;
}

void sl_scalar_number(uint32_t number, struct sl_scalar *ret)
{
    *ret = (struct sl_scalar){ 0 };
    for (size_t i = 0; i < sizeof number; i++)
        ret->bytes[i] = (uint8_t)(number >> (8 * i));
}

void sl_scalar_reduce(const uint8_t wide[SL_WIDE_BYTES], struct sl_scalar *ret)
{
    crypto_core_ristretto255_scalar_reduce(ret->bytes, wide);
}

void sl_scalar_add(const struct sl_scalar *a, const struct sl_scalar *b, struct sl_scalar *ret)
{
    crypto_core_ristretto255_scalar_add(ret->bytes, a->bytes, b->bytes);
}

void sl_scalar_sub(const struct sl_scalar *a, const struct sl_scalar *b, struct sl_scalar *ret)
{
    crypto_core_ristretto255_scalar_sub(ret->bytes, a->bytes, b->bytes);
}

void sl_scalar_mul(const struct sl_scalar *a, const struct sl_scalar *b, struct sl_scalar *ret)
{
    crypto_core_ristretto255_scalar_mul(ret->bytes, a->bytes, b->bytes);
}

bool sl_scalar_invert(const struct sl_scalar *a, struct sl_scalar *ret)
{
    uint8_t inverse[SL_SCALAR_BYTES];

    if (crypto_core_ristretto255_scalar_invert(inverse, a->bytes) != 0)
        return false;
    memcpy(ret->bytes, inverse, sizeof inverse);
    return true;
}

sl_rc sl_scalar_secret_reduce(const uint8_t wide[SL_WIDE_BYTES], struct sl_secret **ret,
                              struct sl_err *err)
{
    struct sl_secret *n = NULL;

    SL_TRY(sl_secret_blank(SL_SCALAR_BYTES, &n, err));
    crypto_core_ristretto255_scalar_reduce(sl_secret_fill(n), wide);
    *ret = n;
    return SL_OK;
}

sl_rc sl_scalar_draw(struct sl_secret **ret, struct sl_err *err)
{
    uint8_t wide[SL_WIDE_BYTES];

    /* Not crypto_core_ristretto255_scalar_random(): it draws again when it gets zero, and a
     * coefficient that cannot be zero is how another sharing leaked (quorum.md). */
    sl_random(wide, sizeof wide);
    sl_rc rc = sl_scalar_secret_reduce(wide, ret, err);
    sl_wipe(wide, sizeof wide);
    return rc;
}

sl_rc sl_scalar_secret_read(struct sl_view in, struct sl_secret **ret, struct sl_err *err)
{
    if (in.len != SL_SCALAR_BYTES || !is_reduced(in.at))
        return sl_fail(err, SL_E_BROKEN, _("a secret number is not one of its group"));
    return sl_secret_copy(in, ret, err);
}

void sl_scalar_horner(struct sl_secret *sum, const struct sl_scalar *x,
                      const struct sl_secret *more)
{
    uint8_t *to = sl_secret_fill(sum);

    assert(bytes_of(sum) == to);
    crypto_core_ristretto255_scalar_mul(to, to, x->bytes);
    crypto_core_ristretto255_scalar_add(to, to, bytes_of(more));
}

void sl_scalar_answer(const struct sl_secret *nonce, const struct sl_scalar *challenge,
                      const struct sl_secret *key, struct sl_scalar *ret)
{
    uint8_t product[SL_SCALAR_BYTES];

    crypto_core_ristretto255_scalar_mul(product, challenge->bytes, bytes_of(key));
    crypto_core_ristretto255_scalar_sub(ret->bytes, bytes_of(nonce), product);
    sl_wipe(product, sizeof product);
}

void sl_sha512_of_pieces(const struct sl_view *in, size_t count, uint8_t ret[SL_WIDE_BYTES])
{
    crypto_hash_sha512_state h;

    (void)crypto_hash_sha512_init(&h); /* these three always give 0 */
    for (size_t i = 0; i < count; i++)
        (void)crypto_hash_sha512_update(&h, in[i].at, in[i].len);
    (void)crypto_hash_sha512_final(&h, ret);
    sl_wipe(&h, sizeof h); /* a nonce is hashed from a share */
}

/* b_0 of RFC 9380: zeroes, message, length, 0, DST' (the DST and its own length). */
static void first_block(struct sl_view dst, const struct sl_view *in, size_t count, size_t len,
                        uint8_t ret[SL_WIDE_BYTES])
{
    static const uint8_t zeros[BLOCK_BYTES];
    const uint8_t length[] = { (uint8_t)(len >> 8), (uint8_t)len, 0 };
    const uint8_t dst_len = (uint8_t)dst.len;
    crypto_hash_sha512_state h;

    (void)crypto_hash_sha512_init(&h);
    (void)crypto_hash_sha512_update(&h, zeros, sizeof zeros);
    for (size_t i = 0; i < count; i++)
        (void)crypto_hash_sha512_update(&h, in[i].at, in[i].len);
    (void)crypto_hash_sha512_update(&h, length, sizeof length);
    (void)crypto_hash_sha512_update(&h, dst.at, dst.len);
    (void)crypto_hash_sha512_update(&h, &dst_len, 1);
    (void)crypto_hash_sha512_final(&h, ret);
    sl_wipe(&h, sizeof h);
}

void sl_expand_sha512(struct sl_view dst, const struct sl_view *in, size_t count, uint8_t *ret,
                      size_t len)
{
    uint8_t first[SL_WIDE_BYTES], mixed[SL_WIDE_BYTES], block[SL_WIDE_BYTES] = { 0 };
    const uint8_t dst_len = (uint8_t)dst.len;

    assert(dst.len <= SL_EXPAND_DST_MAX && len >= 1 && len <= SL_EXPAND_BYTES);
    first_block(dst, in, count, len, first);
    for (size_t at = 0, number = 1; at < len; at += SL_WIDE_BYTES, number++) {
        const uint8_t n = (uint8_t)number;
        for (size_t i = 0; i < sizeof mixed; i++)
            mixed[i] = first[i] ^ block[i]; /* the block before b_1 is zero */
        struct sl_view pieces[] = { { mixed, sizeof mixed }, { &n, 1 }, dst, { &dst_len, 1 } };
        sl_sha512_of_pieces(pieces, 4, block);
        memcpy(ret + at, block, len - at < sizeof block ? len - at : sizeof block);
    }
    sl_wipe(first, sizeof first);
    sl_wipe(mixed, sizeof mixed);
    sl_wipe(block, sizeof block);
}

void sl_point_hash(struct sl_view dst, const struct sl_view *in, size_t count, struct sl_point *ret)
{
    uint8_t wide[SL_WIDE_BYTES], p[SL_POINT_BYTES];

    sl_expand_sha512(dst, in, count, wide, sizeof wide);
    /* The identity comes out with a chance of 2^-252: never. */
    sl_crypto_must(keep(crypto_core_ristretto255_from_hash(p, wide), p, ret));
}

void sl_scalar_hash(struct sl_view dst, const struct sl_view *in, size_t count,
                    struct sl_scalar *ret)
{
    uint8_t wide[SL_WIDE_BYTES];

    sl_expand_sha512(dst, in, count, wide, sizeof wide);
    sl_scalar_reduce(wide, ret);
    sl_wipe(wide, sizeof wide);
}
