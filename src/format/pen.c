/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Writing layouts field by field, and the few decoder's helpers that every page needs.
 */
#include "format/pen.h"

#include <assert.h>
#include <string.h>

#include "base/say.h"
#include "json/text.h"

#define ZEROS_MAX 64u

struct sl_pen sl_pen_to(struct sl_buf *out, struct sl_err *err)
{
    return (struct sl_pen){ .out = out, .err = err, .begin = out->len };
}

void sl_pen_bytes(struct sl_pen *p, const void *at, size_t len)
{
    if (p->rc == SL_OK)
        p->rc = sl_buf_put(p->out, (struct sl_view){ at, len }, p->err);
}

void sl_pen_view(struct sl_pen *p, struct sl_view in)
{
    sl_pen_bytes(p, in.at, in.len);
}

void sl_pen_zeros(struct sl_pen *p, size_t len)
{
    static const uint8_t zeros[ZEROS_MAX];

    assert(len <= sizeof zeros);
    sl_pen_bytes(p, zeros, len);
}

static void put_le(struct sl_pen *p, uint64_t value, size_t width)
{
    uint8_t bytes[8];

    for (size_t i = 0; i < width; i++)
        bytes[i] = (uint8_t)(value >> (8 * i));
    sl_pen_bytes(p, bytes, width);
}

void sl_pen_u8(struct sl_pen *p, uint8_t value)
{
    put_le(p, value, 1);
}

void sl_pen_u16(struct sl_pen *p, uint16_t value)
{
    put_le(p, value, 2);
}

void sl_pen_u32(struct sl_pen *p, uint32_t value)
{
    put_le(p, value, 4);
}

void sl_pen_u64(struct sl_pen *p, uint64_t value)
{
    put_le(p, value, 8);
}

sl_rc sl_pen_done(struct sl_pen *p)
{
    if (p->rc != SL_OK)
        p->out->len = p->begin;
    return p->rc;
}

struct sl_buf sl_buf_fixed(uint8_t *at, size_t len)
{
    return (struct sl_buf){ .at = at, .cap = len, .limit = len };
}

void sl_pen_stamp(struct sl_pen *p, const char *magic)
{
    sl_pen_bytes(p, magic, SL_MAGIC_BYTES);
    sl_pen_u32(p, SL_FORMAT_VERSION);
}

sl_rc sl_stamp_read(struct sl_cur *c, const char *magic, const char *what, struct sl_err *err)
{
    uint8_t found[SL_MAGIC_BYTES];

    sl_cur_copy(c, found, sizeof found);
    uint32_t version = sl_cur_u32(c);
    if (c->spoilt || memcmp(found, magic, sizeof found) != 0) /* FORMAT-2 */
        return sl_fail(err, SL_E_BROKEN, _("%s does not begin like one"), what);
    if (version != SL_FORMAT_VERSION) /* FORMAT-3 */
        return sl_fail(err, SL_E_BROKEN,
                       _("%s says it has format version %u: only version %u is known here"), what,
                       version, SL_FORMAT_VERSION);
    return SL_OK;
}

sl_rc sl_cur_end(const struct sl_cur *c, const char *what, struct sl_err *err)
{
    if (c->spoilt)
        return sl_fail(err, SL_E_BROKEN, _("%s is cut short"), what);
    if (c->left > 0)
        return sl_fail(err, SL_E_BROKEN, _("%s has %zu bytes left over"), what, c->left);
    return SL_OK;
}

bool sl_all_zero(struct sl_view in)
{
    uint8_t any = 0;

    for (size_t i = 0; i < in.len; i++)
        any |= in.at[i];
    return any == 0;
}

sl_rc sl_text_read(struct sl_cur *c, size_t len, size_t least, size_t max, char *ret,
                   const char *what, struct sl_err *err)
{
    struct sl_view in = sl_cur_take(c, len);

    if (c->spoilt)
        return sl_fail(err, SL_E_BROKEN, _("%s is cut short"), what);
    if (len < least || len > max)
        return sl_fail(err, SL_E_BROKEN, _("%s is %zu bytes, not %zu to %zu"), what, len, least,
                       max);
    if (!sl_utf8_valid(in) || (len > 0 && memchr(in.at, 0, len) != NULL))
        return sl_fail(err, SL_E_BROKEN, _("%s has a NUL, or is not UTF-8"), what);
    if (len > 0)
        memcpy(ret, in.at, len);
    ret[len] = '\0';
    return SL_OK;
}
