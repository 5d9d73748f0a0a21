/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What explains a session: certified by its author, for this production and this session only.
 */
#include "fixed.h"

enum {
    AT_VERSION = 8,
    AT_SUITE = 12,
    AT_NEED = 14,
    AT_COUNT = 15,
    AT_AUTHOR = 16,
    AT_SEATS = 112,
    SEAT = 17
};

/* Certify and write as it stands, without asking whether it may be so. */
static struct sl_buf written(struct sl_session *s)
{
    struct sl_buf out = sl_buf_upto(SL_SESSION_BLOCK_MAX);

    CHECK_EQ(sl_session_write(s, &out, NULL), SL_OK);
    return out;
}

static sl_rc read_back(const struct sl_session *s, struct sl_view in, struct sl_session *ret,
                       struct sl_err *err)
{
    return sl_session_read(in, s->production, s->session, ret, err);
}

/* Certify bytes that were changed, so that only the change itself can be what is refused. */
static void certify_bytes(const struct sl_session *s, struct sl_buf *b)
{
    struct sl_sign_key author = fixed_sign_key(FIXED_AUTHOR);
    size_t block = b->len - SL_SIGNATURE_BYTES;
    struct sl_buf message = sl_buf_upto(4096);
    uint8_t hash[SL_SHA256_BYTES];

    CHECK_EQ(sl_buf_put(&message, view_of(s->production, 32), NULL), SL_OK);
    CHECK_EQ(sl_buf_put(&message, view_of(s->session, 32), NULL), SL_OK);
    CHECK_EQ(sl_buf_put(&message, view_of(b->at + AT_AUTHOR, 32), NULL), SL_OK);
    sl_sha256_of(view_of(b->at, block), hash);
    CHECK_EQ(sl_buf_put(&message, view_of(hash, sizeof hash), NULL), SL_OK);
    sl_sign(&author, "safelight/1 session", sl_buf_view(&message), b->at + block);
    sl_buf_clear(&message);
    sl_secret_free(author.bytes);
}

static void session__reads_what_it_writes(void)
{
    struct sl_session s, back;

    fixed_session(&s);
    SL_AUTO_CLEAR(buf) b = written(&s);
    CHECK_EQ(b.len, 176 + SEAT * 3);
    CHECK_EQ(read_back(&s, sl_buf_view(&b), &back, NULL), SL_OK);
    CHECK(memcmp(back.author, s.author, 32) == 0 && memcmp(back.name_key, s.name_key, 32) == 0);
    CHECK(memcmp(back.tag_key, s.tag_key, 32) == 0 && back.need == 2 && back.seat_count == 3);
    CHECK(sl_id_same(&back.seats[2].keeper, &s.seats[2].keeper) && back.seats[2].shard == 2);
    CHECK(sl_session_certified(&back));
}

/* The limits of SESSION-3 and SESSION-4 at their edges: 16 of 32 with shards up to 255. */
static void session__of_16_of_32_fits(void)
{
    struct sl_session s, back;
    struct sl_sign_key author = fixed_sign_key(FIXED_AUTHOR);

    fixed_session(&s);
    s.need = SL_NEED_MAX;
    s.seat_count = SL_KEEPERS_MAX;
    for (size_t i = 0; i < SL_KEEPERS_MAX; i++)
        s.seats[i] = (struct sl_seat){ fixed_id((uint8_t)i), (uint8_t)(255 - i) };
    sl_session_certify(&s, &author);
    SL_AUTO_CLEAR(buf) b = written(&s);
    CHECK(b.len <= SL_SESSION_BLOCK_MAX);
    CHECK_EQ(read_back(&s, sl_buf_view(&b), &back, NULL), SL_OK);
    CHECK_EQ(back.seats[31].shard, 224);
    sl_secret_free(author.bytes);
}

/* SESSION-1 */
static void session__refuses_every_other_length(void)
{
    struct sl_session s, back = { .need = 77 };

    fixed_session(&s);
    SL_AUTO_CLEAR(buf) b = written(&s);
    for (size_t len = 0; len < b.len; len++)
        CHECK_EQ(read_back(&s, view_of(b.at, len), &back, NULL), SL_E_BROKEN);
    CHECK_EQ(sl_buf_put(&b, view_of("", 1), NULL), SL_OK);
    CHECK_EQ(read_back(&s, sl_buf_view(&b), &back, NULL), SL_E_BROKEN);
    CHECK_EQ(back.need, 77);
}

