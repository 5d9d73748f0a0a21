/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The seam's ordinary filling: the Linux kernel. The only file with system calls; see os.h for
 * what each function promises.
 */
#include "base/os.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define TMPFS_KIND 0x01021994 /* linux/magic.h: TMPFS_MAGIC, RAMFS_MAGIC */
#define RAMFS_KIND 0x858458f6

#define OPEN_RACES_MAX 100u
#define CACHE_PAGES    4096u /* asked about at once */
#define DISK_STEPS_MAX 8u    /* loop on partition on LVM on RAID ... */

extern char **environ;

static int real_open(void *self, int dir, const char *path, int flags, mode_t mode,
                     uint64_t resolve)
{
    struct open_how how = { .flags = (uint64_t)(unsigned)flags | O_CLOEXEC, .resolve = resolve };
    long fd = -1;
    unsigned raced = 0; /* EAGAIN: something was renamed while a bounded path was walked */

    (void)self;
    if ((flags & (O_CREAT | __O_TMPFILE)) != 0)
        how.mode = mode;
    do {
        fd = syscall(SYS_openat2, dir, path, &how, sizeof how);
    } while (fd < 0 &&
             (errno == EINTR || (errno == EAGAIN && resolve != 0 && raced++ < OPEN_RACES_MAX)));
    return (int)fd;
}

static int real_close(void *self, int fd)
{
    (void)self;
    return close(fd);
}

static ssize_t real_read(void *self, int fd, void *to, size_t count)
{
    ssize_t got = 0;

    (void)self;
    do {
        got = read(fd, to, count);
    } while (got < 0 && errno == EINTR);
    return got;
}

static ssize_t real_write(void *self, int fd, const void *from, size_t count)
{
    ssize_t put = 0;

    (void)self;
    do {
        put = write(fd, from, count);
    } while (put < 0 && errno == EINTR);
    return put;
}

static ssize_t real_preadv(void *self, int fd, const struct iovec *to, int count, off_t at)
{
    ssize_t got = 0;

    (void)self;
    do {
        got = preadv(fd, to, count, at);
    } while (got < 0 && errno == EINTR);
    return got;
}

static ssize_t real_pwritev(void *self, int fd, const struct iovec *from, int count, off_t at)
{
    ssize_t put = 0;

    (void)self;
    do {
        put = pwritev(fd, from, count, at);
    } while (put < 0 && errno == EINTR);
    return put;
}

static int real_fsync(void *self, int fd)
{
    int rc = 0;

    (void)self;
    do {
        rc = fsync(fd);
    } while (rc < 0 && errno == EINTR);
    return rc;
}

static int real_fstat(void *self, int fd, struct stat *ret)
{
    (void)self;
    return fstat(fd, ret);
}

static int real_fstatat(void *self, int dir, const char *path, struct stat *ret)
{
    (void)self;
    return fstatat(dir, path, ret, AT_SYMLINK_NOFOLLOW);
}

static int real_ftruncate(void *self, int fd, off_t size)
{
    (void)self;
    return ftruncate(fd, size);
}

static int real_fchmod(void *self, int fd, mode_t mode)
{
    (void)self;
    return fchmod(fd, mode);
}

static int real_futimens(void *self, int fd, const struct timespec times[2])
{
    (void)self;
    return futimens(fd, times);
}

static int real_mkdirat(void *self, int dir, const char *path, mode_t mode)
{
    (void)self;
    return mkdirat(dir, path, mode);
}

static int real_linkat(void *self, int dir_from, const char *from, int dir_to, const char *to)
{
    (void)self;
    return linkat(dir_from, from, dir_to, to, 0);
}

static int real_renameat(void *self, int dir_from, const char *from, int dir_to, const char *to,
                         bool replace)
{
    (void)self;
    return renameat2(dir_from, from, dir_to, to, replace ? 0 : RENAME_NOREPLACE);
}

