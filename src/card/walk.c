/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The walk over a card: one folder's names are read and sorted, then met one by one; a folder's
 * content comes right after it. Only the deepest folder is open; those above it are opened again
 * by their path when the walk comes back. See card.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "card/inside.h"

bool sl_card_skipped(enum sl_card_type type)
{
    return type != SL_CARD_FILE && type != SL_CARD_FOLDER;
}

const char *sl_card_type_words(enum sl_card_type type)
{
    switch (type) {
    case SL_CARD_FILE: return _("a file");
    case SL_CARD_FOLDER: return _("a folder");
    case SL_CARD_LINK: return _("a symbolic link");
    case SL_CARD_FIFO: return _("a named pipe");
    case SL_CARD_SOCKET: return _("a socket");
    case SL_CARD_DEVICE: return _("a device");
    case SL_CARD_MOUNT: return _("another file system mounted there");
    }
    return "?";
}

struct sl_view sl_card_path(const struct sl_card_item *item)
{
    return (struct sl_view){ (const uint8_t *)item->path, item->path_bytes };
}

struct sl_view sl_card_here(const struct sl_card_walk *w)
{
    return w->path_bytes > 0 ? (struct sl_view){ (const uint8_t *)w->path, w->path_bytes }
                             : (struct sl_view){ (const uint8_t *)".", 1 };
}

sl_rc sl_card_walk_new(struct sl_card *card, struct sl_card_walk **ret, struct sl_err *err)
{
    SL_AUTO_FREE(card_walk) *w = calloc(1, sizeof *w);

    if (w == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory for walking the card"));
    w->card = card;
    w->here = (struct sl_fd){ .os = card->os, .fd = -1 };
    SL_TRY(sl_sha256_new(&w->hash, err));
    *ret = SL_TAKE(w);
    return SL_OK;
}

static void leave_folder(struct sl_card_walk *w)
{
    sl_card_names_drop(w, &w->folders[--w->depth]);
    sl_fd_clear(&w->here);
}

void sl_card_walk_free(struct sl_card_walk *w)
{
    if (w == NULL)
        return;
    while (w->depth > 0)
        leave_folder(w);
    free(w->folders);
    sl_fd_clear(&w->here);
    sl_sha256_free(w->hash);
    sl_wipe(w, sizeof *w); /* paths */
    free(w);
}

/* Go into the folder that w->here is open on and w->path names. */
static sl_rc enter_folder(struct sl_card_walk *w, struct sl_err *err)
{
    if (w->depth == w->room) {
        size_t room = w->room > 0 ? w->room * 2 : 16;
        struct sl_card_folder *grown = realloc(w->folders, room * sizeof *grown);
        if (grown == NULL)
            return sl_fail(err, SL_E_SYSTEM, _("out of memory for walking the card"));
        w->folders = grown;
        w->room = room;
    }
    struct sl_card_folder *f = &w->folders[w->depth++]; /* freed with the walk from here on */
    *f = (struct sl_card_folder){ .path_bytes = w->path_bytes,
                                  .names = sl_buf_upto(SL_CARD_NAMES_BYTES_MAX) };
    return sl_card_names_read(w, f, err);
}

/* ---- one item ---- */

static bool ends_like(const char *name, const char *tail)
{
    size_t len = strlen(name), tail_len = strlen(tail);

    return len >= tail_len && strcasecmp(name + len - tail_len, tail) == 0;
}

static enum sl_card_type type_of(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG: return SL_CARD_FILE;
    case S_IFDIR: return SL_CARD_FOLDER;
    case S_IFLNK: return SL_CARD_LINK;
    case S_IFIFO: return SL_CARD_FIFO;
    case S_IFSOCK: return SL_CARD_SOCKET;
    default: return SL_CARD_DEVICE;
    }
}

static void fill_item(const struct sl_card_walk *w, const char *name, const struct stat *st,
                      struct sl_card_item *ret)
{
    struct sl_view path = sl_card_here(w);

    ret->type = type_of(st->st_mode);
    ret->stamp = sl_card_stamp_of(st);
    ret->mode = st->st_mode & 07777u;
    ret->mhl = (ret->type == SL_CARD_FILE && ends_like(name, ".mhl")) ||
               (ret->type == SL_CARD_FOLDER && strcasecmp(name, "ascmhl") == 0);
    ret->path_bytes = path.len;
    memcpy(ret->path, path.at, path.len);
    ret->path[path.len] = '\0';
}

static void put_le(uint8_t *to, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        to[i] = (uint8_t)(value >> (8 * i));
}

static void hash_item(struct sl_card_walk *w, const struct sl_card_item *item)
{
    static const char letters[] = "fdlpsbm"; /* in the order of enum sl_card_type */
    bool timeless = w->depth == 0 || item->type == SL_CARD_MOUNT;
    uint8_t front[5], back[20];

    front[0] = (uint8_t)letters[item->type];
    put_le(front + 1, item->path_bytes, 4);
    put_le(back, item->stamp.size, 8);
    put_le(back + 8, timeless ? 0 : (uint64_t)item->stamp.mtime_s, 8);
    put_le(back + 16, timeless ? 0 : item->stamp.mtime_ns, 4);
    sl_sha256_put(w->hash, (struct sl_view){ front, sizeof front });
    sl_sha256_put(w->hash, sl_card_path(item));
    sl_sha256_put(w->hash, (struct sl_view){ back, sizeof back });
}

