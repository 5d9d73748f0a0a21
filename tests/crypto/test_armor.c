/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Armor: what is written is read, in any pieces; every other text is refused.
 */
#include "crypto/armor.h"

#include "kit.h"

#define B    SL_ARMOR_BEGIN "\n"
#define E    SL_ARMOR_END "\n"
#define FULL "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4v"

static sl_rc unwrap(struct sl_view text, size_t piece, struct sl_buf *out)
{
    SL_AUTO_FREE(armor_reader) *r = NULL;
    struct sl_cur c = sl_cur_over(text);

    SL_TRY(sl_armor_reader_new(&r, NULL));
    while (c.left > 0)
        SL_TRY(sl_armor_read(r, sl_cur_take(&c, c.left < piece ? c.left : piece), out, NULL));
    return sl_armor_read_finish(r, NULL);
}

static void armor__reads_back_what_it_wrote_at_every_length(void)
{
    uint8_t bytes[200];

    kit_fill(bytes, sizeof bytes);
    for (size_t len = 0; len <= sizeof bytes; len++) {
        struct sl_armor_writer w = { 0 };
        struct sl_buf text = sl_buf_upto(1024);
        size_t piece = len % 7 + 1;

        for (size_t at = 0; at < len; at += piece) {
            size_t some = len - at < piece ? len - at : piece;
            CHECK_EQ(sl_armor_write(&w, (struct sl_view){ bytes + at, some }, &text, NULL), SL_OK);
        }
        CHECK_EQ(sl_armor_finish(&w, &text, NULL), SL_OK);
        CHECK(sl_armor_begins(sl_buf_view(&text)));
        for (size_t p = 1; p < 70; p += 17) {
            struct sl_buf back = sl_buf_upto(1024);
            CHECK_EQ(unwrap(sl_buf_view(&text), p, &back), SL_OK);
            CHECK(back.len == len && (len == 0 || memcmp(back.at, bytes, len) == 0));
            sl_buf_clear(&back);
        }
        sl_buf_clear(&text);
    }
}

static void armor__forgives_line_ends_and_lines_of_white_space_outside(void)
{
    static const char *const good[] = {
        B "AAEC\n" E,
        B "AAEC\n" SL_ARMOR_END,
        B "AAEC\n" SL_ARMOR_END "\r",
        B "AAEC\r\n" E,
        SL_ARMOR_BEGIN "\r\nAAEC\r\n" SL_ARMOR_END "\r\n",
        "\n\r   \t\n" B "AAEC\n" E "\n\r   \t\n",
        "\r\n\n" B "AAEC\n" E " ",
    };

    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        for (size_t piece = 1; piece < 90; piece += 8) {
            struct sl_buf back = sl_buf_upto(1024);
            CHECK_EQ(unwrap(text_view(good[i]), piece, &back), SL_OK);
            CHECK(back.len == 3 && memcmp(back.at, "\x00\x01\x02", 3) == 0);
            sl_buf_clear(&back);
        }
        CHECK(sl_armor_begins(text_view(good[i])));
    }
}

static void armor__refuses_each_other_text(void)
{
    static const struct {
        const char *why, *text;
    } bad[] = {
        { "nothing", "" },
        { "only white space", " \n\n" },
        { "only the begin line", B },
        { "no end line", B "AAEC\n" },
        { "no end line, no line feed", B "AAEC" },
        { "half an end line", B "AAEC\n-----END AGE" },
        { "a whole line, then nothing", B FULL "\n" },
        { "white space before the begin line", " " B "AAEC\n" E },
        { "white space behind the begin line", SL_ARMOR_BEGIN " \nAAEC\n" E },
        { "white space behind the end line", B "AAEC\n" SL_ARMOR_END " \n" },
        { "white space before the end line", B "AAEC\n " E },
        { "garbage before", "garbage\n" B "AAEC\n" E },
        { "garbage behind", B "AAEC\n" E "garbage\n" },
        { "a second file behind", B "AAEC\n" E B "AAEC\n" E },
        { "another label", "-----BEGIN PGP MESSAGE-----\nAAEC\n-----END PGP MESSAGE-----\n" },
        { "another case", "-----begin age encrypted file-----\nAAEC\n" E },
        { "headers", B "Headers: are\n\nAAEC\n" E },
        { "an empty line first", B "\nAAEC\n" E },
        { "an empty line last", B "AAEC\n\n" E },
        { "an empty line behind a full one", B FULL "\n\n" E },
        { "no padding", B "AAE\n" E },
        { "padding where none belongs", B "AAEC=\n" E },
        { "a line end between padding", B "AA=\n=\n" E },
        { "not canonical", B "AAF=\n" E },
        { "a short line in the middle", B "AAEC\n" FULL "\n" E },
        { "a padded line in the middle", B "AAE=\nAAEC\n" E },
        { "over 64 columns", B FULL "AAEC\n" E },
        { "a checksum as PGP has it", B "AAEC\n=4wmj\n" E },
        { "white space at a line's end", B FULL " \nAAEC\n" E },
        { "white space at a line's start", B FULL "\n AAEC\n" E },
        { "a foreign character", B "AA*C\n" E },
        { "a lone carriage return", B "AAEC\rAAEC\n" E },
        { "two carriage returns", B "AAEC\r\r\n" E },
        { "url-safe letters", B "A-_C\n" E },
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        for (size_t piece = 1; piece < 200; piece += 66) {
            struct sl_buf back = sl_buf_upto(1024);
            sl_rc rc = unwrap(text_view(bad[i].text), piece, &back);
            if (rc != SL_E_BROKEN)
                printf("# %s\n", bad[i].why);
            CHECK_EQ(rc, SL_E_BROKEN);
            sl_buf_clear(&back);
        }
    }
}

static void armor__takes_just_so_much_white_space(void)
{
    for (int behind = 0; behind < 2; behind++) {
        for (size_t over = 0; over < 2; over++) {
            static char blank[SL_ARMOR_BLANK_MAX + 2];
            char text[4096];
            struct sl_buf back = sl_buf_upto(64);

            memset(blank, '\n', sizeof blank);
            blank[SL_ARMOR_BLANK_MAX + over] = 0;
            (void)snprintf(text, sizeof text, "%s" B "AAEC\n" E "%s", behind ? "" : blank,
                           behind ? blank : "");
            CHECK_EQ(unwrap(text_view(text), 100, &back), over ? SL_E_BROKEN : SL_OK);
            CHECK(sl_armor_begins((struct sl_view){ (const uint8_t *)text, SL_ARMOR_PEEK }));
            sl_buf_clear(&back);
        }
    }
}

static const struct check_case cases[] = {
    CASE(armor__reads_back_what_it_wrote_at_every_length),
    CASE(armor__forgives_line_ends_and_lines_of_white_space_outside),
    CASE(armor__refuses_each_other_text),
    CASE(armor__takes_just_so_much_white_space),
};

READY_MAIN(cases)
