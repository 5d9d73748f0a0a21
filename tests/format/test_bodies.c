/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Founding, opened, closed, author, checkpoint: read as written, refused when anything is off.
 */
#include "fixed.h"
#include "format/inside.h"

#define CARE_TEXT 62u /* characters of an age recipient */

enum {
    AT_QUORUM = 12,
    AT_SUITE = 16,
    AT_NEED = 18,
    AT_KEEPERS = 19,
    AT_LOCKERS = 20,
    AT_CARE = 54,
    AT_KEEPER = 54 + 2 + CARE_TEXT
};

static struct sl_buf founding_bytes(const struct sl_founding *f)
{
    struct sl_buf out = sl_buf_upto(SL_SLIP_BYTES);

    CHECK_EQ(sl_founding_write(f, &out, NULL), SL_OK);
    return out;
}

static void founding__reads_what_it_writes(void)
{
    static struct sl_founding f, back;

    fixed_founding(&f);
    SL_AUTO_CLEAR(buf) b = founding_bytes(&f);
    CHECK_EQ(sl_founding_read(sl_buf_view(&b), &back, NULL), SL_OK);
    CHECK(memcmp(back.maker, f.maker, 32) == 0 && back.need == 2 && back.keeper_count == 3);
    CHECK(memcmp(back.care.point, f.care.point, 32) == 0 && back.quorum_suite == 0);
    CHECK(sl_id_same(&back.keepers[1].id, &f.keepers[1].id) && back.keepers[1].shard == 1);
    CHECK(strcmp(back.keepers[0].alias, "attic") == 0);
    CHECK(strcmp(back.keepers[0].url, "/mnt/attic") == 0);
    CHECK(strcmp(back.keepers[0].labels, "device=usb,country=FR") == 0);
    CHECK(back.locker_count == 1 && strcmp(back.lockers[0].alias, "camera") == 0);
    CHECK(memcmp(back.lockers[0].recipient.point, f.lockers[0].recipient.point, 32) == 0);
}

/* Every limit at its edge at once, and the whole fits a slip. */
static void founding__of_32_keepers_64_lockers_16_trustees_fits_a_slip(void)
{
    static struct sl_founding f, back;

    fixed_founding(&f);
    f.need = SL_NEED_MAX;
    f.keeper_count = SL_KEEPERS_MAX;
    f.locker_count = SL_LOCKERS_MAX;
    for (size_t i = 0; i < SL_KEEPERS_MAX; i++) {
        struct sl_keeper_info *k = &f.keepers[i];
        *k = (struct sl_keeper_info){ .id = fixed_id((uint8_t)i), .shard = (uint8_t)(255 - i) };
        (void)snprintf(k->alias, sizeof k->alias, "%064zu", i);
        memset(k->url, 'u', SL_KEEPER_URL_MAX);
        memset(k->labels, 'l', SL_KEEPER_LABELS_MAX);
    }
    for (size_t i = 0; i < SL_LOCKERS_MAX; i++) {
        f.lockers[i] = f.lockers[0];
        f.lockers[i].id = fixed_id((uint8_t)i);
        (void)snprintf(f.lockers[i].alias, sizeof f.lockers[i].alias, "%064zu", i);
    }
    f.quorum_suite = 1;
    f.quorum_bytes = sizeof f.quorum;
    f.quorum[14] = f.quorum[15] = SL_TRUSTEES_MAX;
    f.trustee_count = SL_TRUSTEES_MAX;
    for (size_t i = 0; i < SL_TRUSTEES_MAX; i++) {
        f.trustees[i].recipient = fixed_recipient((uint8_t)(i + 1));
        (void)snprintf(f.trustees[i].alias, sizeof f.trustees[i].alias, "%064zu", i);
    }
    SL_AUTO_CLEAR(buf) b = founding_bytes(&f);
    CHECK(b.len + SL_SALT_BYTES <= sl_slip_room(SL_SESSION_BLOCK_MAX, 0));
    CHECK_EQ(sl_founding_read(sl_buf_view(&b), &back, NULL), SL_OK);
    CHECK_EQ(strlen(back.keepers[31].url), SL_KEEPER_URL_MAX);
    CHECK_EQ(strlen(back.lockers[63].alias), SL_ALIAS_MAX);
    CHECK_EQ(strlen(back.trustees[15].alias), SL_ALIAS_MAX);
}

