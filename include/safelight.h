/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The public face of Safelight: what the command does, as functions. Opaque types, plain structs of
 * strings and numbers; no type of a foreign library shows through. Every function returns sl_rc and
 * fills *err on failure; nothing here prints: talk goes to the callbacks of struct sl_talk.
 *
 * Strings are UTF-8 or, for paths, any bytes but NUL, ended by NUL. Views given to callbacks live
 * only as long as the call. A callback may come from any thread, but never two at once.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <safelight/err.h>

#define SL_VERSION_TEXT "0.1.0"
#define SL_FORMAT_TEXT  "1 (draft)"

#define SL_WORDS_TEXT 64u /* six words of up to 8 letters, blanks, NUL */

struct sl; /* one program's use of the library */

enum sl_level { SL_SAY_DETAIL, SL_SAY_INFO, SL_SAY_WARNING };

struct sl_progress {
    const char *task; /* "offload", "restore", ... (stable, for machines) */
    uint64_t done_bytes, all_bytes;
    uint64_t done_files, all_files;
    const char *name; /* file at hand, may be NULL; not escaped */
};

struct sl_talk {
    void *who;
    void (*say)(void *who, enum sl_level level, const char *text); /* one message, may have lines */
    void (*progress)(void *who, const struct sl_progress *p);      /* may be NULL */
};

/* Where a passphrase comes from; the first that is set counts, else the terminal is asked. File
 * and command give exactly one line; of a descriptor one line is read and no byte more. */
struct sl_passphrase_from {
    const char *file;
    int fd;              /* -1: none */
    const char *command; /* run as `sh -c command` */
};

sl_rc sl_start(const struct sl_talk *talk, struct sl **ret, struct sl_err *err);
void sl_end(struct sl *sl);
/* Ask every journey under way to stop cleanly (SL_E_CANCELLED). Async-signal-safe. */
void sl_stop(struct sl *sl);

/* ---- age files, for anyone ---- */
struct sl_seal {
    const char *const *recipients; /* "age1..." */
    size_t recipient_count;
    const char *const *recipient_files; /* one recipient a line, # comments; "-": standard input */
    size_t recipient_file_count;
    bool passphrase; /* seal to a passphrase instead */
    struct sl_passphrase_from from;
    bool armor;
    const char *in;  /* NULL or "-": standard input */
    const char *out; /* NULL or "-": standard output */
    bool force;      /* an `out` that exists is replaced; otherwise that is SL_E_USAGE */
};
sl_rc sl_seal_file(struct sl *sl, const struct sl_seal *job, struct sl_err *err);

struct sl_unseal {
    const char *const *identity_files; /* age identity files, themselves sealed or not */
    size_t identity_file_count;
    struct sl_passphrase_from from; /* of the file, or of sealed identity files */
    const char *in, *out;
    bool force;
};
/* On damage nothing after the last good chunk is written and what was written stays as OUT.part
 * (SL_E_BROKEN). */
sl_rc sl_unseal_file(struct sl *sl, const struct sl_unseal *job, struct sl_err *err);

/* ---- homes and productions ---- */
struct sl_home_at {         /* which home, which production, how it is unlocked */
    const char *home;       /* folder; never NULL: the program says where it looks for one */
    const char *production; /* alias; NULL: the only one */
    struct sl_passphrase_from from;
    bool no_passphrase; /* when a home is made: keep its keys without one */
    bool low_memory;
    const char *kit; /* a kit's file in the place of a production: offload, send, status */
};

struct sl_init {
    struct sl_home_at at;       /* at.production: ALIAS of the new production */
    const char *const *keepers; /* "alias=URL[,device=..][,operator=..][,country=..]" */
    size_t keeper_count;
    unsigned need;
    const char *const *lockers;
    size_t locker_count;
    const char *name;            /* on the maker's card where the home has no identity yet; NULL:
                                    "maker" */
    const char *const *trustees; /* "[ALIAS=]CARD"; none: this home holds every key itself */
    size_t trustee_count;
    unsigned quorum;           /* t */
    const char *const *grants; /* "LOCKER=CARD": sealed to that person before the key is wiped */
    size_t grant_count;
    const char *invitations; /* folder for them; NULL: each beside its card */
    bool one_trustee_opens;  /* t = 1 is meant */
    bool one_arrest_blocks;  /* t = m is meant */
    bool dry_run;
};
struct sl_init_done {
    unsigned invited; /* trustees first, then those granted */
    struct sl_init_invited {
        char alias[65];
        char out[4097];                 /* the invitation */
        char card_words[SL_WORDS_TEXT]; /* six words each: of the card, of the invitation */
        char words[SL_WORDS_TEXT];
        bool trustee;
    } * invitations;           /* freed by sl_init_done_clear() */
    unsigned quorum, trustees; /* t, m; 0 without trustees */
};
void sl_init_done_clear(struct sl_init_done *d);
/* Found a production. `done` may be NULL. With trustees: draw the quorum's secret, deal it, seal
 * every locker to the quorum and to those granted, and wipe what opens them. */
