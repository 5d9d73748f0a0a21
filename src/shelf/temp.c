/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Temporary files in t/, and its emptying. A writer holds a lock on its file from birth on; a file
 * in t/ whose lock is free belongs to a writer that is dead, or one that sees after taking the
 * lock that its file is gone and starts again. So emptying needs no agreement between writers.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/say.h"
#include "shelf/inside.h"

#define TEMP_FOLDER  "t"
#define TEMP_TRIES   16u
#define ENTRIES_ONCE 32u

static bool is_temp_name(const char *name)
{
    return strlen(name) == SHELF_TEMP_TEXT - 1 &&
           strspn(name, "0123456789abcdef") == SHELF_TEMP_TEXT - 1;
}

/* Remove `name` if nobody is writing it. What cannot be opened or locked stays: it is only in
 * the way, never wrong. */
static void remove_if_dead(const struct sl_os *os, int temp, const char *name)
{
    int flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK;
    SL_AUTO_FD f = { os, os->open(os->self, temp, name, flags, 0, SHELF_INSIDE) };

    if (f.fd >= 0 && os->lock(os->self, f.fd) == 0)
        (void)os->unlinkat(os->self, temp, name, 0);
}

static void empty_temp(const struct sl_os *os, int temp)
{
    struct sl_os_entry entries[ENTRIES_ONCE];
    ssize_t got = 0;

    while ((got = os->list(os->self, temp, entries, ENTRIES_ONCE)) > 0) {
        for (ssize_t i = 0; i < got; i++) {
            if (is_temp_name(entries[i].name))
                remove_if_dead(os, temp, entries[i].name);
        }
    }
}

static sl_rc open_temp_folder(struct sl_shelf *s, struct sl_err *err)
{
    const struct sl_os *os = s->os;
    int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;

    if (s->temp >= 0)
        return SL_OK;
    if (os->mkdirat(os->self, s->dir, TEMP_FOLDER, 0700) != 0 && errno != EEXIST)
        return sl_fail_errno(err, _("folder '%s' for temporary files cannot be made"), TEMP_FOLDER);
    s->temp = os->open(os->self, s->dir, TEMP_FOLDER, flags, 0, SHELF_INSIDE);
    if (s->temp < 0 && (errno == ELOOP || errno == ENOTDIR))
        return sl_fail(err, SL_E_REFUSED, _("'%s' is a link or a file, not a folder"), TEMP_FOLDER);
    if (s->temp < 0)
        return sl_fail_errno(err, _("folder '%s' for temporary files cannot be used"), TEMP_FOLDER);
    empty_temp(os, s->temp);
    return SL_OK;
}

static int draw_name(const struct sl_os *os, char ret[SHELF_TEMP_TEXT])
{
    uint8_t bytes[(SHELF_TEMP_TEXT - 1) / 2];

    if (os->random(os->self, bytes, sizeof bytes) != 0)
        return -1;
    for (size_t i = 0; i < sizeof bytes; i++)
        (void)snprintf(ret + 2 * i, 3, "%02x", bytes[i]);
    return 0;
}

/* Lock the file just made. False when an emptying came between birth and lock: it holds the
 * lock, or the name is gone. A file system without locks gives none to the emptying either. */
static bool hold(const struct sl_temp *t)
{
    const struct sl_os *os = t->shelf->os;
    struct stat st;

    if (os->lock(os->self, t->fd) != 0)
        return errno != EWOULDBLOCK;
    return os->fstatat(os->self, t->shelf->temp, t->name, &st) == 0 || errno != ENOENT;
}

sl_rc sl_temp_new(struct sl_shelf *s, struct sl_temp *ret, struct sl_err *err)
{
    const struct sl_os *os = s->os;
    int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW;

    SL_TRY(open_temp_folder(s, err));
    for (unsigned tries = 0; tries < TEMP_TRIES; tries++) {
        struct sl_temp t = { .shelf = s, .fd = -1 };
        if (draw_name(os, t.name) != 0)
            return sl_fail_errno(err, _("no random bytes for a temporary name"));
        t.fd = os->open(os->self, s->temp, t.name, flags, 0600, SHELF_INSIDE);
        if (t.fd < 0)
            return sl_fail_errno(err, _("a temporary file cannot be made"));
        if (hold(&t)) {
            *ret = t;
            return SL_OK;
        }
        sl_temp_clear(&t);
    }
    return sl_fail(err, SL_E_RETRY, _("temporary files vanish as soon as they are made"));
}

void sl_temp_clear(struct sl_temp *t)
{
    int kept = errno; /* cleaning up must not change what failed */

    if (t->shelf == NULL)
        return;
    if (t->name[0] != '\0' && t->fd >= 0)
        (void)t->shelf->os->unlinkat(t->shelf->os->self, t->shelf->temp, t->name, 0);
    if (t->fd >= 0)
        (void)t->shelf->os->close(t->shelf->os->self, t->fd);
    t->fd = -1;
    t->name[0] = '\0';
    errno = kept;
}
