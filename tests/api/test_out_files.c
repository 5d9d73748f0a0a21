/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What comes back, where, and beside what stands there already: names, modes, times, long paths,
 * single files and whole lockers; nothing is overwritten; room is looked at first.
 */
#include <sys/file.h>

#include "api/insider.h"

static struct world scene(void)
{
    struct world w;

    world_new(&w, 3, 2);
    out_card(&w);
    CHECK_EQ(world_offload(&w, NULL, "A001", NULL), SL_OK);
    return w;
}

static ino_t inode(const struct world *w, const char *name)
{
    struct stat st = { 0 };

    CHECK_EQ(lstat(world_path(w, name), &st), 0);
    return st.st_ino;
}

/* ---- all of it, and again ---- */

static void restore__keeps_whole_files_that_are_there(void)
{
    struct world w = scene();
    struct sl_restored r = { 0 };

    for (int threads = 0; threads < 2; threads++) {
        w.threads = threads == 1;
        CHECK_EQ(world_restore(&w, NULL, "camera/A001", "back", &r), SL_OK);
        CHECK_EQ(r.files, 9);
        CHECK_EQ(r.folders, 5);
        CHECK_EQ(r.kept_files, 0);
        ino_t big = inode(&w, "back/CLIP/C0002.MXF"), empty = inode(&w, "back/EMPTY/zero");
        CHECK_EQ(unlink(world_path(&w, "back/CLIP/C0003.XML")), 0);
        CHECK_EQ(world_restore(&w, NULL, "camera/A001", "back", &r), SL_OK);
        CHECK_EQ(r.files, 9);
        CHECK_EQ(r.kept_files, 8);
        CHECK(world_same(&w, "card", "back"));
        CHECK_EQ(inode(&w, "back/CLIP/C0002.MXF"), big);
        CHECK_EQ(inode(&w, "back/EMPTY/zero"), empty);
        out_drop(&w, "back");
    }
    out_end(&w);
}

static void restore__brings_it_back_with_little_memory(void)
{
    struct world w = scene();

    w.low_memory = true;
    CHECK_EQ(world_restore(&w, NULL, "camera/A001", "back", NULL), SL_OK);
    CHECK(world_same(&w, "card", "back"));
    out_end(&w);
}

/* ---- what stands in the way ---- */

static void never_over(struct world *w, const char *why, const char *path)
{
    struct sl_restored r = { 0 };
    int before = check_failures;

    world_copy(world_path(w, "back"), world_path(w, "before"));
    CHECK_EQ(world_restore(w, NULL, "camera/A001", "back", &r), SL_E_SYSTEM);
    CHECK(world_said(w, "nothing is overwritten"));
    CHECK_EQ(r.failed_files > 0, true);
    char before_path[300], after_path[300];
    (void)snprintf(before_path, sizeof before_path, "before/%s", path);
    (void)snprintf(after_path, sizeof after_path, "back/%s", path);
    CHECK(world_same(w, before_path, after_path));
    CHECK(world_is_there(w, "back/EMPTY/zero")); /* the rest was restored */
    if (check_failures > before)
        printf("# in the way: %s\n", why);
    out_drop(w, "back");
    out_drop(w, "before");
    world_folder(w, "back/CLIP");
}

#define VICTIM "CLIP/C0003.XML"

static void restore__never_overwrites(void)
{
    struct world w = scene();

    world_folder(&w, "back/CLIP");
    world_file(&w, "back/" VICTIM, 99, 5);
    never_over(&w, "a file of another length", VICTIM);
    world_file(&w, "back/" VICTIM, 99, 700);
    never_over(&w, "a file of that length", VICTIM);
    world_must(symlink("../../card/" VICTIM, world_path(&w, "back/" VICTIM)) == 0, "link");
    never_over(&w, "a link to the right bytes", VICTIM);
    world_must(symlink("nowhere", world_path(&w, "back/" VICTIM)) == 0, "link");
    never_over(&w, "a link to nothing", VICTIM);
    world_must(mkfifo(world_path(&w, "back/" VICTIM), 0600) == 0, "pipe");
    never_over(&w, "a pipe", VICTIM);
    world_folder(&w, "back/" VICTIM);
    world_file(&w, "back/" VICTIM "/mine", 1, 1);
    never_over(&w, "a folder", VICTIM "/mine");
    world_file(&w, "back/NOTHING", 1, 1);
    never_over(&w, "a file where a folder belongs", "NOTHING");
    out_drop(&w, "back");
    world_folder(&w, "back");
    world_must(symlink("../outside", world_path(&w, "back/CLIP")) == 0, "link");
    world_folder(&w, "outside");
    never_over(&w, "a link where a folder belongs", "CLIP");
    CHECK_EQ(folder_names(world_path(&w, "outside")), 0);
    out_end(&w);
}

