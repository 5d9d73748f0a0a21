/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lockers of an open production: which there are, which this home reads, and forgetting one.
 */
#include <string.h>

#include "api/vault.h"
#include "base/say.h"
#include "home/drawer.h"

/* Whether the journal grants it to this person. */
static bool is_granted(const struct sl_vault *v, const struct sl_journal *j, int locker)
{
    uint8_t mine[SL_SIGN_PUBLIC_BYTES];

    sl_sign_key_public(&v->sign, mine);
    for (size_t i = 0; i < j->entry_count; i++) {
        const struct sl_journal_entry *e = &j->entries[i];
        if (e->kind == SL_ENTRY_GRANT && e->belief == SL_BELIEF_YES && e->locker == locker &&
            sl_same(e->to, mine, sizeof mine))
            return true;
    }
    return false;
}

static enum sl_locker_state state_of(const struct sl_vault *v, const struct sl_journal *j,
                                     int locker)
{
    if (v->locker_identities[locker] == NULL)
        return SL_LOCKER_SHUT;
    if (j != NULL && is_granted(v, j, locker))
        return SL_LOCKER_GRANTED;
    return v->quorum_bytes > 0 ? SL_LOCKER_OPENED : SL_LOCKER_HELD;
}

sl_rc sl_locker_list(struct sl *sl, const struct sl_home_at *at, sl_locker_each *each, void *who,
                     struct sl_err *err)
{
    SL_AUTO_CLEAR(vault_open) open = { 0 };
    SL_AUTO_FREE(journal) *j = NULL;
    struct sl_err why = { 0 };

    SL_TRY(sl_vault_open(sl, at, &open, err));
    /* Without keepers this home still knows what it reads; only not who granted it. */
    if (open.vault->care_identity != NULL && sl_vault_journal(sl, &open, false, &j, &why) != SL_OK)
        sl_tell(sl, SL_SAY_WARNING, "%s", why.text);
    for (size_t i = 0; i < open.vault->locker_count; i++) {
        const struct sl_locker_info *l = &open.vault->lockers[i];
        char recipient[SL_AGE_RECIPIENT_TEXT];
        sl_age_recipient_text(&l->recipient, recipient);
        struct sl_locker_line line = { .alias = l->alias,
                                       .recipient = recipient,
                                       .epoch = l->epoch,
                                       .state = state_of(open.vault, j, (int)i),
                                       .quorum = open.vault->quorum_bytes > 0 };
        SL_TRY(each(who, &line, err));
    }
    return SL_OK;
}

sl_rc sl_close_locker(struct sl *sl, const struct sl_home_at *at, const char *locker,
                      struct sl_closed_locker *ret, struct sl_err *err)
{
    SL_AUTO_CLEAR(vault_open) open = { 0 };
    SL_AUTO_FREE(journal) *j = NULL;
    char file[SL_LOCKER_FILE];
    int place = -1;

    *ret = (struct sl_closed_locker){ 0 };
    SL_TRY(sl_vault_open_as(sl, at, 0, &open, err));
    SL_TRY(sl_vault_find_locker(open.vault, locker, &place, err));
    sl_vault_locker_file(&open.vault->lockers[place], file);
    sl_rc rc = sl_drawer_forget(open.home, open.vault, SL_DRAWER_OPEN, file, err);
    if (rc != SL_OK && rc != SL_E_MISSING)
        return rc;
    ret->was_open = rc == SL_OK;
    if (rc == SL_E_MISSING && open.vault->locker_identities[place] != NULL)
        return sl_fail(err, SL_E_REFUSED,
                       _("this home holds locker '%s' itself: the production has no trustees"),
                       locker);
    /* As the keepers tell it; without them nothing can be said of grants. */
    if (sl_journal_load(sl_os_of(sl), open.vault, false, &open.voice, &j, NULL) == SL_OK)
        ret->still_granted = is_granted(open.vault, j, place);
    return SL_OK;
}
