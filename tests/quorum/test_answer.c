/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Requests and answers: what is refused, by whom and in which words; replays; the bytes of both.
 */
#include "scene.h"

enum { /* request, docs/format/quorum.md */
       ASK_SUITE = 12,
       ASK_SIGNING = 14,
       ASK_EXPIRES = 24,
       ASK_RECIPIENT_BYTES = 128,
       ASK_REASON_BYTES = 130,
       ASK_RECIPIENT = 132,
};
enum { /* answer */
       ANS_SUITE = 12,
       ANS_SIGNING = 14,
       ANS_NUMBER = 16,
       ANS_VERDICT = 17,
       ANS_ZERO = 18,
       ANS_POINT = 108,
       ANS_CHALLENGE = 140,
       ANS_RESPONSE = 172,
       ANS_SIGNATURE = 716,
};

/* What the gatherer of `s` says to this answer. */
static sl_rc count_it(const struct scene *s, const struct sl_answer *a, struct sl_gathering *g,
                      struct sl_err *err)
{
    CHECK_EQ(sl_gathering_begin(&s->quorum, &s->locker, g, NULL), SL_OK);
    return sl_gathering_add(g, &s->request, a, err);
}

static void answer__opens_with_another_ones_request_too(void)
{
    struct sl_age_identity *opened = NULL;
    struct sl_request first;
    struct sl_gathering g;
    struct sl_answer a;
    struct scene s;

    scene_new(&s, 2, 3);
    CHECK_EQ(sl_gathering_begin(&s.quorum, &s.locker, &g, NULL), SL_OK);
    scene_answer(&s, 1, &a);
    first = s.request;
    scene_ask(&s, "the same, a year later");
    CHECK_EQ(sl_gathering_add(&g, &s.request, &a, NULL), SL_E_REFUSED); /* not what was answered */
    CHECK_EQ(sl_gathering_add(&g, &first, &a, NULL), SL_OK);
    scene_answer(&s, 3, &a);
    CHECK_EQ(sl_gathering_add(&g, &s.request, &a, NULL), SL_OK); /* they add up */
    CHECK_EQ(sl_gathering_open(&g, &opened, NULL), SL_OK);
    CHECK(scene_is_identity(&s, opened));
    scene_end(&s);
}

/* QUORUM-24: and nobody is accused by any of it. */
static void answer__replayed_elsewhere_is_refused(void)
{
    struct sl_answer a;
    struct scene s;

    for (unsigned what = 0; what < 5; what++) {
        struct sl_gathering g;
        struct sl_err err = { 0 };
        scene_new(&s, 2, 3);
        scene_answer(&s, 2, &a);
        if (what == 0)
            scene_seal(&s, 0x21, 0); /* another locker */
        if (what == 1)
            scene_seal(&s, FIXED_LOCKER_ID, 1); /* another epoch of it */
        if (what == 2)
            s.quorum.epoch = 1; /* another quorum epoch */
        if (what == 3) {        /* another production: the locker belongs to it too */
            s.quorum.production[0] ^= 1;
            scene_seal(&s, FIXED_LOCKER_ID, 0);
        }
        scene_ask(&s, "the cut"); /* another request, in any case */
        CHECK_EQ(count_it(&s, &a, &g, &err), SL_E_REFUSED);
        CHECK_EQ(g.false_by, 0);
        CHECK(says(&err, what < 2    ? "another locker or epoch"
                         : what == 2 ? "quorum epoch 0, not 1"
                         : what == 3 ? "another production"
                                     : "another request"));
        scene_end(&s);
    }
}

/* Relabelled and signed anew by its own trustee, so that only the proof is left to notice:
 * QUORUM-25 binds it to each of these. */
