/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A locker's key sealed to the quorum as in TDH2 (Shoup and Gennaro, "Securing threshold
 * cryptosystems against chosen ciphertext attack"): C = r G, C' = r G', key from r Y, and a proof,
 * bound to this locker and epoch of this production, that whoever sealed it knows r. Without the
 * proof a locker entered with C + x G of another would have trustees open that other one.
 */
#pragma once

#include "base/bytes.h"
#include "crypto/age.h"
#include "crypto/group.h"
#include "format/name.h"
#include "quorum/quorum.h"

#define SL_RECIPIENT_MAX     2048u /* bytes of a recipient's text; hybrid ones are long */
#define SL_LOCKER_PLAIN_MAX  512u  /* bytes of an identity's text */
#define SL_LOCKER_SEALED_MAX (SL_LOCKER_PLAIN_MAX + 16u)
#define SL_LOCKER_FIXED      200u /* bytes of a block before recipient and sealed identity */
#define SL_LOCKER_BYTES_MAX  (SL_LOCKER_FIXED + SL_RECIPIENT_MAX + SL_LOCKER_SEALED_MAX)

struct sl_dleq_proof { /* that two points have one logarithm (RFC 9497): public */
    struct sl_scalar challenge, response;
};

struct sl_sealed_locker { /* public; no pointers */
    uint8_t production[SL_PRODUCTION_BYTES];
    struct sl_id locker;
    uint32_t epoch;                       /* of the locker's key */
    char recipient[SL_RECIPIENT_MAX + 1]; /* age's own text */
    struct sl_point c, c2;                /* C and C' */
    struct sl_dleq_proof proof;
    size_t sealed_bytes;
    uint8_t sealed[SL_LOCKER_SEALED_MAX]; /* the identity's text, and a tag */
};

/* Seal `identity` to the quorum. r is wiped; *ret is public. SL_E_SYSTEM when memory runs out. */
sl_rc sl_locker_seal(const struct sl_quorum *q, const struct sl_id *locker, uint32_t epoch,
                     const struct sl_age_identity *identity, struct sl_sealed_locker *ret,
                     struct sl_err *err);

/* Whether it is a locker of this production, sealed to this quorum by somebody who knows r. To be
 * asked before anything is done with C. SL_E_REFUSED if not. The quorum's epoch does not matter:
 * shares dealt anew keep Y. */
sl_rc sl_locker_check(const struct sl_quorum *q, const struct sl_sealed_locker *l,
                      struct sl_err *err);

/* Append the block; read one that fills `in` exactly. Form only: sl_locker_check() judges. */
sl_rc sl_locker_write(const struct sl_sealed_locker *l, struct sl_buf *out, struct sl_err *err);
sl_rc sl_locker_read(struct sl_view in, struct sl_sealed_locker *ret, struct sl_err *err);
