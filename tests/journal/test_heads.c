/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What keepers hide or roll back, caught by one witness alone: another keeper, or the heads that
 * one believed author has seen. What is no witness accuses nobody.
 */
#include "journal/cast.h"

/* The maker's session of entries 0..3 (founding, two authors, a locker); a member who has seen them
 * or other things. */
struct scene {
    struct cast c;
    struct sl_writing *member;
};

static void scene_new(struct scene *s)
{
    cast_new(&s->c);
    cast_begin(&s->c);
    cast_writes(&s->c, s->c.pen.maker, SL_ENTRY_LOCKER);
    s->member = pen_author(&s->c.pen, &s->c.member);
}

static void scene_end(struct scene *s)
{
    sl_writing_free(s->member);
    cast_end(&s->c);
}

/* The newest entry of a session, as heads name it. */
static struct sl_head head_of(const struct sl_writing *w)
{
    struct sl_head h = cast_head(w);

    h.number--;
    return h;
}

static void saw(struct sl_writing *who, struct sl_head head)
{
    CHECK_EQ(sl_writing_saw(who, &head, 1, NULL), SL_OK);
}

/* Whether nothing is missing and nobody accused. */
static void all_is_well(const struct sl_journal *j)
{
    CHECK_EQ(j->missing, 0);
    CHECK_EQ(j->gaps, 0);
    CHECK_EQ(j->disagreements, 0);
    CHECK_EQ(j->convicted, 0);
    CHECK(j->missing_text[0] == '\0' && j->disagreement_text[0] == '\0');
    for (size_t i = 0; i < j->keeper_count; i++)
        CHECK_EQ(j->keepers[i].lacks + j->keepers[i].lied + j->keepers[i].foreign, 0);
}

static void missing_is(const struct scene *s, uint64_t count, const char *says)
{
    for (unsigned thorough = 0; thorough < 2; thorough++) {
        SL_AUTO_FREE(journal) *j = pen_read(&s->c.pen, thorough != 0);
        CHECK_EQ(j->missing, count);
        if (strstr(j->missing_text, says) == NULL) {
            printf("# %s\n", j->missing_text);
            check_that(0, "says what is missing", __FILE__, __LINE__);
        }
        CHECK_EQ(j->convicted, 0);
        CHECK_EQ(j->disagreements, 0);
    }
}

/* ---- one witness alone ---- */

static void missing__one_other_keeper_shows_what_was_rolled_back(void)
{
    struct scene s;

    scene_new(&s);
    pen_lose(&s.c.pen, s.c.pen.maker, 3, 1); /* the newest, at the first keeper */
    SL_AUTO_FREE(journal) *j = pen_read(&s.c.pen, true);
    CHECK_EQ(j->keepers[0].lacks, 1);
    CHECK_EQ(j->keepers[1].lacks, 0);
    CHECK_EQ(j->missing, 0); /* it is not lost */
    pen_lose(&s.c.pen, s.c.pen.maker, 2, 1);
    pen_lose(&s.c.pen, s.c.pen.maker, 1, 1);
    pen_lose(&s.c.pen, s.c.pen.maker, 0, 1); /* a whole session hidden */
    SL_AUTO_FREE(journal) *none = pen_read(&s.c.pen, true);
    CHECK_EQ(none->keepers[0].lacks, 4);
    CHECK_EQ(none->missing, 0);
    scene_end(&s);
}

static void missing__one_authors_heads_show_what_all_rolled_back(void)
{
    struct scene s;

    scene_new(&s);
    saw(s.member, head_of(s.c.pen.maker));
    cast_writes(&s.c, s.member, SL_ENTRY_OPENED);
    SL_AUTO_FREE(journal) *j = pen_read(&s.c.pen, true);
    all_is_well(j);
    pen_lose(&s.c.pen, s.c.pen.maker, 3, PEN_ALL);
    missing_is(&s, 1, "no keeper gives entry 3 of a session of 'maker': 'set' saw it");
    scene_end(&s);
}

