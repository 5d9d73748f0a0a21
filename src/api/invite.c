/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Invitations and grants, by those who have something to give. See invite.h.
 */
#include "api/invite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/scribe.h"
#include "base/say.h"
#include "crypto/words.h"
#include "format/deeds.h"
#include "format/pen.h"
#include "format/person.h"
#include "journal/who.h"
#include "quorum/quorum.h"

/* ---- one invitation ---- */

struct secrets { /* texts of identities, as an invitation points to them */
    struct sl_secret *care, *lockers[SL_LOCKERS_MAX];
};

static void secrets_clear(struct secrets *s)
{
    sl_secret_free(s->care);
    for (size_t i = 0; i < SL_LOCKERS_MAX; i++)
        sl_secret_free(s->lockers[i]);
}

static struct sl_view bare(const struct sl_secret *text)
{
    return (struct sl_view){ sl_secret_expose(text).at, SL_AGE_IDENTITY_TEXT - 1 };
}

static sl_rc fill(const struct sl_inviting *in, struct secrets *texts, struct sl_invitation *i,
                  struct sl_err *err)
{
    const struct sl_vault *v = in->vault;

    i->as = in->share != NULL ? SL_INVITED_TRUSTEE : SL_INVITED_MEMBER;
    memcpy(i->to, in->to->card.sign, sizeof i->to);
    i->founding = in->founding;
    SL_TRY(sl_age_identity_text(v->care_identity, &texts->care, err));
    i->care_identity = bare(texts->care);
    if (in->share != NULL)
        i->share = sl_secret_expose(in->share);
    i->test_locker = sl_buf_view(&v->test_locker);
    i->test_request = sl_buf_view(&v->test_request);
    for (size_t n = 0; n < v->locker_count && v->quorum_bytes > 0; n++)
        i->sealed[i->sealed_count++] = sl_buf_view(&v->sealed[n]);
    for (size_t n = 0; n < in->grant_count; n++) {
        const struct sl_locker_info *l = &v->lockers[in->grants[n]];
        struct sl_invited_grant *g = &i->grants[i->grant_count++];
        SL_TRY(sl_age_identity_text(v->locker_identities[in->grants[n]], &texts->lockers[n], err));
        *g = (struct sl_invited_grant){ l->id, l->epoch, bare(texts->lockers[n]) };
    }
    return SL_OK;
}

static sl_rc write_out(struct sl *sl, const struct sl_inviting *in, const struct sl_invitation *i,
                       char words[SL_WORDS_TEXT], struct sl_err *err)
{
    SL_AUTO_FREE(secret) *room = NULL;

    SL_TRY(sl_secret_blank(SL_INVITATION_MAX, &room, err));
    struct sl_buf plain = sl_buf_fixed(sl_secret_fill(room), SL_INVITATION_MAX);
    SL_TRY(sl_invitation_write(i, &in->vault->sign, &plain, err));
    sl_words_of("invitation", sl_buf_view(&plain), words);
    return sl_file_sealed_write(sl, in->out, sl_buf_view(&plain), &in->to->card.recipient, err);
}

sl_rc sl_invitation_make(struct sl *sl, const struct sl_inviting *in, char words[SL_WORDS_TEXT],
                         struct sl_err *err)
{
    struct sl_invitation *i = calloc(1, sizeof *i);
    struct secrets texts = { 0 };

