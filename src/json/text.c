/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Hex, base64, UTF-8. See text.h. Nothing here is secret, so tables may be used.
 */
#include "json/text.h"

#include "base/say.h"

#define NOT_A_DIGIT 255u

static const char HEX[] = "0123456789abcdef";
static const char BASE64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void sl_hex_write(struct sl_view in, char *ret)
{
    for (size_t i = 0; i < in.len; i++) {
        ret[2 * i] = HEX[in.at[i] >> 4];
        ret[2 * i + 1] = HEX[in.at[i] & 15];
    }
}

static unsigned hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - (unsigned)'0';
    if (c >= 'a' && c <= 'f')
        return c - (unsigned)'a' + 10;
    return NOT_A_DIGIT;
}

bool sl_hex_read(struct sl_view text, uint8_t *ret, size_t count)
{
    if (text.len % 2 != 0 || text.len / 2 != count)
        return false;
    for (size_t i = 0; i < count; i++) {
        unsigned high = hex_digit(text.at[2 * i]);
        unsigned low = hex_digit(text.at[2 * i + 1]);
        if (high == NOT_A_DIGIT || low == NOT_A_DIGIT)
            return false;
        ret[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

void sl_base64_padded_write(struct sl_view in, char *ret)
{
    for (size_t i = 0; i < in.len; i += 3) {
        size_t have = in.len - i < 3 ? in.len - i : 3;
        uint32_t bits = (uint32_t)in.at[i] << 16;

        if (have > 1)
            bits |= (uint32_t)in.at[i + 1] << 8;
        if (have > 2)
            bits |= in.at[i + 2];
        *ret++ = BASE64[bits >> 18];
        *ret++ = BASE64[bits >> 12 & 63];
        *ret++ = (char)(have > 1 ? BASE64[bits >> 6 & 63] : '=');
        *ret++ = (char)(have > 2 ? BASE64[bits & 63] : '=');
    }
}

static unsigned base64_digit(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - (unsigned)'A';
    if (c >= 'a' && c <= 'z')
        return c - (unsigned)'a' + 26;
    if (c >= '0' && c <= '9')
        return c - (unsigned)'0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : NOT_A_DIGIT;
}

/* Four characters, of which the first `digits` (2..4) are not padding, to digits - 1 bytes. */
static bool read_four(const uint8_t *text, size_t digits, uint8_t *ret)
{
    uint32_t bits = 0;

    for (size_t i = 0; i < digits; i++) {
        unsigned digit = base64_digit(text[i]);
        if (digit == NOT_A_DIGIT)
            return false;
        bits |= (uint32_t)digit << (18 - 6 * i);
    }
    for (size_t i = 0; i + 1 < digits; i++)
        ret[i] = (uint8_t)(bits >> (16 - 8 * i));
    return (bits & (0xffffffu >> (8 * (digits - 1)))) == 0; /* nothing left over */
}

bool sl_base64_padded_read(struct sl_view text, uint8_t *ret, size_t room, size_t *count)
{
    size_t used = 0;

    if (text.len % 4 != 0)
        return false;
    for (size_t i = 0; i < text.len; i += 4) {
        bool end = i + 4 == text.len;
        size_t digits = !end || text.at[i + 3] != '=' ? 4 : text.at[i + 2] != '=' ? 3 : 2;
        if (digits - 1 > room - used || !read_four(text.at + i, digits, ret + used))
            return false;
        used += digits - 1;
    }
    *count = used;
    return true;
}

bool sl_utf8_valid(struct sl_view in)
{
    while (in.len > 0) {
        size_t len = 1;

        if (in.at[0] >= 0x80)
            (void)sl_utf8_point(in, &len);
        if (len == 0)
            return false;
        in.at += len;
        in.len -= len;
    }
    return true;
}
