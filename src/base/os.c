/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Loops around the seam that every room would otherwise write again: whole reads, whole writes,
 * a descriptor that closes itself. See os.h.
 */
#include "base/os.h"

#include <errno.h>

ssize_t sl_os_pread_all(const struct sl_os *os, int fd, void *to, size_t count, off_t at)
{
    size_t done = 0;

    while (done < count) {
        struct iovec piece = { .iov_base = (uint8_t *)to + done, .iov_len = count - done };
        ssize_t got = os->preadv(os->self, fd, &piece, 1, at + (off_t)done);
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    return (ssize_t)done;
}

int sl_os_pwrite_all(const struct sl_os *os, int fd, const void *from, size_t count, off_t at)
{
    size_t done = 0;

    while (done < count) {
        struct iovec piece = { .iov_len = count - done };
        const uint8_t *next = (const uint8_t *)from + done;
        __builtin_memcpy(&piece.iov_base, &next, sizeof next); /* iovec has no const */
        ssize_t put = os->pwritev(os->self, fd, &piece, 1, at + (off_t)done);
        if (put < 0)
            return -1;
        if (put == 0) {
            errno = EIO;
            return -1;
        }
        done += (size_t)put;
    }
    return 0;
}

int sl_os_write_all(const struct sl_os *os, int fd, const void *from, size_t count)
{
    size_t done = 0;

    while (done < count) {
        ssize_t put = os->write(os->self, fd, (const uint8_t *)from + done, count - done);
        if (put < 0)
            return -1;
        if (put == 0) {
            errno = EIO;
            return -1;
        }
        done += (size_t)put;
    }
    return 0;
}

void sl_fd_clear(struct sl_fd *f)
{
    int kept = errno; /* cleaning up must not change what failed */

    if (f->fd >= 0 && f->os != NULL)
        (void)f->os->close(f->os->self, f->fd);
    f->fd = -1;
    errno = kept;
}
