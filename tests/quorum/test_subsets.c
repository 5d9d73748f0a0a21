/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nobody alone (P3), exhaustively: every set of trustees for every t of m up to m = 7. Below t
 * nothing opens, from t on everything does, and up to m - t liars in every place are named, all
 * of them and nobody else. Also HTC Exodus' story, where any one of three sufficed.
 */
#include "scene.h"

#define COUNT_MAX       7u
#define COUNT_ALL_PAIRS 4u /* up to here every set of givers meets every set of liars in it */

/* One founding, each trustee's true and false answer made once. */
struct room {
    struct scene scene;
    struct sl_answer good[COUNT_MAX], false_[COUNT_MAX];
};

static void room_new(struct room *r, unsigned need, unsigned count)
{
    scene_new(&r->scene, need, count);
    for (unsigned i = 0; i < count; i++) {
        scene_answer(&r->scene, i + 1, &r->good[i]);
        r->false_[i] = r->good[i];
        scene_lie(&r->scene, &r->false_[i]);
    }
}

/* Sets here: trustee i is bit i - 1. */
static void gather(const struct room *r, uint32_t givers, uint32_t liars, struct sl_gathering *ret)
{
    CHECK_EQ(sl_gathering_begin(&r->scene.quorum, &r->scene.locker, ret, NULL), SL_OK);
    for (unsigned i = 0; i < r->scene.quorum.count; i++) {
        bool lies = (liars >> i & 1) != 0;
        struct sl_err err = { 0 };
        char name[32];
        if ((givers >> i & 1) == 0)
            continue;
        (void)snprintf(name, sizeof name, "trustee %u gave a false", i + 1);
        sl_rc rc =
            sl_gathering_add(ret, &r->scene.request, lies ? &r->false_[i] : &r->good[i], &err);
        CHECK_EQ(rc, lies ? SL_E_REFUSED : SL_OK);
        CHECK(!lies || says(&err, name));
    }
    CHECK_EQ(ret->false_by, (givers & liars) << 1);
    CHECK_EQ(ret->yes, (givers & ~liars) << 1);
}

/* Opens if, and only if, t true answers were given. */
static void opens_as_it_should(const struct room *r, uint32_t givers, uint32_t liars)
{
    unsigned honest = (unsigned)__builtin_popcount(givers & ~liars);
    unsigned need = r->scene.quorum.need;
    struct sl_age_identity *opened = NULL;
    struct sl_gathering g;

    gather(r, givers, liars, &g);
    CHECK_EQ(sl_gathering_missing(&g), honest < need ? need - honest : 0);
    CHECK_EQ(sl_gathering_open(&g, &opened, NULL), honest < need ? SL_E_REFUSED : SL_OK);
    CHECK(honest < need ? opened == NULL : scene_is_identity(&r->scene, opened));
}

/* r Y, from the first t. */
static void right_point(const struct room *r, struct sl_point *ret)
{
    struct sl_age_identity *opened = NULL;
    struct sl_point parts[COUNT_MAX];
    uint8_t numbers[COUNT_MAX];

    for (uint8_t i = 0; i < r->scene.quorum.need; i++) {
        numbers[i] = i + 1;
        parts[i] = r->good[i].part;
    }
    CHECK_EQ(sl_combine(numbers, parts, r->scene.quorum.need, r->scene.quorum.count, ret, NULL),
             SL_OK);
    CHECK_EQ(sl_locker_open_with(&r->scene.quorum, &r->scene.locker, ret, &opened, NULL), SL_OK);
    CHECK(scene_is_identity(&r->scene, opened)); /* the control: this one does open */
}

/* What fewer than t have, put together all the same, is another point than r Y: the key is not
 * that of the locker, which does not open. */
