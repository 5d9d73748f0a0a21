/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: Bech32. One text for one key: what is read is written as it was, but for case.
 */
#include "crypto/bech32.h"

#include <string.h>

#include "crypto/inside.h"
#include "fuzz/fuzz.h"

static void check(const char *prefix, struct sl_view in)
{
    uint8_t bytes[SL_BECH32_BYTES];
    char text[SL_BECH32_TEXT_MAX];

    if (sl_bech32_read(in, prefix, bytes) != SL_BECH32_GOOD)
        return;
    size_t count = sl_bech32_write(prefix, bytes, text);
    sl_crypto_must(count == in.len && memcmp(text, in.at, count) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check("age", (struct sl_view){ data, size });
    check("AGE-SECRET-KEY-", (struct sl_view){ data, size });
    return 0;
}
