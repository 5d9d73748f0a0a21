/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names of stored objects (docs/format/names.md): what a keeper sees instead of ids. Two keepers
 * who compare notes find nothing equal, and a name tells nothing without the session's name key.
 */
#pragma once

#include "base/bytes.h"
#include "base/limits.h"
#include "crypto/secret.h"

#define SL_ID_BYTES     16u /* keepers, lockers and rolls are known by 16 random bytes */
#define SL_NAME_BYTES   16u
#define SL_OBJECT_TEXT  38u /* "f/ab/abcdef..." with NUL */
#define SL_ATTEMPTS_MAX 4u  /* attempts 0..3 at one object; readers try them in order */
#define SL_FOLDER_TEXT  33u /* a keeper's folder: its id in hex, with NUL */

struct sl_id {
    uint8_t bytes[SL_ID_BYTES];
};

enum sl_object_kind {
    SL_OBJECT_FULL = 'f', /* SL_FULL_BYTES: one shard of one pack */
    SL_OBJECT_SLIP = 's', /* SL_SLIP_BYTES: one entry, sealed for one keeper */
};

struct sl_object {
    enum sl_object_kind kind;
    uint8_t name[SL_NAME_BYTES];
};

/* The name of pack or entry `number`, shard `shard` (0 for slips), at `keeper`, `attempt`. */
void sl_object_of(const struct sl_name_key *key, enum sl_object_kind kind,
                  const struct sl_id *keeper, uint64_t number, uint8_t shard, uint32_t attempt,
                  struct sl_object *ret);

/* "f/<2 hex>/<32 hex>", and back (SL_E_BROKEN for anything else, upper case included). */
void sl_object_text(const struct sl_object *o, char ret[SL_OBJECT_TEXT]);
sl_rc sl_object_read(struct sl_view text, struct sl_object *ret, struct sl_err *err);

/* Bytes that every object of this kind has. */
size_t sl_object_bytes(enum sl_object_kind kind);

/* 16 random bytes, their hex, and back. */
void sl_id_draw(struct sl_id *ret);
void sl_id_text(const struct sl_id *id, char ret[SL_FOLDER_TEXT]);
sl_rc sl_id_read(struct sl_view text, struct sl_id *ret, struct sl_err *err);
bool sl_id_same(const struct sl_id *a, const struct sl_id *b);
