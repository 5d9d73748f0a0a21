/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who may do what, in one place. The maker is the founding's, trustees are those of its quorum, and
 * whom the maker names may write as capture machine or member. What anybody else wrote, or wrote
 * beyond their role, or after their key was taken back, is kept, counted and shown, and changes
 * nothing. See docs/format/entry.md (ENTRY-9) and deeds.md.
 */
#include <stdio.h>
#include <string.h>

#include "base/say.h"
#include "journal/inside.h"
#include "journal/who.h"

/* ENTRY-9, the one table: kinds of entry that a role may write; bit = kind. */
#define MAY(kind) (1u << SL_ENTRY_##kind)
static const uint32_t ALLOWED[SL_ROLE_LAST + 1] = {
    [SL_ROLE_MAKER] = MAY(FOUNDING) | MAY(OPENED) | MAY(CLOSED) | MAY(PART) | MAY(AUTHOR) |
                      MAY(LOCKER) | MAY(KEEPER) | MAY(CHECKPOINT) | MAY(GRANT) | MAY(REQUEST) |
                      MAY(ACCEPTED) /* passed on: a trustee has signed it */ | MAY(REVOKED),
    [SL_ROLE_CAPTURE] = MAY(OPENED) | MAY(CLOSED) | MAY(PART),
    [SL_ROLE_MEMBER] =
        MAY(OPENED) | MAY(CLOSED) | MAY(PART) | MAY(CHECKPOINT) | MAY(GRANT) | MAY(REQUEST),
    [SL_ROLE_TRUSTEE] = MAY(OPENED) | MAY(CLOSED) | MAY(CHECKPOINT) | MAY(ANSWER) | MAY(ACCEPTED),
};

bool sl_journal_may(enum sl_role role, uint32_t kind)
{
    return kind > 0 && kind <= SL_ENTRY_KIND_LAST && (ALLOWED[role] >> kind & 1) != 0;
}

/* ---- keys taken back ---- */

/* DEED-12: the session that the row lists is the one we hold as far as it goes. */
static bool is_the_one(const struct sl_journal *j, size_t session, const struct sl_head *kept)
{
    size_t last = sl_journal_find(j, session, kept->number - 1);

    return last == j->entry_count ||
           memcmp(j->entries[last].hash, kept->hash, sizeof kept->hash) == 0;
}

static void take_back(const struct sl_journal *j, size_t session, struct sl_journal_session *s)
{
    uint64_t below = 0;

    for (size_t i = 0; i < j->told->taken_count; i++) {
        const struct taken_back *t = &j->told->taken[i];
        if (!sl_journal_same_key(t->key, s->explained.author) ||
            !sl_journal_makers_word(j, t->session))
            continue;
        s->revoked = true;
        if (t->kept.number > below &&
            memcmp(t->kept.session, s->explained.session, SL_SESSION_BYTES) == 0 &&
            is_the_one(j, session, &t->kept))
            below = t->kept.number;
    }
    if (s->revoked)
        s->believed_below = below;
}

static void judge_session(struct sl_journal *j, size_t session)
{
    struct sl_journal_session *s = &j->sessions[session];

    s->role = sl_journal_role_of(j, s->explained.author, s->author);
    if (s->role == SL_ROLE_CAPTURE || s->role == SL_ROLE_MEMBER)
        take_back(j, session, s); /* DEED-11: makers and trustees are the founding's, nobody's to
                                     undo */
    s->believed = s->role != 0 && !s->convicted;
    j->convicted += s->role != 0 && s->convicted ? 1 : 0;
}

/* ---- entries ---- */

static enum sl_entry_belief judge_entry(const struct sl_journal *j,
                                        const struct sl_journal_entry *e)
{
    const struct sl_journal_session *s = &j->sessions[e->session];

    if (s->role == 0)
        return SL_BELIEF_UNKNOWN_AUTHOR;
    if (s->convicted)
        return SL_BELIEF_CONVICTED;
    if (e->number >= s->believed_below)
        return SL_BELIEF_REVOKED;
    if (e->kind == 0 || e->kind > SL_ENTRY_KIND_LAST)
        return SL_BELIEF_UNKNOWN_KIND;
    if (!sl_journal_may(s->role, e->kind))
        return SL_BELIEF_NOT_ALLOWED;
    if (e->malformed)
        return SL_BELIEF_MALFORMED;
    if (e->kind == SL_ENTRY_FOUNDING && (e->number != 0 || !e->founds)) /* ENTRY-9 */
        return SL_BELIEF_NOT_ALLOWED;
    return SL_BELIEF_YES;
}

/* A hole in a chain: an entry is known, the one before it is not, or is another. */
static bool chain_is_broken(const struct sl_journal *j, const struct sl_journal_entry *e)
{
    const struct sl_journal_session *s = &j->sessions[e->session];

    if (e->number == 0 || s->role == 0 || e->number >= s->believed_below)
        return false;
    size_t before = sl_journal_find(j, e->session, e->number - 1);
    return before == j->entry_count ||
           memcmp(j->entries[before].hash, e->previous, sizeof e->previous) != 0;
}

/* Whatever it says: what counts here is that the author's chain has come so far. */
static void note_newest(struct sl_journal *j, size_t entry)
{
    const struct sl_journal_entry *e = &j->entries[entry];
    struct sl_journal_session *s = &j->sessions[e->session];

    if (!s->believed || e->number >= s->believed_below)
        return;
    if (s->newest == SIZE_MAX || j->entries[s->newest].number < e->number)
        s->newest = entry;
}

void sl_journal_judge(struct sl_journal *j)
{
    for (size_t i = 0; i < j->session_count; i++)
        judge_session(j, i);
    for (size_t i = 0; i < j->entry_count; i++) {
        struct sl_journal_entry *e = &j->entries[i];
        e->belief = judge_entry(j, e);
        e->readable &= e->belief == SL_BELIEF_YES;
        if (e->kind == 0 || e->kind > SL_ENTRY_KIND_LAST)
            j->unknown_kinds++;
        else
            j->unbelieved += e->belief != SL_BELIEF_YES ? 1 : 0;
        j->gaps += chain_is_broken(j, e) ? 1 : 0;
        note_newest(j, i);
    }
}
