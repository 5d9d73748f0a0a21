/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Proofs of one logarithm: RFC 9497's vectors through the very code that trustees' answers and
 * locker proofs use, every damage to statement and proof, and nonces that never repeat.
 */
#include "crypto/foreign.h"
#include "scene.h"

#define OPRF      "vectors/rfc9497-oprf-ristretto255-sha512.json"
#define BATCH_MAX 2u

/* Fields of the file as they are met: of the mode, then of one batch. */
struct vector {
    unsigned mode, seen;
    struct sl_buf secret, info, group_dst; /* skSm, Info, groupDST */
    struct sl_point blinded[BATCH_MAX], evaluated[BATCH_MAX];
    size_t count;
    struct sl_dleq_proof proof;
};

/* "aa...,bb..." in hex. */
static size_t read_points(struct sl_view list, struct sl_point ret[BATCH_MAX])
{
    struct sl_buf bytes = sl_buf_upto(128);
    struct sl_cur c = sl_cur_over(list);
    size_t count = 0;

    while (c.left > 0 && count < BATCH_MAX) {
        foreign_unhex(sl_cur_take(&c, 64), &bytes);
        CHECK(bytes.len == 32 && sl_point_read(bytes.at, &ret[count]));
        count++;
        (void)sl_cur_take(&c, c.left > 0 ? 1 : 0); /* the comma */
    }
    sl_buf_clear(&bytes);
    return count;
}

/* The key of mode 2: k + HashToScalar("Info" and info), RFC 9497, section 3.3.3. */
static void tweak(const struct vector *v, struct sl_view context, struct sl_scalar *key)
{
    const uint8_t length[] = { (uint8_t)(v->info.len >> 8), (uint8_t)v->info.len };
    struct sl_view pieces[] = { view_text("Info"), view_of(length, 2), sl_buf_view(&v->info) };
    struct sl_buf dst = sl_buf_upto(256);
    struct sl_scalar m;

    CHECK_EQ(sl_buf_put(&dst, view_text("HashToScalar-"), NULL), SL_OK);
    CHECK_EQ(sl_buf_put(&dst, context, NULL), SL_OK);
    sl_scalar_hash(sl_buf_view(&dst), pieces, 3, &m);
    sl_scalar_add(key, &m, key);
    sl_buf_clear(&dst);
}

/* Both ways: the vector's proof is right, and its r makes that very proof. */
static void check_vector(struct vector *v, struct sl_view r)
{
    size_t skip = strlen("HashToGroup-");
    struct sl_view context = view_of(v->group_dst.at + skip, v->group_dst.len - skip);
    struct sl_secret *k = NULL, *nonce = NULL;
    struct sl_dleq_proof made = { 0 };
    struct sl_scalar key;
    struct sl_point public;

    CHECK(sl_scalar_read(v->secret.at, &key));
    if (v->mode == 2)
        tweak(v, context, &key);
    CHECK(sl_point_base_times(&key, &public));
    struct sl_statement s = { .context = context,
                              .key = &public,
                              .from = v->mode == 2 ? v->evaluated : v->blinded,
                              .to = v->mode == 2 ? v->blinded : v->evaluated,
                              .count = v->count };
    CHECK(sl_proof_right(&s, &v->proof));
    CHECK_EQ(sl_scalar_secret_read(view_of(key.bytes, 32), &k, NULL), SL_OK);
    CHECK_EQ(sl_scalar_secret_read(r, &nonce, NULL), SL_OK);
    CHECK(sl_proof_with(&s, k, nonce, &made));
    CHECK(memcmp(&made, &v->proof, sizeof made) == 0);
    v->proof.response.bytes[0] ^= 1;
    CHECK(!sl_proof_right(&s, &v->proof));
    v->seen++;
    sl_secret_free(k);
    sl_secret_free(nonce);
}

