/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What only the journal room sees: what a keeper listed, and whom the maker named.
 */
#pragma once

#include "journal/load.h"

enum listed_state {
    LISTED_UNKNOWN, /* nobody explained this name yet */
    LISTED_PRESENT, /* the name of a known entry; not opened at this keeper */
    LISTED_OPENED,  /* fetched here, and right */
    LISTED_WRONG,   /* fetched here, and not what it should be */
};

struct listed {
    uint8_t name[SL_NAME_BYTES];
    uint8_t state; /* enum listed_state */
    bool odd_size;
};

struct listing { /* slips of one keeper, sorted by name once complete */
    struct listed *at;
    size_t count, room;
};

struct author {
    struct sl_author who;
    size_t session; /* that says so */
};

struct authors {
    struct author *at;
    size_t count, room;
};

/* The index of the entry of that session and number, or entry_count. */
size_t sl_journal_find(const struct sl_journal *j, size_t session, uint64_t number);
/* Take the newest entry into what sl_journal_find() looks in. */
sl_rc sl_journal_index(struct sl_journal *j, struct sl_err *err);
/* Remember the first trouble with a keeper. */
void sl_journal_trouble(struct sl_journal_keeper *k, const char *text);

/* Fetch one slip into the workspace and open it as far as care can. */
sl_rc sl_journal_fetch(struct sl_journal *j, struct sl_journal_keeper *k,
                       const struct sl_object *name, struct sl_slip *slip, struct sl_record *record,
                       struct sl_session *session, struct sl_err *err);

/* listing.c */
sl_rc sl_listing_read(struct sl_journal_keeper *k, struct sl_err *err);
struct listed *sl_listing_find(struct sl_journal_keeper *k, const uint8_t name[SL_NAME_BYTES]);
void sl_listing_free(struct listing *l);

/* judge.c: who may do what. After everything is loaded, before keepers are compared: a stranger's
 * entries must accuse nobody. */
void sl_journal_judge(struct sl_journal *j);
