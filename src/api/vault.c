/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The way in and what waits: offload and send as the public face gives them, and what all journeys
 * share (vault.h).
 */
#include "api/vault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/files.h"
#include "base/say.h"
#include "format/deeds.h"
#include "format/pen.h"
#include "home/drawer.h"
#include "home/keys.h"
#include "home/state.h"
#include "home/swap.h"
#include "journal/seen.h"
#include "offload/offload.h"

#define PATH_ROOM 4096u

/* ---- home and voice ---- */

sl_rc sl_vault_home_path(const struct sl_home_at *at, char *ret, size_t room, struct sl_err *err)
{
    if (at->home == NULL)
        return sl_fail(err, SL_E_USAGE, _("no home: say --home DIR or set SAFELIGHT_HOME"));
    int len = snprintf(ret, room, "%s", at->home);
    if (len < 0 || (size_t)len >= room)
        return sl_fail(err, SL_E_USAGE, _("the path of the home is too long"));
    return SL_OK;
}

static bool stopped(void *who)
{
    return sl_go_on(who, NULL) != SL_OK;
}

static void say(void *who, enum sl_level level, const char *text)
{
    sl_tell(who, level, "%s", text);
}

static void progress(void *who, const struct sl_progress *p)
{
    sl_tell_progress(who, p);
}

struct sl_voice sl_vault_voice(struct sl *sl)
{
    return (struct sl_voice){ sl, stopped, say, progress };
}

/* ---- opening ---- */

static sl_rc open_kit(struct sl *sl, const struct sl_home_at *at, struct sl_vault_open *ret,
                      struct sl_err *err)
{
    SL_AUTO_FREE(secret) *file = NULL;

    SL_TRY(sl_file_secret(sl, at->kit, SL_KIT_FILE_MAX, &file, err));
    sl_rc rc =
        sl_kit_read(sl_os_of(sl), sl_secret_expose(file), &at->from, &ret->words, &ret->vault, err);
    if (rc == SL_E_BROKEN) /* a file that people copy about: to be had anew */
        rc = SL_E_USAGE;
    return rc == SL_OK ? SL_OK : sl_note(err, rc, _("reading '%s'"), sl_show(at->kit).text);
}

void sl_vault_locker_file(const struct sl_locker_info *l, char ret[SL_LOCKER_FILE])
{
    char id[SL_FOLDER_TEXT];

    sl_id_text(&l->id, id);
    (void)snprintf(ret, SL_LOCKER_FILE, "%s-%u", id, l->epoch);
}

static bool is_of(const struct sl_age_identity *identity, const struct sl_locker_info *l)
{
    struct sl_age_recipient r;

    sl_age_identity_recipient(identity, &r);
    return sl_same(r.point, l->recipient.point, sizeof r.point);
}

/* Take up the lockers that were opened or granted here. One that is damaged stays shut, and is
 * said; it can be asked for, or granted, again. */
static void open_drawer(struct sl *sl, struct sl_vault_open *o)
{
    struct sl_vault *v = o->vault;

    for (size_t i = 0; i < v->locker_count && v->person != NULL; i++) {
        SL_AUTO_FREE(secret) *text = NULL;
        SL_AUTO_FREE(age_identity) *identity = NULL;
        struct sl_err why = { 0 };
        char file[SL_LOCKER_FILE];
        if (v->locker_identities[i] != NULL)
            continue;
        sl_vault_locker_file(&v->lockers[i], file);
        sl_rc rc = sl_drawer_get(o->home, v, SL_DRAWER_OPEN, file, &text, &why);
        if (rc == SL_E_MISSING)
            continue;
        if (rc == SL_OK)
            rc = sl_age_identity_read(sl_secret_expose(text), &identity, &why);
        if (rc == SL_OK && is_of(identity, &v->lockers[i]))
            v->locker_identities[i] = SL_TAKE(identity);
        else
            sl_tell(sl, SL_SAY_WARNING, _("what this home kept of locker '%s' is damaged%s%s"),
                    v->lockers[i].alias, rc == SL_OK ? "" : ": ", rc == SL_OK ? "" : why.text);
    }
}