sl_rc sl_init_production(struct sl *sl, const struct sl_init *job, struct sl_init_done *done,
                         struct sl_err *err);

enum sl_home_kind {
    SL_HOME_ON_SET, /* recipients, keepers and a signing key of its own: can only write */
    SL_HOME_ABROAD, /* everything this home holds */
};
struct sl_home_make {
    struct sl_home_at at; /* the home it is made from: the founding one */
    enum sl_home_kind kind;
    const char *out;            /* folder of the new home; must not exist or be empty */
    const char *alias;          /* what the journal calls its author; NULL: "on set" / "abroad" */
    const char *const *lockers; /* on set: lockers it may write to; none: all */
    size_t locker_count;
    struct sl_passphrase_from new_from; /* passphrase of the new home */
    bool new_no_passphrase;
};
sl_rc sl_home_make_one(struct sl *sl, const struct sl_home_make *job, struct sl_err *err);

/* ---- the way in ---- */
struct sl_offload {
    struct sl_home_at at;
    const char *card, *locker, *roll;
    const char *const *without; /* keepers to leave out of this run, by the person's own word */
    size_t without_count;
    bool dry_run;
    bool one_thread; /* no threads at all, fixed order (tests, simulator) */
};

#define SL_REASON_MAX 24u

/* Forget what this machine remembers of an unfinished roll: nobody will go on with it. Needs no
 * card. *dropped: how many runs were forgotten. SL_E_MISSING: there is none of that name. */
sl_rc sl_offload_forget(struct sl *sl, const struct sl_home_at *at, const char *roll, bool dry_run,
                        unsigned *dropped, struct sl_err *err);

struct sl_verdict { /* section 7 of the design, spelled out */
    bool safe;
    bool left_out;         /* true: nothing was offloaded (dry run) */
    char sentence[512];    /* the verdict in one sentence */
    unsigned reason_count; /* what is missing, one sentence each */
    char reasons[SL_REASON_MAX][256];
    unsigned remark_count; /* true, but no hindrance */
    char remarks[SL_REASON_MAX][256];
    unsigned need, keepers, proved, may_be_lost, far;
    uint64_t files, folders, bytes, packs, parts;
    uint64_t resumed_bytes; /* of these, sealed by an earlier run that was killed */
    uint64_t elapsed_ms;
};
/* SL_OK: safe to format. SL_E_UNSAFE: everything done that could be, verdict says what is missing.
 * *verdict is filled in both cases, and as far as it goes in others. */
sl_rc sl_offload_card(struct sl *sl, const struct sl_offload *job, struct sl_verdict *verdict,
                      struct sl_err *err);

/* Push what waits in the spool to its keepers. SL_E_RETRY while something still waits. */
struct sl_sent {
    uint64_t objects, bytes, waiting;
};
sl_rc sl_send_spool(struct sl *sl, const struct sl_home_at *at, struct sl_sent *ret,
                    struct sl_err *err);

/* ---- what is there ---- */
enum sl_listed { SL_LISTED_LOCKER, SL_LISTED_ROLL, SL_LISTED_FOLDER, SL_LISTED_FILE };
struct sl_list_line {
    enum sl_listed what;
    const char *path; /* "camera", "camera/A001", "camera/A001/CLIP/C0001.MP4"; not escaped */
    size_t path_bytes;
    uint64_t bytes, files;
    int64_t mtime_s;
    uint32_t mtime_ns, mode;
    bool whole;         /* rolls: the last part is there, and all before it */
    bool readable;      /* false: this home does not hold the locker's key */
    const char *author; /* rolls: who offloaded it */
    int64_t claimed;    /* rolls: when, as claimed */
    uint8_t sha256[32]; /* files */
};
typedef sl_rc sl_list_each(void *who, const struct sl_list_line *line, struct sl_err *err);
/* `what`: NULL or "" for lockers and rolls, "camera" for its rolls, deeper for files. */
sl_rc sl_list(struct sl *sl, const struct sl_home_at *at, const char *what, bool recursive,
              sl_list_each *each, void *who, struct sl_err *err);