static void answer__relabelled_for_something_else_is_false(void)
{
    struct sl_answer a;
    struct scene s;

    for (unsigned what = 0; what < 6; what++) {
        struct sl_gathering g;
        struct sl_err err = { 0 };
        scene_new(&s, 2, 3);
        scene_answer(&s, 2, &a);
        if (what == 0)
            scene_seal(&s, 0x21, 0);
        if (what == 1)
            scene_seal(&s, FIXED_LOCKER_ID, 1);
        if (what == 2)
            a.quorum_epoch = s.quorum.epoch = 1;
        if (what == 3) {
            s.quorum.production[0] ^= 1;
            scene_seal(&s, FIXED_LOCKER_ID, 0);
        }
        if (what == 4)
            s.quorum.need = 1; /* other commitments than the trustee knew */
        scene_ask(&s, "the cut");
        a.locker = s.locker.locker;
        a.locker_epoch = s.locker.epoch;
        memcpy(a.production, s.quorum.production, sizeof a.production);
        memcpy(a.request, s.request.hash, sizeof a.request);
        scene_resign(&s, 2, &a);
        CHECK_EQ(count_it(&s, &a, &g, &err), SL_E_REFUSED);
        CHECK(says(&err, "trustee 2 gave a false answer"));
        CHECK_EQ(g.false_by, 1u << 2);
        scene_end(&s);
    }
}

/* QUORUM-25, one by one: nothing but this changes, and the proof alone is asked. */
static void answer__is_true_for_its_whole_statement_only(void)
{
    struct sl_answer a, other;
    struct scene s;

    scene_new(&s, 2, 3);
    scene_answer(&s, 2, &a);
    for (unsigned what = 0; what < 9; what++) {
        struct sl_sealed_locker l = s.locker;
        struct sl_quorum q = s.quorum;
        struct sl_asked asked = { .quorum = &q, .locker = &l, .request = &s.request };
        other = a;
        CHECK_EQ(sl_answer_true(&asked, &other, NULL), SL_OK);
        q.epoch += what == 0;
        q.count = what == 1 ? 4 : q.count;
        q.need = what == 2 ? 1 : q.need;
        q.production[7] ^= what == 3;
        l.locker.bytes[7] ^= what == 4;
        l.epoch += what == 5;
        other.request[7] ^= what == 6;
        other.number = what == 7 ? 3 : other.number;
        if (what == 8)
            sl_point_base(&l.c);
        CHECK_EQ(sl_answer_true(&asked, &other, NULL), SL_E_REFUSED);
    }
    scene_end(&s);
}

/* The part of one trustee in the name of another: who signs it is named. */
static void answer__with_the_part_of_another_is_false(void)
{
    struct sl_gathering g;
    struct sl_err err = { 0 };
    struct sl_answer a;
    struct scene s;

    scene_new(&s, 2, 3);
    scene_answer(&s, 1, &a);
    a.number = 3;
    scene_resign(&s, 1, &a); /* signed by 1 still: that accuses nobody */
    CHECK_EQ(count_it(&s, &a, &g, &err), SL_E_REFUSED);
    CHECK(says(&err, "in the name of trustee 3 is not signed by them"));
    CHECK_EQ(g.false_by, 0);
    scene_resign(&s, 3, &a);
    CHECK_EQ(count_it(&s, &a, &g, &err), SL_E_REFUSED);
    CHECK_EQ(g.false_by, 1u << 3);
    scene_end(&s);
}

/* QUORUM-9, QUORUM-22, QUORUM-26 */
static void answer__of_trustee_0_above_m_or_twice_is_refused(void)
{
    struct sl_gathering g;
    struct sl_err err = { 0 };
    struct sl_answer a;
    struct scene s;

    scene_new(&s, 2, 3);
    struct sl_asked asked = scene_asked(&s);
    scene_answer(&s, 1, &a);
    CHECK_EQ(count_it(&s, &a, &g, NULL), SL_OK);
    CHECK_EQ(sl_gathering_add(&g, &s.request, &a, &err), SL_E_REFUSED);
    CHECK(says(&err, "counts once"));
    scene_answer(&s, 1, &a); /* with a fresh nonce: other bytes, the same trustee */
    CHECK_EQ(sl_gathering_add(&g, &s.request, &a, NULL), SL_E_REFUSED);
    CHECK_EQ(sl_gathering_missing(&g), 1);
    a.number = 0;
    CHECK_EQ(sl_gathering_add(&g, &s.request, &a, &err), SL_E_REFUSED);
    CHECK(says(&err, "no trustee 0"));
    a.number = 4;
    CHECK_EQ(sl_gathering_add(&g, &s.request, &a, &err), SL_E_REFUSED);
    CHECK(says(&err, "no trustee 4"));
    CHECK_EQ(sl_answer_no(&asked, 0, &s.keys[0], NULL, &a, NULL), SL_E_REFUSED);
    CHECK_EQ(sl_answer_no(&asked, 4, &s.keys[0], NULL, &a, NULL), SL_E_REFUSED);
    scene_end(&s);
}

