/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Hex, base64 and UTF-8: one spelling each, and no other is read.
 */
#include "check.h"
#include "json/text.h"

static struct sl_view text(const char *s)
{
    return (struct sl_view){ (const uint8_t *)s, strlen(s) };
}

static void hex__reads_lower_case_of_the_right_length_only(void)
{
    uint8_t out[2] = { 0 };
    char back[4];

    CHECK(sl_hex_read(text("0aff"), out, 2) && out[0] == 10 && out[1] == 255);
    sl_hex_write((struct sl_view){ out, 2 }, back);
    CHECK(memcmp(back, "0aff", 4) == 0);
    CHECK(!sl_hex_read(text("0aF0"), out, 2));
    CHECK(!sl_hex_read(text("0af"), out, 2));
    CHECK(!sl_hex_read(text("0aff0"), out, 2));
    CHECK(!sl_hex_read(text("0aff"), out, 1));
    CHECK(!sl_hex_read(text("0ag0"), out, 2));
    CHECK(!sl_hex_read(text("0a:0"), out, 2));
    CHECK(!sl_hex_read(text("0a f"), out, 2));
}

/* RFC 4648, section 10. */
static void base64__agrees_with_the_rfc(void)
{
    static const char *const pairs[][2] = { { "", "" },
                                            { "f", "Zg==" },
                                            { "fo", "Zm8=" },
                                            { "foo", "Zm9v" },
                                            { "foob", "Zm9vYg==" },
                                            { "fooba", "Zm9vYmE=" },
                                            { "foobar", "Zm9vYmFy" },
                                            { "\xff\xfe\xfd", "//79" },
                                            { "\xfb\xef\xbe", "++++" } };

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        char wrote[16] = { 0 };
        uint8_t read[16] = { 0 };
        size_t count = 77;
        sl_base64_padded_write(text(pairs[i][0]), wrote);
        CHECK(strcmp(wrote, pairs[i][1]) == 0);
        CHECK(sl_base64_padded_read(text(pairs[i][1]), read, sizeof read, &count));
        CHECK(count == strlen(pairs[i][0]) && memcmp(read, pairs[i][0], count) == 0);
    }
}

static void base64__reads_the_canonical_spelling_only(void)
{
    static const char *const bad[] = { "Z",    "Zg",   "Zg=",  "Zg===",    "Zh==",
                                       "Zm9=", "====", "=g==", "Zg==Zg==", "Zm9v\n",
                                       "Zm 9", "Zm-_", "Z===", "Z=g=" };
    uint8_t out[16];
    size_t count = 77;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK(!sl_base64_padded_read(text(bad[i]), out, sizeof out, &count));
    CHECK(!sl_base64_padded_read(text("Zm9v"), out, 2, &count)); /* does not fit */
    CHECK(sl_base64_padded_read(text("Zm9v"), out, 3, &count));
}

static void utf8__is_told_from_other_bytes(void)
{
    static const char *const good[] = { "", "A001", "\xd9\x81\xdb\x8c\xd9\x84\xd9\x85",
                                        "\xf0\x9f\x8e\xac", "\xf4\x8f\xbf\xbf" };
    static const char *const bad[] = {
        "\x80",         "A\xff",        "\xc0\xaf",         "\xc3",
        "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80",
        "ab\xe2\x82"
    };

    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        CHECK(sl_utf8_valid(text(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK(!sl_utf8_valid(text(bad[i])));
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(hex__reads_lower_case_of_the_right_length_only),
        CASE(base64__agrees_with_the_rfc),
        CASE(base64__reads_the_canonical_spelling_only),
        CASE(utf8__is_told_from_other_bytes),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
