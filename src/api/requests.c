/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The trustee's side of an opening: what is asked, by whom and why; a yes or a no, signed, for the
 * journal or by hand.
 */
#include <stdio.h>
#include <string.h>

#include "api/files.h"
#include "api/quorum.h"
#include "api/scribe.h"
#include "base/say.h"
#include "crypto/words.h"
#include "format/deeds.h"
#include "home/drawer.h"
#include "journal/who.h"
#include "quorum/answer.h"

#define ID_LEAST  6u
#define NAME_ROOM (SL_DRAWER_NAME_MAX + 1)

struct desk { /* a trustee at work */
    struct sl *sl;
    struct sl_vault_open open;
    struct sl_journal *journal; /* NULL: no keeper answered */
    struct sl_quorum quorum;
};

static void desk_clear(struct desk *d)
{
    sl_journal_free(d->journal);
    sl_vault_open_clear(&d->open);
}

static sl_rc desk_open(struct sl *sl, const struct sl_home_at *at, bool by_hand, struct desk *d,
                       struct sl_err *err)
{
    struct sl_err why = { 0 };

    *d = (struct desk){ .sl = sl };
    SL_TRY(sl_vault_open_as(sl, at, SL_ROLE_TRUSTEE, &d->open, err));
    SL_TRY(sl_vault_quorum(d->open.vault, &d->quorum, err));
    sl_rc rc = sl_vault_journal(sl, &d->open, false, &d->journal, &why);
    if (rc != SL_OK && (!by_hand || rc == SL_E_CANCELLED))
        return sl_fail(err, rc, "%s", why.text);
    if (rc != SL_OK)
        sl_tell(sl, SL_SAY_WARNING, "%s", why.text);
    return SL_OK;
}

/* ---- one request ---- */

struct paper { /* a request at hand, and the locker it is about, as the trustee knows it */
    struct sl_request request;
    struct sl_sealed_locker sealed;
    struct sl_buf bytes;
    size_t entry; /* in the journal; entry_count for one that came by hand */
    int locker;   /* in the vault; -1: one made since */
};

static void paper_clear(struct paper *p)
{
    sl_buf_clear(&p->bytes);
}

/* Everything that a trustee's program checks before it computes anything with C: signature, locker,
 * production, epochs, and the locker's proof. */
static sl_rc judge(struct desk *d, struct paper *p, struct sl_err *err)
{
    const struct sl_vault *v = d->open.vault;

    SL_TRY(sl_request_read(sl_buf_view(&p->bytes), &p->request, err));
    if (!sl_same(p->request.production, v->production, sizeof v->production))
        return sl_fail(err, SL_E_REFUSED, _("this request is about another production"));
    SL_TRY(sl_vault_sealed(v, d->journal, &p->request.locker, p->request.locker_epoch, &p->sealed,
                           err));
    SL_TRY(sl_locker_check(&d->quorum, &p->sealed, err));
    p->locker = sl_vault_locker_of(v, &p->request.locker, p->request.locker_epoch);
    return sl_request_check(&d->quorum, &p->sealed, &p->request, err);
}

static sl_rc from_journal(struct desk *d, size_t entry, struct paper *p, struct sl_err *err)
{
    const struct sl_journal_entry *e = &d->journal->entries[entry];
    const struct sl_session *s = &d->journal->sessions[e->session].explained;

    p->bytes = sl_buf_upto(SL_SLIP_BYTES);
    p->entry = entry;
    SL_TRY(sl_journal_body(d->journal, e, &p->bytes, err));
    SL_TRY(judge(d, p, err));
    if (!sl_same(p->request.requester, s->author, sizeof s->author))
        return sl_fail(err, SL_E_REFUSED, _("this request is signed by another than who wrote it"));
    return SL_OK;
}

/* ---- what was answered before ---- */

static void said_name(const struct paper *p, char name[NAME_ROOM])
{
    char id[SL_FOLDER_TEXT];

    sl_id_text(&p->request.id, id);
    (void)snprintf(name, NAME_ROOM, "s-%s", id);
}

/* Answers are sealed to who asked: only this note tells the trustee what was said. */
static sl_rc note_said(struct desk *d, const struct paper *p, bool yes, struct sl_err *err)
{
    char name[NAME_ROOM];
    const char *word = yes ? "yes" : "no";

    said_name(p, name);
    return sl_drawer_put(d->open.home, d->open.vault, SL_DRAWER_ASKED, name,
                         (struct sl_view){ (const uint8_t *)word, strlen(word) }, err);
}

