/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Founding a production, and making further homes of it. In this version the founding home draws
 * and holds the identities of care and of every locker itself; trustees take that from it later.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/vault.h"
#include "base/say.h"
#include "home/passphrase.h"
#include "home/spool.h"
#include "journal/write.h"

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

static sl_rc draw_vault(const struct sl_init *job, struct sl_vault *v, struct sl_err *err)
{
    SL_TRY(check_numbers(job, err));
    SL_TRY(sl_alias_check(text_view(job->at.production), _("production"), err));
    (void)snprintf(v->alias, sizeof v->alias, "%s", job->at.production);
    v->role = SL_ROLE_MAKER;
    v->need = (uint8_t)job->need;
    for (size_t i = 0; i < job->keeper_count; i++)
        SL_TRY(add_keeper(v, job->keepers[i], err));
    for (size_t i = 0; i < job->locker_count; i++)
        SL_TRY(draw_locker(v, job->lockers[i], err));
    SL_TRY(sl_sign_key_new(&v->sign, err));
    sl_sign_key_public(&v->sign, v->maker);
    SL_TRY(sl_secret_new(SL_SESSION_KEY_BYTES, &v->state.bytes, err));
    SL_TRY(sl_age_identity_new(&v->care_identity, err));
    sl_age_identity_recipient(v->care_identity, &v->care);
    return SL_OK;
}

/* The founding's care body, salted; it gives the production its name. */
static sl_rc write_founding(struct sl_vault *v, struct sl_buf *salted,
                            uint8_t hash[SL_SHA256_BYTES], struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) body = sl_buf_upto(SL_SLIP_BYTES);
    struct sl_founding *f = calloc(1, sizeof *f);

    if (f == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    memcpy(f->maker, v->maker, sizeof f->maker);
    f->need = v->need;
    f->care = v->care;
    f->keeper_count = v->keeper_count;
    memcpy(f->keepers, v->keepers, sizeof f->keepers);
    f->locker_count = v->locker_count;
    memcpy(f->lockers, v->lockers, sizeof f->lockers);
    sl_rc rc = sl_founding_write(f, &body, err);
    free(f);
    SL_TRY(rc);
    SL_TRY(sl_care_body_write(sl_buf_view(&body), salted, hash, err));
    sl_production_of(sl_buf_view(salted), v->production);
    return SL_OK;
}

/* ---- sending the few entries of a founding ---- */

/* To every keeper, or into the spool where one does not take it. */
static sl_rc send_entry(struct sl *sl, struct sl_home *home, const struct sl_vault *v,
                        const struct sl_entry_out *e, struct sl_err *err)
{
    SL_AUTO_FREE(spool) *spool = NULL;

    SL_TRY(sl_spool_open(home, v, &spool, err));
    for (size_t i = 0; i < e->count; i++) {
        SL_AUTO_FREE(keeper) *k = NULL;
        struct sl_view slip = { e->slips + i * SL_SLIP_BYTES, SL_SLIP_BYTES };
        struct sl_err why = { 0 };
        sl_rc rc =
            sl_keeper_open(sl_os_of(sl), v->keepers[i].url, &v->keepers[i].id, false, &k, &why);
        if (rc == SL_OK)
            rc = sl_keeper_put(k, &e->names[i], &slip, 1, &why);
        if (rc == SL_OK)
            continue;
        SL_TRY(sl_spool_put(spool, &v->keepers[i].id, &e->names[i], &slip, 1, err));
        sl_tell(sl, SL_SAY_WARNING,
                _("keeper '%s': %s\n  what it should hold waits in the spool: safelight send"),
                v->keepers[i].alias, why.text);
    }
    return SL_OK;
}

static sl_rc write_entry(struct sl *sl, struct sl_home *home, const struct sl_vault *v,
                         struct sl_writing *w, uint32_t kind, struct sl_view salted,
                         const uint8_t hash[SL_SHA256_BYTES], struct sl_err *err)
{
    SL_AUTO_CLEAR(entry_out) out = { 0 };
    struct sl_entry_in in = { .kind = kind, .care_body = salted };

    memcpy(in.care_hash, hash, sizeof in.care_hash);
    SL_TRY(sl_writing_entry(w, &in, &out, err));
    return send_entry(sl, home, v, &out, err);
}

static sl_rc close_session(struct sl *sl, struct sl_home *home, const struct sl_vault *v,
                           struct sl_writing *w, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) body = sl_buf_upto(4096), salted = sl_buf_upto(4096);
    struct sl_closed closed = { 0 };
    uint8_t hash[SL_SHA256_BYTES];

    SL_TRY(sl_closed_write(&closed, &body, err));
    SL_TRY(sl_care_body_write(sl_buf_view(&body), &salted, hash, err));
    return write_entry(sl, home, v, w, SL_ENTRY_CLOSED, sl_buf_view(&salted), hash, err);
}

