/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The text of a home's vault: any text is read or refused, and what was read is written and read
 * again as the same.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "home/home.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool started;
    SL_AUTO_FREE(vault) *v = NULL;
    SL_AUTO_FREE(vault) *again = NULL;
    SL_AUTO_FREE(secret) *text = NULL;

    if (!started && sl_crypto_start(sl_os_real(), NULL) != SL_OK)
        abort();
    started = true;
    if (sl_vault_read((struct sl_view){ data, size }, &v, NULL) != SL_OK)
        return 0;
    if (sl_vault_write(v, &text, NULL) != SL_OK ||
        sl_vault_read(sl_secret_expose(text), &again, NULL) != SL_OK)
        abort();
    if (again->keeper_count != v->keeper_count || again->locker_count != v->locker_count ||
        memcmp(again->production, v->production, sizeof v->production) != 0)
        abort();
    return 0;
}
