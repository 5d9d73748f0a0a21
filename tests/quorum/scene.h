/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A founding for tests: t of m trustees with keys and shares, a locker sealed to them, somebody
 * who asks. Random bytes come from the fixed stream (format/fixed.h), so every run is the same.
 *
 *     struct scene s;
 *     scene_new(&s, 2, 3);                    two of three
 *     scene_answer(&s, 1, &answer);           trustee 1 says yes
 *     scene_end(&s);
 */
#pragma once

#include "check.h"
#include "format/fixed.h"
#include "quorum/gathering.h"
#include "quorum/inside.h"
#include "quorum/post.h"

struct scene {
    struct sl_quorum quorum;
    struct sl_share shares[SL_TRUSTEES_MAX];  /* number i at i - 1 */
    struct sl_sign_key keys[SL_TRUSTEES_MAX]; /* the same */
    struct sl_age_identity *identity;         /* the locker's */
    struct sl_sealed_locker locker;
    struct sl_sign_key requester;
    struct sl_request request;
    struct sl_buf request_bytes;
};

enum { SCENE_TRUSTEES = 0x40, SCENE_REQUESTER = 0x60 }; /* bytes that signing seeds are made of */

static inline struct sl_asked scene_asked(const struct scene *s)
{
    return (struct sl_asked){ .quorum = &s->quorum, .locker = &s->locker, .request = &s->request };
}

/* Sign what stands in s->request, into s->request_bytes. */
static inline void scene_sign_request(struct scene *s)
{
    s->request_bytes.len = 0;
    CHECK_EQ(sl_request_write(&s->request, &s->requester, &s->request_bytes, NULL), SL_OK);
}

/* Ask for s->locker with this reason. */
static inline void scene_ask(struct scene *s, const char *reason)
{
    struct sl_age_recipient to = fixed_recipient(FIXED_CARE);

    sl_request_for(&s->quorum, &s->locker, &s->request);
    s->request.expires = 1800000000;
    sl_age_recipient_text(&to, s->request.recipient);
    (void)snprintf(s->request.reason, sizeof s->request.reason, "%s", reason);
    scene_sign_request(s);
}

/* Deal anew: commitments and shares. */
static inline void scene_deal(struct scene *s)
{
    for (size_t i = 0; i < SL_TRUSTEES_MAX; i++)
        sl_share_clear(&s->shares[i]);
    CHECK_EQ(sl_quorum_deal(&s->quorum, s->shares, NULL), SL_OK);
}

static inline void scene_seal(struct scene *s, uint8_t locker_id, uint32_t epoch)
{
    struct sl_id id = fixed_id(locker_id);

    CHECK_EQ(sl_locker_seal(&s->quorum, &id, epoch, s->identity, &s->locker, NULL), SL_OK);
}

/* `production`: 32 times this byte. */
static inline void scene_found(struct scene *s, unsigned need, unsigned count, uint8_t production)
{
    memset(s, 0, sizeof *s);
    memset(s->quorum.production, production, sizeof s->quorum.production);
    s->quorum.need = (uint8_t)need;
    s->quorum.count = (uint8_t)count;
    for (unsigned i = 0; i < count; i++) {
        s->keys[i] = fixed_sign_key((uint8_t)(SCENE_TRUSTEES + 1 + i));
        sl_sign_key_public(&s->keys[i], s->quorum.keys[i]);
    }
    s->requester = fixed_sign_key(SCENE_REQUESTER);
    s->identity = fixed_identity(FIXED_LOCKER);
    s->request_bytes = sl_buf_upto(SL_REQUEST_BYTES_MAX);
    scene_deal(s);
    scene_seal(s, FIXED_LOCKER_ID, 0);
    scene_ask(s, "the cut");
}

static inline void scene_new(struct scene *s, unsigned need, unsigned count)
{
    scene_found(s, need, count, 0xab);
}

static inline void scene_end(struct scene *s)
{
    for (size_t i = 0; i < SL_TRUSTEES_MAX; i++) {
        sl_share_clear(&s->shares[i]);
        sl_secret_free(s->keys[i].bytes);
    }
    sl_secret_free(s->requester.bytes);
    sl_age_identity_free(s->identity);
    sl_buf_clear(&s->request_bytes);
}

/* Trustee `number` says yes to s->request. */
static inline sl_rc scene_try_answer(const struct scene *s, unsigned number, struct sl_answer *ret,
                                     struct sl_err *err)
{
    struct sl_asked asked = scene_asked(s);

    return sl_answer_yes(&asked, &s->shares[number - 1], &s->keys[number - 1], NULL, ret, err);
}

static inline void scene_answer(const struct scene *s, unsigned number, struct sl_answer *ret)
{
    CHECK_EQ(scene_try_answer(s, number, ret, NULL), SL_OK);
}

/* After a field of an answer was changed: write and sign it as its trustee would, so that only the
 * lie is left to be found. */
static inline void scene_resign(const struct scene *s, unsigned by, struct sl_answer *a)
{
    enum { AT_NUMBER = 16, AT_EPOCHS = 20, AT_LOCKER = 28, AT_PRODUCTION = 44, AT_REQUEST = 76 };
    enum { AT_PART = 108, AT_PROOF = 140, AT_MARK = 204, AT_SIGNATURE = 716 };

    a->bytes[AT_NUMBER] = a->number;
    a->bytes[AT_EPOCHS] = (uint8_t)a->quorum_epoch;
    a->bytes[AT_EPOCHS + 4] = (uint8_t)a->locker_epoch;
    memcpy(a->bytes + AT_LOCKER, a->locker.bytes, SL_ID_BYTES);
    memcpy(a->bytes + AT_PRODUCTION, a->production, 32);
    memcpy(a->bytes + AT_REQUEST, a->request, 32);
    memcpy(a->bytes + AT_PART, a->part.bytes, 32);
    memcpy(a->bytes + AT_PROOF, &a->proof, 64);
    memcpy(a->bytes + AT_MARK, a->mark, SL_MARK_BYTES);
    sl_sign(&s->keys[by - 1], "safelight/1 answer", view_of(a->bytes, AT_SIGNATURE),
            a->bytes + AT_SIGNATURE);
}

/* Make a true answer false, signed by its author: s_i C + G instead of s_i C. */
static inline void scene_lie(const struct scene *s, struct sl_answer *a)
{
    struct sl_point base;

    sl_point_base(&base);
    CHECK(sl_point_add(&a->part, &base, &a->part));
    scene_resign(s, a->number, a);
}

/* Whether an opened identity is the locker's. Frees it. */
static inline bool scene_is_identity(const struct scene *s, struct sl_age_identity *opened)
{
    struct sl_age_recipient to = { 0 };
    char text[SL_AGE_RECIPIENT_TEXT] = "";

    if (opened != NULL) {
        sl_age_identity_recipient(opened, &to);
        sl_age_recipient_text(&to, text);
    }
    sl_age_identity_free(opened);
    return strcmp(text, s->locker.recipient) == 0;
}

/* Whether `err` says this. */
static inline bool says(const struct sl_err *err, const char *what)
{
    bool found = strstr(err->text, what) != NULL;

    if (!found)
        printf("# it says: %s\n", err->text);
    return found;
}
