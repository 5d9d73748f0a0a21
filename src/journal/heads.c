/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What authors have seen of each other. Heads travel with every entry; those of entries that are
 * believed name entries that exist, whether keepers give them or not. missing.c counts.
 */
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "format/pen.h"
#include "journal/inside.h"

#define LISTS_LOOKED_AT 8u /* a session's entries have one list of heads, or few */

/* The list of that hash, kind and fate among the newest of the session, or NULL. */
static struct heads_list *find_list(struct sl_journal *j, const struct opened_slip *s,
                                    const struct sl_journal_entry *e)
{
    size_t at = j->sessions[e->session].newest_heads;

    for (unsigned tries = 0; at > 0 && tries < LISTS_LOOKED_AT; tries++) {
        struct heads_list *l = &j->told->lists[at - 1];
        if (l->kind == e->kind && l->malformed == e->malformed &&
            memcmp(l->hash, s->record.heads, sizeof l->hash) == 0)
            return l;
        at = l->older;
    }
    return NULL;
}

static sl_rc add_list(struct sl_journal *j, const struct opened_slip *s,
                      const struct sl_journal_entry *e, const struct sl_head *heads, size_t count,
                      struct sl_err *err)
{
    struct told *t = j->told;
    struct heads_list new = { .session = e->session,
                              .number = e->number,
                              .kind = e->kind,
                              .malformed = e->malformed,
                              .from = t->head_count,
                              .count = count,
                              .older = j->sessions[e->session].newest_heads };

    memcpy(new.hash, s->record.heads, sizeof new.hash);
    for (size_t i = 0; i < count; i++) {
        void *at = t->heads;
        SL_TRY(sl_grow(&at, t->head_count, &t->head_room, sizeof *t->heads, err));
        t->heads = at;
        t->heads[t->head_count++] = heads[i];
    }
    void *at = t->lists;
    SL_TRY(sl_grow(&at, t->list_count, &t->list_room, sizeof new, err));
    t->lists = at;
    t->lists[t->list_count++] = new;
    j->sessions[e->session].newest_heads = t->list_count;
    return SL_OK;
}

sl_rc sl_journal_note_heads(struct sl_journal *j, const struct opened_slip *s,
                            const struct sl_journal_entry *e, struct sl_err *err)
{
    struct sl_head heads[SL_HEADS_MAX];
    struct heads_list *known = find_list(j, s, e);
    size_t count = 0;

    if (known != NULL) {
        if (e->number < known->number)
            known->number = e->number;
        return SL_OK;
    }
    SL_TRY(sl_heads_read(s->slip.heads, heads, &count, err));
    if (count > HEADS_KEPT_MAX - j->told->head_count) {
        j->heads_over += count;
        return SL_OK;
    }
    return count > 0 ? add_list(j, s, e, heads, count, err) : SL_OK;
}

/* Whether an entry is believed that brings the list. */
static bool counts(const struct sl_journal *j, const struct heads_list *l)
{
    const struct sl_journal_session *s = &j->sessions[l->session];

    return s->believed && l->number < s->believed_below && sl_journal_may(s->role, l->kind) &&
           !l->malformed;
}

/* Heads give the number of an entry; here it counts entries. */
static sl_rc name_seen(struct sl_journal *j, const struct heads_list *l, struct sl_err *err)
{
    for (size_t i = 0; i < l->count; i++) {
        struct sl_head head = j->told->heads[l->from + i];
        if (head.number < UINT64_MAX)
            head.number++;
        SL_TRY(sl_journal_name(j, &head, l->session, err));
    }
    return SL_OK;
}

sl_rc sl_journal_compare_heads(struct sl_journal *j, struct sl_err *err)
{
    const struct told *t = j->told;

    SL_TRY(sl_journal_sort_sessions(j, err));
    for (size_t i = 0; i < t->list_count; i++)
        if (counts(j, &t->lists[i]))
            SL_TRY(name_seen(j, &t->lists[i], err));
    for (size_t i = 0; i < t->taken_count; i++) /* who takes a key back has seen what stays */
        if (t->taken[i].kept.number > 0 && j->sessions[t->taken[i].session].believed)
            SL_TRY(sl_journal_name(j, &t->taken[i].kept, t->taken[i].session, err));
    return sl_journal_count_missing(j, err);
}

/* ---- what this journal has seen ---- */

struct newest {
    int64_t claimed;
    struct sl_head head;
};

static bool wrote_later(const struct newest *a, const struct newest *b)
{
    if (a->claimed != b->claimed)
        return a->claimed > b->claimed;
    return memcmp(a->head.session, b->head.session, SL_SESSION_BYTES) < 0;
}

static int by_session(const void *a, const void *b)
{
    return memcmp(((const struct sl_head *)a)->session, ((const struct sl_head *)b)->session,
                  SL_SESSION_BYTES);
}

void sl_journal_heads(const struct sl_journal *j, struct sl_head ret[SL_HEADS_MAX], size_t *count)
{
    struct newest top[SL_HEADS_MAX + 1]; /* the latest first, and one to fall off */
    size_t found = 0;

    for (size_t i = 0; i < j->session_count; i++) {
        const struct sl_journal_session *s = &j->sessions[i];
        if (s->newest == SIZE_MAX)
            continue;
        const struct sl_journal_entry *e = &j->entries[s->newest];
        struct newest new = { .claimed = e->claimed, .head = { .number = e->number } };
        memcpy(new.head.session, s->explained.session, sizeof new.head.session);
        memcpy(new.head.hash, e->hash, sizeof new.head.hash);
        size_t at = found;
        for (; at > 0 && wrote_later(&new, &top[at - 1]); at--)
            top[at] = top[at - 1];
        top[at] = new;
        found += found < SL_HEADS_MAX ? 1 : 0;
    }
    for (size_t i = 0; i < found; i++)
        ret[i] = top[i].head;
    qsort(ret, found, sizeof *ret, by_session);
    *count = found;
}

void sl_journal_free_told(struct told *t)
{
    if (t == NULL)
        return;
    free(t->authors);
    free(t->taken);
    free(t->lists);
    free(t->heads);
    free(t->named);
    free(t->sorted);
    free(t);
}
