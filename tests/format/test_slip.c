/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Slips: exactly 64 KiB, opened by care only, and everything they say of themselves held against
 * the signed record.
 */
#include "entry.h"
#include "format/inside.h"

#define PLAIN_BYTES (SL_SLIP_BYTES - HEADER_BYTES - 32u)

static sl_rc open_with(uint8_t identity, struct sl_view in, struct sl_buf *plain,
                       struct sl_slip *ret, struct sl_err *err)
{
    struct sl_age_identity *who = fixed_identity(identity);
    sl_rc rc = sl_slip_open(in, &who, 1, plain, ret, err);

    sl_age_identity_free(who);
    return rc;
}

static int same_view(struct sl_view a, struct sl_view b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static void slip__opens_to_what_was_sealed(void)
{
    SL_AUTO_CLEAR(buf) plain = sl_buf_upto(2 * SL_SLIP_BYTES), body = sl_buf_upto(SL_SLIP_BYTES);
    struct sl_age_identity *locker = fixed_identity(FIXED_LOCKER);
    static uint8_t sealed[SL_SLIP_BYTES];
    struct sl_session session;
    struct sl_record record;
    struct sl_slip back;
    struct entry e;

    make_entry(&e);
    seal(&e.slip, sealed);
    CHECK_EQ(sl_buf_put(&plain, view_text("before"), NULL), SL_OK); /* opened behind it */
    CHECK_EQ(open_with(FIXED_CARE, view_of(sealed, sizeof sealed), &plain, &back, NULL), SL_OK);
    CHECK_EQ(plain.len, 6 + PLAIN_BYTES);
    CHECK(same_view(back.session, e.slip.session) && same_view(back.heads, e.slip.heads));
    CHECK(same_view(back.body, e.slip.body) && same_view(back.care_body, e.slip.care_body));
    CHECK_EQ(sl_slip_judge(&back, &record, &session, NULL), SL_OK);
    CHECK(record.number == 5 && session.seat_count == 3);
    CHECK(same_view(sl_slip_care_body(&back), view_text("for care")));
    CHECK_EQ(sl_slip_body(&back, &record, &locker, 1, &body, NULL), SL_OK);
    CHECK(same_view(sl_buf_view(&body), view_text("for the locker")));
    sl_age_identity_free(locker);
    clear_entry(&e);
}

/* SLIP-2: two slips of one entry share no bytes that a keeper could compare. */
static void slip__is_sealed_afresh_for_every_keeper(void)
{
    static uint8_t one[SL_SLIP_BYTES], two[SL_SLIP_BYTES];
    size_t equal = 0;
    struct entry e;

    make_entry(&e);
    seal(&e.slip, one);
    seal(&e.slip, two);
    for (size_t i = HEADER_BYTES; i + 8 <= SL_SLIP_BYTES; i += 8)
        equal += memcmp(one + i, two + i, 8) == 0;
    CHECK_EQ(equal, 0);
    clear_entry(&e);
}

static void slip__without_bodies_and_heads_is_whole(void)
{
    SL_AUTO_CLEAR(buf) plain = sl_buf_upto(SL_SLIP_BYTES), body = sl_buf_upto(SL_SLIP_BYTES);
    struct sl_age_identity *locker = fixed_identity(FIXED_LOCKER);
    static uint8_t sealed[SL_SLIP_BYTES];
    struct sl_session session;
    struct sl_record record;
    struct sl_slip back;
    struct entry e;

    make_entry(&e);
    fixed_record(&e.session, &e.record);
    e.slip.heads = e.slip.body = e.slip.care_body = (struct sl_view){ 0 };
    fixed_sign(&e.record, &e.slip);
    seal(&e.slip, sealed);
    CHECK_EQ(open_with(FIXED_CARE, view_of(sealed, sizeof sealed), &plain, &back, NULL), SL_OK);
    CHECK_EQ(sl_slip_judge(&back, &record, &session, NULL), SL_OK);
    CHECK_EQ(sl_slip_care_body(&back).len, 0);
    CHECK_EQ(sl_slip_body(&back, &record, &locker, 1, &body, NULL), SL_E_MISSING);
    sl_age_identity_free(locker);
    clear_entry(&e);
}

/* SLIP-1: the room is exact, to the byte. */
static void slip__room_is_exact(void)
{
    SL_AUTO_CLEAR(buf) plain = sl_buf_upto(SL_SLIP_BYTES);
    struct sl_age_recipient care = fixed_recipient(FIXED_CARE);
    static uint8_t sealed[SL_SLIP_BYTES], filler[SL_SLIP_BYTES];
    struct sl_slip back;
    struct entry e;

    make_entry(&e);
    size_t room = sl_slip_room(e.slip.session.len, e.slip.heads.len);
    e.slip.body = view_of(filler, 1000);
    e.slip.care_body = view_of(filler, room - 1000);
    seal(&e.slip, sealed);
    CHECK_EQ(open_with(FIXED_CARE, view_of(sealed, sizeof sealed), &plain, &back, NULL), SL_OK);
    CHECK_EQ(back.care_body.len, room - 1000);
    e.slip.care_body.len++;
    memset(sealed, 77, sizeof sealed);
    CHECK_EQ(sl_slip_seal(&e.slip, &care, sealed, NULL), SL_E_USAGE);
    CHECK_EQ(sealed[0], 77);               /* untouched */
    e.slip.care_body.len = SIZE_MAX - 100; /* sums that would wrap */
    CHECK_EQ(sl_slip_seal(&e.slip, &care, sealed, NULL), SL_E_USAGE);
    CHECK_EQ(sl_slip_room(SL_SLIP_BYTES, 0), 0);
    CHECK_EQ(sl_slip_room(1, SIZE_MAX), 0);
    clear_entry(&e);
}

/* SLIP-1 */
static void slip__refuses_every_other_length(void)
{
    static uint8_t sealed[SL_SLIP_BYTES + 1];
    static const size_t lens[] = { 0,     1,     HEADER_BYTES,      4096,
                                   65535, 65537, SL_SLIP_BYTES / 2, SL_SLIP_BYTES - 16 };
    SL_AUTO_CLEAR(buf) plain = sl_buf_upto(SL_SLIP_BYTES);
    struct sl_slip back;
    struct entry e;

    make_entry(&e);
    seal(&e.slip, sealed);
    for (size_t i = 0; i < sizeof lens / sizeof *lens; i++)
        CHECK_EQ(open_with(FIXED_CARE, view_of(sealed, lens[i]), &plain, &back, NULL), SL_E_BROKEN);
    CHECK_EQ(plain.len, 0);
    clear_entry(&e);
}

static void slip__is_refused_to_everybody_but_care(void)
{
    SL_AUTO_CLEAR(buf) plain = sl_buf_upto(SL_SLIP_BYTES);
    static uint8_t sealed[SL_SLIP_BYTES];
    struct sl_slip back;
    struct entry e;

    make_entry(&e);
    seal(&e.slip, sealed);
    CHECK_EQ(open_with(FIXED_LOCKER, view_of(sealed, sizeof sealed), &plain, &back, NULL),
             SL_E_REFUSED);
    CHECK_EQ(plain.len, 0);
    clear_entry(&e);
}

/* ---- what lies inside, under a right seal ---- */

enum { AT_RESERVED = 12, AT_RECORD = 16, AT_PIECES = 336 };

/* Open, change one byte of the plaintext and read its pieces again. */
static sl_rc read_changed(size_t offset, uint8_t byte, struct sl_slip *back, struct sl_err *err)
{
    static uint8_t sealed[SL_SLIP_BYTES], plain_bytes[SL_SLIP_BYTES];
    SL_AUTO_CLEAR(buf) plain = sl_buf_upto(SL_SLIP_BYTES);
    struct sl_slip first;
    struct entry e;

    make_entry(&e);
    seal(&e.slip, sealed);
    CHECK_EQ(open_with(FIXED_CARE, view_of(sealed, sizeof sealed), &plain, &first, NULL), SL_OK);
    memcpy(plain_bytes, plain.at, plain.len);
    CHECK(plain_bytes[offset] != byte);
    plain_bytes[offset] = byte;
    clear_entry(&e);
    return sl_slip_read(view_of(plain_bytes, plain.len), back, err);
}

static void slip__refuses_each_damaged_field_of_its_content(void)
{
    static const struct {
        const char *why;
        size_t offset;
        uint8_t byte;
        const char *says;
    } damage[] = {
        { "SLIP-3 magic", 0, 0, "begin" },
        { "SLIP-3 version", 8, 2, "version 2" },
        { "SLIP-5 reserved", AT_RESERVED, 1, "zero" },
        { "SLIP-4 a piece past the end", AT_PIECES + 2, 1, "cut short" },
        { "SLIP-4 a piece far past the end", AT_PIECES + 3, 0xff, "cut short" },
        { "SLIP-5 padding not zero at the end", PLAIN_BYTES - 1, 1, "zero" },
        { "SLIP-5 padding not zero in the middle", 40000, 0x80, "zero" },
    };
    struct sl_slip back;

    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        struct sl_err err = { 0 };
        memset(&back, 77, sizeof back);
        CHECK_EQ(read_changed(damage[i].offset, damage[i].byte, &back, &err), SL_E_BROKEN);
        CHECK(strstr(err.text, damage[i].says) != NULL);
        CHECK_EQ(back.signature[0], 77); /* untouched */
    }
}

