/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The two hashes of a file's content that a manifest carries, running side by side over one
 * reading: SHA-256, and XXH3 with 128 bits, which the film trade compares with (ASC MHL).
 */
#pragma once

#include "base/bytes.h"
#include "base/own.h"
#include "crypto/derive.h"

#define SL_CONTENT_XXH128_BYTES 16u

struct sl_content_digest {
    uint8_t sha256[SL_SHA256_BYTES];
    uint8_t xxh128[SL_CONTENT_XXH128_BYTES]; /* canonical: big-endian, as xxhsum -H2 prints it */
};

/* The caller owns *ret. SL_E_SYSTEM only when memory runs out. */
struct sl_content_hash;
sl_rc sl_content_hash_new(struct sl_content_hash **ret, struct sl_err *err);
void sl_content_hash_free(struct sl_content_hash *h);
SL_OWNED(content_hash)

void sl_content_hash_restart(struct sl_content_hash *h);
void sl_content_hash_put(struct sl_content_hash *h, struct sl_view in);
/* The digests of everything so far; the hash runs on (a cut file has its SHA-256 so far noted). */
void sl_content_hash_now(const struct sl_content_hash *h, struct sl_content_digest *ret);
