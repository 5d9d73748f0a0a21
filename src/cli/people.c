/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What "trustee" and "person" share: one verb with two names, but that only a trustee holds a share
 * and can have it verified.
 */
#include "base/say.h"
#include "cli/cmd.h"

enum what { WHAT_NEW, WHAT_ACCEPT, WHAT_SHOW, WHAT_VERIFY };
static const char *const WHAT[] = { "new", "accept", "show", "verify", NULL };
static const char *const WHAT_OF_PERSON[] = { "new", "accept", "show", NULL };

struct people {
    struct sl_cli_args words;
    const char *verb;
    bool trustee;
    const char *name, *out;
    struct sl_json_pen *pen; /* NULL without --json */
};

static void show_card(struct sl_cli *c, const struct people *p, const char *file,
                      const struct sl_person_shown *card)
{
    struct sl_cli_shown name = sl_cli_show(card->name), shown = sl_cli_show(file);

    sl_cli_print(&c->out, _("card of '%s': '%s'\n"), name.text, shown.text);
    sl_cli_print(&c->out, _("  six words: %s\n  recipient: %s\n"), card->words, card->recipient);
    if (p->pen == NULL)
        return;
    sl_cli_pen_name(p->pen, "name", "name64", card->name);
    sl_json_word(p->pen, "words", card->words);
    sl_json_word(p->pen, "recipient", card->recipient);
}

static sl_rc run_new(struct sl_cli *c, const struct people *p, struct sl_err *err)
{
    struct sl_person_new job = { .at = c->at, .name = p->name, .out = p->out };
    struct sl_person_shown card = { 0 };

    SL_TRY(sl_cli_words(&p->words, 0, 0, "", NULL, err));
    if (p->name == NULL || p->out == NULL)
        return sl_fail(err, SL_E_USAGE, _("%s new wants --name NAME and --out FILE"), p->verb);
    SL_TRY(sl_cli_take_stdout(&c->out, p->out, err));
    SL_TRY(sl_person_make(c->sl, &job, &card, err));
    show_card(c, p, p->out, &card);
    if (card.found)
        sl_cli_print(&c->out, "%s", _("This home had its keys already: the card is of those.\n"));
    sl_cli_print(
        &c->out, "%s",
        _("The card is public. Give it to whoever founds the production, and read its six\n"
          "words aloud to each other. The keys stay in this home.\n"));
    if (p->pen != NULL) {
        sl_json_bool(p->pen, "found", card.found);
        sl_cli_pen_name(p->pen, "out", "out64", p->out);
    }
    return SL_OK;
}

static sl_rc run_show(struct sl_cli *c, const struct people *p, struct sl_err *err)
{
    struct sl_person_shown card = { 0 };
    const char *file = NULL;

    SL_TRY(sl_cli_words(&p->words, 1, 1, "CARD", &file, err));
    SL_TRY(sl_card_look(c->sl, file, &card, err));
    show_card(c, p, file, &card);
    return SL_OK;
}

static void show_share(struct sl_cli *c, const struct people *p, const struct sl_accepted *a)
{
    struct sl_cli_shown production = sl_cli_show(a->production);

    sl_cli_print(&c->out, _("production '%s': share %u of %u is right\n"), production.text,
                 a->number, a->trustees);
    sl_cli_print_quorum(&c->out, a->need, a->trustees);
    if (p->pen == NULL)
        return;
    sl_cli_pen_name(p->pen, "production", "production64", a->production);
    sl_json_u64(p->pen, "number", a->number);
    sl_json_u64(p->pen, "quorum", a->need);
    sl_json_u64(p->pen, "trustees", a->trustees);
}

static void show_member(struct sl_cli *c, const struct people *p, const struct sl_accepted *a)
{
    struct sl_cli_shown production = sl_cli_show(a->production);

    sl_cli_print(&c->out, _("production '%s' is in this home (lockers: %u, granted: %u)\n"),
                 production.text, a->lockers, a->granted);
    if (p->pen == NULL)
        return;
    sl_cli_pen_name(p->pen, "production", "production64", a->production);
    sl_json_u64(p->pen, "lockers", a->lockers);
    sl_json_u64(p->pen, "granted", a->granted);
}

