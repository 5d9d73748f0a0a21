/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The file in which the facts stand: one record a thing, read back one by one through a window.
 * Between facts.c and the seam; written and read by the same run, so it has no version.
 */
#pragma once

#include "base/limits.h"
#include "base/os.h"
#include "base/own.h"
#include "crypto/derive.h"

struct sl_fact {
    uint8_t type; /* 'f' or 'd' */
    uint32_t mode, mtime_ns;
    int64_t mtime_s;
    uint64_t size;
    uint8_t sha256[SL_SHA256_BYTES];
    uint16_t path_bytes;
    char path[SL_PATH_MAX + 1];
};

struct sl_book; /* being written, or being read */

/* Open the facts file `name` in `dir` with open(2)'s `flags`. The caller owns *ret. */
sl_rc sl_book_open(const struct sl_os *os, int dir, const char *name, int flags,
                   struct sl_book **ret, struct sl_err *err);
void sl_book_free(struct sl_book *b);
SL_OWNED(book)

/* Write one more; nothing is in the file for certain before sl_book_flush(). */
sl_rc sl_book_put(struct sl_book *b, const struct sl_fact *f, struct sl_err *err);
sl_rc sl_book_flush(struct sl_book *b, struct sl_err *err);

/* The next fact, or *more = false at the end. SL_E_BROKEN: not what was written. */
sl_rc sl_book_next(struct sl_book *b, struct sl_fact *ret, bool *more, struct sl_err *err);
