/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Proofs that one number makes several points from as many others (DLEQ), as RFC 9497, section
 * 2.2 has them. Two uses: a trustee's answer is the share it should be, and a locker's C and C'
 * were made by somebody who knew r.
 */
#include <assert.h>
#include <string.h>

#include "base/say.h"
#include "format/pen.h"
#include "quorum/inside.h"

#define NONCE_DST   "safelight/1 nonce"
#define FRESH_BYTES 32u
#define DST_MAX     (16u + SL_PROOF_CONTEXT_MAX)

struct composites { /* M and Z of the RFC */
    struct sl_point m, z;
};

static struct sl_view text_of(const char *text)
{
    return (struct sl_view){ (const uint8_t *)text, strlen(text) };
}

static struct sl_view point_of(const struct sl_point *p)
{
    return (struct sl_view){ p->bytes, sizeof p->bytes };
}

/* A prefix and the context: a DST of the RFC. */
static struct sl_view dst_of(const char *prefix, struct sl_view context, uint8_t room[DST_MAX])
{
    struct sl_buf out = sl_buf_fixed(room, DST_MAX);
    struct sl_pen p = sl_pen_to(&out, NULL);

    sl_pen_view(&p, text_of(prefix));
    sl_pen_view(&p, context);
    assert(p.rc == SL_OK);
    return sl_buf_view(&out);
}

static const uint8_t LEN_POINT[] = { 0, SL_POINT_BYTES }; /* I2OSP(32, 2) */
static const uint8_t LEN_SEED[] = { 0, SL_WIDE_BYTES };

static struct sl_view pair_of(const uint8_t bytes[2])
{
    return (struct sl_view){ bytes, 2 };
}

static void seed_of(const struct sl_statement *s, uint8_t ret[SL_WIDE_BYTES])
{
    uint8_t room[DST_MAX];
    struct sl_view dst = dst_of("Seed-", s->context, room);
    const uint8_t dst_len[] = { 0, (uint8_t)dst.len };

    sl_sha512_of_pieces(
        (struct sl_view[]){ pair_of(LEN_POINT), point_of(s->key), pair_of(dst_len), dst }, 4, ret);
}

/* ComputeComposites; the prover goes the same way as the verifier. */
static bool composites_of(const struct sl_statement *s, struct composites *ret)
{
    uint8_t seed[SL_WIDE_BYTES], room[DST_MAX];
    struct sl_view dst = dst_of("HashToScalar-", s->context, room);
    struct sl_sum m = { 0 }, z = { 0 };

    assert(s->count >= 1 && s->count <= SL_PROOF_PAIRS_MAX);
    seed_of(s, seed);
    for (size_t i = 0; i < s->count; i++) {
        const uint8_t number[] = { 0, (uint8_t)i };
        struct sl_view pieces[] = { pair_of(LEN_SEED),   { seed, sizeof seed }, pair_of(number),
                                    pair_of(LEN_POINT),  point_of(&s->from[i]), pair_of(LEN_POINT),
                                    point_of(&s->to[i]), text_of("Composite") };
        struct sl_scalar d;
        sl_scalar_hash(dst, pieces, sizeof pieces / sizeof *pieces, &d);
        sl_sum_add_times(&m, &d, &s->from[i]);
        sl_sum_add_times(&z, &d, &s->to[i]);
    }
    return sl_sum_point(&m, &ret->m) && sl_sum_point(&z, &ret->z);
}

static void challenge_of(const struct sl_statement *s, const struct composites *both,
                         const struct sl_point *t2, const struct sl_point *t3,
                         struct sl_scalar *ret)
{
    uint8_t room[DST_MAX];
    struct sl_view dst = dst_of("HashToScalar-", s->context, room);
    struct sl_view len = pair_of(LEN_POINT);
    struct sl_view pieces[] = { len,
                                point_of(s->key),
                                len,
                                point_of(&both->m),
                                len,
                                point_of(&both->z),
                                len,
                                point_of(t2),
                                len,
                                point_of(t3),
                                text_of("Challenge") };