/* A head names its session's whole chain: the two newest entries are missed, not one. */
static void missing__heads_count_every_entry_before_them(void)
{
    struct scene s;
    struct sl_writing *other = NULL;

    scene_new(&s);
    other = pen_author(&s.c.pen, &s.c.capture);
    for (unsigned i = 0; i < 3; i++)
        cast_writes(&s.c, other, SL_ENTRY_PART);
    saw(s.member, head_of(other));
    cast_writes(&s.c, s.member, SL_ENTRY_OPENED);
    pen_lose(&s.c.pen, other, 2, PEN_ALL);
    pen_lose(&s.c.pen, other, 1, PEN_ALL);
    missing_is(&s, 2, "no keeper gives entry 1 of a session of 'set'");
    pen_lose(&s.c.pen, other, 0, PEN_ALL);
    missing_is(&s, 3, "'set' saw a session of which no keeper gives an entry");
    sl_writing_free(other);
    scene_end(&s);
}

static void missing__a_chain_shows_what_is_missing_within(void)
{
    struct scene s;

    scene_new(&s);
    pen_lose(&s.c.pen, s.c.pen.maker, 0, PEN_ALL);
    pen_lose(&s.c.pen, s.c.pen.maker, 3, PEN_ALL); /* the end: no witness */
    missing_is(&s, 1, "no keeper gives entry 0 of a session of 'maker' that has later ones");
    scene_end(&s);
}

/* Two authors saw it: it is counted once, and the one who saw more is named. */
static void missing__is_counted_once_whoever_saw_it(void)
{
    struct scene s;

    scene_new(&s);
    struct sl_writing *trustee = pen_author(&s.c.pen, &s.c.trustees[1]);
    saw(s.member, head_of(s.c.pen.maker));
    cast_writes(&s.c, s.member, SL_ENTRY_OPENED);
    cast_writes(&s.c, s.member, SL_ENTRY_GRANT);
    cast_writes(&s.c, s.c.pen.maker, SL_ENTRY_LOCKER);
    saw(trustee, head_of(s.c.pen.maker));
    cast_writes(&s.c, trustee, SL_ENTRY_OPENED);
    pen_lose(&s.c.pen, s.c.pen.maker, 4, PEN_ALL);
    pen_lose(&s.c.pen, s.c.pen.maker, 3, PEN_ALL);
    missing_is(&s, 2, "no keeper gives entry 3 of a session of 'maker': 't2' saw it");
    sl_writing_free(trustee);
    scene_end(&s);
}

/* ---- no witness ---- */

static struct sl_head nothing_there(void)
{
    struct sl_head h = { .number = 4711 };

    memset(h.session, 0x5a, sizeof h.session);
    return h;
}

static void missing__strangers_have_seen_nothing(void)
{
    struct scene s;

    scene_new(&s);
    struct sl_writing *stranger = pen_author(&s.c.pen, &s.c.stranger);
    saw(stranger, nothing_there());
    cast_writes(&s.c, stranger, SL_ENTRY_OPENED);
    missing_is(&s, 0, "");
    sl_writing_free(stranger);
    scene_end(&s);
}

static void missing__entries_beyond_a_role_have_seen_nothing(void)
{
    struct scene s;

    scene_new(&s);
    saw(s.member, nothing_there());
    cast_writes(&s.c, s.member, SL_ENTRY_REVOKED);
    cast_writes(&s.c, s.member, SL_ENTRY_KIND_LAST + 1);
    pen_care(&s.c.pen, s.member, SL_ENTRY_GRANT, (struct sl_view){ (const uint8_t *)"??", 2 },
             PEN_ALL); /* malformed */
    missing_is(&s, 0, "");
    cast_writes(&s.c, s.member, SL_ENTRY_GRANT); /* the same heads, now in one that is believed */
    missing_is(&s, 4712, "'set' saw a session");
    scene_end(&s);
}

