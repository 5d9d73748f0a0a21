/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The process dies in the n-th call of an offload, for every n; running the same offload again ends
 * safe, everything comes back, nothing is left lying about and the journal accuses nobody.
 */
#include "fake/world.h"

#define STEPS_MAX 4000u

/* With a sanitizer a step takes ten times as long, and no other step. */
#ifdef CHECK_SANITIZED
#define EVERY 11u
#else
#define EVERY 1u
#endif

struct attempt {
    struct world *w;
    uint64_t at, jump_ns;
};

static void dying(void *who)
{
    static struct world_os os;
    struct attempt *a = who;

    (void)world_os_start(&os);
    os.dies_at = a->at;
    os.jump_ns = a->jump_ns;
    CHECK_EQ(world_offload(a->w, &os.fault.os, "A001", NULL), SL_OK);
}

static void journal_accuses_nobody(struct world *w)
{
    struct sl_status s;

    CHECK_EQ(world_status(w, NULL, &s), SL_OK);
    CHECK_EQ(s.foreign_slips, 0);
    CHECK_EQ(s.unknown_entries, 0);
    CHECK_EQ(s.waiting_objects, 0);
    for (unsigned i = 0; i < s.keeper_count; i++) {
        CHECK_EQ(s.keepers[i].lied_slips, 0);
        CHECK_EQ(s.keepers[i].lacks_slips, 0);
        CHECK(s.keepers[i].first_trouble[0] == '\0');
    }
    sl_status_clear(&s);
}

static void goes_on(struct world *w)
{
    struct sl_verdict v;
    struct sl_restored r;

    CHECK_EQ(world_offload(w, NULL, "A001", &v), SL_OK);
    CHECK(strstr(w->heard, "not what the card holds") == NULL); /* it is what it holds */
    CHECK_EQ(world_restore(w, NULL, "camera/A001", "back", &r), SL_OK);
    CHECK(world_same(w, "card", "back"));
    for (unsigned i = 0; i < r.keeper_count; i++)
        CHECK_EQ(r.keepers[i].lied_shards + r.keepers[i].lacks_shards, 0);
    CHECK(world_tidy(w));
    CHECK_EQ(world_count(w, "on-set", "spool"), 0);
    CHECK_EQ(world_count(w, "on-set", "state"), 0);
    journal_accuses_nobody(w);
}

/* Every `stride`-th call; ends where the journey does. */
static void die_everywhere(struct world *w, uint64_t stride, uint64_t jump_ns)
{
    uint64_t at = 1;
    int before = check_failures;

    world_freeze(w);
    for (int ended = WORLD_KILLED; ended == WORLD_KILLED && at < STEPS_MAX; at += stride) {
        struct attempt a = { w, at, jump_ns };
        world_thaw(w);
        ended = world_apart(dying, &a);
        CHECK(ended == WORLD_KILLED || ended == 0);
        if (ended == WORLD_KILLED)
            goes_on(w);
        if (check_failures != before) {
            printf("# that was with the kill at call %ju; %s\n# %s\n", (uintmax_t)at, w->err.text,
                   w->heard);
            return;
        }
    }
    printf("# the journey has about %ju calls\n", (uintmax_t)at);
    CHECK(at > 100 && at < STEPS_MAX);
}

static void offload__killed_at_any_call_goes_on(void)
{
    struct world w;

    world_new(&w, 2, 1);
    world_file(&w, "card/CLIP/a.bin", 1, 70000);
    world_file(&w, "card/b", 2, 3);
    world_folder(&w, "card/nothing");
    die_everywhere(&w, EVERY, 0);
    world_end(&w);
}

/* Each look at the clock finds a minute gone, so that every pack ends a part: the file is cut. */
static void offload__killed_between_parts_goes_on(void)
{
    struct world w;

    world_new(&w, 3, 2);
    world_file(&w, "card/CLIP/a.bin", 1, 20000000);
    world_file(&w, "card/CLIP/b.bin", 2, 5000);
    die_everywhere(&w, 22 + EVERY, UINT64_C(61000000000));
    world_end(&w);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(offload__killed_at_any_call_goes_on),
        CASE(offload__killed_between_parts_goes_on),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
