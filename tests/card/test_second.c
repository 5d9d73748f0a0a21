/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The second reading: the same bytes by each of its three ways, and an honest word on which.
 */
#include "card/second.h"

#include "check.h"
#include "scene.h"

#define CLIP_BYTES 2500001u

static bool as_written(const uint8_t *bytes, size_t count, uint64_t at)
{
    for (size_t i = 0; i < count; i++) {
        if (bytes[i] != scene_byte(at + i))
            return false;
    }
    return true;
}

/* Read `len` bytes from `at` on and compare them. */
static sl_rc read_range(struct sl_second *s, const char *name, uint64_t at, uint64_t len,
                        struct sl_err *err)
{
    struct sl_card_stamp stamp = scene_stamp(name);
    const uint8_t *piece = NULL;
    size_t got = 0;

    while (len > 0) {
        SL_TRY(sl_second_read(s, scene_view(name), &stamp, at, len, &piece, &got, err));
        CHECK(got > 0 && got <= len && got <= SL_SECOND_BYTES);
        CHECK(as_written(piece, got, at));
        at += got;
        len -= got;
    }
    return SL_OK;
}

static void read_every_range(struct sl_second *s)
{
    static const struct {
        uint64_t at, len;
    } ranges[] = {
        { 0, CLIP_BYTES },     { 0, 1 },
        { 4095, 2 },           { 1, 4095 },
        { 4097, 1048576 },     { 1048575, 2 },
        { 1048576, 1048576 },  { 5, CLIP_BYTES - 5 },
        { CLIP_BYTES - 1, 1 }, { 2097153, 402848 },
        { 0, 65536 },          { 2498560, 1441 }, /* the last block alone */
    };
    struct sl_err err = { 0 };

    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        CHECK_EQ(read_range(s, "clip", ranges[i].at, ranges[i].len, &err), SL_OK);
    CHECK_EQ(read_range(s, "small", 0, 3, &err), SL_OK);
    CHECK_EQ(read_range(s, "clip", 0, CLIP_BYTES, &err), SL_OK);
}

static void start(struct spoilt_os *s)
{
    spoilt_os_init(s);
    s->set_space = true; /* as on a disk, wherever this test runs */
    scene_new();
    scene_file("clip", CLIP_BYTES);
    scene_file("small", 3);
    sync(); /* unwritten pages cannot be forgotten */
}

static void second__gives_the_same_bytes_by_every_way(void)
{
    static const struct {
        bool no_open, no_read, in_memory;
        int forget_gives;
        size_t read_most;
        enum sl_past at_best;
    } ways[] = {
        { false, false, false, 2, 0, SL_PAST_DIRECT },
        { false, false, false, -1, 0, SL_PAST_DIRECT },
        { false, false, false, 2, 8192, SL_PAST_DIRECT },
        { true, false, false, 0, 0, SL_PAST_FORGOTTEN },
        { false, true, false, 0, 0, SL_PAST_FORGOTTEN },
        { true, false, false, 0, 777, SL_PAST_FORGOTTEN },
        { true, false, false, 1, 0, SL_PAST_CACHE },
        { true, false, false, -1, 0, SL_PAST_CACHE },
        { false, true, false, -1, 0, SL_PAST_CACHE },
        { false, false, true, 0, 0, SL_PAST_CACHE },
    };
    bool direct_here = false;

    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct spoilt_os s;
        SL_AUTO_FREE(card) *card = NULL;
        SL_AUTO_FREE(second) *second = NULL;
        struct sl_err err = { 0 };

        start(&s);
        s.no_direct_open = ways[i].no_open;
        s.no_direct_read = ways[i].no_read;
        s.forget_gives = ways[i].forget_gives;
        s.read_most = ways[i].read_most;
        s.space.in_memory = ways[i].in_memory;
        CHECK_EQ(sl_card_open(&s.os, scene_root, &card, &err), SL_OK);
        CHECK_EQ(sl_second_new(card, &second, &err), SL_OK);
        CHECK_EQ(sl_second_weakest(second), SL_PAST_DIRECT);
        read_every_range(second);
        CHECK(!s.misaligned);
        if (ways[i].at_best == SL_PAST_DIRECT)
            direct_here = direct_here || sl_second_weakest(second) == SL_PAST_DIRECT;
        else
            CHECK_EQ(sl_second_weakest(second), ways[i].at_best);
        scene_end();
    }
    if (!direct_here)
        check_skip("the temporary folder's file system refuses O_DIRECT");
}

