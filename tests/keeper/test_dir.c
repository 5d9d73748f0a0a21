/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The folder kind beyond the contract: disks that are away, strangers' hands in the folder, bytes
 * that changed, and the words for it all.
 */
#include "keeper/objects.h"

#include "check.h"

#define INNER(path) OBJECTS_FOLDER_TEXT "/" path

static struct sl_keeper *reach(const struct sl_os *os, const char *folder)
{
    struct sl_keeper *k = NULL;

    if (sl_keeper_open(os, folder, &OBJECTS_FOLDER, true, &k, NULL) != SL_OK) {
        printf("# no keeper for this test\n");
        exit(EXIT_FAILURE);
    }
    return k;
}

static const char *object_path(const char *folder, const struct sl_object *o)
{
    char text[SL_OBJECT_TEXT], inner[SL_OBJECT_TEXT + sizeof OBJECTS_FOLDER_TEXT];

    sl_object_text(o, text);
    (void)snprintf(inner, sizeof inner, "%s/%s", OBJECTS_FOLDER_TEXT, text);
    return folder_path(folder, inner);
}

static void kind_of__knows_absolute_paths_and_says_what_it_does_not_know(void)
{
    static const struct {
        const char *url, *said;
        sl_rc rc;
    } urls[] = {
        { "/mnt/attic", "", SL_OK },
        { "/", "", SL_OK },
        { "s3://me:secret@host/bucket", "s3:// keepers are not in this version", SL_E_USAGE },
        { "sftp://host/path", "sftp:// keepers are not in this version", SL_E_USAGE },
        { "dav://host", "dav:// keepers are not in this version", SL_E_USAGE },
        { "davs://host", "davs:// keepers are not in this version", SL_E_USAGE },
        { "keep://host:1", "keep:// keepers are not in this version", SL_E_USAGE },
        { "attic", "an absolute path like /mnt/attic", SL_E_USAGE },
        { "./secret", "an absolute path like /mnt/attic", SL_E_USAGE },
        { "ftp://me:secret@host", "an absolute path like /mnt/attic", SL_E_USAGE },
        { "", "an absolute path like /mnt/attic", SL_E_USAGE },
    };

    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        const struct sl_keeper_kind *kind = NULL;
        struct sl_err err = { 0 };
        CHECK_EQ(sl_keeper_kind_of(urls[i].url, &kind, &err), urls[i].rc);
        CHECK((kind != NULL) == (urls[i].rc == SL_OK));
        CHECK(strstr(err.text, urls[i].said) != NULL);
        CHECK(strstr(err.text, "secret") == NULL);
    }
}

static void kind_of__refuses_a_path_over_the_limit(void)
{
    const struct sl_keeper_kind *kind = NULL;
    char path[SL_PATH_MAX + 1];

    memset(path, '/', sizeof path);
    path[SL_PATH_MAX] = '\0';
    CHECK_EQ(sl_keeper_kind_of(path, &kind, NULL), SL_E_USAGE);
    path[SL_PATH_MAX - 1] = '\0';
    CHECK_EQ(sl_keeper_kind_of(path, &kind, NULL), SL_OK);
}

static void open__asks_for_the_disk_and_never_makes_its_root(void)
{
    char folder[FOLDER_TEXT];
    struct sl_keeper *k = NULL;
    struct sl_err err = { 0 };

    folder_new(NULL, folder);
    const char *away = folder_path(folder, "att\x1b[31mic");
    CHECK_EQ(sl_keeper_open(sl_os_real(), away, &OBJECTS_FOLDER, true, &k, &err), SL_E_RETRY);
    CHECK(strstr(err.text, "is the disk plugged in?") != NULL);
    CHECK(strchr(err.text, '\x1b') == NULL);
    CHECK_EQ(access(away, F_OK), -1);
    const char *file = folder_path(folder, "file");
    CHECK_EQ(folder_write(file, "x", 1), 0);
    CHECK_EQ(sl_keeper_open(sl_os_real(), file, &OBJECTS_FOLDER, true, &k, NULL), SL_E_USAGE);
    CHECK(k == NULL);
    folder_remove(folder);
}

