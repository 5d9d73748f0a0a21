/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A keeper that lies, stalls and forgets. It stands in front of a real one and tells one kind of
 * lie about the objects whose name falls into its share; everything else it passes on.
 *
 *     struct sl_keeper *k = keeper_liar_new(real, LIE_FLIP, 3);  // every third object; owns real
 */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keeper/keeper.h"

enum lie {
    LIE_NONE,
    LIE_FLIP,    /* one bit of every answer is wrong */
    LIE_HIDE,    /* the object is there and it says that it is not */
    LIE_SWAP,    /* another object's bytes, of the same kind */
    LIE_OLD,     /* nothing newer than keeper_liar_roll_back() exists */
    LIE_LONGER,  /* objects have grown */
    LIE_SHORTER, /* objects were cut */
    LIE_STALL,   /* try again, for ever */
    LIE_FORGET,  /* takes an object, says that it is safe, keeps nothing */
    LIE_COUNT,
};

#define LIAR_OLD_MAX 256u

struct keeper_liar {
    struct sl_keeper keeper;
    struct sl_keeper *real;
    enum lie lie;
    unsigned share;        /* lies about one object in so many; 1: all */
    struct sl_object last; /* what LIE_SWAP gives instead: the object put before */
    bool has_last;
    struct sl_object old[LIAR_OLD_MAX];
    size_t old_count;
    unsigned long told; /* lies so far */
};

static inline struct keeper_liar *liar_of(struct sl_keeper *k)
{
    return (struct keeper_liar *)k;
}

static inline bool liar_same(const struct sl_object *a, const struct sl_object *b)
{
    return a->kind == b->kind && memcmp(a->name, b->name, sizeof a->name) == 0;
}

static inline bool liar_is_old(const struct keeper_liar *l, const struct sl_object *name)
{
    for (size_t i = 0; i < l->old_count; i++) {
        if (liar_same(&l->old[i], name))
            return true;
    }
    return false;
}

static inline bool liar_lies(struct keeper_liar *l, enum lie lie, const struct sl_object *name)
{
    bool lies = l->lie == lie && name->name[1] % l->share == 0;

    l->told += lies;
    return lies;
}

static inline bool liar_hides(struct keeper_liar *l, const struct sl_object *name)
{
    return liar_lies(l, LIE_HIDE, name) || (l->lie == LIE_OLD && !liar_is_old(l, name));
}

static inline sl_rc liar_put(struct sl_keeper *k, const struct sl_object *name,
                             const struct sl_view *pieces, size_t count, struct sl_err *err)
{
    struct keeper_liar *l = liar_of(k);

    if (liar_lies(l, LIE_STALL, name))
        return sl_fail(err, SL_E_RETRY, "the keeper does not answer");
    if (liar_lies(l, LIE_FORGET, name))
        return SL_OK;
    SL_TRY(l->real->kind->put(l->real, name, pieces, count, err));
    if (!l->has_last)
        l->last = *name;
    l->has_last = true;
    return SL_OK;
}

/* Answer a question about `name` with a failure, if that is the lie. */
static inline sl_rc liar_answer(struct keeper_liar *l, const struct sl_object *name,
                                struct sl_err *err)
{
    if (liar_lies(l, LIE_STALL, name))
        return sl_fail(err, SL_E_RETRY, "the keeper does not answer");
    if (liar_hides(l, name))
        return sl_fail(err, SL_E_MISSING, "the keeper has no such object");
    if (liar_lies(l, LIE_LONGER, name) || liar_lies(l, LIE_SHORTER, name))
        return sl_fail(err, SL_E_BROKEN, "the keeper's object has another length");
    return SL_OK;
}

static inline sl_rc liar_prove(struct sl_keeper *k, const struct sl_object *name,
                               const struct sl_view *pieces, size_t count, void *scratch,
                               enum sl_proof *ret, struct sl_err *err)
{
    struct keeper_liar *l = liar_of(k);