static void second__shows_each_range_gone_before_it_reads_it(void)
{
    struct spoilt_os s;
    SL_AUTO_FREE(card) *card = NULL;
    SL_AUTO_FREE(second) *second = NULL;
    struct sl_err err = { 0 };

    start(&s);
    s.no_direct_open = true;
    s.forget_gives = 0;
    CHECK_EQ(sl_card_open(&s.os, scene_root, &card, &err), SL_OK);
    CHECK_EQ(sl_second_new(card, &second, &err), SL_OK);
    for (unsigned i = 0; i < 3; i++) {
        CHECK_EQ(read_range(second, "clip", UINT64_C(700000) * i, 10, &err), SL_OK);
        CHECK_EQ(s.reads, i + 1);
        CHECK_EQ(s.forgets_at_read, i + 1);
    }
    CHECK_EQ(sl_second_weakest(second), SL_PAST_FORGOTTEN);
    scene_end();
}

/* The real thing: a file that the first reading has just pulled into memory. */
static void second__really_forgets_what_was_just_read(void)
{
    struct spoilt_os s;
    SL_AUTO_FREE(card) *card = NULL;
    SL_AUTO_FREE(second) *second = NULL;
    struct sl_err err = { 0 };
    struct sl_os_space space;

    start(&s);
    s.no_direct_open = true;
    CHECK_EQ(sl_card_open(&s.os, scene_root, &card, &err), SL_OK);
    scene_must(sl_os_real()->space(NULL, sl_card_fd(card), &space) == 0, "space");
    int fd = open(scene_path("clip"), O_RDONLY | O_CLOEXEC);
    int probe = sl_os_real()->forget(NULL, fd, 0, 4096);
    static uint8_t all[CLIP_BYTES];
    scene_must(fd >= 0 && pread(fd, all, sizeof all, 0) == CLIP_BYTES && close(fd) == 0, "clip");
    CHECK_EQ(sl_second_new(card, &second, &err), SL_OK);
    if (space.in_memory || probe != 0) {
        check_skip("the temporary folder's file system forgets nothing");
    } else {
        CHECK_EQ(read_range(second, "clip", 0, CLIP_BYTES, &err), SL_OK);
        CHECK_EQ(sl_second_weakest(second), SL_PAST_FORGOTTEN);
    }
    scene_end();
}

static void second__says_that_memory_is_memory(void)
{
    SL_AUTO_FREE(card) *card = NULL;
    SL_AUTO_FREE(second) *second = NULL;
    struct sl_err err = { 0 };
    struct sl_os_space space = { 0 };

    if (access("/dev/shm", W_OK) != 0) {
        check_skip("no /dev/shm here");
        return;
    }
    scene_new_in("/dev/shm");
    scene_file("clip", 5000);
    CHECK_EQ(sl_card_open(sl_os_real(), scene_root, &card, &err), SL_OK);
    scene_must(sl_os_real()->space(NULL, sl_card_fd(card), &space) == 0, "space");
    CHECK_EQ(sl_second_new(card, &second, &err), SL_OK);
    CHECK_EQ(read_range(second, "clip", 10, 4990, &err), SL_OK);
    if (!space.in_memory)
        check_skip("/dev/shm is not in memory here");
    else
        CHECK_EQ(sl_second_weakest(second), SL_PAST_CACHE);
    scene_end();
}

