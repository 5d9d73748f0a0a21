/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * safelight approve: a trustee's yes to a request. See answer.c.
 */
#include "base/say.h"
#include "cli/cmd.h"

const char *sl_cli_approve_page(void)
{
    return _("say yes to a request, as a trustee\n"
             "\n"
             "usage: safelight approve ID [--yes] [--out FILE]\n"
             "       safelight approve --in FILE --out FILE [--vouch] [--yes]\n"
             "\n"
             "Shows who asks for what, and why, then asks you at the terminal (where there is\n"
             "none, the command is the yes). A yes adds up with other yeses to the same\n"
             "locker and epoch, whoever asked and when, and cannot be taken back. The first\n"
             "six digits of an ID suffice.\n"
             "\n"
             "      --yes        you have read the request and mean yes: do not ask\n"
             "      --in FILE    a request that came by hand (- is standard input)\n"
             "      --out FILE   write the answer there, sealed to who asks, and reach no\n"
             "                   keeper (- is standard output)\n"
             "      --vouch      with --in: this home does not know who asks, but you have\n"
             "                   compared the six words aloud\n");
}

sl_rc sl_cli_approve(struct sl_cli *c, int argc, char **argv, struct sl_err *err)
{
    return sl_cli_answer(c, argc, argv, true, err);
}