/* BODY-1, BODY-2 */
static void founding__refuses_every_other_length(void)
{
    static struct sl_founding f, back;

    fixed_founding(&f);
    back.need = 77;
    SL_AUTO_CLEAR(buf) b = founding_bytes(&f);
    for (size_t len = 0; len < b.len; len++)
        CHECK_EQ(sl_founding_read(view_of(b.at, len), &back, NULL), SL_E_BROKEN);
    CHECK_EQ(sl_buf_put(&b, view_of("", 1), NULL), SL_OK);
    CHECK_EQ(sl_founding_read(sl_buf_view(&b), &back, NULL), SL_E_BROKEN);
    CHECK_EQ(back.need, 77);
}

static void founding__refuses_each_damaged_field(void)
{
    static const struct {
        const char *why;
        size_t offset;
        uint8_t byte;
        const char *says;
    } damage[] = {
        { "BODY-1 magic", 2, 0, "begin" },
        { "BODY-1 version", 8, 2, "version 2" },
        { "BODY-12 a quorum that is not known", AT_QUORUM, 2, "quorum of suite 2" },
        { "BODY-2 a quorum that is not there", AT_QUORUM, 1, "does not fit" },
        { "BODY-4 maker's suite", AT_SUITE, 2, "suite 2" },
        { "BODY-10 none needed", AT_NEED, 0, "suffice" },
        { "BODY-10 17 needed", AT_NEED, 17, "suffice" },
        { "BODY-10 all needed", AT_NEED, 3, "suffice" },
        { "BODY-10 33 keepers", AT_KEEPERS, 33, "suffice" },
        { "BODY-2 a keeper more", AT_KEEPERS, 4, "" },
        { "BODY-11 no lockers", AT_LOCKERS, 0, "lockers" },
        { "BODY-11 65 lockers", AT_LOCKERS, 65, "65 lockers" },
        { "BODY-2 a locker more", AT_LOCKERS, 2, "cut short" },
        { "BODY-5 care's recipient altered", AT_CARE + 20, 'b', "recipient" },
        { "BODY-5 care's recipient too short", AT_CARE, 61, "recipient" },
        { "BODY-3 keeper without alias", AT_KEEPER + 17, 0, "alias" },
        { "BODY-3 alias too long", AT_KEEPER + 17, 65, "alias" },
        { "BODY-3 alias not UTF-8", AT_KEEPER + 18, 0xff, "alias" },
        { "BODY-3 NUL in an alias", AT_KEEPER + 19, 0, "alias" },
        { "BODY-3 address too long", AT_KEEPER + 18 + 5 + 1, 0x10, "address" },
    };
    static struct sl_founding f, back;

    fixed_founding(&f);
    back.need = 77;
    SL_AUTO_CLEAR(buf) b = founding_bytes(&f);
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        struct sl_err err = { 0 };
        uint8_t was = b.at[damage[i].offset];
        CHECK(was != damage[i].byte);
        b.at[damage[i].offset] = damage[i].byte;
        CHECK_EQ(sl_founding_read(sl_buf_view(&b), &back, &err), SL_E_BROKEN);
        if (strstr(err.text, damage[i].says) == NULL) {
            printf("# %s: %s\n", damage[i].why, err.text);
            check_that(0, "says what is wrong", __FILE__, __LINE__);
        }
        b.at[damage[i].offset] = was;
    }
    CHECK_EQ(back.need, 77);
}

/* BODY-5: AGE1... in capitals is the same recipient to age, and another spelling to us. */
static void founding__refuses_a_recipient_in_capitals(void)
{
    static struct sl_founding f, back;

    fixed_founding(&f);
    SL_AUTO_CLEAR(buf) b = founding_bytes(&f);
    for (size_t i = AT_CARE + 2; i < AT_KEEPER; i++)
        if (b.at[i] >= 'a' && b.at[i] <= 'z')
            b.at[i] = (uint8_t)(b.at[i] - 'a' + 'A');
    CHECK_EQ(sl_founding_read(sl_buf_view(&b), &back, NULL), SL_E_BROKEN);
}

