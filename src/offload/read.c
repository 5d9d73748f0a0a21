/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * First stage: walk the card and read each file once, straight into the places of a pack, hashing
 * as it goes. One call fills one pack. Where a part ends inside a file, the manifest gets the
 * offset and the hash of everything before it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "offload/inside.h"

#define LINE_ROOM 32768u /* raw bytes that one manifest line may need, generously */

/* ---- the digest of what was read, for going on after a kill ---- */

static void put_number(struct sl_sha256 *h, uint64_t n)
{
    uint8_t le[8];

    for (unsigned i = 0; i < 8; i++)
        le[i] = (uint8_t)(n >> (8 * i));
    sl_sha256_put(h, (struct sl_view){ le, sizeof le });
}

void sl_reader_digest_item(struct sl_sha256 *digest, const struct sl_card_item *item,
                           const uint8_t sha256[SL_SHA256_BYTES])
{
    put_number(digest, (uint64_t)item->type);
    put_number(digest, item->path_bytes);
    sl_sha256_put(digest, sl_card_path(item));
    put_number(digest, item->stamp.size);
    put_number(digest, (uint64_t)item->stamp.mtime_s);
    put_number(digest, item->stamp.mtime_ns);
    sl_sha256_put(digest, (struct sl_view){ sha256, SL_SHA256_BYTES });
}

void sl_reader_digest_now(const struct sl_sha256 *digest, uint64_t cut,
                          const uint8_t so_far[SL_SHA256_BYTES], uint8_t ret[SL_SHA256_BYTES])
{
    uint8_t whole[SL_SHA256_BYTES], le[8];

    sl_sha256_now(digest, whole);
    for (unsigned i = 0; i < 8; i++)
        le[i] = (uint8_t)(cut >> (8 * i));
    const struct sl_view pieces[] = { { whole, sizeof whole },
                                      { le, sizeof le },
                                      { so_far, SL_SHA256_BYTES } };
    sl_sha256_of_pieces(pieces, 3, ret);
}

void sl_reader_skip(struct offload *o, const struct sl_card_item *item)
{
    char shown[150];

    if (o->skipped < SKIPPED_SHOWN)
        (void)snprintf(
            o->skipped_shown[o->skipped], sizeof o->skipped_shown[0], _("'%s' was left out: %s"),
            sl_plain(sl_card_path(item), shown, sizeof shown), sl_card_type_words(item->type));
    o->skipped++;
}

/* ---- one item ---- */

static void start_line(struct reader *r)
{
    const struct sl_card_item *i = r->item;
    struct sl_manifest_line *l = r->line;

    l->type = i->type == SL_CARD_FILE ? SL_MANIFEST_FILE : SL_MANIFEST_FOLDER;
    l->path_bytes = i->path_bytes;
    memcpy(l->path, i->path, i->path_bytes);
    l->mode = i->mode;
    l->mtime_s = i->stamp.mtime_s;
    l->mtime_ns = i->stamp.mtime_ns;
    l->size = i->type == SL_CARD_FILE ? i->stamp.size : 0;
    l->from = l->until = 0;
    l->extent_count = 0;
}

/* Note in the manifest's line that `bytes` of the file lie at `offset` of the pack at hand. */
static void extend(struct reader *r, uint64_t offset, uint64_t bytes)
{
    struct sl_manifest_line *l = r->line;
    uint64_t pack = r->flight->pack->head.number;
    struct sl_extent *last = l->extent_count > 0 ? &l->extents[l->extent_count - 1] : NULL;

    if (last != NULL && last->pack == pack && last->offset + last->bytes == offset)
        last->bytes += bytes;
    else
        l->extents[l->extent_count++] = (struct sl_extent){ pack, offset, bytes };
}

