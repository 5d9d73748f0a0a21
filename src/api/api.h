/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the rooms above the public face may ask of the struct behind `struct sl`: the machine it
 * runs on, whether to stop, and how to speak to the program that called. Everything else they do
 * goes through safelight.h, as a person's program does.
 */
#pragma once

#include <safelight.h>

#include "base/err.h"
#include "base/os.h"

/* The seam that this use of the library goes through. */
const struct sl_os *sl_os_of(const struct sl *sl);

/* SL_E_CANCELLED once sl_stop() was called, else SL_OK. */
sl_rc sl_go_on(const struct sl *sl, struct sl_err *err);

/* Hand one message to the program; a sentence that passed _(). Names in it are already plain. */
void sl_tell(const struct sl *sl, enum sl_level level, const char *fmt, ...) SL_PRINTF(3, 4);
void sl_tell_progress(const struct sl *sl, const struct sl_progress *p);

/* A path or name as it may stand in a message: escaped, cut where it is very long. */
struct sl_shown {
    char text[300];
};
struct sl_shown sl_show(const char *name);
