/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * safelight help: the list of verbs, or one verb's page; and safelight version.
 */
#include <string.h>

#include "base/say.h"
#include "cli/cmd.h"

const char *sl_cli_help_page(void)
{
    return _("say what there is, or how a verb is used\n"
             "\n"
             "usage: safelight help [VERB]\n");
}

const char *sl_cli_version_page(void)
{
    return _("say which version this is, and how it was built\n"
             "\n"
             "usage: safelight version\n");
}

static const char *common_page(void)
{
    return _("options of every verb:\n"
             "      --home DIR                 where productions and keys live\n"
             "                                 (else $SAFELIGHT_HOME, else XDG data folder)\n"
             "      --production NAME          which one, when the home knows several\n"
             "      --passphrase-file FILE     the passphrase is the one line of FILE\n"
             "      --passphrase-fd N          ... the next line of descriptor N\n"
             "      --passphrase-command CMD   ... the one line that CMD prints\n"
             "      --low-memory               stay below 64 MiB (need + keepers up to 12)\n"
             "      --json                     results as one JSON object\n"
             "      --progress bar|json|none   how progress is told on standard error\n"
             "  -q, --quiet                    only warnings and errors\n"
             "  -v, --verbose                  details too\n"
             "  -h, --help                     this page, or that of the verb\n"
             "      --version                  program, formats, build\n");
}

static void list_verbs(struct sl_cli *c)
{
    sl_cli_print(&c->out, "%s",
                 _("safelight keeps a film out of reach of a raid\n"
                   "\n"
                   "usage: safelight [OPTION]... VERB [WORD]...\n"
                   "\n"
                   "verbs:\n"));
    for (size_t i = 0; sl_cli_verb_at(i) != NULL; i++) {
        const struct sl_cli_verb *v = sl_cli_verb_at(i);
        const char *page = v->page();
        sl_cli_print(&c->out, "  %-11s %.*s\n", v->name, (int)strcspn(page, "\n"), page);
    }
    sl_cli_print(&c->out, "\n%s\n%s", common_page(),
                 _("`safelight VERB --help` tells a verb's own options, `man safelight-VERB` all.\n"
                   "exit: 0 done, 1 failed, 2 usage, 3 not found, 4 damaged, 5 refused, 6 try\n"
                   "again, 7 done but not yet safe, 130 interrupted\n"));
}

sl_rc sl_cli_show_page(struct sl_cli *c, const char *verb, struct sl_err *err)
{
    c->out.json = false; /* a page is for people */
    if (verb == NULL) {
        list_verbs(c);
        return SL_OK;
    }
    const struct sl_cli_verb *v = sl_cli_verb_of(verb);
    if (v == NULL)
        return sl_fail(err, SL_E_USAGE, _("no verb '%s'\n  see: safelight help"),
                       sl_cli_show(verb).text);
    sl_cli_print(&c->out, "safelight %s: %s\n%s", verb, v->page(),
                 _("Options of every verb, such as --home, --passphrase-file and --json, are\n"
                   "listed by: safelight help\n"));
    return SL_OK;
}

sl_rc sl_cli_show_version(struct sl_cli *c)
{
    struct sl_json_pen *pen = sl_cli_pen(&c->out, "version");

    sl_cli_print(&c->out, _("safelight %s\nformats: %s\nbuild: %s\n"), SL_VERSION_TEXT,
                 SL_FORMAT_TEXT, sl_cli_build_text);
    if (pen != NULL) {
        sl_json_word(pen, "version", SL_VERSION_TEXT);
        sl_json_word(pen, "formats", SL_FORMAT_TEXT);
        sl_json_word(pen, "build", sl_cli_build_text);
    }
    return SL_OK;
}

sl_rc sl_cli_help(struct sl_cli *c, int argc, char **argv, struct sl_err *err)
{
    struct sl_cli_args a = { .argc = argc, .argv = argv };
    const char *verb = NULL;
    int key = SL_CLI_END;

    SL_TRY(sl_cli_next(c, &a, &key, err));
    SL_TRY(sl_cli_words(&a, 0, 1, "[VERB]", &verb, err));
    return sl_cli_show_page(c, verb, err);
}

sl_rc sl_cli_version(struct sl_cli *c, int argc, char **argv, struct sl_err *err)
{
    struct sl_cli_args a = { .argc = argc, .argv = argv };
    int key = SL_CLI_END;

    SL_TRY(sl_cli_next(c, &a, &key, err));
    SL_TRY(sl_cli_words(&a, 0, 0, "", NULL, err));
    return sl_cli_show_version(c);
}
