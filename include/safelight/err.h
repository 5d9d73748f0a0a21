/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How every function of Safelight fails: a code that says what to do next, and a text that says
 * what happened. See safelight.h.
 */
#pragma once

#define SL_MUST_USE [[nodiscard]] /* a macro because clang-format 14 trips over the brackets */

typedef enum SL_MUST_USE sl_rc {
    SL_OK = 0,
    SL_E_USAGE,     /* the person asked for something that cannot be */
    SL_E_MISSING,   /* what was asked for is not there */
    SL_E_BROKEN,    /* bytes are not what was written: never retried, always recorded */
    SL_E_REFUSED,   /* a signature, a quorum, a passphrase or a keeper said no */
    SL_E_RETRY,     /* network or keeper trouble that may pass */
    SL_E_SYSTEM,    /* errno trouble: disk full, permissions, no memory */
    SL_E_CANCELLED, /* somebody asked us to stop */
    SL_E_UNSAFE,    /* done here, but not yet safe: do not format the card */
} sl_rc;

struct sl_err { /* text lives inside: no allocation, and it crosses threads by assignment */
    sl_rc rc;
    char text[480];
};
