/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bodies of the entries by which people act on lockers: LOCKER, GRANT, REQUEST, ANSWER, ACCEPTED,
 * REVOKED. See docs/format/deeds.md. Each has one judge for its reader and its writer.
 */
#include "format/deeds.h"

#include <string.h>

#include "base/say.h"
#include "format/inside.h"

#define LOCKER_MAGIC   "SLLDEED\n"
#define GRANT_MAGIC    "SLGRANT\n"
#define IDENTITY_MAGIC "SLGRKEY\n"
#define REQUEST_MAGIC  "SLREQST\n"
#define ANSWER_MAGIC   "SLREPLY\n"
#define ACCEPTED_MAGIC "SLACCEP\n"
#define REVOKED_MAGIC  "SLREVOK\n"

/* What another room laid out, behind its length. */
static void write_carried(struct sl_pen *p, struct sl_view in)
{
    sl_pen_u16(p, (uint16_t)in.len);
    sl_pen_view(p, in);
}

static sl_rc judge_carried(struct sl_view in, size_t least, const char *what, struct sl_err *err)
{
    if (in.len < least || in.len > SL_CARRIED_MAX) /* DEED-3 */
        return sl_fail(err, SL_E_BROKEN, _("%s carries %zu bytes, not %zu to %u"), what, in.len,
                       least, SL_CARRIED_MAX);
    return SL_OK;
}

/* ---- LOCKER ---- */

static sl_rc judge_locker(const struct sl_locker_deed *d, struct sl_err *err)
{
    const char *what = _("a locker's entry");
    bool test = d->purpose == SL_LOCKER_TEST;

    if (!test && d->purpose != SL_LOCKER_REAL) /* DEED-4 */
        return sl_fail(err, SL_E_BROKEN, _("a locker for purpose %u: not known here"), d->purpose);
    SL_TRY(judge_carried(d->sealed, 1, what, err));
    SL_TRY(judge_carried(d->request, 0, what, err));
    if (test != (d->request.len > 0)) /* DEED-5 */
        return sl_fail(err, SL_E_BROKEN,
                       _("a test locker has a request, and no other locker has one"));
    return SL_OK;
}

sl_rc sl_locker_deed_write(const struct sl_locker_deed *d, struct sl_buf *out, struct sl_err *err)
{
    struct sl_pen p = sl_pen_to(out, err);

    SL_TRY(judge_locker(d, err));
    sl_pen_stamp(&p, LOCKER_MAGIC);
    sl_pen_u32(&p, d->purpose);
    write_carried(&p, d->sealed);
    write_carried(&p, d->request);
    return sl_pen_done(&p);
}

sl_rc sl_locker_deed_read(struct sl_view in, struct sl_locker_deed *ret, struct sl_err *err)
{
    const char *what = _("a locker's entry");
    struct sl_cur c = sl_cur_over(in);
    struct sl_locker_deed d = { 0 };

    SL_TRY(sl_stamp_read(&c, LOCKER_MAGIC, what, err)); /* DEED-1 */
    d.purpose = sl_cur_u32(&c);
    d.sealed = sl_cur_take(&c, sl_cur_u16(&c));
    d.request = sl_cur_take(&c, sl_cur_u16(&c));
    SL_TRY(sl_cur_end(&c, what, err)); /* DEED-2 */
    SL_TRY(judge_locker(&d, err));
    *ret = d;
    return SL_OK;
}

/* ---- GRANT ---- */

sl_rc sl_grant_care_write(const struct sl_grant_care *g, struct sl_buf *out, struct sl_err *err)
{
    struct sl_pen p = sl_pen_to(out, err);

    sl_pen_stamp(&p, GRANT_MAGIC);
    sl_pen_u32(&p, g->epoch);
    sl_pen_bytes(&p, g->locker.bytes, sizeof g->locker.bytes);
    sl_pen_u16(&p, SL_SUITE_ED25519);
    sl_pen_bytes(&p, g->to, sizeof g->to);
    return sl_pen_done(&p);
}

static sl_rc judge_suite(uint16_t suite, const char *what, struct sl_err *err)
{
    if (suite != SL_SUITE_ED25519) /* DEED-6 */
        return sl_fail(err, SL_E_BROKEN, _("%s names a key of suite %u: not known here"), what,
                       suite);
    return SL_OK;
}

sl_rc sl_grant_care_read(struct sl_view in, struct sl_grant_care *ret, struct sl_err *err)
{
    const char *what = _("a grant");
    struct sl_cur c = sl_cur_over(in);
    struct sl_grant_care g = { 0 };

    SL_TRY(sl_stamp_read(&c, GRANT_MAGIC, what, err)); /* DEED-1 */
    g.epoch = sl_cur_u32(&c);
    sl_cur_copy(&c, g.locker.bytes, sizeof g.locker.bytes);
    uint16_t suite = sl_cur_u16(&c);
    sl_cur_copy(&c, g.to, sizeof g.to);
    SL_TRY(sl_cur_end(&c, what, err)); /* DEED-2 */
    SL_TRY(judge_suite(suite, what, err));
    *ret = g;
    return SL_OK;
}

