/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The seam's ordinary filling against real files, and the loops around it.
 */
#include "base/os.h"

#include <errno.h>
#include <linux/openat2.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "check.h"
#include "fake/folder.h"
#include "fake/os_fault.h"

/* The filling, and a folder open for this case; both go with close_folder(). */
static const struct sl_os *os;
static char folder[FOLDER_TEXT];
static int dir;

static void open_folder(void)
{
    os = sl_os_real();
    folder_new(NULL, folder);
    dir = os->open(os->self, SL_OS_CWD, folder, O_RDONLY | O_DIRECTORY, 0, 0);
    CHECK(dir >= 0);
}

static void close_folder(void)
{
    CHECK_EQ(os->close(os->self, dir), 0);
    folder_remove(folder);
}

static int make(const char *name)
{
    return os->open(os->self, dir, name, O_RDWR | O_CREAT | O_EXCL, 0600, 0);
}

static void files__are_written_and_read_at_any_place(void)
{
    char back[8] = { 0 };
    struct stat st;

    open_folder();
    int fd = make("x");
    CHECK(fd >= 0);
    CHECK_EQ(make("x"), -1);
    CHECK_EQ(errno, EEXIST);
    CHECK_EQ(sl_os_pwrite_all(os, fd, "hello", 5, 3), 0);
    CHECK_EQ(sl_os_pread_all(os, fd, back, 8, 0), 8);
    CHECK(memcmp(back, "\0\0\0hello", 8) == 0);
    CHECK_EQ(sl_os_pread_all(os, fd, back, 8, 6), 2); /* the file ends */
    CHECK_EQ(sl_os_pread_all(os, fd, back, 8, 100), 0);
    CHECK_EQ(os->ftruncate(os->self, fd, 5), 0);
    CHECK_EQ(os->fsync(os->self, fd), 0);
    CHECK_EQ(os->fchmod(os->self, fd, 0640), 0);
    struct timespec times[2] = { { .tv_sec = 1 }, { .tv_sec = 1000000000, .tv_nsec = 123456789 } };
    CHECK_EQ(os->futimens(os->self, fd, times), 0);
    CHECK_EQ(os->fstat(os->self, fd, &st), 0);
    CHECK(st.st_size == 5 && (st.st_mode & 07777) == 0640);
    CHECK(st.st_mtim.tv_sec == 1000000000 && st.st_mtim.tv_nsec == 123456789);
    CHECK((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
    CHECK_EQ(os->close(os->self, fd), 0);
    close_folder();
}

static void open__keeps_beneath_and_follows_no_links_when_told(void)
{
    static const struct {
        const char *path;
        uint64_t resolve;
        int why;
    } table[] = {
        { "d/x", RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS, 0 },
        { "../x", RESOLVE_BENEATH, EXDEV },
        { "/etc/passwd", RESOLVE_BENEATH, EXDEV },
        { "link/x", 0, 0 },
        { "link/x", RESOLVE_NO_SYMLINKS, ELOOP },
        { "out", RESOLVE_BENEATH, EXDEV },
        { "none", RESOLVE_BENEATH, ENOENT },
    };

    open_folder();
    CHECK_EQ(os->mkdirat(os->self, dir, "d", 0700), 0);
    CHECK_EQ(os->close(os->self, make("d/x")), 0);
    CHECK_EQ(symlink("d", folder_path(folder, "link")), 0);
    CHECK_EQ(symlink("/etc/passwd", folder_path(folder, "out")), 0);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        int fd = os->open(os->self, dir, table[i].path, O_RDONLY, 0, table[i].resolve);
        CHECK_EQ(fd < 0 ? errno : 0, table[i].why);
        if (fd >= 0)
            CHECK_EQ(os->close(os->self, fd), 0);
    }
    close_folder();
}

static void fstatat__never_follows(void)
{
    struct stat st;

    open_folder();
    CHECK_EQ(symlink("/etc/passwd", folder_path(folder, "out")), 0);
    CHECK_EQ(os->fstatat(os->self, dir, "out", &st), 0);
    CHECK(S_ISLNK(st.st_mode));
    CHECK_EQ(os->fstatat(os->self, dir, "none", &st), -1);
    CHECK_EQ(errno, ENOENT);
    close_folder();
}

static void names__are_linked_renamed_and_removed(void)
{
    struct stat st;

    open_folder();
    CHECK_EQ(os->close(os->self, make("a")), 0);
    CHECK_EQ(os->close(os->self, make("b")), 0);
    CHECK_EQ(os->renameat(os->self, dir, "a", dir, "b", false), -1);
    CHECK_EQ(errno, EEXIST);
    CHECK_EQ(os->renameat(os->self, dir, "a", dir, "b", true), 0);
    CHECK_EQ(os->renameat(os->self, dir, "b", dir, "c", false), 0);
    CHECK_EQ(os->linkat(os->self, dir, "c", dir, "d"), 0);
    CHECK_EQ(os->linkat(os->self, dir, "c", dir, "d"), -1);
    CHECK_EQ(errno, EEXIST);
    CHECK_EQ(os->fstatat(os->self, dir, "d", &st), 0);
    CHECK_EQ(st.st_nlink, 2);
    CHECK_EQ(os->unlinkat(os->self, dir, "c", 0), 0);
    CHECK_EQ(os->mkdirat(os->self, dir, "e", 0700), 0);
    CHECK_EQ(os->unlinkat(os->self, dir, "e", AT_REMOVEDIR), 0);
    CHECK_EQ(folder_names(folder), 1);
    close_folder();
}

#define MANY 1000u

/* Names come back once each however small the bites, across several getdents64 calls. */
static void list__gives_every_name_once_in_bites_of_any_size(void)
{
    static const size_t bites[] = { 1, 2, 7, 64, 300, MANY + 1 };
    static struct sl_os_entry entries[MANY + 1];

    open_folder();
    CHECK_EQ(os->list(os->self, dir, entries, 10), 0);
    for (unsigned i = 0; i < MANY; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "name-%04u", i);
        CHECK_EQ(os->close(os->self, make(name)), 0);
    }
    for (size_t b = 0; b < sizeof bites / sizeof *bites; b++) {
        static unsigned char seen[MANY];
        ssize_t got = 0;
        unsigned number = 0, sum = 0;
        memset(seen, 0, sizeof seen);
        int fd = os->open(os->self, dir, ".", O_RDONLY | O_DIRECTORY, 0, 0);
        while ((got = os->list(os->self, fd, entries, bites[b])) > 0) {
            for (ssize_t i = 0; i < got; i++) {
                CHECK(sscanf(entries[i].name, "name-%u", &number) == 1 && number < MANY);
                CHECK(entries[i].type == DT_REG || entries[i].type == DT_UNKNOWN);
                seen[number % MANY]++;
                sum++;
            }
        }
        CHECK_EQ(got, 0);
        CHECK_EQ(sum, MANY);
        CHECK(memchr(seen, 0, MANY) == NULL);
        CHECK_EQ(os->close(os->self, fd), 0);
    }
    CHECK_EQ(os->list(os->self, -1, entries, 1), -1);
    CHECK_EQ(errno, EBADF);
    close_folder();
}

