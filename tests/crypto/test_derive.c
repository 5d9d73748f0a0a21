/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * SHA-256, HMAC and HKDF against the vectors of their RFCs and of others.
 */
#include "crypto/derive.h"

#include "foreign.h"
#include "ready.h"

#define HKDF_MAX 8160u

/* FIPS 180-4's "abc", and the empty message. */
static const char ABC[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
static const char EMPTY[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

static bool is_hex(const uint8_t *bytes, const char *hex)
{
    struct sl_buf want = sl_buf_upto(1024);

    foreign_unhex(text_view(hex), &want);
    bool same = foreign_same(sl_buf_view(&want), bytes, want.len);
    sl_buf_clear(&want);
    return same;
}

static void sha256__knows_abc_and_nothing(void)
{
    uint8_t got[SL_SHA256_BYTES];

    sl_sha256_of(text_view("abc"), got);
    CHECK(is_hex(got, ABC));
    sl_sha256_of((struct sl_view){ 0 }, got);
    CHECK(is_hex(got, EMPTY));
    sl_sha256_of_pieces((struct sl_view[]){ text_view("a"), { 0 }, text_view("bc") }, 3, got);
    CHECK(is_hex(got, ABC));
}

static void sha256__tells_the_digest_so_far_and_runs_on(void)
{
    SL_AUTO_FREE(sha256) *h = NULL;
    uint8_t got[SL_SHA256_BYTES];

    CHECK_EQ(sl_sha256_new(&h, NULL), SL_OK);
    sl_sha256_now(h, got);
    CHECK(is_hex(got, EMPTY));
    sl_sha256_put(h, text_view("ab"));
    sl_sha256_now(h, got);
    sl_sha256_put(h, text_view("c"));
    sl_sha256_now(h, got);
    CHECK(is_hex(got, ABC));
    sl_sha256_now(h, got); /* asking changes nothing */
    CHECK(is_hex(got, ABC));
    sl_sha256_restart(h);
    sl_sha256_now(h, got);
    CHECK(is_hex(got, EMPTY));
}

/* RFC 4231, test cases 1 and 2. */
static void hmac__knows_its_rfc(void)
{
    uint8_t key[20];
    uint8_t got[SL_SHA256_BYTES];

    memset(key, 0x0b, sizeof key);
    sl_hmac_sha256((struct sl_view){ key, sizeof key }, text_view("Hi There"), got);
    CHECK(is_hex(got, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"));
    sl_hmac_sha256(text_view("Jefe"), text_view("what do ya want for nothing?"), got);
    CHECK(is_hex(got, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
}

/* HMAC under no key of no message, by Python's hmac module. */
static void hmac__takes_an_empty_key_and_message(void)
{
    uint8_t got[SL_SHA256_BYTES];

    sl_hmac_sha256((struct sl_view){ 0 }, (struct sl_view){ 0 }, got);
    CHECK(is_hex(got, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"));
}

static size_t check_hkdf(struct foreign *f, const char *ikm, const char *okm)
{
    static uint8_t got[HKDF_MAX];
    size_t count = 0;

    while (foreign_next(f)) {
        if (foreign_has(f, "result") && foreign_is(foreign_raw(f, "result"), "\"invalid\"")) {
            CHECK(foreign_number(f, "size") > HKDF_MAX); /* what our contract excludes */
            continue;
        }
        struct sl_view want = foreign_hex(f, okm);
        sl_hkdf_sha256(foreign_hex(f, ikm), foreign_hex(f, "salt"), foreign_hex(f, "info"), got,
                       want.len);
        CHECK(foreign_same(want, got, want.len));
        count++;
    }
    return count;
}

static void hkdf__agrees_with_its_rfc(void)
{
    struct foreign f;

    if (foreign_open(&f, FOREIGN_PYTHON "KDF/rfc-5869-HKDF-SHA256.txt", "COUNT"))
        CHECK_EQ(check_hkdf(&f, "IKM", "OKM"), 3);
    else
        check_skip(FOREIGN_NO_PYTHON);
    foreign_close(&f);
}

static void hkdf__agrees_with_a_long_vector(void)
{
    struct foreign f;

    if (foreign_open(&f, FOREIGN_PYTHON "KDF/hkdf-generated.txt", "COUNT"))
        CHECK_EQ(check_hkdf(&f, "IKM", "OKM"), 1);
    else
        check_skip(FOREIGN_NO_PYTHON);
    foreign_close(&f);
}

static void hkdf__agrees_with_wycheproof(void)
{
    char *path = foreign_shared("vectors/wycheproof-hkdf_sha256.json");
    struct foreign f;

    if (foreign_open(&f, path, "tcId"))
        CHECK(check_hkdf(&f, "ikm", "okm") >= 80);
    else
        check_skip(FOREIGN_NO_SHARED);
    foreign_close(&f);
    free(path);
}

static const struct check_case cases[] = {
    CASE(sha256__knows_abc_and_nothing), CASE(sha256__tells_the_digest_so_far_and_runs_on),
    CASE(hmac__knows_its_rfc),           CASE(hmac__takes_an_empty_key_and_message),
    CASE(hkdf__agrees_with_its_rfc),     CASE(hkdf__agrees_with_a_long_vector),
    CASE(hkdf__agrees_with_wycheproof),
};

READY_MAIN(cases)
