/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What only the journal room sees: what a keeper listed, what entries say of authors and of each
 * other, a slip while it is open.
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

/* ---- what entries say of authors and of each other ---- */

struct author { /* an AUTHOR entry, of whomever */
    struct sl_author who;
    size_t session; /* that says so */
    int64_t claimed;
    uint8_t hash[SL_SHA256_BYTES]; /* of the entry */
};

struct
    taken_back { /* a REVOKED entry, of whomever: one row, and one more for every session in it */
    uint8_t key[SL_SIGN_PUBLIC_BYTES];
    size_t session;      /* that says so */
    struct sl_head kept; /* number 0: the row of the entry itself; else how many stay believed */
};

struct heads_list { /* what entries of one session, of one kind, have seen */
    size_t session;
    uint64_t number; /* of the first of these entries */
    uint32_t kind;
    bool malformed;
    uint8_t hash[SL_SHA256_BYTES];
    size_t from, count; /* in heads */
    size_t older;       /* list of the same session: index + 1 */
};

struct named {           /* of one session, the newest entry that anybody names */
    struct sl_head head; /* its `number` counts entries: the newest one's number and 1 */
    size_t by;           /* session of who says so, or BY_HOME */
};
#define BY_HOME SIZE_MAX /* this home's memory */

struct told {
    struct author *authors;
    struct taken_back *taken;
    struct heads_list *lists;
    struct sl_head *heads;
    struct named *named; /* once counted: sorted by session, each once */
    size_t *sorted;      /* sessions of the journal by their bytes */
    size_t author_count, author_room, taken_count, taken_room, list_count, list_room;
    size_t head_count, head_room, named_count, named_room;
};
void sl_journal_free_told(struct told *t);

/* ---- one slip, opened ---- */

struct opened_slip { /* views of `slip` point into the buffer it was opened to */
    struct sl_slip slip;
    struct sl_record record;
    struct sl_session session; /* with its keys: cleared by sl_opened_slip_clear() */
    uint8_t hash[SL_SHA256_BYTES];
};
void sl_opened_slip_clear(struct opened_slip *s);
#define AUTO_OPENED __attribute__((cleanup(sl_opened_slip_clear))) struct opened_slip

/* The index of the entry of that session and number, or entry_count. */
size_t sl_journal_find(const struct sl_journal *j, size_t session, uint64_t number);
/* Take the newest entry into what sl_journal_find() looks in. */
sl_rc sl_journal_index(struct sl_journal *j, struct sl_err *err);
/* Remember the first trouble with a keeper. */
void sl_journal_trouble(struct sl_journal_keeper *k, const char *text);

/* Fetch one slip and open it into *plain (what it held is lost) as far as care can. */
sl_rc sl_journal_fetch(struct sl_journal *j, struct sl_journal_keeper *k,
                       const struct sl_object *name, struct sl_buf *plain, struct opened_slip *ret,
                       struct sl_err *err);
void sl_journal_forget_plain(struct sl_journal *j); /* wipes the workspace */
/* The listed name of an entry at keeper `k`, whichever attempt, or NULL. */
struct listed *sl_journal_where(const struct sl_journal *j, struct sl_journal_keeper *k,
                                const struct sl_journal_entry *e);

/* read.c: fill *e, whose session is known, with what care and this home's lockers can read.
 * SL_E_BROKEN: its author wrote what nobody can read. */
sl_rc sl_journal_read_entry(struct sl_journal *j, const struct opened_slip *s,
                            struct sl_journal_entry *e, struct sl_err *err);

/* heads.c: keep what an entry has seen; compare, once everything is judged, what believed entries
 * have seen with what keepers give. */
#define HEADS_KEPT_MAX (1u << 18) /* some 20 MiB; more is counted in heads_over */
sl_rc sl_journal_note_heads(struct sl_journal *j, const struct opened_slip *s,
                            const struct sl_journal_entry *e, struct sl_err *err);
sl_rc sl_journal_compare_heads(struct sl_journal *j, struct sl_err *err);
/* missing.c: `by` has seen so many entries (head->number, at least 1) of that session, the last of
 * them with that hash; once all was named, what no keeper gives of it is counted. */
sl_rc sl_journal_sort_sessions(struct sl_journal *j, struct sl_err *err);
sl_rc sl_journal_name(struct sl_journal *j, const struct sl_head *head, size_t by,
                      struct sl_err *err);
sl_rc sl_journal_count_missing(struct sl_journal *j, struct sl_err *err);

/* listing.c */
sl_rc sl_listing_read(struct sl_journal_keeper *k, struct sl_err *err);
struct listed *sl_listing_find(struct sl_journal_keeper *k, const uint8_t name[SL_NAME_BYTES]);
void sl_listing_free(struct listing *l);

/* judge.c: who may do what. After everything is loaded, before keepers are compared: a stranger's
 * entries must accuse nobody. */
void sl_journal_judge(struct sl_journal *j);
bool sl_journal_may(enum sl_role role, uint32_t kind);

/* who.c: whether the entry's author is the maker, in a session that did not contradict itself. */
bool sl_journal_makers_word(const struct sl_journal *j, size_t session);
bool sl_journal_same_key(const uint8_t a[SL_SIGN_PUBLIC_BYTES],
                         const uint8_t b[SL_SIGN_PUBLIC_BYTES]); /* no secrets */
