/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Three ways to hold bytes, and no fourth: a view (someone else's), a buffer (ours, with a hard
 * limit given at birth) and a cursor (a reading position that cannot leave its view).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct sl_view {
    const uint8_t *at;
    size_t len;
};

struct sl_buf {
    uint8_t *at;
    size_t len, cap, limit;
};

/* Once a read runs past the end the cursor is spoilt: it stays spoilt, and every later read
 * gives zeroes. So a decoder reads its fields one per line and asks sl_cur_done() once, before
 * it believes any of them. */
struct sl_cur {
    const uint8_t *at;
    size_t left;
    bool spoilt;
};

struct sl_cur sl_cur_over(struct sl_view in);
struct sl_view sl_cur_take(struct sl_cur *c, size_t len);
struct sl_cur sl_cur_part(struct sl_cur *c, size_t len);
void sl_cur_copy(struct sl_cur *c, uint8_t *out, size_t len);
uint8_t sl_cur_u8(struct sl_cur *c);
uint16_t sl_cur_u16(struct sl_cur *c);
uint32_t sl_cur_u32(struct sl_cur *c);
uint64_t sl_cur_u64(struct sl_cur *c);
bool sl_cur_done(const struct sl_cur *c); /* not spoilt, and nothing left over */

struct sl_buf sl_buf_upto(size_t limit);
sl_rc sl_buf_put(struct sl_buf *b, struct sl_view in, struct sl_err *err);
struct sl_view sl_buf_view(const struct sl_buf *b);
void sl_buf_clear(struct sl_buf *b);

/* Make room for one more thing of `size` bytes in an array of `count`, doubling as it grows: *at is
 * reallocated when count == *room. On failure (SL_E_SYSTEM) *at and *room stay as they are. */
sl_rc sl_grow(void **at, size_t count, size_t *room, size_t size, struct sl_err *err);
