/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A restore that is killed, or meets a failing call, anywhere: nothing half written has a name, a
 * clean run completes it and leaves whole files as they are, and clears what the killed one left.
 */
#include "api/out.h"

static struct world scene(void)
{
    struct world w;

    world_new(&w, 2, 1);
    world_file(&w, "card/CLIP/big", 1, 9000000); /* in three packs */
    world_file(&w, "card/CLIP/small", 2, 100);
    world_file(&w, "card/last", 3, 70000);
    world_file(&w, "card/EMPTY/zero", 4, 0);
    out_touch(&w, "card/CLIP/small", 0444, -5, 6);
    out_touch(&w, "card/EMPTY", 0555, 7, 8);
    CHECK_EQ(world_offload(&w, NULL, "A001", NULL), SL_OK);
    return w;
}

static const char *const FILES[] = { "CLIP/big", "CLIP/small", "last", "EMPTY/zero" };

/* Inodes of the files that have their names by now (0: not there); all of them are right. */
static void look(const struct world *w, ino_t ret[4])
{
    for (size_t i = 0; i < 4; i++) {
        char back[64], card[64];
        struct stat st;
        (void)snprintf(back, sizeof back, "back/%s", FILES[i]);
        (void)snprintf(card, sizeof card, "card/%s", FILES[i]);
        ret[i] = 0;
        if (lstat(world_path(w, back), &st) != 0)
            continue;
        ret[i] = st.st_ino;
        CHECK(world_same(w, card, back)); /* mode and time stand before the name does */
    }
}

/* A clean run after trouble. */
static void complete(struct world *w, const char *what, uint64_t step)
{
    ino_t before[4], after[4];
    struct sl_restored r = { 0 };
    int failures = check_failures;
    uint64_t kept = 0;

    look(w, before);
    CHECK_EQ(world_restore(w, NULL, "camera/A001", "back", &r), SL_OK);
    CHECK(world_same(w, "card", "back")); /* no leftovers either */
    look(w, after);
    for (size_t i = 0; i < 4; i++) {
        CHECK(before[i] == 0 || before[i] == after[i]);
        kept += before[i] != 0 ? 1 : 0;
    }
    CHECK_EQ(r.kept_files, kept);
    if (check_failures > failures)
        printf("# after %s at call %ju: %s\n", what, (uintmax_t)step, w->err.text);
    out_drop(w, "back");
}

/* ---- killed ---- */

struct doomed {
    struct world *w;
    uint64_t chosen, at;
};

static void run_doomed(void *who)
{
    struct doomed *d = who;
    struct world_os os;

    (void)world_os_start(&os);
    os.dies_at = d->at;
    os.chosen = d->chosen;
    CHECK_EQ(world_restore(d->w, &os.fault.os, "camera/A001", "back", NULL), SL_OK);
}

/* Kill at every `step`-th of the chosen calls, until the journey has fewer. */
static void kill_everywhere(uint64_t chosen, uint64_t step, uint64_t least)
{
    struct world w = scene();
    uint64_t at = 1;

    for (;; at += step) {
        struct doomed d = { &w, chosen, at };
        w.threads = at % 3 == 0;
        int end = world_apart(run_doomed, &d);
        if (end == 0)
            break;
        CHECK_EQ(end, WORLD_KILLED);
        if (end != WORLD_KILLED)
            break;
        if (!world_is_there(&w, "back"))
            continue;
        complete(&w, "a kill", at);
    }
    CHECK(at > least); /* it really went through them */
    printf("# %ju calls\n", (uintmax_t)at);
    out_end(&w);
}

static void restore__goes_on_after_a_kill_at_every_write(void)
{
    kill_everywhere(FAULT_BIT(CALL_PWRITEV) | FAULT_BIT(CALL_MKDIRAT) | FAULT_BIT(CALL_RENAMEAT) |
                        FAULT_BIT(CALL_UNLINKAT) | FAULT_BIT(CALL_RANDOM) | FAULT_BIT(CALL_LOCK),
                    1, 15);
}

static void restore__goes_on_after_a_kill_at_any_call(void)
{
    kill_everywhere(0, 5, 100);
}

/* ---- a call that fails ---- */

/* Every call that touches the destination fails once, one after the other: the run says so or does
 * without, never writes anything wrong, and the next one completes it. */
static void fail_everywhere(uint64_t chosen, enum fault_how how, int why, uint64_t least)
{
    struct world w = scene();
    static struct world_os os;
    uint64_t at = 1;

    for (;; at++) {
        (void)world_os_trouble(&os, chosen, how, at, why);
        sl_rc rc = world_restore(&w, &os.fault.os, "camera/A001", "back", NULL);
        bool hit = os_fault_hit(&os.fault);
        if (rc == SL_OK && strstr(w.heard, "was left behind") == NULL)
            CHECK(world_same(&w, "card", "back"));
        if (!hit)
            break;
        if (world_is_there(&w, "back"))
            complete(&w, "trouble", at);
        if (check_failures > 0)
            break;
    }
    CHECK(at > least);
    printf("# %ju calls\n", (uintmax_t)at);
    out_end(&w);
}

static void restore__survives_every_write_that_fails(void)
{
    fail_everywhere(FAULT_BIT(CALL_PWRITEV), FAULT_ERRNO, ENOSPC, 3);
    fail_everywhere(FAULT_BIT(CALL_PWRITEV), FAULT_EVER, ENOSPC, 3);
    fail_everywhere(FAULT_BIT(CALL_PWRITEV), FAULT_SHORT, 0, 3);
}

static void restore__survives_every_name_that_fails(void)
{
    fail_everywhere(FAULT_BIT(CALL_MKDIRAT), FAULT_ERRNO, ENOSPC, 3);
    fail_everywhere(FAULT_BIT(CALL_RENAMEAT), FAULT_ERRNO, EIO, 3);
    fail_everywhere(FAULT_BIT(CALL_RENAMEAT), FAULT_ERRNO, EINVAL, 3); /* no RENAME_NOREPLACE */
    fail_everywhere(FAULT_BIT(CALL_RENAMEAT), FAULT_EVER, EINVAL, 3);
    fail_everywhere(FAULT_BIT(CALL_UNLINKAT), FAULT_ERRNO, EIO, 0);
    fail_everywhere(FAULT_BIT(CALL_FCHMOD) | FAULT_BIT(CALL_FUTIMENS), FAULT_ERRNO, EPERM, 7);
}

static void restore__survives_every_open_and_read_that_fails(void)
{
    fail_everywhere(FAULT_BIT(CALL_OPEN), FAULT_ERRNO, EIO, 20);
    fail_everywhere(FAULT_BIT(CALL_PREADV), FAULT_ERRNO, EIO, 5);
    fail_everywhere(FAULT_BIT(CALL_FSTAT) | FAULT_BIT(CALL_FSTATAT), FAULT_ERRNO, EIO, 5);
    fail_everywhere(FAULT_BIT(CALL_LIST) | FAULT_BIT(CALL_LOCK) | FAULT_BIT(CALL_SPACE),
                    FAULT_ERRNO, EIO, 3);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(restore__goes_on_after_a_kill_at_every_write),
        CASE(restore__goes_on_after_a_kill_at_any_call),
        CASE(restore__survives_every_write_that_fails),
        CASE(restore__survives_every_name_that_fails),
        CASE(restore__survives_every_open_and_read_that_fails),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
