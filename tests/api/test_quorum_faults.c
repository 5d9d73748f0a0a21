/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What people do with trustees, while the n-th call fails or the process dies in it, for every n:
 * founding, inviting, accepting, asking, answering, opening, granting, making and revoking a kit.
 * Run again it ends well, or says what to do first, and done that it ends well; what was said is
 * not lost, and no key lies where others read.
 */
#include "api/crew.h"
#include "home/keys.h"

#define CALLS_MAX 3000u

#ifdef CHECK_SANITIZED
#define EVERY 5u
#else
#define EVERY 1u
#endif

struct journey {
    void (*begin)(struct crew *c); /* to the state in which it is run */
    sl_rc (*run)(struct crew *c, const struct sl_os *os);
    void (*again)(struct crew *c, bool done); /* `done`: it said that all went well */
    uint64_t stride;
};

/* ---- what may never be ---- */

static bool leak;

static int look_for_keys(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    static char text[1 << 20];
    FILE *f = type == FTW_F ? fopen(path, "re") : NULL;

    (void)st;
    (void)ftw;
    if (f == NULL)
        return 0;
    size_t len = fread(text, 1, sizeof text, f);
    (void)fclose(f);
    if (memmem(text, len, "AGE-SECRET-KEY-1", 16) != NULL) {
        printf("# a key lies in '%s'\n", path);
        leak = true;
    }
    return 0;
}

/* With keepers and among the papers that people send no key lies open. */
static bool no_key_outside(const struct crew *c)
{
    leak = false;
    (void)nftw(world_path(&c->w, "keepers"), look_for_keys, 16, FTW_PHYS);
    (void)nftw(world_path(&c->w, "people"), look_for_keys, 16, FTW_PHYS);
    return !leak;
}

static void nothing_waits(struct crew *c, const char *who)
{
    struct sl_sent sent;

    c->w.home = who;
    CHECK_EQ(world_send(&c->w, NULL, &sent), SL_OK);
    CHECK_EQ(sent.waiting, 0);
}

/* ---- the loops ---- */

static void show(const struct crew *c, const char *what, uint64_t at)
{
    if (check_failures != 0)
        printf("# that was with %s at call %ju; %d %s\n# %s\n", what, (uintmax_t)at, (int)c->w.rc,
               c->w.err.text, c->w.heard);
}

static void fails_everywhere(struct crew *c, const struct journey *j, enum fault_how how)
{
    uint64_t most = FAULT_ALL & ~FAULT_BIT(CALL_RANDOM) &
                    ~FAULT_BIT(CALL_FORGET); /* the two kinds of trouble meet different calls */
    uint64_t at = how == FAULT_EVER ? 2 : 1;

    for (bool came = true; came && check_failures == 0; at += j->stride * EVERY) {
        static struct world_os os;
        crew_thaw(c);
        sl_rc rc = j->run(c, world_os_trouble(&os, how == FAULT_EVER ? FAULT_WRITES : most, how, at,
                                              how == FAULT_EVER ? ENOSPC : EIO));
        came = os_fault_hit(&os.fault);
        CHECK(no_key_outside(c));
        show(c, "an error", at);
        if (check_failures == 0)
            j->again(c, rc == SL_OK);
        show(c, "an error, and then", at);
    }
    printf("# about %ju calls fail\n", (uintmax_t)at);
    CHECK(at > j->stride * EVERY + 1 && at < CALLS_MAX);
}

struct attempt {
    struct crew *c;
    const struct journey *j;
    uint64_t at;
};

static void dying(void *who)
{
    static struct world_os os;
    struct attempt *a = who;

    (void)world_os_start(&os);
    os.dies_at = a->at;
    CHECK_EQ(a->j->run(a->c, &os.fault.os), SL_OK);
}

static void dies_everywhere(struct crew *c, const struct journey *j)
{
    uint64_t at = 3;

    for (int ended = WORLD_KILLED; ended == WORLD_KILLED && check_failures == 0;
         at += j->stride * EVERY) {
        struct attempt a = { c, j, at };
        crew_thaw(c);
        ended = world_apart(dying, &a);
        CHECK(ended == WORLD_KILLED || ended == 0);
        CHECK(no_key_outside(c));
        if (ended == WORLD_KILLED)
            j->again(c, false);
        show(c, "a kill", at);
    }
    CHECK(at > j->stride * EVERY + 1 && at < CALLS_MAX);
}

static void in_trouble(const struct journey *j)
{
    struct crew c;

    j->begin(&c);
    crew_freeze(&c);
    fails_everywhere(&c, j, FAULT_ERRNO);
    if (check_failures == 0)
        fails_everywhere(&c, j, FAULT_EVER);
    if (check_failures == 0)
        dies_everywhere(&c, j);
    crew_unfreeze(&c);
    crew_end(&c);
}

