/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sessions and their entries, made. See write.h.
 */
#include "journal/write.h"

#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "format/pen.h"

static sl_rc draw(struct sl_secret **ret, struct sl_err *err)
{
    return sl_secret_new(SL_SESSION_KEY_BYTES, ret, err);
}

/* Certify the session and keep its block. The keys stand in the struct only meanwhile. */
static sl_rc keep_block(struct sl_writing *w, const struct sl_sign_key *author, struct sl_err *err)
{
    uint8_t bytes[SL_SESSION_BLOCK_MAX];
    struct sl_buf block = sl_buf_fixed(bytes, sizeof bytes);
    struct sl_session *s = &w->session;

    memcpy(s->name_key, sl_secret_expose(w->names.bytes).at, SL_SESSION_KEY_BYTES);
    memcpy(s->tag_key, sl_secret_expose(w->tags.bytes).at, SL_SESSION_KEY_BYTES);
    sl_session_certify(s, author);
    sl_rc rc = sl_session_write(s, &block, err);
    if (rc == SL_OK)
        rc = sl_secret_copy(sl_buf_view(&block), &w->block, err);
    sl_wipe(s->name_key, sizeof s->name_key);
    sl_wipe(s->tag_key, sizeof s->tag_key);
    sl_wipe(bytes, sizeof bytes);
    return rc;
}

sl_rc sl_writing_new(const struct sl_os *os, const struct sl_vault *v, struct sl_writing **ret,
                     struct sl_err *err)
{
    SL_AUTO_FREE(writing) *w = calloc(1, sizeof *w);

    if (w == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    w->os = os;
    w->care = v->care;
    w->heads = sl_buf_upto(SL_SLIP_BYTES);
    SL_TRY(sl_sign_key_new(&w->sign, err));
    SL_TRY(draw(&w->names.bytes, err));
    SL_TRY(draw(&w->tags.bytes, err));
    memcpy(w->session.production, v->production, sizeof v->production);
    sl_sign_key_public(&w->sign, w->session.session);
    w->session.need = v->need;
    w->session.seat_count = (uint8_t)v->keeper_count;
    for (size_t i = 0; i < v->keeper_count; i++)
        w->session.seats[i] =
            (struct sl_seat){ .keeper = v->keepers[i].id, .shard = v->keepers[i].shard };
    SL_TRY(keep_block(w, &v->sign, err));
    *ret = SL_TAKE(w);
    return SL_OK;
}

void sl_writing_free(struct sl_writing *w)
{
    if (w == NULL)
        return;
    sl_secret_free(w->sign.bytes);
    sl_secret_free(w->names.bytes);
    sl_secret_free(w->tags.bytes);
    sl_secret_free(w->block);
    sl_buf_clear(&w->heads);
    sl_wipe(w, sizeof *w);
    free(w);
}

void sl_entry_out_clear(struct sl_entry_out *o)
{
    free(o->slips);
    *o = (struct sl_entry_out){ 0 };
}

sl_rc sl_writing_saw(struct sl_writing *w, const struct sl_head *heads, size_t count,
                     struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) seen = sl_buf_upto(SL_SLIP_BYTES);

    SL_TRY(sl_heads_write(heads, count, &seen, err));
    sl_buf_clear(&w->heads);
    w->heads = seen;
    seen = (struct sl_buf){ 0 };
    return SL_OK;
}

size_t sl_writing_room(const struct sl_writing *w)
{
    return sl_slip_room(sl_secret_expose(w->block).len, w->heads.len);
}

static void fill_record(const struct sl_writing *w, const struct sl_entry_in *in,
                        struct sl_record *r)
{
    struct timespec now = { 0 };

    *r = (struct sl_record){ .number = w->number, .kind = in->kind };
    memcpy(r->production, w->session.production, sizeof r->production);
    memcpy(r->session, w->session.session, sizeof r->session);
    memcpy(r->previous, w->previous, sizeof r->previous);
    if (w->os->clock(w->os->self, &now) == 0)
        r->claimed = now.tv_sec;
    if (w->heads.len > 0)
        sl_sha256_of(sl_buf_view(&w->heads), r->heads);
    memcpy(r->body, in->body_hash, sizeof r->body);
    memcpy(r->care_body, in->care_hash, sizeof r->care_body);
}

static sl_rc seal_all(const struct sl_writing *w, const struct sl_slip *slip,
                      struct sl_entry_out *out, struct sl_err *err)
{
    for (size_t i = 0; i < w->session.seat_count; i++) {
        out->keepers[i] = w->session.seats[i].keeper;
        sl_object_of(&w->names, SL_OBJECT_SLIP, &out->keepers[i], w->number, 0, 0, &out->names[i]);
        SL_TRY(sl_slip_seal(slip, &w->care, out->slips + i * SL_SLIP_BYTES, err));
    }
    out->count = w->session.seat_count;
    return SL_OK;
}

sl_rc sl_writing_entry(struct sl_writing *w, const struct sl_entry_in *in, struct sl_entry_out *ret,
                       struct sl_err *err)
{
    SL_AUTO_CLEAR(entry_out) out = { .number = w->number };
    struct sl_slip slip = { .session = sl_secret_expose(w->block),
                            .heads = sl_buf_view(&w->heads),
                            .body = in->sealed_body,
                            .care_body = in->care_body };
    struct sl_record record;

    out.slips = calloc(w->session.seat_count, SL_SLIP_BYTES);
    if (out.slips == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    fill_record(w, in, &record);
    sl_record_write(&record, slip.record_bytes);
    sl_record_sign(&w->sign, slip.record_bytes, slip.signature);
    SL_TRY(seal_all(w, &slip, &out, err));
    sl_record_hash(slip.record_bytes, slip.signature, out.hash);
    memcpy(w->previous, out.hash, sizeof w->previous);
    w->number++;
    *ret = out;
    out.slips = NULL;
    return SL_OK;
}

sl_rc sl_writing_send(const struct sl_os *os, const struct sl_vault *v,
                      const struct sl_entry_out *entry, bool create_folders, struct sl_err *err)
{
    for (size_t i = 0; i < entry->count; i++) {
        SL_AUTO_FREE(keeper) *k = NULL;
        struct sl_view slip = { entry->slips + i * SL_SLIP_BYTES, SL_SLIP_BYTES };
        sl_rc rc =
            sl_keeper_open(os, v->keepers[i].url, &v->keepers[i].id, create_folders, &k, err);
        if (rc == SL_OK)
            rc = sl_keeper_put(k, &entry->names[i], &slip, 1, err);
        if (rc != SL_OK)
            return sl_note(err, rc, _("sending an entry to keeper '%s'"), v->keepers[i].alias);
    }
    return SL_OK;
}