/* SLIP-4: cut anywhere before its padding, the content is refused, never read past. */
static void slip__refuses_content_cut_short(void)
{
    static uint8_t sealed[SL_SLIP_BYTES];
    SL_AUTO_CLEAR(buf) plain = sl_buf_upto(SL_SLIP_BYTES);
    struct sl_slip back;
    struct entry e;

    make_entry(&e);
    seal(&e.slip, sealed);
    CHECK_EQ(open_with(FIXED_CARE, view_of(sealed, sizeof sealed), &plain, &back, NULL), SL_OK);
    size_t used = AT_PIECES + 16 + e.slip.session.len + e.slip.heads.len + e.slip.body.len +
                  e.slip.care_body.len;
    for (size_t len = 0; len < used; len++) {
        uint8_t *exact = malloc(len > 0 ? len : 1); /* so that ASan sees a step too far */
        memcpy(exact, plain.at, len);
        CHECK_EQ(sl_slip_read(view_of(exact, len), &back, NULL), SL_E_BROKEN);
        free(exact);
    }
    CHECK_EQ(sl_slip_read(view_of(plain.at, used), &back, NULL), SL_OK);
    clear_entry(&e);
}

/* ---- what a slip says of itself ---- */

static void judged(const struct entry *e, sl_rc want, const char *says)
{
    struct sl_record record = { .number = 77 };
    struct sl_session session = { .need = 77 };
    struct sl_err err = { 0 };

    CHECK_EQ(sl_slip_judge(&e->slip, &record, &session, &err), want);
    CHECK(want == SL_OK || (record.number == 77 && session.need == 77));
    CHECK(strstr(err.text, says) != NULL);
}

