/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sealing an age file that flows by. A full chunk waits until another byte follows: only then it
 * is known not to be the last.
 */
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "crypto/age_stream.h"
#include "crypto/armor.h"
#include "crypto/inside.h"

struct sl_age_writer {
    struct sl_age_payload *payload;
    struct sl_buf start; /* header and nonce, until the first bytes go out */
    bool armored;
    struct sl_armor_writer armor;
    uint64_t next;
    size_t plain_bytes;
    uint8_t plain[SL_AGE_CHUNK_BYTES];
    uint8_t sealed[SL_AGE_SEALED_CHUNK];
};

sl_rc sl_age_writer_new(struct sl_view header, const struct sl_age_key *key, bool armored,
                        struct sl_age_writer **ret, struct sl_err *err)
{
    SL_AUTO_FREE(age_writer) *w = calloc(1, sizeof *w);
    uint8_t nonce[SL_AGE_NONCE_BYTES];

    if (w == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory for a chunk"));
    w->armored = armored;
    w->start = sl_buf_upto(SL_AGE_HEADER_MAX + SL_AGE_NONCE_BYTES);
    sl_random(nonce, sizeof nonce);
    SL_TRY(sl_age_payload_new(key, nonce, &w->payload, err));
    SL_TRY(sl_buf_put(&w->start, header, err));
    SL_TRY(sl_buf_put(&w->start, (struct sl_view){ nonce, sizeof nonce }, err));
    *ret = SL_TAKE(w);
    return SL_OK;
}

void sl_age_writer_free(struct sl_age_writer *w)
{
    if (w == NULL)
        return;
    sl_age_payload_free(w->payload);
    sl_buf_clear(&w->start);
    sl_wipe(w, sizeof *w);
    free(w);
}

static sl_rc give(struct sl_age_writer *w, struct sl_view bytes, struct sl_buf *out,
                  struct sl_err *err)
{
    return w->armored ? sl_armor_write(&w->armor, bytes, out, err) : sl_buf_put(out, bytes, err);
}

static sl_rc give_chunk(struct sl_age_writer *w, bool last, struct sl_buf *out, struct sl_err *err)
{
    if (w->start.len > 0)
        SL_TRY(give(w, sl_buf_view(&w->start), out, err));
    w->start.len = 0;
    sl_age_chunk_seal(w->payload, w->next++, last, w->plain, w->plain_bytes, w->sealed);
    SL_TRY(give(w, (struct sl_view){ w->sealed, w->plain_bytes + SL_AGE_TAG_BYTES }, out, err));
    w->plain_bytes = 0;
    return SL_OK;
}

sl_rc sl_age_writer_put(struct sl_age_writer *w, struct sl_view in, struct sl_buf *out,
                        struct sl_err *err)
{
    struct sl_cur c = sl_cur_over(in);

    while (c.left > 0) {
        if (w->plain_bytes == SL_AGE_CHUNK_BYTES)
            SL_TRY(give_chunk(w, false, out, err));
        size_t room = SL_AGE_CHUNK_BYTES - w->plain_bytes;
        struct sl_view some = sl_cur_take(&c, c.left < room ? c.left : room);

        memcpy(w->plain + w->plain_bytes, some.at, some.len);
        w->plain_bytes += some.len;
    }
    return SL_OK;
}

sl_rc sl_age_writer_finish(struct sl_age_writer *w, struct sl_buf *out, struct sl_err *err)
{
    SL_TRY(give_chunk(w, true, out, err));
    return w->armored ? sl_armor_finish(&w->armor, out, err) : SL_OK;
}
