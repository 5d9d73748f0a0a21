/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Accepting an invitation: from a sealed file to a production in this home. A trustee's share is
 * held against the commitments first; then the answer for the test locker says, signed, that it is
 * right.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/files.h"
#include "api/people.h"
#include "api/quorum.h"
#include "api/scribe.h"
#include "base/say.h"
#include "crypto/words.h"
#include "format/deeds.h"
#include "home/keys.h"
#include "quorum/answer.h"

#define PATH_ROOM   4096u
#define NAMES_TRIED 1000u

struct accepting {
    struct sl *sl;
    const struct sl_accept *job;
    struct sl_home *home;
    struct sl_person_here me;
    struct sl_secret *plain; /* the invitation; its views point here */
    struct sl_invitation in;
    struct sl_founding founding;
    struct sl_vault *vault;
    struct sl_share share;
};

static void accepting_free(struct accepting *a)
{
    sl_share_clear(&a->share);
    sl_vault_free(a->vault);
    sl_secret_free(a->plain);
    sl_person_here_clear(&a->me);
    sl_home_free(a->home);
    free(a);
}

/* ---- reading it ---- */

static sl_rc open_invitation(struct accepting *a, struct sl_accepted *ret, struct sl_err *err)
{
    char path[PATH_ROOM];
    uint8_t mine[SL_SIGN_PUBLIC_BYTES];
    struct sl_sign_key sign = { 0 };

    SL_TRY(sl_vault_home_path(&a->job->at, path, sizeof path, err));
    SL_TRY(sl_home_open(sl_os_of(a->sl), path, false, &a->home, err));
    SL_TRY(sl_home_person(a->home, &a->job->at.from, &a->me.words, &a->me.person, err));
    sl_rc rc = sl_file_sealed_read(a->sl, a->job->invitation, a->me.person, SL_INVITATION_MAX,
                                   &a->plain, err);
    if (rc == SL_E_REFUSED)
        return sl_fail(err, rc,
                       _("'%s' is sealed to somebody else: it does not open with this home's "
                         "identity\n  ask the maker for one to the card of this home"),
                       sl_show(a->job->invitation).text);
    if (rc != SL_OK) /* a file that people copy about: to be had anew, no sign of failing storage */
        return sl_note(err, rc == SL_E_BROKEN ? SL_E_USAGE : rc, _("reading the invitation '%s'"),
                       sl_show(a->job->invitation).text);
    SL_TRY(sl_invitation_read(sl_secret_expose(a->plain), &a->in, &a->founding, err));
    SL_TRY(sl_person_sign_key(a->me.person, &sign, err));
    sl_sign_key_public(&sign, mine);
    sl_secret_free(sign.bytes);
    if (!sl_same(mine, a->in.to, sizeof mine))
        return sl_fail(err, SL_E_REFUSED,
                       _("this invitation names another person than this home's"));
    sl_words_of("invitation", sl_secret_expose(a->plain), ret->words);
    sl_words_of("key", (struct sl_view){ a->founding.maker, sizeof a->founding.maker },
                ret->maker_words);
    if (a->job->trustee == (a->in.as == SL_INVITED_TRUSTEE))
        return SL_OK;
    return sl_fail(err, SL_E_USAGE,
                   a->job->trustee ? _("this invitation is for reading, not for a trustee\n"
                                       "  accept it with: safelight person accept")
                                   : _("this invitation is a trustee's\n"
                                       "  accept it with: safelight trustee accept"));
}

/* ---- the vault it becomes ---- */

static sl_rc copy_view(struct sl_view from, size_t most, struct sl_buf *to, struct sl_err *err)
{
    *to = sl_buf_upto(most);
    return sl_buf_put(to, from, err);
}

static sl_rc fill_keys(struct accepting *a, struct sl_vault *v, struct sl_err *err)
{
    SL_AUTO_FREE(secret) *text = NULL;

    SL_TRY(sl_age_identity_text(a->me.person, &text, err));
    SL_TRY(sl_age_identity_read(
        (struct sl_view){ sl_secret_expose(text).at, SL_AGE_IDENTITY_TEXT - 1 }, &v->person, err));
    SL_TRY(sl_person_sign_key(a->me.person, &v->sign, err));
    SL_TRY(sl_secret_new(SL_SESSION_KEY_BYTES, &v->state.bytes, err));
    return sl_age_identity_read(a->in.care_identity, &v->care_identity, err);
}