/* ---- a piece of it ---- */

static void comes_alone(struct world *w, const char *what, const char *path, uint64_t files)
{
    struct sl_restored r = { 0 };
    char back[300], card[300];

    CHECK_EQ(world_restore(w, NULL, what, "back", &r), SL_OK);
    CHECK_EQ(r.files, files);
    (void)snprintf(back, sizeof back, "back/%s", path);
    (void)snprintf(card, sizeof card, "card/%s", path);
    CHECK(world_same(w, card, back));
    CHECK_EQ(folder_names(world_path(w, "back")), 1);
    CHECK_EQ(world_count(w, "back", NULL), files);
    out_drop(w, "back");
}

static void restore__brings_one_file_or_one_folder(void)
{
    struct world w = scene();

    comes_alone(&w, "camera/A001/CLIP/C0002.MXF", "CLIP/C0002.MXF", 1);
    comes_alone(&w, "camera/A001/CLIP/C0003.XML/", "CLIP/C0003.XML", 1);
    comes_alone(&w, "camera/A001/not-utf8-\xff\xfe", "not-utf8-\xff\xfe", 1);
    comes_alone(&w, "camera//A001/CLIP", "CLIP", 4);
    comes_alone(&w, "camera/A001/CLOSED", "CLOSED", 1);
    comes_alone(&w, "camera/A001/NOTHING", "NOTHING", 0);
    static const char *const missing[] = {
        "camera/A001/CLIP/C000", "camera/A001/CLI", "camera/A001/..", "camera/A001/CLIP/../CLIP",
        "camera/A002",           "sound/A001",      "nothing",        "camera/A001~2"
    };
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++) {
        CHECK_EQ(world_restore(&w, NULL, missing[i], "back", NULL), SL_E_MISSING);
        CHECK(world_said(&w, i < 4 ? "no such file or folder" : "there is no"));
    }
    CHECK_EQ(world_restore(&w, NULL, "", "back", NULL), SL_E_USAGE);
    CHECK_EQ(world_restore(&w, NULL, "sound", "back", NULL), SL_E_MISSING);
    out_end(&w);
}

static void restore__brings_a_locker_roll_by_roll(void)
{
    struct world w = scene();
    struct sl_restored r = { 0 };

    CHECK_EQ(unlink(world_path(&w, "card/-rf")), 0);
    world_file(&w, "card/second", 50, 5000);
    sleep(1); /* entries claim whole seconds, and the older roll keeps its name */
    CHECK_EQ(world_offload(&w, NULL, "A001", NULL), SL_OK);
    CHECK_EQ(world_restore(&w, NULL, "camera", "back", &r), SL_OK);
    CHECK_EQ(folder_names(world_path(&w, "back")), 2);
    CHECK(world_same(&w, "card", "back/A001~2"));
    CHECK(world_is_there(&w, "back/A001/-rf") && !world_is_there(&w, "back/A001/second"));
    CHECK_EQ(r.files, 18);
    CHECK(out_blames(&w, &r, 0));
    CHECK_EQ(world_restore(&w, NULL, "camera", "back", &r), SL_OK);
    CHECK_EQ(r.kept_files, 18);
    CHECK_EQ(world_restore(&w, NULL, "camera/A001~2/second", "one", NULL), SL_OK);
    CHECK(world_same_bytes(world_path(&w, "card/second"), world_path(&w, "one/second")));
    out_end(&w);
}

/* ---- paths of 4096 bytes ---- */

