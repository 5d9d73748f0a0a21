/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first reading: every byte, in whatever pieces; and no file that changes under it.
 */
#include "card/reading.h"

#include "check.h"
#include "scene.h"

#define CLIP_BYTES 200003u

static uint8_t space[CLIP_BYTES + 4096];

static bool as_written(const uint8_t *bytes, size_t count, uint64_t at)
{
    for (size_t i = 0; i < count; i++) {
        if (bytes[i] != scene_byte(at + i))
            return false;
    }
    return true;
}

/* Read "clip" to its end in calls of `count` pieces of `bytes` each. */
static sl_rc read_clip(struct sl_reading *r, int count, size_t bytes, struct sl_err *err)
{
    struct iovec to[256];
    size_t got = 1;

    for (uint64_t at = 0; got > 0; at += got) {
        for (int i = 0; i < count; i++)
            to[i] = (struct iovec){ space + (size_t)i * bytes, bytes };
        SL_TRY(sl_reading_next(r, to, count, &got, err));
        CHECK(got == (size_t)count * bytes || at + got == CLIP_BYTES);
        CHECK(as_written(space, got, at));
    }
    return SL_OK;
}

static void reading__gives_every_byte_in_pieces_of_any_size(void)
{
    struct spoilt_os s;
    static const struct {
        int count;
        size_t bytes, read_most;
    } ways[] = {
        { 1, CLIP_BYTES, 0 }, { 1, CLIP_BYTES + 1, 0 }, { 3, 65536, 0 },
        { 1, 999, 0 },        { 256, 100, 0 },          { 65, 7, 0 },
        { 4, 4096, 333 },     { 2, 4096, 4096 },        { 1, CLIP_BYTES, 65536 },
    };
    SL_AUTO_FREE(card) *card = NULL;
    struct sl_err err = { 0 };

    scene_new();
    scene_file("clip", CLIP_BYTES);
    spoilt_os_init(&s);
    CHECK_EQ(sl_card_open(&s.os, scene_root, &card, &err), SL_OK);
    struct sl_card_stamp stamp = scene_stamp("clip");
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        SL_AUTO_FREE(reading) *r = NULL;

        s.read_most = ways[i].read_most;
        CHECK_EQ(sl_reading_open(card, scene_view("clip"), &stamp, &r, &err), SL_OK);
        CHECK_EQ(read_clip(r, ways[i].count, ways[i].bytes, &err), SL_OK);
    }
    scene_end();
}

static void reading__passes_over_empty_pieces(void)
{
    SL_AUTO_FREE(card) *card = NULL;
    SL_AUTO_FREE(reading) *r = NULL;
    struct sl_err err = { 0 };
    size_t got = 0;

    scene_new();
    scene_file("clip", 10);
    struct sl_card_stamp stamp = scene_stamp("clip");
    struct iovec to[] = { { space, 0 }, { space, 4 }, { space, 0 }, { space + 4, 20 } };
    memset(space, 0xee, 64);
    CHECK_EQ(sl_card_open(sl_os_real(), scene_root, &card, &err), SL_OK);
    CHECK_EQ(sl_reading_open(card, scene_view("clip"), &stamp, &r, &err), SL_OK);
    CHECK_EQ(sl_reading_next(r, to, 4, &got, &err), SL_OK);
    CHECK_EQ(got, 10);
    CHECK(as_written(space, 10, 0));
    CHECK_EQ(space[10], 0xee);
    CHECK_EQ(sl_reading_next(r, to, 4, &got, &err), SL_OK);
    CHECK_EQ(got, 0);
    scene_end();
}

static void reading__ends_at_once_in_an_empty_file(void)
{
    SL_AUTO_FREE(card) *card = NULL;
    SL_AUTO_FREE(reading) *r = NULL;
    struct iovec to = { space, 10 };
    struct sl_err err = { 0 };
    size_t got = 9;

    scene_new();
    scene_file("none", 0);
    struct sl_card_stamp stamp = scene_stamp("none");
    CHECK_EQ(sl_card_open(sl_os_real(), scene_root, &card, &err), SL_OK);
    CHECK_EQ(sl_reading_open(card, scene_view("none"), &stamp, &r, &err), SL_OK);
    CHECK_EQ(sl_reading_next(r, &to, 1, &got, &err), SL_OK);
    CHECK_EQ(got, 0);
    scene_end();
}

