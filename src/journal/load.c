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
#include "journal/inside.h"

void sl_journal_trouble(struct sl_journal_keeper *k, const char *text)
{
    if (k->trouble[0] == '\0')
        (void)snprintf(k->trouble, sizeof k->trouble, "%.*s", (int)strcspn(text, "\n"), text);
}

/* ---- one slip ---- */

sl_rc sl_journal_fetch(struct sl_journal *j, struct sl_journal_keeper *k,
                       const struct sl_object *name, struct sl_slip *slip, struct sl_record *record,
                       struct sl_session *session, struct sl_err *err)
{
    struct sl_age_identity *const care[] = { j->vault->care_identity };
    struct sl_view in = { j->slip, SL_SLIP_BYTES };

    SL_TRY(sl_keeper_get(k->handle, name, 0, SL_SLIP_BYTES, j->slip, err));
    j->plain.len = 0;
    SL_TRY(sl_slip_open(in, care, 1, &j->plain, slip, err));
    SL_TRY(sl_slip_judge(slip, record, session, err));
    if (memcmp(record->production, j->vault->production, sizeof record->production) != 0)
        return sl_fail(err, SL_E_REFUSED, _("this entry is of another production"));
    return SL_OK;
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
    *new = (struct sl_journal_session){ .explained = *s };
    SL_TRY(sl_secret_copy((struct sl_view){ s->name_key, SL_SESSION_KEY_BYTES }, &new->names.bytes,
                          err));
    j->session_count++;
    return SL_OK;
}

/* ---- what care and this home's lockers can read of an entry ---- */

static sl_rc note_author(struct sl_journal *j, size_t session, struct sl_view body,
                         struct sl_err *err)
{
    struct author a = { .session = session };
    void *at = j->authors->at;

    SL_TRY(sl_author_read(body, &a.who, err));
    SL_TRY(sl_grow(&at, j->authors->count, &j->authors->room, sizeof a, err));
    j->authors->at = at;
    j->authors->at[j->authors->count++] = a;
    return SL_OK;
}

static sl_rc read_part(struct sl_journal *j, const struct sl_slip *slip,
                       const struct sl_record *record, struct sl_journal_entry *e,
                       struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) body = sl_buf_upto(SL_SLIP_BYTES);
    struct sl_age_identity *with[SL_LOCKERS_MAX];
    struct sl_part part;
    struct sl_part_care care;
    size_t count = 0;

    SL_TRY(sl_part_care_read(sl_slip_care_body(slip), &care, err));
    e->first_pack = care.first_pack;
    e->pack_count = care.pack_count;
    e->proved = care.proved;
    for (size_t i = 0; i < j->vault->locker_count; i++)
        if (j->vault->locker_identities[i] != NULL)
            with[count++] = j->vault->locker_identities[i];
    if (count == 0)
        return SL_OK;
    sl_rc rc = sl_slip_body(slip, record, with, count, &body, err);
    if (rc == SL_E_REFUSED)
        return SL_OK; /* a locker that this home was not given */
    SL_TRY(rc);
    SL_TRY(sl_part_read(sl_buf_view(&body), j->sessions[e->session].explained.need, &part, err));
    e->locker = sl_vault_locker_of(j->vault, &part.locker, part.epoch);
    e->readable = e->locker >= 0;
    e->roll = part.roll;
    e->part = part.number;
    e->last = part.last;
    e->files = part.files;
    e->bytes = part.bytes;
    memcpy(e->after, part.after, sizeof e->after);
    if (sl_alias_check(part.roll_name, "", NULL) != SL_OK)
        return sl_fail(err, SL_E_BROKEN, _("a roll has a name that no roll can have"));
    (void)snprintf(e->roll_name, sizeof e->roll_name, "%.*s", (int)part.roll_name.len,
                   (const char *)part.roll_name.at);
    return SL_OK;
}

static sl_rc add_entry(struct sl_journal *j, size_t session, const struct sl_record *record,
                       const struct sl_slip *slip, size_t *ret, struct sl_err *err)
{
    struct sl_journal_entry e = { .session = session,
                                  .number = record->number,
                                  .kind = record->kind,
                                  .claimed = record->claimed,
                                  .has_body = slip->body.len > 0,
                                  .locker = -1 };
    void *at = j->entries;

    sl_record_hash(slip->record_bytes, slip->signature, e.hash);
    memcpy(e.previous, record->previous, sizeof e.previous);
    sl_rc rc = SL_OK;
    if (e.kind == SL_ENTRY_AUTHOR)
        rc = note_author(j, session, sl_slip_care_body(slip), err);
    if (e.kind == SL_ENTRY_PART)
        rc = read_part(j, slip, record, &e, err);
    if (rc == SL_E_SYSTEM)
        return rc;
    e.malformed = rc != SL_OK; /* its author's doing, not the keeper's: kept, and not believed */
    e.readable &= !e.malformed;
    SL_TRY(sl_grow(&at, j->entry_count, &j->entry_room, sizeof *j->entries, err));
    j->entries = at;
    *ret = j->entry_count;
    j->entries[j->entry_count++] = e;
    SL_TRY(sl_journal_index(j, err));
    if (j->sessions[session].entries <= e.number)
        j->sessions[session].entries = e.number + 1;
    if (e.kind == SL_ENTRY_CLOSED)
        j->sessions[session].closed = true;
    return SL_OK;
}