static sl_rc fill_quorum(struct accepting *a, struct sl_vault *v, struct sl_err *err)
{
    const struct sl_founding *f = &a->founding;

    v->quorum_bytes = f->quorum_bytes;
    memcpy(v->quorum, f->quorum, sizeof v->quorum);
    v->trustee_count = f->trustee_count;
    memcpy(v->trustees, f->trustees, sizeof v->trustees);
    for (size_t i = 0; i < a->in.sealed_count; i++)
        SL_TRY(copy_view(a->in.sealed[i], SL_CARRIED_MAX, &v->sealed[i], err));
    SL_TRY(copy_view(a->in.test_locker, SL_CARRIED_MAX, &v->test_locker, err));
    return copy_view(a->in.test_request, SL_CARRIED_MAX, &v->test_request, err);
}

static sl_rc fill_vault(struct accepting *a, struct sl_err *err)
{
    const struct sl_founding *f = &a->founding;

    SL_TRY(sl_vault_new(&a->vault, err));
    struct sl_vault *v = a->vault;
    v->role = a->in.as == SL_INVITED_TRUSTEE ? SL_ROLE_TRUSTEE : SL_ROLE_MEMBER;
    sl_production_of(a->in.founding, v->production);
    memcpy(v->maker, f->maker, sizeof v->maker);
    v->need = f->need;
    v->care = f->care;
    v->keeper_count = f->keeper_count;
    memcpy(v->keepers, f->keepers, sizeof v->keepers);
    v->locker_count = f->locker_count;
    memcpy(v->lockers, f->lockers, sizeof v->lockers);
    SL_TRY(fill_keys(a, v, err));
    return fill_quorum(a, v, err);
}

/* Every locker that came is the one that the founding names, and sealed to this quorum. */
static sl_rc check_sealed(const struct accepting *a, const struct sl_quorum *q, struct sl_err *err)
{
    const struct sl_vault *v = a->vault;
    char recipient[SL_AGE_RECIPIENT_TEXT];

    for (size_t i = 0; i < v->locker_count; i++) {
        struct sl_sealed_locker l;
        SL_TRY(sl_locker_read(sl_buf_view(&v->sealed[i]), &l, err));
        sl_age_recipient_text(&v->lockers[i].recipient, recipient);
        if (!sl_id_same(&l.locker, &v->lockers[i].id) || l.epoch != v->lockers[i].epoch ||
            strcmp(l.recipient, recipient) != 0)
            return sl_fail(err, SL_E_REFUSED,
                           _("locker '%s' in this invitation is not the one of the founding"),
                           v->lockers[i].alias);
        SL_TRY(sl_locker_check(q, &l, err));
    }
    return SL_OK;
}

/* ---- a trustee's ---- */

static unsigned number_of(const struct sl_quorum *q, const uint8_t key[SL_SIGN_PUBLIC_BYTES])
{
    for (unsigned i = 0; i < q->count; i++)
        if (sl_same(q->keys[i], key, SL_SIGN_PUBLIC_BYTES))
            return i + 1;
    return 0;
}

static sl_rc check_share(struct accepting *a, const struct sl_quorum *q, struct sl_accepted *ret,
                         struct sl_err *err)
{
    ret->number = number_of(q, a->in.to);
    if (ret->number == 0)
        return sl_fail(err, SL_E_REFUSED, _("this home is not among the trustees of the founding"));
    struct sl_err why = { 0 };
    sl_rc rc = sl_share_read(a->in.share, &a->share, &why);
    if (rc == SL_OK && a->share.number != ret->number)
        rc = sl_fail(&why, SL_E_REFUSED, _("the share is number %u's, not number %u's"),
                     a->share.number, ret->number);
    if (rc == SL_OK)
        rc = sl_share_check(q, &a->share, &why);
    if (rc == SL_OK)
        return SL_OK;
    if (rc == SL_E_SYSTEM)
        return sl_fail(err, rc, "%s", why.text);
    return sl_fail(
        err, SL_E_REFUSED,
        _("the maker of this production dealt you a share that does not fit what the maker "
          "published: %s\n"
          "  nothing was accepted; tell the other trustees (key of the maker: %s)"),
        why.text, ret->maker_words);
}