static void answer__no_is_counted_as_no_until_a_yes(void)
{
    struct sl_age_identity *opened = NULL;
    struct sl_gathering g;
    struct sl_answer a;
    struct scene s;

    scene_new(&s, 1, 2);
    struct sl_asked asked = scene_asked(&s);
    CHECK_EQ(sl_answer_no(&asked, 2, &s.keys[1], NULL, &a, NULL), SL_OK);
    CHECK_EQ(sl_answer_read(view_of(a.bytes, sizeof a.bytes), &a, NULL), SL_OK);
    CHECK_EQ(a.says, SL_ANSWER_SAYS_NO);
    CHECK_EQ(count_it(&s, &a, &g, NULL), SL_OK);
    CHECK(g.no == 1u << 2 && g.yes == 0 && sl_gathering_missing(&g) == 1);
    CHECK_EQ(sl_gathering_open(&g, &opened, NULL), SL_E_REFUSED);
    scene_answer(&s, 2, &a);
    CHECK_EQ(sl_gathering_add(&g, &s.request, &a, NULL), SL_OK);
    CHECK(g.no == 0 && g.yes == 1u << 2);
    CHECK_EQ(sl_gathering_open(&g, &opened, NULL), SL_OK);
    CHECK(scene_is_identity(&s, opened));
    scene_end(&s);
}

/* What a trustee's program does not answer to at all. */
static void answer__is_not_given_to_what_does_not_belong_together(void)
{
    struct sl_err err = { 0 };
    struct sl_answer a;
    struct scene s;

    scene_new(&s, 2, 3);
    struct sl_asked asked = scene_asked(&s);
    CHECK_EQ(sl_answer_yes(&asked, &s.shares[0], &s.keys[1], NULL, &a, &err), SL_E_REFUSED);
    CHECK(says(&err, "not the one of trustee 1"));
    s.request.locker_epoch = 1;
    CHECK_EQ(scene_try_answer(&s, 1, &a, &err), SL_E_REFUSED);
    CHECK(says(&err, "another locker or epoch"));
    s.request.locker_epoch = 0;
    s.request.locker.bytes[0] ^= 1;
    CHECK_EQ(scene_try_answer(&s, 1, &a, &err), SL_E_REFUSED);
    s.request.locker.bytes[0] ^= 1;
    s.request.quorum_epoch = 1;
    CHECK_EQ(scene_try_answer(&s, 1, &a, &err), SL_E_REFUSED);
    CHECK(says(&err, "quorum epoch 1; now it is 0"));
    s.request.quorum_epoch = 0;
    s.request.production[0] ^= 1;
    CHECK_EQ(scene_try_answer(&s, 1, &a, &err), SL_E_REFUSED);
    CHECK(says(&err, "the request belongs to another production"));
    s.request.production[0] ^= 1;
    sl_secret_fill(s.shares[0].key.bytes)[0] ^= 1;
    CHECK_EQ(scene_try_answer(&s, 1, &a, &err), SL_E_REFUSED);
    CHECK(says(&err, "share 1 is not the one"));
    scene_end(&s);
}

