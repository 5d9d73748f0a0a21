/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: a person's card, as it came and signed anew, so that what lies behind the signature
 * is reached too. What is believed is fit to be shown, and has one spelling.
 */
#include "base/say.h"
#include "fuzz/fuzz.h"
#include "people.h"

enum { CARD_TAIL = SL_SIGN_PUBLIC_BYTES + SL_SIGNATURE_BYTES };

/* Lay the card out once more; true where these are its bytes up to the signing key. */
static bool spells(const struct sl_person_card *card, struct sl_view in)
{
    char recipient[SL_AGE_RECIPIENT_TEXT];
    SL_AUTO_CLEAR(buf) out = sl_buf_upto(SL_CARD_BYTES_MAX);
    struct sl_pen p = sl_pen_to(&out, NULL);

    sl_age_recipient_text(&card->recipient, recipient);
    sl_pen_stamp(&p, "SLCARD\n\0");
    sl_pen_u16(&p, 1);
    sl_pen_u8(&p, (uint8_t)strlen(card->name));
    sl_pen_bytes(&p, card->name, strlen(card->name));
    people_short(&p, view_text(recipient));
    return sl_pen_done(&p) == SL_OK && out.len + CARD_TAIL == in.len &&
           memcmp(out.at, in.at, out.len) == 0;
}

static void one(struct sl_view in)
{
    char shown[SL_PLAIN_BYTES(SL_PERSON_NAME_MAX)];
    struct sl_person_card card;
    struct sl_err err;

    if (sl_card_read(in, &card, &err) != SL_OK)
        return;
    (void)sl_plain(view_text(card.name), shown, sizeof shown);
    if (card.name[0] == '\0' || strcmp(shown, card.name) != 0 || !spells(&card, in))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t bytes[SL_CARD_BYTES_MAX + 64];
    struct sl_sign_key key = { 0 };

    fixed_start();
    one(view_of(data, size));
    if (size < CARD_TAIL || size > sizeof bytes)
        return 0;
    key = fixed_sign_key(FIXED_AUTHOR);
    memcpy(bytes, data, size);
    sl_sign_key_public(&key, bytes + size - CARD_TAIL);
    sl_sign(&key, "safelight/1 card", view_of(bytes, size - SL_SIGNATURE_BYTES),
            bytes + size - SL_SIGNATURE_BYTES);
    one(view_of(bytes, size));
    sl_secret_free(key.bytes);
    return 0;
}
