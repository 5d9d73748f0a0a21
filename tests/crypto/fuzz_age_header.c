/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: an age header taken apart. What is accepted is accepted again, alone and cut to
 * its own length, and no beginning of it is.
 */
#include "crypto/inside.h"

#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_view in = { data, size };
    struct sl_age_head head = { 0 }, again = { 0 };
    struct sl_err err = { 0 };

    if (sl_age_head_read(in, &head, &err) != SL_OK)
        return 0;
    sl_crypto_must(head.bytes <= size && head.stanza_count > 0);
    sl_crypto_must(sl_age_head_read((struct sl_view){ data, head.bytes }, &again, &err) == SL_OK);
    sl_crypto_must(again.bytes == head.bytes && again.stanza_count == head.stanza_count);
    sl_crypto_must(sl_age_head_read((struct sl_view){ data, head.bytes - 1 }, &again, &err) ==
                   SL_E_RETRY);
    return 0;
}
