/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Walking a packed manifest line by line: unpacked piece by piece, so that memory does not grow
 * with what it claims, and every line judged beside its neighbours and its part. See
 * docs/format/manifest.md.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "base/say.h"
#include "format/inside.h"
#include "format/manifest.h"
#include "format/pack_head.h"

#define PIECE_BYTES (64u << 10) /* unpacked bytes looked at in one go */

struct sl_manifest_walk {
    const struct sl_part *part;
    uint64_t content; /* bytes of a pack's content */
    sl_manifest_each *each;
    void *who;
    ZSTD_DCtx *zstd;
    struct sl_buf begun; /* the beginning of a line whose end is still to come */
    uint64_t raw;        /* bytes unpacked so far */
    uint64_t lines;      /* whole ones so far */
    size_t pack;         /* index in part->packs where the last extent ended, ... */
    uint64_t end;        /* ... and its end there */
    bool files, cut;     /* a file was seen; the last one seen goes on in another part */
    struct sl_manifest_line line;
};

static void sl_manifest_walk_free(struct sl_manifest_walk *w)
{
    if (w == NULL)
        return;
    sl_buf_clear(&w->begun);
    (void)ZSTD_freeDCtx(w->zstd);
    free(w);
}
SL_OWNED(manifest_walk)

/* MANIFEST-15: inside a pack's content, and before the manifest where that lies there too. */
static uint64_t pack_room(const struct sl_manifest_walk *w, size_t index)
{
    bool holds_manifest = w->part->inline_manifest.len == 0 && index + 1 == w->part->pack_count;

    return holds_manifest ? w->part->manifest_offset : w->content;
}

static sl_rc judge_extent(struct sl_manifest_walk *w, const struct sl_extent *x, struct sl_err *err)
{
    const struct sl_part *part = w->part;

    while (w->pack < part->pack_count && part->packs[w->pack].number < x->pack) {
        w->pack++;
        w->end = 0;
    }
    if (w->pack == part->pack_count || part->packs[w->pack].number != x->pack) /* MANIFEST-14 */
        return sl_fail(err, SL_E_BROKEN,
                       _("an extent lies in pack %llu: not the part's, or passed already"),
                       (unsigned long long)x->pack);
    if (x->offset < w->end) /* MANIFEST-14 */
        return sl_fail(err, SL_E_BROKEN, _("an extent overlaps, or stands before, the last one"));
    uint64_t room = pack_room(w, w->pack);
    if (x->offset > room || x->bytes > room - x->offset) /* MANIFEST-15 */
        return sl_fail(err, SL_E_BROKEN, _("an extent reaches past its pack's content"));
    w->end = x->offset + x->bytes;
    return SL_OK;
}

/* MANIFEST-17: only the first file comes from another part, only the last one goes on there. */
static sl_rc judge_cut(struct sl_manifest_walk *w, struct sl_err *err)
{
    if (w->line.type != SL_MANIFEST_FILE)
        return SL_OK;
    if (w->cut)
        return sl_fail(err, SL_E_BROKEN, _("a file stands behind one that goes on elsewhere"));
    if (w->files && w->line.from > 0)
        return sl_fail(err, SL_E_BROKEN, _("a file that comes from elsewhere is not the first"));
    w->files = true;
    w->cut = w->line.until < w->line.size;
    return SL_OK;
}

static sl_rc judge_line(struct sl_manifest_walk *w, struct sl_view text, struct sl_err *err)
{
    SL_TRY(sl_manifest_line_read(text, &w->line, err));
    SL_TRY(judge_cut(w, err));
    for (size_t i = 0; i < w->line.extent_count; i++)
        SL_TRY(judge_extent(w, &w->line.extents[i], err));
    return SL_OK;
}

static sl_rc use_line(struct sl_manifest_walk *w, struct sl_view text, struct sl_err *err)
{
    w->lines++;
    sl_rc rc = judge_line(w, text, err);
    if (rc != SL_OK)
        return sl_note(err, rc, _("reading line %llu of a manifest"), (unsigned long long)w->lines);
    return w->each(w->who, &w->line, err);
}

/* The end of a line that began in an earlier piece. */
static sl_rc use_begun(struct sl_manifest_walk *w, struct sl_view rest, struct sl_err *err)
{
    sl_rc rc = sl_buf_put(&w->begun, rest, err);

    if (rc == SL_E_BROKEN) /* MANIFEST-4 */
        return sl_fail(err, rc, _("line %llu of a manifest is over %u bytes"),
                       (unsigned long long)w->lines + 1, SL_MANIFEST_LINE_MAX);
    return rc;
}

static sl_rc use_piece(struct sl_manifest_walk *w, struct sl_view piece, struct sl_err *err)
{
    while (piece.len > 0) {
        const uint8_t *newline = memchr(piece.at, '\n', piece.len);
        size_t len = newline != NULL ? (size_t)(newline - piece.at) : piece.len;
        struct sl_view text = { piece.at, len };
        if (newline == NULL)
            return use_begun(w, text, err);
        if (w->begun.len > 0) {
            SL_TRY(use_begun(w, text, err));
            text = sl_buf_view(&w->begun);
        }
        SL_TRY(use_line(w, text, err));
        w->begun.len = 0;
        piece.at += len + 1;
        piece.len -= len + 1;
    }
    return SL_OK;
}

