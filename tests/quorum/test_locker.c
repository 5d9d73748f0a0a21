/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sealed lockers: the attack on plain ElGamal, makers that lie, and the block as bytes.
 */
#include "scene.h"

enum { /* the block, docs/format/quorum.md */
       AT_SUITE = 12,
       AT_RECIPIENT_BYTES = 14,
       AT_SEALED_BYTES = 16,
       AT_ZERO = 18,
       AT_C = 72,
       AT_C2 = 104,
       AT_CHALLENGE = 136,
       AT_RESPONSE = 168,
       AT_RECIPIENT = 200,
};

/* A locker that its own maker opens with r Y: through the quorum's first two trustees. */
static sl_rc open_by_two(const struct scene *s, const struct sl_sealed_locker *l,
                         struct sl_age_identity **ret, struct sl_err *err)
{
    struct sl_point parts[2], shared;

    for (unsigned i = 0; i < 2; i++)
        CHECK(sl_point_times_secret(&l->c, s->shares[i].key.bytes, &parts[i]));
    CHECK_EQ(sl_combine((const uint8_t[]){ 1, 2 }, parts, 2, 3, &shared, NULL), SL_OK);
    return sl_locker_open_with(&s->quorum, l, &shared, ret, err);
}

/* Plain ElGamal is malleable: C + x G is answered with s_i C + x s_i G, and whoever knows x takes
 * the second part off again with the commitments. So a coerced maker enters a locker of their own
 * with the C of another. Here: with its real C', its proof taken over, made anew for another
 * statement, and without knowing r. Every trustee refuses, and says so. */
static void locker__entered_with_c_plus_x_g_is_refused_by_every_trustee(void)
{
    struct sl_sealed_locker camera;
    struct sl_point base2, x_g, x_g2;
    struct sl_secret *x = NULL;
    struct sl_answer a;
    struct scene s;

    scene_new(&s, 2, 3);
    camera = s.locker;
    scene_seal(&s, 0x21, 0); /* the attacker's own, honestly made */
    CHECK_EQ(sl_scalar_draw(&x, NULL), SL_OK);
    sl_second_base(&base2);
    CHECK(sl_point_base_times_secret(x, &x_g) && sl_point_times_secret(&base2, x, &x_g2));
    CHECK(sl_point_add(&camera.c, &x_g, &s.locker.c));
    for (unsigned proof = 0; proof < 3; proof++) {
        if (proof > 0) /* C' moved along: C + x G and C' + x G' have one logarithm, r + x */
            CHECK(sl_point_add(&camera.c2, &x_g2, &s.locker.c2));
        if (proof == 1)
            s.locker.proof = camera.proof;
        if (proof == 2) { /* the best that can be made without r: with x for r + x */
            uint8_t context[SL_LOCKER_CONTEXT_BYTES];
            struct sl_statement lie = sl_locker_statement(&s.quorum, &s.locker, context, &base2);
            CHECK_EQ(sl_proof_make(&lie, x, &s.locker.proof, NULL), SL_OK);
        }
        scene_ask(&s, "dailies of today");
        for (unsigned number = 1; number <= 3; number++) {
            struct sl_err err = { 0 };
            CHECK_EQ(scene_try_answer(&s, number, &a, &err), SL_E_REFUSED);
            CHECK(says(&err, "nobody should give one"));
        }
        struct sl_gathering g;
        CHECK_EQ(sl_gathering_begin(&s.quorum, &s.locker, &g, NULL), SL_E_REFUSED);
    }
    sl_secret_free(x);
    scene_end(&s);
}

/* The control of the case above: without the proof the attack works. */
static void locker__without_the_proof_the_attack_would_open_another(void)
{
    struct sl_point parts[2], shared, x_g, x_y;
    struct sl_age_identity *opened = NULL;
    struct sl_secret *x = NULL;
    struct sl_point moved;
    struct scene s;

    scene_new(&s, 2, 3);
    CHECK_EQ(sl_scalar_draw(&x, NULL), SL_OK);
    CHECK(sl_point_base_times_secret(x, &x_g) && sl_point_add(&s.locker.c, &x_g, &moved));
    CHECK(sl_point_times_secret(&s.quorum.commitments[0], x, &x_y));
    for (unsigned i = 0; i < 2; i++)
        CHECK(sl_point_times_secret(&moved, s.shares[i].key.bytes, &parts[i]));
    CHECK_EQ(sl_combine((const uint8_t[]){ 1, 2 }, parts, 2, 3, &shared, NULL), SL_OK);
    CHECK(sl_point_sub(&shared, &x_y, &shared));
    CHECK_EQ(sl_locker_open_with(&s.quorum, &s.locker, &shared, &opened, NULL), SL_OK);
    CHECK(scene_is_identity(&s, opened));
    sl_secret_free(x);
    scene_end(&s);
}

