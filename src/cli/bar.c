/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The line that moves. See bar.h. Plain ASCII, no escape codes: it is overwritten after a carriage
 * return, which every terminal knows.
 */
#include "cli/bar.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/say.h"
#include "json/json.h"

#define NS_PER_S   UINT64_C(1000000000)
#define NS_PER_MS  UINT64_C(1000000)
#define BAR_STEPS  20u
#define BAR_BESIDE 70u /* a terminal narrower than this gets no drawn bar, only numbers */

struct sl_cli_size sl_cli_size(uint64_t bytes)
{
    static const char *const unit[] = { "kB", "MB", "GB", "TB", "PB", "EB" };
    struct sl_cli_size s;
    uint64_t tenths = bytes / 100; /* of a kB, and so on */
    size_t u = 0;

    if (bytes < 1000) {
        (void)snprintf(s.text, sizeof s.text, "%" PRIu64 " B", bytes);
        return s;
    }
    for (; tenths >= 10000 && u + 1 < sizeof unit / sizeof *unit; u++)
        tenths /= 1000;
    (void)snprintf(s.text, sizeof s.text, "%" PRIu64 ".%" PRIu64 " %s", tenths / 10, tenths % 10,
                   unit[u]);
    return s;
}

struct sl_cli_size sl_cli_span(uint64_t seconds)
{
    struct sl_cli_size s;
    uint64_t hours = seconds / 3600, minutes = seconds / 60 % 60;

    if (hours > 999)
        (void)snprintf(s.text, sizeof s.text, "%s", _("long"));
    else if (hours > 0)
        (void)snprintf(s.text, sizeof s.text, "%" PRIu64 ":%02" PRIu64 ":%02" PRIu64, hours,
                       minutes, seconds % 60);
    else
        (void)snprintf(s.text, sizeof s.text, "%" PRIu64 ":%02" PRIu64, minutes, seconds % 60);
    return s;
}

struct sl_cli_size sl_cli_date(int64_t seconds)
{
    struct sl_cli_size s = { "-" };
    time_t t = (time_t)seconds;
    struct tm tm;

    if (localtime_r(&t, &tm) == NULL || strftime(s.text, sizeof s.text, "%Y-%m-%d %H:%M", &tm) == 0)
        memcpy(s.text, "?", 2);
    return s;
}

static bool finished(const struct sl_progress *p)
{
    return p->all_bytes > 0 && p->done_bytes >= p->all_bytes;
}

bool sl_cli_bar_due(struct sl_cli_bar *b, const struct sl_progress *p, uint64_t now_ns,
                    unsigned every_ms)
{
    const char *task = p->task == NULL ? "" : p->task;

    if (!b->begun || strncmp(b->task, task, sizeof b->task - 1) != 0) {
        b->begun = true;
        b->begin_ns = now_ns;
        b->next_ns = now_ns;
        (void)snprintf(b->task, sizeof b->task, "%s", task);
    }
    if (now_ns < b->next_ns && !finished(p))
        return false;
    b->next_ns = now_ns + every_ms * NS_PER_MS;
    return true;
}

static void draw(uint64_t done, uint64_t all, char ret[BAR_STEPS + 1])
{
    unsigned full = (unsigned)((double)done / (double)all * BAR_STEPS);

    for (unsigned i = 0; i < BAR_STEPS; i++)
        ret[i] = i < full ? '#' : '.';
    ret[BAR_STEPS] = '\0';
}

/* Append to a text of fixed room; what does not fit is left away whole. */
SL_PRINTF(3, 4)
static void add(char *text, unsigned columns, const char *fmt, ...)
{
    char more[96];
    va_list ap;
    size_t used = strlen(text);

    va_start(ap, fmt);
    (void)vsnprintf(more, sizeof more, fmt, ap);
    va_end(ap);
    if (used + strlen(more) <= columns)
        memcpy(text + used, more, strlen(more) + 1);
}

void sl_cli_bar_text(const struct sl_cli_bar *b, const struct sl_progress *p, uint64_t now_ns,
                     unsigned columns, char ret[SL_CLI_BAR_MAX])
{
    uint64_t done = p->all_bytes > 0 && p->done_bytes > p->all_bytes ? p->all_bytes : p->done_bytes;
    uint64_t ns = now_ns > b->begin_ns ? now_ns - b->begin_ns : 1;
    double rate = (double)done * (double)NS_PER_S / (double)ns;
    char drawn[BAR_STEPS + 1];

    ret[0] = '\0';
    columns = columns < SL_CLI_BAR_MAX - 1 ? columns : SL_CLI_BAR_MAX - 1;
    add(ret, columns, "%s", b->task);
    if (p->all_bytes > 0 && columns >= BAR_BESIDE) {
        draw(done, p->all_bytes, drawn);
        add(ret, columns, " [%s]", drawn);
    }
    if (p->all_bytes > 0)
        add(ret, columns, " %3u%%", (unsigned)((double)done / (double)p->all_bytes * 100.0));
    add(ret, columns, "  %s", sl_cli_size(done).text);
    if (p->all_bytes > 0)
        add(ret, columns, _(" of %s"), sl_cli_size(p->all_bytes).text);
    if (ns > NS_PER_S / 2)
        add(ret, columns, "  %s/s", sl_cli_size((uint64_t)rate).text);
    if (ns > NS_PER_S && p->all_bytes > done && rate >= 1.0)
        add(ret, columns, _("  %s left"),
            sl_cli_span((uint64_t)((double)(p->all_bytes - done) / rate)).text);
}

sl_rc sl_cli_bar_json(const struct sl_progress *p, struct sl_buf *out, struct sl_err *err)
{
    struct sl_json_pen pen = sl_json_to(out, err);

    sl_json_object(&pen, NULL);
    sl_json_word(&pen, "task", p->task == NULL ? "" : p->task);
    sl_json_u64(&pen, "done_bytes", p->done_bytes);
    sl_json_u64(&pen, "all_bytes", p->all_bytes);
    sl_json_u64(&pen, "done_files", p->done_files);
    sl_json_u64(&pen, "all_files", p->all_files);
    if (p->name != NULL)
        sl_json_name(&pen, "name", "name64",
                     (struct sl_view){ (const uint8_t *)p->name, strlen(p->name) });
    sl_json_end(&pen);
    return sl_json_finish(&pen);
}
