/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Second stage: a pack back from any k of its shards. Which keepers are asked moves on with every
 * pack, so that a liar is met; tags name a liar before anything is decoded; keepers that lied once
 * are asked last. What this run needs of the pack is opened into the cargo.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "restore/inside.h"

void sl_fetch_hands_clear(struct hands *h)
{
    for (size_t i = 0; i < SL_KEEPERS_MAX; i++)
        sl_keeper_free(h->keepers[i]);
    sl_aead_free(h->tags);
    *h = (struct hands){ 0 };
}

/* ---- one shard from one keeper ---- */

struct asking {
    struct restore *r;
    struct hands *hands;
    const struct plan *plan;
    struct cargo *cargo;
    size_t in_part;
    uint64_t pack;
};

static void trouble(struct asking *a, unsigned place, const char *text)
{
    char *to = a->cargo->troubles[place];

    if (to[0] == '\0')
        (void)snprintf(to, sizeof a->cargo->troubles[0], "%.*s", (int)strcspn(text, "\n"), text);
}

static int place_of(const struct sl_vault *v, const struct sl_id *keeper)
{
    for (size_t i = 0; i < v->keeper_count; i++)
        if (sl_id_same(&v->keepers[i].id, keeper))
            return (int)i;
    return -1;
}

static sl_rc reach(struct asking *a, unsigned place, struct sl_err *err)
{
    const struct sl_keeper_info *info = &a->r->in->vault->keepers[place];

    if (a->hands->keepers[place] != NULL)
        return SL_OK;
    return sl_keeper_open(a->r->os, info->url, &info->id, false, &a->hands->keepers[place], err);
}

/* Ask for shard `number` at keeper `place`, whichever attempt, into `to`. True: it is right. */
static bool ask(struct asking *a, unsigned place, uint8_t number, uint8_t *to)
{
    struct deed *d = &a->cargo->deeds[place];
    const struct sl_id *keeper = &a->r->in->vault->keepers[place].id;
    struct sl_shard_id id = { &a->plan->tags, a->pack, number };
    struct sl_err why = { 0 };
    sl_rc rc = reach(a, place, &why);
    bool lied = false, unreadable = false;

    bool away = rc != SL_OK;

    for (uint32_t attempt = 0; !away && attempt < SL_ATTEMPTS_MAX; attempt++) {
        struct sl_object name;
        sl_object_of(&a->plan->session->names, SL_OBJECT_FULL, keeper, a->pack, number, attempt,
                     &name);
        rc = sl_keeper_get(a->hands->keepers[place], &name, 0, SL_FULL_BYTES, to, &why);
        if (rc == SL_OK)
            rc = sl_shard_check(a->hands->tags, &id, (struct sl_view){ to, SL_FULL_BYTES }, NULL,
                                &why);
        if (rc == SL_OK) {
            d->gave++;
            return true;
        }
        lied |= rc == SL_E_BROKEN || rc == SL_E_REFUSED;
        unreadable |= rc == SL_E_SYSTEM; /* a bad sector costs this shard, not the keeper */
        if (rc != SL_E_MISSING)
            trouble(a, place, why.text);
        away = rc == SL_E_RETRY;
    }
    if (away) { /* the keeper, not the shard */
        trouble(a, place, why.text);
        d->away = true;
        __atomic_store_n(&a->r->down[place], true, __ATOMIC_RELAXED);
    } else if (lied) {
        d->lied++;
        __atomic_store_n(&a->r->suspect[place], true, __ATOMIC_RELAXED);
    } else {
        d->missing++;
        if (unreadable)
            __atomic_store_n(&a->r->suspect[place], true, __ATOMIC_RELAXED);
    }
    return false;
}

/* ---- which keepers ---- */

struct candidate {
    unsigned place;
    uint8_t number;
};

/* In rounds: who did well, who lied, who was away a moment ago. */
enum standing { STANDING_GOOD, STANDING_SUSPECT, STANDING_DOWN, STANDINGS };

static enum standing standing_of(const struct restore *r, int place)
{
    if (__atomic_load_n(&r->down[place], __ATOMIC_RELAXED))
        return STANDING_DOWN;
    return __atomic_load_n(&r->suspect[place], __ATOMIC_RELAXED) ? STANDING_SUSPECT : STANDING_GOOD;
}

