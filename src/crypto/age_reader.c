/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Opening an age file that flows by: is it armored? then header, nonce, chunks. One chunk is
 * held back until it is known whether another byte follows.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "crypto/age_stream.h"
#include "crypto/armor.h"
#include "crypto/inside.h"

#define PIECE_BYTES 65536u /* armored text is unwrapped in such pieces */
#define HELD_MAX    (SL_AGE_HEADER_MAX + PIECE_BYTES)

enum where { AT_START, IN_HEADER, IN_NONCE, IN_CHUNKS };

struct sl_age_reader {
    struct sl_age_unlock unlock;
    enum where where;
    struct sl_armor_reader *armor; /* NULL when the file is not armored */
    struct sl_buf held;            /* start, header or nonce, until it is whole */
    struct sl_age_key key;
    struct sl_age_payload *payload;
    uint64_t next; /* number of the chunk in `sealed` */
    bool ended;    /* the last chunk went by */
    sl_rc failed;
    size_t sealed_bytes;
    uint8_t sealed[SL_AGE_SEALED_CHUNK];
    uint8_t plain[SL_AGE_CHUNK_BYTES];
};

sl_rc sl_age_reader_new(const struct sl_age_unlock *unlock, struct sl_age_reader **ret,
                        struct sl_err *err)
{
    struct sl_age_reader *r = calloc(1, sizeof *r);

    if (r == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory for a chunk"));
    r->unlock = *unlock;
    r->held = sl_buf_upto(HELD_MAX);
    *ret = r;
    return SL_OK;
}

void sl_age_reader_free(struct sl_age_reader *r)
{
    if (r == NULL)
        return;
    sl_armor_reader_free(r->armor);
    sl_buf_clear(&r->held);
    sl_secret_free(r->key.bytes);
    sl_age_payload_free(r->payload);
    sl_wipe(r, sizeof *r);
    free(r);
}

/* Whether the chunk at hand is the last is known by what follows it. Where that guess does not
 * fit but the other does, somebody cut the file or added to it: what the chunk says is still
 * its author's, so it is released (as age does), and the file is refused for the rest. */
static sl_rc release_chunk(struct sl_age_reader *r, bool last, struct sl_buf *out,
                           struct sl_err *err)
{
    struct sl_view in = { r->sealed, r->sealed_bytes };
    sl_rc rc = sl_age_chunk_open(r->payload, r->next, last, in, r->plain, err);
    bool other = false;

    if (rc == SL_E_BROKEN && in.len == SL_AGE_SEALED_CHUNK) {
        struct sl_err ignored = { 0 };
        other = sl_age_chunk_open(r->payload, r->next, !last, in, r->plain, &ignored) == SL_OK;
    }
    if (rc != SL_OK && !other)
        return rc;
    SL_TRY(sl_buf_put(out, (struct sl_view){ r->plain, in.len - SL_AGE_TAG_BYTES }, err));
    if (other)
        return sl_fail(err, SL_E_BROKEN,
                       last ? _("age file: was cut off after chunk %llu")
                            : _("age file: something follows its last chunk, %llu"),
                       (unsigned long long)r->next);
    r->next++;
    r->sealed_bytes = 0;
    r->ended = last;
    return SL_OK;
}

static sl_rc take_chunks(struct sl_age_reader *r, struct sl_view in, struct sl_buf *out,
                         struct sl_err *err)
{
    struct sl_cur c = sl_cur_over(in);

    while (c.left > 0) {
        if (r->sealed_bytes == SL_AGE_SEALED_CHUNK)
            SL_TRY(release_chunk(r, false, out, err));
        size_t room = SL_AGE_SEALED_CHUNK - r->sealed_bytes;
        struct sl_view some = sl_cur_take(&c, c.left < room ? c.left : room);

        memcpy(r->sealed + r->sealed_bytes, some.at, some.len);
        r->sealed_bytes += some.len;
    }
    return SL_OK;
}

/* What `old` holds after its first `count` bytes. */
static struct sl_view rest_of(const struct sl_buf *old, size_t count)
{
    struct sl_cur c = sl_cur_over(sl_buf_view(old));

    (void)sl_cur_take(&c, count);
    return sl_cur_take(&c, c.left);
}

static sl_rc take_nonce(struct sl_age_reader *r, struct sl_view in, struct sl_buf *out,
                        struct sl_err *err)
{
    size_t missing = SL_AGE_NONCE_BYTES - r->held.len;
    size_t some = in.len < missing ? in.len : missing;

    SL_TRY(sl_buf_put(&r->held, (struct sl_view){ in.at, some }, err));
    if (r->held.len < SL_AGE_NONCE_BYTES)
        return SL_OK;
    SL_TRY(sl_age_payload_new(&r->key, r->held.at, &r->payload, err));
    r->where = IN_CHUNKS;
    return take_chunks(r, (struct sl_view){ in.at + some, in.len - some }, out, err);
}

static sl_rc take_header(struct sl_age_reader *r, struct sl_view in, struct sl_buf *out,
                         struct sl_err *err)
{
    size_t count = 0;

    bool first = r->held.len == 0;

