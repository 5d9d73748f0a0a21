/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The quorum of an open production. See quorum.h.
 */
#include "api/quorum.h"

#include <string.h>

#include "base/say.h"
#include "format/deeds.h"
#include "home/keys.h"
#include "quorum/answer.h"

sl_rc sl_vault_quorum(const struct sl_vault *v, struct sl_quorum *ret, struct sl_err *err)
{
    if (v->quorum_bytes == 0)
        return sl_fail(err, SL_E_REFUSED,
                       _("this production has no trustees: whoever holds its keys opens it"));
    return sl_quorum_read((struct sl_view){ v->quorum, v->quorum_bytes }, v->production, ret, err);
}

/* ---- sealed lockers ---- */

static bool is_it(const struct sl_sealed_locker *l, const struct sl_id *id, uint32_t epoch)
{
    return sl_id_same(&l->locker, id) && l->epoch == epoch;
}

static sl_rc from_journal(struct sl_journal *j, const struct sl_id *locker, uint32_t epoch,
                          struct sl_sealed_locker *ret, struct sl_err *err)
{
    for (size_t i = 0; i < j->entry_count; i++) {
        SL_AUTO_CLEAR(buf) body = sl_buf_upto(SL_SLIP_BYTES);
        struct sl_locker_deed deed;
        if (j->entries[i].kind != SL_ENTRY_LOCKER || j->entries[i].belief != SL_BELIEF_YES)
            continue;
        SL_TRY(sl_journal_care(j, &j->entries[i], &body, err));
        if (sl_locker_deed_read(sl_buf_view(&body), &deed, NULL) == SL_OK &&
            deed.purpose == SL_LOCKER_REAL && sl_locker_read(deed.sealed, ret, NULL) == SL_OK &&
            is_it(ret, locker, epoch))
            return SL_OK;
    }
    return sl_fail(
        err, SL_E_MISSING,
        _("neither this home nor the journal knows that locker as sealed to the trustees"));
}

sl_rc sl_vault_sealed(const struct sl_vault *v, struct sl_journal *j, const struct sl_id *locker,
                      uint32_t epoch, struct sl_sealed_locker *ret, struct sl_err *err)
{
    for (size_t i = 0; i < v->locker_count; i++)
        if (v->sealed[i].len > 0 && sl_id_same(&v->lockers[i].id, locker) &&
            v->lockers[i].epoch == epoch)
            return sl_locker_read(sl_buf_view(&v->sealed[i]), ret, err);
    if (v->test_locker.len > 0 &&
        sl_locker_read(sl_buf_view(&v->test_locker), ret, NULL) == SL_OK &&
        is_it(ret, locker, epoch))
        return SL_OK;
    if (j != NULL)
        return from_journal(j, locker, epoch, ret, err);
    return sl_fail(err, SL_E_MISSING, _("this home does not know that locker"));
}

/* ---- acceptances ---- */

struct test { /* the test locker and the one request that every acceptance answers */
    struct sl_quorum quorum;
    struct sl_sealed_locker locker;
    struct sl_request request;
};

static sl_rc read_test(const struct sl_vault *v, struct test *t, struct sl_err *err)
{
    SL_TRY(sl_vault_quorum(v, &t->quorum, err));
    SL_TRY(sl_locker_read(sl_buf_view(&v->test_locker), &t->locker, err));
    SL_TRY(sl_request_read(sl_buf_view(&v->test_request), &t->request, err));
    if (!sl_same(t->request.requester, v->maker, sizeof v->maker))
        return sl_fail(err, SL_E_BROKEN, _("the test request is not the maker's"));
    return sl_request_check(&t->quorum, &t->locker, &t->request, err);
}

sl_rc sl_vault_acceptance(const struct sl_vault *v, struct sl_view answer, unsigned *number,
                          struct sl_err *err)
{
    struct test t;
    struct sl_answer a;

    SL_TRY(read_test(v, &t, err));
    struct sl_asked asked = { &t.quorum, &t.locker, &t.request };
    SL_TRY(sl_answer_read(answer, &a, err));
    SL_TRY(sl_answer_fits(&asked, &a, err));
    if (a.says != SL_ANSWER_SAYS_YES)
        return sl_fail(err, SL_E_REFUSED, _("this answer is a no"));
    SL_TRY(sl_answer_true(&asked, &a, err));
    *number = a.number;
    return SL_OK;
}

static void count_one(struct sl_gathering *g, const struct test *t, struct sl_view body)
{
    struct sl_accepted_deed deed;
    struct sl_answer a;

    if (sl_accepted_deed_read(body, &deed, NULL) == SL_OK &&
        sl_answer_read(deed.answer, &a, NULL) == SL_OK)
        (void)sl_gathering_add(g, &t->request, &a, NULL); /* it remembers who lied */
}

sl_rc sl_vault_acceptances(const struct sl_vault *v, struct sl_journal *j,
                           struct sl_acceptances *ret, struct sl_err *err)
{
    SL_AUTO_FREE(age_identity) *opened = NULL;
    struct sl_gathering g;
    struct test t;

    *ret = (struct sl_acceptances){ 0 };
    SL_TRY(read_test(v, &t, err));
    ret->quorum = t.quorum;
    SL_TRY(sl_gathering_begin(&t.quorum, &t.locker, &g, err));
    for (size_t i = 0; i < j->entry_count; i++) {
        SL_AUTO_CLEAR(buf) body = sl_buf_upto(SL_SLIP_BYTES);
        const struct sl_journal_entry *e = &j->entries[i];
        if (e->kind != SL_ENTRY_ACCEPTED || e->belief != SL_BELIEF_YES)
            continue;
        SL_TRY(sl_journal_care(j, e, &body, err));
        count_one(&g, &t, sl_buf_view(&body));
    }
    ret->accepted = g.yes;
    ret->lied = g.false_by & ~g.yes;
    ret->count = (unsigned)__builtin_popcount(g.yes);
    ret->opened = sl_gathering_missing(&g) == 0 && sl_gathering_open(&g, &opened, NULL) == SL_OK;
    return SL_OK;
}

sl_rc sl_vault_share(const struct sl_vault_open *o, struct sl_share *ret, struct sl_err *err)
{
    SL_AUTO_FREE(secret) *bytes = NULL;

    SL_TRY(sl_home_share_load(o->home, o->vault, o->words, &bytes, err));
    return sl_share_read(sl_secret_expose(bytes), ret, err);
}
