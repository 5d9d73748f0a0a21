/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * SHA-256 and XXH3-128 over the same bytes. See content_hash.h.
 */
#define XXH_INLINE_ALL
#include "card/content_hash.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/say.h"

struct sl_content_hash {
    struct sl_sha256 *sha256;
    XXH3_state_t *xxh; /* of its own: it wants 64 bytes of alignment */
};

sl_rc sl_content_hash_new(struct sl_content_hash **ret, struct sl_err *err)
{
    SL_AUTO_FREE(content_hash) *h = calloc(1, sizeof *h);

    if (h == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory for hashing"));
    h->xxh = XXH3_createState();
    if (h->xxh == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory for hashing"));
    SL_TRY(sl_sha256_new(&h->sha256, err));
    sl_content_hash_restart(h);
    *ret = SL_TAKE(h);
    return SL_OK;
}

void sl_content_hash_free(struct sl_content_hash *h)
{
    if (h == NULL)
        return;
    sl_sha256_free(h->sha256);
    if (h->xxh != NULL)
        sl_wipe(h->xxh, sizeof *h->xxh);
    (void)XXH3_freeState(h->xxh);
    free(h);
}

void sl_content_hash_restart(struct sl_content_hash *h)
{
    sl_sha256_restart(h->sha256);
    sl_wipe(h->xxh, sizeof *h->xxh); /* it keeps the last 256 bytes */
    (void)XXH3_128bits_reset(h->xxh);
}

void sl_content_hash_put(struct sl_content_hash *h, struct sl_view in)
{
    sl_sha256_put(h->sha256, in);
    if (in.len > 0)
        (void)XXH3_128bits_update(h->xxh, in.at, in.len);
}

void sl_content_hash_now(const struct sl_content_hash *h, struct sl_content_digest *ret)
{
    XXH128_canonical_t canonical;

    static_assert(sizeof canonical.digest == sizeof ret->xxh128);
    sl_sha256_now(h->sha256, ret->sha256);
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(h->xxh));
    memcpy(ret->xxh128, canonical.digest, sizeof ret->xxh128);
}