/* ---- founding ---- */

static void cards_only(struct crew *c)
{
    crew_bare(c, 2, 3);
}

static void forget_invitations(const struct crew *c)
{
    for (unsigned number = 1; number <= c->count; number++)
        crew_forget(c, crew_trustee(number), "invite");
    crew_forget(c, CREW_EDITOR, "invite");
}

/* What was founded is whole: everybody accepts, the test locker opens. */
static void founded(struct crew *c)
{
    struct sl_status s;

    nothing_waits(c, "maker");
    for (unsigned number = 1; number <= c->count; number++)
        CHECK_EQ(crew_accept(c, NULL, crew_trustee(number)), SL_OK);
    CHECK_EQ(crew_accept(c, NULL, CREW_EDITOR), SL_OK);
    CHECK_EQ(crew_status(c, &s), SL_OK);
    CHECK_EQ(s.accepted, c->count);
    CHECK(s.test_opened && s.foreign_slips == 0 && s.missing_entries == 0);
    CHECK(crew_tidy(c));
}

static void found_again(struct crew *c, bool done)
{
    sl_rc rc = crew_found(c, NULL);

    CHECK(!done || rc == SL_E_REFUSED); /* and says nothing of invitations: shares are in them */
    if (rc == SL_E_USAGE) {             /* invitations of an attempt that came to nothing */
        CHECK(world_said(&c->w, "exists and is not overwritten"));
        forget_invitations(c);
        rc = crew_found(c, NULL);
    }
    if (rc == SL_E_REFUSED)
        CHECK(world_said(&c->w, "has a production 'film' already"));
    else
        CHECK_EQ(rc, SL_OK);
    founded(c);
}

static void founding__in_any_trouble_is_whole_or_made_anew(void)
{
    in_trouble(&(struct journey){ cards_only, crew_found, found_again, 67 });
}

/* ---- accepting ---- */

static void founded_only(struct crew *c)
{
    crew_new(c, 2, 3);
}

static sl_rc t1_accepts(struct crew *c, const struct sl_os *os)
{
    return crew_accept(c, os, "t1");
}

static void accepted_again(struct crew *c, bool done)
{
    struct sl_status s;

    if (done) { /* then it is believed, as soon as keepers can be reached */
        nothing_waits(c, "t1");
        CHECK_EQ(crew_status(c, &s), SL_OK);
        CHECK_EQ(s.accepted, 1);
    }
    CHECK_EQ(crew_accept(c, NULL, "t1"), SL_OK);
    CHECK_EQ(crew_verify(c, NULL, "t1"), SL_OK);
    CHECK_EQ(world_count(&c->w, "t1/productions", NULL) > 0, true);
    nothing_waits(c, "t1");
    CHECK_EQ(crew_status(c, &s), SL_OK);
    CHECK_EQ(s.accepted, 1);
    CHECK(s.convicted == 0 && crew_tidy(c));
}

static void accepting__in_any_trouble_is_gone_on_with(void)
{
    in_trouble(&(struct journey){ founded_only, t1_accepts, accepted_again, 31 });
}

static sl_rc ana_accepts(struct crew *c, const struct sl_os *os)
{
    return crew_accept(c, os, CREW_EDITOR);
}

static sl_rc note_state(void *who, const struct sl_locker_line *line, struct sl_err *err)
{
    (void)err;
    ((enum sl_locker_state *)who)[strcmp(line->alias, "sound") == 0] = line->state;
    return SL_OK;
}

/* Whether WHO reads camera (0) or sound (1). */
static bool reads(struct crew *c, const char *who, unsigned locker)
{
    enum sl_locker_state state[2] = { SL_LOCKER_SHUT, SL_LOCKER_SHUT };
    struct sl *sl = world_start(&c->w, NULL);
    struct sl_home_at at = world_at(&c->w, who);

    CHECK_EQ(world_finish(&c->w, sl, sl_locker_list(sl, &at, note_state, state, &c->w.err)), SL_OK);
    return state[locker] != SL_LOCKER_SHUT;
}

static void ana_again(struct crew *c, bool done)
{
    CHECK(!done || reads(c, CREW_EDITOR, 1));
    CHECK_EQ(crew_accept(c, NULL, CREW_EDITOR), SL_OK);
    CHECK(reads(c, CREW_EDITOR, 1) && !reads(c, CREW_EDITOR, 0) && crew_tidy(c));
}

static void accepting__to_read_in_any_trouble_is_gone_on_with(void)
{
    in_trouble(&(struct journey){ founded_only, ana_accepts, ana_again, 3 });
}

/* ---- asking, answering, opening ---- */

static void everybody(struct crew *c)
{
    crew_whole(c, 2, 3);
}

