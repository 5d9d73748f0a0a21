/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Collecting the lines of a part's manifest and packing them. See docs/format/manifest.md.
 */
#define ZSTD_STATIC_LINKING_ONLY /* for ZSTD_createCCtx_advanced */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "base/say.h"
#include "format/inside.h"
#include "format/manifest.h"
#include "format/pack_head.h"

#define LEVEL       3u          /* cheap; hashes do not shrink, and the rest is alike */
#define WINDOW_LOG  21          /* 2 MiB; readers take up to SL_MANIFEST_WINDOW_LOG */
#define PIECE_BYTES (64u << 10) /* packed bytes handed on at a time */

struct sl_manifest_writer {
    ZSTD_CCtx *zstd;
    struct sl_buf raw;
};

/* zstd keeps what it packed until something else takes its place: names of the card. Its memory is
 * wiped, and every manifest gets a fresh one. */
struct room {
    max_align_t bytes; /* how many follow, in the first of them */
};

static void *take_room(void *who, size_t bytes)
{
    struct room *r = bytes <= SIZE_MAX - sizeof *r ? malloc(sizeof *r + bytes) : NULL;

    (void)who;
    if (r == NULL)
        return NULL;
    memcpy(&r->bytes, &bytes, sizeof bytes);
    return r + 1;
}

static void leave_room(void *who, void *at)
{
    struct room *r = at;
    size_t bytes = 0;

    (void)who;
    if (at == NULL)
        return;
    r--;
    memcpy(&bytes, &r->bytes, sizeof bytes);
    sl_wipe(r, sizeof *r + bytes);
    free(r);
}

static ZSTD_CCtx *new_zstd(void)
{
    return ZSTD_createCCtx_advanced((ZSTD_customMem){ take_room, leave_room, NULL });
}

sl_rc sl_manifest_writer_new(struct sl_manifest_writer **ret, struct sl_err *err)
{
    SL_AUTO_FREE(manifest_writer) *w = calloc(1, sizeof *w);

    if (w != NULL)
        w->zstd = new_zstd();
    if (w == NULL || w->zstd == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory for a manifest"));
    w->raw = sl_buf_upto(SL_MANIFEST_RAW_MAX);
    *ret = SL_TAKE(w);
    return SL_OK;
}

/* Names of a card do not outlive their manifest in memory. */
static void forget(struct sl_manifest_writer *w)
{
    if (w->raw.len > 0)
        sl_wipe(w->raw.at, w->raw.len);
    w->raw.len = 0;
}

void sl_manifest_writer_free(struct sl_manifest_writer *w)
{
    if (w == NULL)
        return;
    forget(w);
    sl_buf_clear(&w->raw);
    (void)ZSTD_freeCCtx(w->zstd);
    free(w);
}

/* The longest line: a path in which every byte is escaped, and all extents. */
#define LINE_ROOM (SL_PATH_MAX * 6u + SL_MANIFEST_EXTENTS_MAX * 64u + 1024u)
_Static_assert(LINE_ROOM <= SL_MANIFEST_LINE_MAX, "every line that is written can be read");

sl_rc sl_manifest_add(struct sl_manifest_writer *w, const struct sl_manifest_line *line,
                      struct sl_err *err)
{
    if (w->raw.len > SL_MANIFEST_RAW_MAX - LINE_ROOM)
        return sl_fail(err, SL_E_USAGE, _("a part's manifest is full: it has %zu of %u bytes"),
                       w->raw.len, SL_MANIFEST_RAW_MAX);
    return sl_manifest_line_write(line, &w->raw, err);
}

uint64_t sl_manifest_raw_bytes(const struct sl_manifest_writer *w)
{
    return w->raw.len;
}

uint64_t sl_manifest_raw_fits(unsigned need)
{
    uint64_t room = sl_pack_content_bytes(need);
    uint64_t raw = SL_MANIFEST_RAW_MAX;

    while (ZSTD_compressBound((size_t)raw) > room) /* some 16 steps at most */
        raw -= 1u << 20;
    return raw;
}

static sl_rc fail_zstd(size_t code, struct sl_err *err)
{
    return sl_fail(err, SL_E_SYSTEM, _("cannot pack a manifest: %s"), ZSTD_getErrorName(code));
}

static sl_rc prepare(struct sl_manifest_writer *w, struct sl_err *err)
{
    size_t code = 0;

    if (w->zstd == NULL)
        w->zstd = new_zstd();
    if (w->zstd == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory for a manifest"));
    code = ZSTD_CCtx_reset(w->zstd, ZSTD_reset_session_and_parameters);
    if (!ZSTD_isError(code))
        code = ZSTD_CCtx_setParameter(w->zstd, ZSTD_c_compressionLevel, LEVEL);
    if (!ZSTD_isError(code))
        code = ZSTD_CCtx_setParameter(w->zstd, ZSTD_c_windowLog, WINDOW_LOG);
    if (!ZSTD_isError(code)) /* MANIFEST-2: the frame says how long it is unpacked */
        code = ZSTD_CCtx_setPledgedSrcSize(w->zstd, w->raw.len);
    return ZSTD_isError(code) ? fail_zstd(code, err) : SL_OK;
}

static sl_rc pack(struct sl_manifest_writer *w, struct sl_buf *out, struct sl_err *err)
{
    ZSTD_inBuffer in = { .src = w->raw.at, .size = w->raw.len };
    size_t left = 1;

    while (left > 0) {
        uint8_t piece[PIECE_BYTES]; /* packed names */
        ZSTD_outBuffer to = { .dst = piece, .size = sizeof piece };
        left = ZSTD_compressStream2(w->zstd, &to, &in, ZSTD_e_end);
        if (ZSTD_isError(left))
            return fail_zstd(left, err);
        sl_rc rc = sl_buf_put(out, (struct sl_view){ piece, to.pos }, err);
        sl_wipe(piece, sizeof piece);
        SL_TRY(rc);
    }
    return SL_OK;
}

sl_rc sl_manifest_finish(struct sl_manifest_writer *w, struct sl_buf *out, struct sl_err *err)
{
    size_t begin = out->len;

    SL_TRY(prepare(w, err));
    sl_rc rc = pack(w, out, err);
    (void)ZSTD_freeCCtx(w->zstd);
    w->zstd = NULL;
    if (rc != SL_OK) {
        out->len = begin;
        return rc;
    }
    forget(w);
    return SL_OK;
}