static void second__remembers_the_weakest_way(void)
{
    struct spoilt_os s;
    SL_AUTO_FREE(card) *card = NULL;
    SL_AUTO_FREE(second) *second = NULL;
    struct sl_err err = { 0 };

    start(&s);
    s.no_direct_open = true;
    s.forget_gives = 1;
    CHECK_EQ(sl_card_open(&s.os, scene_root, &card, &err), SL_OK);
    CHECK_EQ(sl_second_new(card, &second, &err), SL_OK);
    CHECK_EQ(read_range(second, "small", 0, 3, &err), SL_OK);
    CHECK_EQ(sl_second_weakest(second), SL_PAST_CACHE);
    s.no_direct_open = false;
    s.forget_gives = 0;
    CHECK_EQ(read_range(second, "clip", 0, 100, &err), SL_OK);
    CHECK_EQ(sl_second_weakest(second), SL_PAST_CACHE);
    scene_end();
}

static void second__keeps_the_file_open_and_reads_no_block_twice(void)
{
    struct spoilt_os s;
    SL_AUTO_FREE(card) *card = NULL;
    SL_AUTO_FREE(second) *second = NULL;
    struct sl_card_stamp stamp;
    struct sl_err err = { 0 };
    const uint8_t *piece = NULL;
    size_t got = 0;

    start(&s);
    CHECK_EQ(sl_card_open(&s.os, scene_root, &card, &err), SL_OK);
    CHECK_EQ(sl_second_new(card, &second, &err), SL_OK);
    stamp = scene_stamp("clip");
    s.no_direct_open = true; /* one open a file, and reads that are not cut short */
    s.opens = 0;
    for (uint64_t at = 0; at < CLIP_BYTES; at += got)
        CHECK_EQ(sl_second_read(second, scene_view("clip"), &stamp, at, CLIP_BYTES - at, &piece,
                                &got, &err),
                 SL_OK);
    CHECK_EQ(s.opens, 1);
    CHECK_EQ(s.reads, 3);
    CHECK_EQ(
        sl_second_read(second, scene_view("clip"), &stamp, CLIP_BYTES - 9, 3, &piece, &got, &err),
        SL_OK);
    CHECK_EQ(s.reads, 3); /* it stands in the buffer */
    CHECK(as_written(piece, got, CLIP_BYTES - 9));
    scene_end();
}

/* ---- what fails ---- */

static void append_to_clip(void)
{
    int fd = open(scene_path("clip"), O_WRONLY | O_APPEND | O_CLOEXEC);

    scene_must(fd >= 0 && write(fd, "more", 4) == 4 && close(fd) == 0, "append");
}

static void cut_clip(void)
{
    scene_must(truncate(scene_path("clip"), 100) == 0, "truncate");
}

static void touch_clip(void)
{
    scene_times("clip", 1, 1, 1);
}

static void second__refuses_a_file_that_changes(void)
{
    static void (*const changes[])(void) = { append_to_clip, cut_clip, touch_clip };

    for (size_t i = 0; i < sizeof changes / sizeof *changes * 2; i++) {
        struct spoilt_os s;
        SL_AUTO_FREE(card) *card = NULL;
        SL_AUTO_FREE(second) *second = NULL;
        struct sl_err err = { 0 };
        const uint8_t *piece = NULL;
        size_t got = 77;

        start(&s);
        struct sl_card_stamp stamp = scene_stamp("clip");
        CHECK_EQ(sl_card_open(&s.os, scene_root, &card, &err), SL_OK);
        CHECK_EQ(sl_second_new(card, &second, &err), SL_OK);
        if (i % 2 == 0) /* before it is opened, or while it is read */
            changes[i / 2]();
        else
            s.on_read = changes[i / 2];
        CHECK_EQ(sl_second_read(second, scene_view("clip"), &stamp, CLIP_BYTES - 50, 50, &piece,
                                &got, &err),
                 SL_E_BROKEN);
        CHECK(strstr(err.text, "'clip' changed while the card was read") != NULL);
        CHECK_EQ(got, 77);
        scene_end();
    }
}

