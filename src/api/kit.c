/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Kits: made by the maker once the trustees have shown that their shares open something, announced
 * in the journal, and taken back there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/files.h"
#include "api/people.h"
#include "api/quorum.h"
#include "api/scribe.h"
#include "base/say.h"
#include "format/deeds.h"
#include "home/keys.h"
#include "journal/who.h"

#define KIT_ALIAS "kit" /* inside a kit: it knows no name of a film */

/* ---- making one ---- */

static sl_rc name_kit(const struct sl_kit_make *job, char ret[SL_ALIAS_MAX + 1], struct sl_err *err)
{
    const char *slash = strrchr(job->out, '/');
    const char *name = job->alias != NULL ? job->alias : slash != NULL ? slash + 1 : job->out;
    size_t len = strlen(name);

    if (job->alias == NULL && len > strlen(".kit") && strcmp(name + len - 4, ".kit") == 0)
        len -= strlen(".kit");
    SL_TRY(sl_alias_check((struct sl_view){ (const uint8_t *)name, len }, _("kit"), err));
    (void)snprintf(ret, SL_ALIAS_MAX + 1, "%.*s", (int)len, name);
    return SL_OK;
}

static sl_rc fill_kit(const struct sl_kit_make *job, const struct sl_vault *from,
                      struct sl_vault *to, struct sl_err *err)
{
    (void)snprintf(to->alias, sizeof to->alias, "%s", KIT_ALIAS);
    memcpy(to->production, from->production, sizeof to->production);
    memcpy(to->maker, from->maker, sizeof to->maker);
    to->role = SL_ROLE_CAPTURE;
    to->need = from->need;
    to->care = from->care;
    to->keeper_count = from->keeper_count;
    memcpy(to->keepers, from->keepers, sizeof to->keepers);
    for (size_t i = 0; i < job->locker_count; i++) {
        int at = -1;
        SL_TRY(sl_vault_find_locker(from, job->lockers[i], &at, err));
        if (sl_vault_locker(to, job->lockers[i]) >= 0)
            return sl_fail(err, SL_E_USAGE, _("locker '%s' is named twice"), job->lockers[i]);
        to->lockers[to->locker_count++] = from->lockers[at];
    }
    SL_TRY(sl_secret_new(SL_SESSION_KEY_BYTES, &to->state.bytes, err));
    return sl_sign_key_new(&to->sign, err);
}

/* Footage must not be sealed to a key that nobody can ever put together. */
static sl_rc accepted(struct sl *sl, const struct sl_vault_open *o, struct sl_journal *j,
                      const struct sl_kit_make *job, struct sl_kit_made *ret, struct sl_err *err)
{
    struct sl_acceptances have;

    if (o->vault->quorum_bytes == 0)
        return SL_OK;
    SL_TRY(sl_vault_acceptances(o->vault, j, &have, err));
    ret->accepted = have.count;
    ret->need = have.quorum.need;
    ret->opened = have.opened;
    if (have.opened)
        return SL_OK;
    if (have.count >= have.quorum.need) /* nothing to wait for: with or without the flag */
        return sl_fail(err, SL_E_REFUSED,
                       _("%u of the %u trustees that are needed have accepted, and the test locker "
                         "does not open: the founding was dealt wrongly, and what a kit seals "
                         "nobody could ever open\n"
                         "  found the production anew, on another machine: safelight init"),
                       have.count, have.quorum.need);
    if (!job->before_acceptance)
        return sl_fail(err, SL_E_REFUSED,
                       _("%u of the %u trustees that are needed have accepted and opened the test "
                         "locker: what a kit seals now, perhaps nobody could ever open\n"
                         "  wait for: safelight trustee accept; status shows who is missing\n"
                         "  --before-acceptance makes the kit all the same, at that risk"),
                       have.count, have.quorum.need);
    sl_tell(sl, SL_SAY_WARNING,
            _("only %u of %u needed trustees have opened the test locker: if a share is wrong or "
              "lost, nobody will ever open what this kit seals"),
            have.count, have.quorum.need);
    return SL_OK;
}

sl_rc sl_kit_make_one(struct sl *sl, const struct sl_kit_make *job, struct sl_kit_made *ret,
                      struct sl_err *err)
{
    SL_AUTO_CLEAR(vault_open) open = { 0 };
    SL_AUTO_FREE(journal) *j = NULL;
    SL_AUTO_FREE(vault) *kit = NULL;
    SL_AUTO_FREE(secret) *words = NULL;
    SL_AUTO_FREE(secret) *file = NULL;

