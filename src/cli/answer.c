/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What approve and refuse share: read the words, show the request, ask before a yes, answer.
 */
#include <errno.h>
#include <string.h>

#include "base/say.h"
#include "cli/cmd.h"

#define TYPED_ROOM 64u

enum { OPT_IN = 256, OPT_OUT, OPT_VOUCH, OPT_YES };

struct words {
    const char *verb;
    bool sure; /* nothing is asked: --yes, or a refusal */
};

static sl_rc read_words(struct sl_cli *c, struct sl_cli_args *a, struct words *w,
                        struct sl_answer_job *job, struct sl_err *err)
{
    int key = SL_CLI_END;

    do {
        SL_TRY(sl_cli_next(c, a, &key, err));
        switch (key) {
        case OPT_IN: job->in = optarg; break;
        case OPT_OUT: job->out = optarg; break;
        case OPT_VOUCH: job->vouch = true; break;
        case OPT_YES: w->sure = true; break;
        default: break;
        }
    } while (key != SL_CLI_END);
    job->at = c->at;
    SL_TRY(sl_cli_words(a, 0, 1, "[ID]", &job->id, err));
    if ((job->id == NULL) == (job->in == NULL))
        return sl_fail(err, SL_E_USAGE,
                       _("%s wants one request: its ID, or --in FILE where it came by hand"),
                       w->verb);
    if (job->in != NULL && job->out == NULL)
        return sl_fail(err, SL_E_USAGE,
                       _("a request that came by hand is answered by hand: --out FILE is missing"));
    return sl_cli_take_stdout(&c->out, job->out, err);
}

/* The person's own yes, from the terminal. Where there is none nobody can be asked: the command
 * itself, which names the request, is the yes. */
static sl_rc ask(struct sl_cli *c, struct sl_err *err)
{
    char typed[TYPED_ROOM] = "";
    const char *yes = _("yes");

    ssize_t len = c->out.os->ask(c->out.os->self,
                                 _("Say yes to it? Type yes, or anything else to leave it (what is "
                                   "typed is not shown): "),
                                 typed, sizeof typed - 1);
    if (len < 0 && errno == EINTR)
        return sl_fail(err, SL_E_CANCELLED, _("interrupted: nothing was answered"));
    if (len < 0 && errno != EMSGSIZE)
        return SL_OK;
    if (len < 0 || (size_t)len != strlen(yes) || memcmp(typed, yes, strlen(yes)) != 0)
        return sl_fail(err, SL_E_CANCELLED, _("nothing was answered: yes was not typed"));
    return SL_OK;
}

/* Show what would be answered, and ask. */
static sl_rc confirm(void *who, const struct sl_request_line *line, struct sl_err *err)
{
    struct sl_cli *c = who;
    struct sl_cli_request_text text;

    sl_cli_request_text(line, &text);
    sl_cli_tell(&c->out, "%s", text.text);
    return ask(c, err);
}

static void show(struct sl_cli *c, const char *verb, const struct sl_answer_job *job,
                 const struct sl_answered *got)
{
    struct sl_cli_shown locker = sl_cli_show(got->locker);

    sl_cli_print(&c->out,
                 job->yes ? _("yes to request %s, locker '%s'\n")
                          : _("no to request %s, locker '%s'\n"),
                 got->line.id, locker.text);
    if (job->out == NULL)
        sl_cli_print(&c->out, "%s", _("  the answer stands in the journal\n"));
    else if (strcmp(job->out, "-") != 0)
        sl_cli_print(&c->out, _("  the answer is in '%s': send it to who asked\n"),
                     sl_cli_show(job->out).text);
    struct sl_json_pen *pen = sl_cli_pen(&c->out, verb);
    if (pen == NULL)
        return;
    sl_json_bool(pen, "yes", job->yes);
    if (job->out != NULL)
        sl_cli_pen_name(pen, "out", "out64", job->out);
    sl_cli_request_json(pen, &got->line);
}

sl_rc sl_cli_answer(struct sl_cli *c, int argc, char **argv, bool yes, struct sl_err *err)
{
    static const struct option of_yes[] = {
        { "in", required_argument, NULL, OPT_IN },
        { "out", required_argument, NULL, OPT_OUT },
        { "vouch", no_argument, NULL, OPT_VOUCH },
        { "yes", no_argument, NULL, OPT_YES },
        { 0 },
    };
    static const struct option of_no[] = {
        { "in", required_argument, NULL, OPT_IN },
        { "out", required_argument, NULL, OPT_OUT },
        { 0 },
    };
    struct sl_cli_args a = { .argc = argc, .argv = argv, .own = yes ? of_yes : of_no };
    struct words w = { .verb = yes ? "approve" : "refuse", .sure = !yes };
    struct sl_answer_job job = { .yes = yes };
    struct sl_answered got = { 0 };
    struct sl_cli_request_text text;

    SL_TRY(read_words(c, &a, &w, &job, err));
    job.confirm = w.sure ? NULL : confirm;
    job.who = c;
    SL_TRY(sl_answer_request(c->sl, &job, &got, err));
    sl_cli_request_text(&got.line, &text);
    if (w.sure && yes)
        sl_cli_print(&c->out, "%s", text.text);
    show(c, w.verb, &job, &got);
    return SL_OK;
}
