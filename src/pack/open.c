/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Opening the content of a pack, chunk by chunk, from wherever its payload comes: shards in memory
 * (the check of an offload) or shards just fetched (a restore). See pack.h.
 */
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "pack/pack.h"

#define NONE UINT64_MAX

struct sl_pack_opener {
    struct sl_age_payload *payload;
    sl_pack_payload_fn *fetch;
    void *who;
    uint64_t plain_bytes;
    uint64_t opened; /* index of the chunk in `plain`, or NONE: many small files share one chunk */
    uint8_t sealed[SL_AGE_SEALED_CHUNK];
    uint8_t plain[SL_AGE_CHUNK_BYTES];
};

/* Plaintext bytes of a chunk, and whether it is the last. */
static size_t chunk_bytes(const struct sl_pack_opener *o, uint64_t index, bool *last)
{
    uint64_t left = o->plain_bytes - index * SL_AGE_CHUNK_BYTES;

    *last = left <= SL_AGE_CHUNK_BYTES;
    return *last ? (size_t)left : SL_AGE_CHUNK_BYTES;
}

static sl_rc open_to(struct sl_pack_opener *o, uint64_t index, uint8_t *to, struct sl_err *err)
{
    struct sl_view sealed = { 0 };
    bool last = false;
    size_t len = chunk_bytes(o, index, &last);

    SL_TRY(o->fetch(o->who, index * SL_AGE_SEALED_CHUNK, len + SL_AGE_TAG_BYTES, o->sealed, &sealed,
                    err));
    return sl_age_chunk_open(o->payload, index, last, sealed, to, err);
}

static sl_rc open_chunk(struct sl_pack_opener *o, uint64_t index, struct sl_view *ret,
                        struct sl_err *err)
{
    bool last = false;

    *ret = (struct sl_view){ o->plain, chunk_bytes(o, index, &last) };
    if (o->opened == index)
        return SL_OK;
    o->opened = NONE;
    SL_TRY(open_to(o, index, o->plain, err));
    o->opened = index;
    return SL_OK;
}

static sl_rc check_head(struct sl_pack_opener *o, const struct sl_pack_head *want,
                        struct sl_err *err)
{
    struct sl_pack_head is = { 0 };
    struct sl_view plain = { 0 };

    SL_TRY(open_chunk(o, 0, &plain, err));
    plain.len = SL_PACK_HEAD_BYTES;
    SL_TRY(sl_pack_head_read(plain, &is, err));
    if (memcmp(is.production, want->production, sizeof is.production) != 0 ||
        memcmp(is.session, want->session, sizeof is.session) != 0 ||
        !sl_id_same(&is.locker, &want->locker) || is.epoch != want->epoch ||
        is.number != want->number)
        return sl_fail(err, SL_E_BROKEN,
                       _("pack %ju says of itself that it is another pack (number %ju)"),
                       (uintmax_t)want->number, (uintmax_t)is.number);
    return SL_OK;
}

sl_rc sl_pack_opener_new(unsigned need, const struct sl_age_key *key,
                         const uint8_t nonce[SL_AGE_NONCE_BYTES], const struct sl_pack_head *head,
                         sl_pack_payload_fn *payload, void *who, struct sl_pack_opener **ret,
                         struct sl_err *err)
{
    SL_AUTO_FREE(pack_opener) *o = calloc(1, sizeof *o);

    if (o == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    o->opened = NONE;
    o->fetch = payload;
    o->who = who;
    o->plain_bytes = sl_pack_plain_bytes(need);
    SL_TRY(sl_age_payload_new(key, nonce, &o->payload, err));
    SL_TRY(check_head(o, head, err));
    *ret = SL_TAKE(o);
    return SL_OK;
}

void sl_pack_opener_free(struct sl_pack_opener *o)
{
    if (o == NULL)
        return;
    sl_age_payload_free(o->payload);
    sl_wipe(o->plain, sizeof o->plain);
    free(o);
}

sl_rc sl_pack_read(struct sl_pack_opener *o, uint64_t offset, uint64_t bytes, sl_pack_each *each,
                   void *who, struct sl_err *err)
{
    uint64_t content = o->plain_bytes - SL_PACK_HEAD_BYTES;

    if (offset > content || bytes > content - offset)
        return sl_fail(err, SL_E_BROKEN, _("%ju bytes at %ju do not lie within a pack"),
                       (uintmax_t)bytes, (uintmax_t)offset);
    while (bytes > 0) {
        struct sl_view plain = { 0 };
        uint64_t at = offset + SL_PACK_HEAD_BYTES;
        size_t skip = (size_t)(at % SL_AGE_CHUNK_BYTES);
        SL_TRY(open_chunk(o, at / SL_AGE_CHUNK_BYTES, &plain, err));
        plain.at += skip;
        plain.len -= skip;
        if (plain.len > bytes)
            plain.len = (size_t)bytes;
        SL_TRY(each(who, offset, plain, err));
        offset += plain.len;
        bytes -= plain.len;
    }
    return SL_OK;
}

static sl_rc copy(void *who, uint64_t offset, struct sl_view plain, struct sl_err *err)
{
    (void)offset;
    (void)err;
    memcpy(who, plain.at, plain.len);
    return SL_OK;
}

sl_rc sl_pack_read_into(struct sl_pack_opener *o, uint64_t offset, uint64_t bytes, uint8_t *to,
                        struct sl_err *err)
{
    uint64_t content = o->plain_bytes - SL_PACK_HEAD_BYTES;

    if (offset > content || bytes > content - offset)
        return sl_fail(err, SL_E_BROKEN, _("%ju bytes at %ju do not lie within a pack"),
                       (uintmax_t)bytes, (uintmax_t)offset);
    while (bytes > 0) {
        uint64_t at = offset + SL_PACK_HEAD_BYTES, index = at / SL_AGE_CHUNK_BYTES;
        size_t skip = (size_t)(at % SL_AGE_CHUNK_BYTES);
        bool last = false;
        size_t len = chunk_bytes(o, index, &last) - skip;
        if (len > bytes)
            len = (size_t)bytes;
        if (skip == 0 && len == chunk_bytes(o, index, &last))
            SL_TRY(open_to(o, index, to, err));
        else
            SL_TRY(sl_pack_read(o, offset, len, copy, to, err));
        offset += len;
        bytes -= len;
        to += len;
    }
    return SL_OK;
}

static sl_rc must_be_zero(void *who, uint64_t offset, struct sl_view plain, struct sl_err *err)
{
    uint8_t seen = 0;

    (void)who;
    for (size_t i = 0; i < plain.len; i++)
        seen |= plain.at[i];
    if (seen != 0)
        return sl_fail(err, SL_E_BROKEN, _("bytes after the content of a pack, near %ju"),
                       (uintmax_t)offset);
    return SL_OK;
}

sl_rc sl_pack_read_rest(struct sl_pack_opener *o, uint64_t content, struct sl_err *err)
{
    uint64_t all = o->plain_bytes - SL_PACK_HEAD_BYTES;

    if (content > all)
        return sl_fail(err, SL_E_BROKEN, _("a pack cannot hold %ju bytes"), (uintmax_t)content);
    return sl_pack_read(o, content, all - content, must_be_zero, NULL, err);
}
