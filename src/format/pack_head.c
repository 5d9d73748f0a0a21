/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The head inside a pack, and how much a pack holds. See docs/format/pack.md.
 */
#include "format/pack_head.h"

#include <assert.h>

#include "base/limits.h"
#include "base/say.h"
#include "crypto/age.h"
#include "format/inside.h"

#define MAGIC "SLPACK\n\0"
#define REST  24u /* zero to the end */

void sl_pack_head_write(const struct sl_pack_head *h, uint8_t ret[SL_PACK_HEAD_BYTES])
{
    struct sl_buf out = sl_buf_fixed(ret, SL_PACK_HEAD_BYTES);
    struct sl_pen p = sl_pen_to(&out, NULL);

    sl_pen_stamp(&p, MAGIC);
    sl_pen_u32(&p, h->epoch);
    sl_pen_bytes(&p, h->production, sizeof h->production);
    sl_pen_bytes(&p, h->session, sizeof h->session);
    sl_pen_bytes(&p, h->locker.bytes, sizeof h->locker.bytes);
    sl_pen_u64(&p, h->number);
    sl_pen_zeros(&p, REST);
    assert(p.rc == SL_OK && out.len == SL_PACK_HEAD_BYTES);
}

sl_rc sl_pack_head_read(struct sl_view in, struct sl_pack_head *ret, struct sl_err *err)
{
    const char *what = _("the head inside a pack");
    struct sl_cur c = sl_cur_over(in);
    struct sl_pack_head h = { 0 };

    SL_TRY(sl_stamp_read(&c, MAGIC, what, err)); /* PACK-5 */
    h.epoch = sl_cur_u32(&c);
    sl_cur_copy(&c, h.production, sizeof h.production);
    sl_cur_copy(&c, h.session, sizeof h.session);
    sl_cur_copy(&c, h.locker.bytes, sizeof h.locker.bytes);
    h.number = sl_cur_u64(&c);
    struct sl_view rest = sl_cur_take(&c, REST);
    SL_TRY(sl_cur_end(&c, what, err)); /* PACK-4 */
    if (!sl_all_zero(rest))            /* PACK-4 */
        return sl_fail(err, SL_E_BROKEN,
                       _("the head inside a pack is not zero where it has to be"));
    *ret = h;
    return SL_OK;
}

/* PACK-2. For every k from 1 to 16 there is such a length: the last chunk is never empty. */
uint64_t sl_pack_plain_bytes(unsigned need)
{
    uint64_t plain = 0;

    assert(need >= 1 && need <= SL_NEED_MAX);
    bool fits = sl_age_plain_bytes((uint64_t)need * SL_SLICE_BYTES, &plain);
    assert(fits);
    return plain;
}

uint64_t sl_pack_content_bytes(unsigned need)
{
    return sl_pack_plain_bytes(need) - SL_PACK_HEAD_BYTES;
}
