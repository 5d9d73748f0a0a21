/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The record of an entry: every field survives, every damage is refused, the signature holds it.
 */
#include "fixed.h"

static void good_record(struct sl_record *r)
{
    struct sl_session s;

    fixed_session(&s);
    fixed_record(&s, r);
    memset(r->heads, 0x11, sizeof r->heads);
    memset(r->body, 0x22, sizeof r->body);
    memset(r->care_body, 0x33, sizeof r->care_body);
}

static int same_record(const struct sl_record *a, const struct sl_record *b)
{
    return memcmp(a->production, b->production, 32) == 0 &&
           memcmp(a->session, b->session, 32) == 0 && a->number == b->number &&
           memcmp(a->previous, b->previous, 32) == 0 && memcmp(a->heads, b->heads, 32) == 0 &&
           a->claimed == b->claimed && a->kind == b->kind && memcmp(a->body, b->body, 32) == 0 &&
           memcmp(a->care_body, b->care_body, 32) == 0;
}

static void record__reads_what_it_writes(void)
{
    struct sl_record r, back;
    uint8_t bytes[SL_RECORD_BYTES];

    good_record(&r);
    sl_record_write(&r, bytes);
    CHECK_EQ(sl_record_read(view_of(bytes, sizeof bytes), &back, NULL), SL_OK);
    CHECK(same_record(&r, &back));
    r.claimed = -1;
    r.number = UINT64_MAX;
    sl_record_write(&r, bytes);
    CHECK_EQ(sl_record_read(view_of(bytes, sizeof bytes), &back, NULL), SL_OK);
    CHECK(same_record(&r, &back));
}

/* ENTRY-1, FORMAT-1 */
static void record__refuses_every_other_length(void)
{
    uint8_t bytes[SL_RECORD_BYTES + 1] = { 0 };
    struct sl_record r, back = { .number = 77 };

    good_record(&r);
    sl_record_write(&r, bytes);
    for (size_t len = 0; len <= sizeof bytes; len++)
        if (len != SL_RECORD_BYTES)
            CHECK_EQ(sl_record_read(view_of(bytes, len), &back, NULL), SL_E_BROKEN);
    CHECK_EQ(back.number, 77);
}

static void record__refuses_each_damaged_field(void)
{
    static const struct {
        const char *why;
        size_t offset;
        uint8_t byte;
    } damage[] = {
        { "FORMAT-2 magic", 0, 's' },
        { "FORMAT-2 magic's end", 7, 0 },
        { "ENTRY-2 version 2", 8, 2 },
        { "ENTRY-2 version 0", 8, 0 },
        { "ENTRY-2 version 257", 9, 1 },
        { "ENTRY-3 rest not zero", 224, 1 },
        { "ENTRY-3 rest not zero at its end", 255, 0x80 },
        { "ENTRY-4 number 0 with one before", 80, 0 },
    };
    struct sl_record r, back = { .number = 77 };
    uint8_t good[SL_RECORD_BYTES];

    good_record(&r);
    sl_record_write(&r, good);
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        uint8_t bad[SL_RECORD_BYTES];
        memcpy(bad, good, sizeof bad);
        CHECK(bad[damage[i].offset] != damage[i].byte);
        bad[damage[i].offset] = damage[i].byte;
        CHECK_EQ(sl_record_read(view_of(bad, sizeof bad), &back, NULL), SL_E_BROKEN);
        CHECK_EQ(back.number, 77); /* untouched on failure */
    }
}

/* ENTRY-2, FORMAT-3 */
static void record__names_a_version_it_does_not_know(void)
{
    struct sl_record r, back;
    uint8_t bytes[SL_RECORD_BYTES];
    struct sl_err err = { 0 };

    good_record(&r);
    sl_record_write(&r, bytes);
    bytes[8] = 9;
    CHECK_EQ(sl_record_read(view_of(bytes, sizeof bytes), &back, &err), SL_E_BROKEN);
    CHECK(strstr(err.text, "version 9") != NULL);
}

/* ENTRY-4, the other way round */
static void record__refuses_a_later_entry_with_none_before(void)
{
    struct sl_record r, back;
    uint8_t bytes[SL_RECORD_BYTES];

    good_record(&r);
    r.number = 0;
    memset(r.previous, 0, sizeof r.previous);
    sl_record_write(&r, bytes);
    CHECK_EQ(sl_record_read(view_of(bytes, sizeof bytes), &back, NULL), SL_OK);
    bytes[80] = 1;
    CHECK_EQ(sl_record_read(view_of(bytes, sizeof bytes), &back, NULL), SL_E_BROKEN);
}

