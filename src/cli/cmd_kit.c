/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * safelight kit: what lets a capture machine write, and nothing else; and its being taken back.
 */
#include <string.h>

#include "base/say.h"
#include "cli/cmd.h"

const char *sl_cli_kit_page(void)
{
    return _("make what lets a capture machine write, or take it back\n"
             "\n"
             "usage: safelight kit LOCKER... --out FILE [--name NAME]\n"
             "       safelight kit revoke NAME\n"
             "\n"
             "At the maker's. With the kit a machine offloads to these lockers and can neither\n"
             "read, list nor confirm what it has sent. A kit is refused until so many trustees\n"
             "have accepted as open a locker together: before that, footage could be sealed\n"
             "to a key that nobody holds. What the key of a revoked kit opens from then on is\n"
             "shown and not believed.\n"
             "\n"
             "      --out FILE                  where the kit is written; must not exist\n"
             "      --name NAME                 what the journal calls it (else FILE's name)\n"
             "      --before-acceptance         make it all the same, at that risk\n"
             "      --new-passphrase-file FILE  passphrase of the kit: one line of FILE\n"
             "      --new-passphrase-fd N       ... the next line of descriptor N\n"
             "      --new-passphrase-command C  ... the one line that C prints\n"
             "      --new-no-passphrase         keep the kit without one\n");
}

enum { OPT_OUT = 256, OPT_NAME, OPT_BEFORE };

static sl_rc make(struct sl_cli *c, const struct sl_kit_make *job, struct sl_err *err)
{
    struct sl_kit_made made = { 0 };

    SL_TRY(sl_cli_take_stdout(&c->out, job->out, err));
    SL_TRY(sl_kit_make_one(c->sl, job, &made, err));
    struct sl_cli_shown alias = sl_cli_show(made.alias), out = sl_cli_show(job->out);
    sl_cli_print(&c->out, _("kit '%s' is in '%s': it can only write (lockers: %zu)\n"), alias.text,
                 out.text, job->locker_count);
    struct sl_json_pen *pen = sl_cli_pen(&c->out, "kit");
    if (pen == NULL)
        return SL_OK;
    sl_json_word(pen, "what", "make");
    sl_cli_pen_name(pen, "alias", "alias64", made.alias);
    sl_cli_pen_name(pen, "out", "out64", job->out);
    sl_json_u64(pen, "lockers", job->locker_count);
    sl_json_u64(pen, "accepted", made.accepted);
    sl_json_u64(pen, "quorum", made.need);
    sl_json_bool(pen, "opened", made.opened);
    return SL_OK;
}

static sl_rc revoke(struct sl_cli *c, const char *name, struct sl_err *err)
{
    struct sl_kit_revoked r = { 0 };

    SL_TRY(sl_kit_revoke_one(c->sl, &c->at, name, &r, err));
    sl_cli_print(
        &c->out,
        _("kit '%s' is revoked: what its key opens from now on is shown and not believed\n"
          "  what it wrote before stays believed (sessions: %llu, parts of rolls: %llu)\n"),
        sl_cli_show(name).text, (unsigned long long)r.sessions, (unsigned long long)r.parts);
    struct sl_json_pen *pen = sl_cli_pen(&c->out, "kit");
    if (pen == NULL)
        return SL_OK;
    sl_json_word(pen, "what", "revoke");
    sl_cli_pen_name(pen, "alias", "alias64", name);
    sl_json_u64(pen, "sessions", r.sessions);
    sl_json_u64(pen, "parts", r.parts);
    return SL_OK;
}

static sl_rc read_words(struct sl_cli *c, struct sl_cli_args *a, struct sl_kit_make *job,
                        struct sl_err *err)
{
    struct sl_cli_new new = SL_CLI_NEW;
    int key = SL_CLI_END;

    do {
        SL_TRY(sl_cli_next(c, a, &key, err));
        switch (key) {
        case OPT_OUT: job->out = optarg; break;
        case OPT_NAME: job->alias = optarg; break;
        case OPT_BEFORE: job->before_acceptance = true; break;
        default: SL_TRY(sl_cli_take_new(&new, key, err)); break;
        }
    } while (key != SL_CLI_END);
    job->at = c->at;
    job->new_from = new.from;
    job->new_no_passphrase = new.none;
    return SL_OK;
}

sl_rc sl_cli_kit(struct sl_cli *c, int argc, char **argv, struct sl_err *err)
{
    static const struct option own[] = {
        { "out", required_argument, NULL, OPT_OUT },
        { "name", required_argument, NULL, OPT_NAME },
        { "before-acceptance", no_argument, NULL, OPT_BEFORE },
        SL_CLI_NEW_ROWS,
        { 0 },
    };
    struct sl_cli_args a = { .argc = argc, .argv = argv, .own = own };
    SL_AUTO_CLEAR(cli_list) words = { 0 };
    struct sl_kit_make job = { 0 };

    SL_TRY(sl_cli_list_new(argc, &words, err));
    SL_TRY(read_words(c, &a, &job, err));
    SL_TRY(sl_cli_words(&a, 1, (unsigned)argc, "LOCKER...", words.at, err));
    words.count = (size_t)(argc - optind);
    /* A locker may be called "revoke", too: taking a kit back has no --out. */
    if (strcmp(words.at[0], "revoke") == 0 && job.out == NULL) {
        if (words.count != 2)
            return sl_fail(err, SL_E_USAGE, _("kit revoke wants one NAME: that of the kit"));
        return revoke(c, words.at[1], err);
    }
    if (job.out == NULL)
        return sl_fail(err, SL_E_USAGE, _("kit wants --out FILE: where it is written"));
    job.lockers = words.at;
    job.locker_count = words.count;
    return make(c, &job, err);
}
