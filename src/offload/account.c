/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Last stage: receipts. When all shards of a pack are accounted for its flight is free again; when
 * all packs of a part are, the part becomes an entry: first durable here, together with the state
 * for going on, in one atomic file; then sent to every keeper. Parts become entries in their order.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "offload/inside.h"

/* ---- sending entries ---- */

static void note_seat(struct offload *o, const struct shard_job *j)
{
    struct seat *s = &o->seats[j->seat];
    char text[300];

    if (!j->kept)
        s->lost = true;
    else if (!j->spooled && j->proof != SL_PROOF_MEDIUM)
        s->memory_proof = true;
    if (j->kept && !j->spooled)
        return;
    if (j->why.text[0] == '\0' || s->trouble[0] != '\0')
        return;
    (void)snprintf(s->trouble, sizeof s->trouble, "%.*s", (int)strcspn(j->why.text, "\n"),
                   j->why.text);
    (void)snprintf(text, sizeof text, _("keeper '%s': %s"), s->info->alias, s->trouble);
    o->in->voice->say(o->in->voice->who, SL_SAY_WARNING, text);
}

/* Neither the keeper nor the spool takes what the keeper should hold: this run stops. What was
 * written stays, and the same offload goes on once there is room. */
static sl_rc no_place(const struct offload *o, unsigned seat, struct sl_err *err)
{
    const struct seat *s = &o->seats[seat];

    return sl_fail(
        err, SL_E_SYSTEM,
        _("what keeper '%s' should hold can neither be given to it nor wait in the spool: "
          "%s\n  do not format the card; make room and run the same offload again, or "
          "leave the keeper out with --without %s"),
        s->info->alias, s->trouble, s->info->alias);
}

sl_rc sl_offload_send_entry(struct offload *o, const struct sl_entry_out *entry, struct sl_err *err)
{
    struct hands *h = &o->hands[SEND_WORKERS_MAX];

    for (unsigned i = 0; i < o->seat_count; i++) {
        struct sl_view slip = { entry->slips + (size_t)i * SL_SLIP_BYTES, SL_SLIP_BYTES };
        struct shard_job j = { .seat = i };
        struct stow s = {
            .seat = i, .name = entry->names[i], .number = entry->number, .pieces = &slip, .count = 1
        };
        sl_offload_stow_one(o, h, &s, &j);
        note_seat(o, &j);
        if (!j.kept)
            return no_place(o, i, err);
    }
    return SL_OK;
}

/* A weak proof counts against its keeper as long as this roll is not done. */
static void note_weak(struct offload *o)
{
    for (size_t i = 0; i < o->seat_count; i++)
        if (o->seats[i].memory_proof)
            o->state.weak |= 1u << o->seats[i].place;
}

static sl_rc save_state(struct offload *o, const struct sl_entry_out *entry, struct sl_err *err)
{
    struct sl_waiting_slip slips[SL_KEEPERS_MAX];

    note_weak(o);
    for (size_t i = 0; i < entry->count; i++)
        slips[i] = (struct sl_waiting_slip){ entry->keepers[i], entry->names[i],
                                             entry->slips + i * SL_SLIP_BYTES };
    return sl_state_save(o->place, &o->state, slips, entry->count, err);
}

static sl_rc care_only(struct offload *o, uint32_t kind, struct sl_view body,
                       struct sl_entry_out *entry, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) care = sl_buf_upto(SL_SLIP_BYTES);
    struct sl_entry_in in = { .kind = kind };

    SL_TRY(sl_care_body_write(body, &care, in.care_hash, err));
    in.care_body = sl_buf_view(&care);
    return sl_writing_entry(o->session, &in, entry, err);
}

sl_rc sl_offload_open_session(struct offload *o, bool goes_on, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) body = sl_buf_upto(4096);
    SL_AUTO_CLEAR(entry_out) entry = { 0 };
    struct sl_opened opened = { .role = o->in->vault->role, .goes_on = goes_on };

    if (goes_on) {
        memcpy(opened.left_session, o->state.session, sizeof opened.left_session);
        opened.left_entries = o->state.entries;
        opened.left_packs = o->state.packs;
    }
    SL_TRY(sl_opened_write(&opened, &body, err));
    SL_TRY(care_only(o, SL_ENTRY_OPENED, sl_buf_view(&body), &entry, err));
    memcpy(o->state.session, o->session->session.session, sizeof o->state.session);
    o->state.entries = 1;
    o->state.packs = 0;
    SL_TRY(save_state(o, &entry, err));
    return sl_offload_send_entry(o, &entry, err);
}