sl_rc sl_vault_keep_locker(struct sl_vault_open *o, int locker,
                           const struct sl_age_identity *identity, struct sl_err *err)
{
    SL_AUTO_FREE(secret) *text = NULL;
    const struct sl_locker_info *l = &o->vault->lockers[locker];
    char file[SL_LOCKER_FILE];

    if (!is_of(identity, l))
        return sl_fail(err, SL_E_BROKEN, _("this key is not the one of locker '%s'"), l->alias);
    SL_TRY(sl_age_identity_text(identity, &text, err));
    struct sl_view bare = { sl_secret_expose(text).at, SL_AGE_IDENTITY_TEXT - 1 };
    sl_vault_locker_file(l, file);
    SL_TRY(sl_drawer_put(o->home, o->vault, SL_DRAWER_OPEN, file, bare, err));
    if (o->vault->locker_identities[locker] != NULL)
        return SL_OK;
    return sl_age_identity_read(bare, &o->vault->locker_identities[locker], err);
}

static void warn_of_swap(struct sl *sl)
{
    if (sl->swap_told || !sl_swap_in_the_clear(sl_os_of(sl)))
        return;
    sl->swap_told = true;
    sl_tell(
        sl, SL_SAY_WARNING,
        _("this machine swaps to a disk in the clear: what is worked on here may be left there\n"
          "  keys are kept out of it; switch it off (swapoff -a) or encrypt it"));
}

sl_rc sl_vault_open(struct sl *sl, const struct sl_home_at *at, struct sl_vault_open *ret,
                    struct sl_err *err)
{
    char path[PATH_ROOM];

    *ret = (struct sl_vault_open){ .voice = sl_vault_voice(sl) };
    warn_of_swap(sl);
    SL_TRY(sl_vault_home_path(at, path, sizeof path, err));
    if (at->kit != NULL && at->production != NULL)
        return sl_fail(err, SL_E_USAGE, _("a kit is of one production: --kit or --production"));
    SL_TRY(sl_home_open(sl_os_of(sl), path, at->kit != NULL, &ret->home, err));
    SL_TRY(at->kit != NULL
               ? open_kit(sl, at, ret, err)
               : sl_home_load(ret->home, at->production, &at->from, &ret->words, &ret->vault, err));
    open_drawer(sl, ret);
    return SL_OK;
}

sl_rc sl_vault_open_as(struct sl *sl, const struct sl_home_at *at, enum sl_role role,
                       struct sl_vault_open *ret, struct sl_err *err)
{
    SL_TRY(sl_vault_open(sl, at, ret, err));
    if (role == SL_ROLE_MAKER && ret->vault->role != role)
        return sl_fail(err, SL_E_REFUSED, _("only the maker of a production can do this"));
    if (role == SL_ROLE_TRUSTEE && ret->vault->role != role)
        return sl_fail(err, SL_E_REFUSED, _("only a trustee can do this"));
    if (ret->vault->person == NULL)
        return sl_fail(
            err, SL_E_REFUSED,
            _("this home is nobody's: a kit, a home on set, or one of an older version"));
    return SL_OK;
}

void sl_vault_open_clear(struct sl_vault_open *o)
{
    sl_secret_free(o->words);
    sl_vault_free(o->vault);
    sl_home_free(o->home);
    *o = (struct sl_vault_open){ 0 };
}

/* ---- the journal ---- */

/* A grant's key, as far as it is one for this person. */
static sl_rc take_grant(struct sl_vault_open *o, struct sl_journal *j,
                        const struct sl_journal_entry *e, struct sl_err *err)
{
    SL_AUTO_FREE(secret) *room = NULL;
    SL_AUTO_FREE(age_identity) *identity = NULL;
    struct sl_grant_body grant = { 0 };

    SL_TRY(sl_secret_blank(SL_SLIP_BYTES, &room, err));
    struct sl_buf body = sl_buf_fixed(sl_secret_fill(room), SL_SLIP_BYTES);
    body.len = 0;
    SL_TRY(sl_journal_body(j, e, &body, err));
    SL_TRY(sl_grant_body_read(sl_buf_view(&body), &grant, err));
    if (sl_vault_locker_of(o->vault, &grant.locker, grant.epoch) != e->locker)
        return sl_fail(err, SL_E_BROKEN, _("a grant says one locker and holds another"));
    SL_TRY(sl_age_identity_read(grant.identity, &identity, err));
    return sl_vault_keep_locker(o, e->locker, identity, err);
}

