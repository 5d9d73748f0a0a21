/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A whole entry made from fixed keys, ready to be sealed into a slip.
 */
#pragma once

#include "fixed.h"

#define HEADER_BYTES 168u /* of the age header for one X25519 recipient */

/* An entry with everything on it: heads, a body for the locker, a body for care. */
struct entry {
    struct sl_session session;
    struct sl_record record;
    struct sl_buf session_block, heads, body, care_body;
    struct sl_slip slip;
};

static inline void make_entry(struct entry *e)
{
    struct sl_age_recipient locker = fixed_recipient(FIXED_LOCKER);
    struct sl_head heads[2] = { { .number = 3 }, { .number = 9 } };

    memset(e, 0, sizeof *e);
    e->session_block = sl_buf_upto(SL_SESSION_BLOCK_MAX);
    e->heads = sl_buf_upto(8192);
    e->body = sl_buf_upto(SL_SLIP_BYTES);
    e->care_body = sl_buf_upto(SL_SLIP_BYTES);
    fixed_session(&e->session);
    fixed_record(&e->session, &e->record);
    memset(heads[1].session, 7, sizeof heads[1].session);
    CHECK_EQ(sl_session_write(&e->session, &e->session_block, NULL), SL_OK);
    CHECK_EQ(sl_heads_write(heads, 2, &e->heads, NULL), SL_OK);
    sl_sha256_of(sl_buf_view(&e->heads), e->record.heads);
    CHECK_EQ(sl_body_seal(view_text("for the locker"), &locker, 1, &e->body, e->record.body, NULL),
             SL_OK);
    CHECK_EQ(sl_care_body_write(view_text("for care"), &e->care_body, e->record.care_body, NULL),
             SL_OK);
    e->slip.session = sl_buf_view(&e->session_block);
    e->slip.heads = sl_buf_view(&e->heads);
    e->slip.body = sl_buf_view(&e->body);
    e->slip.care_body = sl_buf_view(&e->care_body);
    fixed_sign(&e->record, &e->slip);
}

static inline void clear_entry(struct entry *e)
{
    sl_buf_clear(&e->session_block);
    sl_buf_clear(&e->heads);
    sl_buf_clear(&e->body);
    sl_buf_clear(&e->care_body);
}

static inline void seal(const struct sl_slip *s, uint8_t ret[SL_SLIP_BYTES])
{
    struct sl_age_recipient care = fixed_recipient(FIXED_CARE);

    CHECK_EQ(sl_slip_seal(s, &care, ret, NULL), SL_OK);
}
