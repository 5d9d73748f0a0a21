/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * safelight init: found a production, with trustees or without.
 */
#include "base/say.h"
#include "cli/cmd.h"

const char *sl_cli_init_page(void)
{
    return _("found a production: its keepers, its lockers, its trustees\n"
             "\n"
             "usage: safelight init ALIAS --keeper NAME=URL... --need K --locker NAME...\n"
             "                      [--trustee CARD... --quorum T] [--grant LOCKER=CARD]...\n"
             "\n"
             "ALIAS is a name for this machine only. Any K of the keepers give the film back;\n"
             "at least K+1 are needed before a card is safe to format. Keepers are folders so\n"
             "far (/path). Any T of the trustees open a locker together, fewer open none, and\n"
             "nobody opens it alone: each gets a sealed invitation with a share of the key,\n"
             "and this machine wipes what opens the lockers. Without --trustee this home holds\n"
             "every key: keep it far from the set.\n"
             "\n"
             "      --keeper NAME=URL[,device=D][,operator=O][,country=C]\n"
             "                           a keeper; labels say what one raid would take\n"
             "      --need K             how many keepers suffice (1 to 16)\n"
             "      --locker NAME        a need-to-know compartment with a key of its own\n"
             "      --trustee [ALIAS=]CARD\n"
             "                           a trustee, by the card that they gave you\n"
             "      --quorum T           how many trustees open a locker together\n"
             "      --grant LOCKER=CARD  a person who may read LOCKER from the start\n"
             "      --name NAME          your name on the card of this home (else maker)\n"
             "      --invitations DIR    where the invitations go (else beside each card)\n"
             "      --one-trustee-opens  T is 1, and that is meant\n"
             "      --one-arrest-blocks  T is all of them, and that is meant\n"
             "      --no-passphrase      keep the keys of this home without a passphrase\n"
             "      --dry-run            judge everything, make nothing\n");
}

enum {
    OPT_KEEPER = 256,
    OPT_NEED,
    OPT_LOCKER,
    OPT_TRUSTEE,
    OPT_QUORUM,
    OPT_GRANT,
    OPT_NAME,
    OPT_INVITATIONS,
    OPT_ONE_OPENS,
    OPT_ONE_BLOCKS,
    OPT_NO_PASSPHRASE,
    OPT_DRY_RUN,
};

enum { KEEPERS, LOCKERS, TRUSTEES, GRANTS, LISTS };

struct lists {
    struct sl_cli_list of[LISTS];
};

static void lists_clear(struct lists *l)
{
    for (unsigned i = 0; i < LISTS; i++)
        sl_cli_list_clear(&l->of[i]);
}

static sl_rc take(struct sl_cli *c, struct sl_init *job, struct lists *lists, int key,
                  struct sl_err *err)
{
    switch (key) {
    case OPT_KEEPER: sl_cli_list_add(&lists->of[KEEPERS], optarg); break;
    case OPT_NEED: return sl_cli_number(optarg, SL_NEED_MAX, "--need", &job->need, err);
    case OPT_LOCKER: sl_cli_list_add(&lists->of[LOCKERS], optarg); break;
    case OPT_TRUSTEE: sl_cli_list_add(&lists->of[TRUSTEES], optarg); break;
    case OPT_QUORUM: return sl_cli_number(optarg, SL_TRUSTEES_MAX, "--quorum", &job->quorum, err);
    case OPT_GRANT: sl_cli_list_add(&lists->of[GRANTS], optarg); break;
    case OPT_NAME: job->name = optarg; break;
    case OPT_INVITATIONS: job->invitations = optarg; break;
    case OPT_ONE_OPENS: job->one_trustee_opens = true; break;
    case OPT_ONE_BLOCKS: job->one_arrest_blocks = true; break;
    case OPT_NO_PASSPHRASE: c->at.no_passphrase = true; break;
    case OPT_DRY_RUN: job->dry_run = true; break;
    default: break;
    }
    return SL_OK;
}

static void hand_over(const struct lists *lists, struct sl_init *job)
{
    job->keepers = lists->of[KEEPERS].at;
    job->keeper_count = lists->of[KEEPERS].count;
    job->lockers = lists->of[LOCKERS].at;
    job->locker_count = lists->of[LOCKERS].count;
    job->trustees = lists->of[TRUSTEES].at;
    job->trustee_count = lists->of[TRUSTEES].count;
    job->grants = lists->of[GRANTS].at;
    job->grant_count = lists->of[GRANTS].count;
}

