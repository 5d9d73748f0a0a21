/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cards: read as written, refused when anything is off, and never a name that acts on a terminal.
 */
#include "people.h"

#define NAME_AT 15u /* behind stamp, suite and length */

/* What a card says, before it is signed. */
struct said {
    const char *magic;
    uint32_t version;
    uint16_t suite;
    struct sl_view name, recipient;
};

static char ana_recipient[SL_AGE_RECIPIENT_TEXT];

static struct said true_card(void)
{
    struct sl_age_recipient r = fixed_recipient(FIXED_PERSON);

    sl_age_recipient_text(&r, ana_recipient);
    return (struct said){ "SLCARD\n\0", 1, 1, view_text("Ana"), view_text(ana_recipient) };
}

/* A writer from the page alone, that judges nothing and signs everything. */
static struct sl_buf card_bytes(const struct said *s)
{
    struct sl_age_identity *ana = fixed_identity(FIXED_PERSON);
    struct sl_buf out = sl_buf_upto(4096);
    struct sl_pen p = sl_pen_to(&out, NULL);
    uint8_t sign[SL_SIGN_PUBLIC_BYTES], signature[SL_SIGNATURE_BYTES];
    struct sl_sign_key key = { 0 };

    CHECK_EQ(sl_person_sign_key(ana, &key, NULL), SL_OK);
    sl_sign_key_public(&key, sign);
    sl_pen_bytes(&p, s->magic, 8);
    sl_pen_u32(&p, s->version);
    sl_pen_u16(&p, s->suite);
    sl_pen_u8(&p, (uint8_t)s->name.len);
    sl_pen_view(&p, s->name);
    people_short(&p, s->recipient);
    sl_pen_bytes(&p, sign, sizeof sign);
    CHECK_EQ(sl_pen_done(&p), SL_OK);
    sl_sign(&key, "safelight/1 card", sl_buf_view(&out), signature);
    CHECK_EQ(sl_buf_put(&out, view_of(signature, sizeof signature), NULL), SL_OK);
    sl_secret_free(key.bytes);
    sl_age_identity_free(ana);
    return out;
}

static sl_rc write_named(const char *name, struct sl_buf *out, struct sl_err *err)
{
    struct sl_age_identity *ana = fixed_identity(FIXED_PERSON);
    sl_rc rc = sl_card_write(name, ana, out, err);

    sl_age_identity_free(ana);
    return rc;
}

/* PEOPLE-3, by another's hand (python3-cryptography): HKDF(SHA256, 32, salt=None,
 * info=b"safelight/1 person signing key").derive(32 * b"\x50") and its Ed25519 public key. */
