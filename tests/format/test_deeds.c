/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What people do to lockers: read as written, refused when anything is off.
 */
#include "deed.h"
#include "format/inside.h"

static struct sl_buf deed_bytes(size_t kind)
{
    struct sl_buf out = sl_buf_upto(SL_SLIP_BYTES);

    CHECK_EQ(deed_write(kind, &out), SL_OK);
    return out;
}

static bool same(struct sl_view in, const char *text)
{
    return in.len == strlen(text) && memcmp(in.at, text, in.len) == 0;
}

static void locker__reads_what_it_writes(void)
{
    struct sl_locker_deed d = { 0 };

    SL_AUTO_CLEAR(buf) real = deed_bytes(DEED_LOCKER), test = deed_bytes(DEED_TEST_LOCKER);
    CHECK_EQ(sl_locker_deed_read(sl_buf_view(&real), &d, NULL), SL_OK);
    CHECK(d.purpose == SL_LOCKER_REAL && same(d.sealed, "a sealed locker") && d.request.len == 0);
    CHECK_EQ(sl_locker_deed_read(sl_buf_view(&test), &d, NULL), SL_OK);
    CHECK(d.purpose == SL_LOCKER_TEST && same(d.sealed, "a sealed test locker"));
    CHECK(same(d.request, "a request"));
}

static void grant__reads_what_it_writes(void)
{
    struct sl_grant_care g = { 0 };
    struct sl_grant_body b = { 0 };
    uint8_t to[SL_SIGN_PUBLIC_BYTES];
    struct sl_id locker = fixed_id(FIXED_LOCKER_ID);

    SL_AUTO_CLEAR(buf) care = deed_bytes(DEED_GRANT), body = deed_bytes(DEED_GRANT_BODY);
    fixed_public(FIXED_AUTHOR, to);
    CHECK_EQ(sl_grant_care_read(sl_buf_view(&care), &g, NULL), SL_OK);
    CHECK(sl_id_same(&g.locker, &locker) && g.epoch == 2 && memcmp(g.to, to, sizeof to) == 0);
    CHECK_EQ(sl_grant_body_read(sl_buf_view(&body), &b, NULL), SL_OK);
    CHECK(sl_id_same(&b.locker, &locker) && b.epoch == 2);
    CHECK(same(b.identity, "AGE-SECRET-KEY-1EXAMPLE"));
}

static void request_answer_and_acceptance__read_what_they_write(void)
{
    struct sl_request_care r = { 0 };
    struct sl_answer_care a = { 0 };
    struct sl_accepted_deed accepted = { 0 };
    struct sl_id locker = fixed_id(FIXED_LOCKER_ID);

    SL_AUTO_CLEAR(buf) b = deed_bytes(DEED_REQUEST), c = deed_bytes(DEED_ANSWER);
    SL_AUTO_CLEAR(buf) d = deed_bytes(DEED_ACCEPTED);
    CHECK_EQ(sl_request_care_read(sl_buf_view(&b), &r, NULL), SL_OK);
    CHECK(sl_id_same(&r.locker, &locker) && r.epoch == 2 && r.request[31] == 0xee);
    CHECK_EQ(sl_answer_care_read(sl_buf_view(&c), &a, NULL), SL_OK);
    CHECK(a.request[0] == 0xee && a.request[31] == 0xee && a.mark[0] == 0xdd &&
          a.mark[SL_DEED_MARK_BYTES - 1] == 0xdd);
    CHECK_EQ(sl_accepted_deed_read(sl_buf_view(&d), &accepted, NULL), SL_OK);
    CHECK(same(accepted.answer, "an answer"));
}

static void revoked__reads_what_it_writes(void)
{
    static struct sl_revoked_deed want, back;

    SL_AUTO_CLEAR(buf) b = deed_bytes(DEED_REVOKED);
    deed_revoked(&want);
    CHECK_EQ(sl_revoked_deed_read(sl_buf_view(&b), &back, NULL), SL_OK);
    CHECK_EQ(back.count, 2);
    CHECK(memcmp(&back, &want, sizeof want) == 0);
}

