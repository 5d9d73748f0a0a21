/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A card's tree copied into the rehearsal's folder; see card_copy.h. Folders get their mode and
 * time when the walk leaves them: both would change, or forbid, what is still to be written.
 */
#include "rehearse/card_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "card/card.h"
#include "card/reading.h"
#include "rehearse/tree.h"

#define DEPTH_MAX   (SL_PATH_MAX / 2u + 1u) /* names of one byte */
#define PIECE_BYTES (1u << 20)

struct open_folder { /* begun and not yet left */
    size_t path_bytes;
    uint32_t mode, mtime_ns;
    int64_t mtime_s;
};

struct copy {
    const struct sl_os *os;
    struct sl_card *card;
    int dir;
    sl_facts_tick *tick;
    void *who;
    struct sl_facts sum;
    size_t depth;
    struct open_folder open[DEPTH_MAX];
    char path[SL_PATH_MAX + 1]; /* of the folder open[depth - 1] */
    struct sl_card_item item;
    uint8_t piece[PIECE_BYTES];
};

static sl_rc leave_folder(struct copy *c, struct sl_err *err)
{
    SL_AUTO_FD fd = { c->os, -1 };
    const struct open_folder *f = &c->open[c->depth - 1];
    struct timespec t = { (time_t)f->mtime_s, (long)f->mtime_ns };

    c->path[f->path_bytes] = '\0';
    SL_TRY(sl_tree_folder(c->os, c->dir, c->depth > 1 ? c->path : ".", &fd.fd, err));
    if (c->os->fchmod(c->os->self, fd.fd, (mode_t)f->mode) != 0 ||
        c->os->futimens(c->os->self, fd.fd, (struct timespec[2]){ t, t }) != 0)
        return sl_fail_errno(err, _("mode and time of a copied folder cannot be set"));
    c->depth--;
    return SL_OK;
}

/* Whether the item at hand lies in the folder that was begun last. */
static bool inside(const struct copy *c)
{
    const struct open_folder *f = &c->open[c->depth - 1];

    if (c->depth == 1) /* "." holds everything */
        return true;
    return c->item.path_bytes > f->path_bytes && c->item.path[f->path_bytes] == '/' &&
           memcmp(c->item.path, c->path, f->path_bytes) == 0;
}

/* The folder that the item lies in, opened, and its name there. */
static sl_rc parent(struct copy *c, int *ret, const char **name, struct sl_err *err)
{
    char above[SL_PATH_MAX + 1];
    const char *slash = strrchr(c->item.path, '/');
    size_t len = slash != NULL ? (size_t)(slash - c->item.path) : 1;

    memcpy(above, slash != NULL ? c->item.path : ".", len);
    above[len] = '\0';
    *name = slash != NULL ? slash + 1 : c->item.path;
    return sl_tree_folder(c->os, c->dir, above, ret, err);
}

static sl_rc enter_folder(struct copy *c, struct sl_err *err)
{
    const struct sl_card_item *i = &c->item;
    SL_AUTO_FD above = { c->os, -1 };
    const char *name = NULL;

    if (c->depth == DEPTH_MAX)
        return sl_fail(err, SL_E_SYSTEM, _("folders lie more than %u deep"), DEPTH_MAX);
    if (c->depth > 0) {
        SL_TRY(parent(c, &above.fd, &name, err));
        SL_TRY(sl_tree_make(c->os, above.fd, name, err));
    }
    c->open[c->depth++] =
        (struct open_folder){ i->path_bytes, i->mode, i->stamp.mtime_ns, i->stamp.mtime_s };
    memcpy(c->path, i->path, i->path_bytes + 1);
    c->sum.folders++;
    return SL_OK;
}

static sl_rc fill_file(struct copy *c, int to, struct sl_err *err)
{
    SL_AUTO_FREE(reading) *r = NULL;
    struct iovec piece = { c->piece, sizeof c->piece };
    size_t got = 0;
    off_t at = 0;

    SL_TRY(sl_reading_open(c->card, sl_card_path(&c->item), &c->item.stamp, &r, err));
    do {
        SL_TRY(sl_reading_next(r, &piece, 1, &got, err));
        if (sl_os_pwrite_all(c->os, to, c->piece, got, at) != 0)
            return sl_fail_errno(err, _("the copy of the card cannot be written"));
        at += (off_t)got;
        if (c->tick != NULL)
            SL_TRY(c->tick(c->who, got, c->item.path, err));
    } while (got > 0);
    return SL_OK;
}

static sl_rc copy_file(struct copy *c, struct sl_err *err)
{
    SL_AUTO_FD above = { c->os, -1 };
    SL_AUTO_FD to = { c->os, -1 };
    struct timespec t = { (time_t)c->item.stamp.mtime_s, (long)c->item.stamp.mtime_ns };
    const char *name = NULL;

    SL_TRY(parent(c, &above.fd, &name, err));
    to.fd = c->os->open(c->os->self, above.fd, name, O_WRONLY | O_CREAT | O_EXCL, 0600, 0);
    if (to.fd < 0)
        return sl_fail_errno(err, _("the copy of the card cannot be written"));
    SL_TRY(fill_file(c, to.fd, err));
    if (c->os->fchmod(c->os->self, to.fd, (mode_t)c->item.mode) != 0 ||
        c->os->futimens(c->os->self, to.fd, (struct timespec[2]){ t, t }) != 0)
        return sl_fail_errno(err, _("mode and time of a copied file cannot be set"));
    c->sum.files++;
    c->sum.bytes += c->item.stamp.size;
    return SL_OK;
}

static sl_rc copy_all(struct copy *c, struct sl_err *err)
{
    SL_AUTO_FREE(card_walk) *walk = NULL;
    bool more = true;

    SL_TRY(sl_card_walk_new(c->card, &walk, err));
    for (;;) {
        SL_TRY(sl_card_next(walk, &c->item, &more, err));
        if (!more)
            break;
        while (c->depth > 0 && !inside(c))
            SL_TRY(leave_folder(c, err));
        if (c->item.type == SL_CARD_FOLDER)
            SL_TRY(enter_folder(c, err));
        else if (c->item.type == SL_CARD_FILE)
            SL_TRY(copy_file(c, err));
        else
            c->sum.left_out++;
    }
    while (c->depth > 0)
        SL_TRY(leave_folder(c, err));
    return SL_OK;
}

sl_rc sl_card_copy(const struct sl_os *os, struct sl_card *card, int dir, sl_facts_tick *tick,
                   void *who, struct sl_facts *ret, struct sl_err *err)
{
    struct copy *c = calloc(1, sizeof *c);

    if (c == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("no memory for the rehearsal"));
    c->os = os;
    c->card = card;
    c->dir = dir;
    c->tick = tick;
    c->who = who;
    sl_rc rc = copy_all(c, err);
    if (rc == SL_OK)
        *ret = c->sum;
    free(c);
    return rc;
}
