/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the tests of this room share: a card to try things on, in a folder of its own that goes
 * with the case, and an os that does as the real one but for what a case asks it to spoil.
 */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "card/card.h"
#include "check.h"

/* ---- a card ---- */

static char scene_root[64]; /* the card: scene_new() makes it, scene_end() clears it away */

static inline void scene_must(bool done, const char *what)
{
    if (!done) {
        printf("Bail out! cannot prepare: %s: %s\n", what, strerrordesc_np(errno));
        exit(EXIT_FAILURE);
    }
}

static inline void scene_new_in(const char *folder)
{
    (void)snprintf(scene_root, sizeof scene_root, "%s/sl-card-XXXXXX", folder);
    scene_must(mkdtemp(scene_root) != NULL, scene_root);
}

static inline void scene_new(void)
{
    const char *folder = getenv("TMPDIR");

    scene_new_in(folder != NULL && strlen(folder) < 40 ? folder : "/tmp");
}

static inline void scene_end(void) /* rm, because nftw knows no path beyond 4095 bytes */
{
    const char *const argv[] = { "rm", "-rf", "--", scene_root, NULL };

    scene_must(sl_os_real()->run(NULL, argv, NULL) == 0, "clearing away");
}

static inline const char *scene_path(const char *name)
{
    static char path[4096];

    (void)snprintf(path, sizeof path, "%s/%s", scene_root, name);
    return path;
}

static inline void scene_folder(const char *name)
{
    scene_must(mkdir(scene_path(name), 0755) == 0, name);
}

/* Byte `at` of every file made here: no two pages are alike. */
static inline uint8_t scene_byte(uint64_t at)
{
    return (uint8_t)((at * 131u) ^ (at >> 8) ^ (at >> 16) * 7u);
}

static inline void scene_file(const char *name, size_t bytes)
{
    FILE *f = fopen(scene_path(name), "we");

    scene_must(f != NULL, name);
    for (size_t i = 0; i < bytes; i++)
        (void)fputc(scene_byte(i), f);
    scene_must(fclose(f) == 0, name);
}

static inline void scene_times(const char *name, time_t atime, time_t mtime, long mtime_ns)
{
    const struct timespec times[2] = { { atime, 5 }, { mtime, mtime_ns } };

    scene_must(utimensat(AT_FDCWD, scene_path(name), times, AT_SYMLINK_NOFOLLOW) == 0, name);
}

/* Change one byte of a file and leave its times as they were. */
static inline void scene_flip(const char *name, off_t at)
{
    uint8_t byte = 0;
    struct stat st;
    int fd = open(scene_path(name), O_RDWR | O_CLOEXEC);

    scene_must(fd >= 0 && fstat(fd, &st) == 0 && pread(fd, &byte, 1, at) == 1, name);
    byte ^= 0x10;
    scene_must(pwrite(fd, &byte, 1, at) == 1, name);
    scene_must(futimens(fd, (const struct timespec[]){ st.st_atim, st.st_mtim }) == 0, name);
    scene_must(close(fd) == 0, name);
}

static inline struct sl_view scene_view(const char *text)
{
    return (struct sl_view){ (const uint8_t *)text, strlen(text) };
}

static inline struct sl_card_stamp scene_stamp(const char *name)
{
    struct stat st;

    scene_must(lstat(scene_path(name), &st) == 0, name);
    return (struct sl_card_stamp){ (uint64_t)st.st_size, st.st_mtim.tv_sec,
                                   (uint32_t)st.st_mtim.tv_nsec };
}

/* ---- an os that can be spoilt: declared first, so that it outlives what is opened by it ---- */

struct spoilt_os {
    struct sl_os os;
    const char *open_name; /* opening a path that ends so fails with ... */
    int open_errno;
    bool no_noatime, no_direct_open, no_direct_read;
    int read_errno;
    size_t read_most;      /* bytes of one read, or 0 */
    void (*on_read)(void); /* called once, before the next read */
    int forget_gives;      /* 2: as it is */
    bool set_space;
    struct sl_os_space space;
    off_t sized;           /* every file is said to be so large, or 0 */
    const char *ghosts[4]; /* listed at the end of every folder */
    bool ghosts_listed, backwards;
    unsigned opens, reads, forgets;
    unsigned forgets_at_read; /* how many there had been at the last read */
    bool misaligned;          /* a read through O_DIRECT was */
    int direct_fd;
};

