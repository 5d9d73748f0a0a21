/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * safelight home: make further homes of a production, for the set and for abroad.
 */
#include <string.h>

#include "base/say.h"
#include "cli/cmd.h"

const char *sl_cli_home_page(void)
{
    return _("make a home for the set, or one for abroad, from this one\n"
             "\n"
             "usage: safelight home on-set --out DIR [--locker NAME]...\n"
             "       safelight home abroad --out DIR\n"
             "\n"
             "A home on set holds recipients, keepers and a signing key of its own: it can\n"
             "only write. A home abroad holds everything this one holds. DIR must not exist,\n"
             "or be empty; carry it where it belongs.\n"
             "\n"
             "      --out DIR                   folder of the new home\n"
             "      --locker NAME               on set: a locker it may write to (else all)\n"
             "      --alias NAME                what the journal calls its author\n"
             "      --new-passphrase-file FILE  passphrase of the new home: one line of FILE\n"
             "      --new-passphrase-fd N       ... the next line of descriptor N\n"
             "      --new-passphrase-command C  ... the one line that C prints\n"
             "      --new-no-passphrase         keep the new home's keys without one\n");
}

enum {
    OPT_OUT = 256,
    OPT_LOCKER,
    OPT_ALIAS,
};

static void take(struct sl_home_make *job, struct sl_cli_list *lockers, int key)
{
    switch (key) {
    case OPT_OUT: job->out = optarg; break;
    case OPT_LOCKER: sl_cli_list_add(lockers, optarg); break;
    case OPT_ALIAS: job->alias = optarg; break;
    default: break;
    }
}

static sl_rc judge(struct sl_home_make *job, const char *kind, struct sl_err *err)
{
    if (strcmp(kind, "on-set") == 0)
        job->kind = SL_HOME_ON_SET;
    else if (strcmp(kind, "abroad") == 0)
        job->kind = SL_HOME_ABROAD;
    else
        return sl_fail(err, SL_E_USAGE, _("a home is for on-set or abroad, not '%s'"),
                       sl_cli_show(kind).text);
    if (job->out == NULL)
        return sl_fail(err, SL_E_USAGE, _("home wants --out DIR: where the new one is made"));
    if (job->kind == SL_HOME_ABROAD && job->locker_count > 0)
        return sl_fail(err, SL_E_USAGE,
                       _("a home abroad holds every locker: --locker is for on-set"));
    return SL_OK;
}

sl_rc sl_cli_home(struct sl_cli *c, int argc, char **argv, struct sl_err *err)
{
    static const struct option own[] = {
        { "out", required_argument, NULL, OPT_OUT },
        { "locker", required_argument, NULL, OPT_LOCKER },
        { "alias", required_argument, NULL, OPT_ALIAS },
        SL_CLI_NEW_ROWS,
        { 0 },
    };
    struct sl_cli_args a = { .argc = argc, .argv = argv, .own = own };
    SL_AUTO_CLEAR(cli_list) lockers = { 0 };
    struct sl_cli_new new = SL_CLI_NEW;
    struct sl_home_make job = { 0 };
    const char *kind = "";
    int key = SL_CLI_END;

    SL_TRY(sl_cli_list_new(argc, &lockers, err));
    do {
        SL_TRY(sl_cli_next(c, &a, &key, err));
        take(&job, &lockers, key);
        SL_TRY(sl_cli_take_new(&new, key, err));
    } while (key != SL_CLI_END);
    SL_TRY(sl_cli_words(&a, 1, 1, "on-set|abroad", &kind, err));
    job.at = c->at;
    job.lockers = lockers.at;
    job.locker_count = lockers.count;
    job.new_from = new.from;
    job.new_no_passphrase = new.none;
    SL_TRY(judge(&job, kind, err));
    SL_TRY(sl_home_make_one(c->sl, &job, err));

    sl_cli_print(&c->out,
                 job.kind == SL_HOME_ON_SET ? _("a home that can only write is in '%s'\n")
                                            : _("a home that can read everything is in '%s'\n"),
                 sl_cli_show(job.out).text);
    struct sl_json_pen *pen = sl_cli_pen(&c->out, "home");
    if (pen != NULL) {
        sl_json_word(pen, "kind", kind);
        sl_cli_pen_name(pen, "out", "out64", job.out);
    }
    return SL_OK;
}
