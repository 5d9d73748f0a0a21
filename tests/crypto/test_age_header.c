/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * age headers: keys and their texts, several recipients, passphrases, and every malformed header
 * refused before any key is tried.
 */
#include "crypto/age.h"

#include "crypto/bech32.h"
#include "crypto/inside.h"
#include "foreign.h"
#include "kit.h"

#define HEADER_MAX 8192u

static void keys__read_back_their_own_texts(void)
{
    struct sl_age_recipient r = { 0 }, again = { 0 };
    struct sl_age_identity *i = kit_identity(&r);
    SL_AUTO_FREE(secret) *text = NULL;
    SL_AUTO_FREE(age_identity) *back = NULL;
    char public[SL_AGE_RECIPIENT_TEXT];

    CHECK_EQ(sl_age_identity_text(i, &text, NULL), SL_OK);
    struct sl_view t = sl_secret_expose(text);
    CHECK_EQ(t.len, SL_AGE_IDENTITY_TEXT);
    CHECK_EQ(t.at[t.len - 1], 0);
    CHECK_EQ(sl_age_identity_read((struct sl_view){ t.at, t.len - 1 }, &back, NULL), SL_OK);
    CHECK(sl_secret_same(i->scalar, back->scalar));
    sl_age_recipient_text(&r, public);
    CHECK_EQ(strlen(public) + 1, SL_AGE_RECIPIENT_TEXT);
    CHECK_EQ(sl_age_recipient_read(text_view(public), &again, NULL), SL_OK);
    CHECK(memcmp(&again, &r, sizeof r) == 0);
    sl_age_identity_free(i);
}

/* The pair of keys in C2SP age.md. */
static const char SECRET[] =
    "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";
static const char PUBLIC[] = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";

static void keys__match_the_specifications_pair(void)
{
    SL_AUTO_FREE(age_identity) *i = NULL;
    struct sl_age_recipient r = { 0 };
    char text[SL_AGE_RECIPIENT_TEXT];

    CHECK_EQ(sl_age_identity_read(text_view(SECRET), &i, NULL), SL_OK);
    sl_age_identity_recipient(i, &r);
    sl_age_recipient_text(&r, text);
    CHECK(strcmp(text, PUBLIC) == 0);
}

static void keys__of_another_form_are_refused_and_never_repeated(void)
{
    static const uint8_t zero[SL_BECH32_BYTES] = { 0 };
    SL_AUTO_FREE(age_identity) *i = NULL;
    struct sl_age_recipient r = { { 9 } };
    struct sl_err err = { 0 };
    char text[SL_BECH32_TEXT_MAX];

    CHECK_EQ(sl_age_recipient_read(text_view(SECRET), &r, &err), SL_E_USAGE);
    CHECK(strstr(err.text, "secret") != NULL && strstr(err.text, "GFPYY") == NULL);
    CHECK_EQ(sl_age_identity_read(text_view(PUBLIC), &i, &err), SL_E_USAGE);
    for (size_t at = 0; at < strlen(SECRET); at++) {
        (void)snprintf(text, sizeof text, "%s", SECRET);
        text[at] ^= 1;
        CHECK_EQ(sl_age_identity_read(text_view(text), &i, &err), SL_E_USAGE);
        CHECK(strstr(err.text, "GFPYY") == NULL);
        CHECK_EQ(sl_age_identity_read((struct sl_view){ (const uint8_t *)SECRET, at }, &i, &err),
                 SL_E_USAGE);
    }
    (void)sl_bech32_write("age-secret-key-", zero, text); /* lower case is not age's */
    CHECK_EQ(sl_age_identity_read(text_view(text), &i, &err), SL_E_USAGE);
    (void)sl_bech32_write("AGE", zero, text);
    CHECK_EQ(sl_age_recipient_read(text_view(text), &r, &err), SL_E_USAGE);
    (void)sl_bech32_write("age", zero, text); /* a point of low order */
    CHECK_EQ(sl_age_recipient_read(text_view(text), &r, &err), SL_E_USAGE);
    CHECK(i == NULL && r.point[0] == 9);
}

