/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * safelight invite: a sealed invitation for the person whose card this is.
 */
#include "base/say.h"
#include "cli/cmd.h"

const char *sl_cli_invite_page(void)
{
    return _("invite a person, and grant them lockers that are open here\n"
             "\n"
             "usage: safelight invite [ALIAS=]CARD [--grant LOCKER]... [--out FILE]\n"
             "\n"
             "At the maker's. Writes an invitation that only the holder of the card can open;\n"
             "they take it with `safelight person accept`. ALIAS is what the journal calls\n"
             "them, else the card's file name without its ending. The invitation is sealed and\n"
             "may go by mail; compare the six words aloud all the same.\n"
             "\n"
             "      --grant LOCKER  a locker they may read; it must be open on this machine\n"
             "      --out FILE      where the invitation goes (else beside the card)\n");
}

static void show(struct sl_cli *c, const struct sl_invited *got)
{
    struct sl_cli_invitation i = {
        .alias = got->alias, .out = got->out, .card_words = got->card_words, .words = got->words
    };
    struct sl_json_pen *pen = sl_cli_pen(&c->out, "invite");

    sl_cli_print_invitation(&c->out, &i);
    sl_cli_print_compare(&c->out);
    if (pen != NULL)
        sl_cli_invitation_json(pen, &i);
}

sl_rc sl_cli_invite(struct sl_cli *c, int argc, char **argv, struct sl_err *err)
{
    static const struct option own[] = {
        { "grant", required_argument, NULL, 'g' },
        { "out", required_argument, NULL, 'o' },
        { 0 },
    };
    struct sl_cli_args a = { .argc = argc, .argv = argv, .own = own };
    SL_AUTO_CLEAR(cli_list) grants = { 0 };
    struct sl_invite job = { 0 };
    struct sl_invited got = { 0 };
    int key = SL_CLI_END;

    SL_TRY(sl_cli_list_new(argc, &grants, err));
    do {
        SL_TRY(sl_cli_next(c, &a, &key, err));
        if (key == 'g')
            sl_cli_list_add(&grants, optarg);
        else if (key == 'o')
            job.out = optarg;
    } while (key != SL_CLI_END);
    SL_TRY(sl_cli_words(&a, 1, 1, "CARD", &job.card, err));
    job.at = c->at;
    job.grants = grants.at;
    job.grant_count = grants.count;
    SL_TRY(sl_cli_take_stdout(&c->out, job.out, err));
    SL_TRY(sl_invite_person(c->sl, &job, &got, err));
    show(c, &got);
    return SL_OK;
}
