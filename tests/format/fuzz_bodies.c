/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: the bodies of entries: founding, opened, closed, author, checkpoint. What is
 * believed is written back the same.
 */
#include <stdlib.h>
#include <string.h>

#include "format/founding.h"
#include "fuzz/fuzz.h"

static void must_be(struct sl_view in, struct sl_buf *back, sl_rc written)
{
    if (written != SL_OK || back->len != in.len || memcmp(back->at, in.at, in.len) != 0)
        abort();
    back->len = 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SL_AUTO_CLEAR(buf) back = sl_buf_upto(1u << 20);
    static struct sl_founding founding;
    struct sl_view in = { data, size };
    struct sl_opened opened;
    struct sl_closed closed;
    struct sl_author author;
    struct sl_checkpoint checkpoint;
    struct sl_err err;

    if (sl_founding_read(in, &founding, &err) == SL_OK)
        must_be(in, &back, sl_founding_write(&founding, &back, &err));
    if (sl_opened_read(in, &opened, &err) == SL_OK)
        must_be(in, &back, sl_opened_write(&opened, &back, &err));
    if (sl_closed_read(in, &closed, &err) == SL_OK)
        must_be(in, &back, sl_closed_write(&closed, &back, &err));
    if (sl_author_read(in, &author, &err) == SL_OK)
        must_be(in, &back, sl_author_write(&author, &back, &err));
    (void)sl_checkpoint_read(in, &checkpoint, &err);
    return 0;
}
