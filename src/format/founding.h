/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bodies of the entries that are not parts of rolls (docs/format/bodies.md): founding, opened,
 * closed, author, and the checkpoint (page and decoder only, for now). All stand in the entry's
 * care body. Texts are length-prefixed UTF-8, never trusted to be printable.
 */
#pragma once

#include "base/bytes.h"
#include "base/limits.h"
#include "crypto/age.h"
#include "crypto/sign.h"
#include "format/name.h"
#include "format/record.h"

#define SL_KEEPER_URL_MAX    1024u
#define SL_KEEPER_LABELS_MAX 256u
#define SL_LOCKERS_MAX       64u

struct sl_keeper_info {
    struct sl_id id;
    uint8_t shard; /* the shard number that this keeper gets of every pack */
    char alias[SL_ALIAS_MAX + 1];
    char url[SL_KEEPER_URL_MAX + 1];       /* without credentials */
    char labels[SL_KEEPER_LABELS_MAX + 1]; /* "device=...,operator=...,country=..." */
};

struct sl_locker_info {
    struct sl_id id;
    uint32_t epoch;
    char alias[SL_ALIAS_MAX + 1];
    struct sl_age_recipient recipient;
};

/* Bytes of the public block of a quorum (docs/format/quorum.md), which this room only carries; of
 * it only what this room must know to carry it: t and m, the length, and where the keys stand. */
#define SL_QUORUM_BLOCK_MAX (20u + 64u * SL_TRUSTEES_MAX)

struct sl_trustee_info { /* number i at i - 1; the signing key stands in the quorum's block */
    char alias[SL_ALIAS_MAX + 1];
    struct sl_age_recipient recipient; /* requests are sealed to it */
};

struct sl_founding {
    uint8_t maker[SL_SIGN_PUBLIC_BYTES];
    uint8_t need;
    uint32_t quorum_suite; /* 0: no quorum (the founding home holds the keys itself) */
    size_t quorum_bytes;   /* of the public block; 0 where the suite is 0 */
    uint8_t quorum[SL_QUORUM_BLOCK_MAX];
    size_t trustee_count; /* m, as in the block */
    struct sl_trustee_info trustees[SL_TRUSTEES_MAX];
    struct sl_age_recipient care; /* care epoch 0 */
    size_t keeper_count, locker_count;
    struct sl_keeper_info keepers[SL_KEEPERS_MAX];
    struct sl_locker_info lockers[SL_LOCKERS_MAX];
};
sl_rc sl_founding_write(const struct sl_founding *f, struct sl_buf *out, struct sl_err *err);
sl_rc sl_founding_read(struct sl_view in, struct sl_founding *ret, struct sl_err *err);
/* The signing key of trustee `number` (1 to m) of a public block. SL_E_BROKEN: its length is not
 * what its t and m ask for; SL_E_MISSING: there is no such trustee. */
sl_rc sl_founding_trustee_key(const uint8_t *block, size_t bytes, unsigned number,
                              uint8_t ret[SL_SIGN_PUBLIC_BYTES], struct sl_err *err);
/* The production's name for machines: SHA-256 over a fixed text and the founding's care body as it
 * stands in the slip, salt included, so that it cannot be guessed from what is known. */
void sl_production_of(struct sl_view salted_founding, uint8_t ret[SL_PRODUCTION_BYTES]);

enum sl_role {
    SL_ROLE_MAKER = 1,
    SL_ROLE_CAPTURE = 2,
    SL_ROLE_MEMBER = 3,
    SL_ROLE_TRUSTEE = 4,
    SL_ROLE_LAST = 4,
};

struct sl_opened {                          /* body of OPENED */
    uint32_t role;                          /* enum sl_role */
    bool goes_on;                           /* a killed session's roll is taken up again */
    uint8_t left_session[SL_SESSION_BYTES]; /* that session */
    uint64_t left_entries;                  /* how many entries of it are known to be durable */
    uint64_t left_packs;                    /* packs of it from this number on were left behind */
};
sl_rc sl_opened_write(const struct sl_opened *o, struct sl_buf *out, struct sl_err *err);
sl_rc sl_opened_read(struct sl_view in, struct sl_opened *ret, struct sl_err *err);

struct sl_closed {  /* body of CLOSED */
    uint64_t packs; /* packs the session has sent, thrown-away numbers included */
};
sl_rc sl_closed_write(const struct sl_closed *c, struct sl_buf *out, struct sl_err *err);
sl_rc sl_closed_read(struct sl_view in, struct sl_closed *ret, struct sl_err *err);

struct sl_author { /* body of AUTHOR: whom the maker lets write */
    uint8_t key[SL_SIGN_PUBLIC_BYTES];
    uint32_t role; /* SL_ROLE_CAPTURE or SL_ROLE_MEMBER: others come from the founding */
    char alias[SL_ALIAS_MAX + 1];
};
sl_rc sl_author_write(const struct sl_author *a, struct sl_buf *out, struct sl_err *err);
sl_rc sl_author_read(struct sl_view in, struct sl_author *ret, struct sl_err *err);

#define SL_CHECKPOINT_ENTRIES_MAX (UINT64_C(1) << 32)
#define SL_CHECKPOINT_BYTES_MAX   (UINT64_C(1) << 40)
#define SL_CHECKPOINT_PACKS_MAX   65536u

struct sl_checkpoint { /* body of CHECKPOINT: what one member knew, its list lies in packs */
    uint64_t entries;  /* how many entries it lists */
    uint64_t bytes;    /* of the list, unpacked */
    uint8_t hash[SL_SHA256_BYTES];   /* of the list, unpacked */
    uint64_t first_pack, pack_count; /* of the entry's own session */
};
sl_rc sl_checkpoint_read(struct sl_view in, struct sl_checkpoint *ret, struct sl_err *err);
