/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The n-th call of an offload fails, for every n: "safe" is never said unless everything comes back
 * from any n-k keepers fewer, every failure has words, and running it again without the trouble
 * ends safe.
 */
#include "fake/world.h"

#define CALLS_MAX 4000u

#ifdef CHECK_SANITIZED
#define EVERY 7u
#else
#define EVERY 1u
#endif

/* With any one keeper gone, two of three suffice. */
static void survives_any_loss(struct world *w)
{
    for (unsigned lost = 1; lost <= w->keepers; lost++) {
        folder_remove(world_path(w, "back"));
        world_hide(w, lost, true);
        CHECK_EQ(world_restore(w, NULL, "camera/A001", "back", NULL), SL_OK);
        CHECK(world_same(w, "card", "back"));
        world_hide(w, lost, false);
    }
}

static void goes_on(struct world *w)
{
    struct sl_restored r;

    CHECK_EQ(world_offload(w, NULL, "A001", NULL), SL_OK);
    if (check_failures != 0)
        return;
    folder_remove(world_path(w, "back"));
    CHECK_EQ(world_restore(w, NULL, "camera/A001", "back", &r), SL_OK);
    CHECK(world_same(w, "card", "back"));
    CHECK(world_tidy(w));
    CHECK_EQ(world_count(w, "on-set", "spool"), 0);
    CHECK_EQ(world_count(w, "on-set", "state"), 0);
}

struct trouble {
    const char *what;
    uint64_t chosen;
    enum fault_how how;
    int why;
    uint64_t first, stride;
};

/* One run with trouble at call `at`; false when the journey has no such call. */
static bool in_trouble(struct world *w, const struct trouble *t, uint64_t at)
{
    static struct world_os os;
    struct sl_verdict v;

    world_thaw(w);
    const struct sl_os *with = world_os_trouble(&os, t->chosen, t->how, at, t->why);
    sl_rc rc = world_offload(w, with, "A001", &v);
    if (rc == SL_OK)
        survives_any_loss(w);
    CHECK(rc != SL_E_UNSAFE || v.reason_count > 0);
    bool came = os_fault_hit(&os.fault);
    if (check_failures == 0)
        goes_on(w);
    return came;
}

static void fail_everywhere(const struct trouble *t)
{
    struct world w;
    uint64_t at = t->first;

    world_new(&w, 3, 2);
    world_file(&w, "card/CLIP/a.bin", 1, 70000);
    world_file(&w, "card/b", 2, 3);
    world_folder(&w, "card/nothing");
    world_freeze(&w);
    for (bool came = true; came && check_failures == 0; at += t->stride) {
        came = in_trouble(&w, t, at);
        if (check_failures != 0)
            printf("# that was with %s at call %ju; %d %s\n# %s\n", t->what, (uintmax_t)at,
                   (int)w.rc, w.err.text, w.heard);
    }
    printf("# %s: the journey has about %ju such calls\n", t->what, (uintmax_t)at);
    CHECK(at > t->first + t->stride && at < CALLS_MAX);
    world_end(&w);
}

static void offload__survives_a_full_disk_at_any_call(void)
{
    fail_everywhere(&(struct trouble){ "no space", FAULT_WRITES, FAULT_ERRNO, ENOSPC, 1, EVERY });
}

static void offload__survives_a_disk_that_stays_full(void)
{
    fail_everywhere(&(struct trouble){ "no space ever", FAULT_WRITES & ~FAULT_BIT(CALL_OPEN),
                                       FAULT_EVER, ENOSPC, 1, 5 * EVERY });
}

static void offload__survives_an_error_at_any_call(void)
{
    /* Without random bytes a process ends; what a failed forget() leaves is in test_in_verdict. */
    uint64_t all = FAULT_ALL & ~FAULT_BIT(CALL_RANDOM) & ~FAULT_BIT(CALL_FORGET);

    fail_everywhere(&(struct trouble){ "input/output error", all, FAULT_ERRNO, EIO, 2, 5 * EVERY });
}

static void offload__survives_short_reads_and_writes(void)
{
    fail_everywhere(&(struct trouble){ "one byte only",
                                       FAULT_BIT(CALL_PWRITEV) | FAULT_BIT(CALL_PREADV),
                                       FAULT_SHORT, EIO, 1, 2 * EVERY });
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(offload__survives_a_full_disk_at_any_call),
        CASE(offload__survives_a_disk_that_stays_full),
        CASE(offload__survives_an_error_at_any_call),
        CASE(offload__survives_short_reads_and_writes),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
