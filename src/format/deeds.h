/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bodies of the entries by which people act on lockers (docs/format/deeds.md): a locker sealed to
 * the quorum, a grant, a request, an answer, a trustee's acceptance, a key taken back. What the
 * quorum room lays out (sealed locker, request, answer) is only carried here.
 *
 * Views of what was read point into the body that was read.
 */
#pragma once

#include "base/bytes.h"
#include "base/limits.h"
#include "crypto/age.h"
#include "crypto/derive.h"
#include "crypto/sign.h"
#include "format/name.h"
#include "format/record.h"

#define SL_CARRIED_MAX       8192u /* bytes of a sealed locker, request or answer in a body */
#define SL_DEED_MARK_BYTES   512u
#define SL_IDENTITY_TEXT_MAX 512u /* of an identity in a grant; hybrid ones are long */

enum sl_locker_purpose { SL_LOCKER_REAL = 1, SL_LOCKER_TEST = 2 };

struct sl_locker_deed {    /* care body of LOCKER */
    uint32_t purpose;      /* enum sl_locker_purpose */
    struct sl_view sealed; /* docs/format/quorum.md, "Sealed locker"; never empty */
    struct sl_view
        request; /* TEST: the maker's request that every acceptance answers; else empty */
};
sl_rc sl_locker_deed_write(const struct sl_locker_deed *d, struct sl_buf *out, struct sl_err *err);
sl_rc sl_locker_deed_read(struct sl_view in, struct sl_locker_deed *ret, struct sl_err *err);

struct sl_grant_care { /* care body of GRANT */
    struct sl_id locker;
    uint32_t epoch;
    uint8_t to[SL_SIGN_PUBLIC_BYTES]; /* signing key of whom it was granted to */
};
sl_rc sl_grant_care_write(const struct sl_grant_care *g, struct sl_buf *out, struct sl_err *err);
sl_rc sl_grant_care_read(struct sl_view in, struct sl_grant_care *ret, struct sl_err *err);

struct sl_grant_body { /* body of GRANT, sealed to that person: secret */
    struct sl_id locker;
    uint32_t epoch;
    struct sl_view identity; /* the text, without NUL */
};
sl_rc sl_grant_body_write(const struct sl_grant_body *g, struct sl_buf *out, struct sl_err *err);
sl_rc sl_grant_body_read(struct sl_view in, struct sl_grant_body *ret, struct sl_err *err);

struct sl_request_care { /* care body of REQUEST; the body is the request itself, sealed to the
                            trustees and to who asks */
    struct sl_id locker;
    uint32_t epoch;
    uint8_t request[SL_SHA256_BYTES]; /* hash of the request, as answers cite it */
};
sl_rc sl_request_care_write(const struct sl_request_care *r, struct sl_buf *out,
                            struct sl_err *err);
sl_rc sl_request_care_read(struct sl_view in, struct sl_request_care *ret, struct sl_err *err);

struct sl_answer_care { /* care body of ANSWER; the body is the answer itself, sealed to who asked:
                           to anyone else it would add up to what they were not given */
    uint8_t request[SL_SHA256_BYTES];
    uint8_t mark[SL_DEED_MARK_BYTES]; /* the answer's mark, for the other trustees (5.2) */
};
sl_rc sl_answer_care_write(const struct sl_answer_care *a, struct sl_buf *out, struct sl_err *err);
sl_rc sl_answer_care_read(struct sl_view in, struct sl_answer_care *ret, struct sl_err *err);

struct
    sl_accepted_deed { /* care body of ACCEPTED: signed by the trustee, whoever wrote the entry */
    struct sl_view answer;
};
sl_rc sl_accepted_deed_write(const struct sl_accepted_deed *a, struct sl_buf *out,
                             struct sl_err *err);
sl_rc sl_accepted_deed_read(struct sl_view in, struct sl_accepted_deed *ret, struct sl_err *err);

#define SL_REVOKED_SESSIONS_MAX 800u /* in one entry; a key that opened more needs several */

struct sl_revoked_session { /* what stays believed of it: entries below `entries` */
    uint8_t session[SL_SESSION_BYTES];
    uint64_t entries;
    uint8_t hash[SL_SHA256_BYTES]; /* of the last of them */
};
struct sl_revoked_deed {               /* care body of REVOKED */
    uint8_t key[SL_SIGN_PUBLIC_BYTES]; /* the author's */
    size_t count;
    struct sl_revoked_session sessions[SL_REVOKED_SESSIONS_MAX];
};
sl_rc sl_revoked_deed_write(const struct sl_revoked_deed *r, struct sl_buf *out,
                            struct sl_err *err);
sl_rc sl_revoked_deed_read(struct sl_view in, struct sl_revoked_deed *ret, struct sl_err *err);
