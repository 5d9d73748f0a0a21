/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A person's signing key and card. See docs/format/people.md; invitations are in invitation.c.
 */
#include "format/person.h"

#include <string.h>

#include "base/say.h"
#include "crypto/derive.h"
#include "format/inside.h"

#define MAGIC        "SLCARD\n\0"
#define PURPOSE      "safelight/1 card"
#define SIGN_INFO    "safelight/1 person signing key"
#define SUITE_PERSON 1u /* X25519 to be sealed to, Ed25519 to sign */

sl_rc sl_person_sign_key(const struct sl_age_identity *person, struct sl_sign_key *ret,
                         struct sl_err *err)
{
    SL_AUTO_FREE(secret) *identity = NULL, *seed = NULL;

    SL_TRY(sl_age_identity_secret(person, &identity, err));
    SL_TRY(sl_secret_blank(SL_SIGN_SEED_BYTES, &seed, err));
    sl_hkdf_sha256(sl_secret_expose(identity), (struct sl_view){ 0 },
                   (struct sl_view){ (const uint8_t *)SIGN_INFO, strlen(SIGN_INFO) },
                   sl_secret_fill(seed), SL_SIGN_SEED_BYTES); /* PEOPLE-3 */
    ret->bytes = SL_TAKE(seed);
    return SL_OK;
}

/* PEOPLE-5: a terminal shows it as it stands. */
static bool shows_as_it_stands(struct sl_view name)
{
    char shown[SL_PLAIN_BYTES(SL_PERSON_NAME_MAX)];

    if (name.len < 1 || name.len > SL_PERSON_NAME_MAX)
        return false;
    (void)sl_plain(name, shown, sizeof shown);
    return strlen(shown) == name.len && memcmp(shown, name.at, name.len) == 0;
}

sl_rc sl_card_write(const char *name, const struct sl_age_identity *person, struct sl_buf *out,
                    struct sl_err *err)
{
    struct sl_view called = { (const uint8_t *)name, strlen(name) };
    struct sl_sign_key key = { 0 };
    struct sl_age_recipient recipient;
    char recipient_text[SL_AGE_RECIPIENT_TEXT];
    uint8_t sign[SL_SIGN_PUBLIC_BYTES], signature[SL_SIGNATURE_BYTES] = { 0 };
    struct sl_pen p = sl_pen_to(out, err);

    if (!shows_as_it_stands(called))
        return sl_fail(err, SL_E_USAGE,
                       _("the name on a card is not 1 to %u bytes of plain text: no line ends, no "
                         "'\\', no signs that cannot be seen"),
                       SL_PERSON_NAME_MAX);
    SL_TRY(sl_person_sign_key(person, &key, err));
    sl_sign_key_public(&key, sign);
    sl_age_identity_recipient(person, &recipient);
    sl_age_recipient_text(&recipient, recipient_text);
    sl_pen_stamp(&p, MAGIC);
    sl_pen_u16(&p, SUITE_PERSON);
    sl_pen_u8(&p, (uint8_t)called.len);
    sl_pen_view(&p, called);
    sl_pen_u16(&p, (uint16_t)strlen(recipient_text));
    sl_pen_bytes(&p, recipient_text, strlen(recipient_text));
    sl_pen_bytes(&p, sign, sizeof sign);
    if (p.rc == SL_OK)
        sl_sign(&key, PURPOSE, (struct sl_view){ out->at + p.begin, out->len - p.begin },
                signature);
    sl_secret_free(key.bytes);
    sl_pen_bytes(&p, signature, sizeof signature);
    return sl_pen_done(&p);
}

/* PEOPLE-6: age's reader takes one spelling of each. */
static sl_rc read_recipient(struct sl_view text, struct sl_age_recipient *ret, struct sl_err *err)
{
    struct sl_err why = { 0 };

    if (sl_age_recipient_read(text, ret, &why) != SL_OK)
        return sl_fail(err, SL_E_BROKEN, _("a card names a recipient that is not known: %s"),
                       why.text);
    return SL_OK;
}

sl_rc sl_card_read(struct sl_view in, struct sl_person_card *ret, struct sl_err *err)
{
    const char *what = _("a card");
    struct sl_cur c = sl_cur_over(in);
    struct sl_person_card card = { 0 };

    SL_TRY(sl_stamp_read(&c, MAGIC, what, err)); /* PEOPLE-4 */
    uint16_t suite = sl_cur_u16(&c);
    if (!c.spoilt && suite != SUITE_PERSON) /* PEOPLE-4, before what the suite lays out */
        return sl_fail(err, SL_E_BROKEN, _("a card has keys of suite %u: not known here"), suite);
    uint8_t name_bytes = sl_cur_u8(&c);
    SL_TRY(sl_text_read(&c, name_bytes, 1, SL_PERSON_NAME_MAX, card.name, _("the name on a card"),
                        err)); /* PEOPLE-5 */
    struct sl_view recipient = sl_cur_take(&c, sl_cur_u16(&c));
    sl_cur_copy(&c, card.sign, sizeof card.sign);
    struct sl_view covered = { in.at, in.len - c.left };
    struct sl_view signature = sl_cur_take(&c, SL_SIGNATURE_BYTES);
    SL_TRY(sl_cur_end(&c, what, err)); /* PEOPLE-4 */
    if (!shows_as_it_stands((struct sl_view){ (const uint8_t *)card.name, name_bytes }))
        return sl_fail(err, SL_E_BROKEN, _("the name on a card is not fit to be shown"));
    SL_TRY(read_recipient(recipient, &card.recipient, err));
    if (!sl_sign_check(card.sign, PURPOSE, covered, signature.at)) /* PEOPLE-7 */
        return sl_fail(err, SL_E_REFUSED,
                       _("a card is not signed by the key on it: it was altered"));
    *ret = card;
    return SL_OK;
}
