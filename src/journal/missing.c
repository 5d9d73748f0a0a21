/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is missing: entries that believed authors, this home's memory, or the chains themselves say
 * there are, and that no keeper gives. An entry that somebody has seen otherwise than we hold it is
 * told too, and convicts nobody: who lies there cannot be known.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "journal/inside.h"

/* ---- sessions by their bytes ---- */

static int by_bytes(const void *a, const void *b, void *who)
{
    const struct sl_journal *j = who;

    return memcmp(j->sessions[*(const size_t *)a].explained.session,
                  j->sessions[*(const size_t *)b].explained.session, SL_SESSION_BYTES);
}

sl_rc sl_journal_sort_sessions(struct sl_journal *j, struct sl_err *err)
{
    size_t *sorted = calloc(j->session_count + 1, sizeof *sorted); /* never nothing */

    if (sorted == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    for (size_t i = 0; i < j->session_count; i++)
        sorted[i] = i;
    qsort_r(sorted, j->session_count, sizeof *sorted, by_bytes, j);
    free(j->told->sorted);
    j->told->sorted = sorted;
    return SL_OK;
}

/* Index of the session, or session_count. */
static size_t find_session(const struct sl_journal *j, const uint8_t session[SL_SESSION_BYTES])
{
    size_t from = 0, to = j->session_count;

    while (from < to) {
        size_t middle = from + (to - from) / 2, at = j->told->sorted[middle];
        int order = memcmp(j->sessions[at].explained.session, session, SL_SESSION_BYTES);
        if (order == 0)
            return at;
        if (order < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return j->session_count;
}

/* ---- who says so, in words ---- */

#define WHO_ROOM 96u

static const char *who_saw(const struct sl_journal *j, size_t by, char ret[WHO_ROOM])
{
    char plain[SL_PLAIN_BYTES(SL_ALIAS_MAX)];

    if (by == BY_HOME) {
        (void)snprintf(ret, WHO_ROOM, "%s", _("this home"));
        return ret;
    }
    const char *alias = j->sessions[by].author;
    struct sl_view name = { (const uint8_t *)alias, strlen(alias) };
    (void)snprintf(ret, WHO_ROOM, "'%.90s'", sl_plain(name, plain, sizeof plain));
    return ret;
}

/* Whose session it is, where that is known. */
static const char *whose(const struct sl_journal *j, size_t session, char ret[WHO_ROOM])
{
    if (session < j->session_count && j->sessions[session].author[0] != '\0')
        return who_saw(j, session, ret);
    (void)snprintf(ret, WHO_ROOM, "%s", _("somebody"));
    return ret;
}

static void say_disagreement(struct sl_journal *j, size_t session, uint64_t number, size_t by)
{
    char who[WHO_ROOM], author[WHO_ROOM];

    if (j->disagreements++ > 0)
        return;
    (void)snprintf(j->disagreement_text, sizeof j->disagreement_text,
                   _("%s saw another entry %llu of a session of %s than keepers give"),
                   who_saw(j, by, who), (unsigned long long)number, whose(j, session, author));
}

static void say_missing(struct sl_journal *j, size_t session, uint64_t entries, size_t by)
{
    char who[WHO_ROOM], author[WHO_ROOM];
    uint64_t number = 0;

    if (j->missing_text[0] != '\0')
        return;
    if (session == j->session_count) {
        (void)snprintf(j->missing_text, sizeof j->missing_text,
                       _("%s saw a session of which no keeper gives an entry"),
                       who_saw(j, by, who));
        return;
    }
    while (number < entries && sl_journal_find(j, session, number) < j->entry_count)
        number++;
    if (by == session) /* the chain itself */
        (void)snprintf(j->missing_text, sizeof j->missing_text,
                       _("no keeper gives entry %llu of a session of %s that has later ones"),
                       (unsigned long long)number, whose(j, session, author));
    else
        (void)snprintf(j->missing_text, sizeof j->missing_text,
                       _("no keeper gives entry %llu of a session of %s: %s saw it"),
                       (unsigned long long)number, whose(j, session, author), who_saw(j, by, who));
}

/* ---- naming ---- */

sl_rc sl_journal_name(struct sl_journal *j, const struct sl_head *head, size_t by,
                      struct sl_err *err)
{
    struct told *t = j->told;
    struct named new = { *head, by };
    void *at = t->named;

    size_t session = find_session(j, head->session);
    if (session < j->session_count) {
        size_t held = sl_journal_find(j, session, head->number - 1);
        if (held < j->entry_count &&
            memcmp(j->entries[held].hash, head->hash, sizeof head->hash) != 0)
            say_disagreement(j, session, head->number - 1, by);
    }
    SL_TRY(sl_grow(&at, t->named_count, &t->named_room, sizeof new, err));
    t->named = at;
    t->named[t->named_count++] = new;
    return SL_OK;
}

/* By session; of each, who saw most first. */
static int by_session(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    int order = memcmp(x->head.session, y->head.session, SL_SESSION_BYTES);

    if (order == 0 && x->head.number != y->head.number)
        order = x->head.number > y->head.number ? -1 : 1;
    if (order == 0 && x->by != y->by)
        order = x->by < y->by ? -1 : 1;
    return order;
}

static void each_once(struct told *t)
{
    size_t kept = 0;

    if (t->named_count > 0)
        qsort(t->named, t->named_count, sizeof *t->named, by_session);
    for (size_t i = 0; i < t->named_count; i++)
        if (kept == 0 || memcmp(t->named[kept - 1].head.session, t->named[i].head.session,
                                SL_SESSION_BYTES) != 0)
            t->named[kept++] = t->named[i];
    t->named_count = kept;
}

/* ---- counting ---- */

struct session_count {
    uint64_t entries; /* that there are */
    uint64_t held;    /* of these, by any keeper */
    size_t by;        /* session that says so, its own where the chain does */
};

static void add_missing(struct sl_journal *j, uint64_t more)
{
    if (__builtin_add_overflow(j->missing, more, &j->missing))
        j->missing = UINT64_MAX;
}

/* What each session's own chain has to have. A session that nobody vouches for, or that
 * contradicts itself, has to have nothing; nor has what came after its key was taken back. */
static void count_chains(const struct sl_journal *j, struct session_count *counts)
{
    for (size_t i = 0; i < j->session_count; i++) {
        const struct sl_journal_session *s = &j->sessions[i];
        counts[i].by = i;
        if (s->believed && s->newest != SIZE_MAX)
            counts[i].entries = j->entries[s->newest].number + 1;
    }
}

static void count_named(struct sl_journal *j, struct session_count *counts)
{
    for (size_t i = 0; i < j->told->named_count; i++) {
        const struct named *n = &j->told->named[i];
        size_t session = find_session(j, n->head.session);
        if (session == j->session_count) {
            add_missing(j, n->head.number);
            say_missing(j, session, n->head.number, n->by);
        } else if (n->head.number > counts[session].entries) {
            counts[session].entries = n->head.number;
            counts[session].by = n->by;
        }
    }
}

sl_rc sl_journal_count_missing(struct sl_journal *j, struct sl_err *err)
{
    struct session_count *counts = calloc(j->session_count + 1, sizeof *counts);

    if (counts == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    j->missing = 0;
    j->missing_text[0] = '\0';
    each_once(j->told);
    count_chains(j, counts);
    count_named(j, counts);
    for (size_t i = 0; i < j->entry_count; i++) {
        struct session_count *c = &counts[j->entries[i].session];
        c->held += j->entries[i].number < c->entries ? 1 : 0;
    }
    for (size_t i = 0; i < j->session_count; i++)
        if (counts[i].held < counts[i].entries) {
            add_missing(j, counts[i].entries - counts[i].held);
            say_missing(j, i, counts[i].entries, counts[i].by);
        }
    free(counts);
    return SL_OK;
}
