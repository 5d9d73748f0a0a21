/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Ed25519: RFC 8032's reference vectors, purposes kept apart, bad keys refused.
 */
#include "crypto/sign.h"

#include "crypto/inside.h"
#include "foreign.h"
#include "ready.h"

/* One line of sign.input: secret || public : public : message : signature || message, in hex. */
static void check_line(struct sl_view line, struct sl_buf part[4])
{
    struct sl_cur c = sl_cur_over(line);
    struct sl_sign_key key = { 0 };
    uint8_t got[SL_SIGNATURE_BYTES], public[SL_SIGN_PUBLIC_BYTES];

    for (size_t i = 0; i < 4; i++) {
        const uint8_t *end = memchr(c.at, ':', c.left);
        foreign_unhex(sl_cur_take(&c, (size_t)(end - c.at)), &part[i]);
        (void)sl_cur_take(&c, 1);
    }
    struct sl_view message = sl_buf_view(&part[2]);
    CHECK_EQ(sl_secret_copy((struct sl_view){ part[0].at, 32 }, &key.bytes, NULL), SL_OK);
    sl_sign_key_public(&key, public);
    CHECK(foreign_same(sl_buf_view(&part[1]), public, sizeof public));
    sl_sign_bytes(&key, message, got);
    CHECK(memcmp(got, part[3].at, sizeof got) == 0);
    CHECK(sl_sign_check_bytes(public, message, got));
    got[part[2].len % SL_SIGNATURE_BYTES] ^= 1;
    CHECK(!sl_sign_check_bytes(public, message, got));
    sl_secret_free(key.bytes);
}

static void sign__agrees_with_the_reference(void)
{
    struct sl_buf text = sl_buf_upto(16u << 20);
    struct sl_buf part[4];
    size_t count = 0;

    if (!foreign_read(FOREIGN_PYTHON "asymmetric/Ed25519/sign.input", &text))
        return check_skip(FOREIGN_NO_PYTHON);
    for (size_t i = 0; i < 4; i++)
        part[i] = sl_buf_upto(4096);
    for (struct sl_cur c = sl_cur_over(sl_buf_view(&text)); c.left > 0; count++)
        check_line(foreign_line(&c), part);
    CHECK_EQ(count, 1024);
    for (size_t i = 0; i < 4; i++)
        sl_buf_clear(&part[i]);
    sl_buf_clear(&text);
}

static void sign__keeps_purposes_and_messages_apart(void)
{
    struct sl_sign_key key = { 0 };
    uint8_t public[SL_SIGN_PUBLIC_BYTES], signature[SL_SIGNATURE_BYTES];

    CHECK_EQ(sl_sign_key_new(&key, NULL), SL_OK);
    sl_sign_key_public(&key, public);
    sl_sign(&key, "entry", text_view("body"), signature);
    CHECK(sl_sign_check(public, "entry", text_view("body"), signature));
    CHECK(!sl_sign_check(public, "order", text_view("body"), signature));
    CHECK(!sl_sign_check(public, "entryb", text_view("ody"), signature));
    CHECK(!sl_sign_check(public, "entry", text_view("bodz"), signature));
    CHECK(!sl_sign_check(public, "entry", text_view("bod"), signature));
    for (unsigned bit = 0; bit < SL_SIGNATURE_BYTES * 8; bit++) {
        signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
        CHECK(!sl_sign_check(public, "entry", text_view("body"), signature));
        signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    sl_secret_free(key.bytes);
}

static void sign__takes_the_longest_message_and_checks_none_that_is_longer(void)
{
    static uint8_t message[SL_SIGN_MESSAGE_MAX + 1];
    struct sl_sign_key key = { 0 };
    uint8_t public[SL_SIGN_PUBLIC_BYTES], signature[SL_SIGNATURE_BYTES];

    CHECK_EQ(sl_sign_key_new(&key, NULL), SL_OK);
    sl_sign_key_public(&key, public);
    sl_sign(&key, "", (struct sl_view){ message, SL_SIGN_MESSAGE_MAX }, signature);
    CHECK(sl_sign_check(public, "", (struct sl_view){ message, SL_SIGN_MESSAGE_MAX }, signature));
    CHECK(!sl_sign_check(public, "", (struct sl_view){ message, sizeof message }, signature));
    sl_secret_free(key.bytes);
}

/* Under a key of low order one signature fits any message: R = S B with S = 0 is the identity. */
static void sign__refuses_keys_of_low_order_and_not_canonical(void)
{
    static const uint8_t identity[SL_SIGN_PUBLIC_BYTES] = { 1 };
    static const uint8_t order_two[SL_SIGN_PUBLIC_BYTES] = {
        0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f,
    };
    uint8_t not_canonical[SL_SIGN_PUBLIC_BYTES]; /* p + 1, which is 1 */
    uint8_t signature[SL_SIGNATURE_BYTES] = { 1 };

    memcpy(not_canonical, order_two, sizeof not_canonical);
    not_canonical[0] = 0xee;
    CHECK(!sl_sign_check(identity, "entry", text_view("any"), signature));
    CHECK(!sl_sign_check(order_two, "entry", text_view("any"), signature));
    CHECK(!sl_sign_check(not_canonical, "entry", text_view("any"), signature));
}

static const struct check_case cases[] = {
    CASE(sign__agrees_with_the_reference),
    CASE(sign__keeps_purposes_and_messages_apart),
    CASE(sign__takes_the_longest_message_and_checks_none_that_is_longer),
    CASE(sign__refuses_keys_of_low_order_and_not_canonical),
};

READY_MAIN(cases)
