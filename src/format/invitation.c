/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An invitation to a production: what a bare machine needs to take part, signed by its maker. See
 * docs/format/people.md. What trustees deal and seal is only carried here: the quorum room judges
 * it where it is used.
 */
#include <string.h>

#include "base/say.h"
#include "crypto/derive.h"
#include "format/deeds.h"
#include "format/inside.h"
#include "format/person.h"
#include "format/slip.h"

#define MAGIC         "SLINVIT\n"
#define PURPOSE       "safelight/1 invitation"
#define SHARE_CARRIED 88u /* docs/format/quorum.md, "Share" */

/* PEOPLE-11, PEOPLE-16: an identity's text, and that it opens what is sealed to `to`. */
static sl_rc judge_identity(struct sl_view text, const struct sl_age_recipient *to,
                            const char *what, struct sl_err *err)
{
    SL_AUTO_FREE(age_identity) *identity = NULL;
    struct sl_age_recipient have;

    sl_rc rc = sl_age_identity_read(text, &identity, err);
    if (rc == SL_E_USAGE)
        return sl_fail(err, SL_E_BROKEN, _("%s in an invitation is not one of age's"), what);
    SL_TRY(rc);
    sl_age_identity_recipient(identity, &have);
    if (memcmp(have.point, to->point, sizeof to->point) != 0)
        return sl_fail(err, SL_E_BROKEN, _("%s in an invitation is not the founding's"), what);
    return SL_OK;
}

static bool carried(struct sl_view in)
{
    return in.len >= 1 && in.len <= SL_CARRIED_MAX;
}

static bool is_trustee(const struct sl_founding *f, const uint8_t key[SL_SIGN_PUBLIC_BYTES])
{
    uint8_t theirs[SL_SIGN_PUBLIC_BYTES];

    for (unsigned number = 1; number <= f->trustee_count; number++)
        if (sl_founding_trustee_key(f->quorum, f->quorum_bytes, number, theirs, NULL) == SL_OK &&
            memcmp(theirs, key, sizeof theirs) == 0)
            return true;
    return false;
}

/* PEOPLE-12 to PEOPLE-14: what there is of a quorum. */
static sl_rc judge_quorum(const struct sl_invitation *i, const struct sl_founding *f,
                          struct sl_err *err)
{
    bool trustee = i->as == SL_INVITED_TRUSTEE, quorum = f->quorum_suite != 0;
    bool test = carried(i->test_locker) && carried(i->test_request);
    bool none = i->test_locker.len == 0 && i->test_request.len == 0;

    if (trustee && !is_trustee(f, i->to)) /* PEOPLE-12 */
        return sl_fail(err, SL_E_BROKEN,
                       _("a trustee is invited whose key is not among the founding's trustees"));
    if (i->share.len != (trustee ? SHARE_CARRIED : 0)) /* PEOPLE-12 */
        return sl_fail(err, SL_E_BROKEN, _("an invitation has %zu bytes of a share, not %u"),
                       i->share.len, trustee ? SHARE_CARRIED : 0);
    if (quorum ? !test : !none) /* PEOPLE-13 */
        return sl_fail(err, SL_E_BROKEN,
                       _("an invitation has no test locker and request where there is a quorum, or "
                         "one where there is none"));
    if (i->sealed_count != (quorum ? f->locker_count : 0)) /* PEOPLE-14 */
        return sl_fail(err, SL_E_BROKEN, _("an invitation has %zu sealed lockers, not %zu"),
                       i->sealed_count, quorum ? f->locker_count : 0);
    for (size_t at = 0; at < i->sealed_count; at++)
        if (!carried(i->sealed[at])) /* PEOPLE-14 */
            return sl_fail(err, SL_E_BROKEN, _("a sealed locker of %zu bytes, not 1 to %u"),
                           i->sealed[at].len, SL_CARRIED_MAX);
    return SL_OK;
}

static const struct sl_locker_info *locker_of(const struct sl_founding *f,
                                              const struct sl_invited_grant *g)
{
    for (size_t at = 0; at < f->locker_count; at++)
        if (sl_id_same(&f->lockers[at].id, &g->locker) && f->lockers[at].epoch == g->epoch)
            return &f->lockers[at];
    return NULL;
}