static void person__signs_with_a_key_of_their_identity(void)
{
    static const char want[] = "63d9b3da5ae0e5024b3a683ace286615f10a2165a7fe8a73b9d50332fa70f34e";
    uint8_t ana[SL_SIGN_PUBLIC_BYTES], bo[SL_SIGN_PUBLIC_BYTES];
    char hex[2 * SL_SIGN_PUBLIC_BYTES + 1] = "";

    people_person_public(FIXED_PERSON, ana);
    people_person_public(FIXED_PERSON + 1, bo);
    for (size_t i = 0; i < sizeof ana; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", ana[i]);
    CHECK(strcmp(hex, want) == 0);
    CHECK(memcmp(ana, bo, sizeof ana) != 0);
}

static void card__reads_what_it_writes(void)
{
    struct sl_age_recipient r = fixed_recipient(FIXED_PERSON);
    uint8_t sign[SL_SIGN_PUBLIC_BYTES];
    SL_AUTO_CLEAR(buf) b = sl_buf_upto(4096);
    struct said same = true_card();
    SL_AUTO_CLEAR(buf) by_page = card_bytes(&same);
    struct sl_person_card card = { 0 };

    CHECK_EQ(write_named("Ana", &b, NULL), SL_OK);
    CHECK(b.len == by_page.len && memcmp(b.at, by_page.at, b.len) == 0);
    CHECK_EQ(sl_card_read(sl_buf_view(&b), &card, NULL), SL_OK);
    people_person_public(FIXED_PERSON, sign);
    CHECK(strcmp(card.name, "Ana") == 0);
    CHECK(memcmp(card.recipient.point, r.point, sizeof r.point) == 0);
    CHECK(memcmp(card.sign, sign, sizeof sign) == 0);
    CHECK_EQ(write_named("Bo", &b, NULL), SL_OK); /* appends */
    CHECK_EQ(sl_card_read(view_of(b.at + by_page.len, b.len - by_page.len), &card, NULL), SL_OK);
    CHECK(strcmp(card.name, "Bo") == 0);
}

/* PEOPLE-5: to the last byte, and what names there are in the world. */
static void card__holds_names_as_people_write_them(void)
{
    static const char *const names[] = {
        "A",
        "Ana María Núñez",
        "Ana (camera)",
        "\xd8\xa2\xd9\x86\xd8\xa7 \xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae\xd9\x88", /* with ZWNJ */
        "\xe5\xb0\x8f\xe6\x98\x8e",
        "0123456789012345678901234567890123456789012345678901234567890123",
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        SL_AUTO_CLEAR(buf) b = sl_buf_upto(SL_CARD_BYTES_MAX);
        struct sl_person_card card = { 0 };
        CHECK_EQ(write_named(names[i], &b, NULL), SL_OK);
        CHECK_EQ(sl_card_read(sl_buf_view(&b), &card, NULL), SL_OK);
        CHECK(strcmp(card.name, names[i]) == 0);
    }
}

/* PEOPLE-5, by writer and reader alike. */
static void card__refuses_names_that_act_on_a_terminal(void)
{
    static const char *const names[] = {
        "",
        "01234567890123456789012345678901234567890123456789012345678901234",
        "Ana\nBo",
        "Ana\x1b[2J",
        "Ana\t",
        "Ana\x7f",
        "Ana\\n",
        "Ana \xe2\x80\xae"
        "oB",                  /* written backwards from here */
        "Ana\xe2\x80\x8b",     /* a blank that nobody sees */
        "Ana\xf3\xa0\x81\x81", /* a tag */
        "Ana\xc2\x9b"
        "2J",         /* C1 */
        "\xff",       /* not UTF-8 */
        "Ana\xc3",    /* cut */
        "\xc1\x81na", /* a long way of writing 'A' */
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct said bad = true_card();
        struct sl_person_card card = { .name = "as it was" };
        struct sl_err err = { 0 };
        SL_AUTO_CLEAR(buf) b = sl_buf_upto(4096);
        bad.name = view_text(names[i]);
        SL_AUTO_CLEAR(buf) by_page = card_bytes(&bad);
        CHECK_EQ(write_named(names[i], &b, &err), SL_E_USAGE);
        CHECK(people_says(&err, "name on a card") && b.len == 0);
        CHECK_EQ(sl_card_read(sl_buf_view(&by_page), &card, &err), SL_E_BROKEN);
        CHECK(people_says(&err, "name on a card") && strcmp(card.name, "as it was") == 0);
    }
}

/* A NUL would end the name before its end. */
static void card__refuses_a_nul_in_a_name(void)
{
    struct said bad = true_card();
    struct sl_person_card card;
    struct sl_err err = { 0 };

    bad.name = view_of("An\0a", 4);
    SL_AUTO_CLEAR(buf) b = card_bytes(&bad);
    CHECK_EQ(sl_card_read(sl_buf_view(&b), &card, &err), SL_E_BROKEN);
    CHECK(people_says(&err, "NUL"));
}

/* PEOPLE-4 */
static void card__refuses_every_other_length(void)
{
    struct said good = true_card();
    SL_AUTO_CLEAR(buf) b = card_bytes(&good);
    struct sl_person_card card = { .name = "as it was" };

    for (size_t len = 0; len < b.len; len++)
        CHECK_EQ(sl_card_read(view_of(b.at, len), &card, NULL), SL_E_BROKEN);
    CHECK_EQ(sl_buf_put(&b, view_of("", 1), NULL), SL_OK);
    CHECK_EQ(sl_card_read(sl_buf_view(&b), &card, NULL), SL_E_BROKEN);
    CHECK(strcmp(card.name, "as it was") == 0);
}

/* PEOPLE-4, PEOPLE-6: signed, and yet no card. */
static void card__says_what_is_wrong_with_it(void)
{
    static const char low_order[] =
        "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z";
    char capitals[SL_AGE_RECIPIENT_TEXT];
    struct said good = true_card(), bad[8];
    const char *says[] = { "begin",  "version 2", "suite 2",   "begins otherwise",
                           "secret", "too short", "everybody", "age1" };

    (void)snprintf(capitals, sizeof capitals, "%s", ana_recipient);
    for (char *c = capitals; *c != '\0'; c++)
        *c = *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
    for (size_t i = 0; i < 8; i++)
        bad[i] = good;
    bad[0].magic = "SLCARS\n\0";
    bad[1].version = 2;
    bad[2].suite = 2;
    bad[3].recipient = view_text(capitals);
    bad[4].recipient = view_text("AGE-SECRET-KEY-1");
    bad[5].recipient = view_of(good.recipient.at, good.recipient.len - 1);
    bad[6].recipient = view_text(low_order);
    bad[7].recipient = view_text("");
    for (size_t i = 0; i < 8; i++) {
        SL_AUTO_CLEAR(buf) b = card_bytes(&bad[i]);
        struct sl_person_card card = { .name = "as it was" };
        struct sl_err err = { 0 };
        CHECK_EQ(sl_card_read(sl_buf_view(&b), &card, &err), SL_E_BROKEN);
        CHECK(people_says(&err, says[i]) && strcmp(card.name, "as it was") == 0);
    }
}

/* PEOPLE-7: one bit anywhere. */
static void card__of_which_a_bit_was_changed_is_refused(void)
{
    struct said good = true_card();
    SL_AUTO_CLEAR(buf) b = card_bytes(&good);
    struct sl_person_card card;
    struct sl_err err = { 0 };

    for (size_t bit = 0; bit < 8 * b.len; bit++) {
        b.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
        CHECK(sl_card_read(sl_buf_view(&b), &card, &err) != SL_OK);
        b.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    b.at[NAME_AT] = 'B'; /* fine in itself, and not what was signed */
    CHECK_EQ(sl_card_read(sl_buf_view(&b), &card, &err), SL_E_REFUSED);
    CHECK(people_says(&err, "altered"));
}

/* PEOPLE-7: somebody else's signature, and one for another purpose. */
static void card__is_signed_by_its_own_key_for_this(void)
{
    struct sl_sign_key ana = { 0 }, other = fixed_sign_key(FIXED_AUTHOR);
    struct sl_age_identity *person = fixed_identity(FIXED_PERSON);
    struct said good = true_card();
    SL_AUTO_CLEAR(buf) b = card_bytes(&good);
    struct sl_view covered = view_of(b.at, b.len - SL_SIGNATURE_BYTES);
    uint8_t *signature = b.at + covered.len;
    struct sl_person_card card;

    CHECK_EQ(sl_person_sign_key(person, &ana, NULL), SL_OK);
    sl_sign(&other, "safelight/1 card", covered, signature);
    CHECK_EQ(sl_card_read(sl_buf_view(&b), &card, NULL), SL_E_REFUSED);
    sl_sign(&ana, "safelight/1 request", covered, signature);
    CHECK_EQ(sl_card_read(sl_buf_view(&b), &card, NULL), SL_E_REFUSED);
    sl_sign(&ana, "safelight/1 card", covered, signature);
    CHECK_EQ(sl_card_read(sl_buf_view(&b), &card, NULL), SL_OK);
    sl_secret_free(ana.bytes);
    sl_secret_free(other.bytes);
    sl_age_identity_free(person);
}

/* A buffer that is too small is left as it was. */
static void card__that_does_not_fit_leaves_nothing(void)
{
    SL_AUTO_CLEAR(buf) b = sl_buf_upto(100);

    CHECK_EQ(sl_buf_put(&b, view_text("x"), NULL), SL_OK);
    CHECK(write_named("Ana", &b, NULL) != SL_OK);
    CHECK_EQ(b.len, 1);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(person__signs_with_a_key_of_their_identity),
        CASE(card__reads_what_it_writes),
        CASE(card__holds_names_as_people_write_them),
        CASE(card__refuses_names_that_act_on_a_terminal),
        CASE(card__refuses_a_nul_in_a_name),
        CASE(card__refuses_every_other_length),
        CASE(card__says_what_is_wrong_with_it),
        CASE(card__of_which_a_bit_was_changed_is_refused),
        CASE(card__is_signed_by_its_own_key_for_this),
        CASE(card__that_does_not_fit_leaves_nothing),
    };

    fixed_start();
    return check_run(cases, sizeof cases / sizeof *cases);
}
