/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: an answer, read and then counted by somebody who gathers. None of these is true.
 */
#include "fuzz/fuzz.h"
#include "scene.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct scene s;
    struct sl_gathering g;
    struct sl_answer a;
    struct sl_err err;

    if (s.quorum.count == 0) {
        fixed_start();
        scene_new(&s, 2, 3);
    }
    if (sl_answer_read(view_of(data, size), &a, &err) != SL_OK)
        return 0;
    if (size != SL_ANSWER_BYTES || memcmp(a.bytes, data, size) != 0 || a.number < 1)
        abort();
    if (sl_gathering_begin(&s.quorum, &s.locker, &g, &err) != SL_OK)
        abort();
    (void)sl_gathering_add(&g, &s.request, &a, &err);
    return 0;
}
