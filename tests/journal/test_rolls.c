/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rolls put together from parts: chains, forks, holes, namesakes.
 */
#include "journal/pen.h"

static struct pen p;

static void part(struct sl_writing *w, const struct sl_id *roll, const char *name, uint64_t number,
                 bool last, uint8_t hash[SL_SHA256_BYTES])
{
    struct pen_part what = { .roll = *roll, .name = name, .number = number, .last = last };

    pen_writes_part(&p, w, &what, hash);
}

static const struct sl_roll *roll(struct sl_journal *j, const char *name)
{
    return sl_journal_roll(j, 0, (struct sl_view){ (const uint8_t *)name, strlen(name) });
}

static void roll__is_a_chain_of_parts(void)
{
    struct sl_id id;
    uint8_t hash[SL_SHA256_BYTES];

    pen_new(&p, 2);
    sl_id_draw(&id);
    for (uint64_t i = 0; i < 5; i++)
        part(p.maker, &id, "A001", i, i == 4, hash);
    SL_AUTO_FREE(journal) *j = pen_read(&p, true);
    const struct sl_roll *r = roll(j, "A001");
    CHECK(r != NULL && r->whole);
    CHECK_EQ(r != NULL ? r->part_count : 0, 5);
    CHECK(roll(j, "A001~2") == NULL && roll(j, "B001") == NULL && roll(j, "A00") == NULL);
    for (size_t i = 0; r != NULL && i < r->part_count; i++)
        CHECK_EQ(j->entries[r->parts[i]].part, i);
    pen_end(&p);
}

static void roll__without_its_end_is_not_whole(void)
{
    struct sl_id id;
    uint8_t hash[SL_SHA256_BYTES];

    pen_new(&p, 2);
    sl_id_draw(&id);
    for (uint64_t i = 0; i < 3; i++)
        part(p.maker, &id, "A001", i, false, hash);
    SL_AUTO_FREE(journal) *j = pen_read(&p, true);
    const struct sl_roll *r = roll(j, "A001");
    CHECK(r != NULL && !r->whole && r->part_count == 3);
    pen_end(&p);
}

/* Part 1 is not there, or cites another part 0: what follows does not count. */
static void roll__ends_at_a_hole(void)
{
    struct sl_id id, other;
    uint8_t hash[SL_SHA256_BYTES];

    pen_new(&p, 2);
    sl_id_draw(&id);
    sl_id_draw(&other);
    part(p.maker, &id, "A001", 0, false, hash);
    part(p.maker, &id, "A001", 2, true, hash);
    part(p.maker, &other, "B001", 0, false, hash);
    hash[0] ^= 1;
    part(p.maker, &other, "B001", 1, true, hash);
    SL_AUTO_FREE(journal) *j = pen_read(&p, true);
    const struct sl_roll *a = roll(j, "A001"), *b = roll(j, "B001");
    CHECK(a != NULL && !a->whole && a->part_count == 1);
    CHECK(b != NULL && !b->whole && b->part_count == 1);
    pen_end(&p);
}

/* A part without any before it is a roll of nothing, not a crash. */
static void roll__without_its_beginning_has_no_parts(void)
{
    struct sl_id id;
    uint8_t hash[SL_SHA256_BYTES] = { 1 };

    pen_new(&p, 2);
    sl_id_draw(&id);
    part(p.maker, &id, "A001", 3, true, hash);
    SL_AUTO_FREE(journal) *j = pen_read(&p, true);
    const struct sl_roll *r = roll(j, "A001");
    CHECK(r != NULL && !r->whole && r->part_count == 0);
    pen_end(&p);
}

/* A machine put back to yesterday writes part 1 twice; the one that ends the roll counts. */
static void roll__that_forked_follows_what_leads_to_its_end(void)
{
    for (unsigned turn = 0; turn < 8; turn++) { /* hashes decide the order, so more than once */
        struct sl_id id;
        uint8_t zero[SL_SHA256_BYTES], one[SL_SHA256_BYTES], dead[SL_SHA256_BYTES];
        pen_new(&p, 2);
        sl_id_draw(&id);
        part(p.maker, &id, "A001", 0, false, zero);
        memcpy(one, zero, sizeof one);
        memcpy(dead, zero, sizeof dead);
        part(p.maker, &id, "A001", 1, false, dead); /* stops here */
        part(p.maker, &id, "A001", 1, false, one);
        part(p.maker, &id, "A001", 2, false, one);
        part(p.maker, &id, "A001", 3, true, one);
        SL_AUTO_FREE(journal) *j = pen_read(&p, true);
        const struct sl_roll *r = roll(j, "A001");
        CHECK(r != NULL && r->whole && r->part_count == 4);
        pen_end(&p);
    }
}

/* Both continuations go on for a while; only one comes to an end. */
static void roll__that_forked_is_not_led_astray(void)
{
    for (unsigned turn = 0; turn < 8; turn++) {
        struct sl_id id;
        uint8_t zero[SL_SHA256_BYTES], one[SL_SHA256_BYTES], dead[SL_SHA256_BYTES];
        pen_new(&p, 2);
        sl_id_draw(&id);
        part(p.maker, &id, "A001", 0, false, zero);
        memcpy(one, zero, sizeof one);
        memcpy(dead, zero, sizeof dead);
        part(p.maker, &id, "A001", 1, false, dead);
        part(p.maker, &id, "A001", 2, false, dead); /* two long, and no end */
        part(p.maker, &id, "A001", 1, false, one);
        part(p.maker, &id, "A001", 2, false, one);
        part(p.maker, &id, "A001", 3, true, one);
        SL_AUTO_FREE(journal) *j = pen_read(&p, true);
        const struct sl_roll *r = roll(j, "A001");
        CHECK(r != NULL && r->whole && r->part_count == 4);
        pen_end(&p);
    }
}

static void roll__of_a_name_that_is_taken_gets_a_number(void)
{
    uint8_t hash[SL_SHA256_BYTES];
    struct sl_id id;

    pen_new(&p, 2);
    for (unsigned i = 0; i < 3; i++) {
        sl_id_draw(&id);
        part(p.maker, &id, "A001", 0, true, hash);
    }
    sl_id_draw(&id);
    part(p.maker, &id, "A002", 0, true, hash);
    SL_AUTO_FREE(journal) *j = pen_read(&p, true);
    CHECK_EQ(j->roll_count, 4);
    CHECK(roll(j, "A001") != NULL && roll(j, "A001~2") != NULL && roll(j, "A001~3") != NULL);
    CHECK(roll(j, "A001~4") == NULL && roll(j, "A002") != NULL && roll(j, "A002~2") == NULL);
    SL_AUTO_FREE(journal) *again = pen_read(&p, false);
    for (size_t i = 0; i < j->roll_count && again->roll_count == j->roll_count; i++)
        CHECK(sl_id_same(&j->rolls[i].id, &again->rolls[i].id)); /* the same names every time */
    pen_end(&p);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(roll__is_a_chain_of_parts),
        CASE(roll__without_its_end_is_not_whole),
        CASE(roll__ends_at_a_hole),
        CASE(roll__without_its_beginning_has_no_parts),
        CASE(roll__that_forked_follows_what_leads_to_its_end),
        CASE(roll__that_forked_is_not_led_astray),
        CASE(roll__of_a_name_that_is_taken_gets_a_number),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
