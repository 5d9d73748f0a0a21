/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The verbs, as verbs.c lists them: a page of help and what is run. One file each.
 */
#pragma once

#include "cli/cli.h"

#define SL_CLI_VERB(name)                                                                          \
    const char *sl_cli_##name##_page(void);                                                        \
    sl_rc sl_cli_##name(struct sl_cli *c, int argc, char **argv, struct sl_err *err)

SL_CLI_VERB(rehearse);
SL_CLI_VERB(init);
SL_CLI_VERB(home);
SL_CLI_VERB(offload);
SL_CLI_VERB(send);
SL_CLI_VERB(ls);
SL_CLI_VERB(restore);
SL_CLI_VERB(status);
SL_CLI_VERB(seal);
SL_CLI_VERB(unseal);
SL_CLI_VERB(help);
SL_CLI_VERB(version);

/* ---- shared by verbs ---- */

struct sl_cli_age { /* one of the two */
    const struct sl_seal *seal;
    const struct sl_unseal *unseal;
};
sl_rc sl_cli_age_run(struct sl_cli *c, const char *verb, const char *out,
                     const struct sl_cli_age *job, struct sl_err *err);

/* Whether a keeper did anything but answer rightly; say so on standard error (nothing where it
 * did); all reports as an array "keepers". */
bool sl_cli_keeper_troubled(const struct sl_keeper_report *k);
void sl_cli_keeper_warn(struct sl_cli_out *o, const struct sl_keeper_report *k);
void sl_cli_keepers_json(struct sl_json_pen *p, const struct sl_keeper_report *k, unsigned count);

/* The page of `verb`, or the list of verbs where it is NULL; SL_E_USAGE where there is none. */
sl_rc sl_cli_show_page(struct sl_cli *c, const char *verb, struct sl_err *err);
sl_rc sl_cli_show_version(struct sl_cli *c);

/* Made when the program is built (build.c.in): commit, compiler, libraries; where translations
 * are installed. */
extern const char sl_cli_build_text[];
extern const char sl_cli_locale_dir[];
