/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Founding a production. Keepers, lockers and care's key are drawn; with trustees a quorum is dealt
 * and every locker sealed to it and to those granted (deal.c); the invitations are written, then
 * the entries (into the spool), then the vault, which is what makes it a production; then what is
 * in the spool goes to the keepers. What opens the lockers is wiped before the vault is written.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/founding.h"
#include "base/say.h"
#include "format/deeds.h"

#define PATH_ROOM 4096u

static struct sl_view text_view(const char *text)
{
    return (struct sl_view){ (const uint8_t *)text, strlen(text) };
}

/* ---- what a founding draws ---- */

static sl_rc draw_locker(struct sl_vault *v, const char *alias, struct sl_err *err)
{
    struct sl_locker_info *l = &v->lockers[v->locker_count];

    SL_TRY(sl_alias_check(text_view(alias), _("locker"), err));
    if (sl_vault_locker(v, alias) >= 0)
        return sl_fail(err, SL_E_USAGE, _("two lockers are called '%s'"), alias);
    sl_id_draw(&l->id);
    (void)snprintf(l->alias, sizeof l->alias, "%s", alias);
    SL_TRY(sl_age_identity_new(&v->locker_identities[v->locker_count], err));
    sl_age_identity_recipient(v->locker_identities[v->locker_count], &l->recipient);
    v->locker_count++;
    return SL_OK;
}

static sl_rc add_keeper(struct sl_vault *v, const char *spec, struct sl_err *err)
{
    struct sl_keeper_info *k = &v->keepers[v->keeper_count];
    const struct sl_keeper_kind *kind = NULL;

    SL_TRY(sl_keeper_spec_read(spec, k, err));
    SL_TRY(sl_keeper_kind_of(k->url, &kind, err));
    for (size_t i = 0; i < v->keeper_count; i++) {
        if (strcmp(v->keepers[i].alias, k->alias) == 0)
            return sl_fail(err, SL_E_USAGE, _("two keepers are called '%s'"), k->alias);
        if (strcmp(v->keepers[i].url, k->url) == 0)
            return sl_fail(err, SL_E_USAGE, _("keepers '%s' and '%s' are the same place"),
                           v->keepers[i].alias, k->alias);
    }
    sl_id_draw(&k->id);
    k->shard = (uint8_t)v->keeper_count++;
    return SL_OK;
}

static sl_rc check_numbers(const struct sl_init *job, struct sl_err *err)
{
    if (job->need < 1 || job->need > SL_NEED_MAX)
        return sl_fail(err, SL_E_USAGE, _("--need must be 1 to %u, not %u"), SL_NEED_MAX,
                       job->need);
    if (job->keeper_count <= job->need || job->keeper_count > SL_KEEPERS_MAX)
        return sl_fail(err, SL_E_USAGE,
                       _("%zu keepers are named; where any %u must suffice, %u to %u are needed"),
                       job->keeper_count, job->need, job->need + 1, SL_KEEPERS_MAX);
    if (job->locker_count < 1 || job->locker_count > SL_LOCKERS_MAX)
        return sl_fail(err, SL_E_USAGE, _("a production needs 1 to %u lockers"), SL_LOCKERS_MAX);
    return SL_OK;
}

static sl_rc draw_vault(const struct sl_init *job, const struct sl_age_identity *person,
                        struct sl_vault *v, struct sl_err *err)
{
    SL_AUTO_FREE(secret) *text = NULL;

    (void)snprintf(v->alias, sizeof v->alias, "%s", job->at.production);
    v->role = SL_ROLE_MAKER;
    v->need = (uint8_t)job->need;
    for (size_t i = 0; i < job->keeper_count; i++)
        SL_TRY(add_keeper(v, job->keepers[i], err));
    for (size_t i = 0; i < job->locker_count; i++)
        SL_TRY(draw_locker(v, job->lockers[i], err));
    SL_TRY(sl_age_identity_text(person, &text, err));
    SL_TRY(sl_age_identity_read(
        (struct sl_view){ sl_secret_expose(text).at, SL_AGE_IDENTITY_TEXT - 1 }, &v->person, err));
    SL_TRY(sl_person_sign_key(person, &v->sign, err));
    sl_sign_key_public(&v->sign, v->maker);
    SL_TRY(sl_secret_new(SL_SESSION_KEY_BYTES, &v->state.bytes, err));
    SL_TRY(sl_age_identity_new(&v->care_identity, err));
    sl_age_identity_recipient(v->care_identity, &v->care);
    return SL_OK;
}

