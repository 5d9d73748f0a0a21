/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A request to open one epoch of one locker (docs/format/quorum.md): who asks, why, until when.
 * Signed by who asks. It names the locker and does not carry it: a trustee takes C from the
 * journal. Reason and expiry bind programs and people, not arithmetic.
 */
#pragma once

#include "base/bytes.h"
#include "crypto/derive.h"
#include "crypto/sign.h"
#include "format/name.h"
#include "quorum/locker.h"

#define SL_REQUEST_REASON_MAX 600u /* bytes of UTF-8 */
#define SL_REQUEST_FIXED      132u /* bytes before recipient and reason */
#define SL_REQUEST_BYTES_MAX  (SL_REQUEST_FIXED + SL_RECIPIENT_MAX + SL_REQUEST_REASON_MAX + 64u)

struct sl_request { /* public; no pointers */
    uint8_t production[SL_PRODUCTION_BYTES];
    uint32_t quorum_epoch;
    struct sl_id id; /* drawn, so that asking the same again is another request */
    struct sl_id locker;
    uint32_t locker_epoch;
    int64_t expires;                         /* seconds since 1970 UTC; 0: never */
    uint8_t requester[SL_SIGN_PUBLIC_BYTES]; /* who signs; filled in by the writer */
    char recipient[SL_RECIPIENT_MAX + 1];    /* age's own text: to whom answers are sealed */
    char reason[SL_REQUEST_REASON_MAX + 1];  /* untrusted: sl_plain() before a terminal */
    uint8_t hash[SL_SHA256_BYTES]; /* of the signed bytes; filled in by writer and reader */
};

/* Begin a request for this locker: numbers, and an id that is drawn. The caller adds expiry,
 * recipient and reason. */
void sl_request_for(const struct sl_quorum *q, const struct sl_sealed_locker *l,
                    struct sl_request *ret);
/* Sign with the requester's key and append; fills requester and hash. SL_E_USAGE where recipient
 * or reason are empty, too long, or not UTF-8. */
sl_rc sl_request_write(struct sl_request *r, const struct sl_sign_key *key, struct sl_buf *out,
                       struct sl_err *err);
/* Read one that fills `in` exactly. SL_E_BROKEN for its form, SL_E_REFUSED where it is not signed
 * by the key it names. Whether that key may ask is the journal's to say. */
sl_rc sl_request_read(struct sl_view in, struct sl_request *ret, struct sl_err *err);

/* Whether it asks for this locker, this epoch of it, of this quorum: SL_E_REFUSED says what is
 * another. */
sl_rc sl_request_check(const struct sl_quorum *q, const struct sl_sealed_locker *l,
                       const struct sl_request *r, struct sl_err *err);
/* SL_E_REFUSED once it has expired; `now` in seconds since 1970 UTC. Advice: no answer becomes
 * false by it. */
sl_rc sl_request_fresh(const struct sl_request *r, int64_t now, struct sl_err *err);
