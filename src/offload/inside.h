/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the stages of an offload hand to each other.
 *
 *   read -> seal -> check -> send -> account
 *
 * A flight is one pack under way with all its shards; it is lent, so the number of flights bounds
 * the memory. Packs belong to a part; the last pack of a part closes it, and account writes parts
 * as entries in their order.
 */
#pragma once

#include "card/card.h"
#include "card/content_hash.h"
#include "card/reading.h"
#include "card/second.h"
#include "crypto/aead.h"
#include "flow/line.h"
#include "format/manifest.h"
#include "home/spool.h"
#include "home/state.h"
#include "journal/write.h"
#include "keeper/keeper.h"
#include "offload/offload.h"
#include "pack/pack.h"
#include "shard/shard.h"

#define FLIGHTS_MAX      4u
#define MEMORY_BYTES     (168u << 20) /* for flights; the rest of 256 MiB is buffers and threads */
#define MEMORY_LOW_BYTES (46u << 20)  /* with --low-memory, of 64 MiB */
#define SEAL_WORKERS     2u
#define CHECK_WORKERS    2u
#define SEND_WORKERS_MAX 5u
#define SKIPPED_SHOWN    8u
#define READ_AT_ONCE     (1u << 20)

/* One stretch of a file, or of the manifest (path empty), inside a pack. */
struct stretch {
    size_t path_at, path_bytes; /* in the flight's paths */
    struct sl_card_stamp stamp;
    uint64_t file_offset, offset, bytes; /* offset: within the pack's content */
};

struct stretches {
    struct stretch *at;
    size_t count, room;
    struct sl_buf paths;
};

struct part_plan { /* one part of the roll, from its first pack to its entry */
    struct part_plan *next;
    uint64_t number;
    bool closed; /* set by the closing flight's receipt: all that follows is final */
    bool last;
    size_t pack_count, accounted;
    uint64_t first_pack;
    struct {
        struct sl_buf header;
        uint8_t nonce[SL_AGE_NONCE_BYTES];
    } packs[SL_PART_PACKS_MAX + 1];
    struct sl_buf manifest; /* zstd */
    bool manifest_in_pack;
    uint64_t manifest_offset, manifest_raw;
    uint8_t manifest_hash[SL_SHA256_BYTES];
    uint64_t items, offset; /* where the walk stands after it, for going on */
    uint8_t digest[SL_SHA256_BYTES];
    uint64_t files, bytes; /* of the roll so far */
    uint32_t kept;         /* seats that hold, or have waiting, everything of it */
    uint32_t proved;       /* seats that proved everything of it */
};

struct flight {
    struct sl_pack *pack;
    uint8_t *more;                         /* slices beyond the payload's, SL_SLICE_BYTES each */
    uint8_t *heads;                        /* a head for every seat */
    const uint8_t *slices[SL_KEEPERS_MAX]; /* of seat i: into the payload or `more` */
    bool bare;                             /* carries no pack: it only closes its part */
    bool closes;                           /* the last of its part */
    struct part_plan *plan;
    size_t in_plan;   /* its place among the part's packs */
    uint64_t content; /* bytes of content in use */
    struct stretches stretches;
    unsigned receipts_left;
};

struct shard_job { /* one shard on its way to one keeper; afterwards its receipt */
    struct flight *flight;
    unsigned seat;
    bool kept;    /* at the keeper, or waiting in the spool */
    bool spooled; /* the latter */
    enum sl_proof proof;
    struct sl_err why;
};

struct seat { /* one keeper of this run */
    const struct sl_keeper_info *info;
    unsigned place;    /* in the vault */
    bool down;         /* failed once: the rest of this run goes to the spool (atomic) */
    bool memory_proof; /* some proof did not get past memory */
    bool lost;         /* something is neither there nor in the spool */
    bool far;
    uint64_t waiting;
    char disk[SL_KEEPER_DISK_TEXT];
    char trouble[256];
};

struct hands { /* what one sending thread keeps open */
    struct sl_keeper *keepers[SL_KEEPERS_MAX];
    struct sl_spool *spool;
    void *scratch;
};

struct reader { /* the first stage's state: where it stands on the card */
    struct sl_card_walk *walk;
    struct sl_card_item *item;
    struct sl_reading *reading;
    struct sl_content_hash *hash;
    struct sl_sha256 *digest;
    struct sl_manifest_writer *manifest;
    struct sl_manifest_line *line;
    uint64_t done; /* bytes of the file at hand */
    uint64_t items, files, folders, bytes;
    struct part_plan *plan;
    struct flight *flight;
    uint64_t part_began_ns, next_pack, next_part;
    bool in_file, walked;
    size_t manifest_room, raw_max;
};

