/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a journey (offload, restore) speaks to whoever started it, and asks whether to go on. Called
 * from one thread at a time.
 */
#pragma once

#include <safelight.h>

#include "base/err.h"
#include "base/say.h"

struct sl_voice {
    void *who;
    bool (*stopped)(void *who);                                    /* any thread */
    void (*say)(void *who, enum sl_level level, const char *text); /* one thread at a time */
    void (*progress)(void *who, const struct sl_progress *p);      /* one thread at a time */
};

/* SL_E_CANCELLED once somebody asked to stop. */
static inline sl_rc sl_voice_go_on(const struct sl_voice *v, struct sl_err *err)
{
    return v->stopped != NULL && v->stopped(v->who) ? sl_fail(err, SL_E_CANCELLED, _("stopped"))
                                                    : SL_OK;
}
