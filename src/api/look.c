/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The way out and looking: restore, ls and status as the public face gives them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/quorum.h"
#include "api/vault.h"
#include "base/say.h"
#include "home/spool.h"
#include "home/state.h"
#include "restore/restore.h"

/* ---- paths in the vault ---- */

static struct sl_view piece_of(const char **text)
{
    const char *slash = strchr(*text, '/');
    size_t len = slash != NULL ? (size_t)(slash - *text) : strlen(*text);
    struct sl_view out = { (const uint8_t *)*text, len };

    *text += len;
    while (**text == '/')
        (*text)++;
    return out;
}

static sl_rc no_key(const struct sl_vault *v, int locker, struct sl_err *err)
{
    const char *alias = v->lockers[locker].alias;

    if (v->quorum_bytes == 0)
        return sl_fail(err, SL_E_REFUSED, _("this home does not hold the key of locker '%s'"),
                       alias);
    return sl_fail(err, SL_E_REFUSED,
                   _("locker '%s' is not open on this machine\n"
                     "  ask its trustees: safelight open %s --reason TEXT"),
                   alias, alias);
}

sl_rc sl_vault_path_read(const struct sl_vault_open *o, const struct sl_journal *j,
                         const char *what, struct sl_vault_path *ret, struct sl_err *err)
{
    char alias[SL_ALIAS_MAX + 1];

    *ret = (struct sl_vault_path){ .locker = -1 };
    if (what == NULL || what[0] == '\0')
        return SL_OK;
    const char *at = what;
    struct sl_view locker = piece_of(&at), roll = piece_of(&at);
    (void)snprintf(alias, sizeof alias, "%.*s", (int)(locker.len > SL_ALIAS_MAX ? 0 : locker.len),
                   (const char *)locker.at);
    ret->locker = sl_vault_locker(o->vault, alias);
    if (ret->locker < 0)
        return sl_fail(err, SL_E_MISSING, _("there is no locker '%s'"),
                       sl_show(locker.len > SL_ALIAS_MAX ? what : alias).text);
    if (roll.len == 0)
        return SL_OK;
    ret->roll = sl_journal_roll(j, ret->locker, roll);
    if (ret->roll == NULL && o->vault->locker_identities[ret->locker] == NULL)
        return no_key(o->vault, ret->locker, err); /* it cannot see the rolls either */
    if (ret->roll == NULL)
        return sl_fail(err, SL_E_MISSING, _("there is no roll '%s'"), sl_show(what).text);
    ret->rest = (struct sl_view){ (const uint8_t *)at, strlen(at) };
    while (ret->rest.len > 0 && ret->rest.at[ret->rest.len - 1] == '/')
        ret->rest.len--;
    return SL_OK;
}

static uint64_t shut_parts(const struct sl_journal *j)
{
    uint64_t count = 0;

    for (size_t i = 0; i < j->entry_count; i++)
        count += j->entries[i].kind == SL_ENTRY_PART && j->entries[i].belief == SL_BELIEF_YES &&
                         !j->entries[i].readable
                     ? 1
                     : 0;
    return count;
}

/* ---- restore ---- */

static sl_rc restore_one(struct sl *sl, const struct sl_vault_open *o, struct sl_journal *j,
                         const struct sl_restore *job, const struct sl_roll *roll,
                         struct sl_view path, const char *under, struct sl_restored *ret,
                         struct sl_err *err)
{
    struct sl_restore_in in = { .os = sl_os_of(sl),
                                .voice = &o->voice,
                                .vault = o->vault,
                                .journal = j,
                                .roll = roll,
                                .path = path,
                                .dest = job->dest,
                                .under = under,
                                .dry_run = job->dry_run,
                                .one_thread = job->one_thread,
                                .low_memory = job->at.low_memory };

    return sl_restore_run(&in, ret, err);
}

/* Every roll of a locker, each beneath a folder of its name; the worst that happened is told. */
static sl_rc restore_locker(struct sl *sl, const struct sl_vault_open *o, struct sl_journal *j,
                            const struct sl_restore *job, int locker, struct sl_restored *ret,
                            struct sl_err *err)
{
    sl_rc worst = SL_OK;
    size_t rolls = 0;

