/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The person's own card for the rehearsal: a copy of it. The card itself is opened read-only, no
 * access time changes, and no raid ever comes near it.
 */
#pragma once

#include "rehearse/facts.h"

struct sl_card;

/* Copy everything that an offload would take from `card` into the empty folder `dir`: files,
 * folders, modes, times. What the walk only tells of (links, special files) is counted in
 * ret->left_out. `tick` may be NULL. */
sl_rc sl_card_copy(const struct sl_os *os, struct sl_card *card, int dir, sl_facts_tick *tick,
                   void *who, struct sl_facts *ret, struct sl_err *err);