/* ---- init ---- */

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

static sl_rc passphrase_for(struct sl *sl, const struct sl_passphrase_from *from, bool none,
                            const char *alias, struct sl_secret **ret, struct sl_err *err)
{
    char prompt[SL_ALIAS_MAX + 64];

    if (none)
        return SL_OK;
    (void)snprintf(prompt, sizeof prompt, _("new passphrase of production '%s'"), alias);
    return sl_passphrase_read(sl_os_of(sl), from, prompt, true, ret, err);
}

static sl_rc found(struct sl *sl, const struct sl_init *job, struct sl_vault *v, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) salted = sl_buf_upto(SL_SLIP_BYTES);
    SL_AUTO_FREE(home) *home = NULL;
    SL_AUTO_FREE(secret) *passphrase = NULL;
    SL_AUTO_FREE(writing) *w = NULL;
    uint8_t hash[SL_SHA256_BYTES];
    char path[PATH_ROOM];

    SL_TRY(write_founding(v, &salted, hash, err));
    SL_TRY(greet_keepers(sl, v, false, err));
    if (job->dry_run)
        return SL_OK;
    SL_TRY(sl_vault_home_path(&job->at, path, sizeof path, err));
    SL_TRY(passphrase_for(sl, &job->at.from, job->at.no_passphrase, v->alias, &passphrase, err));
    SL_TRY(sl_home_open(sl_os_of(sl), path, true, &home, err));
    SL_TRY(sl_home_store(home, v, passphrase, job->at.low_memory, err));
    SL_TRY(greet_keepers(sl, v, true, err));
    SL_TRY(sl_writing_new(sl_os_of(sl), v, &w, err));
    SL_TRY(write_entry(sl, home, v, w, SL_ENTRY_FOUNDING, sl_buf_view(&salted), hash, err));
    return close_session(sl, home, v, w, err);
}

static void tell_founding(struct sl *sl, const struct sl_init *job, const struct sl_vault *v)
{
    sl_tell(sl, SL_SAY_INFO,
            job->dry_run ? _("production '%s' could be founded: %zu keepers, any "
                             "%u suffice")
                         : _("production '%s' is founded: %zu keepers, any %u "
                             "suffice"),
            v->alias, v->keeper_count, v->need);
    sl_tell(sl, SL_SAY_WARNING,
            _("this home holds every key of the production: keep it abroad, not on set"));
    if (v->need == 1)
        sl_tell(sl, SL_SAY_WARNING,
                _("with --need 1 every keeper holds the whole of every pack, and two that compare "
                  "notes can tell that they keep the same"));
}

sl_rc sl_init_production(struct sl *sl, const struct sl_init *job, struct sl_err *err)
{
    SL_AUTO_FREE(vault) *v = NULL;

    if (job->at.production == NULL)
        return sl_fail(err, SL_E_USAGE, _("a production needs a name"));
    SL_TRY(sl_vault_new(&v, err));
    SL_TRY(draw_vault(job, v, err));
    SL_TRY(found(sl, job, v, err));
    tell_founding(sl, job, v);
    return SL_OK;
}

/* ---- further homes ---- */

static sl_rc copy_secret(const struct sl_secret *from, struct sl_secret **ret, struct sl_err *err)
{
    return sl_secret_copy(sl_secret_expose(from), ret, err);
}

static sl_rc copy_identity(const struct sl_age_identity *from, struct sl_age_identity **ret,
                           struct sl_err *err)
{
    SL_AUTO_FREE(secret) *text = NULL;

    SL_TRY(sl_age_identity_text(from, &text, err));
    struct sl_view in = sl_secret_expose(text);
    in.len = SL_AGE_IDENTITY_TEXT - 1;
    return sl_age_identity_read(in, ret, err);
}

static void copy_public(const struct sl_vault *from, struct sl_vault *to)
{
    memcpy(to->alias, from->alias, sizeof to->alias);
    memcpy(to->production, from->production, sizeof to->production);
    memcpy(to->maker, from->maker, sizeof to->maker);
    to->need = from->need;
    to->care = from->care;
    to->keeper_count = from->keeper_count;
    memcpy(to->keepers, from->keepers, sizeof to->keepers);
}

