/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where things are: a keeper's list of slips, kept sorted (18 bytes a name), and the index of known
 * entries by session and number. See load.h.
 */
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "journal/inside.h"

static sl_rc note_object(void *who, const struct sl_object *name, uint64_t bytes,
                         struct sl_err *err)
{
    struct listing *l = who;
    void *at = l->at;

    SL_TRY(sl_grow(&at, l->count, &l->room, sizeof *l->at, err));
    l->at = at;
    l->at[l->count] = (struct listed){ .odd_size = bytes != SL_SLIP_BYTES };
    memcpy(l->at[l->count].name, name->name, SL_NAME_BYTES);
    l->count++;
    return SL_OK;
}

static int by_name(const void *a, const void *b)
{
    return memcmp(((const struct listed *)a)->name, ((const struct listed *)b)->name,
                  SL_NAME_BYTES);
}

sl_rc sl_listing_read(struct sl_journal_keeper *k, struct sl_err *err)
{
    struct listing *l = k->listing = calloc(1, sizeof *l);

    if (l == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    sl_rc rc = sl_keeper_list(k->handle, SL_OBJECT_SLIP, note_object, l, NULL, err);
    if (l->count > 0)
        qsort(l->at, l->count, sizeof *l->at, by_name);
    return rc;
}

struct listed *sl_listing_find(struct sl_journal_keeper *k, const uint8_t name[SL_NAME_BYTES])
{
    struct listed want;

    if (k->listing == NULL || k->listing->count == 0)
        return NULL;
    memcpy(want.name, name, SL_NAME_BYTES);
    return bsearch(&want, k->listing->at, k->listing->count, sizeof want, by_name);
}

void sl_listing_free(struct listing *l)
{
    if (l == NULL)
        return;
    free(l->at);
    free(l);
}

/* ---- entries by session and number ---- */

static size_t first_place(const struct sl_journal *j, size_t session, uint64_t number)
{
    uint64_t mixed = (number + 1) * UINT64_C(0x9e3779b97f4a7c15) ^ (session * UINT64_C(0xff51afd7));

    return (size_t)(mixed >> 17) & (j->place_room - 1);
}

size_t sl_journal_find(const struct sl_journal *j, size_t session, uint64_t number)
{
    if (j->place_room == 0)
        return j->entry_count;
    for (size_t p = first_place(j, session, number); j->places[p] != 0;
         p = (p + 1) & (j->place_room - 1)) {
        const struct sl_journal_entry *e = &j->entries[j->places[p] - 1];
        if (e->session == session && e->number == number)
            return j->places[p] - 1;
    }
    return j->entry_count;
}

static void take_place(struct sl_journal *j, size_t entry)
{
    size_t p = first_place(j, j->entries[entry].session, j->entries[entry].number);

    while (j->places[p] != 0)
        p = (p + 1) & (j->place_room - 1);
    j->places[p] = entry + 1;
}

sl_rc sl_journal_index(struct sl_journal *j, struct sl_err *err)
{
    if (j->entry_count * 2 <= j->place_room) {
        take_place(j, j->entry_count - 1);
        return SL_OK;
    }
    size_t room = j->place_room > 0 ? j->place_room * 4 : 256;
    size_t *places = calloc(room, sizeof *places);
    if (places == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    free(j->places);
    j->places = places;
    j->place_room = room;
    for (size_t i = 0; i < j->entry_count; i++)
        take_place(j, i);
    return SL_OK;
}