    for (size_t i = 0; i < j->roll_count; i++) {
        struct sl_err why = { 0 };
        if (j->rolls[i].locker != locker)
            continue;
        rolls++;
        sl_rc rc = restore_one(sl, o, j, job, &j->rolls[i], (struct sl_view){ 0 }, j->rolls[i].name,
                               ret, &why);
        if (rc != SL_OK && rc != SL_E_BROKEN && rc != SL_E_SYSTEM)
            return sl_fail(err, rc, "%s", why.text);
        if (rc != SL_OK) {
            sl_tell(sl, SL_SAY_WARNING, "%s", why.text);
            worst = sl_fail(err, rc, "%s", why.text);
        }
    }
    if (rolls == 0)
        return sl_fail(err, SL_E_MISSING, _("this locker has no roll that this home can read"));
    return worst;
}

static void tell_keepers(struct sl *sl, const struct sl_restored *r)
{
    for (unsigned i = 0; i < r->keeper_count; i++) {
        const struct sl_keeper_report *k = &r->keepers[i];
        if (k->away)
            sl_tell(sl, SL_SAY_WARNING, _("keeper '%s' is away: %s"), k->alias, k->first_trouble);
        if (k->lied_shards + k->lied_slips > 0)
            sl_tell(sl, SL_SAY_WARNING,
                    _("keeper '%s' lied: %ju of the shards and %ju of the slips that it was asked "
                      "for are not what was written\n  %s"),
                    k->alias, (uintmax_t)k->lied_shards, (uintmax_t)k->lied_slips,
                    k->first_trouble);
        if (!k->away && k->lacks_shards + k->lacks_slips > 0)
            sl_tell(sl, SL_SAY_WARNING, _("keeper '%s' lacks %ju shards and %ju slips"), k->alias,
                    (uintmax_t)k->lacks_shards, (uintmax_t)k->lacks_slips);
    }
}

sl_rc sl_restore_tree(struct sl *sl, const struct sl_restore *job, struct sl_restored *ret,
                      struct sl_err *err)
{
    SL_AUTO_CLEAR(vault_open) open = { 0 };
    SL_AUTO_FREE(journal) *j = NULL;
    struct sl_vault_path path;
    const struct sl_os *os = sl_os_of(sl);
    uint64_t start = os->monotonic_ns(os->self);

    *ret = (struct sl_restored){ 0 };
    if (job->what == NULL || job->what[0] == '\0' || job->dest == NULL || job->dest[0] == '\0')
        return sl_fail(err, SL_E_USAGE, _("say what to restore, and where to"));
    SL_TRY(sl_vault_open(sl, &job->at, &open, err));
    SL_TRY(sl_vault_journal(sl, &open, true, &j, err));
    SL_TRY(sl_vault_path_read(&open, j, job->what, &path, err));
    if (open.vault->locker_identities[path.locker] == NULL)
        return no_key(open.vault, path.locker, err);
    sl_rc rc = path.roll != NULL
                   ? restore_one(sl, &open, j, job, path.roll, path.rest, NULL, ret, err)
                   : restore_locker(sl, &open, j, job, path.locker, ret, err);
    ret->elapsed_ms = (os->monotonic_ns(os->self) - start) / 1000000u;
    tell_keepers(sl, ret);
    return rc;
}

/* ---- ls ---- */

struct listing_job {
    const struct sl_vault_open *open;
    const struct sl_roll *roll;
    struct sl_view rest;
    bool recursive;
    sl_list_each *each;
    void *who;
};

