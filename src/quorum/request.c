/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Requests, written and read. See docs/format/quorum.md, "Request".
 */
#include "quorum/request.h"

#include <string.h>
#include <time.h>

#include "base/say.h"
#include "format/pen.h"
#include "quorum/inside.h"

#define MAGIC   "SLASKED\n"
#define PURPOSE "safelight/1 request"

void sl_request_for(const struct sl_quorum *q, const struct sl_sealed_locker *l,
                    struct sl_request *ret)
{
    *ret = (struct sl_request){ .quorum_epoch = q->epoch,
                                .locker = l->locker,
                                .locker_epoch = l->epoch };
    memcpy(ret->production, q->production, sizeof ret->production);
    sl_id_draw(&ret->id);
}

static void write_signed(const struct sl_request *r, struct sl_pen *p)
{
    size_t recipient_bytes = strlen(r->recipient), reason_bytes = strlen(r->reason);

    sl_pen_stamp(p, MAGIC);
    sl_pen_u16(p, SL_QUORUM_SUITE);
    sl_pen_u16(p, SL_SUITE_ED25519);
    sl_pen_u32(p, r->quorum_epoch);
    sl_pen_u32(p, r->locker_epoch);
    sl_pen_u64(p, (uint64_t)r->expires);
    sl_pen_bytes(p, r->id.bytes, SL_ID_BYTES);
    sl_pen_bytes(p, r->locker.bytes, SL_ID_BYTES);
    sl_pen_bytes(p, r->production, sizeof r->production);
    sl_pen_bytes(p, r->requester, sizeof r->requester);
    sl_pen_u16(p, (uint16_t)recipient_bytes);
    sl_pen_u16(p, (uint16_t)reason_bytes);
    sl_pen_bytes(p, r->recipient, recipient_bytes);
    sl_pen_bytes(p, r->reason, reason_bytes);
}

/* What a person wrote: 1..max bytes of UTF-8. */
static sl_rc judge_text(const char *text, size_t max, const char *what, struct sl_err *err)
{
    size_t length = strnlen(text, max + 1), step = 0;

    if (length < 1 || length > max)
        return sl_fail(err, SL_E_USAGE, _("%s is not 1 to %zu bytes"), what, max);
    for (size_t at = 0; at < length; at += step) {
        (void)sl_utf8_point((struct sl_view){ (const uint8_t *)text + at, length - at }, &step);
        if (step == 0)
            return sl_fail(err, SL_E_USAGE, _("%s is not UTF-8"), what);
    }
    return SL_OK;
}

sl_rc sl_request_write(struct sl_request *r, const struct sl_sign_key *key, struct sl_buf *out,
                       struct sl_err *err)
{
    struct sl_pen p = sl_pen_to(out, err);
    uint8_t signature[SL_SIGNATURE_BYTES];

    SL_TRY(judge_text(r->recipient, SL_RECIPIENT_MAX, _("a request's recipient"), err));
    SL_TRY(judge_text(r->reason, SL_REQUEST_REASON_MAX, _("a request's reason"), err));
    if (r->expires < 0)
        return sl_fail(err, SL_E_USAGE, _("a request cannot expire before 1970"));
    sl_sign_key_public(key, r->requester);
    write_signed(r, &p);
    if (p.rc == SL_OK) { /* QUORUM-19: signed as stored */
        sl_sign(key, PURPOSE, (struct sl_view){ out->at + p.begin, out->len - p.begin }, signature);
        sl_pen_bytes(&p, signature, sizeof signature);
    }
    SL_TRY(sl_pen_done(&p));
    sl_sha256_of((struct sl_view){ out->at + p.begin, out->len - p.begin }, r->hash);
    return SL_OK;
}

