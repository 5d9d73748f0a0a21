/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What only the crypto room sees: the algorithms fetched from OpenSSL once, the parts of an age
 * header between its text and its keys, and what tests need to run foreign vectors through the
 * very same code.
 */
#pragma once

#include <openssl/types.h>

#include "base/bytes.h"
#include "base/own.h"
#include "crypto/aead.h"
#include "crypto/age.h"
#include "crypto/secret.h"
#include "crypto/sign.h"
#include "crypto/words.h"

/* Fetching by name costs microseconds and takes locks; contexts made from these do not. */
struct sl_crypto_parts {
    EVP_MD *sha256;
    EVP_CIPHER *chacha20_poly1305;
    EVP_MAC *hmac;
    EVP_KDF *hkdf;
};
/* Only after sl_crypto_start(). */
const struct sl_crypto_parts *sl_crypto_parts(void);

/* For calls that fail only when a few hundred bytes of memory cannot be had or when the library
 * itself is broken, in functions whose callers would have nothing better to do: stop the process.
 * A killed run goes on later; a run with a wrong digest would not. */
void sl_crypto_must(bool done);

/* ---- signatures and X25519 without our own framing (for vectors) ---- */

void sl_sign_bytes(const struct sl_sign_key *key, struct sl_view message,
                   uint8_t ret[SL_SIGNATURE_BYTES]);
bool sl_sign_check_bytes(const uint8_t key[SL_SIGN_PUBLIC_BYTES], struct sl_view message,
                         const uint8_t signature[SL_SIGNATURE_BYTES]);
/* X25519 (RFC 7748). False, and `ret` zeroed, when the shared secret is all zeroes: the point is
 * of low order and the "secret" known to everybody. */
bool sl_x25519(uint8_t ret[SL_AGE_X25519_BYTES], const uint8_t scalar[SL_AGE_X25519_BYTES],
               const uint8_t point[SL_AGE_X25519_BYTES]);
/* scrypt (RFC 7914) with r = 8, p = 1 as age uses it, and with any r and p for vectors; takes
 * 128 * N * r bytes of memory. SL_E_SYSTEM when they cannot be had. */
struct sl_scrypt_cost {
    uint64_t n;
    uint32_t r, p;
};
sl_rc sl_scrypt(struct sl_view passphrase, struct sl_view salt, struct sl_scrypt_cost cost,
                uint8_t *ret, size_t count, struct sl_err *err);

/* ---- an age header taken apart (age_parse.c) ---- */

#define SL_AGE_VERSION_LINE  "age-encryption.org/v1"
#define SL_AGE_LINE_COLUMNS  64u
#define SL_AGE_LINE_BYTES    48u
#define SL_AGE_MAC_BYTES     32u
#define SL_AGE_MAC_COLUMNS   43u
#define SL_AGE_WRAPPED_BYTES (SL_AGE_FILE_KEY_BYTES + SL_AGE_TAG_BYTES)
#define SL_AGE_SALT_BYTES    16u
#define SL_AGE_STANZA_ARGS   3u /* arguments that are looked at; others are only counted */

/* One recipient stanza; views point into the header. */
struct sl_age_stanza {
    struct sl_view args[SL_AGE_STANZA_ARGS];
    size_t arg_count;
    uint8_t body[SL_AGE_LINE_BYTES]; /* its first line, decoded: all that known kinds have */
    size_t body_bytes;               /* of the whole body */
};

struct sl_age_head {
    struct sl_view stanzas; /* the text between version line and MAC line */
    size_t stanza_count;
    struct sl_view covered; /* what the MAC covers: up to and including "---" */
    uint8_t mac[SL_AGE_MAC_BYTES];
    size_t bytes;
    bool scrypt; /* has a scrypt stanza, which then is the only one */
};

/* Take the header at the start of `in` apart; what follows it is not looked at. Everything the
 * page of the specification forbids is SL_E_BROKEN; SL_E_RETRY when `in` ends before the header
 * does and nothing is wrong so far. */
sl_rc sl_age_head_read(struct sl_view in, struct sl_age_head *ret, struct sl_err *err);
/* Take the next stanza off `c`. */
sl_rc sl_age_stanza_read(struct sl_cur *c, struct sl_age_stanza *ret, struct sl_err *err);
bool sl_age_view_is(struct sl_view v, const char *text);
sl_rc sl_age_put_text(struct sl_buf *out, const char *text, struct sl_err *err);
/* Append a body of exactly SL_AGE_WRAPPED_BYTES and its line feed. */
sl_rc sl_age_put_wrapped(struct sl_buf *out, const uint8_t body[SL_AGE_WRAPPED_BYTES],
                         struct sl_err *err);

/* ---- the two kinds of recipient ---- */

/* Whether a stanza of this kind is well formed: SL_E_BROKEN says what is not. */
sl_rc sl_age_x25519_check(const struct sl_age_stanza *s, struct sl_err *err);
sl_rc sl_age_scrypt_check(const struct sl_age_stanza *s, struct sl_err *err);

/* Append the stanza that wraps `file_key`. `a` is the caller's to use and is keyed anew. */
sl_rc sl_age_x25519_wrap(struct sl_aead *a, const struct sl_age_recipient *to,
                         struct sl_view file_key, struct sl_buf *out, struct sl_err *err);
sl_rc sl_age_scrypt_wrap(struct sl_aead *a, struct sl_view passphrase, unsigned work,
                         struct sl_view file_key, struct sl_buf *out, struct sl_err *err);

/* Try one stanza that passed its check. SL_OK and *fits; where it fits, `file_key` is filled.
 * SL_E_BROKEN for a share of low order. */
sl_rc sl_age_x25519_unwrap(struct sl_aead *a, const struct sl_age_identity *with,
                           const struct sl_age_stanza *s, uint8_t file_key[SL_AGE_FILE_KEY_BYTES],
                           bool *fits, struct sl_err *err);
sl_rc sl_age_scrypt_unwrap(struct sl_aead *a, struct sl_view passphrase, unsigned work_max,
                           const struct sl_age_stanza *s, uint8_t file_key[SL_AGE_FILE_KEY_BYTES],
                           bool *fits, struct sl_err *err);

/* The 32 secret bytes of an identity, and its recipient. */
struct sl_age_identity {
    struct sl_secret *scalar;
    struct sl_age_recipient recipient;
};

/* ---- the words of BIP-39 (word_list.c, made by tools/make_words.py) ---- */

#define SL_WORD_LETTERS 8u /* of the longest */
extern const char sl_word_list[SL_WORD_COUNT][SL_WORD_LETTERS + 1];
