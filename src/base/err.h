/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One way to fail. A function that can fail returns sl_rc and takes `struct sl_err *err` last.
 * The place that sees the trouble says what happened (sl_fail), a caller that knows more adds
 * it (sl_note), and only a program's main() prints. The text lives inside the struct: saying
 * "out of memory" needs no memory, and an error crosses threads by plain assignment.
 */
#pragma once

#define SL_MUST_USE [[nodiscard]] /* a macro because clang-format 14 trips over the brackets */

typedef enum SL_MUST_USE sl_rc {
    SL_OK = 0,
    SL_E_USAGE,     /* the person asked for something that cannot be */
    SL_E_MISSING,   /* what was asked for is not there */
    SL_E_BROKEN,    /* bytes are not what was written: never retried, always recorded */
    SL_E_REFUSED,   /* a signature, a quorum or a keeper said no */
    SL_E_RETRY,     /* network or keeper trouble that may pass */
    SL_E_SYSTEM,    /* errno trouble: disk full, permissions, no memory */
    SL_E_CANCELLED, /* somebody asked us to stop */
} sl_rc;

struct sl_err {
    sl_rc rc;
    char text[480];
};

#define SL_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

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
