/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which shards a keeper does not even list: also those that a restore has no need to ask for. The
 * list is the keeper's word; that it holds what it lists is another matter (tags, proofs).
 */
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "keeper/keeper.h"
#include "restore/restore.h"

struct names {
    uint8_t (*at)[SL_NAME_BYTES];
    size_t count, room;
};

static sl_rc note_name(void *who, const struct sl_object *name, uint64_t bytes, struct sl_err *err)
{
    struct names *n = who;

    (void)bytes;
    void *at = n->at;
    SL_TRY(sl_grow(&at, n->count, &n->room, sizeof *n->at, err));
    n->at = at;
    memcpy(n->at[n->count++], name->name, SL_NAME_BYTES);
    return SL_OK;
}

static int by_name(const void *a, const void *b)
{
    return memcmp(a, b, SL_NAME_BYTES);
}

static bool is_listed(const struct names *n, const struct sl_journal_session *s,
                      const struct sl_seat *seat, uint64_t pack)
{
    for (uint32_t attempt = 0; attempt < SL_ATTEMPTS_MAX; attempt++) {
        struct sl_object o;
        sl_object_of(&s->names, SL_OBJECT_FULL, &seat->keeper, pack, seat->shard, attempt, &o);
        if (n->count > 0 && bsearch(o.name, n->at, n->count, SL_NAME_BYTES, by_name) != NULL)
            return true;
    }
    return false;
}

static uint64_t count_lacking(const struct sl_journal *j, const struct names *n,
                              const struct sl_id *keeper, const struct sl_roll *roll)
{
    uint64_t lacks = 0;

    for (size_t i = 0; i < roll->part_count; i++) {
        const struct sl_journal_entry *e = &j->entries[roll->parts[i]];
        const struct sl_journal_session *s = &j->sessions[e->session];
        for (size_t seat = 0; seat < s->explained.seat_count; seat++) {
            if (!sl_id_same(&s->explained.seats[seat].keeper, keeper))
                continue;
            for (uint64_t p = 0; p < e->pack_count; p++)
                lacks += is_listed(n, s, &s->explained.seats[seat], e->first_pack + p) ? 0 : 1;
        }
    }
    return lacks;
}

sl_rc sl_restore_gaps(const struct sl_os *os, const struct sl_journal *j, size_t place,
                      const struct sl_roll *rolls, size_t count, uint64_t *lacks,
                      struct sl_err *err)
{
    SL_AUTO_FREE(keeper) *k = NULL;
    const struct sl_keeper_info *info = &j->vault->keepers[place];
    struct names n = { 0 };

    SL_TRY(sl_keeper_open(os, info->url, &info->id, false, &k, err));
    sl_rc rc = sl_keeper_list(k, SL_OBJECT_FULL, note_name, &n, NULL, err);
    if (rc == SL_OK && n.count > 0)
        qsort(n.at, n.count, sizeof *n.at, by_name);
    for (size_t i = 0; rc == SL_OK && i < count; i++)
        lacks[i] = count_lacking(j, &n, &info->id, &rolls[i]);
    free(n.at);
    return rc;
}
