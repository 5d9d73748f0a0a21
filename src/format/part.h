/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A part of a roll (docs/format/part.md): the body of a PART entry, sealed to the locker. It names
 * its packs, header and nonce of each, and carries the manifest of what lies in them; the care body
 * beside it lists the packs by number only.
 */
#pragma once

#include "base/bytes.h"
#include "base/limits.h"
#include "crypto/age.h"
#include "crypto/derive.h"
#include "format/name.h"

#define SL_PART_PACK_HEADER_MAX 8192u /* bytes of one pack's age header (hybrid ones are longer) */
#define SL_PART_SPAN_MAX        1024u /* pack numbers from a part's first to its last */
#define SL_MANIFEST_RAW_MAX     (16u << 20) /* bytes of a part's manifest, unpacked */

struct sl_part_pack {
    uint64_t number;
    uint8_t nonce[SL_AGE_NONCE_BYTES];
    struct sl_view header; /* points into the body that was read, or at the writer's */
};

struct sl_part {
    struct sl_id roll;        /* one offload of one card; parts of several sessions may share it */
    struct sl_view roll_name; /* what the person called it, 1..SL_ALIAS_MAX bytes */
    struct sl_id locker;
    uint32_t epoch;
    uint64_t number;                /* of the part within the roll, from 0 */
    uint8_t after[SL_SHA256_BYTES]; /* hash of the entry with the part before; zero for number 0.
                                       So a machine restored from a snapshot forks no roll. */
    bool last;                      /* with this part the roll is whole */
    uint64_t files, bytes;          /* of the whole roll; only said where last */
    size_t pack_count; /* 0..SL_PART_PACKS_MAX + 1 (the manifest may need one of its own) */
    struct sl_part_pack packs[SL_PART_PACKS_MAX + 1];
    /* The manifest, zstd: here, or (inline_manifest empty) at the end of the last pack. */
    struct sl_view inline_manifest;
    uint64_t manifest_offset; /* within the last pack's content; 0 where the manifest is here */
    uint64_t manifest_bytes;  /* of the zstd bytes, never 0 */
    uint8_t manifest_hash[SL_SHA256_BYTES]; /* of the zstd bytes, wherever they are */
    uint64_t manifest_raw;                  /* bytes when unpacked, at most ..._RAW_MAX */
};

/* Append the body. SL_E_BROKEN for what no reader would take (see the page); *out as it was. */
sl_rc sl_part_write(const struct sl_part *p, struct sl_buf *out, struct sl_err *err);
/* Views of *ret point into `in`; *ret is untouched on failure. `need` is the session's k, to judge
 * where the manifest may lie. SL_E_BROKEN for anything the page refuses. */
sl_rc sl_part_read(struct sl_view in, unsigned need, struct sl_part *ret, struct sl_err *err);

/* The care body of a PART entry. A bit set in `with` means that seat of the session has proved its
 * shard of every pack of this part. */
struct sl_part_care {
    uint64_t first_pack, pack_count;
    uint32_t proved; /* bit i: seat i */
};
sl_rc sl_part_care_write(const struct sl_part_care *p, struct sl_buf *out, struct sl_err *err);
sl_rc sl_part_care_read(struct sl_view in, struct sl_part_care *ret, struct sl_err *err);