static void check_x25519(struct foreign *f, const char *scalar, const char *point,
                         const char *shared, size_t *zeroes)
{
    uint8_t got[SL_AGE_X25519_BYTES] = { 1 };
    static const uint8_t zero[SL_AGE_X25519_BYTES] = { 0 };
    struct sl_view want = foreign_hex(f, shared);
    bool is_zero = foreign_same(want, zero, sizeof zero);

    CHECK_EQ(sl_x25519(got, foreign_hex(f, scalar).at, foreign_hex(f, point).at), !is_zero);
    CHECK(foreign_same(want, got, sizeof got)); /* zeroed when refused */
    *zeroes += is_zero;
}

static void x25519__agrees_with_wycheproof_and_refuses_zero(void)
{
    char *path = foreign_shared("vectors/wycheproof-x25519.json");
    struct foreign f;
    size_t count = 0, zeroes = 0;

    if (!foreign_open(&f, path, "tcId"))
        check_skip(FOREIGN_NO_SHARED);
    else {
        for (; foreign_next(&f); count++)
            check_x25519(&f, "private", "public", "shared", &zeroes);
        CHECK_EQ(count, 518);
        CHECK(zeroes > 10);
    }
    foreign_close(&f);
    free(path);
}

static void x25519__agrees_with_its_rfc(void)
{
    struct foreign f;
    size_t count = 0, zeroes = 0;

    if (!foreign_open(&f, FOREIGN_PYTHON "asymmetric/X25519/rfc7748.txt", "COUNT"))
        return check_skip(FOREIGN_NO_PYTHON);
    for (; foreign_next(&f); count++) {
        if (foreign_has(&f, "OUTPUT_U"))
            check_x25519(&f, "INPUT_SCALAR", "INPUT_U", "OUTPUT_U", &zeroes);
    }
    CHECK(count >= 3 && zeroes == 0);
    foreign_close(&f);
}

static void scrypt__agrees_with_its_rfc(void)
{
    struct foreign f;
    uint8_t got[64];
    size_t count = 0;

    if (!foreign_open(&f, FOREIGN_PYTHON "KDF/scrypt.txt", "COUNT"))
        return check_skip(FOREIGN_NO_PYTHON);
    for (; foreign_next(&f); count++) {
        struct sl_scrypt_cost cost = { .n = foreign_number(&f, "N"),
                                       .r = (uint32_t)foreign_number(&f, "r"),
                                       .p = (uint32_t)foreign_number(&f, "p") };
        struct sl_view want = foreign_hex(&f, "DERIVED_KEY");
        CHECK(want.len <= sizeof got && cost.n > 1);
        CHECK_EQ(sl_scrypt(foreign_raw(&f, "PASSWORD"), foreign_raw(&f, "SALT"), cost, got,
                           want.len, NULL),
                 SL_OK);
        CHECK(foreign_same(want, got, want.len));
    }
    CHECK(count >= 4);
    foreign_close(&f);
}

/* ---- sealed and opened ---- */

static void header__opens_for_each_of_its_recipients_and_no_other(void)
{
    enum { COUNT = 5 };
    struct sl_age_recipient to[COUNT], stranger;
    struct sl_age_identity *id[COUNT], *other = kit_identity(&stranger);
    struct sl_buf header = sl_buf_upto(HEADER_MAX);
    struct sl_age_key key = { 0 }, got = { 0 };

    for (size_t i = 0; i < COUNT; i++)
        id[i] = kit_identity(&to[i]);
    CHECK_EQ(sl_age_put_text(&header, "before", NULL), SL_OK); /* it appends */
    CHECK_EQ(sl_age_header_seal(to, COUNT, &header, &key, NULL), SL_OK);
    struct sl_view h = { header.at + 6, header.len - 6 };
    for (size_t i = 0; i < COUNT; i++) {
        struct sl_age_identity *with[] = { other, id[i] };
        CHECK_EQ(sl_age_header_open(h, with, 2, &got, NULL), SL_OK);
        CHECK(sl_secret_same(key.bytes, got.bytes));
        sl_secret_free(SL_TAKE(got.bytes));
        sl_age_identity_free(id[i]);
    }
    CHECK_EQ(sl_age_header_open(h, &other, 1, &got, NULL), SL_E_REFUSED);
    CHECK_EQ(sl_age_header_open(h, NULL, 0, &got, NULL), SL_E_REFUSED);
    CHECK_EQ(sl_age_header_open_passphrase(h, text_view("x"), 22, &got, NULL), SL_E_REFUSED);
    CHECK(got.bytes == NULL);
    sl_age_identity_free(other);
    sl_secret_free(key.bytes);
    sl_buf_clear(&header);
}

