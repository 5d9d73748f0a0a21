/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: a home's memory of the journal, opened. What is believed is written back the same.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "journal/seen.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SL_AUTO_CLEAR(buf) back = sl_buf_upto(SL_SEEN_BYTES_MAX);
    static const uint8_t production[SL_PRODUCTION_BYTES];
    struct sl_view in = { data, size };
    struct sl_seen seen = { 0 };
    struct sl_err err;

    if (sl_seen_read(in, production, &seen, &err) != SL_OK)
        return 0;
    if (seen.count > SL_SEEN_SESSIONS_MAX ||
        sl_seen_write(&seen, production, &back, &err) != SL_OK || back.len != size ||
        memcmp(back.at, data, size) != 0)
        abort();
    sl_seen_clear(&seen);
    return 0;
}