static void open__makes_its_folder_only_when_asked_to(void)
{
    char folder[FOLDER_TEXT];
    struct sl_keeper *k = NULL;
    struct sl_err err = { 0 };
    struct stat st;

    folder_new(NULL, folder);
    CHECK_EQ(sl_keeper_open(sl_os_real(), folder, &OBJECTS_FOLDER, false, &k, &err), SL_E_MISSING);
    CHECK(strstr(err.text, OBJECTS_FOLDER_TEXT) != NULL);
    CHECK_EQ(folder_names(folder), 0);
    CHECK_EQ(sl_keeper_open(sl_os_real(), folder, &OBJECTS_FOLDER, true, &k, NULL), SL_OK);
    sl_keeper_free(k);
    CHECK_EQ(stat(folder_path(folder, OBJECTS_FOLDER_TEXT), &st), 0);
    CHECK_EQ(st.st_mode & 07777, 0700);
    CHECK_EQ(folder_names(folder_path(folder, OBJECTS_FOLDER_TEXT)), 0);
    CHECK_EQ(sl_keeper_open(sl_os_real(), folder, &OBJECTS_FOLDER, false, &k, NULL), SL_OK);
    CHECK(!sl_keeper_is_far(k));
    sl_keeper_free(k);
    folder_remove(folder);
}

static void open__refuses_a_link_where_its_folder_should_be(void)
{
    char folder[FOLDER_TEXT], away[FOLDER_TEXT];
    struct sl_keeper *k = NULL;

    folder_new(NULL, folder);
    folder_new(NULL, away);
    CHECK_EQ(symlink(away, folder_path(folder, OBJECTS_FOLDER_TEXT)), 0);
    CHECK_EQ(sl_keeper_open(sl_os_real(), folder, &OBJECTS_FOLDER, true, &k, NULL), SL_E_REFUSED);
    CHECK_EQ(sl_keeper_open(sl_os_real(), folder, &OBJECTS_FOLDER, false, &k, NULL), SL_E_REFUSED);
    CHECK_EQ(folder_names(away), 0);
    folder_remove(folder);
    folder_remove(away);
}

static void put__lays_objects_out_as_the_format_says(void)
{
    char folder[FOLDER_TEXT];
    struct stat st;

    folder_new(NULL, folder);
    SL_AUTO_FREE(keeper) *k = reach(sl_os_real(), folder);
    struct sl_object full = { SL_OBJECT_FULL, { 0xab, 0xcd, 0xef } };
    struct sl_object slip = { SL_OBJECT_SLIP, { 0x00, 0x01, 0x02 } };
    CHECK_EQ(object_put(k, &full, 0, NULL), SL_OK);
    CHECK_EQ(object_put(k, &slip, 0, NULL), SL_OK);
    CHECK_EQ(stat(folder_path(folder, INNER("f/ab/abcdef00000000000000000000000000")), &st), 0);
    CHECK_EQ(st.st_size, SL_FULL_BYTES);
    CHECK_EQ(stat(folder_path(folder, INNER("s/00/00010200000000000000000000000000")), &st), 0);
    CHECK_EQ(st.st_size, SL_SLIP_BYTES);
    folder_remove(folder);
}

static void put__says_that_the_disk_is_full_or_gone(void)
{
    static const struct {
        enum fault_call call;
        int why;
        sl_rc rc;
        const char *said;
    } trouble[] = {
        { CALL_PWRITEV, ENOSPC, SL_E_SYSTEM, "No space left" },
        { CALL_PWRITEV, EIO, SL_E_SYSTEM, "Input/output error" },
        { CALL_FSYNC, EIO, SL_E_SYSTEM, "Input/output error" },
        { CALL_MKDIRAT, ENODEV, SL_E_RETRY, "No such device" },
        { CALL_MKDIRAT, ENOENT, SL_E_RETRY, "is the disk still there?" },
        { CALL_MKDIRAT, EROFS, SL_E_SYSTEM, "Read-only" },
    };
    struct sl_object o = object_named(SL_OBJECT_SLIP, 1);

    for (size_t i = 0; i < sizeof trouble / sizeof *trouble; i++) {
        char folder[FOLDER_TEXT];
        struct os_fault f;
        struct sl_err err = { 0 };
        folder_new(NULL, folder);
        sl_keeper_free(reach(sl_os_real(), folder));
        os_fault_start(&f, FAULT_BIT(trouble[i].call), FAULT_EVER, 0, trouble[i].why);
        struct sl_keeper *k = reach(&f.os, folder);
        f.at = 1 + atomic_load(&f.calls);
        CHECK_EQ(object_put(k, &o, 0, &err), trouble[i].rc);
        CHECK(strstr(err.text, trouble[i].said) != NULL);
        CHECK(strstr(err.text, folder) != NULL); /* the keeper is named */
        CHECK(access(object_path(folder, &o), F_OK) != 0);
        sl_keeper_free(k);
        folder_remove(folder);
    }
}

