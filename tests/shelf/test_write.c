/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a shelf promises to its writers: once, whole, durable, and alone beneath its folder.
 */
#include "shelf/a_shelf.h"

#include <pthread.h>
#include <sys/file.h>

#include "check.h"

static const struct sl_view ABC[] = { { (const uint8_t *)"a", 1 },
                                      { (const uint8_t *)"", 0 },
                                      { (const uint8_t *)"bc", 2 } };

static void put__writes_the_pieces_end_to_end_in_private_folders(void)
{
    struct a_shelf a = shelf_set_up();
    struct stat st;

    CHECK_EQ(sl_shelf_put(a.shelf, "f/ab/abcd", ABC, 3, NULL), SL_OK);
    CHECK(file_is(a.folder, "f/ab/abcd", "abc"));
    CHECK_EQ(stat(folder_path(a.folder, "f/ab"), &st), 0);
    CHECK_EQ(st.st_mode & 07777, 0700);
    CHECK_EQ(stat(folder_path(a.folder, "f/ab/abcd"), &st), 0);
    CHECK_EQ(st.st_mode & 07777, 0600);
    CHECK_EQ(folder_names(folder_path(a.folder, "t")), 0);
    CHECK_EQ(sl_shelf_put(a.shelf, "top", ABC, 3, NULL), SL_OK);
    CHECK_EQ(sl_shelf_put(a.shelf, "empty", NULL, 0, NULL), SL_OK);
    CHECK(file_is(a.folder, "empty", ""));
    shelf_take_down(&a);
}

static void put__accepts_the_same_bytes_again_and_refuses_others(void)
{
    struct a_shelf a = shelf_set_up();
    struct sl_err err = { 0 };
    struct sl_view same = text_view("abc"), other = text_view("abd"), longer = text_view("abcd");

    CHECK_EQ(sl_shelf_put(a.shelf, "f/x", ABC, 3, NULL), SL_OK);
    CHECK_EQ(sl_shelf_put(a.shelf, "f/x", &same, 1, NULL), SL_OK);
    CHECK_EQ(sl_shelf_put(a.shelf, "f/x", &other, 1, &err), SL_E_REFUSED);
    CHECK(strstr(err.text, "other bytes stand under the name 'f/x'") != NULL);
    CHECK_EQ(sl_shelf_put(a.shelf, "f/x", &longer, 1, NULL), SL_E_REFUSED);
    CHECK_EQ(sl_shelf_put(a.shelf, "f/x", ABC, 1, NULL), SL_E_REFUSED);
    CHECK(file_is(a.folder, "f/x", "abc"));
    shelf_take_down(&a);
}

static void put__follows_no_link_that_was_planted(void)
{
    struct a_shelf a = shelf_set_up();
    char away[FOLDER_TEXT];

    folder_new(NULL, away);
    CHECK_EQ(symlink(away, folder_path(a.folder, "f")), 0);
    CHECK_EQ(sl_shelf_put(a.shelf, "f/ab/abcd", ABC, 3, NULL), SL_E_REFUSED);
    CHECK_EQ(mkdir(folder_path(a.folder, "s"), 0700), 0);
    CHECK_EQ(symlink(away, folder_path(a.folder, "s/ab")), 0);
    CHECK_EQ(sl_shelf_put(a.shelf, "s/ab/abcd", ABC, 3, NULL), SL_E_REFUSED);
    CHECK_EQ(symlink(folder_path(away, "file"), folder_path(a.folder, "s/leaf")), 0);
    CHECK_EQ(sl_shelf_put(a.shelf, "s/leaf", ABC, 3, NULL), SL_E_REFUSED);
    CHECK_EQ(folder_names(away), 0);
    shelf_take_down(&a);
    folder_remove(away);
}

static void put__refuses_a_linked_folder_for_temporary_names(void)
{
    struct a_shelf a = shelf_set_up();
    char away[FOLDER_TEXT];

    folder_new(NULL, away);
    CHECK_EQ(symlink(away, folder_path(a.folder, "t")), 0);
    CHECK_EQ(sl_shelf_put(a.shelf, "f/x", ABC, 3, NULL), SL_E_REFUSED);
    CHECK_EQ(folder_names(away), 0);
    shelf_take_down(&a);
    folder_remove(away);
}

/* Where in the log does `call` on `fd` stand, from `from` on? */
static uint64_t find_call(const struct os_fault *f, enum fault_call call, uint64_t from)
{
    while (from < atomic_load(&f->logged) && f->log[from].call != call)
        from++;
    return from;
}

