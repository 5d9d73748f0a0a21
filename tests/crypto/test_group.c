/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ristretto255: the multiples and bad encodings of RFC 9496, hashes to it against the inputs of
 * RFC 9497's vectors, and arithmetic that has to come out the same on two ways.
 */
#include "crypto/group.h"

#include "foreign.h"
#include "ready.h"

static const char *const MULTIPLES[] = {
    /* of G, from 1; RFC 9496, appendix A.1 */
    "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76",
    "6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919",
    "94741f5d5d52755ece4f23f044ee27d5d1ea1e2bd196b462166b16152a9d0259",
    "da80862773358b466ffadfe0b3293ab3d9fd53c5ea6c955358f568322daf6a57",
    "e882b131016b52c1d3337080187cf768423efccbb517bb495ab812c4160ff44e",
};

static const char *const BAD[] = {
    /* RFC 9496, appendix A.2: one of each kind */
    "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", /* not reduced */
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0100000000000000000000000000000000000000000000000000000000000000", /* negative */
    "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20",
    "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371", /* x^2 no square */
    "4eac077a713c57b4f4397629a4145982c661f48044dd3f96427d40b147d9742f",
    "3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e", /* negative xy */
    "a45fdc55c76448c049a1ab33f17023edfb2be3581e9c7aade8a6125215e04220",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", /* s = -1 */
};

static const char ORDER[] = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
static const char BELOW[] = "ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

static void unhex32(const char *hex, uint8_t ret[32])
{
    struct sl_buf bytes = sl_buf_upto(64);

    foreign_unhex(text_view(hex), &bytes);
    CHECK_EQ(bytes.len, 32);
    memcpy(ret, bytes.at, 32);
    sl_buf_clear(&bytes);
}

static void point__knows_the_multiples_of_its_rfc(void)
{
    uint8_t want[32];
    struct sl_point p, sum, base;
    struct sl_scalar n;

    sl_point_base(&base);
    sum = base;
    for (uint32_t i = 0; i < sizeof MULTIPLES / sizeof *MULTIPLES; i++) {
        unhex32(MULTIPLES[i], want);
        sl_scalar_number(i + 1, &n);
        CHECK(sl_point_base_times(&n, &p) && memcmp(p.bytes, want, 32) == 0);
        CHECK(sl_point_times(&base, &n, &p) && memcmp(p.bytes, want, 32) == 0);
        CHECK(sl_point_same(&p, &sum));
        CHECK(sl_point_read(want, &p));
        CHECK(sl_point_add(&sum, &base, &sum));
    }
}

static void point__refuses_every_bad_encoding_of_its_rfc(void)
{
    uint8_t bytes[32];
    struct sl_point p;

    memset(&p, 7, sizeof p);
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        unhex32(BAD[i], bytes);
        CHECK(!sl_point_read(bytes, &p));
    }
    CHECK(p.bytes[0] == 7 && p.bytes[31] == 7); /* untouched */
}

/* libsodium takes 32 zeroes for a valid point. */
static void point__is_never_the_identity(void)
{
    static const uint8_t zero[32];
    struct sl_point base, minus, p = { { 7 } };
    struct sl_scalar none = { 0 }, below;
    uint8_t bytes[32];

    sl_point_base(&base);
    unhex32(BELOW, bytes);
    CHECK(sl_scalar_read(bytes, &below)); /* -1 */
    CHECK(sl_point_base_times(&below, &minus));
    CHECK(!sl_point_read(zero, &p));
    CHECK(!sl_point_base_times(&none, &p));
    CHECK(!sl_point_times(&base, &none, &p));
    CHECK(!sl_point_add(&base, &minus, &p));
    CHECK(!sl_point_sub(&base, &base, &p));
    CHECK(p.bytes[0] == 7); /* untouched */
}

static void sum__may_be_the_identity_on_its_way(void)
{
    struct sl_point base, minus, got;
    struct sl_sum sum = { 0 };
    struct sl_scalar below, three;
    uint8_t bytes[32];

    sl_point_base(&base);
    unhex32(BELOW, bytes);
    CHECK(sl_scalar_read(bytes, &below) && sl_point_base_times(&below, &minus));
    sl_scalar_number(3, &three);
    CHECK(!sl_sum_point(&sum, &got));
    sl_sum_times(&sum, &three); /* three times nothing */
    CHECK(!sl_sum_point(&sum, &got));
    sl_sum_add(&sum, &base);
    sl_sum_add(&sum, &minus);
    CHECK(!sl_sum_point(&sum, &got));
    sl_sum_add_times(&sum, &three, &base);
    CHECK(sl_sum_point(&sum, &got));
    unhex32(MULTIPLES[2], bytes);
    CHECK(memcmp(got.bytes, bytes, 32) == 0);
}

