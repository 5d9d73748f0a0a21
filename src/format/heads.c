/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The heads that an entry has seen: 72 bytes each, sorted by session. See docs/format/slip.md.
 */
#include <string.h>

#include "base/say.h"
#include "format/inside.h"
#include "format/slip.h"

#define HEAD_BYTES (SL_SESSION_BYTES + 8u + SL_SHA256_BYTES)

/* Rising by session, and so each session once. */
static bool sorted(const struct sl_head *heads, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (memcmp(heads[i - 1].session, heads[i].session, SL_SESSION_BYTES) >= 0)
            return false;
    return true;
}

sl_rc sl_heads_write(const struct sl_head *heads, size_t count, struct sl_buf *out,
                     struct sl_err *err)
{
    struct sl_pen p = sl_pen_to(out, err);

    if (count > SL_HEADS_MAX || !sorted(heads, count))
        return sl_fail(err, SL_E_USAGE, _("%zu heads are over %u, or not sorted by session"), count,
                       SL_HEADS_MAX);
    for (size_t i = 0; i < count; i++) {
        sl_pen_bytes(&p, heads[i].session, sizeof heads[i].session);
        sl_pen_u64(&p, heads[i].number);
        sl_pen_bytes(&p, heads[i].hash, sizeof heads[i].hash);
    }
    return sl_pen_done(&p);
}

sl_rc sl_heads_read(struct sl_view in, struct sl_head ret[SL_HEADS_MAX], size_t *count,
                    struct sl_err *err)
{
    struct sl_cur c = sl_cur_over(in);
    struct sl_head heads[SL_HEADS_MAX];
    size_t found = in.len / HEAD_BYTES;

    if (in.len % HEAD_BYTES != 0 || found > SL_HEADS_MAX) /* SLIP-6 */
        return sl_fail(err, SL_E_BROKEN, _("%zu bytes are no list of at most %u heads"), in.len,
                       SL_HEADS_MAX);
    for (size_t i = 0; i < found; i++) {
        sl_cur_copy(&c, heads[i].session, sizeof heads[i].session);
        heads[i].number = sl_cur_u64(&c);
        sl_cur_copy(&c, heads[i].hash, sizeof heads[i].hash);
    }
    SL_TRY(sl_cur_end(&c, _("the list of heads"), err));
    if (!sorted(heads, found)) /* SLIP-6 */
        return sl_fail(err, SL_E_BROKEN,
                       _("the list of heads is not sorted, or has a session twice"));
    memcpy(ret, heads, found * sizeof heads[0]);
    *count = found;
    return SL_OK;
}
