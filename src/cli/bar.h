/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How far a journey is, in one line or one JSON object; and sizes and times as people read them.
 * Pure: text in, text out. Used by out.c.
 */
#pragma once

#include <safelight.h>

#include "base/bytes.h"

#define SL_CLI_BAR_MAX 256u /* bytes of a bar, NUL included */

struct sl_cli_bar {
    bool begun;
    bool shown;        /* a bar stands on the screen */
    uint64_t begin_ns; /* when this task began, by the monotonic clock */
    uint64_t next_ns;  /* not drawn again before */
    char task[32];     /* a change of task begins anew */
};

/* Whether to draw now: the first time, the last, and at most every `every_ms` between. */
bool sl_cli_bar_due(struct sl_cli_bar *b, const struct sl_progress *p, uint64_t now_ns,
                    unsigned every_ms);

/* "offload [#####.....]  50%  1.2 GB of 2.4 GB  85.0 MB/s  0:14 left", at most `columns` long. */
void sl_cli_bar_text(const struct sl_cli_bar *b, const struct sl_progress *p, uint64_t now_ns,
                     unsigned columns, char ret[SL_CLI_BAR_MAX]);
/* Append one JSON line. */
sl_rc sl_cli_bar_json(const struct sl_progress *p, struct sl_buf *out, struct sl_err *err);

/* "0 B", "999 B", "1.2 kB", "34.5 GB": powers of 1000, as on the box of a disk. */
struct sl_cli_size {
    char text[24];
};
struct sl_cli_size sl_cli_size(uint64_t bytes);
/* "0:07", "12:34", "3:02:01"; what is longer than 999 hours is "long". */
struct sl_cli_size sl_cli_span(uint64_t seconds);
/* "2026-11-22 17:05" of Unix time, as this machine's clock on the wall shows it. */
struct sl_cli_size sl_cli_date(int64_t seconds);
