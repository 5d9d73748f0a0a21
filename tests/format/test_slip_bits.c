/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every single bit of one slip, flipped. A program of its own: half a million openings take some
 * seconds.
 */
#include "entry.h"

/* Every single bit of one slip. Those of header and nonce through the whole opening; those of the
 * payload, half a million, against its key, since all else is the same each time. */
static void slip__every_flipped_bit_is_refused(void)
{
    SL_AUTO_CLEAR(buf) plain = sl_buf_upto(SL_SLIP_BYTES);
    SL_AUTO_FREE(age_payload) *payload = NULL;
    struct sl_age_identity *care = fixed_identity(FIXED_CARE);
    static uint8_t sealed[SL_SLIP_BYTES], out[SL_SLIP_BYTES];
    struct sl_age_key key = { 0 };
    size_t opened = 0, begin = HEADER_BYTES + SL_AGE_NONCE_BYTES;
    struct sl_slip back;
    struct entry e;

    make_entry(&e);
    seal(&e.slip, sealed);
    for (size_t bit = 0; bit < 8 * (begin + 64); bit++) {
        sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
        opened +=
            sl_slip_open(view_of(sealed, sizeof sealed), &care, 1, &plain, &back, NULL) == SL_OK;
        sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    CHECK_EQ(sl_age_header_open(view_of(sealed, HEADER_BYTES), &care, 1, &key, NULL), SL_OK);
    CHECK_EQ(sl_age_payload_new(&key, sealed + HEADER_BYTES, &payload, NULL), SL_OK);
    struct sl_view chunk = { sealed + begin, sizeof sealed - begin };
    CHECK_EQ(sl_age_chunk_open(payload, 0, true, chunk, out, NULL), SL_OK);
    for (size_t bit = 8 * begin; bit < 8 * sizeof sealed; bit++) {
        sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
        opened += sl_age_chunk_open(payload, 0, true, chunk, out, NULL) == SL_OK;
        sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    CHECK_EQ(opened, 0);
    CHECK_EQ(plain.len, 0);
    sl_secret_free(key.bytes);
    sl_age_identity_free(care);
    clear_entry(&e);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(slip__every_flipped_bit_is_refused),
    };

    fixed_start();
    return check_run(cases, sizeof cases / sizeof *cases);
}
