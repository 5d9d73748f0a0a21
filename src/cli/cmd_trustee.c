/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * safelight trustee: somebody who holds a share and decides. See people.c.
 */
#include "base/say.h"
#include "cli/cmd.h"

const char *sl_cli_trustee_page(void)
{
    return _("become a trustee: a card, then a share\n"
             "\n"
             "usage: safelight trustee new --name NAME --out CARD [--no-passphrase]\n"
             "       safelight trustee accept INVITATION [--production ALIAS] [--out FILE]\n"
             "       safelight trustee verify\n"
             "       safelight trustee show CARD\n"
             "\n"
             "new makes your keys in this home and writes your card, which is public. accept\n"
             "checks the share in an invitation, keeps it, answers for the test locker and\n"
             "says so in the journal. verify holds the share once more against what was\n"
             "founded and reveals nothing. show prints what stands on anybody's card. Six\n"
             "words of a card and of an invitation are there to be compared aloud.\n"
             "\n"
             "      --name NAME         new: your name as it stands on the card\n"
             "      --out FILE          new: where the card is written; accept: write the\n"
             "                          acknowledgement there and reach no keeper\n"
             "      --production ALIAS  accept: what to call the production in this home\n"
             "      --no-passphrase     new: keep the keys of this home without one\n");
}

sl_rc sl_cli_trustee(struct sl_cli *c, int argc, char **argv, struct sl_err *err)
{
    return sl_cli_people(c, argc, argv, true, err);
}