static void missing__a_key_taken_back_has_seen_nothing(void)
{
    struct scene s;

    scene_new(&s);
    cast_writes(&s.c, s.member, SL_ENTRY_OPENED);
    struct sl_head kept = cast_head(s.member);
    saw(s.member, nothing_there());
    cast_writes(&s.c, s.member, SL_ENTRY_GRANT);
    missing_is(&s, 4712, "'set' saw a session");
    cast_takes_back(&s.c, s.c.pen.maker, &s.c.member, &kept, 1);
    missing_is(&s, 0, "");
    scene_end(&s);
}

static void missing__a_convicted_session_has_seen_nothing(void)
{
    struct scene s;

    scene_new(&s);
    saw(s.member, nothing_there());
    cast_writes(&s.c, s.member, SL_ENTRY_OPENED);
    struct sl_writing again = *s.member;
    again.number = 0;
    memset(again.previous, 0, sizeof again.previous);
    pen_second(&s.c.pen, &again, SL_ENTRY_CLOSED);
    SL_AUTO_FREE(journal) *j = pen_read(&s.c.pen, true);
    CHECK_EQ(j->convicted, 1);
    CHECK_EQ(j->missing, 0);
    scene_end(&s);
}

/* A head of what we hold otherwise: told, and nobody is convicted. */
static void missing__a_disagreement_convicts_nobody(void)
{
    struct scene s;

    scene_new(&s);
    struct sl_head head = head_of(s.c.pen.maker);
    head.hash[0] ^= 1;
    saw(s.member, head);
    cast_writes(&s.c, s.member, SL_ENTRY_OPENED);
    SL_AUTO_FREE(journal) *j = pen_read(&s.c.pen, true);
    CHECK_EQ(j->disagreements, 1);
    CHECK(strstr(j->disagreement_text,
                 "'set' saw another entry 3 of a session of 'maker' than keepers give") != NULL);
    CHECK_EQ(j->convicted, 0);
    CHECK_EQ(j->missing, 0);
    CHECK_EQ(j->unbelieved, 0);
    scene_end(&s);
}

/* ---- whom the ways of the world accuse: nobody ---- */

/* A killed run leaves a chain that stops; the same author's next session says so. */
static void nobody__is_accused_by_a_killed_run(void)
{
    struct scene s;

    scene_new(&s);
    struct sl_writing *run = pen_author(&s.c.pen, &s.c.capture);
    cast_writes(&s.c, run, SL_ENTRY_OPENED);
    cast_writes(&s.c, run, SL_ENTRY_PART);
    struct sl_writing *next = pen_author(&s.c.pen, &s.c.capture);
    SL_AUTO_CLEAR(buf) body = sl_buf_upto(4096);
    struct sl_opened opened = { .role = SL_ROLE_CAPTURE, .goes_on = true, .left_entries = 2 };
    memcpy(opened.left_session, run->session.session, sizeof opened.left_session);
    CHECK_EQ(sl_opened_write(&opened, &body, NULL), SL_OK);
    pen_care(&s.c.pen, next, SL_ENTRY_OPENED, sl_buf_view(&body), PEN_ALL);
    cast_writes(&s.c, next, SL_ENTRY_PART);
    cast_writes(&s.c, next, SL_ENTRY_CLOSED);
    SL_AUTO_FREE(journal) *j = pen_read(&s.c.pen, true);
    all_is_well(j);
    CHECK(!cast_session(j, run)->closed && cast_session(j, next)->closed);
    CHECK_EQ(j->unbelieved, 0);
    sl_writing_free(run);
    sl_writing_free(next);
    scene_end(&s);
}

/* One kit on two machines, and two offloads at once on one: sessions side by side, entry by entry.
 */
static void nobody__is_accused_by_one_kit_on_two_machines_at_once(void)
{
    struct scene s;

    scene_new(&s);
    struct sl_writing *a = pen_author(&s.c.pen, &s.c.capture);
    struct sl_writing *b = pen_author(&s.c.pen, &s.c.capture);
    static const uint32_t kinds[] = { SL_ENTRY_OPENED, SL_ENTRY_PART, SL_ENTRY_CLOSED };
    for (size_t i = 0; i < 3; i++) {
        cast_writes(&s.c, a, kinds[i]);
        cast_writes(&s.c, b, kinds[i]);
    }
    SL_AUTO_FREE(journal) *j = pen_read(&s.c.pen, true);
    all_is_well(j);
    CHECK_EQ(j->roll_count, 2);
    CHECK_EQ(j->unbelieved, 0);
    sl_writing_free(a);
    sl_writing_free(b);
    scene_end(&s);
}

