/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The filling that journeys of world.h run on: os_fault.h, and besides: it says of a folder in
 * memory what would be true of a disk (so that verdicts can be reached), really dies at the n-th
 * call (in a child: _exit in the middle), lets a test change what a read gives, and lets time jump.
 */
#pragma once

#include <stdio.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "fake/os_fault.h"

#define WORLD_KILLED 77 /* exit status of a child that died at its call */

struct world_os {
    struct os_fault fault; /* first: `self` of the table points here */
    const char
        *in_memory;      /* what lies under a path with this piece stays in memory; NULL: nothing */
    bool sticky;         /* nothing can be dropped from the cache, and O_DIRECT is refused */
    const char *full[3]; /* no room to write under a path with one of these pieces ... */
    size_t full_bytes;   /* ... of writes up to this size; 0: of any */
    uint64_t dies_at;    /* the call (of all that are chosen) in which the process ends; 0 never */
    uint64_t chosen;     /* FAULT_BIT()s that dies_at counts; 0: all */
    atomic_uint_fast64_t steps;
    unsigned later_s; /* the clock of each new filling is ten seconds on: rolls have an order */
    uint64_t jump_ns; /* every look at the monotonic clock finds it so much later */
    atomic_uint_fast64_t jumped;
    /* What a read gave, before the code under test sees it. */
    void (*saw)(struct world_os *w, const char *path, const struct iovec *to, ssize_t got,
                off_t at);
    /* Before an open. */
    void (*opening)(struct world_os *w, int dir, const char *path, int flags);
    void *who;
};

static inline struct world_os *world_os_of(void *self)
{
    return self;
}

static inline const char *world_os_path(int fd)
{
    static _Thread_local char path[4200];
    char link[40];

    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t len = readlink(link, path, sizeof path - 1);
    path[len > 0 ? len : 0] = '\0';
    return path;
}

/* Is it this call's turn to end the process? */
static inline bool world_os_dies(struct world_os *w, enum fault_call call)
{
    if (w->dies_at == 0 || (w->chosen != 0 && (w->chosen & FAULT_BIT(call)) == 0))
        return false;
    return atomic_fetch_add(&w->steps, 1) + 1 == w->dies_at;
}

#define WORLD_STEP(call)                                                                           \
    do {                                                                                           \
        if (world_os_dies(world_os_of(self), call))                                                \
            _exit(WORLD_KILLED);                                                                   \
    } while (0)

static inline int world_os_open(void *self, int dir, const char *path, int flags, mode_t mode,
                                uint64_t resolve)
{
    struct world_os *w = self;

    WORLD_STEP(CALL_OPEN);
    if (w->opening != NULL)
        w->opening(w, dir, path, flags);
    if (w->sticky && (flags & O_DIRECT) != 0) {
        errno = EINVAL;
        return -1;
    }
    return fault_open(self, dir, path, flags, mode, resolve);
}

static inline ssize_t world_os_preadv(void *self, int fd, const struct iovec *to, int count,
                                      off_t at)
{
    struct world_os *w = self;

    WORLD_STEP(CALL_PREADV);
    ssize_t got = fault_preadv(self, fd, to, count, at);
    if (w->saw != NULL && got > 0)
        w->saw(w, world_os_path(fd), to, got, at);
    return got;
}

static inline bool world_os_is_full(const struct world_os *w, int fd, const struct iovec *from,
                                    int count)
{
    size_t bytes = 0;
    bool named = false;

    for (int i = 0; i < count; i++)
        bytes += from[i].iov_len;
    for (size_t i = 0; i < 3; i++)
        named |= w->full[i] != NULL && strstr(world_os_path(fd), w->full[i]) != NULL;
    return named && (w->full_bytes == 0 || bytes <= w->full_bytes);
}

static inline ssize_t world_os_pwritev(void *self, int fd, const struct iovec *from, int count,
                                       off_t at)
{
    struct world_os *w = self;

    if (world_os_dies(w, CALL_PWRITEV)) {
        struct iovec some = { from[0].iov_base, from[0].iov_len / 2 };
        (void)fault_pwritev(self, fd, &some, 1, at);
        _exit(WORLD_KILLED);
    }
    if (world_os_is_full(w, fd, from, count)) {
        errno = ENOSPC;
        return -1;
    }
    return fault_pwritev(self, fd, from, count, at);
}

static inline int world_os_space(void *self, int fd, struct sl_os_space *ret)
{
    struct world_os *w = self;

    WORLD_STEP(CALL_SPACE);
    int rc = fault_space(self, fd, ret);
    if (rc == 0)
        ret->in_memory = w->in_memory != NULL && strstr(world_os_path(fd), w->in_memory) != NULL;
    return rc;
}

