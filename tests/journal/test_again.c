/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One entry fetched again: its bodies for whom they concern, the whole of it to be shown; and no
 * session key left where it does not have to be.
 */
#include "format/pen.h"
#include "journal/cast.h"

/* A grant to the person whose home this is, and one to somebody else. */
static void writes_grant(struct cast *c, const struct sl_age_recipient *to)
{
    SL_AUTO_CLEAR(buf) body = sl_buf_upto(4096), sealed = sl_buf_upto(8192),
                       care = sl_buf_upto(4096), salted = sl_buf_upto(4096);
    struct sl_grant_body granted = { .locker = c->pen.vault->lockers[1].id };
    struct sl_entry_in in = { .kind = SL_ENTRY_GRANT };

    granted.identity = (struct sl_view){ (const uint8_t *)"AGE-SECRET-KEY-1X", 17 };
    CHECK_EQ(sl_grant_body_write(&granted, &body, NULL), SL_OK);
    CHECK_EQ(sl_body_seal(sl_buf_view(&body), to, 1, &sealed, in.body_hash, NULL), SL_OK);
    CHECK_EQ(cast_deed(c, SL_ENTRY_GRANT, &care), SL_OK);
    CHECK_EQ(sl_care_body_write(sl_buf_view(&care), &salted, in.care_hash, NULL), SL_OK);
    in.sealed_body = sl_buf_view(&sealed);
    in.care_body = sl_buf_view(&salted);
    pen_raw(&c->pen, c->pen.maker, &in, PEN_ALL, NULL);
}

static void again__opens_a_body_for_the_person_of_the_home(void)
{
    struct cast c;
    struct sl_age_recipient to;
    struct sl_age_identity *other = NULL;

    cast_new(&c);
    cast_begin(&c);
    CHECK_EQ(sl_age_identity_new(&c.pen.vault->person, NULL), SL_OK);
    CHECK_EQ(sl_age_identity_new(&other, NULL), SL_OK);
    sl_age_identity_recipient(c.pen.vault->person, &to);
    writes_grant(&c, &to);
    sl_age_identity_recipient(other, &to);
    writes_grant(&c, &to);
    SL_AUTO_FREE(journal) *j = pen_read(&c.pen, true);
    for (uint64_t i = 3; i <= 4; i++) {
        SL_AUTO_CLEAR(buf) body = sl_buf_upto(SL_SLIP_BYTES);
        struct sl_grant_body granted;
        const struct sl_journal_entry *e = cast_entry(j, c.pen.maker, i);
        CHECK_EQ(sl_journal_body(j, e, &body, NULL), i == 3 ? SL_OK : SL_E_REFUSED);
        if (i == 4)
            continue;
        CHECK_EQ(sl_grant_body_read(sl_buf_view(&body), &granted, NULL), SL_OK);
        CHECK(memcmp(granted.identity.at, "AGE-SECRET-KEY-1X", 17) == 0);
    }
    sl_age_identity_free(other);
    cast_end(&c);
}

static void again__gives_the_body_for_care_without_its_salt(void)
{
    struct cast c;
    SL_AUTO_CLEAR(buf) care = sl_buf_upto(SL_SLIP_BYTES), want = sl_buf_upto(SL_SLIP_BYTES);
    SL_AUTO_CLEAR(buf) body = sl_buf_upto(SL_SLIP_BYTES);

    cast_new(&c);
    cast_begin(&c);
    cast_writes(&c, c.pen.maker, SL_ENTRY_REQUEST);
    SL_AUTO_FREE(journal) *j = pen_read(&c.pen, true);
    const struct sl_journal_entry *e = cast_entry(j, c.pen.maker, 3);
    CHECK_EQ(sl_journal_care(j, e, &care, NULL), SL_OK);
    CHECK_EQ(cast_deed(&c, SL_ENTRY_REQUEST, &want), SL_OK);
    CHECK(care.len == want.len && memcmp(care.at, want.at, care.len) == 0);
    CHECK_EQ(sl_journal_body(j, e, &body, NULL), SL_E_MISSING);
    cast_end(&c);
}

