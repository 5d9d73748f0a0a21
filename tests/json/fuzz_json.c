/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: any bytes as JSON; whatever is believed is asked for as every type.
 */
#include <stdlib.h>

#include "fuzz/fuzz.h"
#include "json/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const keys[] = { "path", "size", "mtime", "extents", "a" };
    SL_AUTO_FREE(json) *j = NULL;
    struct sl_err err = { 0 };

    if (size > 1u << 20)
        return 0;
    sl_rc rc = sl_json_read((struct sl_view){ data, size }, &j, &err);
    if ((rc == SL_OK) != (j != NULL) || (rc != SL_OK && err.rc != rc))
        abort();
    for (size_t i = 0; rc == SL_OK && i < sizeof keys / sizeof *keys; i++) {
        const struct sl_json *part = NULL;
        struct sl_view s = { 0 };
        uint8_t bytes[64];
        size_t count = 0;
        int64_t n = 0;
        (void)sl_json_get_text(j, keys[i], &s, &err);
        (void)sl_json_get_hex(j, keys[i], bytes, 32, &err);
        (void)sl_json_get_base64(j, keys[i], bytes, sizeof bytes, &count, &err);
        (void)sl_json_get_int(j, keys[i], 0, 9, &n, &err);
        if (sl_json_get_array(j, keys[i], 16, &part, &err) == SL_OK && sl_json_count(part) > 16)
            abort();
    }
    return 0;
}
