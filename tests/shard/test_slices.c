/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading a payload through any k of its shards, in ranges of every kind.
 */
#include "shard/shard.h"

#include "check.h"
#include "fill.h"

#define P ((size_t)SL_SLICE_BYTES)

struct world { /* a payload of k slices and `more` further ones behind it */
    unsigned need;
    uint8_t numbers[SL_SHARDS_MAX];
    uint8_t *slices;
};

static struct world world_of(unsigned need, const uint8_t *more, unsigned more_count)
{
    struct world w = { .need = need, .slices = bytes_or_die((need + more_count) * P) };
    uint8_t *to[SL_SHARDS_MAX];
    uint32_t state = need;
    SL_AUTO_FREE(code) *code = NULL;

    fill_drawn(w.slices, need * P, &state);
    for (unsigned i = 0; i < need + more_count; i++)
        w.numbers[i] = i < need ? (uint8_t)i : more[i - need];
    for (unsigned i = 0; i < more_count; i++)
        to[i] = w.slices + (need + i) * P;
    CHECK_EQ(sl_code_new(need, NULL, more, more_count, &code, NULL), SL_OK);
    sl_code_run_payload(code, w.slices, to);
    return w;
}

/* Look through the world's slices at places[0..need). */
static struct sl_slices look(const struct world *w, const uint8_t *places)
{
    struct sl_slices s = { .need = 0 };
    const uint8_t *from[SL_NEED_MAX];
    uint8_t have[SL_NEED_MAX];

    for (unsigned i = 0; i < w->need; i++) {
        from[i] = w->slices + places[i] * P;
        have[i] = w->numbers[places[i]];
    }
    CHECK_EQ(sl_slices_over(w->need, have, from, &s, NULL), SL_OK);
    return s;
}

static void range_agrees(const struct world *w, const struct sl_slices *s, size_t at, size_t len,
                         uint8_t *scratch)
{
    struct sl_view seen = { NULL, 0 };

    scratch[len] = 0xa5;
    CHECK_EQ(sl_slices_read(s, at, scratch, len, NULL), SL_OK);
    CHECK(memcmp(scratch, w->slices + at, len) == 0);
    memset(scratch, 0, len);
    CHECK_EQ(sl_slices_view(s, at, len, scratch, &seen, NULL), SL_OK);
    CHECK_EQ(seen.len, len);
    CHECK(memcmp(seen.at, w->slices + at, len) == 0);
    CHECK_EQ(scratch[len], 0xa5); /* and not one more */
}

static void ranges_agree(const struct world *w, const struct sl_slices *s, unsigned rounds)
{
    size_t whole = w->need * P;
    uint8_t *scratch = bytes_or_die(whole + 1);
    uint32_t state = 99;

    range_agrees(w, s, 0, whole, scratch);
    range_agrees(w, s, whole, 0, scratch);
    range_agrees(w, s, whole - 1, 1, scratch);
    for (unsigned slice = 1; slice < w->need; slice++) {
        range_agrees(w, s, slice * P - 1, 2, scratch);
        range_agrees(w, s, slice * P, 65552, scratch);
        range_agrees(w, s, slice * P - 30000, 65552, scratch);
        range_agrees(w, s, slice * P - 65552, 65552, scratch);
    }
    for (unsigned i = 0; i < rounds; i++) {
        size_t at = (draw(&state) * (size_t)65536 + draw(&state)) % whole;
        size_t most = i % 2 == 0 ? 100 : 200000;
        size_t len = (draw(&state) * (size_t)7 + draw(&state)) % most;
        range_agrees(w, s, at, len < whole - at ? len : whole - at, scratch);
    }
    free(scratch);
}

static void slices__three_of_five_read_the_same_whichever_three(void)
{
    static const uint8_t more[] = { 3, 4 };
    struct world w = world_of(3, more, 2);

    for (uint8_t a = 0; a < 5; a++) {
        for (uint8_t b = 0; b < 5; b++) {
            for (uint8_t c = 0; c < 5; c++) {
                if (a == b || b == c || a == c)
                    continue;
                struct sl_slices s = look(&w, (const uint8_t[]){ a, b, c });
                ranges_agree(&w, &s, 6);
            }
        }
    }
    free(w.slices);
}

