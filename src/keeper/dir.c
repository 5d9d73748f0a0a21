/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The folder kind of keeper: <path>/<32 hex of the folder's id>/{f,s,t}. The disk may be pulled
 * out at any moment, and may come back from a stranger's hands: nothing beneath the folder is
 * followed, and only plain files of the right length are read.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "keeper/inside.h"

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY)

/* A keeper's disk holds nothing else of ours to follow into. */
#define INSIDE (RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS)

static struct dir_keeper *mine(struct sl_keeper *k)
{
    return (struct dir_keeper *)k;
}

static sl_rc open_root(const struct sl_os *os, const char *url, const char *plain, int *ret,
                       struct sl_err *err)
{
    int fd = os->open(os->self, SL_OS_CWD, url, FOLDER_FLAGS, 0, 0);

    if (fd < 0 && errno == ENOENT)
        return sl_fail(err, SL_E_RETRY,
                       _("keeper's folder '%s' is not there: is the disk plugged in?"), plain);
    if (fd < 0 && errno == ENOTDIR)
        return sl_fail(err, SL_E_USAGE, _("keeper '%s' is not a folder"), plain);
    if (fd < 0)
        return sl_fail_errno(err, _("keeper's folder '%s' cannot be opened"), plain);
    *ret = fd;
    return SL_OK;
}

static sl_rc make_folder(const struct sl_os *os, int root, const char *folder, const char *plain,
                         struct sl_err *err)
{
    if (os->mkdirat(os->self, root, folder, 0700) != 0 && errno != EEXIST)
        return sl_fail_errno(err, _("keeper '%s': a folder cannot be made there"), plain);
    if (os->fsync(os->self, root) != 0)
        return sl_fail_errno(err, _("keeper '%s' cannot be synced"), plain);
    return SL_OK;
}

/* Open our folder beneath the keeper's root. */
static sl_rc open_folder(const struct sl_os *os, int root, const char *folder, const char *plain,
                         int *ret, struct sl_err *err)
{
    int fd = os->open(os->self, root, folder, FOLDER_FLAGS | O_NOFOLLOW, 0, INSIDE);

    if (fd < 0 && errno == ENOENT)
        return sl_fail(err, SL_E_MISSING,
                       _("keeper '%s' has no folder %s: is the right disk plugged in?"), plain,
                       folder);
    if (fd < 0 && (errno == ELOOP || errno == ENOTDIR))
        return sl_fail(err, SL_E_REFUSED, _("keeper '%s': %s is a link or a file, not a folder"),
                       plain, folder);
    if (fd < 0)
        return sl_fail_errno(err, _("keeper '%s': folder %s cannot be opened"), plain, folder);
    *ret = fd;
    return SL_OK;
}

static void dir_free(struct sl_keeper *k)
{
    sl_shelf_free(mine(k)->shelf);
    free(k);
}

static sl_rc new_handle(const struct sl_os *os, int folder, const char *plain,
                        struct sl_keeper **ret, struct sl_err *err)
{
    struct sl_os_space space = { 0 };
    struct dir_keeper *k = NULL;

