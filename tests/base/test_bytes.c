/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cursors never leave their view, buffers never pass their limit.
 */
#include "base/bytes.h"

#include "check.h"

static const uint8_t TEN[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };

static struct sl_cur over(size_t len)
{
    return sl_cur_over((struct sl_view){ TEN, len });
}

static void cur__reads_little_endian_numbers(void)
{
    struct sl_cur c = over(10);

    CHECK_EQ(sl_cur_u8(&c), 0x01);
    CHECK_EQ(sl_cur_u16(&c), 0x0302);
    CHECK_EQ(sl_cur_u32(&c), 0x07060504);
    CHECK(!sl_cur_done(&c)); /* something is left over */
    CHECK_EQ(c.left, 3);
    c = over(8);
    CHECK(sl_cur_u64(&c) == UINT64_C(0x0807060504030201));
    CHECK(sl_cur_done(&c));
}

static void cur__gives_zeroes_past_the_end_and_stays_spoilt(void)
{
    static const size_t widths[] = { 1, 2, 4, 8 };

    for (size_t w = 0; w < 4; w++) {
        for (size_t len = 0; len < widths[w]; len++) {
            struct sl_cur c = over(len);
            uint64_t got = w == 0   ? sl_cur_u8(&c)
                           : w == 1 ? sl_cur_u16(&c)
                           : w == 2 ? sl_cur_u32(&c)
                                    : sl_cur_u64(&c);
            CHECK_EQ(got, 0);
            CHECK(c.spoilt);
            CHECK_EQ(sl_cur_u8(&c), 0); /* although one byte may be there */
            CHECK(!sl_cur_done(&c));
        }
    }
}

static void cur__take_gives_a_view_inside_or_nothing(void)
{
    struct sl_cur c = over(10);
    struct sl_view a = sl_cur_take(&c, 4), none = sl_cur_take(&c, 0), b = sl_cur_take(&c, 7);

    CHECK(a.at == TEN && a.len == 4);
    CHECK_EQ(none.len, 0);
    CHECK(b.at == NULL && b.len == 0 && c.spoilt);
    c = over(10);
    CHECK_EQ(sl_cur_take(&c, SIZE_MAX).len, 0);
    CHECK(c.spoilt);
}

static void cur__part_is_bounded_by_its_own_length(void)
{
    struct sl_cur c = over(10), part = sl_cur_part(&c, 3);

    CHECK_EQ(sl_cur_u16(&part), 0x0201);
    CHECK_EQ(sl_cur_u16(&part), 0);
    CHECK(part.spoilt && !c.spoilt);
    CHECK_EQ(sl_cur_u8(&c), 4);
    part = sl_cur_part(&c, 100);
    CHECK(part.spoilt && c.spoilt);
}

static void cur__copy_fills_with_zeroes_what_is_not_there(void)
{
    struct sl_cur c = over(3);
    uint8_t to[4] = { 9, 9, 9, 9 };

    sl_cur_copy(&c, to, 2);
    CHECK(to[0] == 1 && to[1] == 2 && to[2] == 9);
    sl_cur_copy(&c, to, 4);
    CHECK(to[0] == 0 && to[1] == 0 && to[2] == 0 && to[3] == 0 && c.spoilt);
}

static void buf__grows_up_to_its_limit_and_no_further(void)
{
    struct sl_buf b = sl_buf_upto(1000);
    struct sl_err err = { 0 };
    struct sl_view ten = { TEN, sizeof TEN };

    for (unsigned i = 0; i < 100; i++)
        CHECK_EQ(sl_buf_put(&b, ten, NULL), SL_OK);
    CHECK_EQ(b.len, 1000);
    CHECK(b.cap <= 1000);
    CHECK_EQ(sl_buf_put(&b, (struct sl_view){ TEN, 1 }, &err), SL_E_BROKEN);
    CHECK(strstr(err.text, "1000") != NULL);
    CHECK_EQ(sl_buf_put(&b, (struct sl_view){ NULL, 0 }, NULL), SL_OK);
    CHECK_EQ(b.len, 1000);
    for (unsigned i = 0; i < 1000; i++)
        CHECK(b.at[i] == TEN[i % 10]);
    CHECK(sl_buf_view(&b).at == b.at && sl_buf_view(&b).len == 1000);
    sl_buf_clear(&b);
    CHECK(b.at == NULL && b.len == 0 && b.limit == 1000);
    sl_buf_clear(&b);
}

static void buf__refuses_sums_that_overflow(void)
{
    struct sl_buf b = sl_buf_upto(SIZE_MAX);

    CHECK_EQ(sl_buf_put(&b, (struct sl_view){ TEN, 10 }, NULL), SL_OK);
    CHECK_EQ(sl_buf_put(&b, (struct sl_view){ TEN, SIZE_MAX - 5 }, NULL), SL_E_BROKEN);
    CHECK_EQ(b.len, 10);
    sl_buf_clear(&b);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(cur__reads_little_endian_numbers),
        CASE(cur__gives_zeroes_past_the_end_and_stays_spoilt),
        CASE(cur__take_gives_a_view_inside_or_nothing),
        CASE(cur__part_is_bounded_by_its_own_length),
        CASE(cur__copy_fills_with_zeroes_what_is_not_there),
        CASE(buf__grows_up_to_its_limit_and_no_further),
        CASE(buf__refuses_sums_that_overflow),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
