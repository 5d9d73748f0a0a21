/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading JSON: strictly typed, and hostile text costs neither stack, memory nor time.
 */
#include "check.h"
#include "json/json.h"

static struct sl_view text(const char *s)
{
    return (struct sl_view){ (const uint8_t *)s, strlen(s) };
}

static sl_rc read_rc(struct sl_view in)
{
    SL_AUTO_FREE(json) *j = NULL;
    struct sl_err err = { 0 };
    sl_rc rc = sl_json_read(in, &j, &err);

    CHECK((rc == SL_OK) == (j != NULL));
    CHECK(rc == SL_OK || (err.rc == rc && err.text[0] != '\0'));
    return rc;
}

static void json__reads_one_object_and_nothing_else(void)
{
    static const char *const bad[] = {
        "",
        " ",
        "[]",
        "1",
        "null",
        "\"a\"",
        "{",
        "}",
        "{}{}",
        "{} x",
        "{\"a\":1,}",
        "{a:1}",
        "{'a':1}",
        "{\"a\":01}",
        "{\"a\":+1}",
        "{\"a\":1e}",
        "{\"a\":tru}",
        "{\"a\":\"\x01\"}",
        "{\"a\":1,\"a\":1}",
        "{\"b\":{\"a\":1,\"a\":2}}",
        "{\"a\":\"\\u0000\"}",
        "{\"a\\u0000\":1}",
        "{\"a\":\"\xff\"}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\xed\xa0\x80\"}",
        "{\"a\":9223372036854775808}",
        "{\"a\":-9223372036854775809}",
        "{\"a\":1e999}",
        "{\"a\":\"b}",
        "\xef\xbb\xbf{}",
        "{\"a\":NaN}",
        "// no\n{}",
    };
    static const char *const good[] = { "{}", " { } \n", "{\"a\":{\"b\":[1,2.5,null,true]}}",
                                        "{\"\":\"\\u0061\"}", "{\"a\":9223372036854775807}" };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK_EQ(read_rc(text(bad[i])), SL_E_BROKEN);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        CHECK_EQ(read_rc(text(good[i])), SL_OK);
    CHECK_EQ(read_rc((struct sl_view){ (const uint8_t *)"{}\0", 3 }), SL_E_BROKEN);
}

/* `count` times `open`, then as many times `shut`, as a field of an object. */
static struct sl_buf nested(const char *open, const char *shut, size_t count)
{
    struct sl_buf b = sl_buf_upto(8u << 20);

    CHECK_EQ(sl_buf_put(&b, text("{\"a\":"), NULL), SL_OK);
    for (size_t i = 0; i < count; i++)
        CHECK_EQ(sl_buf_put(&b, text(open), NULL), SL_OK);
    CHECK_EQ(sl_buf_put(&b, text("1"), NULL), SL_OK);
    for (size_t i = 0; i < count; i++)
        CHECK_EQ(sl_buf_put(&b, text(shut), NULL), SL_OK);
    CHECK_EQ(sl_buf_put(&b, text("}"), NULL), SL_OK);
    return b;
}

static void json__depth_ends_at_its_limit(void)
{
    SL_AUTO_CLEAR(buf) deep = nested("[", "]", SL_JSON_DEPTH_MAX - 1);
    SL_AUTO_CLEAR(buf) deeper = nested("[", "]", SL_JSON_DEPTH_MAX);
    SL_AUTO_CLEAR(buf) deepest = nested("{\"a\":[", "]}", 200000);

    CHECK_EQ(read_rc(sl_buf_view(&deep)), SL_OK);
    CHECK_EQ(read_rc(sl_buf_view(&deeper)), SL_E_BROKEN);
    CHECK_EQ(read_rc(sl_buf_view(&deepest)), SL_E_BROKEN);
}

/* Brackets and colons inside a text are its own business. */
static void json__counts_nothing_inside_a_text(void)
{
    SL_AUTO_CLEAR(buf) b = sl_buf_upto(65536);

    CHECK_EQ(sl_buf_put(&b, text("{\"a\":\""), NULL), SL_OK);
    for (size_t i = 0; i < 2000; i++)
        CHECK_EQ(sl_buf_put(&b, text("[{:\\\"\\\\"), NULL), SL_OK);
    CHECK_EQ(sl_buf_put(&b, text("\"}"), NULL), SL_OK);
    CHECK_EQ(read_rc(sl_buf_view(&b)), SL_OK);
}

static struct sl_buf with_fields(size_t count)
{
    struct sl_buf b = sl_buf_upto(1u << 20);
    char one[32];

    for (size_t i = 0; i < count; i++) {
        (void)snprintf(one, sizeof one, "%s\"%zu\":1", i == 0 ? "{" : ",", i);
        CHECK_EQ(sl_buf_put(&b, text(one), NULL), SL_OK);
    }
    CHECK_EQ(sl_buf_put(&b, text("}"), NULL), SL_OK);
    return b;
}

static void json__fields_end_at_their_limit(void)
{
    SL_AUTO_CLEAR(buf) many = with_fields(SL_JSON_FIELDS_MAX);
    SL_AUTO_CLEAR(buf) more = with_fields(SL_JSON_FIELDS_MAX + 1);

    CHECK_EQ(read_rc(sl_buf_view(&many)), SL_OK);
    CHECK_EQ(read_rc(sl_buf_view(&more)), SL_E_BROKEN);
}