    if (in.len == 0)
        return SL_OK; /* armor that holds nothing yet */
    SL_TRY(sl_buf_put(&r->held, in, err));
    if (!first && memchr(in.at, '\n', in.len) == NULL && r->held.len < SL_AGE_HEADER_MAX)
        return SL_OK; /* no line ends here: spares reading it all again for every small piece */
    sl_rc rc = sl_age_header_length(sl_buf_view(&r->held), &count, err);
    if (rc == SL_E_RETRY)
        return SL_OK; /* more will come, or finish() says that it did not */
    if (rc != SL_OK)
        return rc;
    SL_TRY(r->unlock.open(r->unlock.self, (struct sl_view){ r->held.at, count }, &r->key, err));
    r->where = IN_NONCE;
    SL_AUTO_CLEAR(buf) old = r->held;
    r->held = sl_buf_upto(HELD_MAX);
    return take_nonce(r, rest_of(&old, count), out, err);
}

static sl_rc take_plain_bytes(struct sl_age_reader *r, struct sl_view in, struct sl_buf *out,
                              struct sl_err *err)
{
    switch (r->where) {
    case AT_START:
    case IN_HEADER: return take_header(r, in, out, err);
    case IN_NONCE: return take_nonce(r, in, out, err);
    case IN_CHUNKS: break;
    }
    return take_chunks(r, in, out, err);
}

static sl_rc take_piece(struct sl_age_reader *r, struct sl_view in, struct sl_buf *out,
                        struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) bare = sl_buf_upto(PIECE_BYTES);

    if (r->armor == NULL)
        return take_plain_bytes(r, in, out, err);
    sl_rc armor_rc = sl_armor_read(r->armor, in, &bare, err);
    struct sl_err kept = err != NULL ? *err : (struct sl_err){ 0 };
    sl_rc rc = take_plain_bytes(r, sl_buf_view(&bare), out, err); /* what was good before */
    if (rc != SL_OK || armor_rc == SL_OK)
        return rc;
    if (err != NULL)
        *err = kept;
    return armor_rc;
}

static sl_rc take(struct sl_age_reader *r, struct sl_view in, struct sl_buf *out,
                  struct sl_err *err)
{
    struct sl_cur c = sl_cur_over(in);

    while (c.left > 0) {
        size_t most = r->where == IN_CHUNKS && r->armor == NULL ? c.left : PIECE_BYTES;
        SL_TRY(take_piece(r, sl_cur_take(&c, c.left < most ? c.left : most), out, err));
    }
    return SL_OK;
}

/* Decide whether it is armor, once enough is here (or nothing more will come). */
static sl_rc start(struct sl_age_reader *r, bool at_end, struct sl_buf *out, struct sl_err *err)
{
    struct sl_view seen = sl_buf_view(&r->held);

    if (seen.len < SL_ARMOR_PEEK && !at_end && sl_armor_undecided(seen))
        return SL_OK;
    if (sl_armor_begins(seen))
        SL_TRY(sl_armor_reader_new(&r->armor, err));
    r->where = IN_HEADER;
    SL_AUTO_CLEAR(buf) old = r->held;
    r->held = sl_buf_upto(HELD_MAX);
    return take(r, sl_buf_view(&old), out, err);
}

static sl_rc push(struct sl_age_reader *r, struct sl_view in, struct sl_buf *out,
                  struct sl_err *err)
{
    if (r->where != AT_START)
        return take(r, in, out, err);
    size_t some = in.len < SL_ARMOR_PEEK ? in.len : SL_ARMOR_PEEK;
    SL_TRY(sl_buf_put(&r->held, (struct sl_view){ in.at, some }, err));
    SL_TRY(start(r, false, out, err));
    if (r->where == AT_START)
        return SL_OK; /* undecided: all of `in` is held, being short */
    return take(r, (struct sl_view){ in.at + some, in.len - some }, out, err);
}

sl_rc sl_age_reader_put(struct sl_age_reader *r, struct sl_view in, struct sl_buf *out,
                        struct sl_err *err)
{
    assert(!r->ended);
    if (r->failed != SL_OK)
        return sl_fail(err, r->failed, _("age file: was refused before"));
    if (in.len == 0)
        return SL_OK;
    r->failed = push(r, in, out, err);
    return r->failed;
}

static sl_rc header_cut(const struct sl_age_reader *r, struct sl_err *err)
{
    size_t count = 0;
    sl_rc rc = sl_age_header_length(sl_buf_view(&r->held), &count, err);

    if (rc == SL_E_BROKEN)
        return rc; /* it was none anyway */
    return sl_fail(err, SL_E_BROKEN, _("age file: ends within its header"));
}

static sl_rc finish(struct sl_age_reader *r, struct sl_buf *out, struct sl_err *err)
{
    if (r->where == AT_START)
        SL_TRY(start(r, true, out, err));
    if (r->armor != NULL)
        SL_TRY(sl_armor_read_finish(r->armor, err));
    if (r->where == IN_HEADER && r->held.len == 0)
        return sl_fail(err, SL_E_BROKEN, _("age file: is empty"));
    if (r->where == IN_HEADER)
        return header_cut(r, err);
    if (r->where == IN_NONCE)
        return sl_fail(err, SL_E_BROKEN, _("age file: ends within its nonce"));
    if (r->sealed_bytes == 0)
        return sl_fail(err, SL_E_BROKEN, _("age file: was cut off after its nonce"));
    return release_chunk(r, true, out, err);
}

sl_rc sl_age_reader_finish(struct sl_age_reader *r, struct sl_buf *out, struct sl_err *err)
{
    if (r->failed != SL_OK)
        return sl_fail(err, r->failed, _("age file: was refused before"));
    if (r->ended)
        return SL_OK;
    r->failed = finish(r, out, err);
    return r->failed;
}
