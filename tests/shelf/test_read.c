/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a shelf promises to its readers: whole files within a limit, and nothing but plain ones.
 */
#include "shelf/a_shelf.h"

#include "check.h"

static void read__gives_the_whole_file_up_to_its_limit(void)
{
    struct a_shelf a = shelf_set_up();
    struct sl_buf five = sl_buf_upto(5), four = sl_buf_upto(4);
    struct sl_err err = { 0 };

    CHECK_EQ(folder_write(folder_path(a.folder, "x"), "hello", 5), 0);
    CHECK_EQ(sl_shelf_read(a.shelf, "x", &five, NULL), SL_OK);
    CHECK_EQ(five.len, 5);
    CHECK(memcmp(five.at, "hello", 5) == 0);
    CHECK_EQ(sl_shelf_read(a.shelf, "x", &five, NULL), SL_E_BROKEN); /* no room for it twice */
    CHECK_EQ(five.len, 5);
    CHECK_EQ(sl_shelf_read(a.shelf, "x", &four, &err), SL_E_BROKEN);
    CHECK(strstr(err.text, "more than the 4 it may have") != NULL);
    CHECK_EQ(four.len, 0);
    sl_buf_clear(&five);
    sl_buf_clear(&four);
    shelf_take_down(&a);
}

static void read__misses_what_is_not_there(void)
{
    struct a_shelf a = shelf_set_up();
    struct sl_buf buf = sl_buf_upto(5);
    uint64_t bytes = 7;

    CHECK_EQ(sl_shelf_read(a.shelf, "x", &buf, NULL), SL_E_MISSING);
    CHECK_EQ(sl_shelf_read(a.shelf, "f/ab/x", &buf, NULL), SL_E_MISSING);
    CHECK_EQ(sl_shelf_bytes(a.shelf, "x", &bytes, NULL), SL_E_MISSING);
    CHECK_EQ(bytes, 7);
    shelf_take_down(&a);
}

static void read_into__wants_exactly_the_length(void)
{
    struct a_shelf a = shelf_set_up();
    uint8_t to[6] = { 0 };
    uint64_t bytes = 0;

    CHECK_EQ(folder_write(folder_path(a.folder, "x"), "hello", 5), 0);
    CHECK_EQ(sl_shelf_bytes(a.shelf, "x", &bytes, NULL), SL_OK);
    CHECK_EQ(bytes, 5);
    CHECK_EQ(sl_shelf_read_into(a.shelf, "x", to, 4, NULL), SL_E_BROKEN);
    CHECK_EQ(sl_shelf_read_into(a.shelf, "x", to, 6, NULL), SL_E_BROKEN);
    CHECK_EQ(sl_shelf_read_into(a.shelf, "x", to, 5, NULL), SL_OK);
    CHECK(memcmp(to, "hello", 5) == 0);
    shelf_take_down(&a);
}

static void read__refuses_links_folders_and_pipes_without_waiting(void)
{
    struct a_shelf a = shelf_set_up();
    struct sl_buf buf = sl_buf_upto(100);
    static const char *const odd[] = { "link", "folder", "pipe", "through/passwd", "out" };

    CHECK_EQ(symlink("real", folder_path(a.folder, "link")), 0);
    CHECK_EQ(folder_write(folder_path(a.folder, "real"), "hello", 5), 0);
    CHECK_EQ(mkdir(folder_path(a.folder, "folder"), 0700), 0);
    CHECK_EQ(mkfifo(folder_path(a.folder, "pipe"), 0600), 0);
    CHECK_EQ(symlink("/etc", folder_path(a.folder, "through")), 0);
    CHECK_EQ(symlink("/etc/passwd", folder_path(a.folder, "out")), 0);
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        CHECK_EQ(sl_shelf_read(a.shelf, odd[i], &buf, NULL), SL_E_REFUSED);
        CHECK_EQ(buf.len, 0);
    }
    CHECK_EQ(sl_shelf_read(a.shelf, "../etc/passwd", &buf, NULL), SL_E_REFUSED);
    sl_buf_clear(&buf);
    shelf_take_down(&a);
}

