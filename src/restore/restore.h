/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Keepers to files: the journey back, part by part, as one table of stages (restore.c). Reads from
 * any k keepers, names every keeper that lied or lacks something, writes only beneath the
 * destination, overwrites nothing, and goes on after a kill.
 */
#pragma once

#include "base/os.h"
#include "base/voice.h"
#include "format/manifest.h"
#include "home/home.h"
#include "journal/load.h"

struct sl_restore_in {
    const struct sl_os *os;
    const struct sl_voice *voice;
    const struct sl_vault *vault;
    struct sl_journal *journal; /* loaded thoroughly */
    const struct sl_roll *roll;
    struct sl_view path; /* only this file or folder of the roll; empty: all of it */
    const char *dest;    /* folder; made if it is missing */
    const char *under;   /* folder within dest ("A001"), or NULL */
    bool dry_run, one_thread, low_memory;
};

/* Restore one roll; adds to *ret. SL_OK: every byte asked for is right. SL_E_BROKEN: something
 * could not be rebuilt, the rest was restored. SL_E_SYSTEM: something could not be written,
 * likewise. SL_E_MISSING: the roll has no such path. */
sl_rc sl_restore_run(const struct sl_restore_in *in, struct sl_restored *ret, struct sl_err *err);

/* Show every line of a roll's manifests, in the order of the card (for ls). A file that was cut
 * between parts is shown once, with the line of its last part. */
typedef sl_rc sl_restore_each(void *who, const struct sl_manifest_line *line, struct sl_err *err);
sl_rc sl_restore_walk(const struct sl_restore_in *in, sl_restore_each *each, void *who,
                      struct sl_err *err);

/* How many shards of each of `count` rolls keeper `place` of the vault does not list, into
 * lacks[0..count). Fails where the keeper does not answer; lacks[] is then meaningless. */
sl_rc sl_restore_gaps(const struct sl_os *os, const struct sl_journal *j, size_t place,
                      const struct sl_roll *rolls, size_t count, uint64_t *lacks,
                      struct sl_err *err);