/* The founding's care body, salted; it gives the production its name. */
static sl_rc write_founding(struct founding *f, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) body = sl_buf_upto(SL_SLIP_BYTES);
    struct sl_vault *v = f->vault;
    struct sl_founding *out = calloc(1, sizeof *out);

    if (out == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    memcpy(out->maker, v->maker, sizeof out->maker);
    out->need = v->need;
    out->care = v->care;
    out->keeper_count = v->keeper_count;
    memcpy(out->keepers, v->keepers, sizeof out->keepers);
    out->locker_count = v->locker_count;
    memcpy(out->lockers, v->lockers, sizeof out->lockers);
    out->quorum_suite = v->quorum_bytes > 0 ? SL_QUORUM_SUITE : 0;
    out->quorum_bytes = v->quorum_bytes;
    memcpy(out->quorum, v->quorum, sizeof out->quorum);
    out->trustee_count = v->trustee_count;
    memcpy(out->trustees, v->trustees, sizeof out->trustees);
    sl_rc rc = sl_founding_write(out, &body, err);
    free(out);
    SL_TRY(rc);
    f->salted = sl_buf_upto(SL_SLIP_BYTES);
    SL_TRY(sl_care_body_write(sl_buf_view(&body), &f->salted, f->salted_hash, err));
    sl_production_of(sl_buf_view(&f->salted), v->production);
    return SL_OK;
}

/* Every keeper must be reachable at a founding; its folder is made. */
static sl_rc greet_keepers(struct sl *sl, const struct sl_vault *v, bool create, struct sl_err *err)
{
    for (size_t i = 0; i < v->keeper_count; i++) {
        SL_AUTO_FREE(keeper) *k = NULL;
        sl_rc rc =
            sl_keeper_open(sl_os_of(sl), v->keepers[i].url, &v->keepers[i].id, create, &k, err);
        if (rc == SL_E_MISSING && !create)
            continue; /* its place is there; the folder is made when it is meant */
        if (rc != SL_OK)
            return sl_note(err, rc, _("reaching keeper '%s'"), v->keepers[i].alias);
    }
    return SL_OK;
}

/* ---- entries ---- */

static sl_rc say_locker(struct sl_scribe *b, const struct sl_locker_deed *deed, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) body = sl_buf_upto(SL_SLIP_BYTES);
    struct sl_saying says = { .kind = SL_ENTRY_LOCKER };

    SL_TRY(sl_locker_deed_write(deed, &body, err));
    says.care = sl_buf_view(&body);
    return sl_scribe_say(b, &says, err);
}

static sl_rc say_lockers(struct sl_scribe *b, const struct sl_vault *v, struct sl_err *err)
{
    struct sl_locker_deed test = { .purpose = SL_LOCKER_TEST,
                                   .sealed = sl_buf_view(&v->test_locker),
                                   .request = sl_buf_view(&v->test_request) };

    if (v->quorum_bytes == 0)
        return SL_OK;
    for (size_t i = 0; i < v->locker_count; i++) {
        struct sl_locker_deed deed = { .purpose = SL_LOCKER_REAL,
                                       .sealed = sl_buf_view(&v->sealed[i]) };
        SL_TRY(say_locker(b, &deed, err));
    }
    return say_locker(b, &test, err);
}

static sl_rc say_granted(struct sl_scribe *b, const struct founding *f, struct sl_err *err)
{
    for (size_t i = 0; i < f->granted_count; i++) {
        const struct granted *g = &f->granted[i];
        SL_TRY(sl_scribe_say_author(b, g->card.card.sign, SL_ROLE_MEMBER, g->card.alias, err));
        for (size_t k = 0; k < g->count; k++)
            SL_TRY(sl_invited_say_grant(b, f->vault, g->lockers[k], &g->card, err));
    }
    return SL_OK;
}

static sl_rc say_all(struct sl_scribe *b, const struct founding *f, struct sl_err *err)
{
    SL_TRY(
        sl_scribe_say_salted(b, SL_ENTRY_FOUNDING, sl_buf_view(&f->salted), f->salted_hash, err));
    SL_TRY(say_lockers(b, f->vault, err));
    SL_TRY(say_granted(b, f, err));
    return sl_scribe_close(b, err);
}

/* ---- init ---- */

/* From here on only the trustees together, and those granted, open the lockers. */
static void wipe_lockers(struct sl_vault *v)
{
    for (size_t i = 0; v->quorum_bytes > 0 && i < v->locker_count; i++) {
        sl_age_identity_free(v->locker_identities[i]);
        v->locker_identities[i] = NULL;
    }
}