/* *taken: lockers that this person could not read a moment ago. */
static sl_rc take_grants(struct sl *sl, struct sl_vault_open *o, struct sl_journal *j, bool *taken,
                         struct sl_err *err)
{
    uint8_t mine[SL_SIGN_PUBLIC_BYTES];

    sl_sign_key_public(&o->vault->sign, mine);
    for (size_t i = 0; i < j->entry_count && o->vault->person != NULL; i++) {
        const struct sl_journal_entry *e = &j->entries[i];
        struct sl_err why = { 0 };
        if (e->kind != SL_ENTRY_GRANT || e->belief != SL_BELIEF_YES || e->locker < 0 ||
            o->vault->locker_identities[e->locker] != NULL || !sl_same(e->to, mine, sizeof mine))
            continue;
        sl_rc rc = take_grant(o, j, e, &why);
        if (rc == SL_E_SYSTEM)
            return sl_fail(err, rc, "%s", why.text);
        if (rc != SL_OK)
            sl_tell(sl, SL_SAY_WARNING, _("a grant of locker '%s' is no good: %s"),
                    o->vault->lockers[e->locker].alias, why.text);
        *taken |= rc == SL_OK;
    }
    return SL_OK;
}

/* Whatever a verb is about: what keepers hide, and who forges, is said to whoever looks. */
static void tell_oddities(struct sl *sl, const struct sl_journal *j)
{
    if (j->unbelieved > 0)
        sl_tell(sl, SL_SAY_WARNING,
                _("%ju entries are by authors whom the maker did not name, or may not say what "
                  "they say; they change nothing"),
                (uintmax_t)j->unbelieved);
    if (j->convicted > 0)
        sl_tell(sl, SL_SAY_WARNING,
                _("%ju sessions signed two different entries of one number; they are not believed"),
                (uintmax_t)j->convicted);
    if (j->missing > 0)
        sl_tell(sl, SL_SAY_WARNING,
                _("%ju entries are known to exist and no keeper that answers gives them: %s"),
                (uintmax_t)j->missing, j->missing_text);
    if (j->disagreements > 0)
        sl_tell(sl, SL_SAY_WARNING, _("%ju times two authors saw different entries: %s"),
                (uintmax_t)j->disagreements, j->disagreement_text);
    if (j->unknown_kinds > 0)
        sl_tell(sl, SL_SAY_INFO, _("%ju entries are of kinds that this version does not know"),
                (uintmax_t)j->unknown_kinds);
}

sl_rc sl_vault_journal(struct sl *sl, struct sl_vault_open *o, bool thorough,
                       struct sl_journal **ret, struct sl_err *err)
{
    SL_AUTO_FREE(journal) *j = NULL;
    bool taken = false;

    SL_TRY(sl_journal_load(sl_os_of(sl), o->vault, thorough, &o->voice, &j, err));
    SL_TRY(take_grants(sl, o, j, &taken, err));
    if (taken) { /* parts that were closed a moment ago can be read now */
        sl_journal_free(SL_TAKE(j));
        SL_TRY(sl_journal_load(sl_os_of(sl), o->vault, thorough, &o->voice, &j, err));
    }
    SL_TRY(sl_journal_recall(j, o->home, &o->voice, err));
    tell_oddities(sl, j);
    *ret = SL_TAKE(j);
    return SL_OK;
}

/* ---- offload ---- */

