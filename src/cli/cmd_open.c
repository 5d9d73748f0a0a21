/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * safelight open: ask the trustees to open a locker, or collect what they answered.
 */
#include <fcntl.h>
#include <string.h>

#include "base/say.h"
#include "cli/cmd.h"

const char *sl_cli_open_page(void)
{
    return _("ask the trustees to open a locker; run again to collect\n"
             "\n"
             "usage: safelight open LOCKER --reason TEXT [--expires DAYS] [--again]\n"
             "                             [--out FILE]\n"
             "       safelight open LOCKER [--in FILE]...\n"
             "\n"
             "With a reason it asks, without one it collects the answers; the locker is open\n"
             "once enough trustees said yes. Exit 6 means that answers are missing. A request\n"
             "can go by hand (--out), and so can the answers (--in): no keeper is needed then.\n"
             "\n"
             "      --reason TEXT       why, for the trustees to read\n"
             "      --reason-file FILE  the same from a file (- is standard input): a shell\n"
             "                          keeps a history of what is typed\n"
             "      --expires DAYS      when the request ends (else 30; 0 is never)\n"
             "      --out FILE          write the request there, not to the keepers\n"
             "      --in FILE           an answer that came by hand (may be repeated)\n"
             "      --again             ask anew although a request waits\n");
}

#define REASON_MAX  600u /* bytes; the library judges what they are */
#define EXPIRES_MAX 36500u

enum { OPT_REASON = 256, OPT_REASON_FILE, OPT_EXPIRES, OPT_OUT, OPT_IN, OPT_AGAIN };

/* The text of `path`, without the newlines at its end. */
static sl_rc read_reason(const struct sl_os *os, const char *path, char ret[REASON_MAX + 1],
                         struct sl_err *err)
{
    struct sl_cli_shown shown = sl_cli_show(path);
    bool from_stdin = strcmp(path, "-") == 0;
    SL_AUTO_FD file = { .os = os, .fd = -1 };
    char text[REASON_MAX + 3];
    size_t len = 0;
    ssize_t got = 0;

    if (!from_stdin)
        file.fd = os->open(os->self, SL_OS_CWD, path, O_RDONLY, 0, 0);
    if (!from_stdin && file.fd < 0)
        return sl_fail_errno(err, _("cannot open '%s'"), shown.text);
    do {
        got = os->read(os->self, from_stdin ? 0 : file.fd, text + len, sizeof text - len);
        if (got < 0)
            return sl_fail_errno(err, _("cannot read '%s'"), shown.text);
        len += (size_t)got;
    } while (got > 0 && len < sizeof text);
    while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r'))
        len--;
    if (len == 0 || len > REASON_MAX || memchr(text, '\0', len) != NULL)
        return sl_fail(err, SL_E_USAGE, _("a reason is a text of 1 to %u bytes, '%s' is not"),
                       REASON_MAX, shown.text);
    memcpy(ret, text, len);
    ret[len] = '\0';
    return SL_OK;
}

static sl_rc read_words(struct sl_cli *c, struct sl_cli_args *a, struct sl_open *job,
                        struct sl_cli_list *in, const char **reason_file, struct sl_err *err)
{
    int key = SL_CLI_END;

    do {
        SL_TRY(sl_cli_next(c, a, &key, err));
        switch (key) {
        case OPT_REASON: job->reason = optarg; break;
        case OPT_REASON_FILE: *reason_file = optarg; break;
        case OPT_EXPIRES:
            SL_TRY(sl_cli_number(optarg, EXPIRES_MAX, "--expires", &job->expires_days, err));
            break;
        case OPT_OUT: job->out = optarg; break;
        case OPT_IN: sl_cli_list_add(in, optarg); break;
        case OPT_AGAIN: job->again = true; break;
        default: break;
        }
    } while (key != SL_CLI_END);
    if (job->reason != NULL && *reason_file != NULL)
        return sl_fail(err, SL_E_USAGE, _("--reason and --reason-file: choose one of the two"));
    job->at = c->at;
    job->in = in->at;
    job->in_count = in->count;
    return sl_cli_words(a, 1, 1, "LOCKER", &job->locker, err);
}

static void print_answers(struct sl_cli_out *o, const struct sl_opening *s)
{
    for (unsigned i = 0; i < s->trustee_count; i++) {
        const struct sl_trustee_said *t = &s->trustees[i];
        const char *said = t->lied  ? _("a false answer")
                           : t->yes ? _("yes")
                           : t->no  ? _("no")
                                    : _("no answer yet");
        sl_cli_print(o, "  %-16s %s\n", sl_cli_show(t->alias).text, said);
    }
}

