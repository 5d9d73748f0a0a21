/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The second reading: any range of a file on a card, read past the page cache, so that what is
 * compared comes from the medium and not from the memory that the first reading filled. One for
 * each worker. See card.h for how things fail.
 *
 * In order: O_DIRECT (and the range dropped from the cache before, because compressed and
 * encrypted file systems serve O_DIRECT from there without a word); where that is refused, the
 * range dropped and shown to be gone just before it is read; else an ordinary read, which may
 * have come from memory. A card on a file system in memory is always the last.
 */
#pragma once

#include "card/card.h"

#define SL_SECOND_BYTES (1u << 20) /* of the buffer: what one call gives at most */

enum sl_past { /* from strong to weak: the larger of two is the weaker */
               SL_PAST_DIRECT,
               SL_PAST_FORGOTTEN,
               SL_PAST_CACHE, /* may have come from memory: the verdict says so */
};

struct sl_second;

/* The caller owns *ret; `card` must outlive it. */
sl_rc sl_second_new(struct sl_card *card, struct sl_second **ret, struct sl_err *err);
void sl_second_free(struct sl_second *s);
SL_OWNED(second)

/* Bytes of `path` from `at` on, `len` of them wanted (not 0, within stamp->size; ask for all that
 * is wanted, no more is read than that, rounded to 4096). *piece points into the buffer and holds
 * until the next call; *got is 1..len, less where the buffer ends: call again from at + *got. The
 * file stays open until another path is asked for, and is compared with the stamp when it is
 * opened and when its end is reached. */
sl_rc sl_second_read(struct sl_second *s, struct sl_view path, const struct sl_card_stamp *stamp,
                     uint64_t at, uint64_t len, const uint8_t **piece, size_t *got,
                     struct sl_err *err);

/* Nothing of the card stays in memory: wipe what was read and its path, close the file. What was
 * given before does not hold any more; reading goes on as from the start. */
void sl_second_forget(struct sl_second *s);

/* The weakest way that any range was read so far; SL_PAST_DIRECT before the first. */
enum sl_past sl_second_weakest(const struct sl_second *s);
