/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What explains a session, as it stands in every slip of it. See docs/format/session.md.
 */
#include "format/session.h"

#include <assert.h>
#include <string.h>

#include "base/say.h"
#include "format/inside.h"

#define MAGIC   "SLSESS\n\0"
#define PURPOSE "safelight/1 session"
#define MESSAGE_BYTES                                                                              \
    (SL_PRODUCTION_BYTES + SL_SESSION_BYTES + SL_SIGN_PUBLIC_BYTES + SL_SHA256_BYTES)

/* The block without its certificate. */
static void write_block(const struct sl_session *s, struct sl_pen *p)
{
    sl_pen_stamp(p, MAGIC);
    sl_pen_u16(p, SL_SUITE_ED25519);
    sl_pen_u8(p, s->need);
    sl_pen_u8(p, s->seat_count);
    sl_pen_bytes(p, s->author, sizeof s->author);
    sl_pen_bytes(p, s->name_key, sizeof s->name_key);
    sl_pen_bytes(p, s->tag_key, sizeof s->tag_key);
    for (size_t i = 0; i < s->seat_count; i++) {
        sl_pen_bytes(p, s->seats[i].keeper.bytes, SL_ID_BYTES);
        sl_pen_u8(p, s->seats[i].shard);
    }
}

void sl_session_block_hash(const struct sl_session *s, uint8_t ret[SL_SHA256_BYTES])
{
    uint8_t block[SL_SESSION_BLOCK_MAX]; /* holds the session's keys */
    struct sl_buf out = sl_buf_fixed(block, sizeof block);
    struct sl_pen p = sl_pen_to(&out, NULL);

    assert(s->seat_count <= SL_KEEPERS_MAX);
    write_block(s, &p);
    assert(p.rc == SL_OK);
    sl_sha256_of(sl_buf_view(&out), ret);
    sl_wipe(block, sizeof block);
}

/* What is certified: production, session, author, hash of the block. */
static void write_message(const uint8_t production[SL_PRODUCTION_BYTES],
                          const uint8_t session[SL_SESSION_BYTES],
                          const uint8_t author[SL_SIGN_PUBLIC_BYTES],
                          const uint8_t block_hash[SL_SHA256_BYTES], uint8_t ret[MESSAGE_BYTES])
{
    struct sl_buf out = sl_buf_fixed(ret, MESSAGE_BYTES);
    struct sl_pen p = sl_pen_to(&out, NULL);

    sl_pen_bytes(&p, production, SL_PRODUCTION_BYTES);
    sl_pen_bytes(&p, session, SL_SESSION_BYTES);
    sl_pen_bytes(&p, author, SL_SIGN_PUBLIC_BYTES);
    sl_pen_bytes(&p, block_hash, SL_SHA256_BYTES);
    assert(p.rc == SL_OK && out.len == MESSAGE_BYTES);
}

void sl_session_certify(struct sl_session *s, const struct sl_sign_key *author)
{
    uint8_t message[MESSAGE_BYTES], hash[SL_SHA256_BYTES];

    sl_sign_key_public(author, s->author);
    sl_session_block_hash(s, hash);
    write_message(s->production, s->session, s->author, hash, message);
    sl_sign(author, PURPOSE, (struct sl_view){ message, sizeof message },
            s->certificate); /* SESSION-6 */
}

bool sl_session_certified_by(const uint8_t production[SL_PRODUCTION_BYTES],
                             const uint8_t session[SL_SESSION_BYTES],
                             const uint8_t author[SL_SIGN_PUBLIC_BYTES],
                             const uint8_t block_hash[SL_SHA256_BYTES],
                             const uint8_t certificate[SL_SIGNATURE_BYTES])
{
    uint8_t message[MESSAGE_BYTES];

    write_message(production, session, author, block_hash, message);
    return sl_sign_check(author, PURPOSE, (struct sl_view){ message, sizeof message },
                         certificate); /* SESSION-6 */
}

