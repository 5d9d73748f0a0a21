/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What goes to standard output and standard error, byte for byte; a filling of the seam catches
 * both.
 */
#include "cli/out.h"

#include <errno.h>

#include "check.h"
#include "cli/cli.h"

static struct {
    char text[3][65536];
    size_t len[3];
    int fails; /* errno for every write to standard output */
} caught;

static ssize_t catch_write(void *self, int fd, const void *from, size_t count)
{
    (void)self;
    if (fd == 1 && caught.fails != 0) {
        errno = caught.fails;
        return -1;
    }
    if (caught.len[fd] + count >= sizeof caught.text[fd])
        return -1;
    memcpy(caught.text[fd] + caught.len[fd], from, count);
    caught.len[fd] += count;
    caught.text[fd][caught.len[fd]] = '\0';
    return (ssize_t)count;
}

static struct sl_os machine;

static struct sl_cli_out begin(void)
{
    struct sl_cli_out o;

    machine = *sl_os_real();
    machine.write = catch_write;
    memset(&caught, 0, sizeof caught);
    sl_cli_out_init(&o, &machine, false);
    o.terminal = false;
    o.bold = false;
    return o;
}

static void out__keeps_results_and_talk_apart(void)
{
    struct sl_cli_out o = begin();

    sl_cli_print(&o, "%d clips\n", 3);
    sl_cli_say(&o, SL_SAY_INFO, "looking");
    CHECK_EQ(sl_cli_flush(&o, NULL), SL_OK);
    CHECK(strcmp(caught.text[1], "3 clips\n") == 0);
    CHECK(strcmp(caught.text[2], "safelight: looking\n") == 0);
    sl_cli_out_clear(&o);
}

static void out__says_as_much_as_was_asked_for(void)
{
    for (int mode = 0; mode < 3; mode++) {
        struct sl_cli_out o = begin();

        o.quiet = mode == 1;
        o.verbose = mode == 2;
        sl_cli_say(&o, SL_SAY_DETAIL, "a");
        sl_cli_say(&o, SL_SAY_INFO, "b");
        sl_cli_say(&o, SL_SAY_WARNING, "c");
        CHECK_EQ(strstr(caught.text[2], ": a\n") != NULL, mode == 2);
        CHECK_EQ(strstr(caught.text[2], ": b\n") != NULL, mode != 1);
        CHECK(strstr(caught.text[2], ": c\n") != NULL);
        sl_cli_out_clear(&o);
    }
}

static void out__a_failed_write_is_told_once_and_for_all(void)
{
    struct sl_cli_out o = begin();
    struct sl_err err = { 0 };

    caught.fails = ENOSPC;
    sl_cli_print(&o, "result\n");
    CHECK_EQ(sl_cli_flush(&o, &err), SL_E_SYSTEM);
    CHECK(strstr(err.text, "No space left") != NULL);
    caught.fails = 0;
    sl_cli_print(&o, "more\n");
    CHECK_EQ(sl_cli_flush(&o, NULL), SL_E_SYSTEM);
    CHECK_EQ(caught.len[1], 0);
    sl_cli_out_clear(&o);
}

static void json__prints_one_object_and_no_sentence(void)
{
    struct sl_cli_out o = begin();
    struct sl_err err = { .rc = SL_E_REFUSED, .text = "wrong passphrase\n  \"quoted\"" };

    o.json = true;
    sl_cli_print(&o, "for people\n");
    struct sl_json_pen *pen = sl_cli_pen(&o, "status");
    sl_json_u64(pen, "need", 3);
    sl_cli_pen_close(&o, SL_E_REFUSED, &err);
    CHECK_EQ(sl_cli_flush(&o, NULL), SL_OK);
    CHECK(strcmp(caught.text[1], "{\"verb\":\"status\",\"need\":3,\"exit\":5,\"code\":\"refused\","
                                 "\"error\":\"wrong passphrase\\u000a  \\\"quoted\\\"\"}\n") == 0);
    sl_cli_out_clear(&o);
}

static void json__closes_its_object_also_after_a_drained_listing(void)
{
    struct sl_cli_out o = begin();
    struct sl_err err = { 0 };

    o.json = true;
    struct sl_json_pen *pen = sl_cli_pen(&o, "ls");
    sl_json_array(pen, "entries");
    sl_json_word(pen, NULL, "a");
    CHECK_EQ(sl_cli_flush(&o, NULL), SL_OK);
    sl_json_word(pen, NULL, "b");
    sl_json_end(pen);
    sl_cli_pen_close(&o, SL_OK, &err);
    CHECK_EQ(sl_cli_flush(&o, NULL), SL_OK);
    CHECK(strcmp(caught.text[1],
                 "{\"verb\":\"ls\",\"entries\":[\"a\",\"b\"],\"exit\":0,\"code\":\"ok\"}\n") == 0);
    sl_cli_out_clear(&o);
}