static void show_said(struct desk *d, const struct paper *p, struct sl_request_line *line)
{
    SL_AUTO_FREE(secret) *word = NULL;
    uint8_t mine[SL_SIGN_PUBLIC_BYTES];
    char name[NAME_ROOM];

    said_name(p, name);
    if (sl_drawer_get(d->open.home, d->open.vault, SL_DRAWER_ASKED, name, &word, NULL) == SL_OK) {
        line->answered = true;
        line->said_yes = sl_secret_expose(word).len == strlen("yes");
        line->said_no = !line->said_yes;
        return;
    }
    sl_sign_key_public(&d->open.vault->sign, mine);
    for (size_t i = 0; d->journal != NULL && i < d->journal->entry_count; i++) {
        const struct sl_journal_entry *e = &d->journal->entries[i];
        if (e->kind == SL_ENTRY_ANSWER && e->belief == SL_BELIEF_YES &&
            sl_same(e->request, p->request.hash, sizeof e->request) &&
            sl_same(d->journal->sessions[e->session].explained.author, mine, sizeof mine))
            line->answered = true;
    }
}

/* ---- showing one ---- */

static bool expired(const struct sl *sl, const struct sl_request *r)
{
    const struct sl_os *os = sl_os_of(sl);
    struct timespec now = { 0 };

    if (os->clock(os->self, &now) != 0)
        return false; /* advice that depends on a clock: without one there is none */
    return sl_request_fresh(r, now.tv_sec, NULL) != SL_OK;
}

static unsigned others_of(const struct desk *d, const struct paper *p)
{
    unsigned count = 0;

    for (size_t i = 0; d->journal != NULL && i < d->journal->entry_count; i++) {
        const struct sl_journal_entry *e = &d->journal->entries[i];
        count += e->kind == SL_ENTRY_REQUEST && e->belief == SL_BELIEF_YES && i != p->entry &&
                         e->locker >= 0 && e->locker == p->locker
                     ? 1
                     : 0;
    }
    return count;
}

/* Who asks, as far as this home knows; false: a key that nobody named. */
static bool who_asks(const struct desk *d, const struct sl_request *r, char who[SL_ALIAS_MAX + 1])
{
    who[0] = '\0';
    if (sl_same(r->requester, d->open.vault->maker, sizeof r->requester)) {
        (void)snprintf(who, SL_ALIAS_MAX + 1, "%s", _("maker"));
        return true;
    }
    return d->journal != NULL &&
           sl_journal_role_of(d->journal, r->requester, who) == SL_ROLE_MEMBER &&
           !sl_journal_revoked(d->journal, r->requester);
}

static void show(struct desk *d, const struct paper *p, struct sl_request_line *line)
{
    char id[SL_FOLDER_TEXT];

    *line = (struct sl_request_line){ 0 };
    sl_id_text(&p->request.id, id);
    (void)snprintf(line->id, sizeof line->id, "%s", id);
    (void)who_asks(d, &p->request, line->who);
    sl_words_of("request", sl_buf_view(&p->bytes), line->words);
    line->locker = p->locker >= 0 ? d->open.vault->lockers[p->locker].alias : "?";
    line->reason = p->request.reason;
    line->epoch = p->request.locker_epoch;
    if (d->journal != NULL && p->entry < d->journal->entry_count)
        line->claimed = d->journal->entries[p->entry].claimed;
    line->expires = p->request.expires;
    line->expired = expired(d->sl, &p->request);
    line->others = others_of(d, p);
    line->need = d->quorum.need;
    line->trustees = d->quorum.count;
    show_said(d, p, line);
}

/* ---- requests ---- */

static bool is_request(const struct sl_journal_entry *e)
{
    return e->kind == SL_ENTRY_REQUEST && e->belief == SL_BELIEF_YES;
}

