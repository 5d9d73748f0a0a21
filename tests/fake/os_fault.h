/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A filling of the seam for tests: the real kernel, and trouble on demand. It counts chosen calls,
 * makes the n-th of them fail, write too little, or end the world (a killed process: that call
 * and every later one does nothing but fail, yet descriptors and locks are gone), keeps a log of
 * what was called, and can draw its random bytes and times from a seed. Thread-safe.
 *
 *     struct os_fault f;
 *     os_fault_start(&f, FAULT_WRITES, FAULT_KILL, n, EIO);
 *     ... the code under test with &f.os ...
 *     if (!os_fault_hit(&f)) the journey has fewer than n such calls
 */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"

enum fault_call {
    CALL_OPEN,
    CALL_CLOSE,
    CALL_READ,
    CALL_WRITE,
    CALL_PREADV,
    CALL_PWRITEV,
    CALL_FSYNC,
    CALL_FSTAT,
    CALL_FSTATAT,
    CALL_FTRUNCATE,
    CALL_FCHMOD,
    CALL_FUTIMENS,
    CALL_MKDIRAT,
    CALL_LINKAT,
    CALL_RENAMEAT,
    CALL_UNLINKAT,
    CALL_LIST,
    CALL_LOCK,
    CALL_SPACE,
    CALL_FORGET,
    CALL_DISK,
    CALL_CLOCK,
    CALL_RANDOM,
    CALL_RUN,
    CALL_COUNT,
};

#define FAULT_BIT(call) (UINT64_C(1) << (call))
#define FAULT_ALL       ((UINT64_C(1) << CALL_COUNT) - 1)
/* Everything that changes a disk, or makes a change last. */
#define FAULT_WRITES                                                                               \
    (FAULT_BIT(CALL_WRITE) | FAULT_BIT(CALL_PWRITEV) | FAULT_BIT(CALL_FSYNC) |                     \
     FAULT_BIT(CALL_FTRUNCATE) | FAULT_BIT(CALL_MKDIRAT) | FAULT_BIT(CALL_LINKAT) |                \
     FAULT_BIT(CALL_RENAMEAT) | FAULT_BIT(CALL_UNLINKAT) | FAULT_BIT(CALL_FCHMOD) |                \
     FAULT_BIT(CALL_FUTIMENS) | FAULT_BIT(CALL_OPEN))

enum fault_how {
    FAULT_ERRNO, /* the n-th call fails with `why`, once */
    FAULT_EVER,  /* the n-th call and every later one of the chosen ones fails with `why` */
    FAULT_SHORT, /* the n-th read or write does one byte only (others: nothing special) */
    FAULT_DRIP,  /* the n-th read or write, and every later one, does one byte only */
    FAULT_KILL,  /* the process dies in the n-th call: a write does half of it first */
};

#define FAULT_LOG_MAX 4096u

struct os_fault {
    struct sl_os os; /* hand &f.os to the code under test */
    const struct sl_os *real;
    uint64_t chosen; /* FAULT_BIT()s of the calls that are counted */
    enum fault_how how;
    uint64_t at; /* the call that fails, from 1; 0 none */
    int why;
    atomic_uint_fast64_t calls; /* chosen calls so far */
    atomic_bool dead;
    struct { /* every call, in order, until the log is full */
        enum fault_call call;
        int fd;
    } log[FAULT_LOG_MAX];
    atomic_uint_fast64_t logged;
    bool seeded; /* random, clock, monotonic_ns and sleep_ms follow `seed` */
    uint64_t seed;
    atomic_uint_fast64_t drawn, now_ns;
};

/* Did the trouble come? */
static inline bool os_fault_hit(struct os_fault *f)
{
    return f->at != 0 && atomic_load(&f->calls) >= f->at;
}

/* 0: go on; 1: go on, but do less; -1: fail with errno. */
static inline int fault_step(struct os_fault *f, enum fault_call call, int fd)
{
    uint64_t line = atomic_fetch_add(&f->logged, 1);

    if (line < FAULT_LOG_MAX) {
        f->log[line].call = call;
        f->log[line].fd = fd;
    }
    if (atomic_load(&f->dead)) {
        errno = f->why;
        return -1;
    }
    if ((f->chosen & FAULT_BIT(call)) == 0)
        return 0;
    uint64_t number = atomic_fetch_add(&f->calls, 1) + 1;
    bool stays = f->how == FAULT_EVER || f->how == FAULT_DRIP;
    if (f->at == 0 || number < f->at || (number > f->at && !stays))
        return 0;
    if (f->how == FAULT_KILL)
        atomic_store(&f->dead, true);
    errno = f->why;
    return f->how == FAULT_SHORT || f->how == FAULT_DRIP ? 1 : -1;
}