sl_rc sl_vault_find_locker(const struct sl_vault *v, const char *name, int *ret, struct sl_err *err)
{
    *ret = name != NULL ? sl_vault_locker(v, name) : -1;
    if (*ret >= 0)
        return SL_OK;
    char all[400] = "";
    for (size_t i = 0; i < v->locker_count; i++) {
        size_t used = strlen(all);
        (void)snprintf(all + used, sizeof all - used, " %s", v->lockers[i].alias);
    }
    return sl_fail(err, SL_E_MISSING, _("there is no locker '%s' here; there is:%s"),
                   sl_show(name != NULL ? name : "").text, all);
}

static sl_rc without_bits(const struct sl_vault *v, const struct sl_offload *job, uint32_t *ret,
                          struct sl_err *err)
{
    *ret = 0;
    for (size_t i = 0; i < job->without_count; i++) {
        size_t place = 0;
        while (place < v->keeper_count && strcmp(v->keepers[place].alias, job->without[i]) != 0)
            place++;
        if (place == v->keeper_count)
            return sl_fail(err, SL_E_MISSING, _("this home knows no keeper '%s'"),
                           sl_show(job->without[i]).text);
        *ret |= 1u << place;
    }
    return SL_OK;
}

sl_rc sl_offload_card(struct sl *sl, const struct sl_offload *job, struct sl_verdict *verdict,
                      struct sl_err *err)
{
    SL_AUTO_CLEAR(vault_open) open = { 0 };
    struct sl_offload_in in = { .os = sl_os_of(sl),
                                .card = job->card,
                                .roll = job->roll,
                                .dry_run = job->dry_run,
                                .one_thread = job->one_thread,
                                .low_memory = job->at.low_memory };

    *verdict = (struct sl_verdict){ 0 };
    if (job->card == NULL || job->roll == NULL)
        return sl_fail(err, SL_E_USAGE, _("an offload needs a card and the name of a roll"));
    SL_TRY(sl_alias_check((struct sl_view){ (const uint8_t *)job->roll, strlen(job->roll) },
                          _("roll"), err));
    SL_TRY(sl_vault_open(sl, &job->at, &open, err));
    if (open.vault->role == SL_ROLE_TRUSTEE)
        return sl_fail(err, SL_E_REFUSED,
                       _("a trustee's home brings no footage: nobody would believe it\n"
                         "  use a kit, or the home of a member"));
    SL_TRY(sl_vault_find_locker(open.vault, job->locker, &in.locker, err));
    SL_TRY(without_bits(open.vault, job, &in.without, err));
    in.voice = &open.voice;
    in.home = open.home;
    in.vault = open.vault;
    sl_rc rc = sl_offload_run(&in, verdict, err);
    return rc == SL_OK || rc == SL_E_UNSAFE
               ? rc
               : sl_note(err, rc, _("offloading '%s'"), sl_show(job->card).text);
}

sl_rc sl_offload_forget(struct sl *sl, const struct sl_home_at *at, const char *roll, bool dry_run,
                        unsigned *dropped, struct sl_err *err)
{
    SL_AUTO_CLEAR(vault_open) open = { 0 };

    *dropped = 0;
    SL_TRY(sl_alias_check((struct sl_view){ (const uint8_t *)roll, strlen(roll) }, _("roll"), err));
    SL_TRY(sl_vault_open(sl, at, &open, err));
    SL_TRY(sl_state_forget(open.home, open.vault, roll, dry_run, dropped, err));
    if (*dropped == 0)
        return sl_fail(err, SL_E_MISSING, _("no unfinished roll '%s' is remembered here"), roll);
    return SL_OK;
}

sl_rc sl_send_spool(struct sl *sl, const struct sl_home_at *at, struct sl_sent *ret,
                    struct sl_err *err)
{
    SL_AUTO_CLEAR(vault_open) open = { 0 };

    *ret = (struct sl_sent){ 0 };
    SL_TRY(sl_vault_open(sl, at, &open, err));
    SL_TRY(sl_offload_send(sl_os_of(sl), &open.voice, open.home, open.vault, ret, err));
    if (ret->waiting > 0)
        return sl_fail(err, SL_E_RETRY, _("%ju objects still wait for their keepers"),
                       (uintmax_t)ret->waiting);
    return SL_OK;
}
