/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the stages of a restore hand to each other.
 *
 *   want -> fetch -> write -> finish
 *
 * A cargo is one pack coming back; it is lent, so the number of cargoes bounds the memory. Packs
 * are fetched and opened in any order and by several workers; write and finish put them in order.
 */
#pragma once

#include "crypto/aead.h"
#include "crypto/derive.h"
#include "flow/line.h"
#include "format/manifest.h"
#include "keeper/keeper.h"
#include "pack/pack.h"
#include "restore/restore.h"
#include "shard/shard.h"

#define CARGOES_MAX      6u
#define MEMORY_BYTES     (150u << 20)
#define MEMORY_LOW_BYTES (40u << 20)
#define FETCH_WORKERS    3u
#define FAILURES_SHOWN   20u

/* Folders at the top of a destination that hold what is half written; no file of a card is given
 * such a name there. */
#define SL_RESTORE_TEMPS ".safelight-restore-"
#define SL_RESTORE_MODES 01777u /* no setuid, no setgid */

struct open_file;

struct plan_line {              /* one line of a manifest, kept small */
    size_t path_at, path_bytes; /* in the plan's paths */
    enum sl_manifest_type type;
    uint32_t mode, mtime_ns;
    int64_t mtime_s;
    uint64_t size, from, until;
    uint8_t sha256[SL_SHA256_BYTES];
    size_t first_extent, extent_count;
    bool wanted;            /* to be written by this run */
    bool kept;              /* a right file stands there already */
    bool failed;            /* something it needs could not be had, or it cannot be written */
    struct open_file *file; /* where it does not fit one pack; the writing stage's until its end */
};

struct plan { /* one part: what stands in its manifest */
    struct plan_line *lines;
    size_t count, room;
    struct sl_extent *extents;
    size_t extent_count, extent_room;
    struct sl_buf paths;
    struct sl_buf body; /* of the entry; the part's views point into it */
    struct sl_part part;
    const struct sl_journal_session *session;
    struct sl_tag_key tags;
};

struct place_in_plan { /* how far a stage has come; each ordered stage has its own */
    size_t line, extent;
    uint64_t offset; /* bytes of the line's extents before this one */
};

struct deed { /* what a keeper did with one pack */
    unsigned gave, lied, missing;
    bool away;
};

struct cargo {
    size_t in_part;   /* which of the part's packs */
    uint8_t *shards;  /* k full objects */
    uint8_t *content; /* opened, at the offsets of the pack's content */
    bool failed;
    char why[200];
    struct deed deeds[SL_KEEPERS_MAX]; /* by place in the vault */
    char troubles[SL_KEEPERS_MAX][160];
};

struct hands { /* what one fetching thread keeps open */
    struct sl_keeper *keepers[SL_KEEPERS_MAX];
    struct sl_aead *tags;
};

struct open_file { /* a file that does not fit one pack: written by one stage, named by the next */
    char path[SL_PATH_MAX + SL_ALIAS_MAX + 32];
    struct sl_fd fd;
    char temp[40];
    uint64_t until;    /* bytes it has where a part's end cut it */
    struct sl_err why; /* rc is SL_OK while all went well; the next stage looks at the line's end */
};

struct restore {
    const struct sl_restore_in *in;
    const struct sl_os *os;
    unsigned need;     /* of the part at hand */
    unsigned need_max; /* of every part: what cargoes have room for */
    struct sl_restored *ret;
    struct plan *plan;
    struct cargo cargoes[CARGOES_MAX];
    size_t cargo_count;
    struct sl_lent idle;
    struct hands hands[FETCH_WORKERS + 1];                   /* one more for manifests */
    bool down[SL_KEEPERS_MAX], suspect[SL_KEEPERS_MAX];      /* atomic */
    uint64_t missing[SL_KEEPERS_MAX], lacks[SL_KEEPERS_MAX]; /* shards not given, not listed */
    size_t next_pack;
    bool *needed; /* packs of the part that are wanted */
    /* write */
    struct place_in_plan writing;
    struct cargo *early_write[SL_PART_PACKS_MAX + 1];
    size_t next_write;
    struct open_file *carry; /* the file that a part's end cut */
    /* finish */
    struct place_in_plan finishing;
    size_t next_finish;
    struct sl_sha256 *hash; /* of the file at hand; runs on over parts */
    /* the destination */
    struct sl_fd dest, temps;
    char temps_name[64];
    struct sl_fd parent;
    char parent_path[SL_PATH_MAX + SL_ALIAS_MAX + 32];
    struct sl_sha256 *existing; /* hash of a file that is there, over parts */
    struct sl_fd existing_fd;
    uint64_t existing_done;
    char existing_path[SL_PATH_MAX + SL_ALIAS_MAX + 32];
    struct sl_buf folders;     /* lines of folders whose time is set at the end */
    uint64_t shown, all_bytes; /* failures told so far; of the roll, for progress */
    bool found;                /* something matched the path asked for */
    bool found_file;           /* it is one file, with its end */
    bool unwritable;           /* a failure was of this disk, not of the vault */
    bool unrebuilt;            /* a failure was of the vault */
};