static int real_unlinkat(void *self, int dir, const char *path, int flags)
{
    (void)self;
    return unlinkat(dir, path, flags);
}

/* Raw getdents64, a few names at a time, so that an open folder needs no hidden state: the kernel
 * keeps the place in the descriptor, and lseek puts it after the last name handed out. */
static ssize_t real_list(void *self, int fd, struct sl_os_entry *ret, size_t room)
{
    struct dirent64 *at = NULL;
    _Alignas(struct dirent64) char names[4096];
    size_t count = 0;

    (void)self;
    while (count < room) {
        ssize_t got = getdents64(fd, names, sizeof names);
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        for (ssize_t i = 0; i < got; i += at->d_reclen) {
            at = (struct dirent64 *)(void *)(names + i);
            if (strcmp(at->d_name, ".") != 0 && strcmp(at->d_name, "..") != 0) {
                ret[count].type = at->d_type;
                (void)snprintf(ret[count].name, sizeof ret[count].name, "%s", at->d_name);
                count++;
            }
            if (count == room) {
                if (lseek(fd, at->d_off, SEEK_SET) < 0)
                    return -1;
                break;
            }
        }
    }
    return (ssize_t)count;
}

static int real_lock(void *self, int fd)
{
    int rc = 0;

    (void)self;
    do {
        rc = flock(fd, LOCK_EX | LOCK_NB);
    } while (rc < 0 && errno == EINTR);
    return rc;
}

static int real_space(void *self, int fd, struct sl_os_space *ret)
{
    struct statvfs v;
    struct statfs s;

    (void)self;
    if (fstatvfs(fd, &v) != 0 || fstatfs(fd, &s) != 0)
        return -1;
    *ret = (struct sl_os_space){
        .free_bytes = (uint64_t)v.f_bavail * v.f_frsize,
        .free_files = v.f_files > 0 ? v.f_favail : UINT64_MAX,
        .in_memory = s.f_type == TMPFS_KIND || s.f_type == RAMFS_KIND,
        .keeps_atime = (v.f_flag & (ST_NOATIME | ST_RDONLY)) != 0,
    };
    return 0;
}

/* Does mincore(2) find no page of [at, at + count) in memory? It says "all" to who neither owns
 * the file nor may write it, so only "none" is an answer. */
static bool none_cached(int fd, off_t at, size_t count)
{
    unsigned char pages[CACHE_PAGES];
    size_t page = (size_t)sysconf(_SC_PAGESIZE), skew = (size_t)at % page;

    at -= (off_t)skew;
    count += skew;
    while (count > 0) {
        size_t len = count < CACHE_PAGES * page ? count : CACHE_PAGES * page;
        void *map = mmap(NULL, len, PROT_READ, MAP_SHARED, fd, at);
        if (map == MAP_FAILED)
            return false;
        bool known = mincore(map, len, pages) == 0;
        (void)munmap(map, len);
        for (size_t i = 0; known && i < (len + page - 1) / page; i++)
            known = (pages[i] & 1) == 0;
        if (!known)
            return false;
        at += (off_t)len;
        count -= len;
    }
    return true;
}

/* Is a page of [at, at + count) in memory? 1, 0, or -1 with errno. Where mincore has no answer,
 * RWF_NOWAIT has one, with a flaw: asking for an absent page starts to read it, and a fast disk
 * may bring it before the call returns. That errs towards "in memory", the safe side; from the
 * last page to the first and without reading ahead it errs least. */
static int cached(int fd, off_t at, size_t count)
{
    uint8_t probe[1];
    struct iovec one = { .iov_base = probe, .iov_len = sizeof probe };
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    if (none_cached(fd, at, count))
        return 0;
    for (size_t left = (count + page - 1) / page; left > 0; left--) {
        ssize_t got = preadv2(fd, &one, 1, at + (off_t)((left - 1) * page), RWF_NOWAIT);
        if (got > 0)
            return 1;
        if (got < 0 && errno != EAGAIN)
            return -1;
    }
    return 0;
}

