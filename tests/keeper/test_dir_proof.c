/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a folder's proof rests on (section 7 of the design): the medium where the bytes were read
 * past the page cache, by O_DIRECT or by pages shown to be gone; memory in every other case.
 */
#include "keeper/objects.h"

#include "check.h"

static bool refuse_open, refuse_read;
static int forget_says; /* what a fake forget() answers; 2: ask the kernel */
static int last_direct;

static int picky_open(void *self, int dir, const char *path, int flags, mode_t mode,
                      uint64_t resolve)
{
    const struct sl_os *real = sl_os_real();

    if ((flags & O_DIRECT) != 0 && refuse_open) {
        errno = EINVAL;
        return -1;
    }
    int fd = real->open(self, dir, path, flags, mode, resolve);
    if ((flags & O_DIRECT) != 0)
        last_direct = fd;
    return fd;
}

static ssize_t picky_preadv(void *self, int fd, const struct iovec *to, int count, off_t at)
{
    if (refuse_read && fd == last_direct) {
        refuse_read = false; /* the number may come again, for a file without O_DIRECT */
        errno = EINVAL;
        return -1;
    }
    return sl_os_real()->preadv(self, fd, to, count, at);
}

static int picky_forget(void *self, int fd, off_t at, size_t count)
{
    if (forget_says == 2)
        return sl_os_real()->forget(self, fd, at, count);
    errno = EOPNOTSUPP;
    return forget_says;
}

static bool on_a_disk; /* the folder lies on something that keeps */

static struct sl_keeper *reach(const char *folder)
{
    static struct sl_os picky;
    struct sl_keeper *k = NULL;
    struct sl_os_space space = { 0 };

    picky = *sl_os_real();
    picky.open = picky_open;
    picky.preadv = picky_preadv;
    picky.forget = picky_forget;
    refuse_open = refuse_read = false;
    last_direct = -1;
    forget_says = 2;
    if (sl_keeper_open(&picky, folder, &OBJECTS_FOLDER, true, &k, NULL) != SL_OK) {
        printf("# no keeper for this test\n");
        exit(EXIT_FAILURE);
    }
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    CHECK_EQ(picky.space(NULL, fd, &space), 0);
    (void)close(fd);
    on_a_disk = !space.in_memory;
    return k;
}

/* A proof of both kinds of object. */
static enum sl_proof proof_of(struct sl_keeper *k)
{
    struct sl_object full = object_named(SL_OBJECT_FULL, 1);
    struct sl_object slip = object_named(SL_OBJECT_SLIP, 1);
    enum sl_proof a = SL_PROOF_NONE, b = SL_PROOF_NONE;
    bool again = refuse_read;

    CHECK_EQ(object_put(k, &full, 0, NULL), SL_OK);
    CHECK_EQ(object_put(k, &slip, 0, NULL), SL_OK);
    CHECK_EQ(object_prove(k, &full, 0, &a, NULL), SL_OK);
    refuse_read = again;
    CHECK_EQ(object_prove(k, &slip, 0, &b, NULL), SL_OK);
    CHECK_EQ(a, b);
    return a;
}

static void prove__reads_past_the_page_cache_on_a_disk(void)
{
    char folder[FOLDER_TEXT];

    folder_new(NULL, folder);
    struct sl_keeper *k = reach(folder);
    enum sl_proof proof = proof_of(k);
    if (on_a_disk)
        CHECK_EQ(proof, SL_PROOF_MEDIUM);
    else
        check_skip("the folder for tests lies in memory");
    sl_keeper_free(k);
    folder_remove(folder);
}

static void prove__shows_that_pages_are_gone_where_direct_reads_are_refused(void)
{
    char folder[FOLDER_TEXT];

    folder_new(NULL, folder);
    struct sl_keeper *k = reach(folder);
    refuse_open = true;
    enum sl_proof proof = proof_of(k);
    if (on_a_disk)
        CHECK_EQ(proof, SL_PROOF_MEDIUM);
    else
        check_skip("the folder for tests lies in memory");
    refuse_open = false;
    refuse_read = true;
    CHECK_EQ(proof_of(k), proof);
    sl_keeper_free(k);
    folder_remove(folder);
}

static void prove__claims_memory_only_where_pages_may_still_be_there(void)
{
    static const int says[] = { 1, -1 };
    char folder[FOLDER_TEXT];

    folder_new(NULL, folder);
    for (size_t i = 0; i < 2; i++) {
        struct sl_keeper *k = reach(folder);
        refuse_open = true;
        forget_says = says[i];
        CHECK_EQ(proof_of(k), SL_PROOF_MEMORY);
        sl_keeper_free(k);
    }
    folder_remove(folder);
}

