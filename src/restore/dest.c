/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Writing, and only beneath the destination: every path is resolved by the kernel below one open
 * folder, through no link (openat2); files are made under temporary names with O_EXCL and named at
 * the end without replacing anything. A manifest is a stranger's word, even when it is signed.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "restore/inside.h"

#define BENEATH   (RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS)
#define TEMPS     ".safelight-restore-"
#define MODE_BITS 01777u /* no setuid, no setgid */
#define PIECE     (1u << 20)

static const char *shown(struct sl_view path, char to[300])
{
    return sl_plain(path, to, 300);
}

static struct sl_view text_view(const char *text)
{
    return (struct sl_view){ (const uint8_t *)text, strlen(text) };
}

/* Where a path of the card lies beneath the destination. */
sl_rc sl_dest_path(const struct restore *r, struct sl_view path, char *ret, size_t room,
                   struct sl_err *err)
{
    bool self = path.len == 1 && path.at[0] == '.';
    const char *under = r->in->under != NULL ? r->in->under : "";
    const char *slash = under[0] != '\0' && !self ? "/" : "";
    int len = snprintf(ret, room, "%s%s%.*s", under, slash, self ? 0 : (int)path.len,
                       (const char *)path.at);

    if (len < 0 || (size_t)len >= room)
        return sl_fail(err, SL_E_USAGE, _("a path is too long for the destination"));
    if (len == 0)
        (void)snprintf(ret, room, ".");
    return SL_OK;
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

    SL_AUTO_FD list = { os,
                        os->open(os->self, r->dest.fd, ".", O_RDONLY | O_DIRECTORY, 0, BENEATH) };
    while (list.fd >= 0 && os->list(os->self, list.fd, &e, 1) == 1) {
        if (strncmp(e.name, TEMPS, strlen(TEMPS)) != 0)
            continue;
        SL_AUTO_FD dir = { os, os->open(os->self, r->dest.fd, e.name, O_RDONLY | O_DIRECTORY, 0,
                                        BENEATH) };
        if (dir.fd < 0 || os->lock(os->self, dir.fd) != 0)
            continue; /* another run is at work there */
        empty_temps(os, dir.fd);
        (void)os->unlinkat(os->self, r->dest.fd, e.name, AT_REMOVEDIR);
    }
}

sl_rc sl_dest_open(struct restore *r, struct sl_err *err)
{
    const struct sl_os *os = r->os;
    char name[300];
    struct sl_id draw;
    char hex[SL_FOLDER_TEXT];

    if (os->mkdirat(os->self, SL_OS_CWD, r->in->dest, 0777) != 0 && errno != EEXIST)
        return sl_fail_errno(err, _("cannot make the folder '%s'"),
                             shown(text_view(r->in->dest), name));
    r->dest = (struct sl_fd){ os, os->open(os->self, SL_OS_CWD, r->in->dest, O_RDONLY | O_DIRECTORY,
                                           0, 0) };
    if (r->dest.fd < 0)
        return sl_fail_errno(err, _("cannot open the folder '%s'"),
                             shown(text_view(r->in->dest), name));
    clear_leftovers(r);
    sl_id_draw(&draw);
    sl_id_text(&draw, hex);
    (void)snprintf(r->temps_name, sizeof r->temps_name, TEMPS "%.16s", hex);
    if (os->mkdirat(os->self, r->dest.fd, r->temps_name, 0700) != 0)
        return sl_fail_errno(err, _("cannot write to '%s'"), shown(text_view(r->in->dest), name));
    r->temps = (struct sl_fd){ os, os->open(os->self, r->dest.fd, r->temps_name,
                                            O_RDONLY | O_DIRECTORY, 0, BENEATH) };
    if (r->temps.fd < 0 || os->lock(os->self, r->temps.fd) != 0)
        return sl_fail_errno(err, _("cannot write to '%s'"), shown(text_view(r->in->dest), name));
    return SL_OK;
}

/* The folder of temporary names goes before the folders get their times: it lies in one of them. */
static void drop_temps(struct restore *r)
{
    if (r->temps.fd < 0)
        return;
    SL_AUTO_FD dir = { r->os, r->os->open(r->os->self, r->dest.fd, r->temps_name,
                                          O_RDONLY | O_DIRECTORY, 0, BENEATH) };
    if (dir.fd >= 0)
        empty_temps(r->os, dir.fd);
    (void)r->os->unlinkat(r->os->self, r->dest.fd, r->temps_name, 0x200);
    sl_fd_clear(&r->temps);
}

