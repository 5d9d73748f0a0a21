/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names from strangers cannot act on a terminal, and stay readable where they are honest.
 */
#include "base/say.h"

#include "base/limits.h"
#include "check.h"

#define S(text) (text), sizeof(text) - 1

static struct sl_view view(const char *text, size_t len)
{
    return (struct sl_view){ (const uint8_t *)text, len };
}

static const struct {
    const char *why, *in;
    size_t len;
    const char *out;
} NAMES[] = {
    { "plain", S("A001_C002.mov"), "A001_C002.mov" },
    { "empty", S(""), "" },
    { "Persian with ZWNJ", S("\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xb1"),
      "\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xb1" },
    { "four bytes", S("\xf0\x9f\x8e\xac"), "\xf0\x9f\x8e\xac" },
    { "last code point", S("\xf4\x8f\xbf\xbf"), "\xf4\x8f\xbf\xbf" },
    { "escape sequence", S("a\x1b[2Jb"), "a\\x1b[2Jb" },
    { "newline, tab, NUL, DEL", S("\n\t\0\x7f"), "\\x0a\\x09\\x00\\x7f" },
    { "backslash", S("a\\x1b"), "a\\x5cx1b" },
    { "C1 control (CSI)", S("\xc2\x9b"), "\\u{9b}" },
    { "soft hyphen", S("\xc2\xad"), "\\u{ad}" },
    { "right-to-left override", S("\xe2\x80\xaegpj.exe"), "\\u{202e}gpj.exe" },
    { "isolate", S("\xe2\x81\xa7"), "\\u{2067}" },
    { "left-to-right mark", S("\xe2\x80\x8e"), "\\u{200e}" },
    { "Arabic letter mark", S("\xd8\x9c"), "\\u{61c}" },
    { "zero width space", S("\xe2\x80\x8b"), "\\u{200b}" },
    { "line separator", S("\xe2\x80\xa8"), "\\u{2028}" },
    { "byte order mark", S("\xef\xbb\xbf"), "\\u{feff}" },
    { "Hangul filler", S("\xe3\x85\xa4"), "\\u{3164}" },
    { "tag", S("\xf3\xa0\x81\x81"), "\\u{e0041}" },
    { "lone continuation", S("\x80"), "\\x80" },
    { "overlong", S("\xc0\xaf"), "\\xc0\\xaf" },
    { "overlong, three", S("\xe0\x80\xaf"), "\\xe0\\x80\\xaf" },
    { "surrogate", S("\xed\xa0\x80"), "\\xed\\xa0\\x80" },
    { "past U+10FFFF", S("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80" },
    { "cut short", S("a\xe2\x82"), "a\\xe2\\x82" },
    { "0xff", S("\xff"), "\\xff" },
};

static void plain__escapes_what_acts_and_keeps_what_is_seen(void)
{
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        char out[256];
        const char *got = sl_plain(view(NAMES[i].in, NAMES[i].len), out, sizeof out);
        if (strcmp(got, NAMES[i].out) != 0)
            printf("# %s: '%s', not '%s'\n", NAMES[i].why, got, NAMES[i].out);
        CHECK(got == out && strcmp(got, NAMES[i].out) == 0);
        CHECK(strlen(got) < SL_PLAIN_BYTES(NAMES[i].len));
    }
}

static void plain__cuts_at_a_whole_character_in_any_room(void)
{
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        for (size_t room = 1; room <= strlen(NAMES[i].out); room++) {
            char out[256];
            memset(out, 'Z', sizeof out);
            size_t len = strlen(sl_plain(view(NAMES[i].in, NAMES[i].len), out, room));
            CHECK(len < room);
            CHECK(out[room] == 'Z');
            CHECK(memcmp(out, NAMES[i].out, len) == 0);
            CHECK(((uint8_t)NAMES[i].out[len] & 0xc0) != 0x80);
        }
    }
}

/* No byte pair and no code point makes more than the macro says, or leaves a control in. */
static void plain__keeps_its_promise_of_room_for_every_code_point(void)
{
    for (uint32_t p = 0; p <= 0x110000; p++) {
        uint8_t in[4];
        size_t len = p < 0x80 ? 1 : p < 0x800 ? 2 : p < 0x10000 ? 3 : 4;
        char out[32];
        static const uint8_t first[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
        for (size_t i = len; i-- > 1;)
            in[i] = (uint8_t)(0x80 | ((p >> (6 * (len - 1 - i))) & 0x3f));
        in[0] = (uint8_t)(first[len] | (p >> (6 * (len - 1))));
        (void)sl_plain((struct sl_view){ in, len }, out, sizeof out);
        if (strlen(out) >= SL_PLAIN_BYTES(len) || strlen(out) == 0 || (uint8_t)out[0] < 0x20) {
            printf("# U+%04x\n", (unsigned)p);
            CHECK(false);
        }
    }
}

static void utf8_point__reads_one_code_point(void)
{
    size_t len = 9;

    CHECK_EQ(sl_utf8_point(view(S("a")), &len), 'a');
    CHECK_EQ(len, 1);
    CHECK_EQ(sl_utf8_point(view(S("\xe2\x82\xacx")), &len), 0x20ac);
    CHECK_EQ(len, 3);
    CHECK_EQ(sl_utf8_point(view(S("\xf0\x9f\x8e\xac")), &len), 0x1f3ac);
    CHECK_EQ(len, 4);
    (void)sl_utf8_point(view(S("\xe2\x82")), &len);
    CHECK_EQ(len, 0);
}

static void alias_check__takes_plain_names_only(void)
{
    static const struct {
        const char *name;
        size_t len;
        sl_rc rc;
    } names[] = {
        { S("A001"), SL_OK },
        { S("camera"), SL_OK },
        { S("\xd8\xb1\xd9\x88\xd8\xb2"), SL_OK },
        { S("a.b-c_d"), SL_OK },
        { S(""), SL_E_USAGE },
        { S("a/b"), SL_E_USAGE },
        { S("a b"), SL_E_USAGE },
        { S("A001~2"), SL_E_USAGE },
        { S("a=b"), SL_E_USAGE },
        { S("a,b"), SL_E_USAGE },
        { S(".."), SL_E_USAGE },
        { S("-x"), SL_E_USAGE },
        { S("a\nb"), SL_E_USAGE },
        { S("a\0b"), SL_E_USAGE },
        { S("a\xff"), SL_E_USAGE },
        { S("a\xe2\x80\xae"), SL_E_USAGE },
    };
    char longest[SL_ALIAS_MAX + 1];

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct sl_err err = { 0 };
        CHECK_EQ(sl_alias_check(view(names[i].name, names[i].len), "roll", &err), names[i].rc);
        CHECK((strstr(err.text, "the name of a roll") != NULL) == (names[i].rc != SL_OK));
    }
    memset(longest, 'a', sizeof longest);
    CHECK_EQ(sl_alias_check(view(longest, SL_ALIAS_MAX), "roll", NULL), SL_OK);
    CHECK_EQ(sl_alias_check(view(longest, SL_ALIAS_MAX + 1), "roll", NULL), SL_E_USAGE);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(plain__escapes_what_acts_and_keeps_what_is_seen),
        CASE(plain__cuts_at_a_whole_character_in_any_room),
        CASE(plain__keeps_its_promise_of_room_for_every_code_point),
        CASE(utf8_point__reads_one_code_point),
        CASE(alias_check__takes_plain_names_only),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
