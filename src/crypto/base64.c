/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Base 64 for age headers and armor.
 */
#include "crypto/base64.h"

#include <string.h>

static const char ALPHABET[65] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t sl_base64_write(struct sl_view in, char *out)
{
    uint32_t bits = 0;
    unsigned held = 0;
    size_t made = 0;

    for (size_t i = 0; i < in.len; i++) {
        bits = (bits & 0xffu) << 8 | in.at[i];
        for (held += 8; held >= 6; held -= 6)
            out[made++] = ALPHABET[bits >> (held - 6) & 63u];
    }
    if (held > 0)
        out[made++] = ALPHABET[bits << (6 - held) & 63u];
    return made;
}

size_t sl_base64_write_padded(struct sl_view in, char *out)
{
    size_t made = sl_base64_write(in, out);

    while (made % 4 != 0)
        out[made++] = '=';
    return made;
}

/* 0..63, or 64 for a character that is none of ours. */
static uint32_t value_of(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - (uint32_t)'A';
    if (c >= 'a' && c <= 'z')
        return c - (uint32_t)'a' + 26u;
    if (c >= '0' && c <= '9')
        return c - (uint32_t)'0' + 52u;
    if (c == '+')
        return 62;
    return c == '/' ? 63 : 64;
}

bool sl_base64_read(struct sl_view text, uint8_t *out, size_t *ret_bytes)
{
    uint32_t bits = 0;
    unsigned held = 0;
    size_t made = 0;

    for (size_t i = 0; i < text.len; i++) {
        uint32_t value = value_of(text.at[i]);
        if (value > 63)
            return false;
        bits = (bits & 0xffffu) << 6 | value;
        held += 6;
        if (held >= 8) {
            held -= 8;
            out[made++] = (uint8_t)(bits >> held);
        }
    }
    /* Six bits over: a lone character, which holds no byte. Else what is over must be zero. */
    if (held == 6 || (bits & ((1u << held) - 1u)) != 0)
        return false;
    *ret_bytes = made;
    return true;
}

bool sl_base64_read_padded(struct sl_view text, uint8_t *out, size_t *ret_bytes)
{
    struct sl_view bare = text;

    if (text.len % 4 != 0)
        return false;
    for (int i = 0; i < 2 && bare.len > 0 && bare.at[bare.len - 1] == '='; i++)
        bare.len--;
    return sl_base64_read(bare, out, ret_bytes);
}
