/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Trees of the rehearsal's own folder are wiped whole, laid aside whole, and nothing else is.
 */
#include "rehearse/tree.h"

#include "base/own.h"
#include "stage.h"

static void tree_wipe__removes_everything_and_follows_no_link(void)
{
    struct stage s = stage_new();

    put_folder(&s, "outside");
    put_text(&s, "outside/precious", "mine");
    put_folder(&s, "in");
    put_folder(&s, "in/a");
    put_folder(&s, "in/a/b");
    put_text(&s, "in/a/b/file", "x");
    CHECK_EQ(symlinkat("../outside", s.dir, "in/link"), 0);
    CHECK_EQ(mkfifo(at_stage(&s, "in/a/fifo"), 0600), 0);
    CHECK_EQ(fchmodat(s.dir, "in/a", 0555, 0), 0); /* a folder that nobody may write to */
    CHECK_EQ(sl_tree_wipe(s.os, s.dir, "in", false, NULL), SL_OK);
    CHECK(!is_there(&s, "in"));
    CHECK(is_there(&s, "outside/precious"));
    stage_end(&s);
}

static void tree_wipe__leaves_the_folder_where_asked(void)
{
    struct stage s = stage_new();

    put_folder(&s, "in");
    put_text(&s, "in/file", "x");
    CHECK_EQ(sl_tree_wipe(s.os, s.dir, "in", true, NULL), SL_OK);
    CHECK(is_there(&s, "in"));
    CHECK(!is_there(&s, "in/file"));
    stage_end(&s);
}

static void tree_wipe__is_content_with_what_is_not_there(void)
{
    struct stage s = stage_new();

    CHECK_EQ(sl_tree_wipe(s.os, s.dir, "nothing", false, NULL), SL_OK);
    stage_end(&s);
}

/* Deeper than one system call takes a path, and more folders than there are descriptors. */
static void tree_wipe__goes_as_deep_as_a_card_may(void)
{
    struct stage s = stage_new();
    char path[SL_PATH_MAX] = "d";
    int at = s.dir, next = 0;

    for (unsigned i = 0; i < 2000; i++) {
        CHECK_EQ(mkdirat(at, "d", 0700), 0);
        next = openat(at, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (at != s.dir)
            close(at);
        at = next;
        if (i > 0)
            (void)strcat(path, "/d");
    }
    close(at);
    CHECK_EQ(sl_tree_folder(s.os, s.dir, path, &at, NULL), SL_OK);
    close(at);
    CHECK_EQ(sl_tree_wipe(s.os, s.dir, "d", false, NULL), SL_OK);
    CHECK(!is_there(&s, "d"));
    stage_end(&s);
}

static void tree_wipe__takes_a_folder_of_many_names(void)
{
    struct stage s = stage_new();
    char name[32];

    put_folder(&s, "in");
    for (unsigned i = 0; i < 1500; i++) {
        (void)snprintf(name, sizeof name, i % 3 == 0 ? "in/folder%u" : "in/file%u", i);
        if (i % 3 == 0)
            put_folder(&s, name);
        else
            put_text(&s, name, "");
    }
    CHECK_EQ(sl_tree_wipe(s.os, s.dir, "in", false, NULL), SL_OK);
    CHECK(!is_there(&s, "in"));
    stage_end(&s);
}

static void lay(bool link, nlink_t names)
{
    struct stage s = stage_new();
    struct stat a, b;
    char text[8] = "";

    put_folder(&s, "from");
    put_folder(&s, "from/f");
    put_folder(&s, "from/empty");
    put_text(&s, "from/f/x", "bytes");
    CHECK_EQ(sl_tree_lay_aside(s.os, s.dir, "from", "to", link, NULL), SL_OK);
    CHECK_EQ(fstatat(s.dir, "from/f/x", &a, 0), 0);
    CHECK_EQ(fstatat(s.dir, "to/f/x", &b, 0), 0);
    CHECK_EQ(b.st_nlink, names);
    CHECK_EQ(a.st_ino == b.st_ino, link);
    CHECK(is_there(&s, "to/empty"));
    int fd = openat(s.dir, "to/f/x", O_RDONLY | O_CLOEXEC);
    CHECK_EQ(read(fd, text, sizeof text), 5);
    CHECK_EQ(memcmp(text, "bytes", 5), 0);
    close(fd);
    CHECK(sl_tree_lay_aside(s.os, s.dir, "from", "to", link, NULL) != SL_OK); /* it is there */
    stage_end(&s);
}

static void tree_lay_aside__links_or_copies_as_asked(void)
{
    lay(true, 2);
    lay(false, 1);
}

static sl_rc count_one(void *who, const struct sl_tree_file *file, struct sl_err *err)
{
    (void)err;
    *(uint64_t *)who += file->bytes;
    CHECK(strstr(file->path, file->name) != NULL);
    return SL_OK;
}

static sl_rc stop_at_once(void *who, const struct sl_tree_file *file, struct sl_err *err)
{
    (void)who;
    (void)file;
    return sl_fail(err, SL_E_CANCELLED, "enough");
}

static void tree_walk__meets_every_file_and_stops_when_told(void)
{
    struct stage s = stage_new();
    struct sl_err err = { 0 };
    uint64_t sum = 0;

    put_folder(&s, "in");
    put_folder(&s, "in/a");
    put_text(&s, "in/one", "1");
    put_text(&s, "in/a/two", "22");
    CHECK_EQ(symlinkat("one", s.dir, "in/link"), 0);
    CHECK_EQ(sl_tree_walk(s.os, s.dir, "in", count_one, &sum, NULL), SL_OK);
    CHECK_EQ(sum, 3);
    CHECK_EQ(sl_tree_walk(s.os, s.dir, "in", stop_at_once, NULL, &err), SL_E_CANCELLED);
    CHECK_EQ(sl_tree_walk(s.os, s.dir, "nothing", count_one, &sum, NULL), SL_E_MISSING);
    stage_end(&s);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(tree_wipe__removes_everything_and_follows_no_link),
        CASE(tree_wipe__leaves_the_folder_where_asked),
        CASE(tree_wipe__is_content_with_what_is_not_there),
        CASE(tree_wipe__goes_as_deep_as_a_card_may),
        CASE(tree_wipe__takes_a_folder_of_many_names),
        CASE(tree_lay_aside__links_or_copies_as_asked),
        CASE(tree_walk__meets_every_file_and_stops_when_told),
    };
    return check_run(cases, sizeof cases / sizeof *cases);
}
