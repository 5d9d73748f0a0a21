/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a path to the open folder that holds its last name. Folders are walked one by one where
 * they may have to be made, because mkdirat(2) follows links in the middle of a path and we never
 * do.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/limits.h"
#include "base/say.h"
#include "shelf/inside.h"

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW)

int sl_place_dir(const struct sl_place *p)
{
    return p->opened >= 0 ? p->opened : p->shelf->dir;
}

void sl_place_clear(struct sl_place *p)
{
    if (p->shelf == NULL)
        return;
    struct sl_fd fd = { p->shelf->os, p->opened };
    sl_fd_clear(&fd);
    p->opened = -1;
}

static sl_rc folder_trouble(const char *path, size_t len, struct sl_err *err)
{
    if (errno == ELOOP || errno == ENOTDIR)
        return sl_fail(err, SL_E_REFUSED, _("'%.*s' is a link or a file, not a folder"), (int)len,
                       path);
    return sl_fail_errno(err, _("folder '%.*s' cannot be used"), (int)len, path);
}

sl_rc sl_place_sync(const struct sl_place *p, struct sl_err *err)
{
    const struct sl_os *os = p->shelf->os;

    if (os->fsync(os->self, sl_place_dir(p)) != 0)
        return sl_fail_errno(err, _("the folder that holds '%s' cannot be synced"), p->leaf);
    return SL_OK;
}

/* The one slot where a folder of this path may be remembered; NULL for paths too long for it. A
 * wrong guess costs a sync, never a promise. */
static char *slot_of(struct sl_shelf *s, const char *path, size_t len)
{
    uint32_t hash = 2166136261u; /* FNV-1a */

    if (len >= SHELF_KNOWN_BYTES)
        return NULL;
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (uint8_t)path[i]) * 16777619u;
    return s->known[hash % SHELF_KNOWN];
}

static bool is_known(struct sl_shelf *s, const char *path, size_t len)
{
    const char *slot = slot_of(s, path, len);

    return slot != NULL && strlen(slot) == len && memcmp(slot, path, len) == 0;
}

static void remember(struct sl_shelf *s, const char *path, size_t len)
{
    char *slot = slot_of(s, path, len);

    if (slot == NULL)
        return;
    memcpy(slot, path, len);
    slot[len] = '\0';
}

/* Open the folder `path[0..len)` as it stands. -1 with errno. */
static int open_folder(const struct sl_shelf *s, int from, const char *path, size_t len)
{
    char text[SL_PATH_MAX];

    assert(len < sizeof text);
    memcpy(text, path, len);
    text[len] = '\0';
    return s->os->open(s->os->self, from, text, FOLDER_FLAGS, 0, SHELF_INSIDE);
}

/* Go one folder further down, making it where it is missing. The folder above is synced even
 * where it stood: whoever made it may not have come to that yet. */
static sl_rc step_in(struct sl_place *at, const char *name, size_t len, struct sl_err *err)
{
    const struct sl_os *os = at->shelf->os;
    char text[SL_NAME_MAX + 1];

    assert(len > 0 && len <= SL_NAME_MAX);
    memcpy(text, name, len);
    text[len] = '\0';
    if (os->mkdirat(os->self, sl_place_dir(at), text, 0700) != 0 && errno != EEXIST)
        return folder_trouble(name, len, err);
    int fd = open_folder(at->shelf, sl_place_dir(at), text, len);
    if (fd < 0)
        return folder_trouble(name, len, err);
    sl_rc rc = SL_OK;
    if (os->fsync(os->self, sl_place_dir(at)) != 0)
        rc = sl_fail_errno(err, _("the folder that holds '%s' cannot be synced"), text);
    sl_place_clear(at);
    at->opened = fd;
    return rc;
}

static sl_rc make_folder(struct sl_place *at, const char *path, size_t len, struct sl_err *err)
{
    for (size_t from = 0; from < len;) {
        size_t name = strcspn(path + from, "/");
        SL_TRY(step_in(at, path + from, name, err));
        from += name + 1;
    }
    return SL_OK;
}

sl_rc sl_place_find(struct sl_shelf *s, const char *path, bool make, struct sl_place *ret,
                    struct sl_err *err)
{
    const char *slash = strrchr(path, '/');
    size_t len = slash != NULL ? (size_t)(slash - path) : 0;

    *ret = (struct sl_place){ .shelf = s, .opened = -1, .leaf = slash != NULL ? slash + 1 : path };
    assert(ret->leaf[0] != '\0' && path[0] != '/');
    if (len == 0)
        return SL_OK;
    if (!make || is_known(s, path, len)) {
        ret->opened = open_folder(s, s->dir, path, len);
        if (ret->opened >= 0)
            return SL_OK;
        if (!make || errno != ENOENT)
            return folder_trouble(path, len, err);
    }
    SL_TRY(make_folder(ret, path, len, err));
    remember(s, path, len);
    return SL_OK;
}

sl_rc sl_shelf_make_folder(struct sl_shelf *s, const char *path, struct sl_err *err)
{
    SL_AUTO_CLEAR(place) at = { .shelf = s, .opened = -1 };
    size_t len = strlen(path);

    SL_TRY(make_folder(&at, path, len, err));
    remember(s, path, len);
    return SL_OK;
}