static void list__gives_the_longest_name_whole(void)
{
    struct sl_os_entry entry = { 0 };
    char name[SL_NAME_MAX + 1];

    open_folder();
    memset(name, 'n', SL_NAME_MAX);
    name[SL_NAME_MAX] = '\0';
    CHECK_EQ(os->close(os->self, make(name)), 0);
    CHECK_EQ(os->list(os->self, dir, &entry, 1), 1);
    CHECK(strcmp(entry.name, name) == 0);
    close_folder();
}

static void lock__is_exclusive_and_goes_with_the_process(void)
{
    open_folder();
    int one = make("lock"), two = os->open(os->self, dir, "lock", O_RDWR, 0, 0);
    CHECK_EQ(os->lock(os->self, one), 0);
    CHECK_EQ(os->lock(os->self, two), -1);
    CHECK_EQ(errno, EWOULDBLOCK);
    CHECK_EQ(os->close(os->self, one), 0);
    CHECK_EQ(os->lock(os->self, two), 0);
    CHECK_EQ(os->close(os->self, two), 0);
    pid_t child = fork();
    if (child == 0) {
        int fd = os->open(os->self, dir, "lock", O_RDWR, 0, 0);
        _exit(os->lock(os->self, fd) == 0 ? 0 : 1);
    }
    int status = 1;
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_EQ(status, 0);
    one = os->open(os->self, dir, "lock", O_RDWR, 0, 0);
    CHECK_EQ(os->lock(os->self, one), 0);
    CHECK_EQ(os->close(os->self, one), 0);
    close_folder();
}

static void space__knows_memory_from_a_disk(void)
{
    struct sl_os_space space = { 0 };

    open_folder();
    CHECK_EQ(os->space(os->self, dir, &space), 0);
    CHECK(space.free_bytes > 0 && space.free_files > 0);
    close_folder();
    int shm = os->open(os->self, SL_OS_CWD, "/dev/shm", O_RDONLY | O_DIRECTORY, 0, 0);
    if (shm < 0) {
        check_skip("no /dev/shm on this machine");
        return;
    }
    CHECK_EQ(os->space(os->self, shm, &space), 0);
    CHECK(space.in_memory);
    CHECK_EQ(os->close(os->self, shm), 0);
}

#define CACHED_BYTES (4u << 20)

