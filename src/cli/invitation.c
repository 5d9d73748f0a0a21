/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Invitations as init and invite show them, and the quorum in one sentence as init and status do.
 */
#include "base/say.h"
#include "cli/cmd.h"

void sl_cli_print_quorum(struct sl_cli_out *o, unsigned quorum, unsigned trustees)
{
    if (quorum == 0 || quorum > trustees)
        return;
    sl_cli_print(o,
                 _("any %u of the %u trustees open it together (%u arrests); %u that refuse or are "
                   "lost block it\n"),
                 quorum, trustees, quorum, trustees - quorum + 1);
}

void sl_cli_print_invitation(struct sl_cli_out *o, const struct sl_cli_invitation *i)
{
    struct sl_cli_shown alias = sl_cli_show(i->alias), out = sl_cli_show(i->out);

    sl_cli_print(
        o, i->trustee ? _("invitation of trustee '%s': '%s'\n") : _("invitation of '%s': '%s'\n"),
        alias.text, out.text);
    sl_cli_print(o, _("  six words of the card:        %s\n"), i->card_words);
    sl_cli_print(o, _("  six words of the invitation:  %s\n"), i->words);
}

void sl_cli_print_compare(struct sl_cli_out *o)
{
    sl_cli_print(o, "%s",
                 _("Read these words aloud to each other, face to face or by a voice you know,\n"
                   "before anything depends on them. Where one differs, somebody stands between\n"
                   "you: stop there.\n"));
}

void sl_cli_invitation_json(struct sl_json_pen *p, const struct sl_cli_invitation *i)
{
    sl_cli_pen_name(p, "alias", "alias64", i->alias);
    sl_json_bool(p, "trustee", i->trustee);
    sl_cli_pen_name(p, "out", "out64", i->out);
    sl_json_word(p, "card_words", i->card_words);
    sl_json_word(p, "words", i->words);
}
