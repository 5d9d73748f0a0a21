/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The production line: named stages, a bounded queue in front of each, one error for the whole
 * line. This room is the only one that starts threads.
 *
 * Ownership: an item belongs to whoever holds it. sl_line_pass() gives it to the next stage;
 * a stage that fails or swallows an item frees it itself. The first failure is the line's
 * failure: queues close, items still waiting are freed, every thread is joined before
 * sl_line_run() returns.
 */
#pragma once

#include <stddef.h>

#include "base/err.h"

struct sl_line;

/* First stage is called with item == NULL until it returns SL_E_MISSING ("no more"). */
typedef sl_rc sl_stage_fn(void *job, void *item, struct sl_line *line, struct sl_err *err);

struct sl_stage {
    const char *name;
    sl_stage_fn *work;
    void (*free_item)(void *item); /* for items waiting in front of this stage */
    unsigned workers;              /* threads doing this */
    unsigned waiting;              /* how many items may queue here: memory = sum(waiting) */
};

#define SL_LINE_STAGES_MAX 16u

sl_rc sl_line_pass(struct sl_line *line, void *item, struct sl_err *err);
sl_rc sl_line_run(const struct sl_stage *stages, size_t count, void *job, struct sl_err *err);
