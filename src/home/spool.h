/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The spool: sealed objects that a keeper should hold and does not yet (it was away, full, or broke
 * off). They are as unreadable here as they are there. A keeper with anything in the spool has not
 * proved what it should hold; `send`, and every offload at its start, push what waits.
 */
#pragma once

#include "home/home.h"

struct sl_spool;

/* Open (make) the spool of a production. One handle serves one thread; any number of handles and
 * processes work side by side. The caller owns *ret. */
sl_rc sl_spool_open(struct sl_home *h, const struct sl_vault *v, struct sl_spool **ret,
                    struct sl_err *err);
void sl_spool_free(struct sl_spool *s);
SL_OWNED(spool)

/* Keep an object for a keeper, durably; its pieces end to end, at most SL_SPOOL_PIECES_MAX. SL_OK
 * as well when it waits there already; SL_E_REFUSED where other bytes do. */
#define SL_SPOOL_PIECES_MAX 4u
sl_rc sl_spool_put(struct sl_spool *s, const struct sl_id *keeper, const struct sl_object *name,
                   const struct sl_view *pieces, size_t count, struct sl_err *err);

/* How many objects wait for one keeper. */
sl_rc sl_spool_count(struct sl_spool *s, const struct sl_id *keeper, uint64_t *ret,
                     struct sl_err *err);

/* Show each object that waits for one keeper: read whole into memory, SL_FULL_BYTES at most.
 * `each` pushes it; where it returns SL_OK the object is removed from the spool, where it returns
 * SL_E_UNSAFE (pushed, not proved) it stays and the walk goes on, and where it fails otherwise the
 * walk ends with that failure. One that this disk altered is not shown and stays; the walk goes on
 * and ends with SL_E_BROKEN. */
typedef sl_rc sl_spool_each(void *who, const struct sl_object *name, struct sl_view bytes,
                            struct sl_err *err);
sl_rc sl_spool_push(struct sl_spool *s, const struct sl_id *keeper, sl_spool_each *each, void *who,
                    struct sl_err *err);
/* The same for one object; nothing is shown where it does not wait (any more). */
sl_rc sl_spool_push_one(struct sl_spool *s, const struct sl_id *keeper,
                        const struct sl_object *name, sl_spool_each *each, void *who,
                        struct sl_err *err);
