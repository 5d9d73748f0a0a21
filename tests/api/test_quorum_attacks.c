/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Attacks on an opening, through the programs of a whole crew: a locker made out of another's C,
 * answers replayed, shares of another founding, liars, expired requests, strangers who ask. What
 * the arithmetic alone says of the same is in tests/quorum.
 */
#include "api/crew_inside.h"

/* The editor does not read `camera`. */
static bool shut(struct crew *c)
{
    struct inside ana;

    inside_enter(&ana, c, CREW_EDITOR);
    bool is = ana.o.vault->locker_identities[inside_locker(&ana, "camera")] == NULL;
    inside_leave(&ana);
    return is;
}

static unsigned answers(struct crew *c)
{
    struct inside ana;

    inside_enter(&ana, c, CREW_EDITOR);
    unsigned count = inside_count(&ana, SL_ENTRY_ANSWER);
    inside_leave(&ana);
    return count;
}

static sl_rc never_listed(void *who, const struct sl_request_line *line, struct sl_err *err)
{
    (void)line;
    (void)err;
    *(unsigned *)who += 1;
    return SL_OK;
}

/* ---- a locker made out of another ---- */

/* What a coerced maker enters: a locker of their own with camera's C + x G. `proof` 0: with its own
 * C' and proof; 1: C' moved along and camera's proof; 2: a proof made anew, with x alone. */
static void made_of_camera(struct inside *maker, unsigned proof, struct sl_sealed_locker *l)
{
    SL_AUTO_FREE(age_identity) *own = NULL;
    SL_AUTO_FREE(secret) *x = NULL;
    uint8_t context[SL_LOCKER_CONTEXT_BYTES];
    struct sl_point base2, x_g, x_g2;
    struct sl_sealed_locker camera;
    struct sl_id id;

    inside_sealed(maker, "camera", &camera);
    sl_id_draw(&id);
    CHECK_EQ(sl_age_identity_new(&own, NULL), SL_OK);
    CHECK_EQ(sl_locker_seal(&maker->quorum, &id, 0, own, l, NULL), SL_OK);
    CHECK_EQ(sl_scalar_draw(&x, NULL), SL_OK);
    sl_second_base(&base2);
    CHECK(sl_point_base_times_secret(x, &x_g) && sl_point_times_secret(&base2, x, &x_g2));
    CHECK(sl_point_add(&camera.c, &x_g, &l->c));
    if (proof > 0)
        CHECK(sl_point_add(&camera.c2, &x_g2, &l->c2));
    if (proof == 1)
        l->proof = camera.proof;
    if (proof == 2) {
        struct sl_statement lie = sl_locker_statement(&maker->quorum, l, context, &base2);
        CHECK_EQ(sl_proof_make(&lie, x, &l->proof, NULL), SL_OK);
    }
}

static void enter_locker(struct inside *maker, const struct sl_sealed_locker *l)
{
    SL_AUTO_CLEAR(buf) block = sl_buf_upto(SL_LOCKER_BYTES_MAX), body = sl_buf_upto(SL_SLIP_BYTES);
    struct sl_locker_deed deed = { .purpose = SL_LOCKER_REAL };
    struct sl_saying says = { .kind = SL_ENTRY_LOCKER };

    CHECK_EQ(sl_locker_write(l, &block, NULL), SL_OK);
    deed.sealed = sl_buf_view(&block);
    CHECK_EQ(sl_locker_deed_write(&deed, &body, NULL), SL_OK);
    says.care = sl_buf_view(&body);
    inside_say(maker, &says);
}

/* Enter it and ask for it, in the journal and on paper. */
static void coerced(struct crew *c, unsigned proof)
{
    SL_AUTO_CLEAR(buf) bytes = { 0 };
    struct sl_sealed_locker l;
    struct sl_request r;
    struct inside maker;
    char id[SL_FOLDER_TEXT];

    inside_enter(&maker, c, "maker");
    made_of_camera(&maker, proof, &l);
    enter_locker(&maker, &l);
    inside_ask(&maker, &l, &maker.o.vault->sign, &r, &bytes);
    inside_say_request(&maker, &r, &bytes);
    crew_forget(c, "maker", "request");
    inside_post_request(&maker, &bytes, crew_paper(c, "maker", "request"));
    sl_id_text(&r.id, id);
    (void)snprintf(c->request, sizeof c->request, "%s", id);
    inside_leave(&maker);
}

