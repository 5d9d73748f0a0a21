/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The second reading, past the page cache where that can be had. See second.h.
 */
#include "card/second.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "card/inside.h"

#define ALIGN       4096u      /* of memory, offsets and lengths: what O_DIRECT asks anywhere */
#define FOLIO_BYTES (2u << 20) /* the largest piece in which the kernel keeps pages */

struct sl_second {
    struct sl_card *card;
    struct sl_fd file;
    bool direct; /* how it is open */
    struct sl_card_stamp stamp;
    enum sl_past weakest;
    uint8_t *buffer; /* SL_SECOND_BYTES, aligned */
    uint64_t from;   /* where in the file the buffer starts */
    size_t filled;
    size_t dirty; /* bytes of the buffer that hold content of the card, this or an earlier range */
    size_t path_bytes;
    uint8_t path[SL_PATH_MAX];
};

sl_rc sl_second_new(struct sl_card *card, struct sl_second **ret, struct sl_err *err)
{
    SL_AUTO_FREE(second) *s = calloc(1, sizeof *s);

    if (s == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory for reading the card"));
    s->card = card;
    s->file = (struct sl_fd){ .os = card->os, .fd = -1 };
    s->buffer = aligned_alloc(ALIGN, SL_SECOND_BYTES);
    if (s->buffer == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory for reading the card"));
    *ret = SL_TAKE(s);
    return SL_OK;
}

void sl_second_free(struct sl_second *s)
{
    if (s == NULL)
        return;
    if (s->buffer != NULL)
        sl_second_forget(s);
    free(s->buffer);
    free(s);
}

void sl_second_forget(struct sl_second *s)
{
    sl_fd_clear(&s->file);
    sl_wipe(s->buffer, s->dirty);
    sl_wipe(s->path, s->path_bytes);
    s->filled = s->dirty = s->path_bytes = 0;
}

enum sl_past sl_second_weakest(const struct sl_second *s)
{
    return s->weakest;
}

static struct sl_view path_of(const struct sl_second *s)
{
    return (struct sl_view){ s->path, s->path_bytes };
}

static bool refuses_direct(int why)
{
    return why == EINVAL || why == EOPNOTSUPP;
}

static sl_rc open_cached(struct sl_second *s, struct sl_err *err)
{
    s->direct = false;
    sl_fd_clear(&s->file);
    return sl_card_open_file(s->card, path_of(s), &s->stamp, 0, &s->file.fd, err);
}

static sl_rc open_file(struct sl_second *s, struct sl_view path, const struct sl_card_stamp *stamp,
                       struct sl_err *err)
{
    if (path.len > SL_PATH_MAX)
        return sl_fail(err, SL_E_USAGE, _("a path is %zu bytes long, more than %u"), path.len,
                       SL_PATH_MAX);
    sl_fd_clear(&s->file);
    s->filled = 0;
    s->stamp = *stamp;
    s->path_bytes = path.len;
    memcpy(s->path, path.at, path.len);
    if (s->card->in_memory) /* there is nothing to get past to */
        return open_cached(s, err);
    s->direct = true;
    sl_rc rc = sl_card_open_file(s->card, path, stamp, O_DIRECT, &s->file.fd, err);
    return rc != SL_OK && refuses_direct(errno) ? open_cached(s, err) : rc;
}

static bool is_open(const struct sl_second *s, struct sl_view path,
                    const struct sl_card_stamp *stamp)
{
    return s->file.fd >= 0 && s->path_bytes == path.len && s->stamp.size == stamp->size &&
           s->stamp.mtime_s == stamp->mtime_s && s->stamp.mtime_ns == stamp->mtime_ns &&
           memcmp(s->path, path.at, path.len) == 0;
}

/* Drop a range from memory and say whether all of it is gone. Pages that the kernel keeps in one
 * piece with neighbours outside the range go only together with them. */
static bool forgotten(struct sl_second *s, uint64_t at, size_t count)
{
    const struct sl_os *os = s->card->os;
    uint64_t wide = at & ~(uint64_t)(FOLIO_BYTES - 1);
    uint64_t wide_end = (at + count + FOLIO_BYTES - 1) & ~(uint64_t)(FOLIO_BYTES - 1);

    int rc = os->forget(os->self, s->file.fd, (off_t)at, count);
    if (rc != 1)
        return rc == 0;
    (void)os->forget(os->self, s->file.fd, (off_t)wide, (size_t)(wide_end - wide));
    return os->forget(os->self, s->file.fd, (off_t)at, count) == 0;
}

/* Make sure that what is read next comes from the medium, as far as this file lets us. */
static enum sl_past get_past(struct sl_second *s, size_t count)
{
    if (s->card->in_memory)
        return SL_PAST_CACHE;
    bool gone = forgotten(s, s->from, count);
    return s->direct ? SL_PAST_DIRECT : gone ? SL_PAST_FORGOTTEN : SL_PAST_CACHE;
}

/* Read into the buffer until `count` bytes stand there or the file ends. -1 with errno. */
static int fill_once(struct sl_second *s, size_t count)
{
    const struct sl_os *os = s->card->os;

    enum sl_past past = get_past(s, count);
    s->filled = 0;
    while (s->filled < count && s->from + s->filled < s->stamp.size) {
        struct iovec rest = { s->buffer + s->filled, count - s->filled };
        ssize_t got = os->preadv(os->self, s->file.fd, &rest, 1, (off_t)(s->from + s->filled));
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        s->filled += (size_t)got;
        s->dirty = s->filled > s->dirty ? s->filled : s->dirty;
    }
    if (past > s->weakest)
        s->weakest = past;
    return 0;
}

/* Fill the buffer with a window that holds `at` and as much of the `len` bytes as fits. */
static sl_rc fill(struct sl_second *s, uint64_t at, uint64_t len, struct sl_err *err)
{
    size_t before = (size_t)(at % ALIGN);
    uint64_t wanted = (len + before + ALIGN - 1) & ~(uint64_t)(ALIGN - 1);
    size_t count = wanted < SL_SECOND_BYTES ? (size_t)wanted : SL_SECOND_BYTES;

    s->from = at - before;
    if (fill_once(s, count) == 0)
        return SL_OK;
    if (s->direct && refuses_direct(errno)) { /* some file systems refuse only here */
        s->filled = 0;
        SL_TRY(open_cached(s, err));
        if (fill_once(s, count) == 0)
            return SL_OK;
    }
    s->filled = 0;
    return sl_card_trouble(path_of(s), err);
}

sl_rc sl_second_read(struct sl_second *s, struct sl_view path, const struct sl_card_stamp *stamp,
                     uint64_t at, uint64_t len, const uint8_t **piece, size_t *got,
                     struct sl_err *err)
{
    char shown[SL_CARD_SHOWN_BYTES];

    if (len == 0 || at > stamp->size || len > stamp->size - at)
        return sl_fail(err, SL_E_USAGE, _("asked for bytes that '%s' does not have"),
                       sl_card_shown(path, shown));
    if (!is_open(s, path, stamp))
        SL_TRY(open_file(s, path, stamp, err));
    if (at < s->from || at - s->from >= s->filled)
        SL_TRY(fill(s, at, len, err));
    size_t before = (size_t)(at - s->from);
    if (s->filled <= before)
        return sl_card_changed(path, _("it ends early"), err);
    size_t ready = s->filled - before < len ? s->filled - before : (size_t)len;
    if (at + ready == stamp->size)
        SL_TRY(sl_card_still_same(s->card, s->file.fd, path, stamp, err));
    *piece = s->buffer + before;
    *got = ready;
    return SL_OK;
}