static unsigned candidates(const struct asking *a, struct candidate ret[SL_KEEPERS_MAX])
{
    const struct sl_session *s = &a->plan->session->explained;
    unsigned count = 0;

    for (enum standing round = STANDING_GOOD; round < STANDINGS; round++) {
        for (unsigned i = 0; i < s->seat_count; i++) {
            const struct sl_seat *seat = &s->seats[(a->pack + i) % s->seat_count];
            int place = place_of(a->r->in->vault, &seat->keeper);
            if (place < 0 || standing_of(a->r, place) > round)
                continue;
            bool seen = false;
            for (unsigned c = 0; c < count; c++)
                seen |= ret[c].place == (unsigned)place;
            if (!seen)
                ret[count++] = (struct candidate){ (unsigned)place, seat->shard };
        }
    }
    return count;
}

/* ---- opening ---- */

static sl_rc from_slices(void *who, uint64_t at, size_t len, uint8_t *scratch, struct sl_view *ret,
                         struct sl_err *err)
{
    return sl_slices_view(who, at, len, scratch, ret, err);
}

static sl_rc open_with(struct asking *a, const struct sl_age_key *key, struct sl_slices *slices,
                       struct sl_err *err)
{
    SL_AUTO_FREE(pack_opener) *o = NULL;
    const struct sl_part *part = &a->plan->part;
    struct sl_pack_head head = { .locker = part->locker, .epoch = part->epoch, .number = a->pack };

    memcpy(head.production, a->r->in->vault->production, sizeof head.production);
    memcpy(head.session, a->plan->session->explained.session, sizeof head.session);
    SL_TRY(sl_pack_opener_new(a->r->need, key, part->packs[a->in_part].nonce, &head, from_slices,
                              slices, &o, err));
    return sl_pack_read_into(o, 0, sl_pack_content_bytes(a->r->need), a->cargo->content, err);
}

/* Open the whole pack into the cargo through the chosen shards (NULL: the first k gathered). */
static sl_rc open_over(struct asking *a, const struct gathered *g, const unsigned *chosen,
                       struct sl_err *err)
{
    const struct sl_vault *v = a->r->in->vault;
    const struct sl_part *part = &a->plan->part;
    int locker = sl_vault_locker_of(v, &part->locker, part->epoch);
    const uint8_t *from[SL_NEED_MAX];
    uint8_t have[SL_NEED_MAX];
    struct sl_age_key key = { 0 };
    struct sl_slices slices;

    if (locker < 0 || v->locker_identities[locker] == NULL)
        return sl_fail(err, SL_E_REFUSED, _("this home does not hold the key of that locker"));
    for (unsigned i = 0; i < a->r->need; i++) {
        unsigned at = chosen != NULL ? chosen[i] : i;
        have[i] = g->number[at];
        from[i] = g->object[at] + SL_SHARD_HEAD_BYTES;
    }
    SL_TRY(sl_slices_over(a->r->need, have, from, &slices, err));
    SL_TRY(sl_age_header_open(part->packs[a->in_part].header, &v->locker_identities[locker], 1,
                              &key, err));
    sl_rc rc = open_with(a, &key, &slices, err);
    sl_secret_free(key.bytes);
    return rc;
}

static bool opens_whole(void *who, const struct gathered *g, const unsigned *chosen)
{
    return open_over(who, g, chosen, NULL) == SL_OK;
}

/* Who does not fit what the right ones give? */
static void name_misfits(struct asking *a, const struct gathered *g, const unsigned *chosen)
{
    const uint8_t *from[SL_NEED_MAX];
    uint8_t have[SL_NEED_MAX], *slice = malloc(SL_SLICE_BYTES);

    for (unsigned i = 0; i < a->r->need; i++) {
        have[i] = g->number[chosen[i]];
        from[i] = g->object[chosen[i]] + SL_SHARD_HEAD_BYTES;
    }
    for (unsigned i = 0; i < g->count && slice != NULL; i++) {
        if (sl_code_rebuild(a->r->need, have, from, g->number[i], slice, NULL) != SL_OK ||
            memcmp(slice, g->object[i] + SL_SHARD_HEAD_BYTES, SL_SLICE_BYTES) == 0)
            continue;
        a->cargo->deeds[g->place[i]].lied++;
        trouble(a, g->place[i], _("a shard with right tags is not part of its pack"));
        __atomic_store_n(&a->r->suspect[g->place[i]], true, __ATOMIC_RELAXED);
    }
    free(slice);
}