static void trustee_refuses(struct crew *c, const char *who)
{
    struct sl_answer_job by_hand = { .in = crew_paper(c, "maker", "request"),
                                     .out = crew_paper(c, who, "answer"),
                                     .yes = true,
                                     .vouch = true };
    struct sl_home_at at = world_at(&c->w, who);
    unsigned listed = 0;

    CHECK_EQ(crew_answer(c, NULL, who, true), SL_E_MISSING);
    struct sl *sl = world_start(&c->w, NULL);
    CHECK_EQ(world_finish(&c->w, sl, sl_request_list(sl, &at, never_listed, &listed, &c->w.err)),
             SL_OK);
    CHECK_EQ(listed, 0);
    CHECK(world_said(&c->w, "cannot be answered") && world_said(&c->w, "nobody should give one"));
    CHECK_EQ(crew_answer_as(c, NULL, who, &by_hand), SL_E_REFUSED);
    CHECK(world_said(&c->w, "nobody should give one"));
    CHECK(access(crew_paper(c, who, "answer"), F_OK) != 0);
}

static void locker__entered_with_c_plus_x_g_is_refused_by_every_trustees_program(void)
{
    struct crew c;

    crew_whole(&c, 2, 3);
    for (unsigned proof = 0; proof < 3; proof++) {
        coerced(&c, proof);
        for (unsigned number = 1; number <= 3; number++)
            trustee_refuses(&c, crew_trustee(number));
    }
    CHECK_EQ(answers(&c), 0);
    CHECK(shut(&c));
    crew_end(&c);
}

/* The control: a locker that is honestly sealed later is answered. */
static void locker__entered_later_and_honestly_is_answered(void)
{
    SL_AUTO_FREE(age_identity) *own = NULL;
    SL_AUTO_CLEAR(buf) bytes = { 0 };
    struct sl_sealed_locker l;
    struct sl_request r;
    struct inside maker;
    struct crew c;
    struct sl_id id;
    char text[SL_FOLDER_TEXT];

    crew_whole(&c, 2, 3);
    inside_enter(&maker, &c, "maker");
    sl_id_draw(&id);
    CHECK_EQ(sl_age_identity_new(&own, NULL), SL_OK);
    CHECK_EQ(sl_locker_seal(&maker.quorum, &id, 0, own, &l, NULL), SL_OK);
    enter_locker(&maker, &l);
    inside_ask(&maker, &l, &maker.o.vault->sign, &r, &bytes);
    inside_say_request(&maker, &r, &bytes);
    sl_id_text(&r.id, text);
    (void)snprintf(c.request, sizeof c.request, "%s", text);
    inside_leave(&maker);
    CHECK_EQ(crew_answer(&c, NULL, "t1", true), SL_OK);
    CHECK_EQ(answers(&c), 1);
    crew_end(&c);
}

/* ---- below t, and liars ---- */

/* HTC Exodus: any one of three sufficed. */
static void camera__stays_shut_below_t_and_opens_at_t(void)
{
    struct sl_opening o;
    struct crew c;

    crew_whole(&c, 3, 4);
    CHECK_EQ(crew_open(&c, NULL, "the cut", &o), SL_OK);
    CHECK(o.asked && !o.open && o.need == 3);
    for (unsigned number = 4; number >= 3; number--) { /* two of the three that are needed */
        CHECK_EQ(crew_open(&c, NULL, NULL, &o), SL_E_RETRY);
        CHECK_EQ(crew_answer(&c, NULL, crew_trustee(number), true), SL_OK);
        CHECK_EQ(crew_open(&c, NULL, NULL, &o), SL_E_RETRY);
        CHECK_EQ(o.yes, 5 - number);
        CHECK(shut(&c));
    }
    CHECK_EQ(crew_answer(&c, NULL, "t1", false), SL_OK);
    CHECK_EQ(crew_open(&c, NULL, NULL, &o), SL_E_RETRY);
    CHECK(o.no == 1 && shut(&c));
    CHECK_EQ(crew_answer(&c, NULL, "t2", true), SL_OK);
    CHECK_EQ(crew_open(&c, NULL, NULL, &o), SL_OK);
    CHECK(o.open && !shut(&c));
    crew_end(&c);
}

