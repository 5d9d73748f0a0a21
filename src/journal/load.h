/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading the journal: what is known, and what is missing. Every keeper is asked for its list of
 * slips; those that nobody explained yet are fetched and opened; one slip explains its session, so
 * that everything else of it has a known name. What an entry says is believed only if its session's
 * author may write. A list never proves absence: it is compared with what others hold.
 *
 * Kept in memory: some 400 bytes an entry, and the heads that authors have seen; bodies are fetched
 * again when they are needed, and so are the sessions' tag keys.
 */
#pragma once

#include <safelight.h>

#include "base/bytes.h"
#include "base/os.h"
#include "base/own.h"
#include "base/voice.h"
#include "format/part.h"
#include "format/slip.h"
#include "home/home.h"
#include "keeper/keeper.h"

struct sl_journal_session {
    struct sl_session explained; /* its two keys are zero here: see `names`, sl_journal_part() */
    struct sl_name_key names;
    enum sl_role role;       /* of its author; 0: nobody that maker or founding named */
    bool believed;           /* its author may write, and it signed no two entries of one number */
    bool convicted;          /* it did: proof against this session */
    bool revoked;            /* its author's key was taken back */
    bool closed;             /* its last entry is there */
    uint64_t entries;        /* numbers seen are below this */
    uint64_t believed_below; /* only numbers below; UINT64_MAX unless revoked */
    size_t newest;           /* its newest entry, if its author counts; else SIZE_MAX */
    size_t newest_heads;     /* what it has seen: index + 1 in the journal's lists of heads */
    char author[SL_ALIAS_MAX + 1];
};

struct sl_journal_entry {
    size_t session; /* index */
    uint64_t number;
    uint32_t kind;
    int64_t claimed;
    uint8_t hash[SL_SHA256_BYTES];
    uint8_t previous[SL_SHA256_BYTES];
    uint32_t held;  /* bit i: keeper i of the vault holds this slip (listed, or opened) */
    uint32_t wrong; /* bit i: it holds other bytes under this name */
    bool has_body;
    bool malformed; /* its author wrote what nobody can read: changes nothing */
    bool founds;    /* its care body is the one whose hash is the production */
    enum sl_entry_belief belief;
    uint8_t request[SL_SHA256_BYTES]; /* REQUEST, ANSWER: hash of the request */
    uint8_t to[SL_SIGN_PUBLIC_BYTES]; /* GRANT: signing key of whom it was granted to */
    /* parts: */
    bool readable; /* this home opened the body */
    int locker;    /* index in the vault, -1 unknown; of REQUEST and GRANT, too */
    struct sl_id roll;
    char roll_name[SL_ALIAS_MAX + 1];
    uint64_t part, first_pack, pack_count, files, bytes;
    uint32_t proved; /* seats of the session */
    uint8_t after[SL_SHA256_BYTES];
    bool last;
};

struct sl_roll { /* one offload, put together from its parts */
    int locker;  /* index in the vault */
    struct sl_id id;
    char name[SL_ALIAS_MAX + 16]; /* "A001", "A001~2" */
    size_t part_count;            /* parts 0..part_count-1, without a gap */
    size_t *parts;                /* indices of entries */
    bool whole;                   /* the last of them says so */
    uint64_t packs;
    int64_t claimed;    /* of its first part */
    const char *author; /* alias, borrowed */
};

struct sl_journal_keeper {
    const struct sl_keeper_info *info;
    struct sl_keeper *handle; /* NULL: away */
    bool away;
    uint64_t lacks, lied, foreign; /* slips */
    char trouble[256];             /* what was seen first */
    struct listing *listing;
};

struct sl_journal {
    const struct sl_os *os;
    const struct sl_vault *vault;
    size_t keeper_count, session_count, entry_count, roll_count;
    struct sl_journal_keeper keepers[SL_KEEPERS_MAX];
    struct sl_journal_session *sessions;
    struct sl_journal_entry *entries;
    struct sl_roll *rolls;
    uint64_t unknown_kinds, unbelieved, gaps, convicted;
    /* Entries that somebody has seen, or that a chain has to have, and that no keeper gives; and
     * entries that somebody has seen otherwise than we do, which convicts nobody. The first of
     * each in words, "" for none: names in them are fit to be printed. */
    uint64_t missing, disagreements;
    char missing_text[256], disagreement_text[256];
    uint64_t heads_over; /* heads seen that were too many to be compared */
    /* workspace */
    uint8_t *slip;
    struct sl_secret *plain_room; /* an opened slip explains its session: guarded */
    struct sl_buf plain;
    size_t session_room, entry_room;
    struct told *told;
    size_t *places, place_room; /* open addressing over (session, number): index of entry + 1 */
};

/* Ask every keeper. `thorough`: every slip of every keeper is fetched and compared, not only one
 * copy of each entry. SL_E_RETRY when no keeper at all answers. SL_E_REFUSED when this home has no
 * care identity. `voice` (may be NULL) is asked between slips whether to go on. The caller owns
 * *ret. */
sl_rc sl_journal_load(const struct sl_os *os, const struct sl_vault *v, bool thorough,
                      const struct sl_voice *voice, struct sl_journal **ret, struct sl_err *err);
void sl_journal_free(struct sl_journal *j);
SL_OWNED(journal)

/* ---- one entry again; from any keeper that holds it ---- */

/* Open the body with the vault's locker identities and its person's; appends it to *body.
 * SL_E_REFUSED: it is sealed to others; SL_E_MISSING: it has none. */
sl_rc sl_journal_body(struct sl_journal *j, const struct sl_journal_entry *e, struct sl_buf *body,
                      struct sl_err *err);
/* The same of a part of a roll, and the key of its session's tags, which the caller frees. */
sl_rc sl_journal_part(struct sl_journal *j, const struct sl_journal_entry *e, struct sl_buf *body,
                      struct sl_tag_key *tags, struct sl_err *err);
/* Append the body for care, without its salt; nothing where there is none. */
sl_rc sl_journal_care(struct sl_journal *j, const struct sl_journal_entry *e, struct sl_buf *care,
                      struct sl_err *err);
/* All of it, to be shown: *slip's views point into *plain, which the caller gives empty, with a
 * limit of at least SL_SLIP_BYTES, and wipes, as it wipes *session: both hold the session's keys.
 */
sl_rc sl_journal_whole(struct sl_journal *j, const struct sl_journal_entry *e, struct sl_buf *plain,
                       struct sl_slip *slip, struct sl_record *record, struct sl_session *session,
                       struct sl_err *err);

/* ---- what is known, as others may be told ---- */

/* The newest entry of each of the 64 sessions of known authors that wrote last, by their own
 * clocks; sorted by session, for sl_writing_saw(). */
void sl_journal_heads(const struct sl_journal *j, struct sl_head ret[SL_HEADS_MAX], size_t *count);

/* Find a roll by locker and name ("A001~2"); NULL if there is none. */
const struct sl_roll *sl_journal_roll(const struct sl_journal *j, int locker, struct sl_view name);

/* Put the rolls together from the entries; done by sl_journal_load. In rolls.c. */
sl_rc sl_journal_make_rolls(struct sl_journal *j, struct sl_err *err);
