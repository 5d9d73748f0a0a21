/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The beginning and the end of one program's use of the library, and the two ways back to that
 * program: what it is told, and that it asked to stop.
 */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/inside.h"
#include "base/say.h"
#include "crypto/secret.h"

static_assert(ATOMIC_BOOL_LOCK_FREE == 2, "sl_stop() is called by signal handlers");

sl_rc sl_start_on(const struct sl_os *os, const struct sl_talk *talk, struct sl **ret,
                  struct sl_err *err)
{
    SL_TRY(sl_crypto_start(os, err));
    if (os->no_dumps(os->self) != 0)
        return sl_fail_errno(err, _("cannot forbid core dumps, which could hold keys"));
    struct sl *sl = calloc(1, sizeof *sl);
    if (sl == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    sl->os = os;
    sl->talk = *talk;
    atomic_init(&sl->stop, false);
    *ret = sl;
    return SL_OK;
}

sl_rc sl_start(const struct sl_talk *talk, struct sl **ret, struct sl_err *err)
{
    return sl_start_on(sl_os_real(), talk, ret, err);
}

void sl_end(struct sl *sl)
{
    free(sl);
}

void sl_stop(struct sl *sl)
{
    atomic_store_explicit(&sl->stop, true, memory_order_relaxed);
}

const struct sl_os *sl_os_of(const struct sl *sl)
{
    return sl->os;
}

sl_rc sl_go_on(const struct sl *sl, struct sl_err *err)
{
    if (atomic_load_explicit(&sl->stop, memory_order_relaxed))
        return sl_fail(err, SL_E_CANCELLED, _("interrupted"));
    return SL_OK;
}

void sl_tell(const struct sl *sl, enum sl_level level, const char *fmt, ...)
{
    char text[1024];
    va_list ap;

    if (sl->talk.say == NULL)
        return;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    sl->talk.say(sl->talk.who, level, text);
}

void sl_tell_progress(const struct sl *sl, const struct sl_progress *p)
{
    if (sl->talk.progress != NULL)
        sl->talk.progress(sl->talk.who, p);
}

struct sl_shown sl_show(const char *name)
{
    struct sl_shown s;
    struct sl_view in = { .at = (const uint8_t *)name, .len = strlen(name) };

    (void)sl_plain(in, s.text, sizeof s.text);
    return s;
}
