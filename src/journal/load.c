/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Loading the journal from keepers. For each keeper in turn: names of entries that are known by now
 * are explained, the others are fetched and opened, which may explain more. At the end every known
 * entry is looked for at every keeper, so that who lacks or alters one is named. See load.h.
 */
#include "journal/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "format/pen.h"
#include "journal/inside.h"

void sl_journal_trouble(struct sl_journal_keeper *k, const char *text)
{
    if (k->trouble[0] == '\0')
        (void)snprintf(k->trouble, sizeof k->trouble, "%.*s", (int)strcspn(text, "\n"), text);
}

/* ---- one slip ---- */

sl_rc sl_journal_fetch(struct sl_journal *j, struct sl_journal_keeper *k,
                       const struct sl_object *name, struct sl_buf *plain, struct opened_slip *ret,
                       struct sl_err *err)
{
    struct sl_age_identity *const care[] = { j->vault->care_identity };
    struct sl_view in = { j->slip, SL_SLIP_BYTES };

    SL_TRY(sl_keeper_get(k->handle, name, 0, SL_SLIP_BYTES, j->slip, err));
    plain->len = 0;
    SL_TRY(sl_slip_open(in, care, 1, plain, &ret->slip, err));
    SL_TRY(sl_slip_judge(&ret->slip, &ret->record, &ret->session, err));
    if (memcmp(ret->record.production, j->vault->production, SL_PRODUCTION_BYTES) != 0)
        return sl_fail(err, SL_E_REFUSED, _("this entry is of another production"));
    sl_record_hash(ret->slip.record_bytes, ret->slip.signature, ret->hash);
    return SL_OK;
}

void sl_journal_forget_plain(struct sl_journal *j)
{
    sl_wipe(j->plain.at, j->plain.len);
    j->plain.len = 0;
}

void sl_opened_slip_clear(struct opened_slip *s)
{
    sl_wipe(&s->session, sizeof s->session);
}

static size_t find_session(const struct sl_journal *j, const uint8_t session[SL_SESSION_BYTES])
{
    for (size_t i = 0; i < j->session_count; i++)
        if (memcmp(j->sessions[i].explained.session, session, SL_SESSION_BYTES) == 0)
            return i;
    return j->session_count;
}

static sl_rc add_session(struct sl_journal *j, const struct sl_session *s, size_t *ret,
                         struct sl_err *err)
{
    void *at = j->sessions;

    *ret = find_session(j, s->session);
    if (*ret < j->session_count)
        return SL_OK;
    SL_TRY(sl_grow(&at, j->session_count, &j->session_room, sizeof *j->sessions, err));
    j->sessions = at;
    struct sl_journal_session *new = &j->sessions[j->session_count];
    *new = (struct sl_journal_session){ .explained = *s,
                                        .believed_below = UINT64_MAX,
                                        .newest = SIZE_MAX };
    sl_wipe(new->explained.name_key, sizeof new->explained.name_key);
    sl_wipe(new->explained.tag_key, sizeof new->explained.tag_key);
    SL_TRY(sl_secret_copy((struct sl_view){ s->name_key, SL_SESSION_KEY_BYTES }, &new->names.bytes,
                          err));
    j->session_count++;
    return SL_OK;
}

static sl_rc add_entry(struct sl_journal *j, size_t session, const struct opened_slip *s,
                       size_t *ret, struct sl_err *err)
{
    struct sl_journal_entry e = { .session = session,
                                  .number = s->record.number,
                                  .kind = s->record.kind,
                                  .claimed = s->record.claimed,
                                  .has_body = s->slip.body.len > 0,
                                  .locker = -1 };
    void *at = j->entries;

    memcpy(e.hash, s->hash, sizeof e.hash);
    memcpy(e.previous, s->record.previous, sizeof e.previous);
    sl_rc rc = sl_journal_read_entry(j, s, &e, err);
    if (rc == SL_E_SYSTEM)
        return rc;
    e.malformed = rc != SL_OK; /* its author's doing, not the keeper's: kept, and not believed */
    e.readable &= !e.malformed;
    SL_TRY(sl_journal_note_heads(j, s, &e, err));
    SL_TRY(sl_grow(&at, j->entry_count, &j->entry_room, sizeof *j->entries, err));
    j->entries = at;
    *ret = j->entry_count;
    j->entries[j->entry_count++] = e;
    SL_TRY(sl_journal_index(j, err));
    if (j->sessions[session].entries <= e.number)
        j->sessions[session].entries = e.number + (e.number < UINT64_MAX ? 1 : 0);
    if (e.kind == SL_ENTRY_CLOSED)
        j->sessions[session].closed = true;
    return SL_OK;
}