/* BODY-10, BODY-11: nothing twice, by the writer nor, hence, by the reader (one judge). */
static void founding__has_nothing_twice(void)
{
    SL_AUTO_CLEAR(buf) b = sl_buf_upto(SL_SLIP_BYTES);
    static struct sl_founding f, good;

    fixed_founding(&good);
    good.locker_count = 2;
    good.lockers[1] = good.lockers[0];
    good.lockers[1].id.bytes[0] ^= 1;
    good.lockers[1].alias[0] = 'k';
    f = good;
    f.keepers[2].id = f.keepers[0].id;
    CHECK_EQ(sl_founding_write(&f, &b, NULL), SL_E_BROKEN);
    f = good;
    f.keepers[2].shard = 0;
    CHECK_EQ(sl_founding_write(&f, &b, NULL), SL_E_BROKEN);
    f = good;
    memcpy(f.keepers[2].alias, "lab", 4);
    CHECK_EQ(sl_founding_write(&f, &b, NULL), SL_E_BROKEN);
    f = good;
    f.lockers[1].id = f.lockers[0].id;
    CHECK_EQ(sl_founding_write(&f, &b, NULL), SL_E_BROKEN);
    f = good;
    f.lockers[1].alias[0] = 'c';
    CHECK_EQ(sl_founding_write(&f, &b, NULL), SL_E_BROKEN);
    CHECK_EQ(b.len, 0);
    CHECK_EQ(sl_founding_write(&good, &b, NULL), SL_OK);
}

static size_t quorum_at(const struct sl_founding *f)
{
    struct sl_founding bare = *f;

    bare.quorum_suite = 0;
    bare.quorum_bytes = bare.trustee_count = 0;
    SL_AUTO_CLEAR(buf) b = founding_bytes(&bare);
    return b.len;
}

static void founding__with_a_quorum_reads_what_it_writes(void)
{
    static struct sl_founding f, back;
    uint8_t key[SL_SIGN_PUBLIC_BYTES], want[SL_SIGN_PUBLIC_BYTES];

    fixed_founding(&f);
    fixed_quorum(&f);
    SL_AUTO_CLEAR(buf) b = founding_bytes(&f);
    CHECK_EQ(sl_founding_read(sl_buf_view(&b), &back, NULL), SL_OK);
    CHECK(back.quorum_suite == 1 && back.quorum_bytes == 20 + 2 * 32 + 3 * 32);
    CHECK(memcmp(back.quorum, f.quorum, f.quorum_bytes) == 0 && back.trustee_count == 3);
    CHECK(strcmp(back.trustees[2].alias, "cy") == 0);
    CHECK(memcmp(back.trustees[1].recipient.point, f.trustees[1].recipient.point, 32) == 0);
    fixed_public(FIXED_TRUSTEES + 2, want);
    CHECK_EQ(sl_founding_trustee_key(back.quorum, back.quorum_bytes, 3, key, NULL), SL_OK);
    CHECK(memcmp(key, want, sizeof key) == 0);
    CHECK_EQ(sl_founding_trustee_key(back.quorum, back.quorum_bytes, 0, key, NULL), SL_E_MISSING);
    CHECK_EQ(sl_founding_trustee_key(back.quorum, back.quorum_bytes, 4, key, NULL), SL_E_MISSING);
    for (size_t len = 0; len < back.quorum_bytes; len++) /* BODY-15 */
        CHECK_EQ(sl_founding_trustee_key(back.quorum, len, 1, key, NULL), SL_E_BROKEN);
    for (size_t len = 0; len < b.len; len++) /* BODY-2 */
        CHECK_EQ(sl_founding_read(view_of(b.at, len), &back, NULL), SL_E_BROKEN);
}

