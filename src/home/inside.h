/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What only the home room sees: the struct behind `struct sl_home`, and how its files are sealed.
 */
#pragma once

#include "home/home.h"
#include "home/keys.h"
#include "shelf/shelf.h"

#define SL_HOME_PATH     4096u
#define SL_HOME_FILE     (SL_VAULT_TEXT_MAX + (64u << 10)) /* sealed: header and tags besides */
#define SL_HOME_WORK_LOW 15u                               /* scrypt with --low-memory */
#define SL_HOME_INSIDE   (SL_ALIAS_MAX + 128u)             /* a path beneath the home */

#define SL_PERSON_SEALED "identity.age"
#define SL_PERSON_CLEAR  "identity.txt"

struct sl_home {
    const struct sl_os *os;
    struct sl_shelf *shelf;
    char shown[SL_HOME_PATH];
};

/* The path of a production's file or folder, beneath the home. */
void sl_home_inside(const struct sl_vault *v, const char *name, char path[SL_HOME_INSIDE]);

/* Read a whole file of the home into guarded memory: from beneath a passphrase, or as it is. */
sl_rc sl_home_open_sealed(struct sl_home *h, const char *path, const struct sl_secret *words,
                          struct sl_secret **ret, struct sl_err *err);
sl_rc sl_home_open_clear(struct sl_home *h, const char *path, struct sl_secret **ret,
                         struct sl_err *err);
/* Seal under a passphrase with a home's work factor. *ret is begun here; the caller clears it. */
sl_rc sl_home_seal(struct sl_view plain, const struct sl_secret *words, bool low_memory,
                   struct sl_buf *ret, struct sl_err *err);

/* A share and which of its two files opens; and both files written anew, under c->new, the share
 * again in file `place`. Whoever moves a share to other words keeps its place: the only file that
 * opens is then replaced in one step, and which it is tells nobody more than before. */
sl_rc sl_home_share_find(struct sl_home *h, const struct sl_vault *v, const struct sl_secret *words,
                         unsigned *place, struct sl_secret **ret, struct sl_err *err);
sl_rc sl_home_share_put(struct sl_home *h, const struct sl_vault *v, const struct sl_secret *share,
                        const struct sl_words_change *c, unsigned place, struct sl_err *err);
