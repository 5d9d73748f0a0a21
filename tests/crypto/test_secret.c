/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Secrets: fresh ones differ, comparison works, random bytes come through the seam and nowhere
 * else.
 */
#include "crypto/secret.h"

#include <sodium.h>

#include "ready.h"

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

static void secret__a_copy_is_the_same_and_another_length_is_not(void)
{
    static const uint8_t bytes[5] = { 1, 2, 3, 4, 5 };
    SL_AUTO_FREE(secret) *a = NULL;
    SL_AUTO_FREE(secret) *b = NULL;

    CHECK_EQ(sl_secret_copy((struct sl_view){ bytes, 5 }, &a, NULL), SL_OK);
    CHECK_EQ(sl_secret_copy((struct sl_view){ bytes, 4 }, &b, NULL), SL_OK);
    CHECK(!sl_secret_same(a, b));
    CHECK(sl_same(sl_secret_expose(a).at, bytes, 5));
}

static void secret__a_blank_one_is_zeroed_and_takes_the_largest_size(void)
{
    SL_AUTO_FREE(secret) *s = NULL;

    CHECK_EQ(sl_secret_blank(SL_SECRET_BYTES_MAX, &s, NULL), SL_OK);
    CHECK_EQ(sl_secret_expose(s).len, SL_SECRET_BYTES_MAX);
    CHECK(sodium_is_zero(sl_secret_expose(s).at, SL_SECRET_BYTES_MAX));
    sl_secret_fill(s)[7] = 9;
    CHECK_EQ(sl_secret_expose(s).at[7], 9);
}

static int count_up(void *self, void *to, size_t count)
{
    uint8_t *next = self;

    for (size_t i = 0; i < count; i++)
        ((uint8_t *)to)[i] = (*next)++;
    return 0;
}

static void random__comes_through_the_seam(void)
{
    uint8_t next = 10;
    struct sl_os fake = *sl_os_real();
    uint8_t got[4];
    struct sl_err err = { 0 };

    fake.self = &next;
    fake.random = count_up;
    CHECK_EQ(sl_crypto_start(&fake, &err), SL_OK);
    sl_random(got, sizeof got);
    CHECK(got[0] == 10 && got[3] == 13);
    uint32_t number = randombytes_random(); /* libsodium's own draws too */
    CHECK_EQ(number, 14u | 15u << 8 | 16u << 16 | 17u << 24);
    ready();
    sl_random(got, sizeof got);
    CHECK_EQ(next, 18);
}

static void wipe__leaves_zeroes(void)
{
    uint8_t bytes[3] = { 1, 2, 3 };

    sl_wipe(bytes, sizeof bytes);
    CHECK(bytes[0] == 0 && bytes[1] == 0 && bytes[2] == 0);
}

static const struct check_case cases[] = {
    CASE(secret__two_fresh_ones_are_never_alike),
    CASE(secret__a_copy_is_the_same_and_another_length_is_not),
    CASE(secret__a_blank_one_is_zeroed_and_takes_the_largest_size),
    CASE(random__comes_through_the_seam),
    CASE(wipe__leaves_zeroes),
};

READY_MAIN(cases)