/* An error's text has a limit, and may have been cut within a character. */
static void json__survives_a_sentence_cut_within_a_character(void)
{
    static const char *const whole = "\xd9\x86\xda\xaf\xd8\xa7\xe2\x80\x8c\xf0\x9f\x8e\xac!";

    for (size_t len = 0; len <= strlen(whole); len++) {
        struct sl_cli_out o = begin();
        struct sl_err err = { .rc = SL_E_BROKEN };

        memcpy(err.text, whole, len);
        o.json = true;
        (void)sl_cli_pen(&o, "ls");
        sl_cli_pen_close(&o, SL_E_BROKEN, &err);
        CHECK_EQ(sl_cli_flush(&o, NULL), SL_OK);
        CHECK(strstr(caught.text[1], "\"code\":\"broken\"") != NULL);
        if (len == strlen(whole))
            CHECK(strstr(caught.text[1], whole) != NULL);
        sl_cli_out_clear(&o);
    }
}

static void progress__leaves_no_trace_of_the_bar_before_a_message(void)
{
    struct sl_cli_out o = begin();
    struct sl_progress p = { .task = "seal", .done_bytes = 1, .all_bytes = 2 };

    o.progress = SL_CLI_PROGRESS_BAR;
    o.columns = 40;
    sl_cli_say_progress(&o, &p);
    sl_cli_say(&o, SL_SAY_INFO, "hello");
    const char *message = strstr(caught.text[2], "\rsafelight: hello\n");
    CHECK(message != NULL);
    CHECK(message != NULL && message - caught.text[2] >= 39 && message[-1] == ' ');
    sl_cli_out_clear(&o);
}

static void progress__as_json_makes_messages_json_too(void)
{
    struct sl_cli_out o = begin();

    o.progress = SL_CLI_PROGRESS_JSON;
    sl_cli_say(&o, SL_SAY_WARNING, "a \"b\"");
    CHECK(strcmp(caught.text[2], "{\"say\":\"warning\",\"text\":\"a \\\"b\\\"\"}\n") == 0);
    sl_cli_out_clear(&o);
}

static void exit_codes__are_those_of_the_manual(void)
{
    static const int want[] = {
        [SL_OK] = 0,        [SL_E_SYSTEM] = 1, [SL_E_USAGE] = 2,
        [SL_E_MISSING] = 3, [SL_E_BROKEN] = 4, [SL_E_REFUSED] = 5,
        [SL_E_RETRY] = 6,   [SL_E_UNSAFE] = 7, [SL_E_CANCELLED] = 130,
    };

    for (size_t rc = 0; rc < sizeof want / sizeof *want; rc++) {
        CHECK_EQ(sl_cli_exit_code((sl_rc)rc), want[rc]);
        CHECK(sl_cli_code_word((sl_rc)rc)[0] != '\0');
    }
}

static void number__takes_digits_up_to_its_limit_and_nothing_else(void)
{
    static const char *const bad[] = { "",    "-1", "+1",
                                       " 1",  "1 ", "0x1",
                                       "1.0", "17", "99999999999999999999999999" };
    unsigned got = 77;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK_EQ(sl_cli_number(bad[i], 16, "--need", &got, NULL), SL_E_USAGE);
    CHECK_EQ(got, 77);
    CHECK_EQ(sl_cli_number("16", 16, "--need", &got, NULL), SL_OK);
    CHECK_EQ(got, 16);
    CHECK_EQ(sl_cli_number("0", 16, "--need", &got, NULL), SL_OK);
    CHECK_EQ(got, 0);
}

static void out__talks_elsewhere_where_standard_output_is_a_file(void)
{
    struct sl_cli_out o = begin();

    CHECK_EQ(sl_cli_take_stdout(&o, NULL, NULL), SL_OK);
    CHECK_EQ(sl_cli_take_stdout(&o, "ans.txt", NULL), SL_OK);
    sl_cli_print(&o, "one\n");
    CHECK_EQ(sl_cli_flush(&o, NULL), SL_OK);
    CHECK(strcmp(caught.text[1], "one\n") == 0);
    CHECK_EQ(sl_cli_take_stdout(&o, "-", NULL), SL_OK);
    sl_cli_print(&o, "two\n");
    CHECK_EQ(sl_cli_flush(&o, NULL), SL_OK);
    CHECK(strcmp(caught.text[1], "one\n") == 0);
    CHECK(strcmp(caught.text[2], "two\n") == 0);
    sl_cli_out_clear(&o);
}

