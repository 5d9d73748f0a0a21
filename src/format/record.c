/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The record of an entry: 256 signed bytes that everything else hangs on by hashes. See
 * docs/format/entry.md.
 */
#include "format/record.h"

#include <assert.h>

#include "base/say.h"
#include "format/inside.h"

#define MAGIC   "SLENTRY\n"
#define PURPOSE "safelight/1 entry"
#define REST    32u /* zero to the end */

void sl_record_write(const struct sl_record *r, uint8_t ret[SL_RECORD_BYTES])
{
    struct sl_buf out = sl_buf_fixed(ret, SL_RECORD_BYTES);
    struct sl_pen p = sl_pen_to(&out, NULL);
    bool first = sl_all_zero((struct sl_view){ r->previous, sizeof r->previous });

    assert((r->number == 0) == first); /* ENTRY-4 */
    sl_pen_stamp(&p, MAGIC);
    sl_pen_u32(&p, r->kind);
    sl_pen_bytes(&p, r->production, sizeof r->production);
    sl_pen_bytes(&p, r->session, sizeof r->session);
    sl_pen_u64(&p, r->number);
    sl_pen_bytes(&p, r->previous, sizeof r->previous);
    sl_pen_bytes(&p, r->heads, sizeof r->heads);
    sl_pen_u64(&p, (uint64_t)r->claimed);
    sl_pen_bytes(&p, r->body, sizeof r->body);
    sl_pen_bytes(&p, r->care_body, sizeof r->care_body);
    sl_pen_zeros(&p, REST);
    assert(p.rc == SL_OK && out.len == SL_RECORD_BYTES);
}

sl_rc sl_record_read(struct sl_view in, struct sl_record *ret, struct sl_err *err)
{
    const char *what = _("an entry's record");
    struct sl_cur c = sl_cur_over(in);
    struct sl_record r = { 0 };

    SL_TRY(sl_stamp_read(&c, MAGIC, what, err)); /* ENTRY-2 */
    r.kind = sl_cur_u32(&c);                     /* ENTRY-5: any */
    sl_cur_copy(&c, r.production, sizeof r.production);
    sl_cur_copy(&c, r.session, sizeof r.session);
    r.number = sl_cur_u64(&c);
    sl_cur_copy(&c, r.previous, sizeof r.previous);
    sl_cur_copy(&c, r.heads, sizeof r.heads);
    r.claimed = (int64_t)sl_cur_u64(&c);
    sl_cur_copy(&c, r.body, sizeof r.body);
    sl_cur_copy(&c, r.care_body, sizeof r.care_body);
    struct sl_view rest = sl_cur_take(&c, REST);
    SL_TRY(sl_cur_end(&c, what, err)); /* ENTRY-1 */
    if (!sl_all_zero(rest))            /* ENTRY-3 */
        return sl_fail(err, SL_E_BROKEN, _("an entry's record is not zero where it has to be"));
    bool first = sl_all_zero((struct sl_view){ r.previous, sizeof r.previous });
    if ((r.number == 0) != first) /* ENTRY-4 */
        return sl_fail(err, SL_E_BROKEN,
                       _("entry %llu of its session names the entry before it wrongly"),
                       (unsigned long long)r.number);
    *ret = r;
    return SL_OK;
}

void sl_record_sign(const struct sl_sign_key *session, const uint8_t record[SL_RECORD_BYTES],
                    uint8_t ret[SL_SIGNATURE_BYTES])
{
    sl_sign(session, PURPOSE, (struct sl_view){ record, SL_RECORD_BYTES }, ret); /* ENTRY-6 */
}

bool sl_record_signed(const uint8_t record[SL_RECORD_BYTES],
                      const uint8_t signature[SL_SIGNATURE_BYTES])
{
    struct sl_record r;

    if (sl_record_read((struct sl_view){ record, SL_RECORD_BYTES }, &r, NULL) != SL_OK)
        return false;
    return sl_sign_check(r.session, PURPOSE, (struct sl_view){ record, SL_RECORD_BYTES },
                         signature); /* ENTRY-6 */
}

void sl_record_hash(const uint8_t record[SL_RECORD_BYTES],
                    const uint8_t signature[SL_SIGNATURE_BYTES], uint8_t ret[SL_SHA256_BYTES])
{
    struct sl_view pieces[] = { { record, SL_RECORD_BYTES }, { signature, SL_SIGNATURE_BYTES } };

    sl_sha256_of_pieces(pieces, 2, ret); /* ENTRY-7 */
}

void sl_body_hash(const uint8_t salt[SL_SALT_BYTES], struct sl_view body,
                  uint8_t ret[SL_SHA256_BYTES])
{
    struct sl_view pieces[] = { { salt, SL_SALT_BYTES }, body };

    sl_sha256_of_pieces(pieces, 2, ret); /* ENTRY-8 */
}
