/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: the content of a slip after opening, its heads, and what it says of itself.
 */
#include "fixed.h"
#include "format/inside.h"
#include "fuzz/fuzz.h"

static int within(struct sl_view piece, const uint8_t *data, size_t size)
{
    return piece.len == 0 || (piece.at >= data && piece.at + piece.len <= data + size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_head heads[SL_HEADS_MAX];
    struct sl_session session;
    struct sl_record record;
    struct sl_slip s;
    struct sl_err err;
    size_t count = 0;

    if (fixed.os.random == NULL)
        fixed_start();
    if (sl_heads_read(view_of(data, size), heads, &count, &err) == SL_OK && count > SL_HEADS_MAX)
        abort();
    if (sl_slip_read(view_of(data, size), &s, &err) != SL_OK)
        return 0;
    if (!within(s.session, data, size) || !within(s.heads, data, size) ||
        !within(s.body, data, size) || !within(s.care_body, data, size))
        abort();
    if (!within(sl_slip_care_body(&s), data, size))
        abort();
    if (sl_slip_judge(&s, &record, &session, &err) == SL_OK &&
        !sl_record_signed(s.record_bytes, s.signature))
        abort();
    return 0;
}
