/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: a request. What is believed is signed, and within its limits.
 */
#include "fuzz/fuzz.h"
#include "scene.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_request r;
    struct sl_err err;

    fixed_start();
    if (sl_request_read(view_of(data, size), &r, &err) != SL_OK)
        return 0;
    if (strlen(r.reason) < 1 || strlen(r.reason) > SL_REQUEST_REASON_MAX ||
        strlen(r.recipient) < 1 ||
        SL_REQUEST_FIXED + strlen(r.recipient) + strlen(r.reason) + SL_SIGNATURE_BYTES != size)
        abort();
    (void)sl_request_fresh(&r, 0, &err);
    return 0;
}