/* ENTRY-5 */
static void record__keeps_a_kind_it_does_not_know(void)
{
    struct sl_record r, back = { 0 };
    uint8_t bytes[SL_RECORD_BYTES];

    good_record(&r);
    r.kind = 0xfffffffe;
    sl_record_write(&r, bytes);
    CHECK_EQ(sl_record_read(view_of(bytes, sizeof bytes), &back, NULL), SL_OK);
    CHECK_EQ(back.kind, 0xfffffffe);
}

/* ENTRY-6: every single bit of record and signature. */
static void record__every_flipped_bit_breaks_the_signature(void)
{
    struct sl_record r;
    struct sl_slip s = { 0 };

    good_record(&r);
    fixed_sign(&r, &s);
    CHECK(sl_record_signed(s.record_bytes, s.signature));
    for (size_t bit = 0; bit < 8u * (SL_RECORD_BYTES + SL_SIGNATURE_BYTES); bit++) {
        uint8_t *at = bit / 8 < SL_RECORD_BYTES ? s.record_bytes + bit / 8
                                                : s.signature + (bit / 8 - SL_RECORD_BYTES);
        *at ^= (uint8_t)(1u << bit % 8);
        CHECK(!sl_record_signed(s.record_bytes, s.signature));
        *at ^= (uint8_t)(1u << bit % 8);
    }
}

/* ENTRY-6: by the session's key and for this purpose, and by nothing else. */
static void record__refuses_another_key_and_another_purpose(void)
{
    struct sl_record r;
    struct sl_slip s = { 0 };
    struct sl_sign_key other = fixed_sign_key(FIXED_AUTHOR), own = fixed_sign_key(FIXED_SESSION);

    good_record(&r);
    sl_record_write(&r, s.record_bytes);
    sl_record_sign(&other, s.record_bytes, s.signature);
    CHECK(!sl_record_signed(s.record_bytes, s.signature));
    sl_sign(&own, "safelight/1 session", view_of(s.record_bytes, SL_RECORD_BYTES), s.signature);
    CHECK(!sl_record_signed(s.record_bytes, s.signature));
    sl_sign(&own, "safelight/1 entry", view_of(s.record_bytes, SL_RECORD_BYTES), s.signature);
    CHECK(sl_record_signed(s.record_bytes, s.signature));
    sl_secret_free(other.bytes);
    sl_secret_free(own.bytes);
}

/* ENTRY-7, ENTRY-8 */
static void hashes__are_over_the_bytes_as_they_stand(void)
{
    uint8_t joined[SL_RECORD_BYTES + SL_SIGNATURE_BYTES], salted[SL_SALT_BYTES + 4];
    uint8_t want[SL_SHA256_BYTES], have[SL_SHA256_BYTES];

    memset(joined, 1, SL_RECORD_BYTES);
    memset(joined + SL_RECORD_BYTES, 2, SL_SIGNATURE_BYTES);
    sl_sha256_of(view_of(joined, sizeof joined), want);
    sl_record_hash(joined, joined + SL_RECORD_BYTES, have);
    CHECK(memcmp(want, have, sizeof want) == 0);
    memset(salted, 3, SL_SALT_BYTES);
    memcpy(salted + SL_SALT_BYTES, "body", 4);
    sl_sha256_of(view_of(salted, sizeof salted), want);
    sl_body_hash(salted, view_text("body"), have);
    CHECK(memcmp(want, have, sizeof want) == 0);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(record__reads_what_it_writes),
        CASE(record__refuses_every_other_length),
        CASE(record__refuses_each_damaged_field),
        CASE(record__names_a_version_it_does_not_know),
        CASE(record__refuses_a_later_entry_with_none_before),
        CASE(record__keeps_a_kind_it_does_not_know),
        CASE(record__every_flipped_bit_breaks_the_signature),
        CASE(record__refuses_another_key_and_another_purpose),
        CASE(hashes__are_over_the_bytes_as_they_stand),
    };

    fixed_start();
    return check_run(cases, sizeof cases / sizeof *cases);
}
