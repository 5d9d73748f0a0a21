/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * safelight entry: one event of the journal, listed, shown so that it stands alone, and verified.
 */
#include "base/say.h"
#include "cli/cmd.h"

const char *sl_cli_entry_page(void)
{
    return _("list, show and verify single entries of the journal\n"
             "\n"
             "usage: safelight entry list\n"
             "       safelight entry show ID [--out FILE] [--care | --bare]\n"
             "       safelight entry verify FILE [--card CARD] [--body FILE]\n"
             "\n"
             "show writes one entry as a text that stands alone, with salt and body where this\n"
             "home opens it; it says nothing about any other. verify checks such a text and\n"
             "needs neither home nor keeper. The first six digits of an ID suffice.\n"
             "\n"
             "      --out FILE   show: write it there (else standard output)\n"
             "      --care       show: disclose what every member reads, too\n"
             "      --bare       show: disclose no body at all\n"
             "      --card CARD  verify: the author must be the holder of this card\n"
             "      --body FILE  verify: write the body there (- is standard output)\n");
}

enum { WHAT_LIST, WHAT_SHOW, WHAT_VERIFY };
static const char *const WHAT[] = { "list", "show", "verify", NULL };

struct listing {
    struct sl_cli_out *out;
    struct sl_json_pen *pen;
    unsigned count;
};

static const char *belief_said(enum sl_entry_belief belief)
{
    switch (belief) {
    case SL_BELIEF_YES: return "";
    case SL_BELIEF_UNKNOWN_AUTHOR: return _("  not believed: nobody that the maker named");
    case SL_BELIEF_REVOKED: return _("  not believed: its author's key was taken back");
    case SL_BELIEF_NOT_ALLOWED: return _("  not believed: its author may not write this");
    case SL_BELIEF_CONVICTED: return _("  not believed: its session signed one number twice");
    case SL_BELIEF_MALFORMED: return _("  not believed: it is malformed");
    case SL_BELIEF_UNKNOWN_KIND: return _("  of a kind that this version does not know");
    }
    return "";
}

static void write_line(struct sl_json_pen *p, const struct sl_entry_line *line)
{
    static const char *const belief[] = {
        [SL_BELIEF_YES] = "believed",
        [SL_BELIEF_UNKNOWN_AUTHOR] = "unknown-author",
        [SL_BELIEF_REVOKED] = "revoked",
        [SL_BELIEF_NOT_ALLOWED] = "not-allowed",
        [SL_BELIEF_CONVICTED] = "convicted",
        [SL_BELIEF_MALFORMED] = "malformed",
        [SL_BELIEF_UNKNOWN_KIND] = "unknown-kind",
    };

    sl_json_object(p, NULL);
    sl_json_word(p, "entry", line->id);
    sl_json_u64(p, "kind", line->kind);
    sl_json_word(p, "kind_word", line->kind_word);
    sl_cli_pen_name(p, "author", "author64", line->author);
    sl_json_hex(p, "session", (struct sl_view){ line->session, sizeof line->session });
    sl_json_u64(p, "number", line->number);
    sl_json_i64(p, "claimed", line->claimed);
    sl_json_u64(p, "keepers", line->keepers);
    sl_json_word(p, "belief", belief[line->belief]);
    sl_json_end(p);
}

static sl_rc each(void *who, const struct sl_entry_line *line, struct sl_err *err)
{
    struct sl_cli_shown author = sl_cli_show(line->author);
    struct listing *l = who;

    l->count++;
    sl_cli_print(l->out, _("%.12s  %s  %-10s  %s%s\n"), line->id, sl_cli_date(line->claimed).text,
                 line->kind_word, author.text[0] == '\0' ? "?" : author.text,
                 belief_said(line->belief));
    if (l->pen != NULL)
        write_line(l->pen, line);
    return sl_cli_drain(l->out, err);
}

static sl_rc list(struct sl_cli *c, struct sl_err *err)
{
    struct listing l = { .out = &c->out, .pen = sl_cli_pen(&c->out, "entry") };

    if (l.pen != NULL)
        sl_json_array(l.pen, "entries");
    sl_rc rc = sl_entry_list(c->sl, &c->at, each, &l, err);
    if (l.pen != NULL)
        sl_json_end(l.pen);
    if (rc == SL_OK && l.count == 0)
        sl_cli_print(&c->out, "%s", _("no entries\n"));
    return rc;
}

