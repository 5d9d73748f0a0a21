/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The walk over a card: order, types, totals, what is told of and left alone, access times.
 */
#include "card/card.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

#include "check.h"
#include "scene.h"

#define PERSIAN "\xd8\xb5\xd8\xad\xd9\x86\xd9\x87"

/* Walk the card and compare the paths with `want`; the types' letters stand before them. */
static void expect(const struct sl_os *os, const char *const *want, size_t count)
{
    SL_AUTO_FREE(card) *card = NULL;
    SL_AUTO_FREE(card_walk) *walk = NULL;
    struct sl_card_item item = { 0 };
    struct sl_err err = { 0 };
    bool more = true;
    size_t seen = 0;

    CHECK_EQ(sl_card_open(os, scene_root, &card, &err), SL_OK);
    CHECK_EQ(sl_card_walk_new(card, &walk, &err), SL_OK);
    for (;; seen++) {
        sl_rc rc = sl_card_next(walk, &item, &more, &err);
        CHECK_EQ(rc, SL_OK);
        if (rc != SL_OK || !more)
            break;
        CHECK_EQ(strlen(item.path), item.path_bytes);
        if (seen < count &&
            (strcmp(item.path, want[seen] + 1) != 0 || "fdlpsbm"[item.type] != want[seen][0]))
            printf("# item %zu is %c%s, not %s\n", seen, "fdlpsbm"[item.type], item.path,
                   want[seen]);
        CHECK(seen < count && strcmp(item.path, want[seen] + 1) == 0);
        CHECK(seen < count && "fdlpsbm"[item.type] == want[seen][0]);
    }
    CHECK_EQ(seen, count);
    CHECK_EQ(sl_card_next(walk, &item, &more, &err), SL_OK);
    CHECK(!more); /* and ever after */
}

static struct sl_card_totals walk_for(const struct sl_os *os, uint8_t hash[SL_SHA256_BYTES])
{
    SL_AUTO_FREE(card) *card = NULL;
    struct sl_card_totals totals = { 0 };
    struct sl_err err = { 0 };

    CHECK_EQ(sl_card_open(os, scene_root, &card, &err), SL_OK);
    CHECK_EQ(sl_card_walk_whole(card, hash, &totals, &err), SL_OK);
    return totals;
}

static void make_odd_names(void)
{
    static const char *const folders[] = { "a", "a-b", "a/empty", "Z" };
    static const char *const files[] = { "b",         PERSIAN,     "a.b",         "a/x",
                                         "a/.hidden", "new\nline", "bad\xff\xfe", " ",
                                         "Z/9",       "Z/10",      "-rf" };

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        scene_folder(folders[i]);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        scene_file(files[i], i);
}

static const char *const ODD_NAMES[] = {
    "d.",       "f ",   "f-rf", "dZ",   "fZ/10", "fZ/9",         "da",         "fa/.hidden",
    "da/empty", "fa/x", "da-b", "fa.b", "fb",    "fbad\xff\xfe", "fnew\nline", ("f" PERSIAN),
};

static void walk__gives_names_in_the_order_of_their_bytes(void)
{
    scene_new();
    make_odd_names();
    expect(sl_os_real(), ODD_NAMES, sizeof ODD_NAMES / sizeof *ODD_NAMES);
    scene_end();
}

static void walk__does_not_depend_on_the_order_of_the_file_system(void)
{
    struct spoilt_os s;
    uint8_t one[SL_SHA256_BYTES] = { 1 }, other[SL_SHA256_BYTES] = { 2 };

    scene_new();
    make_odd_names();
    spoilt_os_init(&s);
    (void)walk_for(&s.os, one);
    s.backwards = true;
    expect(&s.os, ODD_NAMES, sizeof ODD_NAMES / sizeof *ODD_NAMES);
    (void)walk_for(&s.os, other);
    CHECK(memcmp(one, other, sizeof one) == 0);
    scene_end();
}

static void walk__sorts_folders_larger_than_one_listing(void)
{
    SL_AUTO_FREE(card) *card = NULL;
    SL_AUTO_FREE(card_walk) *walk = NULL;
    struct sl_card_item item = { 0 };
    struct sl_err err = { 0 };
    char name[32];
    bool more = true;

    scene_new();
    for (unsigned i = 0; i < 1000; i++) {
        (void)snprintf(name, sizeof name, "f%03u", (i * 387u) % 1000u);
        scene_file(name, 0);
    }
    CHECK_EQ(sl_card_open(sl_os_real(), scene_root, &card, &err), SL_OK);
    CHECK_EQ(sl_card_walk_new(card, &walk, &err), SL_OK);
    CHECK_EQ(sl_card_next(walk, &item, &more, &err), SL_OK);
    for (unsigned i = 0; i < 1000; i++) {
        (void)snprintf(name, sizeof name, "f%03u", i);
        CHECK_EQ(sl_card_next(walk, &item, &more, &err), SL_OK);
        CHECK(more && strcmp(item.path, name) == 0);
    }
    CHECK_EQ(sl_card_next(walk, &item, &more, &err), SL_OK);
    CHECK(!more);
    scene_end();
}

