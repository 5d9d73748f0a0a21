/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first reading of a file on a card: from its first byte to its last, straight into the
 * caller's pieces (the chunk slots of a pack), refusing a file that is not, or does not stay, what
 * the walk saw. See card.h for how things fail.
 */
#pragma once

#include "card/card.h"

struct sl_reading;

/* Open the file `path` (as the walk gave it) and compare it with its stamp. The caller owns *ret;
 * `card` must outlive it. */
sl_rc sl_reading_open(struct sl_card *card, struct sl_view path, const struct sl_card_stamp *stamp,
                      struct sl_reading **ret, struct sl_err *err);
void sl_reading_free(struct sl_reading *r);
SL_OWNED(reading)

/* Read on into `count` pieces, which are filled one after the other; only the file's end leaves
 * room. *got is how many bytes came, 0 once all of stamp.size have. The call that reaches the end
 * (and any later one) also checks that size and time are still those of the stamp: SL_E_BROKEN
 * otherwise, and what was read of this file must not be believed. Never gives a byte more than
 * stamp.size. */
sl_rc sl_reading_next(struct sl_reading *r, const struct iovec *to, int count, size_t *got,
                      struct sl_err *err);

/* Go on at byte `to` (not beyond stamp.size) without reading what stands before it: for a file
 * whose beginning an earlier run has sent and read again. SL_E_USAGE beyond the end. */
sl_rc sl_reading_skip(struct sl_reading *r, uint64_t to, struct sl_err *err);
