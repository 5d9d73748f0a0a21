/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The grammar of age headers (C2SP age.md): a table of what is taken and one of what is not.
 */
#include "crypto/inside.h"
#include "kit.h"

#define V    "age-encryption.org/v1\n"
#define X    "-> X25519 TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOCc\n"
#define BODY "hjabGXwSLQ9c3S6Lw2i+S2Tu2fiwQHHslbBN6B41FLE\n"
#define MAC  "--- QIfAOEMt1fGOf2FP2m3+TwFQtfy2H3sX3YqUAQRApkM\n"
#define G    "-> grease\n\n"
#define FULL "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4v\n"
#define S    "-> scrypt rF0/NwblUHHTpgQgRpe5CQ 10\n"

static void header__takes_whatever_the_grammar_allows(void)
{
    static const struct {
        const char *text;
        size_t stanzas;
    } good[] = {
        { V X BODY MAC, 1 },
        { V G X BODY G MAC, 3 },
        { V "-> g " FULL FULL "\n" X BODY MAC, 2 },
        { V "-> g\n" FULL "AA\n" MAC, 1 },
        { V "-> g\n" FULL FULL "\n" MAC, 1 },
        { V "-> !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ a b c d e f g\n\n" MAC, 1 },
        { V "-> --- ->\n\n" MAC, 1 },
        { V "-> x25519 a\nAA\n" MAC, 1 }, /* another kind, by its case */
        { V S BODY MAC, 1 },
    };

    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct sl_age_head head = { 0 };
        struct sl_err err = { 0 };
        CHECK_EQ(sl_age_head_read(text_view(good[i].text), &head, &err), SL_OK);
        CHECK_EQ(head.stanza_count, good[i].stanzas);
        CHECK_EQ(head.bytes, strlen(good[i].text));
        CHECK_EQ(head.covered.len, head.bytes - strlen(MAC) + 3);
        if (err.rc != SL_OK)
            printf("# %zu: %s\n", i, err.text);
    }
}

struct bad {
    const char *why, *text;
};

static void check_refused(const struct bad *bad, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct sl_age_head head = { .bytes = 77 };
        sl_rc rc = sl_age_head_read(text_view(bad[i].text), &head, NULL);
        if (rc != SL_E_BROKEN)
            printf("# %s\n", bad[i].why);
        CHECK_EQ(rc, SL_E_BROKEN);
        CHECK_EQ(head.bytes, 77);
    }
}

static void header__refuses_each_malformed_line(void)
{
    static const struct bad bad[] = {
        { "something else", "PK\3\4" },
        { "another version", "age-encryption.org/v2\n" X BODY MAC },
        { "a longer version", "age-encryption.org/v1234\n" X BODY MAC },
        { "no version", "age-encryption.org/\n" X BODY MAC },
        { "a space in the version", "age-encryption.org/v1 \n" X BODY MAC },
        { "CRLF", "age-encryption.org/v1\r\n" X BODY MAC },
        { "a line before", "\n" V X BODY MAC },
        { "no stanza", V MAC },
        { "a bad start", V "-- X25519\n\n" MAC },
        { "an arrow without a space", V "->X25519\n\n" MAC },
        { "no arguments", V "->\n\n" MAC },
        { "an empty argument", V "-> \n\n" MAC },
        { "an empty argument between", V "-> g  h\n\n" MAC },
        { "an empty argument at the end", V "-> g \n\n" MAC },
        { "an 8-bit argument", V "-> gr\xc3\xa9ss\n\n" MAC },
        { "a tab", V "-> g\th\n\n" MAC },
        { "a control character", V "-> g\x7f\n\n" MAC },
        { "a carriage return", V "-> g\r\n\n" MAC },
        { "a carriage return in the body", V "-> g\nAA\r\n" MAC },
        { "no body", V "-> g\n" MAC },
        { "no last line", V "-> g\n" FULL MAC },
        { "a body of two short lines", V "-> g\nAA\nAA\n" MAC },
        { "an empty line too many", V "-> g\n\n\n" MAC },
        { "padding", V "-> g\nAA==\n" MAC },
        { "a body not canonical", V "-> g\nAB\n" MAC },
        { "a body of impossible length", V "-> g\nAAAAA\n" MAC },
        { "65 columns", V "-> g\nA" FULL "\n" MAC },
        { "68 columns", V "-> g\nAAAA" FULL "\n" MAC },
        { "a foreign letter", V "-> g\nA-_A\n" MAC },
        { "a space in the body", V "-> g\nAA AA\n" MAC },
    };

    check_refused(bad, sizeof bad / sizeof *bad);
}

