/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Does a key that reads lie where the capture machine is seized? Identities are taken from one
 * tree as text and looked for in others in every spelling that a program could have left; see
 * raid.h.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "crypto/bech32.h"
#include "crypto/secret.h"
#include "rehearse/raid.h"
#include "rehearse/tree.h"

#define IDENTITY_PREFIX "AGE-SECRET-KEY-"
#define IDENTITY_CHARS  74u /* without NUL */
#define HEX_CHARS       64u
#define FILE_BYTES_MAX  (16u << 20) /* the largest file of a home that is read for keys */
#define OVERLAP         (IDENTITY_CHARS - 1u)

void sl_keys_clear(struct sl_keys *keys)
{
    sl_wipe(keys, sizeof *keys);
}

/* Read a whole small file; the caller wipes and frees. Empty for one that is too large. */
static sl_rc read_small(const struct sl_os *os, const struct sl_tree_file *file, uint8_t **ret,
                        size_t *ret_bytes, struct sl_err *err)
{
    SL_AUTO_FD fd = { os, -1 };

    *ret_bytes = 0;
    if (file->bytes == 0 || file->bytes > FILE_BYTES_MAX)
        return SL_OK;
    fd.fd = os->open(os->self, file->dir, file->name, O_RDONLY | O_NOFOLLOW, 0, 0);
    uint8_t *all = fd.fd >= 0 ? malloc((size_t)file->bytes) : NULL;
    ssize_t got = all != NULL ? sl_os_pread_all(os, fd.fd, all, (size_t)file->bytes, 0) : -1;
    if (got < 0) {
        free(all);
        return sl_fail_errno(err, _("'%s' cannot be read"), file->name);
    }
    *ret = all;
    *ret_bytes = (size_t)got;
    return SL_OK;
}

/* ---- collecting ---- */

struct collect {
    const struct sl_os *os;
    struct sl_keys *keys;
};

static bool has_it(const struct sl_keys *keys, const uint8_t secret[SL_BECH32_BYTES])
{
    for (unsigned i = 0; i < keys->count; i++)
        if (sl_same(keys->secret[i], secret, SL_BECH32_BYTES))
            return true;
    return false;
}

static sl_rc collect_from(struct sl_keys *keys, const uint8_t *in, size_t len, struct sl_err *err)
{
    static const size_t prefix = sizeof IDENTITY_PREFIX - 1;

    for (size_t i = 0; i + IDENTITY_CHARS <= len; i++) {
        struct sl_view text = { in + i, IDENTITY_CHARS };
        uint8_t secret[SL_BECH32_BYTES];
        if (memcmp(text.at, IDENTITY_PREFIX, prefix) != 0 ||
            sl_bech32_read(text, IDENTITY_PREFIX, secret) != SL_BECH32_GOOD)
            continue;
        bool known = has_it(keys, secret), room = keys->count < SL_KEYS_MAX;
        if (!known && room)
            memcpy(keys->secret[keys->count++], secret, sizeof secret);
        sl_wipe(secret, sizeof secret);
        if (!known && !room)
            return sl_fail(err, SL_E_SYSTEM, _("more than %u keys in all homes"), SL_KEYS_MAX);
        i += IDENTITY_CHARS - 1;
    }
    return SL_OK;
}

static sl_rc collect_one(void *who, const struct sl_tree_file *file, struct sl_err *err)
{
    struct collect *c = who;
    uint8_t *all = NULL;
    size_t len = 0;

    SL_TRY(read_small(c->os, file, &all, &len, err));
    sl_rc rc = collect_from(c->keys, all, len, err);
    if (all != NULL)
        sl_wipe(all, len);
    free(all);
    return rc;
}

sl_rc sl_keys_collect(const struct sl_os *os, int dir, const char *name, struct sl_keys *ret,
                      struct sl_err *err)
{
    struct collect c = { os, ret };

    return sl_tree_walk(os, dir, name, collect_one, &c, err);
}

