/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Opening an age file the way unseal does, in pieces of any size, for the tests of the reader.
 */
#pragma once

#include "crypto/age_stream.h"
#include "ready.h"

#define KIT_KEYS_MAX 8u

/* Whatever may open the file. */
struct kit_keys {
    struct sl_age_identity *identity[KIT_KEYS_MAX];
    size_t identities;
    struct sl_view passphrase[KIT_KEYS_MAX];
    size_t passphrases;
};

static inline sl_rc kit_unlock(void *self, struct sl_view header, struct sl_age_key *key,
                               struct sl_err *err)
{
    struct kit_keys *k = self;
    sl_rc rc = sl_age_header_open(header, k->identity, k->identities, key, err);

    for (size_t i = 0; i < k->passphrases && rc == SL_E_REFUSED; i++)
        rc = sl_age_header_open_passphrase(header, k->passphrase[i], SL_AGE_WORK_MAX, key, err);
    return rc;
}

/* Appends what is released to *out; the outcome of the first call that fails. */
static inline sl_rc kit_open(struct kit_keys *k, struct sl_view file, size_t piece,
                             struct sl_buf *out, struct sl_err *err)
{
    struct sl_age_unlock unlock = { .self = k, .open = kit_unlock };
    SL_AUTO_FREE(age_reader) *r = NULL;
    struct sl_cur c = sl_cur_over(file);

    SL_TRY(sl_age_reader_new(&unlock, &r, err));
    while (c.left > 0) {
        size_t some = c.left < piece ? c.left : piece;
        SL_TRY(sl_age_reader_put(r, sl_cur_take(&c, some), out, err));
    }
    return sl_age_reader_finish(r, out, err);
}

static inline void kit_clear(struct kit_keys *k)
{
    for (size_t i = 0; i < k->identities; i++)
        sl_age_identity_free(k->identity[i]);
}

/* A fresh identity and its recipient. */
static inline struct sl_age_identity *kit_identity(struct sl_age_recipient *recipient)
{
    struct sl_age_identity *i = NULL;

    if (sl_age_identity_new(&i, NULL) != SL_OK)
        abort();
    sl_age_identity_recipient(i, recipient);
    return i;
}

/* Bytes that differ everywhere, the same each time. */
static inline void kit_fill(uint8_t *to, size_t count)
{
    uint32_t state = 12345;

    for (size_t i = 0; i < count; i++) {
        state = state * 1103515245u + 12345u;
        to[i] = (uint8_t)(state >> 16);
    }
}
