/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * safelight status: what is safe, what is not, and what it would survive.
 */
#include "base/say.h"
#include "cli/cmd.h"

const char *sl_cli_status_page(void)
{
    return _("say what is safe, what is not, and what it would survive\n"
             "\n"
             "usage: safelight status [--kit FILE]\n"
             "\n"
             "Asks every keeper for its lists and reads the journal where this home can: who\n"
             "has accepted, how many arrests open the film and how many block it, and whose\n"
             "entries are missing or not believed. A capture machine sees only what waits in\n"
             "its own spool.\n"
             "\n"
             "      --kit FILE   of this kit (see safelight-kit)\n");
}

static void print_keepers(struct sl_cli_out *o, const struct sl_status *s)
{
    sl_cli_print(o, "%s", _("keepers:\n"));
    for (unsigned i = 0; i < s->keeper_count; i++) {
        const struct sl_keeper_report *k = &s->keepers[i];
        sl_cli_print(o, "  %-16s %s\n", sl_cli_show(k->alias).text,
                     k->away                          ? _("away")
                     : k->lied_shards + k->lied_slips ? _("lied")
                     : sl_cli_keeper_troubled(k)      ? _("lacks something")
                                                      : _("answers"));
    }
}

static void print_people(struct sl_cli_out *o, const struct sl_status *s)
{
    if (s->quorum > 0) {
        sl_cli_print(o, _("trustees: %u of %u have accepted%s\n"), s->accepted, s->trustee_count,
                     s->test_opened ? _("; together they have opened the test locker") : "");
        sl_cli_print_quorum(o, s->quorum, s->trustee_count);
    }
    for (unsigned i = 0; i < s->trustee_count; i++) {
        const struct sl_status_trustee *t = &s->trustees[i];
        sl_cli_print(o, "  %-16s %s\n", sl_cli_show(t->alias).text,
                     t->lied       ? _("gave a false answer")
                     : t->accepted ? _("has accepted")
                                   : _("has not accepted yet"));
    }
    if (s->requests > 0)
        sl_cli_print(o, _("requests that wait: %u\n"), s->requests);
}

/* What is wrong in the journal, one line each. */
static void print_doubts(struct sl_cli_out *o, const struct sl_status *s)
{
    if (s->missing_entries > 0)
        sl_cli_print(o,
                     _("  %llu entries are missing: somebody saw them, and no keeper gives them\n"),
                     (unsigned long long)s->missing_entries);
    if (s->unbelieved > 0)
        sl_cli_print(o, _("  %llu entries are not believed (see: safelight entry list)\n"),
                     (unsigned long long)s->unbelieved);
    if (s->convicted > 0)
        sl_cli_print(o, _("  %llu sessions signed two entries with one number\n"),
                     (unsigned long long)s->convicted);
    if (s->unknown_entries > 0)
        sl_cli_print(o, _("  %llu entries of kinds that this version does not know\n"),
                     (unsigned long long)s->unknown_entries);
    if (s->foreign_slips > 0)
        sl_cli_print(o, _("  %llu slips that do not open\n"), (unsigned long long)s->foreign_slips);
}

static void print_rolls(struct sl_cli_out *o, const struct sl_status *s)
{
    if (s->shut_parts > 0)
        sl_cli_print(o, _("parts of rolls in lockers that are not open here: %llu\n"),
                     (unsigned long long)s->shut_parts);
    sl_cli_print(o, "%s",
                 s->roll_count > 0    ? _("rolls:\n")
                 : s->shut_parts == 0 ? _("no rolls\n")
                                      : "");
    for (size_t i = 0; i < s->roll_count; i++) {
        const struct sl_status_roll *r = &s->rolls[i];
        struct sl_cli_shown locker = sl_cli_show(r->locker), roll = sl_cli_show(r->roll);
        sl_cli_print(o, _("  %s/%s: %s; %u of %u keepers list all of it; any %u may be lost%s\n"),
                     locker.text, roll.text, r->whole ? _("whole") : _("not whole"),
                     r->keepers_full, s->keeper_count, r->may_be_lost,
                     r->readable ? "" : _("; this home cannot read it"));
    }
}