static sl_rc show_line(void *who, const struct sl_manifest_line *l, struct sl_err *err)
{
    struct listing_job *job = who;
    char path[SL_PATH_MAX + 2 * SL_ALIAS_MAX + 32];
    struct sl_view in = { l->path, l->path_bytes };
    size_t above = job->rest.len; /* the folder that is shown, or this file itself */
    size_t skip = above == 0 ? 0 : in.len > above ? above + 1 : in.len;

    if ((in.len == 1 && in.at[0] == '.') ||
        (l->type == SL_MANIFEST_FOLDER && in.len == job->rest.len))
        return SL_OK;
    if (!job->recursive && memchr(in.at + skip, '/', in.len - skip) != NULL)
        return SL_OK;
    int len = snprintf(path, sizeof path, "%s/%s/%.*s",
                       job->open->vault->lockers[job->roll->locker].alias, job->roll->name,
                       (int)in.len, (const char *)in.at);
    struct sl_list_line line = {
        .what = l->type == SL_MANIFEST_FILE ? SL_LISTED_FILE : SL_LISTED_FOLDER,
        .path = path,
        .path_bytes = (size_t)len,
        .bytes = l->size,
        .mtime_s = l->mtime_s,
        .mtime_ns = l->mtime_ns,
        .mode = l->mode,
        .whole = true,
        .readable = true,
    };
    memcpy(line.sha256, l->sha256, sizeof line.sha256);
    return job->each(job->who, &line, err);
}

static sl_rc show_files(struct sl *sl, struct listing_job *job, struct sl_journal *j,
                        struct sl_err *err)
{
    struct sl_restore_in in = { .os = sl_os_of(sl),
                                .voice = &job->open->voice,
                                .vault = job->open->vault,
                                .journal = j,
                                .roll = job->roll,
                                .path = job->rest };

    return sl_restore_walk(&in, show_line, job, err);
}

static sl_rc show_roll(struct sl *sl, struct listing_job *job, struct sl_journal *j,
                       const struct sl_roll *roll, struct sl_err *err)
{
    char path[2 * SL_ALIAS_MAX + 32];
    const struct sl_journal_entry *last =
        roll->part_count > 0 ? &j->entries[roll->parts[roll->part_count - 1]] : NULL;
    int len = snprintf(path, sizeof path, "%s/%s", job->open->vault->lockers[roll->locker].alias,
                       roll->name);
    struct sl_list_line line = { .what = SL_LISTED_ROLL,
                                 .path = path,
                                 .path_bytes = (size_t)len,
                                 .bytes = last != NULL ? last->bytes : 0,
                                 .files = last != NULL ? last->files : 0,
                                 .whole = roll->whole,
                                 .readable = true,
                                 .author = roll->author,
                                 .claimed = roll->claimed };

    SL_TRY(job->each(job->who, &line, err));
    if (!job->recursive)
        return SL_OK;
    job->roll = roll;
    job->rest = (struct sl_view){ 0 };
    return show_files(sl, job, j, err);
}

static sl_rc show_locker(struct sl *sl, struct listing_job *job, struct sl_journal *j, int locker,
                         bool itself, struct sl_err *err)
{
    const struct sl_vault *v = job->open->vault;
    struct sl_list_line line = { .what = SL_LISTED_LOCKER,
                                 .path = v->lockers[locker].alias,
                                 .path_bytes = strlen(v->lockers[locker].alias),
                                 .readable = v->locker_identities[locker] != NULL,
                                 .whole = true };

    if (itself)
        SL_TRY(job->each(job->who, &line, err));
    for (size_t i = 0; i < j->roll_count; i++)
        if (j->rolls[i].locker == locker)
            SL_TRY(show_roll(sl, job, j, &j->rolls[i], err));
    return SL_OK;
}

sl_rc sl_list(struct sl *sl, const struct sl_home_at *at, const char *what, bool recursive,
              sl_list_each *each, void *who, struct sl_err *err)
{
    SL_AUTO_CLEAR(vault_open) open = { 0 };
    SL_AUTO_FREE(journal) *j = NULL;
    struct sl_vault_path path;
    struct listing_job job = { .open = &open, .recursive = recursive, .each = each, .who = who };

    SL_TRY(sl_vault_open(sl, at, &open, err));
    SL_TRY(sl_vault_journal(sl, &open, false, &j, err));
    SL_TRY(sl_vault_path_read(&open, j, what, &path, err));
    if (path.roll != NULL) {
        job.roll = path.roll;
        job.rest = path.rest;
        return show_files(sl, &job, j, err);
    }
    if (path.locker >= 0)
        return show_locker(sl, &job, j, path.locker, false, err);
    for (size_t i = 0; i < open.vault->locker_count; i++)
        SL_TRY(show_locker(sl, &job, j, (int)i, true, err));
    if (shut_parts(j) > 0)
        sl_tell(sl, SL_SAY_INFO, _("%ju parts of rolls lie in lockers that are not open here"),
                (uintmax_t)shut_parts(j));
    return SL_OK;
}

