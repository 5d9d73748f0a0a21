/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The head inside a pack, and the arithmetic of what fits k slices.
 */
#include "base/limits.h"
#include "fixed.h"
#include "format/pack_head.h"

static void good_head(struct sl_pack_head *h)
{
    memset(h, 0, sizeof *h);
    memset(h->production, 1, sizeof h->production);
    memset(h->session, 2, sizeof h->session);
    h->locker = fixed_id(FIXED_LOCKER_ID);
    h->epoch = 0x01020304;
    h->number = 0x1122334455667788;
}

static void pack_head__reads_what_it_writes(void)
{
    struct sl_pack_head h, back = { 0 };
    uint8_t bytes[SL_PACK_HEAD_BYTES];

    good_head(&h);
    sl_pack_head_write(&h, bytes);
    CHECK_EQ(sl_pack_head_read(view_of(bytes, sizeof bytes), &back, NULL), SL_OK);
    CHECK(memcmp(back.production, h.production, 32) == 0);
    CHECK(memcmp(back.session, h.session, 32) == 0);
    CHECK(sl_id_same(&back.locker, &h.locker));
    CHECK(back.epoch == h.epoch && back.number == h.number);
}

/* PACK-4 */
static void pack_head__refuses_every_other_length(void)
{
    struct sl_pack_head h, back = { .epoch = 77 };
    uint8_t bytes[SL_PACK_HEAD_BYTES + 1] = { 0 };

    good_head(&h);
    sl_pack_head_write(&h, bytes);
    for (size_t len = 0; len <= sizeof bytes; len++)
        if (len != SL_PACK_HEAD_BYTES)
            CHECK_EQ(sl_pack_head_read(view_of(bytes, len), &back, NULL), SL_E_BROKEN);
    CHECK_EQ(back.epoch, 77);
}

/* PACK-4: every byte that has to be zero or fixed; PACK-5: the version is named. */
static void pack_head__refuses_each_damaged_byte(void)
{
    struct sl_pack_head h, back = { .epoch = 77 };
    uint8_t bytes[SL_PACK_HEAD_BYTES];
    struct sl_err err = { 0 };

    good_head(&h);
    sl_pack_head_write(&h, bytes);
    for (size_t i = 0; i < sizeof bytes; i++) {
        bool judged = i < 12 || i >= 104;
        bytes[i] ^= 0x40;
        CHECK_EQ(sl_pack_head_read(view_of(bytes, sizeof bytes), &back, &err),
                 judged ? SL_E_BROKEN : SL_OK);
        if (i == 8)
            CHECK(strstr(err.text, "version 65") != NULL);
        bytes[i] ^= 0x40;
    }
}

/* PACK-1, PACK-2, PACK-3 for every k that there is. */
static void pack__plaintext_fills_k_slices_exactly(void)
{
    for (unsigned k = 1; k <= SL_NEED_MAX; k++) {
        uint64_t plain = sl_pack_plain_bytes(k), chunks = (plain + 65535) / 65536;
        CHECK_EQ(plain + 16 * chunks, (uint64_t)k * SL_SLICE_BYTES);
        CHECK(plain % 65536 != 0); /* the last chunk is shorter: nothing to be mistaken about */
        CHECK_EQ(sl_age_payload_bytes(plain), (uint64_t)k * SL_SLICE_BYTES);
        CHECK_EQ(sl_pack_content_bytes(k), plain - 128);
    }
    CHECK_EQ(sl_pack_plain_bytes(1), 4189184);
    CHECK_EQ(sl_pack_plain_bytes(3), 12567552);
    CHECK_EQ(sl_pack_plain_bytes(16), 67026960);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(pack_head__reads_what_it_writes),
        CASE(pack_head__refuses_every_other_length),
        CASE(pack_head__refuses_each_damaged_byte),
        CASE(pack__plaintext_fills_k_slices_exactly),
    };

    fixed_start();
    return check_run(cases, sizeof cases / sizeof *cases);
}