/* DEED-7: text of one line, as age writes identities. Nothing of it is repeated: it is secret. */
static sl_rc judge_identity(struct sl_view text, struct sl_err *err)
{
    uint8_t odd = text.len < 1 || text.len > SL_IDENTITY_TEXT_MAX;

    for (size_t i = 0; i < text.len; i++)
        odd |= text.at[i] < '!' || text.at[i] > '~';
    if (odd)
        return sl_fail(err, SL_E_BROKEN, _("a grant's identity is not one word of 1 to %u bytes"),
                       SL_IDENTITY_TEXT_MAX);
    return SL_OK;
}

sl_rc sl_grant_body_write(const struct sl_grant_body *g, struct sl_buf *out, struct sl_err *err)
{
    struct sl_pen p = sl_pen_to(out, err);

    SL_TRY(judge_identity(g->identity, err));
    sl_pen_stamp(&p, IDENTITY_MAGIC);
    sl_pen_u32(&p, g->epoch);
    sl_pen_bytes(&p, g->locker.bytes, sizeof g->locker.bytes);
    write_carried(&p, g->identity);
    return sl_pen_done(&p);
}

sl_rc sl_grant_body_read(struct sl_view in, struct sl_grant_body *ret, struct sl_err *err)
{
    const char *what = _("a granted key");
    struct sl_cur c = sl_cur_over(in);
    struct sl_grant_body g = { 0 };

    SL_TRY(sl_stamp_read(&c, IDENTITY_MAGIC, what, err)); /* DEED-1 */
    g.epoch = sl_cur_u32(&c);
    sl_cur_copy(&c, g.locker.bytes, sizeof g.locker.bytes);
    g.identity = sl_cur_take(&c, sl_cur_u16(&c));
    SL_TRY(sl_cur_end(&c, what, err)); /* DEED-2 */
    SL_TRY(judge_identity(g.identity, err));
    *ret = g;
    return SL_OK;
}

/* ---- REQUEST, ANSWER, ACCEPTED ---- */

sl_rc sl_request_care_write(const struct sl_request_care *r, struct sl_buf *out, struct sl_err *err)
{
    struct sl_pen p = sl_pen_to(out, err);

    sl_pen_stamp(&p, REQUEST_MAGIC);
    sl_pen_u32(&p, r->epoch);
    sl_pen_bytes(&p, r->locker.bytes, sizeof r->locker.bytes);
    sl_pen_bytes(&p, r->request, sizeof r->request);
    return sl_pen_done(&p);
}

sl_rc sl_request_care_read(struct sl_view in, struct sl_request_care *ret, struct sl_err *err)
{
    const char *what = _("what care may know of a request");
    struct sl_cur c = sl_cur_over(in);
    struct sl_request_care r = { 0 };

    SL_TRY(sl_stamp_read(&c, REQUEST_MAGIC, what, err)); /* DEED-1 */
    r.epoch = sl_cur_u32(&c);
    sl_cur_copy(&c, r.locker.bytes, sizeof r.locker.bytes);
    sl_cur_copy(&c, r.request, sizeof r.request);
    SL_TRY(sl_cur_end(&c, what, err)); /* DEED-2 */
    *ret = r;
    return SL_OK;
}

sl_rc sl_answer_care_write(const struct sl_answer_care *a, struct sl_buf *out, struct sl_err *err)
{
    struct sl_pen p = sl_pen_to(out, err);

    sl_pen_stamp(&p, ANSWER_MAGIC);
    sl_pen_u32(&p, 0);
    sl_pen_bytes(&p, a->request, sizeof a->request);
    sl_pen_bytes(&p, a->mark, sizeof a->mark);
    return sl_pen_done(&p);
}

sl_rc sl_answer_care_read(struct sl_view in, struct sl_answer_care *ret, struct sl_err *err)
{
    const char *what = _("what care may know of an answer");
    struct sl_cur c = sl_cur_over(in);
    struct sl_answer_care a = { 0 };

    SL_TRY(sl_stamp_read(&c, ANSWER_MAGIC, what, err)); /* DEED-1 */
    uint32_t reserved = sl_cur_u32(&c);
    sl_cur_copy(&c, a.request, sizeof a.request);
    sl_cur_copy(&c, a.mark, sizeof a.mark);
    SL_TRY(sl_cur_end(&c, what, err)); /* DEED-2 */
    if (reserved != 0)                 /* DEED-8 */
        return sl_fail(err, SL_E_BROKEN, _("%s is not zero where it has to be"), what);
    *ret = a;
    return SL_OK;
}