static void put__says_when_the_folder_was_wiped_under_it(void)
{
    char folder[FOLDER_TEXT];
    struct sl_object o = object_named(SL_OBJECT_SLIP, 1);
    struct sl_err err = { 0 };

    folder_new(NULL, folder);
    SL_AUTO_FREE(keeper) *k = reach(sl_os_real(), folder);
    folder_remove(folder);
    CHECK_EQ(object_put(k, &o, 0, &err), SL_E_RETRY);
    CHECK(strstr(err.text, "is the disk still there?") != NULL);
    CHECK_EQ(object_get(k, &o, 0), SL_E_MISSING);
}

static void get__refuses_an_object_of_another_length(void)
{
    static const off_t lengths[] = { 0, 1, SL_SLIP_BYTES - 1, SL_SLIP_BYTES + 1, SL_FULL_BYTES };
    char folder[FOLDER_TEXT];
    struct sl_object o = object_named(SL_OBJECT_SLIP, 1);
    enum sl_proof proof = SL_PROOF_NONE;

    folder_new(NULL, folder);
    SL_AUTO_FREE(keeper) *k = reach(sl_os_real(), folder);
    CHECK_EQ(object_put(k, &o, 0, NULL), SL_OK);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct sl_err err = { 0 };
        CHECK_EQ(truncate(object_path(folder, &o), lengths[i]), 0);
        CHECK_EQ(sl_keeper_get(k, &o, 0, 1, objects_back, &err), SL_E_BROKEN);
        CHECK(strstr(err.text, "bytes there, not 65536") != NULL);
        CHECK_EQ(object_prove(k, &o, 0, &proof, NULL), SL_E_BROKEN);
        CHECK_EQ(object_put(k, &o, 0, NULL), SL_E_REFUSED);
    }
    folder_remove(folder);
}

static void get__opens_nothing_but_plain_files_in_its_own_folder(void)
{
    char folder[FOLDER_TEXT], real[FOLDER_TEXT * 4];
    struct sl_object o = object_named(SL_OBJECT_SLIP, 1);
    enum sl_proof proof = SL_PROOF_NONE;

    folder_new(NULL, folder);
    SL_AUTO_FREE(keeper) *k = reach(sl_os_real(), folder);
    CHECK_EQ(object_put(k, &o, 0, NULL), SL_OK);
    (void)snprintf(real, sizeof real, "%s.real", object_path(folder, &o));
    CHECK_EQ(rename(object_path(folder, &o), real), 0);
    CHECK_EQ(symlink(real, object_path(folder, &o)), 0);
    CHECK_EQ(sl_keeper_get(k, &o, 0, 1, objects_back, NULL), SL_E_REFUSED);
    CHECK_EQ(object_prove(k, &o, 0, &proof, NULL), SL_E_REFUSED);
    CHECK_EQ(object_put(k, &o, 0, NULL), SL_E_REFUSED);
    CHECK_EQ(unlink(object_path(folder, &o)), 0);
    CHECK_EQ(mkfifo(object_path(folder, &o), 0600), 0);
    CHECK_EQ(sl_keeper_get(k, &o, 0, 1, objects_back, NULL), SL_E_REFUSED);
    CHECK_EQ(object_prove(k, &o, 0, &proof, NULL), SL_E_REFUSED);
    folder_remove(folder);
}

static sl_rc count_objects(void *who, const struct sl_object *name, uint64_t bytes,
                           struct sl_err *err)
{
    (void)name;
    (void)bytes;
    (void)err;
    ++*(unsigned *)who;
    return SL_OK;
}

