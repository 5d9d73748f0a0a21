/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A keeper looked at, and a keeper made to lie; see raid.h. Knows of the objects only what is fixed
 * for ever: there are two sizes.
 */
#include "rehearse/raid.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "rehearse/tree.h"

/* ---- what is seen ---- */

static sl_rc see_one(void *who, const struct sl_tree_file *file, struct sl_err *err)
{
    struct sl_sight *s = who;
    uint64_t seen = s->fulls + s->slips;
    const char *slash = strchr(file->path, '/');

    (void)err;
    if (slash != NULL && s->folder[0] == '\0')
        (void)snprintf(s->folder, sizeof s->folder, "%.*s", (int)(slash - file->path), file->path);
    if (file->bytes == SL_FULL_BYTES) {
        s->fulls++;
    } else if (file->bytes == SL_SLIP_BYTES) {
        s->slips++;
    } else {
        s->others++;
        return SL_OK;
    }
    if (seen < SL_SIGHT_NAMES && slash != NULL)
        (void)snprintf(s->names[seen], sizeof s->names[seen], "%s", slash + 1);
    return SL_OK;
}

sl_rc sl_raid_sight(const struct sl_os *os, int dir, const char *name, struct sl_sight *ret,
                    struct sl_err *err)
{
    struct sl_sight s = { 0 };

    SL_TRY(sl_tree_walk(os, dir, name, see_one, &s, err));
    *ret = s;
    return SL_OK;
}

/* ---- lying ---- */

enum lie { LIE_FLIP, LIE_OTHER, LIE_SHORT, LIE_LONG, LIE_KINDS };

struct liar {
    const struct sl_os *os;
    int top; /* the keeper's folder */
    struct sl_lies lies;
    char before[2][SL_PATH_MAX]; /* the last object of each kind that stayed as it was */
};

static sl_rc flip(struct liar *l, int fd, uint64_t bytes, struct sl_err *err)
{
    uint32_t drawn = 0;
    uint8_t byte = 0;

    if (l->os->random(l->os->self, &drawn, sizeof drawn) != 0)
        return sl_fail_errno(err, _("no random numbers"));
    off_t at = (off_t)((drawn >> 3) % bytes);
    if (sl_os_pread_all(l->os, fd, &byte, 1, at) != 1)
        return sl_fail(err, SL_E_SYSTEM, _("an object cannot be read"));
    byte ^= (uint8_t)(1u << (drawn & 7u));
    if (sl_os_pwrite_all(l->os, fd, &byte, 1, at) != 0)
        return sl_fail_errno(err, _("an object cannot be altered"));
    return SL_OK;
}

/* Write the bytes of the object `from` over the one at hand: right bytes, in the wrong place. */
static sl_rc put_other(struct liar *l, int fd, const char *from, uint64_t bytes, struct sl_err *err)
{
    SL_AUTO_FD other = { l->os, -1 };
    SL_AUTO_FD folder = { l->os, -1 };
    char path[SL_PATH_MAX];

    (void)snprintf(path, sizeof path, "%s", from);
    char *slash = strrchr(path, '/');
    assert(slash != NULL); /* objects lie in folders */
    *slash = '\0';
    SL_TRY(sl_tree_folder(l->os, l->top, path, &folder.fd, err));
    other.fd = l->os->open(l->os->self, folder.fd, slash + 1, O_RDONLY | O_NOFOLLOW, 0, 0);
    if (other.fd < 0)
        return sl_fail_errno(err, _("an object cannot be read"));
    uint8_t *copy = malloc(bytes);
    int rc = copy != NULL && sl_os_pread_all(l->os, other.fd, copy, bytes, 0) >= 0
                 ? sl_os_pwrite_all(l->os, fd, copy, bytes, 0)
                 : -1;
    free(copy);
    return rc != 0 ? sl_fail_errno(err, _("an object cannot be altered")) : SL_OK;
}

static sl_rc lengthen(struct liar *l, int fd, uint64_t bytes, struct sl_err *err)
{
    static const uint8_t more[4096];

    if (sl_os_pwrite_all(l->os, fd, more, sizeof more, (off_t)bytes) != 0)
        return sl_fail_errno(err, _("an object cannot be altered"));
    return SL_OK;
}

static sl_rc alter(struct liar *l, const struct sl_tree_file *file, enum lie how,
                   const char *before, struct sl_err *err)
{
    SL_AUTO_FD fd = { l->os, -1 };
    struct stat st;

    fd.fd = l->os->open(l->os->self, file->dir, file->name, O_RDWR | O_NOFOLLOW, 0, 0);
    if (fd.fd < 0 || l->os->fstat(l->os->self, fd.fd, &st) != 0)
        return sl_fail_errno(err, _("an object cannot be altered"));
    if (st.st_nlink != 1) /* the offload must stay as it was for whoever looks at it again */
        return sl_fail(err, SL_E_SYSTEM, _("an object to be altered has a second name"));
    if (how == LIE_OTHER && before[0] != '\0')
        return put_other(l, fd.fd, before, file->bytes, err);
    if (how == LIE_LONG)
        return lengthen(l, fd.fd, file->bytes, err);
    if (how == LIE_SHORT) {
        if (l->os->ftruncate(l->os->self, fd.fd, (off_t)(file->bytes / 2)) != 0)
            return sl_fail_errno(err, _("an object cannot be altered"));
        return SL_OK;
    }
    return flip(l, fd.fd, file->bytes, err);
}

static sl_rc lie_one(void *who, const struct sl_tree_file *file, struct sl_err *err)
{
    struct liar *l = who;
    bool full = file->bytes == SL_FULL_BYTES;
    uint64_t *count = full ? &l->lies.fulls : &l->lies.slips;
    uint64_t *altered = full ? &l->lies.altered_fulls : &l->lies.altered_slips;

    if (!full && file->bytes != SL_SLIP_BYTES)
        return SL_OK;
    if ((*count)++ % 3 != 0) {
        (void)snprintf(l->before[full], sizeof l->before[full], "%s", file->path);
        return SL_OK;
    }
    enum lie how = (enum lie)((*altered)++ % LIE_KINDS);
    return alter(l, file, how, l->before[full], err);
}

sl_rc sl_raid_lie(const struct sl_os *os, int dir, const char *name, struct sl_lies *ret,
                  struct sl_err *err)
{
    SL_AUTO_FD top = { os, -1 };

    SL_TRY(sl_tree_folder(os, dir, name, &top.fd, err));
    struct liar *l = calloc(1, sizeof *l);
    if (l == NULL)
        return sl_fail_errno(err, _("no memory for the rehearsal"));
    l->os = os;
    l->top = top.fd;
    sl_rc rc = sl_tree_walk(os, dir, name, lie_one, l, err);
    if (rc == SL_OK)
        *ret = l->lies;
    free(l);
    return rc;
}
