/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers, made by a trustee and judged by who asked. See docs/format/quorum.md, "Answer".
 */
#include "quorum/answer.h"

#include <assert.h>
#include <string.h>

#include "base/say.h"
#include "format/pen.h"
#include "quorum/inside.h"

#define MAGIC          "SLANSWR\n"
#define PURPOSE        "safelight/1 answer"
#define CONTEXT        "safelight/1 answer-"
#define CONTEXT_BYTES  (sizeof CONTEXT - 1 + SL_SHA256_BYTES)
#define PROOF_PURPOSE  "safelight/1 answer proof"
#define BOUND_BYTES    (256u + SL_TRUSTEES_MAX * SL_POINT_BYTES)
#define SIGNED_BYTES   (SL_ANSWER_BYTES - SL_SIGNATURE_BYTES)
#define YES_ONLY_BYTES (SL_POINT_BYTES + 2u * SL_SCALAR_BYTES)

_Static_assert(CONTEXT_BYTES <= SL_PROOF_CONTEXT_MAX, "a context fits");

/* QUORUM-25: which answer to what this proof belongs to. */
static void context_of(const struct sl_asked *asked, unsigned number, const uint8_t *request,
                       uint8_t ret[CONTEXT_BYTES])
{
    const struct sl_quorum *q = asked->quorum;
    uint8_t bound[BOUND_BYTES];
    struct sl_buf out = sl_buf_fixed(bound, sizeof bound);
    struct sl_pen p = sl_pen_to(&out, NULL);

    sl_pen_bytes(&p, PROOF_PURPOSE, sizeof PROOF_PURPOSE);
    sl_pen_bytes(&p, q->production, sizeof q->production);
    sl_pen_u32(&p, q->epoch);
    sl_pen_u8(&p, q->need);
    sl_pen_u8(&p, q->count);
    for (size_t i = 0; i < q->need; i++)
        sl_pen_bytes(&p, q->commitments[i].bytes, SL_POINT_BYTES);
    sl_pen_u8(&p, (uint8_t)number);
    sl_pen_bytes(&p, asked->locker->locker.bytes, SL_ID_BYTES);
    sl_pen_u32(&p, asked->locker->epoch);
    sl_pen_bytes(&p, asked->locker->c.bytes, SL_POINT_BYTES);
    sl_pen_bytes(&p, request, SL_SHA256_BYTES);
    assert(p.rc == SL_OK);
    memcpy(ret, CONTEXT, sizeof CONTEXT - 1);
    sl_sha256_of((struct sl_view){ bound, out.len }, ret + sizeof CONTEXT - 1);
}

static void write_signed(const struct sl_answer *a, struct sl_pen *p)
{
    static const uint8_t nothing[YES_ONLY_BYTES];

    sl_pen_stamp(p, MAGIC);
    sl_pen_u16(p, SL_QUORUM_SUITE);
    sl_pen_u16(p, SL_SUITE_ED25519);
    sl_pen_u8(p, a->number);
    sl_pen_u8(p, (uint8_t)a->says);
    sl_pen_zeros(p, 2);
    sl_pen_u32(p, a->quorum_epoch);
    sl_pen_u32(p, a->locker_epoch);
    sl_pen_bytes(p, a->locker.bytes, SL_ID_BYTES);
    sl_pen_bytes(p, a->production, sizeof a->production);
    sl_pen_bytes(p, a->request, sizeof a->request);
    if (a->says == SL_ANSWER_SAYS_YES) {
        sl_pen_bytes(p, a->part.bytes, SL_POINT_BYTES);
        sl_pen_bytes(p, a->proof.challenge.bytes, SL_SCALAR_BYTES);
        sl_pen_bytes(p, a->proof.response.bytes, SL_SCALAR_BYTES);
    } else {
        sl_pen_bytes(p, nothing, sizeof nothing); /* QUORUM-23 */
    }
    sl_pen_bytes(p, a->mark, sizeof a->mark);
}

/* Write the bytes and sign them. */
static void sign_answer(struct sl_answer *a, const struct sl_sign_key *key)
{
    struct sl_buf out = sl_buf_fixed(a->bytes, sizeof a->bytes);
    struct sl_pen p = sl_pen_to(&out, NULL);

    write_signed(a, &p);
    assert(p.rc == SL_OK && out.len == SIGNED_BYTES);
    sl_sign(key, PURPOSE, (struct sl_view){ a->bytes, SIGNED_BYTES }, a->bytes + SIGNED_BYTES);
}

