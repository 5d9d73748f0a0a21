/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The journey from a card to its keepers, as one table of stages:
 *
 *   read     a file's bytes once, into the places of a pack, hashed on the way        read.c part.c
 *   seal     the pack to its locker; further slices; a head of tags for each          seal.c
 *   check    k shards decoded, opened, compared with the second reading of the card   check.c
 *   send     one shard to one keeper, put and proved; or kept in the spool            send.c
 *   account  receipts; parts become entries, durable here before they are sent        account.c
 *
 * Before it: is there a killed run to go on with (resume.c)? After it: the verdict (verdict.c).
 */
#include "offload/offload.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "offload/inside.h"

#define PAGE 4096u

static void leave(void *item)
{
    (void)item; /* flights belong to the offload */
}

static const struct sl_stage STAGES[] = {
    /* name     work                frees    workers          waiting */
    { "read", sl_offload_read, leave, 1, 0 },
    { "seal", sl_offload_seal, leave, SEAL_WORKERS, FLIGHTS_MAX },
    { "check", sl_offload_check, leave, CHECK_WORKERS, FLIGHTS_MAX },
    { "send", sl_offload_stow, free, SEND_WORKERS_MAX, FLIGHTS_MAX *SL_KEEPERS_MAX },
    { "account", sl_offload_account, free, 1, FLIGHTS_MAX *SL_KEEPERS_MAX },
};

/* ---- what a run needs ---- */

static sl_rc take_seats(struct offload *o, struct sl_err *err)
{
    const struct sl_offload_in *in = o->in;

    for (unsigned i = 0; i < in->vault->keeper_count; i++) {
        if ((in->without >> i & 1) != 0)
            continue;
        o->seats[o->seat_count++] = (struct seat){ .info = &in->vault->keepers[i], .place = i };
    }
    if (o->seat_count <= in->vault->need)
        return sl_fail(err, SL_E_USAGE,
                       _("%zu keepers are left, and any %u must suffice: at least %u are needed"),
                       o->seat_count, in->vault->need, in->vault->need + 1u);
    return SL_OK;
}

