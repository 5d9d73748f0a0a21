/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * safelight requests: who asks a trustee for what, and why.
 */
#include "base/say.h"
#include "cli/cmd.h"

const char *sl_cli_requests_page(void)
{
    return _("say who asks to open which locker, and why\n"
             "\n"
             "usage: safelight requests\n"
             "\n"
             "For a trustee: every request, and what you answered to it. Answer with\n"
             "`safelight approve ID` or `safelight refuse ID`; the first six digits of an ID\n"
             "suffice. Compare the six words aloud with who asks: they see the same.\n");
}

struct listing {
    struct sl_cli_out *out;
    struct sl_json_pen *pen;
    unsigned count;
};

static sl_rc each(void *who, const struct sl_request_line *line, struct sl_err *err)
{
    struct sl_cli_request_text text;
    struct listing *l = who;

    l->count++;
    sl_cli_request_text(line, &text);
    sl_cli_print(l->out, "%s", text.text);
    if (l->pen != NULL) {
        sl_json_object(l->pen, NULL);
        sl_cli_request_json(l->pen, line);
        sl_json_end(l->pen);
    }
    return sl_cli_drain(l->out, err);
}

sl_rc sl_cli_requests(struct sl_cli *c, int argc, char **argv, struct sl_err *err)
{
    struct sl_cli_args a = { .argc = argc, .argv = argv };
    struct listing l = { .out = &c->out };
    int key = SL_CLI_END;

    SL_TRY(sl_cli_next(c, &a, &key, err));
    SL_TRY(sl_cli_words(&a, 0, 0, "", NULL, err));
    l.pen = sl_cli_pen(&c->out, "requests");
    if (l.pen != NULL)
        sl_json_array(l.pen, "requests");
    sl_rc rc = sl_request_list(c->sl, &c->at, each, &l, err);
    if (l.pen != NULL)
        sl_json_end(l.pen);
    if (rc == SL_OK && l.count == 0)
        sl_cli_print(&c->out, "%s", _("no requests\n"));
    return rc;
}