/* DEED-1, DEED-2: the magic of each is its own, and each ends where it ends. */
static void deed__refuses_every_other_length_kind_and_version(void)
{
    for (size_t kind = 0; kind < DEED_KINDS; kind++) {
        SL_AUTO_CLEAR(buf) b = deed_bytes(kind);
        struct sl_err err = { 0 };
        CHECK_EQ(deed_read(kind, sl_buf_view(&b), NULL), SL_OK);
        for (size_t len = 0; len < b.len; len++)
            CHECK_EQ(deed_read(kind, view_of(b.at, len), NULL), SL_E_BROKEN);
        for (size_t other = 0; other < DEED_KINDS; other++)
            CHECK_EQ(deed_read(other, sl_buf_view(&b), NULL),
                     other == kind || (other <= DEED_TEST_LOCKER && kind <= DEED_TEST_LOCKER)
                         ? SL_OK
                         : SL_E_BROKEN);
        CHECK_EQ(sl_buf_put(&b, view_of("", 1), NULL), SL_OK);
        CHECK_EQ(deed_read(kind, sl_buf_view(&b), NULL), SL_E_BROKEN);
        b.len--;
        b.at[8] = 2;
        CHECK_EQ(deed_read(kind, sl_buf_view(&b), &err), SL_E_BROKEN);
        CHECK(strstr(err.text, "version 2") != NULL);
    }
}

static void deed__refuses_each_damaged_field(void)
{
    static const struct {
        const char *why;
        size_t kind, offset;
        uint8_t byte;
        const char *says;
    } damage[] = {
        { "DEED-4 purpose 0", DEED_LOCKER, 12, 0, "purpose 0" },
        { "DEED-4 purpose 3", DEED_LOCKER, 12, 3, "purpose 3" },
        { "DEED-5 a test locker without request", DEED_LOCKER, 12, 2, "a test locker" },
        { "DEED-5 another with one", DEED_TEST_LOCKER, 12, 1, "a test locker" },
        { "DEED-2 sealed locker too short", DEED_LOCKER, 16, 14, "cut short" },
        { "DEED-2 request longer than it is", DEED_LOCKER, 33, 1, "cut short" },
        { "DEED-6 suite of whom it was granted to", DEED_GRANT, 32, 2, "suite 2" },
        { "DEED-7 a blank in an identity", DEED_GRANT_BODY, 36, ' ', "identity" },
        { "DEED-7 a NUL in an identity", DEED_GRANT_BODY, 40, 0, "identity" },
        { "DEED-7 a byte above ASCII", DEED_GRANT_BODY, 40, 0x80, "identity" },
        { "DEED-8 answer not zero", DEED_ANSWER, 14, 1, "zero" },
        { "DEED-6 suite of a key taken back", DEED_REVOKED, 12, 2, "suite 2" },
        { "DEED-2 a session more", DEED_REVOKED, 14, 3, "cut short" },
        { "DEED-2 a session fewer", DEED_REVOKED, 14, 1, "left over" },
        { "DEED-9 over the limit", DEED_REVOKED, 15, 4, "over 800" },
        { "DEED-9 not in order", DEED_REVOKED, 48, 0xff, "in order" },
        { "DEED-10 nothing believed of it", DEED_REVOKED, 80, 0, "nothing is believed" },
    };

    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        SL_AUTO_CLEAR(buf) b = deed_bytes(damage[i].kind);
        struct sl_err err = { 0 };
        CHECK(b.at[damage[i].offset] != damage[i].byte);
        b.at[damage[i].offset] = damage[i].byte;
        CHECK_EQ(deed_read(damage[i].kind, sl_buf_view(&b), &err), SL_E_BROKEN);
        if (strstr(err.text, damage[i].says) == NULL) {
            printf("# %s: %s\n", damage[i].why, err.text);
            check_that(0, "says what is wrong", __FILE__, __LINE__);
        }
    }
}

