/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Secrets on top of libsodium's guarded memory, and the random bytes they are made of.
 */
#include "crypto/secret.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"

struct sl_secret {
    size_t len;
    uint8_t *at;
};

void sl_random(void *to, size_t count)
{
    randombytes_buf(to, count);
}

sl_rc sl_secret_blank(size_t len, struct sl_secret **ret, struct sl_err *err)
{
    assert(len >= 1 && len <= SL_SECRET_BYTES_MAX);
    SL_AUTO_FREE(secret) *s = calloc(1, sizeof *s);

    if (s != NULL)
        s->at = sodium_malloc(len);
    if (s == NULL || s->at == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of locked memory for %zu secret bytes"), len);
    s->len = len;
    memset(s->at, 0, len); /* libsodium fills with 0xdb */
    *ret = SL_TAKE(s);
    return SL_OK;
}

sl_rc sl_secret_new(size_t len, struct sl_secret **ret, struct sl_err *err)
{
    struct sl_secret *s = NULL;

    SL_TRY(sl_secret_blank(len, &s, err));
    sl_random(s->at, len);
    *ret = s;
    return SL_OK;
}

sl_rc sl_secret_copy(struct sl_view from, struct sl_secret **ret, struct sl_err *err)
{
    struct sl_secret *s = NULL;

    SL_TRY(sl_secret_blank(from.len, &s, err));
    memcpy(s->at, from.at, from.len);
    *ret = s;
    return SL_OK;
}

void sl_secret_free(struct sl_secret *s)
{
    if (s == NULL)
        return;
    sodium_free(s->at); /* wipes; NULL is fine */
    free(s);
}

bool sl_secret_same(const struct sl_secret *a, const struct sl_secret *b)
{
    return a->len == b->len && sodium_memcmp(a->at, b->at, a->len) == 0;
}

struct sl_view sl_secret_expose(const struct sl_secret *s)
{
    return (struct sl_view){ .at = s->at, .len = s->len };
}

uint8_t *sl_secret_fill(struct sl_secret *s)
{
    return s->at;
}

void sl_wipe(void *at, size_t len)
{
    if (len > 0)
        sodium_memzero(at, len);
}

bool sl_same(const void *a, const void *b, size_t len)
{
    return sodium_memcmp(a, b, len) == 0;
}
