/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Standard output and standard error. See out.h. Both are written through the seam, so a full
 * disk behind standard output is noticed and told by the exit code.
 */
#include "cli/out.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/say.h"

#define WAITING_MAX  (4u << 20) /* flushed long before */
#define FLUSH_AT     (64u << 10)
#define COLUMNS_ELSE 80u

void sl_cli_out_init(struct sl_cli_out *o, const struct sl_os *os, bool colour)
{
    struct winsize size = { 0 };

    *o = (struct sl_cli_out){ .os = os, .columns = COLUMNS_ELSE };
    o->waiting = sl_buf_upto(WAITING_MAX);
    o->terminal = isatty(2) == 1;
    o->bold = o->terminal && colour;
    if (ioctl(2, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        o->columns = size.ws_col;
}

void sl_cli_out_clear(struct sl_cli_out *o)
{
    sl_buf_clear(&o->waiting);
}

/* ---- results ---- */

sl_rc sl_cli_flush(struct sl_cli_out *o, struct sl_err *err)
{
    size_t len = o->waiting.len;

    o->waiting.len = 0;
    if (o->broken.rc == SL_OK && len > 0 && sl_os_write_all(o->os, 1, o->waiting.at, len) != 0)
        (void)sl_fail_errno(&o->broken, _("cannot write to standard output"));
    if (o->broken.rc != SL_OK && err != NULL)
        *err = o->broken;
    return o->broken.rc;
}

void sl_cli_raw(struct sl_cli_out *o, struct sl_view bytes)
{
    struct sl_err err = { 0 };

    if (sl_buf_put(&o->waiting, bytes, &err) != SL_OK && o->broken.rc == SL_OK)
        o->broken = err;
    (void)sl_cli_drain(o, NULL);
}

sl_rc sl_cli_drain(struct sl_cli_out *o, struct sl_err *err)
{
    if (o->begun && o->pen.rc != SL_OK) {
        if (err != NULL)
            *err = o->pen_err;
        return o->pen.rc;
    }
    if (o->waiting.len >= FLUSH_AT || o->broken.rc != SL_OK)
        return sl_cli_flush(o, err);
    return SL_OK;
}

void sl_cli_print(struct sl_cli_out *o, const char *fmt, ...)
{
    char *text = NULL;
    va_list ap;

    if (o->json)
        return;
    va_start(ap, fmt);
    int len = vasprintf(&text, fmt, ap);
    va_end(ap);
    if (len >= 0 && o->taken)
        sl_cli_to_stderr(o, text, (size_t)len);
    else if (len >= 0)
        sl_cli_raw(o, (struct sl_view){ (const uint8_t *)text, (size_t)len });
    else if (o->broken.rc == SL_OK)
        (void)sl_fail(&o->broken, SL_E_SYSTEM, _("out of memory"));
    if (len >= 0)
        free(text);
}

sl_rc sl_cli_take_stdout(struct sl_cli_out *o, const char *out, struct sl_err *err)
{
    if (out == NULL || strcmp(out, "-") != 0)
        return SL_OK;
    if (o->json)
        return sl_fail(err, SL_E_USAGE,
                       _("--json and the file itself cannot both go to standard output\n"
                         "  name a file to write"));
    o->taken = true;
    return SL_OK;
}

struct sl_json_pen *sl_cli_pen(struct sl_cli_out *o, const char *verb)
{
    if (!o->json)
        return NULL;
    if (!o->begun) {
        o->begun = true;
        o->pen = sl_json_to(&o->waiting, &o->pen_err);
        sl_json_object(&o->pen, NULL);
        sl_json_word(&o->pen, "verb", verb);
    }
    return &o->pen;
}

void sl_cli_pen_say(struct sl_json_pen *p, const char *key, const char *sentence)
{
    size_t len = strlen(sentence), back = 0;
    const uint8_t *at = (const uint8_t *)sentence;

    /* Find the last character's first byte; drop what wants more bytes than there are. */
    while (back < len && back < 4 && at[len - back - 1] >> 6 == 2)
        back++;
    if (back < len && back < 4) {
        uint8_t first = at[len - back - 1];
        size_t wants = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
        if (wants != back)
            len -= back + 1;
    }
    sl_json_text(p, key, (struct sl_view){ at, len });
}

void sl_cli_pen_name(struct sl_json_pen *p, const char *key, const char *key64, const char *name)
{
    sl_json_name(p, key, key64, (struct sl_view){ (const uint8_t *)name, strlen(name) });
}

void sl_cli_pen_close(struct sl_cli_out *o, sl_rc rc, const struct sl_err *err)
{
    if (!o->begun)
        return;
    sl_json_i64(&o->pen, "exit", sl_cli_exit_code(rc));
    sl_json_word(&o->pen, "code", sl_cli_code_word(rc));
    if (rc != SL_OK && err->text[0] != '\0')
        sl_cli_pen_say(&o->pen, "error", err->text);
    sl_json_end(&o->pen);
    if (sl_json_finish(&o->pen) != SL_OK && o->broken.rc == SL_OK)
        o->broken = o->pen_err;
}

/* ---- the outcome ---- */

static const struct {
    int exit;
    const char *word;
} OUTCOME[] = {
    [SL_OK] = { 0, "ok" },
    [SL_E_SYSTEM] = { 1, "failed" },
    [SL_E_USAGE] = { 2, "usage" },
    [SL_E_MISSING] = { 3, "missing" },
    [SL_E_BROKEN] = { 4, "broken" },
    [SL_E_REFUSED] = { 5, "refused" },
    [SL_E_RETRY] = { 6, "retry" },
    [SL_E_UNSAFE] = { 7, "unsafe" },
    [SL_E_CANCELLED] = { 130, "cancelled" },
};

int sl_cli_exit_code(sl_rc rc)
{
    return OUTCOME[rc].exit;
}

const char *sl_cli_code_word(sl_rc rc)
{
    return OUTCOME[rc].word;
}
