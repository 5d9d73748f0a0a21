/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who may do what, in one place. For now: the maker does everything; whom the maker names may
 * write rolls in the role given; nobody else is believed. What an unknown author wrote is kept,
 * counted and shown, and changes nothing. Quorums and grants bring rows of their own.
 */
#include <stdio.h>
#include <string.h>

#include "base/say.h"
#include "journal/inside.h"

/* Kinds of entry a role may write; bit = kind. */
#define MAY(kind) (1u << (kind))
static const uint32_t ALLOWED[] = {
    [SL_ROLE_MAKER] = UINT32_MAX,
    [SL_ROLE_CAPTURE] = MAY(SL_ENTRY_OPENED) | MAY(SL_ENTRY_CLOSED) | MAY(SL_ENTRY_PART),
    [SL_ROLE_MEMBER] =
        MAY(SL_ENTRY_OPENED) | MAY(SL_ENTRY_CLOSED) | MAY(SL_ENTRY_PART) | MAY(SL_ENTRY_CHECKPOINT),
};

static bool is_maker(const struct sl_journal *j, size_t session)
{
    return memcmp(j->sessions[session].explained.author, j->vault->maker, SL_SIGN_PUBLIC_BYTES) ==
           0;
}

static void find_author(struct sl_journal *j, struct sl_journal_session *s)
{
    for (size_t i = 0; i < j->authors->count; i++) {
        const struct author *a = &j->authors->at[i];
        if (!is_maker(j, a->session) || j->sessions[a->session].convicted ||
            memcmp(a->who.key, s->explained.author, SL_SIGN_PUBLIC_BYTES) != 0 ||
            a->who.role == SL_ROLE_MAKER || a->who.role > SL_ROLE_MEMBER)
            continue;
        s->role = (enum sl_role)a->who.role;
        (void)snprintf(s->author, sizeof s->author, "%s", a->who.alias);
        return;
    }
}

static bool may_write(const struct sl_journal *j, const struct sl_journal_entry *e)
{
    const struct sl_journal_session *s = &j->sessions[e->session];

    if (!s->believed || s->role == 0 || e->malformed)
        return false;
    return e->kind < 32 && (ALLOWED[s->role] >> e->kind & 1) != 0;
}

/* A hole in a chain: an entry is known, the one before it is not, or is another. */
static bool chain_is_broken(const struct sl_journal *j, const struct sl_journal_entry *e)
{
    if (e->number == 0 || j->sessions[e->session].role == 0)
        return false;
    size_t before = sl_journal_find(j, e->session, e->number - 1);
    return before == j->entry_count ||
           memcmp(j->entries[before].hash, e->previous, sizeof e->previous) != 0;
}

void sl_journal_judge(struct sl_journal *j)
{
    for (size_t i = 0; i < j->session_count; i++) {
        struct sl_journal_session *s = &j->sessions[i];
        if (is_maker(j, i)) {
            s->role = SL_ROLE_MAKER;
            (void)snprintf(s->author, sizeof s->author, "%s", _("maker"));
        } else {
            find_author(j, s);
        }
        s->believed = s->role != 0 && !s->convicted;
        j->convicted += s->role != 0 && s->convicted ? 1 : 0;
    }
    for (size_t i = 0; i < j->entry_count; i++) {
        struct sl_journal_entry *e = &j->entries[i];
        if (e->kind == 0 || e->kind > SL_ENTRY_CHECKPOINT)
            j->unknown_kinds++;
        else if (!may_write(j, e)) {
            j->unbelieved++;
            e->readable = false;
        }
        j->gaps += chain_is_broken(j, e) ? 1 : 0;
    }
}
