/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Writing JSON: compact, one line, and whatever goes in comes back out of our own reader.
 */
#include "check.h"
#include "json/json.h"

static struct sl_view text(const char *s)
{
    return (struct sl_view){ (const uint8_t *)s, strlen(s) };
}

static void line__has_its_fields_in_the_order_given(void)
{
    SL_AUTO_CLEAR(buf) b = sl_buf_upto(4096);
    struct sl_json_pen p = sl_json_to(&b, NULL);
    static const char want[] = "{\"z\":\"w\",\"a\":[1,-2,[],{\"k\":true}],\"h\":\"00ff\","
                               "\"n\":9223372036854775807,\"path64\":\"/w==\"}\n";

    sl_json_object(&p, NULL);
    sl_json_word(&p, "z", "w");
    sl_json_array(&p, "a");
    sl_json_u64(&p, NULL, 1);
    sl_json_i64(&p, NULL, -2);
    sl_json_array(&p, NULL);
    sl_json_end(&p);
    sl_json_object(&p, NULL);
    sl_json_bool(&p, "k", true);
    sl_json_end(&p);
    sl_json_end(&p);
    sl_json_hex(&p, "h", (struct sl_view){ (const uint8_t *)"\0\xff", 2 });
    sl_json_u64(&p, "n", INT64_MAX);
    sl_json_name(&p, "path", "path64", text("\xff"));
    sl_json_end(&p);
    CHECK_EQ(sl_json_finish(&p), SL_OK);
    CHECK(b.len == sizeof want - 1 && memcmp(b.at, want, b.len) == 0);
}

/* Every character that can stand in a text, alone and between others. */
static void text__comes_back_as_it_went_in(void)
{
    for (unsigned c = 1; c < 0x80; c++) {
        SL_AUTO_CLEAR(buf) b = sl_buf_upto(4096);
        SL_AUTO_FREE(json) *j = NULL;
        struct sl_json_pen p = sl_json_to(&b, NULL);
        char in[8] = { 'a', (char)c, 'b', (char)c, '\xd9', '\x81' };
        struct sl_view back = { 0 };
        sl_json_object(&p, NULL);
        sl_json_text(&p, "t", text(in));
        sl_json_end(&p);
        CHECK_EQ(sl_json_finish(&p), SL_OK);
        CHECK(memchr(b.at, '\n', b.len) == b.at + b.len - 1); /* one line */
        CHECK_EQ(sl_json_read(sl_buf_view(&b), &j, NULL), SL_OK);
        CHECK_EQ(sl_json_get_text(j, "t", &back, NULL), SL_OK);
        CHECK(back.len == 6 && memcmp(back.at, in, 6) == 0);
    }
}

static sl_rc write_text(struct sl_view in, struct sl_buf *b)
{
    struct sl_json_pen p = sl_json_to(b, NULL);

    sl_json_object(&p, NULL);
    sl_json_text(&p, "t", in);
    sl_json_end(&p);
    return sl_json_finish(&p);
}

static void pen__takes_back_what_it_could_not_finish(void)
{
    SL_AUTO_CLEAR(buf) b = sl_buf_upto(24);

    CHECK_EQ(sl_buf_put(&b, text("before\n"), NULL), SL_OK);
    CHECK_EQ(write_text(text("not UTF-8: \xff"), &b), SL_E_USAGE);
    CHECK_EQ(write_text((struct sl_view){ (const uint8_t *)"a\0b", 3 }, &b), SL_E_USAGE);
    CHECK_EQ(write_text(text("too long for the buffer"), &b), SL_E_BROKEN);
    CHECK(b.len == 7 && memcmp(b.at, "before\n", 7) == 0);
    CHECK_EQ(write_text(text("fits"), &b), SL_OK);
    CHECK(b.len == 20 && memcmp(b.at + 7, "{\"t\":\"fits\"}\n", 13) == 0);
}

static void number__above_what_readers_take_is_refused(void)
{
    SL_AUTO_CLEAR(buf) b = sl_buf_upto(4096);
    struct sl_json_pen p = sl_json_to(&b, NULL);

    sl_json_object(&p, NULL);
    sl_json_u64(&p, "n", UINT64_C(1) << 63);
    sl_json_end(&p);
    CHECK_EQ(sl_json_finish(&p), SL_E_USAGE);
    CHECK_EQ(b.len, 0);
}

/* Longer than what is turned into text at a time, in every remainder. */
static void bytes__of_every_length_come_back(void)
{
    static uint8_t in[7000], out[7000];

    for (size_t i = 0; i < sizeof in; i++)
        in[i] = (uint8_t)(i * 7 | 0x80); /* never UTF-8 */
    for (size_t len = 6130; len < 6160; len++) {
        SL_AUTO_CLEAR(buf) b = sl_buf_upto(1u << 16);
        SL_AUTO_FREE(json) *j = NULL;
        struct sl_json_pen p = sl_json_to(&b, NULL);
        size_t count = 0;
        sl_json_object(&p, NULL);
        sl_json_name(&p, "x", "n", (struct sl_view){ in, len });
        sl_json_hex(&p, "h", (struct sl_view){ in, len });
        sl_json_end(&p);
        CHECK_EQ(sl_json_finish(&p), SL_OK);
        CHECK_EQ(sl_json_read(sl_buf_view(&b), &j, NULL), SL_OK);
        CHECK_EQ(sl_json_get_base64(j, "n", out, sizeof out, &count, NULL), SL_OK);
        CHECK(count == len && memcmp(in, out, len) == 0);
        CHECK_EQ(sl_json_get_hex(j, "h", out, len, NULL), SL_OK);
        CHECK(memcmp(in, out, len) == 0);
    }
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(line__has_its_fields_in_the_order_given),
        CASE(text__comes_back_as_it_went_in),
        CASE(pen__takes_back_what_it_could_not_finish),
        CASE(number__above_what_readers_take_is_refused),
        CASE(bytes__of_every_length_come_back),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
