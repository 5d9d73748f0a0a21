/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: the head of a full object, under the worked example's key. What is believed must
 * stand where it was read from.
 */
#include <stdlib.h>
#include <string.h>

#include "crypto/aead.h"
#include "crypto/secret.h"
#include "shard/shard.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct sl_aead *aead;
static struct sl_tag_key key;

static void start(void)
{
    struct sl_err err;
    uint8_t bytes[32];

    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)i;
    if (sl_crypto_start(sl_os_real(), &err) != SL_OK || sl_aead_new(&aead, &err) != SL_OK ||
        sl_secret_copy((struct sl_view){ bytes, sizeof bytes }, &key.bytes, &err) != SL_OK)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sl_shard_id id = { .key = &key, .pack = 7, .number = 3 };
    struct sl_shard_head head;
    struct sl_err err;
    uint64_t bad = 0;

    if (aead == NULL)
        start();
    sl_rc rc = sl_shard_head_read(aead, &id, (struct sl_view){ data, size }, &head, &err);
    if (rc == SL_OK && (size != SL_SHARD_HEAD_BYTES || memcmp(&head, data + 32, sizeof head) != 0))
        abort();
    if (rc != SL_OK && err.rc != rc)
        abort();
    if (size < SL_FULL_BYTES && /* never taken for a whole object */
        sl_shard_check(aead, &id, (struct sl_view){ data, size }, &bad, &err) == SL_OK)
        abort();
    return 0;
}
