/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: names of stored objects and ids as text. What is believed is written back the same.
 */
#include <stdlib.h>
#include <string.h>

#include "format/name.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_view in = { data, size };
    char text[SL_OBJECT_TEXT], folder[SL_FOLDER_TEXT];
    struct sl_object o;
    struct sl_id id;
    struct sl_err err;

    if (sl_object_read(in, &o, &err) == SL_OK) {
        sl_object_text(&o, text);
        if (size != strlen(text) || memcmp(text, data, size) != 0)
            abort();
    }
    if (sl_id_read(in, &id, &err) == SL_OK) {
        sl_id_text(&id, folder);
        if (size != strlen(folder) || memcmp(folder, data, size) != 0)
            abort();
    }
    return 0;
}
