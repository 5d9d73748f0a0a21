/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of this room share: how something beneath the card is opened and what is said
 * when it cannot be. Seen by this room (and its tests) only.
 */
#pragma once

#include <stdatomic.h>

#include "card/card.h"

/* Room for a path in a message: long ones lose their beginning. */
#define SL_CARD_SHOWN_BYTES 220u

struct sl_card {
    const struct sl_os *os;
    struct sl_fd root;
    bool in_memory;             /* tmpfs: there is no medium beneath the cache */
    bool keeps_atime;           /* the mount changes no access times */
    atomic_bool atime_may_move; /* O_NOATIME was refused where it would have been needed */
};

struct sl_card_folder {  /* one that the walk is in */
    struct sl_buf names; /* each ended by NUL */
    uint32_t *order;     /* where each name starts, sorted by the names' bytes */
    size_t count, next;
    size_t path_bytes; /* of the walk's path that are this folder's; 0 for the card */
};

#define SL_CARD_BATCH 128u

struct sl_card_walk {
    struct sl_card *card;
    struct sl_sha256 *hash;
    struct sl_card_totals totals;
    uint64_t items;
    struct sl_card_folder *folders; /* from the card down to where the walk is */
    size_t depth, room;
    size_t held_bytes; /* names and orders of all of them */
    struct sl_fd here; /* the deepest of them, or -1 until it is needed */
    bool started;
    size_t path_bytes;
    char path[SL_PATH_MAX + 1u];
    struct sl_os_entry batch[SL_CARD_BATCH];
};

/* Write `path` for a message: escaped, and "..." for the beginning of a long one. */
const char *sl_card_shown(struct sl_view path, char out[SL_CARD_SHOWN_BYTES]);

/* Open `path` beneath the card for reading: no link followed, no mount crossed, no access time
 * changed where that can be had. Paths up to SL_PATH_MAX (the kernel takes one byte less) go in
 * two steps. `flags` are more open flags (O_DIRECTORY, O_DIRECT). Returns a descriptor, or -1
 * with errno. */
int sl_card_reach(struct sl_card *card, struct sl_view path, int flags);

/* Open a file and see that it is still the one that the walk saw. *ret is the caller's. `errno`
 * is EINVAL where `flags` were refused. */
sl_rc sl_card_open_file(struct sl_card *card, struct sl_view path,
                        const struct sl_card_stamp *stamp, int flags, int *ret, struct sl_err *err);
sl_rc sl_card_still_same(struct sl_card *card, int fd, struct sl_view path,
                         const struct sl_card_stamp *stamp, struct sl_err *err);

struct sl_card_stamp sl_card_stamp_of(const struct stat *st);

/* Say why `path` could not be read, by errno. */
sl_rc sl_card_trouble(struct sl_view path, struct sl_err *err);
/* Say that `path` is not what it was. */
sl_rc sl_card_changed(struct sl_view path, const char *how, struct sl_err *err);

/* The path where the walk is; "." for the card. */
struct sl_view sl_card_here(const struct sl_card_walk *w);
/* Fill *f with the sorted names of the folder that w->here is open on; count them against
 * SL_CARD_NAMES_BYTES_MAX. After a failure *f is still to be dropped. */
sl_rc sl_card_names_read(struct sl_card_walk *w, struct sl_card_folder *f, struct sl_err *err);
void sl_card_names_drop(struct sl_card_walk *w, struct sl_card_folder *f);
const char *sl_card_name(const struct sl_card_folder *f, size_t index);
