/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files at the destination: made under temporary names with O_EXCL, in a folder of this run's own
 * that it holds a lock on, and named at the end without replacing anything. Paths are beneath.c's,
 * folders are folders.c's.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "restore/inside.h"

#define PIECE       (1u << 20)
#define TEMPS_TRIES 8u

static const char *shown(struct sl_view path, char to[300])
{
    return sl_plain(path, to, 300);
}

static struct sl_view text_view(const char *text)
{
    return (struct sl_view){ (const uint8_t *)text, strlen(text) };
}

/* ---- leftovers of killed runs ---- */

static void empty_temps(const struct sl_os *os, int dir)
{
    struct sl_os_entry e[32];
    ssize_t count = 0;

    while ((count = os->list(os->self, dir, e, 32)) > 0)
        for (ssize_t i = 0; i < count; i++)
            (void)os->unlinkat(os->self, dir, e[i].name, 0);
}

static void clear_leftovers(struct restore *r)
{
    struct sl_os_entry e;
    const struct sl_os *os = r->os;

    SL_AUTO_FD list = { os, sl_beneath_open(r, r->dest.fd, ".", O_RDONLY | O_DIRECTORY) };
    while (list.fd >= 0 && os->list(os->self, list.fd, &e, 1) == 1) {
        if (strncmp(e.name, SL_RESTORE_TEMPS, strlen(SL_RESTORE_TEMPS)) != 0)
            continue;
        SL_AUTO_FD dir = { os, sl_beneath_open(r, r->dest.fd, e.name, O_RDONLY | O_DIRECTORY) };
        if (dir.fd < 0 || os->lock(os->self, dir.fd) != 0)
            continue; /* another run is at work there */
        empty_temps(os, dir.fd);
        (void)os->unlinkat(os->self, r->dest.fd, e.name, AT_REMOVEDIR);
    }
}

/* A folder of our own, locked. Another run may take it for a leftover before the lock is ours: then
 * it is gone, or will be, and another is made. */
static bool try_temps(struct restore *r)
{
    const struct sl_os *os = r->os;
    struct sl_id draw;
    char hex[SL_FOLDER_TEXT];
    struct stat ours, named;

    sl_id_draw(&draw);
    sl_id_text(&draw, hex);
    (void)snprintf(r->temps_name, sizeof r->temps_name, SL_RESTORE_TEMPS "%.16s", hex);
    if (os->mkdirat(os->self, r->dest.fd, r->temps_name, 0700) != 0)
        return false;
    r->temps =
        (struct sl_fd){ os, sl_beneath_open(r, r->dest.fd, r->temps_name, O_RDONLY | O_DIRECTORY) };
    if (r->temps.fd >= 0 && os->lock(os->self, r->temps.fd) == 0 &&
        os->fstat(os->self, r->temps.fd, &ours) == 0 &&
        os->fstatat(os->self, r->dest.fd, r->temps_name, &named) == 0 &&
        ours.st_ino == named.st_ino)
        return true;
    int why = errno;
    sl_fd_clear(&r->temps);
    (void)os->unlinkat(os->self, r->dest.fd, r->temps_name, AT_REMOVEDIR);
    errno = why;
    return false;
}

sl_rc sl_dest_open(struct restore *r, struct sl_err *err)
{
    const struct sl_os *os = r->os;
    char name[300];

    if (os->mkdirat(os->self, SL_OS_CWD, r->in->dest, 0777) != 0 && errno != EEXIST)
        return sl_fail_errno(err, _("cannot make the folder '%s'"),
                             shown(text_view(r->in->dest), name));
    r->dest = (struct sl_fd){ os, os->open(os->self, SL_OS_CWD, r->in->dest, O_RDONLY | O_DIRECTORY,
                                           0, 0) };
    if (r->dest.fd < 0)
        return sl_fail_errno(err, _("cannot open the folder '%s'"),
                             shown(text_view(r->in->dest), name));
    if (r->in->path.len == 0 && r->in->under == NULL) /* it gets its mode again at the end */
        (void)sl_open_to_owner(r, r->dest.fd);        /* not ours to change: it may do as it is */
    clear_leftovers(r);
    for (unsigned i = 0; i < TEMPS_TRIES; i++)
        if (try_temps(r))
            return SL_OK;
    return sl_fail_errno(err, _("cannot write to '%s'"), shown(text_view(r->in->dest), name));
}

/* Before the folders get their times: the destination itself may be one of them. */
void sl_dest_drop_temps(struct restore *r)
{
    if (r->temps.fd < 0)
        return;
    SL_AUTO_FD dir = { r->os,
                       sl_beneath_open(r, r->dest.fd, r->temps_name, O_RDONLY | O_DIRECTORY) };
    if (dir.fd >= 0)
        empty_temps(r->os, dir.fd);
    sl_fd_clear(&r->temps);
    if (r->os->unlinkat(r->os->self, r->dest.fd, r->temps_name, AT_REMOVEDIR) == 0)
        return;
    struct sl_err why; /* no failure: every file is there, and the next run clears it */
    (void)sl_fail_errno(&why, _("the folder '%s' was left behind"), r->temps_name);
    r->in->voice->say(r->in->voice->who, SL_SAY_WARNING, why.text);
}

void sl_dest_close(struct restore *r)
{
    sl_dest_drop_temps(r);
    sl_fd_clear(&r->existing_fd);
    sl_fd_clear(&r->parent);
    sl_fd_clear(&r->dest);
}

