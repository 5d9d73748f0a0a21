/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Invitations: read as written; whatever the page forbids is refused by writer and reader alike,
 * even where the maker signed it.
 */
#include "format/deeds.h"
#include "people.h"

static bool same_view(struct sl_view a, struct sl_view b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static void check_same(const struct sl_invitation *have, const struct sl_invitation *want)
{
    CHECK_EQ(have->as, want->as);
    CHECK(memcmp(have->to, want->to, sizeof want->to) == 0);
    CHECK(same_view(have->founding, want->founding));
    CHECK(same_view(have->care_identity, want->care_identity));
    CHECK(same_view(have->share, want->share));
    CHECK(same_view(have->test_locker, want->test_locker));
    CHECK(same_view(have->test_request, want->test_request));
    CHECK_EQ(have->sealed_count, want->sealed_count);
    for (size_t i = 0; i < want->sealed_count; i++)
        CHECK(same_view(have->sealed[i], want->sealed[i]));
    CHECK_EQ(have->grant_count, want->grant_count);
    for (size_t i = 0; i < want->grant_count; i++) {
        CHECK(sl_id_same(&have->grants[i].locker, &want->grants[i].locker));
        CHECK_EQ(have->grants[i].epoch, want->grants[i].epoch);
        CHECK(same_view(have->grants[i].identity, want->grants[i].identity));
    }
}

/* Written, the same as by the page alone, and read back. */
static void check_journey(const struct people *s)
{
    static struct sl_founding founding;
    SL_AUTO_CLEAR(buf) b = sl_buf_upto(1u << 20), by_page = sl_buf_upto(1u << 20);
    struct sl_invitation back = { 0 };
    struct sl_err err = { 0 };

    memset(&founding, 0, sizeof founding);
    CHECK_EQ(sl_invitation_write(&s->invitation, &s->maker, &b, &err), SL_OK);
    CHECK_EQ(sl_invitation_read(sl_buf_view(&b), &back, &founding, &err), SL_OK);
    if (err.text[0] != '\0')
        printf("# %s\n", err.text);
    people_bytes(s, &by_page);
    CHECK(same_view(sl_buf_view(&b), sl_buf_view(&by_page)));
    check_same(&back, &s->invitation);
    CHECK(memcmp(&founding, &s->founding, sizeof founding) == 0);
}

static void invitation__of_a_trustee_reads_as_written(void)
{
    struct people s;

    people_new(&s, true);
    check_journey(&s);
    s.invitation.grant_count = 0;
    check_journey(&s);
    people_end(&s);
}

static void invitation__of_a_member_reads_as_written(void)
{
    struct people s;

    people_new(&s, true);
    s.invitation.as = SL_INVITED_MEMBER;
    s.invitation.share = (struct sl_view){ 0 };
    check_journey(&s);
    people_end(&s);
    people_new(&s, false);
    check_journey(&s);
    people_end(&s);
}

/* Give the founding its 64 lockers, all of them sealed and granted. */
static void fill(struct people *s, size_t sealed_bytes)
{
    static uint8_t sealed[SL_INVITATION_MAX];

    s->founding.locker_count = SL_LOCKERS_MAX;
    for (size_t i = 1; i < SL_LOCKERS_MAX; i++) {
        s->founding.lockers[i] = s->founding.lockers[0];
        s->founding.lockers[i].id = fixed_id((uint8_t)(0x80 + i));
        s->founding.lockers[i].epoch = (uint32_t)i;
        (void)snprintf(s->founding.lockers[i].alias, SL_ALIAS_MAX + 1, "locker%zu", i);
    }
    people_found(s);
    s->invitation.sealed_count = s->invitation.grant_count = SL_LOCKERS_MAX;
    for (size_t i = 0; i < SL_LOCKERS_MAX; i++) {
        s->invitation.sealed[i] = view_of(sealed, sealed_bytes);
        s->invitation.grants[i].locker = s->founding.lockers[i].id;
        s->invitation.grants[i].epoch = s->founding.lockers[i].epoch;
        s->invitation.grants[i].identity = s->invitation.grants[0].identity;
    }
}

/* PEOPLE-18: 64 lockers as long as the quorum room makes them fit; the limit is one byte wide. */
static void invitation__of_64_lockers_fits_its_limit(void)
{
    static struct sl_founding founding;
    static struct people s;
    SL_AUTO_CLEAR(buf) b = sl_buf_upto(1u << 20);
    struct sl_invitation back;
    struct sl_err err = { 0 };

    people_new(&s, true);
    fill(&s, 2776); /* SL_LOCKER_BYTES_MAX of the quorum room */
    check_journey(&s);
    people_bytes(&s, &b);
    size_t room = SL_INVITATION_MAX - b.len, each = room / SL_LOCKERS_MAX;
    fill(&s, 2776 + each);
    s.invitation.test_request.len += room - each * SL_LOCKERS_MAX;
    static uint8_t request[SL_CARRIED_MAX];
    s.invitation.test_request.at = request;
    check_journey(&s);
    b.len = 0;
    people_bytes(&s, &b);
    CHECK_EQ(b.len, SL_INVITATION_MAX);
    s.invitation.test_request.len++;
    b.len = 0;
    CHECK_EQ(sl_invitation_write(&s.invitation, &s.maker, &b, &err), SL_E_BROKEN);
    CHECK(people_says(&err, "262145 bytes") && b.len == 0);
    people_bytes(&s, &b);
    CHECK_EQ(sl_invitation_read(sl_buf_view(&b), &back, &founding, &err), SL_E_BROKEN);
    CHECK(people_says(&err, "262145 bytes"));
    people_end(&s);
}

/* PEOPLE-8 */
static void invitation__refuses_every_other_length(void)
{
    static struct sl_founding founding;
    struct sl_invitation back = { .grant_count = 77 };
    SL_AUTO_CLEAR(buf) b = sl_buf_upto(1u << 20);
    struct people s;

    people_new(&s, true);
    people_bytes(&s, &b);
    founding.need = 77;
    for (size_t len = 0; len < b.len; len++)
        CHECK_EQ(sl_invitation_read(view_of(b.at, len), &back, &founding, NULL), SL_E_BROKEN);
    CHECK_EQ(sl_buf_put(&b, view_of("", 1), NULL), SL_OK);
    CHECK_EQ(sl_invitation_read(sl_buf_view(&b), &back, &founding, NULL), SL_E_BROKEN);
    CHECK(back.grant_count == 77 && founding.need == 77);
    people_end(&s);
}

/* PEOPLE-8, PEOPLE-17: one bit of any byte. */
static void invitation__of_which_a_bit_was_changed_is_refused(void)
{
    static struct sl_founding founding;
    struct sl_invitation back = { .grant_count = 77 };
    SL_AUTO_CLEAR(buf) b = sl_buf_upto(1u << 20);
    struct people s;

    people_new(&s, true);
    people_bytes(&s, &b);
    founding.need = 77;
    for (size_t at = 0; at < b.len; at++) {
        b.at[at] ^= (uint8_t)(1u << at % 8);
        CHECK(sl_invitation_read(sl_buf_view(&b), &back, &founding, NULL) != SL_OK);
        b.at[at] ^= (uint8_t)(1u << at % 8);
    }
    CHECK(back.grant_count == 77 && founding.need == 77);
    CHECK_EQ(sl_invitation_read(sl_buf_view(&b), &back, &founding, NULL), SL_OK);
    people_end(&s);
}

/* Signed by the maker, refused all the same: by the reader, and by the writer before it. */
static void check_refused(const struct people *s, const char *says)
{
    static struct sl_founding founding;
    struct sl_invitation back = { .grant_count = 77 };
    SL_AUTO_CLEAR(buf) b = sl_buf_upto(1u << 20);
    struct sl_err err = { 0 };

    CHECK_EQ(sl_invitation_write(&s->invitation, &s->maker, &b, &err), SL_E_BROKEN);
    CHECK(people_says(&err, says) && b.len == 0);
    people_bytes(s, &b);
    founding.need = 77;
    CHECK_EQ(sl_invitation_read(sl_buf_view(&b), &back, &founding, &err), SL_E_BROKEN);
    CHECK(people_says(&err, says));
    CHECK(back.grant_count == 77 && founding.need == 77);
}

/* PEOPLE-9 */
static void invitation__refuses_kinds_it_does_not_know(void)
{
    struct people s;

    people_new(&s, true);
    s.invitation.as = (enum sl_invited_as)0;
    check_refused(&s, "kind 0");
    s.invitation.as = (enum sl_invited_as)3;
    check_refused(&s, "kind 3");
    people_end(&s);
}

/* PEOPLE-10 */
static void invitation__holds_a_founding(void)
{
    static uint8_t huge[SL_SLIP_BYTES + 1];
    struct people s;

    people_new(&s, true);
    s.invitation.founding = (struct sl_view){ 0 };
    check_refused(&s, "0 bytes of a founding");
    s.invitation.founding = view_of(s.salted.at, SL_SALT_BYTES);
    check_refused(&s, "32 bytes of a founding");
    s.invitation.founding = view_of(s.salted.at, SL_SALT_BYTES + 1);
    check_refused(&s, "founding does not begin");
    s.invitation.founding = view_of(s.salted.at, s.salted.len - 1);
    check_refused(&s, "founding");
    s.invitation.founding = view_of(huge, sizeof huge);
    check_refused(&s, "65537 bytes of a founding");
    people_end(&s);
}

/* PEOPLE-11 */
static void invitation__holds_the_care_key_of_the_founding(void)
{
    struct people s;

    people_new(&s, true);
    struct sl_view good = s.invitation.care_identity;
    s.invitation.care_identity = s.invitation.grants[0].identity;
    check_refused(&s, "the care key in an invitation is not the founding's");
    s.invitation.care_identity = view_of(good.at, good.len - 1);
    check_refused(&s, "the care key in an invitation is not one of age's");
    s.invitation.care_identity = view_of(good.at, good.len + 1); /* with its NUL */
    check_refused(&s, "the care key in an invitation is not one of age's");
    s.invitation.care_identity = (struct sl_view){ 0 };
    check_refused(&s, "the care key in an invitation is not one of age's");
    people_end(&s);
}

/* PEOPLE-12 */
static void invitation__holds_a_share_exactly_for_trustees(void)
{
    uint8_t share[89] = { 0 };
    struct people s;

    people_new(&s, true);
    s.invitation.share = (struct sl_view){ 0 };
    check_refused(&s, "0 bytes of a share, not 88");
    s.invitation.share = view_of(share, 87);
    check_refused(&s, "87 bytes of a share");
    s.invitation.share = view_of(share, 89);
    check_refused(&s, "89 bytes of a share");
    s.invitation.share = view_of(share, 88);
    people_person_public(FIXED_PERSON + 2, s.invitation.to); /* trustee 3 */
    check_journey(&s);
    people_person_public(FIXED_PERSON + 3, s.invitation.to);
    check_refused(&s, "not among the founding's trustees");
    s.invitation.as = SL_INVITED_MEMBER;
    check_refused(&s, "88 bytes of a share, not 0");
    people_end(&s);
    people_new(&s, false);
    s.invitation.as = SL_INVITED_TRUSTEE;
    check_refused(&s, "not among the founding's trustees");
    s.invitation.share = view_of(share, 88);
    check_refused(&s, "not among the founding's trustees");
    people_end(&s);
}

/* PEOPLE-13 */
static void invitation__holds_a_test_exactly_with_a_quorum(void)
{
    static uint8_t huge[SL_CARRIED_MAX + 1];
    struct people s;

    people_new(&s, true);
    struct sl_view test_locker = s.invitation.test_locker;
    s.invitation.test_locker = (struct sl_view){ 0 };
    check_refused(&s, "no test locker");
    s.invitation.test_locker = view_of(huge, sizeof huge);
    check_refused(&s, "no test locker");
    s.invitation.test_locker = test_locker;
    s.invitation.test_request = (struct sl_view){ 0 };
    check_refused(&s, "no test locker");
    s.invitation.test_request = view_of(huge, sizeof huge);
    check_refused(&s, "no test locker");
    people_end(&s);
    people_new(&s, false);
    s.invitation.test_locker = test_locker;
    check_refused(&s, "where there is none");
    s.invitation.test_locker = (struct sl_view){ 0 };
    s.invitation.test_request = test_locker;
    check_refused(&s, "where there is none");
    people_end(&s);
}

/* PEOPLE-14 */
static void invitation__holds_one_sealed_locker_for_each(void)
{
    static uint8_t huge[SL_CARRIED_MAX + 1];
    struct people s;

    people_new(&s, true);
    s.invitation.sealed[1] = s.invitation.sealed[0];
    s.invitation.sealed_count = 2;
    check_refused(&s, "2 sealed lockers, not 1");
    s.invitation.sealed_count = 0;
    check_refused(&s, "0 sealed lockers, not 1");
    s.invitation.sealed_count = SL_LOCKERS_MAX + 1;
    check_refused(&s, "65 sealed lockers, over 64");
    s.invitation.sealed_count = 1;
    s.invitation.sealed[0] = (struct sl_view){ 0 };
    check_refused(&s, "sealed locker of 0 bytes");
    s.invitation.sealed[0] = view_of(huge, sizeof huge);
    check_refused(&s, "sealed locker of 8193 bytes");
    people_end(&s);
    people_new(&s, false);
    s.invitation.sealed[0] = view_of(huge, 1);
    s.invitation.sealed_count = 1;
    check_refused(&s, "1 sealed lockers, not 0");
    people_end(&s);
}

/* PEOPLE-15, PEOPLE-16 */
static void invitation__grants_lockers_of_the_founding_once(void)
{
    struct people s;

    people_new(&s, true);
    struct sl_invited_grant good = s.invitation.grants[0];
    s.invitation.grants[1] = good;
    s.invitation.grant_count = 2;
    check_refused(&s, "one locker twice");
    s.invitation.grants[1].epoch = 1;
    check_refused(&s, "does not have");
    s.invitation.grant_count = SL_INVITED_GRANTS_MAX + 1;
    check_refused(&s, "65 grants, over 64");
    s.invitation.grant_count = 1;
    s.invitation.grants[0].locker = fixed_id(FIXED_ROLL);
    check_refused(&s, "does not have");
    s.invitation.grants[0] = good;
    s.invitation.grants[0].identity = s.invitation.care_identity;
    check_refused(&s, "a locker's key in an invitation is not the founding's");
    s.invitation.grants[0].identity = (struct sl_view){ 0 };
    check_refused(&s, "a locker's key in an invitation is not one of age's");
    people_end(&s);
}

/* PEOPLE-16: of two lockers. */
static void invitation__grants_each_locker_its_own_key(void)
{
    struct people s;

    people_new(&s, false);
    s.founding.locker_count = 2;
    s.founding.lockers[1] = s.founding.lockers[0];
    s.founding.lockers[1].id = fixed_id(FIXED_ROLL);
    s.founding.lockers[1].alias[0] = 'k';
    s.founding.lockers[1].recipient = fixed_recipient(FIXED_PERSON);
    people_found(&s);
    s.invitation.grants[1] = s.invitation.grants[0];
    s.invitation.grants[1].locker = fixed_id(FIXED_ROLL);
    s.invitation.grant_count = 2;
    check_refused(&s, "not the founding's"); /* the key of the other locker */
    s.founding.lockers[1].recipient = s.founding.lockers[0].recipient;
    people_found(&s);
    check_journey(&s);
    people_end(&s);
}

/* PEOPLE-17 */
static void invitation__is_signed_by_the_foundings_maker_for_this(void)
{
    static struct sl_founding founding;
    struct sl_sign_key other = fixed_sign_key(FIXED_SESSION);
    struct sl_invitation back = { .grant_count = 77 };
    SL_AUTO_CLEAR(buf) b = sl_buf_upto(1u << 20);
    struct sl_err err = { 0 };
    struct people s;

    people_new(&s, true);
    CHECK_EQ(sl_invitation_write(&s.invitation, &other, &b, &err), SL_E_REFUSED);
    CHECK(people_says(&err, "only the maker") && b.len == 0);
    people_bytes(&s, &b);
    b.len -= SL_SIGNATURE_BYTES;
    people_sign(&other, "safelight/1 invitation", &b);
    CHECK_EQ(sl_invitation_read(sl_buf_view(&b), &back, &founding, &err), SL_E_REFUSED);
    CHECK(people_says(&err, "not signed by the maker"));
    b.len -= SL_SIGNATURE_BYTES;
    people_sign(&s.maker, "safelight/1 card", &b);
    CHECK_EQ(sl_invitation_read(sl_buf_view(&b), &back, &founding, &err), SL_E_REFUSED);
    CHECK(back.grant_count == 77 && founding.need == 0);
    b.len -= SL_SIGNATURE_BYTES;
    people_sign(&s.maker, "safelight/1 invitation", &b);
    CHECK_EQ(sl_invitation_read(sl_buf_view(&b), &back, &founding, &err), SL_OK);
    sl_secret_free(other.bytes);
    people_end(&s);
}

/* PEOPLE-8 */
static void invitation__names_a_version_it_does_not_know(void)
{
    static struct sl_founding founding;
    struct sl_invitation back;
    SL_AUTO_CLEAR(buf) b = sl_buf_upto(1u << 20);
    struct sl_err err = { 0 };
    struct people s;

    people_new(&s, false);
    people_bytes(&s, &b);
    b.at[8] = 2;
    CHECK_EQ(sl_invitation_read(sl_buf_view(&b), &back, &founding, &err), SL_E_BROKEN);
    CHECK(people_says(&err, "version 2"));
    b.at[0] = 's';
    CHECK_EQ(sl_invitation_read(sl_buf_view(&b), &back, &founding, &err), SL_E_BROKEN);
    CHECK(people_says(&err, "does not begin"));
    people_end(&s);
}

/* Guarded memory that is too small holds nothing afterwards; what stood there before stays. */
static void invitation__that_does_not_fit_leaves_nothing(void)
{
    struct people s;

    people_new(&s, false);
    for (size_t limit = 1; limit < 700; limit += 23) {
        SL_AUTO_CLEAR(buf) b = sl_buf_upto(limit);
        CHECK_EQ(sl_buf_put(&b, view_text("x"), NULL), SL_OK);
        if (sl_invitation_write(&s.invitation, &s.maker, &b, NULL) != SL_OK)
            CHECK_EQ(b.len, 1);
    }
    people_end(&s);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(invitation__of_a_trustee_reads_as_written),
        CASE(invitation__of_a_member_reads_as_written),
        CASE(invitation__of_64_lockers_fits_its_limit),
        CASE(invitation__refuses_every_other_length),
        CASE(invitation__of_which_a_bit_was_changed_is_refused),
        CASE(invitation__names_a_version_it_does_not_know),
        CASE(invitation__refuses_kinds_it_does_not_know),
        CASE(invitation__holds_a_founding),
        CASE(invitation__holds_the_care_key_of_the_founding),
        CASE(invitation__holds_a_share_exactly_for_trustees),
        CASE(invitation__holds_a_test_exactly_with_a_quorum),
        CASE(invitation__holds_one_sealed_locker_for_each),
        CASE(invitation__grants_lockers_of_the_founding_once),
        CASE(invitation__grants_each_locker_its_own_key),
        CASE(invitation__is_signed_by_the_foundings_maker_for_this),
        CASE(invitation__that_does_not_fit_leaves_nothing),
    };

    fixed_start();
    return check_run(cases, sizeof cases / sizeof *cases);
}