    if (os->space(os->self, folder, &space) != 0)
        return sl_fail_errno(err, _("keeper '%s': its file system cannot be asked"), plain);
    k = calloc(1, sizeof *k);
    if (k == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory for %zu bytes"), sizeof *k);
    sl_rc rc = sl_shelf_new(os, folder, &k->shelf, err);
    if (rc != SL_OK) {
        free(k);
        return rc;
    }
    k->keeper.kind = &sl_keeper_dir;
    k->os = os;
    k->in_memory = space.in_memory;
    memcpy(k->plain, plain, SL_KEEPER_PLAIN);
    *ret = &k->keeper;
    return SL_OK;
}

static sl_rc dir_open(const struct sl_os *os, const char *url, const struct sl_id *folder,
                      bool create, struct sl_keeper **ret, struct sl_err *err)
{
    SL_AUTO_FD root = { os, -1 };
    SL_AUTO_FD inner = { os, -1 };
    char plain[SL_KEEPER_PLAIN] = { 0 };
    char name[SL_FOLDER_TEXT];

    (void)sl_plain((struct sl_view){ (const uint8_t *)url, strlen(url) }, plain, sizeof plain);
    sl_id_text(folder, name);
    SL_TRY(open_root(os, url, plain, &root.fd, err));
    if (create)
        SL_TRY(make_folder(os, root.fd, name, plain, err));
    SL_TRY(open_folder(os, root.fd, name, plain, &inner.fd, err));
    SL_TRY(new_handle(os, inner.fd, plain, ret, err));
    inner.fd = -1; /* the handle's now */
    return SL_OK;
}

/* Say whose trouble it is, once for the whole room. */
static sl_rc named(const struct dir_keeper *k, sl_rc rc, struct sl_err *err)
{
    return rc == SL_OK ? rc : sl_note(err, rc, _("asking keeper '%s'"), k->plain);
}

static sl_rc dir_put(struct sl_keeper *k, const struct sl_object *name,
                     const struct sl_view *pieces, size_t count, struct sl_err *err)
{
    char text[SL_OBJECT_TEXT];

    sl_object_text(name, text);
    sl_rc rc = sl_shelf_put(mine(k)->shelf, text, pieces, count, err);
    if (rc == SL_E_MISSING) /* our own open folder has gone: pulled out, or wiped under us */
        rc = sl_fail(err, SL_E_RETRY, _("the keeper's folder went away: is the disk still there?"));
    return named(mine(k), rc, err);
}

/* Open an object and insist on its length. *direct says whether reads pass the page cache by. */
static sl_rc open_object(struct dir_keeper *k, const struct sl_object *name, bool *direct, int *ret,
                         struct sl_err *err)
{
    SL_AUTO_FD f = { k->os, -1 };
    char text[SL_OBJECT_TEXT];
    uint64_t bytes = 0;

    sl_object_text(name, text);
    sl_rc rc = SL_E_MISSING;
    if (*direct)
        rc = sl_shelf_open(k->shelf, text, O_DIRECT, &bytes, &f.fd, err);
    if (rc != SL_OK) { /* tmpfs and some FUSE refuse O_DIRECT; any other trouble comes again */
        *direct = false;
        SL_TRY(sl_shelf_open(k->shelf, text, 0, &bytes, &f.fd, err));
    }
    if (bytes != sl_object_bytes(name->kind))
        return sl_fail(err, SL_E_BROKEN, _("object %s has %llu bytes there, not %zu"), text,
                       (unsigned long long)bytes, sl_object_bytes(name->kind));
    *ret = f.fd;
    f.fd = -1;
    return SL_OK;
}

static sl_rc read_exactly(struct dir_keeper *k, int fd, const struct sl_object *name, uint64_t from,
                          size_t count, uint8_t *to, struct sl_err *err)
{
    char text[SL_OBJECT_TEXT];

    sl_object_text(name, text);
    ssize_t got = sl_os_pread_all(k->os, fd, to, count, (off_t)from);
    if (got < 0)
        return sl_fail_errno(err, _("object %s cannot be read"), text);
    if ((size_t)got != count)
        return sl_fail(err, SL_E_BROKEN, _("object %s became shorter while it was read"), text);
    return SL_OK;
}

static sl_rc dir_get(struct sl_keeper *k, const struct sl_object *name, uint64_t from, size_t count,
                     uint8_t *to, struct sl_err *err)
{
    SL_AUTO_FD f = { mine(k)->os, -1 };
    bool direct = false;

    sl_rc rc = open_object(mine(k), name, &direct, &f.fd, err);
    if (rc == SL_OK)
        rc = read_exactly(mine(k), f.fd, name, from, count, to, err);
    return named(mine(k), rc, err);
}

/* Read the whole object back and compare. *refused (NULL: cannot be) says that the file system
 * took O_DIRECT at open and refuses it now. */
static sl_rc compare(struct dir_keeper *k, int fd, const struct sl_object *name,
                     const struct sl_view *pieces, size_t count, uint8_t *scratch, bool *refused,
                     struct sl_err *err)
{
    uint64_t bytes = sl_object_bytes(name->kind);
    char text[SL_OBJECT_TEXT];

