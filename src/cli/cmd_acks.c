/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * safelight acks: at the maker's, acknowledgements of trustees who reach no keeper.
 */
#include <stdlib.h>

#include "base/say.h"
#include "cli/cmd.h"

const char *sl_cli_acks_page(void)
{
    return _("take acknowledgements of trustees that came by hand\n"
             "\n"
             "usage: safelight acks [--in] FILE...\n"
             "\n"
             "At the maker's. Each FILE is what `safelight trustee accept --out FILE` wrote.\n"
             "It is checked and put into the journal in its trustee's name.\n"
             "\n"
             "      --in FILE   an acknowledgement (may be repeated)\n");
}

static void show(struct sl_cli *c, const struct sl_cli_list *files,
                 const struct sl_ack_taken *taken)
{
    struct sl_json_pen *pen = sl_cli_pen(&c->out, "acks");

    if (pen != NULL)
        sl_json_array(pen, "acks");
    for (size_t i = 0; i < files->count; i++) {
        struct sl_cli_shown alias = sl_cli_show(taken[i].alias), file = sl_cli_show(files->at[i]);
        sl_cli_print(&c->out,
                     taken[i].known ? _("'%s': trustee '%s' has accepted, as was known\n")
                                    : _("'%s': trustee '%s' has accepted\n"),
                     file.text, alias.text);
        if (pen == NULL)
            continue;
        sl_json_object(pen, NULL);
        sl_cli_pen_name(pen, "file", "file64", files->at[i]);
        sl_cli_pen_name(pen, "trustee", "trustee64", taken[i].alias);
        sl_json_bool(pen, "known", taken[i].known);
        sl_json_end(pen);
    }
    if (pen != NULL)
        sl_json_end(pen);
}

sl_rc sl_cli_acks(struct sl_cli *c, int argc, char **argv, struct sl_err *err)
{
    static const struct option own[] = {
        { "in", required_argument, NULL, 'i' },
        { 0 },
    };
    struct sl_cli_args a = { .argc = argc, .argv = argv, .own = own };
    SL_AUTO_CLEAR(cli_list) files = { 0 };
    int key = SL_CLI_END;

    SL_TRY(sl_cli_list_new(argc, &files, err));
    do {
        SL_TRY(sl_cli_next(c, &a, &key, err));
        if (key == 'i')
            sl_cli_list_add(&files, optarg);
    } while (key != SL_CLI_END);
    for (int i = optind; i < argc; i++)
        sl_cli_list_add(&files, argv[i]);
    if (files.count == 0)
        return sl_fail(err, SL_E_USAGE, _("acks wants FILE...: what the trustees sent"));
    struct sl_ack_taken *taken = calloc(files.count, sizeof *taken);
    if (taken == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    sl_rc rc = sl_acks_take(c->sl, &c->at, files.at, files.count, taken, err);
    if (rc == SL_OK)
        show(c, &files, taken);
    free(taken);
    return rc;
}