/* The last entry of a session. If it does not come about the session is a chain that stops, which
 * is no loss: nothing depends on it. */
void sl_offload_close_session(struct offload *o)
{
    SL_AUTO_CLEAR(buf) body = sl_buf_upto(4096);
    SL_AUTO_CLEAR(entry_out) entry = { 0 };
    struct sl_closed closed = { .packs = o->reader.next_pack };

    if (sl_closed_write(&closed, &body, NULL) != SL_OK ||
        care_only(o, SL_ENTRY_CLOSED, sl_buf_view(&body), &entry, NULL) != SL_OK)
        return;
    o->state.entries++;
    if (save_state(o, &entry, NULL) == SL_OK)
        (void)sl_offload_send_entry(o, &entry, NULL);
}

/* ---- a part becomes an entry ---- */

static void describe(const struct offload *o, const struct part_plan *p, struct sl_part *part)
{
    const struct sl_locker_info *locker = &o->in->vault->lockers[o->in->locker];

    *part = (struct sl_part){
        .roll = o->state.roll,
        .roll_name = { (const uint8_t *)o->in->roll, strlen(o->in->roll) },
        .locker = locker->id,
        .epoch = locker->epoch,
        .number = p->number,
        .last = p->last,
        .files = p->last ? p->files : 0,
        .bytes = p->last ? p->bytes : 0,
        .pack_count = p->pack_count,
        .manifest_raw = p->manifest_raw,
        .manifest_bytes = p->manifest.len,
        .manifest_offset = p->manifest_offset,
    };
    memcpy(part->after, o->state.last_part, sizeof part->after);
    memcpy(part->manifest_hash, p->manifest_hash, sizeof part->manifest_hash);
    if (!p->manifest_in_pack) {
        part->inline_manifest = sl_buf_view(&p->manifest);
        part->manifest_offset = 0;
    }
    for (size_t i = 0; i < p->pack_count; i++) {
        part->packs[i].number = p->first_pack + i;
        part->packs[i].header = sl_buf_view(&p->packs[i].header);
        memcpy(part->packs[i].nonce, p->packs[i].nonce, sizeof part->packs[i].nonce);
    }
}

static sl_rc make_entry(struct offload *o, const struct part_plan *p, struct sl_entry_out *entry,
                        struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) body = sl_buf_upto(SL_SLIP_BYTES), sealed = sl_buf_upto(SL_SLIP_BYTES),
                       care = sl_buf_upto(4096), care_salted = sl_buf_upto(4096);
    struct sl_part_care listed = { p->first_pack, p->pack_count, p->proved };
    struct sl_entry_in in = { .kind = SL_ENTRY_PART };
    struct sl_part *part = calloc(1, sizeof *part);

    if (part == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    describe(o, p, part);
    sl_rc rc = sl_part_write(part, &body, err);
    free(part);
    SL_TRY(rc);
    SL_TRY(sl_body_seal(sl_buf_view(&body), &o->in->vault->lockers[o->in->locker].recipient, 1,
                        &sealed, in.body_hash, err));
    SL_TRY(sl_part_care_write(&listed, &care, err));
    SL_TRY(sl_care_body_write(sl_buf_view(&care), &care_salted, in.care_hash, err));
    in.sealed_body = sl_buf_view(&sealed);
    in.care_body = sl_buf_view(&care_salted);
    return sl_writing_entry(o->session, &in, entry, err);
}

static void free_plan(struct part_plan *p)
{
    for (size_t i = 0; i <= SL_PART_PACKS_MAX; i++)
        sl_buf_clear(&p->packs[i].header);
    sl_buf_clear(&p->manifest);
    free(p);
}