/* QUORUM-12, QUORUM-13: each thing that the proof is bound to, changed alone. */
static void locker__with_anything_changed_is_refused(void)
{
    struct sl_sealed_locker good;
    struct scene s;

    scene_new(&s, 2, 3);
    good = s.locker;
    for (unsigned what = 0; what < 8; what++) {
        struct sl_sealed_locker l = good;
        struct sl_quorum q = s.quorum;
        l.production[0] ^= what == 0;
        l.locker.bytes[15] ^= what == 1;
        l.epoch += what == 2;
        l.recipient[10] = what == 3 ? (l.recipient[10] == 'q' ? 'p' : 'q') : l.recipient[10];
        l.sealed[0] ^= what == 4;
        l.sealed_bytes -= what == 5;
        if (what == 6)
            sl_point_base(&l.c2);
        if (what == 7)
            sl_point_base(&q.commitments[0]);
        CHECK_EQ(sl_locker_check(&q, &l, NULL), SL_E_REFUSED);
    }
    CHECK_EQ(sl_locker_check(&s.quorum, &good, NULL), SL_OK);
    s.quorum.epoch++; /* shares dealt anew keep Y, and the lockers sealed to it */
    CHECK_EQ(sl_locker_check(&s.quorum, &good, NULL), SL_OK);
    scene_end(&s);
}

static void locker__of_another_production_is_named_so(void)
{
    struct sl_err err = { 0 };
    struct scene s;

    scene_new(&s, 2, 3);
    s.quorum.production[31] ^= 1;
    CHECK_EQ(sl_locker_check(&s.quorum, &s.locker, &err), SL_E_REFUSED);
    CHECK(says(&err, "another production"));
    scene_end(&s);
}

/* QUORUM-14: knowing the text, ChaCha20 alone could be turned into another; its tag is not. */
static void locker__with_another_key_written_over_does_not_open(void)
{
    struct sl_age_identity *opened = NULL, *other = fixed_identity(FIXED_CARE);
    struct sl_secret *mine = NULL, *theirs = NULL;
    struct sl_err err = { 0 };
    struct scene s;

    scene_new(&s, 2, 3);
    CHECK_EQ(open_by_two(&s, &s.locker, &opened, NULL), SL_OK); /* the control */
    CHECK(scene_is_identity(&s, opened));
    opened = NULL;
    CHECK_EQ(sl_age_identity_text(s.identity, &mine, NULL), SL_OK);
    CHECK_EQ(sl_age_identity_text(other, &theirs, NULL), SL_OK);
    for (size_t i = 0; i < s.locker.sealed_bytes - 16; i++)
        s.locker.sealed[i] ^= sl_secret_expose(mine).at[i] ^ sl_secret_expose(theirs).at[i];
    CHECK_EQ(open_by_two(&s, &s.locker, &opened, &err), SL_E_BROKEN);
    CHECK(says(&err, "does not open with the key") && opened == NULL);
    sl_secret_free(mine);
    sl_secret_free(theirs);
    sl_age_identity_free(other);
    scene_end(&s);
}

/* QUORUM-15: the maker sealed another key beneath this locker's recipient, and proved it all. */
static void locker__that_holds_another_key_is_opened_and_not_believed(void)
{
    struct sl_age_identity *opened = NULL, *other = fixed_identity(FIXED_CARE);
    struct sl_secret *r = NULL;
    struct sl_gathering g;
    struct sl_err err = { 0 };
    struct sl_answer a;
    struct scene s;

    scene_new(&s, 2, 3);
    CHECK_EQ(sl_scalar_draw(&r, NULL), SL_OK);
    CHECK_EQ(sl_locker_seal_as(&s.quorum, other, r, &s.locker, NULL), SL_OK);
    CHECK_EQ(sl_gathering_begin(&s.quorum, &s.locker, &g, NULL), SL_OK);
    scene_ask(&s, "the cut");
    for (unsigned number = 1; number <= 2; number++) {
        scene_answer(&s, number, &a);
        CHECK_EQ(sl_gathering_add(&g, &s.request, &a, NULL), SL_OK);
    }
    CHECK_EQ(sl_gathering_open(&g, &opened, &err), SL_E_BROKEN);
    CHECK(says(&err, "not the key of this locker") && opened == NULL);
    sl_secret_free(r);
    sl_age_identity_free(other);
    scene_end(&s);
}

static struct sl_buf written(const struct sl_sealed_locker *l)
{
    struct sl_buf out = sl_buf_upto(SL_LOCKER_BYTES_MAX);

    CHECK_EQ(sl_locker_write(l, &out, NULL), SL_OK);
    return out;
}