static void scalar__is_below_the_order(void)
{
    static const uint8_t ones[32] = { [0 ... 31] = 0xff };
    struct sl_scalar n = { { 7 } };
    uint8_t bytes[32];

    unhex32(ORDER, bytes);
    CHECK(!sl_scalar_read(bytes, &n));
    CHECK(!sl_scalar_read(ones, &n));
    CHECK_EQ(n.bytes[0], 7); /* untouched */
    unhex32(BELOW, bytes);
    CHECK(sl_scalar_read(bytes, &n));
    CHECK(sl_scalar_read((const uint8_t[32]){ 0 }, &n)); /* zero is one */
    CHECK(!sl_scalar_invert(&n, &n));
}

static void scalar__adds_up(void)
{
    struct sl_scalar a, b, sum, product, inverse, one;

    sl_scalar_number(0x01020304, &a);
    sl_scalar_number(77, &b);
    sl_scalar_number(1, &one);
    sl_scalar_add(&a, &b, &sum);
    CHECK_EQ(sum.bytes[0], 4 + 77);
    CHECK_EQ(sum.bytes[3], 1);
    sl_scalar_sub(&sum, &b, &sum);
    CHECK(memcmp(&sum, &a, sizeof a) == 0);
    CHECK(sl_scalar_invert(&b, &inverse));
    sl_scalar_mul(&b, &inverse, &product);
    CHECK(memcmp(&product, &one, sizeof one) == 0);
}

/* A secret scalar does what a public one of the same bytes does. */
static void secret_scalar__does_what_a_public_one_does(void)
{
    struct sl_secret *k = NULL, *nonce = NULL;
    struct sl_scalar public, challenge, want, got, nonce_public;
    struct sl_point base, a, b;

    CHECK_EQ(sl_scalar_draw(&k, NULL), SL_OK);
    CHECK_EQ(sl_scalar_draw(&nonce, NULL), SL_OK);
    CHECK(sl_scalar_read(sl_secret_expose(k).at, &public));
    CHECK(sl_scalar_read(sl_secret_expose(nonce).at, &nonce_public));
    sl_point_base(&base);
    CHECK(sl_point_base_times_secret(k, &a) && sl_point_base_times(&public, &b));
    CHECK(sl_point_same(&a, &b));
    CHECK(sl_point_times_secret(&b, k, &a) && sl_point_times(&b, &public, &b));
    CHECK(sl_point_same(&a, &b));
    sl_scalar_number(1234567, &challenge);
    sl_scalar_answer(nonce, &challenge, k, &got);
    sl_scalar_mul(&challenge, &public, &want);
    sl_scalar_sub(&nonce_public, &want, &want);
    CHECK(memcmp(&got, &want, sizeof got) == 0);
    sl_scalar_mul(&public, &challenge, &want);
    sl_scalar_add(&want, &nonce_public, &want);
    sl_scalar_horner(k, &challenge, nonce);
    CHECK(memcmp(sl_secret_expose(k).at, want.bytes, sizeof want.bytes) == 0);
    sl_secret_free(k);
    sl_secret_free(nonce);
}

static void secret_scalar__reads_only_what_is_below_the_order(void)
{
    struct sl_secret *k = NULL;
    struct sl_err err = { 0 };
    uint8_t bytes[32];

    unhex32(ORDER, bytes);
    CHECK_EQ(sl_scalar_secret_read((struct sl_view){ bytes, 32 }, &k, &err), SL_E_BROKEN);
    CHECK(k == NULL && err.text[0] != '\0');
    unhex32(BELOW, bytes);
    CHECK_EQ(sl_scalar_secret_read((struct sl_view){ bytes, 31 }, &k, NULL), SL_E_BROKEN);
    CHECK_EQ(sl_scalar_secret_read((struct sl_view){ bytes, 32 }, &k, NULL), SL_OK);
    sl_secret_free(k);
}

static void sha512__knows_abc(void)
{
    static const char abc[] = "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                              "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";
    struct sl_buf want = sl_buf_upto(128);
    uint8_t got[SL_WIDE_BYTES];

    foreign_unhex(text_view(abc), &want);
    sl_sha512_of_pieces((struct sl_view[]){ text_view("a"), { 0 }, text_view("bc") }, 3, got);
    CHECK(foreign_same(sl_buf_view(&want), got, sizeof got));
    sl_buf_clear(&want);
}

