/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every limit that has a number in more than one room. Each is named here, tested at its edge,
 * and told to the person in plain words where it is hit.
 */
#pragma once

#include <stdint.h>

/* Dispersal: any `need` of `count` shards give a pack back (docs/format/shard.md). */
#define SL_NEED_MAX    16u  /* k */
#define SL_KEEPERS_MAX 32u  /* n, keepers that one machine writes to */
#define SL_SHARDS_MAX  256u /* shard numbers are 0..255 */

/* The quorum. */
#define SL_TRUSTEES_MAX 16u /* m */

/* Stored objects (docs/format/names.md): two sizes only. */
#define SL_FULL_BYTES       (4u << 20) /* a shard with its head */
#define SL_SLIP_BYTES       (64u << 10)
#define SL_SHARD_HEAD_BYTES 4096u
#define SL_SLICE_BYTES      (SL_FULL_BYTES - SL_SHARD_HEAD_BYTES) /* P of the design */

/* What a card may hold. */
#define SL_PATH_MAX       4096u /* bytes of a path beneath the card, without NUL */
#define SL_FILE_BYTES_MAX (UINT64_C(1) << 53)
#define SL_ROLL_FILES_MAX UINT64_C(10000000)

/* Parts of a roll (docs/format/part.md). */
#define SL_PART_PACKS_MAX 64u
#define SL_PART_MS_MAX    60000u

/* Names people choose: production alias, locker, keeper, roll. */
#define SL_ALIAS_MAX 64u
