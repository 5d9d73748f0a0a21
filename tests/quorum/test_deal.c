/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Dealing: RFC 9591's shares, commitments that catch every wrong share, and the stories of other
 * sharings that leaked (noted at each case). Not to be tested here: Vault's timing by table
 * look-ups (there are no tables: libsodium's scalars are constant time); Serai's re-sharing (there
 * is none yet; every thing names its quorum epoch so that it can come without a new format).
 */
#include "crypto/foreign.h"
#include "scene.h"

#define DEALS   4096u
#define NIBBLES 16u

static struct sl_secret *secret_of(struct sl_view hex)
{
    struct sl_buf bytes = sl_buf_upto(64);
    struct sl_secret *s = NULL;

    foreign_unhex(hex, &bytes);
    CHECK_EQ(sl_scalar_secret_read(sl_buf_view(&bytes), &s, NULL), SL_OK);
    sl_buf_clear(&bytes);
    return s;
}

static struct sl_view field_hex(const struct foreign *f, const char *name)
{
    return foreign_trim(foreign_raw(f, name), "\"");
}

/* The RFC's secret and coefficient, dealt by our code. */
static void deal_rfc(struct foreign *f, struct scene *s)
{
    SL_AUTO_CLEAR(poly) p = { .count = 2 };
    struct sl_cur lines = f->left; /* the record goes to the end of the file */
    struct sl_view public;

    scene_new(s, 2, 3);
    for (size_t i = 0; i < SL_TRUSTEES_MAX; i++)
        sl_share_clear(&s->shares[i]);
    CHECK(foreign_next(f));
    p.coefficients[0] = secret_of(field_hex(f, "group_secret_key"));
    public = foreign_hex(f, "group_public_key");
    while (lines.left > 0 && p.coefficients[1] == NULL) {
        struct sl_view line = foreign_trim(foreign_line(&lines), " \"");
        if (line.len == 64) /* the coefficient stands alone in its line */
            p.coefficients[1] = secret_of(line);
    }
    CHECK_EQ(sl_poly_deal(&p, &s->quorum, s->shares, NULL), SL_OK);
    CHECK(foreign_same(public, s->quorum.commitments[0].bytes, 32)); /* Y */
}

static void deal__makes_the_shares_of_rfc_9591(void)
{
    char *path = foreign_shared("vectors/rfc9591-frost-ristretto255-sha512.json");
    struct foreign f;
    unsigned seen = 0;
    struct scene s;

    if (!foreign_open(&f, path, "group_secret_key")) {
        check_skip(FOREIGN_NO_SHARED);
        foreign_close(&f);
        free(path);
        return;
    }
    struct foreign shares = f;
    shares.first = "identifier";
    deal_rfc(&f, &s);
    while (foreign_next(&shares)) {
        if (!foreign_has(&shares, "participant_share"))
            continue;
        unsigned number = (unsigned)foreign_number(&shares, "identifier");
        struct sl_secret *want = secret_of(field_hex(&shares, "participant_share"));
        CHECK(number >= 1 && number <= 3);
        CHECK(sl_secret_same(s.shares[number - 1].key.bytes, want));
        sl_secret_free(want);
        seen++;
    }
    CHECK_EQ(seen, 3);
    scene_end(&s);
    foreign_close(&f);
    free(path);
}

static void deal__refuses_numbers_that_cannot_be(void)
{
    static const uint8_t wrong[][2] = { { 0, 0 }, { 0, 3 }, { 4, 3 }, { 1, 0 }, { 2, 17 } };
    struct sl_share shares[SL_TRUSTEES_MAX] = { 0 };

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct sl_quorum q = { .need = wrong[i][0], .count = wrong[i][1] };
        struct sl_err err = { 0 };
        CHECK_EQ(sl_quorum_deal(&q, shares, &err), SL_E_USAGE);
        CHECK(err.text[0] != '\0' && shares[0].key.bytes == NULL);
    }
    CHECK_EQ(sl_quorum_possible(1, 1, NULL), SL_OK); /* whether it is wise is asked elsewhere */
    CHECK_EQ(sl_quorum_possible(16, 16, NULL), SL_OK);
}

