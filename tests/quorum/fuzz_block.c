/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: the public block of a quorum. What is believed is written back the same.
 */
#include "fuzz/fuzz.h"
#include "scene.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t production[SL_PRODUCTION_BYTES] = { 0 };
    SL_AUTO_CLEAR(buf) back = sl_buf_upto(SL_QUORUM_BYTES_MAX);
    struct sl_quorum q;
    struct sl_err err;

    fixed_start();
    if (sl_quorum_read(view_of(data, size), production, &q, &err) != SL_OK)
        return 0;
    if (sl_quorum_write(&q, &back, &err) != SL_OK || back.len != size ||
        memcmp(back.at, data, size) != 0)
        abort();
    return 0;
}
