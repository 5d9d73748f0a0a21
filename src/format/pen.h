/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A pen for writing layouts field by field (the mirror of struct sl_cur), the stamp that every
 * stored thing begins with (docs/format/README.md), and the few helpers that every decoder needs.
 * For rooms that have pages of their own too.
 */
#pragma once

#include "base/bytes.h"

/* ---- writing ---- */

/* Writes little-endian fields one after another. Once a put fails the pen is spoilt and writes
 * nothing more; sl_pen_done() says what it was and takes back what this pen had written. */
struct sl_pen {
    struct sl_buf *out;
    struct sl_err *err;
    size_t begin;
    sl_rc rc;
};

struct sl_pen sl_pen_to(struct sl_buf *out, struct sl_err *err);
void sl_pen_bytes(struct sl_pen *p, const void *at, size_t len);
void sl_pen_view(struct sl_pen *p, struct sl_view in);
void sl_pen_zeros(struct sl_pen *p, size_t len); /* 64 at most */
void sl_pen_u8(struct sl_pen *p, uint8_t value);
void sl_pen_u16(struct sl_pen *p, uint16_t value);
void sl_pen_u32(struct sl_pen *p, uint32_t value);
void sl_pen_u64(struct sl_pen *p, uint64_t value);
sl_rc sl_pen_done(struct sl_pen *p);

/* A buffer over memory of exactly `len` bytes that it neither grows nor frees (never clear it). */
struct sl_buf sl_buf_fixed(uint8_t *at, size_t len);

/* ---- the stamp: 8 bytes of magic, u32 version ---- */

#define SL_MAGIC_BYTES    8u
#define SL_FORMAT_VERSION 1u

void sl_pen_stamp(struct sl_pen *p, const char *magic);
/* Read and judge it first of all: an unknown version is named before any length is. `what` is
 * the thing in the reader's words, translated ("pack head"). */
sl_rc sl_stamp_read(struct sl_cur *c, const char *magic, const char *what, struct sl_err *err);

/* Everything was read and nothing is left, or SL_E_BROKEN. */
sl_rc sl_cur_end(const struct sl_cur *c, const char *what, struct sl_err *err);

/* ---- small things ---- */

bool sl_all_zero(struct sl_view in);

/* A text of `len` bytes into ret[max + 1], ended by NUL: least..max bytes of UTF-8, no NUL. */
sl_rc sl_text_read(struct sl_cur *c, size_t len, size_t least, size_t max, char *ret,
                   const char *what, struct sl_err *err);

/* Suites of signing keys, written beside each. */
#define SL_SUITE_ED25519 1u
