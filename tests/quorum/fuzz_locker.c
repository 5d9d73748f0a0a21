/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: a sealed locker. What is read is written back the same, and judging it holds.
 */
#include "fuzz/fuzz.h"
#include "scene.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SL_AUTO_CLEAR(buf) back = sl_buf_upto(SL_LOCKER_BYTES_MAX);
    static struct sl_quorum q;
    struct sl_sealed_locker l;
    struct sl_err err;

    fixed_start();
    sl_point_base(&q.commitments[0]);
    if (sl_locker_read(view_of(data, size), &l, &err) != SL_OK)
        return 0;
    (void)sl_locker_check(&q, &l, &err);
    if (sl_locker_write(&l, &back, &err) != SL_OK || back.len != size ||
        memcmp(back.at, data, size) != 0)
        abort();
    return 0;
}
