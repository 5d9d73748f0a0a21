/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rolls put together from their parts. Each part names the entry of the part before it, so a roll
 * is a chain; where a machine was restored from a snapshot there may be two continuations, and the
 * one that ends the roll, else the longer one, is shown. See load.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "journal/inside.h"

/* Order: locker, name, when its first part was claimed, id, part; so that a roll's parts stand
 * together and "A001~2" is the second that was begun. */
static int compare_bytes(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b ? 1 : 0;
}

static int by_roll(const void *a, const void *b, void *who)
{
    const struct sl_journal *j = who;
    const struct sl_journal_entry *x = &j->entries[*(const size_t *)a];
    const struct sl_journal_entry *y = &j->entries[*(const size_t *)b];
    int order = memcmp(x->roll.bytes, y->roll.bytes, sizeof x->roll.bytes);

    if (order == 0)
        order = compare_bytes(x->part, y->part);
    return order != 0 ? order : memcmp(x->hash, y->hash, sizeof x->hash);
}

struct span { /* entries of one roll id, sorted by part */
    const size_t *at;
    size_t count;
};

/* The longest chain downwards from part `number` with hash `after` (NULL: part 0). Parts are few
 * and forks rarer still; depth is the number of parts, walked in a loop. */
static void follow(const struct sl_journal *j, struct span s, struct sl_roll *roll)
{
    const uint8_t *after = NULL;
    size_t i = 0;

    while (i < s.count) {
        const struct sl_journal_entry *best = NULL;
        size_t best_at = 0;
        for (; i < s.count && j->entries[s.at[i]].part <= roll->part_count; i++) {
            const struct sl_journal_entry *e = &j->entries[s.at[i]];
            if (e->part < roll->part_count)
                continue;
            if (after != NULL && memcmp(e->after, after, sizeof e->after) != 0)
                continue;
            bool leads_on = e->last;
            for (size_t n = i + 1; n < s.count && !leads_on; n++)
                leads_on = j->entries[s.at[n]].part == e->part + 1 &&
                           memcmp(j->entries[s.at[n]].after, e->hash, sizeof e->hash) == 0;
            if (best == NULL || (leads_on && !best->last)) {
                best = e;
                best_at = s.at[i];
            }
        }
        if (best == NULL)
            return;
        roll->parts[roll->part_count++] = best_at;
        roll->packs += best->pack_count;
        roll->whole = best->last;
        after = best->hash;
        if (best->last)
            return;
    }
}

static sl_rc add_roll(struct sl_journal *j, struct span s, struct sl_err *err)
{
    const struct sl_journal_entry *first = &j->entries[s.at[0]];
    struct sl_roll r = { .locker = first->locker, .id = first->roll, .claimed = first->claimed };

    r.parts = calloc(s.count + 1, sizeof *r.parts); /* never nothing */
    if (r.parts == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    r.author = j->sessions[first->session].author;
    (void)snprintf(r.name, sizeof r.name, "%s", first->roll_name);
    follow(j, s, &r);
    j->rolls[j->roll_count++] = r;
    return SL_OK;
}

static int by_name_and_age(const void *a, const void *b)
{
    const struct sl_roll *x = a, *y = b;
    int order = x->locker - y->locker;

    if (order == 0)
        order = strcmp(x->name, y->name);
    if (order == 0 && x->claimed != y->claimed)
        order = x->claimed < y->claimed ? -1 : 1;
    return order != 0 ? order : memcmp(x->id.bytes, y->id.bytes, sizeof x->id.bytes);
}

/* A second roll of one name replaces nothing: it is called A001~2. */
static void number_namesakes(struct sl_journal *j)
{
    char base[SL_ALIAS_MAX + 8] = "";
    unsigned count = 0;
    int locker = -1;

    for (size_t i = 0; i < j->roll_count; i++) {
        struct sl_roll *r = &j->rolls[i];
        bool same = r->locker == locker && strcmp(r->name, base) == 0;
        count = same ? count + 1 : 1;
        locker = r->locker;
        if (!same)
            memcpy(base, r->name, sizeof base);
        if (count > 1)
            (void)snprintf(r->name, sizeof r->name, "%.*s~%u", (int)SL_ALIAS_MAX, base, count);
    }
}

sl_rc sl_journal_make_rolls(struct sl_journal *j, struct sl_err *err)
{
    size_t *order = calloc(j->entry_count + 1, sizeof *order), count = 0;
    sl_rc rc = SL_OK;

    j->rolls = calloc(j->entry_count + 1, sizeof *j->rolls);
    if (order == NULL || j->rolls == NULL) {
        free(order);
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    }
    for (size_t i = 0; i < j->entry_count; i++)
        if (j->entries[i].kind == SL_ENTRY_PART && j->entries[i].readable)
            order[count++] = i;
    qsort_r(order, count, sizeof *order, by_roll, j);
    for (size_t from = 0, to = 0; from < count && rc == SL_OK; from = to) {
        const struct sl_id *roll = &j->entries[order[from]].roll;
        while (to < count && sl_id_same(&j->entries[order[to]].roll, roll))
            to++;
        rc = add_roll(j, (struct span){ order + from, to - from }, err);
    }
    free(order);
    qsort(j->rolls, j->roll_count, sizeof *j->rolls, by_name_and_age);
    number_namesakes(j);
    return rc;
}

const struct sl_roll *sl_journal_roll(const struct sl_journal *j, int locker, struct sl_view name)
{
    for (size_t i = 0; i < j->roll_count; i++)
        if (j->rolls[i].locker == locker && strlen(j->rolls[i].name) == name.len &&
            memcmp(j->rolls[i].name, name.at, name.len) == 0)
            return &j->rolls[i];
    return NULL;
}
