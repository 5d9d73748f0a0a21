/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A person's card and a sealed invitation (docs/format/people.md). A card is public: a name and
 * both public keys, signed. An invitation is what a bare machine needs to take part: it is signed
 * by the maker and sealed (as an age file) to the card it answers.
 */
#pragma once

#include "base/bytes.h"
#include "base/limits.h"
#include "crypto/age.h"
#include "crypto/secret.h"
#include "crypto/sign.h"
#include "format/founding.h"
#include "format/name.h"

#define SL_PERSON_NAME_MAX    64u /* bytes of UTF-8 without control characters */
#define SL_CARD_BYTES_MAX     256u
#define SL_INVITATION_MAX     (256u << 10) /* bytes of an invitation, unsealed */
#define SL_INVITED_GRANTS_MAX SL_LOCKERS_MAX

struct sl_person_card {
    char name[SL_PERSON_NAME_MAX + 1];
    struct sl_age_recipient recipient;
    uint8_t sign[SL_SIGN_PUBLIC_BYTES];
};
/* The person's signing key: Ed25519 whose seed is HKDF-SHA-256 of the identity's 32 bytes. The
 * caller frees ret->bytes. */
sl_rc sl_person_sign_key(const struct sl_age_identity *person, struct sl_sign_key *ret,
                         struct sl_err *err);
/* Append the card of a person; `name` 1..SL_PERSON_NAME_MAX bytes, fit to be printed, else
 * SL_E_USAGE. */
sl_rc sl_card_write(const char *name, const struct sl_age_identity *person, struct sl_buf *out,
                    struct sl_err *err);
/* Read one that fills `in`. SL_E_BROKEN: no card, or a name unfit to be shown; SL_E_REFUSED: not
 * signed by the key on it. */
sl_rc sl_card_read(struct sl_view in, struct sl_person_card *ret, struct sl_err *err);

enum sl_invited_as { SL_INVITED_TRUSTEE = 1, SL_INVITED_MEMBER = 2 };

struct sl_invited_grant {
    struct sl_id locker;
    uint32_t epoch;
    struct sl_view identity; /* text without NUL: secret */
};
struct sl_invitation { /* views point into what was read, or at the writer's: secret, all of it */
    enum sl_invited_as as;
    uint8_t to[SL_SIGN_PUBLIC_BYTES]; /* the card's signing key */
    struct sl_view founding;          /* salted, as in the slip: its hash is the production */
    struct sl_view care_identity;     /* text */
    struct sl_view share;             /* TRUSTEE: 88 bytes (docs/format/quorum.md); else empty */
    struct sl_view test_locker, test_request; /* empty without a quorum */
    size_t sealed_count;
    struct sl_view sealed[SL_LOCKERS_MAX]; /* sealed lockers, one each; 0 without a quorum */
    size_t grant_count;
    struct sl_invited_grant grants[SL_INVITED_GRANTS_MAX];
};
/* Append the invitation, signed by the maker's key. *out is to lie in guarded memory. */
sl_rc sl_invitation_write(const struct sl_invitation *i, const struct sl_sign_key *maker,
                          struct sl_buf *out, struct sl_err *err);
/* Read one that fills `in`. The founding inside is read too, because it names the maker whose
 * signature is checked. SL_E_BROKEN; SL_E_REFUSED: not signed by that maker. */
sl_rc sl_invitation_read(struct sl_view in, struct sl_invitation *ret, struct sl_founding *founding,
                         struct sl_err *err);