/* Before the folders get their times: the destination itself may be one of them. */
void sl_dest_drop_temps(struct restore *r)
{
    if (r->temps.fd < 0)
        return;
    SL_AUTO_FD dir = { r->os, r->os->open(r->os->self, r->dest.fd, r->temps_name,
                                          O_RDONLY | O_DIRECTORY, 0, BENEATH) };
    if (dir.fd >= 0)
        empty_temps(r->os, dir.fd);
    (void)r->os->unlinkat(r->os->self, r->dest.fd, r->temps_name, AT_REMOVEDIR);
    sl_fd_clear(&r->temps);
}

void sl_dest_close(struct restore *r)
{
    sl_dest_drop_temps(r);
    sl_fd_clear(&r->existing_fd);
    sl_fd_clear(&r->parent);
    sl_fd_clear(&r->dest);
}

/* ---- folders ---- */

static int make_path(struct restore *r, char *path)
{
    const struct sl_os *os = r->os;

    for (char *slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        int up = 0;
        char *last = strrchr(path, '/');
        SL_AUTO_FD above = { os, -1 };
        if (last != NULL) {
            *last = '\0';
            above.fd = os->open(os->self, r->dest.fd, path, O_RDONLY | O_DIRECTORY, 0, BENEATH);
            *last = '/';
        }
        up = last != NULL ? above.fd : r->dest.fd;
        int rc = up < 0 ? -1 : os->mkdirat(os->self, up, last != NULL ? last + 1 : path, 0777);
        int why = errno;
        *slash = '/';
        if (rc != 0 && why != EEXIST) {
            errno = why;
            return -1;
        }
    }
    return 0;
}

/* The open folder that holds `path`, kept until another is asked for. */
static int parent_of(struct restore *r, const char *path, const char **name)
{
    char up[sizeof r->parent_path];
    const char *slash = strrchr(path, '/');
    size_t len = slash != NULL ? (size_t)(slash - path) : 0;

    *name = slash != NULL ? slash + 1 : path;
    (void)snprintf(up, sizeof up, "%.*s", (int)len, path);
    if (len == 0)
        (void)snprintf(up, sizeof up, ".");
    if (r->parent.fd >= 0 && strcmp(up, r->parent_path) == 0)
        return r->parent.fd;
    sl_fd_clear(&r->parent);
    r->parent = (struct sl_fd){ r->os, r->os->open(r->os->self, r->dest.fd, up,
                                                   O_RDONLY | O_DIRECTORY, 0, BENEATH) };
    if (r->parent.fd < 0 && errno == ENOENT) {
        char whole[sizeof r->parent_path];
        (void)snprintf(whole, sizeof whole, "%s", path);
        if (make_path(r, whole) == 0)
            r->parent.fd =
                r->os->open(r->os->self, r->dest.fd, up, O_RDONLY | O_DIRECTORY, 0, BENEATH);
    }
    (void)snprintf(r->parent_path, sizeof r->parent_path, "%s", up);
    return r->parent.fd;
}

struct folder_note { /* before the path, in r->folders */
    uint32_t mode, mtime_ns;
    int64_t mtime_s;
    size_t path_bytes;
};

sl_rc sl_dest_folder(struct restore *r, const struct plan_line *l, const char *path,
                     struct sl_err *err)
{
    struct folder_note n = { l->mode, l->mtime_ns, l->mtime_s, strlen(path) + 1 };
    const char *name = NULL;
    char text[300];
    struct stat st;

    if (strcmp(path, ".") != 0) {
        int up = parent_of(r, path, &name);
        if (up < 0 || (r->os->mkdirat(r->os->self, up, name, 0700) != 0 && errno != EEXIST))
            return sl_fail_errno(err, _("cannot make the folder '%s'"),
                                 shown(text_view(path), text));
        if (r->os->fstatat(r->os->self, up, name, &st) != 0 || !S_ISDIR(st.st_mode)) {
            errno = ENOTDIR;
            return sl_fail_errno(err, _("cannot make the folder '%s'"),
                                 shown(text_view(path), text));
        }
    }
    SL_TRY(sl_buf_put(&r->folders, (struct sl_view){ (const uint8_t *)&n, sizeof n }, err));
    return sl_buf_put(&r->folders, (struct sl_view){ (const uint8_t *)path, n.path_bytes }, err);
}