static void answer__reads_what_it_writes(void)
{
    uint8_t mark[SL_MARK_BYTES];
    struct sl_answer a, back;
    struct scene s;

    scene_new(&s, 2, 3);
    struct sl_asked asked = scene_asked(&s);
    memset(mark, 0x5a, sizeof mark);
    CHECK_EQ(sl_answer_yes(&asked, &s.shares[2], &s.keys[2], mark, &a, NULL), SL_OK);
    CHECK_EQ(sl_answer_read(view_of(a.bytes, sizeof a.bytes), &back, NULL), SL_OK);
    CHECK(memcmp(back.bytes, a.bytes, sizeof a.bytes) == 0);
    CHECK(back.number == 3 && back.says == SL_ANSWER_SAYS_YES && back.locker_epoch == 0);
    CHECK(memcmp(back.mark, mark, sizeof mark) == 0);
    CHECK(sl_point_same(&back.part, &a.part));
    CHECK(memcmp(back.request, s.request.hash, sizeof back.request) == 0);
    CHECK(memcmp(back.production, s.quorum.production, sizeof back.production) == 0);
    CHECK_EQ(sl_answer_fits(&asked, &back, NULL), SL_OK);
    CHECK_EQ(sl_answer_true(&asked, &back, NULL), SL_OK);
    scene_answer(&s, 3, &back); /* without a mark: drawn, each time another */
    CHECK(memcmp(back.mark, mark, 32) != 0 && memcmp(back.mark, back.mark + 32, 32) != 0);
    scene_end(&s);
}

/* QUORUM-21 */
static void answer__refuses_every_other_length(void)
{
    uint8_t longer[SL_ANSWER_BYTES + 1] = { 0 };
    struct sl_answer a, back = { .number = 77 };
    struct scene s;

    scene_new(&s, 2, 3);
    scene_answer(&s, 1, &a);
    memcpy(longer, a.bytes, sizeof a.bytes);
    for (size_t len = 0; len <= sizeof longer; len++)
        if (len != SL_ANSWER_BYTES)
            CHECK_EQ(sl_answer_read(view_of(longer, len), &back, NULL), SL_E_BROKEN);
    CHECK_EQ(back.number, 77); /* untouched */
    scene_end(&s);
}

/* QUORUM-10, QUORUM-21 to QUORUM-23 */
static void answer__refuses_each_damaged_field(void)
{
    static const struct {
        const char *says;
        size_t offset, count;
        uint8_t byte;
    } damage[] = {
        { "does not begin", 0, 1, 'X' },
        { "version 2", 8, 1, 2 },
        { "suites 2 and 1", ANS_SUITE, 1, 2 },
        { "suites 1 and 3", ANS_SIGNING, 1, 3 },
        { "of trustee 0", ANS_NUMBER, 1, 0 },
        { "of trustee 17", ANS_NUMBER, 1, 17 },
        { "neither yes nor no", ANS_VERDICT, 1, 0 },
        { "neither yes nor no", ANS_VERDICT, 1, 3 },
        { "says no, and yes", ANS_VERDICT, 1, 2 },
        { "not zero", ANS_ZERO, 1, 1 },
        { "point or number", ANS_POINT, 32, 0 },
        { "point or number", ANS_POINT, 32, 0xff },
        { "point or number", ANS_CHALLENGE, 32, 0xff },
        { "point or number", ANS_RESPONSE, 32, 0xff },
    };
    struct sl_answer a, back = { .number = 77 };
    struct scene s;

    scene_new(&s, 2, 3);
    scene_answer(&s, 1, &a);
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        uint8_t bad[SL_ANSWER_BYTES];
        struct sl_err err = { 0 };
        memcpy(bad, a.bytes, sizeof bad);
        memset(bad + damage[i].offset, damage[i].byte, damage[i].count);
        CHECK_EQ(sl_answer_read(view_of(bad, sizeof bad), &back, &err), SL_E_BROKEN);
        CHECK(says(&err, damage[i].says));
    }
    CHECK_EQ(back.number, 77);
    scene_end(&s);
}