sl_rc sl_accepted_deed_write(const struct sl_accepted_deed *a, struct sl_buf *out,
                             struct sl_err *err)
{
    struct sl_pen p = sl_pen_to(out, err);

    SL_TRY(judge_carried(a->answer, 1, _("an acceptance"), err));
    sl_pen_stamp(&p, ACCEPTED_MAGIC);
    write_carried(&p, a->answer);
    return sl_pen_done(&p);
}

sl_rc sl_accepted_deed_read(struct sl_view in, struct sl_accepted_deed *ret, struct sl_err *err)
{
    const char *what = _("an acceptance");
    struct sl_cur c = sl_cur_over(in);
    struct sl_accepted_deed a = { 0 };

    SL_TRY(sl_stamp_read(&c, ACCEPTED_MAGIC, what, err)); /* DEED-1 */
    a.answer = sl_cur_take(&c, sl_cur_u16(&c));
    SL_TRY(sl_cur_end(&c, what, err)); /* DEED-2 */
    SL_TRY(judge_carried(a.answer, 1, what, err));
    *ret = a;
    return SL_OK;
}

/* ---- REVOKED ---- */

static sl_rc judge_revoked(const struct sl_revoked_deed *r, struct sl_err *err)
{
    if (r->count > SL_REVOKED_SESSIONS_MAX) /* DEED-9 */
        return sl_fail(err, SL_E_BROKEN, _("a key taken back lists %zu sessions, over %u"),
                       r->count, SL_REVOKED_SESSIONS_MAX);
    for (size_t i = 0; i < r->count; i++) {
        if (r->sessions[i].entries == 0) /* DEED-10 */
            return sl_fail(err, SL_E_BROKEN,
                           _("a key taken back lists a session of which nothing is believed"));
        if (i > 0 && memcmp(r->sessions[i - 1].session, r->sessions[i].session, SL_SESSION_BYTES) >=
                         0) /* DEED-9 */
            return sl_fail(err, SL_E_BROKEN,
                           _("a key taken back lists sessions twice, or not in order"));
    }
    return SL_OK;
}

sl_rc sl_revoked_deed_write(const struct sl_revoked_deed *r, struct sl_buf *out, struct sl_err *err)
{
    struct sl_pen p = sl_pen_to(out, err);

    SL_TRY(judge_revoked(r, err));
    sl_pen_stamp(&p, REVOKED_MAGIC);
    sl_pen_u16(&p, SL_SUITE_ED25519);
    sl_pen_u16(&p, (uint16_t)r->count);
    sl_pen_bytes(&p, r->key, sizeof r->key);
    for (size_t i = 0; i < r->count; i++) {
        sl_pen_bytes(&p, r->sessions[i].session, sizeof r->sessions[i].session);
        sl_pen_u64(&p, r->sessions[i].entries);
        sl_pen_bytes(&p, r->sessions[i].hash, sizeof r->sessions[i].hash);
    }
    return sl_pen_done(&p);
}

/* Into a struct that the caller throws away on failure. */
static sl_rc read_revoked(struct sl_view in, struct sl_revoked_deed *r, struct sl_err *err)
{
    const char *what = _("a key taken back");
    struct sl_cur c = sl_cur_over(in);

    SL_TRY(sl_stamp_read(&c, REVOKED_MAGIC, what, err)); /* DEED-1 */
    uint16_t suite = sl_cur_u16(&c);
    r->count = sl_cur_u16(&c);
    sl_cur_copy(&c, r->key, sizeof r->key);
    if (c.spoilt)
        return sl_cur_end(&c, what, err);
    SL_TRY(judge_suite(suite, what, err));
    for (size_t i = 0; i < r->count && i < SL_REVOKED_SESSIONS_MAX; i++) {
        sl_cur_copy(&c, r->sessions[i].session, sizeof r->sessions[i].session);
        r->sessions[i].entries = sl_cur_u64(&c);
        sl_cur_copy(&c, r->sessions[i].hash, sizeof r->sessions[i].hash);
    }
    if (r->count <= SL_REVOKED_SESSIONS_MAX)
        SL_TRY(sl_cur_end(&c, what, err)); /* DEED-2 */
    return judge_revoked(r, err);
}

sl_rc sl_revoked_deed_read(struct sl_view in, struct sl_revoked_deed *ret, struct sl_err *err)
{
    struct sl_revoked_deed r = { 0 }; /* some 56 KiB */

    SL_TRY(read_revoked(in, &r, err));
    *ret = r;
    return SL_OK;
}
