/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One trustee's answer to one request (docs/format/quorum.md): yes, with s_i C and a proof as in
 * RFC 9497 that it is that, or no. Signed, of one size, with room for the mark of duress that only
 * the other trustees will read (zeroes and ones look alike: drawn where there is none).
 */
#pragma once

#include "base/bytes.h"
#include "quorum/request.h"

#define SL_MARK_BYTES   512u /* an ephemeral key, and 32 bytes for each of 15 others */
#define SL_ANSWER_BYTES 780u

enum sl_answer_says { SL_ANSWER_SAYS_YES = 1, SL_ANSWER_SAYS_NO = 2 };

struct sl_answer { /* public; no pointers */
    uint8_t production[SL_PRODUCTION_BYTES];
    uint32_t quorum_epoch;
    uint8_t number; /* of the trustee */
    enum sl_answer_says says;
    struct sl_id locker;
    uint32_t locker_epoch;
    uint8_t request[SL_SHA256_BYTES]; /* hash of the request that is answered */
    struct sl_point part;             /* s_i C; meaningless for no */
    struct sl_dleq_proof proof;
    uint8_t mark[SL_MARK_BYTES];
    uint8_t bytes[SL_ANSWER_BYTES]; /* as stored: what is signed and sent */
};

/* What a trustee answers to, and with what. */
struct sl_asked {
    const struct sl_quorum *quorum;
    const struct sl_sealed_locker *locker; /* from the journal, never from the request */
    const struct sl_request *request;      /* read and signed; freshness is the program's to ask */
};

/* Answer yes, or no. Checks share, locker proof and request first, and touches C only then.
 * `mark` is SL_MARK_BYTES, or NULL: drawn. `key` is the trustee's own signing key, the one that
 * the quorum names: SL_E_REFUSED otherwise. */
sl_rc sl_answer_yes(const struct sl_asked *asked, const struct sl_share *share,
                    const struct sl_sign_key *key, const uint8_t *mark, struct sl_answer *ret,
                    struct sl_err *err);
sl_rc sl_answer_no(const struct sl_asked *asked, unsigned number, const struct sl_sign_key *key,
                   const uint8_t *mark, struct sl_answer *ret, struct sl_err *err);

/* Read SL_ANSWER_BYTES. Form only: SL_E_BROKEN. (ret->bytes are what is written.) */
sl_rc sl_answer_read(struct sl_view in, struct sl_answer *ret, struct sl_err *err);

/* Whether it is signed by the trustee it names and answers this request about this locker.
 * SL_E_REFUSED says what is otherwise; nobody is accused by that. */
sl_rc sl_answer_fits(const struct sl_asked *asked, const struct sl_answer *a, struct sl_err *err);
/* Whether a yes that fits is true. SL_E_REFUSED names the trustee, whose signature it bears. */
sl_rc sl_answer_true(const struct sl_asked *asked, const struct sl_answer *a, struct sl_err *err);
