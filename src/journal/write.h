/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Writing entries. A run that writes draws a session: a signing key, a name key and a tag key, in
 * guarded memory only, certified by the home's author key. Each entry becomes one slip for every
 * keeper, sealed afresh for each. Sending them is the caller's.
 */
#pragma once

#include "base/bytes.h"
#include "base/os.h"
#include "base/own.h"
#include "format/slip.h"
#include "home/home.h"
#include "keeper/keeper.h"

struct sl_writing { /* one session of this program */
    const struct sl_os *os;
    struct sl_sign_key sign;
    struct sl_name_key names;
    struct sl_tag_key tags;
    struct sl_session session; /* what every slip explains; its two keys are zero here */
    struct sl_secret *block;   /* the same as it stands in a slip, with them */
    struct sl_age_recipient care;
    struct sl_buf heads; /* seen, as they stand in a slip */
    uint64_t number;     /* of the next entry */
    uint8_t previous[SL_SHA256_BYTES];
};

/* Draw a session for a production: seat i is keeper i of the vault. The caller owns *ret. */
sl_rc sl_writing_new(const struct sl_os *os, const struct sl_vault *v, struct sl_writing **ret,
                     struct sl_err *err);
void sl_writing_free(struct sl_writing *w); /* wipes the session's keys */
SL_OWNED(writing)

/* The same for a founding, whose production is the hash of the care body written by
 * sl_care_body_write(); `v` has everything but the production's name by then. */
struct sl_entry_in { /* what an entry says */
    uint32_t kind;
    struct sl_view sealed_body;         /* from sl_body_seal(), or empty */
    uint8_t body_hash[SL_SHA256_BYTES]; /* zero where there is none */
    struct sl_view care_body;           /* salted, from sl_care_body_write(), or empty */
    uint8_t care_hash[SL_SHA256_BYTES];
};

struct sl_entry_out { /* an entry ready for its keepers */
    uint64_t number;
    uint8_t hash[SL_SHA256_BYTES]; /* as later entries cite it */
    size_t count;
    struct sl_id keepers[SL_KEEPERS_MAX];
    struct sl_object names[SL_KEEPERS_MAX];
    uint8_t *slips; /* count x SL_SLIP_BYTES; freed by sl_entry_out_clear() */
};
void sl_entry_out_clear(struct sl_entry_out *o);

/* Make the next entry. The session has moved on when this returns SL_OK: send it or stop. */
sl_rc sl_writing_entry(struct sl_writing *w, const struct sl_entry_in *in, struct sl_entry_out *ret,
                       struct sl_err *err);

/* What its author has seen (sl_journal_heads()): stands in every entry from now on, in place of
 * what stood there. SL_E_USAGE where it is more than SL_HEADS_MAX or not sorted by session. */
sl_rc sl_writing_saw(struct sl_writing *w, const struct sl_head *heads, size_t count,
                     struct sl_err *err);

/* Bytes left for sealed body and care body together, once heads were set. */
size_t sl_writing_room(const struct sl_writing *w);

/* Open every keeper of the vault and send the entry to each: for the few entries of a founding.
 * SL_E_RETRY and others as the first keeper that fails says. */
sl_rc sl_writing_send(const struct sl_os *os, const struct sl_vault *v,
                      const struct sl_entry_out *entry, bool create_folders, struct sl_err *err);