static void show_acknowledgement(struct sl_cli *c, const struct people *p)
{
    if (!p->trustee)
        return;
    if (p->out == NULL)
        sl_cli_print(&c->out, "%s", _("The acknowledgement stands in the journal.\n"));
    else
        sl_cli_print(&c->out,
                     _("The acknowledgement is in '%s': send it to the maker, who takes it with\n"
                       "`safelight acks`.\n"),
                     sl_cli_show(p->out).text);
}

static sl_rc run_accept(struct sl_cli *c, const struct people *p, struct sl_err *err)
{
    struct sl_accept job = { .at = c->at, .trustee = p->trustee, .out = p->out };
    struct sl_accepted got = { 0 };

    SL_TRY(sl_cli_words(&p->words, 1, 1, "INVITATION", &job.invitation, err));
    SL_TRY(sl_cli_take_stdout(&c->out, p->out, err));
    SL_TRY(sl_accept_invitation(c->sl, &job, &got, err));
    if (p->trustee)
        show_share(c, p, &got);
    else
        show_member(c, p, &got);
    sl_cli_print(&c->out, _("  six words of the invitation:  %s\n"), got.words);
    sl_cli_print(&c->out, _("  six words of its maker:       %s\n"), got.maker_words);
    if (got.again)
        sl_cli_print(&c->out, "%s", _("It was accepted in this home before.\n"));
    show_acknowledgement(c, p);
    sl_cli_print_compare(&c->out);
    if (p->pen != NULL) {
        sl_json_word(p->pen, "words", got.words);
        sl_json_word(p->pen, "maker_words", got.maker_words);
        sl_json_bool(p->pen, "again", got.again);
        if (p->out != NULL)
            sl_cli_pen_name(p->pen, "out", "out64", p->out);
    }
    return SL_OK;
}

static sl_rc run_verify(struct sl_cli *c, const struct people *p, struct sl_err *err)
{
    struct sl_accepted got = { 0 };

    SL_TRY(sl_cli_words(&p->words, 0, 0, "", NULL, err));
    SL_TRY(sl_share_verify(c->sl, &c->at, &got, err));
    show_share(c, p, &got);
    return SL_OK;
}

enum { OPT_NAME = 256, OPT_OUT, OPT_NO_PASSPHRASE };

static sl_rc read_words(struct sl_cli *c, struct people *p, unsigned *what, struct sl_err *err)
{
    bool no_passphrase = false;
    int key = SL_CLI_END;

    do {
        SL_TRY(sl_cli_next(c, &p->words, &key, err));
        switch (key) {
        case OPT_NAME: p->name = optarg; break;
        case OPT_OUT: p->out = optarg; break;
        case OPT_NO_PASSPHRASE: no_passphrase = true; break;
        default: break;
        }
    } while (key != SL_CLI_END);
    SL_TRY(sl_cli_which(&p->words, p->trustee ? WHAT : WHAT_OF_PERSON, what, err));
    c->at.no_passphrase = no_passphrase;
    bool has_out = *what == WHAT_NEW || (*what == WHAT_ACCEPT && p->trustee);
    SL_TRY(sl_cli_fits(p->name != NULL, *what == WHAT_NEW, "--name", WHAT[*what], err));
    SL_TRY(sl_cli_fits(p->out != NULL, has_out, "--out", WHAT[*what], err));
    return sl_cli_fits(no_passphrase, *what == WHAT_NEW, "--no-passphrase", WHAT[*what], err);
}

sl_rc sl_cli_people(struct sl_cli *c, int argc, char **argv, bool trustee, struct sl_err *err)
{
    static const struct option own[] = {
        { "name", required_argument, NULL, OPT_NAME },
        { "out", required_argument, NULL, OPT_OUT },
        { "no-passphrase", no_argument, NULL, OPT_NO_PASSPHRASE },
        { 0 },
    };
    static sl_rc (*const run[])(struct sl_cli *, const struct people *,
                                struct sl_err *) = { run_new, run_accept, run_show, run_verify };
    struct people p = { .words = { .argc = argc, .argv = argv, .own = own }, .trustee = trustee };
    unsigned what = WHAT_NEW;

    p.verb = trustee ? "trustee" : "person";
    SL_TRY(read_words(c, &p, &what, err));
    p.pen = sl_cli_pen(&c->out, p.verb);
    if (p.pen != NULL)
        sl_json_word(p.pen, "what", WHAT[what]);
    return run[what](c, &p, err);
}
