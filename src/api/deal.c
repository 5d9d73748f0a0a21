/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The people of a founding: trustees and their shares, those who can read from the first day, and
 * their invitations. See founding.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/founding.h"
#include "base/say.h"
#include "quorum/locker.h"
#include "quorum/request.h"

#define TEST_REASON "test of the shares"

void sl_founding_clear(struct founding *f)
{
    for (size_t i = 0; i < SL_TRUSTEES_MAX; i++)
        sl_share_clear(&f->shares[i]);
    sl_buf_clear(&f->salted);
    free(f->trustees);
    free(f->granted);
}

/* ---- who is named ---- */

static sl_rc judge_quorum(const struct sl_init *job, struct sl_err *err)
{
    unsigned t = job->quorum, m = (unsigned)job->trustee_count;

    if (m == 0 && t == 0 && job->grant_count == 0)
        return SL_OK;
    if (m == 0)
        return sl_fail(err, SL_E_USAGE,
                       _("--quorum and --grant are for productions with trustees"));
    if (t == 0)
        return sl_fail(err, SL_E_USAGE, _("say how many of the %u trustees must agree: --quorum T"),
                       m);
    SL_TRY(sl_quorum_possible(t, m, err));
    if (t == 1 && !job->one_trustee_opens)
        return sl_fail(err, SL_E_USAGE,
                       _("--quorum 1: a single trustee, arrested or bribed, opens every locker\n"
                         "  if that is meant, say --one-trustee-opens"));
    if (t == m && !job->one_arrest_blocks)
        return sl_fail(err, SL_E_USAGE,
                       _("--quorum %u of %u: a single trustee who is arrested, dies or loses the "
                         "share blocks every locker for ever\n"
                         "  if that is meant, say --one-arrest-blocks"),
                       t, m);
    return SL_OK;
}

static sl_rc twice(const struct sl_card_file *a, const struct sl_card_file *b, struct sl_err *err)
{
    if (strcmp(a->alias, b->alias) == 0)
        return sl_fail(err, SL_E_USAGE, _("two people are called '%s'\n  say ALIAS=FILE"),
                       a->alias);
    if (sl_same(a->card.sign, b->card.sign, sizeof a->card.sign) ||
        sl_same(a->card.recipient.point, b->card.recipient.point, sizeof a->card.recipient.point))
        return sl_fail(
            err, SL_E_REFUSED,
            _("'%s' and '%s' are one key: two people share a card, or one is named twice"),
            a->alias, b->alias);
    return SL_OK;
}

static sl_rc read_trustees(struct founding *f, struct sl_err *err)
{
    const struct sl_init *job = f->job;

    for (size_t i = 0; i < job->trustee_count; i++) {
        SL_TRY(sl_card_file_read(f->sl, job->trustees[i], &f->trustees[i], err));
        for (size_t k = 0; k < i; k++)
            SL_TRY(twice(&f->trustees[k], &f->trustees[i], err));
    }
    return SL_OK;
}

static sl_rc locker_of(const struct sl_init *job, const char *name, size_t len, int *ret,
                       struct sl_err *err)
{
    for (size_t i = 0; i < job->locker_count; i++)
        if (strlen(job->lockers[i]) == len && memcmp(job->lockers[i], name, len) == 0) {
            *ret = (int)i;
            return SL_OK;
        }
    return sl_fail(err, SL_E_USAGE, _("--grant names a locker that --locker does not"));
}

/* Whoever is named a second time, with the same card and another locker, is one person. */
static struct granted *person_of(struct founding *f, const struct sl_card_file *card)
{
    for (size_t i = 0; i < f->granted_count; i++)
        if (strcmp(f->granted[i].card.alias, card->alias) == 0 &&
            sl_same(f->granted[i].card.card.sign, card->card.sign, sizeof card->card.sign))
            return &f->granted[i];
    return NULL;
}

static sl_rc read_grant(struct founding *f, const char *spec, struct sl_card_file *card,
                        struct sl_err *err)
{
    const char *equals = strchr(spec, '=');
    int locker = -1;