/* Certified by the author himself, and still refused. */
static void session__refuses_each_damaged_field(void)
{
    static const struct {
        const char *why;
        size_t offset;
        uint8_t byte;
        const char *says;
    } damage[] = {
        { "FORMAT-2", 0, 'X', "begin" },
        { "FORMAT-3", AT_VERSION, 3, "version 3" },
        { "SESSION-2", AT_SUITE, 2, "suite 2" },
        { "SESSION-3 none needed", AT_NEED, 0, "0 shards" },
        { "SESSION-3 too many needed", AT_NEED, 17, "17 shards" },
        { "SESSION-4 as many as needed", AT_NEED, 3, "3 keepers" },
        { "SESSION-1 a seat more than there is", AT_COUNT, 4, "cut short" },
        { "SESSION-1 a seat fewer", AT_COUNT, 2, "left over" },
        { "SESSION-4 over the limit", AT_COUNT, 33, "33 keepers" },
        { "SESSION-5 shard twice", AT_SEATS + SEAT + 16, 0, "twice" },
    };
    struct sl_session s, back = { .need = 77 };

    fixed_session(&s);
    SL_AUTO_CLEAR(buf) good = written(&s);
    certify_bytes(&s, &good); /* by the page's words alone, SESSION-6 */
    CHECK_EQ(read_back(&s, sl_buf_view(&good), &back, NULL), SL_OK);
    back.need = 77;
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        SL_AUTO_CLEAR(buf) b = written(&s);
        struct sl_err err = { 0 };
        CHECK(b.at[damage[i].offset] != damage[i].byte);
        b.at[damage[i].offset] = damage[i].byte;
        certify_bytes(&s, &b);
        CHECK_EQ(read_back(&s, sl_buf_view(&b), &back, &err), SL_E_BROKEN);
        CHECK(strstr(err.text, damage[i].says) != NULL);
        CHECK_EQ(back.need, 77);
    }
}

/* SESSION-5 */
static void session__refuses_one_keeper_twice(void)
{
    struct sl_session s, back;
    struct sl_err err = { 0 };

    fixed_session(&s);
    SL_AUTO_CLEAR(buf) b = written(&s);
    memcpy(b.at + AT_SEATS + SEAT, b.at + AT_SEATS, SL_ID_BYTES);
    certify_bytes(&s, &b);
    CHECK_EQ(read_back(&s, sl_buf_view(&b), &back, &err), SL_E_BROKEN);
    CHECK(strstr(err.text, "twice") != NULL);
    s.seats[1].keeper = s.seats[0].keeper;
    CHECK_EQ(sl_session_write(&s, &b, NULL), SL_E_BROKEN); /* nor is it written */
}

/* SESSION-6: every single bit. */
static void session__every_flipped_bit_is_refused(void)
{
    struct sl_session s, back;

    fixed_session(&s);
    SL_AUTO_CLEAR(buf) b = written(&s);
    for (size_t bit = 0; bit < 8 * b.len; bit++) {
        b.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
        CHECK_EQ(read_back(&s, sl_buf_view(&b), &back, NULL), SL_E_BROKEN);
        b.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

/* SESSION-6: the block of one session does not serve for another, nor in another production. */
static void session__belongs_to_one_session_and_production(void)
{
    struct sl_session s, back;

    fixed_session(&s);
    SL_AUTO_CLEAR(buf) b = written(&s);
    CHECK_EQ(sl_session_read(sl_buf_view(&b), s.session, s.session, &back, NULL), SL_E_BROKEN);
    CHECK_EQ(sl_session_read(sl_buf_view(&b), s.production, s.production, &back, NULL),
             SL_E_BROKEN);
}

/* SESSION-6: somebody who has author, hash and certificate checks it without the block. */
static void session__is_checked_without_its_keys(void)
{
    struct sl_session s;
    uint8_t hash[SL_SHA256_BYTES], sum[SL_SHA256_BYTES];

    fixed_session(&s);
    SL_AUTO_CLEAR(buf) b = written(&s);
    sl_session_block_hash(&s, hash);
    sl_sha256_of(view_of(b.at, b.len - SL_SIGNATURE_BYTES), sum);
    CHECK(memcmp(hash, sum, sizeof sum) == 0);
    CHECK(sl_session_certified_by(s.production, s.session, s.author, hash, s.certificate));
    uint8_t *const fields[] = { s.production, s.session, s.author, hash, s.certificate };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        fields[i][7] ^= 1;
        CHECK(!sl_session_certified_by(s.production, s.session, s.author, hash, s.certificate));
        fields[i][7] ^= 1;
    }
    CHECK(sl_session_certified_by(s.production, s.session, s.author, hash, s.certificate));
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(session__reads_what_it_writes),
        CASE(session__of_16_of_32_fits),
        CASE(session__refuses_every_other_length),
        CASE(session__refuses_each_damaged_field),
        CASE(session__refuses_one_keeper_twice),
        CASE(session__every_flipped_bit_is_refused),
        CASE(session__belongs_to_one_session_and_production),
        CASE(session__is_checked_without_its_keys),
    };

    fixed_start();
    return check_run(cases, sizeof cases / sizeof *cases);
}
