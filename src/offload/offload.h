/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Card to keepers: the whole journey, as one table of stages (offload.c), and the verdict on
 * whether the card may be formatted (verdict.c, design section 7).
 */
#pragma once

#include "base/os.h"
#include "base/voice.h"
#include "home/home.h"

struct sl_offload_in {
    const struct sl_os *os;
    const struct sl_voice *voice;
    struct sl_home *home;
    const struct sl_vault *vault;
    const char *card; /* path of the folder */
    int locker;       /* index in the vault */
    const char *roll; /* checked by sl_alias_check() */
    uint32_t without; /* bit i: leave keeper i of the vault out, by the person's own word */
    bool dry_run, one_thread, low_memory;
    unsigned workers; /* 0: as many as suits two cores */
};

/* Offload the card. SL_OK: safe to format. SL_E_UNSAFE: done here, and *verdict says what is
 * missing. Anything else: stopped by *err; what was written stays, and running it again goes on.
 * The card is never written. */
sl_rc sl_offload_run(const struct sl_offload_in *in, struct sl_verdict *verdict,
                     struct sl_err *err);

/* Push what waits in the spool of a production to its keepers, each proved. Trouble with a keeper
 * is said and leaves its things waiting. */
sl_rc sl_offload_send(const struct sl_os *os, const struct sl_voice *voice, struct sl_home *home,
                      const struct sl_vault *vault, struct sl_sent *ret, struct sl_err *err);