/* ---- names ---- */

/* The listed name of an entry at keeper `k`, whichever attempt, or NULL. */
static struct listed *where_listed(struct sl_journal *j, struct sl_journal_keeper *k,
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

/* Open the slip under a name that nobody explained. Trouble with one slip is the keeper's, never
 * the journal's: it is noted and passed over. Only a want of memory ends the loading. */
static sl_rc learn(struct sl_journal *j, struct sl_journal_keeper *k, struct listed *at,
                   struct sl_err *err)
{
    struct sl_object name = { .kind = SL_OBJECT_SLIP };
    struct sl_slip slip;
    struct sl_record record;
    struct sl_session explained;
    struct sl_err why = { 0 };
    size_t session = 0, entry = 0;

    memcpy(name.name, at->name, SL_NAME_BYTES);
    at->state = LISTED_WRONG;
    if (sl_journal_fetch(j, k, &name, &slip, &record, &explained, &why) != SL_OK) {
        sl_journal_trouble(k, why.text);
        return SL_OK;
    }
    SL_TRY(add_session(j, &explained, &session, err));
    if (!named_right(j, session, k, record.number, at->name)) {
        sl_journal_trouble(k, _("a slip stands under a name that is not its own"));
        return SL_OK;
    }
    entry = sl_journal_find(j, session, record.number);
    if (entry == j->entry_count) {
        sl_rc rc = add_entry(j, session, &record, &slip, &entry, &why);
        if (rc == SL_E_SYSTEM)
            return sl_fail(err, rc, "%s", why.text);
        if (rc != SL_OK) {
            sl_journal_trouble(k, why.text);
            return SL_OK;
        }
    } else {
        uint8_t hash[SL_SHA256_BYTES];
        sl_record_hash(slip.record_bytes, slip.signature, hash);
        if (memcmp(hash, j->entries[entry].hash, sizeof hash) != 0)
            j->sessions[session].convicted = true; /* two entries of one number, both signed */
    }
    at->state = LISTED_OPENED;
    return SL_OK;
}

static void explain(struct sl_journal *j, struct sl_journal_keeper *k)
{
    for (size_t i = 0; i < j->entry_count; i++) {
        struct listed *at = where_listed(j, k, &j->entries[i]);
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
        struct listed *at = where_listed(j, k, e);
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
    j->plain = sl_buf_upto(SL_SLIP_BYTES);
    j->slip = malloc(SL_SLIP_BYTES);
    j->authors = calloc(1, sizeof *j->authors);
    if (j->slip == NULL || j->authors == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    j->keeper_count = v->keeper_count;
    for (size_t i = 0; i < v->keeper_count; i++)
        j->keepers[i].info = &v->keepers[i];
    SL_TRY(ask_all(j, thorough, voice, err));
    sl_journal_judge(j);
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
    for (size_t i = 0; i < j->session_count; i++) {
        sl_secret_free(j->sessions[i].names.bytes);
        sl_wipe(&j->sessions[i].explained, sizeof j->sessions[i].explained);
    }
    for (size_t i = 0; i < j->roll_count; i++)
        free(j->rolls[i].parts);
    if (j->authors != NULL)
        free(j->authors->at);
    sl_buf_clear(&j->plain);
    free(j->authors);
    free(j->places);
    free(j->sessions);
    free(j->entries);
    free(j->rolls);
    free(j->slip);
    free(j);
}

sl_rc sl_journal_body(struct sl_journal *j, const struct sl_journal_entry *e, struct sl_buf *body,
                      struct sl_err *err)
{
    struct sl_age_identity *with[SL_LOCKERS_MAX];
    struct sl_err why = { 0 };
    size_t count = 0;

    for (size_t i = 0; i < j->vault->locker_count; i++)
        if (j->vault->locker_identities[i] != NULL)
            with[count++] = j->vault->locker_identities[i];
    for (size_t i = 0; i < j->keeper_count; i++) {
        struct sl_journal_keeper *k = &j->keepers[i];
        struct sl_object name = { .kind = SL_OBJECT_SLIP };
        struct sl_slip slip;
        struct sl_record record;
        struct sl_session session;
        uint8_t hash[SL_SHA256_BYTES];
        struct listed *at = (e->held >> i & 1) != 0 ? where_listed(j, k, e) : NULL;
        if (at == NULL || k->handle == NULL)
            continue;
        memcpy(name.name, at->name, SL_NAME_BYTES);
        sl_rc rc = sl_journal_fetch(j, k, &name, &slip, &record, &session, &why);
        if (rc == SL_OK) {
            sl_record_hash(slip.record_bytes, slip.signature, hash);
            if (memcmp(hash, e->hash, sizeof hash) == 0)
                return sl_slip_body(&slip, &record, with, count, body, err);
            (void)sl_fail(&why, SL_E_BROKEN, _("another entry stands under this name"));
        }
        sl_journal_trouble(k, why.text);
        k->lied++;
    }
    return sl_fail(err, SL_E_BROKEN, _("no keeper gives an entry that was there a moment ago: %s"),
                   why.text);
}