/* WHO answers the editor's request as it stands in the journal, falsely. */
static void lie(struct crew *c, const char *who)
{
    SL_AUTO_FREE(journal) *j = NULL;
    struct sl_sealed_locker camera;
    struct sl_request r;
    struct sl_answer a;
    struct inside in;
    bool found = false;

    inside_enter(&in, c, who);
    inside_sealed(&in, "camera", &camera);
    CHECK_EQ(sl_vault_journal(in.sl, &in.o, false, &j, NULL), SL_OK);
    for (size_t i = 0; j != NULL && i < j->entry_count && !found; i++) {
        SL_AUTO_CLEAR(buf) body = sl_buf_upto(SL_SLIP_BYTES);
        if (j->entries[i].kind != SL_ENTRY_REQUEST)
            continue;
        CHECK_EQ(sl_journal_body(j, &j->entries[i], &body, NULL), SL_OK);
        CHECK_EQ(sl_request_read(sl_buf_view(&body), &r, NULL), SL_OK);
        found = true;
    }
    CHECK(found);
    inside_answer(&in, &camera, &r, &a);
    inside_lie(&in, &a);
    inside_say_answer(&in, &r, &a);
    inside_leave(&in);
}

static void liars__in_every_place_are_named_and_passed(void)
{
    struct sl_opening o;
    struct crew c;

    crew_whole(&c, 2, 4);
    CHECK_EQ(crew_open(&c, NULL, "the cut", &o), SL_OK);
    crew_freeze(&c);
    for (unsigned liars = 1; liars < 1u << 4; liars++) {
        if (__builtin_popcount(liars) != 2) /* m - t: as many as can be passed */
            continue;
        crew_thaw(&c);
        for (unsigned number = 1; number <= 4; number++)
            if ((liars >> (number - 1) & 1) != 0)
                lie(&c, crew_trustee(number));
        CHECK_EQ(crew_open(&c, NULL, NULL, &o), SL_E_RETRY);
        CHECK(o.lied == 2 && o.yes == 0 && shut(&c));
        for (unsigned number = 1; number <= 4; number++)
            if ((liars >> (number - 1) & 1) == 0)
                CHECK_EQ(crew_answer(&c, NULL, crew_trustee(number), true), SL_OK);
        CHECK_EQ(crew_open(&c, NULL, NULL, &o), SL_OK);
        CHECK(o.open && o.yes == 2 && o.lied == 2);
        for (unsigned i = 0; i < 4; i++) {
            char name[64];
            CHECK_EQ(o.trustees[i].lied, liars >> i & 1);
            (void)snprintf(name, sizeof name, "trustee '%s' signed a false", crew_trustee(i + 1));
            CHECK_EQ(strstr(c.w.heard, name) != NULL, liars >> i & 1);
        }
    }
    crew_unfreeze(&c);
    crew_end(&c);
}

/* ---- answers and shares that belong elsewhere ---- */

static sl_rc by_hand(struct crew *c, const char *who, const char *locker, const char *paper)
{
    const char *in[] = { paper };

    return crew_open_as(c, NULL, who,
                        &(struct sl_open){ .locker = locker, .in = in, .in_count = 1 }, NULL);
}

static sl_rc ask_by_hand(struct crew *c, const char *who, const char *ending)
{
    return crew_open_as(c, NULL, who,
                        &(struct sl_open){ .reason = "the cut",
                                           .expires_days = 1,
                                           .out = crew_paper(c, who, ending) },
                        NULL);
}

static sl_rc say_by_hand(struct crew *c, const struct sl_os *os, const char *trustee,
                         const char *who, bool vouch)
{
    struct sl_answer_job job = { .in = crew_paper(c, who, "request"),
                                 .out = crew_paper(c, trustee, who),
                                 .yes = true,
                                 .vouch = vouch };

    return crew_answer_as(c, os, trustee, &job);
}