static void forget__drops_what_was_synced_and_says_what_stays(void)
{
    static uint8_t bytes[CACHED_BYTES];
    struct sl_os_space space = { 0 };

    open_folder();
    CHECK_EQ(os->space(os->self, dir, &space), 0);
    int fd = make("x");
    memset(bytes, 7, sizeof bytes);
    CHECK_EQ(sl_os_pwrite_all(os, fd, bytes, sizeof bytes, 0), 0);
    if (space.in_memory) {
        CHECK(os->forget(os->self, fd, 0, sizeof bytes) != 0);
        check_skip("the folder for tests lies in memory, which keeps everything");
    } else {
        CHECK_EQ(os->forget(os->self, fd, 0, sizeof bytes), 1); /* dirty pages cannot go */
        CHECK_EQ(os->fsync(os->self, fd), 0);
        for (unsigned i = 0; i < 100; i++) { /* again and again: looking leaves no trace */
            CHECK_EQ(os->forget(os->self, fd, 0, sizeof bytes), 0);
            CHECK_EQ(sl_os_pread_all(os, fd, bytes, sizeof bytes, 0), sizeof bytes);
        }
    }
    CHECK_EQ(os->close(os->self, fd), 0);
    close_folder();
}

static void forget__does_not_know_of_pipes(void)
{
    int ends[2];

    os = sl_os_real();
    CHECK_EQ(pipe2(ends, O_CLOEXEC), 0);
    CHECK_EQ(os->forget(os->self, ends[0], 0, 100), -1);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static void pipes__are_read_and_written_whole(void)
{
    int ends[2];
    char back[6] = { 0 };

    os = sl_os_real();
    CHECK_EQ(pipe2(ends, O_CLOEXEC), 0);
    CHECK_EQ(os->ready(os->self, ends[0], false, 0), 0);
    CHECK_EQ(os->ready(os->self, ends[1], true, 0), 1);
    CHECK_EQ(sl_os_write_all(os, ends[1], "hello", 5), 0);
    CHECK_EQ(os->ready(os->self, ends[0], false, 1000), 1);
    CHECK_EQ(os->read(os->self, ends[0], back, sizeof back), 5);
    CHECK(memcmp(back, "hello", 5) == 0);
    (void)close(ends[1]);
    CHECK_EQ(os->ready(os->self, ends[0], false, 1000), 1); /* it has ended */
    CHECK_EQ(os->read(os->self, ends[0], back, sizeof back), 0);
    CHECK_EQ(sl_os_write_all(os, ends[1], "x", 1), -1);
    (void)close(ends[0]);
}

static void clocks__go_forward(void)
{
    struct timespec now = { 0 };

    os = sl_os_real();
    CHECK_EQ(os->clock(os->self, &now), 0);
    CHECK(now.tv_sec > 1700000000);
    uint64_t before = os->monotonic_ns(os->self);
    os->sleep_ms(os->self, 20);
    CHECK(os->monotonic_ns(os->self) - before >= UINT64_C(20000000));
}

static void random__fills_every_byte(void)
{
    static uint8_t a[1000], sum[1000];

    os = sl_os_real();
    for (unsigned i = 0; i < 16; i++) {
        CHECK_EQ(os->random(os->self, a, sizeof a), 0);
        for (size_t b = 0; b < sizeof a; b++)
            sum[b] |= a[b];
    }
    CHECK(memchr(sum, 0, sizeof sum) == NULL);
    CHECK_EQ(os->random(os->self, a, 0), 0);
}

static void run__gives_output_and_status_and_no_stdin(void)
{
    struct sl_buf out = sl_buf_upto(16), small = sl_buf_upto(3);
    static const char *const echo[] = { "sh", "-c", "cat; echo hello; exit 3", NULL };
    static const char *const none[] = { "safelight-no-such-program", NULL };
    static const char *const killed[] = { "sh", "-c", "kill -9 $$", NULL };

    os = sl_os_real();
    CHECK_EQ(os->run(os->self, echo, &out), 3);
    CHECK(out.len == 6 && memcmp(out.at, "hello\n", 6) == 0);
    CHECK_EQ(os->run(os->self, echo, NULL), 3);
    CHECK_EQ(os->run(os->self, echo, &small), -1); /* more than its limit */
    CHECK_EQ(os->run(os->self, none, NULL), -1);
    CHECK(errno == ENOENT || errno == EACCES); /* a folder of PATH may be closed to us */
    CHECK_EQ(os->run(os->self, killed, NULL), 128 + 9);
    sl_buf_clear(&out);
    sl_buf_clear(&small);
}

/* In a child, because it cannot be taken back. */
static void no_dumps__forbids_core_dumps(void)
{
    int status = 1;

    os = sl_os_real();
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        struct rlimit have = { 1, 1 };
        _exit(os->no_dumps(os->self) == 0 && getrlimit(RLIMIT_CORE, &have) == 0 &&
                      have.rlim_cur == 0
                  ? 0
                  : 1);
    }
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_EQ(status, 0);
    CHECK(os->peak_bytes(os->self) > 100000);
}