    if (i == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    sl_rc rc = fill(in, &texts, i, err);
    if (rc == SL_OK)
        rc = write_out(sl, in, i, words, err);
    secrets_clear(&texts);
    free(i);
    return rc == SL_OK ? SL_OK
                       : sl_note(err, rc, _("writing the invitation of '%s'"), in->to->alias);
}

/* ---- entries ---- */

sl_rc sl_invited_say_grant(struct sl_scribe *b, const struct sl_vault *v, int locker,
                           const struct sl_card_file *to, struct sl_err *err)
{
    SL_AUTO_FREE(secret) *text = NULL;
    SL_AUTO_FREE(secret) *room = NULL;
    SL_AUTO_CLEAR(buf) care = sl_buf_upto(4096);
    const struct sl_locker_info *l = &v->lockers[locker];
    struct sl_grant_care about = { .locker = l->id, .epoch = l->epoch };
    struct sl_grant_body grant = { .locker = l->id, .epoch = l->epoch };
    struct sl_saying says = { .kind = SL_ENTRY_GRANT, .to = &to->card.recipient, .to_count = 1 };

    memcpy(about.to, to->card.sign, sizeof about.to);
    SL_TRY(sl_grant_care_write(&about, &care, err));
    SL_TRY(sl_age_identity_text(v->locker_identities[locker], &text, err));
    grant.identity = bare(text);
    SL_TRY(sl_secret_blank(4096, &room, err));
    struct sl_buf body = sl_buf_fixed(sl_secret_fill(room), 4096);
    SL_TRY(sl_grant_body_write(&grant, &body, err));
    says.body = sl_buf_view(&body);
    says.care = sl_buf_view(&care);
    return sl_scribe_say(b, &says, err);
}

/* ---- invite ---- */

/* Whoever was named already keeps the name; a name stands for one key. */
static sl_rc check_alias(const struct sl_journal *j, const struct sl_vault *v,
                         const struct sl_card_file *c, bool *known, struct sl_err *err)
{
    char have[SL_ALIAS_MAX + 1];

    for (size_t i = 0; i < v->trustee_count; i++)
        if (strcmp(v->trustees[i].alias, c->alias) == 0)
            return sl_fail(err, SL_E_REFUSED, _("'%s' is a trustee's name already"), c->alias);
    if (sl_same(c->card.sign, v->maker, sizeof v->maker))
        return sl_fail(err, SL_E_REFUSED, _("this card is the maker's own"));
    enum sl_role role = sl_journal_role_of(j, c->card.sign, have);
    *known = role == SL_ROLE_MEMBER;
    if (role == SL_ROLE_TRUSTEE)
        return sl_fail(err, SL_E_REFUSED,
                       _("the key on this card is trustee '%s': who decides does not read\n"
                         "  ask for a card of another home"),
                       have);
    if (*known && sl_journal_revoked(j, c->card.sign))
        return sl_fail(err, SL_E_REFUSED, _("the key on this card was taken back"));
    if (*known && strcmp(have, c->alias) != 0)
        return sl_fail(err, SL_E_REFUSED,
                       _("the key on this card is invited already, as '%s'\n"
                         "  one key twice is refused; invite again with: %s=%s"),
                       have, have, sl_show(c->path).text);
    if (!*known && sl_journal_alias_taken(j, c->alias))
        return sl_fail(err, SL_E_REFUSED,
                       _("somebody else is called '%s' already\n  choose another: ALIAS=%s"),
                       c->alias, sl_show(c->path).text);
    return SL_OK;
}

static sl_rc find_grants(const struct sl_vault *v, const struct sl_invite *job, int *places,
                         struct sl_err *err)
{
    for (size_t i = 0; i < job->grant_count; i++) {
        SL_TRY(sl_vault_find_locker(v, job->grants[i], &places[i], err));
        if (v->locker_identities[places[i]] == NULL)
            return sl_fail(err, SL_E_REFUSED,
                           _("locker '%s' is not open on this machine, so it cannot be granted\n"
                             "  ask the trustees first: safelight open %s --reason ..."),
                           job->grants[i], job->grants[i]);
        for (size_t k = 0; k < i; k++)
            if (places[k] == places[i])
                return sl_fail(err, SL_E_USAGE, _("locker '%s' is named twice"), job->grants[i]);
    }
    return SL_OK;
}

/* The salted founding, out of its own slip. */
static sl_rc founding_of(struct sl_journal *j, struct sl_buf *plain, struct sl_view *ret,
                         struct sl_err *err)
{
    for (size_t i = 0; i < j->entry_count; i++) {
        struct sl_slip slip;
        struct sl_record record;
        struct sl_session session;
        if (j->entries[i].kind != SL_ENTRY_FOUNDING || j->entries[i].belief != SL_BELIEF_YES)
            continue;
        sl_rc rc = sl_journal_whole(j, &j->entries[i], plain, &slip, &record, &session, err);
        sl_wipe(&session, sizeof session);
        SL_TRY(rc);
        *ret = slip.care_body;
        return SL_OK;
    }
    return sl_fail(err, SL_E_MISSING, _("no keeper gives the entry of the founding"));
}

static sl_rc say_all(struct sl *sl, struct sl_vault_open *o, struct sl_journal *j,
                     const struct sl_card_file *card, bool known, const int *grants, size_t count,
                     struct sl_err *err)
{
    SL_AUTO_FREE(scribe) *b = NULL;

