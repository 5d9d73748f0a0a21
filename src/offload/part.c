/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Parts on the reader's side: when one begins and ends, where its manifest goes, and handing filled
 * packs on. Ending a part fixes everything that its entry will say, and where the walk stands.
 */
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "offload/inside.h"

sl_rc sl_part_begin(struct offload *o, struct sl_err *err)
{
    struct reader *r = &o->reader;
    struct part_plan *p = calloc(1, sizeof *p);

    if (p == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    p->number = r->next_part++;
    p->first_pack = r->next_pack;
    p->manifest = sl_buf_upto(SL_MANIFEST_RAW_MAX);
    for (size_t i = 0; i <= SL_PART_PACKS_MAX; i++)
        p->packs[i].header = sl_buf_upto(SL_PART_PACK_HEADER_MAX);
    p->kept = p->proved = UINT32_MAX;
    r->plan = p;
    r->part_began_ns = o->os->monotonic_ns(o->os->self);
    return SL_OK;
}

/* A flight for the part at hand: an empty pack with the next number. */
sl_rc sl_part_flight(struct offload *o, struct sl_line *line, struct sl_err *err)
{
    struct reader *r = &o->reader;
    const struct sl_locker_info *locker = &o->in->vault->lockers[o->in->locker];
    struct sl_pack_head head = { .locker = locker->id, .epoch = locker->epoch };
    void *lent = NULL;

    SL_TRY(sl_line_borrow(line, &o->idle, &lent, err));
    struct flight *f = r->flight = lent;
    memcpy(head.production, o->session->session.production, sizeof head.production);
    memcpy(head.session, o->session->session.session, sizeof head.session);
    head.number = r->next_pack++;
    f->bare = f->closes = false;
    f->plan = r->plan;
    f->in_plan = r->plan->pack_count++;
    sl_flight_forget(f);
    sl_pack_begin(f->pack, &head);
    return SL_OK;
}

void sl_flight_forget(struct flight *f)
{
    if (f->stretches.paths.len > 0)
        sl_wipe(f->stretches.paths.at, f->stretches.paths.len);
    f->stretches.paths.len = 0;
    f->stretches.count = 0;
}

sl_rc sl_flight_note(struct flight *f, struct sl_view path, const struct sl_card_stamp *stamp,
                     uint64_t file_offset, uint64_t offset, uint64_t bytes, struct sl_err *err)
{
    struct stretches *s = &f->stretches;
    struct stretch *last = s->count > 0 ? &s->at[s->count - 1] : NULL;

    if (last != NULL && last->path_bytes == path.len && path.len > 0 &&
        last->offset + last->bytes == offset && last->file_offset + last->bytes == file_offset &&
        memcmp(s->paths.at + last->path_at, path.at, path.len) == 0) {
        last->bytes += bytes;
        return SL_OK;
    }
    void *at = s->at;
    SL_TRY(sl_grow(&at, s->count, &s->room, sizeof *s->at, err));
    s->at = at;
    s->at[s->count] = (struct stretch){ .path_at = s->paths.len,
                                        .path_bytes = path.len,
                                        .file_offset = file_offset,
                                        .offset = offset,
                                        .bytes = bytes };
    if (stamp != NULL)
        s->at[s->count].stamp = *stamp;
    SL_TRY(sl_buf_put(&s->paths, path, err));
    s->count++;
    return SL_OK;
}

sl_rc sl_part_pass(struct offload *o, struct sl_line *line, struct sl_err *err)
{
    struct flight *f = o->reader.flight;

    o->reader.flight = NULL;
    f->content = f->bare ? 0 : sl_pack_content(f->pack);
    return sl_line_pass(line, f, err);
}

/* The manifest, where it does not fit the slip: at the end of the part's last pack, or in one pack
 * more. */
static sl_rc stow_manifest(struct offload *o, struct sl_line *line, struct sl_err *err)
{
    struct reader *r = &o->reader;
    struct part_plan *p = r->plan;
    struct sl_view packed = sl_buf_view(&p->manifest);

    if (packed.len <= r->manifest_room)
        return SL_OK;
    if (r->flight != NULL && sl_pack_room(r->flight->pack) < packed.len)
        SL_TRY(sl_part_pass(o, line, err));
    if (r->flight == NULL)
        SL_TRY(sl_part_flight(o, line, err));
    struct sl_pack *pack = r->flight->pack;
    p->manifest_in_pack = true;
    p->manifest_offset = sl_pack_content(pack);
    SL_TRY(sl_flight_note(r->flight, (struct sl_view){ 0 }, NULL, 0, p->manifest_offset, packed.len,
                          err));
    sl_pack_append(pack, packed);
    return SL_OK;
}

static sl_rc bare_flight(struct offload *o, struct sl_line *line, struct sl_err *err)
{
    void *lent = NULL;

    SL_TRY(sl_line_borrow(line, &o->idle, &lent, err));
    struct flight *f = o->reader.flight = lent;
    f->bare = true;
    f->plan = o->reader.plan;
    sl_flight_forget(f);
    return SL_OK;
}

sl_rc sl_part_end(struct offload *o, struct sl_line *line, bool last, struct sl_err *err)
{
    struct reader *r = &o->reader;
    struct part_plan *p = r->plan;

    p->last = last;
    p->items = r->items;
    p->offset = r->in_file ? r->done : 0;
    p->files = r->files;
    p->bytes = r->bytes;
    struct sl_content_digest so_far = { 0 };
    if (r->in_file)
        sl_content_hash_now(r->hash, &so_far);
    sl_reader_digest_now(r->digest, p->offset, so_far.sha256, p->digest);
    p->manifest_raw = sl_manifest_raw_bytes(r->manifest);
    SL_TRY(sl_manifest_finish(r->manifest, &p->manifest, err));
    sl_sha256_of(sl_buf_view(&p->manifest), p->manifest_hash);
    SL_TRY(stow_manifest(o, line, err));
    if (r->flight == NULL)
        SL_TRY(bare_flight(o, line, err));
    r->flight->closes = true;
    r->plan = NULL;
    return sl_part_pass(o, line, err);
}