static const char SAMPLE[] = "{\"t\":\"text\",\"i\":-5,\"r\":5.0,\"e\":1e3,\"n\":null,\"b\":true,"
                             "\"h\":\"00ff\",\"x\":\"AP8=\",\"a\":[1,[2,3],\"s\"],\"o\":{\"k\":7}}";

/* Every field asked for as every type: only the right one answers. */
static void fields__are_what_they_are_and_nothing_else(void)
{
    SL_AUTO_FREE(json) *j = NULL;
    const struct sl_json *part = NULL;
    static const char *const names[] = {
        "t", "i", "r", "e", "n", "b", "h", "x", "a", "o", "missing"
    };
    struct sl_view s = { 0 };
    int64_t n = 77;
    bool flag = false;

    CHECK_EQ(sl_json_read(text(SAMPLE), &j, NULL), SL_OK);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *k = names[i];
        CHECK_EQ(sl_json_get_text(j, k, &s, NULL), strchr("thx", *k) != NULL ? SL_OK : SL_E_BROKEN);
        CHECK_EQ(sl_json_get_int(j, k, INT64_MIN, INT64_MAX, &n, NULL),
                 *k == 'i' ? SL_OK : SL_E_BROKEN);
        CHECK_EQ(sl_json_get_bool(j, k, &flag, NULL), *k == 'b' ? SL_OK : SL_E_BROKEN);
        CHECK_EQ(sl_json_get_array(j, k, 9, &part, NULL), *k == 'a' ? SL_OK : SL_E_BROKEN);
        CHECK_EQ(sl_json_get_object(j, k, &part, NULL), *k == 'o' ? SL_OK : SL_E_BROKEN);
        CHECK(sl_json_has(j, k) == (*k != 'm'));
    }
    CHECK(n == -5 && flag && s.len == 4 && memcmp(s.at, "AP8=", 4) == 0);
}

static void fields__keep_to_their_bounds(void)
{
    SL_AUTO_FREE(json) *j = NULL;
    const struct sl_json *a = NULL, *inner = NULL;
    uint8_t out[4] = { 0 };
    size_t count = 0;
    int64_t n = 77;

    CHECK_EQ(sl_json_read(text(SAMPLE), &j, NULL), SL_OK);
    CHECK_EQ(sl_json_get_int(j, "i", -4, 9, &n, NULL), SL_E_BROKEN);
    CHECK_EQ(sl_json_get_int(j, "i", -9, -6, &n, NULL), SL_E_BROKEN);
    CHECK_EQ(n, 77);
    CHECK_EQ(sl_json_get_hex(j, "h", out, 2, NULL), SL_OK);
    CHECK_EQ(out[1], 255);
    CHECK_EQ(sl_json_get_hex(j, "h", out, 3, NULL), SL_E_BROKEN);
    CHECK_EQ(sl_json_get_base64(j, "x", out, 2, &count, NULL), SL_OK);
    CHECK_EQ(count, 2);
    CHECK_EQ(sl_json_get_base64(j, "x", out, 1, &count, NULL), SL_E_BROKEN);
    CHECK_EQ(sl_json_get_array(j, "a", 2, &a, NULL), SL_E_BROKEN);
    CHECK_EQ(sl_json_get_array(j, "a", 3, &a, NULL), SL_OK);
    CHECK_EQ(sl_json_count(a), 3);
    CHECK_EQ(sl_json_item_int(a, 0, 0, 1, "a", &n, NULL), SL_OK);
    CHECK_EQ(n, 1);
    CHECK_EQ(sl_json_item_int(a, 1, 0, 9, "a", &n, NULL), SL_E_BROKEN);
    CHECK_EQ(sl_json_item_int(a, 2, 0, 9, "a", &n, NULL), SL_E_BROKEN);
    CHECK_EQ(sl_json_item_int(a, 3, 0, 9, "a", &n, NULL), SL_E_BROKEN);
    CHECK_EQ(sl_json_item_array(a, 1, 1, "a", &inner, NULL), SL_E_BROKEN);
    CHECK_EQ(sl_json_item_array(a, 1, 2, "a", &inner, NULL), SL_OK);
    CHECK_EQ(sl_json_item_array(a, 0, 2, "a", &inner, NULL), SL_E_BROKEN);
}

/* What a hostile text says of itself does not reach a terminal raw. */
static void errors__show_no_control_characters(void)
{
    SL_AUTO_FREE(json) *j = NULL;
    struct sl_err err = { 0 };

    CHECK_EQ(sl_json_read(text("{\"a\":\x1b[31m\xe2\x80\xae}"), &j, &err), SL_E_BROKEN);
    CHECK(strchr(err.text, 0x1b) == NULL && strstr(err.text, "\xe2\x80\xae") == NULL);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(json__reads_one_object_and_nothing_else),    CASE(json__depth_ends_at_its_limit),
        CASE(json__counts_nothing_inside_a_text),         CASE(json__fields_end_at_their_limit),
        CASE(fields__are_what_they_are_and_nothing_else), CASE(fields__keep_to_their_bounds),
        CASE(errors__show_no_control_characters),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
