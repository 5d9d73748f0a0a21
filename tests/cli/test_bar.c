/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sizes, times and the line that moves, as people read them.
 */
#include "cli/bar.h"

#include "base/own.h"
#include "check.h"

#define SECOND UINT64_C(1000000000)

static void size__reads_as_on_the_box_of_a_disk(void)
{
    static const struct {
        uint64_t bytes;
        const char *text;
    } want[] = {
        { 0, "0 B" },
        { 999, "999 B" },
        { 1000, "1.0 kB" },
        { 999999, "999.9 kB" },
        { 1000000, "1.0 MB" },
        { 1234567890, "1.2 GB" },
        { UINT64_C(64000000000), "64.0 GB" },
        { UINT64_C(100000000000000), "100.0 TB" },
        { UINT64_MAX, "18.4 EB" },
    };

    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        CHECK(strcmp(sl_cli_size(want[i].bytes).text, want[i].text) == 0);
        if (strcmp(sl_cli_size(want[i].bytes).text, want[i].text) != 0)
            printf("# %s is shown as %s\n", want[i].text, sl_cli_size(want[i].bytes).text);
    }
}

static void span__has_hours_only_where_there_are_some(void)
{
    CHECK(strcmp(sl_cli_span(0).text, "0:00") == 0);
    CHECK(strcmp(sl_cli_span(59).text, "0:59") == 0);
    CHECK(strcmp(sl_cli_span(3599).text, "59:59") == 0);
    CHECK(strcmp(sl_cli_span(3600 + 61).text, "1:01:01") == 0);
    CHECK(strcmp(sl_cli_span(UINT64_MAX).text, "long") == 0);
}

static void bar__says_share_rate_and_what_is_left(void)
{
    struct sl_cli_bar b = { 0 };
    struct sl_progress p = { .task = "offload", .done_bytes = 0, .all_bytes = 2000000000 };
    char text[SL_CLI_BAR_MAX];

    CHECK(sl_cli_bar_due(&b, &p, 5 * SECOND, 100));
    p.done_bytes = 1000000000;
    sl_cli_bar_text(&b, &p, 15 * SECOND, 100, text);
    CHECK(strcmp(text, "offload [##########..........]  50%  1.0 GB of 2.0 GB  100.0 MB/s"
                       "  0:10 left") == 0);
}

static void bar__never_is_wider_than_the_terminal(void)
{
    struct sl_progress p = { .task = "restore", .done_bytes = 77, .all_bytes = UINT64_MAX };

    for (unsigned columns = 0; columns < 300; columns++) {
        struct sl_cli_bar b = { 0 };
        char text[SL_CLI_BAR_MAX];

        CHECK(sl_cli_bar_due(&b, &p, SECOND, 100));
        sl_cli_bar_text(&b, &p, 9 * SECOND, columns, text);
        CHECK(strlen(text) <= columns);
    }
}

static void bar__without_a_total_promises_nothing(void)
{
    struct sl_cli_bar b = { 0 };
    struct sl_progress p = { .task = "seal", .done_bytes = 5000 };
    char text[SL_CLI_BAR_MAX];

    CHECK(sl_cli_bar_due(&b, &p, SECOND, 100));
    sl_cli_bar_text(&b, &p, 3 * SECOND, 80, text);
    CHECK(strcmp(text, "seal  5.0 kB  2.5 kB/s") == 0);
}

static void bar__is_drawn_first_last_and_now_and_then(void)
{
    struct sl_cli_bar b = { 0 };
    struct sl_progress p = { .task = "seal", .done_bytes = 1, .all_bytes = 10 };

    CHECK(sl_cli_bar_due(&b, &p, SECOND, 100));
    CHECK(!sl_cli_bar_due(&b, &p, SECOND + SECOND / 20, 100));
    CHECK(sl_cli_bar_due(&b, &p, SECOND + SECOND / 10, 100));
    p.done_bytes = 10;
    CHECK(sl_cli_bar_due(&b, &p, SECOND + SECOND / 10 + 1, 100));
    p = (struct sl_progress){ .task = "restore", .done_bytes = 0, .all_bytes = 10 };
    CHECK(sl_cli_bar_due(&b, &p, SECOND + SECOND / 10 + 2, 100)); /* a new task */
}

static void bar__as_json_keeps_a_name_of_any_bytes(void)
{
    SL_AUTO_CLEAR(buf) out = sl_buf_upto(4096);
    struct sl_progress p = { .task = "offload", .done_files = 1, .all_files = 2, .name = "a\xff" };
    struct sl_err err = { 0 };
    static const char want[] = "{\"task\":\"offload\",\"done_bytes\":0,\"all_bytes\":0,"
                               "\"done_files\":1,\"all_files\":2,\"name64\":\"Yf8=\"}\n";

    CHECK_EQ(sl_cli_bar_json(&p, &out, &err), SL_OK);
    CHECK_EQ(out.len, sizeof want - 1);
    CHECK(out.len == sizeof want - 1 && memcmp(out.at, want, out.len) == 0);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(size__reads_as_on_the_box_of_a_disk),
        CASE(span__has_hours_only_where_there_are_some),
        CASE(bar__says_share_rate_and_what_is_left),
        CASE(bar__never_is_wider_than_the_terminal),
        CASE(bar__without_a_total_promises_nothing),
        CASE(bar__is_drawn_first_last_and_now_and_then),
        CASE(bar__as_json_keeps_a_name_of_any_bytes),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
