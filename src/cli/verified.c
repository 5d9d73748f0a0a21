/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `safelight entry verify` found, for people and for machines.
 */
#include "base/say.h"
#include "cli/cmd.h"

static const char *body_said(bool has, bool shows)
{
    return !has ? _("none") : shows ? _("shown, and it is what was signed") : _("not shown");
}

void sl_cli_print_verified(struct sl_cli_out *o, const struct sl_entry_verified *v,
                           const char *card)
{
    sl_cli_print(o, _("entry %s is unaltered and signed\n"), v->id);
    sl_cli_print(o, _("  kind %s (%u), number %llu of session %s\n"), v->kind_word,
                 (unsigned)v->kind, (unsigned long long)v->number, v->session);
    sl_cli_print(o, _("  production %s\n"), v->production);
    sl_cli_print(o, _("  author %s\n    six words: %s\n"), v->author, v->author_words);
    if (card != NULL && v->author_matches)
        sl_cli_print(o, _("    this is the card '%s'\n"), sl_cli_show(card).text);
    sl_cli_print(o, _("  claimed %s (the author's word)\n"), sl_cli_date(v->claimed).text);
    sl_cli_print(o, _("  body: %s\n"), body_said(v->has_body, v->shows_body));
    sl_cli_print(o, _("  what every member reads: %s\n"), body_said(v->has_care, v->shows_care));
}

void sl_cli_verified_json(struct sl_json_pen *p, const struct sl_entry_verified *v,
                          const char *card)
{
    sl_json_word(p, "entry", v->id);
    sl_json_word(p, "production", v->production);
    sl_json_word(p, "author", v->author);
    sl_json_word(p, "author_words", v->author_words);
    if (card != NULL)
        sl_json_bool(p, "author_matches", v->author_matches);
    sl_json_word(p, "session", v->session);
    sl_json_u64(p, "number", v->number);
    sl_json_u64(p, "kind", v->kind);
    sl_json_word(p, "kind_word", v->kind_word);
    sl_json_i64(p, "claimed", v->claimed);
    sl_json_bool(p, "has_body", v->has_body);
    sl_json_bool(p, "shows_body", v->shows_body);
    sl_json_u64(p, "body_bytes", v->body_bytes);
    sl_json_bool(p, "has_care", v->has_care);
    sl_json_bool(p, "shows_care", v->shows_care);
    sl_json_u64(p, "care_bytes", v->care_bytes);
}