/* ---- seeking ---- */

struct spelling { /* one key as it could have been written */
    size_t len;
    uint8_t bytes[IDENTITY_CHARS];
};

enum { SPELLINGS = 5 };

struct seek {
    const struct sl_os *os;
    size_t count;
    struct spelling *look_for; /* SPELLINGS for each key */
    uint64_t found;
    uint8_t *piece; /* SL_TREE_PIECE_BYTES + OVERLAP */
};

static void spell(struct spelling *to, const char *text, size_t len, bool upper)
{
    to->len = len;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        to->bytes[i] = (uint8_t)(upper ? toupper(c) : tolower(c));
    }
}

static void spell_all(struct spelling to[SPELLINGS], const unsigned char secret[32])
{
    char text[SL_BECH32_TEXT_MAX], hex[HEX_CHARS + 1];

    (void)sl_bech32_write(IDENTITY_PREFIX, secret, text);
    for (size_t i = 0; i < 32; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", secret[i]);
    spell(&to[0], text, IDENTITY_CHARS, true);
    spell(&to[1], text, IDENTITY_CHARS, false);
    spell(&to[2], hex, HEX_CHARS, true);
    spell(&to[3], hex, HEX_CHARS, false);
    to[4].len = 32;
    memcpy(to[4].bytes, secret, 32);
    sl_wipe(text, sizeof text);
    sl_wipe(hex, sizeof hex);
}

static sl_rc seek_one(void *who, const struct sl_tree_file *file, struct sl_err *err)
{
    struct seek *s = who;
    SL_AUTO_FD fd = { s->os, -1 };
    size_t kept = 0;
    ssize_t got = 0;

    fd.fd = s->os->open(s->os->self, file->dir, file->name, O_RDONLY | O_NOFOLLOW, 0, 0);
    if (fd.fd < 0)
        return sl_fail_errno(err, _("'%s' cannot be read"), file->name);
    for (off_t at = 0;; at += got) {
        got = sl_os_pread_all(s->os, fd.fd, s->piece + kept, SL_TREE_PIECE_BYTES, at);
        if (got < 0)
            return sl_fail_errno(err, _("'%s' cannot be read"), file->name);
        size_t len = kept + (size_t)got;
        for (size_t i = 0; i < s->count; i++) /* one found twice across two pieces counts twice */
            s->found += memmem(s->piece, len, s->look_for[i].bytes, s->look_for[i].len) != NULL;
        if (got == 0)
            return SL_OK;
        kept = len < OVERLAP ? len : OVERLAP;
        memmove(s->piece, s->piece + len - kept, kept);
    }
}

sl_rc sl_keys_seek(const struct sl_os *os, int dir, const char *name, const struct sl_keys *keys,
                   uint64_t *ret, struct sl_err *err)
{
    struct seek s = { .os = os, .count = (size_t)keys->count * SPELLINGS };
    size_t room = (s.count > 0 ? s.count : 1) * sizeof *s.look_for;

    s.look_for = calloc(1, room);
    s.piece = malloc(SL_TREE_PIECE_BYTES + OVERLAP);
    sl_rc rc = s.look_for != NULL && s.piece != NULL
                   ? SL_OK
                   : sl_fail_errno(err, _("no memory for the rehearsal"));
    for (unsigned i = 0; rc == SL_OK && i < keys->count; i++)
        spell_all(s.look_for + (size_t)i * SPELLINGS, keys->secret[i]);
    if (rc == SL_OK)
        rc = sl_tree_walk(os, dir, name, seek_one, &s, err);
    if (rc == SL_OK)
        *ret = s.found;
    if (s.look_for != NULL)
        sl_wipe(s.look_for, room);
    if (s.piece != NULL)
        sl_wipe(s.piece, SL_TREE_PIECE_BYTES + OVERLAP);
    free(s.look_for);
    free(s.piece);
    return rc;
}
