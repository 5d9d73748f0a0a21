/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who may do what (ENTRY-9): every kind of entry by everybody who could write one, well formed, and
 * believed exactly where the table says. What is not believed is kept and counted, and changes
 * nothing.
 */
#include "journal/cast.h"

#define UNKNOWN_KIND (SL_ENTRY_KIND_LAST + 1)

/* y: may. Kinds from 1: founding, opened, closed, part, author, locker, keeper, checkpoint, grant,
 * request, answer, accepted, revoked. */
#define MAKERS   "yyyyyyyyyynyy"
#define CAPTURES "nyyynnnnnnnnn"
#define MEMBERS  "nyyynnnyyynnn"
#define TRUSTEES "nyynnnnynnyyn"

static const char *const kind_names[] = { "founding", "opened",   "closed",     "part",  "author",
                                          "locker",   "keeper",   "checkpoint", "grant", "request",
                                          "answer",   "accepted", "revoked" };

/* A session writes one entry of every kind, in order; of those that its author may write each is
 * believed and each other is `otherwise`. An unknown kind comes last. */
static void cells(const char *who, const struct cast *c, struct sl_writing *w, const char *may,
                  enum sl_entry_belief otherwise)
{
    CHECK_EQ(strlen(may), SL_ENTRY_KIND_LAST);
    for (uint32_t kind = 1; kind <= UNKNOWN_KIND; kind++)
        cast_writes(c, w, kind);
    SL_AUTO_FREE(journal) *j = pen_read(&c->pen, true);
    for (uint32_t kind = 1; kind <= SL_ENTRY_KIND_LAST; kind++) {
        int want = may[kind - 1] == 'y' ? (int)SL_BELIEF_YES : (int)otherwise;
        int have = cast_belief(j, w, kind - 1);
        if (have == want)
            continue;
        printf("# %s, %s: belief %d, not %d\n", who, kind_names[kind - 1], have, want);
        check_that(0, "believed as the table says", __FILE__, __LINE__);
    }
    CHECK_EQ(cast_belief(j, w, UNKNOWN_KIND - 1),
             otherwise == SL_BELIEF_NOT_ALLOWED ? (int)SL_BELIEF_UNKNOWN_KIND : (int)otherwise);
    CHECK_EQ(j->unknown_kinds, 1);
    size_t believed = 0;
    for (const char *m = may; *m != '\0'; m++)
        believed += *m == 'y' ? 1 : 0;
    CHECK_EQ(j->unbelieved, SL_ENTRY_KIND_LAST - believed);
    CHECK_EQ(j->roll_count, may[SL_ENTRY_PART - 1] == 'y' ? 1 : 0);
}

static void journal__believes_each_kind_of_the_makers_but_answers(void)
{
    struct cast c;

    cast_new(&c);
    cells("maker", &c, c.pen.maker, MAKERS, SL_BELIEF_NOT_ALLOWED);
    cast_end(&c);
}

static void row(const char *who, struct cast *c, struct sl_sign_key *key, const char *may,
                enum sl_entry_belief otherwise)
{
    struct sl_writing *w = pen_author(&c->pen, key);

    cells(who, c, w, may, otherwise);
    sl_writing_free(w);
}

static void journal__believes_of_a_capture_machine_rolls_only(void)
{
    struct cast c;

    cast_new(&c);
    cast_begin(&c);
    row("capture", &c, &c.capture, CAPTURES, SL_BELIEF_NOT_ALLOWED);
    cast_end(&c);
}

static void journal__believes_of_a_member_rolls_checkpoints_grants_and_requests(void)
{
    struct cast c;

    cast_new(&c);
    cast_begin(&c);
    row("member", &c, &c.member, MEMBERS, SL_BELIEF_NOT_ALLOWED);
    cast_end(&c);
}

