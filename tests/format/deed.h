/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One deed of each kind, made from fixed bytes: what the tests damage and docs/format/deeds.md
 * shows.
 */
#pragma once

#include "fixed.h"
#include "format/deeds.h"

enum {
    DEED_LOCKER,
    DEED_TEST_LOCKER,
    DEED_GRANT,
    DEED_GRANT_BODY,
    DEED_REQUEST,
    DEED_ANSWER,
    DEED_ACCEPTED,
    DEED_REVOKED,
    DEED_KINDS,
};

static const char *const deed_names[DEED_KINDS] = {
    "locker",  "test locker", "grant, for care", "grant, sealed to the person",
    "request", "answer",      "accepted",        "revoked",
};

/* The author's key, with two sessions: this one, and one of 32 times 09. */
static inline void deed_revoked(struct sl_revoked_deed *r)
{
    memset(r, 0, sizeof *r);
    fixed_public(FIXED_AUTHOR, r->key);
    r->count = 2;
    memset(r->sessions[0].session, 9, SL_SESSION_BYTES);
    r->sessions[0].entries = 3;
    memset(r->sessions[0].hash, 0xa1, SL_SHA256_BYTES);
    fixed_public(FIXED_SESSION, r->sessions[1].session);
    r->sessions[1].entries = 6;
    memset(r->sessions[1].hash, 0xa2, SL_SHA256_BYTES);
}

static inline sl_rc deed_write_locker(bool test, struct sl_buf *out)
{
    struct sl_locker_deed d = { .purpose = SL_LOCKER_REAL, .sealed = view_text("a sealed locker") };

    if (test)
        d = (struct sl_locker_deed){ .purpose = SL_LOCKER_TEST,
                                     .sealed = view_text("a sealed test locker"),
                                     .request = view_text("a request") };
    return sl_locker_deed_write(&d, out, NULL);
}

static inline sl_rc deed_write_grant(bool care, struct sl_buf *out)
{
    struct sl_grant_care g = { .locker = fixed_id(FIXED_LOCKER_ID), .epoch = 2 };
    struct sl_grant_body b = { .locker = g.locker, .epoch = 2 };

    fixed_public(FIXED_AUTHOR, g.to);
    b.identity = view_text("AGE-SECRET-KEY-1EXAMPLE");
    return care ? sl_grant_care_write(&g, out, NULL) : sl_grant_body_write(&b, out, NULL);
}

static inline sl_rc deed_write_answer(struct sl_buf *out)
{
    struct sl_answer_care a;

    memset(a.request, 0xee, sizeof a.request);
    memset(a.mark, 0xdd, sizeof a.mark);
    return sl_answer_care_write(&a, out, NULL);
}

static inline sl_rc deed_write(size_t kind, struct sl_buf *out)
{
    struct sl_request_care request = { .locker = fixed_id(FIXED_LOCKER_ID), .epoch = 2 };
    struct sl_accepted_deed accepted = { view_text("an answer") };
    static struct sl_revoked_deed revoked;

    switch (kind) {
    case DEED_LOCKER:
    case DEED_TEST_LOCKER: return deed_write_locker(kind == DEED_TEST_LOCKER, out);
    case DEED_GRANT:
    case DEED_GRANT_BODY: return deed_write_grant(kind == DEED_GRANT, out);
    case DEED_REQUEST:
        memset(request.request, 0xee, sizeof request.request);
        return sl_request_care_write(&request, out, NULL);
    case DEED_ANSWER: return deed_write_answer(out);
    case DEED_ACCEPTED: return sl_accepted_deed_write(&accepted, out, NULL);
    default: deed_revoked(&revoked); return sl_revoked_deed_write(&revoked, out, NULL);
    }
}

/* Read as a deed of that kind; whatever comes out is thrown away. */
static inline sl_rc deed_read(size_t kind, struct sl_view in, struct sl_err *err)
{
    static struct sl_revoked_deed revoked;
    struct sl_locker_deed locker;
    struct sl_grant_care grant;
    struct sl_grant_body body;
    struct sl_request_care request;
    struct sl_answer_care answer;
    struct sl_accepted_deed accepted;

    switch (kind) {
    case DEED_LOCKER:
    case DEED_TEST_LOCKER: return sl_locker_deed_read(in, &locker, err);
    case DEED_GRANT: return sl_grant_care_read(in, &grant, err);
    case DEED_GRANT_BODY: return sl_grant_body_read(in, &body, err);
    case DEED_REQUEST: return sl_request_care_read(in, &request, err);
    case DEED_ANSWER: return sl_answer_care_read(in, &answer, err);
    case DEED_ACCEPTED: return sl_accepted_deed_read(in, &accepted, err);
    default: return sl_revoked_deed_read(in, &revoked, err);
    }
}
