/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The public block and the share as bytes: every field survives, everything else is refused.
 */
#include "scene.h"

enum { AT_SUITE = 12, AT_NEED = 14, AT_COUNT = 15, AT_POINTS = 20 };            /* block */
enum { AT_NUMBER = 14, AT_SHARE_NEED = 15, AT_SHARE_COUNT = 16, AT_ZERO = 17 }; /* share */
enum { AT_SECRET = 56 };

static struct sl_buf written(const struct sl_quorum *q)
{
    struct sl_buf out = sl_buf_upto(SL_QUORUM_BYTES_MAX + 64);

    CHECK_EQ(sl_quorum_write(q, &out, NULL), SL_OK);
    return out;
}

static void quorum__reads_what_it_writes(void)
{
    static const unsigned sizes[][2] = { { 1, 1 }, { 2, 3 }, { 16, 16 }, { 1, 16 } };
    struct sl_quorum back;
    struct scene s;

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        scene_new(&s, sizes[i][0], sizes[i][1]);
        s.quorum.epoch = 0x01020304;
        SL_AUTO_CLEAR(buf) b = written(&s.quorum);
        CHECK_EQ(b.len, SL_QUORUM_BYTES(sizes[i][0], sizes[i][1]));
        CHECK_EQ(sl_quorum_read(sl_buf_view(&b), s.quorum.production, &back, NULL), SL_OK);
        SL_AUTO_CLEAR(buf) again = written(&back);
        CHECK(again.len == b.len && memcmp(again.at, b.at, b.len) == 0);
        CHECK(back.epoch == 0x01020304 && memcmp(back.production, s.quorum.production, 32) == 0);
        scene_end(&s);
    }
}

/* QUORUM-2: commitment lists that are not exactly t long, too. */
static void quorum__refuses_every_other_length(void)
{
    struct sl_quorum back = { .epoch = 77 };
    struct scene s;

    scene_new(&s, 2, 3);
    SL_AUTO_CLEAR(buf) b = written(&s.quorum);
    for (size_t len = 0; len < b.len; len++)
        CHECK_EQ(sl_quorum_read(view_of(b.at, len), s.quorum.production, &back, NULL), SL_E_BROKEN);
    b.at[AT_NEED] = 1; /* one commitment too many */
    CHECK_EQ(sl_quorum_read(sl_buf_view(&b), s.quorum.production, &back, NULL), SL_E_BROKEN);
    b.at[AT_NEED] = 3; /* one too few */
    CHECK_EQ(sl_quorum_read(sl_buf_view(&b), s.quorum.production, &back, NULL), SL_E_BROKEN);
    b.at[AT_NEED] = 2;
    CHECK_EQ(sl_buf_put(&b, view_of(b.at + AT_POINTS, 32), NULL), SL_OK);
    CHECK_EQ(sl_quorum_read(sl_buf_view(&b), s.quorum.production, &back, NULL), SL_E_BROKEN);
    CHECK_EQ(back.epoch, 77); /* untouched */
    scene_end(&s);
}

/* QUORUM-1, QUORUM-2, QUORUM-3, FORMAT-2, FORMAT-3 */
static void quorum__refuses_each_damaged_field(void)
{
    static const struct {
        const char *says;
        size_t offset, count;
        uint8_t byte;
    } damage[] = {
        { "does not begin", 0, 1, 'X' },
        { "version 2", 8, 1, 2 },
        { "suites 2", AT_SUITE, 1, 2 },
        { "0 of 3", AT_NEED, 1, 0 },
        { "4 of 3", AT_NEED, 1, 4 },
        { "2 of 0", AT_COUNT, 1, 0 },
        { "2 of 17", AT_COUNT, 1, 17 },
        { "commitment 1", AT_POINTS, 32, 0 },
        { "commitment 1", AT_POINTS, 32, 0xff },
        { "commitment 2", AT_POINTS + 32, 32, 0 },
        { "commitment 2", AT_POINTS + 32, 32, 0xff },
    };
    struct scene s;

    scene_new(&s, 2, 3);
    SL_AUTO_CLEAR(buf) b = written(&s.quorum);
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        SL_AUTO_CLEAR(buf) bad = sl_buf_upto(SL_QUORUM_BYTES_MAX);
        struct sl_quorum back = { .epoch = 77 };
        struct sl_err err = { 0 };
        CHECK_EQ(sl_buf_put(&bad, sl_buf_view(&b), NULL), SL_OK);
        memset(bad.at + damage[i].offset, damage[i].byte, damage[i].count);
        CHECK_EQ(sl_quorum_read(sl_buf_view(&bad), s.quorum.production, &back, &err), SL_E_BROKEN);
        CHECK(says(&err, damage[i].says));
        CHECK_EQ(back.epoch, 77);
    }
    scene_end(&s);
}