static void read__works_on_a_folder_that_nobody_may_write(void)
{
    struct a_shelf a = shelf_set_up();
    struct sl_buf buf = sl_buf_upto(100);
    struct os_fault f;

    CHECK_EQ(folder_write(folder_path(a.folder, "x"), "hello", 5), 0);
    os_fault_start(&f, FAULT_WRITES & ~FAULT_BIT(CALL_OPEN), FAULT_EVER, 1, EROFS);
    struct sl_shelf *s = shelf_in(&f.os, a.folder);
    CHECK_EQ(sl_shelf_read(s, "x", &buf, NULL), SL_OK);
    CHECK_EQ(atomic_load(&f.calls), 0);
    sl_shelf_free(s);
    sl_buf_clear(&buf);
    shelf_take_down(&a);
}

static void read__says_when_a_disk_fails(void)
{
    struct a_shelf a = shelf_set_up();
    struct sl_buf buf = sl_buf_upto(100);
    static const struct {
        int why;
        sl_rc rc;
    } trouble[] = { { EIO, SL_E_SYSTEM }, { ENODEV, SL_E_RETRY }, { ESTALE, SL_E_RETRY } };

    CHECK_EQ(folder_write(folder_path(a.folder, "x"), "hello", 5), 0);
    for (size_t i = 0; i < sizeof trouble / sizeof *trouble; i++) {
        struct os_fault f;
        os_fault_start(&f, FAULT_BIT(CALL_PREADV), FAULT_ERRNO, 1, trouble[i].why);
        struct sl_shelf *s = shelf_in(&f.os, a.folder);
        CHECK_EQ(sl_shelf_read(s, "x", &buf, NULL), trouble[i].rc);
        CHECK_EQ(buf.len, 0);
        sl_shelf_free(s);
    }
    shelf_take_down(&a);
}

struct seen {
    unsigned count, stop_after;
    bool x;
};

static sl_rc see(void *who, const struct sl_os_entry *entry, struct sl_err *err)
{
    struct seen *s = who;

    s->x |= strcmp(entry->name, "x") == 0;
    if (++s->count == s->stop_after)
        return sl_fail(err, SL_E_CANCELLED, "enough");
    return SL_OK;
}

static void list__shows_every_name_and_ends_when_told(void)
{
    struct a_shelf a = shelf_set_up();
    struct seen all = { 0 }, some = { .stop_after = 3 }, none = { 0 };

    CHECK_EQ(mkdir(folder_path(a.folder, "d"), 0700), 0);
    CHECK_EQ(folder_write(folder_path(a.folder, "d/x"), "", 0), 0);
    for (unsigned i = 0; i < 200; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "d/a-name-of-some-length-%u", i);
        CHECK_EQ(folder_write(folder_path(a.folder, name), "", 0), 0);
    }
    CHECK_EQ(sl_shelf_list(a.shelf, "d", see, &all, NULL), SL_OK);
    CHECK_EQ(all.count, 201);
    CHECK(all.x);
    CHECK_EQ(sl_shelf_list(a.shelf, "d", see, &some, NULL), SL_E_CANCELLED);
    CHECK_EQ(some.count, 3);
    CHECK_EQ(sl_shelf_list(a.shelf, "none", see, &none, NULL), SL_OK);
    CHECK_EQ(none.count, 0);
    CHECK_EQ(sl_shelf_list(a.shelf, "", see, &none, NULL), SL_OK);
    CHECK_EQ(none.count, 1);
    CHECK_EQ(sl_shelf_list(a.shelf, "d/x", see, &none, NULL), SL_E_REFUSED);
    shelf_take_down(&a);
}

static void pieces_have__compares_across_every_border(void)
{
    const struct sl_view in[] = { text_view("ab"), text_view(""), text_view("cde"),
                                  text_view("f") };
    const char whole[] = "abcdef";

    CHECK_EQ(sl_pieces_bytes(in, 4), 6);
    for (size_t from = 0; from <= 6; from++) {
        for (size_t len = 0; from + len <= 6; len++) {
            struct sl_view part = { (const uint8_t *)whole + from, len };
            CHECK(sl_pieces_have(in, 4, from, part));
            CHECK(len == 0 || !sl_pieces_have(in, 4, from + 1, part));
        }
    }
    CHECK(!sl_pieces_have(in, 4, 0, text_view("abcdefg")));
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(read__gives_the_whole_file_up_to_its_limit),
        CASE(read__misses_what_is_not_there),
        CASE(read_into__wants_exactly_the_length),
        CASE(read__refuses_links_folders_and_pipes_without_waiting),
        CASE(read__works_on_a_folder_that_nobody_may_write),
        CASE(read__says_when_a_disk_fails),
        CASE(list__shows_every_name_and_ends_when_told),
        CASE(pieces_have__compares_across_every_border),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
