/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Third stage: before anything leaves, the pack is read back from k of its shards, not always the
 * same k, opened with its own key, and compared with the second reading of the card. What fails
 * here never reaches a keeper: a bad reader, bad memory, a bug. The card's first reading went into
 * the pack; so both readings and the sealed bytes are compared in one step. Then the key is wiped.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "offload/inside.h"

struct comparing {
    struct flight *flight;
    struct sl_slices slices;
    const uint8_t *want; /* bytes that the content must equal, from `from` on */
    uint64_t from;
    bool differs;
    uint64_t differs_at;
};

static sl_rc fetch(void *who, uint64_t at, size_t len, uint8_t *scratch, struct sl_view *ret,
                   struct sl_err *err)
{
    struct comparing *c = who;

    return sl_slices_view(&c->slices, at, len, scratch, ret, err);
}

static sl_rc compare(void *who, uint64_t offset, struct sl_view plain, struct sl_err *err)
{
    struct comparing *c = who;
    const uint8_t *want = c->want + (offset - c->from);

    (void)err;
    if (!c->differs && memcmp(want, plain.at, plain.len) != 0) {
        size_t i = 0;
        while (want[i] == plain.at[i])
            i++;
        c->differs = true;
        c->differs_at = offset + i;
    }
    return SL_OK;
}

/* Which k seats: a window that moves on by one with every pack, so that over any n packs each
 * shard was decoded from, and each was left out. */
static sl_rc choose(const struct offload *o, const struct flight *f, struct sl_slices *ret,
                    struct sl_err *err)
{
    unsigned need = f->pack->need;
    const uint8_t *from[SL_NEED_MAX];
    uint8_t have[SL_NEED_MAX];

    for (unsigned i = 0; i < need; i++) {
        size_t seat = (f->pack->head.number + i) % o->seat_count;
        have[i] = o->session->session.seats[seat].shard;
        from[i] = f->slices[seat];
    }
    return sl_slices_over(need, have, from, ret, err);
}

static sl_rc say_differs(const struct stretch *s, const struct flight *f, uint64_t at,
                         struct sl_err *err)
{
    char shown[300];
    struct sl_view path = { f->stretches.paths.at + s->path_at, s->path_bytes };

    return sl_fail(err, SL_E_BROKEN,
                   _("two readings of '%s' differ at byte %" PRIu64
                     ": the card, its reader or this "
                     "computer's memory is failing\n"
                     "  do not format the card; try another reader or computer"),
                   sl_plain(path, shown, sizeof shown), s->file_offset + at - s->offset);
}

static sl_rc compare_stretch(struct sl_second *second, struct sl_pack_opener *opener,
                             struct comparing *c, const struct stretch *s, struct sl_err *err)
{
    struct sl_view path = { c->flight->stretches.paths.at + s->path_at, s->path_bytes };
    uint64_t done = 0;

    while (done < s->bytes) {
        size_t got = 0;
        SL_TRY(sl_second_read(second, path, &s->stamp, s->file_offset + done, s->bytes - done,
                              &c->want, &got, err));
        c->from = s->offset + done;
        SL_TRY(sl_pack_read(opener, c->from, got, compare, c, err));
        if (c->differs)
            return say_differs(s, c->flight, c->differs_at, err);
        done += got;
    }
    return SL_OK;
}

static sl_rc compare_manifest(struct sl_pack_opener *opener, struct comparing *c,
                              const struct stretch *s, struct sl_err *err)
{
    c->want = c->flight->plan->manifest.at;
    c->from = s->offset;
    SL_TRY(sl_pack_read(opener, s->offset, s->bytes, compare, c, err));
    return c->differs ? sl_fail(err, SL_E_BROKEN,
                                _("a manifest read back is not what was written: this computer's "
                                  "memory is failing"))
                      : SL_OK;
}

static sl_rc check(struct offload *o, struct flight *f, struct sl_second *second,
                   struct sl_err *err)
{
    SL_AUTO_FREE(pack_opener) *opener = NULL;
    struct comparing c = { .flight = f };

    SL_TRY(choose(o, f, &c.slices, err));
    SL_TRY(sl_pack_opener_new(f->pack->need, &f->pack->key, f->pack->nonce, &f->pack->head, fetch,
                              &c, &opener, err));
    for (size_t i = 0; i < f->stretches.count; i++) {
        const struct stretch *s = &f->stretches.at[i];
        if (s->path_bytes > 0)
            SL_TRY(compare_stretch(second, opener, &c, s, err));
        else
            SL_TRY(compare_manifest(opener, &c, s, err));
    }
    return sl_pack_read_rest(opener, f->content, err);
}

/* One item for every keeper; a bare flight needs one receipt of its own. */
static sl_rc fan_out(struct offload *o, struct flight *f, struct sl_line *line, struct sl_err *err)
{
    unsigned count = f->bare ? 1 : (unsigned)o->seat_count;

    f->receipts_left = count;
    for (unsigned i = 0; i < count; i++) {
        struct shard_job *j = calloc(1, sizeof *j);
        if (j == NULL)
            return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
        j->flight = f;
        j->seat = i;
        SL_TRY(sl_line_pass(line, j, err));
    }
    return SL_OK;
}

sl_rc sl_offload_check(void *job, void *item, struct sl_line *line, struct sl_err *err)
{
    struct offload *o = job;
    struct flight *f = item;
    struct sl_second **second = &o->seconds[sl_line_worker(line)];

    SL_TRY(sl_voice_go_on(o->in->voice, err));
    if (!f->bare) {
        if (*second == NULL)
            SL_TRY(sl_second_new(o->card, second, err));
        sl_rc rc = check(o, f, *second, err);
        if (rc != SL_OK)
            return sl_note(err, rc, _("checking pack %" PRIu64 " before it leaves"),
                           f->pack->head.number);
        sl_pack_forget(f->pack);
        sl_second_forget(*second);
    }
    return fan_out(o, f, line, err);
}
