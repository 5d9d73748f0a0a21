/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading what stands on a shelf. Whoever holds the disk may have put links, pipes or devices
 * there: only regular files are opened, and never through a link.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "shelf/inside.h"

#define ENTRIES_ONCE 64u

uint64_t sl_pieces_bytes(const struct sl_view *pieces, size_t count)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += pieces[i].len;
    return sum;
}

bool sl_pieces_have(const struct sl_view *pieces, size_t count, uint64_t at, struct sl_view bytes)
{
    for (size_t i = 0; i < count && bytes.len > 0; i++) {
        if (at >= pieces[i].len) {
            at -= pieces[i].len;
            continue;
        }
        size_t len = pieces[i].len - (size_t)at;
        if (len > bytes.len)
            len = bytes.len;
        if (memcmp(pieces[i].at + at, bytes.at, len) != 0)
            return false;
        bytes.at += len;
        bytes.len -= len;
        at = 0;
    }
    return bytes.len == 0;
}

sl_rc sl_shelf_open(const struct sl_shelf *s, const char *path, int flags, uint64_t *bytes,
                    int *ret, struct sl_err *err)
{
    const struct sl_os *os = s->os;
    struct stat st;
    int want = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | flags; /* a pipe must not make us wait */
    SL_AUTO_FD f = { os, os->open(os->self, s->dir, path, want, 0, SHELF_INSIDE) };

    if (f.fd < 0 && (errno == ELOOP || errno == ENOTDIR || errno == EXDEV || errno == ENXIO))
        return sl_fail(err, SL_E_REFUSED, _("'%s' is not a plain file here"), path);
    if (f.fd < 0)
        return sl_fail_errno(err, _("'%s' cannot be opened"), path);
    if (os->fstat(os->self, f.fd, &st) != 0)
        return sl_fail_errno(err, _("'%s' cannot be looked at"), path);
    if (!S_ISREG(st.st_mode))
        return sl_fail(err, SL_E_REFUSED, _("'%s' is not a plain file here"), path);
    *bytes = (uint64_t)st.st_size;
    *ret = f.fd;
    f.fd = -1;
    return SL_OK;
}

sl_rc sl_shelf_bytes(const struct sl_shelf *s, const char *path, uint64_t *ret, struct sl_err *err)
{
    SL_AUTO_FD f = { s->os, -1 };

    return sl_shelf_open(s, path, 0, ret, &f.fd, err);
}

static sl_rc read_all(const struct sl_shelf *s, int fd, const char *path, uint8_t *to, size_t count,
                      struct sl_err *err)
{
    ssize_t got = sl_os_pread_all(s->os, fd, to, count, 0);

    if (got < 0)
        return sl_fail_errno(err, _("'%s' cannot be read"), path);
    if ((size_t)got != count)
        return sl_fail(err, SL_E_BROKEN, _("'%s' became shorter while it was read"), path);
    return SL_OK;
}

sl_rc sl_shelf_read_into(const struct sl_shelf *s, const char *path, uint8_t *to, size_t count,
                         struct sl_err *err)
{
    SL_AUTO_FD f = { s->os, -1 };
    uint64_t bytes = 0;

    SL_TRY(sl_shelf_open(s, path, 0, &bytes, &f.fd, err));
    if (bytes != count)
        return sl_fail(err, SL_E_BROKEN, _("'%s' has %llu bytes, not %zu"), path,
                       (unsigned long long)bytes, count);
    return read_all(s, f.fd, path, to, count, err);
}

sl_rc sl_shelf_read(const struct sl_shelf *s, const char *path, struct sl_buf *ret,
                    struct sl_err *err)
{
    SL_AUTO_FD f = { s->os, -1 };
    SL_AUTO_CLEAR(buf) all = sl_buf_upto(ret->limit);
    uint64_t bytes = 0;

    SL_TRY(sl_shelf_open(s, path, 0, &bytes, &f.fd, err));
    if (bytes > ret->limit - ret->len)
        return sl_fail(err, SL_E_BROKEN, _("'%s' has %llu bytes, more than the %zu it may have"),
                       path, (unsigned long long)bytes, ret->limit - ret->len);
    if (bytes == 0)
        return SL_OK;
    all.at = malloc((size_t)bytes);
    if (all.at == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory for %zu bytes"), (size_t)bytes);
    SL_TRY(read_all(s, f.fd, path, all.at, (size_t)bytes, err));
    return sl_buf_put(ret, (struct sl_view){ all.at, (size_t)bytes }, err);
}

sl_rc sl_shelf_list(const struct sl_shelf *s, const char *path, sl_shelf_each each, void *who,
                    struct sl_err *err)
{
    const struct sl_os *os = s->os;
    struct sl_os_entry entries[ENTRIES_ONCE];
    const char *at = path[0] != '\0' ? path : ".";
    int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;
    SL_AUTO_FD f = { os, os->open(os->self, s->dir, at, flags, 0, SHELF_INSIDE) };
    ssize_t got = 0;

    if (f.fd < 0 && errno == ENOENT)
        return SL_OK;
    if (f.fd < 0 && (errno == ELOOP || errno == ENOTDIR || errno == EXDEV))
        return sl_fail(err, SL_E_REFUSED, _("'%s' is a link or a file, not a folder"), path);
    if (f.fd < 0)
        return sl_fail_errno(err, _("folder '%s' cannot be opened"), path);
    while ((got = os->list(os->self, f.fd, entries, ENTRIES_ONCE)) > 0) {
        for (ssize_t i = 0; i < got; i++)
            SL_TRY(each(who, &entries[i], err));
    }
    if (got < 0)
        return sl_fail_errno(err, _("folder '%s' cannot be listed"), path);
    return SL_OK;
}