/* The answer in people/FROM is sealed anew, to the maker. */
static void readdress(struct crew *c, const char *from, const char *to)
{
    SL_AUTO_CLEAR(buf) sealed = sl_buf_upto(SL_POST_TEXT_MAX), bytes = sl_buf_upto(4096);
    SL_AUTO_CLEAR(buf) again = sl_buf_upto(4096);
    struct sl_age_recipient maker;
    struct inside ana, m;

    inside_enter(&m, c, "maker");
    inside_enter(&ana, c, CREW_EDITOR);
    struct sl_age_identity *const with[] = { ana.o.vault->person };
    CHECK_EQ(sl_file_post(ana.sl, from, SL_POST_ANSWER, &sealed, NULL), SL_OK);
    CHECK_EQ(sl_age_open(sl_buf_view(&sealed), with, 1, &bytes, NULL), SL_OK);
    sl_age_identity_recipient(m.o.vault->person, &maker);
    CHECK_EQ(sl_age_seal(&maker, 1, sl_buf_view(&bytes), &again, NULL), SL_OK);
    CHECK_EQ(sl_file_post_write(ana.sl, to, SL_POST_ANSWER, sl_buf_view(&again), NULL), SL_OK);
    inside_leave(&ana);
    inside_leave(&m);
}

static void answer__replayed_elsewhere_is_refused_by_the_programs(void)
{
    struct sl_opening o;
    struct crew c;

    crew_whole(&c, 2, 3);
    CHECK_EQ(ask_by_hand(&c, CREW_EDITOR, "request"), SL_OK);
    CHECK_EQ(ask_by_hand(&c, "maker", "request"), SL_OK);
    CHECK_EQ(say_by_hand(&c, NULL, "t1", CREW_EDITOR, false), SL_OK);
    /* For another requester: sealed to the editor, and even when it is not. */
    CHECK_EQ(by_hand(&c, "maker", "camera", crew_paper(&c, "t1", CREW_EDITOR)), SL_E_REFUSED);
    CHECK(world_said(&c.w, "somebody else"));
    readdress(&c, crew_paper(&c, "t1", CREW_EDITOR), crew_paper(&c, "t1", "readdressed"));
    CHECK_EQ(by_hand(&c, "maker", "camera", crew_paper(&c, "t1", "readdressed")), SL_E_REFUSED);
    CHECK(world_said(&c.w, "another request"));
    /* For another locker. */
    CHECK_EQ(crew_open_as(&c, NULL, "maker",
                          &(struct sl_open){ .locker = "sound", .reason = "the cut" }, NULL),
             SL_OK);
    CHECK_EQ(by_hand(&c, "maker", "sound", crew_paper(&c, "t1", "readdressed")), SL_E_REFUSED);
    CHECK(world_said(&c.w, "another request"));
    /* Where it belongs it counts: once, however often it comes. */
    CHECK_EQ(by_hand(&c, CREW_EDITOR, "camera", crew_paper(&c, "t1", CREW_EDITOR)), SL_E_RETRY);
    CHECK_EQ(by_hand(&c, CREW_EDITOR, "camera", crew_paper(&c, "t1", CREW_EDITOR)), SL_E_RETRY);
    CHECK(shut(&c));
    CHECK_EQ(say_by_hand(&c, NULL, "t3", CREW_EDITOR, false), SL_OK);
    const char *in[] = { crew_paper(&c, "t3", CREW_EDITOR) };
    CHECK_EQ(crew_open_as(&c, NULL, CREW_EDITOR, &(struct sl_open){ .in = in, .in_count = 1 }, &o),
             SL_OK);
    CHECK(o.open && !shut(&c));
    crew_end(&c);
}

/* Serai: what belongs to another dealing never opens anything here. t1 of one founding holds the
 * share of t1 of another. */
