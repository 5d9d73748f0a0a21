/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A maker who deals wrongly: a share that is another, one degree too many, lockers and tests that
 * are not what the founding says. Every trustee's `accept` names the maker and keeps nothing, or
 * the test opening catches it, and no kit is made. And trustees who lie in their acceptance.
 */
#include "api/crew_inside.h"

static bool kept_nothing(const struct crew *c, const char *who)
{
    char name[64];

    (void)snprintf(name, sizeof name, "%s/productions", who);
    return world_count(&c->w, name, NULL) == 0;
}

/* people/WHO.forged is refused: with these words, naming the maker's key, and nothing is kept. */
static void refused(struct crew *c, const char *who, const char *why)
{
    char words[SL_WORDS_TEXT];
    struct sl_accepted ret;
    struct inside maker;

    inside_enter(&maker, c, "maker");
    sl_words_of("key", (struct sl_view){ maker.o.vault->maker, SL_SIGN_PUBLIC_BYTES }, words);
    inside_leave(&maker);
    CHECK_EQ(crew_accept_as(c, NULL, who, "forged", NULL, &ret), SL_E_REFUSED);
    CHECK(world_said(&c->w, why));
    CHECK(strcmp(ret.maker_words, words) == 0);
    CHECK(kept_nothing(c, who));
}

static void nobody_accepted(struct crew *c)
{
    struct sl_status s;

    CHECK_EQ(crew_status(c, &s), SL_OK);
    CHECK_EQ(s.accepted, 0);
    CHECK(!s.test_opened);
    CHECK_EQ(crew_kit(c, NULL, false), SL_E_REFUSED);
    CHECK(!world_is_there(&c->w, "people/set.kit"));
}

/* ---- the share ---- */

static void dealer__of_an_inconsistent_share_is_named_by_who_got_it(void)
{
    struct inside maker;
    struct crew c;
    char words[SL_WORDS_TEXT];

    crew_new(&c, 2, 3);
    inside_enter(&maker, &c, "maker");
    sl_words_of("key", (struct sl_view){ maker.o.vault->maker, SL_SIGN_PUBLIC_BYTES }, words);
    for (unsigned number = 1; number <= 3; number++) {
        struct letter l;
        letter_open(&l, &maker, crew_trustee(number));
        sl_secret_fill(l.share.key.bytes)[0] ^= 1;
        letter_write(&l, crew_trustee(number), NULL);
        letter_close(&l);
    }
    inside_leave(&maker);
    for (unsigned number = 1; number <= 3; number++) {
        refused(&c, crew_trustee(number), "dealt you a share that does not fit");
        CHECK(world_said(&c.w, words));
    }
    nobody_accepted(&c);
    CHECK_EQ(crew_accept(&c, NULL, "t1"), SL_OK); /* the control: the honest one is taken */
    crew_end(&c);
}

static void dealer__of_another_ones_share_is_named(void)
{
    struct letter one, two;
    struct inside maker;
    struct crew c;

    crew_new(&c, 2, 3);
    inside_enter(&maker, &c, "maker");
    letter_open(&one, &maker, "t1");
    letter_open(&two, &maker, "t2");
    sl_share_clear(&one.share);
    CHECK_EQ(sl_share_read(two.in.share, &one.share, NULL), SL_OK);
    letter_write(&one, "t1", NULL);
    letter_close(&one);
    letter_close(&two);
    inside_leave(&maker);
    refused(&c, "t1", "number 2's, not number 1's");
    nobody_accepted(&c);
    crew_end(&c);
}

/* s_i + a i^t: on no polynomial of the degree that was published. */
static void raise_degree(struct sl_share *s, const struct sl_secret *a)
{
    SL_AUTO_FREE(secret) *sum = NULL;
    SL_AUTO_FREE(secret) *zero = NULL;
    struct sl_scalar x;

    sl_scalar_number(s->number, &x);
    CHECK_EQ(sl_secret_copy(sl_secret_expose(a), &sum, NULL), SL_OK);
    CHECK_EQ(sl_secret_blank(SL_SCALAR_BYTES, &zero, NULL), SL_OK);
    for (unsigned i = 1; i < s->need; i++)
        sl_scalar_horner(sum, &x, zero);
    sl_scalar_horner(sum, &x, s->key.bytes);
    sl_secret_free(s->key.bytes);
    s->key.bytes = SL_TAKE(sum);
}

