/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * safelight refuse: a trustee's no to a request. See answer.c.
 */
#include "base/say.h"
#include "cli/cmd.h"

const char *sl_cli_refuse_page(void)
{
    return _("say no to a request, as a trustee\n"
             "\n"
             "usage: safelight refuse ID [--out FILE]\n"
             "       safelight refuse --in FILE --out FILE\n"
             "\n"
             "A no reveals nothing and stops nobody else from saying yes. The first six digits\n"
             "of an ID suffice.\n"
             "\n"
             "      --in FILE    a request that came by hand (- is standard input)\n"
             "      --out FILE   write the answer there, sealed to who asks, and reach no\n"
             "                   keeper (- is standard output)\n");
}

sl_rc sl_cli_refuse(struct sl_cli *c, int argc, char **argv, struct sl_err *err)
{
    return sl_cli_answer(c, argc, argv, false, err);
}