/* ---- the way out ---- */
struct sl_restore {
    struct sl_home_at at;
    const char *what; /* "camera/A001[/path]" or "camera" */
    const char *dest;
    bool dry_run;
    bool one_thread;
};
struct sl_keeper_report { /* what one keeper did in this run */
    char alias[65];
    bool away;                          /* could not be reached at all */
    uint64_t lied_shards, lied_slips;   /* answered, with wrong bytes */
    uint64_t lacks_shards, lacks_slips; /* should hold it, does not */
    uint64_t gave_shards;
    char first_trouble[256]; /* what was seen first, in words; "" for none */
};
struct sl_restored {
    uint64_t files, folders, bytes; /* written or found whole */
    uint64_t kept_files;            /* of these, already there and right */
    uint64_t failed_files;          /* could not be rebuilt or written */
    unsigned keeper_count;
    struct sl_keeper_report keepers[32];
    uint64_t elapsed_ms;
};
/* SL_OK: every byte asked for is right (liars are named in *ret and said). SL_E_BROKEN: something
 * could not be rebuilt; the rest was restored. */
sl_rc sl_restore_tree(struct sl *sl, const struct sl_restore *job, struct sl_restored *ret,
                      struct sl_err *err);

/* ---- what is safe, what is not ---- */
struct sl_status_roll {
    char locker[65], roll[80], author[65];
    bool whole, readable;
    uint64_t parts, packs;
    unsigned keepers_full; /* keepers that list every shard of it */
    unsigned may_be_lost;  /* any so many keepers may vanish */
};
struct sl_status {
    char production[65];
    bool can_read; /* this home holds the care key */
    unsigned need, keeper_count, locker_count;
    struct sl_keeper_report keepers[32];
    uint64_t waiting_objects; /* in this home's spool */
    unsigned unfinished;      /* rolls begun here and not yet safe */
    uint64_t entries, unknown_entries, foreign_slips, sessions;
    uint64_t unbelieved;      /* entries of unknown, revoked or unauthorised authors */
    uint64_t missing_entries; /* that somebody, or this home, saw and no keeper gives */
    uint64_t convicted;       /* sessions that signed two entries with one number */
    unsigned quorum;          /* t; 0: no trustees */
    unsigned trustee_count, accepted;
    bool test_opened; /* the acceptances have opened the test locker */
    struct sl_status_trustee {
        char alias[65];
        bool accepted, lied; /* lied: signed an answer for the test locker that is false */
    } trustees[16];
    unsigned requests; /* that wait for an answer of this trustee, or for answers to this person */
    uint64_t shut_parts; /* parts of rolls in lockers that this home cannot read */
    size_t roll_count;
    struct sl_status_roll *rolls; /* freed by sl_status_clear */
};
sl_rc sl_status_of(struct sl *sl, const struct sl_home_at *at, struct sl_status *ret,
                   struct sl_err *err);
void sl_status_clear(struct sl_status *s);

/* ---- the whole main job, rehearsed ---- */
struct sl_rehearse {
    const char *dir;  /* folder of its own; NULL: one beneath `tmp`, removed again */
    const char *card; /* the person's own card, read only; NULL: one is made with ffmpeg */
    const char *tmp;  /* where a folder is made when dir is NULL; NULL: /var/tmp */
    bool keep;        /* leave everything there */
    unsigned clip_mb; /* size of the one big clip; 0: 300 */
};
/* Talks while it goes; its table goes to `say` at the end. SL_OK only if all agrees. After another
 * failure than SL_E_CANCELLED the folder is left to be looked at, and named. */
sl_rc sl_rehearse_all(struct sl *sl, const struct sl_rehearse *job, struct sl_err *err);

#include <safelight/people.h>

#include <safelight/opening.h>

#include <safelight/entry.h>
