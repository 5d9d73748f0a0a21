/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Laying aside, wiping and walking the rehearsal's own trees; see tree.h. Beneath the raid and the
 * comparison, above the seam.
 */
#include "rehearse/tree.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"

#define BENEATH       (RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS)
#define AS_FOLDER     (O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
#define NAMES_AT_ONCE 16u
#define HOP_BYTES     2000u /* of a path given to one system call; the kernel takes 4095 */

sl_rc sl_tree_folder(const struct sl_os *os, int dir, const char *path, int *ret,
                     struct sl_err *err)
{
    SL_AUTO_FD at = { os, -1 };
    char hop[HOP_BYTES + SL_NAME_MAX + 1];

    for (;;) {
        size_t len = strlen(path);
        if (len > HOP_BYTES) { /* a whole number of names */
            const char *end = strchr(path + HOP_BYTES, '/');
            len = end != NULL ? (size_t)(end - path) : len;
        }
        if (len >= sizeof hop)
            return sl_fail(err, SL_E_SYSTEM, _("a name longer than %u bytes"), SL_NAME_MAX);
        memcpy(hop, path, len);
        hop[len] = '\0';
        int next = os->open(os->self, at.fd >= 0 ? at.fd : dir, hop, AS_FOLDER, 0, BENEATH);
        if (next < 0)
            return sl_fail_errno(err, _("the rehearsal's folder '%s' cannot be opened"), hop);
        sl_fd_clear(&at);
        at.fd = next;
        path += len;
        if (*path == '\0')
            break;
        path++;
    }
    *ret = at.fd;
    at.fd = -1;
    return SL_OK;
}

sl_rc sl_tree_make(const struct sl_os *os, int dir, const char *name, struct sl_err *err)
{
    if (os->mkdirat(os->self, dir, name, 0700) != 0)
        return sl_fail_errno(err, _("the rehearsal's folder '%s' cannot be made"), name);
    return SL_OK;
}

/* ---- wiping ---- */

/* Remove the files of one folder; stops at the first folder in it and gives its name. */
static sl_rc wipe_files(const struct sl_os *os, int folder, char inner[SL_NAME_MAX + 1],
                        struct sl_err *err)
{
    struct sl_os_entry names[NAMES_AT_ONCE];
    ssize_t count = 0;

    inner[0] = '\0';
    while ((count = os->list(os->self, folder, names, NAMES_AT_ONCE)) > 0) {
        for (ssize_t i = 0; i < count; i++) {
            if (os->unlinkat(os->self, folder, names[i].name, 0) == 0)
                continue;
            if (errno != EISDIR && errno != EPERM)
                return sl_fail_errno(err, _("'%s' cannot be wiped"), names[i].name);
            memcpy(inner, names[i].name, SL_NAME_MAX + 1);
            return SL_OK;
        }
    }
    if (count < 0)
        return sl_fail_errno(err, _("a folder of the rehearsal cannot be listed"));
    return SL_OK;
}

/* Leave `path` for the folder above it and remove what was left. */
static sl_rc step_out(const struct sl_os *os, int dir, char *path, struct sl_err *err)
{
    SL_AUTO_FD above = { os, -1 };
    char *slash = strrchr(path, '/');

    assert(slash != NULL);
    *slash = '\0';
    SL_TRY(sl_tree_folder(os, dir, path, &above.fd, err));
    if (os->unlinkat(os->self, above.fd, slash + 1, AT_REMOVEDIR) != 0)
        return sl_fail_errno(err, _("the folder '%s' cannot be wiped"), slash + 1);
    return SL_OK;
}

sl_rc sl_tree_wipe(const struct sl_os *os, int dir, const char *name, bool leave_it,
                   struct sl_err *err)
{
    static const size_t room = (size_t)SL_PATH_MAX * 2; /* a card's path beneath folders of ours */
    char path[SL_PATH_MAX * 2], inner[SL_NAME_MAX + 1];
    size_t top = strlen(name);
    struct stat st;