static void again__knows_what_deeds_are_about_without_fetching(void)
{
    struct cast c;
    uint8_t sevens[32], eights[32], nines[32] = { 9, 9 };

    memset(sevens, 7, sizeof sevens);
    memset(eights, 8, sizeof eights);
    cast_new(&c);
    cast_begin(&c);
    struct sl_writing *w = pen_author(&c.pen, &c.member), *t = pen_author(&c.pen, &c.trustees[0]);
    cast_writes(&c, w, SL_ENTRY_GRANT);
    cast_writes(&c, w, SL_ENTRY_REQUEST);
    cast_writes(&c, t, SL_ENTRY_ANSWER);
    SL_AUTO_FREE(journal) *j = pen_read(&c.pen, false);
    CHECK(memcmp(cast_entry(j, w, 0)->to, sevens, 32) == 0);
    CHECK_EQ(cast_entry(j, w, 0)->locker, 1);
    CHECK(memcmp(cast_entry(j, w, 1)->request, eights, 32) == 0);
    CHECK_EQ(cast_entry(j, w, 1)->locker, 1);
    CHECK(memcmp(cast_entry(j, t, 0)->request, nines, 32) == 0);
    CHECK_EQ(cast_entry(j, t, 0)->locker, -1);
    sl_writing_free(w);
    sl_writing_free(t);
    cast_end(&c);
}

/* A locker of another epoch than this home knows is none that it knows. */
static void again__knows_a_locker_by_its_epoch_too(void)
{
    struct cast c;

    cast_new(&c);
    cast_begin(&c);
    cast_writes(&c, c.pen.maker, SL_ENTRY_GRANT);
    c.pen.vault->lockers[1].epoch = 1;
    SL_AUTO_FREE(journal) *j = pen_read(&c.pen, false);
    CHECK_EQ(cast_entry(j, c.pen.maker, 3)->locker, -1);
    cast_end(&c);
}

static void again__shows_the_whole_of_an_entry(void)
{
    struct cast c;
    SL_AUTO_CLEAR(buf) plain = sl_buf_upto(SL_SLIP_BYTES);
    struct sl_slip slip;
    struct sl_record record;
    struct sl_session session;
    uint8_t hash[SL_SHA256_BYTES];

    cast_new(&c);
    cast_begin(&c);
    cast_writes(&c, c.pen.maker, SL_ENTRY_PART);
    SL_AUTO_FREE(journal) *j = pen_read(&c.pen, false);
    const struct sl_journal_entry *e = cast_entry(j, c.pen.maker, 3);
    CHECK_EQ(sl_journal_whole(j, e, &plain, &slip, &record, &session, NULL), SL_OK);
    sl_record_hash(slip.record_bytes, slip.signature, hash);
    CHECK(memcmp(hash, e->hash, sizeof hash) == 0 && record.kind == SL_ENTRY_PART);
    CHECK(sl_session_certified(&session) && slip.body.len > 0 && slip.care_body.len > 0);
    CHECK(memcmp(session.author, c.pen.vault->maker, sizeof session.author) == 0);
    cast_end(&c);
}

static bool zero(const void *at, size_t len)
{
    return sl_all_zero((struct sl_view){ at, len });
}

/* Neither who writes nor who reads keeps a session's keys outside guarded memory. */
static void again__leaves_no_session_key_in_plain_memory(void)
{
    struct cast c;
    struct sl_tag_key tags = { 0 };
    SL_AUTO_CLEAR(buf) body = sl_buf_upto(SL_SLIP_BYTES);

    cast_new(&c);
    cast_begin(&c);
    cast_writes(&c, c.pen.maker, SL_ENTRY_PART);
    const struct sl_session *mine = &c.pen.maker->session;
    CHECK(zero(mine->name_key, 32) && zero(mine->tag_key, 32));
    SL_AUTO_FREE(journal) *j = pen_read(&c.pen, true);
    const struct sl_journal_session *s = cast_session(j, c.pen.maker);
    CHECK(zero(s->explained.name_key, 32) && zero(s->explained.tag_key, 32));
    CHECK(sl_secret_same(s->names.bytes, c.pen.maker->names.bytes));
    CHECK_EQ(sl_journal_part(j, cast_entry(j, c.pen.maker, 3), &body, &tags, NULL), SL_OK);
    CHECK(tags.bytes != NULL && sl_secret_same(tags.bytes, c.pen.maker->tags.bytes));
    CHECK(body.len > 0);
    CHECK(zero(sl_secret_expose(j->plain_room).at, SL_SLIP_BYTES)); /* no slip stays open */
    sl_secret_free(tags.bytes);
    cast_end(&c);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(again__opens_a_body_for_the_person_of_the_home),
        CASE(again__gives_the_body_for_care_without_its_salt),
        CASE(again__knows_what_deeds_are_about_without_fetching),
        CASE(again__knows_a_locker_by_its_epoch_too),
        CASE(again__shows_the_whole_of_an_entry),
        CASE(again__leaves_no_session_key_in_plain_memory),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
