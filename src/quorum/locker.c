/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sealing a locker's identity to the quorum, judging what others sealed, and opening with r Y once
 * enough answers gave it. See docs/format/quorum.md, "Sealed locker".
 */
#include "quorum/locker.h"

#include <assert.h>
#include <string.h>

#include "base/say.h"
#include "crypto/aead.h"
#include "crypto/derive.h"
#include "format/pen.h"
#include "quorum/inside.h"

#define MAGIC           "SLLOCKR\n"
#define CONTEXT         "safelight/1 locker-"
#define KEY_PURPOSE     "safelight/1 locker key" /* its NUL is written too */
#define PROOF_PURPOSE   "safelight/1 locker proof"
#define BASE_DST        "safelight/1 hash to group"
#define BASE_NAME       "safelight/1 second generator"
#define BOUND_BYTES_MAX (256u + SL_RECIPIENT_MAX + SL_LOCKER_SEALED_MAX)

_Static_assert(SL_LOCKER_CONTEXT_BYTES == sizeof CONTEXT - 1 + SL_SHA256_BYTES, "a context");
_Static_assert(SL_AGE_IDENTITY_TEXT - 1 <= SL_LOCKER_PLAIN_MAX, "an identity fits");

void sl_second_base(struct sl_point *ret)
{
    struct sl_view dst = { (const uint8_t *)BASE_DST, sizeof BASE_DST - 1 };
    struct sl_view name = { (const uint8_t *)BASE_NAME, sizeof BASE_NAME - 1 };

    sl_point_hash(dst, &name, 1, ret);
}

/* What key and proof are bound to alike: production, Y, locker, epoch, recipient. */
static void bind_locker(struct sl_pen *p, const struct sl_quorum *q,
                        const struct sl_sealed_locker *l)
{
    size_t recipient_bytes = strlen(l->recipient);

    sl_pen_bytes(p, q->production, sizeof q->production);
    sl_pen_bytes(p, q->commitments[0].bytes, SL_POINT_BYTES);
    sl_pen_bytes(p, l->locker.bytes, SL_ID_BYTES);
    sl_pen_u32(p, l->epoch);
    sl_pen_u16(p, (uint16_t)recipient_bytes);
    sl_pen_bytes(p, l->recipient, recipient_bytes);
}

/* QUORUM-14: the key of the sealed identity, from r Y. */
static void key_of(const struct sl_quorum *q, const struct sl_sealed_locker *l,
                   const struct sl_point *shared, uint8_t ret[SL_AEAD_KEY_BYTES])
{
    uint8_t info[BOUND_BYTES_MAX];
    struct sl_buf out = sl_buf_fixed(info, sizeof info);
    struct sl_pen p = sl_pen_to(&out, NULL);

    sl_pen_bytes(&p, KEY_PURPOSE, sizeof KEY_PURPOSE);
    bind_locker(&p, q, l);
    assert(p.rc == SL_OK);
    sl_hkdf_sha256((struct sl_view){ shared->bytes, sizeof shared->bytes },
                   (struct sl_view){ l->c.bytes, sizeof l->c.bytes },
                   (struct sl_view){ info, out.len }, ret, SL_AEAD_KEY_BYTES);
}

/* QUORUM-13: everything there is about this locker, C and C' included. */
static void context_of(const struct sl_quorum *q, const struct sl_sealed_locker *l,
                       uint8_t ret[SL_LOCKER_CONTEXT_BYTES])
{
    uint8_t bound[BOUND_BYTES_MAX];
    struct sl_buf out = sl_buf_fixed(bound, sizeof bound);
    struct sl_pen p = sl_pen_to(&out, NULL);

    sl_pen_bytes(&p, PROOF_PURPOSE, sizeof PROOF_PURPOSE);
    bind_locker(&p, q, l);
    sl_pen_u16(&p, (uint16_t)l->sealed_bytes);
    sl_pen_bytes(&p, l->sealed, l->sealed_bytes);
    sl_pen_bytes(&p, l->c.bytes, SL_POINT_BYTES);
    sl_pen_bytes(&p, l->c2.bytes, SL_POINT_BYTES);
    assert(p.rc == SL_OK);
    memcpy(ret, CONTEXT, sizeof CONTEXT - 1);
    sl_sha256_of((struct sl_view){ bound, out.len }, ret + sizeof CONTEXT - 1);
}