/* What holds for yes and no: who answers what. */
static sl_rc begin(const struct sl_asked *asked, unsigned number, const struct sl_sign_key *key,
                   const uint8_t *mark, struct sl_answer *ret, struct sl_err *err)
{
    const struct sl_quorum *q = asked->quorum;
    uint8_t public[SL_SIGN_PUBLIC_BYTES];

    if (number < 1 || number > q->count) /* QUORUM-9 */
        return sl_fail(err, SL_E_REFUSED, _("there is no trustee %u: they are 1 to %u"), number,
                       q->count);
    sl_sign_key_public(key, public);
    if (!sl_same(public, q->keys[number - 1], sizeof public))
        return sl_fail(err, SL_E_REFUSED, _("this key is not the one of trustee %u"), number);
    SL_TRY(sl_request_check(q, asked->locker, asked->request, err));
    *ret = (struct sl_answer){ .quorum_epoch = q->epoch,
                               .number = (uint8_t)number,
                               .locker = asked->locker->locker,
                               .locker_epoch = asked->locker->epoch };
    memcpy(ret->production, q->production, sizeof ret->production);
    memcpy(ret->request, asked->request->hash, sizeof ret->request);
    if (mark != NULL)
        memcpy(ret->mark, mark, sizeof ret->mark);
    else
        sl_random(ret->mark, sizeof ret->mark);
    return SL_OK;
}

sl_rc sl_answer_yes(const struct sl_asked *asked, const struct sl_share *share,
                    const struct sl_sign_key *key, const uint8_t *mark, struct sl_answer *ret,
                    struct sl_err *err)
{
    uint8_t context[CONTEXT_BYTES];
    struct sl_answer a;
    struct sl_point mine;

    SL_TRY(sl_share_check(asked->quorum, share, err));
    SL_TRY(sl_locker_check(asked->quorum, asked->locker, err)); /* QUORUM-13, before C is touched */
    SL_TRY(begin(asked, share->number, key, mark, &a, err));
    a.says = SL_ANSWER_SAYS_YES;
    SL_TRY(sl_quorum_share_point(asked->quorum, a.number, &mine, err));
    if (!sl_point_times_secret(&asked->locker->c, share->key.bytes, &a.part))
        return sl_fail(err, SL_E_SYSTEM, "%s", SL_NO_RANDOM);
    context_of(asked, a.number, a.request, context);
    struct sl_statement s = { .context = { context, sizeof context },
                              .key = &mine,
                              .from = &asked->locker->c,
                              .to = &a.part,
                              .count = 1 };
    SL_TRY(sl_proof_make(&s, share->key.bytes, &a.proof, err));
    sign_answer(&a, key);
    *ret = a;
    return SL_OK;
}

sl_rc sl_answer_no(const struct sl_asked *asked, unsigned number, const struct sl_sign_key *key,
                   const uint8_t *mark, struct sl_answer *ret, struct sl_err *err)
{
    struct sl_answer a;

    SL_TRY(begin(asked, number, key, mark, &a, err));
    a.says = SL_ANSWER_SAYS_NO;
    sign_answer(&a, key);
    *ret = a;
    return SL_OK;
}

/* What only a yes has; for a no it is zero. */
static sl_rc read_yes(struct sl_cur *c, struct sl_answer *a, struct sl_err *err)
{
    struct sl_cur yes = sl_cur_part(c, YES_ONLY_BYTES);

    if (a->says == SL_ANSWER_SAYS_NO) {
        if (!sl_all_zero(sl_cur_take(&yes, YES_ONLY_BYTES))) /* QUORUM-23 */
            return sl_fail(err, SL_E_BROKEN, _("an answer says no, and yes"));
        return SL_OK;
    }
    bool point = sl_point_take(&yes, &a->part);
    bool proof = sl_proof_take(&yes, &a->proof);
    if (!point || !proof) /* QUORUM-10 */
        return sl_fail(err, SL_E_BROKEN, _("an answer has a point or number that is none"));
    return SL_OK;
}

/* Judged before what hangs on it is read. */
static sl_rc judge_head(uint16_t suite, uint16_t signing, const struct sl_answer *a, bool zero,
                        struct sl_err *err)
{
    if (suite != SL_QUORUM_SUITE || signing != SL_SUITE_ED25519) /* QUORUM-21 */
        return sl_fail(err, SL_E_BROKEN,
                       _("an answer is of suites %u and %u: only 1 and 1 are known here"), suite,
                       signing);
    if (a->number < 1 || a->number > SL_TRUSTEES_MAX) /* QUORUM-22 */
        return sl_fail(err, SL_E_BROKEN, _("an answer is of trustee %u: they are 1 to %u"),
                       a->number, SL_TRUSTEES_MAX);
    if (a->says != SL_ANSWER_SAYS_YES && a->says != SL_ANSWER_SAYS_NO) /* QUORUM-22 */
        return sl_fail(err, SL_E_BROKEN, _("an answer says neither yes nor no"));
    if (!zero) /* QUORUM-21 */
        return sl_fail(err, SL_E_BROKEN, _("%s is not zero where it has to be"), _("an answer"));
    return SL_OK;
}