static void dealer__of_one_degree_too_many_is_refused_by_everybody(void)
{
    SL_AUTO_FREE(secret) *a = NULL;
    struct inside maker;
    struct crew c;

    crew_new(&c, 2, 3);
    inside_enter(&maker, &c, "maker");
    CHECK_EQ(sl_scalar_draw(&a, NULL), SL_OK);
    for (unsigned number = 1; number <= 3; number++) {
        struct letter l;
        letter_open(&l, &maker, crew_trustee(number));
        raise_degree(&l.share, a);
        letter_write(&l, crew_trustee(number), NULL);
        letter_close(&l);
    }
    inside_leave(&maker);
    for (unsigned number = 1; number <= 3; number++)
        refused(&c, crew_trustee(number), "dealt you a share that does not fit");
    nobody_accepted(&c);
    crew_end(&c);
}

/* ---- lockers ---- */

/* The lockers of t1's and the editor's invitation changed by `change`: both refuse. */
static void sealed_otherwise(void (*change)(struct inside *maker, struct sl_sealed_locker *l),
                             const char *why)
{
    static const char *const whose[] = { "t1", CREW_EDITOR };
    struct inside maker;
    struct crew c;

    crew_new(&c, 2, 3);
    for (size_t i = 0; i < 2; i++) {
        SL_AUTO_CLEAR(buf) block = sl_buf_upto(SL_LOCKER_BYTES_MAX);
        struct sl_sealed_locker camera;
        struct letter l;
        inside_enter(&maker, &c, "maker");
        inside_sealed(&maker, "camera", &camera);
        change(&maker, &camera);
        CHECK_EQ(sl_locker_write(&camera, &block, NULL), SL_OK);
        letter_open(&l, &maker, whose[i]);
        l.in.sealed[0] = sl_buf_view(&block);
        letter_write(&l, whose[i], NULL);
        letter_close(&l);
        inside_leave(&maker);
        refused(&c, whose[i], why);
    }
    crew_end(&c);
}

static void plus_x_g(struct inside *maker, struct sl_sealed_locker *l)
{
    struct sl_point base;

    (void)maker;
    sl_point_base(&base);
    CHECK(sl_point_add(&l->c, &base, &l->c));
}

static void another_recipient(struct inside *maker, struct sl_sealed_locker *l)
{
    SL_AUTO_FREE(age_identity) *other = NULL;
    struct sl_id id = l->locker;

    CHECK_EQ(sl_age_identity_new(&other, NULL), SL_OK);
    CHECK_EQ(sl_locker_seal(&maker->quorum, &id, 0, other, l, NULL), SL_OK);
}

static void the_other_locker(struct inside *maker, struct sl_sealed_locker *l)
{
    inside_sealed(maker, "sound", l);
}

static void dealer__of_a_locker_with_c_plus_x_g_is_refused(void)
{
    sealed_otherwise(plus_x_g, "nobody should give one");
}

static void dealer__of_a_locker_to_another_key_is_refused(void)
{
    sealed_otherwise(another_recipient, "not the one of the founding");
}

static void dealer__of_one_locker_in_the_place_of_another_is_refused(void)
{
    sealed_otherwise(the_other_locker, "not the one of the founding");
}

/* ---- who signs, for whom, and which keys ---- */

static void invitation__that_another_than_the_maker_signed_is_refused(void)
{
    struct sl_sign_key other = { 0 };
    struct inside maker;
    struct letter l;
    struct crew c;

    crew_new(&c, 2, 3);
    inside_enter(&maker, &c, "maker");
    letter_open(&l, &maker, "t1");
    CHECK_EQ(sl_sign_key_new(&other, NULL), SL_OK);
    letter_write(&l, "t1", &other);
    letter_close(&l);
    sl_secret_free(other.bytes);
    inside_leave(&maker);
    CHECK_EQ(crew_accept_as(&c, NULL, "t1", "forged", NULL, NULL), SL_E_REFUSED);
    CHECK(kept_nothing(&c, "t1"));
    crew_end(&c);
}

static void invitation__that_names_another_person_is_refused(void)
{
    struct inside maker;
    struct letter l, other;
    struct crew c;

    crew_new(&c, 2, 3);
    inside_enter(&maker, &c, "maker");
    letter_open(&l, &maker, "t1");
    letter_open(&other, &maker, "t2");
    memcpy(l.in.to, other.in.to, sizeof l.in.to);
    letter_write(&l, "t1", NULL);
    letter_close(&l);
    letter_close(&other);
    inside_leave(&maker);
    CHECK_EQ(crew_accept_as(&c, NULL, "t1", "forged", NULL, NULL), SL_E_REFUSED);
    CHECK(world_said(&c.w, "another person"));
    CHECK_EQ(rename(crew_paper(&c, "t2", "invite"), crew_paper(&c, "t1", "forged")), 0);
    CHECK_EQ(crew_accept_as(&c, NULL, "t1", "forged", NULL, NULL), SL_E_REFUSED);
    CHECK(world_said(&c.w, "sealed to somebody else"));
    CHECK(kept_nothing(&c, "t1"));
    crew_end(&c);
}

