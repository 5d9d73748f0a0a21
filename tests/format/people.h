/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A person and invitations for tests and the worked example of docs/format/people.md. What the
 * quorum room lays out is stood in for by plain texts: this room only carries it.
 *
 *     struct people s;
 *     people_new(&s, true);                   a founding with a quorum; Ana, invited as trustee 1
 *     people_bytes(&s, &out);                 s.invitation, signed by s.maker, judged by nobody
 *     people_end(&s);
 */
#pragma once

#include "fixed.h"
#include "format/inside.h"
#include "format/person.h"

enum { FIXED_PERSON = 0x50, FIXED_SALT = 0x77 };

struct people {
    struct sl_age_identity *ana, *care, *locker;
    struct sl_secret *care_text, *locker_text;
    struct sl_sign_key maker;
    struct sl_founding founding;
    struct sl_buf salted; /* the founding's bytes behind their salt */
    uint8_t share[88];
    struct sl_invitation invitation; /* views into all of these */
};

static inline void people_person_public(uint8_t byte, uint8_t ret[SL_SIGN_PUBLIC_BYTES])
{
    struct sl_age_identity *person = fixed_identity(byte);
    struct sl_sign_key key = { 0 };

    CHECK_EQ(sl_person_sign_key(person, &key, NULL), SL_OK);
    sl_sign_key_public(&key, ret);
    sl_secret_free(key.bytes);
    sl_age_identity_free(person);
}

/* Two of three trustees: 20 bytes, two points (stood in for), three keys. */
static inline void people_quorum(struct sl_founding *f)
{
    static const char *const aliases[] = { "ana", "bo", "cy" };
    struct sl_buf block = sl_buf_fixed(f->quorum, sizeof f->quorum);
    struct sl_pen p = sl_pen_to(&block, NULL);
    uint8_t key[SL_SIGN_PUBLIC_BYTES], point[32];

    f->quorum_suite = 1;
    f->trustee_count = 3;
    sl_pen_stamp(&p, "SLQUORM\n");
    sl_pen_u16(&p, 1);
    sl_pen_u8(&p, 2);
    sl_pen_u8(&p, 3);
    sl_pen_u32(&p, 0);
    for (int i = 0; i < 2; i++) {
        memset(point, 0xc0 + i, sizeof point);
        sl_pen_bytes(&p, point, sizeof point);
    }
    for (size_t i = 0; i < 3; i++) {
        people_person_public((uint8_t)(FIXED_PERSON + i), key);
        sl_pen_bytes(&p, key, sizeof key);
        (void)snprintf(f->trustees[i].alias, sizeof f->trustees[i].alias, "%s", aliases[i]);
        f->trustees[i].recipient = fixed_recipient((uint8_t)(FIXED_PERSON + i));
    }
    CHECK_EQ(sl_pen_done(&p), SL_OK);
    f->quorum_bytes = block.len;
}

/* Write s->founding behind its salt, for the invitation to hold. */
static inline void people_found(struct people *s)
{
    uint8_t salt[SL_SALT_BYTES];

    memset(salt, FIXED_SALT, sizeof salt);
    s->salted.len = 0;
    CHECK_EQ(sl_buf_put(&s->salted, view_of(salt, sizeof salt), NULL), SL_OK);
    CHECK_EQ(sl_founding_write(&s->founding, &s->salted, NULL), SL_OK);
    s->invitation.founding = sl_buf_view(&s->salted);
}

static inline struct sl_view people_text(const struct sl_age_identity *i, struct sl_secret **owner)
{
    CHECK_EQ(sl_age_identity_text(i, owner, NULL), SL_OK);
    struct sl_view text = sl_secret_expose(*owner);
    return view_of(text.at, text.len - 1);
}