/* The file's line, as far as this part holds it. */
static sl_rc finish_line(struct reader *r, struct sl_err *err)
{
    struct sl_manifest_line *l = r->line;
    struct sl_content_digest d;

    sl_content_hash_now(r->hash, &d);
    l->until = r->done;
    memcpy(l->sha256, d.sha256, sizeof l->sha256);
    memcpy(l->xxh128, d.xxh128, sizeof l->xxh128);
    return sl_manifest_add(r->manifest, l, err);
}

static sl_rc finish_file(struct offload *o, struct sl_err *err)
{
    struct reader *r = &o->reader;

    SL_TRY(finish_line(r, err));
    sl_reader_digest_item(r->digest, r->item, r->line->sha256);
    sl_reading_free(r->reading);
    r->reading = NULL;
    r->in_file = false;
    r->items++;
    r->files++;
    r->bytes += r->done;
    return SL_OK;
}

static sl_rc begin_file(struct offload *o, struct sl_err *err)
{
    struct reader *r = &o->reader;

    SL_TRY(sl_reading_open(o->card, sl_card_path(r->item), &r->item->stamp, &r->reading, err));
    sl_content_hash_restart(r->hash);
    r->done = 0;
    r->in_file = true;
    start_line(r);
    return SL_OK;
}

/* Take the next item of the walk: folders and left-out things are done with at once. */
static sl_rc next_item(struct offload *o, struct sl_err *err)
{
    static const uint8_t none[SL_SHA256_BYTES];
    struct reader *r = &o->reader;
    bool more = false;

    SL_TRY(sl_card_next(r->walk, r->item, &more, err));
    r->walked = !more;
    if (!more)
        return SL_OK;
    if (r->item->type == SL_CARD_FILE)
        return begin_file(o, err);
    sl_reader_digest_item(r->digest, r->item, none);
    r->items++;
    if (sl_card_skipped(r->item->type)) {
        sl_reader_skip(o, r->item);
        return SL_OK;
    }
    r->folders++;
    start_line(r);
    return sl_manifest_add(r->manifest, r->line, err);
}

/* Read a piece of the file at hand into the pack at hand; the file's end is seen by the same call
 * that checks that it did not change. */
static sl_rc read_piece(struct offload *o, struct sl_err *err)
{
    struct reader *r = &o->reader;
    struct iovec slots[SL_PACK_SLOTS_MAX];
    uint64_t left = r->item->stamp.size - r->done, offset = sl_pack_content(r->flight->pack);
    size_t got = 0;

    int count = sl_pack_slots(r->flight->pack, left < READ_AT_ONCE ? left : READ_AT_ONCE, slots);
    SL_TRY(sl_reading_next(r->reading, slots, count, &got, err));
    if (got == 0)
        return SL_OK;
    for (size_t hashed = 0, i = 0; hashed < got; i++) {
        size_t len = slots[i].iov_len < got - hashed ? slots[i].iov_len : got - hashed;
        sl_content_hash_put(r->hash, (struct sl_view){ slots[i].iov_base, len });
        hashed += len;
    }
    sl_pack_filled(r->flight->pack, got);
    SL_TRY(sl_flight_note(r->flight, sl_card_path(r->item), &r->item->stamp, r->done, offset, got,
                          err));
    extend(r, offset, got);
    r->done += got;
    return SL_OK;
}

/* A file without content (left) is only looked at: it must open, and be what the walk saw. */
static sl_rc read_nothing(struct offload *o, struct sl_err *err)
{
    uint8_t none[1];
    struct iovec slot = { none, sizeof none };
    size_t got = 0;

    return sl_reading_next(o->reader.reading, &slot, 1, &got, err);
}

/* ---- when a part ends ---- */

static bool long_enough(const struct offload *o)
{
    const struct reader *r = &o->reader;
    uint64_t ms = (o->os->monotonic_ns(o->os->self) - r->part_began_ns) / 1000000u;

    return ms >= SL_PART_MS_MAX || r->plan->pack_count >= SL_PART_PACKS_MAX;
}

