/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What explains a session (docs/format/session.md). It stands in every slip of the session, inside
 * the seal for care, so that any one slip makes everything else of the session findable: the
 * author's certificate, the keys of names and tags, and which shard lies with which keeper.
 */
#pragma once

#include "base/bytes.h"
#include "base/limits.h"
#include "crypto/secret.h"
#include "crypto/sign.h"
#include "format/name.h"
#include "format/record.h"

#define SL_SESSION_KEY_BYTES 32u
#define SL_SESSION_BLOCK_MAX 1024u

struct sl_seat { /* one keeper of this session and the shard number it gets of every pack */
    struct sl_id keeper;
    uint8_t shard;
};

struct sl_session {
    uint8_t production[SL_PRODUCTION_BYTES];
    uint8_t session[SL_SESSION_BYTES];    /* the session's public key */
    uint8_t author[SL_SIGN_PUBLIC_BYTES]; /* the long key that certifies it */
    uint8_t name_key[SL_SESSION_KEY_BYTES];
    uint8_t tag_key[SL_SESSION_KEY_BYTES];
    uint8_t need;                            /* k of every pack of this session */
    uint8_t seat_count;                      /* k+1..SL_KEEPERS_MAX */
    struct sl_seat seats[SL_KEEPERS_MAX];    /* keepers and shard numbers each only once */
    uint8_t certificate[SL_SIGNATURE_BYTES]; /* by the author, over everything above */
};

/* SHA-256 of the block up to its certificate: what stands for the session's keys and seats where an
 * entry is shown to somebody who is to learn neither. */
void sl_session_block_hash(const struct sl_session *s, uint8_t ret[SL_SHA256_BYTES]);
/* Whether `author` certified the session whose block has that hash. */
bool sl_session_certified_by(const uint8_t production[SL_PRODUCTION_BYTES],
                             const uint8_t session[SL_SESSION_BYTES],
                             const uint8_t author[SL_SIGN_PUBLIC_BYTES],
                             const uint8_t block_hash[SL_SHA256_BYTES],
                             const uint8_t certificate[SL_SIGNATURE_BYTES]);

/* Sign as the author; fills author and certificate. */
void sl_session_certify(struct sl_session *s, const struct sl_sign_key *author);
/* Whether the certificate is right. Says nothing of whether the author may write. */
bool sl_session_certified(const struct sl_session *s);

/* Append the block; read one that fills `in` exactly (production and session key are not in it:
 * they come from the record, and the certificate covers them). SL_E_BROKEN for doubled keepers or
 * shards, k out of range, leftovers, and a certificate that is not right. */
sl_rc sl_session_write(const struct sl_session *s, struct sl_buf *out, struct sl_err *err);
sl_rc sl_session_read(struct sl_view in, const uint8_t production[SL_PRODUCTION_BYTES],
                      const uint8_t session[SL_SESSION_BYTES], struct sl_session *ret,
                      struct sl_err *err);