static sl_rc show(struct sl_cli *c, const struct sl_entry_show *job, struct sl_err *err)
{
    SL_TRY(sl_cli_take_stdout(&c->out, job->out == NULL ? "-" : job->out, err));
    SL_TRY(sl_entry_show_one(c->sl, job, err));
    struct sl_json_pen *pen = sl_cli_pen(&c->out, "entry");
    if (pen != NULL)
        sl_cli_pen_name(pen, "out", "out64", job->out);
    return SL_OK;
}

struct words { /* of all three; verify's own two stand here */
    struct sl_entry_show show;
    const char *card, *body;
};

static sl_rc verify(struct sl_cli *c, const char *file, const struct words *w, struct sl_err *err)
{
    struct sl_entry_verified v = { 0 };

    SL_TRY(sl_cli_take_stdout(&c->out, w->body, err));
    SL_TRY(sl_entry_verify(c->sl, file, w->card, w->body, &v, err));
    sl_cli_print_verified(&c->out, &v, w->card);
    struct sl_json_pen *pen = sl_cli_pen(&c->out, "entry");
    if (pen != NULL)
        sl_cli_verified_json(pen, &v, w->card);
    return SL_OK;
}

enum { OPT_OUT = 256, OPT_CARE, OPT_BARE, OPT_CARD, OPT_BODY };

static sl_rc read_words(struct sl_cli *c, struct sl_cli_args *a, struct words *w, unsigned *what,
                        struct sl_err *err)
{
    int key = SL_CLI_END;

    do {
        SL_TRY(sl_cli_next(c, a, &key, err));
        switch (key) {
        case OPT_OUT: w->show.out = optarg; break;
        case OPT_CARE: w->show.care = true; break;
        case OPT_BARE: w->show.bare = true; break;
        case OPT_CARD: w->card = optarg; break;
        case OPT_BODY: w->body = optarg; break;
        default: break;
        }
    } while (key != SL_CLI_END);
    w->show.at = c->at;
    SL_TRY(sl_cli_which(a, WHAT, what, err));
    bool shows = *what == WHAT_SHOW, verifies = *what == WHAT_VERIFY;
    SL_TRY(sl_cli_fits(w->show.out != NULL, shows, "--out", WHAT[*what], err));
    SL_TRY(sl_cli_fits(w->show.care, shows, "--care", WHAT[*what], err));
    SL_TRY(sl_cli_fits(w->show.bare, shows, "--bare", WHAT[*what], err));
    SL_TRY(sl_cli_fits(w->card != NULL, verifies, "--card", WHAT[*what], err));
    SL_TRY(sl_cli_fits(w->body != NULL, verifies, "--body", WHAT[*what], err));
    if (w->show.care && w->show.bare)
        return sl_fail(err, SL_E_USAGE, _("--care and --bare: choose one of the two"));
    return SL_OK;
}

sl_rc sl_cli_entry(struct sl_cli *c, int argc, char **argv, struct sl_err *err)
{
    static const struct option own[] = {
        { "out", required_argument, NULL, OPT_OUT },
        { "care", no_argument, NULL, OPT_CARE },
        { "bare", no_argument, NULL, OPT_BARE },
        { "card", required_argument, NULL, OPT_CARD },
        { "body", required_argument, NULL, OPT_BODY },
        { 0 },
    };
    struct sl_cli_args a = { .argc = argc, .argv = argv, .own = own };
    struct words w = { 0 };
    unsigned what = WHAT_LIST;
    const char *word = NULL;

    SL_TRY(read_words(c, &a, &w, &what, err));
    if (what == WHAT_LIST) {
        SL_TRY(sl_cli_words(&a, 0, 0, "", NULL, err));
        return list(c, err);
    }
    SL_TRY(sl_cli_words(&a, 1, 1, what == WHAT_SHOW ? "ID" : "FILE", &word, err));
    w.show.id = word;
    return what == WHAT_SHOW ? show(c, &w.show, err) : verify(c, word, &w, err);
}
