/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: a part of a roll and its body for care. What is believed is written back the same.
 */
#include <stdlib.h>
#include <string.h>

#include "format/part.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SL_AUTO_CLEAR(buf) back = sl_buf_upto(4u << 20);
    struct sl_view in = { data, size };
    struct sl_part part;
    struct sl_part_care care;
    struct sl_err err;

    if (sl_part_read(in, SL_NEED_MAX, &part, &err) == SL_OK) {
        if (sl_part_write(&part, &back, &err) != SL_OK || back.len != size ||
            memcmp(back.at, data, size) != 0)
            abort();
        back.len = 0;
    }
    if (sl_part_care_read(in, &care, &err) == SL_OK &&
        (sl_part_care_write(&care, &back, &err) != SL_OK || back.len != size ||
         memcmp(back.at, data, size) != 0))
        abort();
    return 0;
}