static void reading__skips_to_where_an_earlier_run_stopped(void)
{
    SL_AUTO_FREE(card) *card = NULL;
    SL_AUTO_FREE(reading) *r = NULL;
    struct iovec to = { space, 100 };
    struct sl_err err = { 0 };
    size_t got = 0;

    scene_new();
    scene_file("clip", 1000);
    struct sl_card_stamp stamp = scene_stamp("clip");
    CHECK_EQ(sl_card_open(sl_os_real(), scene_root, &card, &err), SL_OK);
    CHECK_EQ(sl_reading_open(card, scene_view("clip"), &stamp, &r, &err), SL_OK);
    CHECK_EQ(sl_reading_skip(r, 1001, &err), SL_E_USAGE);
    CHECK_EQ(sl_reading_skip(r, 950, &err), SL_OK);
    CHECK_EQ(sl_reading_next(r, &to, 1, &got, &err), SL_OK);
    CHECK_EQ(got, 50);
    CHECK(as_written(space, 50, 950));
    CHECK_EQ(sl_reading_skip(r, 1000, &err), SL_OK);
    CHECK_EQ(sl_reading_next(r, &to, 1, &got, &err), SL_OK);
    CHECK_EQ(got, 0);
    scene_end();
}

/* ---- cards that change ---- */

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

static void remove_clip(void)
{
    scene_must(unlink(scene_path("clip")) == 0, "unlink");
}

static void folder_for_clip(void)
{
    remove_clip();
    scene_folder("clip");
}

static void link_for_clip(void)
{
    char from[256];

    (void)snprintf(from, sizeof from, "%.255s", scene_path("clip"));
    scene_must(rename(from, scene_path("kept")) == 0, "rename");
    scene_must(symlink("kept", scene_path("clip")) == 0, "link");
}

static void pipe_for_clip(void)
{
    remove_clip();
    scene_must(mkfifo(scene_path("clip"), 0644) == 0, "fifo");
}

static void reading__refuses_a_file_that_changes_while_it_is_read(void)
{
    static const struct {
        void (*change)(void);
        const char *says;
    } changes[] = {
        { append_to_clip, "its size is another" },
        { cut_clip, "it ends early" },
        { touch_clip, "its time is another" },
    };

    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct spoilt_os s;
        SL_AUTO_FREE(card) *card = NULL;
        SL_AUTO_FREE(reading) *r = NULL;
        struct iovec to = { space, sizeof space };
        struct sl_err err = { 0 };
        size_t got = 77;

        scene_new();
        scene_file("clip", CLIP_BYTES);
        struct sl_card_stamp stamp = scene_stamp("clip");
        memset(space, 0xee, sizeof space);
        spoilt_os_init(&s);
        CHECK_EQ(sl_card_open(&s.os, scene_root, &card, &err), SL_OK);
        CHECK_EQ(sl_reading_open(card, scene_view("clip"), &stamp, &r, &err), SL_OK);
        s.on_read = changes[i].change;
        CHECK_EQ(sl_reading_next(r, &to, 1, &got, &err), SL_E_BROKEN);
        CHECK(strstr(err.text, "'clip' changed while the card was read") != NULL);
        CHECK(strstr(err.text, changes[i].says) != NULL);
        CHECK_EQ(got, 77);
        CHECK_EQ(space[CLIP_BYTES], 0xee); /* what grew is never given */
        scene_end();
    }
}

static void reading__refuses_a_file_that_is_not_the_one_walked(void)
{
    static const struct {
        void (*change)(void);
        const char *says;
    } changes[] = {
        { append_to_clip, "its size is another" },     { touch_clip, "its time is another" },
        { remove_clip, "it is not there any more" },   { folder_for_clip, "not a file any more" },
        { link_for_clip, "it is not there any more" }, { pipe_for_clip, "not a file any more" },
    };

    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        SL_AUTO_FREE(card) *card = NULL;
        struct sl_reading *r = NULL;
        struct sl_err err = { 0 };

        scene_new();
        scene_file("clip", 10);
        struct sl_card_stamp stamp = scene_stamp("clip");
        changes[i].change();
        CHECK_EQ(sl_card_open(sl_os_real(), scene_root, &card, &err), SL_OK);
        CHECK_EQ(sl_reading_open(card, scene_view("clip"), &stamp, &r, &err), SL_E_BROKEN);
        CHECK(strstr(err.text, changes[i].says) != NULL);
        CHECK(r == NULL);
        scene_end();
    }
}

