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
    struct sl_voice voice;
};

/* Open home and production as `at` says. The caller clears it, also after a failure. */
sl_rc sl_vault_open(struct sl *sl, const struct sl_home_at *at, struct sl_vault_open *ret,
                    struct sl_err *err);
void sl_vault_open_clear(struct sl_vault_open *o);

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
