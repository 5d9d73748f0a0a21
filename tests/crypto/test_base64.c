/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Base 64 and Bech32: RFC 4648's and BIP-173's rules, one text for one run of bytes.
 */
#include "crypto/base64.h"

#include "crypto/bech32.h"
#include "ready.h"

static void base64__knows_its_rfc(void)
{
    static const struct {
        const char *plain, *bare, *padded;
    } row[] = {
        { "", "", "" },
        { "f", "Zg", "Zg==" },
        { "fo", "Zm8", "Zm8=" },
        { "foo", "Zm9v", "Zm9v" },
        { "foob", "Zm9vYg", "Zm9vYg==" },
        { "fooba", "Zm9vYmE", "Zm9vYmE=" },
        { "foobar", "Zm9vYmFy", "Zm9vYmFy" },
    };

    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct sl_view plain = text_view(row[i].plain);
        char text[16];
        uint8_t back[16];
        size_t made = sl_base64_write(plain, text);

        CHECK(made == strlen(row[i].bare) && memcmp(text, row[i].bare, made) == 0);
        CHECK_EQ(made, SL_BASE64_COLUMNS(plain.len));
        made = sl_base64_write_padded(plain, text);
        CHECK(made == strlen(row[i].padded) && memcmp(text, row[i].padded, made) == 0);
        CHECK_EQ(made, SL_BASE64_PADDED(plain.len));
        CHECK(sl_base64_read(text_view(row[i].bare), back, &made));
        CHECK(made == plain.len && memcmp(back, row[i].plain, made) == 0);
        CHECK(sl_base64_read_padded(text_view(row[i].padded), back, &made));
        CHECK(made == plain.len && memcmp(back, row[i].plain, made) == 0);
    }
}

static void base64__refuses_every_other_text(void)
{
    static const char *const bare[] = {
        "Z",    "Zh",   "Zm9",   "Zg=",   "Zg==", "Zm8=", "Zm9vY",
        "Zm-v", "Zm_v", "Zm 9v", "Zm9v ", "\n",   "=",    "Zm9v\r"
    };
    static const char *const padded[] = { "Zg",   "Zg=",   "Z===",    "====",   "=",
                                          "Zm8",  "Zh==",  "Zm9=",    "Zm8=\n", "Zg==Zg==",
                                          "Z=g=", "Zm9v=", "Zm9v====" };
    uint8_t back[16];
    size_t made = 77;

    for (size_t i = 0; i < sizeof bare / sizeof *bare; i++)
        CHECK(!sl_base64_read(text_view(bare[i]), back, &made));
    for (size_t i = 0; i < sizeof padded / sizeof *padded; i++)
        CHECK(!sl_base64_read_padded(text_view(padded[i]), back, &made));
    CHECK_EQ(made, 77);
}

/* The example of C2SP age.md: its identity is 32 times "B". */
static const char EXAMPLE[] =
    "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";
#define PREFIX "AGE-SECRET-KEY-"

static void bech32__knows_the_specifications_example(void)
{
    uint8_t bytes[SL_BECH32_BYTES], want[SL_BECH32_BYTES];
    char text[SL_BECH32_TEXT_MAX];

    memset(want, 'B', sizeof want);
    CHECK_EQ(sl_bech32_read(text_view(EXAMPLE), PREFIX, bytes), SL_BECH32_GOOD);
    CHECK(memcmp(bytes, want, sizeof want) == 0);
    CHECK_EQ(sl_bech32_write(PREFIX, bytes, text), strlen(EXAMPLE));
    CHECK(strcmp(text, EXAMPLE) == 0);
}

static void bech32__refuses_each_damage_by_its_name(void)
{
    static const struct {
        const char *why;
        size_t at;
        char put;
        enum sl_bech32 want;
    } row[] = {
        { "another prefix", 0, 'B', SL_BECH32_PREFIX },
        { "no separator", 15, '2', SL_BECH32_PREFIX },
        { "mixed case", 20, 'y', SL_BECH32_CASE },
        { "a foreign letter", 20, 'B', SL_BECH32_FOREIGN },
        { "a second separator", 20, '1', SL_BECH32_FOREIGN },
        { "an 8-bit character", 20, (char)0xe9, SL_BECH32_FOREIGN },
        { "a slip in the data", 20, 'Z', SL_BECH32_CHECKSUM },
        { "a slip in the checksum", 73, 'Z', SL_BECH32_CHECKSUM },
        { "cut", 73, 0, SL_BECH32_LENGTH },
    };
    uint8_t bytes[SL_BECH32_BYTES] = { 55 };
    char text[sizeof EXAMPLE + 1];

    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        memcpy(text, EXAMPLE, sizeof EXAMPLE);
        text[row[i].at] = row[i].put;
        if (sl_bech32_read(text_view(text), PREFIX, bytes) != row[i].want)
            printf("# %s\n", row[i].why);
        CHECK_EQ(sl_bech32_read(text_view(text), PREFIX, bytes), row[i].want);
    }
    memcpy(text, EXAMPLE, sizeof EXAMPLE);
    memcpy(text + strlen(EXAMPLE), "Q", 2); /* BIP-173's own weakness needs a P before it */
    CHECK_EQ(sl_bech32_read(text_view(text), PREFIX, bytes), SL_BECH32_LENGTH);
    CHECK_EQ(sl_bech32_read(text_view(""), PREFIX, bytes), SL_BECH32_PREFIX);
    CHECK_EQ(bytes[0], 55);
}

/* The checksum fits, but the last of the four bits behind the last byte is set. */
static void bech32__refuses_bits_that_are_left_over(void)
{
    static const char over[] =
        "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPPG0UGY5";
    uint8_t bytes[SL_BECH32_BYTES];

    CHECK_EQ(sl_bech32_read(text_view(over), PREFIX, bytes), SL_BECH32_LENGTH);
}

static const struct check_case cases[] = {
    CASE(base64__knows_its_rfc),
    CASE(base64__refuses_every_other_text),
    CASE(bech32__knows_the_specifications_example),
    CASE(bech32__refuses_each_damage_by_its_name),
    CASE(bech32__refuses_bits_that_are_left_over),
};

READY_MAIN(cases)
