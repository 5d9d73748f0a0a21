/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The two texts of an age key: "AGE-SECRET-KEY-1..." for who opens, "age1..." for whom to seal to.
 */
#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "crypto/bech32.h"
#include "crypto/inside.h"

#define IDENTITY_PREFIX  "AGE-SECRET-KEY-"
#define RECIPIENT_PREFIX "age"

static sl_rc identity_of(struct sl_secret **scalar, struct sl_age_identity **ret,
                         struct sl_err *err)
{
    SL_AUTO_FREE(age_identity) *i = calloc(1, sizeof *i);

    if (i == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory for a key"));
    i->scalar = SL_TAKE(*scalar);
    (void)crypto_scalarmult_base(i->recipient.point, sl_secret_expose(i->scalar).at);
    *ret = SL_TAKE(i);
    return SL_OK;
}

sl_rc sl_age_identity_new(struct sl_age_identity **ret, struct sl_err *err)
{
    SL_AUTO_FREE(secret) *scalar = NULL;

    SL_TRY(sl_secret_new(SL_AGE_X25519_BYTES, &scalar, err));
    return identity_of(&scalar, ret, err);
}

sl_rc sl_age_identity_from(struct sl_view scalar, struct sl_age_identity **ret, struct sl_err *err)
{
    assert(scalar.len == SL_AGE_X25519_BYTES);
    SL_AUTO_FREE(secret) *copy = NULL;

    SL_TRY(sl_secret_copy(scalar, &copy, err));
    return identity_of(&copy, ret, err);
}

/* What is wrong with a key, in words; never the key. */
static const char *complaint(enum sl_bech32 what)
{
    switch (what) {
    case SL_BECH32_CASE: return _("it mixes upper and lower case");
    case SL_BECH32_LENGTH: return _("it is too long or too short");
    case SL_BECH32_FOREIGN: return _("it has a character that keys do not use");
    case SL_BECH32_CHECKSUM: return _("its checksum does not fit: it was mistyped or cut");
    case SL_BECH32_PREFIX:
    case SL_BECH32_GOOD: break;
    }
    return _("it begins otherwise");
}

sl_rc sl_age_identity_read(struct sl_view text, struct sl_age_identity **ret, struct sl_err *err)
{
    SL_AUTO_FREE(secret) *scalar = NULL;

    SL_TRY(sl_secret_blank(SL_AGE_X25519_BYTES, &scalar, err));
    enum sl_bech32 what = sl_bech32_read(text, IDENTITY_PREFIX, sl_secret_fill(scalar));
    if (what != SL_BECH32_GOOD)
        return sl_fail(err, SL_E_USAGE, _("not an age secret key ('AGE-SECRET-KEY-1...'): %s"),
                       complaint(what));
    return identity_of(&scalar, ret, err);
}

void sl_age_identity_free(struct sl_age_identity *i)
{
    if (i == NULL)
        return;
    sl_secret_free(i->scalar);
    free(i);
}

void sl_age_identity_recipient(const struct sl_age_identity *i, struct sl_age_recipient *ret)
{
    *ret = i->recipient;
}

sl_rc sl_age_identity_text(const struct sl_age_identity *i, struct sl_secret **ret,
                           struct sl_err *err)
{
    struct sl_secret *text = NULL;
    char written[SL_BECH32_TEXT_MAX];

    SL_TRY(sl_secret_blank(SL_AGE_IDENTITY_TEXT, &text, err));
    size_t count = sl_bech32_write(IDENTITY_PREFIX, sl_secret_expose(i->scalar).at, written);
    assert(count + 1 == SL_AGE_IDENTITY_TEXT);
    memcpy(sl_secret_fill(text), written, SL_AGE_IDENTITY_TEXT);
    sl_wipe(written, sizeof written);
    *ret = text;
    return SL_OK;
}

sl_rc sl_age_identity_secret(const struct sl_age_identity *i, struct sl_secret **ret,
                             struct sl_err *err)
{
    return sl_secret_copy(sl_secret_expose(i->scalar), ret, err);
}

static bool begins(struct sl_view text, const char *with)
{
    size_t count = strlen(with);

    if (text.len < count)
        return false;
    for (size_t i = 0; i < count; i++) {
        uint8_t c = text.at[i];
        c = c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c;
        if (c != (uint8_t)with[i])
            return false;
    }
    return true;
}

sl_rc sl_age_recipient_read(struct sl_view text, struct sl_age_recipient *ret, struct sl_err *err)
{
    static const uint8_t any_scalar[SL_AGE_X25519_BYTES] = { 8 };
    struct sl_age_recipient r = { 0 };
    uint8_t product[SL_AGE_X25519_BYTES];

    if (begins(text, IDENTITY_PREFIX))
        return sl_fail(err, SL_E_USAGE,
                       _("this is a secret key, not a recipient: keep it to yourself"));
    enum sl_bech32 what = sl_bech32_read(text, RECIPIENT_PREFIX, r.point);
    if (what != SL_BECH32_GOOD)
        return sl_fail(err, SL_E_USAGE, _("not an age recipient ('age1...'): %s"), complaint(what));
    if (!sl_x25519(product, any_scalar, r.point)) /* of low order: the product is public */
        return sl_fail(err, SL_E_USAGE, _("a recipient that everybody could open for"));
    *ret = r;
    return SL_OK;
}

void sl_age_recipient_text(const struct sl_age_recipient *r, char ret[SL_AGE_RECIPIENT_TEXT])
{
    char written[SL_BECH32_TEXT_MAX];
    size_t count = sl_bech32_write(RECIPIENT_PREFIX, r->point, written);

    assert(count + 1 == SL_AGE_RECIPIENT_TEXT);
    memcpy(ret, written, SL_AGE_RECIPIENT_TEXT);
}
