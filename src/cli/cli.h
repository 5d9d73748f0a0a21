/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One run of the command: what every verb is given, the table of verbs, and how words are read.
 * A verb is one file, cmd_<verb>.c, and one row in verbs.c; it reads its words, calls the public
 * face, fills struct sl_cli_out and returns.
 */
#pragma once

#include <getopt.h>
#include <safelight.h>

#include "base/limits.h"
#include "base/own.h"
#include "cli/out.h"

struct sl_cli {
    struct sl *sl;
    struct sl_cli_out out;
    struct sl_home_at at;               /* --home and its kin */
    struct sl_passphrase_from env_from; /* from the environment; the words come first */
    const char *tmp;                    /* $TMPDIR, NULL where it is not set */
    char home[SL_PATH_MAX + 1];
};

struct sl_cli_verb {
    const char *name;
    const char *(*page)(void); /* --help, translated; the first line is the summary */
    sl_rc (*run)(struct sl_cli *c, int argc, char **argv, struct sl_err *err);
};

/* The verb of that name; NULL when there is none. Rows in the order of `safelight help`. */
const struct sl_cli_verb *sl_cli_verb_of(const char *name);
const struct sl_cli_verb *sl_cli_verb_at(size_t index); /* NULL past the end */

/* ---- reading words ---- */

#define SL_CLI_OPTIONS_MAX 24u
#define SL_CLI_FD_MAX      1048576u /* descriptors that options may name */
enum { /* what sl_cli_next() gives besides a verb's own letters and numbers (256 and above) */
       SL_CLI_END = 0,
};

struct sl_cli_args {
    int argc;
    char **argv;
    const struct option *own; /* ended by a row of zeroes; `val` is the letter, or 256 and above */
    const char *letters;      /* own short options as getopt(3) wants them: "r:ao:" */
    bool stop;                /* at the first word that is no option */
    bool begun;
};

/* The next option of the verb's own into *key, SL_CLI_END after the last. Options that every verb
 * takes are read on the way. The argument is in `optarg`; what is no option stands from `optind`
 * on afterwards. SL_E_USAGE names what is wrong. */
sl_rc sl_cli_next(struct sl_cli *c, struct sl_cli_args *a, int *key, struct sl_err *err);

/* Take the words that are no options: at least `least`, at most `most`, into ret[]; the rest of
 * ret stays as it was. `names` says what they are, for the error ("CARD"). */
sl_rc sl_cli_words(const struct sl_cli_args *a, unsigned least, unsigned most, const char *names,
                   const char **ret, struct sl_err *err);

/* The first word that is no option, as one of `names` ("new", "accept", ..., NULL at the end), is
 * taken: its index into *ret, and the words behind it are left for sl_cli_words(). */
sl_rc sl_cli_which(const struct sl_cli_args *a, const char *const *names, unsigned *ret,
                   struct sl_err *err);
/* SL_E_USAGE where `given` and not `fits`: "--name does not go with 'accept'". */
sl_rc sl_cli_fits(bool given, bool fits, const char *option, const char *with, struct sl_err *err);

/* A decimal number in [0, most]; nothing but digits. `what` is the option's name. */
sl_rc sl_cli_number(const char *text, unsigned most, const char *what, unsigned *ret,
                    struct sl_err *err);

/* Words of an option that may be given several times. */
struct sl_cli_list {
    const char **at;
    size_t count;
};
sl_rc sl_cli_list_new(int argc, struct sl_cli_list *ret, struct sl_err *err); /* room for argc */
void sl_cli_list_add(struct sl_cli_list *l, const char *word);
void sl_cli_list_clear(struct sl_cli_list *l);

/* Options that name the passphrase of something new: the rows stand in the verb's own table, every
 * key is handed to sl_cli_take_new(). Begins as SL_CLI_NEW. */
enum { SL_CLI_NEW_FILE = 900, SL_CLI_NEW_FD, SL_CLI_NEW_COMMAND, SL_CLI_NEW_NONE };
#define SL_CLI_NEW_ROWS                                                                            \
    { "new-passphrase-file", required_argument, NULL, SL_CLI_NEW_FILE },                           \
        { "new-passphrase-fd", required_argument, NULL, SL_CLI_NEW_FD },                           \
        { "new-passphrase-command", required_argument, NULL, SL_CLI_NEW_COMMAND },                 \
    {                                                                                              \
        "new-no-passphrase", no_argument, NULL, SL_CLI_NEW_NONE                                    \
    }
struct sl_cli_new {
    struct sl_passphrase_from from;
    bool none;
};
#define SL_CLI_NEW ((struct sl_cli_new){ .from.fd = -1 })
/* SL_E_USAGE for a wrong number, and where a passphrase is named and refused at once. */
sl_rc sl_cli_take_new(struct sl_cli_new *n, int key, struct sl_err *err);

/* A word from the command line as it may stand in a message. */
struct sl_cli_shown {
    char text[300];
};
struct sl_cli_shown sl_cli_show(const char *word);
