/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Filling and extending errors. See err.h for the contract.
 */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/say.h"

/* Where text was cut at the end of its room, take back the character that lost its rest. */
static void end_whole(struct sl_err *err)
{
    size_t len = strlen(err->text), back = len;

    while (back > 0 && ((uint8_t)err->text[back - 1] & 0xc0) == 0x80)
        back--;
    if (back == 0)
        return;
    uint8_t first = (uint8_t)err->text[back - 1];
    size_t want = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
    if (len - (back - 1) < want)
        err->text[back - 1] = '\0';
}

SL_PRINTF(2, 0)
static void append(struct sl_err *err, const char *fmt, va_list ap)
{
    size_t used = strlen(err->text), room = sizeof err->text - used;
    int len = vsnprintf(err->text + used, room, fmt, ap);

    if (len < 0 || (size_t)len >= room)
        end_whole(err);
}

SL_PRINTF(2, 3)
static void add(struct sl_err *err, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    append(err, fmt, ap);
    va_end(ap);
}

/* What to do about an errno: look elsewhere, try again, or see to the machine. */
static sl_rc rc_of(int why)
{
    switch (why) {
    case ENOENT: return SL_E_MISSING;
    case ENODEV: /* the disk or the share is away, and may come back */
    case ENOTCONN:
    case ESTALE:
    case ETIMEDOUT:
    case EHOSTDOWN:
    case EHOSTUNREACH: return SL_E_RETRY;
    default: return SL_E_SYSTEM;
    }
}

sl_rc sl_fail(struct sl_err *err, sl_rc rc, const char *fmt, ...)
{
    va_list ap;

    if (err == NULL)
        return rc;
    err->rc = rc;
    err->text[0] = '\0';
    va_start(ap, fmt);
    append(err, fmt, ap);
    va_end(ap);
    return rc;
}

sl_rc sl_fail_errno(struct sl_err *err, const char *fmt, ...)
{
    const char *why = strerrordesc_np(errno);
    sl_rc rc = rc_of(errno);
    va_list ap;

    if (err == NULL)
        return rc;
    err->rc = rc;
    err->text[0] = '\0';
    va_start(ap, fmt);
    append(err, fmt, ap);
    va_end(ap);
    add(err, ": %s", why != NULL ? why : "?");
    return rc;
}

sl_rc sl_note(struct sl_err *err, sl_rc rc, const char *fmt, ...)
{
    va_list ap;

    if (err == NULL || rc == SL_OK)
        return rc;
    add(err, "\n  %s ", _("while"));
    va_start(ap, fmt);
    append(err, fmt, ap);
    va_end(ap);
    return rc;
}