/* With a quorum Ana is invited as its trustee 1, without one as a member; one locker is granted. */
static inline void people_new(struct people *s, bool quorum)
{
    struct sl_invitation *i = &s->invitation;

    memset(s, 0, sizeof *s);
    s->ana = fixed_identity(FIXED_PERSON);
    s->care = fixed_identity(FIXED_CARE);
    s->locker = fixed_identity(FIXED_LOCKER);
    s->maker = fixed_sign_key(FIXED_AUTHOR);
    s->salted = sl_buf_upto(SL_SLIP_BYTES);
    fixed_founding(&s->founding);
    if (quorum)
        people_quorum(&s->founding);
    people_found(s);
    i->as = SL_INVITED_MEMBER;
    people_person_public(FIXED_PERSON, i->to);
    i->care_identity = people_text(s->care, &s->care_text);
    i->grant_count = 1;
    i->grants[0].locker = fixed_id(FIXED_LOCKER_ID);
    i->grants[0].identity = people_text(s->locker, &s->locker_text);
    if (!quorum)
        return;
    i->as = SL_INVITED_TRUSTEE;
    memset(s->share, 0x5a, sizeof s->share);
    i->share = view_of(s->share, sizeof s->share);
    i->test_locker = view_text("the test locker");
    i->test_request = view_text("the test request");
    i->sealed_count = 1;
    i->sealed[0] = view_text("the locker");
}

static inline void people_end(struct people *s)
{
    sl_age_identity_free(s->ana);
    sl_age_identity_free(s->care);
    sl_age_identity_free(s->locker);
    sl_secret_free(s->care_text);
    sl_secret_free(s->locker_text);
    sl_secret_free(s->maker.bytes);
    sl_buf_clear(&s->salted);
}

static inline void people_short(struct sl_pen *p, struct sl_view in)
{
    sl_pen_u16(p, (uint16_t)in.len);
    sl_pen_view(p, in);
}

/* Sign `out` as it stands, the way of an invitation. */
static inline void people_sign(const struct sl_sign_key *key, const char *purpose,
                               struct sl_buf *out)
{
    uint8_t hash[SL_SHA256_BYTES], signature[SL_SIGNATURE_BYTES];

    sl_sha256_of(sl_buf_view(out), hash);
    sl_sign(key, purpose, view_of(hash, sizeof hash), signature);
    CHECK_EQ(sl_buf_put(out, view_of(signature, sizeof signature), NULL), SL_OK);
}

/* A writer from the page alone, that judges nothing. */
static inline void people_bytes(const struct people *s, struct sl_buf *out)
{
    const struct sl_invitation *i = &s->invitation;
    struct sl_pen p = sl_pen_to(out, NULL);

    sl_pen_stamp(&p, "SLINVIT\n");
    sl_pen_u32(&p, (uint32_t)i->as);
    sl_pen_bytes(&p, i->to, sizeof i->to);
    sl_pen_u32(&p, (uint32_t)i->founding.len);
    sl_pen_view(&p, i->founding);
    people_short(&p, i->care_identity);
    people_short(&p, i->share);
    people_short(&p, i->test_locker);
    people_short(&p, i->test_request);
    sl_pen_u16(&p, (uint16_t)i->sealed_count);
    for (size_t at = 0; at < i->sealed_count && at < SL_LOCKERS_MAX; at++)
        people_short(&p, i->sealed[at]);
    sl_pen_u16(&p, (uint16_t)i->grant_count);
    for (size_t at = 0; at < i->grant_count && at < SL_INVITED_GRANTS_MAX; at++) {
        sl_pen_bytes(&p, i->grants[at].locker.bytes, SL_ID_BYTES);
        sl_pen_u32(&p, i->grants[at].epoch);
        people_short(&p, i->grants[at].identity);
    }
    CHECK_EQ(sl_pen_done(&p), SL_OK);
    people_sign(&s->maker, "safelight/1 invitation", out);
}

/* Whether `err` says this. */
static inline bool people_says(const struct sl_err *err, const char *what)
{
    bool found = strstr(err->text, what) != NULL;

    if (!found)
        printf("# it says: %s\n", err->text);
    return found;
}
