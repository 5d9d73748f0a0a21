/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Words of the command line, by getopt_long(3): a verb's own options merged with those that every
 * verb takes, and one way to say what is wrong with them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "cli/cli.h"

enum {
    OPT_JSON = 1000,
    OPT_PROGRESS,
    OPT_HOME,
    OPT_PRODUCTION,
    OPT_PASSPHRASE_FILE,
    OPT_PASSPHRASE_FD,
    OPT_PASSPHRASE_COMMAND,
    OPT_LOW_MEMORY,
};

static const struct option COMMON[] = {
    { "quiet", no_argument, NULL, 'q' },
    { "verbose", no_argument, NULL, 'v' },
    { "json", no_argument, NULL, OPT_JSON },
    { "progress", required_argument, NULL, OPT_PROGRESS },
    { "home", required_argument, NULL, OPT_HOME },
    { "production", required_argument, NULL, OPT_PRODUCTION },
    { "passphrase-file", required_argument, NULL, OPT_PASSPHRASE_FILE },
    { "passphrase-fd", required_argument, NULL, OPT_PASSPHRASE_FD },
    { "passphrase-command", required_argument, NULL, OPT_PASSPHRASE_COMMAND },
    { "low-memory", no_argument, NULL, OPT_LOW_MEMORY },
};
#define COMMON_COUNT (sizeof COMMON / sizeof *COMMON)

struct sl_cli_shown sl_cli_show(const char *word)
{
    struct sl_cli_shown s;
    struct sl_view in = { .at = (const uint8_t *)word, .len = strlen(word) };

    (void)sl_plain(in, s.text, sizeof s.text);
    return s;
}

sl_rc sl_cli_number(const char *text, unsigned most, const char *what, unsigned *ret,
                    struct sl_err *err)
{
    uint64_t value = 0;
    size_t len = strlen(text);

    for (size_t i = 0; i < len && value <= most; i++) {
        if (text[i] < '0' || text[i] > '9')
            len = 0;
        else
            value = value * 10 + (uint64_t)(text[i] - '0');
    }
    if (len == 0 || value > most)
        return sl_fail(err, SL_E_USAGE, _("%s wants a whole number from 0 to %u, not '%s'"), what,
                       most, sl_cli_show(text).text);
    *ret = (unsigned)value;
    return SL_OK;
}

static sl_rc set_progress(struct sl_cli *c, const char *word, struct sl_err *err)
{
    if (strcmp(word, "bar") == 0)
        c->out.progress = SL_CLI_PROGRESS_BAR;
    else if (strcmp(word, "json") == 0)
        c->out.progress = SL_CLI_PROGRESS_JSON;
    else if (strcmp(word, "none") == 0)
        c->out.progress = SL_CLI_PROGRESS_NONE;
    else
        return sl_fail(err, SL_E_USAGE, _("--progress is bar, json or none, not '%s'"),
                       sl_cli_show(word).text);
    return SL_OK;
}

static sl_rc set_home(struct sl_cli *c, const char *path, struct sl_err *err)
{
    if (path[0] == '\0' || strlen(path) > SL_PATH_MAX)
        return sl_fail(err, SL_E_USAGE, _("--home wants a path of 1 to %u bytes"), SL_PATH_MAX);
    (void)snprintf(c->home, sizeof c->home, "%s", path);
    c->at.home = c->home;
    return SL_OK;
}

/* SL_E_MISSING where the key is not one that every verb takes. */
static sl_rc take_common(struct sl_cli *c, int key, struct sl_err *err)
{
    unsigned fd = 0;

    switch (key) {
    case 'q': c->out.quiet = true; return SL_OK;
    case 'v': c->out.verbose = true; return SL_OK;
    case OPT_JSON: c->out.json = true; return SL_OK;
    case OPT_PROGRESS: return set_progress(c, optarg, err);
    case OPT_HOME: return set_home(c, optarg, err);
    case OPT_PRODUCTION: c->at.production = optarg; return SL_OK;
    case OPT_PASSPHRASE_FILE: c->at.from.file = optarg; return SL_OK;
    case OPT_PASSPHRASE_FD:
        SL_TRY(sl_cli_number(optarg, SL_CLI_FD_MAX, "--passphrase-fd", &fd, err));
        c->at.from.fd = (int)fd;
        return SL_OK;
    case OPT_PASSPHRASE_COMMAND: c->at.from.command = optarg; return SL_OK;
    case OPT_LOW_MEMORY: c->at.low_memory = true; return SL_OK;
    default: return SL_E_MISSING;
    }
}

/* `key` is what getopt_long gave: '?' unknown or ambiguous, ':' without its argument. */
static sl_rc bad_option(const struct sl_cli_args *a, int key, struct sl_err *err)
{
    const char *word = optind > 0 && optind <= a->argc ? a->argv[optind - 1] : "";
    char letter[3] = { '-', (char)optopt, '\0' };
    bool is_word = key == ':' || optopt <= 0 || optopt > 255 || strchr(word, '=') != NULL;
    struct sl_cli_shown shown = sl_cli_show(is_word ? word : letter);

    if (key == ':')
        return sl_fail(err, SL_E_USAGE, _("option '%s' wants an argument"), shown.text);
    return sl_fail(err, SL_E_USAGE, _("unknown option '%s'"), shown.text);
}