/* ---- names ---- */

struct listed *sl_journal_where(const struct sl_journal *j, struct sl_journal_keeper *k,
                                const struct sl_journal_entry *e)
{
    for (uint32_t attempt = 0; attempt < SL_ATTEMPTS_MAX; attempt++) {
        struct sl_object o;
        sl_object_of(&j->sessions[e->session].names, SL_OBJECT_SLIP, &k->info->id, e->number, 0,
                     attempt, &o);
        struct listed *at = sl_listing_find(k, o.name);
        if (at != NULL)
            return at;
    }
    return NULL;
}

static bool named_right(struct sl_journal *j, size_t session, const struct sl_journal_keeper *k,
                        uint64_t number, const uint8_t name[SL_NAME_BYTES])
{
    for (uint32_t attempt = 0; attempt < SL_ATTEMPTS_MAX; attempt++) {
        struct sl_object o;
        sl_object_of(&j->sessions[session].names, SL_OBJECT_SLIP, &k->info->id, number, 0, attempt,
                     &o);
        if (memcmp(o.name, name, SL_NAME_BYTES) == 0)
            return true;
    }
    return false;
}

static bool has_seat(const struct sl_session *s, const struct sl_id *keeper)
{
    for (size_t i = 0; i < s->seat_count; i++)
        if (sl_id_same(&s->seats[i].keeper, keeper))
            return true;
    return false;
}

/* ---- one keeper ---- */

/* What an opened slip says, taken in. */
static sl_rc take_in(struct sl_journal *j, struct sl_journal_keeper *k, struct listed *at,
                     const struct opened_slip *s, struct sl_err *err)
{
    size_t session = 0, entry = 0;

    SL_TRY(add_session(j, &s->session, &session, err));
    if (!named_right(j, session, k, s->record.number, at->name)) {
        sl_journal_trouble(k, _("a slip stands under a name that is not its own"));
        return SL_OK;
    }
    entry = sl_journal_find(j, session, s->record.number);
    if (entry == j->entry_count)
        SL_TRY(add_entry(j, session, s, &entry, err));
    else if (memcmp(s->hash, j->entries[entry].hash, sizeof s->hash) != 0)
        j->sessions[session].convicted = true; /* two entries of one number, both signed */
    at->state = LISTED_OPENED;
    return SL_OK;
}

/* Open the slip under a name that nobody explained. Trouble with one slip is the keeper's, never
 * the journal's: it is noted and passed over. Only a want of memory ends the loading. */
static sl_rc learn(struct sl_journal *j, struct sl_journal_keeper *k, struct listed *at,
                   struct sl_err *err)
{
    struct sl_object name = { .kind = SL_OBJECT_SLIP };
    AUTO_OPENED opened = { 0 };
    struct sl_err why = { 0 };
    sl_rc rc = SL_OK;

    memcpy(name.name, at->name, SL_NAME_BYTES);
    at->state = LISTED_WRONG;
    if (sl_journal_fetch(j, k, &name, &j->plain, &opened, &why) == SL_OK)
        rc = take_in(j, k, at, &opened, err);
    else
        sl_journal_trouble(k, why.text);
    sl_journal_forget_plain(j);
    return rc;
}

static void explain(struct sl_journal *j, struct sl_journal_keeper *k)
{
    for (size_t i = 0; i < j->entry_count; i++) {
        struct listed *at = sl_journal_where(j, k, &j->entries[i]);
        if (at != NULL && at->state == LISTED_UNKNOWN)
            at->state = LISTED_PRESENT;
    }
}

static sl_rc ask_keeper(struct sl_journal *j, struct sl_journal_keeper *k, bool thorough,
                        const struct sl_voice *voice, struct sl_err *err)
{
    if (!thorough)
        explain(j, k);
    for (size_t i = 0; i < k->listing->count; i++) {
        if (voice != NULL)
            SL_TRY(sl_voice_go_on(voice, err));
        struct listed *at = &k->listing->at[i];
        if (at->state == LISTED_UNKNOWN)
            SL_TRY(learn(j, k, at, err));
    }
    return SL_OK;
}