/* QUORUM-24: everything is signed, the mark too. */
static void answer__with_any_bit_flipped_is_refused(void)
{
    struct sl_answer a;
    struct scene s;

    scene_new(&s, 2, 3);
    scene_answer(&s, 1, &a);
    for (size_t at = 0; at < SL_ANSWER_BYTES; at++) {
        uint8_t bad[SL_ANSWER_BYTES];
        struct sl_gathering g;
        struct sl_answer back;
        memcpy(bad, a.bytes, sizeof bad);
        bad[at] ^= (uint8_t)(1u << at % 8);
        if (sl_answer_read(view_of(bad, sizeof bad), &back, NULL) != SL_OK)
            continue;
        CHECK_EQ(count_it(&s, &back, &g, NULL), SL_E_REFUSED);
        CHECK_EQ(g.false_by, 0); /* whoever flipped it: not the trustee */
    }
    scene_end(&s);
}

static void request__reads_what_it_writes(void)
{
    struct sl_request back;
    struct scene s;

    scene_new(&s, 2, 3);
    CHECK_EQ(s.request_bytes.len, SL_REQUEST_FIXED + 62 + strlen("the cut") + 64);
    CHECK_EQ(sl_request_read(sl_buf_view(&s.request_bytes), &back, NULL), SL_OK);
    CHECK(strcmp(back.reason, "the cut") == 0 && back.expires == 1800000000);
    CHECK(strcmp(back.recipient, s.request.recipient) == 0);
    CHECK(sl_id_same(&back.id, &s.request.id) && sl_id_same(&back.locker, &s.locker.locker));
    CHECK(memcmp(back.requester, s.request.requester, 32) == 0);
    CHECK(memcmp(back.hash, s.request.hash, 32) == 0);
    CHECK_EQ(sl_request_check(&s.quorum, &s.locker, &back, NULL), SL_OK);
    struct sl_request again = s.request;
    scene_ask(&s, "the cut");
    CHECK(memcmp(again.hash, s.request.hash, 32) != 0); /* asking again is another request */
    scene_end(&s);
}

static void request__says_what_cannot_be_asked(void)
{
    struct sl_err err = { 0 };
    struct scene s;

    scene_new(&s, 2, 3);
    memset(s.request.reason, 'a', SL_REQUEST_REASON_MAX);
    scene_sign_request(&s);                                 /* just fits */
    memset(s.request.reason, 'a', sizeof s.request.reason); /* not even ended */
    CHECK_EQ(sl_request_write(&s.request, &s.requester, &s.request_bytes, &err), SL_E_USAGE);
    CHECK(says(&err, "reason"));
    s.request.reason[0] = '\0';
    CHECK_EQ(sl_request_write(&s.request, &s.requester, &s.request_bytes, NULL), SL_E_USAGE);
    (void)snprintf(s.request.reason, sizeof s.request.reason, "a\xff");
    CHECK_EQ(sl_request_write(&s.request, &s.requester, &s.request_bytes, &err), SL_E_USAGE);
    CHECK(says(&err, "UTF-8"));
    (void)snprintf(s.request.reason, sizeof s.request.reason, "the cut");
    s.request.expires = -1;
    CHECK_EQ(sl_request_write(&s.request, &s.requester, &s.request_bytes, NULL), SL_E_USAGE);
    s.request.expires = 0;
    s.request.recipient[0] = '\0';
    CHECK_EQ(sl_request_write(&s.request, &s.requester, &s.request_bytes, NULL), SL_E_USAGE);
    scene_end(&s);
}

static void request__expires_when_it_says(void)
{
    struct sl_err err = { 0 };
    struct sl_request r = { .expires = 1800000000 };

    CHECK_EQ(sl_request_fresh(&r, 1799999999, NULL), SL_OK);
    CHECK_EQ(sl_request_fresh(&r, 1800000000, &err), SL_E_REFUSED);
    CHECK(says(&err, "2027-01-15 08:00 UTC") && says(&err, "ask again"));
    r.expires = 0; /* never */
    CHECK_EQ(sl_request_fresh(&r, INT64_MAX, NULL), SL_OK);
    r.expires = INT64_MAX - 1; /* no calendar has it */
    CHECK_EQ(sl_request_fresh(&r, INT64_MAX, &err), SL_E_REFUSED);
}

