/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What care, and this home's lockers, can read of an entry while its slip is open. One function a
 * kind. Nothing is believed here: what entries say of authors is put aside for judge.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "format/deeds.h"
#include "journal/inside.h"

struct reading {
    struct sl_journal *j;
    const struct opened_slip *s;
    struct sl_view care; /* without salt */
    struct sl_journal_entry *e;
};

static sl_rc read_founding(struct reading *r, struct sl_err *err)
{
    uint8_t hash[SL_PRODUCTION_BYTES];
    struct sl_founding *f = malloc(sizeof *f); /* some 60 KiB */

    if (f == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    sl_rc rc = sl_founding_read(r->care, f, err);
    free(f);
    SL_TRY(rc);
    sl_production_of(r->s->slip.care_body, hash);
    r->e->founds = memcmp(hash, r->j->vault->production, sizeof hash) == 0;
    return SL_OK;
}

static sl_rc read_opened(struct reading *r, struct sl_err *err)
{
    struct sl_opened o;

    return sl_opened_read(r->care, &o, err);
}

static sl_rc read_closed(struct reading *r, struct sl_err *err)
{
    struct sl_closed c;

    return sl_closed_read(r->care, &c, err);
}

static sl_rc read_checkpoint(struct reading *r, struct sl_err *err)
{
    struct sl_checkpoint c;

    return sl_checkpoint_read(r->care, &c, err);
}

static sl_rc read_author(struct reading *r, struct sl_err *err)
{
    struct author a = { .session = r->e->session, .claimed = r->e->claimed };
    struct told *t = r->j->told;
    void *at = t->authors;

    SL_TRY(sl_author_read(r->care, &a.who, err));
    memcpy(a.hash, r->e->hash, sizeof a.hash);
    SL_TRY(sl_grow(&at, t->author_count, &t->author_room, sizeof a, err));
    t->authors = at;
    t->authors[t->author_count++] = a;
    return SL_OK;
}

/* ---- parts ---- */

static sl_rc fill_part(struct reading *r, const struct sl_part *part, struct sl_err *err)
{
    struct sl_journal_entry *e = r->e;

    e->locker = sl_vault_locker_of(r->j->vault, &part->locker, part->epoch);
    e->readable = e->locker >= 0;
    e->roll = part->roll;
    e->part = part->number;
    e->last = part->last;
    e->files = part->files;
    e->bytes = part->bytes;
    memcpy(e->after, part->after, sizeof e->after);
    if (sl_alias_check(part->roll_name, "", NULL) != SL_OK)
        return sl_fail(err, SL_E_BROKEN, _("a roll has a name that no roll can have"));
    (void)snprintf(e->roll_name, sizeof e->roll_name, "%.*s", (int)part->roll_name.len,
                   (const char *)part->roll_name.at);
    return SL_OK;
}

static void wiped_clear(struct sl_buf *b)
{
    if (b->at != NULL)
        sl_wipe(b->at, b->cap);
    sl_buf_clear(b);
}

static sl_rc read_part(struct reading *r, struct sl_err *err)
{
    __attribute__((cleanup(wiped_clear))) struct sl_buf body = sl_buf_upto(SL_SLIP_BYTES);
    const struct sl_vault *v = r->j->vault;
    struct sl_age_identity *with[SL_LOCKERS_MAX];
    struct sl_part part;
    struct sl_part_care care;
    size_t count = 0;

    SL_TRY(sl_part_care_read(r->care, &care, err));
    r->e->first_pack = care.first_pack;
    r->e->pack_count = care.pack_count;
    r->e->proved = care.proved;
    for (size_t i = 0; i < v->locker_count; i++)
        if (v->locker_identities[i] != NULL)
            with[count++] = v->locker_identities[i];
    if (count == 0)
        return SL_OK;
    sl_rc rc = sl_slip_body(&r->s->slip, &r->s->record, with, count, &body, err);
    if (rc == SL_E_REFUSED)
        return SL_OK; /* a locker that this home was not given */
    SL_TRY(rc);
    SL_TRY(sl_part_read(sl_buf_view(&body), r->s->session.need, &part, err));
    return fill_part(r, &part, err);
}

/* ---- deeds ---- */

static sl_rc read_locker(struct reading *r, struct sl_err *err)
{
    struct sl_locker_deed d;

    return sl_locker_deed_read(r->care, &d, err);
}

static sl_rc read_grant(struct reading *r, struct sl_err *err)
{
    struct sl_grant_care g;

    SL_TRY(sl_grant_care_read(r->care, &g, err));
    r->e->locker = sl_vault_locker_of(r->j->vault, &g.locker, g.epoch);
    memcpy(r->e->to, g.to, sizeof r->e->to);
    return SL_OK;
}

static sl_rc read_request(struct reading *r, struct sl_err *err)
{
    struct sl_request_care q;

    SL_TRY(sl_request_care_read(r->care, &q, err));
    r->e->locker = sl_vault_locker_of(r->j->vault, &q.locker, q.epoch);
    memcpy(r->e->request, q.request, sizeof r->e->request);
    return SL_OK;
}

static sl_rc read_answer(struct reading *r, struct sl_err *err)
{
    struct sl_answer_care a;

    SL_TRY(sl_answer_care_read(r->care, &a, err));
    memcpy(r->e->request, a.request, sizeof r->e->request);
    return SL_OK;
}

static sl_rc read_accepted(struct reading *r, struct sl_err *err)
{
    struct sl_accepted_deed a;

    return sl_accepted_deed_read(r->care, &a, err);
}

static sl_rc add_taken(struct told *t, const struct taken_back *row, struct sl_err *err)
{
    void *at = t->taken;

    SL_TRY(sl_grow(&at, t->taken_count, &t->taken_room, sizeof *row, err));
    t->taken = at;
    t->taken[t->taken_count++] = *row;
    return SL_OK;
}

/* Kept only where the maker's key says so: nobody else's word could count, and rows cost memory. */
static sl_rc read_revoked(struct reading *r, struct sl_err *err)
{
    struct taken_back row = { .session = r->e->session };
    struct sl_revoked_deed *d = malloc(sizeof *d); /* some 56 KiB */

    if (d == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    sl_rc rc = sl_revoked_deed_read(r->care, d, err);
    bool counts = memcmp(r->s->session.author, r->j->vault->maker, SL_SIGN_PUBLIC_BYTES) == 0;
    if (rc == SL_OK && counts) {
        memcpy(row.key, d->key, sizeof row.key);
        rc = add_taken(r->j->told, &row, err);
        for (size_t i = 0; rc == SL_OK && i < d->count; i++) {
            memcpy(row.kept.session, d->sessions[i].session, sizeof row.kept.session);
            memcpy(row.kept.hash, d->sessions[i].hash, sizeof row.kept.hash);
            row.kept.number = d->sessions[i].entries;
            rc = add_taken(r->j->told, &row, err);
        }
    }
    free(d);
    return rc;
}

sl_rc sl_journal_read_entry(struct sl_journal *j, const struct opened_slip *s,
                            struct sl_journal_entry *e, struct sl_err *err)
{
    static sl_rc (*const readers[SL_ENTRY_KIND_LAST + 1])(struct reading *, struct sl_err *) = {
        [SL_ENTRY_FOUNDING] = read_founding,
        [SL_ENTRY_OPENED] = read_opened,
        [SL_ENTRY_CLOSED] = read_closed,
        [SL_ENTRY_PART] = read_part,
        [SL_ENTRY_AUTHOR] = read_author,
        [SL_ENTRY_LOCKER] = read_locker,
        [SL_ENTRY_KEEPER] = NULL, /* nothing is laid down for it yet */
        [SL_ENTRY_CHECKPOINT] = read_checkpoint,
        [SL_ENTRY_GRANT] = read_grant,
        [SL_ENTRY_REQUEST] = read_request,
        [SL_ENTRY_ANSWER] = read_answer,
        [SL_ENTRY_ACCEPTED] = read_accepted,
        [SL_ENTRY_REVOKED] = read_revoked,
    };
    struct reading r = { j, s, sl_slip_care_body(&s->slip), e };

    if (e->kind > SL_ENTRY_KIND_LAST || readers[e->kind] == NULL)
        return SL_OK;
    return readers[e->kind](&r, err);
}