static void share__of_another_founding_answers_nothing(void)
{
    SL_AUTO_FREE(secret) *theirs = NULL;
    struct inside here, there;
    struct crew c, other;
    struct sl_share share = { 0 };

    crew_whole(&c, 2, 3);
    crew_whole(&other, 2, 3);
    CHECK_EQ(crew_verify(&c, NULL, "t1"), SL_OK);
    inside_enter(&there, &other, "t1");
    inside_enter(&here, &c, "t1");
    CHECK_EQ(sl_vault_share(&there.o, &share, NULL), SL_OK);
    CHECK_EQ(sl_share_write(&share, &theirs, NULL), SL_OK);
    sl_share_clear(&share);
    CHECK_EQ(sl_home_share_store(here.o.home, here.o.vault, theirs, NULL, true, NULL), SL_OK);
    inside_leave(&here);
    inside_leave(&there);
    CHECK_EQ(crew_verify(&c, NULL, "t1"), SL_E_REFUSED);
    CHECK(world_said(&c.w, "another production"));
    CHECK_EQ(crew_open(&c, NULL, "the cut", NULL), SL_OK);
    CHECK_EQ(crew_answer(&c, NULL, "t1", true), SL_E_REFUSED);
    CHECK_EQ(answers(&c), 0);
    crew_end(&c);
    crew_end(&other);
}

/* Vault: a ceremony that is done once and never drilled. Verifying says nothing and shows all. */
static void share__is_verified_at_any_time_and_a_damaged_one_is_said(void)
{
    struct inside t1;
    struct sl_share share = { 0 };
    SL_AUTO_FREE(secret) *bytes = NULL;
    struct crew c;

    crew_whole(&c, 2, 3);
    for (unsigned number = 1; number <= 3; number++)
        CHECK_EQ(crew_verify(&c, NULL, crew_trustee(number)), SL_OK);
    CHECK_EQ(crew_verify(&c, NULL, CREW_EDITOR), SL_E_REFUSED);
    inside_enter(&t1, &c, "t1");
    CHECK_EQ(sl_vault_share(&t1.o, &share, NULL), SL_OK);
    sl_secret_fill(share.key.bytes)[3] ^= 4;
    CHECK_EQ(sl_share_write(&share, &bytes, NULL), SL_OK);
    CHECK_EQ(sl_home_share_store(t1.o.home, t1.o.vault, bytes, NULL, true, NULL), SL_OK);
    sl_share_clear(&share);
    inside_leave(&t1);
    CHECK_EQ(crew_verify(&c, NULL, "t1"), SL_E_REFUSED);
    crew_end(&c);
}

/* ---- who asks, and until when ---- */

static void request__that_has_expired_gets_no_yes(void)
{
    static struct world_os later;
    struct crew c;

    crew_whole(&c, 2, 3);
    CHECK_EQ(ask_by_hand(&c, "maker", "request"), SL_OK);
    CHECK_EQ(crew_open_as(&c, NULL, CREW_EDITOR,
                          &(struct sl_open){ .reason = "the cut", .expires_days = 1 }, NULL),
             SL_OK);
    (void)world_os_start(&later);
    later.later_s = 2 * 86400;
    CHECK_EQ(crew_answer(&c, &later.fault.os, "t1", true), SL_E_REFUSED);
    CHECK(world_said(&c.w, "expired"));
    CHECK_EQ(say_by_hand(&c, &later.fault.os, "t1", "maker", false), SL_E_REFUSED);
    CHECK(access(crew_paper(&c, "t1", "maker"), F_OK) != 0);
    CHECK_EQ(answers(&c), 0);
    CHECK_EQ(crew_answer(&c, &later.fault.os, "t2", false), SL_OK); /* a no is always good */
    CHECK_EQ(crew_open_as(&c, &later.fault.os, CREW_EDITOR, &(struct sl_open){ 0 }, NULL),
             SL_E_USAGE);
    CHECK(world_said(&c.w, "expired"));
    CHECK_EQ(crew_answer(&c, NULL, "t1", true), SL_OK); /* in time */
    crew_end(&c);
}

/* people/stranger.request, for camera, signed by this key. */
static void request_by(struct crew *c, const struct sl_sign_key *key)
{
    SL_AUTO_CLEAR(buf) bytes = { 0 };
    struct sl_sealed_locker camera;
    struct sl_request r;
    struct inside ana;

    inside_enter(&ana, c, CREW_EDITOR);
    inside_sealed(&ana, "camera", &camera);
    inside_ask(&ana, &camera, key, &r, &bytes);
    crew_forget(c, "stranger", "request");
    inside_post_request(&ana, &bytes, crew_paper(c, "stranger", "request"));
    inside_leave(&ana);
}

