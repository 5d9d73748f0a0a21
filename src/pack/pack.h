/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A pack: file content end to end, sealed to one locker as an age file cut in two: header and nonce
 * for the part's entry, payload for the shards (docs/format/pack.md). This room fills, seals and
 * opens the memory of one pack; shard/ makes shards of it, offload/ and restore/ move it about.
 *
 * Content goes straight from the card into its place in the payload: sl_pack_slots() hands out the
 * gaps between the places of the chunks' tags, so nothing is copied and chunks are sealed in place.
 */
#pragma once

#include <sys/uio.h>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/own.h"
#include "crypto/age.h"
#include "format/pack_head.h"

#define SL_PACK_SLOTS_MAX 32u /* chunks one call of sl_pack_slots() spans: 2 MiB */

/* One pack being made, with its memory: need x SL_SLICE_BYTES, aligned to 4096. */
struct sl_pack {
    struct sl_pack_head head;
    unsigned need;
    uint8_t *payload;
    uint64_t payload_bytes, plain_bytes;
    uint64_t filled; /* plaintext bytes used so far, the head included */
    bool sealed;
    uint8_t nonce[SL_AGE_NONCE_BYTES];
    struct sl_buf header;  /* the age header */
    struct sl_age_key key; /* wiped when the pack's check has passed: sl_pack_forget() */
};

/* Memory for packs of `need` slices. The caller owns *ret. SL_E_SYSTEM: no memory. */
sl_rc sl_pack_new(unsigned need, struct sl_pack **ret, struct sl_err *err);
void sl_pack_free(struct sl_pack *p);
SL_OWNED(pack)

/* Start afresh as the pack that `head` describes, empty. Draws nothing yet. */
void sl_pack_begin(struct sl_pack *p, const struct sl_pack_head *head);

/* Content bytes that still fit, and that are in it. */
uint64_t sl_pack_room(const struct sl_pack *p);
uint64_t sl_pack_content(const struct sl_pack *p);

/* Where the next `want` bytes of content go: fills slots[0..], at most SL_PACK_SLOTS_MAX, returns
 * how many; together they hold at most `want` and at most the room. sl_pack_filled() then says how
 * many bytes were really put there, in order. */
int sl_pack_slots(struct sl_pack *p, uint64_t want, struct iovec slots[SL_PACK_SLOTS_MAX]);
void sl_pack_filled(struct sl_pack *p, uint64_t count);

/* Append bytes that the caller has (a manifest); they must fit. */
void sl_pack_append(struct sl_pack *p, struct sl_view in);

/* Fill up with zeroes, draw file key and nonce, seal every chunk in place. */
sl_rc sl_pack_seal(struct sl_pack *p, const struct sl_age_recipient *to, struct sl_err *err);

/* Wipe the file key: nothing on this machine opens the pack any more. */
void sl_pack_forget(struct sl_pack *p);

/* ---- and out again ---- */

/* How sealed bytes reach the opener: *ret points at `len` bytes of the payload from `at`, anywhere
 * or at `scratch`. */
typedef sl_rc sl_pack_payload_fn(void *who, uint64_t at, size_t len, uint8_t *scratch,
                                 struct sl_view *ret, struct sl_err *err);

/* Opens the chunks of one pack in any order. Chunk 0's head was compared when the opener was
 * made. */
struct sl_pack_opener;

/* `key` opens the payload; `head` is what the pack must say of itself (SL_E_BROKEN if it does not:
 * it is another pack than its entry says). The caller owns *ret. */
sl_rc sl_pack_opener_new(unsigned need, const struct sl_age_key *key,
                         const uint8_t nonce[SL_AGE_NONCE_BYTES], const struct sl_pack_head *head,
                         sl_pack_payload_fn *payload, void *who, struct sl_pack_opener **ret,
                         struct sl_err *err);
void sl_pack_opener_free(struct sl_pack_opener *o);
SL_OWNED(pack_opener)

/* Open the content [offset, offset + bytes) piece by piece, at most a chunk at a time, and give
 * each to `each` (plaintext, in order, valid for the call). SL_E_BROKEN where a chunk was altered
 * or the range leaves the pack. */
typedef sl_rc sl_pack_each(void *who, uint64_t offset, struct sl_view plain, struct sl_err *err);
sl_rc sl_pack_read(struct sl_pack_opener *o, uint64_t offset, uint64_t bytes, sl_pack_each *each,
                   void *who, struct sl_err *err);

/* The same straight into memory: `bytes` bytes at `to`, which hold nothing of use after a failure.
 * Whole chunks are opened where they belong, without a copy. */
sl_rc sl_pack_read_into(struct sl_pack_opener *o, uint64_t offset, uint64_t bytes, uint8_t *to,
                        struct sl_err *err);

/* Open everything and see that what lies after `content` bytes is zero. */
sl_rc sl_pack_read_rest(struct sl_pack_opener *o, uint64_t content, struct sl_err *err);