/* QUORUM-16, QUORUM-17, QUORUM-18: signed anew where that is needed to get there. */
static void request__refuses_each_damaged_field(void)
{
    static const struct {
        const char *says;
        size_t offset, count;
        uint8_t byte;
    } damage[] = {
        { "does not begin", 0, 1, 'X' },
        { "version 2", 8, 1, 2 },
        { "suites 2 and 1", ASK_SUITE, 1, 2 },
        { "suites 1 and 2", ASK_SIGNING, 1, 2 },
        { "no time that there is", ASK_EXPIRES, 8, 0xff },
        { "recipient", ASK_RECIPIENT_BYTES, 2, 0 },
        { "recipient", ASK_RECIPIENT_BYTES, 2, 0xff },
        { "reason", ASK_REASON_BYTES, 2, 0 },
        { "reason", ASK_REASON_BYTES, 2, 0xff },
        { "UTF-8", ASK_RECIPIENT, 1, 0xff },
        { "NUL", ASK_RECIPIENT + 62, 1, 0 },
    };
    struct sl_request back = { .expires = 77 };
    struct scene s;

    scene_new(&s, 2, 3);
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        uint8_t bad[512];
        size_t len = s.request_bytes.len;
        struct sl_err err = { 0 };
        memcpy(bad, s.request_bytes.at, len);
        memset(bad + damage[i].offset, damage[i].byte, damage[i].count);
        sl_sign(&s.requester, "safelight/1 request", view_of(bad, len - 64), bad + len - 64);
        CHECK_EQ(sl_request_read(view_of(bad, len), &back, &err), SL_E_BROKEN);
        CHECK(says(&err, damage[i].says));
    }
    for (size_t len = 0; len < s.request_bytes.len; len++)
        CHECK_EQ(sl_request_read(view_of(s.request_bytes.at, len), &back, NULL), SL_E_BROKEN);
    CHECK_EQ(sl_buf_put(&s.request_bytes, view_of("", 1), NULL), SL_OK);
    CHECK_EQ(sl_request_read(sl_buf_view(&s.request_bytes), &back, NULL), SL_E_BROKEN);
    CHECK_EQ(back.expires, 77); /* untouched */
    scene_end(&s);
}

/* QUORUM-19, QUORUM-20 */
static void request__with_any_bit_flipped_is_refused(void)
{
    struct sl_request back;
    struct scene s;

    scene_new(&s, 2, 3);
    for (size_t at = 0; at < s.request_bytes.len; at++) {
        uint8_t bit = (uint8_t)(1u << at % 8);
        s.request_bytes.at[at] ^= bit;
        CHECK(sl_request_read(sl_buf_view(&s.request_bytes), &back, NULL) != SL_OK);
        s.request_bytes.at[at] ^= bit;
    }
    scene_end(&s);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(answer__opens_with_another_ones_request_too),
        CASE(answer__replayed_elsewhere_is_refused),
        CASE(answer__relabelled_for_something_else_is_false),
        CASE(answer__is_true_for_its_whole_statement_only),
        CASE(answer__with_the_part_of_another_is_false),
        CASE(answer__of_trustee_0_above_m_or_twice_is_refused),
        CASE(answer__no_is_counted_as_no_until_a_yes),
        CASE(answer__is_not_given_to_what_does_not_belong_together),
        CASE(answer__reads_what_it_writes),
        CASE(answer__refuses_every_other_length),
        CASE(answer__refuses_each_damaged_field),
        CASE(answer__with_any_bit_flipped_is_refused),
        CASE(request__reads_what_it_writes),
        CASE(request__says_what_cannot_be_asked),
        CASE(request__expires_when_it_says),
        CASE(request__refuses_each_damaged_field),
        CASE(request__with_any_bit_flipped_is_refused),
    };

    fixed_start();
    return check_run(cases, sizeof cases / sizeof *cases);
}
