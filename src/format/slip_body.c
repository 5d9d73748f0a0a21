/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What hangs on an entry's record by hashes: body, care body, heads, session; made here for the
 * writer and held against the record for the reader. See docs/format/slip.md and entry.md.
 */
#include <assert.h>
#include <string.h>

#include "base/say.h"
#include "format/inside.h"
#include "format/slip.h"

/* Salt and body, end to end, and their hash. */
static sl_rc put_salted(struct sl_view body, struct sl_buf *out, uint8_t hash[SL_SHA256_BYTES],
                        struct sl_err *err)
{
    struct sl_pen p = sl_pen_to(out, err);
    uint8_t salt[SL_SALT_BYTES];

    if (body.len > SL_SLIP_BYTES)
        return sl_fail(err, SL_E_USAGE, _("a body of %zu bytes does not fit a slip of %u"),
                       body.len, SL_SLIP_BYTES);
    sl_random(salt, sizeof salt);
    sl_pen_bytes(&p, salt, sizeof salt);
    sl_pen_view(&p, body);
    SL_TRY(sl_pen_done(&p));
    sl_body_hash(salt, body, hash);
    return SL_OK;
}

sl_rc sl_body_seal(struct sl_view body, const struct sl_age_recipient *to, size_t count,
                   struct sl_buf *sealed, uint8_t hash[SL_SHA256_BYTES], struct sl_err *err)
{
    SL_AUTO_FREE(secret) *room = NULL; /* a grant's body is a key */
    uint8_t made[SL_SHA256_BYTES];
    size_t begin = sealed->len;

    SL_TRY(sl_secret_blank(SL_SLIP_BYTES + SL_SALT_BYTES, &room, err));
    struct sl_buf salted = sl_buf_fixed(sl_secret_fill(room), SL_SLIP_BYTES + SL_SALT_BYTES);
    SL_TRY(put_salted(body, &salted, made, err));
    sl_rc rc = sl_age_seal(to, count, sl_buf_view(&salted), sealed, err);
    if (rc != SL_OK) {
        sealed->len = begin;
        return rc;
    }
    memcpy(hash, made, sizeof made);
    return SL_OK;
}

sl_rc sl_care_body_write(struct sl_view body, struct sl_buf *out, uint8_t hash[SL_SHA256_BYTES],
                         struct sl_err *err)
{
    return put_salted(body, out, hash, err);
}

/* Salt and body against the hash that the record holds; an empty piece against zero. */
static bool salted_fits(struct sl_view salted, const uint8_t hash[SL_SHA256_BYTES])
{
    uint8_t made[SL_SHA256_BYTES];

    if (salted.len == 0)
        return sl_all_zero((struct sl_view){ hash, SL_SHA256_BYTES });
    if (salted.len < SL_SALT_BYTES)
        return false;
    sl_sha256_of(salted, made); /* ENTRY-8: over salt and body as they stand */
    return memcmp(made, hash, sizeof made) == 0;
}

sl_rc sl_slip_body(const struct sl_slip *s, const struct sl_record *record,
                   struct sl_age_identity *const *with, size_t count, struct sl_buf *body,
                   struct sl_err *err)
{
    SL_AUTO_FREE(secret) *room = NULL;

    if (s->body.len == 0)
        return sl_fail(err, SL_E_MISSING, _("this entry has no body"));
    SL_TRY(sl_secret_blank(SL_SLIP_BYTES, &room, err));
    struct sl_buf salted = sl_buf_fixed(sl_secret_fill(room), SL_SLIP_BYTES);
    SL_TRY(sl_age_open(s->body, with, count, &salted, err));
    if (salted.len == 0 || !salted_fits(sl_buf_view(&salted), record->body)) /* SLIP-10 */
        return sl_fail(err, SL_E_BROKEN, _("an entry's body is not the one that was signed"));
    return sl_buf_put(
        body, (struct sl_view){ salted.at + SL_SALT_BYTES, salted.len - SL_SALT_BYTES }, err);
}

struct sl_view sl_slip_care_body(const struct sl_slip *s)
{
    if (s->care_body.len <= SL_SALT_BYTES)
        return (struct sl_view){ 0 };
    return (struct sl_view){ s->care_body.at + SL_SALT_BYTES, s->care_body.len - SL_SALT_BYTES };
}

static sl_rc judge_heads(struct sl_view in, const uint8_t hash[SL_SHA256_BYTES], struct sl_err *err)
{
    struct sl_head heads[SL_HEADS_MAX];
    uint8_t made[SL_SHA256_BYTES] = { 0 };
    size_t count = 0;

    if (in.len > 0)
        sl_sha256_of(in, made);
    if (memcmp(made, hash, sizeof made) != 0) /* SLIP-8 */
        return sl_fail(err, SL_E_BROKEN, _("a slip's list of heads is not the one signed"));
    return sl_heads_read(in, heads, &count, err);
}

sl_rc sl_slip_judge(const struct sl_slip *s, struct sl_record *record, struct sl_session *session,
                    struct sl_err *err)
{
    struct sl_record r;
    struct sl_session who;

    SL_TRY(sl_record_read((struct sl_view){ s->record_bytes, SL_RECORD_BYTES }, &r, err));
    if (!sl_record_signed(s->record_bytes, s->signature)) /* SLIP-7 */
        return sl_fail(err, SL_E_BROKEN, _("an entry is not signed by its session"));
    SL_TRY(judge_heads(s->heads, r.heads, err));
    if (!salted_fits(s->care_body, r.care_body)) /* SLIP-9 */
        return sl_fail(err, SL_E_BROKEN, _("an entry's body for care is not the one signed"));
    bool none = sl_all_zero((struct sl_view){ r.body, sizeof r.body });
    if (none != (s->body.len == 0)) /* SLIP-10 */
        return sl_fail(err, SL_E_BROKEN, _("an entry's body is there against its record, or not"));
    SL_TRY(sl_session_read(s->session, r.production, r.session, &who, err)); /* SLIP-7 */
    *record = r;
    *session = who;
    sl_wipe(&who, sizeof who);
    return SL_OK;
}
