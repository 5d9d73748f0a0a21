/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Going on after a kill. The state opened, so the card's walk and samples are the same; now all
 * that finished parts hold is read again, past the cache, and must give the same digest. Then the
 * reader stands where the last finished part ended. If it does not agree the card is offloaded
 * afresh.
 */
#include <inttypes.h>
#include <string.h>

#include "base/say.h"
#include "offload/inside.h"

static void show_again(struct offload *o, uint64_t bytes)
{
    struct sl_progress p = { .task = "reread",
                             .done_bytes = bytes,
                             .all_bytes = o->identity.totals.bytes,
                             .all_files = o->identity.totals.files };

    if (o->in->voice->progress != NULL)
        o->in->voice->progress(o->in->voice->who, &p);
}

/* Hash `bytes` of the item at hand from its start, past the cache. */
static sl_rc read_again(struct offload *o, uint64_t bytes, struct sl_err *err)
{
    struct reader *r = &o->reader;
    struct sl_second *second = o->seconds[CHECK_WORKERS];

    sl_content_hash_restart(r->hash);
    for (uint64_t at = 0; at < bytes;) {
        const uint8_t *piece = NULL;
        size_t got = 0;
        SL_TRY(sl_voice_go_on(o->in->voice, err));
        SL_TRY(sl_second_read(second, sl_card_path(r->item), &r->item->stamp, at, bytes - at,
                              &piece, &got, err));
        sl_content_hash_put(r->hash, (struct sl_view){ piece, got });
        at += got;
        o->resumed_bytes += got;
        show_again(o, o->resumed_bytes);
    }
    return SL_OK;
}

static sl_rc again_item(struct offload *o, struct sl_err *err)
{
    static const struct sl_content_digest none;
    struct reader *r = &o->reader;
    struct sl_content_digest d = none;
    bool file = r->item->type == SL_CARD_FILE;

    if (file) {
        SL_TRY(read_again(o, r->item->stamp.size, err));
        sl_content_hash_now(r->hash, &d);
        r->files++;
        r->bytes += r->item->stamp.size;
    } else if (sl_card_skipped(r->item->type)) {
        sl_reader_skip(o, r->item);
    } else {
        r->folders++;
    }
    sl_reader_digest_item(r->digest, r->item, d.sha256);
    r->items++;
    return SL_OK;
}

/* The file that a part cut: everything before the cut is hashed again, and the reading skips it. */
static sl_rc again_cut(struct offload *o, struct sl_content_digest *so_far, struct sl_err *err)
{
    struct reader *r = &o->reader;

    SL_TRY(sl_reading_open(o->card, sl_card_path(r->item), &r->item->stamp, &r->reading, err));
    SL_TRY(read_again(o, o->state.offset, err));
    sl_content_hash_now(r->hash, so_far);
    SL_TRY(sl_reading_skip(r->reading, o->state.offset, err));
    r->done = o->state.offset;
    r->in_file = true;
    return SL_OK;
}

static sl_rc walk_again(struct offload *o, bool *agrees, struct sl_err *err)
{
    struct reader *r = &o->reader;
    struct sl_content_digest so_far = { 0 };
    uint8_t digest[SL_SHA256_BYTES];
    bool more = true;

    *agrees = false;
    while (r->items < o->state.items) {
        SL_TRY(sl_card_next(r->walk, r->item, &more, err));
        if (!more)
            return SL_OK;
        SL_TRY(again_item(o, err));
    }
    if (o->state.offset > 0) {
        SL_TRY(sl_card_next(r->walk, r->item, &more, err));
        if (!more || r->item->type != SL_CARD_FILE || r->item->stamp.size < o->state.offset)
            return SL_OK;
        SL_TRY(again_cut(o, &so_far, err));
    }
    sl_reader_digest_now(r->digest, o->state.offset, so_far.sha256, digest);
    *agrees = memcmp(digest, o->state.digest, sizeof digest) == 0;
    return SL_OK;
}