static inline int spoilt_open(void *self, int dir, const char *path, int flags, mode_t mode,
                              uint64_t resolve)
{
    struct spoilt_os *s = self;
    size_t len = strlen(path), tail = s->open_name != NULL ? strlen(s->open_name) : 0;

    if (s->open_name != NULL && len >= tail && strcmp(path + len - tail, s->open_name) == 0) {
        errno = s->open_errno;
        return -1;
    }
    if ((s->no_noatime && (flags & O_NOATIME)) || (s->no_direct_open && (flags & O_DIRECT))) {
        errno = flags & O_DIRECT && s->no_direct_open ? EINVAL : EPERM;
        return -1;
    }
    int fd = sl_os_real()->open(NULL, dir, path, flags, mode, resolve);
    s->opens += fd >= 0;
    if (fd >= 0)
        s->direct_fd = flags & O_DIRECT ? fd : s->direct_fd == fd ? -1 : s->direct_fd;
    return fd;
}

static inline ssize_t spoilt_preadv(void *self, int fd, const struct iovec *to, int count, off_t at)
{
    struct spoilt_os *s = self;
    struct iovec first = to[0];

    s->reads++;
    s->forgets_at_read = s->forgets;
    if (s->on_read != NULL) {
        void (*call)(void) = s->on_read;
        s->on_read = NULL;
        call();
    }
    if (s->read_errno != 0 || (s->no_direct_read && fd == s->direct_fd)) {
        errno = s->read_errno != 0 ? s->read_errno : EINVAL;
        return -1;
    }
    if (fd == s->direct_fd)
        s->misaligned |=
            at % 4096 != 0 || first.iov_len % 4096 != 0 || (uintptr_t)first.iov_base % 4096 != 0;
    if (s->read_most == 0)
        return sl_os_real()->preadv(NULL, fd, to, count, at);
    if (first.iov_len > s->read_most)
        first.iov_len = s->read_most;
    return sl_os_real()->preadv(NULL, fd, &first, 1, at);
}

static inline ssize_t spoilt_list(void *self, int fd, struct sl_os_entry *ret, size_t room)
{
    struct spoilt_os *s = self;
    ssize_t got = sl_os_real()->list(NULL, fd, ret, room);

    for (ssize_t i = 0; s->backwards && i < got / 2; i++) {
        struct sl_os_entry kept = ret[i];
        ret[i] = ret[got - 1 - i];
        ret[got - 1 - i] = kept;
    }
    if (got != 0 || s->ghosts_listed)
        return got;
    s->ghosts_listed = true;
    for (got = 0; got < 4 && s->ghosts[got] != NULL; got++)
        (void)snprintf(ret[got].name, sizeof ret[got].name, "%s", s->ghosts[got]);
    return got;
}

static inline int spoilt_fstatat(void *self, int dir, const char *path, struct stat *ret)
{
    struct spoilt_os *s = self;
    int rc = sl_os_real()->fstatat(NULL, dir, path, ret);

    if (rc == 0 && s->sized != 0 && S_ISREG(ret->st_mode))
        ret->st_size = s->sized;
    return rc;
}

static inline int spoilt_forget(void *self, int fd, off_t at, size_t count)
{
    struct spoilt_os *s = self;

    s->forgets++;
    if (s->forget_gives != 2) {
        errno = EOPNOTSUPP;
        return s->forget_gives;
    }
    return sl_os_real()->forget(NULL, fd, at, count);
}

static inline int spoilt_space(void *self, int fd, struct sl_os_space *ret)
{
    struct spoilt_os *s = self;

    if (s->set_space) {
        *ret = s->space;
        return 0;
    }
    return sl_os_real()->space(NULL, fd, ret);
}

static inline void spoilt_os_init(struct spoilt_os *s)
{
    *s = (struct spoilt_os){ .os = *sl_os_real(), .forget_gives = 2, .direct_fd = -1 };
    s->os.self = s;
    s->os.open = spoilt_open;
    s->os.preadv = spoilt_preadv;
    s->os.list = spoilt_list;
    s->os.fstatat = spoilt_fstatat;
    s->os.forget = spoilt_forget;
    s->os.space = spoilt_space;
}
