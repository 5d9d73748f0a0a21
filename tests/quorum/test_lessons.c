/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How other sharings failed, story by story, and where each is a test. Those that stand elsewhere:
 *
 *   story                                      test
 *   HTC Exodus: any one of three opened        quorum/test_subsets, all of it;
 *                                              api/test_quorum_attacks camera__stays_shut_below_t_*
 *   Bitaps, pybtc: coefficients that depend    quorum/test_deal deal__draws_uniformly_* (every two
 *     on one another                             coefficients are independent)
 *   sharks, blahaj: a leading coefficient      the same (zero nibbles come as often as others), and
 *     that is never zero                         deal__with_a_coefficient_of_zero_is_not_published,
 *                                                poly__with_a_leading_zero_has_the_right_values
 *   tss-lib: number 0 or a doubled one         quorum/test_deal combine__refuses_numbers_*;
 *                                                test_answer answer__of_trustee_0_*
 *   Vault: a wrong share is not noticed        quorum/test_deal share__that_was_not_promised_*;
 *                                                test_subsets subsets__name_every_set_of_liars_*;
 *                                                api/test_quorum_dealer
 *   Vault: a ceremony done once, never tried   quorum/test_deal share__can_be_drilled_*;
 *                                                api/test_quorum_attacks share__is_verified_*
 *   Serai: shares of two dealings mixed        here; test_deal shares__of_two_foundings_never_*;
 *                                                api/test_quorum_attacks share__of_another_*
 *   Armory: coefficients made of the secret    here
 *
 * And what cannot be a test: Vault's timing by table look-ups (CVE-2023-25000) needs a field of 256
 * elements and its tables, and here is neither: shares are scalars of a group of 2^252 elements
 * which libsodium computes with in constant time. SLIP 39 is not offered, so its vectors do not
 * apply. That t old shares go on opening old footage after a new dealing (Serai again) no program
 * can mend; dealing anew is not offered yet, and every thing names its epoch for it.
 */
#include "scene.h"

#define NEED  3u
#define COUNT 5u

/* ---- Armory ---- */

/* Random bytes of two streams: the first draw (the secret) from one, the others from another. */
static uint8_t first, others;
static unsigned draws;

static int two_streams(void *self, void *to, size_t count)
{
    uint8_t *at = to;

    (void)self;
    for (size_t i = 0; i < count; i++)
        at[i] = (uint8_t)((draws == 0 ? first : others) * 31u + draws * 7 + i * i + 1);
    draws++;
    return 0;
}

static void deal_with(uint8_t of_secret, uint8_t of_others, struct sl_quorum *q)
{
    struct sl_share shares[SL_TRUSTEES_MAX] = { 0 };

    *q = (struct sl_quorum){ .need = NEED, .count = COUNT };
    first = of_secret;
    others = of_others;
    draws = 0;
    fixed.os.random = two_streams;
    CHECK_EQ(sl_quorum_deal(q, shares, NULL), SL_OK);
    fixed.os.random = fixed_random;
    CHECK_EQ(draws, NEED); /* what is not drawn cannot be random */
    for (unsigned i = 0; i < COUNT; i++)
        sl_share_clear(&shares[i]);
}

/* Armory made each coefficient of the secret and of what came before: whoever had one share less
 * tried the rest. Here another secret leaves every other coefficient as it was, and one secret is
 * dealt in as many ways as there are draws. (a_i G stands for a_i: it is one to one.) */
static void armory__coefficients_are_no_function_of_the_secret(void)
{
    struct sl_quorum a, other_secret, other_rest;

    deal_with(1, 1, &a);
    deal_with(2, 1, &other_secret);
    deal_with(1, 2, &other_rest);
    CHECK(!sl_point_same(&a.commitments[0], &other_secret.commitments[0]));
    CHECK(sl_point_same(&a.commitments[0], &other_rest.commitments[0]));
    for (unsigned i = 1; i < NEED; i++) {
        CHECK(sl_point_same(&a.commitments[i], &other_secret.commitments[i]));
        CHECK(!sl_point_same(&a.commitments[i], &other_rest.commitments[i]));
        for (unsigned k = 0; k < i; k++)
            CHECK(!sl_point_same(&a.commitments[i], &a.commitments[k]));
    }
}

/* ---- Serai ---- */

