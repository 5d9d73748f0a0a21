/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Objects to give to a keeper under test: their bytes follow from a number, so that nobody has to
 * keep them.
 */
#pragma once

#include <fcntl.h>
#include <stdlib.h>

#include "fake/folder.h"
#include "fake/os_fault.h"
#include "keeper/keeper.h"

static const struct sl_id OBJECTS_FOLDER = { { 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99,
                                               0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0x00 } };
#define OBJECTS_FOLDER_TEXT "112233445566778899aabbccddeeff00"

static uint8_t objects_bytes[SL_FULL_BYTES], objects_back[SL_FULL_BYTES];
static _Alignas(SL_KEEPER_SCRATCH_ALIGN) uint8_t objects_scratch[SL_KEEPER_SCRATCH];

static inline struct sl_object object_named(enum sl_object_kind kind, unsigned number)
{
    struct sl_object o = { .kind = kind };

    for (size_t i = 0; i < sizeof o.name; i += 8) {
        uint64_t word = fault_mix(number * 2u + (i > 0));
        memcpy(o.name + i, &word, 8);
    }
    return o;
}

/* The bytes of version `version` of an object, in objects_bytes. */
static inline struct sl_view object_bytes(const struct sl_object *o, unsigned version)
{
    size_t count = sl_object_bytes(o->kind);
    uint64_t word = 0;

    memcpy(&word, o->name, sizeof word);
    word += version + o->kind * 1000u;
    for (size_t i = 0; i < count; i += 8) {
        word = fault_mix(word);
        memcpy(objects_bytes + i, &word, 8);
    }
    return (struct sl_view){ objects_bytes, count };
}

/* Put it in two pieces, as a shard's head and slice come. */
static inline sl_rc object_put(struct sl_keeper *k, const struct sl_object *o, unsigned version,
                               struct sl_err *err)
{
    struct sl_view all = object_bytes(o, version);
    struct sl_view pieces[] = { { all.at, SL_SHARD_HEAD_BYTES },
                                { all.at + SL_SHARD_HEAD_BYTES, all.len - SL_SHARD_HEAD_BYTES } };

    return sl_keeper_put(k, o, pieces, 2, err);
}

static inline sl_rc object_prove(struct sl_keeper *k, const struct sl_object *o, unsigned version,
                                 enum sl_proof *ret, struct sl_err *err)
{
    struct sl_view all = object_bytes(o, version);
    struct sl_view pieces[] = { { all.at, SL_SHARD_HEAD_BYTES },
                                { all.at + SL_SHARD_HEAD_BYTES, all.len - SL_SHARD_HEAD_BYTES } };

    return sl_keeper_prove(k, o, pieces, 2, objects_scratch, ret, err);
}

/* Get all of it; SL_E_BROKEN where the bytes are not that version's. */
static inline sl_rc object_get(struct sl_keeper *k, const struct sl_object *o, unsigned version)
{
    struct sl_view all = object_bytes(o, version);

    SL_TRY(sl_keeper_get(k, o, 0, all.len, objects_back, NULL));
    return memcmp(all.at, objects_back, all.len) == 0 ? SL_OK : SL_E_BROKEN;
}