    assert(top > 0 && top < SL_PATH_MAX);
    if (os->fstatat(os->self, dir, name, &st) != 0 && errno == ENOENT)
        return SL_OK;
    memcpy(path, name, top + 1);
    for (;;) {
        SL_AUTO_FD folder = { os, -1 };
        SL_TRY(sl_tree_folder(os, dir, path, &folder.fd, err));
        (void)os->fchmod(os->self, folder.fd, 0700); /* where it fails, the next call says so */
        SL_TRY(wipe_files(os, folder.fd, inner, err));
        size_t len = strlen(path);
        if (inner[0] != '\0') {
            if (len + 1 + strlen(inner) >= room)
                return sl_fail(err, SL_E_SYSTEM, _("'%s' lies too deep to be wiped"), inner);
            (void)snprintf(path + len, room - len, "/%s", inner);
        } else if (len == top) {
            break;
        } else {
            SL_TRY(step_out(os, dir, path, err));
        }
    }
    if (!leave_it && os->unlinkat(os->self, dir, name, AT_REMOVEDIR) != 0)
        return sl_fail_errno(err, _("the folder '%s' cannot be wiped"), name);
    return SL_OK;
}

/* ---- laying aside ---- */

static sl_rc copy_bytes(const struct sl_os *os, int from, int to, struct sl_err *err)
{
    uint8_t *piece = malloc(SL_TREE_PIECE_BYTES);
    ssize_t got = piece != NULL ? 1 : -1;
    int rc = (int)got;

    for (off_t at = 0; got > 0 && rc >= 0; at += got) {
        got = sl_os_pread_all(os, from, piece, SL_TREE_PIECE_BYTES, at);
        rc = got > 0 ? sl_os_pwrite_all(os, to, piece, (size_t)got, at) : (int)got;
    }
    free(piece);
    return rc < 0 ? sl_fail_errno(err, _("a copy for the rehearsal cannot be made")) : SL_OK;
}

static sl_rc copy_file(const struct sl_os *os, int from_dir, int to_dir, const char *name,
                       bool link, struct sl_err *err)
{
    SL_AUTO_FD from = { os, -1 };
    SL_AUTO_FD to = { os, -1 };

    if (link && os->linkat(os->self, from_dir, name, to_dir, name) == 0)
        return SL_OK;
    from.fd = os->open(os->self, from_dir, name, O_RDONLY | O_NOFOLLOW, 0, BENEATH);
    if (from.fd < 0)
        return sl_fail_errno(err, _("'%s' cannot be read"), name);
    to.fd = os->open(os->self, to_dir, name, O_RDWR | O_CREAT | O_EXCL, 0600, BENEATH);
    if (to.fd < 0)
        return sl_fail_errno(err, _("'%s' cannot be laid aside"), name);
    return copy_bytes(os, from.fd, to.fd, err);
}

static sl_rc copy_folder(const struct sl_os *os, int from, int to, bool link, unsigned depth,
                         struct sl_err *err);

static sl_rc copy_inner(const struct sl_os *os, int from, int to, const char *name, bool link,
                        unsigned depth, struct sl_err *err)
{
    SL_AUTO_FD inner_from = { os, -1 };
    SL_AUTO_FD inner_to = { os, -1 };

    SL_TRY(sl_tree_make(os, to, name, err));
    SL_TRY(sl_tree_folder(os, from, name, &inner_from.fd, err));
    SL_TRY(sl_tree_folder(os, to, name, &inner_to.fd, err));
    return copy_folder(os, inner_from.fd, inner_to.fd, link, depth + 1, err);
}

static sl_rc copy_folder(const struct sl_os *os, int from, int to, bool link, unsigned depth,
                         struct sl_err *err)
{
    struct sl_os_entry names[NAMES_AT_ONCE];
    ssize_t count = 0;

