/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A key taken back: what the maker lists stays believed, everything else of that key does not, and
 * nobody but the holder of that key loses anything.
 */
#include "journal/cast.h"

/* A kit with two sessions of three entries: one that the maker has seen, one that came later. */
struct scene {
    struct cast c;
    struct sl_writing *seen, *later;
    struct sl_head heads[4]; /* heads[n]: of the first n entries of the seen session */
};

static void scene_new(struct scene *s)
{
    cast_new(&s->c);
    cast_begin(&s->c);
    s->seen = pen_author(&s->c.pen, &s->c.capture);
    s->later = pen_author(&s->c.pen, &s->c.capture);
    static const uint32_t kinds[] = { SL_ENTRY_OPENED, SL_ENTRY_PART, SL_ENTRY_CLOSED };
    for (size_t i = 0; i < 3; i++) {
        s->heads[i] = cast_head(s->seen);
        cast_writes(&s->c, s->seen, kinds[i]);
        cast_writes(&s->c, s->later, kinds[i]);
    }
    s->heads[3] = cast_head(s->seen);
}

static void scene_end(struct scene *s)
{
    sl_writing_free(s->seen);
    sl_writing_free(s->later);
    cast_end(&s->c);
}

/* The first `count` entries of the seen session are believed, and no other of the kit's. */
static void believed_are(const struct scene *s, uint64_t count)
{
    SL_AUTO_FREE(journal) *j = pen_read(&s->c.pen, true);

    for (uint64_t i = 0; i < 3; i++) {
        CHECK_EQ(cast_belief(j, s->seen, i), i < count ? SL_BELIEF_YES : SL_BELIEF_REVOKED);
        CHECK_EQ(cast_belief(j, s->later, i), SL_BELIEF_REVOKED);
    }
    CHECK_EQ(j->roll_count, count > 1 ? 1 : 0);
    CHECK_EQ(j->unbelieved, 6 - count);
    CHECK_EQ(j->missing, 0);
    CHECK_EQ(j->convicted, 0);
    CHECK(cast_session(j, s->seen)->revoked && cast_session(j, s->seen)->believed_below == count);
}

static void revoked__keeps_what_is_listed_and_nothing_else(void)
{
    for (size_t count = 1; count <= 3; count++) {
        struct scene s;
        scene_new(&s);
        cast_takes_back(&s.c, s.c.pen.maker, &s.c.capture, &s.heads[count], 1);
        believed_are(&s, count);
        scene_end(&s);
    }
}

/* DEED-9: several entries add up; the largest number counts. */
static void revoked__adds_up_what_several_entries_list(void)
{
    struct scene s;

    scene_new(&s);
    cast_takes_back(&s.c, s.c.pen.maker, &s.c.capture, &s.heads[1], 1);
    cast_takes_back(&s.c, s.c.pen.maker, &s.c.capture, &s.heads[3], 1);
    cast_takes_back(&s.c, s.c.pen.maker, &s.c.capture, &s.heads[2], 1);
    cast_takes_back(&s.c, s.c.pen.maker, &s.c.capture, NULL, 0);
    believed_are(&s, 3);
    scene_end(&s);
}

/* DEED-12: what is listed is another session's history than the one we hold; told, not believed. */
static void revoked__believes_nothing_of_another_history(void)
{
    struct scene s;

    scene_new(&s);
    s.heads[2].hash[5] ^= 1;
    cast_takes_back(&s.c, s.c.pen.maker, &s.c.capture, &s.heads[2], 1);
    believed_are(&s, 0);
    SL_AUTO_FREE(journal) *j = pen_read(&s.c.pen, true);
    CHECK_EQ(j->disagreements, 1);
    CHECK(strstr(j->disagreement_text, "entry 1 of a session of 'set'") != NULL);
    scene_end(&s);
}