/* ---- the test opening ---- */

/* A test locker that does not hold what its recipient says: as a maker would lie whose lockers open
 * for nobody. In the maker's own home as well. */
static void forge_test(struct crew *c)
{
    SL_AUTO_FREE(age_identity) *right = NULL;
    SL_AUTO_FREE(age_identity) *wrong = NULL;
    SL_AUTO_FREE(secret) *text = NULL;
    SL_AUTO_FREE(secret) *r = NULL;
    SL_AUTO_CLEAR(buf) block = sl_buf_upto(SL_LOCKER_BYTES_MAX);
    SL_AUTO_CLEAR(buf) request = { 0 };
    struct sl_sealed_locker test;
    struct sl_age_recipient to;
    struct sl_request asks;
    struct inside maker;

    inside_enter(&maker, c, "maker");
    struct sl_vault *v = maker.o.vault;
    CHECK_EQ(sl_age_identity_new(&right, NULL), SL_OK);
    CHECK_EQ(sl_age_identity_new(&wrong, NULL), SL_OK);
    CHECK_EQ(sl_locker_read(sl_buf_view(&v->test_locker), &test, NULL), SL_OK);
    sl_age_identity_recipient(right, &to);
    sl_age_recipient_text(&to, test.recipient);
    CHECK_EQ(sl_scalar_draw(&r, NULL), SL_OK);
    CHECK_EQ(sl_locker_seal_as(&maker.quorum, wrong, r, &test, NULL), SL_OK);
    CHECK_EQ(sl_locker_write(&test, &block, NULL), SL_OK);
    inside_ask(&maker, &test, &v->sign, &asks, &request);
    for (unsigned number = 1; number <= c->count; number++) {
        struct letter l;
        letter_open(&l, &maker, crew_trustee(number));
        l.in.test_locker = sl_buf_view(&block);
        l.in.test_request = sl_buf_view(&request);
        letter_write(&l, crew_trustee(number), NULL);
        letter_close(&l);
    }
    sl_buf_clear(&v->test_locker);
    sl_buf_clear(&v->test_request);
    v->test_locker = block;
    v->test_request = request;
    block = request = (struct sl_buf){ 0 };
    CHECK_EQ(sl_vault_write(v, &text, NULL), SL_OK);
    struct sl_view bytes = sl_secret_expose(text);
    CHECK_EQ(
        folder_write(world_path(&c->w, "maker/productions/film/vault.txt"), bytes.at, bytes.len),
        0);
    inside_leave(&maker);
}

static void dealer__is_caught_by_the_test_opening(void)
{
    struct sl_status s;
    struct crew c;

    crew_new(&c, 2, 3);
    forge_test(&c);
    for (unsigned number = 1; number <= 3; number++) /* every share is right */
        CHECK_EQ(crew_accept_as(&c, NULL, crew_trustee(number), "forged", NULL, NULL), SL_OK);
    CHECK_EQ(crew_status(&c, &s), SL_OK);
    CHECK_EQ(s.accepted, 3);
    CHECK(!s.test_opened);
    CHECK_EQ(crew_kit(&c, NULL, false), SL_E_REFUSED);
    CHECK(world_said(&c.w, "does not open"));
    CHECK_EQ(crew_kit(&c, NULL, true), SL_E_REFUSED); /* it is too late to wait for anything */
    CHECK(!world_is_there(&c.w, "people/set.kit"));
    crew_end(&c);
}

/* ---- kits and acceptances ---- */

static void kit__is_refused_until_t_have_accepted(void)
{
    struct sl_status s;
    struct crew c;

    crew_new(&c, 2, 3);
    CHECK_EQ(crew_kit(&c, NULL, false), SL_E_REFUSED);
    CHECK(world_said(&c.w, "0 of the 2"));
    CHECK_EQ(crew_accept(&c, NULL, "t3"), SL_OK);
    CHECK_EQ(crew_accept(&c, NULL, "t3"), SL_OK); /* said twice, counted once */
    CHECK_EQ(crew_kit(&c, NULL, false), SL_E_REFUSED);
    CHECK(world_said(&c.w, "1 of the 2"));
    CHECK(!world_is_there(&c.w, "people/set.kit"));
    CHECK_EQ(crew_accept(&c, NULL, "t1"), SL_OK);
    CHECK_EQ(crew_status(&c, &s), SL_OK);
    CHECK_EQ(s.accepted, 2);
    CHECK(s.test_opened && s.trustees[0].accepted && !s.trustees[1].accepted);
    CHECK_EQ(crew_kit(&c, NULL, false), SL_OK);
    CHECK(world_is_there(&c.w, "people/set.kit"));
    crew_end(&c);
}

