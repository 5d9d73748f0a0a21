/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Filling and sealing the memory of one pack. Plaintext byte p lies at payload byte
 * p + 16 * (p / 65536) until its chunk is sealed in place. See pack.h.
 */
#include "pack/pack.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"

#define PAGE 4096u

static uint8_t *place_of(const struct sl_pack *p, uint64_t plain)
{
    return p->payload + plain + plain / SL_AGE_CHUNK_BYTES * SL_AGE_TAG_BYTES;
}

sl_rc sl_pack_new(unsigned need, struct sl_pack **ret, struct sl_err *err)
{
    SL_AUTO_FREE(pack) *p = calloc(1, sizeof *p);

    assert(need >= 1 && need <= SL_NEED_MAX);
    if (p == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    p->need = need;
    p->payload_bytes = (uint64_t)need * SL_SLICE_BYTES;
    p->plain_bytes = sl_pack_plain_bytes(need);
    p->header = sl_buf_upto(SL_AGE_HEADER_MAX);
    p->payload = aligned_alloc(PAGE, p->payload_bytes);
    if (p->payload == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory for a pack of %zu bytes"),
                       (size_t)p->payload_bytes);
    *ret = SL_TAKE(p);
    return SL_OK;
}

void sl_pack_free(struct sl_pack *p)
{
    if (p == NULL)
        return;
    sl_pack_forget(p);
    sl_buf_clear(&p->header);
    if (p->payload != NULL && !p->sealed)
        sl_wipe(p->payload, p->payload_bytes); /* footage in the clear */
    free(p->payload);
    free(p);
}

void sl_pack_begin(struct sl_pack *p, const struct sl_pack_head *head)
{
    uint8_t bytes[SL_PACK_HEAD_BYTES];

    sl_pack_forget(p);
    p->head = *head;
    p->filled = 0;
    p->sealed = false;
    sl_pack_head_write(head, bytes);
    sl_pack_append(p, (struct sl_view){ bytes, sizeof bytes });
}

uint64_t sl_pack_room(const struct sl_pack *p)
{
    return p->plain_bytes - p->filled;
}

uint64_t sl_pack_content(const struct sl_pack *p)
{
    return p->filled - SL_PACK_HEAD_BYTES;
}

int sl_pack_slots(struct sl_pack *p, uint64_t want, struct iovec slots[SL_PACK_SLOTS_MAX])
{
    uint64_t at = p->filled;
    int count = 0;

    if (want > sl_pack_room(p))
        want = sl_pack_room(p);
    while (want > 0 && count < (int)SL_PACK_SLOTS_MAX) {
        uint64_t len = SL_AGE_CHUNK_BYTES - at % SL_AGE_CHUNK_BYTES;
        if (len > want)
            len = want;
        slots[count++] = (struct iovec){ .iov_base = place_of(p, at), .iov_len = len };
        at += len;
        want -= len;
    }
    return count;
}

void sl_pack_filled(struct sl_pack *p, uint64_t count)
{
    assert(!p->sealed && count <= sl_pack_room(p));
    p->filled += count;
}

void sl_pack_append(struct sl_pack *p, struct sl_view in)
{
    assert(!p->sealed && in.len <= sl_pack_room(p));
    while (in.len > 0) {
        size_t len = SL_AGE_CHUNK_BYTES - p->filled % SL_AGE_CHUNK_BYTES;
        if (len > in.len)
            len = in.len;
        memcpy(place_of(p, p->filled), in.at, len);
        p->filled += len;
        in.at += len;
        in.len -= len;
    }
}

static void pad_with_zeroes(struct sl_pack *p)
{
    while (sl_pack_room(p) > 0) {
        uint64_t len = SL_AGE_CHUNK_BYTES - p->filled % SL_AGE_CHUNK_BYTES;
        if (len > sl_pack_room(p))
            len = sl_pack_room(p);
        memset(place_of(p, p->filled), 0, len);
        p->filled += len;
    }
}

sl_rc sl_pack_seal(struct sl_pack *p, const struct sl_age_recipient *to, struct sl_err *err)
{
    SL_AUTO_FREE(age_payload) *seal = NULL;

    assert(!p->sealed);
    p->header.len = 0;
    sl_pack_forget(p);
    SL_TRY(sl_age_header_seal(to, 1, &p->header, &p->key, err));
    sl_random(p->nonce, sizeof p->nonce);
    SL_TRY(sl_age_payload_new(&p->key, p->nonce, &seal, err));
    pad_with_zeroes(p);
    for (uint64_t at = 0; at < p->plain_bytes; at += SL_AGE_CHUNK_BYTES) {
        uint64_t len = p->plain_bytes - at;
        bool last = len <= SL_AGE_CHUNK_BYTES;
        uint8_t *chunk = place_of(p, at);
        sl_age_chunk_seal(seal, at / SL_AGE_CHUNK_BYTES, last, chunk,
                          last ? (size_t)len : SL_AGE_CHUNK_BYTES, chunk);
    }
    p->sealed = true;
    return SL_OK;
}

void sl_pack_forget(struct sl_pack *p)
{
    sl_secret_free(p->key.bytes);
    p->key.bytes = NULL;
}