/* SLIP-7 */
static void judge__refuses_a_wrong_signature(void)
{
    struct entry e;

    make_entry(&e);
    judged(&e, SL_OK, "");
    e.slip.signature[0] ^= 1;
    judged(&e, SL_E_BROKEN, "not signed");
    clear_entry(&e);
}

/* SLIP-7: a right session block of somebody else explains nothing. */
static void judge__refuses_another_sessions_explanation(void)
{
    struct sl_sign_key author = fixed_sign_key(FIXED_AUTHOR);
    struct sl_session other;
    struct entry e;

    make_entry(&e);
    other = e.session;
    memcpy(other.session, other.author, sizeof other.session);
    sl_session_certify(&other, &author);
    e.session_block.len = 0;
    CHECK_EQ(sl_session_write(&other, &e.session_block, NULL), SL_OK);
    judged(&e, SL_E_BROKEN, "certified");
    sl_secret_free(author.bytes);
    clear_entry(&e);
}

/* SLIP-8 */
static void judge__refuses_heads_that_were_not_signed(void)
{
    struct entry e;

    make_entry(&e);
    e.heads.at[40] ^= 1;
    judged(&e, SL_E_BROKEN, "heads");
    e.heads.at[40] ^= 1;
    e.slip.heads.len = 0;
    judged(&e, SL_E_BROKEN, "heads");
    clear_entry(&e);
}