static void journal__believes_of_a_trustee_answers_acceptances_and_checkpoints(void)
{
    for (size_t i = 0; i < CAST_TRUSTEES; i++) {
        struct cast c;
        cast_new(&c);
        cast_begin(&c);
        row("trustee", &c, &c.trustees[i], TRUSTEES, SL_BELIEF_NOT_ALLOWED);
        cast_end(&c);
    }
}

#define NOTHING "nnnnnnnnnnnnn"

static void journal__believes_nothing_of_a_stranger(void)
{
    struct cast c;

    cast_new(&c);
    cast_begin(&c);
    row("stranger", &c, &c.stranger, NOTHING, SL_BELIEF_UNKNOWN_AUTHOR);
    cast_end(&c);
}

/* Without the quorum in the founding its keys are a stranger's. */
static void journal__believes_nothing_of_a_trustee_of_no_quorum(void)
{
    struct cast c;

    cast_new(&c);
    cast_begin(&c);
    c.pen.vault->quorum_bytes = c.pen.vault->trustee_count = 0;
    row("no trustee", &c, &c.trustees[0], NOTHING, SL_BELIEF_UNKNOWN_AUTHOR);
    cast_end(&c);
}

static void journal__believes_nothing_of_a_key_taken_back(void)
{
    for (unsigned member = 0; member < 2; member++) {
        struct cast c;
        cast_new(&c);
        cast_begin(&c);
        struct sl_sign_key *key = member != 0 ? &c.member : &c.capture;
        cast_takes_back(&c, c.pen.maker, key, NULL, 0);
        row("taken back", &c, key, NOTHING, SL_BELIEF_REVOKED);
        cast_end(&c);
    }
}

/* Everybody, the maker and trustees included; and only that session. */
static void journal__believes_nothing_of_a_convicted_session(void)
{
    for (unsigned who = 0; who < 4; who++) {
        struct cast c;
        cast_new(&c);
        cast_begin(&c);
        struct sl_sign_key *const keys[] = { &c.pen.vault->sign, &c.capture, &c.member,
                                             &c.trustees[1] };
        struct sl_writing *w = pen_author(&c.pen, keys[who]);
        struct sl_writing *other = pen_author(&c.pen, keys[who]);
        pen_opened(&c.pen, other, PEN_ALL);
        for (uint32_t kind = 1; kind <= SL_ENTRY_KIND_LAST; kind++)
            cast_writes(&c, w, kind);
        struct sl_writing again = *w; /* the last number a second time: attempt 1 at one keeper */
        again.number = 0;
        memset(again.previous, 0, sizeof again.previous);
        SL_AUTO_FREE(journal) *fine = pen_read(&c.pen, true);
        CHECK_EQ(fine->convicted, 0);
        pen_second(&c.pen, &again, SL_ENTRY_CLOSED);
        SL_AUTO_FREE(journal) *j = pen_read(&c.pen, true);
        CHECK_EQ(j->convicted, 1);
        for (uint64_t number = 0; number < SL_ENTRY_KIND_LAST; number++)
            CHECK_EQ(cast_belief(j, w, number), SL_BELIEF_CONVICTED);
        CHECK_EQ(cast_belief(j, other, 0), SL_BELIEF_YES);
        CHECK_EQ(cast_belief(j, c.pen.maker, 0), SL_BELIEF_YES);
        sl_writing_free(w);
        sl_writing_free(other);
        cast_end(&c);
    }
}

/* ---- foundings ---- */

static void journal__believes_a_founding_only_as_the_first_entry(void)
{
    struct cast c;

    cast_new(&c);
    cast_begin(&c);
    cast_writes(&c, c.pen.maker, SL_ENTRY_FOUNDING); /* once more, as entry 3 */
    SL_AUTO_FREE(journal) *j = pen_read(&c.pen, true);
    CHECK_EQ(cast_belief(j, c.pen.maker, 0), SL_BELIEF_YES);
    CHECK_EQ(cast_belief(j, c.pen.maker, 3), SL_BELIEF_NOT_ALLOWED);
    CHECK_EQ(j->unbelieved, 1);
    cast_end(&c);
}

