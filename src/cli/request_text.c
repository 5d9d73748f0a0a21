/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A request in plain words, as requests lists it and approve shows it before it asks. Who asks
 * wrote the reason: every character that a terminal would act on is escaped.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/say.h"
#include "cli/cmd.h"

#define REASON_ROOM 2416u /* SL_PLAIN_BYTES(600), and a little */

/* Append to a text of fixed room; what does not fit is cut. */
SL_PRINTF(2, 3)
static void add(struct sl_cli_request_text *t, const char *fmt, ...)
{
    size_t used = strlen(t->text);
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(t->text + used, sizeof t->text - used, fmt, ap);
    va_end(ap);
}

static void add_reason(struct sl_cli_request_text *t, const char *reason)
{
    char plain[REASON_ROOM];

    (void)sl_plain((struct sl_view){ (const uint8_t *)reason, strlen(reason) }, plain,
                   sizeof plain);
    add(t, _("  why: %s\n"), plain);
}

static void add_times(struct sl_cli_request_text *t, const struct sl_request_line *line)
{
    if (line->claimed == 0) /* it came by hand: when it was made stands in no entry */
        add(t, "%s", _("  when it was asked is not said"));
    else
        add(t, _("  asked %s, as they claim"), sl_cli_date(line->claimed).text);
    if (line->expires == 0)
        add(t, "%s", _("; it does not expire\n"));
    else
        add(t, _("; expires %s\n"), sl_cli_date(line->expires).text);
    if (line->expired)
        add(t, "%s", _("  it has expired, by this machine's clock\n"));
}

void sl_cli_request_text(const struct sl_request_line *line, struct sl_cli_request_text *ret)
{
    struct sl_cli_shown who = sl_cli_show(line->who), locker = sl_cli_show(line->locker);

    ret->text[0] = '\0';
    add(ret, _("request %s\n"), line->id);
    if (who.text[0] == '\0')
        add(ret, _("  somebody whose key this home does not know asks to open locker '%s'\n"),
            locker.text);
    else
        add(ret, _("  '%s' asks to open locker '%s'\n"), who.text, locker.text);
    add_reason(ret, line->reason);
    add_times(ret, line);
    add(ret, _("  six words of the request: %s\n"), line->words);
    add(ret,
        _("  a yes adds up with other yeses to the same locker and epoch, whoever asked\n"
          "  and when: once %u of %u said yes to any of them, this epoch (%u) of this\n"
          "  locker opens\n"),
        line->need, line->trustees, (unsigned)line->epoch);
    if (line->others > 0)
        add(ret,
            N_("  there is %u other request to it\n", "  there are %u other requests to it\n",
               line->others),
            line->others);
    if (line->said_yes)
        add(ret, "%s", _("  you have said yes to this one\n"));
    if (line->said_no)
        add(ret, "%s", _("  you have said no to this one\n"));
    if (line->answered && !line->said_yes && !line->said_no)
        add(ret, "%s", _("  you have answered this one, from another machine\n"));
}

void sl_cli_request_json(struct sl_json_pen *p, const struct sl_request_line *line)
{
    sl_json_word(p, "request", line->id);
    sl_cli_pen_name(p, "who", "who64", line->who);
    sl_cli_pen_name(p, "locker", "locker64", line->locker);
    sl_json_u64(p, "epoch", line->epoch);
    sl_cli_pen_name(p, "reason", "reason64", line->reason);
    sl_json_word(p, "words", line->words);
    sl_json_i64(p, "claimed", line->claimed);
    sl_json_i64(p, "expires", line->expires);
    sl_json_bool(p, "expired", line->expired);
    sl_json_bool(p, "answered", line->answered);
    sl_json_bool(p, "said_yes", line->said_yes);
    sl_json_bool(p, "said_no", line->said_no);
    sl_json_u64(p, "others", line->others);
    sl_json_u64(p, "quorum", line->need);
    sl_json_u64(p, "trustees", line->trustees);
}
