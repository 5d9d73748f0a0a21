/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: armor. What is accepted, written again, is read as the same bytes; the pieces it
 * comes in do not matter.
 */
#include "crypto/armor.h"

#include <string.h>

#include "crypto/inside.h"
#include "fuzz/fuzz.h"

static sl_rc unwrap(struct sl_view text, size_t piece, struct sl_buf *out)
{
    SL_AUTO_FREE(armor_reader) *r = NULL;
    struct sl_cur c = sl_cur_over(text);

    SL_TRY(sl_armor_reader_new(&r, NULL));
    while (c.left > 0)
        SL_TRY(sl_armor_read(r, sl_cur_take(&c, c.left < piece ? c.left : piece), out, NULL));
    return sl_armor_read_finish(r, NULL);
}

static void same(const struct sl_buf *a, const struct sl_buf *b)
{
    sl_crypto_must(a->len == b->len && (a->len == 0 || memcmp(a->at, b->at, a->len) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_view in = { data, size };
    struct sl_buf a = sl_buf_upto(size), b = sl_buf_upto(size), text = sl_buf_upto(2 * size + 99);
    struct sl_armor_writer w = { 0 };

    sl_rc whole = unwrap(in, SIZE_MAX, &a);
    sl_crypto_must(unwrap(in, 3, &b) == whole);
    same(&a, &b);
    sl_crypto_must(whole != SL_OK || sl_armor_begins(in));
    sl_crypto_must(sl_armor_write(&w, sl_buf_view(&a), &text, NULL) == SL_OK);
    sl_crypto_must(sl_armor_finish(&w, &text, NULL) == SL_OK);
    b.len = 0;
    sl_crypto_must(unwrap(sl_buf_view(&text), 61, &b) == SL_OK);
    same(&a, &b);
    sl_buf_clear(&a);
    sl_buf_clear(&b);
    sl_buf_clear(&text);
    return 0;
}