static inline struct os_fault *fault_of(void *self)
{
    return self;
}

#define FAULT_REAL(f, fn, ...) ((f)->real->fn((f)->real->self, __VA_ARGS__))

/* A call that either happens or fails. */
#define FAULT_SIMPLE(type, fn, call, fd, params, ...)                                              \
    static inline type fault_##fn params                                                           \
    {                                                                                              \
        struct os_fault *f = fault_of(self);                                                       \
        return fault_step(f, call, fd) < 0 ? -1 : FAULT_REAL(f, fn, __VA_ARGS__);                  \
    }

FAULT_SIMPLE(int, open, CALL_OPEN, dir,
             (void *self, int dir, const char *path, int flags, mode_t mode, uint64_t resolve), dir,
             path, flags, mode, resolve)
FAULT_SIMPLE(int, fsync, CALL_FSYNC, fd, (void *self, int fd), fd)
FAULT_SIMPLE(int, fstat, CALL_FSTAT, fd, (void *self, int fd, struct stat *ret), fd, ret)
FAULT_SIMPLE(int, fstatat, CALL_FSTATAT, dir,
             (void *self, int dir, const char *path, struct stat *ret), dir, path, ret)
FAULT_SIMPLE(int, ftruncate, CALL_FTRUNCATE, fd, (void *self, int fd, off_t size), fd, size)
FAULT_SIMPLE(int, fchmod, CALL_FCHMOD, fd, (void *self, int fd, mode_t mode), fd, mode)
FAULT_SIMPLE(int, futimens, CALL_FUTIMENS, fd, (void *self, int fd, const struct timespec times[2]),
             fd, times)
FAULT_SIMPLE(int, mkdirat, CALL_MKDIRAT, dir, (void *self, int dir, const char *path, mode_t mode),
             dir, path, mode)
FAULT_SIMPLE(int, linkat, CALL_LINKAT, to_dir,
             (void *self, int dir, const char *from, int to_dir, const char *to), dir, from, to_dir,
             to)
FAULT_SIMPLE(int, renameat, CALL_RENAMEAT, to_dir,
             (void *self, int dir, const char *from, int to_dir, const char *to, bool replace), dir,
             from, to_dir, to, replace)
FAULT_SIMPLE(int, unlinkat, CALL_UNLINKAT, dir, (void *self, int dir, const char *path, int flags),
             dir, path, flags)
FAULT_SIMPLE(ssize_t, list, CALL_LIST, fd,
             (void *self, int fd, struct sl_os_entry *ret, size_t room), fd, ret, room)
FAULT_SIMPLE(int, lock, CALL_LOCK, fd, (void *self, int fd), fd)
FAULT_SIMPLE(int, space, CALL_SPACE, fd, (void *self, int fd, struct sl_os_space *ret), fd, ret)
FAULT_SIMPLE(int, forget, CALL_FORGET, fd, (void *self, int fd, off_t at, size_t count), fd, at,
             count)
FAULT_SIMPLE(int, disk, CALL_DISK, fd, (void *self, int fd, char ret[64]), fd, ret)
FAULT_SIMPLE(int, run, CALL_RUN, -1, (void *self, const char *const *argv, struct sl_buf *out),
             argv, out)

/* Closing always happens: the kernel closes what a dead process had open, locks with it. */
static inline int fault_close(void *self, int fd)
{
    struct os_fault *f = fault_of(self);
    int step = fault_step(f, CALL_CLOSE, fd), why = errno;
    int rc = FAULT_REAL(f, close, fd);

    if (step >= 0)
        return rc;
    errno = why;
    return -1;
}

static inline ssize_t fault_read(void *self, int fd, void *to, size_t count)
{
    struct os_fault *f = fault_of(self);
    int step = fault_step(f, CALL_READ, fd);

    return step < 0 ? -1 : FAULT_REAL(f, read, fd, to, step > 0 && count > 1 ? 1 : count);
}

static inline ssize_t fault_write(void *self, int fd, const void *from, size_t count)
{
    struct os_fault *f = fault_of(self);
    int step = fault_step(f, CALL_WRITE, fd), why = errno;

    if (step >= 0)
        return FAULT_REAL(f, write, fd, from, step > 0 && count > 1 ? 1 : count);
    if (f->how == FAULT_KILL && atomic_load(&f->calls) == f->at)
        (void)FAULT_REAL(f, write, fd, from, count / 2);
    errno = why;
    return -1;
}

static inline ssize_t fault_preadv(void *self, int fd, const struct iovec *to, int count, off_t at)
{
    struct os_fault *f = fault_of(self);
    int step = fault_step(f, CALL_PREADV, fd);

    if (step > 0) {
        struct iovec one = { to[0].iov_base, 1 };
        return FAULT_REAL(f, preadv, fd, &one, 1, at);
    }
    return step < 0 ? -1 : FAULT_REAL(f, preadv, fd, to, count, at);
}

