/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a person asked the trustees for, and what they answered: from the journal, and from what
 * went by hand. Answers to one epoch of one locker add up, whichever request they answer.
 */
#pragma once

#include "api/quorum.h"
#include "quorum/answer.h"

struct asked_request {
    struct sl_request request;
    struct sl_buf bytes; /* as it was signed */
};

struct sl_asking { /* everything this person asked about one locker */
    struct sl *sl;
    struct sl_vault_open *open;
    struct sl_journal *journal; /* NULL: no keeper was asked */
    int locker;
    struct sl_quorum quorum;
    struct sl_sealed_locker sealed;
    struct sl_gathering gathering;
    struct asked_request *requests;
    size_t count, room;
};
/* Find locker and quorum, check the locker's proof, and gather requests and answers. The caller
 * clears it, also after a failure. */
sl_rc sl_asking_gather(struct sl_asking *a, struct sl_err *err);
void sl_asking_clear(struct sl_asking *a);

/* Take answers out of a letter that came by hand, and keep those that are true. SL_E_REFUSED:
 * sealed to somebody else, or to none of these requests; a false one is counted in the gathering
 * and told. */
sl_rc sl_asking_take(struct sl_asking *a, const char *path, struct sl_err *err);

/* The newest request that still waits, or NULL. */
const struct asked_request *sl_asking_waits(const struct sl_asking *a, int64_t now);

/* Make a request, and give it to the keepers or (`out`) write it as text. */
sl_rc sl_asking_ask(struct sl_asking *a, const char *reason, int64_t expires, const char *out,
                    struct sl_err *err);
/* Write one that waits as text. */
sl_rc sl_asking_write(struct sl_asking *a, const struct asked_request *r, const char *out,
                      struct sl_err *err);