static sl_rc reach(struct sl_journal *j, struct sl_journal_keeper *k, struct sl_err *err)
{
    struct sl_err why = { 0 };

    sl_rc rc = sl_keeper_open(j->os, k->info->url, &k->info->id, false, &k->handle, &why);
    if (rc == SL_OK)
        rc = sl_listing_read(k, &why);
    if (rc == SL_OK)
        return SL_OK;
    k->away = true;
    sl_keeper_free(k->handle);
    k->handle = NULL;
    sl_journal_trouble(k, why.text);
    (void)err;
    return SL_OK;
}

/* ---- who holds what ---- */

static void compare_keeper(struct sl_journal *j, size_t place)
{
    struct sl_journal_keeper *k = &j->keepers[place];

    for (size_t i = 0; i < j->entry_count; i++) {
        struct sl_journal_entry *e = &j->entries[i];
        const struct sl_journal_session *s = &j->sessions[e->session];
        if (!has_seat(&s->explained, &k->info->id))
            continue;
        struct listed *at = sl_journal_where(j, k, e);
        bool known = s->role != 0; /* a stranger's word accuses nobody */
        if (at == NULL) {
            k->lacks += known ? 1 : 0;
        } else if (at->state == LISTED_WRONG || at->odd_size) {
            at->state = LISTED_WRONG;
            e->wrong |= 1u << place;
            k->lied += known ? 1 : 0;
        } else {
            at->state = LISTED_OPENED;
            e->held |= 1u << place;
        }
    }
    for (size_t i = 0; i < k->listing->count; i++)
        k->foreign += k->listing->at[i].state == LISTED_WRONG ? 1 : 0;
    k->foreign -= k->lied; /* a name of ours with wrong bytes is a lie, not a foreign slip */
}

static sl_rc ask_all(struct sl_journal *j, bool thorough, const struct sl_voice *voice,
                     struct sl_err *err)
{
    size_t away = 0;

    for (size_t i = 0; i < j->keeper_count; i++) {
        SL_TRY(reach(j, &j->keepers[i], err));
        away += j->keepers[i].away ? 1 : 0;
        if (!j->keepers[i].away)
            SL_TRY(ask_keeper(j, &j->keepers[i], thorough, voice, err));
    }
    if (away == j->keeper_count)
        return sl_fail(err, SL_E_RETRY, _("none of the %zu keepers answers: %s"), away,
                       j->keepers[0].trouble);
    return SL_OK;
}

sl_rc sl_journal_load(const struct sl_os *os, const struct sl_vault *v, bool thorough,
                      const struct sl_voice *voice, struct sl_journal **ret, struct sl_err *err)
{
    SL_AUTO_FREE(journal) *j = calloc(1, sizeof *j);

    if (v->care_identity == NULL)
        return sl_fail(err, SL_E_REFUSED,
                       _("this home can only write: it holds no key that reads the journal\n"
                         "  use a home that does, abroad"));
    if (j == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    j->os = os;
    j->vault = v;
    SL_TRY(sl_secret_blank(SL_SLIP_BYTES, &j->plain_room, err));
    j->plain = sl_buf_fixed(sl_secret_fill(j->plain_room), SL_SLIP_BYTES);
    j->slip = malloc(SL_SLIP_BYTES);
    j->told = calloc(1, sizeof *j->told);
    if (j->slip == NULL || j->told == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    j->keeper_count = v->keeper_count;
    for (size_t i = 0; i < v->keeper_count; i++)
        j->keepers[i].info = &v->keepers[i];
    SL_TRY(ask_all(j, thorough, voice, err));
    sl_journal_judge(j);
    SL_TRY(sl_journal_compare_heads(j, err));
    for (size_t i = 0; i < j->keeper_count; i++)
        if (!j->keepers[i].away)
            compare_keeper(j, i);
    SL_TRY(sl_journal_make_rolls(j, err));
    *ret = SL_TAKE(j);
    return SL_OK;
}

void sl_journal_free(struct sl_journal *j)
{
    if (j == NULL)
        return;
    for (size_t i = 0; i < j->keeper_count; i++) {
        sl_keeper_free(j->keepers[i].handle);
        sl_listing_free(j->keepers[i].listing);
    }
    for (size_t i = 0; i < j->session_count; i++)
        sl_secret_free(j->sessions[i].names.bytes);
    for (size_t i = 0; i < j->roll_count; i++)
        free(j->rolls[i].parts);
    sl_journal_free_told(j->told);
    sl_secret_free(j->plain_room);
    free(j->places);
    free(j->sessions);
    free(j->entries);
    free(j->rolls);
    free(j->slip);
    free(j);
}