static void put__syncs_file_then_names_it_then_syncs_its_folder(void)
{
    struct a_shelf a = shelf_set_up();
    struct os_fault f;

    os_fault_start(&f, 0, FAULT_ERRNO, 0, 0);
    struct sl_shelf *s = shelf_in(&f.os, a.folder);
    CHECK_EQ(sl_shelf_put(s, "f/first", ABC, 3, NULL), SL_OK);
    atomic_store(&f.logged, 0);
    CHECK_EQ(sl_shelf_put(s, "f/second", ABC, 3, NULL), SL_OK);
    uint64_t end = atomic_load(&f.logged);
    uint64_t written = find_call(&f, CALL_PWRITEV, 0);
    uint64_t synced = find_call(&f, CALL_FSYNC, written);
    uint64_t named = find_call(&f, CALL_RENAMEAT, synced);
    uint64_t folder = find_call(&f, CALL_FSYNC, named);
    CHECK(written < synced && synced < named && named < folder && folder < end);
    CHECK_EQ(f.log[synced].fd, f.log[written].fd);
    CHECK_EQ(f.log[folder].fd, f.log[named].fd);
    sl_shelf_free(s);
    shelf_take_down(&a);
}

static void put__syncs_again_what_stood_there_already(void)
{
    struct a_shelf a = shelf_set_up();
    struct os_fault f;

    CHECK_EQ(sl_shelf_put(a.shelf, "f/x", ABC, 3, NULL), SL_OK);
    os_fault_start(&f, FAULT_BIT(CALL_FSYNC), FAULT_ERRNO, 0, EIO);
    struct sl_shelf *s = shelf_in(&f.os, a.folder);
    CHECK_EQ(sl_shelf_put(s, "f/x", ABC, 3, NULL), SL_OK);
    CHECK_EQ(find_call(&f, CALL_PWRITEV, 0), atomic_load(&f.logged));
    CHECK_EQ(atomic_load(&f.calls), 3); /* what leads to it, itself, its folder */
    for (unsigned i = 1; i <= 2; i++) { /* the folder that leads to it is remembered */
        f.at = atomic_load(&f.calls) + i;
        CHECK_EQ(sl_shelf_put(s, "f/x", ABC, 3, NULL), SL_E_SYSTEM);
    }
    sl_shelf_free(s);
    shelf_take_down(&a);
}

static struct {
    char path[FOLDER_TEXT * 2];
    const char *text;
} faster;

/* Another writer comes between our look and our rename. */
static int late_renameat(void *self, int from_dir, const char *from, int to_dir, const char *to,
                         bool replace)
{
    CHECK_EQ(folder_write(faster.path, faster.text, strlen(faster.text)), 0);
    return sl_os_real()->renameat(self, from_dir, from, to_dir, to, replace);
}

static void put__replaces_nothing_that_a_faster_writer_put_there(void)
{
    static const struct {
        const char *text;
        sl_rc rc;
    } others[] = { { "abc", SL_OK }, { "abd", SL_E_REFUSED }, { "", SL_E_REFUSED } };

    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct a_shelf a = shelf_set_up();
        struct sl_os late = *sl_os_real();
        late.renameat = late_renameat;
        faster.text = others[i].text;
        (void)snprintf(faster.path, sizeof faster.path, "%s/f/x", a.folder);
        struct sl_shelf *s = shelf_in(&late, a.folder);
        CHECK_EQ(sl_shelf_put(s, "f/x", ABC, 3, NULL), others[i].rc);
        CHECK(file_is(a.folder, "f/x", others[i].text));
        CHECK_EQ(folder_names(folder_path(a.folder, "t")), 0);
        sl_shelf_free(s);
        shelf_take_down(&a);
    }
}

static void put__follows_no_link_planted_after_it_knew_the_folder(void)
{
    struct a_shelf a = shelf_set_up();
    char away[FOLDER_TEXT];

    folder_new(NULL, away);
    CHECK_EQ(mkdir(folder_path(away, "ab"), 0700), 0);
    CHECK_EQ(sl_shelf_put(a.shelf, "f/ab/x", ABC, 3, NULL), SL_OK);
    CHECK_EQ(rename(folder_path(a.folder, "f"), folder_path(a.folder, "g")), 0);
    CHECK_EQ(symlink(away, folder_path(a.folder, "f")), 0);
    CHECK_EQ(sl_shelf_put(a.shelf, "f/ab/y", ABC, 3, NULL), SL_E_REFUSED);
    CHECK_EQ(folder_names(folder_path(away, "ab")), 0);
    shelf_take_down(&a);
    folder_remove(away);
}

static void put__makes_new_folders_durable_before_it_names_the_file(void)
{
    struct a_shelf a = shelf_set_up();
    struct os_fault f;
    unsigned made = 0, synced = 0;

    os_fault_start(&f, 0, FAULT_ERRNO, 0, 0);
    struct sl_shelf *s = shelf_in(&f.os, a.folder);
    CHECK_EQ(sl_shelf_put(s, "f/ab/x", ABC, 3, NULL), SL_OK);
    for (uint64_t i = 0; i < find_call(&f, CALL_PWRITEV, 0); i++) {
        made += f.log[i].call == CALL_MKDIRAT;
        synced += f.log[i].call == CALL_FSYNC;
    }
    CHECK_EQ(made, 3); /* f, ab, t */
    CHECK_EQ(synced, 2);
    sl_shelf_free(s);
    shelf_take_down(&a);
}

