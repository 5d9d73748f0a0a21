/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What only the quorum room sees: the polynomial that is dealt, proofs that two points have one
 * logarithm (DLEQ, RFC 9497), and putting parts together; and what tests need to run foreign
 * vectors through the very same code.
 */
#pragma once

#include "quorum/locker.h"
#include "quorum/quorum.h"

#define SL_NO_RANDOM _("the system's random bytes cannot be random: do not use this machine")

/* ---- dealing (deal.c) ---- */

struct sl_poly { /* coefficients[0] is the secret; owned */
    size_t count;
    struct sl_secret *coefficients[SL_TRUSTEES_MAX];
};
void sl_poly_clear(struct sl_poly *p);
/* Draw `count` coefficients. The caller clears *ret, which starts zeroed, on failure too. */
sl_rc sl_poly_draw(struct sl_poly *ret, size_t count, struct sl_err *err);
/* Its value at x. The caller frees *ret. */
sl_rc sl_poly_at(const struct sl_poly *p, uint32_t x, struct sl_secret **ret, struct sl_err *err);
/* Deal this polynomial of exactly q->need coefficients. */
sl_rc sl_poly_deal(const struct sl_poly *p, struct sl_quorum *q,
                   struct sl_share shares[SL_TRUSTEES_MAX], struct sl_err *err);

/* ---- one logarithm (proof.c) ---- */

#define SL_PROOF_PAIRS_MAX   16u
#define SL_PROOF_CONTEXT_MAX 64u

/* The statement: one k makes `key` from G and each to[i] from from[i]. `context` is RFC 9497's
 * contextString. Points are the caller's. */
struct sl_statement {
    struct sl_view context;
    const struct sl_point *key, *from, *to;
    size_t count; /* 1..SL_PROOF_PAIRS_MAX */
};
/* Draw a nonce: hashed from fresh random bytes, k and the whole statement, so that neither a
 * broken source nor a machine set back repeats one for another statement. */
sl_rc sl_proof_nonce(const struct sl_statement *s, const struct sl_secret *k,
                     struct sl_secret **ret, struct sl_err *err);
/* GenerateProof and VerifyProof of RFC 9497, section 2.2, with A = G. */
bool sl_proof_with(const struct sl_statement *s, const struct sl_secret *k,
                   const struct sl_secret *nonce, struct sl_dleq_proof *ret);
bool sl_proof_right(const struct sl_statement *s, const struct sl_dleq_proof *p);
/* Nonce and proof in one. */
sl_rc sl_proof_make(const struct sl_statement *s, const struct sl_secret *k,
                    struct sl_dleq_proof *ret, struct sl_err *err);

/* ---- putting together (gathering.c) ---- */

/* The value at 0 of what has the values parts[i] at numbers[i] (Lagrange). SL_E_REFUSED for a
 * number that is 0, doubled or above `most`, and for no part at all; false sums are not seen. */
sl_rc sl_combine(const uint8_t *numbers, const struct sl_point *parts, size_t count, unsigned most,
                 struct sl_point *ret, struct sl_err *err);

/* ---- small things ---- */

/* Read a point or a proof off the cursor. False (the point then is not to be used) where it is
 * the identity or not canonical; a spoilt cursor gives the identity, hence false. */
bool sl_point_take(struct sl_cur *c, struct sl_point *ret);
bool sl_proof_take(struct sl_cur *c, struct sl_dleq_proof *ret);
/* G', the second generator of locker proofs. */
void sl_second_base(struct sl_point *ret);
/* What a locker's proof says: one r makes C from G and C' from G'. It borrows both rooms, which
 * are filled in. */
#define SL_LOCKER_CONTEXT_BYTES 51u
struct sl_statement sl_locker_statement(const struct sl_quorum *q, const struct sl_sealed_locker *l,
                                        uint8_t context[SL_LOCKER_CONTEXT_BYTES],
                                        struct sl_point *base2);
/* Seal under the production, locker, epoch and recipient that stand in *l, whether or not they are
 * the identity's: how a maker would lie. */
sl_rc sl_locker_seal_as(const struct sl_quorum *q, const struct sl_age_identity *identity,
                        const struct sl_secret *r, struct sl_sealed_locker *l, struct sl_err *err);
/* Open a locker whose proof was checked with rY. SL_E_BROKEN: whoever sealed it sealed something
 * else. */
sl_rc sl_locker_open_with(const struct sl_quorum *q, const struct sl_sealed_locker *l,
                          const struct sl_point *shared, struct sl_age_identity **ret,
                          struct sl_err *err);
