/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * safelight rehearse: everything on this machine, on sample footage, with two raids.
 */
#include "base/say.h"
#include "cli/cmd.h"

#define CLIP_MB_MAX 100000u

const char *sl_cli_rehearse_page(void)
{
    return _("rehearse everything on this machine, with two raids\n"
             "\n"
             "usage: safelight rehearse [--card DIR] [--dir DIR] [--keep]\n"
             "\n"
             "Makes a production of five folders of which any three suffice, with a maker,\n"
             "three trustees of whom any two open a locker, an editor and a kit; offloads a\n"
             "card made with ffmpeg, lets two raids happen and restores every byte. Touches\n"
             "nothing but its own folder, which it removes again.\n"
             "\n"
             "      --card DIR   rehearse with a copy of this card; it is only read\n"
             "      --dir DIR    work in this folder (else one in $TMPDIR or /var/tmp)\n"
             "      --keep       leave everything there\n"
             "      --clip-mb N  size of the one large clip in MB (else 300)\n");
}

sl_rc sl_cli_rehearse(struct sl_cli *c, int argc, char **argv, struct sl_err *err)
{
    static const struct option own[] = {
        { "card", required_argument, NULL, 'c' },
        { "dir", required_argument, NULL, 'd' },
        { "keep", no_argument, NULL, 'k' },
        { "clip-mb", required_argument, NULL, 'm' },
        { 0 },
    };
    struct sl_cli_args a = { .argc = argc, .argv = argv, .own = own };
    struct sl_rehearse job = { .tmp = c->tmp };
    int key = SL_CLI_END;

    do {
        SL_TRY(sl_cli_next(c, &a, &key, err));
        switch (key) {
        case 'c': job.card = optarg; break;
        case 'd': job.dir = optarg; break;
        case 'k': job.keep = true; break;
        case 'm': SL_TRY(sl_cli_number(optarg, CLIP_MB_MAX, "--clip-mb", &job.clip_mb, err)); break;
        default: break;
        }
    } while (key != SL_CLI_END);
    SL_TRY(sl_cli_words(&a, 0, 0, "", NULL, err));
    return sl_rehearse_all(c->sl, &job, err);
}
