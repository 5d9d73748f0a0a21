/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A camera card: a folder that is read and never written. Start of the flow: the walk gives what
 * stands on it in a fixed order, identity says whether it is the same card as before, reading.h
 * and second.h read the files' bytes twice.
 *
 * Nothing on the card changes by being read, access times included (O_NOATIME; where the card
 * refuses that, sl_card_remark() says so). Nothing leads out of it: symbolic links are never
 * followed, other file systems mounted beneath it are not entered.
 *
 * How things fail, in the whole room: SL_E_BROKEN when the card is not what it was a moment ago
 * (something changed, grew, shrank or vanished, or its file system contradicts itself),
 * SL_E_SYSTEM when it cannot be read (permissions, a failing reader, memory), SL_E_USAGE when it
 * is past a limit of base/limits.h. Every message names the file, escaped for a terminal.
 */
#pragma once

#include "base/bytes.h"
#include "base/limits.h"
#include "base/os.h"
#include "base/own.h"
#include "crypto/derive.h"

/* Names (and 5 bytes for each) that wait in memory: of the folder being walked and of those
 * above it. About two million names in one folder. */
#define SL_CARD_NAMES_BYTES_MAX (64u << 20)

/* An open card. May be shared by threads once open. `os` must outlive it. */
struct sl_card;

/* Open the folder `path` (a link to it is followed, as it is the person's word). The caller owns
 * *ret. SL_E_MISSING where there is nothing, SL_E_USAGE where it is not a folder. */
sl_rc sl_card_open(const struct sl_os *os, const char *path, struct sl_card **ret,
                   struct sl_err *err);
void sl_card_free(struct sl_card *card);
SL_OWNED(card)

/* The card's folder, to ask the seam about (disk, space). Stays the card's. */
int sl_card_fd(const struct sl_card *card);
/* One sentence for the person when something read so far may have changed an access time (the
 * files are another person's and the card is not mounted noatime or read-only), else NULL. It is
 * a remark, not a warning: no content is touched. */
const char *sl_card_remark(const struct sl_card *card);

/* ---- the walk ---- */

enum sl_card_type {
    SL_CARD_FILE,
    SL_CARD_FOLDER,
    /* What is told and left out: */
    SL_CARD_LINK,
    SL_CARD_FIFO,
    SL_CARD_SOCKET,
    SL_CARD_DEVICE,
    SL_CARD_MOUNT, /* a folder that another file system covers */
};

/* What tells that a file is still the one that the walk saw. Inode numbers are not part of it:
 * FAT and exFAT draw new ones whenever memory runs short. */
struct sl_card_stamp {
    uint64_t size; /* 0 for all but files */
    int64_t mtime_s;
    uint32_t mtime_ns;
};

struct sl_card_item {
    enum sl_card_type type;
    struct sl_card_stamp stamp;
    uint32_t mode;               /* permission bits, 07777 at most */
    bool mhl;                    /* a file named *.mhl or a folder named ascmhl, in any case */
    size_t path_bytes;           /* 1..SL_PATH_MAX */
    char path[SL_PATH_MAX + 1u]; /* beneath the card, any bytes, ended by NUL; "." for the card */
};

struct sl_card_totals {
    uint64_t files, folders; /* the card's own folder is one */
    uint64_t skipped;        /* links, fifos, sockets, devices, mounts */
    uint64_t bytes;          /* of files */
    uint64_t mhl_files;      /* *.mhl: this version finds them and does not compare with them */
    uint64_t mhl_folders;    /* ascmhl/ */
};

/* Whether the walk only tells of this and nothing is to be read from it. */
bool sl_card_skipped(enum sl_card_type type);
/* What it is, for a sentence such as "'%s' was left out: %s"; already translated. */
const char *sl_card_type_words(enum sl_card_type type);
struct sl_view sl_card_path(const struct sl_card_item *item); /* borrowed from the item */

/* The walk: depth first, the names of a folder in the order of their bytes, a folder before what
 * is in it, the card itself (".") first. So the same content always comes in the same order,
 * whatever the file system's. Memory: SL_CARD_NAMES_BYTES_MAX and what a path of SL_PATH_MAX may
 * have of folders; one descriptor. The caller owns *ret; `card` must outlive it. */
struct sl_card_walk;
sl_rc sl_card_walk_new(struct sl_card *card, struct sl_card_walk **ret, struct sl_err *err);
void sl_card_walk_free(struct sl_card_walk *walk);
SL_OWNED(card_walk)

/* The next item, or *more = false at the end (and ever after). After a failure *ret holds nothing
 * and the walk is only good for being freed. Limits: SL_PATH_MAX, SL_FILE_BYTES_MAX,
 * SL_ROLL_FILES_MAX (items of every type together), SL_CARD_NAMES_BYTES_MAX. A folder that cannot
 * be opened fails the walk; a file that cannot be opened is met by sl_reading_open(). */
sl_rc sl_card_next(struct sl_card_walk *walk, struct sl_card_item *ret, bool *more,
                   struct sl_err *err);

/* What was walked so far: the totals and the walk hash, which is SHA-256 over, for every item in
 * order: one letter ('f' file, 'd' folder, 'l' link, 'p' fifo, 's' socket, 'b' device, 'm'
 * mount), path length (u32), path, size (u64), mtime seconds (i64), nanoseconds (u32), integers
 * little-endian. The times of "." and of mounts count as 0: exFAT gives the card's own folder the
 * time at which it was mounted. Modes are left out: on FAT they are the mount's. Either pointer
 * may be NULL. */
void sl_card_walk_now(const struct sl_card_walk *walk, uint8_t hash[SL_SHA256_BYTES],
                      struct sl_card_totals *totals);

/* Walk the whole card for its walk hash and totals alone: the same before and after an offload,
 * or the card changed meanwhile. */
sl_rc sl_card_walk_whole(struct sl_card *card, uint8_t hash[SL_SHA256_BYTES],
                         struct sl_card_totals *totals, struct sl_err *err);

/* ---- identity ---- */

#define SL_CARD_SAMPLED_FILES 16u
#define SL_CARD_SAMPLES       UINT64_C(8)
#define SL_CARD_SAMPLE_BYTES  4096u

struct sl_card_identity {
    uint8_t card[SL_SHA256_BYTES]; /* secret-like: whoever has it has had the whole card */
    uint8_t walk[SL_SHA256_BYTES]; /* the walk hash, to compare with after the offload */
    struct sl_card_totals totals;
};

/* Identity: what a state for going on is bound to (design section 4). Walks the card, then reads
 * samples of its SL_CARD_SAMPLED_FILES largest files that are not empty (of equal ones, the
 * earlier in the walk; largest first). It is SHA-256 over the bytes "safelight card 1" and a NUL,
 * the walk hash, and for every sample: path length (u32), path, offset (u64), length (u32), the
 * bytes; integers little-endian. A file of at most SL_CARD_SAMPLES * SL_CARD_SAMPLE_BYTES is one
 * sample; of a larger one sample i of 0..7 starts at i * (size - SL_CARD_SAMPLE_BYTES) / 7,
 * rounded down. *ret is untouched on failure. */
sl_rc sl_card_identify(struct sl_card *card, struct sl_card_identity *ret, struct sl_err *err);