static sl_rc write_part(struct offload *o, struct part_plan *p, struct sl_err *err)
{
    SL_AUTO_CLEAR(entry_out) entry = { 0 };

    SL_TRY(make_entry(o, p, &entry, err));
    memcpy(o->state.last_part, entry.hash, sizeof o->state.last_part);
    o->state.next_part = p->number + 1;
    o->state.items = p->items;
    o->state.offset = p->offset;
    memcpy(o->state.digest, p->digest, sizeof o->state.digest);
    o->state.entries++;
    o->state.packs = p->first_pack + p->pack_count;
    o->state.all_packs += p->pack_count;
    o->state.all_parts++;
    uint32_t kept = 0;
    for (unsigned i = 0; i < o->seat_count; i++)
        kept |= (p->kept >> i & 1) << o->seats[i].place;
    o->state.kept &= kept; /* a keeper left out of this run lacks this part */
    o->state.whole = p->last;
    SL_TRY(save_state(o, &entry, err));
    return sl_offload_send_entry(o, &entry, err);
}

static sl_rc all_kept(const struct offload *o, const struct part_plan *p, struct sl_err *err)
{
    for (unsigned i = 0; i < o->seat_count; i++)
        if ((p->kept >> i & 1) == 0)
            return no_place(o, i, err);
    return SL_OK;
}

static sl_rc write_ready_parts(struct offload *o, struct sl_err *err)
{
    while (o->plans != NULL && o->plans->number == o->state.next_part && o->plans->closed &&
           o->plans->accounted == o->plans->pack_count) {
        struct part_plan *p = o->plans;
        SL_TRY(all_kept(o, p, err));
        SL_TRY(write_part(o, p, err));
        o->plans = p->next;
        free_plan(p);
    }
    return SL_OK;
}

/* ---- receipts ---- */

/* Plans come here with their first pack; packs of different parts may overtake each other. */
static void line_up(struct offload *o, struct part_plan *p)
{
    struct part_plan **at = &o->plans;

    while (*at != NULL && (*at)->number < p->number)
        at = &(*at)->next;
    if (*at == p)
        return;
    p->next = *at;
    *at = p;
}

static sl_rc take_flight(struct offload *o, struct flight *f, struct sl_err *err)
{
    struct part_plan *p = f->plan;

    assert(p != NULL);
    if (!f->bare) {
        SL_TRY(sl_buf_put(&p->packs[f->in_plan].header, sl_buf_view(&f->pack->header), err));
        memcpy(p->packs[f->in_plan].nonce, f->pack->nonce, sizeof f->pack->nonce);
        p->accounted++;
        o->packs++;
        o->done_bytes += f->content;
    }
    p->closed |= f->closes;
    return SL_OK;
}

void sl_offload_drop_plans(struct offload *o)
{
    for (size_t i = 0; i < o->flight_count; i++)
        if (o->flights[i].plan != NULL)
            line_up(o, o->flights[i].plan);
    if (o->reader.plan != NULL)
        line_up(o, o->reader.plan);
    o->reader.plan = NULL;
    while (o->plans != NULL) {
        struct part_plan *p = o->plans;
        o->plans = p->next;
        free_plan(p);
    }
}

static void show_progress(struct offload *o)
{
    struct sl_progress p = { .task = "offload",
                             .done_bytes = o->done_bytes,
                             .all_bytes = o->identity.totals.bytes,
                             .all_files = o->identity.totals.files };

    if (p.done_bytes > p.all_bytes)
        p.done_bytes = p.all_bytes; /* manifests are content too */
    if (o->in->voice->progress != NULL)
        o->in->voice->progress(o->in->voice->who, &p);
}

sl_rc sl_offload_account(void *job, void *item, struct sl_line *line, struct sl_err *err)
{
    struct offload *o = job;
    struct shard_job *j = item;
    struct flight *f = j->flight;
    struct part_plan *p = f->plan;

    line_up(o, p);
    if (!f->bare) {
        note_seat(o, j);
        if (!j->kept)
            p->kept &= ~(1u << j->seat);
        if (!j->kept || j->spooled || j->proof != SL_PROOF_MEDIUM)
            p->proved &= ~(1u << j->seat);
    }
    free(j);
    if (--f->receipts_left > 0)
        return SL_OK;
    SL_TRY(take_flight(o, f, err));
    f->plan = NULL;
    sl_flight_forget(f);
    sl_line_return(line, &o->idle, f);
    show_progress(o);
    return write_ready_parts(o, err);
}