/* RFC 9380, appendix K.3: its first two. */
static void expand__knows_its_rfc(void)
{
    static const char dst[] = "QUUX-V01-CS02-with-expander-SHA512-256";
    static const struct {
        const char *message, *want;
    } rows[] = {
        { "", "6b9a7312411d92f921c6f68ca0b6380730a1a4d982c507211a90964c394179ba" },
        { "abc", "0da749f12fbe5483eb066a5f595055679b976e93abe9be6f0f6318bce7aca8dc" },
    };
    uint8_t got[32], want[32];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sl_view message = text_view(rows[i].message);
        sl_expand_sha512(text_view(dst), &message, 1, got, sizeof got);
        unhex32(rows[i].want, want);
        CHECK(memcmp(got, want, sizeof got) == 0);
    }
}

/* Longer output begins otherwise (its length is hashed), and is not its first block repeated. */
static void expand__binds_length_purpose_and_message(void)
{
    uint8_t a[200], b[200], c[64];
    struct sl_view abc = text_view("abc");

    sl_expand_sha512(text_view("purpose"), &abc, 1, a, sizeof a);
    sl_expand_sha512(text_view("purpose"), (struct sl_view[]){ text_view("ab"), text_view("c") }, 2,
                     b, sizeof b);
    CHECK(memcmp(a, b, sizeof a) == 0);
    sl_expand_sha512(text_view("purpose2"), &abc, 1, b, sizeof b);
    CHECK(memcmp(a, b, 64) != 0);
    sl_expand_sha512(text_view("purpose"), &abc, 1, c, sizeof c);
    CHECK(memcmp(a, c, sizeof c) != 0);
    CHECK(memcmp(a, a + 64, 64) != 0 && memcmp(a + 64, a + 128, 64) != 0);
}

struct oprf { /* what the RFC's vectors say of one hash to the group, as it is met */
    struct sl_buf dst, input, blind;
    unsigned seen;
};

/* BlindedElement = Blind * HashToGroup(Input), for every single input of the file. */
static void check_oprf(struct oprf *o, struct sl_view blinded)
{
    struct sl_view input = sl_buf_view(&o->input);
    struct sl_point p, got;
    struct sl_scalar n;
    struct sl_buf want = sl_buf_upto(64);

    foreign_unhex(blinded, &want);
    CHECK(o->blind.len == 32 && want.len == 32 && sl_scalar_read(o->blind.at, &n));
    sl_point_hash(sl_buf_view(&o->dst), &input, 1, &p);
    CHECK(sl_point_times(&p, &n, &got) && foreign_same(sl_buf_view(&want), got.bytes, 32));
    o->seen++;
    sl_buf_clear(&want);
}

static void point_hash__is_that_of_rfc_9497(void)
{
    struct oprf o = { sl_buf_upto(256), sl_buf_upto(256), sl_buf_upto(256), 0 };
    char *path = foreign_shared("vectors/rfc9497-oprf-ristretto255-sha512.json");
    char blinded[80] = "";
    struct foreign_field f;
    struct foreign all;

    if (!foreign_open(&all, path, "groupDST")) {
        check_skip(FOREIGN_NO_SHARED);
    } else {
        while (all.left.left > 0) {
            if (!foreign_split(foreign_line(&all.left), &f))
                continue;
            struct sl_view value = foreign_trim(f.value, "\"");
            bool one = memchr(value.at, ',', value.len) == NULL; /* batches: only their first */
            if (foreign_is(f.name, "groupDST"))
                foreign_unhex(value, &o.dst);
            if (foreign_is(f.name, "Blind") && one)
                foreign_unhex(value, &o.blind);
            if (foreign_is(f.name, "BlindedElement"))
                (void)snprintf(blinded, sizeof blinded, "%.*s", (int)(one ? value.len : 0),
                               (const char *)value.at);
            if (foreign_is(f.name, "Input") && one && blinded[0] != '\0') {
                foreign_unhex(value, &o.input);
                check_oprf(&o, text_view(blinded));
            }
        }
        CHECK_EQ(o.seen, 6); /* two of each mode */
    }
    foreign_close(&all);
    sl_buf_clear(&o.dst);
    sl_buf_clear(&o.input);
    sl_buf_clear(&o.blind);
    free(path);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(point__knows_the_multiples_of_its_rfc),
        CASE(point__refuses_every_bad_encoding_of_its_rfc),
        CASE(point__is_never_the_identity),
        CASE(sum__may_be_the_identity_on_its_way),
        CASE(scalar__is_below_the_order),
        CASE(scalar__adds_up),
        CASE(secret_scalar__does_what_a_public_one_does),
        CASE(secret_scalar__reads_only_what_is_below_the_order),
        CASE(sha512__knows_abc),
        CASE(expand__knows_its_rfc),
        CASE(expand__binds_length_purpose_and_message),
        CASE(point_hash__is_that_of_rfc_9497),
    };

    ready();
    return check_run(cases, sizeof cases / sizeof *cases);
}