static void take_field(struct vector *v, const struct foreign_field *f)
{
    struct sl_view value = foreign_trim(f->value, "\"");
    struct sl_buf bytes = sl_buf_upto(256);

    if (foreign_is(f->name, "mode"))
        v->mode = (unsigned)(value.at[0] - '0');
    else if (foreign_is(f->name, "groupDST"))
        foreign_unhex(value, &v->group_dst);
    else if (foreign_is(f->name, "skSm"))
        foreign_unhex(value, &v->secret);
    else if (foreign_is(f->name, "Info"))
        foreign_unhex(value, &v->info);
    else if (foreign_is(f->name, "BlindedElement"))
        v->count = read_points(value, v->blinded);
    else if (foreign_is(f->name, "EvaluationElement"))
        CHECK_EQ(read_points(value, v->evaluated), v->count);
    else if (foreign_is(f->name, "proof")) {
        foreign_unhex(value, &bytes);
        struct sl_cur c = sl_cur_over(sl_buf_view(&bytes));
        CHECK(sl_proof_take(&c, &v->proof) && sl_cur_done(&c));
    } else if (foreign_is(f->name, "r")) {
        foreign_unhex(value, &bytes);
        check_vector(v, sl_buf_view(&bytes));
    }
    sl_buf_clear(&bytes);
}

/* QUORUM-25 */
static void proof__is_that_of_rfc_9497(void)
{
    struct vector v = { .secret = sl_buf_upto(64), .info = sl_buf_upto(64) };
    char *path = foreign_shared(OPRF);
    struct foreign_field f;
    struct foreign all;

    v.group_dst = sl_buf_upto(256);
    if (!foreign_open(&all, path, "groupDST")) {
        check_skip(FOREIGN_NO_SHARED);
    } else {
        while (all.left.left > 0)
            if (foreign_split(foreign_line(&all.left), &f))
                take_field(&v, &f);
        CHECK_EQ(v.seen, 6); /* three of mode 1, three of mode 2; one of each is a batch of two */
    }
    foreign_close(&all);
    sl_buf_clear(&v.secret);
    sl_buf_clear(&v.info);
    sl_buf_clear(&v.group_dst);
    free(path);
}

struct truth { /* a statement with its own points, and a right proof of it */
    struct sl_secret *k;
    struct sl_point key, from[2], to[2];
    struct sl_statement s;
    struct sl_dleq_proof proof;
};

static void truth_new(struct truth *t)
{
    struct sl_view names[] = { view_text("one"), view_text("two") };

    memset(t, 0, sizeof *t);
    CHECK_EQ(sl_scalar_draw(&t->k, NULL), SL_OK);
    CHECK(sl_point_base_times_secret(t->k, &t->key));
    for (size_t i = 0; i < 2; i++) {
        sl_point_hash(view_text("test"), &names[i], 1, &t->from[i]);
        CHECK(sl_point_times_secret(&t->from[i], t->k, &t->to[i]));
    }
    t->s = (struct sl_statement){ view_text("a test"), &t->key, t->from, t->to, 2 };
    CHECK_EQ(sl_proof_make(&t->s, t->k, &t->proof, NULL), SL_OK);
    CHECK(sl_proof_right(&t->s, &t->proof));
}

static void proof__holds_for_its_statement_only(void)
{
    struct truth t;
    struct sl_statement s;
    struct sl_point other;

    truth_new(&t);
    sl_second_base(&other);
    s = t.s;
    s.context = view_text("a tesT");
    CHECK(!sl_proof_right(&s, &t.proof));
    s = t.s;
    s.count = 1;
    CHECK(!sl_proof_right(&s, &t.proof));
    s = t.s;
    s.key = &other;
    CHECK(!sl_proof_right(&s, &t.proof));
    for (size_t i = 0; i < 2; i++) {
        struct sl_point kept = t.from[i];
        t.from[i] = other;
        CHECK(!sl_proof_right(&t.s, &t.proof));
        t.from[i] = kept;
        kept = t.to[i];
        t.to[i] = other;
        CHECK(!sl_proof_right(&t.s, &t.proof));
        t.to[i] = kept;
    }
    CHECK(sl_proof_right(&t.s, &t.proof)); /* all is as it was */
    sl_secret_free(t.k);
}

