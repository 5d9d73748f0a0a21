/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A keeper holds sealed objects and learns nothing. Offload puts and proves through this face,
 * restore and check get and list through it. There is no overwrite and no delete.
 *
 * A keeper is known by its URL and by the id of the folder drawn for it. One handle serves one
 * thread; each worker opens its own. Every message names the keeper as the person wrote it.
 */
#pragma once

#include "base/bytes.h"
#include "base/os.h"
#include "base/own.h"
#include "format/name.h"

/* What a proof rests on; the verdict of offload says which. */
enum sl_proof {
    SL_PROOF_NONE,   /* this kind cannot prove to a machine that may only write */
    SL_PROOF_MEMORY, /* read back and equal, but nothing says that it left memory */
    SL_PROOF_MEDIUM, /* read back past the page cache, and equal */
};

#define SL_KEEPER_SCRATCH       (1u << 20) /* bytes that prove() borrows, ... */
#define SL_KEEPER_SCRATCH_ALIGN 4096u      /* ... aligned so */
#define SL_KEEPER_DISK_TEXT     64u        /* the name of a disk, with NUL */
#define SL_KEEPER_PLAIN         160u       /* a keeper's URL as messages show it, with NUL */

struct sl_keeper_kind;

/* Every kind's handle starts with this. */
struct sl_keeper {
    const struct sl_keeper_kind *kind;
};

/* Told of every object by list(): its name and how many bytes the keeper says it has, which may
 * be another number than its kind has. May fail, which ends the list with its failure. */
typedef sl_rc (*sl_keeper_each)(void *who, const struct sl_object *name, uint64_t bytes,
                                struct sl_err *err);

/* One row per kind of keeper. The functions below this table say what each promises. */
struct sl_keeper_kind {
    const char *scheme;
    bool far;       /* out of this machine's reach: seizing the machine does not seize it */
    bool can_prove; /* to a machine that may only write */
    sl_rc (*open)(const struct sl_os *os, const char *url, const struct sl_id *folder, bool create,
                  struct sl_keeper **ret, struct sl_err *err);
    void (*free)(struct sl_keeper *k);
    sl_rc (*put)(struct sl_keeper *k, const struct sl_object *name, const struct sl_view *pieces,
                 size_t count, struct sl_err *err);
    sl_rc (*prove)(struct sl_keeper *k, const struct sl_object *name, const struct sl_view *pieces,
                   size_t count, void *scratch, enum sl_proof *ret, struct sl_err *err);
    sl_rc (*get)(struct sl_keeper *k, const struct sl_object *name, uint64_t from, size_t count,
                 uint8_t *to, struct sl_err *err);
    sl_rc (*list)(struct sl_keeper *k, enum sl_object_kind kind, sl_keeper_each each, void *who,
                  uint64_t *odd, struct sl_err *err);
    sl_rc (*space)(struct sl_keeper *k, uint64_t *free_bytes, struct sl_err *err);
    sl_rc (*disk)(struct sl_keeper *k, char ret[SL_KEEPER_DISK_TEXT], struct sl_err *err);
};

/* The kind that a URL names. SL_E_USAGE, saying what a keeper looks like, for any other text and
 * for kinds that this version does not have. */
sl_rc sl_keeper_kind_of(const char *url, const struct sl_keeper_kind **ret, struct sl_err *err);

/* Reach the keeper at `url` and its folder there. With `create` the folder is made where it is
 * missing, durably: only when a keeper is added, because a disk that is not plugged in leaves an
 * empty place behind; its root (the URL's own path) is never made. SL_E_USAGE: not a keeper's URL;
 * SL_E_RETRY: the root is not there; SL_E_MISSING: the root is, our folder is not; SL_E_REFUSED:
 * a link or a file stands where a folder should. The caller owns *ret. `os` outlives it. */
sl_rc sl_keeper_open(const struct sl_os *os, const char *url, const struct sl_id *folder,
                     bool create, struct sl_keeper **ret, struct sl_err *err);
void sl_keeper_free(struct sl_keeper *k);
SL_OWNED(keeper)

/* Store an object: the pieces end to end, exactly as long as its kind is. Durable when it returns
 * SL_OK, which it also does when the same bytes stand there already. SL_E_REFUSED: something else
 * stands there, and stays (try the next attempt's name). SL_E_RETRY: the keeper is away.
 * SL_E_SYSTEM: disk full and the like. After a failure nothing, or the whole object, stands
 * there. */
sl_rc sl_keeper_put(struct sl_keeper *k, const struct sl_object *name, const struct sl_view *pieces,
                    size_t count, struct sl_err *err);

/* Compare what the keeper stores with these bytes, past every cache that this kind knows of.
 * `scratch` is SL_KEEPER_SCRATCH bytes at SL_KEEPER_SCRATCH_ALIGN, the caller's. *ret says what the
 * proof rests on, and is SL_PROOF_NONE on every failure. SL_E_BROKEN: it stores other bytes, or
 * an object of another length; SL_E_MISSING: it stores nothing under this name. */
sl_rc sl_keeper_prove(struct sl_keeper *k, const struct sl_object *name,
                      const struct sl_view *pieces, size_t count, void *scratch, enum sl_proof *ret,
                      struct sl_err *err);

/* Read exactly `count` bytes at `from` of an object into `to` (the bytes there are meaningless
 * after a failure). from + count lies within the kind's length. SL_E_MISSING: no such object;
 * SL_E_BROKEN: it has another length than its kind; SL_E_REFUSED: it is a link or no file. The
 * bytes are whatever the keeper says: the caller checks them. */
sl_rc sl_keeper_get(struct sl_keeper *k, const struct sl_object *name, uint64_t from, size_t count,
                    uint8_t *to, struct sl_err *err);

/* Show every object of a kind, in no order. `odd` (may be NULL) gets how many names stand there
 * that are not ours. A list never proves absence. */
sl_rc sl_keeper_list(struct sl_keeper *k, enum sl_object_kind kind, sl_keeper_each each, void *who,
                     uint64_t *odd, struct sl_err *err);

/* Bytes that still fit; UINT64_MAX where the kind cannot know. */
sl_rc sl_keeper_space(struct sl_keeper *k, uint64_t *free_bytes, struct sl_err *err);

/* A name for the physical disk, equal for two keepers on one disk; "" where nobody can know. */
sl_rc sl_keeper_disk(struct sl_keeper *k, char ret[SL_KEEPER_DISK_TEXT], struct sl_err *err);

/* Are the keeper's things out of this machine's reach? Can it prove to who may only write? */
bool sl_keeper_is_far(const struct sl_keeper *k);
bool sl_keeper_can_prove(const struct sl_keeper *k);