static sl_rc list_all(struct desk *d, sl_request_each *each, void *who, struct sl_err *err)
{
    for (size_t i = 0; i < d->journal->entry_count; i++) {
        struct paper p = { 0 };
        struct sl_request_line line;
        struct sl_err why = { 0 };
        if (!is_request(&d->journal->entries[i]))
            continue;
        sl_rc rc = from_journal(d, i, &p, &why);
        if (rc == SL_OK) {
            show(d, &p, &line);
            rc = each(who, &line, err);
        } else if (rc != SL_E_SYSTEM) { /* somebody's doing: said, and passed over */
            sl_tell(d->sl, SL_SAY_WARNING, _("a request cannot be answered: %s"), why.text);
            rc = SL_OK;
        } else {
            (void)sl_fail(err, rc, "%s", why.text);
        }
        paper_clear(&p);
        SL_TRY(rc);
    }
    return SL_OK;
}

sl_rc sl_request_list(struct sl *sl, const struct sl_home_at *at, sl_request_each *each, void *who,
                      struct sl_err *err)
{
    struct desk d;
    sl_rc rc = desk_open(sl, at, false, &d, err);

    if (rc == SL_OK)
        rc = list_all(&d, each, who, err);
    desk_clear(&d);
    return rc;
}

/* ---- finding the one that is meant ---- */

static sl_rc find_by_id(struct desk *d, const char *id, struct paper *p, struct sl_err *err)
{
    unsigned found = 0;

    if (strlen(id) < ID_LEAST || strspn(id, "0123456789abcdef") != strlen(id))
        return sl_fail(err, SL_E_USAGE,
                       _("a request is named by the first %u or more digits of its "
                         "id, as `safelight requests` shows it"),
                       ID_LEAST);
    for (size_t i = 0; i < d->journal->entry_count; i++) {
        struct paper here = { 0 };
        char text[SL_FOLDER_TEXT];
        if (!is_request(&d->journal->entries[i]))
            continue;
        if (from_journal(d, i, &here, NULL) == SL_OK) {
            sl_id_text(&here.request.id, text);
            if (strncmp(text, id, strlen(id)) == 0) {
                found++;
                paper_clear(p);
                *p = here;
                continue;
            }
        }
        paper_clear(&here);
    }
    if (found == 1)
        return SL_OK;
    if (found > 1)
        return sl_fail(err, SL_E_USAGE, _("%u requests begin with '%s': give more digits"), found,
                       id);
    return sl_fail(err, SL_E_MISSING,
                   _("no request that can be answered begins with '%s'\n  see: safelight requests"),
                   id);
}

/* A key that this home knows, and not as that of a member: a kit's that was found, say. For these
 * nobody can vouch. */
static sl_rc may_ask(const struct desk *d, const struct sl_request *r, struct sl_err *err)
{
    char who[SL_ALIAS_MAX + 1] = "";

    if (d->journal == NULL || who_asks(d, r, who) ||
        sl_journal_role_of(d->journal, r->requester, who) == 0)
        return SL_OK;
    return sl_fail(err, SL_E_REFUSED,
                   _("the key that signed this request is that of '%s', who may not ask: a kit, a "
                     "trustee, or somebody whose key was taken back"),
                   who);
}

static sl_rc from_text(struct desk *d, const struct sl_answer_job *job, struct paper *p,
                       struct sl_err *err)
{
    char who[SL_ALIAS_MAX + 1], words[SL_WORDS_BYTES];

    p->bytes = sl_buf_upto(SL_POST_TEXT_MAX);
    p->entry = SIZE_MAX;
    SL_TRY(sl_file_post(d->sl, job->in, SL_POST_REQUEST, &p->bytes, err));
    sl_rc rc = judge(d, p, err);
    if (rc == SL_E_BROKEN)
        rc = SL_E_USAGE;
    if (rc != SL_OK)
        return sl_note(err, rc, _("reading '%s'"), sl_show(job->in).text);
    if (job->yes)
        SL_TRY(may_ask(d, &p->request, err));
    if (who_asks(d, &p->request, who) || job->vouch || !job->yes)
        return SL_OK; /* a no reveals nothing, whoever asked */
    sl_words_of("request", sl_buf_view(&p->bytes), words);
    return sl_fail(err, SL_E_REFUSED,
                   _("this home does not know the key that signed this request\n"
                     "  compare its six words with who asks, aloud: %s\n"
                     "  if they are the same, say --vouch"),
                   words);
}

/* ---- answering ---- */