static inline int world_os_forget(void *self, int fd, off_t at, size_t count)
{
    struct world_os *w = self;

    WORLD_STEP(CALL_FORGET);
    (void)at; /* of a tmpfs nothing ever leaves memory */
    (void)count;
    if (fault_step(&w->fault, CALL_FORGET, fd) < 0)
        return -1;
    return w->sticky ? 1 : 0;
}

static inline uint64_t world_os_monotonic(void *self)
{
    struct world_os *w = self;
    uint64_t more = atomic_fetch_add(&w->jumped, w->jump_ns) + w->jump_ns;

    return fault_monotonic_ns(self) + more;
}

static inline int world_os_clock(void *self, struct timespec *ret)
{
    int rc = fault_clock(self, ret);

    if (rc == 0)
        ret->tv_sec += world_os_of(self)->later_s;
    return rc;
}

/* The others only may end the process: before they happen, or after (`late`), which even and odd
 * steps of a kill loop take turns with. */
#define WORLD_DIES(type, fn, call, params, ...)                                                    \
    static inline type world_os_##fn params                                                        \
    {                                                                                              \
        bool dies = world_os_dies(world_os_of(self), call);                                        \
        if (dies && world_os_of(self)->dies_at % 2 != 0)                                           \
            _exit(WORLD_KILLED);                                                                   \
        type rc = fault_##fn(self, __VA_ARGS__);                                                   \
        if (dies)                                                                                  \
            _exit(WORLD_KILLED);                                                                   \
        return rc;                                                                                 \
    }

WORLD_DIES(int, close, CALL_CLOSE, (void *self, int fd), fd)
WORLD_DIES(int, fsync, CALL_FSYNC, (void *self, int fd), fd)
WORLD_DIES(int, fstat, CALL_FSTAT, (void *self, int fd, struct stat *ret), fd, ret)
WORLD_DIES(int, mkdirat, CALL_MKDIRAT, (void *self, int dir, const char *path, mode_t mode), dir,
           path, mode)
WORLD_DIES(int, linkat, CALL_LINKAT,
           (void *self, int dir, const char *from, int to_dir, const char *to), dir, from, to_dir,
           to)
WORLD_DIES(int, renameat, CALL_RENAMEAT,
           (void *self, int dir, const char *from, int to_dir, const char *to, bool replace), dir,
           from, to_dir, to, replace)
WORLD_DIES(int, unlinkat, CALL_UNLINKAT, (void *self, int dir, const char *path, int flags), dir,
           path, flags)
WORLD_DIES(ssize_t, list, CALL_LIST, (void *self, int fd, struct sl_os_entry *ret, size_t room), fd,
           ret, room)
WORLD_DIES(int, lock, CALL_LOCK, (void *self, int fd), fd)
WORLD_DIES(int, random, CALL_RANDOM, (void *self, void *to, size_t count), to, count)

/* Begin on top of whatever os_fault_start() set: call that first where trouble is wanted. */
static inline const struct sl_os *world_os_over(struct world_os *w)
{
    static unsigned runs;
    struct sl_os *os = &w->fault.os;

    w->later_s = 10 * ++runs;
    os->clock = world_os_clock;
    os->open = world_os_open;
    os->close = world_os_close;
    os->preadv = world_os_preadv;
    os->pwritev = world_os_pwritev;
    os->fsync = world_os_fsync;
    os->fstat = world_os_fstat;
    os->mkdirat = world_os_mkdirat;
    os->linkat = world_os_linkat;
    os->renameat = world_os_renameat;
    os->unlinkat = world_os_unlinkat;
    os->list = world_os_list;
    os->lock = world_os_lock;
    os->random = world_os_random;
    os->space = world_os_space;
    os->forget = world_os_forget;
    os->monotonic_ns = world_os_monotonic;
    return os;
}

/* A disk without trouble. Set fields of *w afterwards for what is wanted. */
static inline const struct sl_os *world_os_start(struct world_os *w)
{
    memset(w, 0, sizeof *w);
    os_fault_start(&w->fault, 0, FAULT_ERRNO, 0, 0);
    return world_os_over(w);
}

/* The `at`-th of the `chosen` calls fails as os_fault.h says. */
static inline const struct sl_os *world_os_trouble(struct world_os *w, uint64_t chosen,
                                                   enum fault_how how, uint64_t at, int why)
{
    memset(w, 0, sizeof *w);
    os_fault_start(&w->fault, chosen, how, at, why);
    return world_os_over(w);
}