/* BODY-15, BODY-16: by the reader. */
static void founding__refuses_each_damaged_field_of_its_quorum(void)
{
    static const struct {
        const char *why;
        size_t offset; /* from the quorum's length */
        uint8_t byte;
        const char *says;
    } damage[] = {
        { "BODY-15 shorter than t and m ask for", 0, 179, "does not fit" },
        { "BODY-15 longer than any", 1, 4, "1204 bytes" },
        { "BODY-15 t is 0", 2 + 14, 0, "does not fit" },
        { "BODY-15 t above m", 2 + 14, 4, "does not fit" },
        { "BODY-15 a trustee more", 2 + 15, 4, "does not fit" },
        { "BODY-15 t and m of another length", 2 + 14, 1, "does not fit" },
        { "BODY-16 fewer named than are in it", 2 + 180, 2, "left over" },
        { "BODY-16 17 trustees", 2 + 180, 17, "17 trustees" },
        { "BODY-3 no alias", 2 + 181, 0, "alias" },
        { "BODY-5 recipient altered", 2 + 181 + 4 + 20, '1', "recipient" },
    };
    static struct sl_founding f, back;

    fixed_founding(&f);
    fixed_quorum(&f);
    back.need = 77;
    SL_AUTO_CLEAR(buf) b = founding_bytes(&f);
    size_t begin = quorum_at(&f);
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        struct sl_err err = { 0 };
        uint8_t was = b.at[begin + damage[i].offset];
        CHECK(was != damage[i].byte);
        b.at[begin + damage[i].offset] = damage[i].byte;
        CHECK_EQ(sl_founding_read(sl_buf_view(&b), &back, &err), SL_E_BROKEN);
        if (strstr(err.text, damage[i].says) == NULL) {
            printf("# %s: %s\n", damage[i].why, err.text);
            check_that(0, "says what is wrong", __FILE__, __LINE__);
        }
        b.at[begin + damage[i].offset] = was;
    }
    CHECK_EQ(back.need, 77);
}

/* BODY-16, BODY-17: by the writer (one judge). */
static void founding__has_no_trustee_twice_and_none_too_many(void)
{
    SL_AUTO_CLEAR(buf) b = sl_buf_upto(SL_SLIP_BYTES);
    static struct sl_founding f, good;

    fixed_founding(&good);
    fixed_quorum(&good);
    f = good;
    memcpy(f.trustees[2].alias, "ana", 4);
    CHECK_EQ(sl_founding_write(&f, &b, NULL), SL_E_BROKEN);
    f = good;
    f.trustees[2].recipient = f.trustees[0].recipient;
    CHECK_EQ(sl_founding_write(&f, &b, NULL), SL_E_BROKEN);
    f = good;
    f.trustee_count = 2;
    CHECK_EQ(sl_founding_write(&f, &b, NULL), SL_E_BROKEN);
    f = good;
    f.quorum_bytes = sizeof f.quorum + 1;
    CHECK_EQ(sl_founding_write(&f, &b, NULL), SL_E_BROKEN);
    f = good;
    f.quorum_suite = 0; /* no quorum, and trustees */
    CHECK_EQ(sl_founding_write(&f, &b, NULL), SL_E_BROKEN);
    CHECK_EQ(b.len, 0);
    CHECK_EQ(sl_founding_write(&good, &b, NULL), SL_OK);
}

/* BODY-13: the production's name changes with every byte, the salt's too. */
static void production__is_a_hash_over_salt_and_founding(void)
{
    uint8_t bytes[40] = { 0 }, one[32], two[32], plain[32];

    sl_production_of(view_of(bytes, sizeof bytes), one);
    sl_sha256_of(view_of(bytes, sizeof bytes), plain);
    CHECK(memcmp(one, plain, 32) != 0);
    bytes[0] = 1;
    sl_production_of(view_of(bytes, sizeof bytes), two);
    CHECK(memcmp(one, two, 32) != 0);
}