static void locker__reads_what_it_writes(void)
{
    struct sl_sealed_locker back;
    struct scene s;

    scene_new(&s, 2, 3);
    SL_AUTO_CLEAR(buf) b = written(&s.locker);
    CHECK_EQ(b.len, SL_LOCKER_FIXED + 62 + 74 + 16);
    CHECK_EQ(sl_locker_read(sl_buf_view(&b), &back, NULL), SL_OK);
    SL_AUTO_CLEAR(buf) again = written(&back);
    CHECK(again.len == b.len && memcmp(again.at, b.at, b.len) == 0);
    CHECK_EQ(sl_locker_check(&s.quorum, &back, NULL), SL_OK);
    scene_end(&s);
}

/* QUORUM-11 */
static void locker__refuses_every_other_length(void)
{
    struct sl_sealed_locker back = { .epoch = 77 };
    struct scene s;

    scene_new(&s, 2, 3);
    SL_AUTO_CLEAR(buf) b = written(&s.locker);
    for (size_t len = 0; len < b.len; len++)
        CHECK_EQ(sl_locker_read(view_of(b.at, len), &back, NULL), SL_E_BROKEN);
    CHECK_EQ(sl_buf_put(&b, view_of("", 1), NULL), SL_OK);
    CHECK_EQ(sl_locker_read(sl_buf_view(&b), &back, NULL), SL_E_BROKEN);
    CHECK_EQ(back.epoch, 77); /* untouched */
    scene_end(&s);
}

/* QUORUM-10, QUORUM-11: fields that no reader takes, whatever the proof says. */
static void locker__refuses_each_damaged_field(void)
{
    static const struct {
        const char *why;
        size_t offset, count;
        uint8_t byte;
    } damage[] = {
        { "another magic", 0, 1, 'X' },
        { "another version", 8, 1, 2 },
        { "another suite", AT_SUITE, 1, 2 },
        { "no recipient", AT_RECIPIENT_BYTES, 2, 0 },
        { "a recipient over the limit", AT_RECIPIENT_BYTES, 2, 0xff },
        { "a sealed key of a tag alone", AT_SEALED_BYTES, 1, 16 },
        { "a sealed key over the limit", AT_SEALED_BYTES, 2, 0xff },
        { "zero that is not", AT_ZERO, 1, 1 },
        { "C the identity", AT_C, 32, 0 },
        { "C not canonical", AT_C, 32, 0xff },
        { "C' the identity", AT_C2, 32, 0 },
        { "C' not canonical", AT_C2, 32, 0xff },
        { "a challenge above the order", AT_CHALLENGE, 32, 0xff },
        { "a response above the order", AT_RESPONSE, 32, 0xff },
        { "a recipient that is no text", AT_RECIPIENT, 1, 0 },
        { "a recipient that is not UTF-8", AT_RECIPIENT, 1, 0xff },
    };
    struct scene s;

    scene_new(&s, 2, 3);
    SL_AUTO_CLEAR(buf) b = written(&s.locker);
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        SL_AUTO_CLEAR(buf) bad = sl_buf_upto(SL_LOCKER_BYTES_MAX);
        struct sl_sealed_locker back = { .epoch = 77 };
        CHECK_EQ(sl_buf_put(&bad, sl_buf_view(&b), NULL), SL_OK);
        memset(bad.at + damage[i].offset, damage[i].byte, damage[i].count);
        CHECK_EQ(sl_locker_read(sl_buf_view(&bad), &back, NULL), SL_E_BROKEN);
        CHECK_EQ(back.epoch, 77);
    }
    scene_end(&s);
}

static void locker__bits_flipped_anywhere_are_noticed(void)
{
    struct sl_sealed_locker back;
    struct scene s;

    scene_new(&s, 2, 3);
    SL_AUTO_CLEAR(buf) b = written(&s.locker);
    for (size_t at = 0; at < b.len; at++) { /* one bit of every byte */
        uint8_t bit = (uint8_t)(1u << at % 8);
        b.at[at] ^= bit;
        CHECK(sl_locker_read(sl_buf_view(&b), &back, NULL) != SL_OK ||
              sl_locker_check(&s.quorum, &back, NULL) != SL_OK);
        b.at[at] ^= bit;
    }
    scene_end(&s);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(locker__entered_with_c_plus_x_g_is_refused_by_every_trustee),
        CASE(locker__without_the_proof_the_attack_would_open_another),
        CASE(locker__with_anything_changed_is_refused),
        CASE(locker__of_another_production_is_named_so),
        CASE(locker__with_another_key_written_over_does_not_open),
        CASE(locker__that_holds_another_key_is_opened_and_not_believed),
        CASE(locker__reads_what_it_writes),
        CASE(locker__refuses_every_other_length),
        CASE(locker__refuses_each_damaged_field),
        CASE(locker__bits_flipped_anywhere_are_noticed),
    };

    fixed_start();
    return check_run(cases, sizeof cases / sizeof *cases);
}