struct sl_statement sl_locker_statement(const struct sl_quorum *q, const struct sl_sealed_locker *l,
                                        uint8_t context[SL_LOCKER_CONTEXT_BYTES],
                                        struct sl_point *base2)
{
    sl_second_base(base2);
    context_of(q, l, context);
    return (struct sl_statement){ .context = { context, SL_LOCKER_CONTEXT_BYTES },
                                  .key = &l->c,
                                  .from = base2,
                                  .to = &l->c2,
                                  .count = 1 };
}

static sl_rc seal_identity(const struct sl_quorum *q, const struct sl_age_identity *identity,
                           const struct sl_point *shared, struct sl_sealed_locker *l,
                           struct sl_err *err)
{
    static const uint8_t nonce[SL_AEAD_NONCE_BYTES]; /* zero: the key seals once */
    uint8_t key[SL_AEAD_KEY_BYTES];
    SL_AUTO_FREE(secret) *text = NULL;
    SL_AUTO_FREE(aead) *a = NULL;

    SL_TRY(sl_age_identity_text(identity, &text, err));
    SL_TRY(sl_aead_new(&a, err));
    struct sl_view plain = sl_secret_expose(text);
    plain.len = strlen((const char *)plain.at);
    key_of(q, l, shared, key);
    sl_aead_key(a, key);
    sl_wipe(key, sizeof key);
    sl_aead_seal(a, nonce, (struct sl_view){ 0 }, plain.at, plain.len, l->sealed,
                 l->sealed + plain.len);
    l->sealed_bytes = plain.len + SL_AEAD_TAG_BYTES;
    return SL_OK;
}

sl_rc sl_locker_seal_as(const struct sl_quorum *q, const struct sl_age_identity *identity,
                        const struct sl_secret *r, struct sl_sealed_locker *l, struct sl_err *err)
{
    uint8_t context[SL_LOCKER_CONTEXT_BYTES];
    struct sl_point shared, base2;

    sl_second_base(&base2);
    if (!sl_point_base_times_secret(r, &l->c) || !sl_point_times_secret(&base2, r, &l->c2) ||
        !sl_point_times_secret(&q->commitments[0], r, &shared))
        return sl_fail(err, SL_E_SYSTEM, "%s", SL_NO_RANDOM);
    sl_rc rc = seal_identity(q, identity, &shared, l, err);
    sl_wipe(&shared, sizeof shared);
    SL_TRY(rc);
    struct sl_statement s = sl_locker_statement(q, l, context, &base2);
    return sl_proof_make(&s, r, &l->proof, err);
}

sl_rc sl_locker_seal(const struct sl_quorum *q, const struct sl_id *locker, uint32_t epoch,
                     const struct sl_age_identity *identity, struct sl_sealed_locker *ret,
                     struct sl_err *err)
{
    struct sl_sealed_locker l = { .locker = *locker, .epoch = epoch };
    struct sl_age_recipient to;
    SL_AUTO_FREE(secret) *r = NULL;

    memcpy(l.production, q->production, sizeof l.production);
    sl_age_identity_recipient(identity, &to);
    sl_age_recipient_text(&to, l.recipient);
    SL_TRY(sl_scalar_draw(&r, err));
    SL_TRY(sl_locker_seal_as(q, identity, r, &l, err));
    SL_TRY(sl_locker_check(q, &l, err));
    *ret = l;
    return SL_OK;
}