static void walk__gives_sizes_times_and_modes(void)
{
    SL_AUTO_FREE(card) *card = NULL;
    SL_AUTO_FREE(card_walk) *walk = NULL;
    struct sl_card_item item = { 0 };
    struct sl_err err = { 0 };
    bool more = false;

    scene_new();
    scene_file("clip", 12345);
    scene_must(chmod(scene_path("clip"), 04751) == 0, "chmod");
    scene_times("clip", 1, -7, 999999999);
    CHECK_EQ(sl_card_open(sl_os_real(), scene_root, &card, &err), SL_OK);
    CHECK_EQ(sl_card_walk_new(card, &walk, &err), SL_OK);
    CHECK_EQ(sl_card_next(walk, &item, &more, &err), SL_OK);
    CHECK_EQ(item.stamp.size, 0); /* folders have none, whatever their file system says */
    CHECK_EQ(item.mode, 0700);
    CHECK_EQ(sl_card_next(walk, &item, &more, &err), SL_OK);
    CHECK_EQ(item.stamp.size, 12345);
    CHECK_EQ(item.stamp.mtime_s, -7);
    CHECK_EQ(item.stamp.mtime_ns, 999999999);
    CHECK_EQ(item.mode, 04751);
    scene_end();
}

static void walk__tells_of_links_and_special_files_and_follows_none(void)
{
    static const char *const want[] = { "d.",    "da",         "fa/real", "ldangling", "lhome",
                                        "ppipe", "lreal-link", "ssocket", "lup" };
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    struct sl_card_totals totals;

    scene_new();
    scene_folder("a");
    scene_file("a/real", 3);
    scene_must(symlink("/nowhere/at/all", scene_path("dangling")) == 0, "link");
    scene_must(symlink("a", scene_path("home")) == 0, "link");
    scene_must(symlink("a/real", scene_path("real-link")) == 0, "link");
    scene_must(symlink("/", scene_path("up")) == 0, "link");
    scene_must(mkfifo(scene_path("pipe"), 0644) == 0, "fifo");
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)snprintf(at.sun_path, sizeof at.sun_path, "%.107s", scene_path("socket"));
    scene_must(fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0, "socket");
    scene_must(close(fd) == 0, "socket");

    expect(sl_os_real(), want, sizeof want / sizeof *want);
    totals = walk_for(sl_os_real(), NULL);
    CHECK_EQ(totals.files, 1);
    CHECK_EQ(totals.folders, 2);
    CHECK_EQ(totals.skipped, 6);
    CHECK_EQ(totals.bytes, 3);
    scene_end();
}

static void walk__tells_of_devices(void)
{
    static const char *const want[] = { "d.", "bnull" };

    scene_new();
    if (mknod(scene_path("null"), S_IFCHR | 0600, makedev(1, 3)) != 0)
        check_skip("making a device needs root");
    else
        expect(sl_os_real(), want, sizeof want / sizeof *want);
    scene_end();
}

static void types__are_told_in_words(void)
{
    for (int type = SL_CARD_FILE; type <= SL_CARD_MOUNT; type++) {
        CHECK(strcmp(sl_card_type_words((enum sl_card_type)type), "?") != 0);
        CHECK_EQ(sl_card_skipped((enum sl_card_type)type), type > SL_CARD_FOLDER);
    }
}

static void walk__marks_asc_mhl_in_any_case(void)
{
    struct sl_card_totals totals;

    scene_new();
    scene_folder("ascmhl");
    scene_folder("sub");
    scene_folder("sub/ASCMHL");
    scene_folder("x.mhl"); /* a folder of that name is not one */
    scene_file("ascmhl/0001_A001.mhl", 5);
    scene_file("sub/old.MHL", 5);
    scene_file("ascmhl/ascmhl_chain.xml", 5);
    scene_file("mhl", 5);
    totals = walk_for(sl_os_real(), NULL);
    CHECK_EQ(totals.mhl_files, 2);
    CHECK_EQ(totals.mhl_folders, 2);
    CHECK_EQ(totals.files, 4);
    scene_end();
}

/* The hash of card.h, put together by hand. */
static void walk__hash_is_what_its_page_says(void)
{
    static const uint8_t want[] = /* ".", folder "d", file "d/f" of 3 bytes */
        "d\1\0\0\0."
        "\0\0\0\0\0\0\0\0"
        "\0\0\0\0\0\0\0\0"
        "\0\0\0\0"
        "d\1\0\0\0d"
        "\0\0\0\0\0\0\0\0"
        "\2\1\0\0\0\0\0\0"
        "\4\0\0\0"
        "f\3\0\0\0d/f"
        "\3\0\0\0\0\0\0\0"
        "\377\377\377\377\377\377\377\377"
        "\0\1\0\0";
    uint8_t by_hand[SL_SHA256_BYTES], hash[SL_SHA256_BYTES] = { 0 };

    scene_new();
    scene_folder("d");
    scene_file("d/f", 3);
    scene_times("d/f", 1, -1, 256);
    scene_times("d", 1, 258, 4);
    (void)walk_for(sl_os_real(), hash);
    sl_sha256_of((struct sl_view){ want, sizeof want - 1 }, by_hand);
    CHECK(memcmp(hash, by_hand, sizeof hash) == 0);
    scene_end();
}