sl_rc sl_answer_read(struct sl_view in, struct sl_answer *ret, struct sl_err *err)
{
    const char *what = _("an answer");
    struct sl_cur c = sl_cur_over(in);
    struct sl_answer a = { 0 };

    SL_TRY(sl_stamp_read(&c, MAGIC, what, err)); /* QUORUM-21 */
    if (in.len < SL_ANSWER_BYTES)
        return sl_fail(err, SL_E_BROKEN, _("%s is cut short"), what);
    uint16_t suite = sl_cur_u16(&c);
    uint16_t signing = sl_cur_u16(&c);
    a.number = sl_cur_u8(&c);
    a.says = (enum sl_answer_says)sl_cur_u8(&c);
    bool zero = sl_cur_u16(&c) == 0;
    SL_TRY(judge_head(suite, signing, &a, zero, err));
    a.quorum_epoch = sl_cur_u32(&c);
    a.locker_epoch = sl_cur_u32(&c);
    sl_cur_copy(&c, a.locker.bytes, SL_ID_BYTES);
    sl_cur_copy(&c, a.production, sizeof a.production);
    sl_cur_copy(&c, a.request, sizeof a.request);
    SL_TRY(read_yes(&c, &a, err));
    sl_cur_copy(&c, a.mark, sizeof a.mark);
    (void)sl_cur_take(&c, SL_SIGNATURE_BYTES);
    SL_TRY(sl_cur_end(&c, what, err)); /* QUORUM-21 */
    memcpy(a.bytes, in.at, sizeof a.bytes);
    *ret = a;
    return SL_OK;
}

sl_rc sl_answer_fits(const struct sl_asked *asked, const struct sl_answer *a, struct sl_err *err)
{
    const struct sl_quorum *q = asked->quorum;

    if (a->number < 1 || a->number > q->count) /* QUORUM-9 */
        return sl_fail(err, SL_E_REFUSED, _("there is no trustee %u: they are 1 to %u"), a->number,
                       q->count);
    if (!sl_same(a->production, q->production, sizeof a->production)) /* QUORUM-24 */
        return sl_fail(err, SL_E_REFUSED, _("an answer belongs to another production"));
    if (a->quorum_epoch != q->epoch)
        return sl_fail(err, SL_E_REFUSED, _("an answer is of quorum epoch %u, not %u"),
                       a->quorum_epoch, q->epoch);
    if (!sl_sign_check(q->keys[a->number - 1], PURPOSE, (struct sl_view){ a->bytes, SIGNED_BYTES },
                       a->bytes + SIGNED_BYTES)) /* QUORUM-24 */
        return sl_fail(err, SL_E_REFUSED,
                       _("an answer in the name of trustee %u is not signed by them"), a->number);
    SL_TRY(sl_request_check(q, asked->locker, asked->request, err));
    if (!sl_id_same(&a->locker, &asked->locker->locker) || a->locker_epoch != asked->locker->epoch)
        return sl_fail(err, SL_E_REFUSED,
                       _("trustee %u answered about another locker or epoch of it"), a->number);
    if (!sl_same(a->request, asked->request->hash, sizeof a->request))
        return sl_fail(err, SL_E_REFUSED, _("trustee %u answered another request"), a->number);
    return SL_OK;
}

sl_rc sl_answer_true(const struct sl_asked *asked, const struct sl_answer *a, struct sl_err *err)
{
    uint8_t context[CONTEXT_BYTES];
    struct sl_point theirs;

    assert(a->says == SL_ANSWER_SAYS_YES);
    SL_TRY(sl_quorum_share_point(asked->quorum, a->number, &theirs, err));
    context_of(asked, a->number, a->request, context);
    struct sl_statement s = { .context = { context, sizeof context },
                              .key = &theirs,
                              .from = &asked->locker->c,
                              .to = &a->part,
                              .count = 1 };
    if (!sl_proof_right(&s, &a->proof)) /* QUORUM-25 */
        return sl_fail(err, SL_E_REFUSED,
                       _("trustee %u gave a false answer, and signed it\n"
                         "  it is not counted; others open the locker without it"),
                       a->number);
    return SL_OK;
}