static void opened__reads_what_it_writes_and_nothing_else(void)
{
    struct sl_opened o = { .role = SL_ROLE_CAPTURE, .goes_on = true, .left_entries = 3 };
    struct sl_opened back = { .role = 77 };
    SL_AUTO_CLEAR(buf) b = sl_buf_upto(128);
    struct sl_err err = { 0 };

    o.left_packs = 9;
    memset(o.left_session, 8, sizeof o.left_session);
    CHECK_EQ(sl_opened_write(&o, &b, NULL), SL_OK);
    CHECK_EQ(b.len, 68);
    for (size_t len = 0; len < b.len; len++) /* BODY-2 */
        CHECK_EQ(sl_opened_read(view_of(b.at, len), &back, NULL), SL_E_BROKEN);
    b.at[12] = SL_ROLE_TRUSTEE; /* BODY-6: 4 is the last */
    CHECK_EQ(sl_opened_read(sl_buf_view(&b), &back, NULL), SL_OK);
    back.role = 77;
    b.at[12] = SL_ROLE_TRUSTEE + 1;
    CHECK_EQ(sl_opened_read(sl_buf_view(&b), &back, NULL), SL_E_BROKEN);
    b.at[12] = 9;
    CHECK_EQ(sl_opened_read(sl_buf_view(&b), &back, &err), SL_E_BROKEN);
    CHECK(strstr(err.text, "role 9") != NULL);
    b.at[12] = SL_ROLE_CAPTURE;
    b.at[16] = 0; /* BODY-7: goes on with nothing, and names what */
    CHECK_EQ(sl_opened_read(sl_buf_view(&b), &back, NULL), SL_E_BROKEN);
    b.at[16] = 2; /* BODY-7: neither */
    CHECK_EQ(sl_opened_read(sl_buf_view(&b), &back, NULL), SL_E_BROKEN);
    b.at[16] = 1;
    CHECK_EQ(back.role, 77);
    CHECK_EQ(sl_opened_read(sl_buf_view(&b), &back, NULL), SL_OK);
    CHECK(back.goes_on && back.left_entries == 3 && back.left_packs == 9);
    CHECK_EQ(back.left_session[31], 8);
    o = (struct sl_opened){ .role = 0 };
    CHECK_EQ(sl_opened_write(&o, &b, NULL), SL_E_BROKEN);
}

static void closed__reads_what_it_writes_and_nothing_else(void)
{
    struct sl_closed c = { .packs = 1u << 20 }, back = { .packs = 77 };
    SL_AUTO_CLEAR(buf) b = sl_buf_upto(128);

    CHECK_EQ(sl_closed_write(&c, &b, NULL), SL_OK);
    CHECK_EQ(b.len, 24);
    for (size_t len = 0; len < b.len; len++) /* BODY-2 */
        CHECK_EQ(sl_closed_read(view_of(b.at, len), &back, NULL), SL_E_BROKEN);
    b.at[12] = 1; /* BODY-8 */
    CHECK_EQ(sl_closed_read(sl_buf_view(&b), &back, NULL), SL_E_BROKEN);
    b.at[12] = 0;
    CHECK_EQ(back.packs, 77);
    CHECK_EQ(sl_closed_read(sl_buf_view(&b), &back, NULL), SL_OK);
    CHECK_EQ(back.packs, 1u << 20);
}

static void author__reads_what_it_writes_and_nothing_else(void)
{
    struct sl_author a = { .key = { 1, 2, 3 }, .role = SL_ROLE_MEMBER, .alias = "Ana" };
    struct sl_author back = { .role = 77 };
    SL_AUTO_CLEAR(buf) b = sl_buf_upto(256);
    struct sl_err err = { 0 };

    CHECK_EQ(sl_author_write(&a, &b, NULL), SL_OK);
    CHECK_EQ(b.len, 51 + 3);
    for (size_t len = 0; len < b.len; len++) /* BODY-2 */
        CHECK_EQ(sl_author_read(view_of(b.at, len), &back, NULL), SL_E_BROKEN);
    b.at[16] = 2; /* BODY-4 */
    CHECK_EQ(sl_author_read(sl_buf_view(&b), &back, &err), SL_E_BROKEN);
    CHECK(strstr(err.text, "suite 2") != NULL);
    b.at[16] = 1;
    b.at[51] = 0xc0; /* BODY-3 */
    CHECK_EQ(sl_author_read(sl_buf_view(&b), &back, NULL), SL_E_BROKEN);
    b.at[51] = 'A';
    for (uint8_t role = 0; role < 7; role++) { /* BODY-14: capture and member, no other */
        b.at[12] = role;
        CHECK_EQ(sl_author_read(sl_buf_view(&b), &back, NULL),
                 role == SL_ROLE_CAPTURE || role == SL_ROLE_MEMBER ? SL_OK : SL_E_BROKEN);
        a.role = role;
        SL_AUTO_CLEAR(buf) again = sl_buf_upto(256);
        CHECK_EQ(sl_author_write(&a, &again, NULL),
                 role == SL_ROLE_CAPTURE || role == SL_ROLE_MEMBER ? SL_OK : SL_E_BROKEN);
    }
    b.at[12] = SL_ROLE_MEMBER;
    a.role = SL_ROLE_MEMBER;
    back.role = 77;
    CHECK_EQ(back.role, 77);
    CHECK_EQ(sl_author_read(sl_buf_view(&b), &back, NULL), SL_OK);
    CHECK(back.role == SL_ROLE_MEMBER && strcmp(back.alias, "Ana") == 0 && back.key[2] == 3);
    a.alias[0] = '\0';
    CHECK_EQ(sl_author_write(&a, &b, NULL), SL_E_USAGE);
}

