/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The kinds of keeper, for the list in keeper.c; and what the files of the folder kind share.
 */
#pragma once

#include "keeper/keeper.h"
#include "shelf/shelf.h"

extern const struct sl_keeper_kind sl_keeper_dir;

struct dir_keeper { /* `dir` is a folder on a disk that this machine sees as its own */
    struct sl_keeper keeper;
    const struct sl_os *os;
    struct sl_shelf *shelf;
    bool in_memory; /* tmpfs: no proof can be better than SL_PROOF_MEMORY */
    char plain[SL_KEEPER_PLAIN];
};

sl_rc sl_keeper_dir_list(struct sl_keeper *k, enum sl_object_kind kind, sl_keeper_each each,
                         void *who, uint64_t *odd, struct sl_err *err);
