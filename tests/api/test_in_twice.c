/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Several offloads from one home at the same time, each a process with threads: all finish safe,
 * each is a roll that comes back, and nothing is left lying about.
 */
#include "fake/world.h"

struct one {
    struct world *w;
    const char *card, *roll;
    struct world_os os; /* of its own, with a clock that tells the runs apart */
};

static void run_one(void *who)
{
    struct one *o = who;

    o->w->threads = true;
    o->w->card = o->card;
    CHECK_EQ(world_offload(o->w, world_os_start(&o->os), o->roll, NULL), SL_OK);
    if (o->w->rc != SL_OK)
        printf("# %s: %s\n# %s\n", o->roll, o->w->err.text, o->w->heard);
}

/* Start all, then wait for all. */
static void run_all(struct one *all, size_t count)
{
    pid_t pids[8];

    (void)fflush(stdout);
    for (size_t i = 0; i < count; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            run_one(&all[i]);
            (void)fflush(stdout);
            _exit(check_failures != 0);
        }
        world_must(pids[i] > 0, "fork");
    }
    for (size_t i = 0; i < count; i++) {
        int status = -1;
        world_must(waitpid(pids[i], &status, 0) == pids[i], "waitpid");
        CHECK_EQ(status, 0);
    }
}

static void comes_back(struct world *w, const char *what, const char *card)
{
    folder_remove(world_path(w, "back"));
    CHECK_EQ(world_restore(w, NULL, what, "back", NULL), SL_OK);
    CHECK(world_same(w, card, "back"));
}

static void nothing_is_left(struct world *w, uint64_t rolls)
{
    struct sl_status s;

    CHECK(world_tidy(w));
    CHECK_EQ(world_count(w, "on-set", "spool"), 0);
    CHECK_EQ(world_count(w, "on-set", "state"), 0);
    CHECK_EQ(world_status(w, NULL, &s), SL_OK);
    CHECK_EQ(s.roll_count, rolls);
    CHECK_EQ(s.foreign_slips + s.unknown_entries, 0);
    for (size_t i = 0; i < s.roll_count; i++)
        CHECK(s.rolls[i].whole && s.rolls[i].keepers_full == w->keepers);
    sl_status_clear(&s);
}

static void make_cards(struct world *w)
{
    world_new(w, 3, 2);
    world_file(w, "card/CLIP/a.bin", 1, 20000000);
    world_file(w, "card/CLIP/b.bin", 2, 70000);
    world_file(w, "other/CLIP/c.bin", 3, 9000000);
}

static void offload__of_one_card_twice_at_once_makes_two_rolls(void)
{
    static struct one all[2];
    struct world w;

    make_cards(&w);
    for (size_t i = 0; i < 2; i++)
        all[i] = (struct one){ .w = &w, .card = "card", .roll = "A001" };
    run_all(all, 2);
    comes_back(&w, "camera/A001", "card");
    comes_back(&w, "camera/A001~2", "card");
    nothing_is_left(&w, 2);
    world_end(&w);
}

static void offload__of_two_cards_at_once_makes_two_rolls(void)
{
    static struct one all[2];
    struct world w;

    make_cards(&w);
    all[0] = (struct one){ .w = &w, .card = "card", .roll = "A001" };
    all[1] = (struct one){ .w = &w, .card = "other", .roll = "B001" };
    run_all(all, 2);
    comes_back(&w, "camera/A001", "card");
    comes_back(&w, "camera/B001", "other");
    nothing_is_left(&w, 2);
    world_end(&w);
}

static void offload__of_two_cards_under_one_name_keeps_both(void)
{
    struct world w;

    make_cards(&w);
    w.threads = true;
    CHECK_EQ(world_offload(&w, NULL, "A001", NULL), SL_OK);
    w.card = "other";
    CHECK_EQ(world_offload(&w, NULL, "A001", NULL), SL_OK);
    comes_back(&w, "camera/A001", "card"); /* in the order in which they were begun */
    comes_back(&w, "camera/A001~2", "other");
    nothing_is_left(&w, 2);
    world_end(&w);
}

static void offload__five_at_once_all_finish(void)
{
    static struct one all[5];
    struct world w;
    char what[32];

    make_cards(&w);
    for (size_t i = 0; i < 5; i++)
        all[i] = (struct one){ .w = &w, .card = "other", .roll = "A001" };
    run_all(all, 5);
    comes_back(&w, "camera/A001", "other");
    for (unsigned i = 2; i <= 5; i++) {
        (void)snprintf(what, sizeof what, "camera/A001~%u", i);
        comes_back(&w, what, "other");
    }
    nothing_is_left(&w, 5);
    world_end(&w);
}

/* ---- a killed run, then another ---- */

static void die_early(void *who)
{
    struct one *o = who;

    (void)world_os_start(&o->os);
    o->os.dies_at = 150;
    CHECK_EQ(world_offload(o->w, &o->os.fault.os, o->roll, NULL), SL_OK);
}

static void offload__leaves_no_lock_of_a_killed_run(void)
{
    static struct one one;
    struct world w;
    struct sl_verdict v;

    make_cards(&w);
    w.card = "other";
    one = (struct one){ .w = &w, .card = "other", .roll = "A001" };
    CHECK_EQ(world_apart(die_early, &one), WORLD_KILLED);
    size_t left = world_count(&w, "on-set", "state");
    CHECK(left > 0);
    CHECK_EQ(world_offload(&w, NULL, "A001", &v), SL_OK);
    CHECK_EQ(world_count(&w, "on-set", "state"), 0);
    comes_back(&w, "camera/A001", "other");
    world_end(&w);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(offload__of_one_card_twice_at_once_makes_two_rolls),
        CASE(offload__of_two_cards_at_once_makes_two_rolls),
        CASE(offload__of_two_cards_under_one_name_keeps_both),
        CASE(offload__five_at_once_all_finish),
        CASE(offload__leaves_no_lock_of_a_killed_run),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