/* The maker's own, and entry 0 of a session; but salted anew, it is not this production's. */
static void journal__believes_no_other_founding(void)
{
    struct cast c;

    cast_new(&c);
    cast_begin(&c);
    struct sl_writing *w = pen_author(&c.pen, &c.pen.vault->sign);
    pen_care(&c.pen, w, SL_ENTRY_FOUNDING,
             (struct sl_view){ c.founding.at + SL_SALT_BYTES, c.founding.len - SL_SALT_BYTES },
             PEN_ALL);
    SL_AUTO_FREE(journal) *j = pen_read(&c.pen, true);
    CHECK_EQ(cast_belief(j, w, 0), SL_BELIEF_NOT_ALLOWED);
    sl_writing_free(w);
    cast_end(&c);
}

static void journal__believes_no_malformed_body_of_any_kind(void)
{
    struct cast c;

    cast_new(&c);
    cast_begin(&c);
    uint64_t first = c.pen.maker->number;
    for (uint32_t kind = 1; kind <= SL_ENTRY_KIND_LAST; kind++)
        pen_care(&c.pen, c.pen.maker, kind, (struct sl_view){ (const uint8_t *)"??", 2 }, PEN_ALL);
    SL_AUTO_FREE(journal) *j = pen_read(&c.pen, true);
    for (uint32_t kind = 1; kind <= SL_ENTRY_KIND_LAST; kind++) {
        int want = kind == SL_ENTRY_KEEPER   ? (int)SL_BELIEF_YES /* nothing is laid down yet */
                   : kind == SL_ENTRY_ANSWER ? (int)SL_BELIEF_NOT_ALLOWED
                                             : (int)SL_BELIEF_MALFORMED;
        CHECK_EQ(cast_belief(j, c.pen.maker, first + kind - 1), want);
    }
    CHECK_EQ(j->gaps, 0);
    CHECK_EQ(j->missing, 0);
    cast_end(&c);
}

/* ---- what changes nothing ---- */

/* Each of them names the stranger and takes the capture machine back; neither comes true. */
static void journal__lets_only_the_maker_name_and_take_back(void)
{
    for (unsigned who = 0; who < 5; who++) {
        struct cast c;
        cast_new(&c);
        cast_begin(&c);
        struct sl_sign_key *const keys[] = { &c.capture, &c.member, &c.trustees[0], &c.stranger,
                                             &c.pen.vault->sign };
        struct sl_writing *w = pen_author(&c.pen, keys[who]);
        struct sl_writing *named = pen_author(&c.pen, &c.stranger);
        struct sl_writing *kit = pen_author(&c.pen, &c.capture);
        pen_names_author(&c.pen, w, &c.stranger, SL_ROLE_MEMBER);
        cast_takes_back(&c, w, &c.capture, NULL, 0);
        pen_opened(&c.pen, named, PEN_ALL);
        pen_opened(&c.pen, kit, PEN_ALL);
        SL_AUTO_FREE(journal) *j = pen_read(&c.pen, true);
        bool maker = who == 4;
        CHECK_EQ(cast_belief(j, named, 0), maker ? SL_BELIEF_YES : SL_BELIEF_UNKNOWN_AUTHOR);
        CHECK_EQ(cast_belief(j, kit, 0), maker ? SL_BELIEF_REVOKED : SL_BELIEF_YES);
        sl_writing_free(w);
        sl_writing_free(named);
        sl_writing_free(kit);
        cast_end(&c);
    }
}

