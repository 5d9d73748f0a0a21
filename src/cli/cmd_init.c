/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * safelight init: found a production.
 */
#include "base/say.h"
#include "cli/cmd.h"

const char *sl_cli_init_page(void)
{
    return _("found a production: its keepers, its lockers, its keys\n"
             "\n"
             "usage: safelight init ALIAS --keeper NAME=URL... --need K --locker NAME...\n"
             "\n"
             "ALIAS is a name for this machine only. Any K of the keepers give the film back;\n"
             "at least K+1 are needed before a card is safe to format. Keepers are folders so\n"
             "far (/path). This home then holds every key: keep it far from the set, and make\n"
             "one that can only write with `safelight home on-set`.\n"
             "\n"
             "      --keeper NAME=URL[,device=D][,operator=O][,country=C]\n"
             "                       a keeper; labels say what one raid would take together\n"
             "      --need K         how many keepers suffice (1 to 16)\n"
             "      --locker NAME    a need-to-know compartment with a key of its own\n"
             "      --no-passphrase  keep the keys of this home without a passphrase\n"
             "      --dry-run        judge everything, make nothing\n");
}

enum { OPT_KEEPER = 256, OPT_NEED, OPT_LOCKER, OPT_NO_PASSPHRASE, OPT_DRY_RUN };

static sl_rc read_words(struct sl_cli *c, struct sl_cli_args *a, struct sl_init *job,
                        struct sl_cli_list *keepers, struct sl_cli_list *lockers,
                        struct sl_err *err)
{
    int key = SL_CLI_END;

    do {
        SL_TRY(sl_cli_next(c, a, &key, err));
        switch (key) {
        case OPT_KEEPER: sl_cli_list_add(keepers, optarg); break;
        case OPT_NEED: SL_TRY(sl_cli_number(optarg, SL_NEED_MAX, "--need", &job->need, err)); break;
        case OPT_LOCKER: sl_cli_list_add(lockers, optarg); break;
        case OPT_NO_PASSPHRASE: c->at.no_passphrase = true; break;
        case OPT_DRY_RUN: job->dry_run = true; break;
        default: break;
        }
    } while (key != SL_CLI_END);
    job->at = c->at;
    return sl_cli_words(a, 1, 1, "ALIAS", &job->at.production, err);
}

sl_rc sl_cli_init(struct sl_cli *c, int argc, char **argv, struct sl_err *err)
{
    static const struct option own[] = {
        { "keeper", required_argument, NULL, OPT_KEEPER },
        { "need", required_argument, NULL, OPT_NEED },
        { "locker", required_argument, NULL, OPT_LOCKER },
        { "no-passphrase", no_argument, NULL, OPT_NO_PASSPHRASE },
        { "dry-run", no_argument, NULL, OPT_DRY_RUN },
        { 0 },
    };
    struct sl_cli_args a = { .argc = argc, .argv = argv, .own = own };
    SL_AUTO_CLEAR(cli_list) keepers = { 0 };
    SL_AUTO_CLEAR(cli_list) lockers = { 0 };
    struct sl_init job = { 0 };

    SL_TRY(sl_cli_list_new(argc, &keepers, err));
    SL_TRY(sl_cli_list_new(argc, &lockers, err));
    SL_TRY(read_words(c, &a, &job, &keepers, &lockers, err));
    job.keepers = keepers.at;
    job.keeper_count = keepers.count;
    job.lockers = lockers.at;
    job.locker_count = lockers.count;
    if (job.keeper_count == 0 || job.need == 0 || job.locker_count == 0)
        return sl_fail(err, SL_E_USAGE, _("init wants --keeper, --need and --locker"));
    SL_TRY(sl_init_production(c->sl, &job, err));

    struct sl_cli_shown alias = sl_cli_show(job.at.production);
    sl_cli_print(&c->out,
                 job.dry_run ? _("production '%s' can be founded: any %u of %zu keepers suffice\n")
                             : _("production '%s' is founded: any %u of %zu keepers suffice\n"),
                 alias.text, job.need, job.keeper_count);
    struct sl_json_pen *pen = sl_cli_pen(&c->out, "init");
    if (pen != NULL) {
        sl_cli_pen_name(pen, "production", "production64", job.at.production);
        sl_json_u64(pen, "need", job.need);
        sl_json_u64(pen, "keepers", job.keeper_count);
        sl_json_u64(pen, "lockers", job.locker_count);
        sl_json_bool(pen, "dry_run", job.dry_run);
    }
    return SL_OK;
}