/* SLIP-6: signed, and still not a list. */
static void judge__refuses_signed_heads_that_are_no_list(void)
{
    struct entry e;

    make_entry(&e);
    memset(e.heads.at, 9, 32); /* now behind the second */
    sl_sha256_of(e.slip.heads, e.record.heads);
    fixed_sign(&e.record, &e.slip);
    judged(&e, SL_E_BROKEN, "sorted");
    clear_entry(&e);
}

/* SLIP-9 */
static void judge__refuses_a_care_body_that_was_not_signed(void)
{
    struct entry e;

    make_entry(&e);
    e.care_body.at[e.care_body.len - 1] ^= 1;
    judged(&e, SL_E_BROKEN, "for care");
    e.care_body.at[e.care_body.len - 1] ^= 1;
    e.care_body.at[0] ^= 1; /* the salt */
    judged(&e, SL_E_BROKEN, "for care");
    e.slip.care_body.len = SL_SALT_BYTES - 1;
    judged(&e, SL_E_BROKEN, "for care");
    e.slip.care_body.len = 0;
    judged(&e, SL_E_BROKEN, "for care");
    clear_entry(&e);
}

/* SLIP-10: there against the record, missing against it, or another one. */
static void judge__refuses_a_body_that_was_not_signed(void)
{
    SL_AUTO_CLEAR(buf) out = sl_buf_upto(SL_SLIP_BYTES);
    struct sl_age_identity *locker = fixed_identity(FIXED_LOCKER);
    struct sl_age_recipient to = fixed_recipient(FIXED_LOCKER);
    uint8_t hash[SL_SHA256_BYTES];
    struct entry e;

    make_entry(&e);
    e.slip.body.len = 0;
    judged(&e, SL_E_BROKEN, "body");
    e.body.len = 0;
    CHECK_EQ(sl_body_seal(view_text("for the lockes"), &to, 1, &e.body, hash, NULL), SL_OK);
    e.slip.body = sl_buf_view(&e.body);
    judged(&e, SL_OK, ""); /* only who can open it sees */
    CHECK_EQ(sl_slip_body(&e.slip, &e.record, &locker, 1, &out, NULL), SL_E_BROKEN);
    memset(e.record.body, 0, sizeof e.record.body);
    fixed_sign(&e.record, &e.slip);
    judged(&e, SL_E_BROKEN, "body");
    CHECK_EQ(out.len, 0);
    sl_age_identity_free(locker);
    clear_entry(&e);
}

/* A body is refused to whom it does not concern, care included. */
static void body__opens_for_its_recipients_only(void)
{
    SL_AUTO_CLEAR(buf) out = sl_buf_upto(SL_SLIP_BYTES);
    struct sl_age_identity *care = fixed_identity(FIXED_CARE);
    struct entry e;

    make_entry(&e);
    CHECK_EQ(sl_slip_body(&e.slip, &e.record, &care, 1, &out, NULL), SL_E_REFUSED);
    CHECK_EQ(out.len, 0);
    sl_age_identity_free(care);
    clear_entry(&e);
}