    *ret = (struct sl_kit_made){ 0 };
    if (job->out == NULL || job->locker_count == 0)
        return sl_fail(err, SL_E_USAGE,
                       _("say which lockers the kit may write to, and where it is to be written"));
    SL_TRY(name_kit(job, ret->alias, err));
    SL_TRY(sl_file_must_be_new(sl, job->out, err));
    SL_TRY(sl_vault_open_as(sl, &job->at, SL_ROLE_MAKER, &open, err));
    SL_TRY(sl_vault_new(&kit, err));
    SL_TRY(fill_kit(job, open.vault, kit, err));
    SL_TRY(sl_vault_journal(sl, &open, false, &j, err));
    if (sl_journal_alias_taken(j, ret->alias))
        return sl_fail(err, SL_E_REFUSED, _("somebody is called '%s' already\n  say --name NAME"),
                       ret->alias);
    SL_TRY(accepted(sl, &open, j, job, ret, err));
    SL_TRY(sl_people_new_passphrase(sl, &job->new_from, job->new_no_passphrase,
                                    _("passphrase of the new kit"), &words, err));
    SL_TRY(sl_kit_write(kit, words, job->at.low_memory, &file, err));
    /* First: a kit that writes and was never named would be believed by nobody. */
    SL_TRY(sl_scribe_announce(sl, &open, j, kit, ret->alias, err));
    return sl_file_write_private(sl, job->out, sl_secret_expose(file), err);
}

/* ---- taking one back ---- */

struct revoking {
    struct sl_revoked_deed *deed;
    struct sl_scribe *scribe;
};

static int by_session(const void *a, const void *b)
{
    const struct sl_revoked_session *x = a, *y = b;

    return memcmp(x->session, y->session, sizeof x->session);
}

static sl_rc say_revoked(struct revoking *r, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) body = sl_buf_upto(SL_SLIP_BYTES);
    struct sl_saying says = { .kind = SL_ENTRY_REVOKED };

    qsort(r->deed->sessions, r->deed->count, sizeof r->deed->sessions[0], by_session); /* DEED-9 */
    SL_TRY(sl_revoked_deed_write(r->deed, &body, err));
    says.care = sl_buf_view(&body);
    r->deed->count = 0;
    return sl_scribe_say(r->scribe, &says, err);
}

/* What is known of the session: believed up to its newest entry without a gap before it. */
static sl_rc note_session(struct revoking *r, const struct sl_journal *j, size_t session,
                          struct sl_kit_revoked *ret, struct sl_err *err)
{
    struct sl_head head;

    if (!sl_journal_head(j, session, &head))
        return SL_OK;
    struct sl_revoked_session *s = &r->deed->sessions[r->deed->count++];
    memcpy(s->session, head.session, sizeof s->session);
    s->entries = head.number + 1;
    memcpy(s->hash, head.hash, sizeof s->hash);
    ret->sessions++;
    return r->deed->count == SL_REVOKED_SESSIONS_MAX ? say_revoked(r, err) : SL_OK;
}

static sl_rc revoke(struct sl *sl, struct sl_vault_open *o, struct sl_journal *j,
                    const uint8_t key[SL_SIGN_PUBLIC_BYTES], struct revoking *r,
                    struct sl_kit_revoked *ret, struct sl_err *err)
{
    memcpy(r->deed->key, key, sizeof r->deed->key);
    SL_TRY(sl_scribe_open(sl, o->home, o->vault, j, false, &r->scribe, err));
    for (size_t i = 0; i < j->session_count; i++)
        if (sl_same(j->sessions[i].explained.author, key, SL_SIGN_PUBLIC_BYTES) &&
            j->sessions[i].believed)
            SL_TRY(note_session(r, j, i, ret, err));
    if (r->deed->count > 0 || ret->sessions == 0)
        SL_TRY(say_revoked(r, err));
    SL_TRY(sl_scribe_close(r->scribe, err));
    return sl_scribe_send(r->scribe, err);
}

sl_rc sl_kit_revoke_one(struct sl *sl, const struct sl_home_at *at, const char *alias,
                        struct sl_kit_revoked *ret, struct sl_err *err)
{
    SL_AUTO_CLEAR(vault_open) open = { 0 };
    SL_AUTO_FREE(journal) *j = NULL;
    struct revoking r = { 0 };
    uint8_t key[SL_SIGN_PUBLIC_BYTES];

    *ret = (struct sl_kit_revoked){ 0 };
    SL_TRY(sl_vault_open_as(sl, at, SL_ROLE_MAKER, &open, err));
    SL_TRY(sl_vault_journal(sl, &open, true, &j, err));
    if (!sl_journal_author_key(j, alias, SL_ROLE_CAPTURE, key))
        return sl_fail(err, SL_E_MISSING, _("no kit is called '%s'"), sl_show(alias).text);
    if (sl_journal_revoked(j, key))
        return sl_fail(err, SL_E_REFUSED, _("the kit '%s' is revoked already"), alias);
    for (size_t i = 0; i < j->entry_count; i++)
        ret->parts +=
            j->entries[i].kind == SL_ENTRY_PART && j->entries[i].belief == SL_BELIEF_YES &&
                    sl_same(j->sessions[j->entries[i].session].explained.author, key, sizeof key)
                ? 1
                : 0;
    r.deed = calloc(1, sizeof *r.deed);
    if (r.deed == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    sl_rc rc = revoke(sl, &open, j, key, &r, ret, err);
    free(r.deed);
    sl_scribe_free(r.scribe);
    return rc;
}