    if (equals == NULL)
        return sl_fail(err, SL_E_USAGE, _("--grant wants LOCKER=CARD"));
    SL_TRY(locker_of(f->job, spec, (size_t)(equals - spec), &locker, err));
    SL_TRY(sl_card_file_read(f->sl, equals + 1, card, err));
    struct granted *g = person_of(f, card);
    for (size_t i = 0; g != NULL && i < g->count; i++)
        if (g->lockers[i] == locker)
            return sl_fail(err, SL_E_USAGE, _("one grant is named twice"));
    if (g == NULL) {
        for (size_t i = 0; i < f->job->trustee_count; i++)
            SL_TRY(twice(&f->trustees[i], card, err));
        for (size_t i = 0; i < f->granted_count; i++)
            SL_TRY(twice(&f->granted[i].card, card, err));
        g = &f->granted[f->granted_count++];
        g->card = *card;
    }
    g->lockers[g->count++] = locker;
    return SL_OK;
}

/* Before anything is drawn: an invitation that cannot be written must not be found out late. */
static sl_rc check_out(const struct founding *f, const struct sl_card_file *c, struct sl_err *err)
{
    char path[SL_PATH_MAX + 1];

    SL_TRY(sl_card_file_beside(c, f->job->invitations, ".invite", path, sizeof path, err));
    return sl_file_must_be_new(f->sl, path, err);
}

sl_rc sl_founding_people(struct founding *f, struct sl_err *err)
{
    struct sl_card_file card;

    SL_TRY(judge_quorum(f->job, err));
    f->trustees = calloc(f->job->trustee_count + 1, sizeof *f->trustees);
    f->granted = calloc(f->job->grant_count + 1, sizeof *f->granted);
    if (f->trustees == NULL || f->granted == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    SL_TRY(read_trustees(f, err));
    for (size_t i = 0; i < f->job->grant_count; i++)
        SL_TRY(read_grant(f, f->job->grants[i], &card, err));
    for (size_t i = 0; i < f->job->trustee_count; i++)
        SL_TRY(check_out(f, &f->trustees[i], err));
    for (size_t i = 0; i < f->granted_count; i++)
        SL_TRY(check_out(f, &f->granted[i].card, err));
    return SL_OK;
}

/* ---- dealing ---- */

static sl_rc not_the_maker(const struct founding *f, const struct sl_card_file *c,
                           struct sl_err *err)
{
    if (!sl_same(c->card.sign, f->vault->maker, sizeof c->card.sign))
        return SL_OK;
    return sl_fail(err, SL_E_REFUSED,
                   _("the card of '%s' is this home's own: one key twice is refused\n"
                     "  a maker who is a trustee as well keeps that share in another home"),
                   c->alias);
}

sl_rc sl_founding_deal(struct founding *f, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) block = sl_buf_upto(SL_QUORUM_BLOCK_MAX);
    struct sl_vault *v = f->vault;
    struct sl_quorum *q = &f->quorum;

    for (size_t i = 0; i < f->granted_count; i++)
        SL_TRY(not_the_maker(f, &f->granted[i].card, err));
    if (f->job->trustee_count == 0)
        return SL_OK;
    q->need = (uint8_t)f->job->quorum;
    q->count = (uint8_t)f->job->trustee_count;
    for (size_t i = 0; i < f->job->trustee_count; i++) {
        const struct sl_card_file *c = &f->trustees[i];
        struct sl_trustee_info *t = &v->trustees[v->trustee_count++];
        SL_TRY(not_the_maker(f, c, err));
        memcpy(q->keys[i], c->card.sign, sizeof q->keys[i]);
        (void)snprintf(t->alias, sizeof t->alias, "%s", c->alias);
        t->recipient = c->card.recipient;
    }
    SL_TRY(sl_quorum_deal(q, f->shares, err));
    SL_TRY(sl_quorum_write(q, &block, err));
    memcpy(v->quorum, block.at, block.len);
    v->quorum_bytes = block.len;
    return SL_OK;
}

/* ---- sealing ---- */