static void exit__ends_the_process_with_its_status(void)
{
    int status = 0;

    os = sl_os_real();
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        os->exit(os->self, 7);
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

static void loops__go_on_after_short_counts_and_report_trouble(void)
{
    struct os_fault f;
    char back[6] = { 0 };

    open_folder();
    int fd = make("x");
    os_fault_start(&f, FAULT_ALL, FAULT_SHORT, 1, 0);
    CHECK_EQ(sl_os_pwrite_all(&f.os, fd, "hello", 5, 0), 0);
    CHECK_EQ(atomic_load(&f.calls), 2);
    os_fault_start(&f, FAULT_ALL, FAULT_SHORT, 1, 0);
    CHECK_EQ(sl_os_pread_all(&f.os, fd, back, 5, 0), 5);
    CHECK(memcmp(back, "hello", 5) == 0);
    os_fault_start(&f, FAULT_ALL, FAULT_DRIP, 1, 0);
    CHECK_EQ(sl_os_pwrite_all(&f.os, fd, "world", 5, 0), 0);
    CHECK_EQ(sl_os_pread_all(&f.os, fd, back, 5, 0), 5);
    CHECK_EQ(atomic_load(&f.calls), 10);
    CHECK(memcmp(back, "world", 5) == 0);
    os_fault_start(&f, FAULT_ALL, FAULT_ERRNO, 1, ENOSPC);
    CHECK_EQ(sl_os_pwrite_all(&f.os, fd, "hello", 5, 0), -1);
    CHECK_EQ(errno, ENOSPC);
    os_fault_start(&f, FAULT_ALL, FAULT_ERRNO, 1, EIO);
    CHECK_EQ(sl_os_pread_all(&f.os, fd, back, 5, 0), -1);
    CHECK_EQ(errno, EIO);
    CHECK_EQ(os->close(os->self, fd), 0);
    close_folder();
}

static void fd_clear__closes_once_and_keeps_errno(void)
{
    open_folder();
    struct sl_fd f = { os, make("x") }, none = { os, -1 };
    int number = f.fd;
    errno = EXDEV;
    sl_fd_clear(&f);
    sl_fd_clear(&f);
    sl_fd_clear(&none);
    CHECK_EQ(errno, EXDEV);
    CHECK_EQ(f.fd, -1);
    CHECK_EQ(fcntl(number, F_GETFD), -1);
    close_folder();
}

static void seed__repeats_random_bytes_and_times(void)
{
    static struct os_fault one, two, other;
    uint8_t a[20], b[20], c[20];
    struct timespec t = { 0 }, u = { 0 };

    os_fault_seed(&one, 5);
    os_fault_seed(&two, 5);
    os_fault_seed(&other, 6);
    CHECK_EQ(one.os.random(one.os.self, a, sizeof a), 0);
    CHECK_EQ(two.os.random(two.os.self, b, sizeof b), 0);
    CHECK_EQ(other.os.random(other.os.self, c, sizeof c), 0);
    CHECK(memcmp(a, b, sizeof a) == 0 && memcmp(a, c, sizeof a) != 0);
    one.os.sleep_ms(one.os.self, 5000);
    CHECK_EQ(one.os.clock(one.os.self, &t), 0);
    CHECK_EQ(two.os.clock(two.os.self, &u), 0);
    CHECK_EQ(t.tv_sec - u.tv_sec, 5);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(files__are_written_and_read_at_any_place),
        CASE(open__keeps_beneath_and_follows_no_links_when_told),
        CASE(fstatat__never_follows),
        CASE(names__are_linked_renamed_and_removed),
        CASE(list__gives_every_name_once_in_bites_of_any_size),
        CASE(list__gives_the_longest_name_whole),
        CASE(lock__is_exclusive_and_goes_with_the_process),
        CASE(space__knows_memory_from_a_disk),
        CASE(forget__drops_what_was_synced_and_says_what_stays),
        CASE(forget__does_not_know_of_pipes),
        CASE(pipes__are_read_and_written_whole),
        CASE(clocks__go_forward),
        CASE(random__fills_every_byte),
        CASE(run__gives_output_and_status_and_no_stdin),
        CASE(no_dumps__forbids_core_dumps),
        CASE(exit__ends_the_process_with_its_status),
        CASE(loops__go_on_after_short_counts_and_report_trouble),
        CASE(fd_clear__closes_once_and_keeps_errno),
        CASE(seed__repeats_random_bytes_and_times),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
