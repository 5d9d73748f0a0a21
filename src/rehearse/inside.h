/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One rehearsal under way, as its acts see it. Flow: place.c makes the folder, acts.c the card, the
 * production and the offload, raids.c the two raids, table.c says what came of it.
 */
#pragma once

#include <safelight.h>

#include "api/api.h"
#include "base/limits.h"
#include "rehearse/facts.h"
#include "rehearse/raid.h"

#define SL_PRETEND_KEEPERS 5u
#define SL_PRETEND_NEED    3u
#define SL_RAIDS           2u
#define SL_PLACE_PATH_MAX  (SL_PATH_MAX - 512u) /* so that everything beneath it has a path */

/* Names in the rehearsal's folder. */
#define SL_IN_CARD    "card"
#define SL_IN_ON_SET  "home-on-set"
#define SL_IN_ABROAD  "home-abroad"
#define SL_IN_THIRD   "home-third"
#define SL_IN_KEEPERS "keepers"
#define SL_IN_ASIDE   "keepers-aside"
#define SL_IN_FACTS   "facts"
#define SL_IN_BACK    "back"
#define SL_THE_LOCKER "camera"
#define SL_THE_ROLL   "A001"

struct sl_place { /* the rehearsal's own folder */
    int fd;
    bool made;                        /* by us: removed at the end, where not, only emptied */
    bool links;                       /* its file system has hard links */
    bool can_prove;                   /* reading past the page cache works here */
    char path[SL_PLACE_PATH_MAX + 1]; /* absolute */
};

struct sl_raid {       /* one raid and what came back after it */
    unsigned wiped[2]; /* keepers, counted from 1; 0: none */
    unsigned liar;     /* 0: none */
    struct sl_lies lies;
    struct sl_restored restored;
    struct sl_facts_verdict facts;
    bool done;
};

struct sl_rehearsal {
    struct sl *sl;
    const struct sl_os *os;
    const struct sl_rehearse *job;
    struct sl_place place;
    struct sl_facts card;
    struct sl_verdict verdict;
    struct sl_sight sight;
    unsigned keys_abroad; /* age identities in the home abroad, */
    uint64_t keys_on_set; /* and places in the home on set where one of them stands */
    struct sl_raid raids[SL_RAIDS];
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
sl_rc sl_act_production(struct sl_rehearsal *r, struct sl_err *err);
sl_rc sl_act_offload(struct sl_rehearsal *r, struct sl_err *err);
sl_rc sl_act_look(struct sl_rehearsal *r, struct sl_err *err);

/* raids.c: both raids; what came back stands in r->raids. */
sl_rc sl_act_raids(struct sl_rehearsal *r, struct sl_err *err);

/* table.c: tell what came of it. SL_OK only if all agrees, else SL_E_BROKEN and what does not. */
sl_rc sl_act_table(const struct sl_rehearsal *r, struct sl_err *err);
/* "412.3 MB" and the like, decimal, as camera cards are sold. */
const char *sl_bytes_words(uint64_t bytes, char ret[32]);

/* Progress of walks over the card's bytes; `who` is the rehearsal. */
void sl_act_begin(struct sl_rehearsal *r, const char *task, uint64_t bytes, uint64_t files);
sl_rc sl_act_tick(void *who, uint64_t bytes, const char *path, struct sl_err *err);