static int real_forget(void *self, int fd, off_t at, size_t count)
{
    (void)self;
    int rc = posix_fadvise(fd, at, (off_t)count, POSIX_FADV_DONTNEED);
    if (rc == 0)
        rc = posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM);
    if (rc != 0) {
        errno = rc;
        return -1;
    }
    rc = cached(fd, at, count);
    int why = errno;
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_NORMAL);
    errno = why;
    return rc;
}

/* The folder in /sys of the whole disk that holds block device major:minor, e.g. ".../block/sda":
 * a partition's folder lies inside its disk's. */
static int disk_of(unsigned major_number, unsigned minor_number, char path[PATH_MAX])
{
    char link[64], part[PATH_MAX + 16];

    (void)snprintf(link, sizeof link, "/sys/dev/block/%u:%u", major_number, minor_number);
    if (realpath(link, path) == NULL)
        return -1;
    (void)snprintf(part, sizeof part, "%s/partition", path);
    if (access(part, F_OK) == 0)
        *strrchr(path, '/') = '\0';
    return 0;
}

static int read_line(const char *folder, const char *file, char *to, size_t room)
{
    char path[PATH_MAX + 64];

    (void)snprintf(path, sizeof path, "%s/%s", folder, file);
    FILE *f = fopen(path, "re");
    if (f == NULL)
        return -1;
    char *line = fgets(to, (int)room, f);
    (void)fclose(f);
    if (line == NULL)
        return -1;
    to[strcspn(to, "\n")] = '\0';
    return 0;
}

/* The first disk beneath a device-mapper or RAID device; 1 moved, 0 there is none, -1 it cannot
 * be known. */
static int first_slave(char path[PATH_MAX])
{
    char text[64], slaves[PATH_MAX + 16];
    struct dirent *d = NULL;
    int moved = 0;

    (void)snprintf(slaves, sizeof slaves, "%s/slaves", path);
    DIR *dir = opendir(slaves);
    if (dir == NULL)
        return 0;
    while (moved == 0 && (d = readdir(dir)) != NULL) {
        unsigned ma = 0, mi = 0;
        char below[PATH_MAX * 2];
        if (d->d_name[0] == '.')
            continue;
        (void)snprintf(below, sizeof below, "%s/%s", slaves, d->d_name);
        moved = -1;
        if (read_line(below, "dev", text, sizeof text) == 0 &&
            sscanf(text, "%u:%u", &ma, &mi) == 2 && /* NOLINT(cert-err34-c): the kernel's own */
            disk_of(ma, mi, path) == 0)
            moved = 1;
    }
    (void)closedir(dir);
    return moved;
}

/* Step from a loop device to the disk of its file, and from a device-mapper device to its first
 * disk: 1 moved, 0 when `path` is a disk of its own, -1 when it is not and cannot be known (the
 * file beneath a loop device was deleted, or lies in another mount namespace). */
static int step_down(char path[PATH_MAX])
{
    char text[PATH_MAX];
    struct stat st;

    if (read_line(path, "loop/backing_file", text, sizeof text) != 0)
        return first_slave(path);
    if (stat(text, &st) != 0 || disk_of(major(st.st_dev), minor(st.st_dev), path) != 0)
        return -1;
    return 1;
}

/* File systems with anonymous device numbers (btrfs and its subvolumes) name their block device
 * in /proc/self/mountinfo only. */
