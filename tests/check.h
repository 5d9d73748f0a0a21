/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The whole test harness. Prints TAP, which `meson test` reads.
 */
#pragma once

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct check_case {
    const char *name;
    void (*run)(void);
};

#define CASE(fn)                                                                                   \
    {                                                                                              \
        .name = #fn, .run = fn                                                                     \
    }

#define CHECK(cond)          check_that((cond), #cond, __FILE__, __LINE__)
#define CHECK_EQ(have, want) check_eq((intmax_t)(have), (intmax_t)(want), #have, __FILE__, __LINE__)

static int check_failures;

static inline void check_that(int ok, const char *what, const char *file, int line)
{
    if (ok)
        return;
    printf("# %s:%d: not so: %s\n", file, line, what);
    check_failures++;
}

static inline void check_eq(intmax_t have, intmax_t want, const char *what, const char *file,
                            int line)
{
    if (have == want)
        return;
    printf("# %s:%d: %s is %jd, not %jd\n", file, line, what, have, want);
    check_failures++;
}

static inline int check_run(const struct check_case *cases, size_t count)
{
    int bad = 0;

    printf("1..%zu\n", count);
    for (size_t i = 0; i < count; i++) {
        check_failures = 0;
        cases[i].run();
        printf("%s %zu - %s\n", check_failures ? "not ok" : "ok", i + 1, cases[i].name);
        bad |= check_failures;
    }
    return bad ? EXIT_FAILURE : EXIT_SUCCESS;
}