static void print(struct sl_cli_out *o, const struct sl_open *job, const struct sl_opening *s,
                  bool written)
{
    struct sl_cli_shown locker = sl_cli_show(job->locker);

    if (s->open) {
        sl_cli_print(o,
                     s->was_open ? _("locker '%s' was open here already\n")
                                 : _("locker '%s' is open here\n"),
                     locker.text);
    } else {
        sl_cli_print(o, _("locker '%s' is shut: %u said yes, %u are needed\n"), locker.text, s->yes,
                     s->need);
    }
    if (!s->was_open)
        print_answers(o, s);
    if (s->open || s->request[0] == '\0')
        return;
    sl_cli_print(o, s->asked ? _("asked: request %s\n") : _("waiting: request %s\n"), s->request);
    sl_cli_print(o, _("  six words of the request: %s\n"), s->words);
    if (written)
        sl_cli_print(o,
                     _("  it is in '%s': send it to the trustees, read its words aloud to them,\n"
                       "  and take what they send back with --in\n"),
                     sl_cli_show(job->out).text);
    else
        sl_cli_print(o, "%s", _("  run it again without a reason to collect the answers\n"));
}

static void write_json(struct sl_json_pen *p, const struct sl_open *job, const struct sl_opening *s,
                       bool written)
{
    sl_cli_pen_name(p, "locker", "locker64", job->locker);
    sl_json_bool(p, "open", s->open);
    sl_json_bool(p, "was_open", s->was_open);
    sl_json_bool(p, "asked", s->asked);
    sl_json_word(p, "request", s->request);
    sl_json_word(p, "words", s->words);
    if (written)
        sl_cli_pen_name(p, "out", "out64", job->out);
    sl_json_u64(p, "quorum", s->need);
    sl_json_u64(p, "yes", s->yes);
    sl_json_u64(p, "no", s->no);
    sl_json_u64(p, "lied", s->lied);
    sl_json_array(p, "trustees");
    for (unsigned i = 0; i < s->trustee_count; i++) {
        const struct sl_trustee_said *t = &s->trustees[i];
        sl_json_object(p, NULL);
        sl_cli_pen_name(p, "alias", "alias64", t->alias);
        sl_json_word(p, "said", t->lied ? "lied" : t->yes ? "yes" : t->no ? "no" : "nothing");
        sl_json_end(p);
    }
    sl_json_end(p);
}

sl_rc sl_cli_open(struct sl_cli *c, int argc, char **argv, struct sl_err *err)
{
    static const struct option own[] = {
        { "reason", required_argument, NULL, OPT_REASON },
        { "reason-file", required_argument, NULL, OPT_REASON_FILE },
        { "expires", required_argument, NULL, OPT_EXPIRES },
        { "out", required_argument, NULL, OPT_OUT },
        { "in", required_argument, NULL, OPT_IN },
        { "again", no_argument, NULL, OPT_AGAIN },
        { 0 },
    };
    struct sl_cli_args a = { .argc = argc, .argv = argv, .own = own };
    struct sl_open job = { .expires_days = SL_EXPIRES_DAYS };
    SL_AUTO_CLEAR(cli_list) in = { 0 };
    struct sl_opening got = { 0 };
    const char *reason_file = NULL;
    char reason[REASON_MAX + 1];

    SL_TRY(sl_cli_list_new(argc, &in, err));
    SL_TRY(read_words(c, &a, &job, &in, &reason_file, err));
    if (reason_file != NULL) {
        SL_TRY(read_reason(c->out.os, reason_file, reason, err));
        job.reason = reason;
    }
    SL_TRY(sl_cli_take_stdout(&c->out, job.out, err));
    sl_rc rc = sl_open_locker(c->sl, &job, &got, err);
    bool written = rc == SL_OK && job.out != NULL && !got.open;
    sl_cli_bar_off(&c->out);
    if (rc == SL_OK || (rc != SL_E_USAGE && got.trustee_count > 0)) {
        print(&c->out, &job, &got, written);
        struct sl_json_pen *pen = sl_cli_pen(&c->out, "open");
        if (pen != NULL)
            write_json(pen, &job, &got, written);
    }
    return rc;
}