static void slices__one_of_many_reads(void)
{
    static const uint8_t more[] = { 1, 255 };
    struct world w = world_of(1, more, 2);

    for (uint8_t a = 0; a < 3; a++) {
        struct sl_slices s = look(&w, &a);
        ranges_agree(&w, &s, 50);
    }
    free(w.slices);
}

static void slices__sixteen_read_from_parity_alone_or_mixed(void)
{
    uint8_t more[16], places[32];
    uint32_t state = 4;

    for (unsigned i = 0; i < 16; i++)
        more[i] = (uint8_t)(255 - 13 * i);
    struct world w = world_of(16, more, 16);
    for (unsigned i = 0; i < 16; i++)
        places[i] = (uint8_t)(16 + i);
    struct sl_slices s = look(&w, places);
    ranges_agree(&w, &s, 20);
    draw_numbers(places, 16, 32, &state);
    s = look(&w, places);
    ranges_agree(&w, &s, 20);
    free(w.slices);
}

static void slices__a_slice_that_is_there_is_not_copied(void)
{
    static const uint8_t more[] = { 2 };
    struct world w = world_of(2, more, 1);
    struct sl_slices s = look(&w, (const uint8_t[]){ 2, 1 });
    uint8_t *scratch = bytes_or_die(100);
    struct sl_view seen = { NULL, 0 };

    CHECK_EQ(sl_slices_view(&s, P + 5, 100, scratch, &seen, NULL), SL_OK);
    CHECK(seen.at == w.slices + P + 5);
    CHECK_EQ(sl_slices_view(&s, 5, 100, scratch, &seen, NULL), SL_OK); /* decoded */
    CHECK(seen.at == scratch);
    CHECK_EQ(sl_slices_view(&s, P - 5, 100, scratch, &seen, NULL), SL_OK); /* in two slices */
    CHECK(seen.at == scratch);
    free(scratch);
    free(w.slices);
}

static void slices__refuses_to_read_past_the_end(void)
{
    static const struct {
        uint64_t at;
        size_t len;
    } bad[] = {
        { 2 * P, 1 },      { 2 * P + 1, 0 },         { 0, 2 * P + 1 }, { 1, 2 * P },
        { UINT64_MAX, 1 }, { UINT64_MAX, SIZE_MAX }, { 1, SIZE_MAX },  { UINT64_C(1) << 63, 1 },
    };
    struct world w = world_of(2, NULL, 0);
    struct sl_slices s = look(&w, (const uint8_t[]){ 0, 1 });

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        uint8_t scratch[1] = { 0x5a };
        struct sl_view seen = { scratch, 77 };
        CHECK_EQ(sl_slices_read(&s, bad[i].at, scratch, bad[i].len, NULL), SL_E_USAGE);
        CHECK_EQ(sl_slices_view(&s, bad[i].at, bad[i].len, scratch, &seen, NULL), SL_E_USAGE);
        CHECK_EQ(scratch[0], 0x5a);
        CHECK_EQ(seen.len, 77);
    }
    free(w.slices);
}

static void slices__refuses_a_shard_given_twice(void)
{
    static const uint8_t twice[] = { 7, 0, 7 };
    struct sl_slices s = { .need = 77 };
    const uint8_t *from[SL_NEED_MAX] = { NULL };

    CHECK_EQ(sl_slices_over(3, twice, from, &s, NULL), SL_E_USAGE);
    CHECK_EQ(sl_slices_over(0, twice, from, &s, NULL), SL_E_USAGE);
    CHECK_EQ(sl_slices_over(SL_NEED_MAX + 1, twice, from, &s, NULL), SL_E_USAGE);
    CHECK_EQ(s.need, 77); /* untouched on failure */
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(slices__three_of_five_read_the_same_whichever_three),
        CASE(slices__one_of_many_reads),
        CASE(slices__sixteen_read_from_parity_alone_or_mixed),
        CASE(slices__a_slice_that_is_there_is_not_copied),
        CASE(slices__refuses_to_read_past_the_end),
        CASE(slices__refuses_a_shard_given_twice),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