static void reading__never_leaves_the_card(void)
{
    static const char *const ways_out[] = { "../inner/clip", "/etc/passwd", "out/clip", "",
                                            "x/../.." };
    SL_AUTO_FREE(card) *card = NULL;
    struct sl_card_stamp stamp;
    struct sl_err err = { 0 };

    scene_new();
    scene_folder("inner");
    scene_file("inner/clip", 10);
    scene_folder("inner/x");
    scene_must(symlink("..", scene_path("inner/out")) == 0, "link");
    stamp = scene_stamp("inner/clip");
    CHECK_EQ(sl_card_open(sl_os_real(), scene_path("inner"), &card, &err), SL_OK);
    for (size_t i = 0; i < sizeof ways_out / sizeof *ways_out; i++) {
        struct sl_reading *r = NULL;
        CHECK(sl_reading_open(card, scene_view(ways_out[i]), &stamp, &r, &err) != SL_OK);
        CHECK(r == NULL);
    }
    scene_end();
}

static void reading__names_the_file_that_cannot_be_read(void)
{
    struct spoilt_os s;
    SL_AUTO_FREE(card) *card = NULL;
    SL_AUTO_FREE(reading) *r = NULL;
    struct iovec to = { space, 10 };
    struct sl_reading *none = NULL;
    struct sl_err err = { 0 };
    size_t got = 77;

    scene_new();
    scene_file("clip", 10);
    struct sl_card_stamp stamp = scene_stamp("clip");
    spoilt_os_init(&s);
    CHECK_EQ(sl_card_open(&s.os, scene_root, &card, &err), SL_OK);
    CHECK_EQ(sl_reading_open(card, scene_view("clip"), &stamp, &r, &err), SL_OK);
    s.read_errno = EIO;
    CHECK_EQ(sl_reading_next(r, &to, 1, &got, &err), SL_E_SYSTEM);
    CHECK(strstr(err.text, "cannot read 'clip' on the card: Input/output error") != NULL);
    CHECK_EQ(got, 77);
    s.open_name = "clip";
    s.open_errno = EACCES;
    CHECK_EQ(sl_reading_open(card, scene_view("clip"), &stamp, &none, &err), SL_E_SYSTEM);
    CHECK(strstr(err.text, "cannot read 'clip' on the card: permission denied") != NULL);
    scene_end();
}

static void reading__fails_on_a_file_closed_to_this_person(void)
{
    SL_AUTO_FREE(card) *card = NULL;
    struct sl_reading *r = NULL;
    struct sl_err err = { 0 };

    if (geteuid() == 0) {
        check_skip("root may read everything");
        return;
    }
    scene_new();
    scene_file("clip", 10);
    scene_must(chmod(scene_path("clip"), 0) == 0, "chmod");
    struct sl_card_stamp stamp = scene_stamp("clip");
    CHECK_EQ(sl_card_open(sl_os_real(), scene_root, &card, &err), SL_OK);
    CHECK_EQ(sl_reading_open(card, scene_view("clip"), &stamp, &r, &err), SL_E_SYSTEM);
    CHECK(strstr(err.text, "'clip'") != NULL);
    scene_end();
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(reading__gives_every_byte_in_pieces_of_any_size),
        CASE(reading__passes_over_empty_pieces),
        CASE(reading__ends_at_once_in_an_empty_file),
        CASE(reading__skips_to_where_an_earlier_run_stopped),
        CASE(reading__refuses_a_file_that_changes_while_it_is_read),
        CASE(reading__refuses_a_file_that_is_not_the_one_walked),
        CASE(reading__never_leaves_the_card),
        CASE(reading__names_the_file_that_cannot_be_read),
        CASE(reading__fails_on_a_file_closed_to_this_person),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
