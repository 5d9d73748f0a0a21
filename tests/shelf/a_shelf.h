/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A shelf in a folder of its own, for the tests of this room.
 */
#pragma once

#include "fake/folder.h"
#include "fake/os_fault.h"
#include "shelf/shelf.h"

struct a_shelf {
    char folder[FOLDER_TEXT];
    struct sl_shelf *shelf;
};

static inline struct sl_shelf *shelf_in(const struct sl_os *os, const char *folder)
{
    struct sl_shelf *s = NULL;
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0 || sl_shelf_new(os, fd, &s, NULL) != SL_OK) {
        perror("no shelf for this test");
        exit(EXIT_FAILURE);
    }
    return s;
}

static inline struct a_shelf shelf_set_up(void)
{
    struct a_shelf a;

    folder_new(NULL, a.folder);
    a.shelf = shelf_in(sl_os_real(), a.folder);
    return a;
}

static inline void shelf_take_down(struct a_shelf *a)
{
    sl_shelf_free(a->shelf);
    folder_remove(a->folder);
}

static inline struct sl_view text_view(const char *text)
{
    return (struct sl_view){ (const uint8_t *)text, strlen(text) };
}

/* Does the file hold exactly this text, seen without the shelf? */
static inline bool file_is(const char *folder, const char *path, const char *text)
{
    char have[256] = { 0 };
    int fd = open(folder_path(folder, path), O_RDONLY | O_CLOEXEC);
    ssize_t got = fd >= 0 ? read(fd, have, sizeof have) : -1;

    if (fd >= 0)
        (void)close(fd);
    return got == (ssize_t)strlen(text) && memcmp(have, text, (size_t)got) == 0;
}