static void print(struct sl_cli_out *o, const struct sl_status *s)
{
    sl_cli_print(o, _("production '%s': any %u of %u keepers suffice; %u lockers\n"),
                 sl_cli_show(s->production).text, s->need, s->keeper_count, s->locker_count);
    print_keepers(o, s);
    print_people(o, s);
    if (s->can_read) {
        print_rolls(o, s);
        sl_cli_print(o, _("journal: %llu entries in %llu sessions\n"),
                     (unsigned long long)s->entries, (unsigned long long)s->sessions);
    } else {
        sl_cli_print(o, "%s", _("this home cannot read the journal: it can only write\n"));
    }
    print_doubts(o, s);
    sl_cli_print(o, _("waiting here: %llu objects; rolls begun here and not yet safe: %u\n"),
                 (unsigned long long)s->waiting_objects, s->unfinished);
}

static void write_rolls(struct sl_json_pen *p, const struct sl_status *s)
{
    sl_json_array(p, "rolls");
    for (size_t i = 0; i < s->roll_count; i++) {
        const struct sl_status_roll *r = &s->rolls[i];
        sl_json_object(p, NULL);
        sl_cli_pen_name(p, "locker", "locker64", r->locker);
        sl_cli_pen_name(p, "roll", "roll64", r->roll);
        sl_cli_pen_name(p, "author", "author64", r->author);
        sl_json_bool(p, "whole", r->whole);
        sl_json_bool(p, "readable", r->readable);
        sl_json_u64(p, "parts", r->parts);
        sl_json_u64(p, "packs", r->packs);
        sl_json_u64(p, "keepers_full", r->keepers_full);
        sl_json_u64(p, "may_be_lost", r->may_be_lost);
        sl_json_end(p);
    }
    sl_json_end(p);
}

static void write_people(struct sl_json_pen *p, const struct sl_status *s)
{
    sl_json_u64(p, "quorum", s->quorum);
    sl_json_u64(p, "accepted", s->accepted);
    sl_json_bool(p, "test_opened", s->test_opened);
    sl_json_u64(p, "requests", s->requests);
    sl_json_array(p, "trustees");
    for (unsigned i = 0; i < s->trustee_count; i++) {
        const struct sl_status_trustee *t = &s->trustees[i];
        sl_json_object(p, NULL);
        sl_cli_pen_name(p, "alias", "alias64", t->alias);
        sl_json_bool(p, "accepted", t->accepted);
        sl_json_bool(p, "lied", t->lied);
        sl_json_end(p);
    }
    sl_json_end(p);
}

static void write_json(struct sl_json_pen *p, const struct sl_status *s)
{
    sl_cli_pen_name(p, "production", "production64", s->production);
    sl_json_bool(p, "can_read", s->can_read);
    sl_json_u64(p, "need", s->need);
    sl_json_u64(p, "lockers", s->locker_count);
    sl_json_u64(p, "waiting_objects", s->waiting_objects);
    sl_json_u64(p, "unfinished", s->unfinished);
    sl_json_u64(p, "entries", s->entries);
    sl_json_u64(p, "unknown_entries", s->unknown_entries);
    sl_json_u64(p, "foreign_slips", s->foreign_slips);
    sl_json_u64(p, "sessions", s->sessions);
    sl_json_u64(p, "shut_parts", s->shut_parts);
    sl_json_u64(p, "unbelieved", s->unbelieved);
    sl_json_u64(p, "missing_entries", s->missing_entries);
    sl_json_u64(p, "convicted", s->convicted);
    write_people(p, s);
    sl_cli_keepers_json(p, s->keepers, s->keeper_count);
    write_rolls(p, s);
}

sl_rc sl_cli_status(struct sl_cli *c, int argc, char **argv, struct sl_err *err)
{
    static const struct option own[] = {
        { "kit", required_argument, NULL, 'k' },
        { 0 },
    };
    struct sl_cli_args a = { .argc = argc, .argv = argv, .own = own };
    struct sl_status status = { 0 };
    int key = SL_CLI_END;

    do {
        SL_TRY(sl_cli_next(c, &a, &key, err));
        if (key == 'k')
            c->at.kit = optarg;
    } while (key != SL_CLI_END);
    SL_TRY(sl_cli_words(&a, 0, 0, "", NULL, err));
    SL_TRY(sl_status_of(c->sl, &c->at, &status, err));
    sl_cli_bar_off(&c->out);
    for (unsigned i = 0; i < status.keeper_count; i++)
        sl_cli_keeper_warn(&c->out, &status.keepers[i]);
    print(&c->out, &status);
    struct sl_json_pen *pen = sl_cli_pen(&c->out, "status");
    if (pen != NULL)
        write_json(pen, &status);
    sl_status_clear(&status);
    return SL_OK;
}
