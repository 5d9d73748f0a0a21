/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * age files as they flow by, of any length, armored or not: bytes are pushed in as they come,
 * what is ready is appended to a buffer that the caller empties. No I/O. Serves seal and unseal;
 * packs, whose parts lie apart, use crypto/age.h.
 *
 * A call appends at most what it was given plus SL_AGE_STREAM_SLACK bytes (a writer with armor:
 * half as much again), so the buffer's limit follows from the size of the pieces.
 */
#pragma once

#include "base/bytes.h"
#include "base/own.h"
#include "crypto/age.h"

#define SL_AGE_STREAM_SLACK (SL_AGE_HEADER_MAX + 2u * SL_AGE_SEALED_CHUNK)

/* How a reader gets its key: `open` is called once with the whole header and answers as
 * sl_age_header_open() and sl_age_header_open_passphrase() do (it may ask the person). */
struct sl_age_unlock {
    void *self;
    sl_rc (*open)(void *self, struct sl_view header, struct sl_age_key *key, struct sl_err *err);
};

/* The caller owns *ret. */
struct sl_age_reader;
sl_rc sl_age_reader_new(const struct sl_age_unlock *unlock, struct sl_age_reader **ret,
                        struct sl_err *err);
/* Push the next bytes of the file. Plaintext that was authenticated is appended to *out, also
 * when the call fails: everything up to the last good chunk is good, and nothing after it is
 * ever released. A failure is final. SL_E_BROKEN for anything damaged, else what `open` said. */
sl_rc sl_age_reader_put(struct sl_age_reader *r, struct sl_view in, struct sl_buf *out,
                        struct sl_err *err);
/* The file ends here: SL_OK only now means that it was whole. */
sl_rc sl_age_reader_finish(struct sl_age_reader *r, struct sl_buf *out, struct sl_err *err);
void sl_age_reader_free(struct sl_age_reader *r);
SL_OWNED(age_reader)

/* Begin a file with a header that was sealed before, whose file key is `key` (used here only). */
struct sl_age_writer;
sl_rc sl_age_writer_new(struct sl_view header, const struct sl_age_key *key, bool armored,
                        struct sl_age_writer **ret, struct sl_err *err);
/* Push plaintext; sealed bytes are appended to *out as chunks fill. */
sl_rc sl_age_writer_put(struct sl_age_writer *w, struct sl_view in, struct sl_buf *out,
                        struct sl_err *err);
/* Seal the last chunk. Without it the file is one that every reader refuses. */
sl_rc sl_age_writer_finish(struct sl_age_writer *w, struct sl_buf *out, struct sl_err *err);
void sl_age_writer_free(struct sl_age_writer *w);
SL_OWNED(age_writer)
