/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: what explains a session, under the tests' fixed keys. What is believed is certified,
 * and written back the same.
 */
#include "fixed.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct sl_session want;
    SL_AUTO_CLEAR(buf) back = sl_buf_upto(SL_SESSION_BLOCK_MAX);
    struct sl_session s;
    struct sl_err err;

    if (want.need == 0) {
        fixed_start();
        fixed_session(&want);
    }
    if (sl_session_read(view_of(data, size), want.production, want.session, &s, &err) != SL_OK)
        return 0;
    if (!sl_session_certified(&s) || sl_session_write(&s, &back, &err) != SL_OK)
        abort();
    if (back.len != size || memcmp(back.at, data, size) != 0)
        abort();
    return 0;
}
