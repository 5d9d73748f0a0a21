/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Single entries of the journal: listed, shown, and checked by somebody who has nothing else. Part
 * of the public face; include <safelight.h>.
 */
#pragma once

#include <safelight.h>

#define SL_ENTRY_ID_TEXT 65u /* 64 hex digits and NUL: the entry's hash */

enum sl_entry_belief {
    SL_BELIEF_YES,
    SL_BELIEF_UNKNOWN_AUTHOR, /* nobody that the maker named */
    SL_BELIEF_REVOKED,        /* its author's key was taken back */
    SL_BELIEF_NOT_ALLOWED,    /* its author may not write this kind */
    SL_BELIEF_CONVICTED,      /* its session signed two entries with one number */
    SL_BELIEF_MALFORMED,
    SL_BELIEF_UNKNOWN_KIND, /* kept, counted, shown */
};
struct sl_entry_line {
    char id[SL_ENTRY_ID_TEXT];
    uint32_t kind;
    const char *kind_word; /* "part", "request", ...; stable, for machines; "unknown" */
    const char *author;    /* alias; "" where unknown */
    uint8_t session[32];
    uint64_t number;
    int64_t claimed;
    unsigned keepers; /* that hold it */
    enum sl_entry_belief belief;
};
typedef sl_rc sl_entry_each(void *who, const struct sl_entry_line *line, struct sl_err *err);
sl_rc sl_entry_list(struct sl *sl, const struct sl_home_at *at, sl_entry_each *each, void *who,
                    struct sl_err *err);

/* Write one entry as a text (JSON) that stands alone: record, signature, who certified its session
 * and, where this home opens it, salt and body; the body that every member reads only with `care`.
 */
struct sl_entry_show {
    struct sl_home_at at;
    const char *id;  /* the beginning of an entry's id, at least 6 digits */
    const char *out; /* NULL or "-": standard output */
    bool care;       /* disclose the body for care, too */
    bool bare;       /* disclose no body at all */
};
sl_rc sl_entry_show_one(struct sl *sl, const struct sl_entry_show *job, struct sl_err *err);

struct sl_entry_verified {
    char id[SL_ENTRY_ID_TEXT];
    char production[65]; /* hex */
    char author[65];     /* the long key, hex */
    char author_words[SL_WORDS_TEXT];
    char session[65]; /* hex */
    uint64_t number;
    uint32_t kind;
    const char *kind_word;
    int64_t claimed;
    bool has_body, shows_body; /* the record names one; it is here and has that hash */
    bool has_care, shows_care;
    bool author_matches; /* `card` was given and is of the author's key */
    size_t body_bytes, care_bytes;
};
/* Check one shown entry with nothing else at hand. `card` may be NULL. SL_E_BROKEN: it is none;
 * SL_E_REFUSED: a signature or a hash is wrong, or another person wrote it. `body_out` (may be
 * NULL) gets the disclosed body's bytes, "-": standard output. */
sl_rc sl_entry_verify(struct sl *sl, const char *path, const char *card, const char *body_out,
                      struct sl_entry_verified *ret, struct sl_err *err);
