/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Payloads: chunks in any order and under their number only, whole files, files that flow by in
 * odd pieces; what was cut, moved or added is refused and nothing after it is released.
 */
#include "crypto/age.h"

#include "crypto/aead.h"
#include "crypto/derive.h"
#include "kit.h"

#define CHUNK  SL_AGE_CHUNK_BYTES
#define SEALED SL_AGE_SEALED_CHUNK
#define MOST   (3u * CHUNK + 100u)

static uint8_t plain[MOST];

/* An age file in memory with where its payload begins, and what opens it. */
struct sample {
    struct kit_keys keys;
    struct sl_buf file;
    size_t chunks; /* where the first one begins */
};

static void make(struct sample *s, size_t len, bool armored)
{
    struct sl_age_recipient to;
    struct sl_age_key key = { 0 };
    struct sl_buf header = sl_buf_upto(4096);
    SL_AUTO_FREE(age_writer) *w = NULL;

    *s = (struct sample){ .file = sl_buf_upto(1u << 20) };
    s->keys.identity[s->keys.identities++] = kit_identity(&to);
    CHECK_EQ(sl_age_header_seal(&to, 1, &header, &key, NULL), SL_OK);
    s->chunks = header.len + SL_AGE_NONCE_BYTES;
    CHECK_EQ(sl_age_writer_new(sl_buf_view(&header), &key, armored, &w, NULL), SL_OK);
    for (size_t at = 0, piece = 1; at < len; at += piece, piece = piece * 3 + 1) {
        size_t some = len - at < piece ? len - at : piece;
        CHECK_EQ(sl_age_writer_put(w, (struct sl_view){ plain + at, some }, &s->file, NULL), SL_OK);
    }
    CHECK_EQ(sl_age_writer_finish(w, &s->file, NULL), SL_OK);
    sl_secret_free(key.bytes);
    sl_buf_clear(&header);
}

static void clear(struct sample *s)
{
    kit_clear(&s->keys);
    sl_buf_clear(&s->file);
}

static const size_t LENGTHS[] = { 0,     1,         15,        16,         17,        CHUNK - 1,
                                  CHUNK, CHUNK + 1, 2 * CHUNK, MOST - 100, MOST - 99, MOST };
#define LENGTHS_COUNT (sizeof LENGTHS / sizeof *LENGTHS)

static void stream__gives_back_every_length_in_odd_pieces(void)
{
    static const size_t pieces[] = { 1, 13, 4095, 65536, 65553, SIZE_MAX };

    for (size_t i = 0; i < LENGTHS_COUNT; i++) {
        for (size_t p = i % 2; p < sizeof pieces / sizeof *pieces; p += 2) {
            struct sl_buf out = sl_buf_upto(1u << 20);
            struct sample s;
            struct sl_err err = { 0 };

            make(&s, LENGTHS[i], (i + p / 2) % 2 == 0);
            CHECK_EQ(kit_open(&s.keys, sl_buf_view(&s.file), pieces[p], &out, &err), SL_OK);
            CHECK_EQ(out.len, LENGTHS[i]);
            CHECK(out.len == 0 || memcmp(out.at, plain, out.len) == 0);
            sl_buf_clear(&out);
            clear(&s);
        }
    }
}

static void whole__agrees_with_the_stream_both_ways(void)
{
    for (size_t i = 0; i < LENGTHS_COUNT; i++) {
        struct sl_buf file = sl_buf_upto(1u << 20), out = sl_buf_upto(1u << 20);
        struct sl_age_recipient to;
        struct kit_keys k = { .identities = 1 };
        struct sample s;

        k.identity[0] = kit_identity(&to);
        CHECK_EQ(sl_age_seal(&to, 1, (struct sl_view){ plain, LENGTHS[i] }, &file, NULL), SL_OK);
        CHECK_EQ(kit_open(&k, sl_buf_view(&file), 9999, &out, NULL), SL_OK);
        CHECK(out.len == LENGTHS[i] && (out.len == 0 || memcmp(out.at, plain, out.len) == 0));
        out.len = 0;
        make(&s, LENGTHS[i], false);
        CHECK_EQ(sl_age_open(sl_buf_view(&s.file), s.keys.identity, 1, &out, NULL), SL_OK);
        CHECK(out.len == LENGTHS[i] && (out.len == 0 || memcmp(out.at, plain, out.len) == 0));
        CHECK_EQ(sl_age_payload_bytes(LENGTHS[i]), s.file.len - s.chunks);
        clear(&s);
        kit_clear(&k);
        sl_buf_clear(&file);
        sl_buf_clear(&out);
    }
}