static sl_rc read_texts(struct sl_cur *c, struct sl_request *r, struct sl_err *err)
{
    uint16_t recipient_bytes = sl_cur_u16(c);
    uint16_t reason_bytes = sl_cur_u16(c);

    SL_TRY(sl_text_read(c, recipient_bytes, 1, SL_RECIPIENT_MAX, r->recipient,
                        _("a request's recipient"), err)); /* QUORUM-17 */
    return sl_text_read(c, reason_bytes, 1, SL_REQUEST_REASON_MAX, r->reason,
                        _("a request's reason"), err);
}

static sl_rc read_fields(struct sl_cur *c, struct sl_request *r, struct sl_err *err)
{
    const char *what = _("a request");

    SL_TRY(sl_stamp_read(c, MAGIC, what, err)); /* QUORUM-16 */
    uint16_t suite = sl_cur_u16(c);
    uint16_t signing = sl_cur_u16(c);
    r->quorum_epoch = sl_cur_u32(c);
    r->locker_epoch = sl_cur_u32(c);
    r->expires = (int64_t)sl_cur_u64(c);
    sl_cur_copy(c, r->id.bytes, SL_ID_BYTES);
    sl_cur_copy(c, r->locker.bytes, SL_ID_BYTES);
    sl_cur_copy(c, r->production, sizeof r->production);
    sl_cur_copy(c, r->requester, sizeof r->requester);
    if (c->spoilt)
        return sl_cur_end(c, what, err);
    if (suite != SL_QUORUM_SUITE || signing != SL_SUITE_ED25519) /* QUORUM-16 */
        return sl_fail(err, SL_E_BROKEN,
                       _("%s is of suites %u and %u: only 1 and 1 are known here"), what, suite,
                       signing);
    if (r->expires < 0) /* QUORUM-18 */
        return sl_fail(err, SL_E_BROKEN, _("a request expires at no time that there is"));
    return read_texts(c, r, err);
}

sl_rc sl_request_read(struct sl_view in, struct sl_request *ret, struct sl_err *err)
{
    struct sl_cur c = sl_cur_over(in);
    uint8_t signature[SL_SIGNATURE_BYTES];
    struct sl_request r = { 0 };

    SL_TRY(read_fields(&c, &r, err));
    struct sl_view message = { in.at, in.len - c.left };
    sl_cur_copy(&c, signature, sizeof signature);
    SL_TRY(sl_cur_end(&c, _("a request"), err));                  /* QUORUM-16 */
    if (!sl_sign_check(r.requester, PURPOSE, message, signature)) /* QUORUM-19 */
        return sl_fail(err, SL_E_REFUSED, _("a request is not signed by the one it names"));
    sl_sha256_of(in, r.hash);
    *ret = r;
    return SL_OK;
}

sl_rc sl_request_check(const struct sl_quorum *q, const struct sl_sealed_locker *l,
                       const struct sl_request *r, struct sl_err *err)
{
    if (!sl_same(r->production, q->production, sizeof r->production)) /* QUORUM-20 */
        return sl_fail(err, SL_E_REFUSED, _("the request belongs to another production"));
    if (r->quorum_epoch != q->epoch)
        return sl_fail(err, SL_E_REFUSED,
                       _("the request asks the trustees of quorum epoch %u; now it is %u\n"
                         "  ask again: safelight open"),
                       r->quorum_epoch, q->epoch);
    if (!sl_id_same(&r->locker, &l->locker) || r->locker_epoch != l->epoch)
        return sl_fail(err, SL_E_REFUSED, _("the request asks for another locker or epoch of it"));
    return SL_OK;
}

sl_rc sl_request_fresh(const struct sl_request *r, int64_t now, struct sl_err *err)
{
    time_t when = (time_t)r->expires;
    char date[32] = "?";
    struct tm tm;

    if (r->expires == 0 || now < r->expires)
        return SL_OK;
    if (gmtime_r(&when, &tm) != NULL)
        (void)strftime(date, sizeof date, "%Y-%m-%d %H:%M UTC", &tm);
    return sl_fail(err, SL_E_REFUSED, _("the request expired on %s\n  ask again: safelight open"),
                   date);
}
