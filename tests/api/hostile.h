/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A hostile author: somebody who may write (the maker's key is in their hands) and writes rolls
 * that no offload would: any manifest over any packs, in a session of their own. On top of
 * insider.h.
 *
 *     hostile_begin(&h, &w, 0);
 *     hostile_pack(&h, bytes, count);                 pack 0 of the session
 *     hostile_text(&h, "{\"path\":...}\n");           the manifest of the next part
 *     hostile_part(&h, "A001", 0, true, false);       roll A001, part 0, the last
 */
#pragma once

#include <stdarg.h>
#include <zstd.h>

#include "api/insider.h"
#include "crypto/derive.h"
#include "format/manifest.h"
#include "journal/write.h"
#include "pack/pack.h"

#define HOSTILE_PACKS_MAX 8u

struct hostile {
    struct insider in;
    struct sl_writing *writing;
    size_t pack_count;
    struct sl_part_pack packs[HOSTILE_PACKS_MAX];
    struct sl_buf headers[HOSTILE_PACKS_MAX];
    size_t first_pack; /* of the next part: those before are other parts' */
    char *text;        /* manifest of the next part */
    size_t text_bytes, text_room;
    bool in_pack;                       /* the next manifest goes into a pack of its own */
    struct sl_id roll;                  /* of the part before, ... */
    uint8_t last_hash[SL_SHA256_BYTES]; /* ... and its entry */
};

/* `need` 0: the production's. Anything else: a session that says so itself. */
static inline void hostile_begin(struct hostile *h, struct world *w, unsigned need)
{
    *h = (struct hostile){ 0 };
    insider_enter(&h->in, w);
    uint8_t own = h->in.vault->need;
    if (need != 0)
        h->in.vault->need = (uint8_t)need;
    insider_must(&h->in, sl_writing_new(sl_os_real(), h->in.vault, &h->writing, &h->in.err),
                 "session");
    h->in.vault->need = own;
}

static inline void hostile_end(struct hostile *h)
{
    for (size_t i = 0; i < h->pack_count; i++)
        sl_buf_clear(&h->headers[i]);
    sl_writing_free(h->writing);
    free(h->text);
    insider_end(&h->in);
}

/* ---- packs ---- */

static inline void hostile_shard(struct hostile *h, size_t seat, const struct sl_pack *p)
{
    SL_AUTO_FREE(keeper) *k = NULL;
    const struct sl_session *s = &h->writing->session;
    uint8_t *slice = malloc(SL_SLICE_BYTES), head[SL_SHARD_HEAD_BYTES];
    struct sl_shard_id id = { &h->writing->tags, p->head.number, s->seats[seat].shard };
    struct sl_view pieces[] = { { head, sizeof head }, { slice, SL_SLICE_BYTES } };
    struct sl_object name;
    SL_AUTO_FREE(code) *code = NULL;

    world_must(slice != NULL, "slice");
    insider_must(&h->in, sl_code_new(s->need, NULL, &s->seats[seat].shard, 1, &code, &h->in.err),
                 "code");
    sl_code_run_payload(code, p->payload, &slice);
    sl_shard_head_make(h->in.tags, &id, slice, head);
    sl_object_of(&h->writing->names, SL_OBJECT_FULL, &s->seats[seat].keeper, p->head.number,
                 s->seats[seat].shard, 0, &name);
    insider_must(&h->in,
                 sl_keeper_open(sl_os_real(), h->in.vault->keepers[seat].url,
                                &h->in.vault->keepers[seat].id, false, &k, &h->in.err),
                 "keeper");
    insider_must(&h->in, sl_keeper_put(k, &name, pieces, 2, &h->in.err), "shard");
    free(slice);
}

/* The next pack of the session, sealed to locker 0, with every keeper. */
static inline void hostile_pack(struct hostile *h, const uint8_t *bytes, size_t count)
{
    SL_AUTO_FREE(pack) *p = NULL;
    const struct sl_locker_info *locker = &h->in.vault->lockers[0];
    struct sl_pack_head head = { .locker = locker->id,
                                 .epoch = locker->epoch,
                                 .number = h->pack_count };
    size_t i = h->pack_count++;

    world_must(i < HOSTILE_PACKS_MAX, "packs");
    memcpy(head.production, h->writing->session.production, sizeof head.production);
    memcpy(head.session, h->writing->session.session, sizeof head.session);
    insider_must(&h->in, sl_pack_new(h->writing->session.need, &p, &h->in.err), "pack");
    sl_pack_begin(p, &head);
    sl_pack_append(p, (struct sl_view){ bytes, count });
    insider_must(&h->in, sl_pack_seal(p, &locker->recipient, &h->in.err), "seal");
    for (size_t seat = 0; seat < h->writing->session.seat_count; seat++)
        hostile_shard(h, seat, p);
    h->headers[i] = sl_buf_upto(SL_PART_PACK_HEADER_MAX);
    insider_must(&h->in, sl_buf_put(&h->headers[i], sl_buf_view(&p->header), &h->in.err), "head");
    h->packs[i] = (struct sl_part_pack){ .number = i, .header = sl_buf_view(&h->headers[i]) };
    memcpy(h->packs[i].nonce, p->nonce, sizeof p->nonce);
}

/* ---- manifests, as text ---- */

static inline void hostile_bytes(struct hostile *h, const void *at, size_t len)
{
    if (h->text_bytes + len >= h->text_room) {
        h->text_room = (h->text_bytes + len) * 2 + 64;
        h->text = realloc(h->text, h->text_room);
        world_must(h->text != NULL, "text");
    }
    memcpy(h->text + h->text_bytes, at, len);
    h->text_bytes += len;
}

SL_PRINTF(2, 3)
static inline void hostile_text(struct hostile *h, const char *fmt, ...)
{
    char *line = NULL;
    va_list ap;

    va_start(ap, fmt);
    int len = vasprintf(&line, fmt, ap);
    va_end(ap);
    world_must(len >= 0, "text");
    hostile_bytes(h, line, (size_t)len);
    free(line);
}

static inline const char *hostile_hash(const uint8_t *bytes, size_t count)
{
    static char ring[4][2 * SL_SHA256_BYTES + 1];
    static unsigned next;
    uint8_t hash[SL_SHA256_BYTES];
    char *text = ring[next++ % 4];

    sl_sha256_of((struct sl_view){ bytes, count }, hash);
    for (size_t i = 0; i < sizeof hash; i++)
        (void)snprintf(text + 2 * i, 3, "%02x", hash[i]);
    return text;
}

#define HOSTILE_META "\"mode\":420,\"mtime\":[1700000000,5]"
#define HOSTILE_XXH  "\"xxh128\":\"00000000000000000000000000000000\""

/* A line as it should be, of a file that lies at `offset` of a pack ("path":... is given whole). */
static inline void hostile_file(struct hostile *h, const char *path, uint64_t pack,
                                const uint8_t *content, uint64_t offset, size_t count)
{
    hostile_text(h,
                 "{%s,\"type\":\"file\"," HOSTILE_META
                 ",\"size\":%zu,\"sha256\":\"%s\"," HOSTILE_XXH ",\"extents\":[",
                 path, count, hostile_hash(content + offset, count));
    if (count > 0)
        hostile_text(h, "[%ju,%ju,%zu]", (uintmax_t)pack, (uintmax_t)offset, count);
    hostile_text(h, "]}\n");
}

static inline void hostile_folder(struct hostile *h, const char *path)
{
    hostile_text(h, "{%s,\"type\":\"folder\",\"mode\":493,\"mtime\":[1700000000,5]}\n", path);
}

/* ---- parts ---- */

static inline void hostile_entry(struct hostile *h, const struct sl_part *part)
{
    SL_AUTO_CLEAR(buf) body = sl_buf_upto(SL_SLIP_BYTES), sealed = sl_buf_upto(SL_SLIP_BYTES);
    SL_AUTO_CLEAR(buf) care = sl_buf_upto(4096), salted = sl_buf_upto(4096);
    SL_AUTO_CLEAR(entry_out) out = { 0 };
    struct sl_part_care listed = { .first_pack = part->pack_count > 0 ? part->packs[0].number : 0,
                                   .pack_count = part->pack_count };
    struct sl_entry_in in = { .kind = SL_ENTRY_PART };

    insider_must(&h->in, sl_part_write(part, &body, &h->in.err), "part");
    insider_must(&h->in,
                 sl_body_seal(sl_buf_view(&body), &h->in.vault->lockers[0].recipient, 1, &sealed,
                              in.body_hash, &h->in.err),
                 "body");
    insider_must(&h->in, sl_part_care_write(&listed, &care, &h->in.err), "care");
    insider_must(&h->in, sl_care_body_write(sl_buf_view(&care), &salted, in.care_hash, &h->in.err),
                 "care body");
    in.sealed_body = sl_buf_view(&sealed);
    in.care_body = sl_buf_view(&salted);
    insider_must(&h->in, sl_writing_entry(h->writing, &in, &out, &h->in.err), "entry");
    insider_must(&h->in, sl_writing_send(sl_os_real(), h->in.vault, &out, false, &h->in.err),
                 "sending");
    memcpy(h->last_hash, out.hash, sizeof h->last_hash);
}

/* End the part: the text so far is its manifest, the packs since the last call's are its packs
 * (`shared`: all packs are, and the next part's too). Part 0 begins a roll. */
static inline void hostile_part(struct hostile *h, const char *roll, uint64_t number, bool last,
                                bool shared)
{
    struct sl_part *part = calloc(1, sizeof *part);
    size_t room = ZSTD_compressBound(h->text_bytes);
    uint8_t *packed = malloc(room);

    world_must(part != NULL && packed != NULL, "part");
    size_t len = ZSTD_compress(packed, room, h->text, h->text_bytes, 3);
    world_must(!ZSTD_isError(len), "zstd");
    if (h->in_pack)
        hostile_pack(h, packed, len);
    if (number == 0)
        sl_id_draw(&h->roll);
    part->roll = h->roll;
    part->roll_name = (struct sl_view){ (const uint8_t *)roll, strlen(roll) };
    part->locker = h->in.vault->lockers[0].id;
    part->epoch = h->in.vault->lockers[0].epoch;
    part->number = number;
    if (number > 0)
        memcpy(part->after, h->last_hash, sizeof part->after);
    part->last = last;
    part->manifest_raw = h->text_bytes;
    part->manifest_bytes = len;
    if (!h->in_pack)
        part->inline_manifest = (struct sl_view){ packed, len };
    sl_sha256_of((struct sl_view){ packed, len }, part->manifest_hash);
    for (size_t i = h->first_pack; i < h->pack_count; i++)
        part->packs[part->pack_count++] = h->packs[i];
    hostile_entry(h, part);
    if (!shared)
        h->first_pack = h->pack_count;
    h->text_bytes = 0;
    h->in_pack = false;
    free(packed);
    free(part);
}
