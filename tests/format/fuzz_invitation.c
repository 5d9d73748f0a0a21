/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: an invitation, as it came and signed anew by the maker of the corpus. What is
 * believed is written back the same.
 */
#include "fuzz/fuzz.h"
#include "people.h"

static void one(struct sl_view in, const struct sl_sign_key *maker)
{
    SL_AUTO_CLEAR(buf) back = sl_buf_upto(SL_INVITATION_MAX);
    static struct sl_founding founding;
    struct sl_invitation i;
    struct sl_err err;

    if (sl_invitation_read(in, &i, &founding, &err) != SL_OK)
        return;
    if (sl_invitation_write(&i, maker, &back, &err) != SL_OK)
        abort(); /* nobody else's signature is among what is fuzzed */
    if (back.len != in.len || memcmp(back.at, in.at, in.len) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SL_AUTO_CLEAR(buf) bytes = sl_buf_upto(SL_INVITATION_MAX + 64);

    fixed_start();
    struct sl_sign_key maker = fixed_sign_key(FIXED_AUTHOR);
    one(view_of(data, size), &maker);
    if (size >= SL_SIGNATURE_BYTES && size <= SL_INVITATION_MAX) {
        if (sl_buf_put(&bytes, view_of(data, size - SL_SIGNATURE_BYTES), NULL) != SL_OK)
            abort();
        people_sign(&maker, "safelight/1 invitation", &bytes);
        one(sl_buf_view(&bytes), &maker);
    }
    sl_secret_free(maker.bytes);
    return 0;
}
