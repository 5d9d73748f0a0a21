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
SL_CLI_VERB(trustee);
SL_CLI_VERB(init);
SL_CLI_VERB(acks);
SL_CLI_VERB(person);
SL_CLI_VERB(invite);
SL_CLI_VERB(kit);
SL_CLI_VERB(home);
SL_CLI_VERB(offload);
SL_CLI_VERB(send);
SL_CLI_VERB(ls);
SL_CLI_VERB(restore);
SL_CLI_VERB(status);
SL_CLI_VERB(locker);
SL_CLI_VERB(open);
SL_CLI_VERB(requests);
SL_CLI_VERB(approve);
SL_CLI_VERB(refuse);
SL_CLI_VERB(entry);
SL_CLI_VERB(passphrase);
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

/* "trustee" and "person" as one verb. */
sl_rc sl_cli_people(struct sl_cli *c, int argc, char **argv, bool trustee, struct sl_err *err);
/* "approve" and "refuse" as one verb. */
sl_rc sl_cli_answer(struct sl_cli *c, int argc, char **argv, bool yes, struct sl_err *err);

/* One invitation as init and invite show it; then, once, what to do with its words. */
struct sl_cli_invitation {
    const char *alias, *out, *card_words, *words;
    bool trustee;
};
void sl_cli_print_invitation(struct sl_cli_out *o, const struct sl_cli_invitation *i);
void sl_cli_print_compare(struct sl_cli_out *o);
void sl_cli_invitation_json(struct sl_json_pen *p, const struct sl_cli_invitation *i);
/* How many arrests open it, how many block it; nothing where there are no trustees. */
void sl_cli_print_quorum(struct sl_cli_out *o, unsigned quorum, unsigned trustees);

/* A request in plain words, everything in it escaped; the same as fields of an open object. */
struct sl_cli_request_text {
    char text[6144];
};
void sl_cli_request_text(const struct sl_request_line *line, struct sl_cli_request_text *ret);
void sl_cli_request_json(struct sl_json_pen *p, const struct sl_request_line *line);

/* What `entry verify` found; `card` is the word that named a card, or NULL. */
void sl_cli_print_verified(struct sl_cli_out *o, const struct sl_entry_verified *v,
                           const char *card);
void sl_cli_verified_json(struct sl_json_pen *p, const struct sl_entry_verified *v,
                          const char *card);

/* The page of `verb`, or the list of verbs where it is NULL; SL_E_USAGE where there is none. */
sl_rc sl_cli_show_page(struct sl_cli *c, const char *verb, struct sl_err *err);
sl_rc sl_cli_show_version(struct sl_cli *c);

/* Made when the program is built (build.c.in): commit, compiler, libraries; where translations
 * are installed. */
extern const char sl_cli_build_text[];
extern const char sl_cli_locale_dir[];
