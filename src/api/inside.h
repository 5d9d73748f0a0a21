/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What only the api room sees: the struct behind `struct sl`. How its journeys ask whether to stop
 * and speak to the program that called stands in api.h.
 */
#pragma once

#include <safelight.h>
#include <stdatomic.h>

#include "api/api.h"
#include "base/err.h"
#include "base/os.h"

struct sl {
    const struct sl_os *os;
    struct sl_talk talk;
    atomic_bool stop; /* set by sl_stop(), never cleared; lock-free, so a signal may set it */
    bool swap_told;   /* once in a run is enough */
};

/* sl_start() on a machine of one's own (tests, simulator). `os` outlives the process's last use
 * of the crypto room. Both callbacks of `talk` may be NULL. */
sl_rc sl_start_on(const struct sl_os *os, const struct sl_talk *talk, struct sl **ret,
                  struct sl_err *err);
