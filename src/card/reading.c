/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first reading: front to back into the caller's pieces. See reading.h.
 */
#include "card/reading.h"

#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "card/inside.h"

#define PIECES_AT_ONCE 64 /* given to the kernel in one call */

struct sl_reading {
    struct sl_card *card;
    struct sl_fd file;
    struct sl_card_stamp stamp;
    uint64_t at;
    size_t path_bytes;
    uint8_t path[SL_PATH_MAX];
};

static struct sl_view path_of(const struct sl_reading *r)
{
    return (struct sl_view){ r->path, r->path_bytes };
}

sl_rc sl_reading_open(struct sl_card *card, struct sl_view path, const struct sl_card_stamp *stamp,
                      struct sl_reading **ret, struct sl_err *err)
{
    SL_AUTO_FREE(reading) *r = calloc(1, sizeof *r);

    if (r == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory for reading the card"));
    r->card = card;
    r->file = (struct sl_fd){ .os = card->os, .fd = -1 };
    r->stamp = *stamp;
    SL_TRY(sl_card_open_file(card, path, stamp, 0, &r->file.fd, err));
    r->path_bytes = path.len; /* what could be opened is not longer than SL_PATH_MAX */
    memcpy(r->path, path.at, path.len);
    *ret = SL_TAKE(r);
    return SL_OK;
}

void sl_reading_free(struct sl_reading *r)
{
    if (r == NULL)
        return;
    sl_fd_clear(&r->file);
    sl_wipe(r->path, sizeof r->path);
    free(r);
}

/* Of the caller's pieces, those that come after `skip` bytes and hold no more than `most`. */
static int pieces_after(const struct iovec *to, int count, size_t skip, uint64_t most,
                        struct iovec out[PIECES_AT_ONCE])
{
    int used = 0;

    for (int i = 0; i < count && used < PIECES_AT_ONCE && most > 0; i++) {
        if (skip >= to[i].iov_len) {
            skip -= to[i].iov_len;
            continue;
        }
        size_t room = to[i].iov_len - skip;
        out[used].iov_base = (uint8_t *)to[i].iov_base + skip;
        out[used].iov_len = room < most ? room : (size_t)most;
        most -= out[used++].iov_len;
        skip = 0;
    }
    return used;
}

sl_rc sl_reading_next(struct sl_reading *r, const struct iovec *to, int count, size_t *got,
                      struct sl_err *err)
{
    const struct sl_os *os = r->card->os;
    struct iovec now[PIECES_AT_ONCE];
    size_t done = 0;
    int used = 0;

    while ((used = pieces_after(to, count, done, r->stamp.size - r->at, now)) > 0) {
        ssize_t n = os->preadv(os->self, r->file.fd, now, used, (off_t)r->at);
        if (n < 0)
            return sl_card_trouble(path_of(r), err);
        if (n == 0)
            return sl_card_changed(path_of(r), _("it ends early"), err);
        r->at += (uint64_t)n;
        done += (size_t)n;
    }
    if (r->at == r->stamp.size)
        SL_TRY(sl_card_still_same(r->card, r->file.fd, path_of(r), &r->stamp, err));
    *got = done;
    return SL_OK;
}

sl_rc sl_reading_skip(struct sl_reading *r, uint64_t to, struct sl_err *err)
{
    if (to > r->stamp.size)
        return sl_fail(err, SL_E_USAGE,
                       _("a file of the card is shorter than what was sent of it"));
    r->at = to;
    return SL_OK;
}
