/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * safelight passphrase: a new one for everything that this home keeps, or for a kit.
 */
#include "base/say.h"
#include "cli/cmd.h"

const char *sl_cli_passphrase_page(void)
{
    return _("change the passphrase of this home, or of a kit\n"
             "\n"
             "usage: safelight passphrase change [--kit FILE]\n"
             "\n"
             "Seals the keys of this home anew: every production, and who you are. The old\n"
             "passphrase is asked for first. Interrupted, it leaves each file under the old\n"
             "one or the new one; run it again with the old one. A copy that somebody made\n"
             "before still opens with the old one.\n"
             "\n"
             "      --kit FILE                  this kit, and nothing of the home\n"
             "      --new-passphrase-file FILE  the new one is the one line of FILE\n"
             "      --new-passphrase-fd N       ... the next line of descriptor N\n"
             "      --new-passphrase-command C  ... the one line that C prints\n"
             "      --new-no-passphrase         keep the keys without one\n");
}

sl_rc sl_cli_passphrase(struct sl_cli *c, int argc, char **argv, struct sl_err *err)
{
    static const char *const what[] = { "change", NULL };
    static const struct option own[] = {
        { "kit", required_argument, NULL, 'k' },
        SL_CLI_NEW_ROWS,
        { 0 },
    };
    struct sl_cli_args a = { .argc = argc, .argv = argv, .own = own };
    struct sl_cli_new new = SL_CLI_NEW;
    struct sl_passphrase_new job = { 0 };
    struct sl_passphrase_changed got = { 0 };
    unsigned which = 0;
    int key = SL_CLI_END;

    do {
        SL_TRY(sl_cli_next(c, &a, &key, err));
        if (key == 'k')
            c->at.kit = optarg;
        SL_TRY(sl_cli_take_new(&new, key, err));
    } while (key != SL_CLI_END);
    SL_TRY(sl_cli_which(&a, what, &which, err));
    SL_TRY(sl_cli_words(&a, 0, 0, "", NULL, err));
    job.at = c->at;
    job.new_from = new.from;
    job.new_no_passphrase = new.none;
    SL_TRY(sl_passphrase_change(c->sl, &job, &got, err));
    sl_cli_print(&c->out,
                 job.new_no_passphrase ? _("files that are kept without a passphrase now: %u\n")
                                       : _("files under the new passphrase: %u\n"),
                 got.files);
    struct sl_json_pen *pen = sl_cli_pen(&c->out, "passphrase");
    if (pen != NULL)
        sl_json_u64(pen, "files", got.files);
    return SL_OK;
}
