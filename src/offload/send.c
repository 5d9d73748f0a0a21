/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fourth stage: one shard to one keeper. It is put, then proved against the bytes still in memory.
 * A keeper that fails has its shards kept in the spool, and is not tried again in this run; the
 * others go on, because footage must leave even when one door is shut.
 */
#include <stdlib.h>

#include "base/say.h"
#include "offload/inside.h"

sl_rc sl_hands_ready(struct offload *o, struct hands *h, struct sl_err *err)
{
    if (h->scratch == NULL)
        h->scratch = aligned_alloc(SL_KEEPER_SCRATCH_ALIGN, SL_KEEPER_SCRATCH);
    if (h->scratch == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    if (h->spool == NULL)
        return sl_spool_open(o->in->home, o->in->vault, &h->spool, err);
    return SL_OK;
}

void sl_hands_clear(struct hands *h)
{
    for (size_t i = 0; i < SL_KEEPERS_MAX; i++)
        sl_keeper_free(h->keepers[i]);
    sl_spool_free(h->spool);
    free(h->scratch);
    *h = (struct hands){ 0 };
}

/* Something else under our name, which nobody else can know: the keeper put it there, or a disk
 * tore it. The next attempt's name is as good; readers try them in order. */
static sl_rc put_and_prove(const struct offload *o, struct hands *h, const struct stow *s,
                           enum sl_proof *proof, struct sl_err *err)
{
    struct sl_keeper *k = h->keepers[s->seat];
    struct sl_object name = s->name;
    sl_rc rc = sl_keeper_put(k, &name, s->pieces, s->count, err);

    for (uint32_t attempt = 1; rc == SL_E_REFUSED && attempt < SL_ATTEMPTS_MAX; attempt++) {
        sl_object_of(&o->session->names, s->name.kind, &o->seats[s->seat].info->id, s->number,
                     s->shard, attempt, &name);
        rc = sl_keeper_put(k, &name, s->pieces, s->count, err);
    }
    if (rc != SL_OK)
        return rc;
    return sl_keeper_prove(k, &name, s->pieces, s->count, h->scratch, proof, err);
}

static sl_rc reach(const struct offload *o, struct hands *h, unsigned seat, struct sl_err *err)
{
    const struct sl_keeper_info *info = o->seats[seat].info;

    if (h->keepers[seat] != NULL)
        return SL_OK;
    return sl_keeper_open(o->os, info->url, &info->id, false, &h->keepers[seat], err);
}

void sl_offload_stow_one(struct offload *o, struct hands *h, const struct stow *s,
                         struct shard_job *ret)
{
    bool *down = &o->seats[s->seat].down;
    sl_rc rc = SL_E_RETRY;
    struct sl_err spool = { 0 };

    if (!__atomic_load_n(down, __ATOMIC_RELAXED)) {
        rc = reach(o, h, s->seat, &ret->why);
        if (rc == SL_OK)
            rc = put_and_prove(o, h, s, &ret->proof, &ret->why);
        ret->kept = rc == SL_OK;
        if (rc == SL_OK)
            return;
        __atomic_store_n(down, true, __ATOMIC_RELAXED);
    }
    rc = sl_spool_put(h->spool, &o->seats[s->seat].info->id, &s->name, s->pieces, s->count, &spool);
    ret->kept = ret->spooled = rc == SL_OK;
    if (rc != SL_OK)
        ret->why = spool;
}

sl_rc sl_offload_stow(void *job, void *item, struct sl_line *line, struct sl_err *err)
{
    struct offload *o = job;
    struct shard_job *j = item;
    struct hands *h = &o->hands[sl_line_worker(line)];
    struct flight *f = j->flight;

    if (f->bare)
        return sl_line_pass(line, j, err);
    sl_rc rc = sl_hands_ready(o, h, err);
    if (rc != SL_OK) {
        free(j);
        return rc;
    }
    struct sl_view pieces[] = { { f->heads + (size_t)j->seat * SL_SHARD_HEAD_BYTES,
                                  SL_SHARD_HEAD_BYTES },
                                { f->slices[j->seat], SL_SLICE_BYTES } };
    struct stow s = { .seat = j->seat,
                      .number = f->pack->head.number,
                      .shard = o->session->session.seats[j->seat].shard,
                      .pieces = pieces,
                      .count = 2 };
    sl_object_of(&o->session->names, SL_OBJECT_FULL, &o->seats[j->seat].info->id, s.number, s.shard,
                 0, &s.name);
    sl_offload_stow_one(o, h, &s, j);
    return sl_line_pass(line, j, err);
}
