/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * safelight locker: which there are and which are open here; grant one, close one.
 */
#include "base/say.h"
#include "cli/cmd.h"

const char *sl_cli_locker_page(void)
{
    return _("list lockers, grant one that is open, close one\n"
             "\n"
             "usage: safelight locker list\n"
             "       safelight locker grant LOCKER [ALIAS=]CARD\n"
             "       safelight locker close LOCKER\n"
             "\n"
             "grant seals the key of a locker that is open on this machine to the card of a\n"
             "person who was invited before; they read it from then on, and that cannot be\n"
             "taken back. close forgets the key of an opened locker on this machine.\n");
}

enum { WHAT_LIST, WHAT_GRANT, WHAT_CLOSE };
static const char *const WHAT[] = { "list", "grant", "close", NULL };

struct listing {
    struct sl_cli_out *out;
    struct sl_json_pen *pen;
    unsigned count;
};

static void print_line(struct sl_cli_out *o, const struct sl_locker_line *line)
{
    const char *state = "";

    switch (line->state) {
    case SL_LOCKER_SHUT:
        state = line->quorum ? _("shut: ask with `safelight open`") : _("shut");
        break;
    case SL_LOCKER_GRANTED: state = _("open: it was granted"); break;
    case SL_LOCKER_OPENED: state = _("open: the trustees said yes"); break;
    case SL_LOCKER_HELD: state = _("open: this home holds the key"); break;
    }
    sl_cli_print(o, _("  %-16s epoch %u  %s\n"), sl_cli_show(line->alias).text,
                 (unsigned)line->epoch, state);
}

static sl_rc each(void *who, const struct sl_locker_line *line, struct sl_err *err)
{
    static const char *const state[] = { [SL_LOCKER_SHUT] = "shut",
                                         [SL_LOCKER_GRANTED] = "granted",
                                         [SL_LOCKER_OPENED] = "opened",
                                         [SL_LOCKER_HELD] = "held" };
    struct listing *l = who;

    l->count++;
    print_line(l->out, line);
    if (l->pen != NULL) {
        sl_json_object(l->pen, NULL);
        sl_cli_pen_name(l->pen, "locker", "locker64", line->alias);
        sl_json_u64(l->pen, "epoch", line->epoch);
        sl_json_word(l->pen, "state", state[line->state]);
        sl_json_bool(l->pen, "quorum", line->quorum);
        sl_json_word(l->pen, "recipient", line->recipient);
        sl_json_end(l->pen);
    }
    return sl_cli_drain(l->out, err);
}

static sl_rc list(struct sl_cli *c, struct sl_json_pen *pen, struct sl_err *err)
{
    struct listing l = { .out = &c->out, .pen = pen };

    if (pen != NULL)
        sl_json_array(pen, "lockers");
    sl_rc rc = sl_locker_list(c->sl, &c->at, each, &l, err);
    if (pen != NULL)
        sl_json_end(pen);
    if (rc == SL_OK && l.count == 0)
        sl_cli_print(&c->out, "%s", _("no lockers\n"));
    return rc;
}

static sl_rc grant(struct sl_cli *c, struct sl_json_pen *pen, const char *locker, const char *card,
                   struct sl_err *err)
{
    struct sl_grant job = { .at = c->at, .locker = locker, .card = card };
    struct sl_granted got = { 0 };

    SL_TRY(sl_grant_locker(c->sl, &job, &got, err));
    struct sl_cli_shown name = sl_cli_show(locker), alias = sl_cli_show(got.alias);
    sl_cli_print(&c->out, _("locker '%s' is granted to '%s'\n  six words of the card: %s\n"),
                 name.text, alias.text, got.words);
    if (pen != NULL) {
        sl_cli_pen_name(pen, "locker", "locker64", locker);
        sl_cli_pen_name(pen, "alias", "alias64", got.alias);
        sl_json_word(pen, "words", got.words);
    }
    return SL_OK;
}

static sl_rc close_one(struct sl_cli *c, struct sl_json_pen *pen, const char *locker,
                       struct sl_err *err)
{
    struct sl_closed_locker got = { 0 };

    SL_TRY(sl_close_locker(c->sl, &c->at, locker, &got, err));
    sl_cli_print(&c->out,
                 got.was_open ? _("locker '%s' is closed on this machine\n")
                              : _("locker '%s' was not open on this machine\n"),
                 sl_cli_show(locker).text);
    if (got.still_granted)
        sl_cli_print(&c->out, "%s",
                     _("  it stays granted to you in the journal: this home can open it again\n"));
    if (pen != NULL) {
        sl_cli_pen_name(pen, "locker", "locker64", locker);
        sl_json_bool(pen, "was_open", got.was_open);
        sl_json_bool(pen, "still_granted", got.still_granted);
    }
    return SL_OK;
}

sl_rc sl_cli_locker(struct sl_cli *c, int argc, char **argv, struct sl_err *err)
{
    struct sl_cli_args a = { .argc = argc, .argv = argv };
    const char *words[2] = { NULL, NULL };
    unsigned what = WHAT_LIST;
    int key = SL_CLI_END;

    SL_TRY(sl_cli_next(c, &a, &key, err));
    SL_TRY(sl_cli_which(&a, WHAT, &what, err));
    struct sl_json_pen *pen = sl_cli_pen(&c->out, "locker");
    if (pen != NULL)
        sl_json_word(pen, "what", WHAT[what]);
    if (what == WHAT_GRANT) {
        SL_TRY(sl_cli_words(&a, 2, 2, "LOCKER CARD", words, err));
        return grant(c, pen, words[0], words[1], err);
    }
    if (what == WHAT_CLOSE) {
        SL_TRY(sl_cli_words(&a, 1, 1, "LOCKER", words, err));
        return close_one(c, pen, words[0], err);
    }
    SL_TRY(sl_cli_words(&a, 0, 0, "", NULL, err));
    return list(c, pen, err);
}