    if (depth > SL_TREE_DEPTH_MAX)
        return sl_fail(err, SL_E_SYSTEM, _("folders lie more than %u deep"), SL_TREE_DEPTH_MAX);
    while ((count = os->list(os->self, from, names, NAMES_AT_ONCE)) > 0) {
        for (ssize_t i = 0; i < count; i++) {
            struct stat st;
            if (os->fstatat(os->self, from, names[i].name, &st) != 0)
                return sl_fail_errno(err, _("'%s' cannot be read"), names[i].name);
            if (S_ISDIR(st.st_mode))
                SL_TRY(copy_inner(os, from, to, names[i].name, link, depth, err));
            else
                SL_TRY(copy_file(os, from, to, names[i].name, link, err));
        }
    }
    return count < 0 ? sl_fail_errno(err, _("a folder cannot be listed")) : SL_OK;
}

sl_rc sl_tree_lay_aside(const struct sl_os *os, int dir, const char *from, const char *to,
                        bool link, struct sl_err *err)
{
    SL_AUTO_FD from_fd = { os, -1 };
    SL_AUTO_FD to_fd = { os, -1 };

    SL_TRY(sl_tree_make(os, dir, to, err));
    SL_TRY(sl_tree_folder(os, dir, from, &from_fd.fd, err));
    SL_TRY(sl_tree_folder(os, dir, to, &to_fd.fd, err));
    return copy_folder(os, from_fd.fd, to_fd.fd, link, 0, err);
}

/* ---- walking ---- */

struct walk {
    const struct sl_os *os;
    sl_tree_each *each;
    void *who;
    char path[SL_PATH_MAX];
};

static sl_rc walk_folder(struct walk *w, int dir, const char *name, unsigned depth,
                         struct sl_err *err);

static sl_rc walk_one(struct walk *w, int folder, const char *name, unsigned depth,
                      struct sl_err *err)
{
    size_t len = strlen(w->path);
    struct stat st;

    if (w->os->fstatat(w->os->self, folder, name, &st) != 0)
        return sl_fail_errno(err, _("'%s' cannot be read"), name);
    if (len + 2 + strlen(name) > sizeof w->path)
        return sl_fail(err, SL_E_SYSTEM, _("the path of '%s' is too long"), name);
    (void)snprintf(w->path + len, sizeof w->path - len, "%s%s", len > 0 ? "/" : "", name);
    sl_rc rc = SL_OK;
    struct sl_tree_file file = { folder, name, w->path, (uint64_t)st.st_size };
    if (S_ISDIR(st.st_mode))
        rc = walk_folder(w, folder, name, depth + 1, err);
    else if (S_ISREG(st.st_mode))
        rc = w->each(w->who, &file, err);
    w->path[len] = '\0';
    return rc;
}

static sl_rc walk_folder(struct walk *w, int dir, const char *name, unsigned depth,
                         struct sl_err *err)
{
    SL_AUTO_FD folder = { w->os, -1 };
    struct sl_os_entry names[NAMES_AT_ONCE];
    ssize_t count = 0;

    if (depth > SL_TREE_DEPTH_MAX)
        return sl_fail(err, SL_E_SYSTEM, _("folders lie more than %u deep"), SL_TREE_DEPTH_MAX);
    SL_TRY(sl_tree_folder(w->os, dir, name, &folder.fd, err));
    while ((count = w->os->list(w->os->self, folder.fd, names, NAMES_AT_ONCE)) > 0) {
        for (ssize_t i = 0; i < count; i++)
            SL_TRY(walk_one(w, folder.fd, names[i].name, depth, err));
    }
    return count < 0 ? sl_fail_errno(err, _("a folder cannot be listed")) : SL_OK;
}

sl_rc sl_tree_walk(const struct sl_os *os, int dir, const char *name, sl_tree_each *each, void *who,
                   struct sl_err *err)
{
    struct walk w = { .os = os, .each = each, .who = who };

    return walk_folder(&w, dir, name, 0, err);
}
