/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Opening a locker: ask, or collect what was answered. See asked.h for the gathering.
 */
#include <stdio.h>
#include <string.h>

#include "api/asked.h"
#include "api/files.h"
#include "base/say.h"
#include "crypto/words.h"

#define DAY 86400

static int64_t now_of(const struct sl *sl)
{
    const struct sl_os *os = sl_os_of(sl);
    struct timespec now = { 0 };

    return os->clock(os->self, &now) == 0 ? now.tv_sec : 0;
}

static void show_answers(const struct sl_asking *a, struct sl_opening *ret)
{
    const struct sl_vault *v = a->open->vault;

    ret->need = a->quorum.need;
    ret->trustee_count = (unsigned)v->trustee_count;
    ret->yes = ret->no = ret->lied = 0;
    for (unsigned i = 0; i < v->trustee_count; i++) {
        struct sl_trustee_said *t = &ret->trustees[i];
        uint32_t bit = 1u << (i + 1);
        (void)snprintf(t->alias, sizeof t->alias, "%s", v->trustees[i].alias);
        t->yes = (a->gathering.yes & bit) != 0;
        t->no = !t->yes && (a->gathering.no & bit) != 0;
        t->lied = (a->gathering.false_by & bit) != 0;
        ret->yes += t->yes ? 1 : 0;
        ret->no += t->no ? 1 : 0;
        ret->lied += t->lied ? 1 : 0;
    }
}

static void show_request(const struct asked_request *r, struct sl_opening *ret)
{
    char id[SL_FOLDER_TEXT];

    sl_id_text(&r->request.id, id);
    (void)snprintf(ret->request, sizeof ret->request, "%s", id);
    sl_words_of("request", sl_buf_view(&r->bytes), ret->words);
}

/* t true answers: the locker's identity, held against its recipient, and kept for this person. */
static sl_rc put_together(struct sl_asking *a, struct sl_opening *ret, struct sl_err *err)
{
    SL_AUTO_FREE(age_identity) *identity = NULL;

    SL_TRY(sl_gathering_open(&a->gathering, &identity, err));
    SL_TRY(sl_vault_keep_locker(a->open, a->locker, identity, err));
    ret->open = true;
    return SL_OK;
}

static sl_rc waiting(const struct sl_asking *a, const struct sl_opening *ret, struct sl_err *err)
{
    char names[600] = "";

    for (unsigned i = 0; i < ret->trustee_count; i++) {
        const struct sl_trustee_said *t = &ret->trustees[i];
        size_t used = strlen(names);
        if (!t->yes && !t->no)
            (void)snprintf(names + used, sizeof names - used, " %s", t->alias);
    }
    return sl_fail(
        err, SL_E_RETRY,
        _("locker '%s' waits for its trustees: %u of the %u that are needed said yes, %u "
          "no; not heard:%s\n  run this again when they have answered"),
        a->open->vault->lockers[a->locker].alias, ret->yes, ret->need, ret->no, names);
}

static sl_rc ask_or_wait(struct sl_asking *a, const struct sl_open *job, struct sl_opening *ret,
                         struct sl_err *err)
{
    int64_t now = now_of(a->sl);
    const struct asked_request *waits = sl_asking_waits(a, now);

    if (waits == NULL || job->again) {
        if (job->reason == NULL || job->reason[0] == '\0')
            return sl_fail(err, SL_E_USAGE,
                           _("nothing was asked for locker '%s' yet (or it has expired)\n"
                             "  ask with: safelight open %s --reason TEXT"),
                           job->locker, job->locker);
        int64_t expires = job->expires_days == 0 ? 0 : now + (int64_t)job->expires_days * DAY;
        SL_TRY(sl_asking_ask(a, job->reason, expires, job->out, err));
        show_request(&a->requests[a->count - 1], ret);
        ret->asked = true;
        return SL_OK;
    }
    show_request(waits, ret);
    if (job->out != NULL)
        return sl_asking_write(a, waits, job->out, err);
    return waiting(a, ret, err);
}

static sl_rc run(struct sl_asking *a, const struct sl_open *job, struct sl_opening *ret,
                 struct sl_err *err)
{
    sl_rc first = SL_OK; /* what was wrong with a letter; the others count all the same */

    SL_TRY(sl_asking_gather(a, err));
    for (size_t i = 0; i < job->in_count; i++) {
        struct sl_err why = { 0 };
        sl_rc rc = sl_asking_take(a, job->in[i], &why);
        if (rc == SL_OK)
            continue;
        if (first == SL_OK)
            first = sl_fail(err, rc, "%s", why.text);
        else
            sl_tell(a->sl, SL_SAY_WARNING, "%s", why.text);
    }
    show_answers(a, ret);
    if (sl_gathering_missing(&a->gathering) > 0)
        return first == SL_OK ? ask_or_wait(a, job, ret, err) : first;
    if (first != SL_OK)
        sl_tell(a->sl, SL_SAY_WARNING, "%s", err->text);
    return put_together(a, ret, err);
}

sl_rc sl_open_locker(struct sl *sl, const struct sl_open *job, struct sl_opening *ret,
                     struct sl_err *err)
{
    struct sl_err unasked = { 0 };
    SL_AUTO_CLEAR(vault_open) open = { 0 };
    SL_AUTO_FREE(journal) *j = NULL;
    SL_AUTO_CLEAR(asking) a = { .sl = sl, .open = &open };
    struct sl_err why = { 0 };

    *ret = (struct sl_opening){ 0 };
    if (err == NULL)
        err = &unasked;
    if (job->out != NULL)
        SL_TRY(sl_file_must_be_new(sl, job->out, err));
    SL_TRY(sl_vault_open_as(sl, &job->at, 0, &open, err));
    SL_TRY(sl_vault_find_locker(open.vault, job->locker, &a.locker, err));
    ret->open = ret->was_open = open.vault->locker_identities[a.locker] != NULL;
    if (ret->was_open)
        return SL_OK;
    if (open.vault->role == SL_ROLE_TRUSTEE)
        return sl_fail(err, SL_E_REFUSED, _("a trustee opens nothing: only consents, or refuses"));
    /* What goes by hand needs no keeper; without one, what only the journal knows is not seen. */
    bool by_hand = job->in_count > 0 || job->out != NULL;
    sl_rc rc = sl_vault_journal(sl, &open, false, &j, &why);
    if (rc != SL_OK && !by_hand)
        return sl_fail(err, rc, "%s", why.text);
    if (rc != SL_OK)
        sl_tell(sl, SL_SAY_WARNING, "%s", why.text);
    if (open.vault->locker_identities[a.locker] != NULL) { /* granted meanwhile */
        ret->open = ret->was_open = true;
        return SL_OK;
    }
    a.journal = j;
    return run(&a, job, ret, err);
}