/* The same secret dealt twice: epochs 0 and 1 of one quorum, Y the same. */
static void deal_twice(struct scene *old, struct scene *new)
{
    SL_AUTO_CLEAR(poly) p = { 0 };

    scene_new(old, NEED, COUNT);
    scene_new(new, NEED, COUNT);
    CHECK_EQ(sl_poly_draw(&p, NEED, NULL), SL_OK);
    for (unsigned epoch = 0; epoch < 2; epoch++) {
        struct scene *s = epoch == 0 ? old : new;
        for (unsigned i = 1; i < NEED; i++) { /* what is drawn anew, and what stays */
            sl_secret_free(p.coefficients[i]);
            p.coefficients[i] = NULL;
            CHECK_EQ(sl_scalar_draw(&p.coefficients[i], NULL), SL_OK);
        }
        for (unsigned i = 0; i < SL_TRUSTEES_MAX; i++)
            sl_share_clear(&s->shares[i]);
        s->quorum.epoch = epoch;
        CHECK_EQ(sl_poly_deal(&p, &s->quorum, s->shares, NULL), SL_OK);
    }
    scene_seal(old, FIXED_LOCKER_ID, 0);
    new->locker = old->locker;
    scene_ask(old, "the cut");
    scene_ask(new, "the cut");
    CHECK(sl_point_same(&old->quorum.commitments[0], &new->quorum.commitments[0]));
}

/* s_i C of trustee i by one of the dealings. */
static void part_of(const struct scene *s, unsigned number, struct sl_point *ret)
{
    CHECK(sl_point_times_secret(&s->locker.c, s->shares[number - 1].key.bytes, ret));
}

/* Every three trustees, each with the old or the new share: three of one dealing open, every other
 * mix gives another key. */
static void serai__every_mix_of_old_and_new_shares_opens_nothing(void)
{
    struct scene old, new;
    unsigned opened_by = 0, tried = 0;

    deal_twice(&old, &new);
    for (uint32_t who = 0; who < 1u << COUNT; who++) {
        uint8_t numbers[NEED];
        unsigned count = 0;
        if (__builtin_popcount(who) != (int)NEED)
            continue;
        for (unsigned i = 0; i < COUNT; i++)
            if ((who >> i & 1) != 0)
                numbers[count++] = (uint8_t)(i + 1);
        for (uint32_t fresh = 0; fresh < 1u << NEED; fresh++) {
            struct sl_age_identity *opened = NULL;
            struct sl_point parts[NEED], shared;
            bool mixed = fresh != 0 && fresh != (1u << NEED) - 1;
            for (unsigned i = 0; i < NEED; i++)
                part_of((fresh >> i & 1) != 0 ? &new : &old, numbers[i], &parts[i]);
            CHECK_EQ(sl_combine(numbers, parts, NEED, COUNT, &shared, NULL), SL_OK);
            sl_rc rc = sl_locker_open_with(&old.quorum, &old.locker, &shared, &opened, NULL);
            CHECK_EQ(rc, mixed ? SL_E_BROKEN : SL_OK);
            CHECK(mixed ? opened == NULL : scene_is_identity(&old, opened));
            opened_by += mixed ? 0 : 1;
            tried++;
        }
    }
    CHECK_EQ(tried, 80);
    CHECK_EQ(opened_by, 20);
    scene_end(&old);
    scene_end(&new);
}

/* And the programs do not get that far: a share, a request and an answer name their epoch. */
static void serai__the_programs_refuse_what_is_of_another_epoch(void)
{
    struct scene old, new;
    struct sl_gathering g;
    struct sl_answer a;
    struct sl_err err = { 0 };

    deal_twice(&old, &new);
    CHECK_EQ(sl_share_check(&new.quorum, &new.shares[0], NULL), SL_OK);
    CHECK_EQ(sl_share_check(&new.quorum, &old.shares[0], &err), SL_E_REFUSED);
    CHECK(says(&err, "epoch 0, not 1"));
    struct sl_asked asked = scene_asked(&new);
    CHECK_EQ(sl_answer_yes(&asked, &old.shares[0], &old.keys[0], NULL, &a, &err), SL_E_REFUSED);
    asked.request = &old.request;
    CHECK_EQ(sl_answer_yes(&asked, &new.shares[0], &new.keys[0], NULL, &a, &err), SL_E_REFUSED);
    scene_answer(&old, 1, &a);
    CHECK_EQ(sl_gathering_begin(&new.quorum, &new.locker, &g, NULL), SL_OK);
    CHECK_EQ(sl_gathering_add(&g, &new.request, &a, &err), SL_E_REFUSED);
    CHECK_EQ(sl_gathering_add(&g, &old.request, &a, &err), SL_E_REFUSED);
    CHECK_EQ(g.yes, 0);
    CHECK_EQ(g.false_by, 0); /* nobody lied */
    scene_end(&old);
    scene_end(&new);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(armory__coefficients_are_no_function_of_the_secret),
        CASE(serai__every_mix_of_old_and_new_shares_opens_nothing),
        CASE(serai__the_programs_refuse_what_is_of_another_epoch),
    };

    fixed_start();
    return check_run(cases, sizeof cases / sizeof *cases);
}