static void header__refuses_each_malformed_mac_line(void)
{
    static const struct bad bad[] = {
        { "no MAC", V X BODY "---\n" },
        { "no space", V X BODY "---QIfAOEMt1fGOf2FP2m3+TwFQtfy2H3sX3YqUAQRApkM\n" },
        { "two spaces", V X BODY "---  QIfAOEMt1fGOf2FP2m3+TwFQtfy2H3sX3YqUAQRApkM\n" },
        { "a space at the end", V X BODY "--- QIfAOEMt1fGOf2FP2m3+TwFQtfy2H3sX3YqUAQRApkM \n" },
        { "cut", V X BODY "--- QIfAOEMt1fGOf2FP2m3+TwFQtfy2H3sX3YqUAQRApk\n" },
        { "longer", V X BODY "--- QIfAOEMt1fGOf2FP2m3+TwFQtfy2H3sX3YqUAQRApkMA\n" },
        { "not canonical", V X BODY "--- QIfAOEMt1fGOf2FP2m3+TwFQtfy2H3sX3YqUAQRApkN\n" },
        { "padding", V X BODY "--- QIfAOEMt1fGOf2FP2m3+TwFQtfy2H3sX3YqUAQRApkM=\n" },
        { "four dashes", V X BODY "---- QIfAOEMt1fGOf2FP2m3+TwFQtfy2H3sX3YqUAQRApk\n" },
        { "garbage", V X BODY "--- AAA\n" },
    };

    check_refused(bad, sizeof bad / sizeof *bad);
}

static void header__refuses_each_malformed_known_stanza(void)
{
#define SHARE "TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOCc"
#define SALT  "rF0/NwblUHHTpgQgRpe5CQ"
    static const struct bad bad[] = {
        { "no share", V "-> X25519\n" BODY MAC },
        { "an argument too many", V "-> X25519 " SHARE " 1234\n" BODY MAC },
        { "a short share", V "-> X25519 TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOA\n" BODY MAC },
        { "a long share", V "-> X25519 " SHARE "A\n" BODY MAC },
        { "a share not canonical",
          V "-> X25519 TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOCd\n" BODY MAC },
        { "a short file key", V X "hjabGXwSLQ9c3S6Lw2i+S2Tu2fiwQHHslbBN6B41FA\n" MAC },
        { "a long file key", V X "hjabGXwSLQ9c3S6Lw2i+S2Tu2fiwQHHslbBN6B41FLEA\n" MAC },
        { "a file key of two lines", V X FULL "AA\n" MAC },
        { "a malformed one behind a good one", V X BODY "-> X25519 AA\n" BODY MAC },
        { "no salt", V "-> scrypt 10\n" BODY MAC },
        { "no work factor", V "-> scrypt " SALT "\n" BODY MAC },
        { "an argument too many", V "-> scrypt " SALT " 10 10\n" BODY MAC },
        { "a short salt", V "-> scrypt rF0/NwblUHHTpgQgRpe5 10\n" BODY MAC },
        { "a long salt", V "-> scrypt " SALT "AA 10\n" BODY MAC },
        { "a salt not canonical", V "-> scrypt rF0/NwblUHHTpgQgRpe5CR 10\n" BODY MAC },
        { "a leading zero", V "-> scrypt " SALT " 010\n" BODY MAC },
        { "zero", V "-> scrypt " SALT " 0\n" BODY MAC },
        { "hexadecimal", V "-> scrypt " SALT " 0xa\n" BODY MAC },
        { "a plus", V "-> scrypt " SALT " +10\n" BODY MAC },
        { "a minus", V "-> scrypt " SALT " -10\n" BODY MAC },
        { "a letter before", V "-> scrypt " SALT " a10\n" BODY MAC },
        { "a letter behind", V "-> scrypt " SALT " 10a\n" BODY MAC },
        { "a fraction", V "-> scrypt " SALT " 1.0\n" BODY MAC },
        { "a short file key", V S "hjabGXwSLQ9c3S6Lw2i+S2Tu2fiwQHHslbBN6B41FA\n" MAC },
        { "a long file key", V S "hjabGXwSLQ9c3S6Lw2i+S2Tu2fiwQHHslbBN6B41FLEA\n" MAC },
        { "two passphrases", V S BODY S BODY MAC },
        { "a passphrase and a key", V S BODY X BODY MAC },
        { "a key and a passphrase", V X BODY S BODY MAC },
        { "a passphrase and grease", V S BODY G MAC },
        { "grease and a passphrase", V G S BODY MAC },
    };

    check_refused(bad, sizeof bad / sizeof *bad);
}

