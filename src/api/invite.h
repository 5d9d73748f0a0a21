/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Making an invitation: what a bare machine needs to take part, sealed to a card. Foundings make
 * them for trustees, the maker later for others.
 */
#pragma once

#include "api/files.h"
#include "api/vault.h"

struct sl_inviting {
    const struct sl_vault *vault; /* with the identities of the lockers that are granted */
    struct sl_view founding;      /* salted, as in its slip */
    const struct sl_card_file *to;
    const struct sl_secret *share; /* trustees only; else NULL */
    const int *grants;             /* lockers, by place in the vault */
    size_t grant_count;
    const char *out;
};
/* Write the invitation to a new file; its six words into `words`. */
sl_rc sl_invitation_make(struct sl *sl, const struct sl_inviting *in, char words[SL_WORDS_TEXT],
                         struct sl_err *err);

/* The entry of a grant. Its body is secret and sealed by the scribe at once. */
struct sl_scribe;
sl_rc sl_invited_say_grant(struct sl_scribe *b, const struct sl_vault *v, int locker,
                           const struct sl_card_file *to, struct sl_err *err);
