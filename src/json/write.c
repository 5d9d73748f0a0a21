/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Writing JSON straight into a buffer: compact, one line, fields in the order given. See json.h.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/say.h"
#include "json/json.h"
#include "json/text.h"

#define NUMBER_TEXT 24u   /* "-9223372036854775808" */
#define PIECE_BYTES 3072u /* raw bytes turned into text at a time; a multiple of 3, for base64 */

static void put(struct sl_json_pen *p, const void *at, size_t len)
{
    if (p->rc == SL_OK)
        p->rc = sl_buf_put(p->out, (struct sl_view){ at, len }, p->err);
}

static void put_word(struct sl_json_pen *p, const char *word)
{
    put(p, word, strlen(word));
}

struct sl_json_pen sl_json_to(struct sl_buf *out, struct sl_err *err)
{
    return (struct sl_json_pen){ .out = out, .err = err, .begin = out->len };
}

/* Comma and key of what comes next. */
static void begin_value(struct sl_json_pen *p, const char *key)
{
    bool in_object = p->depth > 0 && (p->open >> p->depth & 1) != 0;

    assert(in_object == (key != NULL)); /* fields have names, items have none */
    assert(p->depth > 0 || !p->comma);  /* one value a line */
    if (p->comma)
        put(p, ",", 1);
    p->comma = true;
    if (key == NULL)
        return;
    put(p, "\"", 1);
    put_word(p, key);
    put(p, "\":", 2);
}

static void open_level(struct sl_json_pen *p, const char *key, bool object)
{
    begin_value(p, key);
    assert(p->depth < SL_JSON_DEPTH_MAX);
    p->depth++;
    p->open = (p->open & ~(UINT32_C(1) << p->depth)) | (uint32_t)object << p->depth;
    p->comma = false;
    put(p, object ? "{" : "[", 1);
}

void sl_json_object(struct sl_json_pen *p, const char *key)
{
    open_level(p, key, true);
}

void sl_json_array(struct sl_json_pen *p, const char *key)
{
    open_level(p, key, false);
}

void sl_json_end(struct sl_json_pen *p)
{
    assert(p->depth > 0);
    put(p, (p->open >> p->depth & 1) != 0 ? "}" : "]", 1);
    p->depth--;
    p->comma = true;
}

static bool needs_escape(uint8_t c)
{
    return c < 0x20 || c == '"' || c == '\\' || c == 0x7f;
}

static void put_escaped(struct sl_json_pen *p, uint8_t c)
{
    char text[8];

    if (c == '"' || c == '\\')
        (void)snprintf(text, sizeof text, "\\%c", c);
    else
        (void)snprintf(text, sizeof text, "\\u%04x", c);
    put_word(p, text);
}

static void put_quoted(struct sl_json_pen *p, struct sl_view text)
{
    size_t plain = 0; /* how many characters before i need no escape */

    put(p, "\"", 1);
    for (size_t i = 0; i < text.len; i++) {
        if (!needs_escape(text.at[i])) {
            plain++;
            continue;
        }
        put(p, text.at + i - plain, plain);
        put_escaped(p, text.at[i]);
        plain = 0;
    }
    if (plain > 0)
        put(p, text.at + text.len - plain, plain);
    put(p, "\"", 1);
}

void sl_json_text(struct sl_json_pen *p, const char *key, struct sl_view text)
{
    begin_value(p, key);
    bool nul = text.len > 0 && memchr(text.at, 0, text.len) != NULL; /* readers may refuse it */
    if (p->rc == SL_OK && (nul || !sl_utf8_valid(text)))
        p->rc = sl_fail(p->err, SL_E_USAGE, _("a text for JSON has a NUL, or is not UTF-8"));
    put_quoted(p, text);
}

void sl_json_word(struct sl_json_pen *p, const char *key, const char *word)
{
    sl_json_text(p, key, (struct sl_view){ (const uint8_t *)word, strlen(word) });
}

void sl_json_i64(struct sl_json_pen *p, const char *key, int64_t value)
{
    char text[NUMBER_TEXT];

    begin_value(p, key);
    int len = snprintf(text, sizeof text, "%lld", (long long)value);
    put(p, text, (size_t)len);
}

void sl_json_u64(struct sl_json_pen *p, const char *key, uint64_t value)
{
    if (p->rc == SL_OK && value > INT64_MAX)
        p->rc = sl_fail(p->err, SL_E_USAGE, _("number %llu is too large for JSON"),
                        (unsigned long long)value);
    sl_json_i64(p, key, (int64_t)(value & INT64_MAX));
}

void sl_json_bool(struct sl_json_pen *p, const char *key, bool value)
{
    begin_value(p, key);
    put_word(p, value ? "true" : "false");
}

void sl_json_hex(struct sl_json_pen *p, const char *key, struct sl_view bytes)
{
    begin_value(p, key);
    put(p, "\"", 1);
    for (size_t i = 0; i < bytes.len; i += PIECE_BYTES) {
        char text[SL_HEX_TEXT(PIECE_BYTES)];
        size_t len = bytes.len - i < PIECE_BYTES ? bytes.len - i : PIECE_BYTES;
        sl_hex_write((struct sl_view){ bytes.at + i, len }, text);
        put(p, text, SL_HEX_TEXT(len));
    }
    put(p, "\"", 1);
}

static void put_base64(struct sl_json_pen *p, const char *key, struct sl_view bytes)
{
    begin_value(p, key);
    put(p, "\"", 1);
    for (size_t i = 0; i < bytes.len; i += PIECE_BYTES) {
        char text[SL_BASE64_TEXT(PIECE_BYTES)];
        size_t len = bytes.len - i < PIECE_BYTES ? bytes.len - i : PIECE_BYTES;
        sl_base64_padded_write((struct sl_view){ bytes.at + i, len }, text);
        put(p, text, SL_BASE64_TEXT(len));
    }
    put(p, "\"", 1);
}

void sl_json_name(struct sl_json_pen *p, const char *key, const char *key64, struct sl_view name)
{
    if (sl_utf8_valid(name))
        sl_json_text(p, key, name);
    else
        put_base64(p, key64, name);
}

sl_rc sl_json_finish(struct sl_json_pen *p)
{
    put(p, "\n", 1);
    assert(p->depth == 0); /* everything opened was ended, whether or not it could be written */
    if (p->rc != SL_OK)
        p->out->len = p->begin;
    return p->rc;
}
