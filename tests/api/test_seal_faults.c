/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * seal and unseal with trouble at the n-th call, for every n until the journey succeeds: a file
 * that has its name is always whole, nothing that existed is lost, and another run ends well.
 */
#include "api/inside.h"
#include "check.h"
#include "crypto/age.h"
#include "fake/folder.h"
#include "fake/os_fault.h"

#define PLAIN_BYTES 150000u
#define CALLS_MAX   400u

static char in_path[512], sealed_path[512], out_path[512], part_path[520], key_path[512];
static char recipient[SL_AGE_RECIPIENT_TEXT];
static uint8_t plain[PLAIN_BYTES], read_back[2 * PLAIN_BYTES];

static const struct sl_os *real(void)
{
    return sl_os_real();
}

static void put_file(const char *path, const void *bytes, size_t len)
{
    int fd = real()->open(NULL, SL_OS_CWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0600, 0);

    CHECK(fd >= 0);
    CHECK_EQ(sl_os_write_all(real(), fd, bytes, len), 0);
    (void)real()->close(NULL, fd);
}

/* How many bytes stand at `path`, read into read_back; -1 where there is no file. */
static ssize_t get_file(const char *path)
{
    int fd = real()->open(NULL, SL_OS_CWD, path, O_RDONLY, 0, 0);

    if (fd < 0)
        return -1;
    ssize_t len = sl_os_pread_all(real(), fd, read_back, sizeof read_back, 0);
    (void)real()->close(NULL, fd);
    return len;
}

static void remove_file(const char *path)
{
    (void)real()->unlinkat(NULL, SL_OS_CWD, path, 0);
}

static sl_rc seal_on(const struct sl_os *os, const char *in, const char *out, bool force)
{
    const char *const to[] = { recipient };
    struct sl_seal job = {
        .recipients = to, .recipient_count = 1, .from.fd = -1, .in = in, .out = out, .force = force
    };
    struct sl_talk silent = { 0 };
    struct sl_err err = { 0 };
    struct sl *sl = NULL;

    sl_rc rc = sl_start_on(os, &silent, &sl, &err);
    if (rc == SL_OK)
        rc = sl_seal_file(sl, &job, &err);
    sl_end(sl);
    CHECK(rc == SL_OK || err.text[0] != '\0');
    return rc;
}

static sl_rc unseal_on(const struct sl_os *os, const char *in, const char *out, bool force)
{
    const char *const with[] = { key_path };
    struct sl_unseal job = { .identity_files = with,
                             .identity_file_count = 1,
                             .from.fd = -1,
                             .in = in,
                             .out = out,
                             .force = force };
    struct sl_talk silent = { 0 };
    struct sl_err err = { 0 };
    struct sl *sl = NULL;

    sl_rc rc = sl_start_on(os, &silent, &sl, &err);
    if (rc == SL_OK)
        rc = sl_unseal_file(sl, &job, &err);
    sl_end(sl);
    CHECK(rc == SL_OK || err.text[0] != '\0');
    return rc;
}

static void check_whole(const char *path)
{
    CHECK_EQ(get_file(path), PLAIN_BYTES);
    CHECK(memcmp(read_back, plain, PLAIN_BYTES) == 0);
}

/* Unseal with trouble at call n. Returns false when there were fewer calls. */
static bool unseal_in_trouble(enum fault_how how, int why, uint64_t n)
{
    static struct os_fault f;

    remove_file(out_path);
    remove_file(part_path);
    os_fault_start(&f, FAULT_ALL & ~(FAULT_BIT(CALL_RANDOM) | FAULT_BIT(CALL_CLOSE)), how, n, why);
    sl_rc rc = unseal_on(&f.os, sealed_path, out_path, false);
    if (!os_fault_hit(&f)) {
        CHECK_EQ(rc, SL_OK);
        return false;
    }
    if (get_file(out_path) >= 0 || rc == SL_OK)
        check_whole(out_path);
    if (rc != SL_OK)
        CHECK(rc == SL_E_SYSTEM || rc == SL_E_MISSING || rc == SL_E_RETRY || rc == SL_E_USAGE);
    CHECK_EQ(unseal_on(real(), sealed_path, out_path, true), SL_OK);
    check_whole(out_path);
    CHECK_EQ(get_file(part_path), -1);
    return true;
}

static void unseal__is_whole_or_not_there_whichever_call_fails(void)
{
    uint64_t n = 1;

    while (n < CALLS_MAX && unseal_in_trouble(FAULT_ERRNO, EIO, n))
        n++;
    CHECK(n > 10 && n < CALLS_MAX);
}

static void unseal__is_whole_or_not_there_wherever_it_is_killed(void)
{
    uint64_t n = 1;

    while (n < CALLS_MAX && unseal_in_trouble(FAULT_KILL, EIO, n))
        n++;
    CHECK(n > 10 && n < CALLS_MAX);
}