static sl_rc ana_asks(struct crew *c, const struct sl_os *os)
{
    return crew_open(c, os, "the cut", NULL);
}

static void opens_with(struct crew *c, const char *a, const char *b)
{
    struct sl_opening o;

    CHECK_EQ(crew_answer(c, NULL, a, true), SL_OK);
    CHECK_EQ(crew_answer(c, NULL, b, true), SL_OK);
    CHECK_EQ(crew_open(c, NULL, NULL, &o), SL_OK);
    CHECK(o.open && reads(c, CREW_EDITOR, 0));
    CHECK_EQ(o.lied, 0);
}

static void asked_again(struct crew *c, bool done)
{
    struct sl_opening o;

    nothing_waits(c, CREW_EDITOR);
    sl_rc rc = crew_open(c, NULL, NULL, &o);
    if (rc == SL_E_USAGE) {
        CHECK(!done && world_said(&c->w, "nothing was asked"));
        rc = crew_open(c, NULL, "the cut", &o);
        CHECK_EQ(rc, SL_OK);
    } else {
        CHECK_EQ(rc, SL_E_RETRY);
    }
    opens_with(c, "t1", "t3");
}

static void asking__in_any_trouble_is_not_lost_once_it_was_said(void)
{
    in_trouble(&(struct journey){ everybody, ana_asks, asked_again, 61 });
}

static void asked(struct crew *c)
{
    crew_whole(c, 2, 3);
    crew_must(c, crew_open(c, NULL, "the cut", NULL), "asking");
}

static sl_rc t1_consents(struct crew *c, const struct sl_os *os)
{
    return crew_answer(c, os, "t1", true);
}

static void consented_again(struct crew *c, bool done)
{
    struct sl_opening o;

    if (done) {
        nothing_waits(c, "t1");
        CHECK_EQ(crew_open(c, NULL, NULL, &o), SL_E_RETRY);
        CHECK_EQ(o.yes, 1);
    }
    opens_with(c, "t1", "t2");
}

static void answering__in_any_trouble_is_not_lost_once_it_was_said(void)
{
    in_trouble(&(struct journey){ asked, t1_consents, consented_again, 61 });
}

static void answered(struct crew *c)
{
    asked(c);
    crew_must(c, crew_answer(c, NULL, "t1", true), "a yes");
    crew_must(c, crew_answer(c, NULL, "t2", true), "a yes");
}

static sl_rc ana_collects(struct crew *c, const struct sl_os *os)
{
    return crew_open(c, os, NULL, NULL);
}

static void collected_again(struct crew *c, bool done)
{
    struct sl_opening o;

    CHECK(!done || reads(c, CREW_EDITOR, 0));
    CHECK_EQ(crew_open(c, NULL, NULL, &o), SL_OK);
    CHECK(o.open && reads(c, CREW_EDITOR, 0) && crew_tidy(c));
}

static void opening__in_any_trouble_opens_when_it_is_run_again(void)
{
    in_trouble(&(struct journey){ answered, ana_collects, collected_again, 37 });
}

/* ---- inviting and granting ---- */

static void with_ben(struct crew *c)
{
    everybody(c);
    crew_must(c, crew_person(c, NULL, "ben"), "ben");
}

static sl_rc invites_ben(struct crew *c, const struct sl_os *os)
{
    struct sl *sl = world_start(&c->w, os);
    struct sl_invite job = { .at = world_at(&c->w, "maker"), .card = crew_paper(c, "ben", "card") };
    struct sl_invited ret;

    return sl == NULL ? c->w.rc
                      : world_finish(&c->w, sl, sl_invite_person(sl, &job, &ret, &c->w.err));
}

static sl_rc grants_ben(struct crew *c, const struct sl_os *os)
{
    struct sl *sl = world_start(&c->w, os);
    struct sl_grant job = { .at = world_at(&c->w, CREW_EDITOR),
                            .locker = "sound",
                            .card = crew_paper(c, "ben", "card") };
    struct sl_granted ret;

    return sl == NULL ? c->w.rc
                      : world_finish(&c->w, sl, sl_grant_locker(sl, &job, &ret, &c->w.err));
}

static void invited_again(struct crew *c, bool done)
{
    if (!done && access(crew_paper(c, "ben", "invite"), F_OK) == 0) {
        CHECK_EQ(invites_ben(c, NULL), SL_E_USAGE);
        CHECK(world_said(&c->w, "exists and is not overwritten"));
        crew_forget(c, "ben", "invite");
    }
    if (!done)
        CHECK_EQ(invites_ben(c, NULL), SL_OK);
    nothing_waits(c, "maker");
    CHECK_EQ(crew_accept(c, NULL, "ben"), SL_OK);
    CHECK_EQ(grants_ben(c, NULL), SL_OK); /* the key is known: it may be granted to */
    CHECK(reads(c, "ben", 1) && crew_tidy(c));
}

