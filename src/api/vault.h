/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the journeys of the public face share: which home, which production, how they speak.
 */
#pragma once

#include "api/inside.h"
#include "base/voice.h"
#include "home/home.h"
#include "journal/load.h"

struct sl_vault_open { /* an unlocked production in its home */
    struct sl_home *home;
    struct sl_vault *vault;
    struct sl_secret *words; /* the passphrase; NULL where there is none */
    struct sl_voice voice;
};

/* Open home and production (or kit) as `at` says, with every locker that was opened or granted
 * here. The caller clears it, also after a failure. */
sl_rc sl_vault_open(struct sl *sl, const struct sl_home_at *at, struct sl_vault_open *ret,
                    struct sl_err *err);
void sl_vault_open_clear(struct sl_vault_open *o);
/* The same, and SL_E_REFUSED unless it is a person's: who may ask, grant, invite. `role` 0: any. */
sl_rc sl_vault_open_as(struct sl *sl, const struct sl_home_at *at, enum sl_role role,
                       struct sl_vault_open *ret, struct sl_err *err);

/* The journal of an open production. What was granted to this person meanwhile is taken up first,
 * and what this home saw before is held against it. The caller owns *ret. */
sl_rc sl_vault_journal(struct sl *sl, struct sl_vault_open *o, bool thorough,
                       struct sl_journal **ret, struct sl_err *err);

/* A locker by name: its index. SL_E_MISSING names those that there are. */
sl_rc sl_vault_find_locker(const struct sl_vault *v, const char *name, int *ret,
                           struct sl_err *err);
/* Keep a locker's identity for this person, on this machine; it must be that locker's. */
sl_rc sl_vault_keep_locker(struct sl_vault_open *o, int locker,
                           const struct sl_age_identity *identity, struct sl_err *err);
/* Under which name its drawer holds it. */
#define SL_LOCKER_FILE 64u
void sl_vault_locker_file(const struct sl_locker_info *l, char ret[SL_LOCKER_FILE]);

/* The home's path. SL_E_USAGE where none is named: it is the program that looks for one. */
sl_rc sl_vault_home_path(const struct sl_home_at *at, char *ret, size_t room, struct sl_err *err);
struct sl_voice sl_vault_voice(struct sl *sl);

/* "camera/A001/CLIP": its pieces, each possibly empty. SL_E_MISSING where locker or roll do not
 * exist. */
struct sl_vault_path {
    int locker;                 /* -1: none was named */
    const struct sl_roll *roll; /* NULL: none was named */
    struct sl_view rest;
};
sl_rc sl_vault_path_read(const struct sl_vault_open *o, const struct sl_journal *j,
                         const char *what, struct sl_vault_path *ret, struct sl_err *err);