static void whole__opens_nothing_where_anything_is_wrong(void)
{
    struct sl_buf out = sl_buf_upto(1u << 20);
    struct sample s;

    CHECK_EQ(sl_buf_put(&out, (struct sl_view){ plain, 5 }, NULL), SL_OK);
    make(&s, CHUNK + 30, false);
    for (size_t cut = 0; cut < s.file.len; cut += cut + 50 < s.file.len && cut > 300 ? 997 : 1)
        CHECK_EQ(sl_age_open((struct sl_view){ s.file.at, cut }, s.keys.identity, 1, &out, NULL),
                 SL_E_BROKEN);
    for (size_t bit = s.chunks * 8 - 128; bit < s.file.len * 8; bit += 4099) {
        s.file.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
        CHECK_EQ(sl_age_open(sl_buf_view(&s.file), s.keys.identity, 1, &out, NULL), SL_E_BROKEN);
        s.file.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    struct sl_buf small = sl_buf_upto(CHUNK); /* a limit of the caller's own */
    CHECK_EQ(sl_age_open(sl_buf_view(&s.file), s.keys.identity, 1, &small, NULL), SL_E_BROKEN);
    CHECK_EQ(out.len, 5);
    CHECK_EQ(small.len, 0);
    sl_buf_clear(&out);
    clear(&s);
}

static void whole__under_a_passphrase_opens_into_a_secret(void)
{
    struct sl_buf file = sl_buf_upto(1u << 20);
    SL_AUTO_FREE(secret) *got = NULL;
    struct sl_view words = text_view("red lamp");

    CHECK_EQ(sl_age_seal_passphrase(words, 10, (struct sl_view){ plain, CHUNK + 5 }, &file, NULL),
             SL_OK);
    struct sl_view f = sl_buf_view(&file);
    CHECK_EQ(sl_age_open_passphrase(f, text_view("lamp"), 22, &got, NULL), SL_E_REFUSED);
    CHECK(got == NULL);
    CHECK_EQ(sl_age_open_passphrase(f, words, 22, &got, NULL), SL_OK);
    CHECK_EQ(sl_secret_expose(got).len, CHUNK + 5);
    CHECK(memcmp(sl_secret_expose(got).at, plain, CHUNK + 5) == 0);
    file.at[file.len - 1] ^= 1;
    SL_AUTO_FREE(secret) *none = NULL;
    CHECK_EQ(sl_age_open_passphrase(f, words, 22, &none, NULL), SL_E_BROKEN);
    file.len = 0;
    CHECK_EQ(sl_age_seal_passphrase(words, 10, (struct sl_view){ 0 }, &file, NULL), SL_OK);
    CHECK_EQ(sl_age_open_passphrase(sl_buf_view(&file), words, 22, &none, NULL), SL_E_BROKEN);
    CHECK(none == NULL);
    sl_buf_clear(&file);
}

/* ---- single chunks ---- */

static void chunk__opens_in_any_order_and_under_its_own_number_only(void)
{
    static uint8_t sealed[4][SEALED], back[CHUNK];
    static const uint8_t nonce[SL_AGE_NONCE_BYTES] = { 3 };
    static const uint64_t index[4] = { 0, 1, UINT64_C(0x123456789abc), UINT64_MAX };
    struct sl_age_key key = { 0 };
    SL_AUTO_FREE(age_payload) *p = NULL;

    CHECK_EQ(sl_secret_new(SL_AGE_FILE_KEY_BYTES, &key.bytes, NULL), SL_OK);
    CHECK_EQ(sl_age_payload_new(&key, nonce, &p, NULL), SL_OK);
    for (unsigned i = 0; i < 4; i++)
        sl_age_chunk_seal(p, index[i], false, plain, CHUNK, sealed[i]);
    for (unsigned turn = 0; turn < 16; turn++) {
        unsigned i = 3 - turn % 4, as = turn / 4;
        sl_rc want = i == as ? SL_OK : SL_E_BROKEN;
        struct sl_view in = { sealed[i], SEALED };
        CHECK_EQ(sl_age_chunk_open(p, index[as], false, in, back, NULL), want);
        CHECK_EQ(memcmp(back, plain, CHUNK) == 0, i == as);
        CHECK_EQ(sl_age_chunk_open(p, index[as], true, in, back, NULL), SL_E_BROKEN);
    }
    CHECK_EQ(sl_age_chunk_open(p, 0, false, (struct sl_view){ sealed[0], SEALED }, sealed[0], NULL),
             SL_OK); /* in place */
    CHECK(memcmp(sealed[0], plain, CHUNK) == 0);
    sl_secret_free(key.bytes);
}

static void chunk__of_a_length_that_cannot_be_is_refused(void)
{
    static uint8_t sealed[SEALED + 1], back[CHUNK + 1];
    static const uint8_t nonce[SL_AGE_NONCE_BYTES] = { 3 };
    struct sl_age_key key = { 0 };
    SL_AUTO_FREE(age_payload) *p = NULL;

    CHECK_EQ(sl_secret_new(SL_AGE_FILE_KEY_BYTES, &key.bytes, NULL), SL_OK);
    CHECK_EQ(sl_age_payload_new(&key, nonce, &p, NULL), SL_OK);
    for (size_t len = 0; len <= SEALED + 1; len += len == 17 ? SEALED - 19 : 1) {
        struct sl_view in = { sealed, len };
        CHECK_EQ(sl_age_chunk_open(p, 0, false, in, back, NULL), SL_E_BROKEN);
        CHECK_EQ(sl_age_chunk_open(p, 0, true, in, back, NULL), SL_E_BROKEN);
    }
    sl_age_chunk_seal(p, 0, true, plain, 0, sealed);
    CHECK_EQ(sl_age_chunk_open(p, 0, true, (struct sl_view){ sealed, 16 }, back, NULL), SL_OK);
    CHECK_EQ(sl_age_chunk_open(p, 1, true, (struct sl_view){ sealed, 16 }, back, NULL),
             SL_E_BROKEN);
    sl_secret_free(key.bytes);
}

static void payload__lengths_answer_each_other(void)
{
    uint64_t back = 77;

    for (uint64_t plain_bytes = 0; plain_bytes < 3 * CHUNK; plain_bytes += 1 + plain_bytes / 7) {
        CHECK(sl_age_plain_bytes(sl_age_payload_bytes(plain_bytes), &back));
        CHECK_EQ(back, plain_bytes);
    }
    CHECK(sl_age_plain_bytes(sl_age_payload_bytes(SL_AGE_PLAIN_MAX), &back));
    CHECK_EQ(back, SL_AGE_PLAIN_MAX);
    for (unsigned none = 0; none < 16; none++)
        CHECK(!sl_age_plain_bytes(none, &back));
    for (unsigned over = 1; over <= 16; over++)
        CHECK(!sl_age_plain_bytes(SEALED + over, &back));
    CHECK(sl_age_plain_bytes(SEALED + 17, &back) && back == CHUNK + 1);
}

/* ---- damage, as the test kit's stream_* vectors have it ---- */

/* Expect SL_E_BROKEN and exactly `good` bytes of plaintext, in several pieces. */
static void check_damaged(struct sample *s, size_t good, const char *why)
{
    static const size_t pieces[] = { 4096, 65552, SIZE_MAX };

    for (size_t p = 0; p < sizeof pieces / sizeof *pieces; p++) {
        struct sl_buf out = sl_buf_upto(1u << 20);
        sl_rc rc = kit_open(&s->keys, sl_buf_view(&s->file), pieces[p], &out, NULL);
        if (rc != SL_E_BROKEN || out.len != good)
            printf("# %s: released %zu\n", why, out.len);
        CHECK_EQ(rc, SL_E_BROKEN);
        CHECK_EQ(out.len, good);
        CHECK(out.len == 0 || memcmp(out.at, plain, out.len) == 0);
        sl_buf_clear(&out);
    }
}

static void stream__releases_what_is_good_before_a_cut_and_refuses(void)
{
    struct sample s;
    size_t first;

    make(&s, 2 * CHUNK + 100, false);
    first = s.chunks;
    s.file.len = first + 2 * SEALED + 50;
    check_damaged(&s, 2 * CHUNK, "cut within the last chunk");
    s.file.len = first + 2 * SEALED + 10;
    check_damaged(&s, 2 * CHUNK, "cut within the last tag");
    s.file.len = first + 2 * SEALED;
    check_damaged(&s, 2 * CHUNK, "the last chunk is missing");
    s.file.len = first + SEALED;
    check_damaged(&s, CHUNK, "two chunks are missing");
    s.file.len = first + SEALED - 1;
    check_damaged(&s, 0, "cut within the first chunk");
    s.file.len = first;
    check_damaged(&s, 0, "no chunk at all");
    s.file.len = first - 1;
    check_damaged(&s, 0, "cut within the nonce");
    s.file.len = first - SL_AGE_NONCE_BYTES;
    check_damaged(&s, 0, "no nonce");
    s.file.len = 30;
    check_damaged(&s, 0, "cut within the header");
    s.file.len = 0;
    check_damaged(&s, 0, "nothing");
    clear(&s);
}

static void stream__refuses_what_follows_the_last_chunk(void)
{
    static const uint8_t more[20] = { 0 };
    struct sample s;

    make(&s, CHUNK, false);
    CHECK_EQ(sl_buf_put(&s.file, (struct sl_view){ more, 12 }, NULL), SL_OK);
    check_damaged(&s, CHUNK, "twelve bytes behind a full last chunk");
    CHECK_EQ(sl_buf_put(&s.file, (struct sl_view){ more, 8 }, NULL), SL_OK);
    check_damaged(&s, CHUNK, "twenty bytes behind a full last chunk");
    clear(&s);
    make(&s, CHUNK + 3, false);
    CHECK_EQ(sl_buf_put(&s.file, (struct sl_view){ more, 1 }, NULL), SL_OK);
    check_damaged(&s, CHUNK, "a byte behind a short last chunk");
    clear(&s);
}

static void stream__refuses_chunks_that_were_altered_or_moved(void)
{
    struct sample s;
    static uint8_t kept[SEALED];

    make(&s, MOST, false);
    s.file.at[s.chunks + SEALED + 5] ^= 1;
    check_damaged(&s, CHUNK, "the second chunk altered");
    s.file.at[s.chunks + SEALED + 5] ^= 1;
    s.file.at[s.file.len - 1] ^= 0x80;
    check_damaged(&s, 3 * CHUNK, "the last tag altered");
    s.file.at[s.file.len - 1] ^= 0x80;
    memcpy(kept, s.file.at + s.chunks + SEALED, SEALED);
    memcpy(s.file.at + s.chunks + SEALED, s.file.at + s.chunks + 2 * SEALED, SEALED);
    memcpy(s.file.at + s.chunks + 2 * SEALED, kept, SEALED);
    check_damaged(&s, CHUNK, "the second and third chunk swapped");
    memcpy(s.file.at + s.chunks, s.file.at + s.chunks + SEALED, SEALED);
    check_damaged(&s, 0, "the first chunk replaced");
    clear(&s);
}

/* The tag of chunk 1, last, empty: our own sealing asserts that nobody asks for it. */
static void seal_empty(const struct sl_age_key *key, const uint8_t *nonce, uint8_t *ret)
{
    static const uint8_t number[SL_AEAD_NONCE_BYTES] = { [10] = 1, [11] = 1 };
    SL_AUTO_FREE(aead) *a = NULL;
    uint8_t payload_key[SL_AEAD_KEY_BYTES];

    CHECK_EQ(sl_aead_new(&a, NULL), SL_OK);
    sl_hkdf_sha256(sl_secret_expose(key->bytes), (struct sl_view){ nonce, SL_AGE_NONCE_BYTES },
                   text_view("payload"), payload_key, sizeof payload_key);
    sl_aead_key(a, payload_key);
    sl_aead_seal(a, number, (struct sl_view){ 0 }, NULL, 0, NULL, ret);
}

/* An empty last chunk behind a full one is authentic and still forbidden: one plaintext, one
 * number of chunks. */
static void stream__refuses_an_empty_last_chunk(void)
{
    struct sl_age_recipient to;
    struct sample s = { .file = sl_buf_upto(1u << 20) };
    struct sl_age_key key = { 0 };
    SL_AUTO_FREE(age_payload) *p = NULL;
    static uint8_t chunk[SEALED];
    static const uint8_t nonce[SL_AGE_NONCE_BYTES] = { 1 };
    uint8_t by_hand[SL_AGE_TAG_BYTES];

    s.keys.identity[s.keys.identities++] = kit_identity(&to);
    CHECK_EQ(sl_age_header_seal(&to, 1, &s.file, &key, NULL), SL_OK);
    CHECK_EQ(sl_buf_put(&s.file, (struct sl_view){ nonce, sizeof nonce }, NULL), SL_OK);
    CHECK_EQ(sl_age_payload_new(&key, nonce, &p, NULL), SL_OK);
    sl_age_chunk_seal(p, 0, false, plain, CHUNK, chunk);
    CHECK_EQ(sl_buf_put(&s.file, (struct sl_view){ chunk, SEALED }, NULL), SL_OK);
    seal_empty(&key, nonce, by_hand);
    CHECK_EQ(sl_buf_put(&s.file, (struct sl_view){ by_hand, sizeof by_hand }, NULL), SL_OK);
    check_damaged(&s, CHUNK, "an empty last chunk");
    sl_secret_free(key.bytes);
    clear(&s);
}

static sl_rc cannot_open(void *self, struct sl_view header, struct sl_age_key *key,
                         struct sl_err *err)
{
    (void)header;
    (void)key;
    ++*(int *)self;
    return sl_fail(err, SL_E_CANCELLED, "the person gave up");
}

static void reader__asks_once_and_stays_refused(void)
{
    struct sample s;
    int asked = 0;
    struct sl_age_unlock unlock = { &asked, cannot_open };
    SL_AUTO_FREE(age_reader) *r = NULL;
    struct sl_buf out = sl_buf_upto(1u << 20);

    make(&s, 10, false);
    CHECK_EQ(sl_age_reader_new(&unlock, &r, NULL), SL_OK);
    CHECK_EQ(sl_age_reader_put(r, sl_buf_view(&s.file), &out, NULL), SL_E_CANCELLED);
    CHECK_EQ(sl_age_reader_put(r, sl_buf_view(&s.file), &out, NULL), SL_E_CANCELLED);
    CHECK_EQ(sl_age_reader_finish(r, &out, NULL), SL_E_CANCELLED);
    CHECK_EQ(asked, 1);
    CHECK_EQ(out.len, 0);
    clear(&s);
}

static const struct check_case cases[] = {
    CASE(stream__gives_back_every_length_in_odd_pieces),
    CASE(whole__agrees_with_the_stream_both_ways),
    CASE(whole__opens_nothing_where_anything_is_wrong),
    CASE(whole__under_a_passphrase_opens_into_a_secret),
    CASE(chunk__opens_in_any_order_and_under_its_own_number_only),
    CASE(chunk__of_a_length_that_cannot_be_is_refused),
    CASE(payload__lengths_answer_each_other),
    CASE(stream__releases_what_is_good_before_a_cut_and_refuses),
    CASE(stream__refuses_what_follows_the_last_chunk),
    CASE(stream__refuses_chunks_that_were_altered_or_moved),
    CASE(stream__refuses_an_empty_last_chunk),
    CASE(reader__asks_once_and_stays_refused),
};

int main(void)
{
    ready();
    kit_fill(plain, sizeof plain);
    return check_run(cases, sizeof cases / sizeof *cases);
}