static int mount_source(int fd, dev_t *ret)
{
    char line[PATH_MAX * 2], source[PATH_MAX];
    struct statx x;
    struct stat st;
    unsigned long long id = 0;
    int found = -1;

    if (statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &x) != 0 || (x.stx_mask & STATX_MNT_ID) == 0)
        return -1;
    FILE *f = fopen("/proc/self/mountinfo", "re");
    if (f == NULL)
        return -1;
    while (found != 0 && fgets(line, sizeof line, f) != NULL) {
        const char *tail = strstr(line, " - ");
        if (tail == NULL || sscanf(line, "%llu", &id) != 1 || id != x.stx_mnt_id || /* NOLINT */
            sscanf(tail, " - %*s %4095s", source) != 1)                             /* NOLINT */
            continue;
        if (source[0] == '/' && stat(source, &st) == 0 && S_ISBLK(st.st_mode)) {
            *ret = st.st_rdev;
            found = 0;
        }
    }
    (void)fclose(f);
    return found;
}

static int real_disk(void *self, int fd, char ret[64])
{
    char path[PATH_MAX];
    struct stat st;
    int moved = 1;

    (void)self;
    ret[0] = '\0';
    if (fstat(fd, &st) != 0)
        return -1;
    if (disk_of(major(st.st_dev), minor(st.st_dev), path) != 0) {
        dev_t source = 0;
        if (mount_source(fd, &source) != 0 || disk_of(major(source), minor(source), path) != 0)
            return 0;
    }
    for (unsigned steps = 0; steps < DISK_STEPS_MAX && moved == 1; steps++)
        moved = step_down(path);
    if (moved == 0)
        (void)snprintf(ret, 64, "%.63s", strrchr(path, '/') + 1);
    return 0;
}

static int real_clock(void *self, struct timespec *ret)
{
    (void)self;
    return clock_gettime(CLOCK_REALTIME, ret);
}

static uint64_t real_monotonic_ns(void *self)
{
    struct timespec t = { 0 };

    (void)self;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * UINT64_C(1000000000) + (uint64_t)t.tv_nsec;
}

static void real_sleep_ms(void *self, unsigned ms)
{
    struct timespec t = { .tv_sec = ms / 1000u, .tv_nsec = (long)(ms % 1000u) * 1000000 };

    (void)self;
    while (nanosleep(&t, &t) != 0 && errno == EINTR) {
    }
}

static int real_random(void *self, void *to, size_t count)
{
    size_t done = 0;

    (void)self;
    while (done < count) {
        ssize_t got = getrandom((uint8_t *)to + done, count - done, 0);
        if (got < 0 && errno != EINTR)
            return -1;
        done += got > 0 ? (size_t)got : 0;
    }
    return 0;
}

static int drain(int from, struct sl_buf *out)
{
    uint8_t piece[4096];
    ssize_t got = 0;
    int rc = 0;

    while ((got = real_read(NULL, from, piece, sizeof piece)) > 0) {
        if (rc == 0 && sl_buf_put(out, (struct sl_view){ piece, (size_t)got }, NULL) != SL_OK)
            rc = -1; /* keep reading, so that the child is not killed by a full pipe */
    }
    explicit_bzero(piece, sizeof piece); /* it may have been a passphrase */
    return got < 0 ? -1 : rc;
}

static int spawn(const char *const *argv, int out, pid_t *pid)
{
    posix_spawn_file_actions_t files;
    char *const *args = NULL;

    __builtin_memcpy(&args, &argv, sizeof args); /* posix_spawnp changes none of them */
    int rc = posix_spawn_file_actions_init(&files);
    if (rc != 0)
        return rc;
    rc = posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    if (rc == 0 && out >= 0)
        rc = posix_spawn_file_actions_adddup2(&files, out, 1);
    if (rc == 0 && out < 0)
        rc = posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    if (rc == 0)
        rc = posix_spawnp(pid, args[0], &files, NULL, args, environ);
    (void)posix_spawn_file_actions_destroy(&files);
    return rc;
}