/* Last of all: content changes a folder's time, and a read-only folder takes none. */
void sl_dest_folder_times(struct restore *r)
{
    size_t at = 0;

    drop_temps(r);
    while (at < r->folders.len) {
        struct folder_note n;
        memcpy(&n, r->folders.at + at, sizeof n);
        const char *path = (const char *)r->folders.at + at + sizeof n;
        at += sizeof n + n.path_bytes;
        const struct timespec times[2] = { { n.mtime_s, n.mtime_ns }, { n.mtime_s, n.mtime_ns } };
        SL_AUTO_FD dir = { r->os, r->os->open(r->os->self, r->dest.fd, path, O_RDONLY | O_DIRECTORY,
                                              0, BENEATH) };
        if (dir.fd < 0)
            continue;
        (void)r->os->futimens(r->os->self, dir.fd, times);
        (void)r->os->fchmod(r->os->self, dir.fd, n.mode & MODE_BITS);
    }
}

/* ---- files ---- */

sl_rc sl_dest_temp(struct restore *r, char name[40], int *fd, struct sl_err *err)
{
    struct sl_id draw;
    char hex[SL_FOLDER_TEXT];

    sl_id_draw(&draw);
    sl_id_text(&draw, hex);
    (void)snprintf(name, 40, "%s", hex);
    *fd = r->os->open(r->os->self, r->temps.fd, name, O_RDWR | O_CREAT | O_EXCL, 0600, BENEATH);
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
    int up = parent_of(r, path, &name);

    if (up < 0 || r->os->fchmod(r->os->self, fd, l->mode & MODE_BITS) != 0 ||
        r->os->futimens(r->os->self, fd, times) != 0 || name_it(r, temp, up, name) != 0)
        return sl_fail_errno(err, _("cannot write '%s'"), shown(text_view(path), text));
    return SL_OK;
}

/* ---- what is there already ---- */

static sl_rc stands_in_the_way(const char *path, struct sl_err *err)
{
    char text[300];

    return sl_fail(err, SL_E_SYSTEM,
                   _("'%s' is there already and is not this file; nothing is overwritten\n"
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
        if (got <= 0)
            rc = sl_fail_errno(err, _("cannot read a file at the destination"));
        else
            sl_sha256_put(r->existing, (struct sl_view){ piece, (size_t)got });
        r->existing_done += got > 0 ? (uint64_t)got : 0;
        if (rc == SL_OK)
            rc = sl_voice_go_on(r->in->voice, err);
    }
    free(piece);
    return rc;
}

sl_rc sl_dest_existing(struct restore *r, const struct plan_line *l, const char *path, bool *ret,
                       struct sl_err *err)
{
    const char *name = NULL;
    uint8_t is[SL_SHA256_BYTES];
    struct stat st;

    *ret = false;
    bool goes_on = l->from > 0 && strcmp(path, r->existing_path) == 0 && r->existing_fd.fd >= 0;
    if (!goes_on) {
        sl_fd_clear(&r->existing_fd);
        int up = parent_of(r, path, &name);
        if (up < 0 || r->os->fstatat(r->os->self, up, name, &st) != 0)
            return SL_OK;
        if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size != l->size)
            return stands_in_the_way(path, err);
        r->existing_fd = (struct sl_fd){ r->os, r->os->open(r->os->self, up, name,
                                                            O_RDONLY | O_NOFOLLOW, 0, 0) };
        if (r->existing_fd.fd < 0)
            return stands_in_the_way(path, err);
        r->existing_done = 0;
        (void)snprintf(r->existing_path, sizeof r->existing_path, "%s", path);
        if (r->existing == NULL)
            SL_TRY(sl_sha256_new(&r->existing, err));
        sl_sha256_restart(r->existing);
    }
    SL_TRY(hash_on(r, l->until, err));
    sl_sha256_now(r->existing, is);
    if (memcmp(is, l->sha256, sizeof is) != 0)
        return stands_in_the_way(path, err);
    *ret = true;
    return SL_OK;
}
