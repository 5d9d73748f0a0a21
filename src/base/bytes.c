/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Views, buffers, cursors. All integers on disk and wire are little-endian.
 */
#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

#include "base/say.h"

#define BUF_FIRST_CAP 256u
#define GROW_FIRST    64u /* things */

struct sl_cur sl_cur_over(struct sl_view in)
{
    return (struct sl_cur){ .at = in.at, .left = in.len };
}

struct sl_view sl_cur_take(struct sl_cur *c, size_t len)
{
    struct sl_view out = { 0 };

    if (c->spoilt || len > c->left) {
        c->spoilt = true;
        return out;
    }
    if (len == 0)
        return out;
    out = (struct sl_view){ .at = c->at, .len = len };
    c->at += len;
    c->left -= len;
    return out;
}

struct sl_cur sl_cur_part(struct sl_cur *c, size_t len)
{
    struct sl_view in = sl_cur_take(c, len);

    return (struct sl_cur){ .at = in.at, .left = in.len, .spoilt = c->spoilt };
}

void sl_cur_copy(struct sl_cur *c, uint8_t *out, size_t len)
{
    struct sl_view in = sl_cur_take(c, len);

    memset(out, 0, len);
    if (in.len == len && len > 0)
        memcpy(out, in.at, len);
}

static uint64_t read_le(struct sl_cur *c, size_t width)
{
    struct sl_view in = sl_cur_take(c, width);
    uint64_t value = 0;

    for (size_t i = in.len; i > 0; i--)
        value = value << 8 | in.at[i - 1];
    return value;
}

uint8_t sl_cur_u8(struct sl_cur *c)
{
    return (uint8_t)read_le(c, 1);
}

uint16_t sl_cur_u16(struct sl_cur *c)
{
    return (uint16_t)read_le(c, 2);
}

uint32_t sl_cur_u32(struct sl_cur *c)
{
    return (uint32_t)read_le(c, 4);
}

uint64_t sl_cur_u64(struct sl_cur *c)
{
    return read_le(c, 8);
}

bool sl_cur_done(const struct sl_cur *c)
{
    return !c->spoilt && c->left == 0;
}

struct sl_buf sl_buf_upto(size_t limit)
{
    return (struct sl_buf){ .limit = limit };
}

/* Names, bodies and manifests pass through buffers, and whoever seizes the machine reads freed
 * memory as easily as any other. All of it, because `len` may have been set back. */
static void wipe(struct sl_buf *b)
{
    if (b->at != NULL)
        explicit_bzero(b->at, b->cap);
}

static sl_rc make_room(struct sl_buf *b, size_t need, struct sl_err *err)
{
    size_t cap = b->cap > 0 ? b->cap : BUF_FIRST_CAP;

    while (cap < need) {
        if (__builtin_mul_overflow(cap, 2u, &cap))
            cap = need;
    }
    if (cap > b->limit)
        cap = b->limit;
    uint8_t *grown = malloc(cap); /* realloc would leave what was here behind */
    if (grown == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory for %zu bytes"), cap);
    if (b->len > 0)
        memcpy(grown, b->at, b->len);
    wipe(b);
    free(b->at);
    b->at = grown;
    b->cap = cap;
    return SL_OK;
}

sl_rc sl_buf_put(struct sl_buf *b, struct sl_view in, struct sl_err *err)
{
    size_t need = 0;

    if (__builtin_add_overflow(b->len, in.len, &need) || need > b->limit)
        return sl_fail(err, SL_E_BROKEN, _("more than %zu bytes where they should fit"), b->limit);
    if (need > b->cap)
        SL_TRY(make_room(b, need, err));
    if (in.len > 0)
        memcpy(b->at + b->len, in.at, in.len);
    b->len = need;
    return SL_OK;
}

struct sl_view sl_buf_view(const struct sl_buf *b)
{
    return (struct sl_view){ .at = b->at, .len = b->len };
}

void sl_buf_clear(struct sl_buf *b)
{
    wipe(b);
    free(b->at);
    *b = (struct sl_buf){ .limit = b->limit };
}

sl_rc sl_grow(void **at, size_t count, size_t *room, size_t size, struct sl_err *err)
{
    size_t more = *room > 0 ? *room : GROW_FIRST / 2, bytes = 0;

    if (*at != NULL && count < *room)
        return SL_OK;
    bool fits =
        !__builtin_mul_overflow(more, 2u, &more) && !__builtin_mul_overflow(more, size, &bytes);
    void *grown = fits ? realloc(*at, bytes) : NULL;
    if (grown == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory for %zu things"), more);
    *at = grown;
    *room = more;
    return SL_OK;
}