/* One body, sealed twice, has two salts, two hashes and two age files. */
static void body__is_salted_afresh(void)
{
    SL_AUTO_CLEAR(buf) one = sl_buf_upto(4096), two = sl_buf_upto(4096);
    uint8_t hash_one[SL_SHA256_BYTES], hash_two[SL_SHA256_BYTES];

    CHECK_EQ(sl_care_body_write(view_text("same"), &one, hash_one, NULL), SL_OK);
    CHECK_EQ(sl_care_body_write(view_text("same"), &two, hash_two, NULL), SL_OK);
    CHECK(memcmp(hash_one, hash_two, sizeof hash_one) != 0);
    CHECK(memcmp(one.at, two.at, SL_SALT_BYTES) != 0);
    CHECK_EQ(one.len, SL_SALT_BYTES + 4);
}

/* ---- heads ---- */

/* SLIP-6 at its edge: 64 are read, 65 are not; nor any length between. */
static void heads__are_64_at_most_and_whole(void)
{
    SL_AUTO_CLEAR(buf) b = sl_buf_upto(72 * (SL_HEADS_MAX + 1));
    struct sl_head heads[SL_HEADS_MAX + 1] = { 0 }, back[SL_HEADS_MAX];
    size_t count = 77;

    for (size_t i = 0; i <= SL_HEADS_MAX; i++) {
        heads[i].session[0] = (uint8_t)i;
        heads[i].number = i;
    }
    CHECK_EQ(sl_heads_write(heads, SL_HEADS_MAX + 1, &b, NULL), SL_E_USAGE);
    CHECK_EQ(sl_heads_write(heads, SL_HEADS_MAX, &b, NULL), SL_OK);
    CHECK_EQ(sl_heads_read(view_of(b.at, b.len - 1), back, &count, NULL), SL_E_BROKEN);
    CHECK_EQ(count, 77);
    CHECK_EQ(sl_heads_read(sl_buf_view(&b), back, &count, NULL), SL_OK);
    CHECK(count == SL_HEADS_MAX && back[63].number == 63 && back[63].session[0] == 63);
    uint8_t more[72] = { 64 };
    CHECK_EQ(sl_buf_put(&b, view_of(more, sizeof more), NULL), SL_OK);
    CHECK_EQ(sl_heads_read(sl_buf_view(&b), back, &count, NULL), SL_E_BROKEN);
    CHECK_EQ(sl_heads_read(view_of(b.at, 0), back, &count, NULL), SL_OK);
    CHECK_EQ(count, 0);
}

/* SLIP-6 */
static void heads__name_each_session_once_and_in_order(void)
{
    SL_AUTO_CLEAR(buf) b = sl_buf_upto(4096);
    struct sl_head heads[2] = { { .session = { 5 } }, { .session = { 5 }, .number = 1 } };

    CHECK_EQ(sl_heads_write(heads, 2, &b, NULL), SL_E_USAGE);
    heads[1].session[0] = 4;
    CHECK_EQ(sl_heads_write(heads, 2, &b, NULL), SL_E_USAGE);
    CHECK_EQ(b.len, 0);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(slip__opens_to_what_was_sealed),
        CASE(slip__is_sealed_afresh_for_every_keeper),
        CASE(slip__without_bodies_and_heads_is_whole),
        CASE(slip__room_is_exact),
        CASE(slip__refuses_every_other_length),
        CASE(slip__is_refused_to_everybody_but_care),
        CASE(slip__refuses_each_damaged_field_of_its_content),
        CASE(slip__refuses_content_cut_short),
        CASE(judge__refuses_a_wrong_signature),
        CASE(judge__refuses_another_sessions_explanation),
        CASE(judge__refuses_heads_that_were_not_signed),
        CASE(judge__refuses_signed_heads_that_are_no_list),
        CASE(judge__refuses_a_care_body_that_was_not_signed),
        CASE(judge__refuses_a_body_that_was_not_signed),
        CASE(body__opens_for_its_recipients_only),
        CASE(body__is_salted_afresh),
        CASE(heads__are_64_at_most_and_whole),
        CASE(heads__name_each_session_once_and_in_order),
    };

    fixed_start();
    return check_run(cases, sizeof cases / sizeof *cases);
}
