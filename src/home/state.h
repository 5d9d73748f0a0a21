/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an offload remembers, so that a kill at any moment loses at most the part under way. One
 * file for a roll, sealed under the home's state key *and the card*: without the card at hand
 * nobody opens it, neither today nor from an old flash page. It holds the newest entry as sealed
 * slips as well: state and entry become durable in one step, before the entry is sent.
 */
#pragma once

#include "crypto/derive.h"
#include "format/slip.h"
#include "home/home.h"

#define SL_STATE_SLOTS_MAX 16u /* offloads of one card to one roll name at the same time */

struct sl_roll_state {
    struct sl_id roll;
    uint64_t next_part;                 /* number of the part that comes next */
    uint8_t last_part[SL_SHA256_BYTES]; /* hash of the entry with the part before */
    uint64_t items;                     /* items of the walk that are in finished parts, whole */
    uint64_t offset;                    /* bytes of the item after them, where a part cut it */
    uint8_t digest[SL_SHA256_BYTES];    /* over all of that, as it was read */
    uint8_t session[SL_SESSION_BYTES];  /* the session that wrote this */
    uint64_t entries, packs;            /* of it: known durable; packs in finished parts */
    uint64_t all_packs, all_parts;      /* of the roll, over all its sessions */
    uint32_t kept; /* keepers (by place in the vault) that hold all of it, or it waits for them */
    uint32_t weak; /* keepers (likewise) with a proof that did not get past memory */
    bool whole;    /* the last part is durable */
};

struct sl_waiting_slip { /* an entry's slip that may not have reached its keeper yet */
    struct sl_id keeper;
    struct sl_object name;
    const uint8_t *bytes; /* SL_SLIP_BYTES */
};

/* The place of one roll's state in a home, locked for as long as it is open (by the kernel, so that
 * a kill leaves no lock behind). */
struct sl_state_place;

enum sl_state_found {
    SL_STATE_NONE,    /* nothing was begun, or others work on it: a free place */
    SL_STATE_GOES_ON, /* an unfinished run's, with its slips */
    SL_STATE_DAMAGED, /* one that does not open: its place is written over by the next save */
};

/* Find and lock the state of this card, locker and roll name: an unfinished one if there is one
 * that nobody works on, else a free place. *found tells which; with SL_STATE_GOES_ON *state, and
 * the slips that the killed run may not have sent, are filled (slip bytes live in *slip_bytes,
 * which the caller clears). SL_E_RETRY: all SL_STATE_SLOTS_MAX places are being worked on;
 * SL_E_SYSTEM: the home cannot be written to, or a state that is there cannot be read. The caller
 * owns *ret. */
sl_rc sl_state_open(struct sl_home *h, const struct sl_vault *v,
                    const uint8_t card[SL_SHA256_BYTES], const struct sl_id *locker,
                    const char *roll, struct sl_state_place **ret, enum sl_state_found *found,
                    struct sl_roll_state *state, struct sl_buf *slip_bytes,
                    struct sl_waiting_slip slips[SL_KEEPERS_MAX], size_t *slip_count,
                    struct sl_err *err);
/* Write state and slips in one step. */
sl_rc sl_state_save(struct sl_state_place *p, const struct sl_roll_state *state,
                    const struct sl_waiting_slip *slips, size_t slip_count, struct sl_err *err);
/* The roll is safe: nothing needs to be remembered. The place stays locked until it is freed; the
 * lock's file goes with it. */
sl_rc sl_state_drop(struct sl_state_place *p, struct sl_err *err);
void sl_state_place_free(struct sl_state_place *p);
SL_OWNED(state_place)

/* What is inside the seal, read: `slip_bytes` is what follows it in the file, and the slips' bytes
 * point into it. SL_E_BROKEN where they do not fit together. */
sl_rc sl_state_read(struct sl_view plain, struct sl_view slip_bytes, struct sl_roll_state *s,
                    struct sl_waiting_slip slips[SL_KEEPERS_MAX], size_t *count,
                    struct sl_err *err);

/* How many states lie in this home: rolls begun and not yet safe. */
sl_rc sl_state_count(struct sl_home *h, const struct sl_vault *v, unsigned *ret,
                     struct sl_err *err);

/* Forget every state of that roll name, of whatever card and locker: the roll will not be gone on
 * with. What keepers hold of it stays; the part under way when the run was killed is lost. *dropped
 * counts. SL_E_RETRY: an offload of it is under way. `dry_run` only counts. */
sl_rc sl_state_forget(struct sl_home *h, const struct sl_vault *v, const char *roll, bool dry_run,
                      unsigned *dropped, struct sl_err *err);