static sl_rc fail_zstd(const char *why, struct sl_err *err)
{
    return sl_fail(err, SL_E_BROKEN, _("a manifest is not one zstd frame as was written: %s"), why);
}

/* MANIFEST-3 (RFC 8878, section 3.1.1.1): zstd itself looks only when it takes memory for one. */
static bool window_fits(struct sl_view packed, uint64_t raw)
{
    uint64_t most = UINT64_C(1) << SL_MANIFEST_WINDOW_LOG;

    if (packed.len < 6)
        return false;
    if ((packed.at[4] & 0x20) != 0) /* one segment: the window is the content */
        return raw <= most;
    uint64_t base = UINT64_C(1) << (10 + (packed.at[5] >> 3));
    return base + base / 8 * (packed.at[5] & 7) <= most;
}

/* MANIFEST-1 to 3, before anything is unpacked. */
static sl_rc judge_frame(struct sl_view packed, const struct sl_part *part, struct sl_err *err)
{
    static const uint8_t magic[] = { 0x28, 0xb5, 0x2f, 0xfd }; /* not a skippable frame's */
    uint8_t hash[SL_SHA256_BYTES];

    sl_sha256_of(packed, hash);
    if (packed.len != part->manifest_bytes ||
        memcmp(hash, part->manifest_hash, sizeof hash) != 0) /* MANIFEST-1 */
        return sl_fail(err, SL_E_BROKEN, _("a manifest is not the one that its part names"));
    if (part->manifest_raw > SL_MANIFEST_RAW_MAX) /* PART-9 */
        return sl_fail(err, SL_E_BROKEN, _("a manifest is over %u bytes unpacked"),
                       SL_MANIFEST_RAW_MAX);
    if (packed.len < sizeof magic || memcmp(packed.at, magic, sizeof magic) != 0) /* MANIFEST-2 */
        return fail_zstd(_("it does not begin like one"), err);
    if (ZSTD_getFrameContentSize(packed.at, packed.len) != part->manifest_raw) /* MANIFEST-2 */
        return fail_zstd(_("its length unpacked is not the one that its part names"), err);
    if (!window_fits(packed, part->manifest_raw))
        return fail_zstd(_("its window is over 8 MiB"), err);
    return SL_OK;
}

/* Unpack and use everything; MANIFEST-2 and 3 as it goes. */
static sl_rc unpack(struct sl_manifest_walk *w, struct sl_view packed, struct sl_err *err)
{
    ZSTD_inBuffer in = { .src = packed.at, .size = packed.len };
    size_t left = 1;

    while (left > 0) {
        uint8_t piece[PIECE_BYTES];
        ZSTD_outBuffer to = { .dst = piece, .size = sizeof piece };
        left = ZSTD_decompressStream(w->zstd, &to, &in);
        if (ZSTD_isError(left))
            return fail_zstd(ZSTD_getErrorName(left), err);
        if (left > 0 && to.pos == 0 && in.pos == in.size)
            return fail_zstd(_("it is cut short"), err);
        w->raw += to.pos;
        if (w->raw > w->part->manifest_raw)
            return fail_zstd(_("it is longer unpacked than it says"), err);
        SL_TRY(use_piece(w, (struct sl_view){ piece, to.pos }, err));
    }
    if (in.pos != in.size)
        return fail_zstd(_("something stands behind it"), err);
    if (w->raw != w->part->manifest_raw)
        return fail_zstd(_("it is shorter unpacked than it says"), err);
    if (w->begun.len > 0) /* MANIFEST-4 */
        return sl_fail(err, SL_E_BROKEN, _("a manifest's last line has no end"));
    return SL_OK;
}

sl_rc sl_manifest_walk(struct sl_view packed, const struct sl_part *part, unsigned need,
                       sl_manifest_each *each, void *who, struct sl_err *err)
{
    SL_AUTO_FREE(manifest_walk) *w = NULL;

    SL_TRY(judge_frame(packed, part, err));
    w = calloc(1, sizeof *w);
    if (w != NULL)
        w->zstd = ZSTD_createDCtx();
    if (w == NULL || w->zstd == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory for a manifest"));
    w->part = part;
    w->content = sl_pack_content_bytes(need);
    w->each = each;
    w->who = who;
    w->begun = sl_buf_upto(SL_MANIFEST_LINE_MAX);
    size_t code = ZSTD_DCtx_setParameter(w->zstd, ZSTD_d_windowLogMax, SL_MANIFEST_WINDOW_LOG);
    if (ZSTD_isError(code))
        return fail_zstd(ZSTD_getErrorName(code), err);
    return unpack(w, packed, err);
}