/* QUORUM-8: a share is another one's, or altered, or nobody's. */
static void share__that_was_not_promised_is_refused(void)
{
    struct sl_err err = { 0 };
    struct scene s;

    scene_new(&s, 3, 5);
    for (unsigned i = 0; i < 5; i++)
        CHECK_EQ(sl_share_check(&s.quorum, &s.shares[i], NULL), SL_OK);
    s.shares[1].number = 3;
    CHECK_EQ(sl_share_check(&s.quorum, &s.shares[1], &err), SL_E_REFUSED);
    CHECK(says(&err, "share 3") && says(&err, "false one"));
    s.shares[1].number = 0;
    CHECK_EQ(sl_share_check(&s.quorum, &s.shares[1], NULL), SL_E_REFUSED);
    s.shares[1].number = 6;
    CHECK_EQ(sl_share_check(&s.quorum, &s.shares[1], NULL), SL_E_REFUSED);
    s.shares[1].number = 2;
    sl_secret_fill(s.shares[1].key.bytes)[0] ^= 1;
    CHECK_EQ(sl_share_check(&s.quorum, &s.shares[1], NULL), SL_E_REFUSED);
    scene_end(&s);
}

static void share__of_another_founding_is_refused_by_name(void)
{
    static const struct {
        const char *says;
        int what;
    } rows[] = {
        { "another production", 0 }, { "quorum epoch 7", 1 }, { "2 of 5", 2 }, { "3 of 6", 3 }
    };
    struct scene s;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sl_err err = { 0 };
        scene_new(&s, 3, 5);
        s.shares[0].production[0] ^= rows[i].what == 0;
        s.shares[0].epoch += rows[i].what == 1 ? 7 : 0;
        s.shares[0].need = rows[i].what == 2 ? 2 : 3;
        s.shares[0].count = rows[i].what == 3 ? 6 : 5;
        CHECK_EQ(sl_share_check(&s.quorum, &s.shares[0], &err), SL_E_REFUSED);
        CHECK(says(&err, rows[i].says));
        scene_end(&s);
    }
}

/* One degree too many: t + 1 would be needed, and nobody told. The commitments cannot say so,
 * since their list is exactly t long, and so no share fits them. */
static void share__of_one_degree_too_many_is_refused_by_everybody(void)
{
    SL_AUTO_CLEAR(poly) p = { 0 };
    struct sl_share shares[SL_TRUSTEES_MAX] = { 0 };
    struct scene s;

    scene_new(&s, 3, 5);
    struct sl_quorum published = s.quorum, four = s.quorum;
    CHECK_EQ(sl_poly_draw(&p, 4, NULL), SL_OK);
    CHECK_EQ(sl_poly_deal(&p, &published, shares, NULL), SL_E_USAGE); /* not by our dealer */
    four.need = 4;
    CHECK_EQ(sl_poly_deal(&p, &four, shares, NULL), SL_OK);
    memcpy(published.commitments, four.commitments, 3 * sizeof(struct sl_point));
    for (unsigned i = 0; i < 5; i++) {
        shares[i].need = 3; /* as that dealer would say */
        CHECK_EQ(sl_share_check(&published, &shares[i], NULL), SL_E_REFUSED);
        sl_share_clear(&shares[i]);
    }
    scene_end(&s);
}

/* Armory: coefficients made from the secret, so that fewer shares sufficed. Here every one is 64
 * bytes fresh from the kernel, and the same secret is dealt otherwise each time. */
static size_t drawn;

static int counting_random(void *self, void *to, size_t count)
{
    drawn += count;
    return fixed_random(self, to, count);
}

static void deal__draws_every_coefficient_from_the_kernel(void)
{
    struct sl_share shares[SL_TRUSTEES_MAX] = { 0 };
    struct sl_quorum q = { .need = 5, .count = 7 };

    fixed.os.random = counting_random;
    drawn = 0;
    CHECK_EQ(sl_quorum_deal(&q, shares, NULL), SL_OK);
    CHECK_EQ(drawn, 5 * SL_WIDE_BYTES);
    fixed.os.random = fixed_random;
    for (unsigned i = 0; i < 7; i++)
        sl_share_clear(&shares[i]);
}