static void prove__claims_memory_only_for_a_folder_in_memory(void)
{
    char folder[FOLDER_TEXT];

    if (access("/dev/shm", W_OK) != 0) {
        check_skip("no /dev/shm on this machine");
        return;
    }
    folder_new("/dev/shm", folder);
    struct sl_keeper *k = reach(folder);
    CHECK(!on_a_disk);
    CHECK_EQ(proof_of(k), SL_PROOF_MEMORY);
    forget_says = 0; /* whatever the cache says */
    CHECK_EQ(proof_of(k), SL_PROOF_MEMORY);
    sl_keeper_free(k);
    folder_remove(folder);
}

/* Change one byte as a failing disk or a stranger would. */
static int spoil(const char *folder, const struct sl_object *o, off_t at)
{
    char text[SL_OBJECT_TEXT], path[FOLDER_TEXT * 2];
    uint8_t byte = 0;

    sl_object_text(o, text);
    (void)snprintf(path, sizeof path, "%s/%s/%s", folder, OBJECTS_FOLDER_TEXT, text);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    bool done = fd >= 0 && pread(fd, &byte, 1, at) == 1;
    byte ^= 1;
    done = done && pwrite(fd, &byte, 1, at) == 1;
    return fd >= 0 && close(fd) == 0 && done ? 0 : -1;
}

static void prove__notices_one_wrong_bit_anywhere(void)
{
    static const off_t places[] = { 0,       4095,    4096,    65535,
                                    1048575, 1048576, 4000000, SL_FULL_BYTES - 1 };
    char folder[FOLDER_TEXT];
    struct sl_object o = object_named(SL_OBJECT_FULL, 1);

    folder_new(NULL, folder);
    for (int refuse = 0; refuse < 2; refuse++) {
        struct sl_keeper *k = reach(folder);
        refuse_open = refuse;
        CHECK_EQ(object_put(k, &o, 0, NULL), SL_OK);
        for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
            enum sl_proof proof = SL_PROOF_MEDIUM;
            struct sl_err err = { 0 };
            CHECK_EQ(spoil(folder, &o, places[i]), 0);
            CHECK_EQ(object_prove(k, &o, 0, &proof, &err), SL_E_BROKEN);
            CHECK_EQ(proof, SL_PROOF_NONE);
            CHECK(strstr(err.text, "does not hold what was sent") != NULL);
            CHECK(strstr(err.text, folder) != NULL);
            CHECK_EQ(spoil(folder, &o, places[i]), 0);
        }
        CHECK_EQ(object_prove(k, &o, 0, &(enum sl_proof){ 0 }, NULL), SL_OK);
        sl_keeper_free(k);
    }
    folder_remove(folder);
}

static void prove__fails_where_the_disk_fails(void)
{
    static const enum fault_call calls[] = { CALL_OPEN, CALL_FSTAT, CALL_PREADV };
    char folder[FOLDER_TEXT];
    struct sl_object o = object_named(SL_OBJECT_FULL, 1);

    folder_new(NULL, folder);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        struct os_fault f;
        struct sl_keeper *k = NULL;
        enum sl_proof proof = SL_PROOF_MEDIUM;
        os_fault_start(&f, FAULT_BIT(calls[i]), FAULT_EVER, 0, EIO);
        CHECK_EQ(sl_keeper_open(&f.os, folder, &OBJECTS_FOLDER, true, &k, NULL), SL_OK);
        CHECK_EQ(object_put(k, &o, 0, NULL), SL_OK);
        f.at = 1 + atomic_load(&f.calls);
        CHECK_EQ(object_prove(k, &o, 0, &proof, NULL), SL_E_SYSTEM);
        CHECK_EQ(proof, SL_PROOF_NONE);
        sl_keeper_free(k);
    }
    folder_remove(folder);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(prove__reads_past_the_page_cache_on_a_disk),
        CASE(prove__shows_that_pages_are_gone_where_direct_reads_are_refused),
        CASE(prove__claims_memory_only_where_pages_may_still_be_there),
        CASE(prove__claims_memory_only_for_a_folder_in_memory),
        CASE(prove__notices_one_wrong_bit_anywhere),
        CASE(prove__fails_where_the_disk_fails),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