sl_rc sl_locker_check(const struct sl_quorum *q, const struct sl_sealed_locker *l,
                      struct sl_err *err)
{
    uint8_t context[SL_LOCKER_CONTEXT_BYTES];
    struct sl_point base2;

    if (!sl_same(l->production, q->production, sizeof l->production)) /* QUORUM-12 */
        return sl_fail(err, SL_E_REFUSED, _("a sealed locker belongs to another production"));
    struct sl_statement s = sl_locker_statement(q, l, context, &base2);
    if (!sl_proof_right(&s, &l->proof)) /* QUORUM-13 */
        return sl_fail(err, SL_E_REFUSED,
                       _("a sealed locker was not made for this quorum, or altered\n"
                         "  an answer to it could open another locker: nobody should give one"));
    return SL_OK;
}

/* The identity is believed when it is the recipient's. */
static sl_rc read_identity(const struct sl_sealed_locker *l, struct sl_view plain,
                           struct sl_age_identity **ret, struct sl_err *err)
{
    SL_AUTO_FREE(age_identity) *identity = NULL;
    char text[SL_AGE_RECIPIENT_TEXT];
    struct sl_age_recipient to;

    SL_TRY(sl_age_identity_read(plain, &identity, err));
    sl_age_identity_recipient(identity, &to);
    sl_age_recipient_text(&to, text);
    if (strcmp(text, l->recipient) != 0)
        return sl_fail(err, SL_E_BROKEN, _("it is the key of another locker"));
    *ret = SL_TAKE(identity);
    return SL_OK;
}

sl_rc sl_locker_open_with(const struct sl_quorum *q, const struct sl_sealed_locker *l,
                          const struct sl_point *shared, struct sl_age_identity **ret,
                          struct sl_err *err)
{
    static const uint8_t nonce[SL_AEAD_NONCE_BYTES];
    size_t plain_bytes = l->sealed_bytes - SL_AEAD_TAG_BYTES;
    uint8_t key[SL_AEAD_KEY_BYTES];
    SL_AUTO_FREE(secret) *plain = NULL;
    SL_AUTO_FREE(aead) *a = NULL;

    assert(l->sealed_bytes > SL_AEAD_TAG_BYTES && plain_bytes <= SL_LOCKER_PLAIN_MAX);
    SL_TRY(sl_secret_blank(plain_bytes, &plain, err));
    SL_TRY(sl_aead_new(&a, err));
    key_of(q, l, shared, key);
    sl_aead_key(a, key);
    sl_wipe(key, sizeof key);
    if (!sl_aead_open(a, nonce, (struct sl_view){ 0 }, l->sealed, plain_bytes,
                      l->sealed + plain_bytes, sl_secret_fill(plain))) /* QUORUM-14 */
        return sl_fail(err, SL_E_BROKEN,
                       _("the locker does not open with the key it was sealed to"));
    if (read_identity(l, sl_secret_expose(plain), ret, err) != SL_OK) /* QUORUM-15 */
        return sl_fail(err, SL_E_BROKEN,
                       _("what was sealed for this locker is not the key of this locker\n"
                         "  whoever made the locker made it wrongly: its content needs that key"));
    return SL_OK;
}

static sl_rc judge_lengths(size_t recipient, size_t sealed, struct sl_err *err)
{
    if (recipient < 1 || recipient > SL_RECIPIENT_MAX) /* QUORUM-11 */
        return sl_fail(err, SL_E_BROKEN, _("a locker's recipient is %zu bytes, not 1 to %u"),
                       recipient, SL_RECIPIENT_MAX);
    if (sealed <= SL_AEAD_TAG_BYTES || sealed > SL_LOCKER_SEALED_MAX) /* QUORUM-11 */
        return sl_fail(err, SL_E_BROKEN, _("a locker's sealed key is %zu bytes, not %u to %u"),
                       sealed, SL_AEAD_TAG_BYTES + 1, SL_LOCKER_SEALED_MAX);
    return SL_OK;
}