static void put__makes_a_folder_again_that_somebody_removed(void)
{
    struct a_shelf a = shelf_set_up();

    CHECK_EQ(sl_shelf_put(a.shelf, "f/ab/x", ABC, 3, NULL), SL_OK);
    CHECK_EQ(unlink(folder_path(a.folder, "f/ab/x")), 0);
    CHECK_EQ(rmdir(folder_path(a.folder, "f/ab")), 0);
    CHECK_EQ(sl_shelf_put(a.shelf, "f/ab/x", ABC, 3, NULL), SL_OK);
    CHECK(file_is(a.folder, "f/ab/x", "abc"));
    shelf_take_down(&a);
}

/* Only the renames without replacing fail: FUSE, NFS. */
static void put__links_where_the_rename_is_not_offered(void)
{
    struct a_shelf a = shelf_set_up();
    struct os_fault f;
    struct sl_view other = text_view("abd");

    os_fault_start(&f, FAULT_BIT(CALL_RENAMEAT), FAULT_EVER, 1, EINVAL);
    struct sl_shelf *s = shelf_in(&f.os, a.folder);
    CHECK_EQ(sl_shelf_put(s, "f/x", ABC, 3, NULL), SL_OK);
    CHECK_EQ(sl_shelf_put(s, "f/x", &other, 1, NULL), SL_E_REFUSED);
    CHECK(file_is(a.folder, "f/x", "abc"));
    CHECK_EQ(folder_names(folder_path(a.folder, "t")), 0);
    sl_shelf_free(s);
    shelf_take_down(&a);
}

static void put__says_so_where_neither_link_nor_rename_is_offered(void)
{
    struct a_shelf a = shelf_set_up();
    struct os_fault f;
    struct sl_err err = { 0 };

    os_fault_start(&f, FAULT_BIT(CALL_RENAMEAT) | FAULT_BIT(CALL_LINKAT), FAULT_EVER, 1, EINVAL);
    struct sl_shelf *s = shelf_in(&f.os, a.folder);
    CHECK_EQ(sl_shelf_put(s, "f/x", ABC, 3, &err), SL_E_SYSTEM);
    CHECK(strstr(err.text, "can neither link a file nor rename it") != NULL);
    CHECK_EQ(folder_names(folder_path(a.folder, "t")), 0);
    CHECK_EQ(folder_names(folder_path(a.folder, "f")), 0);
    sl_shelf_free(s);
    shelf_take_down(&a);
}

static void put__empties_what_dead_writers_left_and_nothing_else(void)
{
    struct a_shelf a = shelf_set_up();
    static const char DEAD[] = "t/00112233445566778899aabbccddeeff";
    static const char LIVE[] = "t/ffeeddccbbaa99887766554433221100";

    CHECK_EQ(mkdir(folder_path(a.folder, "t"), 0700), 0);
    CHECK_EQ(folder_write(folder_path(a.folder, DEAD), "x", 1), 0);
    CHECK_EQ(folder_write(folder_path(a.folder, LIVE), "x", 1), 0);
    CHECK_EQ(folder_write(folder_path(a.folder, "t/holiday.jpg"), "x", 1), 0);
    int live = open(folder_path(a.folder, LIVE), O_RDWR | O_CLOEXEC);
    CHECK_EQ(flock(live, LOCK_EX), 0);
    CHECK_EQ(sl_shelf_put(a.shelf, "f/x", ABC, 3, NULL), SL_OK);
    CHECK_EQ(access(folder_path(a.folder, DEAD), F_OK), -1);
    CHECK_EQ(access(folder_path(a.folder, LIVE), F_OK), 0);
    CHECK_EQ(access(folder_path(a.folder, "t/holiday.jpg"), F_OK), 0);
    (void)close(live);
    shelf_take_down(&a);
}

#define WRITERS      4u
#define WRITER_FILES 100u

struct writer {
    const char *folder;
    unsigned number, bad;
};

/* Each file through a new handle, which empties t/ again; names are shared by all writers. */
static void *write_many(void *arg)
{
    struct writer *w = arg;

    for (unsigned i = 0; i < WRITER_FILES; i++) {
        char path[32], own[32];
        (void)snprintf(path, sizeof path, "f/%02x/shared%u", i % 7, i);
        (void)snprintf(own, sizeof own, "s/%02x/own%u-%u", i % 5, w->number, i);
        struct sl_shelf *s = shelf_in(sl_os_real(), w->folder);
        w->bad += sl_shelf_put(s, path, ABC, 3, NULL) != SL_OK;
        w->bad += sl_shelf_put(s, own, ABC, 3, NULL) != SL_OK;
        sl_shelf_free(s);
    }
    return NULL;
}

