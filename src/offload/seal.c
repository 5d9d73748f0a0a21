/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Second stage: seal the pack to its locker, code the further slices, make a head of tags for every
 * shard. From here on the flight holds nothing in the clear.
 */
#include "base/say.h"
#include "offload/inside.h"

static void lay_slices(const struct offload *o, struct flight *f)
{
    size_t more = 0;

    for (size_t i = 0; i < o->seat_count; i++) {
        uint8_t shard = o->session->session.seats[i].shard;
        if (shard < f->pack->need)
            f->slices[i] = f->pack->payload + (size_t)shard * SL_SLICE_BYTES;
        else
            f->slices[i] = f->more + SL_SLICE_BYTES * more++;
    }
}

sl_rc sl_offload_seal(void *job, void *item, struct sl_line *line, struct sl_err *err)
{
    struct offload *o = job;
    struct flight *f = item;
    struct sl_aead **tags = &o->seals[sl_line_worker(line)];
    uint8_t *more[SL_KEEPERS_MAX];

    if (f->bare)
        return sl_line_pass(line, f, err);
    if (*tags == NULL)
        SL_TRY(sl_aead_new(tags, err));
    SL_TRY(sl_pack_seal(f->pack, &o->in->vault->lockers[o->in->locker].recipient, err));
    for (size_t i = 0; i < o->more_count; i++)
        more[i] = f->more + SL_SLICE_BYTES * i;
    sl_code_run_payload(o->code, f->pack->payload, more);
    lay_slices(o, f);
    for (size_t i = 0; i < o->seat_count; i++) {
        struct sl_shard_id id = { &o->session->tags, f->pack->head.number,
                                  o->session->session.seats[i].shard };
        sl_shard_head_make(*tags, &id, f->slices[i], f->heads + i * SL_SHARD_HEAD_BYTES);
    }
    return sl_line_pass(line, f, err);
}
