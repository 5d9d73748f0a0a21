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

static const struct sl_journal_entry *entry_at(const struct sl_journal *j, struct span s, size_t i)
{
    return &j->entries[s.at[i]];
}

/* Where in the span the part stands that entry `e` names as the one before it; s.count: nowhere. */
static size_t find_before(const struct sl_journal *j, struct span s,
                          const struct sl_journal_entry *e)
{
    size_t from = 0, to = s.count;

    while (from < to) {
        size_t middle = from + (to - from) / 2;
        const struct sl_journal_entry *m = entry_at(j, s, middle);
        int order = compare_bytes(m->part, e->part - 1);
        if (order == 0)
            order = memcmp(m->hash, e->after, sizeof e->after);
        if (order == 0)
            return middle;
        if (order < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return s.count;
}

/* Does an unbroken chain lead from part 0 to the one at `end`? What leads nowhere is marked, so
 * that all tries together look at each part once. */
static bool is_chain(const struct sl_journal *j, struct span s, size_t end, bool *nowhere)
{
    size_t i = end;

    while (i < s.count && !nowhere[i] && entry_at(j, s, i)->part > 0)
        i = find_before(j, s, entry_at(j, s, i));
    if (i < s.count && !nowhere[i])
        return true;
    for (i = end; i < s.count && !nowhere[i]; i = find_before(j, s, entry_at(j, s, i)))
        nowhere[i] = true;
    return false;
}

/* The chain that ends the roll, else the longest; s.count where there is none. */
static size_t choose_end(const struct sl_journal *j, struct span s, bool *nowhere)
{
    for (size_t i = s.count; i > 0; i--)
        if (entry_at(j, s, i - 1)->last && is_chain(j, s, i - 1, nowhere))
            return i - 1;
    for (size_t i = s.count; i > 0; i--)
        if (is_chain(j, s, i - 1, nowhere))
            return i - 1;
    return s.count;
}

static void follow(const struct sl_journal *j, struct span s, bool *nowhere, struct sl_roll *roll)
{
    size_t i = choose_end(j, s, nowhere);

    if (i == s.count)
        return;
    roll->whole = entry_at(j, s, i)->last;
    roll->part_count = (size_t)entry_at(j, s, i)->part + 1;
    for (size_t left = roll->part_count; left > 0; left--) {
        roll->parts[left - 1] = s.at[i];
        roll->packs += entry_at(j, s, i)->pack_count;
        if (left > 1)
            i = find_before(j, s, entry_at(j, s, i));
    }
}

static sl_rc add_roll(struct sl_journal *j, struct span s, struct sl_err *err)
{
    const struct sl_journal_entry *first = &j->entries[s.at[0]];
    struct sl_roll r = { .locker = first->locker, .id = first->roll, .claimed = first->claimed };

    bool *nowhere = calloc(s.count + 1, sizeof *nowhere); /* never nothing */
    r.parts = calloc(s.count + 1, sizeof *r.parts);
    if (r.parts == NULL || nowhere == NULL) {
        free(nowhere);
        free(r.parts);
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    }
    r.author = j->sessions[first->session].author;
    (void)snprintf(r.name, sizeof r.name, "%s", first->roll_name);
    follow(j, s, nowhere, &r);
    free(nowhere);
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
