/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading one passphrase from where the person said it is. See passphrase.h for the rules. The
 * bytes never touch ordinary memory: every reader is given a place within a secret.
 */
#include "home/passphrase.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/say.h"
#include "crypto/age.h"

#define ROOM (SL_AGE_PASSPHRASE_MAX + 2u) /* the line and its CR LF */

bool sl_passphrase_named(const struct sl_passphrase_from *from)
{
    return from->file != NULL || from->fd >= 0 || from->command != NULL;
}

/* Judge `len` bytes in `raw` as one line of `whence` and copy the passphrase out of it. */
static sl_rc take_line(const struct sl_secret *raw, size_t len, const char *whence,
                       struct sl_secret **ret, struct sl_err *err)
{
    struct sl_view line = { .at = sl_secret_expose(raw).at, .len = len };

    if (line.len > 0 && line.at[line.len - 1] == '\n') {
        line.len--;
        if (line.len > 0 && line.at[line.len - 1] == '\r')
            line.len--;
    }
    if (line.len > 0 && memchr(line.at, '\n', line.len) != NULL)
        return sl_fail(err, SL_E_USAGE,
                       _("%s holds more than one line\n"
                         "  a passphrase is one line; leave only that one"),
                       whence);
    if (line.len == 0)
        return sl_fail(err, SL_E_USAGE, _("the passphrase is empty: %s"), whence);
    if (line.len > SL_AGE_PASSPHRASE_MAX)
        return sl_fail(err, SL_E_USAGE, _("the passphrase is over %u bytes long: %s"),
                       SL_AGE_PASSPHRASE_MAX, whence);
    return sl_secret_copy(line, ret, err);
}

/* Read up to ROOM bytes; with `one_line` byte by byte and no further than the first newline. */
static sl_rc read_into(const struct sl_os *os, int fd, bool one_line, struct sl_secret *raw,
                       size_t *ret, const char *whence, struct sl_err *err)
{
    uint8_t *to = sl_secret_fill(raw);
    size_t len = 0;

    while (len < ROOM) {
        ssize_t got = os->read(os->self, fd, to + len, one_line ? 1 : ROOM - len);
        if (got < 0)
            return sl_fail_errno(err, _("cannot read the passphrase from %s"), whence);
        if (got == 0)
            break;
        len += (size_t)got;
        if (one_line && to[len - 1] == '\n')
            break;
    }
    *ret = len;
    return SL_OK;
}

static sl_rc from_file(const struct sl_os *os, const char *path, struct sl_secret **ret,
                       struct sl_err *err)
{
    SL_AUTO_FREE(secret) *raw = NULL;
    char plain[256], whence[300];
    size_t len = 0;

    (void)sl_plain((struct sl_view){ (const uint8_t *)path, strlen(path) }, plain, sizeof plain);
    (void)snprintf(whence, sizeof whence, "'%s'", plain);
    SL_AUTO_FD file = { .os = os, .fd = os->open(os->self, SL_OS_CWD, path, O_RDONLY, 0, 0) };
    if (file.fd < 0)
        return sl_fail_errno(err, _("cannot open passphrase file %s"), whence);
    SL_TRY(sl_secret_blank(ROOM, &raw, err));
    SL_TRY(read_into(os, file.fd, false, raw, &len, whence, err));
    return take_line(raw, len, whence, ret, err);
}

static sl_rc from_fd(const struct sl_os *os, int fd, struct sl_secret **ret, struct sl_err *err)
{
    SL_AUTO_FREE(secret) *raw = NULL;
    char whence[64];
    size_t len = 0;

    (void)snprintf(whence, sizeof whence, _("descriptor %d"), fd);
    SL_TRY(sl_secret_blank(ROOM, &raw, err));
    SL_TRY(read_into(os, fd, true, raw, &len, whence, err));
    return take_line(raw, len, whence, ret, err);
}

static sl_rc from_command(const struct sl_os *os, const char *command, struct sl_secret **ret,
                          struct sl_err *err)
{
    const char *const argv[] = { "sh", "-c", command, NULL };
    SL_AUTO_FREE(secret) *raw = NULL;

    SL_TRY(sl_secret_blank(ROOM, &raw, err));
    /* A buffer that is already as large as it may become is never moved: it stays in `raw`. */
    struct sl_buf out = { .at = sl_secret_fill(raw), .cap = ROOM, .limit = ROOM };
    int status = os->run(os->self, argv, &out);
    if (status < 0 && out.len == 0)
        return sl_fail_errno(err, _("cannot run the passphrase command"));
    if (status < 0)
        return sl_fail(err, SL_E_USAGE,
                       _("the passphrase command printed more than one line of %u bytes"),
                       SL_AGE_PASSPHRASE_MAX);
    if (status > 0)
        return sl_fail(err, SL_E_SYSTEM, _("the passphrase command failed: exit status %d"),
                       status);
    return take_line(raw, out.len, _("what the passphrase command printed"), ret, err);
}

static sl_rc ask_once(const struct sl_os *os, const char *prompt, struct sl_secret **ret,
                      struct sl_err *err)
{
    SL_AUTO_FREE(secret) *raw = NULL;
    char shown[300];

    SL_TRY(sl_secret_blank(ROOM, &raw, err));
    (void)snprintf(shown, sizeof shown, "%s: ", prompt);
    ssize_t len = os->ask(os->self, shown, sl_secret_fill(raw), SL_AGE_PASSPHRASE_MAX);
    if (len < 0 && errno == EINTR)
        return sl_fail(err, SL_E_CANCELLED, _("interrupted"));
    if (len < 0 && errno == EMSGSIZE)
        return sl_fail(err, SL_E_USAGE, _("the passphrase is over %u bytes long"),
                       SL_AGE_PASSPHRASE_MAX);
    if (len < 0)
        return sl_fail(err, SL_E_USAGE,
                       _("a passphrase is needed, and there is no terminal to ask at\n"
                         "  name one of: --passphrase-file, --passphrase-fd, "
                         "--passphrase-command"));
    return take_line(raw, (size_t)len, _("nothing was typed"), ret, err);
}

static sl_rc ask_twice(const struct sl_os *os, const char *prompt, struct sl_secret **ret,
                       struct sl_err *err)
{
    char again[300];

    (void)snprintf(again, sizeof again, _("%s, once more"), prompt);
    for (unsigned i = 0; i < SL_PASSPHRASE_TRIES; i++) {
        SL_AUTO_FREE(secret) *first = NULL;
        SL_AUTO_FREE(secret) *second = NULL;
        char retry[300];

        (void)snprintf(retry, sizeof retry, _("the two differ; %s"), prompt);
        SL_TRY(ask_once(os, i == 0 ? prompt : retry, &first, err));
        SL_TRY(ask_once(os, again, &second, err));
        if (sl_secret_same(first, second)) {
            *ret = SL_TAKE(first);
            return SL_OK;
        }
    }
    return sl_fail(err, SL_E_USAGE, _("the passphrases typed differ, %u times"),
                   SL_PASSPHRASE_TRIES);
}

sl_rc sl_passphrase_read(const struct sl_os *os, const struct sl_passphrase_from *from,
                         const char *prompt, bool twice, struct sl_secret **ret, struct sl_err *err)
{
    if (from->file != NULL)
        return from_file(os, from->file, ret, err);
    if (from->fd >= 0)
        return from_fd(os, from->fd, ret, err);
    if (from->command != NULL)
        return from_command(os, from->command, ret, err);
    return twice ? ask_twice(os, prompt, ret, err) : ask_once(os, prompt, ret, err);
}
