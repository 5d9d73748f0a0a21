/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where a passphrase comes from: a file, a descriptor, a command, or the terminal. Everything
 * that is unlocked (homes, kits, sealed identities, age files) asks here, so that all of it is
 * unlocked the same way.
 */
#pragma once

#include <safelight.h>

#include "base/os.h"
#include "crypto/secret.h"

#define SL_PASSPHRASE_TRIES 3u /* at the terminal, when the two typed ones differ */

/* Whether a source other than the terminal is named. */
bool sl_passphrase_named(const struct sl_passphrase_from *from);

/* Read one passphrase, 1..SL_AGE_PASSPHRASE_MAX bytes, straight into guarded memory. The first
 * source that is set counts: file, descriptor, command, else the terminal shows `prompt`
 * ("passphrase of the home"; ": " is added) and, where `twice`, asks again until both agree.
 *
 * A file and a command's output hold exactly one line, with or without its newline (LF or CR LF,
 * not part of the passphrase). Of a descriptor one line is read byte by byte, so what follows it
 * stays unread. SL_E_USAGE: empty, too long, more than one line, or no terminal to ask at;
 * SL_E_MISSING: no such file; SL_E_SYSTEM: cannot be read, or the command failed;
 * SL_E_CANCELLED: interrupted at the terminal. The caller owns *ret. */
sl_rc sl_passphrase_read(const struct sl_os *os, const struct sl_passphrase_from *from,
                         const char *prompt, bool twice, struct sl_secret **ret,
                         struct sl_err *err);
