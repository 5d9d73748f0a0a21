/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The way in and back out again in one small world: that the helper of journey tests works.
 */
#include "fake/world.h"

static void offload__comes_back_whole(void)
{
    struct world w;
    struct sl_verdict v;
    struct sl_restored r;

    world_new(&w, 3, 2);
    world_file(&w, "card/CLIP/a.bin", 1, 100000);
    world_file(&w, "card/CLIP/b.bin", 2, 9000000);
    world_file(&w, "card/empty", 3, 0);
    world_folder(&w, "card/nothing");
    CHECK_EQ(world_offload(&w, NULL, "A001", &v), SL_OK);
    CHECK(world_said(&w, ""));
    CHECK_EQ(v.files, 3);
    CHECK_EQ(world_restore(&w, NULL, "camera/A001", "back", &r), SL_OK);
    CHECK(world_same(&w, "card", "back"));
    CHECK(world_tidy(&w));
    printf("# %s\n# %s\n", v.sentence, w.err.text);
    for (unsigned i = 0; i < v.reason_count; i++)
        printf("# %s\n", v.reasons[i]);
    world_end(&w);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(offload__comes_back_whole),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