/* Deal 3 of 3 and give back the coefficients, from the shares: a0 = 3 s1 - 3 s2 + s3,
 * 2 a2 = s1 - 2 s2 + s3, a1 = s1 - a0 - a2. */
static void coefficients_of_one_deal(struct sl_scalar ret[3])
{
    struct sl_quorum q = { .need = 3, .count = 3 };
    struct sl_share shares[SL_TRUSTEES_MAX] = { 0 };
    struct sl_scalar s[3], two, half, x;

    CHECK_EQ(sl_quorum_deal(&q, shares, NULL), SL_OK);
    for (unsigned i = 0; i < 3; i++) {
        CHECK(sl_scalar_read(sl_secret_expose(shares[i].key.bytes).at, &s[i]));
        sl_share_clear(&shares[i]);
    }
    sl_scalar_number(2, &two);
    CHECK(sl_scalar_invert(&two, &half));
    sl_scalar_sub(&s[0], &s[1], &x); /* s1 - s2 */
    sl_scalar_sub(&x, &s[1], &ret[2]);
    sl_scalar_add(&ret[2], &s[2], &ret[2]);
    sl_scalar_mul(&ret[2], &half, &ret[2]);
    sl_scalar_add(&x, &x, &ret[0]);
    sl_scalar_add(&ret[0], &x, &ret[0]);
    sl_scalar_add(&ret[0], &s[2], &ret[0]);
    sl_scalar_sub(&s[0], &ret[0], &ret[1]);
    sl_scalar_sub(&ret[1], &ret[2], &ret[1]);
}

/* Chi-square over `cells` equally likely cells. */
static double chi_square(const unsigned *counts, size_t cells, double each)
{
    double sum = 0;

    for (size_t i = 0; i < cells; i++)
        sum += ((double)counts[i] - each) * ((double)counts[i] - each) / each;
    return sum;
}

/* sharks and blahaj (Cure53): a leading coefficient that is never zero told the secret after some
 * hundred sharings. Bitaps: coefficients that depend on one another. So: of every coefficient the
 * lowest and the highest nibble are uniform, zero included, and of every two they are independent.
 * The seam is seeded: this run is every run. Limits are the 99.9 % points for 15 and 225 degrees
 * of freedom. */
static void deal__draws_uniformly_the_leading_coefficient_included(void)
{
    static unsigned low[3][NIBBLES], high[3][NIBBLES], pairs[3][NIBBLES * NIBBLES];
    struct sl_scalar a[3];

    for (unsigned n = 0; n < DEALS; n++) {
        coefficients_of_one_deal(a);
        for (unsigned i = 0; i < 3; i++) {
            unsigned next = (i + 1) % 3;
            low[i][a[i].bytes[0] & 15]++;
            high[i][a[i].bytes[31] & 15]++;
            pairs[i][(a[i].bytes[0] & 15) * NIBBLES + (a[next].bytes[0] & 15)]++;
        }
    }
    for (unsigned i = 0; i < 3; i++) {
        CHECK(chi_square(low[i], NIBBLES, DEALS / 16.0) < 37.7);
        CHECK(chi_square(high[i], NIBBLES, DEALS / 16.0) < 37.7);
        CHECK(chi_square(pairs[i], NIBBLES * NIBBLES, DEALS / 256.0) < 330.5);
        CHECK(low[i][0] > 0 && high[i][0] > 0);
    }
}

/* No value is drawn again for being zero. It cannot be published (the identity is no commitment),
 * and it never comes from a kernel that works: so it is said, and nothing is dealt. */
static unsigned zero_from, zero_to, draws;

static int zero_random(void *self, void *to, size_t count)
{
    (void)fixed_random(self, to, count);
    if (draws >= zero_from && draws < zero_to)
        memset(to, 0, count);
    draws++;
    return 0;
}

