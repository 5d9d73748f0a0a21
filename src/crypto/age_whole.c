/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whole age files in memory: entries, kits, homes. Longer ones go through crypto/age_stream.h.
 */
#include <stdlib.h>

#include "base/say.h"
#include "crypto/inside.h"

static sl_rc seal_chunks(struct sl_age_payload *p, struct sl_view plain, struct sl_buf *out,
                         struct sl_err *err)
{
    struct sl_cur c = sl_cur_over(plain);
    uint64_t index = 0;
    bool last = false;
    uint8_t *chunk = malloc(SL_AGE_SEALED_CHUNK);
    sl_rc rc = SL_OK;

    if (chunk == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory for a chunk"));
    while (rc == SL_OK && !last) {
        size_t len = c.left < SL_AGE_CHUNK_BYTES ? c.left : SL_AGE_CHUNK_BYTES;
        struct sl_view some = sl_cur_take(&c, len);

        last = c.left == 0;
        sl_age_chunk_seal(p, index++, last, some.at, len, chunk);
        rc = sl_buf_put(out, (struct sl_view){ chunk, len + SL_AGE_TAG_BYTES }, err);
    }
    free(chunk);
    return rc;
}

static sl_rc seal_payload(const struct sl_age_key *key, struct sl_view plain, struct sl_buf *out,
                          struct sl_err *err)
{
    SL_AUTO_FREE(age_payload) *p = NULL;
    uint8_t nonce[SL_AGE_NONCE_BYTES];

    sl_random(nonce, sizeof nonce);
    SL_TRY(sl_age_payload_new(key, nonce, &p, err));
    SL_TRY(sl_buf_put(out, (struct sl_view){ nonce, sizeof nonce }, err));
    return seal_chunks(p, plain, out, err);
}

sl_rc sl_age_seal(const struct sl_age_recipient *to, size_t count, struct sl_view plain,
                  struct sl_buf *out, struct sl_err *err)
{
    struct sl_age_key key = { 0 };

    SL_TRY(sl_age_header_seal(to, count, out, &key, err));
    sl_rc rc = seal_payload(&key, plain, out, err);
    sl_secret_free(key.bytes);
    return rc;
}

sl_rc sl_age_seal_passphrase(struct sl_view passphrase, unsigned work, struct sl_view plain,
                             struct sl_buf *out, struct sl_err *err)
{
    struct sl_age_key key = { 0 };

    SL_TRY(sl_age_header_seal_passphrase(passphrase, work, out, &key, err));
    sl_rc rc = seal_payload(&key, plain, out, err);
    sl_secret_free(key.bytes);
    return rc;
}

/* Where the parts of a file lie, and how long its plaintext will be. */
struct parts {
    struct sl_view header;
    const uint8_t *nonce;
    struct sl_view payload;
    uint64_t plain_bytes;
};

static sl_rc split(struct sl_view file, struct parts *ret, struct sl_err *err)
{
    size_t header_bytes = 0;
    sl_rc rc = sl_age_header_length(file, &header_bytes, err);

    if (rc == SL_E_RETRY)
        return sl_fail(err, SL_E_BROKEN, _("age file: ends within its header"));
    if (rc != SL_OK)
        return rc;
    struct sl_cur c = sl_cur_over(file);
    struct parts p = { .header = sl_cur_take(&c, header_bytes) };
    p.nonce = sl_cur_take(&c, SL_AGE_NONCE_BYTES).at;
    if (c.spoilt)
        return sl_fail(err, SL_E_BROKEN, _("age file: ends within its nonce"));
    p.payload = sl_cur_take(&c, c.left);
    if (!sl_age_plain_bytes(p.payload.len, &p.plain_bytes))
        return sl_fail(err, SL_E_BROKEN, _("age file: was cut or made longer"));
    *ret = p;
    return SL_OK;
}

/* Open every chunk into `out`, which has room for all. */
static sl_rc open_chunks(const struct sl_age_key *key, const struct parts *in, uint8_t *out,
                         struct sl_err *err)
{
    SL_AUTO_FREE(age_payload) *p = NULL;
    struct sl_cur c = sl_cur_over(in->payload);