static sl_rc seal_one(const struct sl_quorum *q, const struct sl_id *id, uint32_t epoch,
                      const struct sl_age_identity *identity, struct sl_sealed_locker *sealed,
                      struct sl_buf *ret, struct sl_err *err)
{
    SL_TRY(sl_locker_seal(q, id, epoch, identity, sealed, err));
    *ret = sl_buf_upto(SL_LOCKER_BYTES_MAX);
    return sl_locker_write(sealed, ret, err);
}

/* A locker that holds nothing, and the request that every acceptance answers. */
static sl_rc seal_test(struct founding *f, struct sl_err *err)
{
    SL_AUTO_FREE(age_identity) *identity = NULL;
    struct sl_vault *v = f->vault;
    struct sl_sealed_locker sealed;
    struct sl_age_recipient mine;
    struct sl_request r;
    struct sl_id id;

    sl_id_draw(&id);
    SL_TRY(sl_age_identity_new(&identity, err));
    SL_TRY(seal_one(&f->quorum, &id, 0, identity, &sealed, &v->test_locker, err));
    sl_request_for(&f->quorum, &sealed, &r);
    sl_age_identity_recipient(v->person, &mine);
    sl_age_recipient_text(&mine, r.recipient);
    (void)snprintf(r.reason, sizeof r.reason, "%s", TEST_REASON);
    v->test_request = sl_buf_upto(SL_REQUEST_BYTES_MAX);
    return sl_request_write(&r, &v->sign, &v->test_request, err);
}

sl_rc sl_founding_seal(struct founding *f, struct sl_err *err)
{
    struct sl_vault *v = f->vault;
    struct sl_sealed_locker sealed;

    if (v->quorum_bytes == 0)
        return SL_OK;
    memcpy(f->quorum.production, v->production, sizeof f->quorum.production);
    for (size_t i = 0; i < v->trustee_count; i++)
        memcpy(f->shares[i].production, v->production, sizeof v->production);
    for (size_t i = 0; i < v->locker_count; i++)
        SL_TRY(seal_one(&f->quorum, &v->lockers[i].id, v->lockers[i].epoch, v->locker_identities[i],
                        &sealed, &v->sealed[i], err));
    return seal_test(f, err);
}

/* ---- invitations ---- */

static sl_rc invite_one(struct founding *f, const struct sl_card_file *to, struct sl_inviting *in,
                        struct sl_init_done *done, struct sl_err *err)
{
    struct sl_init_invited *made = &done->invitations[done->invited];

    SL_TRY(
        sl_card_file_beside(to, f->job->invitations, ".invite", made->out, sizeof made->out, err));
    in->vault = f->vault;
    in->founding = sl_buf_view(&f->salted);
    in->to = to;
    in->out = made->out;
    SL_TRY(sl_invitation_make(f->sl, in, made->words, err));
    (void)snprintf(made->alias, sizeof made->alias, "%s", to->alias);
    memcpy(made->card_words, to->words, sizeof made->card_words);
    made->trustee = in->share != NULL;
    done->invited++;
    return SL_OK;
}

sl_rc sl_founding_invite(struct founding *f, struct sl_init_done *done, struct sl_err *err)
{
    done->invitations =
        calloc(f->job->trustee_count + f->granted_count + 1, sizeof *done->invitations);
    if (done->invitations == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    for (size_t i = 0; i < f->job->trustee_count; i++) {
        SL_AUTO_FREE(secret) *share = NULL;
        struct sl_inviting in = { 0 };
        SL_TRY(sl_share_write(&f->shares[i], &share, err));
        in.share = share;
        SL_TRY(invite_one(f, &f->trustees[i], &in, done, err));
        sl_share_clear(&f->shares[i]); /* it is the trustee's now */
    }
    for (size_t i = 0; i < f->granted_count; i++) {
        struct sl_inviting in = { .grants = f->granted[i].lockers,
                                  .grant_count = f->granted[i].count };
        SL_TRY(invite_one(f, &f->granted[i].card, &in, done, err));
    }
    return SL_OK;
}
