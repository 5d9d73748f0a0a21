/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: what people do to lockers: locker, grant, request, answer, acceptance, key taken
 * back. What is believed is written back the same.
 */
#include <stdlib.h>
#include <string.h>

#include "format/deeds.h"
#include "fuzz/fuzz.h"

static void must_be(struct sl_view in, struct sl_buf *back, sl_rc written)
{
    if (written != SL_OK || back->len != in.len || memcmp(back->at, in.at, in.len) != 0)
        abort();
    back->len = 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SL_AUTO_CLEAR(buf) back = sl_buf_upto(1u << 20);
    static struct sl_revoked_deed revoked;
    struct sl_view in = { data, size };
    struct sl_locker_deed locker;
    struct sl_grant_care grant;
    struct sl_grant_body granted;
    struct sl_request_care request;
    struct sl_answer_care answer;
    struct sl_accepted_deed accepted;
    struct sl_err err;

    if (sl_locker_deed_read(in, &locker, &err) == SL_OK)
        must_be(in, &back, sl_locker_deed_write(&locker, &back, &err));
    if (sl_grant_care_read(in, &grant, &err) == SL_OK)
        must_be(in, &back, sl_grant_care_write(&grant, &back, &err));
    if (sl_grant_body_read(in, &granted, &err) == SL_OK)
        must_be(in, &back, sl_grant_body_write(&granted, &back, &err));
    if (sl_request_care_read(in, &request, &err) == SL_OK)
        must_be(in, &back, sl_request_care_write(&request, &back, &err));
    if (sl_answer_care_read(in, &answer, &err) == SL_OK)
        must_be(in, &back, sl_answer_care_write(&answer, &back, &err));
    if (sl_accepted_deed_read(in, &accepted, &err) == SL_OK)
        must_be(in, &back, sl_accepted_deed_write(&accepted, &back, &err));
    if (sl_revoked_deed_read(in, &revoked, &err) == SL_OK)
        must_be(in, &back, sl_revoked_deed_write(&revoked, &back, &err));
    return 0;
}