static void deal__with_a_coefficient_of_zero_is_not_published(void)
{
    struct sl_share shares[SL_TRUSTEES_MAX] = { 0 };

    fixed.os.random = zero_random;
    for (unsigned which = 0; which < 3; which++) { /* the secret, the middle, the leading one */
        struct sl_quorum q = { .need = 3, .count = 3 };
        struct sl_err err = { 0 };
        draws = 0;
        zero_from = which;
        zero_to = which + 1;
        CHECK_EQ(sl_quorum_deal(&q, shares, &err), SL_E_SYSTEM);
        CHECK_EQ(draws, 3); /* nothing was drawn again */
        CHECK(says(&err, "cannot be random") && shares[0].key.bytes == NULL);
    }
    fixed.os.random = fixed_random;
}

/* ... and as a number it is like any other: one degree lower, and the values right. */
static void poly__with_a_leading_zero_has_the_right_values(void)
{
    SL_AUTO_CLEAR(poly) p = { .count = 3 };
    struct sl_secret *at[3] = { 0 };
    struct sl_scalar a, b, want, got, x;

    CHECK_EQ(sl_scalar_draw(&p.coefficients[0], NULL), SL_OK);
    CHECK_EQ(sl_scalar_draw(&p.coefficients[1], NULL), SL_OK);
    CHECK_EQ(sl_secret_blank(SL_SCALAR_BYTES, &p.coefficients[2], NULL), SL_OK);
    CHECK(sl_scalar_read(sl_secret_expose(p.coefficients[0]).at, &a));
    CHECK(sl_scalar_read(sl_secret_expose(p.coefficients[1]).at, &b));
    for (uint32_t i = 0; i < 3; i++) {
        CHECK_EQ(sl_poly_at(&p, i + 1, &at[i], NULL), SL_OK);
        sl_scalar_number(i + 1, &x);
        sl_scalar_mul(&b, &x, &want);
        sl_scalar_add(&a, &want, &want);
        CHECK(sl_scalar_read(sl_secret_expose(at[i]).at, &got));
        CHECK(memcmp(&got, &want, sizeof got) == 0);
        sl_secret_free(at[i]);
    }
}

/* tss-lib (Trail of Bits): number 0 gives the secret itself, a doubled number divides by zero. */
static void combine__refuses_numbers_zero_doubled_and_above_m(void)
{
    static const uint8_t wrong[][3] = { { 0, 1, 2 }, { 1, 2, 1 },   { 3, 3, 3 },
                                        { 1, 2, 6 }, { 255, 1, 2 }, { 1, 2, 32 } };
    struct sl_point parts[3], got = { { 7 } };
    struct scene s;

    scene_new(&s, 3, 5);
    for (unsigned i = 0; i < 3; i++)
        CHECK_EQ(sl_quorum_share_point(&s.quorum, i + 1, &parts[i], NULL), SL_OK);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK_EQ(sl_combine(wrong[i], parts, 3, 5, &got, NULL), SL_E_REFUSED);
    CHECK_EQ(sl_combine(wrong[0], parts, 0, 5, &got, NULL), SL_E_REFUSED);
    CHECK_EQ(sl_combine((const uint8_t[]){ 1, 2, 3 }, parts, 3, 2, &got, NULL), SL_E_REFUSED);
    CHECK_EQ(got.bytes[0], 7); /* untouched */
    CHECK_EQ(sl_combine((const uint8_t[]){ 1, 2, 3 }, parts, 3, 5, &got, NULL), SL_OK);
    CHECK(sl_point_same(&got, &s.quorum.commitments[0])); /* 3 of s_i G give Y */
    CHECK_EQ(sl_quorum_share_point(&s.quorum, 0, &got, NULL), SL_E_REFUSED);
    CHECK_EQ(sl_quorum_share_point(&s.quorum, 6, &got, NULL), SL_E_REFUSED);
    scene_end(&s);
}

/* A dealer who arranges that two parts cancel each other must not stop the three that open. */
static void combine__goes_on_where_parts_cancel_on_the_way(void)
{
    struct sl_scalar three, minus, x = { 0 };
    struct sl_point parts[3], got, base;

    sl_point_base(&base);
    sl_scalar_number(3, &three); /* the weights of 1, 2, 3 at 0 are 3, -3, 1 */
    sl_scalar_sub(&x, &three, &minus);
    parts[0] = parts[1] = base;
    CHECK(sl_point_base_times(&minus, &parts[2]));
    CHECK_EQ(sl_combine((const uint8_t[]){ 1, 2, 3 }, parts, 3, 3, &got, NULL), SL_OK);
    CHECK(sl_point_same(&got, &parts[2]));
}

