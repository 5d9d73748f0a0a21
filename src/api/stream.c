/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files, pipes and terminals as ends of seal and unseal. See stream.h. Nothing here is fast or
 * clever; what matters is that no file ever carries its name before it is whole, and that no
 * existing one is lost by accident.
 */
#include "api/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/say.h"

#define WAIT_MS    200u  /* how late an interruption is noticed at a silent pipe */
#define PIPE_PIECE 4096u /* POSIX: a pipe that is ready takes so many bytes without waiting */

static bool is_std(const char *path)
{
    return path == NULL || strcmp(path, "-") == 0;
}

/* ---- in ---- */

sl_rc sl_in_open(const struct sl *sl, const char *path, struct sl_in *ret, struct sl_err *err)
{
    SL_AUTO_CLEAR(in) in = { .os = sl->os, .fd = 0 };
    struct stat st;

    if (is_std(path)) {
        (void)snprintf(in.shown.text, sizeof in.shown.text, "%s", _("standard input"));
    } else {
        in.shown = sl_show(path);
        in.fd = in.os->open(in.os->self, SL_OS_CWD, path, O_RDONLY | O_NOCTTY, 0, 0);
        in.ours = true;
    }
    if (in.fd < 0)
        return sl_fail_errno(err, _("cannot open '%s'"), in.shown.text);
    if (in.os->fstat(in.os->self, in.fd, &st) != 0)
        return sl_fail_errno(err, _("cannot look at '%s'"), in.shown.text);
    if (S_ISDIR(st.st_mode))
        return sl_fail(err, SL_E_USAGE,
                       _("'%s' is a folder, not a file\n  make one file of it first: tar"),
                       in.shown.text);
    in.waits = !S_ISREG(st.st_mode);
    in.bytes = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
    in.dev = st.st_dev;
    in.ino = st.st_ino;
    *ret = in;
    in.ours = false;
    return SL_OK;
}

sl_rc sl_in_read(const struct sl *sl, struct sl_in *in, void *to, size_t room, size_t *got,
                 struct sl_err *err)
{
    int ready = 0;

    do {
        SL_TRY(sl_go_on(sl, err));
        ready = in->waits ? in->os->ready(in->os->self, in->fd, false, WAIT_MS) : 1;
    } while (ready == 0);
    ssize_t count = ready < 0 ? -1 : in->os->read(in->os->self, in->fd, to, room);
    if (count < 0)
        return sl_fail_errno(err, _("cannot read '%s'"), in->shown.text);
    *got = (size_t)count;
    return SL_OK;
}

void sl_in_clear(struct sl_in *in)
{
    if (in->ours && in->fd >= 0)
        (void)in->os->close(in->os->self, in->fd);
    in->ours = false;
    in->fd = -1;
}

/* ---- out ---- */

/* What stands at the path now: SL_OK with *found false where nothing does. Links are followed, so
 * that /dev/stdout and the like are what they lead to. */
static sl_rc look(const struct sl_os *os, const struct sl_out *out, bool *found, struct stat *st,
                  struct sl_err *err)
{
    SL_AUTO_FD fd = { .os = os, .fd = os->open(os->self, SL_OS_CWD, out->path, O_PATH, 0, 0) };

    *found = fd.fd >= 0;
    if (fd.fd < 0)
        return errno == ENOENT ? SL_OK
                               : sl_fail_errno(err, _("cannot look at '%s'"), out->shown.text);
    if (os->fstat(os->self, fd.fd, st) != 0)
        return sl_fail_errno(err, _("cannot look at '%s'"), out->shown.text);
    return SL_OK;
}

static sl_rc judge_existing(const struct sl_out *out, const struct stat *st, struct sl_err *err)
{
    if (S_ISDIR(st->st_mode))
        return sl_fail(err, SL_E_USAGE, _("'%s' is a folder: name a file in it"), out->shown.text);
    if (!out->force)
        return sl_fail(err, SL_E_USAGE,
                       _("'%s' exists and is not overwritten\n"
                         "  name another file with -o, or say --force"),
                       out->shown.text);
    return SL_OK;
}

