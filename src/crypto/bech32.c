/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bech32: twenty lines of polynomial over GF(32), the rest is being strict.
 */
#include "crypto/bech32.h"

#include <assert.h>
#include <string.h>

#include "crypto/secret.h"

#define DATA_COUNT     52u /* 32 bytes in groups of five bits */
#define CHECKSUM_COUNT 6u

static const char ALPHABET[33] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
static const char CAPITALS[33] = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";

static uint32_t polymod(uint32_t sum, uint32_t value)
{
    static const uint32_t generator[5] = { 0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                           0x2a1462b3 };
    uint32_t top = sum >> 25;

    sum = (sum & 0x1ffffffu) << 5 ^ value;
    for (unsigned i = 0; i < 5; i++)
        sum ^= top >> i & 1u ? generator[i] : 0;
    return sum;
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

static bool is_upper(const char *prefix)
{
    return prefix[0] >= 'A' && prefix[0] <= 'Z';
}

static uint32_t polymod_prefix(const char *prefix)
{
    size_t count = strlen(prefix);
    uint32_t sum = 1;

    for (size_t i = 0; i < count; i++)
        sum = polymod(sum, lower((uint8_t)prefix[i]) >> 5);
    sum = polymod(sum, 0);
    for (size_t i = 0; i < count; i++)
        sum = polymod(sum, lower((uint8_t)prefix[i]) & 31u);
    return sum;
}

static bool is_mixed(struct sl_view text)
{
    bool small = false;
    bool big = false;

    for (size_t i = 0; i < text.len; i++) {
        small |= text.at[i] >= 'a' && text.at[i] <= 'z';
        big |= text.at[i] >= 'A' && text.at[i] <= 'Z';
    }
    return small && big;
}

/* Groups of five bits from characters; a character that is none of ours gives false. */
static bool read_groups(struct sl_view text, uint8_t *groups)
{
    for (size_t i = 0; i < text.len; i++) {
        const char *found = memchr(ALPHABET, lower(text.at[i]), sizeof ALPHABET - 1);
        if (found == NULL)
            return false;
        groups[i] = (uint8_t)(found - ALPHABET);
    }
    return true;
}

static bool join_groups(const uint8_t groups[DATA_COUNT], uint8_t ret[SL_BECH32_BYTES])
{
    uint32_t bits = 0;
    unsigned held = 0;
    size_t made = 0;

    for (size_t i = 0; i < DATA_COUNT; i++) {
        bits = (bits & 0xfffu) << 5 | groups[i];
        held += 5;
        if (held >= 8) {
            held -= 8;
            ret[made++] = (uint8_t)(bits >> held);
        }
    }
    return (bits & ((1u << held) - 1u)) == 0; /* four bits are over */
}

enum sl_bech32 sl_bech32_read(struct sl_view text, const char *prefix, uint8_t ret[SL_BECH32_BYTES])
{
    size_t skip = strlen(prefix) + 1;
    uint8_t groups[DATA_COUNT + CHECKSUM_COUNT];
    uint8_t bytes[SL_BECH32_BYTES];
    uint32_t sum = polymod_prefix(prefix);

    if (text.len < skip || memcmp(text.at, prefix, skip - 1) != 0 || text.at[skip - 1] != '1')
        return SL_BECH32_PREFIX;
    if (is_mixed(text))
        return SL_BECH32_CASE;
    if (text.len != skip + sizeof groups)
        return SL_BECH32_LENGTH;
    if (!read_groups((struct sl_view){ text.at + skip, sizeof groups }, groups))
        return SL_BECH32_FOREIGN;
    for (size_t i = 0; i < sizeof groups; i++)
        sum = polymod(sum, groups[i]);
    bool whole = join_groups(groups, bytes);
    if (sum == 1 && whole)
        memcpy(ret, bytes, sizeof bytes);
    sl_wipe(groups, sizeof groups);
    sl_wipe(bytes, sizeof bytes);
    if (sum != 1)
        return SL_BECH32_CHECKSUM;
    return whole ? SL_BECH32_GOOD : SL_BECH32_LENGTH;
}

static void split_bytes(const uint8_t bytes[SL_BECH32_BYTES], uint8_t groups[DATA_COUNT])
{
    for (size_t i = 0; i < DATA_COUNT; i++) {
        size_t bit = i * 5;
        uint32_t pair = (uint32_t)bytes[bit / 8] << 8;

        if (bit / 8 + 1 < SL_BECH32_BYTES)
            pair |= bytes[bit / 8 + 1];
        groups[i] = (uint8_t)(pair >> (11 - bit % 8) & 31u);
    }
}

size_t sl_bech32_write(const char *prefix, const uint8_t bytes[SL_BECH32_BYTES], char *ret)
{
    uint8_t groups[DATA_COUNT + CHECKSUM_COUNT];
    uint32_t sum = polymod_prefix(prefix);
    size_t at = strlen(prefix);

    assert(at <= SL_BECH32_PREFIX_MAX);
    split_bytes(bytes, groups);
    for (size_t i = 0; i < DATA_COUNT; i++)
        sum = polymod(sum, groups[i]);
    for (size_t i = 0; i < CHECKSUM_COUNT; i++)
        sum = polymod(sum, 0);
    sum ^= 1;
    for (size_t i = 0; i < CHECKSUM_COUNT; i++)
        groups[DATA_COUNT + i] = (uint8_t)(sum >> 5 * (5 - i) & 31u);
    memcpy(ret, prefix, at);
    ret[at++] = '1';
    for (size_t i = 0; i < sizeof groups; i++) {
        ret[at++] = (is_upper(prefix) ? CAPITALS : ALPHABET)[groups[i]];
    }
    ret[at] = 0;
    sl_wipe(groups, sizeof groups);
    return at;
}
