/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Standard error: messages, errors, questions and the line that moves. See out.h.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/out.h"

#define LINE_MAX_BYTES (4u << 20) /* of JSON, for one message */
#define BAR_EVERY_MS   100u

/* A message nobody can read is not worth failing for: standard error may be closed. */
void sl_cli_to_stderr(struct sl_cli_out *o, const char *text, size_t len)
{
    (void)sl_os_write_all(o->os, 2, text, len);
}

void sl_cli_tell(struct sl_cli_out *o, const char *fmt, ...)
{
    char *text = NULL;
    va_list ap;

    sl_cli_bar_off(o);
    va_start(ap, fmt);
    int len = vasprintf(&text, fmt, ap);
    va_end(ap);
    if (len < 0)
        return;
    sl_cli_to_stderr(o, text, (size_t)len);
    free(text);
}

static void say_json(struct sl_cli_out *o, const char *level, const char *text)
{
    SL_AUTO_CLEAR(buf) line = sl_buf_upto(LINE_MAX_BYTES);
    struct sl_err err = { 0 };
    struct sl_json_pen pen = sl_json_to(&line, &err);

    sl_json_object(&pen, NULL);
    sl_json_word(&pen, "say", level);
    sl_cli_pen_say(&pen, "text", text);
    sl_json_end(&pen);
    if (sl_json_finish(&pen) == SL_OK)
        sl_cli_to_stderr(o, (const char *)line.at, line.len);
}

static void say_text(struct sl_cli_out *o, const char *before, const char *text, const char *after)
{
    char *line = NULL;

    sl_cli_bar_off(o);
    int len = asprintf(&line, "%ssafelight: %s%s\n", before, text, after);
    if (len < 0)
        return;
    sl_cli_to_stderr(o, line, (size_t)len);
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
    sl_cli_to_stderr(o, blank, width + 2);
    o->bar.shown = false;
}

static void draw_bar(struct sl_cli_out *o, const struct sl_progress *p, uint64_t now)
{
    char text[SL_CLI_BAR_MAX], line[SL_CLI_BAR_MAX + 2];
    unsigned columns = o->columns > 1 ? o->columns - 1 : 1;

    columns = columns < SL_CLI_BAR_MAX - 1 ? columns : SL_CLI_BAR_MAX - 1;
    sl_cli_bar_text(&o->bar, p, now, columns, text);
    int len = snprintf(line, sizeof line, "\r%-*s", (int)columns, text);
    sl_cli_to_stderr(o, line, (size_t)len);
    o->bar.shown = true;
}

void sl_cli_say_progress(struct sl_cli_out *o, const struct sl_progress *p)
{
    SL_AUTO_CLEAR(buf) line = sl_buf_upto(LINE_MAX_BYTES);
    uint64_t now = o->os->monotonic_ns(o->os->self);
    bool bar = o->progress == SL_CLI_PROGRESS_BAR ||
               (o->progress == SL_CLI_PROGRESS_AUTO && o->terminal && !o->quiet);

    if ((!bar && o->progress != SL_CLI_PROGRESS_JSON) ||
        !sl_cli_bar_due(&o->bar, p, now, BAR_EVERY_MS))
        return;
    if (bar)
        draw_bar(o, p, now);
    else if (sl_cli_bar_json(p, &line, NULL) == SL_OK)
        sl_cli_to_stderr(o, (const char *)line.at, line.len);
}