static void inviting__in_any_trouble_is_done_again(void)
{
    in_trouble(&(struct journey){ with_ben, invites_ben, invited_again, 53 });
}

static void ben_invited(struct crew *c)
{
    with_ben(c);
    crew_must(c, invites_ben(c, NULL), "inviting ben");
    crew_must(c, crew_accept(c, NULL, "ben"), "ben's acceptance");
}

static void granted_again(struct crew *c, bool done)
{
    if (!done)
        CHECK_EQ(grants_ben(c, NULL), SL_OK);
    nothing_waits(c, CREW_EDITOR);
    CHECK(reads(c, "ben", 1) && crew_tidy(c));
}

static void granting__in_any_trouble_is_done_again(void)
{
    in_trouble(&(struct journey){ ben_invited, grants_ben, granted_again, 53 });
}

/* ---- kits ---- */

static sl_rc makes_kit(struct crew *c, const struct sl_os *os)
{
    return crew_kit(c, os, false);
}

/* The kit at people/set.kit offloads. */
static void kit_works(struct crew *c)
{
    struct sl_home_at at = world_at(&c->w, "set");
    struct sl *sl = world_start(&c->w, NULL);
    struct sl_status s;

    at.kit = crew_paper(c, "set", "kit");
    CHECK_EQ(world_finish(&c->w, sl, sl_status_of(sl, &at, &s, &c->w.err)), SL_OK);
    CHECK(!s.can_read && s.locker_count == 1);
    sl_status_clear(&s);
}

static void made_again(struct crew *c, bool done)
{
    static const char *const lockers[] = { "camera" };
    struct sl_kit_make job = { .at = world_at(&c->w, "maker"),
                               .lockers = lockers,
                               .locker_count = 1,
                               .out = crew_paper(c, "set", "kit"),
                               .alias = "another",
                               .new_from.fd = -1,
                               .new_no_passphrase = true };
    struct sl_kit_made made;

    nothing_waits(c, "maker");
    if (!done && access(job.out, F_OK) == 0) { /* whole, or not there */
        kit_works(c);
        crew_forget(c, "set", "kit");
    }
    sl_rc rc = done ? SL_OK : crew_kit(c, NULL, false);
    if (rc == SL_E_REFUSED) { /* it was named, and not written */
        CHECK(world_said(&c->w, "called 'set' already") && world_said(&c->w, "--name"));
        struct sl *sl = world_start(&c->w, NULL);
        rc = world_finish(&c->w, sl, sl_kit_make_one(sl, &job, &made, &c->w.err));
    }
    CHECK_EQ(rc, SL_OK);
    kit_works(c);
    CHECK(crew_tidy(c));
}

static void kit__in_any_trouble_is_whole_or_made_anew(void)
{
    in_trouble(&(struct journey){ everybody, makes_kit, made_again, 43 });
}

static void with_kit(struct crew *c)
{
    everybody(c);
    crew_must(c, crew_kit(c, NULL, false), "a kit");
}

static sl_rc revokes_kit(struct crew *c, const struct sl_os *os)
{
    struct sl *sl = world_start(&c->w, os);
    struct sl_home_at at = world_at(&c->w, "maker");
    struct sl_kit_revoked ret;

    return sl == NULL ? c->w.rc
                      : world_finish(&c->w, sl, sl_kit_revoke_one(sl, &at, "set", &ret, &c->w.err));
}

static void revoked_again(struct crew *c, bool done)
{
    nothing_waits(c, "maker");
    sl_rc rc = revokes_kit(c, NULL);
    CHECK(rc == SL_E_REFUSED || (rc == SL_OK && !done));
    CHECK(rc == SL_OK || world_said(&c->w, "revoked already"));
    CHECK_EQ(revokes_kit(c, NULL), SL_E_REFUSED);
    CHECK(crew_tidy(c));
}

static void revoking__in_any_trouble_is_done_again(void)
{
    in_trouble(&(struct journey){ with_kit, revokes_kit, revoked_again, 47 });
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(founding__in_any_trouble_is_whole_or_made_anew),
        CASE(accepting__in_any_trouble_is_gone_on_with),
        CASE(accepting__to_read_in_any_trouble_is_gone_on_with),
        CASE(asking__in_any_trouble_is_not_lost_once_it_was_said),
        CASE(answering__in_any_trouble_is_not_lost_once_it_was_said),
        CASE(opening__in_any_trouble_opens_when_it_is_run_again),
        CASE(inviting__in_any_trouble_is_done_again),
        CASE(granting__in_any_trouble_is_done_again),
        CASE(kit__in_any_trouble_is_whole_or_made_anew),
        CASE(revoking__in_any_trouble_is_done_again),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