/* Twenty folders of 200 bytes; returns the last, open. */
static int deep(const struct world *w, const char *from, bool make)
{
    char name[201];
    int at = open(world_path(w, from), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    memset(name, 'd', 200);
    name[200] = '\0';
    for (int i = 0; i < 20 && at >= 0; i++) {
        if (make)
            world_must(mkdirat(at, name, 0755) == 0, "deep");
        int next = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        (void)close(at);
        at = next;
    }
    return at;
}

#define LAST 76u /* 20 * 201 + 76 = 4096 */

static void restore__brings_paths_of_4096_bytes(void)
{
    struct world w;
    char file[LAST + 1], folder[LAST + 1], got[6] = "";
    const struct timespec times[2] = { { 1, 2 }, { 3, 4 } };
    struct stat st = { 0 };

    memset(file, 'f', LAST);
    memset(folder, 'g', LAST);
    file[LAST] = folder[LAST] = '\0';
    world_new(&w, 2, 1);
    int at = deep(&w, "card", true);
    int fd = openat(at, file, O_WRONLY | O_CREAT | O_CLOEXEC, 0640);
    world_must(at >= 0 && write(fd, "hello", 5) == 5 && close(fd) == 0, "deep file");
    world_must(mkdirat(at, folder, 0550) == 0 && utimensat(at, folder, times, 0) == 0, "folder");
    (void)close(at);
    CHECK_EQ(world_offload(&w, NULL, "A001", NULL), SL_OK);
    for (int i = 0; i < 4; i++) { /* at the top and beneath the roll's name, each twice */
        CHECK_EQ(world_restore(&w, NULL, i < 2 ? "camera/A001" : "camera", "back", NULL), SL_OK);
        at = deep(&w, i < 2 ? "back" : "back/A001", false);
        fd = openat(at, file, O_RDONLY | O_CLOEXEC);
        CHECK(fd >= 0 && read(fd, got, 5) == 5 && memcmp(got, "hello", 5) == 0);
        (void)close(fd);
        CHECK_EQ(fstatat(at, folder, &st, 0), 0);
        CHECK_EQ(st.st_mode, S_IFDIR | 0550);
        CHECK_EQ(st.st_mtim.tv_sec, 3);
        CHECK_EQ(st.st_mtim.tv_nsec, 4);
        (void)close(at);
        if (i % 2 != 0)
            out_drop(&w, "back");
    }
    out_end(&w);
}

/* ---- folders closed to their owner ---- */

static void complete_a_closed_folder(void *who)
{
    struct world w;

    (void)who;
    if (getuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
        check_failures++;
    w = scene();
    out_touch(&w, "card", 0555, 1600000000, 42); /* the top of it too */
    CHECK_EQ(world_offload(&w, NULL, "B002", NULL), SL_OK);
    CHECK_EQ(world_restore(&w, NULL, "camera/B002", "back", NULL), SL_OK);
    world_must(chmod(world_path(&w, "back/CLOSED"), 0755) == 0, "open");
    world_must(unlink(world_path(&w, "back/CLOSED/inside")) == 0, "lose");
    world_must(chmod(world_path(&w, "back/CLOSED"), 0555) == 0, "close");
    CHECK_EQ(world_restore(&w, NULL, "camera/B002", "back", NULL), SL_OK);
    CHECK(world_same(&w, "card", "back"));
    out_end(&w);
}

static void restore__completes_folders_that_are_closed(void)
{
    CHECK_EQ(world_apart(complete_a_closed_folder, NULL), 0);
}

/* ---- room ---- */

static uint64_t room_bytes;

static int little_room(void *self, int fd, struct sl_os_space *ret)
{
    int rc = world_os_space(self, fd, ret);

    ret->free_bytes = room_bytes;
    return rc;
}

static sl_rc with_room(struct world *w, uint64_t bytes, const char *what)
{
    static struct world_os little;

    (void)world_os_start(&little);
    little.fault.os.space = little_room;
    room_bytes = bytes;
    return world_restore(w, &little.fault.os, what, "back", NULL);
}

static void restore__looks_for_room_first(void)
{
    struct world w = scene();
    const uint64_t all = 9000000 + 13000001 + 700 + 65536 + 3 + 1 + 65535 + 0 + 10;

    CHECK_EQ(with_room(&w, all - 1, "camera/A001"), SL_E_SYSTEM);
    CHECK(world_said(&w, "the destination has room for 21 MiB, and 21 MiB are to be restored"));
    CHECK_EQ(folder_names(world_path(&w, "back")), 0);
    /* a part of it may fit, and what is there already needs no room */
    CHECK_EQ(with_room(&w, 9000000, "camera/A001/CLIP/C0001.MXF"), SL_OK);
    CHECK_EQ(with_room(&w, 8999999, "camera/A001/CLIP/C0002.MXF"), SL_E_SYSTEM);
    CHECK_EQ(with_room(&w, all - 9000000 - 1, "camera/A001"), SL_E_SYSTEM);
    CHECK_EQ(with_room(&w, all - 9000000, "camera/A001"), SL_OK);
    CHECK_EQ(with_room(&w, 0, "camera/A001"), SL_OK);
    CHECK(world_same(&w, "card", "back"));
    out_end(&w);
}

static void restore__says_that_the_disk_is_full_and_leaves_nothing_half(void)
{
    struct world w = scene();
    struct sl_restored r = { 0 };
    static struct world_os full;

    for (int threads = 0; threads < 2; threads++) {
        w.threads = threads == 1;
        (void)world_os_start(&full);
        full.full[0] = "/back/";
        CHECK_EQ(world_restore(&w, &full.fault.os, "camera/A001", "back", &r), SL_E_SYSTEM);
        CHECK(world_said(&w, "No space left on device"));
        CHECK_EQ(world_count(&w, "back", NULL), 1); /* the empty file */
        CHECK_EQ(r.failed_files, 8);
        CHECK_EQ(folder_names(world_path(&w, "back")), 4);
        CHECK_EQ(world_restore(&w, NULL, "camera/A001", "back", &r), SL_OK);
        CHECK(world_same(&w, "card", "back"));
        out_drop(&w, "back");
    }
    out_end(&w);
}

/* ---- leftovers ---- */

static void restore__clears_leftovers_and_spares_the_living(void)
{
    struct world w = scene();

    world_file(&w, "back/.safelight-restore-00000000deadbeef/aaaa", 1, 100);
    world_file(&w, "back/.safelight-restore-00000000cafecafe/bbbb", 1, 100);
    int alive = open(world_path(&w, "back/.safelight-restore-00000000cafecafe"),
                     O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    CHECK_EQ(flock(alive, LOCK_EX | LOCK_NB), 0);
    CHECK_EQ(world_restore(&w, NULL, "camera/A001", "back", NULL), SL_OK);
    CHECK(!world_is_there(&w, "back/.safelight-restore-00000000deadbeef"));
    CHECK(world_is_there(&w, "back/.safelight-restore-00000000cafecafe/bbbb"));
    (void)close(alive);
    CHECK_EQ(world_restore(&w, NULL, "camera/A001", "back", NULL), SL_OK);
    CHECK(world_same(&w, "card", "back"));
    out_end(&w);
}

/* ---- looking only ---- */

static void restore__writes_nothing_when_it_is_only_asked(void)
{
    struct world w = scene();
    struct sl *sl = world_start(&w, NULL);
    struct sl_restored r = { 0 };
    struct sl_restore job = { .at = world_at(&w, "abroad"),
                              .what = "camera/A001",
                              .dest = world_path(&w, "back"),
                              .dry_run = true };

    CHECK_EQ(world_finish(&w, sl, sl_restore_tree(sl, &job, &r, &w.err)), SL_OK);
    CHECK_EQ(r.files, 9);
    CHECK_EQ(r.folders, 5);
    CHECK_EQ(r.bytes, 22131786 + 0);
    CHECK(!world_is_there(&w, "back"));
    out_end(&w);
}

struct seen {
    size_t lines, files, folders, rolls, lockers;
    char last[300];
};

static sl_rc see(void *who, const struct sl_list_line *line, struct sl_err *err)
{
    struct seen *s = who;

    (void)err;
    s->lines++;
    s->files += line->what == SL_LISTED_FILE;
    s->folders += line->what == SL_LISTED_FOLDER;
    s->rolls += line->what == SL_LISTED_ROLL;
    s->lockers += line->what == SL_LISTED_LOCKER;
    (void)snprintf(s->last, sizeof s->last, "%.*s", (int)line->path_bytes, line->path);
    return SL_OK;
}

static sl_rc list(struct world *w, const char *what, bool all, struct seen *s)
{
    struct sl_home_at at = world_at(w, "abroad");
    struct sl *sl = world_start(w, NULL);

    *s = (struct seen){ 0 };
    return world_finish(w, sl, sl_list(sl, &at, what, all, see, s, &w->err));
}

static void ls__shows_what_restore_would_bring(void)
{
    struct world w = scene();
    struct seen s;

    CHECK_EQ(list(&w, NULL, false, &s), SL_OK);
    CHECK(s.lockers == 2 && s.rolls == 1 && s.files == 0);
    CHECK_EQ(list(&w, "camera/A001", false, &s), SL_OK);
    CHECK(s.files == 3 && s.folders == 4);
    CHECK_EQ(list(&w, "camera/A001", true, &s), SL_OK);
    CHECK(s.files == 9 && s.folders == 4);
    CHECK_EQ(list(&w, "camera/A001/CLIP", false, &s), SL_OK);
    CHECK(s.files == 4 && s.folders == 0);
    CHECK_EQ(list(&w, "camera/A001/CLIP/C0003.XML", false, &s), SL_OK);
    CHECK_EQ(s.lines, 1);
    CHECK(strcmp(s.last, "camera/A001/CLIP/C0003.XML") == 0);
    CHECK_EQ(list(&w, "camera/A001/CLIP/C000", false, &s), SL_E_MISSING);
    CHECK_EQ(list(&w, "camera/A003", false, &s), SL_E_MISSING);
    CHECK_EQ(list(&w, "wardrobe", false, &s), SL_E_MISSING);
    CHECK(world_said(&w, "there is no locker 'wardrobe'"));
    out_end(&w);
}

/* ---- bad sectors: one in each of the three keepers, each under another pack ---- */

static char bad_sectors[3][FOLDER_TEXT * 4];

static ssize_t bad_preadv(void *self, int fd, const struct iovec *to, int count, off_t at)
{
    for (size_t i = 0; i < 3; i++)
        if (strcmp(world_os_path(fd), bad_sectors[i]) == 0) {
            errno = EIO;
            return -1;
        }
    return world_os_preadv(self, fd, to, count, at);
}

static void restore__loses_one_shard_to_a_bad_sector_and_not_the_keeper(void)
{
    struct world w = scene();
    struct insider in;
    struct sl_restored r = { 0 };
    static struct world_os worn;

    insider_enter(&in, &w);
    insider_look(&in);
    for (unsigned i = 0; i < 3; i++)
        (void)snprintf(bad_sectors[i], sizeof bad_sectors[i], "%s", insider_shard(&in, i + 1, i));
    insider_end(&in);
    (void)world_os_start(&worn);
    worn.fault.os.preadv = bad_preadv;
    CHECK_EQ(world_restore(&w, &worn.fault.os, "camera/A001", "back", &r), SL_OK);
    CHECK(world_same(&w, "card", "back"));
    CHECK_EQ(r.keepers[0].away + r.keepers[1].away + r.keepers[2].away, 0);
    CHECK(out_is_blamed(&r, 1)); /* it was asked first for pack 0 */
    CHECK(world_said(&w, "cannot be read"));
    out_end(&w);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(restore__keeps_whole_files_that_are_there),
        CASE(restore__brings_it_back_with_little_memory),
        CASE(restore__never_overwrites),
        CASE(restore__brings_one_file_or_one_folder),
        CASE(restore__brings_a_locker_roll_by_roll),
        CASE(restore__brings_paths_of_4096_bytes),
        CASE(restore__completes_folders_that_are_closed),
        CASE(restore__looks_for_room_first),
        CASE(restore__says_that_the_disk_is_full_and_leaves_nothing_half),
        CASE(restore__clears_leftovers_and_spares_the_living),
        CASE(restore__writes_nothing_when_it_is_only_asked),
        CASE(ls__shows_what_restore_would_bring),
        CASE(restore__loses_one_shard_to_a_bad_sector_and_not_the_keeper),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