static void header__refuses_work_that_is_too_much_however_it_is_written(void)
{
    static const char *const much[] = { "23",
                                        "64",
                                        "99",
                                        "1000",
                                        "4294967306",
                                        "18446744073709551626",
                                        "100000000000000000000000000000000000000000" };

    for (size_t i = 0; i < sizeof much / sizeof *much; i++) {
        char text[512];
        struct sl_age_key key = { 0 };
        struct sl_err err = { 0 };

        (void)snprintf(text, sizeof text, V "-> scrypt rF0/NwblUHHTpgQgRpe5CQ %s\n" BODY MAC,
                       much[i]);
        CHECK_EQ(sl_age_header_open_passphrase(text_view(text), text_view("password"),
                                               SL_AGE_WORK_MAX, &key, &err),
                 SL_E_BROKEN);
        CHECK(strstr(err.text, "above 22") != NULL);
    }
}

static void header__names_the_version_it_does_not_know(void)
{
    struct sl_err err = { 0 };
    size_t len = 0;

    CHECK_EQ(sl_age_header_length(text_view("age-encryption.org/v9\n"), &len, &err), SL_E_BROKEN);
    CHECK(strstr(err.text, "'v9'") != NULL);
}

static void header__stops_at_its_limits(void)
{
    struct sl_buf text = sl_buf_upto(2u << 20);
    struct sl_age_head head = { 0 };
    struct sl_err err = { 0 };

    CHECK_EQ(sl_age_put_text(&text, V, NULL), SL_OK);
    for (size_t i = 0; i < SL_AGE_STANZAS_MAX; i++)
        CHECK_EQ(sl_age_put_text(&text, G, NULL), SL_OK);
    size_t most = text.len;
    CHECK_EQ(sl_age_put_text(&text, MAC, NULL), SL_OK);
    CHECK_EQ(sl_age_head_read(sl_buf_view(&text), &head, &err), SL_OK);
    text.len = most;
    CHECK_EQ(sl_age_put_text(&text, G MAC, NULL), SL_OK);
    CHECK_EQ(sl_age_head_read(sl_buf_view(&text), &head, &err), SL_E_BROKEN);

    text.len = 0; /* one endless body */
    CHECK_EQ(sl_age_put_text(&text, V "-> g\n", NULL), SL_OK);
    while (text.len < SL_AGE_HEADER_MAX)
        CHECK_EQ(sl_age_put_text(&text, FULL, NULL), SL_OK);
    CHECK_EQ(sl_age_head_read((struct sl_view){ text.at, SL_AGE_HEADER_MAX - 1 }, &head, &err),
             SL_E_RETRY);
    CHECK_EQ(sl_age_head_read((struct sl_view){ text.at, SL_AGE_HEADER_MAX }, &head, &err),
             SL_E_BROKEN);
    sl_buf_clear(&text);
}

static const struct check_case cases[] = {
    CASE(header__takes_whatever_the_grammar_allows),
    CASE(header__refuses_each_malformed_line),
    CASE(header__refuses_each_malformed_mac_line),
    CASE(header__refuses_each_malformed_known_stanza),
    CASE(header__refuses_work_that_is_too_much_however_it_is_written),
    CASE(header__names_the_version_it_does_not_know),
    CASE(header__stops_at_its_limits),
};

READY_MAIN(cases)