static sl_rc read_words(struct sl_cli *c, struct sl_cli_args *a, struct sl_init *job,
                        struct lists *lists, struct sl_err *err)
{
    int key = SL_CLI_END;

    for (unsigned i = 0; i < LISTS; i++)
        SL_TRY(sl_cli_list_new(a->argc, &lists->of[i], err));
    do {
        SL_TRY(sl_cli_next(c, a, &key, err));
        SL_TRY(take(c, job, lists, key, err));
    } while (key != SL_CLI_END);
    job->at = c->at;
    hand_over(lists, job);
    SL_TRY(sl_cli_words(a, 1, 1, "ALIAS", &job->at.production, err));
    if (job->keeper_count == 0 || job->need == 0 || job->locker_count == 0)
        return sl_fail(err, SL_E_USAGE, _("init wants --keeper, --need and --locker"));
    return SL_OK;
}

static struct sl_cli_invitation invitation_of(const struct sl_init_invited *i)
{
    return (struct sl_cli_invitation){ .alias = i->alias,
                                       .out = i->out,
                                       .card_words = i->card_words,
                                       .words = i->words,
                                       .trustee = i->trustee };
}

static void print(struct sl_cli_out *o, const struct sl_init *job, const struct sl_init_done *done)
{
    struct sl_cli_shown alias = sl_cli_show(job->at.production);

    sl_cli_print(o,
                 job->dry_run ? _("production '%s' can be founded: any %u of %zu keepers suffice\n")
                              : _("production '%s' is founded: any %u of %zu keepers suffice\n"),
                 alias.text, job->need, job->keeper_count);
    sl_cli_print_quorum(o, done->quorum, done->trustees);
    for (unsigned i = 0; i < done->invited; i++) {
        struct sl_cli_invitation one = invitation_of(&done->invitations[i]);
        sl_cli_print_invitation(o, &one);
    }
    if (done->invited > 0)
        sl_cli_print_compare(o);
}

static void write_json(struct sl_json_pen *pen, const struct sl_init *job,
                       const struct sl_init_done *done)
{
    sl_cli_pen_name(pen, "production", "production64", job->at.production);
    sl_json_u64(pen, "need", job->need);
    sl_json_u64(pen, "keepers", job->keeper_count);
    sl_json_u64(pen, "lockers", job->locker_count);
    sl_json_bool(pen, "dry_run", job->dry_run);
    sl_json_u64(pen, "quorum", done->quorum);
    sl_json_u64(pen, "trustees", done->trustees);
    sl_json_array(pen, "invitations");
    for (unsigned i = 0; i < done->invited; i++) {
        struct sl_cli_invitation one = invitation_of(&done->invitations[i]);
        sl_json_object(pen, NULL);
        sl_cli_invitation_json(pen, &one);
        sl_json_end(pen);
    }
    sl_json_end(pen);
}

sl_rc sl_cli_init(struct sl_cli *c, int argc, char **argv, struct sl_err *err)
{
    static const struct option own[] = {
        { "keeper", required_argument, NULL, OPT_KEEPER },
        { "need", required_argument, NULL, OPT_NEED },
        { "locker", required_argument, NULL, OPT_LOCKER },
        { "trustee", required_argument, NULL, OPT_TRUSTEE },
        { "quorum", required_argument, NULL, OPT_QUORUM },
        { "grant", required_argument, NULL, OPT_GRANT },
        { "name", required_argument, NULL, OPT_NAME },
        { "invitations", required_argument, NULL, OPT_INVITATIONS },
        { "one-trustee-opens", no_argument, NULL, OPT_ONE_OPENS },
        { "one-arrest-blocks", no_argument, NULL, OPT_ONE_BLOCKS },
        { "no-passphrase", no_argument, NULL, OPT_NO_PASSPHRASE },
        { "dry-run", no_argument, NULL, OPT_DRY_RUN },
        { 0 },
    };
    struct sl_cli_args a = { .argc = argc, .argv = argv, .own = own };
    __attribute__((cleanup(lists_clear))) struct lists lists = { 0 };
    SL_AUTO_CLEAR(init_done) done = { 0 };
    struct sl_init job = { 0 };

    SL_TRY(read_words(c, &a, &job, &lists, err));
    SL_TRY(sl_init_production(c->sl, &job, &done, err));
    sl_cli_bar_off(&c->out);
    print(&c->out, &job, &done);
    struct sl_json_pen *pen = sl_cli_pen(&c->out, "init");
    if (pen != NULL)
        write_json(pen, &job, &done);
    return SL_OK;
}