/* ---- files ---- */

sl_rc sl_dest_temp(struct restore *r, char name[40], int *fd, struct sl_err *err)
{
    struct sl_id draw;
    char hex[SL_FOLDER_TEXT];

    sl_id_draw(&draw);
    sl_id_text(&draw, hex);
    (void)snprintf(name, 40, "%s", hex);
    *fd = sl_beneath_open(r, r->temps.fd, name, O_RDWR | O_CREAT | O_EXCL);
    return *fd >= 0 ? SL_OK : sl_fail_errno(err, _("cannot write to the destination"));
}

void sl_dest_drop(struct restore *r, const char *temp)
{
    (void)r->os->unlinkat(r->os->self, r->temps.fd, temp, 0);
}

static int name_it(struct restore *r, const char *temp, int up, const char *name)
{
    if (r->os->renameat(r->os->self, r->temps.fd, temp, up, name, false) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
    if (r->os->linkat(r->os->self, r->temps.fd, temp, up, name) != 0)
        return -1;
    sl_dest_drop(r, temp);
    return 0;
}

sl_rc sl_dest_commit(struct restore *r, const struct plan_line *l, int fd, const char *temp,
                     const char *path, struct sl_err *err)
{
    const struct timespec times[2] = { { l->mtime_s, l->mtime_ns }, { l->mtime_s, l->mtime_ns } };
    const char *name = NULL;
    char text[300];
    int up = sl_dest_parent(r, path, true, &name);

    if (up < 0 || r->os->fchmod(r->os->self, fd, l->mode & SL_RESTORE_MODES) != 0 ||
        r->os->futimens(r->os->self, fd, times) != 0 || name_it(r, temp, up, name) != 0)
        return sl_fail_errno(err, _("cannot write '%s'"), shown(text_view(path), text));
    return SL_OK;
}

/* ---- what is there already ---- */

sl_rc sl_dest_in_the_way(const char *path, struct sl_err *err)
{
    char text[300];

    return sl_fail(err, SL_E_SYSTEM,
                   _("'%s': something else is there already; nothing is overwritten\n"
                     "  move it away, or restore to another folder"),
                   shown(text_view(path), text));
}

static sl_rc hash_on(struct restore *r, uint64_t until, struct sl_err *err)
{
    uint8_t *piece = malloc(PIECE);
    sl_rc rc = piece != NULL ? SL_OK : sl_fail(err, SL_E_SYSTEM, _("out of memory"));

    while (rc == SL_OK && r->existing_done < until) {
        size_t want = until - r->existing_done < PIECE ? (size_t)(until - r->existing_done) : PIECE;
        ssize_t got =
            sl_os_pread_all(r->os, r->existing_fd.fd, piece, want, (off_t)r->existing_done);
        if (got < 0)
            rc = sl_fail_errno(err, _("cannot read a file at the destination"));
        else if (got == 0)
            rc = sl_fail(err, SL_E_SYSTEM, _("a file at the destination became shorter"));
        else
            sl_sha256_put(r->existing, (struct sl_view){ piece, (size_t)got });
        r->existing_done += got > 0 ? (uint64_t)got : 0;
        if (rc == SL_OK)
            rc = sl_voice_go_on(r->in->voice, err);
    }
    free(piece);
    return rc;
}

bool sl_dest_has(struct restore *r, const char *path, uint64_t bytes)
{
    const char *name = NULL;
    struct stat st;
    int up = sl_dest_parent(r, path, false, &name);

    return up >= 0 && r->os->fstatat(r->os->self, up, name, &st) == 0 && S_ISREG(st.st_mode) &&
           (uint64_t)st.st_size == bytes;
}

sl_rc sl_dest_existing(struct restore *r, const struct plan_line *l, const char *path, bool *ret,
                       struct sl_err *err)
{
    const char *name = NULL;
    char text[300];
    uint8_t is[SL_SHA256_BYTES];
    struct stat st;

    *ret = false;
    bool goes_on = l->from > 0 && strcmp(path, r->existing_path) == 0 && r->existing_fd.fd >= 0;
    if (!goes_on) {
        sl_fd_clear(&r->existing_fd);
        int up = sl_dest_parent(r, path, false, &name);
        if (up < 0 && (errno == ELOOP || errno == ENOTDIR))
            return sl_dest_in_the_way(path, err);
        if (up < 0 && errno != ENOENT)
            return sl_fail_errno(err, _("cannot look at '%s'"), shown(text_view(path), text));
        if (up < 0 || r->os->fstatat(r->os->self, up, name, &st) != 0)
            return SL_OK;
        if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size != l->size)
            return sl_dest_in_the_way(path, err);
        r->existing_fd = (struct sl_fd){ r->os, r->os->open(r->os->self, up, name,
                                                            O_RDONLY | O_NOFOLLOW, 0, 0) };
        if (r->existing_fd.fd < 0)
            return sl_dest_in_the_way(path, err);
        r->existing_done = 0;
        (void)snprintf(r->existing_path, sizeof r->existing_path, "%s", path);
        if (r->existing == NULL)
            SL_TRY(sl_sha256_new(&r->existing, err));
        sl_sha256_restart(r->existing);
    }
    SL_TRY(hash_on(r, l->until, err));
    sl_sha256_now(r->existing, is);
    if (memcmp(is, l->sha256, sizeof is) != 0)
        return sl_dest_in_the_way(path, err);
    *ret = true;
    return SL_OK;
}