/* plan.c */
sl_rc sl_plan_part(struct restore *r, const struct sl_journal_entry *e, struct sl_err *err);
void sl_plan_free(struct plan *p);
struct sl_view sl_plan_path(const struct plan *p, const struct plan_line *l);
bool sl_plan_matches(const struct restore *r, struct sl_view path);

/* fetch.c */
sl_rc sl_restore_fetch(void *job, void *item, struct sl_line *line, struct sl_err *err);
sl_rc sl_fetch_pack(struct restore *r, struct hands *h, const struct plan *p, size_t in_part,
                    struct cargo *c, struct sl_err *err);
void sl_fetch_tell(struct restore *r, const struct cargo *c);
void sl_fetch_hands_clear(struct hands *h);

/* swap.c: tags are right and the pack does not open: which shard never fits? */
struct gathered { /* shards with right tags */
    unsigned count;
    uint8_t number[SL_KEEPERS_MAX];
    unsigned place[SL_KEEPERS_MAX]; /* keeper, in the vault */
    uint8_t *object[SL_KEEPERS_MAX];
};
typedef bool sl_swap_try(void *who, const struct gathered *g, const unsigned *chosen);
bool sl_swap_search(const struct gathered *g, unsigned need, sl_swap_try *opens, void *who,
                    unsigned *chosen);

/* write.c, finish.c */
/* A file that lies whole in one pack: never written before its hash was right. */
bool sl_line_is_small(const struct plan *p, const struct plan_line *l);
/* The line's open file: new, or the one that the part before cut. NULL: out of memory. */
struct open_file *sl_line_file(struct restore *r, struct plan_line *l);
void sl_open_file_free(struct restore *r, struct open_file *f);
sl_rc sl_restore_write(void *job, void *item, struct sl_line *line, struct sl_err *err);
sl_rc sl_restore_finish(void *job, void *item, struct sl_line *line, struct sl_err *err);
/* Lines that no pack carries any more: folders, empty files, files that are there. */
void sl_finish_rest(struct restore *r);

/* beneath.c: paths, only beneath the destination */
/* SL_E_REFUSED where the name is one of our own. */
sl_rc sl_dest_path(const struct restore *r, struct sl_view path, char *ret, size_t room,
                   struct sl_err *err);
/* Open `path`, however long, beneath `dir` and through no link; -1 with errno. */
int sl_beneath_open(const struct restore *r, int dir, const char *path, int flags);
/* The open folder that holds `path`, kept until another is asked for; `make`: with every folder
 * that leads to it. -1 with errno. *name points at the last name of `path`. */
int sl_dest_parent(struct restore *r, const char *path, bool make, const char **name);

/* folders.c */
void sl_folders_begin(struct restore *r);
sl_rc sl_dest_folder(struct restore *r, const struct plan_line *l, const char *path,
                     struct sl_err *err);
int sl_open_to_owner(const struct restore *r, int fd);
void sl_dest_folder_times(struct restore *r);

/* dest.c: files */
sl_rc sl_dest_open(struct restore *r, struct sl_err *err);
/* Before the folders get their times: the destination itself may be one of them. */
void sl_dest_drop_temps(struct restore *r);
void sl_dest_close(struct restore *r);
sl_rc sl_dest_temp(struct restore *r, char name[40], int *fd, struct sl_err *err);
sl_rc sl_dest_commit(struct restore *r, const struct plan_line *l, int fd, const char *temp,
                     const char *path, struct sl_err *err);
void sl_dest_drop(struct restore *r, const char *temp);
/* Fail: something else stands at `path`, or where a folder on the way to it should. */
sl_rc sl_dest_in_the_way(const char *path, struct sl_err *err);
/* Does a file of that length stand there? */
bool sl_dest_has(struct restore *r, const char *path, uint64_t bytes);
/* Is the right file there already, as far as this line says? Anything else there is an error. */
sl_rc sl_dest_existing(struct restore *r, const struct plan_line *l, const char *path, bool *ret,
                       struct sl_err *err);
void sl_restore_failed(struct restore *r, struct plan_line *l, const struct sl_err *why);
/* Count and say a failure that is no line's. */
void sl_restore_said(struct restore *r, const struct sl_err *why);
