/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What only the shard room sees: zfec's matrix, as ISA-L wants it.
 */
#pragma once

#include "shard/shard.h"

/* Whether have[0..need) can be decoded from: need in 1..SL_NEED_MAX, no number twice. SL_E_USAGE
 * otherwise. `have` NULL means 0..need-1 and is copied out as such to ret[0..need). */
sl_rc sl_matrix_have(unsigned need, const uint8_t *have, uint8_t *ret, struct sl_err *err);

/* Write the coefficients that make shard `want` from the shards have[0..need), which
 * sl_matrix_have() accepted: `need` bytes a row, `count` rows. */
void sl_matrix_rows(unsigned need, const uint8_t *have, const uint8_t *want, size_t count,
                    uint8_t *ret);

/* ISA-L's tables for `count` rows of `need` coefficients: 32 x need x count bytes at `tables`. */
void sl_matrix_tables(unsigned need, size_t count, uint8_t *rows, uint8_t *tables);

/* ISA-L reads through pointers to plain bytes and writes to none but its outputs; this says so in
 * one place. */
static inline uint8_t *sl_matrix_plain(const uint8_t *p)
{
    return (uint8_t *)(uintptr_t)p;
}