bool sl_session_certified(const struct sl_session *s)
{
    uint8_t hash[SL_SHA256_BYTES];

    sl_session_block_hash(s, hash);
    return sl_session_certified_by(s->production, s->session, s->author, hash, s->certificate);
}

/* Numbers and seats, the same for reader and writer. */
static sl_rc judge(const struct sl_session *s, struct sl_err *err)
{
    if (s->need < 1 || s->need > SL_NEED_MAX) /* SESSION-3 */
        return sl_fail(err, SL_E_BROKEN, _("a session needs %u shards, not 1 to %u"), s->need,
                       SL_NEED_MAX);
    if (s->seat_count <= s->need || s->seat_count > SL_KEEPERS_MAX) /* SESSION-4 */
        return sl_fail(err, SL_E_BROKEN,
                       _("a session of which any %u keepers suffice has %u keepers, not %u to %u"),
                       s->need, s->seat_count, s->need + 1u, SL_KEEPERS_MAX);
    for (size_t i = 0; i < s->seat_count; i++)
        for (size_t j = 0; j < i; j++)
            if (sl_id_same(&s->seats[i].keeper, &s->seats[j].keeper) ||
                s->seats[i].shard == s->seats[j].shard) /* SESSION-5 */
                return sl_fail(err, SL_E_BROKEN, _("a session has one keeper or shard twice"));
    return SL_OK;
}

sl_rc sl_session_write(const struct sl_session *s, struct sl_buf *out, struct sl_err *err)
{
    struct sl_pen p = sl_pen_to(out, err);

    SL_TRY(judge(s, err));
    write_block(s, &p);
    sl_pen_bytes(&p, s->certificate, sizeof s->certificate);
    return sl_pen_done(&p);
}

/* Fields as they stand, judged apart from the certificate. */
static sl_rc read_block(struct sl_view in, struct sl_session *s, struct sl_err *err)
{
    const char *what = _("what explains a session");
    struct sl_cur c = sl_cur_over(in);

    SL_TRY(sl_stamp_read(&c, MAGIC, what, err)); /* SESSION-1 */
    uint16_t suite = sl_cur_u16(&c);
    s->need = sl_cur_u8(&c);
    s->seat_count = sl_cur_u8(&c);
    if (c.spoilt)
        return sl_cur_end(&c, what, err);
    if (suite != SL_SUITE_ED25519) /* SESSION-2 */
        return sl_fail(err, SL_E_BROKEN, _("a session has keys of suite %u: not known here"),
                       suite);
    if (s->seat_count > SL_KEEPERS_MAX) /* SESSION-4, before the loop */
        return sl_fail(err, SL_E_BROKEN, _("a session has %u keepers, over the limit of %u"),
                       s->seat_count, SL_KEEPERS_MAX);
    sl_cur_copy(&c, s->author, sizeof s->author);
    sl_cur_copy(&c, s->name_key, sizeof s->name_key);
    sl_cur_copy(&c, s->tag_key, sizeof s->tag_key);
    for (size_t i = 0; i < s->seat_count; i++) {
        sl_cur_copy(&c, s->seats[i].keeper.bytes, SL_ID_BYTES);
        s->seats[i].shard = sl_cur_u8(&c);
    }
    sl_cur_copy(&c, s->certificate, sizeof s->certificate);
    SL_TRY(sl_cur_end(&c, what, err)); /* SESSION-1 */
    return judge(s, err);
}

sl_rc sl_session_read(struct sl_view in, const uint8_t production[SL_PRODUCTION_BYTES],
                      const uint8_t session[SL_SESSION_BYTES], struct sl_session *ret,
                      struct sl_err *err)
{
    struct sl_session s = { 0 };

    memcpy(s.production, production, sizeof s.production);
    memcpy(s.session, session, sizeof s.session);
    sl_rc rc = read_block(in, &s, err);
    if (rc == SL_OK && !sl_session_certified(&s)) /* SESSION-6 */
        rc = sl_fail(err, SL_E_BROKEN, _("a session is not certified by the author it names"));
    if (rc == SL_OK)
        *ret = s;
    sl_wipe(&s, sizeof s);
    return rc;
}
