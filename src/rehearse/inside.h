/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One rehearsal under way, as its acts see it. Flow: place.c makes the folder, acts.c the card,
 * founding.c the people and the production, acts.c the offload, raids.c the way out three times
 * (nothing lost, and after two raids; opening.c asks the trustees), table.c says what came of it.
 */
#pragma once

#include <safelight.h>

#include "api/api.h"
#include "base/limits.h"
#include "rehearse/facts.h"
#include "rehearse/raid.h"

#define SL_PRETEND_KEEPERS 5u
#define SL_PRETEND_NEED    3u
#define SL_PRETEND_QUORUM  2u                   /* of three trustees */
#define SL_ROUNDS          3u                   /* nothing lost, first raid, second raid */
#define SL_PLACE_PATH_MAX  (SL_PATH_MAX - 512u) /* so that everything beneath it has a path */

/* Names in the rehearsal's folder. */
#define SL_IN_CARD      "card"
#define SL_IN_SOUND     "sound-card"
#define SL_IN_CAPTURE   "capture" /* the machine on set: its home and its kit */
#define SL_IN_HOME      SL_IN_CAPTURE "/home"
#define SL_IN_KIT       SL_IN_CAPTURE "/capture.kit"
#define SL_IN_MAKER     "maker"
#define SL_IN_PEOPLE    "people"  /* homes of the trustees and of the editor */
#define SL_IN_LETTERS   "letters" /* cards, invitations, and what goes by hand */
#define SL_IN_KEEPERS   "keepers"
#define SL_IN_ASIDE     "keepers-aside"
#define SL_PEOPLE_ASIDE "people-aside"
#define SL_ONE_ASIDE    "keeper-aside"
#define SL_IN_FACTS     "facts"
#define SL_IN_BACK      "back"
#define SL_THE_LOCKER   "camera"
#define SL_THE_ROLL     "A001"
#define SL_SHUT_LOCKER  "sound" /* nobody consents to this one */
#define SL_SHUT_ROLL    "S001"

enum sl_who { SL_WHO_MAKER, SL_WHO_ANA, SL_WHO_BO, SL_WHO_CY, SL_WHO_EDITOR, SL_WHO_COUNT };
#define SL_TRUSTEES 3u /* SL_WHO_ANA is number 1 */

struct sl_place { /* the rehearsal's own folder */
    int fd;
    bool made;                        /* by us: removed at the end, where not, only emptied */
    bool links;                       /* its file system has hard links */
    bool can_prove;                   /* reading past the page cache works here */
    char path[SL_PLACE_PATH_MAX + 1]; /* absolute */
};

struct sl_raid {          /* one round: what is lost, who consents, and what came back */
    unsigned wiped[2];    /* keepers, counted from 1; 0: none. None at all: no raid */
    unsigned liar;        /* a keeper; 0: none */
    enum sl_who yes[2];   /* trustees that consent */
    enum sl_who false_by; /* a trustee that signs a false answer; 0: none */
    bool by_hand;         /* request and answers are carried as texts, past the keepers */
    struct sl_lies lies;
    bool false_named;
    bool done;
    struct sl_restored restored;
    struct sl_facts_verdict facts;
};

struct sl_at { /* one person at their own home */
    struct sl_home_at at;
    char home[SL_PATH_MAX];
};

struct sl_rehearsal {
    struct sl *sl;
    struct sl *quiet; /* what people's programs say while they work: detail here */
    const struct sl_os *os;
    const struct sl_rehearse *job;
    struct sl_place place;
    struct sl_facts card;
    struct sl_verdict verdict;
    struct sl_sight sight;
    unsigned keys_kept;   /* age identities in the homes of all people, */
    uint64_t keys_on_set; /* and places on the capture machine where one of them stands */
    struct sl_raid rounds[SL_ROUNDS];
    struct sl_progress progress;
};

/* place.c: make the folder (SL_E_USAGE if it is neither new nor empty), learn what it can do. */
sl_rc sl_place_make(struct sl_rehearsal *r, struct sl_err *err);
/* SL_E_SYSTEM where fewer bytes are free than the rehearsal of such a card takes; says how many. */
sl_rc sl_place_check_space(struct sl_rehearsal *r, uint64_t card_bytes, uint64_t card_files,
                           struct sl_err *err);
/* Remove everything the rehearsal made. */
sl_rc sl_place_remove(struct sl_rehearsal *r, struct sl_err *err);
/* Path of a name in the folder; at most SL_PATH_MAX bytes with NUL. */
void sl_place_path(const struct sl_rehearsal *r, const char *name, char ret[SL_PATH_MAX]);

/* acts.c */
sl_rc sl_act_card(struct sl_rehearsal *r, struct sl_err *err);
sl_rc sl_act_offload(struct sl_rehearsal *r, struct sl_err *err);
sl_rc sl_act_look(struct sl_rehearsal *r, struct sl_err *err);

/* founding.c: cards, invitations, acceptances, and the kit, which is refused before them. */
sl_rc sl_act_production(struct sl_rehearsal *r, struct sl_err *err);
/* "ana"; what everybody calls them, and the name of their home. */
const char *sl_who_alias(enum sl_who who);
void sl_who_at(const struct sl_rehearsal *r, enum sl_who who, struct sl_at *ret);

/* opening.c: SL_OK only if this person cannot restore what stands in this locker, and nothing is
 * written. */
sl_rc sl_cannot_read(struct sl_rehearsal *r, enum sl_who who, const char *what, struct sl_err *err);
/* The editor asks for SL_THE_LOCKER and opens it as this round has it; one consent must not be
 * enough, a false answer must be named and not counted. */
sl_rc sl_open_it(struct sl_rehearsal *r, struct sl_raid *raid, struct sl_err *err);
/* With SL_THE_LOCKER open, SL_SHUT_LOCKER must be shut: listed so, no consent counts for it. */
sl_rc sl_stays_shut(struct sl_rehearsal *r, struct sl_err *err);

/* false_answer.c: read the true answer `from` (a name in the folder), which this trustee gave to
 * the editor by hand, and write it to `to` with another proof, signed and sealed anew. */
sl_rc sl_false_answer(struct sl_rehearsal *r, enum sl_who trustee, const char *from, const char *to,
                      struct sl_err *err);

/* raids.c: the way out, and both raids; what came back stands in r->rounds. */
sl_rc sl_act_raids(struct sl_rehearsal *r, struct sl_err *err);

/* table.c: tell what came of it. SL_OK only if all agrees, else SL_E_BROKEN and what does not. */
sl_rc sl_act_table(const struct sl_rehearsal *r, struct sl_err *err);
/* "412.3 MB" and the like, decimal, as camera cards are sold. */
const char *sl_bytes_words(uint64_t bytes, char ret[32]);

/* Progress of walks over the card's bytes; `who` is the rehearsal. */
void sl_act_begin(struct sl_rehearsal *r, const char *task, uint64_t bytes, uint64_t files);
sl_rc sl_act_tick(void *who, uint64_t bytes, const char *path, struct sl_err *err);
