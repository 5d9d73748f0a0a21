/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * safelight person: somebody who works on the film. See people.c.
 */
#include "base/say.h"
#include "cli/cmd.h"

const char *sl_cli_person_page(void)
{
    return _("become a person of a production: a card, then an invitation\n"
             "\n"
             "usage: safelight person new --name NAME --out CARD [--no-passphrase]\n"
             "       safelight person accept INVITATION [--production ALIAS]\n"
             "       safelight person show CARD\n"
             "\n"
             "new makes your keys in this home and writes your card, which is public. accept\n"
             "takes the invitation that was made for it: the production is in this home then,\n"
             "with the lockers that were granted to you. show prints what stands on anybody's\n"
             "card. Six words of a card and of an invitation are there to be compared aloud.\n"
             "\n"
             "      --name NAME         new: your name as it stands on the card\n"
             "      --out CARD          new: where the card is written\n"
             "      --production ALIAS  accept: what to call the production in this home\n"
             "      --no-passphrase     new: keep the keys of this home without one\n");
}

sl_rc sl_cli_person(struct sl_cli *c, int argc, char **argv, struct sl_err *err)
{
    return sl_cli_people(c, argc, argv, false, err);
}
