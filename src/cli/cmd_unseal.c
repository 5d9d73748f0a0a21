/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * safelight unseal: open an age file, in place of `age -d`.
 */
#include "base/say.h"
#include "cli/cmd.h"

const char *sl_cli_unseal_page(void)
{
    return _("open a sealed file (age)\n"
             "\n"
             "usage: safelight unseal [-i IDENTITY]... [-o OUT] [IN]\n"
             "\n"
             "Opens an age v1 file, armored or not. A file that is sealed to a passphrase asks\n"
             "for it, or takes it from --passphrase-file and its kin. IN is standard input\n"
             "where it is not given or '-'; OUT likewise standard output.\n"
             "\n"
             "  -i, --identity FILE  identities (AGE-SECRET-KEY-1...), one a line, as\n"
             "                       age-keygen writes them, or such a file sealed to a\n"
             "                       passphrase; may be repeated; '-': standard input\n"
             "  -o, --output OUT     write to OUT, which gets its name when it is whole; of a\n"
             "                       damaged file the good beginning stays as OUT.part\n"
             "      --force          replace OUT if it exists\n");
}

sl_rc sl_cli_unseal(struct sl_cli *c, int argc, char **argv, struct sl_err *err)
{
    static const struct option own[] = {
        { "identity", required_argument, NULL, 'i' },
        { "output", required_argument, NULL, 'o' },
        { "force", no_argument, NULL, 'f' },
        { 0 },
    };
    struct sl_cli_args a = { .argc = argc, .argv = argv, .own = own, .letters = "i:o:" };
    SL_AUTO_CLEAR(cli_list) files = { 0 };
    struct sl_unseal job = { 0 };
    int key = SL_CLI_END;

    SL_TRY(sl_cli_list_new(argc, &files, err));
    do {
        SL_TRY(sl_cli_next(c, &a, &key, err));
        switch (key) {
        case 'i': sl_cli_list_add(&files, optarg); break;
        case 'o': job.out = optarg; break;
        case 'f': job.force = true; break;
        default: break;
        }
    } while (key != SL_CLI_END);
    SL_TRY(sl_cli_words(&a, 0, 1, "[IN]", &job.in, err));
    job.identity_files = files.at;
    job.identity_file_count = files.count;
    job.from = c->at.from;
    return sl_cli_age_run(c, "unseal", job.out, &(struct sl_cli_age){ .unseal = &job }, err);
}