static sl_rc fill_on_set(const struct sl_home_make *job, const struct sl_vault *from,
                         struct sl_vault *to, struct sl_err *err)
{
    to->role = SL_ROLE_CAPTURE;
    for (size_t i = 0; i < job->locker_count; i++) {
        int at = sl_vault_locker(from, job->lockers[i]);
        if (at < 0)
            return sl_fail(err, SL_E_MISSING, _("this home has no locker '%s'"),
                           sl_show(job->lockers[i]).text);
        to->lockers[to->locker_count++] = from->lockers[at];
    }
    for (size_t i = 0; job->locker_count == 0 && i < from->locker_count; i++)
        to->lockers[to->locker_count++] = from->lockers[i];
    return sl_sign_key_new(&to->sign, err);
}

static sl_rc fill_abroad(const struct sl_vault *from, struct sl_vault *to, struct sl_err *err)
{
    to->role = from->role;
    to->locker_count = from->locker_count;
    memcpy(to->lockers, from->lockers, sizeof to->lockers);
    for (size_t i = 0; i < from->locker_count; i++)
        if (from->locker_identities[i] != NULL)
            SL_TRY(copy_identity(from->locker_identities[i], &to->locker_identities[i], err));
    if (from->care_identity != NULL)
        SL_TRY(copy_identity(from->care_identity, &to->care_identity, err));
    return copy_secret(from->sign.bytes, &to->sign.bytes, err);
}

/* The maker's word that the new home's author may write. */
static sl_rc announce(struct sl *sl, const struct sl_vault_open *from, const struct sl_vault *to,
                      const char *alias, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) body = sl_buf_upto(4096), salted = sl_buf_upto(4096);
    SL_AUTO_FREE(writing) *w = NULL;
    struct sl_author author = { .role = SL_ROLE_CAPTURE };
    struct sl_opened opened = { .role = from->vault->role };
    uint8_t hash[SL_SHA256_BYTES];

    SL_TRY(sl_writing_new(sl_os_of(sl), from->vault, &w, err));
    SL_TRY(sl_opened_write(&opened, &body, err));
    SL_TRY(sl_care_body_write(sl_buf_view(&body), &salted, hash, err));
    SL_TRY(write_entry(sl, from->home, from->vault, w, SL_ENTRY_OPENED, sl_buf_view(&salted), hash,
                       err));
    body.len = salted.len = 0;
    sl_sign_key_public(&to->sign, author.key);
    (void)snprintf(author.alias, sizeof author.alias, "%s", alias);
    SL_TRY(sl_author_write(&author, &body, err));
    SL_TRY(sl_care_body_write(sl_buf_view(&body), &salted, hash, err));
    SL_TRY(write_entry(sl, from->home, from->vault, w, SL_ENTRY_AUTHOR, sl_buf_view(&salted), hash,
                       err));
    return close_session(sl, from->home, from->vault, w, err);
}

sl_rc sl_home_make_one(struct sl *sl, const struct sl_home_make *job, struct sl_err *err)
{
    SL_AUTO_CLEAR(vault_open) open = { 0 };
    SL_AUTO_FREE(vault) *to = NULL;
    SL_AUTO_FREE(home) *home = NULL;
    SL_AUTO_FREE(secret) *passphrase = NULL;
    bool on_set = job->kind == SL_HOME_ON_SET;
    const char *alias = job->alias != NULL ? job->alias : on_set ? "on-set" : "abroad";

    if (job->out == NULL || job->out[0] == '\0')
        return sl_fail(err, SL_E_USAGE, _("say where the new home is to be: --out DIR"));
    SL_TRY(sl_alias_check(text_view(alias), _("home"), err));
    SL_TRY(sl_vault_open(sl, &job->at, &open, err));
    if (on_set && open.vault->role != SL_ROLE_MAKER)
        return sl_fail(err, SL_E_REFUSED, _("only the maker's home makes a home on set"));
    SL_TRY(sl_vault_new(&to, err));
    copy_public(open.vault, to);
    SL_TRY(on_set ? fill_on_set(job, open.vault, to, err) : fill_abroad(open.vault, to, err));
    SL_TRY(sl_secret_new(SL_SESSION_KEY_BYTES, &to->state.bytes, err));
    SL_TRY(sl_home_open(sl_os_of(sl), job->out, true, &home, err));
    SL_TRY(sl_home_must_be_new(home, err));
    SL_TRY(passphrase_for(sl, &job->new_from, job->new_no_passphrase, to->alias, &passphrase, err));
    if (on_set) /* first: a home that writes and was never named would be believed by nobody */
        SL_TRY(announce(sl, &open, to, alias, err));
    return sl_home_store(home, to, passphrase, job->at.low_memory, err);
}
