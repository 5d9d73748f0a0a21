/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bytes of what a founding deals: the public block (commitments and trustees' keys) and a
 * trustee's share. See docs/format/quorum.md.
 */
#include <assert.h>
#include <string.h>

#include "base/say.h"
#include "format/pen.h"
#include "quorum/inside.h"

#define QUORUM_MAGIC "SLQUORM\n"
#define SHARE_MAGIC  "SLSHARE\n"

/* QUORUM-1, QUORUM-2: numbers, the same for reader and writer. */
static sl_rc judge_numbers(unsigned need, unsigned count, const char *what, struct sl_err *err)
{
    if (count < 1 || count > SL_TRUSTEES_MAX || need < 1 || need > count)
        return sl_fail(err, SL_E_BROKEN, _("%s says %u of %u trustees open: not 1 to m of 1 to %u"),
                       what, need, count, SL_TRUSTEES_MAX);
    return SL_OK;
}

static sl_rc judge_suites(unsigned suite, unsigned signing, const char *what, struct sl_err *err)
{
    if (suite != SL_QUORUM_SUITE || signing != SL_SUITE_ED25519)
        return sl_fail(err, SL_E_BROKEN,
                       _("%s is of suites %u and %u: only 1 and 1 are known here"), what, suite,
                       signing);
    return SL_OK;
}

static sl_rc judge_keys(const struct sl_quorum *q, struct sl_err *err)
{
    for (unsigned i = 0; i < q->count; i++)
        for (unsigned j = 0; j < i; j++)
            if (sl_same(q->keys[i], q->keys[j], SL_SIGN_PUBLIC_BYTES)) /* QUORUM-4 */
                return sl_fail(err, SL_E_BROKEN, _("trustees %u and %u have one and the same key"),
                               j + 1, i + 1);
    return SL_OK;
}

sl_rc sl_quorum_write(const struct sl_quorum *q, struct sl_buf *out, struct sl_err *err)
{
    struct sl_pen p = sl_pen_to(out, err);

    SL_TRY(judge_numbers(q->need, q->count, _("a quorum"), err));
    SL_TRY(judge_keys(q, err));
    sl_pen_stamp(&p, QUORUM_MAGIC);
    sl_pen_u16(&p, SL_QUORUM_SUITE);
    sl_pen_u8(&p, q->need);
    sl_pen_u8(&p, q->count);
    sl_pen_u32(&p, q->epoch);
    for (size_t i = 0; i < q->need; i++)
        sl_pen_bytes(&p, q->commitments[i].bytes, SL_POINT_BYTES);
    for (size_t i = 0; i < q->count; i++)
        sl_pen_bytes(&p, q->keys[i], SL_SIGN_PUBLIC_BYTES);
    return sl_pen_done(&p);
}

/* Points and keys; the numbers are known to be within their limits. */
static sl_rc read_lists(struct sl_cur *c, struct sl_quorum *q, struct sl_err *err)
{
    struct sl_cur points = sl_cur_part(c, q->need * (size_t)SL_POINT_BYTES);

    for (size_t i = 0; i < q->count; i++)
        sl_cur_copy(c, q->keys[i], SL_SIGN_PUBLIC_BYTES);
    SL_TRY(sl_cur_end(c, _("a quorum"), err)); /* QUORUM-2 */
    for (unsigned i = 0; i < q->need; i++)
        if (!sl_point_take(&points, &q->commitments[i])) /* QUORUM-3 */
            return sl_fail(err, SL_E_BROKEN, _("commitment %u of a quorum is no point to count on"),
                           i + 1);
    return judge_keys(q, err);
}

sl_rc sl_quorum_read(struct sl_view in, const uint8_t production[SL_PRODUCTION_BYTES],
                     struct sl_quorum *ret, struct sl_err *err)
{
    const char *what = _("a quorum");
    struct sl_cur c = sl_cur_over(in);
    struct sl_quorum q = { 0 };

    memcpy(q.production, production, sizeof q.production);
    SL_TRY(sl_stamp_read(&c, QUORUM_MAGIC, what, err)); /* QUORUM-1 */
    uint16_t suite = sl_cur_u16(&c);
    q.need = sl_cur_u8(&c);
    q.count = sl_cur_u8(&c);
    q.epoch = sl_cur_u32(&c);
    if (c.spoilt)
        return sl_cur_end(&c, what, err);
    SL_TRY(judge_suites(suite, SL_SUITE_ED25519, what, err)); /* QUORUM-1 */
    SL_TRY(judge_numbers(q.need, q.count, what, err));        /* QUORUM-2 */
    SL_TRY(read_lists(&c, &q, err));
    *ret = q;
    return SL_OK;
}

sl_rc sl_share_write(const struct sl_share *s, struct sl_secret **ret, struct sl_err *err)
{
    SL_AUTO_FREE(secret) *whole = NULL;

    SL_TRY(judge_numbers(s->need, s->count, _("a share"), err));
    if (s->number < 1 || s->number > s->count) /* QUORUM-6 */
        return sl_fail(err, SL_E_USAGE, _("a share has number %u of %u"), s->number, s->count);
    SL_TRY(sl_secret_blank(SL_SHARE_BYTES, &whole, err));
    struct sl_buf out = sl_buf_fixed(sl_secret_fill(whole), SL_SHARE_BYTES);
    struct sl_pen p = sl_pen_to(&out, err);
    sl_pen_stamp(&p, SHARE_MAGIC);
    sl_pen_u16(&p, SL_QUORUM_SUITE);
    sl_pen_u8(&p, s->number);
    sl_pen_u8(&p, s->need);
    sl_pen_u8(&p, s->count);
    sl_pen_zeros(&p, 3);
    sl_pen_bytes(&p, s->production, sizeof s->production);
    sl_pen_u32(&p, s->epoch);
    sl_pen_view(&p, sl_secret_expose(s->key.bytes));
    SL_TRY(sl_pen_done(&p));
    assert(out.len == SL_SHARE_BYTES);
    *ret = SL_TAKE(whole);
    return SL_OK;
}

sl_rc sl_share_read(struct sl_view in, struct sl_share *ret, struct sl_err *err)
{
    const char *what = _("a share");
    struct sl_cur c = sl_cur_over(in);
    struct sl_share s = { 0 };

    SL_TRY(sl_stamp_read(&c, SHARE_MAGIC, what, err)); /* QUORUM-5 */
    uint16_t suite = sl_cur_u16(&c);
    s.number = sl_cur_u8(&c);
    s.need = sl_cur_u8(&c);
    s.count = sl_cur_u8(&c);
    struct sl_view zeros = sl_cur_take(&c, 3);
    sl_cur_copy(&c, s.production, sizeof s.production);
    s.epoch = sl_cur_u32(&c);
    struct sl_view key = sl_cur_take(&c, SL_SCALAR_BYTES);
    SL_TRY(sl_cur_end(&c, what, err)); /* QUORUM-5 */
    if (!sl_all_zero(zeros))           /* QUORUM-5 */
        return sl_fail(err, SL_E_BROKEN, _("%s is not zero where it has to be"), what);
    SL_TRY(judge_suites(suite, SL_SUITE_ED25519, what, err));
    SL_TRY(judge_numbers(s.need, s.count, what, err));
    if (s.number < 1 || s.number > s.count) /* QUORUM-6 */
        return sl_fail(err, SL_E_BROKEN, _("%s has number %u of %u"), what, s.number, s.count);
    if (sl_all_zero(key)) /* QUORUM-7 */
        return sl_fail(err, SL_E_BROKEN, _("%s holds no secret"), what);
    SL_TRY(sl_scalar_secret_read(key, &s.key.bytes, err)); /* QUORUM-7 */
    *ret = s;
    return SL_OK;
}