/* Gather every other shard there is and look for a choice that opens. */
static sl_rc search(struct asking *a, struct gathered *g, const struct candidate *c, unsigned from,
                    unsigned count, struct sl_err *err)
{
    unsigned chosen[SL_NEED_MAX], first = g->count;

    for (unsigned i = from; i < count; i++) {
        uint8_t *object = malloc(SL_FULL_BYTES);
        if (object == NULL || !ask(a, c[i].place, c[i].number, object)) {
            free(object);
            continue;
        }
        g->object[g->count] = object;
        g->number[g->count] = c[i].number;
        g->place[g->count++] = c[i].place;
    }
    bool found = sl_swap_search(g, a->r->need, opens_whole, a, chosen);
    if (found)
        name_misfits(a, g, chosen);
    for (unsigned i = first; i < g->count; i++)
        free(g->object[i]);
    return found ? SL_OK
                 : sl_fail(err, SL_E_BROKEN,
                           _("pack %" PRIu64 " does not open from any choice of its shards"),
                           a->pack);
}

sl_rc sl_fetch_pack(struct restore *r, struct hands *h, const struct plan *p, size_t in_part,
                    struct cargo *c, struct sl_err *err)
{
    struct asking a = { r, h, p, c, in_part, p->part.packs[in_part].number };
    struct candidate from[SL_KEEPERS_MAX];
    struct gathered g = { 0 };
    unsigned count = candidates(&a, from), i = 0;

    memset(c->deeds, 0, sizeof c->deeds);
    memset(c->troubles, 0, sizeof c->troubles);
    if (h->tags == NULL)
        SL_TRY(sl_aead_new(&h->tags, err));
    for (; i < count && g.count < r->need; i++) {
        uint8_t *to = c->shards + (size_t)g.count * SL_FULL_BYTES;
        if (!ask(&a, from[i].place, from[i].number, to))
            continue;
        g.object[g.count] = to;
        g.number[g.count] = from[i].number;
        g.place[g.count++] = from[i].place;
    }
    if (g.count < r->need)
        return sl_fail(err, SL_E_BROKEN,
                       _("pack %" PRIu64 ": only %u shards are right where %u are needed"), a.pack,
                       g.count, r->need);
    sl_rc rc = open_over(&a, &g, NULL, err);
    return rc == SL_E_BROKEN ? search(&a, &g, from, i, count, err) : rc;
}

/* Add what keepers did with this pack to the report. Called from one thread at a time. */
void sl_fetch_tell(struct restore *r, const struct cargo *c)
{
    for (size_t i = 0; i < r->in->vault->keeper_count; i++) {
        struct sl_keeper_report *k = &r->ret->keepers[i];
        k->gave_shards += c->deeds[i].gave;
        k->lied_shards += c->deeds[i].lied;
        k->away |= c->deeds[i].away;
        r->missing[i] += c->deeds[i].missing;
        if (k->first_trouble[0] == '\0')
            (void)snprintf(k->first_trouble, sizeof k->first_trouble, "%s", c->troubles[i]);
    }
}

/* ---- the stage ---- */

sl_rc sl_restore_fetch(void *job, void *item, struct sl_line *line, struct sl_err *err)
{
    struct restore *r = job;
    struct cargo *c = item;
    struct sl_err why = { 0 };
    sl_rc rc = sl_voice_go_on(r->in->voice, err);

    if (rc != SL_OK)
        return rc;
    rc = sl_fetch_pack(r, &r->hands[sl_line_worker(line)], r->plan, c->in_part, c, &why);
    if (rc == SL_E_SYSTEM)
        return sl_fail(err, rc, "%s", why.text); /* our own trouble, not a keeper's */
    c->failed = rc != SL_OK;
    if (c->failed)
        (void)snprintf(c->why, sizeof c->why, "%.*s", (int)sizeof c->why - 1, why.text);
    return sl_line_pass(line, c, err);
}
