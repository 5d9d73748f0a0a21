/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A home: what one person keeps of their productions on one machine, in a folder of mode 0700.
 *
 *   identity.age                  who this person is (keys.h); or identity.txt without a passphrase
 *   productions/ALIAS/vault.age   keys, recipients and keepers, under a passphrase (scrypt); or
 *   productions/ALIAS/vault.txt   the same without one, where the person said --no-passphrase
 *   productions/ALIAS/share-*.age a trustee's share (keys.h)
 *   productions/ALIAS/open/       lockers that were opened or granted (drawer.h)
 *   productions/ALIAS/asked/      requests that went by hand, and their answers (drawer.h)
 *   productions/ALIAS/state/      what an offload needs to go on after a kill (state.h)
 *   productions/ALIAS/spool/      sealed objects that wait for their keeper (spool.h)
 *   kits/NAME/                    state and spool of a kit that was used here (keys.h)
 *
 * A kit has recipients, keepers and a signing key. A member's home has the identity of care and of
 * the lockers that were granted to it. Only where a production has no trustees does its founding
 * home (and its copies abroad) hold every locker.
 */
#pragma once

#include <safelight.h>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/os.h"
#include "base/own.h"
#include "crypto/age.h"
#include "crypto/secret.h"
#include "format/founding.h"

#define SL_VAULT_FOLDER_ROOM (SL_ALIAS_MAX + 32u)

/* One production as this home knows it: the vault file, read. */
struct sl_vault {
    char alias[SL_ALIAS_MAX + 1];
    enum sl_role role;
    uint8_t production[SL_PRODUCTION_BYTES];
    uint8_t maker[SL_SIGN_PUBLIC_BYTES];
    uint8_t need;
    struct sl_sign_key sign; /* this home's author key */
    struct sl_state_key state;
    struct sl_age_recipient care;
    struct sl_age_identity *care_identity; /* NULL where this home cannot read the journal */
    size_t keeper_count, locker_count;
    struct sl_keeper_info keepers[SL_KEEPERS_MAX];
    struct sl_locker_info lockers[SL_LOCKERS_MAX];
    struct sl_age_identity *locker_identities[SL_LOCKERS_MAX]; /* NULL where it cannot read */
    struct sl_age_identity *person; /* whose home this is; NULL in kits and in homes on set */
    /* The quorum, where there is one; kits do not know it. */
    size_t quorum_bytes; /* of the public block (docs/format/quorum.md); 0: no trustees */
    uint8_t quorum[SL_QUORUM_BLOCK_MAX];
    size_t trustee_count;
    struct sl_trustee_info trustees[SL_TRUSTEES_MAX];
    struct sl_buf sealed[SL_LOCKERS_MAX];    /* each locker's identity, sealed to the quorum */
    struct sl_buf test_locker, test_request; /* what every acceptance answers */
    char folder[SL_VAULT_FOLDER_ROOM];       /* beneath the home; "": productions/ALIAS */
};

sl_rc sl_vault_new(struct sl_vault **ret, struct sl_err *err);
void sl_vault_free(struct sl_vault *v); /* wipes the keys */
SL_OWNED(vault)

/* The text of a vault, and back: lines of words, documented in docs/home.md. Both only ever stand
 * in guarded memory. */
#define SL_VAULT_TEXT_MAX (256u << 10)
sl_rc sl_vault_write(const struct sl_vault *v, struct sl_secret **ret, struct sl_err *err);
sl_rc sl_vault_read(struct sl_view text, struct sl_vault **ret, struct sl_err *err);

/* The locker of that name, or -1. */
int sl_vault_locker(const struct sl_vault *v, const char *alias);
int sl_vault_locker_of(const struct sl_vault *v, const struct sl_id *id, uint32_t epoch);
/* Everybody that this home can be: the lockers that it reads, and its person. Borrowed. */
#define SL_VAULT_OPENERS_MAX (SL_LOCKERS_MAX + 1u)
size_t sl_vault_openers(const struct sl_vault *v,
                        struct sl_age_identity *ret[SL_VAULT_OPENERS_MAX]);

/* ---- the folder ---- */
struct sl_home; /* an open home */

/* Open the home at `path` (made, 0700, if `create`). SL_E_MISSING says how to make one; SL_E_SYSTEM
 * where it cannot be read or written. The caller owns *ret. */
sl_rc sl_home_open(const struct sl_os *os, const char *path, bool create, struct sl_home **ret,
                   struct sl_err *err);
void sl_home_free(struct sl_home *h);
SL_OWNED(home)

/* Load the production `alias` (NULL: the only one; SL_E_USAGE lists them if there are several).
 * The passphrase is asked for where the vault has one, and handed on in *words (NULL where there
 * is none; `words` itself may be NULL). The caller owns *ret and *words. */
sl_rc sl_home_load(struct sl_home *h, const char *alias, const struct sl_passphrase_from *from,
                   struct sl_secret **words, struct sl_vault **ret, struct sl_err *err);

/* The same with a passphrase that is at hand (NULL: none). */
sl_rc sl_home_load_with(struct sl_home *h, const char *alias, const struct sl_secret *words,
                        struct sl_vault **ret, struct sl_err *err);

/* Whether the home knows a production of that alias. */
bool sl_home_knows(struct sl_home *h, const char *alias);
/* Show the alias of every production in the home. */
typedef sl_rc sl_home_each(void *who, const char *alias, struct sl_err *err);
sl_rc sl_home_productions(struct sl_home *h, sl_home_each *each, void *who, struct sl_err *err);

/* SL_E_USAGE where anything but an unfinished attempt at a home lies in its folder. */
sl_rc sl_home_must_be_new(struct sl_home *h, struct sl_err *err);

/* Store a new production; SL_E_REFUSED if one of that alias is there. `passphrase` NULL:
 * without. */
sl_rc sl_home_store(struct sl_home *h, const struct sl_vault *v, const struct sl_secret *passphrase,
                    bool low_memory, struct sl_err *err);

/* Open (making it if need be) a folder of a production: "state", "spool", "seen". The caller closes
 * the descriptor. */
sl_rc sl_home_folder(struct sl_home *h, const struct sl_vault *v, const char *name, int *ret,
                     struct sl_err *err);
const struct sl_os *sl_home_os(const struct sl_home *h);

/* ---- keepers as people write them ---- */

/* Read "alias=URL[,device=..][,operator=..][,country=..]" into *ret; id and shard are left alone.
 * SL_E_USAGE says what is wrong. */
sl_rc sl_keeper_spec_read(const char *text, struct sl_keeper_info *ret, struct sl_err *err);
/* The value of one label ("device"), or "" into `ret`. */
void sl_keeper_label(const struct sl_keeper_info *k, const char *label,
                     char ret[SL_KEEPER_LABELS_MAX + 1]);