/* A session whose seats are the keepers of this run. */
static sl_rc draw_session(struct offload *o, struct sl_err *err)
{
    struct sl_vault *some = calloc(1, sizeof *some);

    if (some == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    *some = *o->in->vault; /* borrowed keys and all; only the list of keepers differs */
    some->keeper_count = o->seat_count;
    for (size_t i = 0; i < o->seat_count; i++)
        some->keepers[i] = *o->seats[i].info;
    sl_rc rc = sl_writing_new(o->os, some, &o->session, err);
    free(some);
    return rc;
}

static sl_rc make_code(struct offload *o, struct sl_err *err)
{
    uint8_t more[SL_KEEPERS_MAX];

    for (size_t i = 0; i < o->seat_count; i++)
        if (o->seats[i].info->shard >= o->in->vault->need)
            more[o->more_count++] = o->seats[i].info->shard;
    return sl_code_new(o->in->vault->need, NULL, more, o->more_count, &o->code, err);
}

static sl_rc make_flight(struct offload *o, struct flight *f, struct sl_err *err)
{
    SL_TRY(sl_pack_new(o->in->vault->need, &f->pack, err));
    f->heads = aligned_alloc(PAGE, o->seat_count * SL_SHARD_HEAD_BYTES);
    f->more = aligned_alloc(PAGE, (o->more_count + 1) * (size_t)SL_SLICE_BYTES);
    f->stretches.paths = sl_buf_upto(SIZE_MAX / 2);
    if (f->heads == NULL || f->more == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory for packs under way"));
    return SL_OK;
}

static sl_rc make_flights(struct offload *o, struct sl_err *err)
{
    size_t budget = o->in->low_memory ? MEMORY_LOW_BYTES : MEMORY_BYTES;
    size_t one = (o->in->vault->need + o->more_count) * (size_t)SL_FULL_BYTES;
    size_t count = budget / one;

    o->flight_count = count < 1 ? 1 : count > FLIGHTS_MAX ? FLIGHTS_MAX : count;
    for (size_t i = 0; i < o->flight_count; i++) {
        SL_TRY(make_flight(o, &o->flights[i], err));
        o->idle.things[o->idle.count++] = &o->flights[i];
    }
    return SL_OK;
}

/* How much of a slip a part's manifest may take, with the largest number of packs. */
static sl_rc measure_room(struct offload *o, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) header = sl_buf_upto(SL_AGE_HEADER_MAX);
    struct sl_age_key key = { 0 };

    SL_TRY(
        sl_age_header_seal(&o->in->vault->lockers[o->in->locker].recipient, 1, &header, &key, err));
    sl_secret_free(key.bytes);
    size_t room = sl_writing_room(o->session);
    size_t fixed = 1024u + header.len + (SL_PART_PACKS_MAX + 1u) * (header.len + 64u);
    o->reader.manifest_room = room > fixed ? room - fixed : 0;
    return SL_OK;
}

/* ---- keepers before the start ---- */

static void look_at_seat(struct offload *o, struct seat *s, uint64_t *space)
{
    SL_AUTO_FREE(keeper) *k = NULL;
    struct sl_err why = { 0 };
    char text[300];

    *space = UINT64_MAX;
    if (sl_keeper_open(o->os, s->info->url, &s->info->id, false, &k, &why) == SL_OK) {
        s->far = sl_keeper_is_far(k);
        if (sl_keeper_disk(k, s->disk, NULL) != SL_OK)
            s->disk[0] = '\0';
        if (sl_keeper_space(k, space, NULL) != SL_OK)
            *space = UINT64_MAX;
        return;
    }
    s->down = true;
    (void)snprintf(s->trouble, sizeof s->trouble, "%.*s", (int)strcspn(why.text, "\n"), why.text);
    (void)snprintf(text, sizeof text, _("keeper '%s': %s"), s->info->alias, s->trouble);
    o->in->voice->say(o->in->voice->who, SL_SAY_WARNING, text);
}

/* What each keeper will be given: one full object a pack, and some slips. */
static uint64_t bytes_each(const struct offload *o)
{
    uint64_t content = sl_pack_content_bytes(o->in->vault->need);
    uint64_t packs = o->identity.totals.bytes / content + 1 + o->identity.totals.files / 20000;

    return packs * SL_FULL_BYTES + (packs / SL_PART_PACKS_MAX + 8) * SL_SLIP_BYTES;
}

/* Free space first: keepers that share a disk share its room. */
static sl_rc look_at_keepers(struct offload *o, bool goes_on, struct sl_err *err)
{
    uint64_t space[SL_KEEPERS_MAX], each = bytes_each(o);

    for (size_t i = 0; i < o->seat_count; i++)
        look_at_seat(o, &o->seats[i], &space[i]);
    for (size_t i = 0; i < o->seat_count && !goes_on; i++) {
        uint64_t wanted = 0;
        for (size_t other = 0; other < o->seat_count; other++)
            if (other == i || (o->seats[i].disk[0] != '\0' && !o->seats[i].down &&
                               strcmp(o->seats[i].disk, o->seats[other].disk) == 0 &&
                               space[i] / 2 <= space[other] && space[other] / 2 <= space[i]))
                wanted += each;
        if (space[i] < wanted)
            return sl_fail(
                err, SL_E_SYSTEM,
                _("keeper '%s' has room for %" PRIu64 " MiB, and this card needs %" PRIu64
                  " MiB on its disk\n  make room, or leave the keeper out with --without"),
                o->seats[i].info->alias, space[i] >> 20, wanted >> 20);
    }
    return SL_OK;
}

/* ---- the run ---- */

static void count_waiting(struct offload *o)
{
    struct hands *h = &o->hands[SEND_WORKERS_MAX];

    for (size_t i = 0; i < o->seat_count; i++) {
        struct seat *s = &o->seats[i];
        s->lost |= (o->state.kept >> s->place & 1) == 0;
        s->memory_proof |= (o->state.weak >> s->place & 1) != 0;
        if (sl_spool_count(h->spool, &s->info->id, &s->waiting, NULL) != SL_OK)
            s->waiting = 1; /* what cannot be counted may wait */
    }
}

/* Is `send` as well: see the end of this file. */
static sl_rc push_all(const struct sl_os *os, const struct sl_voice *voice, struct sl_home *home,
                      const struct sl_vault *vault, struct sl_sent *ret, struct sl_err *err);

static sl_rc run_line(struct offload *o, bool goes_on, struct sl_err *err)
{
    SL_TRY(sl_offload_open_session(o, goes_on, err));
    SL_TRY(sl_part_begin(o, err));
    if (o->reader.in_file)
        sl_reader_go_on(o);
    return sl_line_run(STAGES, sizeof STAGES / sizeof *STAGES, o->in->one_thread, o, err);
}

static sl_rc card_unchanged(struct offload *o, struct sl_err *err)
{
    uint8_t hash[SL_SHA256_BYTES];

    SL_TRY(sl_card_walk_whole(o->card, hash, NULL, err));
    if (memcmp(hash, o->identity.walk, sizeof hash) != 0)
        return sl_fail(err, SL_E_BROKEN,
                       _("the card changed while it was offloaded\n"
                         "  do not format it; run the same offload again"));
    return SL_OK;
}

static void fill_numbers(const struct offload *o, struct sl_verdict *v)
{
    v->files = o->identity.totals.files;
    v->folders = o->identity.totals.folders;
    v->bytes = o->identity.totals.bytes;
    v->packs = o->state.all_packs;
    v->parts = o->state.all_parts;
    v->resumed_bytes = o->resumed_bytes;
    v->elapsed_ms = (o->os->monotonic_ns(o->os->self) - o->start_ns) / 1000000u;
}

/* A state that stays only makes the next run look at this card again. */
static void forget_state(struct offload *o)
{
    struct sl_err why = { 0 };
    char text[600];

    if (sl_state_drop(o->place, &why) == SL_OK)
        return;
    (void)snprintf(text, sizeof text, _("the home still says that this roll is not done: %s"),
                   why.text);
    o->in->voice->say(o->in->voice->who, SL_SAY_WARNING, text);
}

static sl_rc journey(struct offload *o, struct sl_verdict *v, struct sl_err *err)
{
    struct sl_sent sent = { 0 };
    bool found = false;

    SL_TRY(sl_card_identify(o->card, &o->identity, err));
    SL_TRY(sl_reader_begin(o, err));
    SL_TRY(sl_offload_resume(o, &found, err));
    SL_TRY(sl_hands_ready(o, &o->hands[SEND_WORKERS_MAX], err));
    SL_TRY(push_all(o->os, o->in->voice, o->in->home, o->in->vault, &sent, err));
    SL_TRY(look_at_keepers(o, found, err));
    if (!o->state.whole) {
        SL_TRY(draw_session(o, err));
        SL_TRY(make_code(o, err));
        SL_TRY(make_flights(o, err));
        SL_TRY(measure_room(o, err));
        o->reader.next_part = o->state.next_part;
        SL_TRY(run_line(o, found, err));
        sl_offload_close_session(o);
    }
    SL_TRY(card_unchanged(o, err));
    count_waiting(o);
    fill_numbers(o, v);
    sl_offload_judge(o, v);
    if (!v->safe)
        return sl_fail(err, SL_E_UNSAFE, "%s", v->sentence);
    forget_state(o);
    return SL_OK;
}

static void clear(struct offload *o)
{
    sl_offload_drop_plans(o);
    sl_reader_clear(o);
    for (size_t i = 0; i < o->flight_count; i++) {
        sl_pack_free(o->flights[i].pack);
        free(o->flights[i].heads);
        free(o->flights[i].more);
        free(o->flights[i].stretches.at);
        sl_buf_clear(&o->flights[i].stretches.paths);
    }
    for (size_t i = 0; i < SEAL_WORKERS; i++)
        sl_aead_free(o->seals[i]);
    for (size_t i = 0; i <= CHECK_WORKERS; i++)
        sl_second_free(o->seconds[i]);
    for (size_t i = 0; i <= SEND_WORKERS_MAX; i++)
        sl_hands_clear(&o->hands[i]);
    sl_code_free(o->code);
    sl_writing_free(o->session);
    sl_state_place_free(o->place);
    sl_card_free(o->card);
    sl_wipe(o, sizeof *o); /* the card's identity, names that were left out */
    free(o);
}

static sl_rc only_look(struct offload *o, struct sl_verdict *v, struct sl_err *err)
{
    SL_TRY(sl_card_identify(o->card, &o->identity, err));
    SL_TRY(look_at_keepers(o, false, err));
    fill_numbers(o, v);
    v->left_out = true;
    v->need = o->in->vault->need;
    v->keepers = (unsigned)o->seat_count;
    (void)snprintf(
        v->sentence, sizeof v->sentence,
        _("nothing was offloaded: each of %zu keepers would be given about %" PRIu64 " MiB"),
        o->seat_count, bytes_each(o) >> 20);
    return SL_OK;
}

sl_rc sl_offload_run(const struct sl_offload_in *in, struct sl_verdict *verdict, struct sl_err *err)
{
    struct offload *o = calloc(1, sizeof *o);

    if (o == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    *verdict = (struct sl_verdict){ 0 };
    o->in = in;
    o->os = in->os;
    o->start_ns = in->os->monotonic_ns(in->os->self);
    sl_rc rc = take_seats(o, err);
    if (rc == SL_OK)
        rc = sl_card_open(in->os, in->card, &o->card, err);
    if (rc == SL_OK)
        rc = in->dry_run ? only_look(o, verdict, err) : journey(o, verdict, err);
    clear(o);
    return rc;
}

/* ---- pushing what waits ---- */

struct pushing {
    const struct sl_os *os;
    struct sl_keeper *keeper;
    void *scratch;
    struct sl_sent *sent;
    const struct sl_voice *voice;
    uint64_t weak; /* proofs that did not get past memory */
};

/* What was not proved on the medium stays in the spool: nothing else would remember that. */

static sl_rc push_one(void *who, const struct sl_object *name, struct sl_view bytes,
                      struct sl_err *err)
{
    struct pushing *p = who;
    enum sl_proof proof = SL_PROOF_NONE;

    SL_TRY(sl_voice_go_on(p->voice, err));
    SL_TRY(sl_keeper_put(p->keeper, name, &bytes, 1, err));
    SL_TRY(sl_keeper_prove(p->keeper, name, &bytes, 1, p->scratch, &proof, err));
    if (proof != SL_PROOF_MEDIUM) {
        p->weak++;
        return SL_E_UNSAFE;
    }
    p->sent->objects++;
    p->sent->bytes += bytes.len;
    return SL_OK;
}

static sl_rc push_keeper(struct pushing *p, struct sl_spool *spool,
                         const struct sl_keeper_info *info, struct sl_err *err)
{
    SL_AUTO_FREE(keeper) *k = NULL;
    struct sl_err why = { 0 };
    uint64_t waiting = 0;
    char text[600];

    SL_TRY(sl_spool_count(spool, &info->id, &waiting, err));
    if (waiting == 0)
        return SL_OK;
    sl_rc rc = sl_keeper_open(p->os, info->url, &info->id, false, &k, &why);
    p->keeper = k;
    p->weak = 0;
    if (rc == SL_OK)
        rc = sl_spool_push(spool, &info->id, push_one, p, &why);
    if (rc == SL_E_CANCELLED)
        return sl_fail(err, rc, "%s", why.text);
    if (rc != SL_OK) {
        (void)snprintf(text, sizeof text, _("keeper '%s': %s"), info->alias, why.text);
        p->voice->say(p->voice->who, SL_SAY_WARNING, text);
    }
    if (rc == SL_OK && p->weak > 0) {
        (void)snprintf(text, sizeof text,
                       _("keeper '%s' lies in memory or cannot be read past the cache: what it "
                         "could not prove stays in the spool too"),
                       info->alias);
        p->voice->say(p->voice->who, SL_SAY_WARNING, text);
    }
    SL_TRY(sl_spool_count(spool, &info->id, &waiting, err));
    p->sent->waiting += waiting;
    return SL_OK;
}

static sl_rc push_all(const struct sl_os *os, const struct sl_voice *voice, struct sl_home *home,
                      const struct sl_vault *vault, struct sl_sent *ret, struct sl_err *err)
{
    SL_AUTO_FREE(spool) *spool = NULL;
    struct pushing p = { .os = os, .sent = ret, .voice = voice };
    sl_rc rc = SL_OK;

    *ret = (struct sl_sent){ 0 };
    SL_TRY(sl_spool_open(home, vault, &spool, err));
    p.scratch = aligned_alloc(SL_KEEPER_SCRATCH_ALIGN, SL_KEEPER_SCRATCH);
    if (p.scratch == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    for (size_t i = 0; i < vault->keeper_count && rc == SL_OK; i++)
        rc = push_keeper(&p, spool, &vault->keepers[i], err);
    free(p.scratch);
    return rc;
}

sl_rc sl_offload_send(const struct sl_os *os, const struct sl_voice *voice, struct sl_home *home,
                      const struct sl_vault *vault, struct sl_sent *ret, struct sl_err *err)
{
    return push_all(os, voice, home, vault, ret, err);
}