static void json__does_not_share_standard_output_with_a_file(void)
{
    struct sl_cli_out o = begin();
    struct sl_err err = { 0 };

    o.json = true;
    CHECK_EQ(sl_cli_take_stdout(&o, "-", &err), SL_E_USAGE);
    CHECK(strstr(err.text, "--json") != NULL);
    sl_cli_out_clear(&o);
}

static void out__what_must_be_read_before_an_answer_is_told_in_any_mode(void)
{
    struct sl_cli_out o = begin();

    o.json = o.quiet = true;
    sl_cli_tell(&o, "request %d\n", 7);
    CHECK(strcmp(caught.text[2], "request 7\n") == 0);
    CHECK_EQ(o.waiting.len, 0);
    sl_cli_out_clear(&o);
}

static void words__the_first_says_what_is_meant(void)
{
    static const char *const names[] = { "new", "accept", NULL };
    char verb[] = "trustee", accept[] = "accept", file[] = "x", other[] = "fly";
    char *good[] = { verb, accept, file, NULL }, *bad[] = { verb, other, NULL };
    const struct sl_cli_args a = { .argc = 3, .argv = good }, b = { .argc = 2, .argv = bad };
    struct sl_err err = { 0 };
    const char *word = NULL;
    unsigned what = 77;

    optind = 1;
    CHECK_EQ(sl_cli_which(&a, names, &what, NULL), SL_OK);
    CHECK_EQ(what, 1);
    CHECK_EQ(sl_cli_words(&a, 1, 1, "FILE", &word, NULL), SL_OK);
    CHECK(word == file);
    optind = 1;
    CHECK_EQ(sl_cli_which(&b, names, &what, &err), SL_E_USAGE);
    CHECK(strcmp(err.text, "'fly' is not one of: new, accept") == 0);
    optind = 2;
    CHECK_EQ(sl_cli_which(&b, names, &what, &err), SL_E_USAGE);
    CHECK(strcmp(err.text, "trustee what? one of: new, accept") == 0);
    CHECK_EQ(what, 1);
}

static void words__a_new_passphrase_and_none_are_not_both_meant(void)
{
    struct sl_cli_new n = SL_CLI_NEW;
    char file[] = "pw", three[] = "3";

    CHECK_EQ(n.from.fd, -1);
    optarg = file;
    CHECK_EQ(sl_cli_take_new(&n, SL_CLI_NEW_FILE, NULL), SL_OK);
    CHECK(n.from.file == file);
    CHECK_EQ(sl_cli_take_new(&n, SL_CLI_NEW_NONE, NULL), SL_E_USAGE);
    n = SL_CLI_NEW;
    CHECK_EQ(sl_cli_take_new(&n, SL_CLI_NEW_NONE, NULL), SL_OK);
    CHECK(n.none);
    optarg = three;
    CHECK_EQ(sl_cli_take_new(&n, SL_CLI_NEW_FD, NULL), SL_E_USAGE);
    n = SL_CLI_NEW;
    CHECK_EQ(sl_cli_take_new(&n, SL_CLI_NEW_FD, NULL), SL_OK);
    CHECK_EQ(n.from.fd, 3);
    CHECK_EQ(sl_cli_take_new(&n, SL_CLI_END, NULL), SL_OK);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(out__keeps_results_and_talk_apart),
        CASE(out__says_as_much_as_was_asked_for),
        CASE(out__a_failed_write_is_told_once_and_for_all),
        CASE(json__prints_one_object_and_no_sentence),
        CASE(json__closes_its_object_also_after_a_drained_listing),
        CASE(json__survives_a_sentence_cut_within_a_character),
        CASE(progress__leaves_no_trace_of_the_bar_before_a_message),
        CASE(progress__as_json_makes_messages_json_too),
        CASE(exit_codes__are_those_of_the_manual),
        CASE(out__talks_elsewhere_where_standard_output_is_a_file),
        CASE(json__does_not_share_standard_output_with_a_file),
        CASE(out__what_must_be_read_before_an_answer_is_told_in_any_mode),
        CASE(words__the_first_says_what_is_meant),
        CASE(words__a_new_passphrase_and_none_are_not_both_meant),
        CASE(number__takes_digits_up_to_its_limit_and_nothing_else),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
