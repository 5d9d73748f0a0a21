/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Secrets: fresh ones differ, comparison works, nothing leaks.
 */
#include "crypto/secret.h"

#include <sodium.h>

#include "check.h"

static void secret__two_fresh_ones_are_never_alike(void)
{
    SL_AUTO_FREE(secret) *a = NULL;
    SL_AUTO_FREE(secret) *b = NULL;
    struct sl_err err = { 0 };

    CHECK_EQ(sl_secret_new(32, &a, &err), SL_OK);
    CHECK_EQ(sl_secret_new(32, &b, &err), SL_OK);
    CHECK(!sl_secret_same(a, b));
    CHECK(sl_secret_same(a, a));
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(secret__two_fresh_ones_are_never_alike),
    };

    if (sodium_init() < 0)
        return EXIT_FAILURE;
    return check_run(cases, sizeof cases / sizeof *cases);
}
