/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * zfec's code as matrices. Shard j is row j of V, a table of powers over GF(256)/0x11d, times the
 * inverse of V's top `need` rows (SHARD-2, SHARD-3). Between any two choices of shards that top
 * cancels out: want = V[want] x inverse(V[have]) x have. So encoding, decoding and rebuilding are
 * one computation, with one inversion.
 */
#include "shard/inside.h"

#include <assert.h>
#include <isa-l/erasure_code.h>
#include <string.h>

#include "base/say.h"

sl_rc sl_matrix_have(unsigned need, const uint8_t *have, uint8_t *ret, struct sl_err *err)
{
    bool seen[SL_SHARDS_MAX] = { false };

    if (need < 1 || need > SL_NEED_MAX) /* SHARD-1 */
        return sl_fail(err, SL_E_USAGE, _("a pack of %u slices: from 1 to %u can be"), need,
                       SL_NEED_MAX);
    for (unsigned i = 0; have != NULL && i < need; i++) {
        if (seen[have[i]])
            return sl_fail(err, SL_E_USAGE,
                           _("shard %u is given twice: %u different ones are needed"), have[i],
                           need);
        seen[have[i]] = true;
    }
    for (unsigned i = 0; i < need; i++)
        ret[i] = have != NULL ? have[i] : (uint8_t)i;
    return SL_OK;
}

/* Row `number` of V: 1, x, x^2 ... with a different x for each of the 256 numbers (zero for number
 * 0, then the powers of the generator 2), so that any `need` rows have an inverse. */
static void power_row(unsigned need, uint8_t number, uint8_t *ret)
{
    uint8_t x = number == 0 ? 0 : 1;

    for (unsigned i = 1; i < number; i++)
        x = gf_mul(x, 2);
    ret[0] = 1;
    for (unsigned i = 1; i < need; i++)
        ret[i] = gf_mul(ret[i - 1], x);
}

void sl_matrix_rows(unsigned need, const uint8_t *have, const uint8_t *want, size_t count,
                    uint8_t *ret)
{
    uint8_t powers[SL_NEED_MAX * SL_NEED_MAX];
    uint8_t inverse[SL_NEED_MAX * SL_NEED_MAX];
    uint8_t row[SL_NEED_MAX];

    for (unsigned i = 0; i < need; i++)
        power_row(need, have[i], powers + (size_t)i * need);
    int singular = gf_invert_matrix(powers, inverse, (int)need);
    assert(!singular); /* different numbers: a Vandermonde matrix */
    (void)singular;
    for (size_t r = 0; r < count; r++) {
        power_row(need, want[r], row);
        for (unsigned col = 0; col < need; col++) {
            uint8_t sum = 0;
            for (unsigned i = 0; i < need; i++)
                sum ^= gf_mul(row[i], inverse[i * need + col]);
            ret[r * need + col] = sum;
        }
    }
}

void sl_matrix_tables(unsigned need, size_t count, uint8_t *rows, uint8_t *tables)
{
    ec_init_tables((int)need, (int)count, rows, tables);
}