struct offload {
    const struct sl_offload_in *in;
    const struct sl_os *os;
    struct sl_card *card;
    struct sl_card_identity identity;
    struct sl_writing *session;
    struct sl_state_place *place;
    struct sl_roll_state state;
    struct sl_code *code;
    size_t more_count;
    size_t seat_count;
    struct seat seats[SL_KEEPERS_MAX];
    struct flight flights[FLIGHTS_MAX];
    size_t flight_count;
    struct sl_lent idle;
    struct reader reader;
    struct part_plan *plans; /* not yet written, in order; account's */
    struct sl_aead *seals[SEAL_WORKERS];
    struct sl_second *seconds[CHECK_WORKERS + 1]; /* one more for going on */
    struct hands hands[SEND_WORKERS_MAX + 1];     /* one more for account */
    uint64_t done_bytes, start_ns, resumed_bytes, packs, parts;
    uint64_t skipped;
    char skipped_shown[SKIPPED_SHOWN][200];
};

/* read.c */
sl_rc sl_offload_read(void *job, void *item, struct sl_line *line, struct sl_err *err);
sl_rc sl_reader_begin(struct offload *o, struct sl_err *err);
void sl_reader_clear(struct offload *o);
/* The first part of this run begins in the middle of a file. */
void sl_reader_go_on(struct offload *o);
/* Mix a finished item into the digest of what was read; the digest where a file is cut. */
void sl_reader_digest_item(struct sl_sha256 *digest, const struct sl_card_item *item,
                           const uint8_t sha256[SL_SHA256_BYTES]);
void sl_reader_digest_now(const struct sl_sha256 *digest, uint64_t cut,
                          const uint8_t so_far[SL_SHA256_BYTES], uint8_t ret[SL_SHA256_BYTES]);
void sl_reader_skip(struct offload *o, const struct sl_card_item *item);

/* part.c: parts and their manifests, on the reader's side */
sl_rc sl_part_begin(struct offload *o, struct sl_err *err);
sl_rc sl_part_end(struct offload *o, struct sl_line *line, bool last, struct sl_err *err);
sl_rc sl_part_flight(struct offload *o, struct sl_line *line, struct sl_err *err);
sl_rc sl_part_pass(struct offload *o, struct sl_line *line, struct sl_err *err);
sl_rc sl_flight_note(struct flight *f, struct sl_view path, const struct sl_card_stamp *stamp,
                     uint64_t file_offset, uint64_t offset, uint64_t bytes, struct sl_err *err);
/* No name of the card stays with a flight that is done. */
void sl_flight_forget(struct flight *f);

/* seal.c, check.c, send.c, account.c */
sl_rc sl_offload_seal(void *job, void *item, struct sl_line *line, struct sl_err *err);
sl_rc sl_offload_check(void *job, void *item, struct sl_line *line, struct sl_err *err);
sl_rc sl_offload_stow(void *job, void *item, struct sl_line *line, struct sl_err *err);
sl_rc sl_offload_account(void *job, void *item, struct sl_line *line, struct sl_err *err);

/* Store an object with a keeper, or in the spool; says what came of it. Never fails the run. */
struct stow {
    unsigned seat;
    struct sl_object name; /* attempt 0 */
    uint64_t number;       /* of pack or entry, for the names of later attempts */
    uint8_t shard;
    const struct sl_view *pieces;
    size_t count;
};
void sl_offload_stow_one(struct offload *o, struct hands *h, const struct stow *s,
                         struct shard_job *ret);
sl_rc sl_hands_ready(struct offload *o, struct hands *h, struct sl_err *err);
void sl_hands_clear(struct hands *h);

/* Send an entry's slips, note what each seat made of it. */
sl_rc sl_offload_send_entry(struct offload *o, const struct sl_entry_out *entry,
                            struct sl_err *err);
/* After the line has stopped: free every part that did not become an entry. */
void sl_offload_drop_plans(struct offload *o);
/* The entries that begin and end a session. */
sl_rc sl_offload_open_session(struct offload *o, bool goes_on, struct sl_err *err);
void sl_offload_close_session(struct offload *o);

/* resume.c */
sl_rc sl_offload_resume(struct offload *o, bool *found, struct sl_err *err);

/* verdict.c */
void sl_offload_judge(struct offload *o, struct sl_verdict *v);
void sl_verdict_reason(struct sl_verdict *v, const char *fmt, ...) SL_PRINTF(2, 3);
void sl_verdict_remark(struct sl_verdict *v, const char *fmt, ...) SL_PRINTF(2, 3);