static void list__passes_by_what_is_not_ours_and_counts_it(void)
{
    char folder[FOLDER_TEXT];
    struct sl_object o = { SL_OBJECT_SLIP, { 0xab, 0xcd } };
    unsigned count = 0;
    uint64_t odd = 0;
    static const char *const files[] = {
        INNER("s/.DS_Store"), /* in the first folder, and in the second */
        INNER("s/ab/Thumbs.db"),
        INNER("s/ab/ABCD0000000000000000000000000000"), /* upper case */
        INNER("s/ab/cdab0000000000000000000000000000"), /* another's folder */
        INNER("s/ab/abcd00000000000000000000000000"),   /* too short */
        INNER("s/ab/abcd000000000000000000000000000000"),
    };

    folder_new(NULL, folder);
    SL_AUTO_FREE(keeper) *k = reach(sl_os_real(), folder);
    CHECK_EQ(object_put(k, &o, 0, NULL), SL_OK);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        CHECK_EQ(folder_write(folder_path(folder, files[i]), "x", 1), 0);
    CHECK_EQ(mkdir(folder_path(folder, INNER("s/AB")), 0700), 0);
    CHECK_EQ(symlink("ab", folder_path(folder, INNER("s/cd"))), 0);
    CHECK_EQ(mkdir(folder_path(folder, INNER("s/ab/abce0000000000000000000000000000")), 0700), 0);
    CHECK_EQ(sl_keeper_list(k, SL_OBJECT_SLIP, count_objects, &count, &odd, NULL), SL_OK);
    CHECK_EQ(count, 1);
    CHECK_EQ(odd, sizeof files / sizeof *files + 3);
    folder_remove(folder);
}

static void list__fails_where_a_disk_does_not_answer(void)
{
    static const enum fault_call calls[] = { CALL_OPEN, CALL_LIST, CALL_FSTAT, CALL_FSTATAT };
    char folder[FOLDER_TEXT];
    struct sl_object o = object_named(SL_OBJECT_SLIP, 1);

    folder_new(NULL, folder);
    struct sl_keeper *k = reach(sl_os_real(), folder);
    CHECK_EQ(object_put(k, &o, 0, NULL), SL_OK);
    sl_keeper_free(k);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        struct os_fault f;
        unsigned count = 0;
        os_fault_start(&f, FAULT_BIT(calls[i]), FAULT_EVER, 0, EIO);
        k = reach(&f.os, folder);
        f.at = 1 + atomic_load(&f.calls);
        CHECK_EQ(sl_keeper_list(k, SL_OBJECT_SLIP, count_objects, &count, NULL, NULL), SL_E_SYSTEM);
        sl_keeper_free(k);
    }
    folder_remove(folder);
}

static void open__fails_without_a_leak_at_every_call(void)
{
    char folder[FOLDER_TEXT];
    bool hit = true;

    folder_new(NULL, folder);
    for (uint64_t at = 1; hit; at++) {
        struct os_fault f;
        struct sl_keeper *k = NULL;
        os_fault_start(&f, FAULT_ALL & ~FAULT_BIT(CALL_CLOSE), FAULT_ERRNO, at, EIO);
        sl_rc rc = sl_keeper_open(&f.os, folder, &OBJECTS_FOLDER, true, &k, NULL);
        hit = os_fault_hit(&f);
        CHECK((rc == SL_OK) == !hit);
        CHECK((k != NULL) == !hit);
        sl_keeper_free(k);
        int opened = 0;
        for (uint64_t i = 0; i < atomic_load(&f.logged); i++)
            opened += f.log[i].call == CALL_OPEN ? 1 : f.log[i].call == CALL_CLOSE ? -1 : 0;
        CHECK(opened <= (hit ? 1 : 0)); /* the one open that failed has nothing to close */
    }
    folder_remove(folder);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(kind_of__knows_absolute_paths_and_says_what_it_does_not_know),
        CASE(kind_of__refuses_a_path_over_the_limit),
        CASE(open__asks_for_the_disk_and_never_makes_its_root),
        CASE(open__makes_its_folder_only_when_asked_to),
        CASE(open__refuses_a_link_where_its_folder_should_be),
        CASE(open__fails_without_a_leak_at_every_call),
        CASE(put__lays_objects_out_as_the_format_says),
        CASE(put__says_that_the_disk_is_full_or_gone),
        CASE(put__says_when_the_folder_was_wiped_under_it),
        CASE(get__refuses_an_object_of_another_length),
        CASE(get__opens_nothing_but_plain_files_in_its_own_folder),
        CASE(list__passes_by_what_is_not_ours_and_counts_it),
        CASE(list__fails_where_a_disk_does_not_answer),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