static void request__of_a_stranger_is_answered_only_to_who_vouches(void)
{
    struct sl_sign_key stranger = { 0 };
    struct crew c;

    crew_whole(&c, 2, 3);
    CHECK_EQ(sl_sign_key_new(&stranger, NULL), SL_OK);
    request_by(&c, &stranger);
    sl_secret_free(stranger.bytes);
    CHECK_EQ(say_by_hand(&c, NULL, "t1", "stranger", false), SL_E_REFUSED);
    CHECK(world_said(&c.w, "does not know the key") && world_said(&c.w, "--vouch"));
    CHECK(access(crew_paper(&c, "t1", "stranger"), F_OK) != 0);
    CHECK_EQ(say_by_hand(&c, NULL, "t1", "stranger", true), SL_OK);
    crew_end(&c);
}

/* A kit that was found, and a trustee's own key: known, and not to anybody who may ask. */
static void request__of_who_may_not_ask_is_refused_whoever_vouches(void)
{
    SL_AUTO_CLEAR(buf) file = sl_buf_upto(SL_KIT_FILE_MAX);
    SL_AUTO_FREE(vault) *kit = NULL;
    struct sl_passphrase_from none = { .fd = -1 };
    struct inside t2;
    struct crew c;

    crew_whole(&c, 2, 3);
    CHECK_EQ(crew_kit(&c, NULL, false), SL_OK);
    inside_enter(&t2, &c, "t2");
    CHECK_EQ(sl_file_read(t2.sl, crew_paper(&c, "set", "kit"), "kit", &file, NULL), SL_OK);
    CHECK_EQ(sl_kit_read(sl_os_real(), sl_buf_view(&file), &none, NULL, &kit, NULL), SL_OK);
    request_by(&c, &kit->sign);
    CHECK_EQ(say_by_hand(&c, NULL, "t1", "stranger", true), SL_E_REFUSED);
    CHECK(world_said(&c.w, "may not ask"));
    request_by(&c, &t2.o.vault->sign);
    CHECK_EQ(say_by_hand(&c, NULL, "t1", "stranger", true), SL_E_REFUSED);
    CHECK(world_said(&c.w, "may not ask"));
    CHECK(access(crew_paper(&c, "t1", "stranger"), F_OK) != 0);
    inside_leave(&t2);
    crew_end(&c);
}

/* Trustees open nothing, the maker no more than others. */
static void camera__opens_for_no_trustee_and_not_for_the_maker_alone(void)
{
    struct inside maker;
    struct sl_opening o;
    struct crew c;

    crew_whole(&c, 2, 3);
    CHECK_EQ(crew_open_as(&c, NULL, "t1", &(struct sl_open){ .reason = "mine" }, &o), SL_E_REFUSED);
    CHECK(world_said(&c.w, "opens nothing"));
    inside_enter(&maker, &c, "maker");
    CHECK(maker.o.vault->locker_identities[0] == NULL);
    CHECK(maker.o.vault->locker_identities[1] == NULL);
    inside_leave(&maker);
    CHECK_EQ(crew_open_as(&c, NULL, "maker", &(struct sl_open){ .reason = "mine" }, &o), SL_OK);
    CHECK(o.asked && !o.open);
    CHECK_EQ(crew_open_as(&c, NULL, "maker", &(struct sl_open){ 0 }, &o), SL_E_RETRY);
    crew_end(&c);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(locker__entered_with_c_plus_x_g_is_refused_by_every_trustees_program),
        CASE(locker__entered_later_and_honestly_is_answered),
        CASE(camera__stays_shut_below_t_and_opens_at_t),
        CASE(liars__in_every_place_are_named_and_passed),
        CASE(answer__replayed_elsewhere_is_refused_by_the_programs),
        CASE(share__of_another_founding_answers_nothing),
        CASE(share__is_verified_at_any_time_and_a_damaged_one_is_said),
        CASE(request__that_has_expired_gets_no_yes),
        CASE(request__of_a_stranger_is_answered_only_to_who_vouches),
        CASE(request__of_who_may_not_ask_is_refused_whoever_vouches),
        CASE(camera__opens_for_no_trustee_and_not_for_the_maker_alone),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
