/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A folder of its own for one test case, removed afterwards with all that is in it.
 */
#pragma once

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_TEXT 256u

static inline int folder_remove_one(const char *path, const struct stat *st, int type,
                                    struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static inline void folder_remove(const char *path)
{
    (void)nftw(path, folder_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Make one under `beneath` (NULL: $TMPDIR, else /tmp) and write its path to `ret`. A test that
 * cannot have one has nothing to say: it ends with a complaint. */
static inline void folder_new(const char *beneath, char ret[FOLDER_TEXT])
{
    const char *from = beneath != NULL ? beneath : getenv("TMPDIR");
    int len = snprintf(ret, FOLDER_TEXT, "%s/safelight-test-XXXXXX", from != NULL ? from : "/tmp");

    if (len < 0 || len >= (int)FOLDER_TEXT || mkdtemp(ret) == NULL) {
        perror("no folder for this test");
        exit(EXIT_FAILURE);
    }
}

/* "folder/name" in a ring of buffers, good for a few uses in one statement. */
static inline const char *folder_path(const char *folder, const char *name)
{
    static char ring[4][FOLDER_TEXT * 4];
    static unsigned next;
    char *at = ring[next++ % 4];

    (void)snprintf(at, sizeof ring[0], "%.700s/%s", folder, name);
    return at;
}

/* Write a file as a stranger would: no seam, no care. */
static inline int folder_write(const char *path, const void *bytes, size_t count)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ssize_t put = fd >= 0 ? write(fd, bytes, count) : -1;

    if (fd >= 0)
        (void)close(fd);
    return put == (ssize_t)count ? 0 : -1;
}

static inline int folder_names(const char *path)
{
    DIR *dir = opendir(path);
    struct dirent *d = NULL;
    int count = 0;

    if (dir == NULL)
        return -1;
    while ((d = readdir(dir)) != NULL)
        count += strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0;
    (void)closedir(dir);
    return count;
}