/* There is no writer yet: this is one. */
static struct sl_buf checkpoint_bytes(const struct sl_checkpoint *k)
{
    struct sl_buf out = sl_buf_upto(128);
    struct sl_pen p = sl_pen_to(&out, NULL);

    sl_pen_stamp(&p, "SLCHECK\n");
    sl_pen_u32(&p, 0);
    sl_pen_u64(&p, k->entries);
    sl_pen_u64(&p, k->bytes);
    sl_pen_bytes(&p, k->hash, sizeof k->hash);
    sl_pen_u64(&p, k->first_pack);
    sl_pen_u64(&p, k->pack_count);
    CHECK_EQ(sl_pen_done(&p), SL_OK);
    return out;
}

static sl_rc checkpoint_rc(struct sl_checkpoint k)
{
    SL_AUTO_CLEAR(buf) b = checkpoint_bytes(&k);
    struct sl_checkpoint back;

    return sl_checkpoint_read(sl_buf_view(&b), &back, NULL);
}

/* BODY-9: each limit at its edge, and one past it. */
static void checkpoint__is_read_within_its_limits(void)
{
    const struct sl_checkpoint good = { .entries = SL_CHECKPOINT_ENTRIES_MAX,
                                        .bytes = SL_CHECKPOINT_BYTES_MAX,
                                        .first_pack = 5,
                                        .pack_count = SL_CHECKPOINT_PACKS_MAX };
    struct sl_checkpoint k = good, back = { 0 };
    SL_AUTO_CLEAR(buf) b = checkpoint_bytes(&good);

    CHECK_EQ(b.len, 80);
    CHECK_EQ(sl_checkpoint_read(sl_buf_view(&b), &back, NULL), SL_OK);
    CHECK(back.entries == good.entries && back.bytes == good.bytes && back.first_pack == 5 &&
          back.pack_count == good.pack_count);
    for (size_t len = 0; len < b.len; len++) /* BODY-2 */
        CHECK_EQ(sl_checkpoint_read(view_of(b.at, len), &back, NULL), SL_E_BROKEN);
    b.at[12] = 1; /* BODY-8 */
    CHECK_EQ(sl_checkpoint_read(sl_buf_view(&b), &back, NULL), SL_E_BROKEN);
    k.entries++;
    CHECK_EQ(checkpoint_rc(k), SL_E_BROKEN);
    k.entries = 0;
    CHECK_EQ(checkpoint_rc(k), SL_E_BROKEN);
    k = good;
    k.bytes++;
    CHECK_EQ(checkpoint_rc(k), SL_E_BROKEN);
    k.bytes = 0;
    CHECK_EQ(checkpoint_rc(k), SL_E_BROKEN);
    k = good;
    k.pack_count++;
    CHECK_EQ(checkpoint_rc(k), SL_E_BROKEN);
    k.pack_count = 0;
    CHECK_EQ(checkpoint_rc(k), SL_E_BROKEN);
    k = good;
    k.first_pack = UINT64_MAX;
    CHECK_EQ(checkpoint_rc(k), SL_E_BROKEN);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(founding__reads_what_it_writes),
        CASE(founding__of_32_keepers_64_lockers_16_trustees_fits_a_slip),
        CASE(founding__refuses_every_other_length),
        CASE(founding__refuses_each_damaged_field),
        CASE(founding__refuses_a_recipient_in_capitals),
        CASE(founding__has_nothing_twice),
        CASE(founding__with_a_quorum_reads_what_it_writes),
        CASE(founding__refuses_each_damaged_field_of_its_quorum),
        CASE(founding__has_no_trustee_twice_and_none_too_many),
        CASE(production__is_a_hash_over_salt_and_founding),
        CASE(opened__reads_what_it_writes_and_nothing_else),
        CASE(closed__reads_what_it_writes_and_nothing_else),
        CASE(author__reads_what_it_writes_and_nothing_else),
        CASE(checkpoint__is_read_within_its_limits),
    };

    fixed_start();
    return check_run(cases, sizeof cases / sizeof *cases);
}
