/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Gathering answers until a locker opens. Answers to one epoch of one locker add up, whoever asked
 * and when; each is checked against the request it answers, false ones name their author, and any
 * t true ones open this one locker. Last step of an opening.
 */
#pragma once

#include "base/bytes.h"
#include "crypto/age.h"
#include "quorum/answer.h"

/* Borrows quorum and locker. Trustee i is bit i of the sets. */
struct sl_gathering {
    const struct sl_quorum *quorum;
    const struct sl_sealed_locker *locker;
    uint32_t yes;      /* true answers, counted once each */
    uint32_t no;       /* signed refusals of those who said no other thing since */
    uint32_t false_by; /* who signed a false answer; one of theirs may still count */
    struct sl_point parts[SL_TRUSTEES_MAX + 1];
};

/* Checks the locker's proof. SL_E_REFUSED if it is not sealed to this quorum. */
sl_rc sl_gathering_begin(const struct sl_quorum *q, const struct sl_sealed_locker *l,
                         struct sl_gathering *ret, struct sl_err *err);
/* Count an answer to `request`. SL_OK: counted. SL_E_REFUSED: false (its author is in false_by),
 * for something else, not signed, or counted already; the gathering goes on without it. */
sl_rc sl_gathering_add(struct sl_gathering *g, const struct sl_request *request,
                       const struct sl_answer *a, struct sl_err *err);
/* How many more trustees have to say yes. */
unsigned sl_gathering_missing(const struct sl_gathering *g);
/* Open with what was gathered. SL_E_REFUSED while some are missing; SL_E_BROKEN where the locker's
 * maker sealed something else than its recipient's identity. The caller frees *ret. */
sl_rc sl_gathering_open(const struct sl_gathering *g, struct sl_age_identity **ret,
                        struct sl_err *err);