/* Read everything there is to read, both ways in which the room opens files for its own use. */
static void walk__changes_no_access_time(void)
{
    static const char *const names[] = { ".", "folder", "folder/clip", "empty" };
    SL_AUTO_FREE(card) *card = NULL;
    struct sl_card_identity id;
    struct sl_err err = { 0 };
    struct stat st;
    char byte = 0;

    scene_new();
    scene_folder("folder");
    scene_folder("empty");
    scene_file("folder/clip", 100000);
    scene_file("control", 10);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        scene_times(names[i], 1000000 + (time_t)i, 2000000, 0);
    CHECK_EQ(sl_card_open(sl_os_real(), scene_root, &card, &err), SL_OK);
    CHECK_EQ(sl_card_identify(card, &id, &err), SL_OK);
    CHECK(sl_card_remark(card) == NULL);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        scene_must(lstat(scene_path(names[i]), &st) == 0, names[i]);
        CHECK_EQ(st.st_atim.tv_sec, 1000000 + (time_t)i);
        CHECK_EQ(st.st_atim.tv_nsec, 5);
    }
    /* The control: an ordinary reader does change it, or this case shows nothing. */
    scene_times("control", 1000000, 2000000, 0);
    int fd = open(scene_path("control"), O_RDONLY | O_CLOEXEC);
    scene_must(fd >= 0 && read(fd, &byte, 1) == 1 && fstat(fd, &st) == 0, "control");
    scene_must(close(fd) == 0, "control");
    if (st.st_atim.tv_sec == 1000000)
        check_skip("the temporary folder is mounted noatime");
    scene_end();
}

static void walk__remarks_where_access_times_may_move(void)
{
    struct spoilt_os s;
    SL_AUTO_FREE(card) *card = NULL;
    SL_AUTO_FREE(card) *quiet = NULL;
    struct sl_err err = { 0 };

    scene_new();
    scene_file("clip", 10);
    spoilt_os_init(&s);
    s.no_noatime = true;
    s.set_space = true;
    CHECK_EQ(sl_card_open(&s.os, scene_root, &card, &err), SL_OK);
    CHECK_EQ(sl_card_walk_whole(card, NULL, NULL, &err), SL_OK);
    CHECK(sl_card_remark(card) != NULL);
    s.space.keeps_atime = true;
    CHECK_EQ(sl_card_open(&s.os, scene_root, &quiet, &err), SL_OK);
    CHECK_EQ(sl_card_walk_whole(quiet, NULL, NULL, &err), SL_OK);
    CHECK(sl_card_remark(quiet) == NULL);
    scene_end();
}

static void walk__does_not_enter_what_is_mounted_beneath(void)
{
    static const char *const want[] = { "d.", "da", "fa/x", "mmounted", "fz" };
    struct sl_card_totals totals;

    scene_new();
    scene_folder("a");
    scene_folder("mounted");
    scene_file("a/x", 1);
    scene_file("mounted/hidden", 1);
    scene_file("z", 1);
    if ((unshare(CLONE_NEWNS) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) ||
        mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", scene_path("mounted"), "tmpfs", 0, NULL) != 0) {
        check_skip("mounting needs root or user namespaces");
    } else {
        expect(sl_os_real(), want, sizeof want / sizeof *want);
        totals = walk_for(sl_os_real(), NULL);
        CHECK_EQ(totals.skipped, 1);
        CHECK_EQ(totals.folders, 2);
        CHECK_EQ(umount(scene_path("mounted")), 0);
    }
    scene_end();
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(walk__gives_names_in_the_order_of_their_bytes),
        CASE(walk__does_not_depend_on_the_order_of_the_file_system),
        CASE(walk__sorts_folders_larger_than_one_listing),
        CASE(walk__gives_sizes_times_and_modes),
        CASE(walk__tells_of_links_and_special_files_and_follows_none),
        CASE(walk__tells_of_devices),
        CASE(types__are_told_in_words),
        CASE(walk__marks_asc_mhl_in_any_case),
        CASE(walk__hash_is_what_its_page_says),
        CASE(walk__changes_no_access_time),
        CASE(walk__remarks_where_access_times_may_move),
        CASE(walk__does_not_enter_what_is_mounted_beneath), /* last: it changes its process */
    };

    if (sl_crypto_start(sl_os_real(), NULL) != SL_OK)
        return EXIT_FAILURE;
    return check_run(cases, sizeof cases / sizeof *cases);
}