static void proof__with_any_bit_flipped_is_wrong(void)
{
    struct truth t;

    truth_new(&t);
    for (unsigned bit = 0; bit < 8 * sizeof t.proof; bit += 3) {
        uint8_t bytes[sizeof t.proof];
        struct sl_dleq_proof bad;
        memcpy(bytes, &t.proof, sizeof bytes);
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        struct sl_cur c = sl_cur_over(view_of(bytes, sizeof bytes));
        CHECK(!sl_proof_take(&c, &bad) || !sl_proof_right(&t.s, &bad));
    }
    sl_secret_free(t.k);
}

static void proof__of_a_false_statement_cannot_be_made_so(void)
{
    struct sl_dleq_proof proof;
    struct truth t;

    truth_new(&t);
    sl_second_base(&t.to[1]);
    CHECK_EQ(sl_proof_make(&t.s, t.k, &proof, NULL), SL_OK); /* it knows not that it lies */
    CHECK(!sl_proof_right(&t.s, &proof));
    sl_secret_free(t.k);
}

/* Zero for challenge and response makes the identity on the way. */
static void proof__of_zeroes_is_wrong(void)
{
    struct sl_dleq_proof zero = { 0 };
    struct truth t;

    truth_new(&t);
    CHECK(!sl_proof_right(&t.s, &zero));
    sl_secret_free(t.k);
}

static bool same_nonce(const struct sl_statement *s, const struct sl_secret *k,
                       const struct sl_statement *other, const struct sl_secret *other_k)
{
    struct sl_secret *a = NULL, *b = NULL;

    fixed_start(); /* the machine was set back: the same random bytes come again */
    CHECK_EQ(sl_proof_nonce(s, k, &a, NULL), SL_OK);
    fixed_start();
    CHECK_EQ(sl_proof_nonce(other, other_k, &b, NULL), SL_OK);
    bool same = sl_secret_same(a, b);
    sl_secret_free(a);
    sl_secret_free(b);
    return same;
}

/* A source that repeats itself must not make one nonce serve two statements: two answers would
 * give the share away. Nor does a good source meet one nonce twice. */
static void proof__takes_no_nonce_twice(void)
{
    struct sl_secret *other_k = NULL, *a = NULL, *b = NULL;
    struct sl_statement other;
    struct sl_point point;
    struct truth t;

    truth_new(&t);
    CHECK(same_nonce(&t.s, t.k, &t.s, t.k)); /* the control: seeded alike, it is the same */
    other = t.s;
    other.context = view_text("b test");
    CHECK(!same_nonce(&t.s, t.k, &other, t.k));
    other = t.s;
    sl_second_base(&point);
    other.key = &point;
    CHECK(!same_nonce(&t.s, t.k, &other, t.k));
    CHECK_EQ(sl_scalar_draw(&other_k, NULL), SL_OK);
    CHECK(!same_nonce(&t.s, t.k, &t.s, other_k));
    CHECK_EQ(sl_proof_nonce(&t.s, t.k, &a, NULL), SL_OK);
    CHECK_EQ(sl_proof_nonce(&t.s, t.k, &b, NULL), SL_OK);
    CHECK(!sl_secret_same(a, b));
    sl_secret_free(a);
    sl_secret_free(b);
    sl_secret_free(other_k);
    sl_secret_free(t.k);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(proof__is_that_of_rfc_9497),
        CASE(proof__holds_for_its_statement_only),
        CASE(proof__with_any_bit_flipped_is_wrong),
        CASE(proof__of_a_false_statement_cannot_be_made_so),
        CASE(proof__of_zeroes_is_wrong),
        CASE(proof__takes_no_nonce_twice),
    };

    fixed_start();
    return check_run(cases, sizeof cases / sizeof *cases);
}