static void kit__before_acceptance_is_made_with_a_warning_only(void)
{
    struct crew c;

    crew_new(&c, 2, 3);
    CHECK_EQ(crew_kit(&c, NULL, true), SL_OK);
    CHECK(world_said(&c.w, "nobody will ever open"));
    crew_end(&c);
}

/* t2 signs s_2 C + G. */
static void trustee__that_lies_in_the_acceptance_is_named(void)
{
    struct sl_sealed_locker test;
    struct sl_request asks;
    struct sl_answer a;
    struct sl_status s;
    struct inside t2;
    struct crew c;

    crew_new(&c, 2, 3);
    CHECK_EQ(crew_accept_as(&c, NULL, "t2", "invite", "ack", NULL), SL_OK);
    inside_enter(&t2, &c, "t2");
    CHECK_EQ(sl_locker_read(sl_buf_view(&t2.o.vault->test_locker), &test, NULL), SL_OK);
    CHECK_EQ(sl_request_read(sl_buf_view(&t2.o.vault->test_request), &asks, NULL), SL_OK);
    inside_answer(&t2, &test, &asks, &a);
    inside_lie(&t2, &a);
    inside_say_accepted(&t2, &a);
    inside_leave(&t2);
    CHECK_EQ(crew_accept(&c, NULL, "t1"), SL_OK);
    CHECK_EQ(crew_status(&c, &s), SL_OK);
    CHECK_EQ(s.accepted, 1);
    CHECK(s.trustees[1].lied && !s.trustees[1].accepted);
    CHECK(!s.trustees[0].lied && !s.trustees[2].lied && s.trustees[0].accepted);
    CHECK_EQ(crew_kit(&c, NULL, false), SL_E_REFUSED);
    crew_end(&c);
}

static sl_rc take_ack(struct crew *c, const char *path)
{
    struct sl *sl = world_start(&c->w, NULL);
    struct sl_home_at at = world_at(&c->w, "maker");
    struct sl_ack_taken taken;

    return world_finish(&c->w, sl, sl_acks_take(sl, &at, &path, 1, &taken, &c->w.err));
}

static void acceptance__of_another_founding_is_none(void)
{
    SL_AUTO_CLEAR(buf) sealed = sl_buf_upto(SL_POST_TEXT_MAX), bytes = sl_buf_upto(4096);
    struct inside maker, other_maker;
    struct crew c, other;
    unsigned number = 0;

    crew_new(&c, 2, 3);
    crew_new(&other, 2, 3);
    CHECK_EQ(crew_accept_as(&other, NULL, "t1", "invite", "ack", NULL), SL_OK);
    CHECK_EQ(take_ack(&c, crew_paper(&other, "t1", "ack")), SL_E_REFUSED);
    CHECK(world_said(&c.w, "somebody else"));
    inside_enter(&other_maker, &other, "maker");
    inside_enter(&maker, &c, "maker");
    struct sl_age_identity *const with[] = { other_maker.o.vault->person };
    CHECK_EQ(sl_file_post(maker.sl, crew_paper(&other, "t1", "ack"), SL_POST_ANSWER, &sealed, NULL),
             SL_OK);
    CHECK_EQ(sl_age_open(sl_buf_view(&sealed), with, 1, &bytes, NULL), SL_OK);
    CHECK_EQ(sl_vault_acceptance(other_maker.o.vault, sl_buf_view(&bytes), &number, NULL), SL_OK);
    CHECK_EQ(number, 1);
    CHECK_EQ(sl_vault_acceptance(maker.o.vault, sl_buf_view(&bytes), &number, NULL), SL_E_REFUSED);
    inside_leave(&maker);
    inside_leave(&other_maker);
    nobody_accepted(&c);
    crew_end(&c);
    crew_end(&other);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(dealer__of_an_inconsistent_share_is_named_by_who_got_it),
        CASE(dealer__of_another_ones_share_is_named),
        CASE(dealer__of_one_degree_too_many_is_refused_by_everybody),
        CASE(dealer__of_a_locker_with_c_plus_x_g_is_refused),
        CASE(dealer__of_a_locker_to_another_key_is_refused),
        CASE(dealer__of_one_locker_in_the_place_of_another_is_refused),
        CASE(invitation__that_another_than_the_maker_signed_is_refused),
        CASE(invitation__that_names_another_person_is_refused),
        CASE(dealer__is_caught_by_the_test_opening),
        CASE(kit__is_refused_until_t_have_accepted),
        CASE(kit__before_acceptance_is_made_with_a_warning_only),
        CASE(trustee__that_lies_in_the_acceptance_is_named),
        CASE(acceptance__of_another_founding_is_none),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
