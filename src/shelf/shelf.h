/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Durable files in one open folder: a keeper's folder on a disk, a home, a spool. A file appears
 * whole under its name or not at all: it is written under a temporary name in `t/`, synced,
 * named, and its folder synced. A kill or a power cut at any moment leaves nothing or the whole
 * file, and a leftover in `t/` that the next writer removes.
 *
 * Paths are ours ("f/ab/abcd..."): relative, without "." or ".." or empty parts. No symbolic link
 * is ever followed beneath the folder. One handle serves one thread; any number of handles and
 * processes may work in one folder at the same time.
 */
#pragma once

#include "base/bytes.h"
#include "base/os.h"
#include "base/own.h"

struct sl_shelf;

/* Work in the open folder `dir` (O_RDONLY | O_DIRECTORY). Touches nothing yet: a handle that only
 * reads works on a read-only disk. On success the shelf owns `dir`; on failure the caller still
 * does. SL_E_SYSTEM when memory runs out. */
sl_rc sl_shelf_new(const struct sl_os *os, int dir, struct sl_shelf **ret, struct sl_err *err);
void sl_shelf_free(struct sl_shelf *s);
SL_OWNED(shelf)

/* The folder's descriptor, still owned by the shelf. */
int sl_shelf_dir(const struct sl_shelf *s);

/* Store `pieces`, end to end, under `path`, once. Missing folders are made (0700; files 0600).
 * When it returns SL_OK the file, its name and its folders are durable; so too when a file of
 * the same bytes stood there already (it is synced again). SL_E_REFUSED: something else stands
 * there, and stays. SL_E_SYSTEM (disk full, ...), SL_E_RETRY (the disk went away): nothing stands
 * under the name, except that after a failed sync of the folder the whole file may. */
sl_rc sl_shelf_put(struct sl_shelf *s, const char *path, const struct sl_view *pieces, size_t count,
                   struct sl_err *err);

/* Like put, but what stood under `path` is replaced, in one step: a reader and a power cut see the
 * old file or the new one. On failure the old one stays (or, after a failed sync of the folder,
 * the new one stands). */
sl_rc sl_shelf_replace(struct sl_shelf *s, const char *path, const struct sl_view *pieces,
                       size_t count, struct sl_err *err);

/* Remove the file `path`, durably. SL_E_MISSING if it is not there. */
sl_rc sl_shelf_remove(struct sl_shelf *s, const char *path, struct sl_err *err);

/* Make the folder `path` and what leads to it, durably. */
sl_rc sl_shelf_make_folder(struct sl_shelf *s, const char *path, struct sl_err *err);

/* Append the whole file to `ret`, at most up to its limit (SL_E_BROKEN when it is larger).
 * SL_E_MISSING if it is not there, SL_E_REFUSED if it is a link, a folder or a device; `ret` is
 * untouched on every failure. */
sl_rc sl_shelf_read(const struct sl_shelf *s, const char *path, struct sl_buf *ret,
                    struct sl_err *err);

/* The same into memory of the caller's (a secret's): exactly `count` bytes, which the file has,
 * or SL_E_BROKEN. What is written to `to` before a failure is no part of any promise. */
sl_rc sl_shelf_read_into(const struct sl_shelf *s, const char *path, uint8_t *to, size_t count,
                         struct sl_err *err);

/* How long the file is. SL_E_MISSING, SL_E_REFUSED as above. */
sl_rc sl_shelf_bytes(const struct sl_shelf *s, const char *path, uint64_t *ret, struct sl_err *err);

/* Open the file for reading with O_RDONLY | `flags` (0 or O_DIRECT). The caller closes *ret.
 * errno is kept for the caller on failure. SL_E_MISSING, SL_E_REFUSED as above. */
sl_rc sl_shelf_open(const struct sl_shelf *s, const char *path, int flags, uint64_t *bytes,
                    int *ret, struct sl_err *err);

/* Show every name in the folder `path` ("" for the shelf's own), in the file system's order; a
 * folder that is not there is empty. `each` may fail, which ends the walk with its failure. */
typedef sl_rc (*sl_shelf_each)(void *who, const struct sl_os_entry *entry, struct sl_err *err);
sl_rc sl_shelf_list(const struct sl_shelf *s, const char *path, sl_shelf_each each, void *who,
                    struct sl_err *err);

/* Do the pieces, end to end, hold exactly `bytes` at offset `at`? */
bool sl_pieces_have(const struct sl_view *pieces, size_t count, uint64_t at, struct sl_view bytes);

/* How long they are together. */
uint64_t sl_pieces_bytes(const struct sl_view *pieces, size_t count);