/* Whoever finds the kit goes on with it: shown, not believed, and a hole in it is nobody's loss. */
static void revoked__lets_the_finder_of_a_kit_change_nothing(void)
{
    struct scene s;

    scene_new(&s);
    cast_takes_back(&s.c, s.c.pen.maker, &s.c.capture, &s.heads[3], 1);
    struct sl_writing *thief = pen_author(&s.c.pen, &s.c.capture);
    struct sl_head head = { .number = 77 };
    memset(head.session, 5, sizeof head.session);
    CHECK_EQ(sl_writing_saw(thief, &head, 1, NULL), SL_OK); /* of what does not exist */
    cast_writes(&s.c, thief, SL_ENTRY_OPENED);
    thief->number += 1000;
    cast_writes(&s.c, thief, SL_ENTRY_PART);
    SL_AUTO_FREE(journal) *j = pen_read(&s.c.pen, true);
    CHECK_EQ(cast_belief(j, thief, 0), SL_BELIEF_REVOKED);
    CHECK_EQ(cast_belief(j, thief, 1001), SL_BELIEF_REVOKED);
    CHECK_EQ(j->gaps, 0);
    CHECK_EQ(j->missing, 0);
    CHECK_EQ(j->roll_count, 1);
    sl_writing_free(thief);
    scene_end(&s);
}

/* What the maker lists exists: if keepers hide it, that is seen. */
static void revoked__is_a_witness_to_what_it_lists(void)
{
    struct scene s;

    scene_new(&s);
    cast_takes_back(&s.c, s.c.pen.maker, &s.c.capture, &s.heads[3], 1);
    pen_lose(&s.c.pen, s.seen, 2, PEN_ALL);
    SL_AUTO_FREE(journal) *j = pen_read(&s.c.pen, true);
    CHECK_EQ(j->missing, 1);
    CHECK(strstr(j->missing_text, "entry 2 of a session of 'set': 'maker' saw it") != NULL);
    scene_end(&s);
}

static void revoked__takes_nothing_from_other_authors(void)
{
    struct scene s;

    scene_new(&s);
    struct sl_writing *member = pen_author(&s.c.pen, &s.c.member);
    cast_writes(&s.c, member, SL_ENTRY_OPENED);
    cast_takes_back(&s.c, s.c.pen.maker, &s.c.capture, NULL, 0);
    SL_AUTO_FREE(journal) *j = pen_read(&s.c.pen, true);
    CHECK_EQ(cast_belief(j, member, 0), SL_BELIEF_YES);
    CHECK(!cast_session(j, member)->revoked);
    sl_writing_free(member);
    scene_end(&s);
}

/* DEED-11: nobody takes the voice of a trustee, nor the maker's own. */
static void revoked__cannot_be_a_trustee_or_the_maker(void)
{
    struct cast c;

    cast_new(&c);
    cast_begin(&c);
    struct sl_writing *trustee = pen_author(&c.pen, &c.trustees[0]);
    pen_names_author(&c.pen, c.pen.maker, &c.trustees[0], SL_ROLE_MEMBER);
    cast_takes_back(&c, c.pen.maker, &c.trustees[0], NULL, 0);
    cast_takes_back(&c, c.pen.maker, &c.pen.vault->sign, NULL, 0);
    cast_writes(&c, trustee, SL_ENTRY_ANSWER);
    pen_names_author(&c.pen, c.pen.maker, &c.stranger, SL_ROLE_MEMBER);
    SL_AUTO_FREE(journal) *j = pen_read(&c.pen, true);
    CHECK_EQ(cast_belief(j, trustee, 0), SL_BELIEF_YES);
    CHECK_EQ(j->unbelieved, 0);
    CHECK(!cast_session(j, c.pen.maker)->revoked);
    sl_writing_free(trustee);
    cast_end(&c);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(revoked__keeps_what_is_listed_and_nothing_else),
        CASE(revoked__adds_up_what_several_entries_list),
        CASE(revoked__believes_nothing_of_another_history),
        CASE(revoked__lets_the_finder_of_a_kit_change_nothing),
        CASE(revoked__is_a_witness_to_what_it_lists),
        CASE(revoked__takes_nothing_from_other_authors),
        CASE(revoked__cannot_be_a_trustee_or_the_maker),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
