/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A folder of its own for each case of this room's tests, and small files in it.
 */
#pragma once

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/os.h"
#include "check.h"
#include "rehearse/tree.h"

struct stage {
    const struct sl_os *os;
    int dir;
    char path[64];
};

static inline struct stage stage_new(void)
{
    struct stage s = { .os = sl_os_real(), .path = "/var/tmp/sl-rehearse-XXXXXX" };

    if (mkdtemp(s.path) == NULL)
        abort();
    s.dir = open(s.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return s;
}

static inline void stage_end(struct stage *s)
{
    int above = openat(s->dir, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    CHECK_EQ(sl_tree_wipe(s->os, above, strrchr(s->path, '/') + 1, false, NULL), SL_OK);
    close(above);
    close(s->dir);
}

static inline void put_file(const struct stage *s, const char *path, const void *bytes, size_t len)
{
    int fd = openat(s->dir, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

    CHECK(fd >= 0);
    CHECK_EQ(write(fd, bytes, len), len);
    close(fd);
}

static inline void put_text(const struct stage *s, const char *path, const char *text)
{
    put_file(s, path, text, strlen(text));
}

static inline void put_folder(const struct stage *s, const char *path)
{
    CHECK_EQ(mkdirat(s->dir, path, 0755), 0);
}

static inline void put_time(const struct stage *s, const char *path, time_t sec, long ns)
{
    struct timespec t[2] = { { sec, ns }, { sec, ns } };

    CHECK_EQ(utimensat(s->dir, path, t, 0), 0);
}

/* A path in the stage, good until the next call but three. */
static inline const char *at_stage(const struct stage *s, const char *path)
{
    static char text[4][8192];
    static unsigned turn;
    char *to = text[turn++ % 4];

    (void)snprintf(to, sizeof text[0], "%s/%s", s->path, path);
    return to;
}

static inline int is_there(const struct stage *s, const char *path)
{
    struct stat st;

    return fstatat(s->dir, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}
