/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The production line keeps order of ownership: everything made is either used or freed.
 */
#include "flow/line.h"

#include <stdatomic.h>
#include <stdint.h>

#include "check.h"

struct job {
    atomic_int made, used, freed;
    int want, fail_at;
};

static struct job *now;

static void free_counted(void *item)
{
    free(item);
    atomic_fetch_add(&now->freed, 1);
}

static sl_rc make(void *job, void *item, struct sl_line *line, struct sl_err *err)
{
    struct job *j = job;

    (void)item;
    if (atomic_load(&j->made) == j->want)
        return SL_E_MISSING;
    int *n = malloc(sizeof *n);
    *n = atomic_fetch_add(&j->made, 1);
    return sl_line_pass(line, n, err);
}

static sl_rc carry(void *job, void *item, struct sl_line *line, struct sl_err *err)
{
    (void)job;
    return sl_line_pass(line, item, err);
}

static sl_rc use(void *job, void *item, struct sl_line *line, struct sl_err *err)
{
    struct job *j = job;
    int n = *(int *)item;

    (void)line;
    free(item);
    atomic_fetch_add(&j->used, 1);
    if (n == j->fail_at)
        return sl_fail(err, SL_E_BROKEN, "item %d is broken", n);
    return SL_OK;
}

static const struct sl_stage STAGES[] = {
    { "make", make, free_counted, 1, 1 },
    { "carry", carry, free_counted, 4, 2 },
    { "use", use, free_counted, 2, 2 },
};

static void line__carries_every_item_to_the_end(void)
{
    struct job j = { .want = 5000, .fail_at = -1 };
    struct sl_err err = { 0 };

    now = &j;
    CHECK_EQ(sl_line_run(STAGES, 3, &j, &err), SL_OK);
    CHECK_EQ(j.used, 5000);
    CHECK_EQ(j.freed, 0);
}

static void line__first_failure_stops_it_and_frees_what_waits(void)
{
    for (int round = 0; round < 200; round++) {
        struct job j = { .want = 500, .fail_at = round };
        struct sl_err err = { 0 };

        now = &j;
        CHECK_EQ(sl_line_run(STAGES, 3, &j, &err), SL_E_BROKEN);
        CHECK(strstr(err.text, "is broken") != NULL);
        CHECK_EQ(j.used + j.freed, j.made);
    }
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(line__carries_every_item_to_the_end),
        CASE(line__first_failure_stops_it_and_frees_what_waits),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
