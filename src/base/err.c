/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Filling and extending errors. See err.h for the contract.
 */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

SL_PRINTF(2, 0)
static void append(struct sl_err *err, const char *fmt, va_list ap)
{
    size_t used = strlen(err->text);

    (void)vsnprintf(err->text + used, sizeof err->text - used, fmt, ap);
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
    sl_rc rc = errno == ENOENT ? SL_E_MISSING : SL_E_SYSTEM;
    va_list ap;

    if (err == NULL)
        return rc;
    err->rc = rc;
    err->text[0] = '\0';
    va_start(ap, fmt);
    append(err, fmt, ap);
    va_end(ap);
    size_t used = strlen(err->text);
    (void)snprintf(err->text + used, sizeof err->text - used, ": %s", why != NULL ? why : "?");
    return rc;
}

sl_rc sl_note(struct sl_err *err, sl_rc rc, const char *fmt, ...)
{
    va_list ap;

    if (err == NULL || rc == SL_OK)
        return rc;
    size_t used = strlen(err->text);
    (void)snprintf(err->text + used, sizeof err->text - used, "\n  while ");
    va_start(ap, fmt);
    append(err, fmt, ap);
    va_end(ap);
    return rc;
}