static void shares__of_two_foundings_never_combine(void)
{
    struct sl_age_identity *opened = NULL;
    struct sl_gathering g;
    struct sl_answer a;
    struct scene s, other;
    struct sl_err err = { 0 };

    scene_new(&s, 2, 3);
    scene_found(&other, 2, 3, 0xcd);
    CHECK_EQ(sl_gathering_begin(&s.quorum, &s.locker, &g, NULL), SL_OK);
    scene_answer(&s, 1, &a);
    CHECK_EQ(sl_gathering_add(&g, &s.request, &a, NULL), SL_OK);
    struct sl_asked asked = scene_asked(&s);
    /* Their program refuses to answer, ours to count what theirs would say. */
    CHECK_EQ(sl_answer_yes(&asked, &other.shares[1], &other.keys[1], NULL, &a, &err), SL_E_REFUSED);
    CHECK(says(&err, "another production"));
    scene_answer(&other, 2, &a);
    CHECK_EQ(sl_gathering_add(&g, &s.request, &a, NULL), SL_E_REFUSED);
    CHECK_EQ(sl_gathering_missing(&g), 1);
    CHECK_EQ(sl_gathering_open(&g, &opened, NULL), SL_E_REFUSED);
    /* And the numbers themselves, forced together, give another key. */
    struct sl_point parts[2], got;
    CHECK(sl_point_times_secret(&s.locker.c, s.shares[0].key.bytes, &parts[0]));
    CHECK(sl_point_times_secret(&s.locker.c, other.shares[1].key.bytes, &parts[1]));
    CHECK_EQ(sl_combine((const uint8_t[]){ 1, 2 }, parts, 2, 3, &got, NULL), SL_OK);
    CHECK_EQ(sl_locker_open_with(&s.quorum, &s.locker, &got, &opened, NULL), SL_E_BROKEN);
    scene_end(&s);
    scene_end(&other);
}

/* Vault: a ceremony that is done once and never tried. A share is checked, and answers for a test
 * locker, without being shown. */
static void share__can_be_drilled_without_being_shown(void)
{
    struct sl_secret *bytes = NULL;
    struct sl_answer a;
    struct scene s;

    scene_new(&s, 2, 3);
    CHECK_EQ(sl_share_check(&s.quorum, &s.shares[2], NULL), SL_OK);
    scene_answer(&s, 3, &a);
    CHECK_EQ(sl_share_write(&s.shares[2], &bytes, NULL), SL_OK);
    struct sl_view key = sl_secret_expose(s.shares[2].key.bytes);
    CHECK(memmem(a.bytes, sizeof a.bytes, key.at, key.len) == NULL);
    CHECK(memmem(sl_secret_expose(bytes).at, SL_SHARE_BYTES, key.at, key.len) !=
          NULL); /* control */
    sl_secret_free(bytes);
    scene_end(&s);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(deal__makes_the_shares_of_rfc_9591),
        CASE(deal__refuses_numbers_that_cannot_be),
        CASE(share__that_was_not_promised_is_refused),
        CASE(share__of_another_founding_is_refused_by_name),
        CASE(share__of_one_degree_too_many_is_refused_by_everybody),
        CASE(deal__draws_every_coefficient_from_the_kernel),
        CASE(deal__draws_uniformly_the_leading_coefficient_included),
        CASE(deal__with_a_coefficient_of_zero_is_not_published),
        CASE(poly__with_a_leading_zero_has_the_right_values),
        CASE(combine__refuses_numbers_zero_doubled_and_above_m),
        CASE(combine__goes_on_where_parts_cancel_on_the_way),
        CASE(shares__of_two_foundings_never_combine),
        CASE(share__can_be_drilled_without_being_shown),
    };

    fixed_start();
    return check_run(cases, sizeof cases / sizeof *cases);
}
