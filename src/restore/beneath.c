/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Paths beneath the destination: every one is resolved by the kernel below one open folder, through
 * no link (openat2), in hops where it is longer than one call takes. A manifest is a stranger's
 * word, even when it is signed. Used by dest.c (files) and folders.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>

#include "base/say.h"
#include "restore/inside.h"

#define BENEATH   (RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS)
#define HOP_BYTES 3000u /* of a path in one call; the kernel takes 4095 */

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
    if (strncmp(ret, SL_RESTORE_TEMPS, strlen(SL_RESTORE_TEMPS)) == 0)
        return sl_fail(err, SL_E_REFUSED,
                       _("names that begin with '%s' are kept for what is half written"),
                       SL_RESTORE_TEMPS);
    return SL_OK;
}

/* The last '/' that lets a hop end, or NULL where the rest fits one call. */
static const char *hop_end(const char *path)
{
    if (strlen(path) <= HOP_BYTES)
        return NULL;
    return memrchr(path, '/', HOP_BYTES);
}

int sl_beneath_open(const struct restore *r, int dir, const char *path, int flags)
{
    const struct sl_os *os = r->os;
    SL_AUTO_FD at = { os, -1 };

    for (const char *end; (end = hop_end(path)) != NULL; path = end + 1) {
        char hop[HOP_BYTES + 1];
        (void)snprintf(hop, sizeof hop, "%.*s", (int)(end - path), path);
        int next =
            os->open(os->self, at.fd >= 0 ? at.fd : dir, hop, O_RDONLY | O_DIRECTORY, 0, BENEATH);
        if (next < 0)
            return -1;
        sl_fd_clear(&at);
        at.fd = next;
    }
    return os->open(os->self, at.fd >= 0 ? at.fd : dir, path, flags,
                    (flags & O_CREAT) != 0 ? 0600 : 0, BENEATH);
}

/* Make every folder of `path` that is missing, one by one; the last of them, open. */
static int make_folders(const struct restore *r, const char *path)
{
    const struct sl_os *os = r->os;
    SL_AUTO_FD at = { os, -1 };

    for (const char *end; *path != '\0'; path = *end == '/' ? end + 1 : end) {
        char name[SL_NAME_MAX + 1];
        end = strchrnul(path, '/');
        if ((size_t)(end - path) >= sizeof name) {
            errno = ENAMETOOLONG;
            return -1;
        }
        (void)snprintf(name, sizeof name, "%.*s", (int)(end - path), path);
        int up = at.fd >= 0 ? at.fd : r->dest.fd;
        if (os->mkdirat(os->self, up, name, 0777) != 0 && errno != EEXIST)
            return -1;
        int next = os->open(os->self, up, name, O_RDONLY | O_DIRECTORY, 0, BENEATH);
        if (next < 0)
            return -1;
        sl_fd_clear(&at);
        at.fd = next;
    }
    int last = at.fd;
    at.fd = -1;
    return last;
}

int sl_dest_parent(struct restore *r, const char *path, bool make, const char **name)
{
    char up[sizeof r->parent_path];
    const char *slash = strrchr(path, '/');

    *name = slash != NULL ? slash + 1 : path;
    if (slash != NULL)
        (void)snprintf(up, sizeof up, "%.*s", (int)(slash - path), path);
    else
        (void)snprintf(up, sizeof up, ".");
    if (r->parent.fd >= 0 && strcmp(up, r->parent_path) == 0)
        return r->parent.fd;
    sl_fd_clear(&r->parent);
    r->parent = (struct sl_fd){ r->os, sl_beneath_open(r, r->dest.fd, up, O_RDONLY | O_DIRECTORY) };
    if (r->parent.fd < 0 && errno == ENOENT && make)
        r->parent.fd = make_folders(r, up);
    (void)snprintf(r->parent_path, sizeof r->parent_path, "%s", up);
    return r->parent.fd;
}