static sl_rc judge_grants(const struct sl_invitation *i, const struct sl_founding *f,
                          struct sl_err *err)
{
    for (size_t at = 0; at < i->grant_count; at++) {
        const struct sl_invited_grant *g = &i->grants[at];
        const struct sl_locker_info *locker = locker_of(f, g);
        for (size_t before = 0; before < at; before++)
            if (sl_id_same(&i->grants[before].locker, &g->locker) &&
                i->grants[before].epoch == g->epoch) /* PEOPLE-15 */
                return sl_fail(err, SL_E_BROKEN, _("an invitation grants one locker twice"));
        if (locker == NULL) /* PEOPLE-16 */
            return sl_fail(err, SL_E_BROKEN,
                           _("an invitation grants a locker that the founding does not have"));
        SL_TRY(judge_identity(g->identity, &locker->recipient, _("a locker's key"), err));
    }
    return SL_OK;
}

/* What both reader and writer hold to before anything is looped over. */
static sl_rc judge_counts(const struct sl_invitation *i, struct sl_err *err)
{
    if (i->as != SL_INVITED_TRUSTEE && i->as != SL_INVITED_MEMBER) /* PEOPLE-9 */
        return sl_fail(err, SL_E_BROKEN, _("an invitation is of kind %u: not known here"),
                       (unsigned)i->as);
    if (i->sealed_count > SL_LOCKERS_MAX) /* PEOPLE-14 */
        return sl_fail(err, SL_E_BROKEN, _("an invitation has %zu sealed lockers, over %u"),
                       i->sealed_count, SL_LOCKERS_MAX);
    if (i->grant_count > SL_INVITED_GRANTS_MAX) /* PEOPLE-15 */
        return sl_fail(err, SL_E_BROKEN, _("an invitation has %zu grants, over %u"), i->grant_count,
                       SL_INVITED_GRANTS_MAX);
    return SL_OK;
}

/* Everything but the signature; *founding is what stands in it. */
static sl_rc judge(const struct sl_invitation *i, struct sl_founding *founding, struct sl_err *err)
{
    if (i->founding.len <= SL_SALT_BYTES || i->founding.len > SL_SLIP_BYTES) /* PEOPLE-10 */
        return sl_fail(err, SL_E_BROKEN, _("an invitation has %zu bytes of a founding"),
                       i->founding.len);
    struct sl_view unsalted = { i->founding.at + SL_SALT_BYTES, i->founding.len - SL_SALT_BYTES };
    SL_TRY(sl_founding_read(unsalted, founding, err)); /* PEOPLE-10 */
    SL_TRY(judge_identity(i->care_identity, &founding->care, _("the care key"), err));
    SL_TRY(judge_quorum(i, founding, err));
    return judge_grants(i, founding, err);
}

static void write_short(struct sl_pen *p, struct sl_view in)
{
    sl_pen_u16(p, (uint16_t)in.len);
    sl_pen_view(p, in);
}

static void write_fields(struct sl_pen *p, const struct sl_invitation *i)
{
    sl_pen_stamp(p, MAGIC);
    sl_pen_u32(p, (uint32_t)i->as);
    sl_pen_bytes(p, i->to, sizeof i->to);
    sl_pen_u32(p, (uint32_t)i->founding.len);
    sl_pen_view(p, i->founding);
    write_short(p, i->care_identity);
    write_short(p, i->share);
    write_short(p, i->test_locker);
    write_short(p, i->test_request);
    sl_pen_u16(p, (uint16_t)i->sealed_count);
    for (size_t at = 0; at < i->sealed_count; at++)
        write_short(p, i->sealed[at]);
    sl_pen_u16(p, (uint16_t)i->grant_count);
    for (size_t at = 0; at < i->grant_count; at++) {
        sl_pen_bytes(p, i->grants[at].locker.bytes, SL_ID_BYTES);
        sl_pen_u32(p, i->grants[at].epoch);
        write_short(p, i->grants[at].identity);
    }
}

