/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Trees of the rehearsal's own folder: laid aside before a raid, wiped by it, walked to be looked
 * at. Everything here belongs to the rehearsal; the person's own card is never handed to it.
 */
#pragma once

#include "base/limits.h"
#include "base/os.h"

#define SL_TREE_DEPTH_MAX   16u        /* folders inside folders of homes and keepers */
#define SL_TREE_PIECE_BYTES (1u << 20) /* read and written at a time */

/* Open the folder `path` beneath `dir`, never through a symlink, however long the path is (longer
 * than one system call takes, too). The caller closes the descriptor. SL_E_MISSING: not there. */
sl_rc sl_tree_folder(const struct sl_os *os, int dir, const char *path, int *ret,
                     struct sl_err *err);

/* Make the folder `name` (0700) in `dir`; SL_E_SYSTEM where something of that name is there. */
sl_rc sl_tree_make(const struct sl_os *os, int dir, const char *name, struct sl_err *err);

/* Remove everything beneath the folder `name` of `dir`, and the folder with it unless `leave_it`.
 * Not being there is no failure. Folders that may not be written to are made writable first. No
 * symlink is followed; no memory is taken, whatever the depth. */
sl_rc sl_tree_wipe(const struct sl_os *os, int dir, const char *name, bool leave_it,
                   struct sl_err *err);

/* Lay a copy of the folder `from` aside as `to`, which must not exist; both in `dir`. Files are
 * hard links where `link` is set and the file system has them, bytes of their own otherwise. Modes
 * and times of copies are not kept. At most SL_TREE_DEPTH_MAX deep. */
sl_rc sl_tree_lay_aside(const struct sl_os *os, int dir, const char *from, const char *to,
                        bool link, struct sl_err *err);

/* One regular file of a tree: `name` in the open folder `dir`; `path` from the top of the walk.
 * All live as long as the call. A failure stops the walk. */
struct sl_tree_file {
    int dir;
    const char *name, *path;
    uint64_t bytes;
};
typedef sl_rc sl_tree_each(void *who, const struct sl_tree_file *file, struct sl_err *err);

/* Call `each` for every regular file beneath `name` of `dir`, in the file system's order. It may
 * change what a file holds, not which files there are. At most SL_TREE_DEPTH_MAX deep. */
sl_rc sl_tree_walk(const struct sl_os *os, int dir, const char *name, sl_tree_each *each, void *who,
                   struct sl_err *err);
