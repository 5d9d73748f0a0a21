/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The manifest of a part (docs/format/manifest.md): one JSON object a line, zstd. What stood on the
 * card, in the order of the walk, and where its bytes lie. Line by line both ways, so that memory
 * does not grow with the roll.
 */
#pragma once

#include "base/bytes.h"
#include "base/limits.h"
#include "base/own.h"
#include "crypto/derive.h"
#include "format/part.h"

#define SL_MANIFEST_LINE_MAX    (1u << 20) /* bytes of one line */
#define SL_MANIFEST_EXTENTS_MAX 130u       /* of one line: two in every pack of a part */
#define SL_MANIFEST_WINDOW_LOG  23         /* zstd windows up to 8 MiB */
#define SL_XXH128_BYTES         16u

_Static_assert(SL_MANIFEST_EXTENTS_MAX == 2u * (SL_PART_PACKS_MAX + 1u), "two in every pack");

enum sl_manifest_type { SL_MANIFEST_FILE, SL_MANIFEST_FOLDER };

struct sl_extent {
    uint64_t pack;   /* number of the pack within the session */
    uint64_t offset; /* within the pack's content, its head not counted */
    uint64_t bytes;  /* not 0 */
};

struct sl_manifest_line {
    enum sl_manifest_type type;
    uint8_t path[SL_PATH_MAX]; /* any bytes but NUL; beneath the card; "." for the card itself */
    size_t path_bytes;
    uint32_t mode; /* permission bits, 07777 at most */
    int64_t mtime_s;
    uint32_t mtime_ns;
    /* files only: */
    uint64_t size;  /* of the whole file */
    uint64_t from;  /* first byte that this part holds; 0 unless an earlier part cut it */
    uint64_t until; /* one past the last byte that this part holds; size unless cut */
    uint8_t sha256[SL_SHA256_BYTES]; /* of the whole file; where until < size: of [0, until) */
    /* Canonical form, of the whole file; only where until == size. */
    uint8_t xxh128[SL_XXH128_BYTES];
    size_t extent_count; /* their bytes add up to until - from */
    struct sl_extent extents[SL_MANIFEST_EXTENTS_MAX];
};

/* ---- writing: lines are collected and packed at the end ---- */
struct sl_manifest_writer;
sl_rc sl_manifest_writer_new(struct sl_manifest_writer **ret, struct sl_err *err);
void sl_manifest_writer_free(struct sl_manifest_writer *w);
SL_OWNED(manifest_writer)
/* SL_E_USAGE when the manifest would pass SL_MANIFEST_RAW_MAX: end the part first. */
sl_rc sl_manifest_add(struct sl_manifest_writer *w, const struct sl_manifest_line *line,
                      struct sl_err *err);
uint64_t sl_manifest_raw_bytes(const struct sl_manifest_writer *w); /* so far */
/* How many raw bytes are sure to fit one pack of `need` slices once they are packed (for few
 * slices less than SL_MANIFEST_RAW_MAX): end the part before. */
uint64_t sl_manifest_raw_fits(unsigned need);
/* Zstd frame of all lines, appended to *out; starts the writer afresh. */
sl_rc sl_manifest_finish(struct sl_manifest_writer *w, struct sl_buf *out, struct sl_err *err);

/* ---- reading ---- */
/* Walk the zstd bytes of a part's manifest: `each` gets every line, judged: path relative, no "",
 * "." or ".." component (but the lone "." folder), no NUL, no leading or trailing '/', lengths and
 * sizes within limits, hash fields of the right length, extents only of packs of `part`, in rising
 * order over the whole manifest, not overlapping, inside the content of a pack of `need` slices
 * (and before the manifest itself, where that stands in the last pack), adding up. Unknown JSON
 * fields are ignored; a missing, doubled or ill-typed known one is SL_E_BROKEN with the line's
 * number. Unpacked bytes beyond part->manifest_raw or the limit: SL_E_BROKEN. `each` may stop the
 * walk by failing. Memory: one line and zstd's window (at most 8 MiB). */
typedef sl_rc sl_manifest_each(void *who, const struct sl_manifest_line *line, struct sl_err *err);
sl_rc sl_manifest_walk(struct sl_view packed, const struct sl_part *part, unsigned need,
                       sl_manifest_each *each, void *who, struct sl_err *err);