/* Answer for the test locker: the signed acknowledgement. */
static sl_rc acknowledge(const struct sl_vault *v, const struct sl_share *share,
                         struct sl_answer *ret, struct sl_err *err)
{
    struct sl_quorum q;
    struct sl_sealed_locker test;
    struct sl_request request;
    struct sl_asked asked = { &q, &test, &request };

    SL_TRY(sl_vault_quorum(v, &q, err));
    SL_TRY(sl_locker_read(sl_buf_view(&v->test_locker), &test, err));
    SL_TRY(sl_request_read(sl_buf_view(&v->test_request), &request, err));
    if (!sl_same(request.requester, v->maker, sizeof v->maker))
        return sl_fail(err, SL_E_REFUSED, _("the test in this invitation is not the maker's"));
    return sl_answer_yes(&asked, share, &v->sign, NULL, ret, err);
}

static sl_rc say_accepted(struct sl *sl, struct sl_vault_open *o, const struct sl_answer *answer,
                          struct sl_err *err)
{
    SL_AUTO_FREE(journal) *j = NULL;
    SL_AUTO_CLEAR(buf) body = sl_buf_upto(4096);
    struct sl_accepted_deed deed = { { answer->bytes, sizeof answer->bytes } };
    struct sl_saying says = { .kind = SL_ENTRY_ACCEPTED };
    struct sl_err why = { 0 };

    SL_TRY(sl_accepted_deed_write(&deed, &body, err));
    says.care = sl_buf_view(&body);
    if (sl_vault_journal(sl, o, false, &j, &why) != SL_OK) /* no keeper: said without heads */
        sl_tell(sl, SL_SAY_WARNING, "%s", why.text);
    return sl_scribe_once(sl, o, j, &says, 1, err);
}

/* To a file as text, or to the journal. */
static sl_rc give_acknowledgement(struct accepting *a, const struct sl_share *share,
                                  struct sl_vault_open *o, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) sealed = sl_buf_upto(4096);
    struct sl_answer answer;
    struct sl_request request;
    struct sl_age_recipient maker;

    SL_TRY(acknowledge(o->vault, share, &answer, err));
    if (a->job->out == NULL)
        return say_accepted(a->sl, o, &answer, err);
    SL_TRY(sl_request_read(sl_buf_view(&o->vault->test_request), &request, err));
    SL_TRY(sl_age_recipient_read(
        (struct sl_view){ (const uint8_t *)request.recipient, strlen(request.recipient) }, &maker,
        err));
    SL_TRY(sl_age_seal(&maker, 1, (struct sl_view){ answer.bytes, sizeof answer.bytes }, &sealed,
                       err));
    return sl_file_post_write(a->sl, a->job->out, SL_POST_ANSWER, sl_buf_view(&sealed), err);
}

/* ---- storing it ---- */

struct looking { /* for a production that is here already */
    struct accepting *a;
    char alias[SL_ALIAS_MAX + 1];
    enum sl_role role;
};

static sl_rc is_this(void *who, const char *alias, struct sl_err *err)
{
    struct looking *l = who;
    SL_AUTO_FREE(vault) *v = NULL;

    (void)err;
    if (sl_home_load_with(l->a->home, alias, l->a->me.words, &v, NULL) != SL_OK ||
        memcmp(v->production, l->a->vault->production, sizeof v->production) != 0)
        return SL_OK;
    (void)snprintf(l->alias, sizeof l->alias, "%s", alias);
    l->role = v->role;
    return SL_OK;
}

