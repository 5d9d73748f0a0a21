/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A slip (docs/format/slip.md): one entry as a keeper holds it, an age file of exactly 64 KiB
 * sealed to care. Inside: record, signature, the session's explanation, heads, the body (itself an
 * age file for whom it concerns) and the body for care, each with its salt. The same entry is
 * sealed afresh for every keeper.
 */
#pragma once

#include "base/bytes.h"
#include "crypto/age.h"
#include "format/record.h"
#include "format/session.h"

#define SL_HEADS_MAX 64u

struct sl_head { /* the newest entry seen of some session */
    uint8_t session[SL_SESSION_BYTES];
    uint64_t number;
    uint8_t hash[SL_SHA256_BYTES];
};

/* Everything a slip holds. Views point into the opened slip, or into what the writer supplies.
 * `body` is sealed (an age file of salt and body) and may be empty; `care_body` is salt and body
 * in the clear (inside care's seal) and may be empty. */
struct sl_slip {
    uint8_t record_bytes[SL_RECORD_BYTES];
    uint8_t signature[SL_SIGNATURE_BYTES];
    struct sl_view session; /* see session.h */
    struct sl_view heads;   /* encoded list; its SHA-256 is in the record */
    struct sl_view body;
    struct sl_view care_body;
};

/* Bytes left for body and care_body together in a slip to one X25519 care recipient, given the
 * session block's and heads' lengths. */
size_t sl_slip_room(size_t session_bytes, size_t heads_bytes);

/* Seal to care: exactly SL_SLIP_BYTES into `ret`. SL_E_USAGE if it does not fit. */
sl_rc sl_slip_seal(const struct sl_slip *s, const struct sl_age_recipient *care,
                   uint8_t ret[SL_SLIP_BYTES], struct sl_err *err);

/* Open with any of the care identities: appends the plaintext to *plain (limit at least
 * SL_SLIP_BYTES) and lets the views of *ret point into it; they live as long as *plain is not
 * touched. Judges the outer form only: lengths, zero padding. SL_E_REFUSED: not for these
 * identities. */
sl_rc sl_slip_open(struct sl_view in, struct sl_age_identity *const *care, size_t count,
                   struct sl_buf *plain, struct sl_slip *ret, struct sl_err *err);

/* Encode and decode heads; sorted by session, each session once. */
sl_rc sl_heads_write(const struct sl_head *heads, size_t count, struct sl_buf *out,
                     struct sl_err *err);
sl_rc sl_heads_read(struct sl_view in, struct sl_head ret[SL_HEADS_MAX], size_t *count,
                    struct sl_err *err);

/* Verify what a slip says of itself: record well formed, signed by its session, the session block
 * certified by the author it names, heads and care body with the hashes of the record. The body's
 * hash is checked by whoever can open it (sl_slip_body). Fills *record and *session. */
sl_rc sl_slip_judge(const struct sl_slip *s, struct sl_record *record, struct sl_session *session,
                    struct sl_err *err);

/* Seal a body for its recipients: an age file of salt and body, appended to *sealed; its hash. */
sl_rc sl_body_seal(struct sl_view body, const struct sl_age_recipient *to, size_t count,
                   struct sl_buf *sealed, uint8_t hash[SL_SHA256_BYTES], struct sl_err *err);
/* Open the body and hold it against the record's hash; appends the body without salt. */
sl_rc sl_slip_body(const struct sl_slip *s, const struct sl_record *record,
                   struct sl_age_identity *const *with, size_t count, struct sl_buf *body,
                   struct sl_err *err);
/* Salt and body for care, appended in the clear; its hash. */
sl_rc sl_care_body_write(struct sl_view body, struct sl_buf *out, uint8_t hash[SL_SHA256_BYTES],
                         struct sl_err *err);
/* The care body without its salt (empty where there is none). */
struct sl_view sl_slip_care_body(const struct sl_slip *s);