/* Every word is read: where none named a passphrase, the environment may. */
static void fall_back(struct sl_cli *c)
{
    if (c->at.from.file == NULL && c->at.from.fd < 0 && c->at.from.command == NULL)
        c->at.from = c->env_from;
}

sl_rc sl_cli_next(struct sl_cli *c, struct sl_cli_args *a, int *key, struct sl_err *err)
{
    struct option all[SL_CLI_OPTIONS_MAX + COMMON_COUNT + 1] = { 0 };
    char letters[64];
    size_t own = 0;

    while (a->own != NULL && a->own[own].name != NULL && own < SL_CLI_OPTIONS_MAX) {
        all[own] = a->own[own];
        own++;
    }
    memcpy(all + own, COMMON, sizeof COMMON);
    (void)snprintf(letters, sizeof letters, "%s:qv%s", a->stop ? "+" : "",
                   a->letters == NULL ? "" : a->letters);
    opterr = 0;
    if (!a->begun)
        optind = 0; /* glibc: begin anew, also with its own state */
    a->begun = true;
    for (;;) {
        int got = getopt_long(a->argc, a->argv, letters, all, NULL);
        *key = got < 0 ? SL_CLI_END : got;
        if (got < 0) {
            if (!a->stop)
                fall_back(c);
            return SL_OK;
        }
        if (got == '?' || got == ':')
            return bad_option(a, got, err);
        sl_rc rc = take_common(c, got, err);
        if (rc != SL_OK)
            return rc == SL_E_MISSING ? SL_OK : rc;
    }
}

sl_rc sl_cli_words(const struct sl_cli_args *a, unsigned least, unsigned most, const char *names,
                   const char **ret, struct sl_err *err)
{
    int count = a->argc - optind;

    if (count < (int)least)
        return sl_fail(err, SL_E_USAGE, _("too few words: %s"), names);
    if (count > (int)most)
        return sl_fail(err, SL_E_USAGE, _("one word too many: '%s'"),
                       sl_cli_show(a->argv[optind + (int)most]).text);
    for (int i = 0; i < count; i++)
        ret[i] = a->argv[optind + i];
    return SL_OK;
}

sl_rc sl_cli_which(const struct sl_cli_args *a, const char *const *names, unsigned *ret,
                   struct sl_err *err)
{
    char all[200] = "";
    size_t used = 0;

    for (unsigned i = 0; names[i] != NULL && used < sizeof all; i++) {
        if (optind < a->argc && strcmp(a->argv[optind], names[i]) == 0) {
            optind++;
            *ret = i;
            return SL_OK;
        }
        used +=
            (size_t)snprintf(all + used, sizeof all - used, "%s%s", i > 0 ? ", " : "", names[i]);
    }
    if (optind >= a->argc)
        return sl_fail(err, SL_E_USAGE, _("%s what? one of: %s"), a->argv[0], all);
    return sl_fail(err, SL_E_USAGE, _("'%s' is not one of: %s"), sl_cli_show(a->argv[optind]).text,
                   all);
}

sl_rc sl_cli_fits(bool given, bool fits, const char *option, const char *with, struct sl_err *err)
{
    if (given && !fits)
        return sl_fail(err, SL_E_USAGE, _("%s does not go with '%s'"), option, with);
    return SL_OK;
}

sl_rc sl_cli_take_new(struct sl_cli_new *n, int key, struct sl_err *err)
{
    unsigned fd = 0;

    switch (key) {
    case SL_CLI_NEW_FILE: n->from.file = optarg; break;
    case SL_CLI_NEW_FD:
        SL_TRY(sl_cli_number(optarg, SL_CLI_FD_MAX, "--new-passphrase-fd", &fd, err));
        n->from.fd = (int)fd;
        break;
    case SL_CLI_NEW_COMMAND: n->from.command = optarg; break;
    case SL_CLI_NEW_NONE: n->none = true; break;
    default: return SL_OK;
    }
    if (n->none && (n->from.file != NULL || n->from.fd >= 0 || n->from.command != NULL))
        return sl_fail(err, SL_E_USAGE,
                       _("--new-no-passphrase and a new passphrase: choose one of the two"));
    return SL_OK;
}

sl_rc sl_cli_list_new(int argc, struct sl_cli_list *ret, struct sl_err *err)
{
    const char **at = calloc((size_t)argc + 1, sizeof *at);

    if (at == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    *ret = (struct sl_cli_list){ .at = at };
    return SL_OK;
}

void sl_cli_list_add(struct sl_cli_list *l, const char *word)
{
    l->at[l->count++] = word; /* at most argc words, and there is room for so many */
}

void sl_cli_list_clear(struct sl_cli_list *l)
{
    free(l->at);
    *l = (struct sl_cli_list){ 0 };
}
