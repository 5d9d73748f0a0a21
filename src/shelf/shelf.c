/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Putting files on a shelf so that they stay: temporary name, write, fsync, final name, fsync of
 * the folder. See shelf.h for what each function promises.
 */
#include "shelf/shelf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "shelf/inside.h"

#define PIECES_ONCE   16u
#define COMPARE_BYTES (64u << 10)

sl_rc sl_shelf_new(const struct sl_os *os, int dir, struct sl_shelf **ret, struct sl_err *err)
{
    struct sl_shelf *s = calloc(1, sizeof *s);

    if (s == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory for %zu bytes"), sizeof *s);
    s->os = os;
    s->dir = dir;
    s->temp = -1;
    *ret = s;
    return SL_OK;
}

void sl_shelf_free(struct sl_shelf *s)
{
    if (s == NULL)
        return;
    if (s->temp >= 0)
        (void)s->os->close(s->os->self, s->temp);
    (void)s->os->close(s->os->self, s->dir);
    free(s);
}

int sl_shelf_dir(const struct sl_shelf *s)
{
    return s->dir;
}

/* Point `ret` at the pieces from offset `skip` of piece `first` on; returns how many it used. */
static int aim(const struct sl_view *pieces, size_t count, size_t first, size_t skip,
               struct iovec ret[PIECES_ONCE])
{
    int used = 0;

    for (size_t i = first; i < count && used < (int)PIECES_ONCE; i++, skip = 0) {
        const uint8_t *at = pieces[i].at + skip;
        memcpy(&ret[used].iov_base, &at, sizeof at); /* iovec has no const */
        ret[used++].iov_len = pieces[i].len - skip;
    }
    return used;
}

/* Write all pieces from the file's start. 0, or -1 with errno. */
static int write_pieces(const struct sl_os *os, int fd, const struct sl_view *pieces, size_t count)
{
    size_t first = 0, skip = 0;
    off_t at = 0;

    for (;;) {
        struct iovec out[PIECES_ONCE];
        while (first < count && skip == pieces[first].len) { /* empty pieces too */
            first++;
            skip = 0;
        }
        if (first == count)
            return 0;
        ssize_t put = os->pwritev(os->self, fd, out, aim(pieces, count, first, skip, out), at);
        if (put < 0)
            return -1;
        if (put == 0) {
            errno = EIO;
            return -1;
        }
        at += put;
        for (size_t left = (size_t)put; left > 0;) {
            size_t step = pieces[first].len - skip < left ? pieces[first].len - skip : left;
            skip += step;
            left -= step;
            if (skip == pieces[first].len && left > 0) {
                first++;
                skip = 0;
            }
        }
    }
}

static sl_rc fill_temp(struct sl_shelf *s, const char *path, const struct sl_view *pieces,
                       size_t count, struct sl_temp *ret, struct sl_err *err)
{
    SL_TRY(sl_temp_new(s, ret, err));
    if (write_pieces(s->os, ret->fd, pieces, count) != 0)
        return sl_fail_errno(err, _("'%s' cannot be written"), path);
    if (s->os->fsync(s->os->self, ret->fd) != 0)
        return sl_fail_errno(err, _("'%s' cannot be synced"), path);
    return SL_OK;
}

/* Compare an open file of the right length with the pieces. */
static sl_rc compare(const struct sl_shelf *s, int fd, const char *path,
                     const struct sl_view *pieces, size_t count, bool *ret, struct sl_err *err)
{
    uint64_t bytes = sl_pieces_bytes(pieces, count);
    uint8_t part[COMPARE_BYTES];

    for (uint64_t at = 0; at < bytes;) {
        size_t want = bytes - at < sizeof part ? (size_t)(bytes - at) : sizeof part;
        ssize_t got = sl_os_pread_all(s->os, fd, part, want, (off_t)at);
        if (got < 0)
            return sl_fail_errno(err, _("'%s' cannot be read"), path);
        struct sl_view have = { part, (size_t)got };
        if (have.len != want || !sl_pieces_have(pieces, count, at, have)) {
            *ret = false;
            return SL_OK;
        }
        at += want;
    }
    *ret = true;
    return SL_OK;
}

/* Make sure that what stands under `path` has these bytes and is durable. SL_E_MISSING when
 * nothing stands there. It is synced again because whoever wrote it may not have come to that. */
static sl_rc settle(const struct sl_shelf *s, const struct sl_place *place, const char *path,
                    const struct sl_view *pieces, size_t count, struct sl_err *err)
{
    SL_AUTO_FD f = { s->os, -1 };
    uint64_t bytes = 0;
    bool same = false;

    SL_TRY(sl_shelf_open(s, path, 0, &bytes, &f.fd, err));
    if (bytes == sl_pieces_bytes(pieces, count))
        SL_TRY(compare(s, f.fd, path, pieces, count, &same, err));
    if (!same)
        return sl_fail(err, SL_E_REFUSED, _("other bytes stand under the name '%s' already"), path);
    if (s->os->fsync(s->os->self, f.fd) != 0)
        return sl_fail_errno(err, _("'%s' cannot be synced"), path);
    return sl_place_sync(place, err);
}

static bool not_offered(int why)
{
    return why == EINVAL || why == ENOSYS || why == EOPNOTSUPP;
}

/* Give a finished temporary file its name unless something stands there (-1, EEXIST). Network
 * and old FUSE file systems lack the rename that never replaces, FAT and some FUSE lack links. */
static int name_once(struct sl_temp *t, const struct sl_place *place)
{
    const struct sl_os *os = t->shelf->os;
    int from = t->shelf->temp, to = sl_place_dir(place);

    if (os->renameat(os->self, from, t->name, to, place->leaf, false) == 0) {
        t->name[0] = '\0';
        return 0;
    }
    if (!not_offered(errno))
        return -1;
    int rc = os->linkat(os->self, from, t->name, to, place->leaf);
    if (rc != 0 && errno == EPERM)
        errno = EOPNOTSUPP; /* link(2): "the file system does not support hard links" */
    return rc;
}

sl_rc sl_shelf_put(struct sl_shelf *s, const char *path, const struct sl_view *pieces, size_t count,
                   struct sl_err *err)
{
    SL_AUTO_CLEAR(place) place = { 0 };
    SL_AUTO_CLEAR(temp) temp = { .fd = -1 };

    SL_TRY(sl_place_find(s, path, true, &place, err));
    sl_rc rc = settle(s, &place, path, pieces, count, err);
    if (rc != SL_E_MISSING)
        return rc;
    SL_TRY(fill_temp(s, path, pieces, count, &temp, err));
    if (name_once(&temp, &place) == 0)
        return sl_place_sync(&place, err);
    if (errno == EEXIST) { /* another writer was faster */
        rc = settle(s, &place, path, pieces, count, err);
        if (rc != SL_E_MISSING)
            return rc;
        return sl_fail(err, SL_E_RETRY, _("something stood under '%s' and went away"), path);
    }
    if (not_offered(errno))
        return sl_fail(err, SL_E_SYSTEM,
                       _("this file system can neither link a file nor rename it without "
                         "replacing another\n  use a disk with ext4, xfs, btrfs or exFAT"));
    return sl_fail_errno(err, _("'%s' cannot get its name"), path);
}

sl_rc sl_shelf_replace(struct sl_shelf *s, const char *path, const struct sl_view *pieces,
                       size_t count, struct sl_err *err)
{
    SL_AUTO_CLEAR(place) place = { 0 };
    SL_AUTO_CLEAR(temp) temp = { .fd = -1 };
    const struct sl_os *os = s->os;

    SL_TRY(sl_place_find(s, path, true, &place, err));
    SL_TRY(fill_temp(s, path, pieces, count, &temp, err));
    if (os->renameat(os->self, s->temp, temp.name, sl_place_dir(&place), place.leaf, true) != 0)
        return sl_fail_errno(err, _("'%s' cannot be replaced"), path);
    temp.name[0] = '\0';
    return sl_place_sync(&place, err);
}

sl_rc sl_shelf_remove(struct sl_shelf *s, const char *path, struct sl_err *err)
{
    SL_AUTO_CLEAR(place) place = { 0 };
    const struct sl_os *os = s->os;

    SL_TRY(sl_place_find(s, path, false, &place, err));
    if (os->unlinkat(os->self, sl_place_dir(&place), place.leaf, 0) != 0)
        return sl_fail_errno(err, _("'%s' cannot be removed"), path);
    return sl_place_sync(&place, err);
}
