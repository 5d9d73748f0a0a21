/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The facts file; see facts_book.h.
 */
#include "rehearse/facts_book.h"

#include <stdlib.h>
#include <string.h>

#include "base/say.h"

#define FIXED_BYTES                                                                                \
    (1u + 4u + 8u + 4u + 8u + SL_SHA256_BYTES + 2u) /* of a record, before its path */
#define WINDOW_BYTES (256u << 10)                   /* of the file in memory */

struct sl_book { /* being written, or being read */
    const struct sl_os *os;
    int fd;
    off_t at;          /* in the file, of window[0] */
    size_t len, taken; /* bytes in the window, and how many of them were read */
    uint8_t window[WINDOW_BYTES];
};

void sl_book_free(struct sl_book *b)
{
    if (b != NULL)
        (void)b->os->close(b->os->self, b->fd);
    free(b);
}

sl_rc sl_book_open(const struct sl_os *os, int dir, const char *name, int flags,
                   struct sl_book **ret, struct sl_err *err)
{
    struct sl_book *b = malloc(sizeof *b);

    if (b == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("no memory for the rehearsal"));
    b->os = os;
    b->at = 0;
    b->len = b->taken = 0;
    b->fd = os->open(os->self, dir, name, flags, 0600, 0);
    if (b->fd < 0) {
        sl_rc rc = sl_fail_errno(err, _("the file of facts '%s' cannot be opened"), name);
        free(b);
        return rc;
    }
    *ret = b;
    return SL_OK;
}

sl_rc sl_book_flush(struct sl_book *b, struct sl_err *err)
{
    if (sl_os_pwrite_all(b->os, b->fd, b->window, b->len, b->at) != 0)
        return sl_fail_errno(err, _("the facts before the raid cannot be written down"));
    b->at += (off_t)b->len;
    b->len = 0;
    return SL_OK;
}

static size_t put_number(uint8_t *to, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        to[i] = (uint8_t)(value >> (8 * i));
    return bytes;
}

sl_rc sl_book_put(struct sl_book *b, const struct sl_fact *f, struct sl_err *err)
{
    if (b->len + FIXED_BYTES + f->path_bytes > WINDOW_BYTES)
        SL_TRY(sl_book_flush(b, err));
    uint8_t *to = b->window + b->len;
    to += put_number(to, f->type, 1);
    to += put_number(to, f->mode, 4);
    to += put_number(to, (uint64_t)f->mtime_s, 8);
    to += put_number(to, f->mtime_ns, 4);
    to += put_number(to, f->size, 8);
    memcpy(to, f->sha256, SL_SHA256_BYTES);
    to += SL_SHA256_BYTES;
    to += put_number(to, f->path_bytes, 2);
    memcpy(to, f->path, f->path_bytes);
    b->len += FIXED_BYTES + f->path_bytes;
    return SL_OK;
}

/* Read on so that the window holds one whole record, or all that is left. */
static sl_rc fill(struct sl_book *b, struct sl_err *err)
{
    size_t left = b->len - b->taken;

    if (left >= FIXED_BYTES + SL_PATH_MAX)
        return SL_OK;
    memmove(b->window, b->window + b->taken, left);
    b->at += (off_t)b->taken;
    ssize_t got =
        sl_os_pread_all(b->os, b->fd, b->window + left, WINDOW_BYTES - left, b->at + (off_t)left);
    if (got < 0)
        return sl_fail_errno(err, _("the facts before the raid cannot be read"));
    b->taken = 0;
    b->len = left + (size_t)got;
    return SL_OK;
}

sl_rc sl_book_next(struct sl_book *b, struct sl_fact *ret, bool *more, struct sl_err *err)
{
    SL_TRY(fill(b, err));
    *more = b->len > b->taken;
    if (!*more)
        return SL_OK;
    struct sl_cur c = sl_cur_over((struct sl_view){ b->window + b->taken, b->len - b->taken });
    ret->type = sl_cur_u8(&c);
    ret->mode = sl_cur_u32(&c);
    ret->mtime_s = (int64_t)sl_cur_u64(&c);
    ret->mtime_ns = sl_cur_u32(&c);
    ret->size = sl_cur_u64(&c);
    sl_cur_copy(&c, ret->sha256, sizeof ret->sha256);
    ret->path_bytes = sl_cur_u16(&c);
    if (ret->path_bytes > SL_PATH_MAX)
        return sl_fail(err, SL_E_BROKEN, _("the facts before the raid are damaged"));
    sl_cur_copy(&c, (uint8_t *)ret->path, ret->path_bytes);
    ret->path[ret->path_bytes] = '\0';
    if (c.spoilt)
        return sl_fail(err, SL_E_BROKEN, _("the facts before the raid are damaged"));
    b->taken = b->len - c.left;
    return SL_OK;
}
