/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Counting answers and putting t of them together by Lagrange, in the exponent: r Y comes out, s
 * never does.
 */
#include "quorum/gathering.h"

#include <assert.h>
#include <string.h>

#include "base/say.h"
#include "quorum/inside.h"

/* Lagrange's coefficient at 0 of numbers[which]: the product of j / (j - i) over the others. */
static void weight_of(const uint8_t *numbers, size_t count, size_t which, struct sl_scalar *ret)
{
    struct sl_scalar over, under, i, j, step;

    sl_scalar_number(1, &over);
    sl_scalar_number(1, &under);
    sl_scalar_number(numbers[which], &i);
    for (size_t k = 0; k < count; k++) {
        if (k == which)
            continue;
        sl_scalar_number(numbers[k], &j);
        sl_scalar_mul(&over, &j, &over);
        sl_scalar_sub(&j, &i, &step);
        sl_scalar_mul(&under, &step, &under);
    }
    bool can = sl_scalar_invert(&under, &step);
    assert(can); /* the numbers differ: sl_combine() looked */
    sl_scalar_mul(&over, &step, ret);
}

/* QUORUM-26 */
static sl_rc judge_numbers(const uint8_t *numbers, size_t count, unsigned most, struct sl_err *err)
{
    uint32_t seen = 0;

    if (count < 1 || count > most || most > SL_TRUSTEES_MAX)
        return sl_fail(err, SL_E_REFUSED, _("%zu answers of %u trustees cannot be put together"),
                       count, most);
    for (size_t k = 0; k < count; k++) {
        if (numbers[k] < 1 || numbers[k] > most)
            return sl_fail(err, SL_E_REFUSED, _("there is no trustee %u: they are 1 to %u"),
                           numbers[k], most);
        if ((seen & 1u << numbers[k]) != 0)
            return sl_fail(err, SL_E_REFUSED, _("trustee %u counts once"), numbers[k]);
        seen |= 1u << numbers[k];
    }
    return SL_OK;
}

sl_rc sl_combine(const uint8_t *numbers, const struct sl_point *parts, size_t count, unsigned most,
                 struct sl_point *ret, struct sl_err *err)
{
    struct sl_sum sum = { 0 };
    struct sl_scalar weight;

    SL_TRY(judge_numbers(numbers, count, most, err));
    for (size_t k = 0; k < count; k++) {
        weight_of(numbers, count, k, &weight);
        sl_sum_add_times(&sum, &weight, &parts[k]);
    }
    bool some = sl_sum_point(&sum, ret);
    sl_wipe(&sum, sizeof sum);
    if (!some)
        return sl_fail(err, SL_E_REFUSED, _("these answers cancel each other"));
    return SL_OK;
}

sl_rc sl_gathering_begin(const struct sl_quorum *q, const struct sl_sealed_locker *l,
                         struct sl_gathering *ret, struct sl_err *err)
{
    SL_TRY(sl_locker_check(q, l, err));
    *ret = (struct sl_gathering){ .quorum = q, .locker = l };
    return SL_OK;
}

sl_rc sl_gathering_add(struct sl_gathering *g, const struct sl_request *request,
                       const struct sl_answer *a, struct sl_err *err)
{
    struct sl_asked asked = { .quorum = g->quorum, .locker = g->locker, .request = request };

    SL_TRY(sl_answer_fits(&asked, a, err));
    uint32_t bit = 1u << a->number;
    if ((g->yes & bit) != 0) /* QUORUM-26 */
        return sl_fail(err, SL_E_REFUSED, _("trustee %u said yes already, and counts once"),
                       a->number);
    if (a->says == SL_ANSWER_SAYS_NO) {
        g->no |= bit;
        return SL_OK;
    }
    sl_rc rc = sl_answer_true(&asked, a, err);
    if (rc != SL_OK) {
        g->false_by |= bit;
        return rc;
    }
    g->parts[a->number] = a->part;
    g->yes |= bit;
    g->no &= ~bit;
    return SL_OK;
}

unsigned sl_gathering_missing(const struct sl_gathering *g)
{
    unsigned have = (unsigned)__builtin_popcount(g->yes);

    return have < g->quorum->need ? g->quorum->need - have : 0;
}

sl_rc sl_gathering_open(const struct sl_gathering *g, struct sl_age_identity **ret,
                        struct sl_err *err)
{
    unsigned missing = sl_gathering_missing(g);
    uint8_t numbers[SL_TRUSTEES_MAX];
    struct sl_point parts[SL_TRUSTEES_MAX], shared;
    size_t count = 0;

    if (missing > 0)
        return sl_fail(err, SL_E_REFUSED,
                       N_("%u more trustee has to say yes before this locker opens",
                          "%u more trustees have to say yes before this locker opens", missing),
                       missing);
    for (uint8_t number = 1; number <= g->quorum->count && count < g->quorum->need; number++) {
        if ((g->yes & 1u << number) == 0)
            continue;
        numbers[count] = number;
        parts[count++] = g->parts[number];
    }
    SL_TRY(sl_combine(numbers, parts, count, g->quorum->count, &shared, err));
    sl_rc rc = sl_locker_open_with(g->quorum, g->locker, &shared, ret, err);
    sl_wipe(&shared, sizeof shared);
    return rc;
}
