/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Opening a card and what lies beneath it, without following a link, crossing a mount or moving
 * an access time; and the sentences for when that fails. See card.h.
 */
#include "card/card.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "card/inside.h"

#define STAY_INSIDE                                                                                \
    (RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV)
#define STEP_BYTES 2048u /* of a path given to the kernel at once; it takes 4095 */

const char *sl_card_shown(struct sl_view path, char out[SL_CARD_SHOWN_BYTES])
{
    char whole[SL_PLAIN_BYTES(SL_PATH_MAX + SL_NAME_MAX)];
    size_t len = strlen(sl_plain(path, whole, sizeof whole));
    const char *from = whole;

    if (len >
        SL_CARD_SHOWN_BYTES - sizeof "...") { /* the end of a path says more than its beginning */
        from += len - (SL_CARD_SHOWN_BYTES - sizeof "...");
        while ((*from & 0xc0) == 0x80) /* never from the middle of a character */
            from++;
    }
    (void)snprintf(out, SL_CARD_SHOWN_BYTES, "%s%.*s", from == whole ? "" : "...",
                   (int)(SL_CARD_SHOWN_BYTES - sizeof "..."), from);
    return out;
}

sl_rc sl_card_changed(struct sl_view path, const char *how, struct sl_err *err)
{
    char shown[SL_CARD_SHOWN_BYTES];

    return sl_fail(err, SL_E_BROKEN,
                   _("'%s' changed while the card was read: %s\n"
                     "  leave the card alone and offload it again; do not format it"),
                   sl_card_shown(path, shown), how);
}

sl_rc sl_card_trouble(struct sl_view path, struct sl_err *err)
{
    const int why = errno;
    char shown[SL_CARD_SHOWN_BYTES];

    (void)sl_card_shown(path, shown);
    switch (why) {
    case EACCES:
    case EPERM:
        return sl_fail(err, SL_E_SYSTEM,
                       _("cannot read '%s' on the card: permission denied\n"
                         "  mount the card so that you may read all of it, or read it as its "
                         "owner"),
                       shown);
    case ENOENT:
    case ENOTDIR:
    case ELOOP:
    case ESTALE: return sl_card_changed(path, _("it is not there any more"), err);
    case EXDEV:
        return sl_fail(err, SL_E_SYSTEM,
                       _("cannot read '%s' on the card: something else is mounted over it\n"
                         "  unmount that, then offload again"),
                       shown);
    case EIO:
    case ENXIO:
    case ENODEV:
    case ENOMEDIUM:
        return sl_fail(err, SL_E_SYSTEM,
                       _("cannot read '%s' on the card: %s\n"
                         "  the card, its reader or the cable fails: try another reader; do not "
                         "format it"),
                       shown, strerrordesc_np(why));
    default: break;
    }
    const char *words = strerrordesc_np(why);
    return sl_fail(err, SL_E_SYSTEM, _("cannot read '%s' on the card: %s"), shown,
                   words != NULL ? words : "?");
}

/* Open for reading and leave access times alone. The kernel grants O_NOATIME to the owner only;
 * elsewhere reading goes before, and the person is told. */
static int open_quietly(struct sl_card *card, int dir, const char *path, int flags,
                        uint64_t resolve)
{
    const struct sl_os *os = card->os;

    flags |= O_RDONLY | O_NOCTTY;
    int fd = os->open(os->self, dir, path, flags | O_NOATIME, 0, resolve);
    if (fd >= 0 || errno != EPERM)
        return fd;
    fd = os->open(os->self, dir, path, flags, 0, resolve);
    if (fd >= 0 && !card->keeps_atime)
        atomic_store(&card->atime_may_move, true);
    return fd;
}

/* Walk down the front of a path too long for one call, until what is left fits. */
static int step_down(struct sl_card *card, struct sl_view *path, struct sl_fd *dir)
{
    while (path->len > STEP_BYTES) {
        char front[STEP_BYTES + 1];
        const uint8_t *cut = memrchr(path->at, '/', STEP_BYTES);

        if (cut == NULL) {
            errno = ENAMETOOLONG;
            return -1;
        }
        size_t len = (size_t)(cut - path->at);
        memcpy(front, path->at, len);
        front[len] = '\0';
        int fd = card->os->open(card->os->self, dir->fd >= 0 ? dir->fd : card->root.fd, front,
                                O_PATH | O_DIRECTORY, 0, STAY_INSIDE);
        if (fd < 0)
            return -1;
        sl_fd_clear(dir);
        dir->fd = fd;
        path->at += len + 1;
        path->len -= len + 1;
    }
    return 0;
}