/* A machine set back to a snapshot: what it knows of the run it goes on with is out of date, and so
 * are the heads it has seen. */
static void nobody__is_accused_by_a_machine_set_back_to_a_snapshot(void)
{
    struct scene s;

    scene_new(&s);
    struct sl_writing *run = pen_author(&s.c.pen, &s.c.member);
    saw(run, head_of(s.c.pen.maker));
    struct sl_head old = head_of(s.c.pen.maker);
    cast_writes(&s.c, run, SL_ENTRY_OPENED); /* the snapshot is taken here */
    cast_writes(&s.c, run, SL_ENTRY_PART);
    cast_writes(&s.c, run, SL_ENTRY_CLOSED);
    cast_writes(&s.c, s.c.pen.maker, SL_ENTRY_LOCKER);
    struct sl_writing *again = pen_author(&s.c.pen, &s.c.member);
    saw(again, old);
    SL_AUTO_CLEAR(buf) body = sl_buf_upto(4096);
    struct sl_opened opened = { .role = SL_ROLE_MEMBER, .goes_on = true, .left_entries = 1 };
    memcpy(opened.left_session, run->session.session, sizeof opened.left_session);
    CHECK_EQ(sl_opened_write(&opened, &body, NULL), SL_OK);
    pen_care(&s.c.pen, again, SL_ENTRY_OPENED, sl_buf_view(&body), PEN_ALL);
    cast_writes(&s.c, again, SL_ENTRY_PART);
    SL_AUTO_FREE(journal) *j = pen_read(&s.c.pen, true);
    all_is_well(j);
    CHECK_EQ(j->unbelieved, 0);
    sl_writing_free(run);
    sl_writing_free(again);
    scene_end(&s);
}

/* ---- heads as they are written ---- */

static void heads__are_the_newest_entries_sorted_by_session(void)
{
    struct scene s;
    struct sl_head heads[SL_HEADS_MAX];
    size_t count = 0;

    scene_new(&s);
    struct sl_writing *stranger = pen_author(&s.c.pen, &s.c.stranger);
    cast_writes(&s.c, stranger, SL_ENTRY_OPENED);
    cast_writes(&s.c, s.member, SL_ENTRY_OPENED);
    SL_AUTO_FREE(journal) *j = pen_read(&s.c.pen, true);
    sl_journal_heads(j, heads, &count);
    CHECK_EQ(count, 2); /* not the stranger's */
    for (size_t i = 0; i < count; i++) {
        struct sl_head maker = head_of(s.c.pen.maker), member = head_of(s.member);
        CHECK(memcmp(&heads[i], &maker, sizeof maker) == 0 ||
              memcmp(&heads[i], &member, sizeof member) == 0);
    }
    CHECK(memcmp(heads[0].session, heads[1].session, SL_SESSION_BYTES) < 0);
    sl_writing_free(stranger);
    scene_end(&s);
}

static struct sl_os late_os; /* whose clock says what the test wants */
static time_t late_now;

static int late_clock(void *self, struct timespec *ret)
{
    (void)self;
    *ret = (struct timespec){ .tv_sec = late_now };
    return 0;
}