static sl_rc make_answer(struct desk *d, const struct paper *p, bool yes, struct sl_answer *ret,
                         struct sl_err *err)
{
    const struct sl_asked asked = { &d->quorum, &p->sealed, &p->request };
    struct sl_share share = { 0 };

    sl_rc rc = sl_vault_share(&d->open, &share, err);
    if (rc == SL_OK)
        rc = yes ? sl_answer_yes(&asked, &share, &d->open.vault->sign, NULL, ret, err)
                 : sl_answer_no(&asked, share.number, &d->open.vault->sign, NULL, ret, err);
    sl_share_clear(&share);
    return rc;
}

static sl_rc give(struct desk *d, const struct paper *p, const struct sl_answer *a, const char *out,
                  struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) sealed = sl_buf_upto(4096), care = sl_buf_upto(4096);
    struct sl_age_recipient to;
    struct sl_answer_care about;
    struct sl_saying says = { .kind = SL_ENTRY_ANSWER, .to = &to, .to_count = 1 };
    struct sl_view bytes = { a->bytes, sizeof a->bytes };

    SL_TRY(sl_age_recipient_read(
        (struct sl_view){ (const uint8_t *)p->request.recipient, strlen(p->request.recipient) },
        &to, err));
    if (out != NULL) {
        SL_TRY(sl_age_seal(&to, 1, bytes, &sealed, err));
        return sl_file_post_write(d->sl, out, SL_POST_ANSWER, sl_buf_view(&sealed), err);
    }
    memcpy(about.request, p->request.hash, sizeof about.request);
    memcpy(about.mark, a->mark, sizeof about.mark);
    SL_TRY(sl_answer_care_write(&about, &care, err));
    says.body = bytes;
    says.care = sl_buf_view(&care);
    return sl_scribe_once(d->sl, &d->open, d->journal, &says, 1, err);
}

static sl_rc answer(struct desk *d, const struct sl_answer_job *job, struct paper *p,
                    struct sl_answered *ret, struct sl_err *err)
{
    struct sl_answer a;

    SL_TRY(job->in != NULL ? from_text(d, job, p, err) : find_by_id(d, job->id, p, err));
    show(d, p, &ret->line);
    (void)snprintf(ret->locker, sizeof ret->locker, "%s", ret->line.locker);
    (void)snprintf(ret->reason, sizeof ret->reason, "%s", p->request.reason);
    ret->line.locker = ret->locker;
    ret->line.reason = ret->reason;
    if (ret->line.expired && job->yes)
        return sl_fail(err, SL_E_REFUSED,
                       _("this request has expired\n  whoever asks can ask again: safelight open "
                         "%s --again --reason TEXT"),
                       ret->locker);
    if (job->yes && job->confirm != NULL)
        SL_TRY(job->confirm(job->who, &ret->line, err));
    if (ret->line.said_yes && !job->yes)
        sl_tell(d->sl, SL_SAY_WARNING,
                _("you said yes to this before, and a yes cannot be taken "
                  "back"));
    SL_TRY(make_answer(d, p, job->yes, &a, err));
    SL_TRY(give(d, p, &a, job->out, err));
    SL_TRY(note_said(d, p, job->yes, err));
    ret->line.answered = true;
    ret->line.said_yes = job->yes;
    ret->line.said_no = !job->yes;
    return SL_OK;
}

sl_rc sl_answer_request(struct sl *sl, const struct sl_answer_job *job, struct sl_answered *ret,
                        struct sl_err *err)
{
    struct paper p = { 0 };
    struct desk d = { 0 };

    *ret = (struct sl_answered){ 0 };
    ret->line.locker = ret->locker;
    ret->line.reason = ret->reason;
    if ((job->id == NULL) == (job->in == NULL))
        return sl_fail(err, SL_E_USAGE, _("name a request by its id, or give one with --in FILE"));
    if (job->in != NULL && job->out == NULL)
        return sl_fail(err, SL_E_USAGE, _("say where the answer is to be written: --out FILE"));
    if (job->out != NULL)
        SL_TRY(sl_file_must_be_new(sl, job->out, err));
    sl_rc rc = desk_open(sl, &job->at, job->in != NULL, &d, err);
    if (rc == SL_OK)
        rc = answer(&d, job, &p, ret, err);
    paper_clear(&p);
    desk_clear(&d);
    return rc;
}
