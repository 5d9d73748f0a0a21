/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The head inside a pack (docs/format/pack.md): repeats, beneath the seal, what the pack is, so
 * that its meaning is authenticated and not only its bytes. Content follows, then zeroes.
 */
#pragma once

#include "base/bytes.h"
#include "format/name.h"
#include "format/record.h"

#define SL_PACK_HEAD_BYTES 128u

struct sl_pack_head {
    uint8_t production[SL_PRODUCTION_BYTES];
    uint8_t session[SL_SESSION_BYTES];
    struct sl_id locker;
    uint32_t epoch;  /* of the locker's key */
    uint64_t number; /* of the pack within its session, from 0 */
};

void sl_pack_head_write(const struct sl_pack_head *h, uint8_t ret[SL_PACK_HEAD_BYTES]);
sl_rc sl_pack_head_read(struct sl_view in, struct sl_pack_head *ret, struct sl_err *err);

/* Plaintext bytes of a pack of k slices (its payload is exactly k * SL_SLICE_BYTES), and of its
 * content, the head not counted. */
uint64_t sl_pack_plain_bytes(unsigned need);
uint64_t sl_pack_content_bytes(unsigned need);