sl_rc sl_out_apart(const struct sl_out *out, const struct sl_in *in, struct sl_err *err)
{
    if (out->exists && out->dev == in->dev && out->ino == in->ino)
        return sl_fail(err, SL_E_USAGE,
                       _("'%s' is read and cannot be written at the same time\n"
                         "  name another file with -o"),
                       out->shown.text);
    return SL_OK;
}

sl_rc sl_out_plan(const struct sl *sl, const char *path, bool force, struct sl_out *ret,
                  struct sl_err *err)
{
    struct stat st;
    bool found = false;

    *ret = (struct sl_out){ .os = sl->os, .fd = -1, .force = force };
    if (is_std(path)) {
        ret->fd = 1;
        (void)snprintf(ret->shown.text, sizeof ret->shown.text, "%s", _("standard output"));
        return SL_OK;
    }
    ret->shown = sl_show(path);
    if (path[0] == '\0' || strlen(path) > SL_PATH_MAX)
        return sl_fail(err, SL_E_USAGE, _("an output path has 1 to %u bytes"), SL_PATH_MAX);
    (void)snprintf(ret->path, sizeof ret->path, "%s", path);
    (void)snprintf(ret->part, sizeof ret->part, "%s.part", path);
    SL_TRY(look(sl->os, ret, &found, &st, err));
    ret->named = !found || S_ISREG(st.st_mode) || S_ISDIR(st.st_mode) || S_ISBLK(st.st_mode);
    if (found && S_ISREG(st.st_mode)) {
        ret->exists = true;
        ret->dev = st.st_dev;
        ret->ino = st.st_ino;
    }
    if (found && ret->named)
        SL_TRY(judge_existing(ret, &st, err));
    if (found && S_ISBLK(st.st_mode)) /* said --force: onto the disk itself */
        ret->named = false;
    return SL_OK;
}

/* False where the run that held the lock before us has renamed what we opened. */
static bool still_named(const struct sl_out *out, const struct stat *st)
{
    struct stat now;

    return out->os->fstatat(out->os->self, SL_OS_CWD, out->part, &now) == 0 &&
           now.st_dev == st->st_dev && now.st_ino == st->st_ino;
}

/* Open the part. Not O_EXCL: a killed run leaves one behind, and the lock tells whether anyone
 * still writes it. */
static sl_rc begin_part(const struct sl *sl, struct sl_out *out, struct sl_err *err)
{
    const struct sl_os *os = out->os;
    struct stat st;

    out->fd = os->open(os->self, SL_OS_CWD, out->part, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK,
                       out->private ? 0600 : 0666, 0);
    if (out->fd < 0)
        return sl_fail_errno(err, _("cannot write '%s.part'"), out->shown.text);
    out->ours = true;
    out->keep = true; /* not ours to remove before it is locked */
    if (os->fstat(os->self, out->fd, &st) != 0 || !S_ISREG(st.st_mode))
        return sl_fail(err, SL_E_USAGE, _("'%s.part' is in the way: it is no ordinary file"),
                       out->shown.text);
    if (os->lock(os->self, out->fd) != 0 || !still_named(out, &st))
        return sl_fail(err, SL_E_RETRY, _("another run is writing '%s.part' now"), out->shown.text);
    if (st.st_size > 0)
        sl_tell(sl, SL_SAY_INFO, _("replacing '%s.part', left by an earlier run"), out->shown.text);
    if (os->ftruncate(os->self, out->fd, 0) != 0)
        return sl_fail_errno(err, _("cannot empty '%s.part'"), out->shown.text);
    out->keep = false;
    return SL_OK;
}