/* QUORUM-4 */
static void quorum__refuses_one_key_twice(void)
{
    struct sl_err err = { 0 };
    struct sl_quorum back;
    struct scene s;

    scene_new(&s, 2, 3);
    SL_AUTO_CLEAR(buf) b = written(&s.quorum);
    memcpy(b.at + SL_QUORUM_BYTES(2, 2), b.at + SL_QUORUM_BYTES(2, 0), 32);
    CHECK_EQ(sl_quorum_read(sl_buf_view(&b), s.quorum.production, &back, &err), SL_E_BROKEN);
    CHECK(says(&err, "trustees 1 and 3 have one and the same key"));
    memcpy(s.quorum.keys[2], s.quorum.keys[0], 32);
    CHECK_EQ(sl_quorum_write(&s.quorum, &b, NULL), SL_E_BROKEN); /* nor is it written */
    scene_end(&s);
}

static void share__reads_what_it_writes(void)
{
    struct sl_share back = { 0 };
    struct sl_secret *b = NULL;
    struct scene s;

    scene_new(&s, 2, 3);
    for (unsigned i = 0; i < 3; i++) {
        CHECK_EQ(sl_share_write(&s.shares[i], &b, NULL), SL_OK);
        CHECK_EQ(sl_secret_expose(b).len, SL_SHARE_BYTES);
        CHECK_EQ(sl_share_read(sl_secret_expose(b), &back, NULL), SL_OK);
        CHECK_EQ(back.number, i + 1);
        CHECK_EQ(sl_share_check(&s.quorum, &back, NULL), SL_OK);
        CHECK(sl_secret_same(back.key.bytes, s.shares[i].key.bytes));
        sl_share_clear(&back);
        sl_secret_free(b);
    }
    scene_end(&s);
}

/* QUORUM-5, QUORUM-6, QUORUM-7, and every other length */
static void share__refuses_each_damaged_field(void)
{
    static const struct {
        const char *says;
        size_t offset, count;
        uint8_t byte;
    } damage[] = {
        { "does not begin", 7, 1, 'X' },   { "version 2", 8, 1, 2 },
        { "suites 2", AT_SUITE, 1, 2 },    { "number 0", AT_NUMBER, 1, 0 },
        { "number 4", AT_NUMBER, 1, 4 },   { "0 of 3", AT_SHARE_NEED, 1, 0 },
        { "4 of 3", AT_SHARE_NEED, 1, 4 }, { "2 of 17", AT_SHARE_COUNT, 1, 17 },
        { "not zero", AT_ZERO, 1, 1 },     { "not zero", AT_ZERO + 2, 1, 1 },
        { "no secret", AT_SECRET, 32, 0 }, { "not one of its group", AT_SECRET, 32, 0xff },
    };
    struct sl_secret *b = NULL;
    struct sl_share back = { .epoch = 77 };
    struct scene s;

    scene_new(&s, 2, 3);
    CHECK_EQ(sl_share_write(&s.shares[0], &b, NULL), SL_OK);
    struct sl_view good = sl_secret_expose(b);
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        uint8_t bad[SL_SHARE_BYTES];
        struct sl_err err = { 0 };
        memcpy(bad, good.at, sizeof bad);
        memset(bad + damage[i].offset, damage[i].byte, damage[i].count);
        CHECK_EQ(sl_share_read(view_of(bad, sizeof bad), &back, &err), SL_E_BROKEN);
        CHECK(says(&err, damage[i].says));
    }
    for (size_t len = 0; len < good.len; len++)
        CHECK_EQ(sl_share_read(view_of(good.at, len), &back, NULL), SL_E_BROKEN);
    uint8_t longer[SL_SHARE_BYTES + 1] = { 0 };
    memcpy(longer, good.at, good.len);
    CHECK_EQ(sl_share_read(view_of(longer, sizeof longer), &back, NULL), SL_E_BROKEN);
    CHECK(back.epoch == 77 && back.key.bytes == NULL); /* untouched */
    s.shares[0].number = 4;
    sl_secret_free(b);
    b = NULL;
    CHECK_EQ(sl_share_write(&s.shares[0], &b, NULL), SL_E_USAGE);
    CHECK(b == NULL);
    scene_end(&s);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(quorum__reads_what_it_writes),       CASE(quorum__refuses_every_other_length),
        CASE(quorum__refuses_each_damaged_field), CASE(quorum__refuses_one_key_twice),
        CASE(share__reads_what_it_writes),        CASE(share__refuses_each_damaged_field),
    };

    fixed_start();
    return check_run(cases, sizeof cases / sizeof *cases);
}
