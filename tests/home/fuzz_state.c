/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is inside the seal of an offload's state, and the slips behind it: any bytes at all must be
 * read or refused. What is read never points outside what was given.
 */
#include "home/state.h"

#include <stdlib.h>

#include "fuzz/fuzz.h"

#define PLAIN_BYTES 4096u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t plain = size < PLAIN_BYTES ? size : PLAIN_BYTES, count = 0;
    struct sl_waiting_slip slips[SL_KEEPERS_MAX];
    struct sl_roll_state state;
    struct sl_view rest = { data + plain, size - plain };

    if (sl_state_read((struct sl_view){ data, plain }, rest, &state, slips, &count, NULL) != SL_OK)
        return 0;
    for (size_t i = 0; i < count; i++)
        if (slips[i].bytes < rest.at || slips[i].bytes + SL_SLIP_BYTES > rest.at + rest.len)
            abort();
    return 0;
}