sl_rc sl_out_begin(const struct sl *sl, struct sl_out *out, struct sl_err *err)
{
    if (out->fd >= 0)
        return SL_OK;
    if (out->named)
        return begin_part(sl, out, err);
    out->fd = out->os->open(out->os->self, SL_OS_CWD, out->path, O_WRONLY | O_NOCTTY, 0, 0);
    if (out->fd < 0)
        return sl_fail_errno(err, _("cannot write '%s'"), out->shown.text);
    out->ours = true;
    return SL_OK;
}

sl_rc sl_out_write(const struct sl *sl, struct sl_out *out, struct sl_view in, struct sl_err *err)
{
    const struct sl_os *os = out->os;

    while (in.len > 0) {
        size_t piece = in.len;
        SL_TRY(sl_go_on(sl, err));
        if (!out->named) { /* a pipe whose reader sleeps must not keep us from stopping */
            if (os->ready(os->self, out->fd, true, WAIT_MS) == 0)
                continue;
            piece = piece < PIPE_PIECE ? piece : PIPE_PIECE;
        }
        if (sl_os_write_all(os, out->fd, in.at, piece) != 0)
            return sl_fail_errno(err, _("cannot write '%s'"), out->shown.text);
        in.at += piece;
        in.len -= piece;
    }
    return SL_OK;
}

/* After this the name itself outlives a power cut. File systems that cannot sync a folder say
 * EINVAL, and there is nothing better to be had. */
static sl_rc sync_folder(const struct sl_out *out, struct sl_err *err)
{
    char folder[SL_PATH_MAX + 1];
    const char *slash = strrchr(out->path, '/');
    size_t len = slash == NULL ? 0 : (size_t)(slash - out->path) + 1;

    (void)snprintf(folder, sizeof folder, "%.*s", (int)len, out->path);
    SL_AUTO_FD fd = { .os = out->os,
                      .fd = out->os->open(out->os->self, SL_OS_CWD, len == 0 ? "." : folder,
                                          O_RDONLY | O_DIRECTORY, 0, 0) };
    if (fd.fd < 0 && errno == EACCES) /* a folder that may be written and not read */
        return SL_OK;
    if (fd.fd < 0 || (out->os->fsync(out->os->self, fd.fd) != 0 && errno != EINVAL))
        return sl_fail_errno(err, _("cannot make the name '%s' durable"), out->shown.text);
    return SL_OK;
}

static int give_name(const struct sl_out *out)
{
    const struct sl_os *os = out->os;
    struct stat st;

    int rc = os->renameat(os->self, SL_OS_CWD, out->part, SL_OS_CWD, out->path, out->force);
    if (rc == 0 || out->force || errno != EINVAL)
        return rc;
    /* A file system without RENAME_NOREPLACE (NFS and the like): look, then rename. */
    if (os->fstatat(os->self, SL_OS_CWD, out->path, &st) == 0) {
        errno = EEXIST;
        return -1;
    }
    return os->renameat(os->self, SL_OS_CWD, out->part, SL_OS_CWD, out->path, true);
}

sl_rc sl_out_finish(struct sl_out *out, struct sl_err *err)
{
    if (!out->named)
        return SL_OK;
    if (out->os->fsync(out->os->self, out->fd) != 0)
        return sl_fail_errno(err, _("cannot write '%s'"), out->shown.text);
    if (give_name(out) != 0) {
        out->keep = true; /* it is whole, whatever hinders its name */
        return sl_fail_errno(err, _("everything is in '%s.part', which cannot be renamed"),
                             out->shown.text);
    }
    out->keep = true;
    return sync_folder(out, err);
}

void sl_out_clear(struct sl_out *out)
{
    if (!out->ours || out->fd < 0)
        return;
    if (out->named && !out->keep) /* before the lock goes, so that nobody else's is removed */
        (void)out->os->unlinkat(out->os->self, SL_OS_CWD, out->part, 0);
    (void)out->os->close(out->os->self, out->fd);
    out->fd = -1;
    out->ours = false;
}
