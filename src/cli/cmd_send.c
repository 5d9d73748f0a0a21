/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * safelight send: push what waits in the spool to its keepers.
 */
#include "base/say.h"
#include "cli/cmd.h"

const char *sl_cli_send_page(void)
{
    return _("push what waits in the spool to its keepers\n"
             "\n"
             "usage: safelight send [--kit FILE]\n"
             "\n"
             "Sends the sealed objects that a keeper could not take when they were made. Exit\n"
             "6 means that some still wait: run it again when the keeper can be reached.\n"
             "\n"
             "      --kit FILE   what waits of this kit (see safelight-kit)\n");
}

sl_rc sl_cli_send(struct sl_cli *c, int argc, char **argv, struct sl_err *err)
{
    static const struct option own[] = {
        { "kit", required_argument, NULL, 'k' },
        { 0 },
    };
    struct sl_cli_args a = { .argc = argc, .argv = argv, .own = own };
    struct sl_sent sent = { 0 };
    int key = SL_CLI_END;

    do {
        SL_TRY(sl_cli_next(c, &a, &key, err));
        if (key == 'k')
            c->at.kit = optarg;
    } while (key != SL_CLI_END);
    SL_TRY(sl_cli_words(&a, 0, 0, "", NULL, err));
    sl_rc rc = sl_send_spool(c->sl, &c->at, &sent, err);
    if (rc != SL_OK && rc != SL_E_RETRY)
        return rc;
    sl_cli_bar_off(&c->out);
    sl_cli_print(&c->out, _("sent: %llu objects, %s; still waiting: %llu\n"),
                 (unsigned long long)sent.objects, sl_cli_size(sent.bytes).text,
                 (unsigned long long)sent.waiting);
    struct sl_json_pen *pen = sl_cli_pen(&c->out, "send");
    if (pen != NULL) {
        sl_json_u64(pen, "objects", sent.objects);
        sl_json_u64(pen, "bytes", sent.bytes);
        sl_json_u64(pen, "waiting", sent.waiting);
    }
    return rc;
}