/* 70 sessions, each of its own second: the 64 latest are told. */
static void heads__are_of_the_64_sessions_that_wrote_last(void)
{
    struct scene s;
    struct sl_head heads[SL_HEADS_MAX];
    struct sl_writing *w[70];
    size_t count = 0;

    scene_new(&s);
    late_os = *sl_os_real();
    late_os.clock = late_clock;
    for (size_t i = 0; i < 70; i++) {
        w[i] = pen_author(&s.c.pen, &s.c.member);
        w[i]->os = &late_os;
        late_now = (time_t)(4000000000 + (i * 37) % 70); /* not in order */
        cast_writes(&s.c, w[i], SL_ENTRY_OPENED);
    }
    SL_AUTO_FREE(journal) *j = pen_read(&s.c.pen, false);
    sl_journal_heads(j, heads, &count);
    CHECK_EQ(count, SL_HEADS_MAX);
    for (size_t i = 0; i < 70; i++) {
        bool told = false, latest = (i * 37) % 70 >= 6;
        for (size_t h = 0; h < count; h++)
            told |= memcmp(heads[h].session, w[i]->session.session, SL_SESSION_BYTES) == 0;
        CHECK_EQ(told, latest);
    }
    SL_AUTO_CLEAR(buf) encoded = sl_buf_upto(SL_SLIP_BYTES);
    CHECK_EQ(sl_heads_write(heads, count, &encoded, NULL), SL_OK);
    for (size_t i = 0; i < 70; i++)
        sl_writing_free(w[i]);
    scene_end(&s);
}

/* Heads take room; an entry that fills what is left fits, and one byte more does not. */
static void heads__are_counted_in_the_room_of_an_entry(void)
{
    struct scene s;
    struct sl_head heads[SL_HEADS_MAX + 1];

    scene_new(&s);
    size_t before = sl_writing_room(s.member);
    memset(heads, 0, sizeof heads);
    for (size_t i = 0; i <= SL_HEADS_MAX; i++)
        heads[i].session[0] = (uint8_t)i;
    CHECK_EQ(sl_writing_saw(s.member, heads, SL_HEADS_MAX + 1, NULL), SL_E_USAGE);
    CHECK_EQ(sl_writing_room(s.member), before);
    CHECK_EQ(sl_writing_saw(s.member, heads, SL_HEADS_MAX, NULL), SL_OK);
    CHECK_EQ(sl_writing_room(s.member), before - SL_HEADS_MAX * 72);
    static uint8_t much[SL_SLIP_BYTES];
    for (size_t over = 0; over < 2; over++) {
        SL_AUTO_CLEAR(entry_out) out = { 0 };
        struct sl_entry_in in = { .kind = SL_ENTRY_CHECKPOINT };
        in.care_body = (struct sl_view){ much, sl_writing_room(s.member) + over };
        sl_sha256_of(in.care_body, in.care_hash);
        CHECK_EQ(sl_writing_entry(s.member, &in, &out, NULL), over == 0 ? SL_OK : SL_E_USAGE);
    }
    struct sl_head swapped = heads[3];
    heads[3] = heads[4];
    heads[4] = swapped;
    CHECK_EQ(sl_writing_saw(s.member, heads, SL_HEADS_MAX, NULL), SL_E_USAGE);
    CHECK_EQ(sl_writing_saw(s.member, NULL, 0, NULL), SL_OK);
    CHECK_EQ(sl_writing_room(s.member), before);
    scene_end(&s);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(missing__one_other_keeper_shows_what_was_rolled_back),
        CASE(missing__one_authors_heads_show_what_all_rolled_back),
        CASE(missing__heads_count_every_entry_before_them),
        CASE(missing__a_chain_shows_what_is_missing_within),
        CASE(missing__is_counted_once_whoever_saw_it),
        CASE(missing__strangers_have_seen_nothing),
        CASE(missing__entries_beyond_a_role_have_seen_nothing),
        CASE(missing__a_key_taken_back_has_seen_nothing),
        CASE(missing__a_convicted_session_has_seen_nothing),
        CASE(missing__a_disagreement_convicts_nobody),
        CASE(nobody__is_accused_by_a_killed_run),
        CASE(nobody__is_accused_by_one_kit_on_two_machines_at_once),
        CASE(nobody__is_accused_by_a_machine_set_back_to_a_snapshot),
        CASE(heads__are_the_newest_entries_sorted_by_session),
        CASE(heads__are_of_the_64_sessions_that_wrote_last),
        CASE(heads__are_counted_in_the_room_of_an_entry),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