/* Nor does the maker in a session that contradicts itself. */
static void journal__takes_nothing_from_a_convicted_session_of_the_makers(void)
{
    struct cast c;

    cast_new(&c);
    cast_begin(&c);
    struct sl_writing *w = pen_author(&c.pen, &c.pen.vault->sign);
    struct sl_writing *named = pen_author(&c.pen, &c.stranger);
    struct sl_writing *kit = pen_author(&c.pen, &c.capture);
    pen_names_author(&c.pen, w, &c.stranger, SL_ROLE_MEMBER);
    cast_takes_back(&c, w, &c.capture, NULL, 0);
    pen_opened(&c.pen, named, PEN_ALL);
    pen_opened(&c.pen, kit, PEN_ALL);
    struct sl_writing again = *w;
    again.number = 0;
    memset(again.previous, 0, sizeof again.previous);
    pen_second(&c.pen, &again, SL_ENTRY_CLOSED);
    SL_AUTO_FREE(journal) *j = pen_read(&c.pen, true);
    CHECK_EQ(cast_belief(j, named, 0), SL_BELIEF_UNKNOWN_AUTHOR);
    CHECK_EQ(cast_belief(j, kit, 0), SL_BELIEF_YES);
    sl_writing_free(w);
    sl_writing_free(named);
    sl_writing_free(kit);
    cast_end(&c);
}

/* A trustee whom the maker names as member stays a trustee, and so does the maker a maker. */
static void journal__lets_nobody_rename_a_trustee_or_the_maker(void)
{
    struct cast c;

    cast_new(&c);
    cast_begin(&c);
    struct sl_writing *w = pen_author(&c.pen, &c.trustees[2]);
    pen_names_author(&c.pen, c.pen.maker, &c.trustees[2], SL_ROLE_MEMBER);
    pen_names_author(&c.pen, c.pen.maker, &c.pen.vault->sign, SL_ROLE_CAPTURE);
    cast_writes(&c, w, SL_ENTRY_ANSWER);
    cast_writes(&c, w, SL_ENTRY_GRANT);
    SL_AUTO_FREE(journal) *j = pen_read(&c.pen, true);
    CHECK_EQ(cast_belief(j, w, 0), SL_BELIEF_YES);
    CHECK_EQ(cast_belief(j, w, 1), SL_BELIEF_NOT_ALLOWED);
    CHECK(strcmp(cast_session(j, w)->author, "t3") == 0);
    CHECK_EQ(cast_session(j, c.pen.maker)->role, SL_ROLE_MAKER);
    sl_writing_free(w);
    cast_end(&c);
}

/* One key named twice: the same counts, whichever keeper is heard and whatever its list's order. */
static void journal__takes_the_name_that_was_said_first(void)
{
    struct cast c;

    cast_new(&c);
    cast_begin(&c);
    struct sl_writing *w = pen_author(&c.pen, &c.capture);
    pen_names_author(&c.pen, c.pen.maker, &c.capture, SL_ROLE_MEMBER);
    cast_writes(&c, w, SL_ENTRY_OPENED);
    enum sl_role first = 0;
    for (unsigned i = 0; i < 2; i++) {
        SL_AUTO_FREE(journal) *j = pen_read(&c.pen, i != 0);
        if (i == 0)
            first = cast_session(j, w)->role;
        CHECK(first != 0);
        CHECK_EQ(cast_session(j, w)->role, first);
    }
    sl_writing_free(w);
    cast_end(&c);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(journal__believes_each_kind_of_the_makers_but_answers),
        CASE(journal__believes_of_a_capture_machine_rolls_only),
        CASE(journal__believes_of_a_member_rolls_checkpoints_grants_and_requests),
        CASE(journal__believes_of_a_trustee_answers_acceptances_and_checkpoints),
        CASE(journal__believes_nothing_of_a_stranger),
        CASE(journal__believes_nothing_of_a_trustee_of_no_quorum),
        CASE(journal__believes_nothing_of_a_key_taken_back),
        CASE(journal__believes_nothing_of_a_convicted_session),
        CASE(journal__believes_a_founding_only_as_the_first_entry),
        CASE(journal__believes_no_other_founding),
        CASE(journal__believes_no_malformed_body_of_any_kind),
        CASE(journal__lets_only_the_maker_name_and_take_back),
        CASE(journal__takes_nothing_from_a_convicted_session_of_the_makers),
        CASE(journal__lets_nobody_rename_a_trustee_or_the_maker),
        CASE(journal__takes_the_name_that_was_said_first),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
