/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: a letter with texts in it. What is read can be written, and reads the same again.
 */
#include "fuzz/fuzz.h"
#include "scene.h"

static void one(enum sl_post_kind kind, struct sl_view letter, size_t index)
{
    SL_AUTO_CLEAR(buf) got = sl_buf_upto(SL_POST_TEXT_MAX), text = sl_buf_upto(SL_POST_TEXT_MAX),
                       again = sl_buf_upto(SL_POST_TEXT_MAX);
    struct sl_err err;

    if (sl_post_read(kind, letter, index, &got, &err) != SL_OK)
        return;
    if (sl_post_write(kind, sl_buf_view(&got), &text, &err) != SL_OK ||
        sl_post_read(kind, sl_buf_view(&text), 0, &again, &err) != SL_OK || again.len != got.len ||
        memcmp(again.at, got.at, got.len) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fixed_start();
    for (size_t index = 0; index < 3; index++) {
        for (enum sl_post_kind kind = 0; kind < SL_POST_KINDS; kind++)
            one(kind, view_of(data, size), index);
    }
    return 0;
}
