/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The group ristretto255 (RFC 9496) by libsodium: points and scalars for sharing a key among
 * trustees and for opening lockers (docs/format/quorum.md). A struct sl_point is always a checked,
 * canonical point and never the identity (which libsodium's own validity check lets pass); every
 * function that could make the identity returns false instead. Secret scalars live in guarded
 * memory, 32 bytes, and whatever is computed with them takes the same time for all of them.
 * SHA-512 (FIPS 180-4) is libsodium's too.
 */
#pragma once

#include "base/bytes.h"
#include "crypto/secret.h"

#define SL_POINT_BYTES    32u
#define SL_SCALAR_BYTES   32u
#define SL_WIDE_BYTES     64u /* what is reduced to a scalar, or mapped to a point */
#define SL_EXPAND_BYTES   ((size_t)255u * 64u) /* the most that one expansion gives */
#define SL_EXPAND_DST_MAX 255u

struct sl_point { /* public, passed by value */
    uint8_t bytes[SL_POINT_BYTES];
};
struct sl_scalar { /* public: part of a proof, a trustee's number; below the group's order */
    uint8_t bytes[SL_SCALAR_BYTES];
};

/* ---- points ---- */

/* Read an encoding. False, *ret untouched, for the identity and for what is not canonical. */
bool sl_point_read(const uint8_t in[SL_POINT_BYTES], struct sl_point *ret);
bool sl_point_same(const struct sl_point *a, const struct sl_point *b);
void sl_point_base(struct sl_point *ret); /* the generator G */
/* a + b, a - b, n p, n G. False, *ret untouched, where that is the identity. */
bool sl_point_add(const struct sl_point *a, const struct sl_point *b, struct sl_point *ret);
bool sl_point_sub(const struct sl_point *a, const struct sl_point *b, struct sl_point *ret);
bool sl_point_times(const struct sl_point *p, const struct sl_scalar *n, struct sl_point *ret);
bool sl_point_base_times(const struct sl_scalar *n, struct sl_point *ret);
/* The same by a secret scalar. What comes out is the caller's to judge: where it is secret, it is
 * wiped within the call (sl_wipe). */
bool sl_point_times_secret(const struct sl_point *p, const struct sl_secret *n,
                           struct sl_point *ret);
bool sl_point_base_times_secret(const struct sl_secret *n, struct sl_point *ret);

/* A sum that may be the identity on its way: whoever deals or answers could arrange that, and
 * must not stop honest others by it. Starts zeroed. */
struct sl_sum {
    struct sl_point point;
    bool any; /* otherwise it is the identity */
};
void sl_sum_add(struct sl_sum *sum, const struct sl_point *p);
void sl_sum_add_times(struct sl_sum *sum, const struct sl_scalar *n, const struct sl_point *p);
void sl_sum_times(struct sl_sum *sum, const struct sl_scalar *n);
bool sl_sum_point(const struct sl_sum *sum, struct sl_point *ret); /* false: the identity */

/* ---- public scalars ---- */

/* Read an encoding. False, *ret untouched, where it is not below the order. Zero is a scalar. */
bool sl_scalar_read(const uint8_t in[SL_SCALAR_BYTES], struct sl_scalar *ret);
void sl_scalar_number(uint32_t number, struct sl_scalar *ret);
void sl_scalar_reduce(const uint8_t wide[SL_WIDE_BYTES], struct sl_scalar *ret);
void sl_scalar_add(const struct sl_scalar *a, const struct sl_scalar *b, struct sl_scalar *ret);
void sl_scalar_sub(const struct sl_scalar *a, const struct sl_scalar *b, struct sl_scalar *ret);
void sl_scalar_mul(const struct sl_scalar *a, const struct sl_scalar *b, struct sl_scalar *ret);
/* 1 / a. False, *ret untouched, for zero. */
bool sl_scalar_invert(const struct sl_scalar *a, struct sl_scalar *ret);

/* ---- secret scalars: 32 bytes in guarded memory, owned by the caller ---- */

/* Draw one: 64 random bytes, reduced; uniform (to 2^-259), zero as likely as any other. */
sl_rc sl_scalar_draw(struct sl_secret **ret, struct sl_err *err);
/* From 64 secret bytes, reduced. */
sl_rc sl_scalar_secret_reduce(const uint8_t wide[SL_WIDE_BYTES], struct sl_secret **ret,
                              struct sl_err *err);
/* From its encoding. SL_E_BROKEN where that is not 32 bytes below the order. */
sl_rc sl_scalar_secret_read(struct sl_view in, struct sl_secret **ret, struct sl_err *err);
/* sum = sum x + more: one step of Horner's rule. */
void sl_scalar_horner(struct sl_secret *sum, const struct sl_scalar *x,
                      const struct sl_secret *more);
/* nonce - challenge * key: the public answer of a proof (RFC 9497, section 2.2.1). */
void sl_scalar_answer(const struct sl_secret *nonce, const struct sl_scalar *challenge,
                      const struct sl_secret *key, struct sl_scalar *ret);

/* ---- hashes to the group ---- */

void sl_sha512_of_pieces(const struct sl_view *in, size_t count, uint8_t ret[SL_WIDE_BYTES]);
/* expand_message_xmd with SHA-512 (RFC 9380, section 5.3.1): `len` bytes (1..SL_EXPAND_BYTES) from
 * the pieces, end to end, under a name for the purpose of at most SL_EXPAND_DST_MAX bytes. */
void sl_expand_sha512(struct sl_view dst, const struct sl_view *in, size_t count, uint8_t *ret,
                      size_t len);
/* HashToGroup and HashToScalar of RFC 9497, section 4.1, under their whole DST. */
void sl_point_hash(struct sl_view dst, const struct sl_view *in, size_t count,
                   struct sl_point *ret);
void sl_scalar_hash(struct sl_view dst, const struct sl_view *in, size_t count,
                    struct sl_scalar *ret);
