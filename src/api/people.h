/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whose home it is: what founding, cards and invitations share.
 */
#pragma once

#include "api/inside.h"
#include "base/own.h"
#include "crypto/age.h"
#include "crypto/secret.h"
#include "home/home.h"

struct sl_person_here {      /* the person of a home, unlocked */
    bool found;              /* they were there already */
    struct sl_secret *words; /* the home's passphrase; NULL where there is none */
    struct sl_age_identity *person;
};
void sl_person_here_clear(struct sl_person_here *p);

/* The person of a home, made where there is none. The caller clears *ret, also after a failure. */
sl_rc sl_people_identity(struct sl *sl, struct sl_home *home, const struct sl_home_at *at,
                         const char *name, struct sl_person_here *ret, struct sl_err *err);

/* A new passphrase, asked for twice at a terminal; nothing where `none`. */
sl_rc sl_people_passphrase(struct sl *sl, const struct sl_passphrase_from *from, bool none,
                           const char *prompt, struct sl_secret **ret, struct sl_err *err);
/* The same where the person has one already: the options of the new one are named. */
sl_rc sl_people_new_passphrase(struct sl *sl, const struct sl_passphrase_from *from, bool none,
                               const char *prompt, struct sl_secret **ret, struct sl_err *err);
