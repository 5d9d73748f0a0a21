/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: a trustee's share. What is believed is written back the same.
 */
#include "fuzz/fuzz.h"
#include "scene.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SL_AUTO_FREE(secret) *back = NULL;
    SL_AUTO_CLEAR(share) s = { 0 };
    struct sl_err err;

    fixed_start();
    if (sl_share_read(view_of(data, size), &s, &err) != SL_OK)
        return 0;
    if (sl_share_write(&s, &back, &err) != SL_OK || sl_secret_expose(back).len != size ||
        memcmp(sl_secret_expose(back).at, data, size) != 0)
        abort();
    return 0;
}
