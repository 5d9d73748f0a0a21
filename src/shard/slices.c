/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The payload of a pack, read through any `need` of its shards. Byte x of a missing slice depends
 * on byte x of the slices given and on nothing else; so whatever range is asked for is decoded
 * straight to where it is wanted, and no slice is ever built in memory to be read from.
 */
#include <isa-l/erasure_code.h>
#include <string.h>

#include "base/say.h"
#include "shard/inside.h"

#define MISSING SL_NEED_MAX

sl_rc sl_slices_over(unsigned need, const uint8_t *have, const uint8_t *const *from,
                     struct sl_slices *ret, struct sl_err *err)
{
    uint8_t given[SL_NEED_MAX], rows[SL_NEED_MAX];

    SL_TRY(sl_matrix_have(need, have, given, err));
    ret->need = need;
    memset(ret->place, MISSING, sizeof ret->place);
    for (unsigned i = 0; i < need; i++) {
        ret->from[i] = from[i];
        if (given[i] < need)
            ret->place[given[i]] = (uint8_t)i;
    }
    for (unsigned i = 0; i < need; i++) {
        uint8_t number = (uint8_t)i;
        if (ret->place[i] != MISSING)
            continue;
        sl_matrix_rows(need, given, &number, 1, rows);
        sl_matrix_tables(need, 1, rows, ret->tables[i]);
    }
    return SL_OK;
}

/* One range inside one slice. */
static void read_slice(const struct sl_slices *s, unsigned slice, size_t at, uint8_t *to,
                       size_t len)
{
    uint8_t *in[SL_NEED_MAX];

    if (s->place[slice] != MISSING) {
        memcpy(to, s->from[s->place[slice]] + at, len);
        return;
    }
    for (unsigned i = 0; i < s->need; i++)
        in[i] = sl_matrix_plain(s->from[i]) + at;
    ec_encode_data((int)len, (int)s->need, 1, sl_matrix_plain(s->tables[slice]), in, &to);
}

static sl_rc check_range(const struct sl_slices *s, uint64_t at, size_t len, struct sl_err *err)
{
    uint64_t whole = (uint64_t)s->need * SL_SLICE_BYTES;

    if (at > whole || len > whole - at)
        return sl_fail(err, SL_E_USAGE,
                       _("%zu bytes from %llu on lie past the end of a pack of %llu"), len,
                       (unsigned long long)at, (unsigned long long)whole);
    return SL_OK;
}

sl_rc sl_slices_read(const struct sl_slices *s, uint64_t at, uint8_t *to, size_t len,
                     struct sl_err *err)
{
    SL_TRY(check_range(s, at, len, err));
    while (len > 0) {
        size_t inside = (size_t)(at % SL_SLICE_BYTES);
        size_t run = SL_SLICE_BYTES - inside < len ? SL_SLICE_BYTES - inside : len;
        read_slice(s, (unsigned)(at / SL_SLICE_BYTES), inside, to, run);
        at += run;
        to += run;
        len -= run;
    }
    return SL_OK;
}

sl_rc sl_slices_view(const struct sl_slices *s, uint64_t at, size_t len, uint8_t *scratch,
                     struct sl_view *ret, struct sl_err *err)
{
    SL_TRY(check_range(s, at, len, err));
    size_t slice = (size_t)(at / SL_SLICE_BYTES), inside = (size_t)(at % SL_SLICE_BYTES);
    if (slice < s->need && s->place[slice] != MISSING && len <= SL_SLICE_BYTES - inside) {
        *ret = (struct sl_view){ s->from[s->place[slice]] + inside, len };
        return SL_OK;
    }
    SL_TRY(sl_slices_read(s, at, scratch, len, err));
    *ret = (struct sl_view){ scratch, len };
    return SL_OK;
}