static int real_run(void *self, const char *const *argv, struct sl_buf *out)
{
    int ends[2] = { -1, -1 }, status = 0, rc = 0;
    pid_t pid = 0;

    (void)self;
    if (out != NULL && pipe2(ends, O_CLOEXEC) != 0)
        return -1;
    rc = spawn(argv, ends[1], &pid);
    if (ends[1] >= 0)
        (void)close(ends[1]);
    if (rc == 0 && out != NULL && drain(ends[0], out) != 0)
        rc = EIO;
    if (ends[0] >= 0)
        (void)close(ends[0]);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (rc != 0) {
        errno = rc;
        return -1;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static ssize_t read_secret_line(int tty, uint8_t *to, size_t room)
{
    size_t len = 0;

    for (;;) {
        uint8_t c = 0;
        ssize_t got = read(tty, &c, 1); /* one by one: what follows the line is not ours */
        if (got < 0)
            return -1;
        if (got == 0 || c == '\n')
            return (ssize_t)len;
        if (len == room) {
            errno = EMSGSIZE;
            return -1;
        }
        to[len++] = c;
    }
}

static ssize_t real_ask(void *self, const char *prompt, void *to, size_t room)
{
    struct termios loud, quiet;
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

    (void)self;
    if (tty < 0)
        return -1;
    bool asked = tcgetattr(tty, &loud) == 0;
    quiet = loud;
    quiet.c_lflag = (quiet.c_lflag & ~(tcflag_t)ECHO) | ECHONL;
    if (!asked || tcsetattr(tty, TCSAFLUSH, &quiet) != 0) { /* never with echo */
        (void)close(tty);
        return -1;
    }
    (void)real_write(NULL, tty, prompt, strlen(prompt));
    ssize_t len = read_secret_line(tty, to, room);
    int why = errno;
    (void)tcsetattr(tty, TCSAFLUSH, &loud);
    (void)close(tty);
    errno = why;
    return len;
}

static int real_ready(void *self, int fd, bool to_write, unsigned ms)
{
    struct pollfd p = { .fd = fd, .events = to_write ? POLLOUT : POLLIN };

    (void)self;
    int found = poll(&p, 1, (int)ms);
    return found < 0 && errno == EINTR ? 0 : found;
}

/* The leak checker of sanitized builds is another process that looks into this one. */
#ifdef __SANITIZE_ADDRESS__
#define MAY_HIDE 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MAY_HIDE 0
#endif
#endif
#ifndef MAY_HIDE
#define MAY_HIDE 1
#endif

static int real_no_dumps(void *self)
{
    struct rlimit none = { 0 };

    (void)self;
    if (setrlimit(RLIMIT_CORE, &none) != 0)
        return -1;
    return MAY_HIDE ? prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) : 0;
}

static uint64_t real_peak_bytes(void *self)
{
    struct rusage use = { 0 };

    (void)self;
    (void)getrusage(RUSAGE_SELF, &use);
    return (uint64_t)use.ru_maxrss * 1024u;
}

__attribute__((noreturn)) static void real_exit(void *self, int status)
{
    (void)self;
    exit(status);
}

const struct sl_os *sl_os_real(void)
{
    static const struct sl_os real = {
        .open = real_open,
        .close = real_close,
        .read = real_read,
        .write = real_write,
        .preadv = real_preadv,
        .pwritev = real_pwritev,
        .fsync = real_fsync,
        .fstat = real_fstat,
        .fstatat = real_fstatat,
        .ftruncate = real_ftruncate,
        .fchmod = real_fchmod,
        .futimens = real_futimens,
        .mkdirat = real_mkdirat,
        .linkat = real_linkat,
        .renameat = real_renameat,
        .unlinkat = real_unlinkat,
        .list = real_list,
        .lock = real_lock,
        .space = real_space,
        .forget = real_forget,
        .disk = real_disk,
        .clock = real_clock,
        .monotonic_ns = real_monotonic_ns,
        .sleep_ms = real_sleep_ms,
        .random = real_random,
        .run = real_run,
        .ask = real_ask,
        .ready = real_ready,
        .no_dumps = real_no_dumps,
        .peak_bytes = real_peak_bytes,
        .exit = real_exit,
    };
    return &real;
}
