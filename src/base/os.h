/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The seam. Every file, folder, clock, random byte, sleep, child process and process exit is
 * reached through this one table; src/base/os_real.c is the only place with system calls.
 * Production, recorder, fault injector and simulator are four fillings of it.
 *
 * Functions behave as the system call of that name: they return -1 and set errno on failure.
 * Descriptors belong to the filling; nobody passes them to anything else. EINTR is retried
 * inside and never seen outside. `self` is the filling's own and is handed back to it. All
 * functions may be called from several threads at once.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "base/bytes.h"

#define SL_OS_CWD   (-100) /* AT_FDCWD: paths are taken from the working folder */
#define SL_NAME_MAX 255u   /* bytes in one name of a folder, without the NUL */

struct sl_os_space { /* of the file system that holds a folder */
    uint64_t free_bytes;
    uint64_t free_files;
    bool in_memory;   /* tmpfs, ramfs: the medium is memory; nothing outlives a power cut */
    bool keeps_atime; /* mounted noatime or read-only: reading changes no access time */
};

struct sl_os_entry { /* one name in a folder */
    char name[SL_NAME_MAX + 1];
    unsigned char type; /* DT_REG, DT_DIR, ... or DT_UNKNOWN */
};

struct sl_os {
    void *self;

    /* openat2(2); `resolve` is 0 or RESOLVE_*; O_CLOEXEC is always added. */
    int (*open)(void *self, int dir, const char *path, int flags, mode_t mode, uint64_t resolve);
    int (*close)(void *self, int fd);
    ssize_t (*read)(void *self, int fd, void *to, size_t count); /* pipes and terminals too */
    ssize_t (*write)(void *self, int fd, const void *from, size_t count);
    ssize_t (*preadv)(void *self, int fd, const struct iovec *to, int count, off_t at);
    ssize_t (*pwritev)(void *self, int fd, const struct iovec *from, int count, off_t at);
    int (*fsync)(void *self, int fd);
    int (*fstat)(void *self, int fd, struct stat *ret);
    int (*fstatat)(void *self, int dir, const char *path, struct stat *ret); /* never follows */
    int (*ftruncate)(void *self, int fd, off_t size);
    int (*fchmod)(void *self, int fd, mode_t mode);
    int (*futimens)(void *self, int fd, const struct timespec times[2]);
    int (*mkdirat)(void *self, int dir, const char *path, mode_t mode);
    int (*linkat)(void *self, int dir_from, const char *from, int dir_to, const char *to);
    /* renameat2(2) with RENAME_NOREPLACE where `replace` is false. */
    int (*renameat)(void *self, int dir_from, const char *from, int dir_to, const char *to,
                    bool replace);
    int (*unlinkat)(void *self, int dir, const char *path, int flags);
    /* Names of an open folder, "." and ".." left out, in the file system's order: fills
     * `ret[0..room)`, returns how many (0 at the end). Calls go on where the last one stopped. */
    ssize_t (*list)(void *self, int fd, struct sl_os_entry *ret, size_t room);
    int (*lock)(void *self, int fd); /* exclusive, at once or EWOULDBLOCK; gone with the process */
    int (*space)(void *self, int fd, struct sl_os_space *ret);
    /* Drop the cached pages of a file that was read or synced, then say whether any byte of the
     * given range is still in memory: 1 yes, 0 no, -1 cannot be known (errno). */
    int (*forget)(void *self, int fd, off_t at, size_t count);
    /* A name for the physical disk beneath a file: partitions, subvolumes and loop files of one
     * disk give the same text. Empty text where it cannot be known (network, memory). */
    int (*disk)(void *self, int fd, char ret[64]);

    int (*clock)(void *self, struct timespec *ret); /* wall clock; a claim, nothing depends on it */
    uint64_t (*monotonic_ns)(void *self);
    void (*sleep_ms)(void *self, unsigned ms);
    int (*random)(void *self, void *to, size_t count); /* all of it, from the kernel, or -1 */
    /* Run argv[0] (PATH is searched) with stdin from /dev/null, stdout into *out (NULL: to
     * /dev/null) up to its limit, stderr untouched. Returns its exit status, or -1. */
    int (*run)(void *self, const char *const *argv, struct sl_buf *out);
    /* Show `prompt` on the terminal and read one line without echo into `to` (the newline is not
     * kept). Returns its length; -1 with ENXIO where there is no terminal, EINTR when a signal
     * came (echo is on again), EMSGSIZE for a line longer than `room`. */
    ssize_t (*ask)(void *self, const char *prompt, void *to, size_t room);
    /* Whether `fd` (pipe, terminal) can be read, or written where `to_write`, without waiting: 1
     * yes (or it has ended), 0 not within `ms`, -1 errno. A signal ends the wait early (0). */
    int (*ready)(void *self, int fd, bool to_write, unsigned ms);
    /* No core dump, and no other process of this person may look into this one. */
    int (*no_dumps)(void *self);
    uint64_t (*peak_bytes)(void *self); /* largest resident size of this process so far */
    void (*exit)(void *self, int status) __attribute__((noreturn));
};

/* The filling that calls the kernel. Never freed, never changes. */
const struct sl_os *sl_os_real(void);

/* Read exactly `count` bytes at `at`, or fewer only at the end of the file. Returns how many,
 * or -1 with errno. */
ssize_t sl_os_pread_all(const struct sl_os *os, int fd, void *to, size_t count, off_t at);

/* Write all of `from` at `at`. Returns 0, or -1 with errno (ENOSPC, EIO, ...; what was written
 * before stays written). */
int sl_os_pwrite_all(const struct sl_os *os, int fd, const void *from, size_t count, off_t at);

/* Write all of `from` to a pipe or terminal. Returns 0, or -1 with errno. */
int sl_os_write_all(const struct sl_os *os, int fd, const void *from, size_t count);

/* Close `*fd` if it is not -1 and set it to -1; for use through SL_AUTO_FD. */
struct sl_fd {
    const struct sl_os *os;
    int fd;
};
void sl_fd_clear(struct sl_fd *f);
#define SL_AUTO_FD __attribute__((cleanup(sl_fd_clear))) struct sl_fd