static void below_the_quorum_it_is_another_key(const struct room *r, uint32_t givers)
{
    struct sl_point parts[COUNT_MAX], got, right;
    struct sl_age_identity *opened = NULL;
    uint8_t numbers[COUNT_MAX];
    size_t count = 0;

    for (unsigned i = 0; i < r->scene.quorum.count; i++) {
        if ((givers >> i & 1) == 0)
            continue;
        numbers[count] = (uint8_t)(i + 1);
        parts[count++] = r->good[i].part;
    }
    right_point(r, &right);
    CHECK_EQ(sl_combine(numbers, parts, count, r->scene.quorum.count, &got, NULL), SL_OK);
    CHECK(!sl_point_same(&got, &right));
    CHECK_EQ(sl_locker_open_with(&r->scene.quorum, &r->scene.locker, &got, &opened, NULL),
             SL_E_BROKEN);
    CHECK(opened == NULL);
}

static void every_set(void (*each)(const struct room *r, uint32_t givers))
{
    for (unsigned count = 1; count <= COUNT_MAX; count++)
        for (unsigned need = 1; need <= count; need++) {
            static struct room r;
            room_new(&r, need, count);
            for (uint32_t givers = 0; givers < 1u << count; givers++)
                each(&r, givers);
            scene_end(&r.scene);
        }
}

static void honest_set(const struct room *r, uint32_t givers)
{
    opens_as_it_should(r, givers, 0);
}

static void subsets__open_from_t_on_and_never_below(void)
{
    every_set(honest_set);
}

static void too_small_set(const struct room *r, uint32_t givers)
{
    unsigned count = (unsigned)__builtin_popcount(givers);

    if (count > 0 && count < r->scene.quorum.need)
        below_the_quorum_it_is_another_key(r, givers);
}

static void subsets__below_t_derive_an_unrelated_key(void)
{
    every_set(too_small_set);
}

/* Everybody answers; every set of up to m - t lies. */
static void lying_set(const struct room *r, uint32_t liars)
{
    unsigned spare = r->scene.quorum.count - r->scene.quorum.need;

    if ((unsigned)__builtin_popcount(liars) <= spare)
        opens_as_it_should(r, (1u << r->scene.quorum.count) - 1, liars);
}

static void subsets__open_past_m_less_t_liars_and_name_each(void)
{
    every_set(lying_set);
}

static void lying_subsets(const struct room *r, uint32_t givers)
{
    if (r->scene.quorum.count > COUNT_ALL_PAIRS)
        return;
    for (uint32_t liars = givers; liars != 0; liars = (liars - 1) & givers)
        opens_as_it_should(r, givers, liars);
}

static void subsets__name_every_set_of_liars_in_every_set_of_givers(void)
{
    every_set(lying_subsets);
}

/* The largest there is: 16 of 16, 1 of 16, 8 of 16. */
static void subsets__of_sixteen_open_too(void)
{
    static const unsigned needs[] = { 1, 8, 16 };

    for (size_t n = 0; n < sizeof needs / sizeof *needs; n++) {
        struct sl_age_identity *opened = NULL;
        struct sl_gathering g;
        struct sl_answer a;
        struct scene s;

        scene_new(&s, needs[n], SL_TRUSTEES_MAX);
        CHECK_EQ(sl_gathering_begin(&s.quorum, &s.locker, &g, NULL), SL_OK);
        for (unsigned i = 0; i < needs[n]; i++) { /* the last ones: large numbers */
            CHECK_EQ(sl_gathering_open(&g, &opened, NULL), SL_E_REFUSED);
            scene_answer(&s, SL_TRUSTEES_MAX - i, &a);
            CHECK_EQ(sl_gathering_add(&g, &s.request, &a, NULL), SL_OK);
        }
        CHECK_EQ(sl_gathering_open(&g, &opened, NULL), SL_OK);
        CHECK(scene_is_identity(&s, opened));
        scene_end(&s);
    }
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(subsets__open_from_t_on_and_never_below),
        CASE(subsets__below_t_derive_an_unrelated_key),
        CASE(subsets__open_past_m_less_t_liars_and_name_each),
        CASE(subsets__name_every_set_of_liars_in_every_set_of_givers),
        CASE(subsets__of_sixteen_open_too),
    };

    fixed_start();
    return check_run(cases, sizeof cases / sizeof *cases);
}