/* DEED-3, DEED-7: each length at its edges, by the writer (one judge with the reader). */
static void deed__carries_what_fits_and_nothing_else(void)
{
    static uint8_t much[SL_CARRIED_MAX + 1];
    struct sl_locker_deed d = { .purpose = SL_LOCKER_TEST };
    struct sl_accepted_deed a = { view_of(much, SL_CARRIED_MAX) };
    struct sl_grant_body g = { .identity = view_of(much, SL_IDENTITY_TEXT_MAX) };
    SL_AUTO_CLEAR(buf) out = sl_buf_upto(SL_SLIP_BYTES);

    memset(much, 'A', sizeof much);
    d.sealed = d.request = view_of(much, SL_CARRIED_MAX);
    CHECK_EQ(sl_locker_deed_write(&d, &out, NULL), SL_OK);
    CHECK_EQ(deed_read(DEED_LOCKER, sl_buf_view(&out), NULL), SL_OK);
    CHECK(out.len + SL_SALT_BYTES <= sl_slip_room(SL_SESSION_BLOCK_MAX, 64 * 72));
    out.len = 0;
    CHECK_EQ(sl_accepted_deed_write(&a, &out, NULL), SL_OK);
    CHECK_EQ(deed_read(DEED_ACCEPTED, sl_buf_view(&out), NULL), SL_OK);
    out.len = 0;
    CHECK_EQ(sl_grant_body_write(&g, &out, NULL), SL_OK);
    CHECK_EQ(deed_read(DEED_GRANT_BODY, sl_buf_view(&out), NULL), SL_OK);
    out.len = 0;
    d.sealed.len++;
    CHECK_EQ(sl_locker_deed_write(&d, &out, NULL), SL_E_BROKEN);
    d.sealed.len = 0;
    CHECK_EQ(sl_locker_deed_write(&d, &out, NULL), SL_E_BROKEN);
    d.sealed.len = 1;
    d.request.len++;
    CHECK_EQ(sl_locker_deed_write(&d, &out, NULL), SL_E_BROKEN);
    a.answer.len++;
    CHECK_EQ(sl_accepted_deed_write(&a, &out, NULL), SL_E_BROKEN);
    a.answer.len = 0;
    CHECK_EQ(sl_accepted_deed_write(&a, &out, NULL), SL_E_BROKEN);
    g.identity.len++;
    CHECK_EQ(sl_grant_body_write(&g, &out, NULL), SL_E_BROKEN);
    g.identity.len = 0;
    CHECK_EQ(sl_grant_body_write(&g, &out, NULL), SL_E_BROKEN);
    CHECK_EQ(out.len, 0);
}

/* DEED-9: 800 sessions fit a slip beside the largest session block and all heads; 801 do not. */
static void revoked__of_800_sessions_fits_a_slip(void)
{
    static struct sl_revoked_deed r, back;
    SL_AUTO_CLEAR(buf) out = sl_buf_upto(SL_SLIP_BYTES);

    r.count = SL_REVOKED_SESSIONS_MAX;
    for (size_t i = 0; i < r.count; i++) {
        r.sessions[i].session[0] = (uint8_t)(i >> 8);
        r.sessions[i].session[1] = (uint8_t)i;
        r.sessions[i].entries = UINT64_MAX;
    }
    CHECK_EQ(sl_revoked_deed_write(&r, &out, NULL), SL_OK);
    CHECK(out.len + SL_SALT_BYTES <= sl_slip_room(SL_SESSION_BLOCK_MAX, 64 * 72));
    CHECK_EQ(sl_revoked_deed_read(sl_buf_view(&out), &back, NULL), SL_OK);
    CHECK(back.sessions[799].session[0] == 3 && back.sessions[799].entries == UINT64_MAX);
    out.len = 0;
    r.count++;
    CHECK_EQ(sl_revoked_deed_write(&r, &out, NULL), SL_E_BROKEN);
    r.count = 2;
    r.sessions[1] = r.sessions[0]; /* one twice */
    CHECK_EQ(sl_revoked_deed_write(&r, &out, NULL), SL_E_BROKEN);
    r.count = 0; /* nothing of that key is believed any more */
    CHECK_EQ(sl_revoked_deed_write(&r, &out, NULL), SL_OK);
    CHECK_EQ(sl_revoked_deed_read(sl_buf_view(&out), &back, NULL), SL_OK);
    CHECK_EQ(back.count, 0);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(locker__reads_what_it_writes),
        CASE(grant__reads_what_it_writes),
        CASE(request_answer_and_acceptance__read_what_they_write),
        CASE(revoked__reads_what_it_writes),
        CASE(deed__refuses_every_other_length_kind_and_version),
        CASE(deed__refuses_each_damaged_field),
        CASE(deed__carries_what_fits_and_nothing_else),
        CASE(revoked__of_800_sessions_fits_a_slip),
    };

    fixed_start();
    return check_run(cases, sizeof cases / sizeof *cases);
}