static sl_rc store(struct founding *f, struct sl_home *home, const struct sl_secret *words,
                   struct sl_init_done *done, struct sl_err *err)
{
    SL_AUTO_FREE(scribe) *b = NULL;

    SL_TRY(greet_keepers(f->sl, f->vault, true, err));
    SL_TRY(sl_founding_invite(f, done, err));
    SL_TRY(sl_scribe_open(f->sl, home, f->vault, NULL, true, &b, err));
    SL_TRY(say_all(b, f, err));
    wipe_lockers(f->vault);
    SL_TRY(sl_home_store(home, f->vault, words, f->job->at.low_memory, err));
    return sl_scribe_send(b, err);
}

/* The home's person; of a dry run somebody who never was. */
static sl_rc person_for(struct sl *sl, const struct sl_init *job, struct sl_home **home,
                        struct sl_person_here *me, struct sl_err *err)
{
    char path[PATH_ROOM];

    if (job->dry_run)
        return sl_age_identity_new(&me->person, err);
    SL_TRY(sl_vault_home_path(&job->at, path, sizeof path, err));
    SL_TRY(sl_home_open(sl_os_of(sl), path, true, home, err));
    return sl_people_identity(sl, *home, &job->at, job->name != NULL ? job->name : "maker", me,
                              err);
}

/* First of all: whoever founded and runs it again must not be sent to remove invitations, which
 * hold the only copies of the shares. */
static sl_rc check_new(const struct founding *f, struct sl_err *err)
{
    SL_AUTO_FREE(home) *home = NULL;
    char path[PATH_ROOM];

    SL_TRY(sl_vault_home_path(&f->job->at, path, sizeof path, err));
    if (sl_home_open(sl_os_of(f->sl), path, false, &home, NULL) != SL_OK ||
        !sl_home_knows(home, f->job->at.production))
        return SL_OK;
    return sl_fail(err, SL_E_REFUSED, _("this home has a production '%s' already"),
                   f->job->at.production);
}

static sl_rc found(struct founding *f, struct sl_init_done *done, struct sl_err *err)
{
    SL_AUTO_FREE(home) *home = NULL;
    SL_AUTO_CLEAR(person_here) me = { 0 };

    SL_TRY(check_new(f, err));
    SL_TRY(sl_founding_people(f, err));
    SL_TRY(person_for(f->sl, f->job, &home, &me, err));
    SL_TRY(draw_vault(f->job, me.person, f->vault, err));
    SL_TRY(sl_founding_deal(f, err));
    SL_TRY(write_founding(f, err));
    SL_TRY(sl_founding_seal(f, err));
    SL_TRY(greet_keepers(f->sl, f->vault, false, err));
    return f->job->dry_run ? SL_OK : store(f, home, me.words, done, err);
}

static void tell_founding(const struct founding *f)
{
    const struct sl_vault *v = f->vault;

    if (v->quorum_bytes == 0)
        sl_tell(f->sl, SL_SAY_WARNING,
                _("no trustees: this home holds every key of the production, and whoever takes it "
                  "reads everything\n  keep it abroad, not on set; or found it with --trustee and "
                  "--quorum"));
    if (v->need == 1)
        sl_tell(f->sl, SL_SAY_WARNING,
                _("with --need 1 every keeper holds the whole of every pack, and two that compare "
                  "notes can tell that they keep the same"));
}

void sl_init_done_clear(struct sl_init_done *d)
{
    free(d->invitations);
    *d = (struct sl_init_done){ 0 };
}

sl_rc sl_init_production(struct sl *sl, const struct sl_init *job, struct sl_init_done *done,
                         struct sl_err *err)
{
    SL_AUTO_FREE(vault) *v = NULL;
    SL_AUTO_CLEAR(init_done) unasked = { 0 };
    struct founding f = { .sl = sl, .job = job };

    if (done == NULL)
        done = &unasked;
    *done = (struct sl_init_done){ 0 };
    if (job->at.production == NULL)
        return sl_fail(err, SL_E_USAGE, _("a production needs a name"));
    SL_TRY(check_numbers(job, err));
    SL_TRY(sl_alias_check(text_view(job->at.production), _("production"), err));
    SL_TRY(sl_vault_new(&v, err));
    f.vault = v;
    sl_rc rc = found(&f, done, err);
    sl_founding_clear(&f);
    if (rc != SL_OK) {
        sl_init_done_clear(done);
        return rc;
    }
    done->quorum = job->quorum;
    done->trustees = (unsigned)v->trustee_count;
    tell_founding(&f);
    return SL_OK;
}
