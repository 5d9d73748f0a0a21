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
    if (atomic_load(&j->made) == j->want) {
        sl_line_end(line);
        return SL_OK;
    }
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
    CHECK_EQ(sl_line_run(STAGES, 3, false, &j, &err), SL_OK);
    CHECK_EQ(j.used, 5000);
    CHECK_EQ(j.freed, 0);
}

static void line__first_failure_stops_it_and_frees_what_waits(void)
{
    for (int round = 0; round < 200; round++) {
        struct job j = { .want = 500, .fail_at = round };
        struct sl_err err = { 0 };

        now = &j;
        CHECK_EQ(sl_line_run(STAGES, 3, false, &j, &err), SL_E_BROKEN);
        CHECK(strstr(err.text, "is broken") != NULL);
        CHECK_EQ(j.used + j.freed, j.made);
    }
}

static void line__in_one_thread_goes_in_order(void)
{
    struct job j = { .want = 50, .fail_at = 20 };
    struct sl_err err = { 0 };

    now = &j;
    CHECK_EQ(sl_line_run(STAGES, 3, true, &j, &err), SL_E_BROKEN);
    CHECK_EQ(j.made, 21);
    CHECK_EQ(j.used, 21);
}

static sl_rc never_there(void *job, void *item, struct sl_line *line, struct sl_err *err)
{
    (void)job;
    (void)item;
    (void)line;
    return sl_fail(err, SL_E_MISSING, "clip vanished");
}

static void line__takes_a_missing_thing_for_a_failure_and_never_for_the_end(void)
{
    static const struct sl_stage stages[] = { { "make", never_there, free_counted, 1, 1 } };
    struct job j = { 0 };
    struct sl_err err = { 0 };

    CHECK_EQ(sl_line_run(stages, 1, false, &j, &err), SL_E_MISSING);
    CHECK_EQ(sl_line_run(stages, 1, true, &j, &err), SL_E_MISSING);
}

struct lending {
    struct sl_lent shelf;
    atomic_int out, most;
    int left;
};

static sl_rc borrow(void *job, void *item, struct sl_line *line, struct sl_err *err)
{
    struct lending *l = job;
    void *thing = NULL;

    (void)item;
    if (l->left-- == 0) {
        sl_line_end(line);
        return SL_OK;
    }
    SL_TRY(sl_line_borrow(line, &l->shelf, &thing, err));
    int out = atomic_fetch_add(&l->out, 1) + 1;
    if (out > atomic_load(&l->most))
        atomic_store(&l->most, out);
    return sl_line_pass(line, thing, err);
}

static sl_rc give_back(void *job, void *item, struct sl_line *line, struct sl_err *err)
{
    struct lending *l = job;

    (void)err;
    atomic_fetch_sub(&l->out, 1);
    sl_line_return(line, &l->shelf, item);
    return SL_OK;
}

static void keep(void *item)
{
    (void)item;
}

static void line__never_lends_more_than_there_is(void)
{
    static const struct sl_stage stages[] = {
        { "borrow", borrow, keep, 1, 0 },
        { "return", give_back, keep, 4, 16 },
    };
    int things[3];

    for (int one_thread = 0; one_thread < 2; one_thread++) {
        struct lending l = { .shelf = { { &things[0], &things[1], &things[2] }, 3 }, .left = 4000 };
        CHECK_EQ(sl_line_run(stages, 2, one_thread == 1, &l, NULL), SL_OK);
        CHECK_EQ(l.shelf.count, 3);
        CHECK(l.most <= 3);
    }
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(line__carries_every_item_to_the_end),
        CASE(line__first_failure_stops_it_and_frees_what_waits),
        CASE(line__in_one_thread_goes_in_order),
        CASE(line__takes_a_missing_thing_for_a_failure_and_never_for_the_end),
        CASE(line__never_lends_more_than_there_is),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