static sl_rc count_item(struct sl_card_walk *w, const struct sl_card_item *item, struct sl_err *err)
{
    struct sl_card_totals *t = &w->totals;
    char shown[SL_CARD_SHOWN_BYTES];

    if (++w->items > SL_ROLL_FILES_MAX)
        return sl_fail(err, SL_E_USAGE,
                       _("more than %ju files and folders on the card\n"
                         "  offload its folders as cards of their own"),
                       (uintmax_t)SL_ROLL_FILES_MAX);
    if (item->stamp.size > SL_FILE_BYTES_MAX ||
        __builtin_add_overflow(t->bytes, item->stamp.size, &t->bytes))
        return sl_fail(err, SL_E_USAGE, _("'%s' is too large: more than %ju bytes"),
                       sl_card_shown(sl_card_path(item), shown), (uintmax_t)SL_FILE_BYTES_MAX);
    t->files += item->type == SL_CARD_FILE;
    t->folders += item->type == SL_CARD_FOLDER;
    t->skipped += sl_card_skipped(item->type);
    t->mhl_files += item->mhl && item->type == SL_CARD_FILE;
    t->mhl_folders += item->mhl && item->type == SL_CARD_FOLDER;
    hash_item(w, item);
    return SL_OK;
}

/* A folder's item tells of the folder as opened, so that what was listed is what was told of. */
static sl_rc meet_folder(struct sl_card_walk *w, const char *name, struct sl_card_item *ret,
                         struct sl_err *err)
{
    const struct sl_os *os = w->card->os;
    SL_AUTO_FD inside = { .os = os, .fd = sl_card_reach(w->card, sl_card_here(w), O_DIRECTORY) };
    struct stat st;

    if (inside.fd < 0 && errno == EXDEV) {
        ret->type = SL_CARD_MOUNT;
        ret->mhl = false;
        return count_item(w, ret, err);
    }
    if (inside.fd < 0 || os->fstat(os->self, inside.fd, &st) != 0)
        return sl_card_trouble(sl_card_here(w), err);
    fill_item(w, name, &st, ret);
    SL_TRY(count_item(w, ret, err));
    sl_fd_clear(&w->here);
    w->here.fd = inside.fd;
    inside.fd = -1;
    return enter_folder(w, err);
}

static sl_rc path_too_long(const char *name, size_t bytes, struct sl_err *err)
{
    char shown[SL_CARD_SHOWN_BYTES];

    return sl_fail(err, SL_E_USAGE,
                   _("the path of '%s' is %zu bytes long, more than %u\n"
                     "  offload the folder above it as a card of its own"),
                   sl_card_shown((struct sl_view){ (const uint8_t *)name, strlen(name) }, shown),
                   bytes, SL_PATH_MAX);
}

/* Put `name` behind the path of the deepest folder. */
static sl_rc extend_path(struct sl_card_walk *w, const char *name, struct sl_err *err)
{
    size_t at = w->folders[w->depth - 1].path_bytes, len = strlen(name);
    size_t bytes = at + (at > 0) + len;

    if (bytes > SL_PATH_MAX)
        return path_too_long(name, bytes, err);
    if (at > 0)
        w->path[at++] = '/';
    memcpy(w->path + at, name, len + 1);
    w->path_bytes = bytes;
    return SL_OK;
}

static sl_rc open_here_again(struct sl_card_walk *w, struct sl_err *err)
{
    if (w->here.fd >= 0)
        return SL_OK;
    w->path_bytes = w->folders[w->depth - 1].path_bytes;
    w->here.fd = sl_card_reach(w->card, sl_card_here(w), O_DIRECTORY);
    return w->here.fd >= 0 ? SL_OK : sl_card_trouble(sl_card_here(w), err);
}

static sl_rc meet_name(struct sl_card_walk *w, const char *name, struct sl_card_item *ret,
                       struct sl_err *err)
{
    const struct sl_os *os = w->card->os;
    struct stat st;

    SL_TRY(open_here_again(w, err));
    SL_TRY(extend_path(w, name, err));
    if (os->fstatat(os->self, w->here.fd, name, &st) != 0)
        return sl_card_trouble(sl_card_here(w), err);
    fill_item(w, name, &st, ret);
    return ret->type == SL_CARD_FOLDER ? meet_folder(w, name, ret, err) : count_item(w, ret, err);
}

sl_rc sl_card_next(struct sl_card_walk *w, struct sl_card_item *ret, bool *more, struct sl_err *err)
{
    *more = true;
    if (!w->started) {
        w->started = true;
        return meet_folder(w, ".", ret, err);
    }
    while (w->depth > 0 && w->folders[w->depth - 1].next == w->folders[w->depth - 1].count)
        leave_folder(w);
    if (w->depth == 0) {
        *more = false;
        return SL_OK;
    }
    struct sl_card_folder *top = &w->folders[w->depth - 1];
    return meet_name(w, sl_card_name(top, top->next++), ret, err);
}

void sl_card_walk_now(const struct sl_card_walk *w, uint8_t hash[SL_SHA256_BYTES],
                      struct sl_card_totals *totals)
{
    if (hash != NULL)
        sl_sha256_now(w->hash, hash);
    if (totals != NULL)
        *totals = w->totals;
}