static sl_rc choose_alias(struct accepting *a, struct sl_err *err)
{
    struct sl_vault *v = a->vault;
    const char *said = a->job->at.production;

    if (said != NULL) {
        SL_TRY(sl_alias_check((struct sl_view){ (const uint8_t *)said, strlen(said) },
                              _("production"), err));
        if (sl_home_knows(a->home, said))
            return sl_fail(err, SL_E_REFUSED,
                           _("this home has another production called '%s'\n"
                             "  choose a name with --production NAME"),
                           said);
        (void)snprintf(v->alias, sizeof v->alias, "%s", said);
        return SL_OK;
    }
    (void)snprintf(v->alias, sizeof v->alias, "film");
    for (unsigned i = 2; sl_home_knows(a->home, v->alias) && i < NAMES_TRIED; i++)
        (void)snprintf(v->alias, sizeof v->alias, "film-%u", i);
    return SL_OK;
}

static sl_rc keep_grants(struct accepting *a, struct sl_vault_open *o, struct sl_accepted *ret,
                         struct sl_err *err)
{
    for (size_t i = 0; i < a->in.grant_count; i++) {
        SL_AUTO_FREE(age_identity) *identity = NULL;
        const struct sl_invited_grant *g = &a->in.grants[i];
        int locker = sl_vault_locker_of(o->vault, &g->locker, g->epoch);
        if (locker < 0)
            return sl_fail(err, SL_E_REFUSED,
                           _("this invitation grants a locker that is not there"));
        SL_TRY(sl_age_identity_read(g->identity, &identity, err));
        SL_TRY(sl_vault_keep_locker(o, locker, identity, err));
        ret->granted++;
    }
    return SL_OK;
}

/* Share and grants first; the vault makes it a production. */
static sl_rc store(struct accepting *a, struct sl_vault_open *o, struct sl_accepted *ret,
                   struct sl_err *err)
{
    SL_TRY(choose_alias(a, err));
    if (a->in.as == SL_INVITED_TRUSTEE) {
        SL_AUTO_FREE(secret) *share = NULL;
        SL_TRY(sl_share_write(&a->share, &share, err));
        SL_TRY(
            sl_home_share_store(a->home, a->vault, share, a->me.words, a->job->at.low_memory, err));
    }
    SL_TRY(keep_grants(a, o, ret, err));
    return sl_home_store(a->home, a->vault, a->me.words, a->job->at.low_memory, err);
}

static sl_rc take_up(struct accepting *a, struct sl_accepted *ret, struct sl_err *err)
{
    struct sl_vault_open o = { .voice = sl_vault_voice(a->sl) };
    struct looking here = { .a = a };
    struct sl_quorum q = { 0 };
    bool trustee = a->job->trustee;

    if (a->job->out != NULL)
        SL_TRY(sl_file_must_be_new(a->sl, a->job->out, err));
    SL_TRY(open_invitation(a, ret, err));
    SL_TRY(fill_vault(a, err));
    if (a->vault->quorum_bytes > 0) {
        SL_TRY(sl_vault_quorum(a->vault, &q, err));
        SL_TRY(check_sealed(a, &q, err));
        ret->need = q.need;
        ret->trustees = q.count;
    }
    if (trustee)
        SL_TRY(check_share(a, &q, ret, err));
    SL_TRY(sl_home_productions(a->home, is_this, &here, err));
    ret->again = here.alias[0] != '\0';
    o.home = a->home;
    o.vault = a->vault;
    if (ret->again && here.role != a->vault->role)
        return sl_fail(
            err, SL_E_REFUSED,
            _("this home takes part in that production already, as something else: '%s'"),
            here.alias);
    if (ret->again) {
        (void)snprintf(a->vault->alias, sizeof a->vault->alias, "%s", here.alias);
        SL_TRY(keep_grants(a, &o, ret, err));
    } else {
        SL_TRY(store(a, &o, ret, err));
    }
    (void)snprintf(ret->production, sizeof ret->production, "%s", a->vault->alias);
    ret->lockers = (unsigned)a->vault->locker_count;
    return trustee ? give_acknowledgement(a, &a->share, &o, err) : SL_OK;
}

sl_rc sl_accept_invitation(struct sl *sl, const struct sl_accept *job, struct sl_accepted *ret,
                           struct sl_err *err)
{
    struct accepting *a = calloc(1, sizeof *a);

