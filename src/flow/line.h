/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The production line: named stages, a bounded queue in front of each, one error for the whole
 * line. This room is the only one that starts threads.
 *
 * Ownership: an item belongs to whoever holds it. sl_line_pass() gives it to the next stage;
 * a stage that fails or swallows an item frees it itself. The first failure is the line's
 * failure: queues close, items still waiting are freed, every thread is joined before
 * sl_line_run() returns. Workers share nothing but the line; what a worker needs for itself it
 * finds by its number (sl_line_worker).
 *
 * With `one_thread` nothing runs beside anything else: sl_line_pass() does the next stage's work
 * before it returns, in a fixed order, so that a seed replays a whole journey.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct sl_line;

/* The first stage has one worker and is called with item == NULL again and again until it has
 * called sl_line_end(). No return code means "no more": a missing file must never look like the end
 * of a card. */
typedef sl_rc sl_stage_fn(void *job, void *item, struct sl_line *line, struct sl_err *err);

struct sl_stage {
    const char *name;
    sl_stage_fn *work;
    void (*free_item)(void *item); /* for items waiting in front of this stage */
    unsigned workers;              /* threads doing this, at least 1 */
    unsigned waiting;              /* how many items may queue here: memory = sum(waiting) */
};

#define SL_LINE_STAGES_MAX  16u
#define SL_LINE_WORKERS_MAX 64u /* of all stages together */

/* Give `item` to the next stage; waits while its queue is full. SL_E_CANCELLED, and the item
 * freed, when the line has failed meanwhile. */
sl_rc sl_line_pass(struct sl_line *line, void *item, struct sl_err *err);

/* Said by the first stage, which then returns SL_OK: nothing more comes. */
void sl_line_end(struct sl_line *line);

/* Which worker of its stage this is, from 0; always 0 with one_thread. */
unsigned sl_line_worker(const struct sl_line *line);

/* Run until the first stage has ended and everything has passed. Returns the first failure. */
sl_rc sl_line_run(const struct sl_stage *stages, size_t count, bool one_thread, void *job,
                  struct sl_err *err);

/* Things that are lent to items and come back from a later stage (buffers of packs): a first stage
 * that borrows is held back until something returns, which is what bounds the memory of a line.
 * A shelf outlives its line and holds up to SL_LENT_MAX things, which stay the owner's. */
#define SL_LENT_MAX 64u
struct sl_lent {
    void *things[SL_LENT_MAX];
    size_t count;
};
/* Waits for a thing; SL_E_CANCELLED when the line fails meanwhile. With one_thread a thing must be
 * there. */
sl_rc sl_line_borrow(struct sl_line *line, struct sl_lent *from, void **ret, struct sl_err *err);
void sl_line_return(struct sl_line *line, struct sl_lent *to, void *thing);