    sl_scalar_hash(dst, pieces, sizeof pieces / sizeof *pieces, ret);
}

bool sl_proof_with(const struct sl_statement *s, const struct sl_secret *k,
                   const struct sl_secret *nonce, struct sl_dleq_proof *ret)
{
    struct composites both;
    struct sl_point t2, t3;

    if (!composites_of(s, &both) || !sl_point_base_times_secret(nonce, &t2) ||
        !sl_point_times_secret(&both.m, nonce, &t3))
        return false;
    challenge_of(s, &both, &t2, &t3, &ret->challenge);
    sl_scalar_answer(nonce, &ret->challenge, k, &ret->response);
    return true;
}

bool sl_proof_right(const struct sl_statement *s, const struct sl_dleq_proof *p)
{
    struct sl_sum sum2 = { 0 }, sum3 = { 0 };
    struct sl_point part, t2, t3;
    struct composites both;
    struct sl_scalar want;

    if (!composites_of(s, &both))
        return false;
    if (sl_point_base_times(&p->response, &part))
        sl_sum_add(&sum2, &part);
    sl_sum_add_times(&sum2, &p->challenge, s->key);
    sl_sum_add_times(&sum3, &p->response, &both.m);
    sl_sum_add_times(&sum3, &p->challenge, &both.z);
    if (!sl_sum_point(&sum2, &t2) || !sl_sum_point(&sum3, &t3))
        return false;
    challenge_of(s, &both, &t2, &t3, &want);
    return sl_same(want.bytes, p->challenge.bytes, sizeof want.bytes);
}

sl_rc sl_proof_nonce(const struct sl_statement *s, const struct sl_secret *k,
                     struct sl_secret **ret, struct sl_err *err)
{
    struct sl_view pieces[4 + 2 * SL_PROOF_PAIRS_MAX];
    uint8_t fresh[FRESH_BYTES], wide[SL_WIDE_BYTES];
    size_t count = 0;

    assert(s->count >= 1 && s->count <= SL_PROOF_PAIRS_MAX);
    sl_random(fresh, sizeof fresh);
    pieces[count++] = (struct sl_view){ fresh, sizeof fresh };
    pieces[count++] = sl_secret_expose(k);
    pieces[count++] = s->context; /* of a fixed length for each use */
    pieces[count++] = point_of(s->key);
    for (size_t i = 0; i < s->count; i++) {
        pieces[count++] = point_of(&s->from[i]);
        pieces[count++] = point_of(&s->to[i]);
    }
    sl_expand_sha512(text_of(NONCE_DST), pieces, count, wide, sizeof wide);
    sl_rc rc = sl_scalar_secret_reduce(wide, ret, err);
    sl_wipe(fresh, sizeof fresh);
    sl_wipe(wide, sizeof wide);
    return rc;
}

sl_rc sl_proof_make(const struct sl_statement *s, const struct sl_secret *k,
                    struct sl_dleq_proof *ret, struct sl_err *err)
{
    SL_AUTO_FREE(secret) *nonce = NULL;

    SL_TRY(sl_proof_nonce(s, k, &nonce, err));
    if (!sl_proof_with(s, k, nonce, ret))
        return sl_fail(err, SL_E_SYSTEM, "%s", SL_NO_RANDOM);
    return SL_OK;
}

bool sl_point_take(struct sl_cur *c, struct sl_point *ret)
{
    uint8_t bytes[SL_POINT_BYTES];

    sl_cur_copy(c, bytes, sizeof bytes); /* zeroes where there is nothing: the identity */
    return sl_point_read(bytes, ret);
}

bool sl_proof_take(struct sl_cur *c, struct sl_dleq_proof *ret)
{
    uint8_t challenge[SL_SCALAR_BYTES], response[SL_SCALAR_BYTES];

    sl_cur_copy(c, challenge, sizeof challenge);
    sl_cur_copy(c, response, sizeof response);
    return sl_scalar_read(challenge, &ret->challenge) && sl_scalar_read(response, &ret->response);
}
