/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A request as a trustee reads it: nothing in it can rewrite what stands around it, and it says
 * that yeses add up.
 */
#include "check.h"
#include "cli/cmd.h"

static struct sl_request_line plain(void)
{
    return (struct sl_request_line){ .id = "0123456789abcdef0123456789abcdef",
                                     .who = "Editor",
                                     .words = "one two three four five six",
                                     .locker = "camera",
                                     .reason = "the cut",
                                     .epoch = 7,
                                     .need = 2,
                                     .trustees = 3 };
}

static bool says(const struct sl_request_line *line, const char *what)
{
    static struct sl_cli_request_text text;

    sl_cli_request_text(line, &text);
    return strstr(text.text, what) != NULL;
}

static void request_text__says_who_asks_for_what_and_why(void)
{
    struct sl_request_line line = plain();

    CHECK(says(&line, "'Editor' asks to open locker 'camera'\n"));
    CHECK(says(&line, "why: the cut\n"));
    CHECK(says(&line, "six words of the request: one two three four five six\n"));
    CHECK(says(&line, "when it was asked is not said; it does not expire\n"));
    line.claimed = 1700000000;
    CHECK(says(&line, "asked 2023-11-1"));
    line.expires = 1800000000;
    CHECK(says(&line, "; expires 2027-01-1"));
    CHECK(!says(&line, "has expired"));
    line.expired = true;
    CHECK(says(&line, "it has expired, by this machine's clock\n"));
}

static void request_text__says_that_a_yes_adds_up(void)
{
    struct sl_request_line line = plain();

    CHECK(says(&line, "a yes adds up with other yeses to the same locker and epoch"));
    CHECK(says(&line, "once 2 of 3 said yes to any of them, this epoch (7)"));
    CHECK(!says(&line, "other request"));
    line.others = 2;
    CHECK(says(&line, "there are 2 other requests to it\n"));
}

static void request_text__says_what_was_answered(void)
{
    struct sl_request_line line = plain();

    CHECK(!says(&line, "you have said"));
    line.said_yes = true;
    CHECK(says(&line, "you have said yes to this one\n"));
    line.said_yes = false;
    line.said_no = true;
    CHECK(says(&line, "you have said no to this one\n"));
}

static void request_text__names_nobody_whom_the_home_does_not_know(void)
{
    struct sl_request_line line = plain();

    line.who[0] = '\0';
    CHECK(says(&line, "somebody whose key this home does not know asks"));
}

static void request_text__repeats_no_control_character(void)
{
    struct sl_request_line line = plain();

    line.reason = "a\n  why: nothing\033[2K\r\xe2\x80\xae\xff";
    CHECK(says(&line, "why: a\\x0a  why: nothing\\x1b[2K\\x0d"));
    CHECK(!says(&line, "\033"));
    CHECK(!says(&line, "\r"));
    CHECK(!says(&line, "\xff"));
    CHECK(!says(&line, "\xe2\x80\xae"));
    (void)snprintf(line.who, sizeof line.who, "Ed\033[1m");
    line.locker = "cam\nera";
    CHECK(!says(&line, "\033"));
    CHECK(!says(&line, "cam\nera"));
}

static void request_text__the_longest_reason_pushes_nothing_out(void)
{
    struct sl_request_line line = plain();
    char reason[601], locker[65];

    memset(reason, '\001', 600); /* each becomes four characters */
    reason[600] = '\0';
    memset(locker, '\001', 64);
    locker[64] = '\0';
    memset(line.who, '\001', 64);
    line.reason = reason;
    line.locker = locker;
    line.others = UINT32_MAX;
    line.expired = line.said_yes = line.said_no = true;
    line.claimed = line.expires = INT64_MAX;
    CHECK(says(&line, "you have said no to this one\n"));
    reason[599] = 'z';
    CHECK(says(&line, "\\x01z\n"));
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(request_text__says_who_asks_for_what_and_why),
        CASE(request_text__says_that_a_yes_adds_up),
        CASE(request_text__says_what_was_answered),
        CASE(request_text__names_nobody_whom_the_home_does_not_know),
        CASE(request_text__repeats_no_control_character),
        CASE(request_text__the_longest_reason_pushes_nothing_out),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
