/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Secrets live behind guard pages, never swap, are wiped when freed, and cannot be mistaken for
 * ordinary bytes: no function takes both. Each purpose is its own type, so that handing the
 * sealing key to the signer does not compile. Start of everything cryptographic: call
 * sl_crypto_start() once, before any other function of this room.
 */
#pragma once

#include "base/bytes.h"
#include "base/os.h"
#include "base/own.h"

struct sl_secret;

/* Prepare libsodium and OpenSSL and route libsodium's random bytes through os->random; `os` must
 * outlive the process's last use of this room. May be called again with another `os` (tests,
 * simulator), never while another thread draws. SL_E_SYSTEM if a library refuses to start. */
sl_rc sl_crypto_start(const struct sl_os *os, struct sl_err *err);

/* Fill `to` with random bytes from the kernel (through the seam). Aborts the process if the
 * kernel has none: nothing may go on with predictable keys. */
void sl_random(void *to, size_t count);

/* New secrets: drawn, or copied from bytes that the caller wipes (sl_wipe), or zeroed and to be
 * filled in through sl_secret_fill(). 1..SL_SECRET_BYTES_MAX bytes. The caller owns *ret.
 * SL_E_SYSTEM when locked memory runs out. */
#define SL_SECRET_BYTES_MAX (16u << 20)
sl_rc sl_secret_new(size_t len, struct sl_secret **ret, struct sl_err *err);
sl_rc sl_secret_copy(struct sl_view from, struct sl_secret **ret, struct sl_err *err);
sl_rc sl_secret_blank(size_t len, struct sl_secret **ret, struct sl_err *err);
void sl_secret_free(struct sl_secret *s);
bool sl_secret_same(const struct sl_secret *a, const struct sl_secret *b); /* constant time */
struct sl_view sl_secret_expose(const struct sl_secret *s); /* reviewers grep for this word */
uint8_t *sl_secret_fill(struct sl_secret *s); /* the bytes, to be written once, at birth */
void sl_wipe(void *at, size_t len);           /* not optimised away */
/* Compare in constant time. */
bool sl_same(const void *a, const void *b, size_t len);
SL_OWNED(secret)

struct sl_sign_key { /* Ed25519 seed, 32 bytes */
    struct sl_secret *bytes;
};
struct sl_name_key { /* a session's key for object names, 32 bytes */
    struct sl_secret *bytes;
};
struct sl_tag_key { /* a session's key for shard tags, 32 bytes */
    struct sl_secret *bytes;
};
struct sl_state_key { /* what a home seals its state for going on with, 32 bytes */
    struct sl_secret *bytes;
};
