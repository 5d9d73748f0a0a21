/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lockers and their opening: who may read what, requests, answers. Part of the public face; include
 * <safelight.h>.
 */
#pragma once

#include <safelight.h>

/* ---- lockers ---- */
enum sl_locker_state {
    SL_LOCKER_SHUT,    /* this home cannot read it */
    SL_LOCKER_GRANTED, /* somebody granted it to this person */
    SL_LOCKER_OPENED,  /* a quorum opened it for this person */
    SL_LOCKER_HELD,    /* a production without trustees: this home holds the key */
};
struct sl_locker_line {
    const char *alias;
    const char *recipient; /* "age1..." */
    uint32_t epoch;
    enum sl_locker_state state;
    bool quorum; /* sealed to trustees */
};
typedef sl_rc sl_locker_each(void *who, const struct sl_locker_line *line, struct sl_err *err);
sl_rc sl_locker_list(struct sl *sl, const struct sl_home_at *at, sl_locker_each *each, void *who,
                     struct sl_err *err);

/* Seal an open locker's key to somebody's card. SL_E_REFUSED where it is not open here. */
struct sl_grant {
    struct sl_home_at at;
    const char *locker;
    const char *card; /* "[ALIAS=]FILE" of somebody invited before */
};
struct sl_granted {
    char alias[65];
    char words[SL_WORDS_TEXT]; /* of the card */
};
sl_rc sl_grant_locker(struct sl *sl, const struct sl_grant *job, struct sl_granted *ret,
                      struct sl_err *err);

/* Forget an opened locker on this machine. What was granted in the journal stays granted. */
struct sl_closed_locker {
    bool was_open;
    bool still_granted;
};
sl_rc sl_close_locker(struct sl *sl, const struct sl_home_at *at, const char *locker,
                      struct sl_closed_locker *ret, struct sl_err *err);

/* ---- opening ---- */
#define SL_REQUEST_ID_TEXT 33u /* 32 hex digits and NUL */
#define SL_EXPIRES_DAYS    30u /* of a request, where nothing else is said */
struct sl_open {
    struct sl_home_at at;
    const char *locker;
    const char *reason;    /* asks; 1 to 600 bytes. NULL: only collect */
    unsigned expires_days; /* 0: never */
    const char *out;       /* write the request there as text and not to the keepers */
    const char *const *in; /* texts with answers; with them no keeper is needed */
    size_t in_count;
    bool again; /* ask anew although a request waits */
};
struct sl_trustee_said {
    char alias[65];
    bool yes, no, lied; /* none: has not answered */
};
struct sl_opening {
    bool open;                        /* this home reads the locker now (or did already) */
    bool was_open;                    /* it did already; nothing was asked */
    bool asked;                       /* this run made a request */
    char request[SL_REQUEST_ID_TEXT]; /* the newest one that waits, "" for none */
    char words[SL_WORDS_TEXT];        /* of that request, to be compared aloud where it goes by
                                         hand */
    unsigned need, yes, no, lied;
    unsigned trustee_count;
    struct sl_trustee_said trustees[16];
};
/* Ask, or collect what was answered. SL_OK: open, or asked. SL_E_RETRY: answers are missing (*ret
 * says whose). SL_E_USAGE: nothing was asked yet and no reason is given. */
sl_rc sl_open_locker(struct sl *sl, const struct sl_open *job, struct sl_opening *ret,
                     struct sl_err *err);

/* ---- the trustee's side ---- */
struct sl_request_line {
    char id[SL_REQUEST_ID_TEXT];
    char who[65]; /* alias of the person who asks; "" where this home does not know the key */
    char words[SL_WORDS_TEXT]; /* of the request, as at the requester's */
    const char *locker;
    const char *reason; /* not escaped */
    uint32_t epoch;
    int64_t claimed, expires; /* seconds since 1970; expires 0: never */
    bool expired;             /* by this machine's clock */
    bool answered;            /* this trustee answered it already; what, where this home knows: */
    bool said_yes, said_no;
    unsigned others; /* of this locker and epoch: requests besides this one */
    unsigned need, trustees;
};
typedef sl_rc sl_request_each(void *who, const struct sl_request_line *line, struct sl_err *err);
sl_rc sl_request_list(struct sl *sl, const struct sl_home_at *at, sl_request_each *each, void *who,
                      struct sl_err *err);

struct sl_answer_job {
    struct sl_home_at at;
    const char *id;  /* the beginning of a request's id, at least 6 digits; or NULL and: */
    const char *in;  /* a text with one request, "-": standard input */
    const char *out; /* write the answer there, sealed to who asks, "-": standard output. Needed
                        with `in`; optional otherwise */
    bool yes;
    /* Shown the request, before a yes is made: SL_OK goes on, anything else ends it with that.
     * NULL: goes on. */
    sl_rc (*confirm)(void *who, const struct sl_request_line *line, struct sl_err *err);
    bool vouch; /* `in`, from a key that this home does not know: its six words were compared */
    void *who;
};
/* SL_E_REFUSED: expired, for another production, of somebody who may not ask, or the locker's proof
 * does not hold. */
struct sl_answered {
    struct sl_request_line line; /* locker and reason point into the two below */
    char locker[65];
    char reason[601];
};
sl_rc sl_answer_request(struct sl *sl, const struct sl_answer_job *job, struct sl_answered *ret,
                        struct sl_err *err);
