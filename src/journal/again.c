/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One entry again: its slip fetched from any keeper that holds it, for its bodies or the whole of
 * it. See load.h.
 */
#include <string.h>

#include "base/say.h"
#include "journal/inside.h"

static sl_rc fetch_again(struct sl_journal *j, const struct sl_journal_entry *e,
                         struct sl_buf *plain, struct opened_slip *ret, struct sl_err *err)
{
    struct sl_err why = { 0 };

    for (size_t i = 0; i < j->keeper_count; i++) {
        struct sl_journal_keeper *k = &j->keepers[i];
        struct sl_object name = { .kind = SL_OBJECT_SLIP };
        struct listed *at = (e->held >> i & 1) != 0 ? sl_journal_where(j, k, e) : NULL;
        if (at == NULL || k->handle == NULL)
            continue;
        memcpy(name.name, at->name, SL_NAME_BYTES);
        if (sl_journal_fetch(j, k, &name, plain, ret, &why) == SL_OK) {
            if (memcmp(ret->hash, e->hash, sizeof e->hash) == 0)
                return SL_OK;
            (void)sl_fail(&why, SL_E_BROKEN, _("another entry stands under this name"));
        }
        sl_journal_trouble(k, why.text);
        k->lied++;
    }
    return sl_fail(err, SL_E_BROKEN, _("no keeper gives an entry that was there a moment ago: %s"),
                   why.text);
}

/* `tags` may be NULL. */
static sl_rc open_body(struct sl_journal *j, const struct sl_journal_entry *e, struct sl_buf *body,
                       struct sl_tag_key *tags, struct sl_err *err)
{
    struct sl_age_identity *with[SL_VAULT_OPENERS_MAX];
    AUTO_OPENED opened = { 0 };
    SL_AUTO_FREE(secret) *key = NULL;

    size_t count = sl_vault_openers(j->vault, with);
    SL_TRY(fetch_again(j, e, &j->plain, &opened, err));
    if (tags != NULL)
        SL_TRY(sl_secret_copy((struct sl_view){ opened.session.tag_key, SL_SESSION_KEY_BYTES },
                              &key, err));
    SL_TRY(sl_slip_body(&opened.slip, &opened.record, with, count, body, err));
    if (tags != NULL)
        tags->bytes = SL_TAKE(key);
    return SL_OK;
}

sl_rc sl_journal_body(struct sl_journal *j, const struct sl_journal_entry *e, struct sl_buf *body,
                      struct sl_err *err)
{
    sl_rc rc = open_body(j, e, body, NULL, err);

    sl_journal_forget_plain(j);
    return rc;
}

sl_rc sl_journal_part(struct sl_journal *j, const struct sl_journal_entry *e, struct sl_buf *body,
                      struct sl_tag_key *tags, struct sl_err *err)
{
    sl_rc rc = open_body(j, e, body, tags, err);

    sl_journal_forget_plain(j);
    return rc;
}

sl_rc sl_journal_care(struct sl_journal *j, const struct sl_journal_entry *e, struct sl_buf *care,
                      struct sl_err *err)
{
    AUTO_OPENED opened = { 0 };

    sl_rc rc = fetch_again(j, e, &j->plain, &opened, err);
    if (rc == SL_OK)
        rc = sl_buf_put(care, sl_slip_care_body(&opened.slip), err);
    sl_journal_forget_plain(j);
    return rc;
}

sl_rc sl_journal_whole(struct sl_journal *j, const struct sl_journal_entry *e, struct sl_buf *plain,
                       struct sl_slip *slip, struct sl_record *record, struct sl_session *session,
                       struct sl_err *err)
{
    AUTO_OPENED opened = { 0 };

    SL_TRY(fetch_again(j, e, plain, &opened, err));
    *slip = opened.slip;
    *record = opened.record;
    *session = opened.session;
    return SL_OK;
}
