/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Secrets on top of libsodium's guarded memory.
 */
#include "crypto/secret.h"

#include <sodium.h>
#include <stdlib.h>

struct sl_secret {
    size_t len;
    uint8_t *at;
};

sl_rc sl_secret_new(size_t len, struct sl_secret **ret, struct sl_err *err)
{
    SL_AUTO_FREE(secret) *s = calloc(1, sizeof *s);

    if (s != NULL)
        s->at = sodium_malloc(len);
    if (s == NULL || s->at == NULL)
        return sl_fail(err, SL_E_SYSTEM, "out of locked memory for %zu secret bytes", len);
    s->len = len;
    randombytes_buf(s->at, len);
    *ret = SL_TAKE(s);
    return SL_OK;
}

void sl_secret_free(struct sl_secret *s)
{
    if (s == NULL)
        return;
    sodium_free(s->at);
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
