/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A slip: one entry as a keeper holds it, an age file of exactly 64 KiB sealed to care. Here its
 * outer form; what it says of itself is judged in slip_body.c. See docs/format/slip.md.
 */
#include "format/slip.h"

#include <assert.h>
#include <string.h>

#include "base/say.h"
#include "format/inside.h"

#define MAGIC               "SLSLIP\n\0"
#define PIECES              4u
#define START_BYTES         16u           /* stamp, four zero bytes */
#define LENGTHS_BYTES       (PIECES * 4u) /* one before each piece */
#define FIXED_BYTES         (START_BYTES + SL_RECORD_BYTES + SL_SIGNATURE_BYTES + LENGTHS_BYTES)
/* The header for one X25519 recipient, and what sealing adds; only sl_slip_room() assumes it. */
#define X25519_HEADER_BYTES 168u
#define SEALING_BYTES       (SL_AGE_NONCE_BYTES + SL_AGE_TAG_BYTES)

size_t sl_slip_room(size_t session_bytes, size_t heads_bytes)
{
    size_t room = SL_SLIP_BYTES - X25519_HEADER_BYTES - SEALING_BYTES - FIXED_BYTES;

    if (session_bytes > room || heads_bytes > room - session_bytes)
        return 0;
    return room - session_bytes - heads_bytes;
}

/* Lay the plaintext out at `at`, exactly `len` bytes, zero to the end. */
static sl_rc write_plain(const struct sl_slip *s, uint8_t *at, size_t len, struct sl_err *err)
{
    const struct sl_view pieces[PIECES] = { s->session, s->heads, s->body, s->care_body };
    struct sl_buf out = sl_buf_fixed(at, len);
    struct sl_pen p = sl_pen_to(&out, err);

    sl_pen_stamp(&p, MAGIC);
    sl_pen_u32(&p, 0);
    sl_pen_bytes(&p, s->record_bytes, sizeof s->record_bytes);
    sl_pen_bytes(&p, s->signature, sizeof s->signature);
    for (size_t i = 0; i < PIECES; i++) {
        sl_pen_u32(&p, (uint32_t)pieces[i].len);
        sl_pen_view(&p, pieces[i]);
    }
    SL_TRY(sl_pen_done(&p));
    memset(at + out.len, 0, len - out.len);
    return SL_OK;
}

/* Bytes of the plaintext before its padding; more than a slip where sizes are absurd. */
static size_t plain_bytes(const struct sl_slip *s)
{
    const size_t lens[PIECES] = { s->session.len, s->heads.len, s->body.len, s->care_body.len };
    size_t sum = FIXED_BYTES;

    for (size_t i = 0; i < PIECES; i++)
        sum += lens[i] < SL_SLIP_BYTES ? lens[i] : SL_SLIP_BYTES;
    return sum;
}

/* With header and file key made: nonce, plaintext and its seal behind the header. The plaintext
 * explains the session: it stands in guarded memory only. */
static sl_rc seal_behind(const struct sl_slip *s, struct sl_view header,
                         const struct sl_age_key *key, uint8_t ret[SL_SLIP_BYTES],
                         struct sl_err *err)
{
    SL_AUTO_FREE(age_payload) *payload = NULL;
    SL_AUTO_FREE(secret) *plain = NULL;
    uint8_t nonce[SL_AGE_NONCE_BYTES];
    size_t have = plain_bytes(s);

    if (header.len > SL_SLIP_BYTES - SEALING_BYTES ||
        have > SL_SLIP_BYTES - SEALING_BYTES - header.len) /* SLIP-1 */
        return sl_fail(err, SL_E_USAGE, _("an entry of %zu bytes does not fit a slip of %u"), have,
                       SL_SLIP_BYTES);
    size_t len = SL_SLIP_BYTES - SEALING_BYTES - header.len;
    SL_TRY(sl_secret_blank(len, &plain, err));
    sl_rc rc = write_plain(s, sl_secret_fill(plain), len, err);
    assert(rc == SL_OK); /* it fits: counted above */
    sl_random(nonce, sizeof nonce);
    SL_TRY(sl_age_payload_new(key, nonce, &payload, err));
    memcpy(ret, header.at, header.len);
    memcpy(ret + header.len, nonce, sizeof nonce);
    sl_age_chunk_seal(payload, 0, true, sl_secret_expose(plain).at, len,
                      ret + header.len + sizeof nonce); /* SLIP-2: under one chunk */
    return rc;
}

sl_rc sl_slip_seal(const struct sl_slip *s, const struct sl_age_recipient *care,
                   uint8_t ret[SL_SLIP_BYTES], struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) header = sl_buf_upto(SL_SLIP_BYTES);
    struct sl_age_key key = { 0 };

    SL_TRY(sl_age_header_seal(care, 1, &header, &key, err));
    sl_rc rc = seal_behind(s, sl_buf_view(&header), &key, ret, err);
    sl_secret_free(key.bytes);
    return rc;
}

sl_rc sl_slip_read(struct sl_view plain, struct sl_slip *ret, struct sl_err *err)
{
    const char *what = _("a slip's content");
    struct sl_cur c = sl_cur_over(plain);
    struct sl_slip s = { 0 };
    struct sl_view *pieces[PIECES] = { &s.session, &s.heads, &s.body, &s.care_body };

    SL_TRY(sl_stamp_read(&c, MAGIC, what, err)); /* SLIP-3 */
    uint32_t reserved = sl_cur_u32(&c);
    sl_cur_copy(&c, s.record_bytes, sizeof s.record_bytes);
    sl_cur_copy(&c, s.signature, sizeof s.signature);
    for (size_t i = 0; i < PIECES; i++)
        *pieces[i] = sl_cur_take(&c, sl_cur_u32(&c)); /* SLIP-4 */
    struct sl_view rest = sl_cur_take(&c, c.left);
    SL_TRY(sl_cur_end(&c, what, err));
    if (reserved != 0 || !sl_all_zero(rest)) /* SLIP-5 */
        return sl_fail(err, SL_E_BROKEN, _("a slip's content is not zero where it has to be"));
    *ret = s;
    return SL_OK;
}

sl_rc sl_slip_open(struct sl_view in, struct sl_age_identity *const *care, size_t count,
                   struct sl_buf *plain, struct sl_slip *ret, struct sl_err *err)
{
    size_t begin = plain->len;

    if (in.len != SL_SLIP_BYTES) /* SLIP-1 */
        return sl_fail(err, SL_E_BROKEN, _("a slip is %zu bytes, not %u"), in.len, SL_SLIP_BYTES);
    SL_TRY(sl_age_open(in, care, count, plain, err));
    struct sl_view added = { plain->at + begin, plain->len - begin };
    sl_rc rc = sl_slip_read(added, ret, err);
    if (rc != SL_OK) {
        sl_wipe(plain->at + begin, added.len);
        plain->len = begin;
    }
    return rc;
}