static void second__does_not_take_a_failing_medium_for_a_refusal(void)
{
    struct spoilt_os s;
    SL_AUTO_FREE(card) *card = NULL;
    SL_AUTO_FREE(second) *second = NULL;
    struct sl_err err = { 0 };

    start(&s);
    CHECK_EQ(sl_card_open(&s.os, scene_root, &card, &err), SL_OK);
    CHECK_EQ(sl_second_new(card, &second, &err), SL_OK);
    s.read_errno = EIO;
    CHECK_EQ(read_range(second, "clip", 0, 10, &err), SL_E_SYSTEM);
    CHECK_EQ(s.reads, 1);
    CHECK(strstr(err.text, "cannot read 'clip' on the card: Input/output error") != NULL);
    s.read_errno = 0;
    CHECK_EQ(read_range(second, "clip", 0, 10, &err), SL_OK); /* nothing stale is left behind */
    scene_end();
}

static void second__refuses_ranges_that_the_file_does_not_have(void)
{
    struct spoilt_os s;
    static const struct {
        uint64_t at, len;
    } ranges[] = { { 0, 0 }, { 3, 1 }, { 0, 4 }, { 4, 0 }, { UINT64_MAX, 2 }, { 2, UINT64_MAX } };
    SL_AUTO_FREE(card) *card = NULL;
    SL_AUTO_FREE(second) *second = NULL;
    struct sl_err err = { 0 };
    const uint8_t *piece = NULL;
    size_t got = 0;

    start(&s);
    struct sl_card_stamp stamp = scene_stamp("small");
    CHECK_EQ(sl_card_open(&s.os, scene_root, &card, &err), SL_OK);
    CHECK_EQ(sl_second_new(card, &second, &err), SL_OK);
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        CHECK_EQ(sl_second_read(second, scene_view("small"), &stamp, ranges[i].at, ranges[i].len,
                                &piece, &got, &err),
                 SL_E_USAGE);
    CHECK_EQ(s.reads, 0);
    scene_end();
}

static void second__leaves_nothing_of_the_card_in_memory(void)
{
    struct spoilt_os s;
    SL_AUTO_FREE(card) *card = NULL;
    SL_AUTO_FREE(second) *second = NULL;
    struct sl_err err = { 0 };
    const uint8_t *piece = NULL;
    size_t got = 0, left = 0;

    start(&s);
    struct sl_card_stamp stamp = scene_stamp("clip");
    CHECK_EQ(sl_card_open(&s.os, scene_root, &card, &err), SL_OK);
    CHECK_EQ(sl_second_new(card, &second, &err), SL_OK);
    sl_second_forget(second); /* nothing was read yet */
    CHECK_EQ(sl_second_read(second, scene_view("clip"), &stamp, 0, CLIP_BYTES, &piece, &got, &err),
             SL_OK);
    CHECK_EQ(got, SL_SECOND_BYTES);
    const uint8_t *most = piece; /* a shorter range now stands in front of what is left of it */
    CHECK_EQ(read_range(second, "small", 0, 3, &err), SL_OK);
    sl_second_forget(second);
    for (size_t i = 0; i < got; i++)
        left += most[i] != 0;
    CHECK_EQ(left, 0);
    CHECK_EQ(read_range(second, "small", 0, 3, &err), SL_OK); /* and it goes on */
    CHECK_EQ(read_range(second, "clip", 4097, 1048576, &err), SL_OK);
    scene_end();
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(second__gives_the_same_bytes_by_every_way),
        CASE(second__shows_each_range_gone_before_it_reads_it),
        CASE(second__really_forgets_what_was_just_read),
        CASE(second__says_that_memory_is_memory),
        CASE(second__remembers_the_weakest_way),
        CASE(second__keeps_the_file_open_and_reads_no_block_twice),
        CASE(second__refuses_a_file_that_changes),
        CASE(second__does_not_take_a_failing_medium_for_a_refusal),
        CASE(second__refuses_ranges_that_the_file_does_not_have),
        CASE(second__leaves_nothing_of_the_card_in_memory),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