    sl_object_text(name, text);
    for (uint64_t at = 0; at < bytes;) {
        size_t want = bytes - at < SL_KEEPER_SCRATCH ? (size_t)(bytes - at) : SL_KEEPER_SCRATCH;
        ssize_t got = sl_os_pread_all(k->os, fd, scratch, want, (off_t)at);
        if (got < 0 && errno == EINVAL && refused != NULL) {
            *refused = true;
            return SL_OK;
        }
        if (got < 0)
            return sl_fail_errno(err, _("object %s cannot be read"), text);
        struct sl_view have = { scratch, (size_t)got };
        if (have.len != want || !sl_pieces_have(pieces, count, at, have))
            return sl_fail(err, SL_E_BROKEN, _("object %s does not hold what was sent"), text);
        at += want;
    }
    return SL_OK;
}

/* Without direct reads: drop the cached pages, show that they are gone, then read. Clean pages
 * only can be dropped, hence the fsync (the object may be another run's). */
static sl_rc prove_by_forgetting(struct dir_keeper *k, const struct sl_object *name,
                                 const struct sl_view *pieces, size_t count, uint8_t *scratch,
                                 enum sl_proof *ret, struct sl_err *err)
{
    SL_AUTO_FD f = { k->os, -1 };
    bool direct = false;
    size_t bytes = sl_object_bytes(name->kind);

    SL_TRY(open_object(k, name, &direct, &f.fd, err));
    if (k->os->fsync(k->os->self, f.fd) != 0)
        return sl_fail_errno(err, _("an object cannot be synced"));
    bool gone = k->os->forget(k->os->self, f.fd, 0, bytes) == 0;
    SL_TRY(compare(k, f.fd, name, pieces, count, scratch, NULL, err));
    *ret = gone && !k->in_memory ? SL_PROOF_MEDIUM : SL_PROOF_MEMORY;
    return SL_OK;
}

static sl_rc prove(struct dir_keeper *k, const struct sl_object *name, const struct sl_view *pieces,
                   size_t count, uint8_t *scratch, enum sl_proof *ret, struct sl_err *err)
{
    SL_AUTO_FD f = { k->os, -1 };
    bool direct = !k->in_memory, refused = false;

    SL_TRY(open_object(k, name, &direct, &f.fd, err));
    if (direct) {
        SL_TRY(compare(k, f.fd, name, pieces, count, scratch, &refused, err));
        if (!refused) {
            *ret = SL_PROOF_MEDIUM;
            return SL_OK;
        }
    }
    return prove_by_forgetting(k, name, pieces, count, scratch, ret, err);
}

static sl_rc dir_prove(struct sl_keeper *k, const struct sl_object *name,
                       const struct sl_view *pieces, size_t count, void *scratch,
                       enum sl_proof *ret, struct sl_err *err)
{
    return named(mine(k), prove(mine(k), name, pieces, count, scratch, ret, err), err);
}

static sl_rc dir_space(struct sl_keeper *k, uint64_t *free_bytes, struct sl_err *err)
{
    const struct sl_os *os = mine(k)->os;
    struct sl_os_space space = { 0 };

    if (os->space(os->self, sl_shelf_dir(mine(k)->shelf), &space) != 0)
        return named(mine(k), sl_fail_errno(err, _("free space cannot be asked")), err);
    *free_bytes = space.free_bytes;
    return SL_OK;
}

static sl_rc dir_disk(struct sl_keeper *k, char ret[SL_KEEPER_DISK_TEXT], struct sl_err *err)
{
    const struct sl_os *os = mine(k)->os;
    char disk[SL_KEEPER_DISK_TEXT] = { 0 };

    if (os->disk(os->self, sl_shelf_dir(mine(k)->shelf), disk) != 0)
        return named(mine(k), sl_fail_errno(err, _("its disk cannot be asked")), err);
    memcpy(ret, disk, sizeof disk);
    return SL_OK;
}

const struct sl_keeper_kind sl_keeper_dir = {
    .scheme = "dir",
    .far = false,
    .can_prove = true,
    .open = dir_open,
    .free = dir_free,
    .put = dir_put,
    .prove = dir_prove,
    .get = dir_get,
    .list = sl_keeper_dir_list,
    .space = dir_space,
    .disk = dir_disk,
};