    SL_TRY(liar_answer(l, name, err));
    if (liar_lies(l, LIE_FLIP, name) ||
        (!liar_same(name, &l->last) && liar_lies(l, LIE_SWAP, name)))
        return sl_fail(err, SL_E_BROKEN, "the keeper's object does not hold what was sent");
    return l->real->kind->prove(l->real, name, pieces, count, scratch, ret, err);
}

static inline sl_rc liar_get(struct sl_keeper *k, const struct sl_object *name, uint64_t from,
                             size_t count, uint8_t *to, struct sl_err *err)
{
    struct keeper_liar *l = liar_of(k);

    SL_TRY(liar_answer(l, name, err));
    bool swap = l->has_last && l->last.kind == name->kind && liar_lies(l, LIE_SWAP, name);
    SL_TRY(l->real->kind->get(l->real, swap ? &l->last : name, from, count, to, err));
    if (count > 0 && liar_lies(l, LIE_FLIP, name))
        to[count / 2] ^= 0x10;
    return SL_OK;
}

struct liar_list {
    struct keeper_liar *liar;
    sl_keeper_each each;
    void *who;
};

static inline sl_rc liar_each(void *who, const struct sl_object *name, uint64_t bytes,
                              struct sl_err *err)
{
    struct liar_list *list = who;

    if (liar_hides(list->liar, name))
        return SL_OK;
    bytes += liar_lies(list->liar, LIE_LONGER, name);
    bytes -= liar_lies(list->liar, LIE_SHORTER, name);
    return list->each(list->who, name, bytes, err);
}

static inline sl_rc liar_list(struct sl_keeper *k, enum sl_object_kind kind, sl_keeper_each each,
                              void *who, uint64_t *odd, struct sl_err *err)
{
    struct liar_list list = { liar_of(k), each, who };

    if (list.liar->lie == LIE_STALL)
        return sl_fail(err, SL_E_RETRY, "the keeper does not answer");
    return list.liar->real->kind->list(list.liar->real, kind, liar_each, &list, odd, err);
}

static inline sl_rc liar_space(struct sl_keeper *k, uint64_t *free_bytes, struct sl_err *err)
{
    return sl_keeper_space(liar_of(k)->real, free_bytes, err);
}

static inline sl_rc liar_disk(struct sl_keeper *k, char ret[SL_KEEPER_DISK_TEXT],
                              struct sl_err *err)
{
    return sl_keeper_disk(liar_of(k)->real, ret, err);
}

static inline void liar_free(struct sl_keeper *k)
{
    sl_keeper_free(liar_of(k)->real);
    free(k);
}

/* `real` belongs to the liar from here on. */
static inline struct sl_keeper *keeper_liar_new(struct sl_keeper *real, enum lie lie,
                                                unsigned share)
{
    static const struct sl_keeper_kind liar_kind = {
        .scheme = "liar",
        .can_prove = true,
        .free = liar_free,
        .put = liar_put,
        .prove = liar_prove,
        .get = liar_get,
        .list = liar_list,
        .space = liar_space,
        .disk = liar_disk,
    };
    struct keeper_liar *l = calloc(1, sizeof *l);

    if (l == NULL)
        abort();
    l->keeper.kind = &liar_kind;
    l->real = real;
    l->lie = lie;
    l->share = share;
    return &l->keeper;
}

static inline sl_rc liar_remember(void *who, const struct sl_object *name, uint64_t bytes,
                                  struct sl_err *err)
{
    struct keeper_liar *l = who;

    (void)bytes;
    if (l->old_count == LIAR_OLD_MAX)
        return sl_fail(err, SL_E_SYSTEM, "the liar remembers %u objects at most", LIAR_OLD_MAX);
    l->old[l->old_count++] = *name;
    return SL_OK;
}

/* From now on LIE_OLD knows only what stands there at this moment. */
static inline sl_rc keeper_liar_roll_back(struct sl_keeper *k, struct sl_err *err)
{
    struct keeper_liar *l = liar_of(k);

    l->old_count = 0;
    SL_TRY(sl_keeper_list(l->real, SL_OBJECT_FULL, liar_remember, l, NULL, err));
    return sl_keeper_list(l->real, SL_OBJECT_SLIP, liar_remember, l, NULL, err);
}