static void put__serves_writers_at_once_while_each_empties_the_temporary_folder(void)
{
    struct a_shelf a = shelf_set_up();
    struct writer w[WRITERS];
    pthread_t threads[WRITERS];

    for (unsigned i = 0; i < WRITERS; i++) {
        w[i] = (struct writer){ .folder = a.folder, .number = i };
        CHECK_EQ(pthread_create(&threads[i], NULL, write_many, &w[i]), 0);
    }
    for (unsigned i = 0; i < WRITERS; i++) {
        (void)pthread_join(threads[i], NULL);
        CHECK_EQ(w[i].bad, 0);
    }
    for (unsigned i = 0; i < WRITER_FILES; i++) {
        char path[32];
        (void)snprintf(path, sizeof path, "f/%02x/shared%u", i % 7, i);
        CHECK(file_is(a.folder, path, "abc"));
    }
    CHECK_EQ(folder_names(folder_path(a.folder, "t")), 0);
    shelf_take_down(&a);
}

static void replace__changes_the_whole_file_in_one_step(void)
{
    struct a_shelf a = shelf_set_up();
    struct sl_view old = text_view("the old state, longer"), new = text_view("new");

    CHECK_EQ(sl_shelf_replace(a.shelf, "state", &old, 1, NULL), SL_OK);
    CHECK(file_is(a.folder, "state", "the old state, longer"));
    CHECK_EQ(sl_shelf_replace(a.shelf, "state", &new, 1, NULL), SL_OK);
    CHECK(file_is(a.folder, "state", "new"));
    CHECK_EQ(mkdir(folder_path(a.folder, "folder"), 0700), 0);
    CHECK_EQ(sl_shelf_replace(a.shelf, "folder", &new, 1, NULL), SL_E_SYSTEM);
    CHECK_EQ(folder_names(folder_path(a.folder, "t")), 0);
    shelf_take_down(&a);
}

static void remove__takes_the_file_away_and_misses_it_afterwards(void)
{
    struct a_shelf a = shelf_set_up();

    CHECK_EQ(sl_shelf_put(a.shelf, "f/x", ABC, 3, NULL), SL_OK);
    CHECK_EQ(sl_shelf_remove(a.shelf, "f/x", NULL), SL_OK);
    CHECK_EQ(access(folder_path(a.folder, "f/x"), F_OK), -1);
    CHECK_EQ(sl_shelf_remove(a.shelf, "f/x", NULL), SL_E_MISSING);
    CHECK_EQ(sl_shelf_remove(a.shelf, "none/x", NULL), SL_E_MISSING);
    shelf_take_down(&a);
}

static void make_folder__makes_all_that_leads_to_it(void)
{
    struct a_shelf a = shelf_set_up();

    CHECK_EQ(sl_shelf_make_folder(a.shelf, "spool/one/two", NULL), SL_OK);
    CHECK_EQ(sl_shelf_make_folder(a.shelf, "spool/one/two", NULL), SL_OK);
    CHECK_EQ(folder_names(folder_path(a.folder, "spool/one/two")), 0);
    CHECK_EQ(folder_write(folder_path(a.folder, "file"), "x", 1), 0);
    CHECK_EQ(sl_shelf_make_folder(a.shelf, "file/below", NULL), SL_E_REFUSED);
    shelf_take_down(&a);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(put__writes_the_pieces_end_to_end_in_private_folders),
        CASE(put__accepts_the_same_bytes_again_and_refuses_others),
        CASE(put__follows_no_link_that_was_planted),
        CASE(put__refuses_a_linked_folder_for_temporary_names),
        CASE(put__syncs_file_then_names_it_then_syncs_its_folder),
        CASE(put__syncs_again_what_stood_there_already),
        CASE(put__replaces_nothing_that_a_faster_writer_put_there),
        CASE(put__follows_no_link_planted_after_it_knew_the_folder),
        CASE(put__makes_new_folders_durable_before_it_names_the_file),
        CASE(put__makes_a_folder_again_that_somebody_removed),
        CASE(put__links_where_the_rename_is_not_offered),
        CASE(put__says_so_where_neither_link_nor_rename_is_offered),
        CASE(put__empties_what_dead_writers_left_and_nothing_else),
        CASE(put__serves_writers_at_once_while_each_empties_the_temporary_folder),
        CASE(replace__changes_the_whole_file_in_one_step),
        CASE(remove__takes_the_file_away_and_misses_it_afterwards),
        CASE(make_folder__makes_all_that_leads_to_it),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
