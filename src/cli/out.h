/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Everything the command says: results to standard output, talk and progress to standard error,
 * one JSON object for machines. The only place of the program that writes to either.
 */
#pragma once

#include <safelight.h>

#include "base/bytes.h"
#include "base/err.h"
#include "base/os.h"
#include "cli/bar.h"
#include "json/json.h"

enum sl_cli_progress {
    SL_CLI_PROGRESS_AUTO,
    SL_CLI_PROGRESS_BAR,
    SL_CLI_PROGRESS_JSON,
    SL_CLI_PROGRESS_NONE
};

struct sl_cli_out {
    const struct sl_os *os;
    bool json;  /* --json: results are one object, and sentences are not printed */
    bool taken; /* standard output is a file of the verb's; sentences go to standard error */
    bool quiet, verbose;
    bool bold;     /* standard error is a terminal that may show colours */
    bool terminal; /* standard error is a terminal */
    enum sl_cli_progress progress;
    unsigned columns; /* of that terminal */
    struct sl_cli_bar bar;
    struct sl_buf waiting; /* for standard output */
    struct sl_json_pen pen;
    struct sl_err pen_err;
    bool begun;           /* the JSON object is open */
    struct sl_err broken; /* the first failure to write to standard output; rc 0: none */
};

/* A fresh one. `colour` is false where NO_COLOR is set. */
void sl_cli_out_init(struct sl_cli_out *o, const struct sl_os *os, bool colour);
void sl_cli_out_clear(struct sl_cli_out *o);

/* ---- results ---- */

/* One piece of text for people; nothing with --json. Names in it are already plain. */
void sl_cli_print(struct sl_cli_out *o, const char *fmt, ...) SL_PRINTF(2, 3);
/* `out` is "-": the verb writes a file to standard output. SL_E_USAGE with --json, which wants it
 * for itself. Nothing for any other `out`, NULL too. */
sl_rc sl_cli_take_stdout(struct sl_cli_out *o, const char *out, struct sl_err *err);
/* Bytes as they are. */
void sl_cli_raw(struct sl_cli_out *o, struct sl_view bytes);
/* Write what waits. SL_E_SYSTEM once standard output has failed; */
sl_rc sl_cli_flush(struct sl_cli_out *o, struct sl_err *err);

/* Write what waits if that is much, between two items of a list: SL_E_SYSTEM once standard output
 * has failed (a reader who left, a full disk: no use going on), or what the pen says. */
sl_rc sl_cli_drain(struct sl_cli_out *o, struct sl_err *err);

/* The pen for this verb's object, open and with "verb" in it; NULL without --json. */
struct sl_json_pen *sl_cli_pen(struct sl_cli_out *o, const char *verb);
/* A sentence as a field: cut at a whole character where it had been cut within one. */
void sl_cli_pen_say(struct sl_json_pen *p, const char *key, const char *sentence);
/* A name that may be any bytes, as sl_json_name() writes it. */
void sl_cli_pen_name(struct sl_json_pen *p, const char *key, const char *key64, const char *name);
/* Close the object with "exit" and, where rc is not SL_OK, "error". */
void sl_cli_pen_close(struct sl_cli_out *o, sl_rc rc, const struct sl_err *err);

/* ---- talk ---- */

/* Bytes, whether somebody can read them or not. */
void sl_cli_to_stderr(struct sl_cli_out *o, const char *text, size_t len);
/* One piece of text that a person needs before they answer: to standard error, always. */
void sl_cli_tell(struct sl_cli_out *o, const char *fmt, ...) SL_PRINTF(2, 3);
void sl_cli_say(struct sl_cli_out *o, enum sl_level level, const char *text);
void sl_cli_warn(struct sl_cli_out *o, const char *fmt, ...) SL_PRINTF(2, 3);
void sl_cli_say_error(struct sl_cli_out *o, const struct sl_err *err);
void sl_cli_say_progress(struct sl_cli_out *o, const struct sl_progress *p);
/* Take the bar off the screen; more talk may follow. */
void sl_cli_bar_off(struct sl_cli_out *o);

/* ---- the outcome ---- */

int sl_cli_exit_code(sl_rc rc);         /* section 6 of the design */
const char *sl_cli_code_word(sl_rc rc); /* "ok", "usage", ...: for machines, never translated */