static void unseal__does_not_mind_short_reads_and_writes(void)
{
    static struct os_fault f;

    for (uint64_t n = 1;; n++) {
        CHECK(n < CALLS_MAX);
        remove_file(out_path);
        os_fault_start(&f, FAULT_BIT(CALL_READ) | FAULT_BIT(CALL_WRITE), FAULT_SHORT, n, EIO);
        CHECK_EQ(unseal_on(&f.os, sealed_path, out_path, false), SL_OK);
        check_whole(out_path);
        if (!os_fault_hit(&f) || n >= CALLS_MAX)
            return;
    }
}

static void seal__loses_nothing_that_it_should_replace(void)
{
    static struct os_fault f;
    uint64_t n = 1;

    for (;; n++) {
        put_file(out_path, "precious", 8);
        os_fault_start(&f, FAULT_WRITES, FAULT_ERRNO, n, ENOSPC);
        sl_rc rc = seal_on(&f.os, in_path, out_path, true);
        if (!os_fault_hit(&f) || n == CALLS_MAX)
            break;
        if (rc != SL_OK && get_file(out_path) == 8)
            CHECK(memcmp(read_back, "precious", 8) == 0);
        else /* replaced: then by something whole */
            CHECK_EQ(unseal_on(real(), out_path, "/dev/null", false), SL_OK);
        CHECK_EQ(get_file(in_path), PLAIN_BYTES);
    }
    CHECK(n > 5 && n < CALLS_MAX);
}

static void seal__full_disk_leaves_no_part(void)
{
    static struct os_fault f;

    remove_file(out_path);
    os_fault_start(&f, FAULT_BIT(CALL_WRITE), FAULT_EVER, 2, ENOSPC);
    CHECK_EQ(seal_on(&f.os, in_path, out_path, false), SL_E_SYSTEM);
    CHECK_EQ(get_file(out_path), -1);
    CHECK_EQ(get_file(part_path), -1);
}

static void seal__waits_for_no_other_run_and_harms_it_not(void)
{
    put_file(part_path, "half of another run", 19);
    int other = real()->open(NULL, SL_OS_CWD, part_path, O_RDWR, 0, 0);

    remove_file(out_path);
    CHECK_EQ(real()->lock(NULL, other), 0);
    CHECK_EQ(seal_on(real(), in_path, out_path, false), SL_E_RETRY);
    CHECK_EQ(get_file(part_path), 19);
    (void)real()->close(NULL, other);
    CHECK_EQ(seal_on(real(), in_path, out_path, false), SL_OK); /* left behind: replaced */
    CHECK_EQ(get_file(part_path), -1);
}

/* Fill `plain`, make a key pair, seal once without trouble. */
static bool prepare(void)
{
    struct sl_age_recipient to;
    struct sl_age_identity *id = NULL;
    struct sl_secret *text = NULL;
    struct sl_err err = { 0 };

    for (size_t i = 0; i < sizeof plain; i++)
        plain[i] = (uint8_t)(i * 7 + i / 251);
    if (sl_crypto_start(real(), &err) != SL_OK || sl_age_identity_new(&id, &err) != SL_OK ||
        sl_age_identity_text(id, &text, &err) != SL_OK)
        return false;
    sl_age_identity_recipient(id, &to);
    sl_age_recipient_text(&to, recipient);
    put_file(key_path, sl_secret_expose(text).at, SL_AGE_IDENTITY_TEXT - 1);
    put_file(in_path, plain, sizeof plain);
    sl_secret_free(text);
    sl_age_identity_free(id);
    return seal_on(real(), in_path, sealed_path, true) == SL_OK;
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(unseal__is_whole_or_not_there_whichever_call_fails),
        CASE(unseal__is_whole_or_not_there_wherever_it_is_killed),
        CASE(unseal__does_not_mind_short_reads_and_writes),
        CASE(seal__loses_nothing_that_it_should_replace),
        CASE(seal__full_disk_leaves_no_part),
        CASE(seal__waits_for_no_other_run_and_harms_it_not),
    };

    char dir[FOLDER_TEXT];

    folder_new(NULL, dir);
    (void)snprintf(in_path, sizeof in_path, "%s/in", dir);
    (void)snprintf(sealed_path, sizeof sealed_path, "%s/sealed", dir);
    (void)snprintf(out_path, sizeof out_path, "%s/out", dir);
    (void)snprintf(part_path, sizeof part_path, "%s/out.part", dir);
    (void)snprintf(key_path, sizeof key_path, "%s/key", dir);
    int rc = EXIT_FAILURE;
    if (prepare())
        rc = check_run(cases, sizeof cases / sizeof *cases);
    else
        printf("Bail out! nothing could be sealed to begin with\n");
    folder_remove(dir);
    return rc;
}