static void header__takes_one_to_the_most_recipients(void)
{
    struct sl_age_recipient *to = calloc(SL_AGE_STANZAS_MAX + 1u, sizeof *to);
    struct sl_age_recipient r;
    struct sl_age_identity *id = kit_identity(&r);
    struct sl_buf header = sl_buf_upto(SL_AGE_HEADER_MAX);
    struct sl_age_key key = { 0 }, got = { 0 };
    struct sl_err err = { 0 };

    for (size_t i = 0; i <= SL_AGE_STANZAS_MAX; i++)
        to[i] = r;
    CHECK_EQ(sl_age_header_seal(to, 0, &header, &key, &err), SL_E_USAGE);
    CHECK_EQ(sl_age_header_seal(to, SL_AGE_STANZAS_MAX + 1u, &header, &key, &err), SL_E_USAGE);
    CHECK_EQ(header.len, 0);
    CHECK_EQ(sl_age_header_seal(to, SL_AGE_STANZAS_MAX, &header, &key, &err), SL_OK);
    CHECK_EQ(sl_age_header_open(sl_buf_view(&header), &id, 1, &got, &err), SL_OK);
    CHECK(sl_secret_same(key.bytes, got.bytes));
    free(to);
    sl_secret_free(key.bytes);
    sl_secret_free(got.bytes);
    sl_age_identity_free(id);
    sl_buf_clear(&header);
}

