/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One way to fail. A function that can fail returns sl_rc and takes `struct sl_err *err` last.
 * The place that sees the trouble says what happened (sl_fail), a caller that knows more adds
 * it (sl_note), and only a program's main() prints. The text lives inside the struct: saying
 * "out of memory" needs no memory, and an error crosses threads by plain assignment.
 */
#pragma once

#include <safelight/err.h>

#define SL_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* `err` may be NULL for who needs no words. What does not fit is cut at a whole character.
 * sl_fail_errno() adds the system's words for errno and chooses the code: SL_E_MISSING (ENOENT),
 * SL_E_RETRY (a disk or share that went away), else SL_E_SYSTEM. sl_note() adds a line and
 * returns `rc` as it came; for SL_OK it does nothing. */
sl_rc sl_fail(struct sl_err *err, sl_rc rc, const char *fmt, ...) SL_PRINTF(3, 4);
sl_rc sl_fail_errno(struct sl_err *err, const char *fmt, ...) SL_PRINTF(2, 3);
sl_rc sl_note(struct sl_err *err, sl_rc rc, const char *fmt, ...) SL_PRINTF(3, 4);

/* The one macro with control flow in it: leave with the callee's failure. */
#define SL_TRY(call)                                                                               \
    do {                                                                                           \
        sl_rc try_rc_ = (call);                                                                    \
        if (try_rc_ != SL_OK)                                                                      \
            return try_rc_;                                                                        \
    } while (0)