sl_rc sl_locker_write(const struct sl_sealed_locker *l, struct sl_buf *out, struct sl_err *err)
{
    size_t recipient_bytes = strnlen(l->recipient, sizeof l->recipient);
    struct sl_pen p = sl_pen_to(out, err);

    SL_TRY(judge_lengths(recipient_bytes, l->sealed_bytes, err));
    sl_pen_stamp(&p, MAGIC);
    sl_pen_u16(&p, SL_QUORUM_SUITE);
    sl_pen_u16(&p, (uint16_t)recipient_bytes);
    sl_pen_u16(&p, (uint16_t)l->sealed_bytes);
    sl_pen_u16(&p, 0);
    sl_pen_u32(&p, l->epoch);
    sl_pen_bytes(&p, l->locker.bytes, SL_ID_BYTES);
    sl_pen_bytes(&p, l->production, sizeof l->production);
    sl_pen_bytes(&p, l->c.bytes, SL_POINT_BYTES);
    sl_pen_bytes(&p, l->c2.bytes, SL_POINT_BYTES);
    sl_pen_bytes(&p, l->proof.challenge.bytes, SL_SCALAR_BYTES);
    sl_pen_bytes(&p, l->proof.response.bytes, SL_SCALAR_BYTES);
    sl_pen_bytes(&p, l->recipient, recipient_bytes);
    sl_pen_bytes(&p, l->sealed, l->sealed_bytes);
    return sl_pen_done(&p);
}

/* Points and proof: whether they are such at all. */
static sl_rc read_points(struct sl_cur *c, struct sl_sealed_locker *l, struct sl_err *err)
{
    bool points = sl_point_take(c, &l->c);

    points = sl_point_take(c, &l->c2) && points; /* both are read, in any case */
    bool proof = sl_proof_take(c, &l->proof);
    if (c->spoilt)
        return sl_cur_end(c, _("a sealed locker"), err);
    if (!points || !proof) /* QUORUM-10 */
        return sl_fail(err, SL_E_BROKEN, _("a sealed locker has a point or number that is none"));
    return SL_OK;
}

sl_rc sl_locker_read(struct sl_view in, struct sl_sealed_locker *ret, struct sl_err *err)
{
    const char *what = _("a sealed locker");
    struct sl_cur c = sl_cur_over(in);
    struct sl_sealed_locker l = { 0 };

    SL_TRY(sl_stamp_read(&c, MAGIC, what, err)); /* QUORUM-11 */
    uint16_t suite = sl_cur_u16(&c);
    uint16_t recipient_bytes = sl_cur_u16(&c);
    l.sealed_bytes = sl_cur_u16(&c);
    uint16_t reserved = sl_cur_u16(&c);
    l.epoch = sl_cur_u32(&c);
    sl_cur_copy(&c, l.locker.bytes, SL_ID_BYTES);
    sl_cur_copy(&c, l.production, sizeof l.production);
    if (c.spoilt)
        return sl_cur_end(&c, what, err);
    if (suite != SL_QUORUM_SUITE || reserved != 0) /* QUORUM-11 */
        return sl_fail(err, SL_E_BROKEN, _("%s is of suite %u: only %u is known here"), what, suite,
                       SL_QUORUM_SUITE);
    SL_TRY(judge_lengths(recipient_bytes, l.sealed_bytes, err));
    SL_TRY(read_points(&c, &l, err));
    SL_TRY(sl_text_read(&c, recipient_bytes, 1, SL_RECIPIENT_MAX, l.recipient,
                        _("a locker's recipient"), err));
    sl_cur_copy(&c, l.sealed, l.sealed_bytes);
    SL_TRY(sl_cur_end(&c, what, err)); /* QUORUM-11 */
    *ret = l;
    return SL_OK;
}