    *ret = (struct sl_accepted){ 0 };
    if (a == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    a->sl = sl;
    a->job = job;
    sl_rc rc = job->invitation != NULL
                   ? take_up(a, ret, err)
                   : sl_fail(err, SL_E_USAGE, _("say which invitation is accepted"));
    accepting_free(a);
    return rc;
}

/* ---- trustee verify ---- */

sl_rc sl_share_verify(struct sl *sl, const struct sl_home_at *at, struct sl_accepted *ret,
                      struct sl_err *err)
{
    SL_AUTO_CLEAR(vault_open) open = { 0 };
    struct sl_share share = { 0 };
    struct sl_quorum q;

    *ret = (struct sl_accepted){ 0 };
    SL_TRY(sl_vault_open_as(sl, at, SL_ROLE_TRUSTEE, &open, err));
    SL_TRY(sl_vault_quorum(open.vault, &q, err));
    sl_rc rc = sl_vault_share(&open, &share, err);
    if (rc == SL_OK)
        rc = sl_share_check(&q, &share, err);
    ret->number = share.number;
    sl_share_clear(&share);
    SL_TRY(rc);
    (void)snprintf(ret->production, sizeof ret->production, "%s", open.vault->alias);
    ret->need = q.need;
    ret->trustees = q.count;
    ret->lockers = (unsigned)open.vault->locker_count;
    return SL_OK;
}

/* ---- acks: those that came by hand ---- */

static sl_rc take_ack(struct sl *sl, struct sl_vault_open *o, const char *path,
                      struct sl_buf *answer, unsigned *number, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) sealed = sl_buf_upto(SL_POST_TEXT_MAX);
    struct sl_age_identity *const with[] = { o->vault->person };

    SL_TRY(sl_file_post(sl, path, SL_POST_ANSWER, &sealed, err));
    sl_rc rc = sl_age_open(sl_buf_view(&sealed), with, 1, answer, err);
    if (rc == SL_E_REFUSED)
        return sl_fail(err, rc, _("'%s' is an answer to somebody else"), sl_show(path).text);
    if (rc == SL_OK)
        rc = sl_vault_acceptance(o->vault, sl_buf_view(answer), number, err);
    return rc == SL_OK ? SL_OK : sl_note(err, rc, _("reading '%s'"), sl_show(path).text);
}

sl_rc sl_acks_take(struct sl *sl, const struct sl_home_at *at, const char *const *files,
                   size_t count, struct sl_ack_taken *ret, struct sl_err *err)
{
    SL_AUTO_CLEAR(vault_open) open = { 0 };
    SL_AUTO_FREE(journal) *j = NULL;
    SL_AUTO_FREE(scribe) *b = NULL;
    struct sl_acceptances have;

    if (count == 0)
        return sl_fail(err, SL_E_USAGE, _("say which acknowledgements: --in FILE"));
    SL_TRY(sl_vault_open_as(sl, at, SL_ROLE_MAKER, &open, err));
    SL_TRY(sl_vault_journal(sl, &open, false, &j, err));
    SL_TRY(sl_vault_acceptances(open.vault, j, &have, err));
    for (size_t i = 0; i < count; i++) {
        SL_AUTO_CLEAR(buf) answer = sl_buf_upto(SL_ANSWER_BYTES), body = sl_buf_upto(4096);
        struct sl_saying says = { .kind = SL_ENTRY_ACCEPTED };
        unsigned number = 0;
        SL_TRY(take_ack(sl, &open, files[i], &answer, &number, err));
        ret[i] = (struct sl_ack_taken){ .known = (have.accepted >> number & 1) != 0 };
        (void)snprintf(ret[i].alias, sizeof ret[i].alias, "%s",
                       open.vault->trustees[number - 1].alias);
        if (ret[i].known)
            continue;
        have.accepted |= 1u << number;
        if (b == NULL)
            SL_TRY(sl_scribe_open(sl, open.home, open.vault, j, false, &b, err));
        struct sl_accepted_deed deed = { sl_buf_view(&answer) };
        SL_TRY(sl_accepted_deed_write(&deed, &body, err));
        says.care = sl_buf_view(&body);
        SL_TRY(sl_scribe_say(b, &says, err));
    }
    if (b == NULL)
        return SL_OK;
    SL_TRY(sl_scribe_close(b, err));
    return sl_scribe_send(b, err);
}
