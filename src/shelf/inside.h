/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of the shelf share: the handle, where a path ends (place.c), and temporary files
 * (temp.c).
 */
#pragma once

#include <linux/openat2.h>

#include "shelf/shelf.h"

#define SHELF_INSIDE      (RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS)
#define SHELF_KNOWN       1024u /* folders remembered as durable; "f/00" to "s/ff" are 512 */
#define SHELF_KNOWN_BYTES 16u   /* longer paths are not remembered, only synced again */

struct sl_shelf {
    const struct sl_os *os;
    int dir;
    int temp; /* t/, -1 until something is written */
    char known[SHELF_KNOWN][SHELF_KNOWN_BYTES];
};

/* Where a path ends: an open folder and the last name. */
struct sl_place {
    const struct sl_shelf *shelf;
    int opened; /* -1 where the folder is the shelf's own */
    const char *leaf;
};

/* Find the folder of `path`; with `make`, missing folders are made and durable. */
sl_rc sl_place_find(struct sl_shelf *s, const char *path, bool make, struct sl_place *ret,
                    struct sl_err *err);
int sl_place_dir(const struct sl_place *p);
sl_rc sl_place_sync(const struct sl_place *p, struct sl_err *err);
void sl_place_clear(struct sl_place *p);

#define SHELF_TEMP_TEXT 33u /* 16 random bytes in hex, with NUL */

/* A file in t/ while it is written. Locked, so that another writer's emptying leaves it. */
struct sl_temp {
    const struct sl_shelf *shelf;
    int fd;
    char name[SHELF_TEMP_TEXT]; /* "" once it has another name, or none */
};

/* Make one; the shelf's t/ is opened, and emptied of what dead writers left, at first use. */
sl_rc sl_temp_new(struct sl_shelf *s, struct sl_temp *ret, struct sl_err *err);
void sl_temp_clear(struct sl_temp *t); /* removes it where it still has its name */
