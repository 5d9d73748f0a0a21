/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: the record of an entry and the head inside a pack. What is believed is written
 * back the same: there is one spelling.
 */
#include <stdlib.h>
#include <string.h>

#include "format/pack_head.h"
#include "format/record.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_view in = { data, size };
    uint8_t record_bytes[SL_RECORD_BYTES], head_bytes[SL_PACK_HEAD_BYTES];
    struct sl_record record;
    struct sl_pack_head head;
    struct sl_err err;

    if (sl_record_read(in, &record, &err) == SL_OK) {
        sl_record_write(&record, record_bytes);
        if (size != sizeof record_bytes || memcmp(record_bytes, data, size) != 0)
            abort();
    }
    if (sl_pack_head_read(in, &head, &err) == SL_OK) {
        sl_pack_head_write(&head, head_bytes);
        if (size != sizeof head_bytes || memcmp(head_bytes, data, size) != 0)
            abort();
    }
    return 0;
}
