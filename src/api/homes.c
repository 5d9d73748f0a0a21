/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Further homes of a production: for the set (where there are no trustees; else a kit is made), and
 * copies of this one for abroad.
 */
#include <stdio.h>
#include <string.h>

#include "api/people.h"
#include "api/scribe.h"
#include "api/vault.h"
#include "base/say.h"

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

static sl_rc copy_buf(const struct sl_buf *from, struct sl_buf *to, struct sl_err *err)
{
    *to = sl_buf_upto(from->limit);
    return sl_buf_put(to, sl_buf_view(from), err);
}

static sl_rc copy_quorum(const struct sl_vault *from, struct sl_vault *to, struct sl_err *err)
{
    to->quorum_bytes = from->quorum_bytes;
    memcpy(to->quorum, from->quorum, sizeof to->quorum);
    to->trustee_count = from->trustee_count;
    memcpy(to->trustees, from->trustees, sizeof to->trustees);
    for (size_t i = 0; i < from->locker_count; i++)
        SL_TRY(copy_buf(&from->sealed[i], &to->sealed[i], err));
    SL_TRY(copy_buf(&from->test_locker, &to->test_locker, err));
    return copy_buf(&from->test_request, &to->test_request, err);
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
    if (from->person != NULL)
        SL_TRY(copy_identity(from->person, &to->person, err));
    SL_TRY(copy_quorum(from, to, err));
    if (from->care_identity != NULL)
        SL_TRY(copy_identity(from->care_identity, &to->care_identity, err));
    return copy_secret(from->sign.bytes, &to->sign.bytes, err);
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
    SL_TRY(
        sl_alias_check((struct sl_view){ (const uint8_t *)alias, strlen(alias) }, _("home"), err));
    SL_TRY(sl_vault_open(sl, &job->at, &open, err));
    if (on_set && open.vault->role != SL_ROLE_MAKER)
        return sl_fail(err, SL_E_REFUSED, _("only the maker's home makes a home on set"));
    if (on_set && open.vault->quorum_bytes > 0)
        return sl_fail(err, SL_E_REFUSED,
                       _("this production has trustees: a capture machine gets a kit\n"
                         "  make one with: safelight kit LOCKER... --out FILE"));
    if (open.vault->role == SL_ROLE_TRUSTEE)
        return sl_fail(err, SL_E_REFUSED, _("a trustee's home is not copied: it holds a share"));
    SL_TRY(sl_vault_new(&to, err));
    copy_public(open.vault, to);
    SL_TRY(on_set ? fill_on_set(job, open.vault, to, err) : fill_abroad(open.vault, to, err));
    SL_TRY(sl_secret_new(SL_SESSION_KEY_BYTES, &to->state.bytes, err));
    SL_TRY(sl_home_open(sl_os_of(sl), job->out, true, &home, err));
    SL_TRY(sl_home_must_be_new(home, err));
    SL_TRY(sl_people_new_passphrase(sl, &job->new_from, job->new_no_passphrase,
                                    _("new passphrase of the new home"), &passphrase, err));
    if (on_set) /* first: a home that writes and was never named would be believed by nobody */
        SL_TRY(sl_scribe_announce(sl, &open, NULL, to, alias, err));
    return sl_home_store(home, to, passphrase, job->at.low_memory, err);
}