    SL_TRY(sl_scribe_open(sl, o->home, o->vault, j, false, &b, err));
    if (!known)
        SL_TRY(sl_scribe_say_author(b, card->card.sign, SL_ROLE_MEMBER, card->alias, err));
    for (size_t i = 0; i < count; i++)
        SL_TRY(sl_invited_say_grant(b, o->vault, grants[i], card, err));
    SL_TRY(sl_scribe_close(b, err));
    return sl_scribe_send(b, err);
}

sl_rc sl_invite_person(struct sl *sl, const struct sl_invite *job, struct sl_invited *ret,
                       struct sl_err *err)
{
    SL_AUTO_CLEAR(vault_open) open = { 0 };
    SL_AUTO_FREE(journal) *j = NULL;
    SL_AUTO_CLEAR(buf) plain = sl_buf_upto(SL_SLIP_BYTES);
    struct sl_card_file card;
    struct sl_inviting in = { .to = &card };
    int grants[SL_LOCKERS_MAX];
    bool known = false;

    *ret = (struct sl_invited){ 0 };
    if (job->card == NULL || job->grant_count > SL_LOCKERS_MAX)
        return sl_fail(err, SL_E_USAGE, _("say whose card it is, and at most %u lockers"),
                       SL_LOCKERS_MAX);
    SL_TRY(sl_card_file_read(sl, job->card, &card, err));
    if (job->out != NULL)
        (void)snprintf(ret->out, sizeof ret->out, "%s", job->out);
    else
        SL_TRY(sl_card_file_beside(&card, NULL, ".invite", ret->out, sizeof ret->out, err));
    SL_TRY(sl_file_must_be_new(sl, ret->out, err));
    SL_TRY(sl_vault_open_as(sl, &job->at, SL_ROLE_MAKER, &open, err));
    SL_TRY(sl_vault_journal(sl, &open, false, &j, err));
    SL_TRY(check_alias(j, open.vault, &card, &known, err));
    SL_TRY(find_grants(open.vault, job, grants, err));
    SL_TRY(founding_of(j, &plain, &in.founding, err));
    in.vault = open.vault;
    in.grants = grants;
    in.grant_count = job->grant_count;
    in.out = ret->out;
    SL_TRY(sl_invitation_make(sl, &in, ret->words, err));
    (void)snprintf(ret->alias, sizeof ret->alias, "%s", card.alias);
    memcpy(ret->card_words, card.words, sizeof ret->card_words);
    return say_all(sl, &open, j, &card, known, grants, job->grant_count, err);
}

/* ---- grant ---- */

sl_rc sl_grant_locker(struct sl *sl, const struct sl_grant *job, struct sl_granted *ret,
                      struct sl_err *err)
{
    SL_AUTO_CLEAR(vault_open) open = { 0 };
    SL_AUTO_FREE(journal) *j = NULL;
    struct sl_invite lockers = { .grants = &job->locker, .grant_count = 1 };
    struct sl_card_file card;
    char have[SL_ALIAS_MAX + 1];
    int locker = -1;

    *ret = (struct sl_granted){ 0 };
    SL_TRY(sl_card_file_read(sl, job->card, &card, err));
    SL_TRY(sl_vault_open_as(sl, &job->at, 0, &open, err));
    if (open.vault->role == SL_ROLE_TRUSTEE)
        return sl_fail(err, SL_E_REFUSED, _("a trustee grants nothing: only consents, or refuses"));
    SL_TRY(sl_vault_journal(sl, &open, false, &j, err));
    SL_TRY(find_grants(open.vault, &lockers, &locker, err));
    if (sl_journal_role_of(j, card.card.sign, have) != SL_ROLE_MEMBER)
        return sl_fail(err, SL_E_REFUSED,
                       _("the key on this card is not invited\n"
                         "  the maker invites: safelight invite %s --grant %s"),
                       sl_show(card.path).text, job->locker);
    (void)snprintf(card.alias, sizeof card.alias, "%s", have);
    (void)snprintf(ret->alias, sizeof ret->alias, "%s", have);
    memcpy(ret->words, card.words, sizeof ret->words);
    return say_all(sl, &open, j, &card, true, &locker, 1, err);
}
