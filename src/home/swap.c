/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads /proc/swaps (proc_swaps(5)) and what /sys says of the devices named there. See swap.h.
 */
#include "home/swap.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"

#define SWAPS_MAX 8192u /* bytes of /proc/swaps; the kernel takes 29 areas at most */
#define SMALL_MAX 256u
#define PATH_ROOM 512u

/* The beginning of a file, as text; false where there is none. */
static bool read_text(const struct sl_os *os, const char *path, char *ret, size_t room)
{
    SL_AUTO_FD file = { .os = os, .fd = os->open(os->self, SL_OS_CWD, path, O_RDONLY, 0, 0) };
    size_t len = 0;
    ssize_t got = 1;

    while (file.fd >= 0 && got > 0 && len < room - 1) {
        got = os->read(os->self, file.fd, ret + len, room - 1 - len);
        len += got > 0 ? (size_t)got : 0;
    }
    ret[len] = '\0';
    return file.fd >= 0 && got >= 0;
}

/* What /sys/class/block/NAME/`what` says; empty where it does not. */
static void read_sys(const struct sl_os *os, const char *name, const char *what,
                     char ret[SMALL_MAX])
{
    char path[PATH_ROOM];

    ret[0] = '\0';
    int len = snprintf(path, sizeof path, "/sys/class/block/%s/%s", name, what);
    if (len > 0 && (size_t)len < sizeof path && !read_text(os, path, ret, SMALL_MAX))
        ret[0] = '\0';
    ret[strcspn(ret, "\n")] = '\0';
}

static bool all_digits(const char *text)
{
    return text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
}

/* zram lies in memory, unless it was given a disk to write back to. */
static bool is_zram(const struct sl_os *os, const char *name)
{
    char behind[SMALL_MAX];

    if (strncmp(name, "zram", 4) != 0 || !all_digits(name + 4))
        return false;
    read_sys(os, name, "backing_dev", behind);
    return behind[0] == '\0' || strcmp(behind, "none") == 0;
}

static bool is_encrypted(const struct sl_os *os, const char *name)
{
    char uuid[SMALL_MAX];

    if (strncmp(name, "dm-", 3) != 0 || !all_digits(name + 3))
        return false;
    read_sys(os, name, "dm/uuid", uuid);
    return strncmp(uuid, "CRYPT-", 6) == 0;
}

/* One line: path, type, size, used, priority, apart by blanks and tabs. A path's own blanks are
 * written as \040. /dev/mapper/NAME is a link; the kernel writes the device itself, /dev/dm-N. */
static bool line_in_the_clear(const struct sl_os *os, const char *line, size_t len)
{
    static const char dev[] = "/dev/";
    char name[SMALL_MAX];
    size_t end = strcspn(line, " \t"), skip = sizeof dev - 1;

    if (end > len || end <= skip || strncmp(line, dev, skip) != 0 || end - skip >= sizeof name)
        return true; /* a file; or nothing that is known to be sound */
    memcpy(name, line + skip, end - skip);
    name[end - skip] = '\0';
    return !is_zram(os, name) && !is_encrypted(os, name);
}

bool sl_swap_in_the_clear(const struct sl_os *os)
{
    char text[SWAPS_MAX];

    if (!read_text(os, "/proc/swaps", text, sizeof text))
        return false;
    const char *line = strchr(text, '\n'); /* the first line says what the columns are */
    while (line != NULL && line[1] != '\0') {
        size_t len = strcspn(++line, "\n");
        if (len > 0 && line_in_the_clear(os, line, len))
            return true;
        line = strchr(line, '\n');
    }
    return false;
}
