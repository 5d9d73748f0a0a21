/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: the lines of a manifest as text, packed here so that any of them reaches the walk.
 * What is handed out stays within its part.
 */
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "fixed.h"
#include "format/manifest.h"
#include "fuzz/fuzz.h"

#define TEXT_MAX 65536u

static sl_rc see(void *who, const struct sl_manifest_line *line, struct sl_err *err)
{
    const struct sl_part *part = who;
    uint64_t sum = 0;

    (void)err;
    if (line->path_bytes == 0 || line->path_bytes > SL_PATH_MAX || line->path[0] == '/' ||
        memchr(line->path, 0, line->path_bytes) != NULL)
        abort();
    for (size_t i = 0; line->type == SL_MANIFEST_FILE && i < line->extent_count; i++) {
        sum += line->extents[i].bytes;
        if (line->extents[i].pack > 1 || line->extents[i].offset >= 4189056)
            abort();
    }
    if (line->type == SL_MANIFEST_FILE && sum != line->until - line->from)
        abort();
    return part->pack_count == 2 ? SL_OK : SL_E_BROKEN;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t packed[TEXT_MAX * 2];
    struct sl_part part = { .pack_count = 2 };
    struct sl_err err;

    if (fixed.os.random == NULL)
        fixed_start();
    if (size > TEXT_MAX)
        return 0;
    size_t len = ZSTD_compress(packed, sizeof packed, data, size, 1);
    if (ZSTD_isError(len))
        abort();
    part.packs[1].number = 1;
    part.manifest_offset = 4000000;
    part.manifest_bytes = len;
    part.manifest_raw = size;
    sl_sha256_of(view_of(packed, len), part.manifest_hash);
    (void)sl_manifest_walk(view_of(packed, len), &part, 1, see, &part, &err);
    return 0;
}