static bool manifest_is_long(const struct reader *r)
{
    return sl_manifest_raw_bytes(r->manifest) + LINE_ROOM > r->raw_max;
}

/* Compressed, a line takes at least its two hashes: about half of its raw bytes. */
static bool fills_a_slip(const struct reader *r)
{
    return sl_manifest_raw_bytes(r->manifest) / 2 > r->manifest_room;
}

/* End the part with the file at hand cut where it stands; it goes on in the next part. */
static sl_rc cut_part(struct offload *o, struct sl_line *line, struct sl_err *err)
{
    struct reader *r = &o->reader;

    if (r->in_file)
        SL_TRY(finish_line(r, err));
    SL_TRY(sl_part_end(o, line, false, err));
    SL_TRY(sl_part_begin(o, err));
    if (r->in_file)
        sl_reader_go_on(o);
    return SL_OK;
}

void sl_reader_go_on(struct offload *o)
{
    start_line(&o->reader);
    o->reader.line->from = o->reader.done;
}

/* ---- the stage ---- */

/* Go on until the pack at hand is full, the part over, or the card at its end. */
static sl_rc fill(struct offload *o, struct sl_line *line, bool *passed, struct sl_err *err)
{
    struct reader *r = &o->reader;

    if (!r->in_file) {
        if (manifest_is_long(r) || (r->plan->pack_count > 0 && long_enough(o))) {
            *passed = true;
            return cut_part(o, line, err);
        }
        return next_item(o, err);
    }
    if (r->done == r->item->stamp.size) {
        SL_TRY(read_nothing(o, err));
        return finish_file(o, err);
    }
    if (r->flight == NULL)
        SL_TRY(sl_part_flight(o, line, err));
    if (sl_pack_room(r->flight->pack) > 0)
        return read_piece(o, err);
    *passed = true;
    if (long_enough(o) || manifest_is_long(r) || fills_a_slip(r))
        return cut_part(o, line, err);
    return sl_part_pass(o, line, err);
}

sl_rc sl_offload_read(void *job, void *item, struct sl_line *line, struct sl_err *err)
{
    struct offload *o = job;
    bool passed = false;

    (void)item;
    while (!passed && !o->reader.walked) {
        SL_TRY(sl_voice_go_on(o->in->voice, err));
        SL_TRY(fill(o, line, &passed, err));
    }
    if (!o->reader.walked)
        return SL_OK;
    sl_line_end(line);
    return sl_part_end(o, line, true, err);
}

sl_rc sl_reader_begin(struct offload *o, struct sl_err *err)
{
    struct reader *r = &o->reader;

    r->item = calloc(1, sizeof *r->item);
    r->line = calloc(1, sizeof *r->line);
    if (r->item == NULL || r->line == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    SL_TRY(sl_content_hash_new(&r->hash, err));
    SL_TRY(sl_sha256_new(&r->digest, err));
    SL_TRY(sl_manifest_writer_new(&r->manifest, err));
    SL_TRY(sl_card_walk_new(o->card, &r->walk, err));
    uint64_t most = sl_pack_content_bytes(o->in->vault->need) / 2;
    r->raw_max = most < SL_MANIFEST_RAW_MAX / 2 ? (size_t)most : SL_MANIFEST_RAW_MAX / 2;
    return SL_OK;
}

void sl_reader_clear(struct offload *o)
{
    struct reader *r = &o->reader;

    sl_reading_free(r->reading);
    sl_card_walk_free(r->walk);
    sl_content_hash_free(r->hash);
    sl_sha256_free(r->digest);
    sl_manifest_writer_free(r->manifest);
    if (r->item != NULL)
        sl_wipe(r->item, sizeof *r->item);
    if (r->line != NULL)
        sl_wipe(r->line, sizeof *r->line);
    free(r->item);
    free(r->line);
    *r = (struct reader){ 0 };
}
