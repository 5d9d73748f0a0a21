/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A pack's payload -> shards; any `need` shards -> the payload (docs/format/shard.md). The code is
 * zfec's, so that its bytes are readable without us. In front of every shard stands a head of
 * tags, which name a liar before anything is decoded. No I/O; nothing here reads a film.
 *
 * Flow: pack/ fills a payload of need x SL_SLICE_BYTES -> sl_code_* makes further slices ->
 * sl_shard_head_make() puts a head before each -> keepers. Back: sl_shard_check() every object,
 * then sl_slices_* over any `need` that are right gives the payload to pack/.
 */
#pragma once

#include "base/bytes.h"
#include "base/limits.h"
#include "base/own.h"

struct sl_aead;    /* crypto/aead.h */
struct sl_tag_key; /* crypto/secret.h */

/* ---- the code: slices to slices ---- */

/* Tables that turn `need` shards of given numbers into others. Never changes once made: several
 * threads may run one. */
struct sl_code;

/* Prepare making the shards want[0..count) (0..SL_SHARDS_MAX of them, any order) from the `need`
 * (1..SL_NEED_MAX) shards have[0..need), all different. `have` NULL: from the data slices
 * 0..need-1. A wanted shard that is had is copied. The caller owns *ret; on failure it is
 * untouched. SL_E_USAGE: numbers out of range or twice; SL_E_SYSTEM: no memory. */
sl_rc sl_code_new(unsigned need, const uint8_t *have, const uint8_t *want, size_t count,
                  struct sl_code **ret, struct sl_err *err);
void sl_code_free(struct sl_code *c);
SL_OWNED(code)

/* Make them: from[i] is shard have[i], to[i] becomes shard want[i], `len` bytes each (any number;
 * byte x of every output depends on byte x of the inputs only). Goes in windows that stay in the
 * cache. No output may overlap an input or another output. Cannot fail. */
void sl_code_run(const struct sl_code *c, const uint8_t *const *from, uint8_t *const *to,
                 size_t len);

/* The same for a whole payload, need x SL_SLICE_BYTES end to end, and a code whose `have` was
 * NULL: to[i] gets SL_SLICE_BYTES bytes. */
void sl_code_run_payload(const struct sl_code *c, const uint8_t *payload, uint8_t *const *to);

/* Rebuild one whole slice, shard number `want`, from the shards have[0..need) at from[0..need),
 * each SL_SLICE_BYTES long, into `to`. For repair: equal inputs give the bytes that were lost.
 * Fails as sl_code_new() does, `to` untouched. */
sl_rc sl_code_rebuild(unsigned need, const uint8_t *have, const uint8_t *const *from, uint8_t want,
                      uint8_t *to, struct sl_err *err);

/* ---- the payload, read through any `need` shards ---- */

#define SL_CODE_TABLE_BYTES 32u /* ISA-L's, for one coefficient */

/* A payload as seen through `need` slices that the caller holds and keeps as they are for as long
 * as this is used. Owns nothing, about 8 KiB; never changes once made: threads may share it. */
struct sl_slices {
    unsigned need;
    const uint8_t *from[SL_NEED_MAX]; /* the slices given, in the order given */
    uint8_t place[SL_NEED_MAX]; /* where data slice i stands in `from`; SL_NEED_MAX: missing */
    uint8_t tables[SL_NEED_MAX][SL_CODE_TABLE_BYTES * SL_NEED_MAX]; /* for those that are missing */
};

/* Look through the shards have[0..need), their slices (SL_SLICE_BYTES each, heads left out) at
 * from[0..need). SL_E_USAGE: numbers out of range or twice, *ret untouched. Cheap: worth doing
 * again for every pack and every choice of shards. */
sl_rc sl_slices_over(unsigned need, const uint8_t *have, const uint8_t *const *from,
                     struct sl_slices *ret, struct sl_err *err);

/* Copy `len` bytes of the payload from offset `at`; what lies in a missing slice is decoded
 * straight into `to`, at a cost that depends on `len` only. SL_E_USAGE past the payload's end
 * (need x SL_SLICE_BYTES), `to` untouched. */
sl_rc sl_slices_read(const struct sl_slices *s, uint64_t at, uint8_t *to, size_t len,
                     struct sl_err *err);

/* The same without a copy where that can be: *ret points into a slice given, or at `scratch` (of
 * at least `len` bytes) where the range has to be decoded or lies in two slices. */
sl_rc sl_slices_view(const struct sl_slices *s, uint64_t at, size_t len, uint8_t *scratch,
                     struct sl_view *ret, struct sl_err *err);

/* ---- the head: who lied, and where ---- */

#define SL_SHARD_VERSION   1u
#define SL_SHARD_TAG_BYTES 16u
#define SL_LEAF_BYTES      65536u /* of the slice; the last leaf is shorter */
#define SL_LEAVES          64u    /* in a slice */

/* Which shard a full object is meant to be. Its place (keeper, name) says so; the object itself
 * does not. */
struct sl_shard_id {
    const struct sl_tag_key *key; /* the session's; 32 bytes */
    uint64_t pack;                /* number within the session */
    uint8_t number;               /* shard number, 0..255 */
};

/* The tags of a head that sl_shard_head_read() believed. */
struct sl_shard_head {
    uint8_t tags[SL_LEAVES][SL_SHARD_TAG_BYTES];
};

/* Bytes of leaf `leaf` (< SL_LEAVES), and where it begins in the full object. */
uint32_t sl_shard_leaf_bytes(unsigned leaf);
uint32_t sl_shard_leaf_at(unsigned leaf);

/* All that follow take the worker's own AEAD context and key it anew. */

/* Write the head that belongs before `slice` (SL_SLICE_BYTES bytes). One id must never see two
 * different slices: whoever gives up a pack gives up its number. Cannot fail. */
void sl_shard_head_make(struct sl_aead *a, const struct sl_shard_id *id, const uint8_t *slice,
                        uint8_t ret[SL_SHARD_HEAD_BYTES]);

/* Check a head alone (the first SL_SHARD_HEAD_BYTES bytes of an object). SL_E_BROKEN says what is
 * wrong; an unknown version is named. *ret is untouched then. */
sl_rc sl_shard_head_read(struct sl_aead *a, const struct sl_shard_id *id, struct sl_view in,
                         struct sl_shard_head *ret, struct sl_err *err);

/* Check one leaf against a head that was read: `in` is its bytes, and no others. SL_E_BROKEN if
 * they are not what was written; SL_E_USAGE if there is no such leaf. For audits. */
sl_rc sl_shard_leaf_check(struct sl_aead *a, const struct sl_shard_id *id,
                          const struct sl_shard_head *head, unsigned leaf, struct sl_view in,
                          struct sl_err *err);

/* Check a whole full object: exactly SL_FULL_BYTES, head and every leaf. SL_E_BROKEN tells the
 * first thing that is wrong. *bad (may be NULL) then has bit i set for every leaf i that is not
 * what was written, and all bits where the length or the head is wrong; 0 on success. */
sl_rc sl_shard_check(struct sl_aead *a, const struct sl_shard_id *id, struct sl_view object,
                     uint64_t *bad, struct sl_err *err);
