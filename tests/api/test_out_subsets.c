/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * P2: whichever keepers are gone, as long as any `need` of them are left, everything comes back;
 * with one more gone nothing wrong is written and it is said plainly. Every subset, for 2-of-4 and
 * 3-of-5.
 */
#include "api/out.h"

static unsigned count_bits(unsigned mask)
{
    return (unsigned)__builtin_popcount(mask);
}

static void hide_all(const struct world *w, unsigned mask, bool away)
{
    for (unsigned i = 0; i < w->keepers; i++)
        if ((mask >> i & 1) != 0)
            world_hide(w, i + 1, away);
}

static void comes_back_without(struct world *w, unsigned gone)
{
    struct sl_restored r = { 0 };

    hide_all(w, gone, true);
    CHECK_EQ(world_restore(w, NULL, "camera/A001", "back", &r), SL_OK);
    CHECK(world_same(w, "card", "back"));
    CHECK_EQ(r.failed_files, 0);
    CHECK(out_blames(w, &r, gone));
    if (w->rc != SL_OK || check_failures > 0)
        printf("# without keepers of mask 0x%x: %s\n", gone, w->err.text);
    hide_all(w, gone, false);
    out_drop(w, "back");
}

static void is_broken_without(struct world *w, unsigned gone)
{
    struct sl_restored r = { 0 };

    hide_all(w, gone, true);
    CHECK_EQ(world_restore(w, NULL, "camera/A001", "back", &r), SL_E_BROKEN);
    CHECK(world_said(w, "are needed"));
    CHECK(r.failed_files > 0);
    CHECK(out_nothing_wrong(world_path(w, "back"), world_path(w, "card")));
    CHECK_EQ(world_count(w, "back", "CLIP"), 0); /* none of its files lies outside the packs */
    CHECK(out_blames(w, &r, gone));
    hide_all(w, gone, false);
    /* once they are back, the same folder is completed */
    CHECK_EQ(world_restore(w, NULL, "camera/A001", "back", &r), SL_OK);
    CHECK(world_same(w, "card", "back"));
    out_drop(w, "back");
}

static void all_subsets(unsigned keepers, unsigned need)
{
    struct world w;

    world_new(&w, keepers, need);
    out_card(&w);
    CHECK_EQ(world_offload(&w, NULL, "A001", NULL), SL_OK);
    for (unsigned gone = 0; gone < 1u << keepers; gone++) {
        w.threads = gone % 2 != 0; /* both ways of running */
        if (count_bits(gone) <= keepers - need)
            comes_back_without(&w, gone);
        if (count_bits(gone) == keepers - need + 1)
            is_broken_without(&w, gone);
    }
    world_end(&w);
}

static void restore__needs_any_two_of_four_keepers(void)
{
    all_subsets(4, 2);
}

static void restore__needs_any_three_of_five_keepers(void)
{
    all_subsets(5, 3);
}

static void restore__says_try_again_when_no_keeper_is_there(void)
{
    struct world w;

    world_new(&w, 2, 1);
    world_file(&w, "card/a", 1, 10);
    CHECK_EQ(world_offload(&w, NULL, "A001", NULL), SL_OK);
    hide_all(&w, 3, true);
    CHECK_EQ(world_restore(&w, NULL, "camera/A001", "back", NULL), SL_E_RETRY);
    CHECK(world_said(&w, "none of the 2 keepers answers"));
    CHECK(!world_is_there(&w, "back"));
    world_end(&w);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(restore__needs_any_two_of_four_keepers),
        CASE(restore__needs_any_three_of_five_keepers),
        CASE(restore__says_try_again_when_no_keeper_is_there),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