/* ---- status ---- */

static sl_rc count_spool(const struct sl_vault_open *o, struct sl_status *s, struct sl_err *err)
{
    SL_AUTO_FREE(spool) *spool = NULL;

    SL_TRY(sl_spool_open(o->home, o->vault, &spool, err));
    for (size_t i = 0; i < o->vault->keeper_count; i++) {
        uint64_t waiting = 0;
        SL_TRY(sl_spool_count(spool, &o->vault->keepers[i].id, &waiting, err));
        s->waiting_objects += waiting;
    }
    return sl_state_count(o->home, o->vault, &s->unfinished, err);
}

static sl_rc fill_rolls(struct sl_status *s, const struct sl_journal *j, struct sl_err *err)
{
    s->rolls = calloc(j->roll_count + 1, sizeof *s->rolls);
    if (s->rolls == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    s->roll_count = j->roll_count;
    for (size_t i = 0; i < j->roll_count; i++) {
        const struct sl_roll *r = &j->rolls[i];
        struct sl_status_roll *to = &s->rolls[i];
        (void)snprintf(to->locker, sizeof to->locker, "%s", j->vault->lockers[r->locker].alias);
        (void)snprintf(to->roll, sizeof to->roll, "%s", r->name);
        (void)snprintf(to->author, sizeof to->author, "%s", r->author);
        to->whole = r->whole;
        to->readable = true;
        to->parts = r->part_count;
        to->packs = r->packs;
    }
    return SL_OK;
}

/* Which keepers list every shard of each roll. */
static sl_rc look_at_keepers(struct sl *sl, struct sl_status *s, struct sl_journal *j,
                             struct sl_err *err)
{
    uint64_t *lacks = calloc(j->roll_count + 1, sizeof *lacks);

    if (lacks == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    for (size_t i = 0; i < j->keeper_count; i++) {
        struct sl_keeper_report *k = &s->keepers[i];
        struct sl_err why = { 0 };
        k->away = j->keepers[i].away;
        k->lied_slips = j->keepers[i].lied;
        k->lacks_slips = j->keepers[i].lacks;
        (void)snprintf(k->first_trouble, sizeof k->first_trouble, "%s", j->keepers[i].trouble);
        sl_rc rc = k->away
                       ? SL_E_RETRY
                       : sl_restore_gaps(sl_os_of(sl), j, i, j->rolls, j->roll_count, lacks, &why);
        k->away = rc != SL_OK;
        for (size_t r = 0; rc == SL_OK && r < j->roll_count; r++) {
            k->lacks_shards += lacks[r];
            s->rolls[r].keepers_full += lacks[r] == 0 ? 1 : 0;
        }
    }
    free(lacks);
    for (size_t r = 0; r < j->roll_count; r++)
        if (s->rolls[r].keepers_full > s->need)
            s->rolls[r].may_be_lost = s->rolls[r].keepers_full - s->need;
    return SL_OK;
}

/* A home that only writes can tell who answers, and no more. */
static void knock(struct sl *sl, const struct sl_vault *v, struct sl_status *s)
{
    for (size_t i = 0; i < v->keeper_count; i++) {
        SL_AUTO_FREE(keeper) *k = NULL;
        struct sl_err why = { 0 };
        s->keepers[i].away = sl_keeper_open(sl_os_of(sl), v->keepers[i].url, &v->keepers[i].id,
                                            false, &k, &why) != SL_OK;
        (void)snprintf(s->keepers[i].first_trouble, sizeof s->keepers[i].first_trouble, "%.*s",
                       (int)strcspn(why.text, "\n"), why.text);
    }
}

/* Requests that wait: for this trustee's answer, or for answers to this person. */
static unsigned count_requests(const struct sl_vault *v, const struct sl_journal *j)
{
    uint8_t mine[SL_SIGN_PUBLIC_BYTES];
    unsigned count = 0;

    sl_sign_key_public(&v->sign, mine);
    for (size_t i = 0; i < j->entry_count; i++) {
        const struct sl_journal_entry *e = &j->entries[i];
        bool answered = false;
        if (e->kind != SL_ENTRY_REQUEST || e->belief != SL_BELIEF_YES)
            continue;
        for (size_t k = 0; k < j->entry_count && v->role == SL_ROLE_TRUSTEE; k++)
            answered |=
                j->entries[k].kind == SL_ENTRY_ANSWER &&
                sl_same(j->entries[k].request, e->request, sizeof e->request) &&
                sl_same(j->sessions[j->entries[k].session].explained.author, mine, sizeof mine);
        bool own = sl_same(j->sessions[e->session].explained.author, mine, sizeof mine) &&
                   e->locker >= 0 && v->locker_identities[e->locker] == NULL;
        count += v->role == SL_ROLE_TRUSTEE ? !answered : own;
    }
    return count;
}

static sl_rc look_at_trustees(const struct sl_vault_open *o, struct sl_journal *j,
                              struct sl_status *s, struct sl_err *err)
{
    struct sl_acceptances have;

    if (o->vault->quorum_bytes == 0)
        return SL_OK;
    SL_TRY(sl_vault_acceptances(o->vault, j, &have, err));
    s->quorum = have.quorum.need;
    s->trustee_count = have.quorum.count;
    s->accepted = have.count;
    s->test_opened = have.opened;
    for (unsigned i = 0; i < s->trustee_count; i++) {
        (void)snprintf(s->trustees[i].alias, sizeof s->trustees[i].alias, "%s",
                       o->vault->trustees[i].alias);
        s->trustees[i].accepted = (have.accepted >> (i + 1) & 1) != 0;
        s->trustees[i].lied = (have.lied >> (i + 1) & 1) != 0;
    }
    s->requests = count_requests(o->vault, j);
    return SL_OK;
}

sl_rc sl_status_of(struct sl *sl, const struct sl_home_at *at, struct sl_status *ret,
                   struct sl_err *err)
{
    SL_AUTO_CLEAR(vault_open) open = { 0 };
    SL_AUTO_FREE(journal) *j = NULL;

    *ret = (struct sl_status){ 0 };
    SL_TRY(sl_vault_open(sl, at, &open, err));
    (void)snprintf(ret->production, sizeof ret->production, "%s", open.vault->alias);
    ret->need = open.vault->need;
    ret->keeper_count = (unsigned)open.vault->keeper_count;
    ret->locker_count = (unsigned)open.vault->locker_count;
    for (size_t i = 0; i < open.vault->keeper_count; i++)
        (void)snprintf(ret->keepers[i].alias, sizeof ret->keepers[i].alias, "%s",
                       open.vault->keepers[i].alias);
    SL_TRY(count_spool(&open, ret, err));
    ret->can_read = open.vault->care_identity != NULL;
    if (!ret->can_read) {
        knock(sl, open.vault, ret);
        return SL_OK;
    }
    SL_TRY(sl_vault_journal(sl, &open, false, &j, err));
    ret->entries = j->entry_count;
    ret->sessions = j->session_count;
    ret->unknown_entries = j->unknown_kinds + j->unbelieved;
    ret->shut_parts = shut_parts(j);
    ret->unbelieved = j->unbelieved;
    ret->missing_entries = j->missing;
    ret->convicted = j->convicted;
    SL_TRY(look_at_trustees(&open, j, ret, err));
    for (size_t i = 0; i < j->keeper_count; i++)
        ret->foreign_slips += j->keepers[i].foreign;
    SL_TRY(fill_rolls(ret, j, err));
    return look_at_keepers(sl, ret, j, err);
}

void sl_status_clear(struct sl_status *s)
{
    free(s->rolls);
    *s = (struct sl_status){ 0 };
}