int sl_card_reach(struct sl_card *card, struct sl_view path, int flags)
{
    SL_AUTO_FD dir = { .os = card->os, .fd = -1 };
    char rest[STEP_BYTES + 1];

    if (path.len > SL_PATH_MAX || memchr(path.at, '\0', path.len) != NULL) {
        errno = ENAMETOOLONG;
        return -1;
    }
    if (step_down(card, &path, &dir) != 0)
        return -1;
    memcpy(rest, path.at, path.len);
    rest[path.len] = '\0';
    return open_quietly(card, dir.fd >= 0 ? dir.fd : card->root.fd, rest, flags, STAY_INSIDE);
}

struct sl_card_stamp sl_card_stamp_of(const struct stat *st)
{
    return (struct sl_card_stamp){
        .size = S_ISREG(st->st_mode) ? (uint64_t)st->st_size : 0,
        .mtime_s = st->st_mtim.tv_sec,
        .mtime_ns = (uint32_t)st->st_mtim.tv_nsec,
    };
}

sl_rc sl_card_still_same(struct sl_card *card, int fd, struct sl_view path,
                         const struct sl_card_stamp *stamp, struct sl_err *err)
{
    struct stat st;

    if (card->os->fstat(card->os->self, fd, &st) != 0)
        return sl_card_trouble(path, err);
    struct sl_card_stamp now = sl_card_stamp_of(&st);
    if (!S_ISREG(st.st_mode))
        return sl_card_changed(path, _("it is not a file any more"), err);
    if (now.size != stamp->size)
        return sl_card_changed(path, _("its size is another"), err);
    if (now.mtime_s != stamp->mtime_s || now.mtime_ns != stamp->mtime_ns)
        return sl_card_changed(path, _("its time is another"), err);
    return SL_OK;
}

sl_rc sl_card_open_file(struct sl_card *card, struct sl_view path,
                        const struct sl_card_stamp *stamp, int flags, int *ret, struct sl_err *err)
{
    /* O_NONBLOCK: a fifo put in the file's place must not hold the offload up for ever. */
    SL_AUTO_FD file = { .os = card->os, .fd = sl_card_reach(card, path, flags | O_NONBLOCK) };

    if (file.fd < 0) {
        int why = errno; /* the caller may look at it */
        sl_rc rc = sl_card_trouble(path, err);
        errno = why;
        return rc;
    }
    sl_rc rc = sl_card_still_same(card, file.fd, path, stamp, err);
    errno = 0;
    if (rc != SL_OK)
        return rc;
    *ret = file.fd;
    file.fd = -1;
    return SL_OK;
}

static sl_rc open_root(struct sl_card *card, const char *path, struct sl_err *err)
{
    struct sl_view name = { (const uint8_t *)path, strlen(path) };
    char shown[SL_CARD_SHOWN_BYTES];
    struct sl_os_space space;

    (void)sl_card_shown(name, shown);
    card->root.fd = open_quietly(card, SL_OS_CWD, path, O_DIRECTORY, 0);
    if (card->root.fd < 0 && errno == ENOTDIR)
        return sl_fail(err, SL_E_USAGE, _("'%s' is not a folder: give the card's mount folder"),
                       shown);
    if (card->root.fd < 0 && errno == ENOENT)
        return sl_fail(err, SL_E_MISSING,
                       _("there is no card at '%s'\n  see where it is mounted, then try again"),
                       shown);
    if (card->root.fd < 0)
        return sl_fail_errno(err, _("cannot open the card '%s'"), shown);
    if (card->os->space(card->os->self, card->root.fd, &space) != 0)
        return sl_fail_errno(err, _("cannot ask the file system of the card '%s'"), shown);
    card->in_memory = space.in_memory;
    card->keeps_atime = space.keeps_atime;
    if (card->keeps_atime) /* the root was opened before this could be known */
        atomic_store(&card->atime_may_move, false);
    return SL_OK;
}

sl_rc sl_card_open(const struct sl_os *os, const char *path, struct sl_card **ret,
                   struct sl_err *err)
{
    SL_AUTO_FREE(card) *card = calloc(1, sizeof *card);

    if (card == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory for the card"));
    card->os = os;
    card->root = (struct sl_fd){ .os = os, .fd = -1 };
    SL_TRY(open_root(card, path, err));
    *ret = SL_TAKE(card);
    return SL_OK;
}

void sl_card_free(struct sl_card *card)
{
    if (card == NULL)
        return;
    sl_fd_clear(&card->root);
    free(card);
}

int sl_card_fd(const struct sl_card *card)
{
    return card->root.fd;
}

const char *sl_card_remark(const struct sl_card *card)
{
    if (!atomic_load(&card->atime_may_move))
        return NULL;
    return _("access times on the card may change: its files are not yours\n"
             "  to keep them, mount the card read-only");
}
