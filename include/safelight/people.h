/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * People and machines of a production: cards, trustees, invitations, kits, passphrases. Part of
 * the public face; include <safelight.h>.
 */
#pragma once

#include <safelight.h>

/* ---- cards: "trustee new", "person new" ---- */
struct sl_person_new {
    struct sl_home_at at; /* production is not looked at */
    const char *name;     /* as it stands on the card: 1 to 64 bytes of plain text */
    const char *out;      /* where the card is written; must not exist */
};
struct sl_person_shown {
    bool found;                /* the home had an identity already; the card is of that one */
    char name[65];             /* fit to be printed */
    char words[SL_WORDS_TEXT]; /* six words of the card, to be compared aloud */
    char recipient[64];        /* "age1..." */
};
/* Make the person's identity in the home, unless there is one, and write its card. The card is
 * public; the identity never leaves the home. */
sl_rc sl_person_make(struct sl *sl, const struct sl_person_new *job, struct sl_person_shown *ret,
                     struct sl_err *err);

/* What stands on a card. SL_E_BROKEN: it is no card, or was altered. */
sl_rc sl_card_look(struct sl *sl, const char *path, struct sl_person_shown *ret,
                   struct sl_err *err);

/* ---- invitations ---- */
struct sl_invite {
    struct sl_home_at at;      /* the maker's */
    const char *card;          /* "[ALIAS=]FILE"; ALIAS: the file's name without ".card" */
    const char *const *grants; /* lockers that are open on this machine */
    size_t grant_count;
    const char *out; /* NULL: the card's path with ".invite" in place of ".card" */
};
struct sl_invited {
    char out[4097];
    char alias[65];
    char card_words[SL_WORDS_TEXT]; /* of the card */
    char words[SL_WORDS_TEXT];      /* of the invitation; accepting it shows the same */
};
sl_rc sl_invite_person(struct sl *sl, const struct sl_invite *job, struct sl_invited *ret,
                       struct sl_err *err);

struct sl_accept {
    struct sl_home_at at;   /* at.production: what to call it here; NULL: "film", "film-2", ... */
    const char *invitation; /* file */
    bool trustee;           /* true: "trustee accept"; an invitation of the other kind is
                               SL_E_USAGE and says so */
    const char *out;        /* trustee: write the acknowledgement here and reach no keeper */
};
struct sl_accepted {
    char production[65];             /* what it is called in this home */
    char words[SL_WORDS_TEXT];       /* of the invitation */
    char maker_words[SL_WORDS_TEXT]; /* of the key of the maker who signed it */
    bool again; /* it was accepted here before; the acknowledgement is made anew */
    unsigned number, need, trustees; /* trustee: this one's number, t and m */
    unsigned lockers, granted;
};
/* Accept an invitation. A trustee's share is held against the commitments and kept in two files;
 * the answer for the test locker is the signed acknowledgement. SL_E_REFUSED: for somebody else, or
 * its maker dealt a share that does not fit (the sentence says so); nothing is stored then. */
sl_rc sl_accept_invitation(struct sl *sl, const struct sl_accept *job, struct sl_accepted *ret,
                           struct sl_err *err);

/* Trustee: hold the share against the commitments once more, reveal nothing. */
sl_rc sl_share_verify(struct sl *sl, const struct sl_home_at *at, struct sl_accepted *ret,
                      struct sl_err *err);

/* Take acknowledgements that came by hand, at the maker's. ret[i] of files[i]: trustee's alias. */
struct sl_ack_taken {
    char alias[65];
    bool known; /* it stood in the journal already */
};
sl_rc sl_acks_take(struct sl *sl, const struct sl_home_at *at, const char *const *files,
                   size_t count, struct sl_ack_taken *ret, struct sl_err *err);

/* ---- kits ---- */
struct sl_kit_make {
    struct sl_home_at at; /* the maker's */
    const char *const *lockers;
    size_t locker_count; /* at least one */
    const char *out;     /* must not exist */
    const char *alias;   /* what the journal calls it; NULL: the name of `out` without ".kit" */
    struct sl_passphrase_from new_from;
    bool new_no_passphrase;
    bool before_acceptance; /* although t acceptances have not opened the test locker yet */
};
struct sl_kit_made {
    char alias[65];
    unsigned accepted, need; /* trustees whose answer for the test locker is right; t */
    bool opened;             /* they opened it */
};
/* SL_E_REFUSED while fewer than t acceptances have opened the test locker. */
sl_rc sl_kit_make_one(struct sl *sl, const struct sl_kit_make *job, struct sl_kit_made *ret,
                      struct sl_err *err);
/* What its key opens from now on is shown and not believed. SL_E_MISSING: no kit of that name. */
struct sl_kit_revoked {
    uint64_t sessions, parts; /* of its, that stay believed; parts of rolls */
};
sl_rc sl_kit_revoke_one(struct sl *sl, const struct sl_home_at *at, const char *alias,
                        struct sl_kit_revoked *ret, struct sl_err *err);

/* ---- passphrase ---- */
struct sl_passphrase_new {
    struct sl_home_at at; /* every production and the identity of the home; at.kit: that kit */
    struct sl_passphrase_from new_from;
    bool new_no_passphrase;
};
struct sl_passphrase_changed {
    unsigned files; /* sealed anew */
};
/* One passphrase for all of a home. Interrupted, it leaves each file under the old or the new one;
 * running it again with the old one goes on. */
sl_rc sl_passphrase_change(struct sl *sl, const struct sl_passphrase_new *job,
                           struct sl_passphrase_changed *ret, struct sl_err *err);