static void header__with_any_bit_flipped_is_refused(void)
{
    struct sl_age_recipient to[2];
    struct sl_age_identity *id = kit_identity(&to[0]), *other = kit_identity(&to[1]);
    struct sl_buf header = sl_buf_upto(HEADER_MAX);
    struct sl_age_key key = { 0 }, got = { 0 };

    CHECK_EQ(sl_age_header_seal(to, 2, &header, &key, NULL), SL_OK);
    for (size_t bit = 0; bit < header.len * 8; bit++) {
        header.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
        CHECK(sl_age_header_open(sl_buf_view(&header), &id, 1, &got, NULL) != SL_OK);
        header.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    CHECK(got.bytes == NULL);
    CHECK_EQ(sl_age_header_open(sl_buf_view(&header), &id, 1, &got, NULL), SL_OK);
    sl_secret_free(key.bytes);
    sl_secret_free(got.bytes);
    sl_age_identity_free(id);
    sl_age_identity_free(other);
    sl_buf_clear(&header);
}

static void header__length_asks_for_more_at_every_cut(void)
{
    struct sl_age_recipient to;
    struct sl_age_identity *id = kit_identity(&to);
    struct sl_buf header = sl_buf_upto(HEADER_MAX);
    struct sl_age_key key = { 0 }, got = { 0 };
    size_t len = 0;

    CHECK_EQ(sl_age_header_seal(&to, 1, &header, &key, NULL), SL_OK);
    for (size_t cut = 0; cut < header.len; cut++) {
        struct sl_view piece = { header.at, cut };
        CHECK_EQ(sl_age_header_length(piece, &len, NULL), SL_E_RETRY);
        CHECK_EQ(sl_age_header_open(piece, &id, 1, &got, NULL), SL_E_BROKEN);
    }
    size_t whole = header.len;
    CHECK_EQ(sl_buf_put(&header, (struct sl_view){ (const uint8_t *)"\0\n->", 4 }, NULL), SL_OK);
    CHECK_EQ(sl_age_header_length(sl_buf_view(&header), &len, NULL), SL_OK);
    CHECK_EQ(len, whole);
    CHECK_EQ(sl_age_header_open(sl_buf_view(&header), &id, 1, &got, NULL), SL_E_BROKEN);
    sl_secret_free(key.bytes);
    sl_age_identity_free(id);
    sl_buf_clear(&header);
}

static void passphrase__opens_its_header_and_no_other_does(void)
{
    struct sl_buf header = sl_buf_upto(HEADER_MAX);
    struct sl_age_key key = { 0 }, got = { 0 };
    struct sl_age_recipient r;
    struct sl_age_identity *id = kit_identity(&r);
    struct sl_err err = { 0 };
    bool wants = false;

    CHECK_EQ(sl_age_header_seal_passphrase(text_view("red lamp"), 10, &header, &key, &err), SL_OK);
    struct sl_view h = sl_buf_view(&header);
    CHECK_EQ(sl_age_header_wants_passphrase(h, &wants, &err), SL_OK);
    CHECK(wants);
    CHECK_EQ(sl_age_header_open(h, &id, 1, &got, &err), SL_E_REFUSED);
    CHECK_EQ(sl_age_header_open_passphrase(h, text_view("Red lamp"), 22, &got, &err), SL_E_REFUSED);
    CHECK_EQ(sl_age_header_open_passphrase(h, (struct sl_view){ 0 }, 22, &got, &err), SL_E_REFUSED);
    CHECK_EQ(sl_age_header_open_passphrase(h, text_view("red lamp"), 9, &got, &err), SL_E_BROKEN);
    CHECK(strstr(err.text, "work factor above 9") != NULL);
    CHECK_EQ(sl_age_header_open_passphrase(h, text_view("red lamp"), 10, &got, &err), SL_OK);
    CHECK(sl_secret_same(key.bytes, got.bytes));
    sl_secret_free(key.bytes);
    sl_secret_free(got.bytes);
    sl_age_identity_free(id);
    sl_buf_clear(&header);
}

static void passphrase__has_one_to_the_most_bytes(void)
{
    static uint8_t words[SL_AGE_PASSPHRASE_MAX + 1u];
    struct sl_buf header = sl_buf_upto(HEADER_MAX);
    struct sl_age_key key = { 0 };
    struct sl_err err = { 0 };

    memset(words, 'w', sizeof words);
    CHECK_EQ(sl_age_header_seal_passphrase((struct sl_view){ 0 }, 1, &header, &key, &err),
             SL_E_USAGE);
    CHECK_EQ(sl_age_header_seal_passphrase((struct sl_view){ words, sizeof words }, 1, &header,
                                           &key, &err),
             SL_E_USAGE);
    CHECK_EQ(sl_age_header_seal_passphrase((struct sl_view){ words, SL_AGE_PASSPHRASE_MAX }, 1,
                                           &header, &key, &err),
             SL_OK);
    sl_secret_free(key.bytes);
    sl_buf_clear(&header);
}

static const struct check_case cases[] = {
    CASE(keys__read_back_their_own_texts),
    CASE(keys__match_the_specifications_pair),
    CASE(keys__of_another_form_are_refused_and_never_repeated),
    CASE(x25519__agrees_with_wycheproof_and_refuses_zero),
    CASE(x25519__agrees_with_its_rfc),
    CASE(scrypt__agrees_with_its_rfc),
    CASE(header__opens_for_each_of_its_recipients_and_no_other),
    CASE(header__takes_one_to_the_most_recipients),
    CASE(header__with_any_bit_flipped_is_refused),
    CASE(header__length_asks_for_more_at_every_cut),
    CASE(passphrase__opens_its_header_and_no_other_does),
    CASE(passphrase__has_one_to_the_most_bytes),
};

READY_MAIN(cases)
