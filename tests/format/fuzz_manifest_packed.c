/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: a manifest as it is packed: any bytes, named by the part as they are.
 */
#include <stdlib.h>
#include <zstd.h>

#include "fixed.h"
#include "format/manifest.h"
#include "fuzz/fuzz.h"

static sl_rc see(void *who, const struct sl_manifest_line *line, struct sl_err *err)
{
    (void)err;
    if (line->path_bytes > SL_PATH_MAX)
        abort();
    ++*(size_t *)who;
    return SL_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_part part = { .pack_count = 1, .manifest_offset = 4000000 };
    unsigned long long raw = ZSTD_getFrameContentSize(data, size);
    size_t lines = 0;
    struct sl_err err;

    if (fixed.os.random == NULL)
        fixed_start();
    part.manifest_bytes = size;
    part.manifest_raw = raw < SL_MANIFEST_RAW_MAX ? raw : 100;
    sl_sha256_of(view_of(data, size), part.manifest_hash);
    sl_rc rc = sl_manifest_walk(view_of(data, size), &part, 1, see, &lines, &err);
    if (rc == SL_OK && lines > part.manifest_raw)
        abort();
    return 0;
}
