/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The whole test harness. Prints TAP, which `meson test` and tools/check.py read. A case that
 * cannot run on this machine says so with check_skip() and is counted as skipped, not as passed;
 * a case that skips after something was not so has failed.
 */
#pragma once

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A sanitizer is at work: it holds more memory and takes more time. gcc and clang say so each in
 * its own way. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CHECK_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define CHECK_SANITIZED 1
#endif
#endif

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
static const char *check_why_skipped;

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

/* Say that the case at hand cannot run here, and return from it right after. `why` is one line
 * that outlives the case ("no ../shared beside the project"). */
static inline void check_skip(const char *why)
{
    check_why_skipped = why;
}

/* Print the line of one finished case. Flushed, so that a crash in the next case is its own. */
static inline void check_say(const char *name, size_t number)
{
    if (check_failures)
        printf("not ok %zu - %s\n", number, name);
    else if (check_why_skipped)
        printf("ok %zu - %s # SKIP %s\n", number, name, check_why_skipped);
    else
        printf("ok %zu - %s\n", number, name);
    fflush(stdout);
}

static inline int check_run(const struct check_case *cases, size_t count)
{
    int bad = 0;

    printf("1..%zu\n", count);
    for (size_t i = 0; i < count; i++) {
        check_failures = 0;
        check_why_skipped = NULL;
        cases[i].run();
        check_say(cases[i].name, i + 1);
        bad |= check_failures;
    }
    return bad ? EXIT_FAILURE : EXIT_SUCCESS;
}