/* PEOPLE-18 */
static sl_rc judge_size(size_t bytes, struct sl_err *err)
{
    if (bytes > SL_INVITATION_MAX)
        return sl_fail(err, SL_E_BROKEN, _("an invitation is %zu bytes, over %u"), bytes,
                       SL_INVITATION_MAX);
    return SL_OK;
}

sl_rc sl_invitation_write(const struct sl_invitation *i, const struct sl_sign_key *maker,
                          struct sl_buf *out, struct sl_err *err)
{
    struct sl_founding founding = { 0 }; /* some 60 KiB, as in founding.c */
    uint8_t hash[SL_SHA256_BYTES], public[SL_SIGN_PUBLIC_BYTES], signature[SL_SIGNATURE_BYTES];
    struct sl_pen p = sl_pen_to(out, err);

    SL_TRY(judge_counts(i, err));
    SL_TRY(judge(i, &founding, err));
    sl_sign_key_public(maker, public);
    if (memcmp(public, founding.maker, sizeof public) != 0) /* PEOPLE-17 */
        return sl_fail(err, SL_E_REFUSED, _("only the maker of a production invites to it"));
    write_fields(&p, i);
    if (p.rc == SL_OK)
        p.rc = judge_size(out->len - p.begin + SL_SIGNATURE_BYTES, err);
    SL_TRY(sl_pen_done(&p));
    sl_sha256_of((struct sl_view){ out->at + p.begin, out->len - p.begin }, hash);
    sl_sign(maker, PURPOSE, (struct sl_view){ hash, sizeof hash }, signature);
    sl_pen_bytes(&p, signature, sizeof signature);
    return sl_pen_done(&p);
}

static struct sl_view read_short(struct sl_cur *c)
{
    return sl_cur_take(c, sl_cur_u16(c));
}

/* From behind the stamp to the last grant. */
static sl_rc read_fields(struct sl_cur *c, struct sl_invitation *i, struct sl_err *err)
{
    i->as = (enum sl_invited_as)sl_cur_u32(c);
    sl_cur_copy(c, i->to, sizeof i->to);
    i->founding = sl_cur_take(c, sl_cur_u32(c));
    i->care_identity = read_short(c);
    i->share = read_short(c);
    i->test_locker = read_short(c);
    i->test_request = read_short(c);
    i->sealed_count = sl_cur_u16(c);
    if (c->spoilt)
        return sl_cur_end(c, _("an invitation"), err);
    SL_TRY(judge_counts(i, err)); /* before the loops */
    for (size_t at = 0; at < i->sealed_count; at++)
        i->sealed[at] = read_short(c);
    i->grant_count = sl_cur_u16(c);
    SL_TRY(judge_counts(i, err));
    for (size_t at = 0; at < i->grant_count; at++) {
        sl_cur_copy(c, i->grants[at].locker.bytes, SL_ID_BYTES);
        i->grants[at].epoch = sl_cur_u32(c);
        i->grants[at].identity = read_short(c);
    }
    return SL_OK;
}

sl_rc sl_invitation_read(struct sl_view in, struct sl_invitation *ret, struct sl_founding *founding,
                         struct sl_err *err)
{
    const char *what = _("an invitation");
    struct sl_founding f = { 0 }; /* some 60 KiB, as in founding.c */
    struct sl_cur c = sl_cur_over(in);
    struct sl_invitation i = { 0 };
    uint8_t hash[SL_SHA256_BYTES];

    SL_TRY(judge_size(in.len, err));
    SL_TRY(sl_stamp_read(&c, MAGIC, what, err)); /* PEOPLE-8 */
    SL_TRY(read_fields(&c, &i, err));
    sl_sha256_of((struct sl_view){ in.at, in.len - c.left }, hash);
    struct sl_view signature = sl_cur_take(&c, SL_SIGNATURE_BYTES);
    SL_TRY(sl_cur_end(&c, what, err)); /* PEOPLE-8 */
    SL_TRY(judge(&i, &f, err));
    if (!sl_sign_check(f.maker, PURPOSE, (struct sl_view){ hash, sizeof hash },
                       signature.at)) /* PEOPLE-17 */
        return sl_fail(err, SL_E_REFUSED,
                       _("an invitation is not signed by the maker of the production it is to"));
    *ret = i;
    *founding = f;
    return SL_OK;
}
