/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who is who. See who.h; what each may do stands in judge.c.
 */
#include "journal/who.h"

#include <stdio.h>
#include <string.h>

#include "base/say.h"
#include "journal/inside.h"

bool sl_journal_same_key(const uint8_t a[SL_SIGN_PUBLIC_BYTES],
                         const uint8_t b[SL_SIGN_PUBLIC_BYTES])
{
    return memcmp(a, b, SL_SIGN_PUBLIC_BYTES) == 0; /* no secret */
}

bool sl_journal_makers_word(const struct sl_journal *j, size_t session)
{
    const struct sl_journal_session *s = &j->sessions[session];

    return sl_journal_same_key(s->explained.author, j->vault->maker) && !s->convicted;
}

/* One key named twice: what was said first counts, whichever keeper answers first. */
static bool said_before(const struct author *a, const struct author *b)
{
    if (a->claimed != b->claimed)
        return a->claimed < b->claimed;
    return memcmp(a->hash, b->hash, sizeof a->hash) < 0;
}

static unsigned trustee_of(const struct sl_vault *v, const uint8_t key[SL_SIGN_PUBLIC_BYTES])
{
    uint8_t theirs[SL_SIGN_PUBLIC_BYTES];

    for (unsigned number = 1; number <= v->trustee_count; number++)
        if (sl_founding_trustee_key(v->quorum, v->quorum_bytes, number, theirs, NULL) == SL_OK &&
            sl_journal_same_key(theirs, key))
            return number;
    return 0;
}

static const struct author *named(const struct sl_journal *j,
                                  const uint8_t key[SL_SIGN_PUBLIC_BYTES])
{
    const struct author *found = NULL;

    for (size_t i = 0; i < j->told->author_count; i++) {
        const struct author *a = &j->told->authors[i];
        if (sl_journal_same_key(a->who.key, key) && sl_journal_makers_word(j, a->session) &&
            (found == NULL || said_before(a, found)))
            found = a;
    }
    return found;
}

enum sl_role sl_journal_role_of(const struct sl_journal *j, const uint8_t key[SL_SIGN_PUBLIC_BYTES],
                                char alias[SL_ALIAS_MAX + 1])
{
    unsigned number = trustee_of(j->vault, key);

    alias[0] = '\0';
    if (sl_journal_same_key(key, j->vault->maker)) {
        (void)snprintf(alias, SL_ALIAS_MAX + 1, "%s", _("maker"));
        return SL_ROLE_MAKER;
    }
    if (number > 0) {
        (void)snprintf(alias, SL_ALIAS_MAX + 1, "%s", j->vault->trustees[number - 1].alias);
        return SL_ROLE_TRUSTEE;
    }
    const struct author *a = named(j, key);
    if (a == NULL)
        return 0;
    (void)snprintf(alias, SL_ALIAS_MAX + 1, "%s", a->who.alias);
    return (enum sl_role)a->who.role;
}

bool sl_journal_revoked(const struct sl_journal *j, const uint8_t key[SL_SIGN_PUBLIC_BYTES])
{
    for (size_t i = 0; i < j->told->taken_count; i++)
        if (sl_journal_same_key(j->told->taken[i].key, key) &&
            sl_journal_makers_word(j, j->told->taken[i].session))
            return true;
    return false;
}

bool sl_journal_alias_taken(const struct sl_journal *j, const char *alias)
{
    if (strcmp(alias, _("maker")) == 0)
        return true;
    for (size_t i = 0; i < j->vault->trustee_count; i++)
        if (strcmp(j->vault->trustees[i].alias, alias) == 0)
            return true;
    for (size_t i = 0; i < j->told->author_count; i++)
        if (strcmp(j->told->authors[i].who.alias, alias) == 0 &&
            sl_journal_makers_word(j, j->told->authors[i].session))
            return true;
    return false;
}

bool sl_journal_author_key(const struct sl_journal *j, const char *alias, enum sl_role role,
                           uint8_t key[SL_SIGN_PUBLIC_BYTES])
{
    for (size_t i = 0; i < j->told->author_count; i++) {
        const struct author *a = &j->told->authors[i];
        if (a->who.role != role || strcmp(a->who.alias, alias) != 0 ||
            !sl_journal_makers_word(j, a->session))
            continue;
        memcpy(key, a->who.key, SL_SIGN_PUBLIC_BYTES);
        return true;
    }
    return false;
}

bool sl_journal_head(const struct sl_journal *j, size_t session, struct sl_head *ret)
{
    size_t last = j->entry_count;

    for (uint64_t number = 0;; number++) {
        size_t at = sl_journal_find(j, session, number);
        if (at == j->entry_count)
            break;
        last = at;
    }
    if (last == j->entry_count)
        return false;
    *ret = (struct sl_head){ .number = j->entries[last].number };
    memcpy(ret->session, j->sessions[session].explained.session, sizeof ret->session);
    memcpy(ret->hash, j->entries[last].hash, sizeof ret->hash);
    return true;
}
