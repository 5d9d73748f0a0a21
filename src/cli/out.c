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
#define BAR_EVERY_MS 100u
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
    if (len >= 0)
        sl_cli_raw(o, (struct sl_view){ (const uint8_t *)text, (size_t)len });
    else if (o->broken.rc == SL_OK)
        (void)sl_fail(&o->broken, SL_E_SYSTEM, _("out of memory"));
    if (len >= 0)
        free(text);
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

/* ---- talk ---- */

/* A message nobody can read is not worth failing for: standard error may be closed. */
static void to_stderr(struct sl_cli_out *o, const char *text, size_t len)
{
    (void)sl_os_write_all(o->os, 2, text, len);
}

static void say_json(struct sl_cli_out *o, const char *level, const char *text)
{
    SL_AUTO_CLEAR(buf) line = sl_buf_upto(WAITING_MAX);
    struct sl_err err = { 0 };
    struct sl_json_pen pen = sl_json_to(&line, &err);

    sl_json_object(&pen, NULL);
    sl_json_word(&pen, "say", level);
    sl_cli_pen_say(&pen, "text", text);
    sl_json_end(&pen);
    if (sl_json_finish(&pen) == SL_OK)
        to_stderr(o, (const char *)line.at, line.len);
}

static void say_text(struct sl_cli_out *o, const char *before, const char *text, const char *after)
{
    char *line = NULL;

    sl_cli_bar_off(o);
    int len = asprintf(&line, "%ssafelight: %s%s\n", before, text, after);
    if (len < 0)
        return;
    to_stderr(o, line, (size_t)len);
    free(line);
}

void sl_cli_say(struct sl_cli_out *o, enum sl_level level, const char *text)
{
    static const char *const word[] = { "detail", "info", "warning" };
    bool strong = o->bold && level == SL_SAY_WARNING;

    if ((level == SL_SAY_DETAIL && !o->verbose) || (level != SL_SAY_WARNING && o->quiet))
        return;
    if (o->progress == SL_CLI_PROGRESS_JSON)
        say_json(o, word[level], text);
    else
        say_text(o, strong ? "\033[33m" : "", text, strong ? "\033[0m" : "");
}

void sl_cli_warn(struct sl_cli_out *o, const char *fmt, ...)
{
    char text[1024];
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    sl_cli_say(o, SL_SAY_WARNING, text);
}

void sl_cli_say_error(struct sl_cli_out *o, const struct sl_err *err)
{
    if (o->progress == SL_CLI_PROGRESS_JSON)
        say_json(o, "error", err->text);
    else
        say_text(o, o->bold ? "\033[31m" : "", err->text, o->bold ? "\033[0m" : "");
}

void sl_cli_bar_off(struct sl_cli_out *o)
{
    char blank[SL_CLI_BAR_MAX + 2];
    size_t width = o->columns > 1 ? o->columns - 1 : 0;

    if (!o->bar.shown)
        return;
    width = width < SL_CLI_BAR_MAX ? width : SL_CLI_BAR_MAX;
    memset(blank, ' ', sizeof blank);
    blank[0] = blank[width + 1] = '\r';
    to_stderr(o, blank, width + 2);
    o->bar.shown = false;
}

static void draw_bar(struct sl_cli_out *o, const struct sl_progress *p, uint64_t now)
{
    char text[SL_CLI_BAR_MAX], line[SL_CLI_BAR_MAX + 2];
    unsigned columns = o->columns > 1 ? o->columns - 1 : 1;

    columns = columns < SL_CLI_BAR_MAX - 1 ? columns : SL_CLI_BAR_MAX - 1;
    sl_cli_bar_text(&o->bar, p, now, columns, text);
    int len = snprintf(line, sizeof line, "\r%-*s", (int)columns, text);
    to_stderr(o, line, (size_t)len);
    o->bar.shown = true;
}

void sl_cli_say_progress(struct sl_cli_out *o, const struct sl_progress *p)
{
    SL_AUTO_CLEAR(buf) line = sl_buf_upto(WAITING_MAX);
    uint64_t now = o->os->monotonic_ns(o->os->self);
    bool bar = o->progress == SL_CLI_PROGRESS_BAR ||
               (o->progress == SL_CLI_PROGRESS_AUTO && o->terminal && !o->quiet);

    if ((!bar && o->progress != SL_CLI_PROGRESS_JSON) ||
        !sl_cli_bar_due(&o->bar, p, now, BAR_EVERY_MS))
        return;
    if (bar)
        draw_bar(o, p, now);
    else if (sl_cli_bar_json(p, &line, NULL) == SL_OK)
        to_stderr(o, (const char *)line.at, line.len);
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
