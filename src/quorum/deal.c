/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Dealing the quorum's secret: a polynomial drawn and evaluated in guarded memory, its commitments
 * made public, everything else wiped. And what a trustee does with a share that was dealt: hold it
 * against the commitments. First step of a founding.
 */
#include <string.h>

#include "base/say.h"
#include "quorum/inside.h"

void sl_share_clear(struct sl_share *s)
{
    sl_secret_free(s->key.bytes);
    *s = (struct sl_share){ 0 };
}

void sl_poly_clear(struct sl_poly *p)
{
    for (size_t i = 0; i < SL_TRUSTEES_MAX; i++)
        sl_secret_free(p->coefficients[i]);
    *p = (struct sl_poly){ 0 };
}

sl_rc sl_quorum_possible(unsigned need, unsigned count, struct sl_err *err)
{
    if (count < 1 || count > SL_TRUSTEES_MAX)
        return sl_fail(err, SL_E_USAGE, _("a quorum has 1 to %u trustees, not %u"), SL_TRUSTEES_MAX,
                       count);
    if (need < 1 || need > count)
        return sl_fail(err, SL_E_USAGE, _("%u of %u trustees cannot open anything: choose 1 to %u"),
                       need, count, count);
    return SL_OK;
}

sl_rc sl_poly_draw(struct sl_poly *ret, size_t count, struct sl_err *err)
{
    for (ret->count = 0; ret->count < count; ret->count++)
        SL_TRY(sl_scalar_draw(&ret->coefficients[ret->count], err));
    return SL_OK;
}

sl_rc sl_poly_at(const struct sl_poly *p, uint32_t x, struct sl_secret **ret, struct sl_err *err)
{
    SL_AUTO_FREE(secret) *sum = NULL;
    struct sl_scalar at;

    sl_scalar_number(x, &at);
    SL_TRY(sl_secret_blank(SL_SCALAR_BYTES, &sum, err));
    for (size_t i = p->count; i-- > 0;)
        sl_scalar_horner(sum, &at, p->coefficients[i]);
    *ret = SL_TAKE(sum);
    return SL_OK;
}

/* No coefficient is chosen or refused for its value (that is how other sharings leaked); but one
 * of zero would be published as the identity, which no reader takes, and is 2^-252 away. */
static sl_rc commit(const struct sl_poly *p, struct sl_point ret[SL_TRUSTEES_MAX],
                    struct sl_err *err)
{
    for (size_t i = 0; i < p->count; i++)
        if (!sl_point_base_times_secret(p->coefficients[i], &ret[i])) /* QUORUM-3 */
            return sl_fail(err, SL_E_SYSTEM, "%s", SL_NO_RANDOM);
    return SL_OK;
}

static void clear_shares(struct sl_share *shares, size_t count)
{
    for (size_t i = 0; i < count; i++)
        sl_share_clear(&shares[i]);
}

/* Every share is held against the commitments before it leaves: a bit flipped in memory must not
 * become a trustee's worry. */
static sl_rc deal_one(const struct sl_poly *p, const struct sl_quorum *q, uint8_t number,
                      struct sl_share *ret, struct sl_err *err)
{
    *ret = (struct sl_share){
        .epoch = q->epoch, .number = number, .need = q->need, .count = q->count
    };
    memcpy(ret->production, q->production, sizeof ret->production);
    SL_TRY(sl_poly_at(p, number, &ret->key.bytes, err));
    sl_rc rc = sl_share_check(q, ret, err);
    return sl_note(err, rc, _("while dealing share %u"), number);
}

sl_rc sl_poly_deal(const struct sl_poly *p, struct sl_quorum *q,
                   struct sl_share shares[SL_TRUSTEES_MAX], struct sl_err *err)
{
    struct sl_share dealt[SL_TRUSTEES_MAX] = { 0 };
    struct sl_quorum whole = *q;

    SL_TRY(sl_quorum_possible(q->need, q->count, err));
    if (p->count != q->need)
        return sl_fail(err, SL_E_USAGE, _("%zu coefficients do not make a quorum of %u"), p->count,
                       q->need);
    SL_TRY(commit(p, whole.commitments, err));
    for (unsigned number = 1; number <= q->count; number++) {
        sl_rc rc = deal_one(p, &whole, (uint8_t)number, &dealt[number - 1], err);
        if (rc != SL_OK) {
            clear_shares(dealt, number);
            return rc;
        }
    }
    memcpy(shares, dealt, q->count * sizeof *shares); /* the secrets are the caller's now */
    *q = whole;
    return SL_OK;
}

sl_rc sl_quorum_deal(struct sl_quorum *q, struct sl_share shares[SL_TRUSTEES_MAX],
                     struct sl_err *err)
{
    SL_AUTO_CLEAR(poly) p = { 0 };

    SL_TRY(sl_quorum_possible(q->need, q->count, err));
    SL_TRY(sl_poly_draw(&p, q->need, err));
    return sl_poly_deal(&p, q, shares, err);
}

sl_rc sl_quorum_share_point(const struct sl_quorum *q, unsigned number, struct sl_point *ret,
                            struct sl_err *err)
{
    struct sl_sum sum = { 0 };
    struct sl_scalar x;

    if (number < 1 || number > q->count) /* QUORUM-9 */
        return sl_fail(err, SL_E_REFUSED, _("there is no trustee %u: they are 1 to %u"), number,
                       q->count);
    sl_scalar_number(number, &x);
    for (size_t i = q->need; i-- > 0;) {
        sl_sum_times(&sum, &x);
        sl_sum_add(&sum, &q->commitments[i]);
    }
    if (!sl_sum_point(&sum, ret))
        return sl_fail(err, SL_E_REFUSED,
                       _("the quorum was dealt wrongly: the share of trustee %u is no secret"),
                       number);
    return SL_OK;
}

sl_rc sl_share_check(const struct sl_quorum *q, const struct sl_share *s, struct sl_err *err)
{
    struct sl_point want, have;

    if (!sl_same(s->production, q->production, sizeof s->production)) /* QUORUM-8 */
        return sl_fail(err, SL_E_REFUSED, _("share %u belongs to another production"), s->number);
    if (s->epoch != q->epoch)
        return sl_fail(err, SL_E_REFUSED, _("share %u is of quorum epoch %u, not %u"), s->number,
                       s->epoch, q->epoch);
    if (s->need != q->need || s->count != q->count)
        return sl_fail(err, SL_E_REFUSED, _("share %u is of a quorum of %u of %u, not %u of %u"),
                       s->number, s->need, s->count, q->need, q->count);
    SL_TRY(sl_quorum_share_point(q, s->number, &want, err));
    if (!sl_point_base_times_secret(s->key.bytes, &have) || !sl_point_same(&want, &have))
        return sl_fail(err, SL_E_REFUSED,
                       _("share %u is not the one that was promised to everybody\n"
                         "  whoever dealt it gave this trustee a false one: do not accept it"),
                       s->number);
    return SL_OK;
}
