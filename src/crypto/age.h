/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * age v1 files (C2SP age.md, https://c2sp.org/age): header, X25519 and scrypt recipients, payload
 * in 64 KiB chunks (STREAM). Everything Safelight seals is such a file; a pack is one cut in two
 * (header and nonce in the part's entry, payload in the shards), so header and payload have faces
 * of their own here. No I/O. Files that flow by are in crypto/age_stream.h, armor in
 * crypto/armor.h, Bech32 in crypto/bech32.h.
 *
 * Unknown recipient stanzas are ignored, malformed ones and malformed known ones refused
 * (SL_E_BROKEN); a file for somebody else is SL_E_REFUSED; an unknown version is SL_E_BROKEN and
 * named.
 */
#pragma once

#include "base/bytes.h"
#include "base/own.h"
#include "crypto/secret.h"

#define SL_AGE_FILE_KEY_BYTES 16u
#define SL_AGE_NONCE_BYTES    16u
#define SL_AGE_CHUNK_BYTES    65536u /* plaintext of every chunk but the last */
#define SL_AGE_TAG_BYTES      16u
#define SL_AGE_SEALED_CHUNK   (SL_AGE_CHUNK_BYTES + SL_AGE_TAG_BYTES)
#define SL_AGE_HEADER_MAX     (1u << 20) /* bytes of a header that is read at all */
#define SL_AGE_STANZAS_MAX    4096u      /* recipients of one file */
#define SL_AGE_X25519_BYTES   32u
#define SL_AGE_RECIPIENT_TEXT 63u /* "age1..." with NUL */
#define SL_AGE_IDENTITY_TEXT  75u /* "AGE-SECRET-KEY-1..." with NUL */
#define SL_AGE_WORK_DEFAULT   18u /* scrypt log2(N) when sealing by hand, as age */
#define SL_AGE_WORK_HOME      16u /* kits and homes */
#define SL_AGE_WORK_MAX       22u /* more is refused when opening, as age (4 GiB) */
#define SL_AGE_PASSPHRASE_MAX 4096u
#define SL_AGE_PLAIN_MAX      (UINT64_C(1) << 62) /* bytes in one file, for arithmetic */

struct sl_age_key { /* the 16-byte file key of one age file */
    struct sl_secret *bytes;
};

/* ---- who may open ---- */

/* Somebody to seal to: an X25519 recipient. Public, passed by value. */
struct sl_age_recipient {
    uint8_t point[SL_AGE_X25519_BYTES];
};

/* An X25519 identity. The caller frees it. */
struct sl_age_identity;
sl_rc sl_age_identity_new(struct sl_age_identity **ret, struct sl_err *err);
/* From "AGE-SECRET-KEY-1..." (upper case, exactly that; no NUL needed). SL_E_USAGE if it is not. */
sl_rc sl_age_identity_read(struct sl_view text, struct sl_age_identity **ret, struct sl_err *err);
/* From the 32 secret bytes. */
sl_rc sl_age_identity_from(struct sl_view scalar, struct sl_age_identity **ret, struct sl_err *err);
void sl_age_identity_free(struct sl_age_identity *i);
SL_OWNED(age_identity)
void sl_age_identity_recipient(const struct sl_age_identity *i, struct sl_age_recipient *ret);
/* Write the identity's text, NUL included, into a secret of SL_AGE_IDENTITY_TEXT bytes. */
sl_rc sl_age_identity_text(const struct sl_age_identity *i, struct sl_secret **ret,
                           struct sl_err *err);
/* The 32 secret bytes, copied: what keys are made from that belong to the same person. The caller
 * frees *ret. */
sl_rc sl_age_identity_secret(const struct sl_age_identity *i, struct sl_secret **ret,
                             struct sl_err *err);

/* "age1..." text to recipient and back. SL_E_USAGE says what is wrong with the text (a secret key
 * given by mistake is named as such and not repeated). */
sl_rc sl_age_recipient_read(struct sl_view text, struct sl_age_recipient *ret, struct sl_err *err);
void sl_age_recipient_text(const struct sl_age_recipient *r, char ret[SL_AGE_RECIPIENT_TEXT]);

/* ---- headers ---- */

/* Draw a file key and write the header that seals it to `count` (1..SL_AGE_STANZAS_MAX)
 * recipients: from "age-encryption.org/v1" to the newline after the MAC. Appends to *header,
 * the caller frees key->bytes. On failure *header may hold a piece, *key is untouched. */
sl_rc sl_age_header_seal(const struct sl_age_recipient *to, size_t count, struct sl_buf *header,
                         struct sl_age_key *key, struct sl_err *err);

/* The same for one passphrase (scrypt, log2(N) = work, 1..SL_AGE_WORK_MAX), which stands alone. */
sl_rc sl_age_header_seal_passphrase(struct sl_view passphrase, unsigned work, struct sl_buf *header,
                                    struct sl_age_key *key, struct sl_err *err);

/* How long the header at the start of `in` is: SL_OK and *ret;
 * SL_E_RETRY when `in` is a beginning and more bytes are needed (never once `in` holds
 * SL_AGE_HEADER_MAX; at the end of a file it means cut off); SL_E_BROKEN when it cannot become a
 * header. The whole grammar is judged, known stanzas included; keys and MAC are not. */
sl_rc sl_age_header_length(struct sl_view in, size_t *ret, struct sl_err *err);

/* Whether a well-formed header asks for a passphrase (it has a scrypt stanza). */
sl_rc sl_age_header_wants_passphrase(struct sl_view header, bool *ret, struct sl_err *err);

/* Open a whole header with any of `count` identities. SL_E_REFUSED when none of them fits,
 * SL_E_BROKEN when it is malformed or its MAC is wrong. The caller frees key->bytes. */
sl_rc sl_age_header_open(struct sl_view header, struct sl_age_identity *const *with, size_t count,
                         struct sl_age_key *key, struct sl_err *err);
/* SL_E_REFUSED: wrong passphrase, or the file is sealed to keys. A work factor above `work_max`
 * (at most SL_AGE_WORK_MAX) is SL_E_BROKEN, a malformed header as age's test kit has it, and said
 * before any memory is taken. Needs 2^work KiB; SL_E_SYSTEM when they cannot be had. */
sl_rc sl_age_header_open_passphrase(struct sl_view header, struct sl_view passphrase,
                                    unsigned work_max, struct sl_age_key *key, struct sl_err *err);

/* ---- payload ---- */

/* The payload key of a file: HKDF of file key and nonce. One worker's own; any chunk in any
 * order. The caller frees it. */
struct sl_age_payload;
sl_rc sl_age_payload_new(const struct sl_age_key *key, const uint8_t nonce[SL_AGE_NONCE_BYTES],
                         struct sl_age_payload **ret, struct sl_err *err);
void sl_age_payload_free(struct sl_age_payload *p);
SL_OWNED(age_payload)

/* Seal chunk `index` (`len` plaintext bytes: SL_AGE_CHUNK_BYTES, or 0..that for the last) from
 * `in` to `out`, which gets len + SL_AGE_TAG_BYTES bytes and may begin where `in` begins. */
void sl_age_chunk_seal(struct sl_age_payload *p, uint64_t index, bool last, const uint8_t *in,
                       size_t len, uint8_t *out);
/* Open one: `in.len` counts the tag. SL_E_BROKEN if it was altered, or is not the last although
 * it should be, or the other way round. `out` gets in.len - SL_AGE_TAG_BYTES bytes (zeroes on
 * failure) and may be in.at, which then is lost on failure. */
sl_rc sl_age_chunk_open(struct sl_age_payload *p, uint64_t index, bool last, struct sl_view in,
                        uint8_t *out, struct sl_err *err);

/* Bytes of a payload (without nonce) that holds `plain` (at most SL_AGE_PLAIN_MAX) bytes, and the
 * other way round. The second returns false where no plaintext has a payload of that length. */
uint64_t sl_age_payload_bytes(uint64_t plain);
bool sl_age_plain_bytes(uint64_t payload, uint64_t *ret);

/* ---- whole small files, in memory ---- */

/* Append the age file of `plain` for these recipients to *out. */
sl_rc sl_age_seal(const struct sl_age_recipient *to, size_t count, struct sl_view plain,
                  struct sl_buf *out, struct sl_err *err);
/* Open a whole file held in memory with any of `count` identities; appends the plaintext to *out
 * (nothing on failure). At most SL_SECRET_BYTES_MAX of it: it passes through guarded memory. Not
 * armored: see crypto/age_stream.h for that. */
sl_rc sl_age_open(struct sl_view file, struct sl_age_identity *const *with, size_t count,
                  struct sl_buf *out, struct sl_err *err);
sl_rc sl_age_seal_passphrase(struct sl_view passphrase, unsigned work, struct sl_view plain,
                             struct sl_buf *out, struct sl_err *err);
/* Opens into guarded memory: what lies under a passphrase is secret. 1..SL_SECRET_BYTES_MAX bytes
 * of plaintext, others are SL_E_BROKEN. The caller owns *ret. */
sl_rc sl_age_open_passphrase(struct sl_view file, struct sl_view passphrase, unsigned work_max,
                             struct sl_secret **ret, struct sl_err *err);
/* The same with identities: what is sealed to keys and secret. */
sl_rc sl_age_open_secret(struct sl_view file, struct sl_age_identity *const *with, size_t count,
                         struct sl_secret **ret, struct sl_err *err);
