/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The quorum of an open production, as the journeys need it: its public block, each locker as it is
 * sealed to it, and whether the trustees' acceptances have opened the test locker.
 */
#pragma once

#include "api/vault.h"
#include "quorum/gathering.h"
#include "quorum/locker.h"
#include "quorum/quorum.h"
#include "quorum/request.h"

/* SL_E_REFUSED where the production has no trustees. */
sl_rc sl_vault_quorum(const struct sl_vault *v, struct sl_quorum *ret, struct sl_err *err);

/* A locker as sealed to the quorum: from this home, else (`j` not NULL) from the journal; never
 * from a request. Its proof is not checked here. SL_E_MISSING where neither has it. */
sl_rc sl_vault_sealed(const struct sl_vault *v, struct sl_journal *j, const struct sl_id *locker,
                      uint32_t epoch, struct sl_sealed_locker *ret, struct sl_err *err);

struct sl_acceptances {
    struct sl_quorum quorum;
    uint32_t accepted; /* trustee i is bit i */
    uint32_t lied;     /* signed a false answer for the test locker */
    unsigned count;    /* of accepted */
    bool opened;       /* together they opened the test locker */
};
/* What the journal holds of them. */
sl_rc sl_vault_acceptances(const struct sl_vault *v, struct sl_journal *j,
                           struct sl_acceptances *ret, struct sl_err *err);
/* Whether an answer is the acceptance of one of the trustees: its number, or SL_E_REFUSED. */
sl_rc sl_vault_acceptance(const struct sl_vault *v, struct sl_view answer, unsigned *number,
                          struct sl_err *err);

/* A trustee's share, out of its home. The caller clears *ret. */
sl_rc sl_vault_share(const struct sl_vault_open *o, struct sl_share *ret, struct sl_err *err);
