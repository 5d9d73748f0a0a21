/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A few entries of one session: what people do to a production (found, invite, grant, ask, answer,
 * accept, revoke). Each entry goes through the spool: it is durable here before any keeper sees
 * it, so that a kill loses nothing that was said; what a keeper does not take waits there.
 */
#pragma once

#include "api/vault.h"
#include "journal/write.h"

struct sl_scribe;

/* Begin a session. `j` (may be NULL) is what was seen of the others: its heads stand in every
 * entry. Unless it is the founding's session, OPENED is its first entry. The caller frees *ret. */
sl_rc sl_scribe_open(struct sl *sl, struct sl_home *home, const struct sl_vault *v,
                     const struct sl_journal *j, bool founding, struct sl_scribe **ret,
                     struct sl_err *err);
void sl_scribe_free(struct sl_scribe *b);
SL_OWNED(scribe)

/* What an entry says: a body for some, sealed here to `to`; and one for every member. */
struct sl_saying {
    uint32_t kind;
    struct sl_view body; /* empty: none */
    const struct sl_age_recipient *to;
    size_t to_count;
    struct sl_view care; /* without salt; empty: none */
};
sl_rc sl_scribe_say(struct sl_scribe *b, const struct sl_saying *s, struct sl_err *err);
/* The same with a care body that was salted before: the founding's, whose hash is the
 * production. */
sl_rc sl_scribe_say_salted(struct sl_scribe *b, uint32_t kind, struct sl_view salted,
                           const uint8_t hash[SL_SHA256_BYTES], struct sl_err *err);

/* The maker's word that somebody, or some machine, may write. */
sl_rc sl_scribe_say_author(struct sl_scribe *b, const uint8_t key[SL_SIGN_PUBLIC_BYTES],
                           enum sl_role role, const char *alias, struct sl_err *err);

/* Write the last entry of the session; nothing was sent yet. */
sl_rc sl_scribe_close(struct sl_scribe *b, struct sl_err *err);
/* Hand what was said to the keepers. Trouble with one of them is told, and what it lacks waits in
 * the spool. */
sl_rc sl_scribe_send(struct sl_scribe *b, struct sl_err *err);

/* The maker's word for a machine that only writes, and all around it: said before the machine gets
 * its keys, because one that was never named would be believed by nobody. */
sl_rc sl_scribe_announce(struct sl *sl, struct sl_vault_open *o, const struct sl_journal *j,
                         const struct sl_vault *machine, const char *alias, struct sl_err *err);

/* One saying and all around it. */
sl_rc sl_scribe_once(struct sl *sl, struct sl_vault_open *o, const struct sl_journal *j,
                     const struct sl_saying *says, size_t count, struct sl_err *err);