/* Slips of the killed run's newest entry that may not have been sent. Their names are fixed. */
static sl_rc send_left_slips(struct offload *o, const struct sl_waiting_slip *slips, size_t count,
                             struct sl_err *err)
{
    struct hands *h = &o->hands[SEND_WORKERS_MAX];

    SL_TRY(sl_hands_ready(o, h, err));
    for (size_t i = 0; i < count; i++) {
        struct sl_view slip = { slips[i].bytes, SL_SLIP_BYTES };
        SL_TRY(sl_spool_put(h->spool, &slips[i].keeper, &slips[i].name, &slip, 1, err));
    }
    return SL_OK;
}

/* A roll that is not begun: what was read of it is the digest of nothing. */
static void fresh_state(struct offload *o)
{
    static const uint8_t none[SL_SHA256_BYTES];

    o->state = (struct sl_roll_state){ .kept = UINT32_MAX };
    sl_id_draw(&o->state.roll);
    sl_reader_digest_now(o->reader.digest, 0, none, o->state.digest);
}

static sl_rc start_afresh(struct offload *o, const char *why, struct sl_err *err)
{
    o->in->voice->say(o->in->voice->who, SL_SAY_WARNING, why);
    sl_reader_clear(o);
    o->resumed_bytes = 0;
    o->skipped = 0;
    return sl_reader_begin(o, err);
}

/* A keeper of this run was left out of the earlier one: no going on makes that good, because the
 * keys are gone. Where the keeper can be reached, sending the card afresh does; where it cannot,
 * the verdict says what is missing. */
static bool worth_afresh(const struct offload *o)
{
    for (size_t i = 0; i < o->seat_count; i++) {
        SL_AUTO_FREE(keeper) *k = NULL;
        const struct sl_keeper_info *info = o->seats[i].info;
        if ((o->state.kept >> o->seats[i].place & 1) == 0 &&
            sl_keeper_open(o->os, info->url, &info->id, false, &k, NULL) == SL_OK)
            return true;
    }
    return false;
}

static sl_rc go_on(struct offload *o, bool *goes_on, struct sl_err *err)
{
    if (worth_afresh(o))
        return start_afresh(o,
                            _("an earlier run left out a keeper that takes part in this one: the "
                              "card is offloaded afresh"),
                            err);
    SL_TRY(sl_second_new(o->card, &o->seconds[CHECK_WORKERS], err));
    SL_TRY(walk_again(o, goes_on, err));
    sl_second_forget(o->seconds[CHECK_WORKERS]);
    if (!*goes_on)
        return start_afresh(o,
                            _("what an earlier run sent is not what the card holds now: it is "
                              "offloaded afresh"),
                            err);
    if (o->state.whole) /* its slips are in the spool: from now on without them */
        SL_TRY(sl_state_save(o->place, &o->state, NULL, 0, err));
    return SL_OK;
}

sl_rc sl_offload_resume(struct offload *o, bool *goes_on, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) bytes = { 0 };
    struct sl_waiting_slip slips[SL_KEEPERS_MAX];
    const struct sl_vault *v = o->in->vault;
    enum sl_state_found found = SL_STATE_NONE;
    size_t count = 0;

    SL_TRY(sl_state_open(o->in->home, v, o->identity.card, &v->lockers[o->in->locker].id,
                         o->in->roll, &o->place, &found, &o->state, &bytes, slips, &count, err));
    *goes_on = false;
    if (found == SL_STATE_DAMAGED)
        SL_TRY(start_afresh(o,
                            _("what an earlier run left here to go on with is damaged: the card "
                              "is offloaded afresh"),
                            err));
    if (found == SL_STATE_GOES_ON) {
        SL_TRY(send_left_slips(o, slips, count, err));
        SL_TRY(go_on(o, goes_on, err));
    }
    if (!*goes_on)
        fresh_state(o);
    return SL_OK;
}
