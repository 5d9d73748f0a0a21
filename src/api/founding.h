/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A founding under way: what found.c (keepers, lockers, entries) and deal.c (trustees, shares,
 * those granted, invitations) hand to each other.
 */
#pragma once

#include "api/files.h"
#include "api/invite.h"
#include "api/people.h"
#include "api/scribe.h"
#include "api/vault.h"
#include "quorum/quorum.h"

struct granted { /* somebody who can read from the first day */
    struct sl_card_file card;
    int lockers[SL_LOCKERS_MAX];
    size_t count;
};

struct founding {
    struct sl *sl;
    const struct sl_init *job;
    struct sl_vault *vault;
    struct sl_card_file *trustees; /* job->trustee_count of them */
    struct granted *granted;
    size_t granted_count;
    struct sl_quorum quorum;
    struct sl_share shares[SL_TRUSTEES_MAX];
    struct sl_buf salted; /* the founding's care body */
    uint8_t salted_hash[SL_SHA256_BYTES];
};
void sl_founding_clear(struct founding *f); /* wipes the shares */

/* Read the cards; judge t, m and who is named. SL_E_USAGE, SL_E_REFUSED: one key twice. */
sl_rc sl_founding_people(struct founding *f, struct sl_err *err);
/* Draw the secret and deal it; fill the public block in the vault. Nothing without trustees. */
sl_rc sl_founding_deal(struct founding *f, struct sl_err *err);
/* Seal every locker, and a test locker with the maker's request for it, to the quorum. The
 * production has its name by then. */
sl_rc sl_founding_seal(struct founding *f, struct sl_err *err);
/* Write every invitation. */
sl_rc sl_founding_invite(struct founding *f, struct sl_init_done *done, struct sl_err *err);
