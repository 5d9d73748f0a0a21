/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The record of an entry (docs/format/entry.md): the short signed thing that everything else
 * hangs on by hashes. Signed and hashed as stored, never re-serialised.
 */
#pragma once

#include "base/bytes.h"
#include "crypto/derive.h"
#include "crypto/sign.h"

#define SL_RECORD_BYTES     256u
#define SL_RECORD_VERSION   1u
#define SL_SALT_BYTES       32u
#define SL_SESSION_BYTES    SL_SIGN_PUBLIC_BYTES /* a session is known by its public key */
#define SL_PRODUCTION_BYTES 32u                  /* SHA-256 of the founding's body, salt included */

/* An unknown kind is kept, counted and shown. */
enum sl_entry_kind {
    SL_ENTRY_FOUNDING = 1,
    SL_ENTRY_OPENED = 2, /* first entry of a session that is not the founding */
    SL_ENTRY_CLOSED = 3, /* last entry of a session */
    SL_ENTRY_PART = 4,   /* part of a roll */
    SL_ENTRY_AUTHOR = 5, /* the maker names somebody who may write */
    SL_ENTRY_LOCKER = 6,
    SL_ENTRY_KEEPER = 7,
    SL_ENTRY_CHECKPOINT = 8,
    SL_ENTRY_GRANT = 9,     /* a locker's key, sealed to somebody */
    SL_ENTRY_REQUEST = 10,  /* somebody asks the trustees for a locker */
    SL_ENTRY_ANSWER = 11,   /* a trustee's answer to a request */
    SL_ENTRY_ACCEPTED = 12, /* a trustee's answer for the test locker: the share is right */
    SL_ENTRY_REVOKED = 13,  /* what an author's key opens from now on is not believed */
    SL_ENTRY_KIND_LAST = 13,
    /* 14.. statements, orders, releases: later issues */
};

struct sl_record {
    uint8_t production[SL_PRODUCTION_BYTES];
    uint8_t session[SL_SESSION_BYTES];
    uint64_t number;                    /* counts from 0 within the session */
    uint8_t previous[SL_SHA256_BYTES];  /* of the record before and its signature; zero at 0 */
    uint8_t heads[SL_SHA256_BYTES];     /* of the encoded list of heads; zero for none */
    int64_t claimed;                    /* seconds since 1970 UTC; 0: not said */
    uint32_t kind;                      /* enum sl_entry_kind, or one we do not know */
    uint8_t body[SL_SHA256_BYTES];      /* of salt and body; zero for none */
    uint8_t care_body[SL_SHA256_BYTES]; /* of salt and care body; zero for none */
};

/* Write the 256 bytes; read them. An unknown version is SL_E_BROKEN and named in the text. */
void sl_record_write(const struct sl_record *r, uint8_t ret[SL_RECORD_BYTES]);
sl_rc sl_record_read(struct sl_view in, struct sl_record *ret, struct sl_err *err);

/* The session key signs the record as stored; the hash that the next entry cites. */
void sl_record_sign(const struct sl_sign_key *session, const uint8_t record[SL_RECORD_BYTES],
                    uint8_t ret[SL_SIGNATURE_BYTES]);
bool sl_record_signed(const uint8_t record[SL_RECORD_BYTES],
                      const uint8_t signature[SL_SIGNATURE_BYTES]);
void sl_record_hash(const uint8_t record[SL_RECORD_BYTES],
                    const uint8_t signature[SL_SIGNATURE_BYTES], uint8_t ret[SL_SHA256_BYTES]);

/* SHA-256(salt, body), as a record holds it. */
void sl_body_hash(const uint8_t salt[SL_SALT_BYTES], struct sl_view body,
                  uint8_t ret[SL_SHA256_BYTES]);