    SL_TRY(sl_age_payload_new(key, in->nonce, &p, err));
    for (uint64_t index = 0; c.left > 0; index++) {
        size_t len = c.left < SL_AGE_SEALED_CHUNK ? c.left : SL_AGE_SEALED_CHUNK;
        struct sl_view chunk = sl_cur_take(&c, len);

        SL_TRY(sl_age_chunk_open(p, index, c.left == 0, chunk, out, err));
        out += len - SL_AGE_TAG_BYTES;
    }
    return SL_OK;
}

sl_rc sl_age_open(struct sl_view file, struct sl_age_identity *const *with, size_t count,
                  struct sl_buf *out, struct sl_err *err)
{
    SL_AUTO_FREE(secret) *plain = NULL;
    struct sl_age_key key = { 0 };
    struct parts in = { 0 };

    SL_TRY(split(file, &in, err));
    if (in.plain_bytes > out->limit - out->len || in.plain_bytes > SL_SECRET_BYTES_MAX)
        return sl_fail(err, SL_E_BROKEN, _("age file: holds more than %zu bytes"),
                       out->limit < SL_SECRET_BYTES_MAX ? out->limit : SL_SECRET_BYTES_MAX);
    SL_TRY(sl_age_header_open(in.header, with, count, &key, err));
    size_t len = (size_t)in.plain_bytes;
    /* Apart, because `out` gets all of it or nothing; guarded, because it may be a key. */
    sl_rc rc = sl_secret_blank(len > 0 ? len : 1, &plain, err);
    if (rc == SL_OK)
        rc = open_chunks(&key, &in, sl_secret_fill(plain), err);
    sl_secret_free(key.bytes);
    if (rc == SL_OK)
        rc = sl_buf_put(out, (struct sl_view){ sl_secret_expose(plain).at, len }, err);
    return rc;
}

/* Where the content of a file that holds a secret will go. */
static sl_rc room_for(struct sl_view file, struct parts *in, struct sl_secret **ret,
                      struct sl_err *err)
{
    SL_TRY(split(file, in, err));
    if (in->plain_bytes == 0 || in->plain_bytes > SL_SECRET_BYTES_MAX)
        return sl_fail(err, SL_E_BROKEN, _("age file: what is secret has 1 to %u bytes"),
                       SL_SECRET_BYTES_MAX);
    return sl_secret_blank((size_t)in->plain_bytes, ret, err);
}

/* Takes the key; the secret as well, where all of it opened. */
static sl_rc fill(struct sl_age_key *key, const struct parts *in, struct sl_secret **plain,
                  struct sl_secret **ret, struct sl_err *err)
{
    sl_rc rc = open_chunks(key, in, sl_secret_fill(*plain), err);

    sl_secret_free(key->bytes);
    if (rc == SL_OK)
        *ret = SL_TAKE(*plain);
    return rc;
}

sl_rc sl_age_open_passphrase(struct sl_view file, struct sl_view passphrase, unsigned work_max,
                             struct sl_secret **ret, struct sl_err *err)
{
    SL_AUTO_FREE(secret) *plain = NULL;
    struct sl_age_key key = { 0 };
    struct parts in = { 0 };

    SL_TRY(room_for(file, &in, &plain, err));
    SL_TRY(sl_age_header_open_passphrase(in.header, passphrase, work_max, &key, err));
    return fill(&key, &in, &plain, ret, err);
}

sl_rc sl_age_open_secret(struct sl_view file, struct sl_age_identity *const *with, size_t count,
                         struct sl_secret **ret, struct sl_err *err)
{
    SL_AUTO_FREE(secret) *plain = NULL;
    struct sl_age_key key = { 0 };
    struct parts in = { 0 };

    SL_TRY(room_for(file, &in, &plain, err));
    SL_TRY(sl_age_header_open(in.header, with, count, &key, err));
    return fill(&key, &in, &plain, ret, err);
}
