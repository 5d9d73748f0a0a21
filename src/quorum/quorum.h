/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The quorum: t of m trustees, none of whom opens anything alone (docs/format/quorum.md). A secret
 * s is dealt into m shares and wiped; what everybody may know of it are t commitments to the
 * polynomial it was dealt with (Feldman), over ristretto255. Lockers are sealed to Y = s G
 * (quorum/locker.h) and opened by answers (quorum/answer.h, quorum/gathering.h); s is never put
 * together again. No I/O; every number a trustee is known by is from 1 to m.
 */
#pragma once

#include "base/bytes.h"
#include "base/limits.h"
#include "base/own.h"
#include "crypto/group.h"
#include "crypto/sign.h"
#include "format/record.h"

#define SL_QUORUM_SUITE 1u /* ristretto255, SHA-512; Feldman's sharing, TDH2, proofs of RFC 9497 */

/* Bytes of the public block: fixed part, t commitments, m keys. */
#define SL_QUORUM_BYTES(need, count) (20u + 32u * (size_t)(need) + 32u * (size_t)(count))
#define SL_QUORUM_BYTES_MAX          SL_QUORUM_BYTES(SL_TRUSTEES_MAX, SL_TRUSTEES_MAX)
#define SL_SHARE_BYTES               88u

/* What everybody may know. The arithmetic does not depend on the production, which may be filled
 * in after dealing (it is a hash over what is dealt), but before anything is sealed. */
struct sl_quorum {
    uint8_t production[SL_PRODUCTION_BYTES];
    uint32_t epoch;                                      /* of the quorum, from 0 */
    uint8_t need, count;                                 /* t and m */
    struct sl_point commitments[SL_TRUSTEES_MAX];        /* exactly t; the first is Y */
    uint8_t keys[SL_TRUSTEES_MAX][SL_SIGN_PUBLIC_BYTES]; /* trustee i's Ed25519 key at i - 1 */
};

struct sl_share_key { /* a trustee's scalar s_i */
    struct sl_secret *bytes;
};

struct sl_share { /* what one trustee keeps */
    uint8_t production[SL_PRODUCTION_BYTES];
    uint32_t epoch;
    uint8_t number, need, count;
    struct sl_share_key key;
};
void sl_share_clear(struct sl_share *s); /* wipes; a zeroed one is fine */

/* Whether t of m can be: 1 <= t <= m <= SL_TRUSTEES_MAX. SL_E_USAGE otherwise. Says nothing of
 * whether it is wise (t = 1, t = m): that is the program's to ask. */
sl_rc sl_quorum_possible(unsigned need, unsigned count, struct sl_err *err);

/* Draw s and a polynomial of degree t - 1, every coefficient uniform, and deal. *q comes with
 * epoch, need, count and keys (and production, if it is known), and gets its commitments; shares
 * 1..m are written to shares[0..m), which start zeroed and are the caller's to clear. s and the
 * polynomial are wiped when this returns. SL_E_USAGE for t and m that cannot be, SL_E_SYSTEM when
 * guarded memory runs out or the random bytes cannot be random (a coefficient of zero: 2^-252). */
sl_rc sl_quorum_deal(struct sl_quorum *q, struct sl_share shares[SL_TRUSTEES_MAX],
                     struct sl_err *err);

/* Hold a share against the commitments, showing nothing of it. SL_E_REFUSED: of another
 * production, epoch, t or m, or not the share that was promised to this number. */
sl_rc sl_share_check(const struct sl_quorum *q, const struct sl_share *s, struct sl_err *err);

/* s_i G, from the commitments alone. SL_E_REFUSED for numbers 0 and above m, and where it is the
 * identity (the dealer dealt a share that is no secret). */
sl_rc sl_quorum_share_point(const struct sl_quorum *q, unsigned number, struct sl_point *ret,
                            struct sl_err *err);

/* Append the public block, and read one that fills `in` exactly. The production is not in it (it
 * stands in the founding, whose hash the production is): the reader is told. SL_E_BROKEN for any
 * other length than t and m ask for, identity and non-canonical points, one key twice. */
sl_rc sl_quorum_write(const struct sl_quorum *q, struct sl_buf *out, struct sl_err *err);
sl_rc sl_quorum_read(struct sl_view in, const uint8_t production[SL_PRODUCTION_BYTES],
                     struct sl_quorum *ret, struct sl_err *err);

/* A share as it stands, beneath a passphrase, in its trustee's file: SL_SHARE_BYTES secret bytes.
 * The caller frees *ret, or clears it. SL_E_BROKEN for what is not one. */
sl_rc sl_share_write(const struct sl_share *s, struct sl_secret **ret, struct sl_err *err);
sl_rc sl_share_read(struct sl_view in, struct sl_share *ret, struct sl_err *err);
