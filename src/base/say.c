/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Escaping of names that came from a card, a keeper or a person before a terminal shows them.
 */
#include "base/say.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"

uint32_t sl_utf8_point(struct sl_view in, size_t *length)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    uint8_t first = in.at[0];
    size_t len = first < 0x80       ? 1
                 : first >> 5 == 6  ? 2
                 : first >> 4 == 14 ? 3
                 : first >> 3 == 30 ? 4
                                    : 0;

    *length = 0;
    if (len == 0 || len > in.len)
        return 0;
    uint32_t point = len == 1 ? first : first & (0xffu >> (len + 1));
    for (size_t i = 1; i < len; i++) {
        if (in.at[i] >> 6 != 2)
            return 0;
        point = point << 6 | (in.at[i] & 0x3fu);
    }
    if (point < least[len] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
        return 0;
    *length = len;
    return point;
}

/* Characters that act instead of being seen: controls, bidi marks and overrides, line and
 * paragraph separators, fillers and joiners that show nothing, byte order mark, tags. ZWNJ and
 * ZWJ (U+200C, U+200D) stay: Persian cannot be written without the first. */
static bool acts(uint32_t p)
{
    static const struct {
        uint32_t first, last;
    } acting[] = {
        { 0x00, 0x1f },     { '\\', '\\' },       { 0x7f, 0x9f },       { 0xad, 0xad },
        { 0x34f, 0x34f },   { 0x61c, 0x61c },     { 0x115f, 0x1160 },   { 0x17b4, 0x17b5 },
        { 0x180b, 0x180f }, { 0x200b, 0x200b },   { 0x200e, 0x200f },   { 0x2028, 0x202e },
        { 0x2060, 0x206f }, { 0x3164, 0x3164 },   { 0xfeff, 0xfeff },   { 0xffa0, 0xffa0 },
        { 0xfff9, 0xfffb }, { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
    };

    for (size_t i = 0; i < sizeof acting / sizeof *acting; i++) {
        if (p >= acting[i].first && p <= acting[i].last)
            return true;
    }
    return false;
}

const char *sl_plain(struct sl_view name, char *out, size_t room)
{
    size_t used = 0;

    out[0] = '\0';
    while (name.len > 0) {
        char piece[16];
        size_t len = 0;
        uint32_t point = sl_utf8_point(name, &len);
        if (len == 0 || (len == 1 && acts(point))) {
            (void)snprintf(piece, sizeof piece, "\\x%02x", name.at[0]);
            len = 1;
        } else if (acts(point)) {
            (void)snprintf(piece, sizeof piece, "\\u{%x}", (unsigned)point);
        } else {
            memcpy(piece, name.at, len);
            piece[len] = '\0';
        }
        size_t adds = strlen(piece);
        if (used + adds + 1 > room)
            break;
        memcpy(out + used, piece, adds + 1);
        used += adds;
        name.at += len;
        name.len -= len;
    }
    return out;
}

sl_rc sl_alias_check(struct sl_view name, const char *what, struct sl_err *err)
{
    char shown[SL_PLAIN_BYTES(SL_ALIAS_MAX)];
    bool odd = name.len == 0 || name.len > SL_ALIAS_MAX;

    if (name.len > SL_ALIAS_MAX)
        name.len = SL_ALIAS_MAX;
    (void)sl_plain(name, shown, sizeof shown);
    odd = odd || strlen(shown) != name.len || memchr(name.at, '/', name.len) != NULL ||
          memchr(name.at, ' ', name.len) != NULL || memchr(name.at, '~', name.len) != NULL ||
          memchr(name.at, '=', name.len) != NULL || memchr(name.at, ',', name.len) != NULL ||
          name.at[0] == '.' || name.at[0] == '-';
    if (!odd)
        return SL_OK;
    return sl_fail(err, SL_E_USAGE,
                   _("'%s' cannot be the name of a %s: 1 to %u bytes of plain text without blanks, "
                     "'/', '~', '=' or ',', not starting with '.' or '-'"),
                   shown, what, SL_ALIAS_MAX);
}
