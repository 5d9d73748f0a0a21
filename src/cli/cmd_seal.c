/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * safelight seal: make an age file, in place of `age`.
 */
#include <string.h>
#include <unistd.h>

#include "base/say.h"
#include "cli/cmd.h"

const char *sl_cli_seal_page(void)
{
    return _("seal a file so that only the named recipients open it (age)\n"
             "\n"
             "usage: safelight seal -r RECIPIENT... | -R FILE... | -p [-a] [-o OUT] [IN]\n"
             "\n"
             "Writes an age v1 file, which `age -d` opens too. IN is standard input where it\n"
             "is not given or '-'; OUT likewise standard output.\n"
             "\n"
             "  -r, --recipient AGE1...     seal to this recipient; may be repeated\n"
             "  -R, --recipients-file FILE  seal to each recipient in FILE, one a line; lines\n"
             "                              with # are comments; '-': standard input\n"
             "  -p, --passphrase            seal to a passphrase instead\n"
             "  -a, --armor                 write text (PEM) that survives mail\n"
             "  -o, --output OUT            write to OUT, which gets its name when it is whole\n"
             "      --force                 replace OUT if it exists\n");
}

static sl_rc read_words(struct sl_cli *c, struct sl_cli_args *a, struct sl_seal *job,
                        struct sl_cli_list *to, struct sl_cli_list *files, struct sl_err *err)
{
    int key = SL_CLI_END;

    do {
        SL_TRY(sl_cli_next(c, a, &key, err));
        switch (key) {
        case 'r': sl_cli_list_add(to, optarg); break;
        case 'R': sl_cli_list_add(files, optarg); break;
        case 'p': job->passphrase = true; break;
        case 'a': job->armor = true; break;
        case 'o': job->out = optarg; break;
        case 'f': job->force = true; break;
        default: break;
        }
    } while (key != SL_CLI_END);
    return sl_cli_words(a, 0, 1, "[IN]", &job->in, err);
}

/* As age: an explicit `-o -` is believed. */
static sl_rc judge_terminal(const struct sl_seal *job, struct sl_err *err)
{
    if (job->out == NULL && !job->armor && isatty(1) == 1)
        return sl_fail(err, SL_E_USAGE,
                       _("not writing a sealed file to the terminal\n"
                         "  name a file with -o, write text with -a, or insist with -o -"));
    return SL_OK;
}

sl_rc sl_cli_seal(struct sl_cli *c, int argc, char **argv, struct sl_err *err)
{
    static const struct option own[] = {
        { "recipient", required_argument, NULL, 'r' },
        { "recipients-file", required_argument, NULL, 'R' },
        { "passphrase", no_argument, NULL, 'p' },
        { "armor", no_argument, NULL, 'a' },
        { "output", required_argument, NULL, 'o' },
        { "force", no_argument, NULL, 'f' },
        { 0 },
    };
    struct sl_cli_args a = { .argc = argc, .argv = argv, .own = own, .letters = "r:R:pao:" };
    SL_AUTO_CLEAR(cli_list) to = { 0 };
    SL_AUTO_CLEAR(cli_list) files = { 0 };
    struct sl_seal job = { 0 };

    SL_TRY(sl_cli_list_new(argc, &to, err));
    SL_TRY(sl_cli_list_new(argc, &files, err));
    SL_TRY(read_words(c, &a, &job, &to, &files, err));
    job.recipients = to.at;
    job.recipient_count = to.count;
    job.recipient_files = files.at;
    job.recipient_file_count = files.count;
    job.from = c->at.from;
    SL_TRY(judge_terminal(&job, err));
    return sl_cli_age_run(c, "seal", job.out, &(struct sl_cli_age){ .seal = &job }, err);
}
