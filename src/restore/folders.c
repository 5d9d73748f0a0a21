/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Folders of a restore: made at once, open to their owner; modes and times are remembered and set
 * at the very end, the deepest first, because content changes a folder's time and a read-only
 * folder takes none. See dest.c for files.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

#include "base/say.h"
#include "restore/inside.h"

/* Some 700,000 folders of usual names; what a hostile roll may make us remember. */
#define FOLDERS_BYTES_MAX (64u << 20)
#define OWNER_BITS        0700u

struct folder_note { /* after its path and NUL, in r->folders: read from the end */
    uint32_t mode, mtime_ns;
    int64_t mtime_s;
    size_t path_bytes;
};

void sl_folders_begin(struct restore *r)
{
    r->folders = sl_buf_upto(FOLDERS_BYTES_MAX);
}

static sl_rc cannot_make(const char *path, struct sl_err *err)
{
    char text[300];
    struct sl_view in = { (const uint8_t *)path, strlen(path) };

    if (errno == ELOOP || errno == ENOTDIR)
        return sl_dest_in_the_way(path, err);
    return sl_fail_errno(err, _("cannot make the folder '%s'"), sl_plain(in, text, sizeof text));
}

/* One that an earlier run finished may be closed to its owner; it gets its mode at the end. */
int sl_open_to_owner(const struct restore *r, int fd)
{
    struct stat st;

    if (r->os->fstat(r->os->self, fd, &st) != 0)
        return -1;
    if ((st.st_mode & OWNER_BITS) == OWNER_BITS)
        return 0;
    return r->os->fchmod(r->os->self, fd, (st.st_mode & SL_RESTORE_MODES) | OWNER_BITS);
}

sl_rc sl_dest_folder(struct restore *r, const struct plan_line *l, const char *path,
                     struct sl_err *err)
{
    struct folder_note n = { l->mode, l->mtime_ns, l->mtime_s, strlen(path) + 1 };
    const char *name = NULL;

    if (strcmp(path, ".") != 0) {
        int up = sl_dest_parent(r, path, true, &name);
        if (up < 0 || (r->os->mkdirat(r->os->self, up, name, OWNER_BITS) != 0 && errno != EEXIST))
            return cannot_make(path, err);
        SL_AUTO_FD dir = { r->os, sl_beneath_open(r, up, name, O_RDONLY | O_DIRECTORY) };
        if (dir.fd < 0 || sl_open_to_owner(r, dir.fd) != 0)
            return cannot_make(path, err);
    }
    size_t begin = r->folders.len;
    sl_rc rc =
        sl_buf_put(&r->folders, (struct sl_view){ (const uint8_t *)path, n.path_bytes }, err);
    if (rc == SL_OK)
        rc = sl_buf_put(&r->folders, (struct sl_view){ (const uint8_t *)&n, sizeof n }, err);
    if (rc == SL_OK)
        return SL_OK;
    r->folders.len = begin;
    return sl_fail(err, SL_E_SYSTEM,
                   _("too many folders to remember their times: over %u MiB of names"),
                   FOLDERS_BYTES_MAX >> 20);
}

static sl_rc settle(const struct restore *r, const char *path, const struct folder_note *n,
                    struct sl_err *err)
{
    const struct timespec times[2] = { { n->mtime_s, n->mtime_ns }, { n->mtime_s, n->mtime_ns } };
    SL_AUTO_FD dir = { r->os, sl_beneath_open(r, r->dest.fd, path, O_RDONLY | O_DIRECTORY) };
    char text[300];

    if (dir.fd < 0 || r->os->futimens(r->os->self, dir.fd, times) != 0 ||
        r->os->fchmod(r->os->self, dir.fd, n->mode & SL_RESTORE_MODES) != 0)
        return sl_fail_errno(
            err, _("folder '%s' did not get its time and mode"),
            sl_plain((struct sl_view){ (const uint8_t *)path, strlen(path) }, text, sizeof text));
    return SL_OK;
}

void sl_dest_folder_times(struct restore *r)
{
    while (r->folders.len > 0) {
        struct folder_note n;
        struct sl_err why = { 0 };
        memcpy(&n, r->folders.at + r->folders.len - sizeof n, sizeof n);
        r->folders.len -= sizeof n + n.path_bytes;
        if (settle(r, (const char *)r->folders.at + r->folders.len, &n, &why) == SL_OK)
            continue;
        r->ret->failed_files++;
        sl_restore_said(r, &why);
    }
}