static inline ssize_t fault_pwritev(void *self, int fd, const struct iovec *from, int count,
                                    off_t at)
{
    struct os_fault *f = fault_of(self);
    bool was_dead = atomic_load(&f->dead);
    int step = fault_step(f, CALL_PWRITEV, fd), why = errno;
    struct iovec some = from[0];

    if (step == 0)
        return FAULT_REAL(f, pwritev, fd, from, count, at);
    some.iov_len = step > 0 ? 1 : some.iov_len / 2;
    if (step > 0)
        return FAULT_REAL(f, pwritev, fd, &some, 1, at);
    if (f->how == FAULT_KILL && !was_dead)
        (void)FAULT_REAL(f, pwritev, fd, &some, 1, at);
    errno = why;
    return -1;
}

static inline uint64_t fault_mix(uint64_t x) /* splitmix64 */
{
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

static inline int fault_random(void *self, void *to, size_t count)
{
    struct os_fault *f = fault_of(self);
    uint8_t *out = to;

    if (fault_step(f, CALL_RANDOM, -1) < 0)
        return -1;
    if (!f->seeded)
        return FAULT_REAL(f, random, to, count);
    for (size_t done = 0; done < count; done += 8) {
        uint64_t word = fault_mix(f->seed + atomic_fetch_add(&f->drawn, 1));
        memcpy(out + done, &word, count - done < 8 ? count - done : 8);
    }
    return 0;
}

/* Seeded time starts at 2024-01-01 and goes on by a millisecond at every look. */
#define FAULT_EPOCH UINT64_C(1704067200)
#define FAULT_TICK  UINT64_C(1000000)

static inline uint64_t fault_monotonic_ns(void *self)
{
    struct os_fault *f = fault_of(self);

    if (!f->seeded)
        return f->real->monotonic_ns(f->real->self);
    return atomic_fetch_add(&f->now_ns, FAULT_TICK) + FAULT_TICK;
}

static inline int fault_clock(void *self, struct timespec *ret)
{
    struct os_fault *f = fault_of(self);

    if (fault_step(f, CALL_CLOCK, -1) < 0)
        return -1;
    if (!f->seeded)
        return FAULT_REAL(f, clock, ret);
    uint64_t ns = fault_monotonic_ns(self);
    ret->tv_sec = (time_t)(FAULT_EPOCH + ns / UINT64_C(1000000000));
    ret->tv_nsec = (long)(ns % UINT64_C(1000000000));
    return 0;
}

static inline void fault_sleep_ms(void *self, unsigned ms)
{
    struct os_fault *f = fault_of(self);

    if (f->seeded)
        (void)atomic_fetch_add(&f->now_ns, ms * FAULT_TICK);
    else
        f->real->sleep_ms(f->real->self, ms);
}

/* Begin: `at` counts from 1 among the `chosen` calls; 0 lets everything pass and only counts. */
static inline void os_fault_start(struct os_fault *f, uint64_t chosen, enum fault_how how,
                                  uint64_t at, int why)
{
    memset(f, 0, sizeof *f);
    f->real = sl_os_real();
    f->chosen = chosen;
    f->how = how;
    f->at = at;
    f->why = why;
    f->os = *f->real; /* what is not replaced below takes no notice of `self` */
    f->os.self = f;
    f->os.open = fault_open;
    f->os.close = fault_close;
    f->os.read = fault_read;
    f->os.write = fault_write;
    f->os.preadv = fault_preadv;
    f->os.pwritev = fault_pwritev;
    f->os.fsync = fault_fsync;
    f->os.fstat = fault_fstat;
    f->os.fstatat = fault_fstatat;
    f->os.ftruncate = fault_ftruncate;
    f->os.fchmod = fault_fchmod;
    f->os.futimens = fault_futimens;
    f->os.mkdirat = fault_mkdirat;
    f->os.linkat = fault_linkat;
    f->os.renameat = fault_renameat;
    f->os.unlinkat = fault_unlinkat;
    f->os.list = fault_list;
    f->os.lock = fault_lock;
    f->os.space = fault_space;
    f->os.forget = fault_forget;
    f->os.disk = fault_disk;
    f->os.clock = fault_clock;
    f->os.monotonic_ns = fault_monotonic_ns;
    f->os.sleep_ms = fault_sleep_ms;
    f->os.random = fault_random;
    f->os.run = fault_run;
}

/* Begin without trouble: random bytes and times follow from `seed`. */
static inline void os_fault_seed(struct os_fault *f, uint64_t seed)
{
    os_fault_start(f, 0, FAULT_ERRNO, 0, 0);
    f->seeded = true;
    f->seed = fault_mix(seed);
}
