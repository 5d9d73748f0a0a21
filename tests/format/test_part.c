/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Parts of a roll: packs that rise, a manifest that is in one place, nothing left over.
 */
#include "fixed.h"
#include "format/inside.h"
#include "format/pack_head.h"
#include "format/part.h"

static struct sl_buf header; /* a real age header, made once in main() */

enum {
    AT_FLAGS = 12,
    AT_NAME_BYTES = 52,
    AT_PACK_COUNT = 54,
    AT_NUMBER = 56,
    AT_FILES = 64,
    AT_OFFSET = 80,
    AT_BYTES = 88,
    AT_RAW = 96,
    AT_AFTER = 104,
    AT_NAME = 168
};

/* Three packs, the manifest at the end of the last, last part of its roll. */
static void good_part(struct sl_part *p)
{
    memset(p, 0, sizeof *p);
    p->roll = fixed_id(FIXED_ROLL);
    p->roll_name = view_text("A001");
    p->locker = fixed_id(FIXED_LOCKER_ID);
    p->epoch = 1;
    p->number = 4;
    memset(p->after, 0x44, sizeof p->after);
    p->last = true;
    p->files = 12;
    p->bytes = 3456;
    p->pack_count = 3;
    for (size_t i = 0; i < 3; i++) {
        p->packs[i].number = 100 + 2 * i;
        memset(p->packs[i].nonce, (int)i, sizeof p->packs[i].nonce);
        p->packs[i].header = sl_buf_view(&header);
    }
    p->manifest_offset = 1000;
    p->manifest_bytes = 200;
    p->manifest_raw = 900;
    memset(p->manifest_hash, 0x55, sizeof p->manifest_hash);
}

static struct sl_buf written(const struct sl_part *p)
{
    struct sl_buf out = sl_buf_upto(1u << 20);

    CHECK_EQ(sl_part_write(p, &out, NULL), SL_OK);
    return out;
}

static void part__reads_what_it_writes(void)
{
    struct sl_part p, back;

    good_part(&p);
    SL_AUTO_CLEAR(buf) b = written(&p);
    CHECK_EQ(b.len, 168 + 4 + 3 * (8 + 16 + 2 + header.len));
    CHECK_EQ(sl_part_read(sl_buf_view(&b), 3, &back, NULL), SL_OK);
    CHECK(sl_id_same(&back.roll, &p.roll) && sl_id_same(&back.locker, &p.locker));
    CHECK(back.roll_name.len == 4 && memcmp(back.roll_name.at, "A001", 4) == 0);
    CHECK(back.epoch == 1 && back.number == 4 && back.last && back.files == 12);
    CHECK(back.bytes == 3456 && back.pack_count == 3 && back.packs[2].number == 104);
    CHECK(back.packs[2].nonce[15] == 2 && back.packs[1].header.len == header.len);
    CHECK(back.inline_manifest.len == 0 && back.manifest_offset == 1000);
    CHECK(back.manifest_bytes == 200 && back.manifest_raw == 900);
    CHECK(memcmp(back.manifest_hash, p.manifest_hash, 32) == 0);
    CHECK(memcmp(back.after, p.after, 32) == 0);
}

/* PART-8: no packs at all, the manifest here (a roll of folders and empty files). */
static void part__may_carry_its_manifest(void)
{
    struct sl_part p, back;

    good_part(&p);
    p.pack_count = 0;
    p.inline_manifest = view_text("zstd bytes");
    p.manifest_offset = 0;
    p.manifest_bytes = p.inline_manifest.len;
    p.number = 0;
    memset(p.after, 0, sizeof p.after);
    SL_AUTO_CLEAR(buf) b = written(&p);
    CHECK_EQ(sl_part_read(sl_buf_view(&b), 1, &back, NULL), SL_OK);
    CHECK(back.pack_count == 0 && back.inline_manifest.len == 10);
    CHECK(memcmp(back.inline_manifest.at, "zstd bytes", 10) == 0);
}

/* PART-5 at its edge: 65 packs are read and written, 66 are not. */
static void part__names_65_packs_at_most(void)
{
    struct sl_part p, back = { .epoch = 77 };

    good_part(&p);
    p.pack_count = SL_PART_PACKS_MAX + 1;
    for (size_t i = 0; i < p.pack_count; i++)
        p.packs[i] = (struct sl_part_pack){ .number = i, .header = sl_buf_view(&header) };
    SL_AUTO_CLEAR(buf) b = written(&p);
    CHECK_EQ(sl_part_read(sl_buf_view(&b), 1, &back, NULL), SL_OK);
    CHECK_EQ(back.pack_count, 65);
    b.at[AT_PACK_COUNT] = 66;
    CHECK_EQ(sl_part_read(sl_buf_view(&b), 1, &back, NULL), SL_E_BROKEN);
    b.at[AT_PACK_COUNT + 1] = 0xff;
    CHECK_EQ(sl_part_read(sl_buf_view(&b), 1, &back, NULL), SL_E_BROKEN);
    p.pack_count++;
    CHECK_EQ(sl_part_write(&p, &b, NULL), SL_E_BROKEN);
}

/* PART-2 */
static void part__refuses_every_other_length(void)
{
    struct sl_part p, back = { .epoch = 77 };

    good_part(&p);
    SL_AUTO_CLEAR(buf) b = written(&p);
    for (size_t len = 0; len < b.len; len++)
        CHECK_EQ(sl_part_read(view_of(b.at, len), 3, &back, NULL), SL_E_BROKEN);
    CHECK_EQ(sl_buf_put(&b, view_of("", 1), NULL), SL_OK);
    CHECK_EQ(sl_part_read(sl_buf_view(&b), 3, &back, NULL), SL_E_BROKEN);
    CHECK_EQ(back.epoch, 77);
}

static void part__refuses_each_damaged_field(void)
{
    static const struct {
        const char *why;
        size_t offset;
        uint8_t byte;
        const char *says;
    } damage[] = {
        { "PART-1 magic", 1, 0, "begin" },
        { "PART-1 version", 8, 2, "version 2" },
        { "PART-3 a flag not known", AT_FLAGS, 5, "flags 0x5" },
        { "PART-3 a flag not known, far up", AT_FLAGS + 3, 0x80, "flags" },
        { "PART-10 counts without being last", AT_FLAGS, 0, "not the last" },
        { "PART-8 manifest said to be here", AT_FLAGS, 3, "missing" },
        { "PART-4 name of no bytes", AT_NAME_BYTES, 0, "" },
        { "PART-4 name too long", AT_NAME_BYTES + 1, 1, "" },
        { "PART-4 name with NUL", AT_NAME + 1, 0, "name" },
        { "PART-4 name not UTF-8", AT_NAME, 0xff, "name" },
        { "PART-5 a pack more", AT_PACK_COUNT, 4, "cut short" },
        { "PART-5 a pack fewer", AT_PACK_COUNT, 2, "left over" },
        { "PART-6 packs that fall", AT_NAME + 4, 103, "rise" },
        { "PART-6 packs too far apart", AT_NAME + 4 + 1, 1, "rise" },
        { "PART-7 header a byte shorter", AT_NAME + 4 + 24, 167, "" },
        { "PART-7 header's first byte", AT_NAME + 4 + 26, 'A', "age header" },
        { "PART-8 manifest past the pack", AT_OFFSET + 3, 1, "outside" },
        { "PART-8 manifest far past the pack", AT_OFFSET + 7, 0x80, "outside" },
        { "PART-8 manifest reaches past it", AT_BYTES + 3, 1, "outside" },
        { "PART-8 manifest's end wraps", AT_BYTES + 7, 0xff, "outside" },
        { "PART-8 no manifest", AT_BYTES, 0, "no manifest" },
        { "PART-9 manifest over 16 MiB", AT_RAW + 3, 1, "unpacked" },
        { "PART-13 first part with one before", AT_NUMBER, 0, "before" },
    };
    struct sl_part p, back = { .epoch = 77 };

    good_part(&p);
    SL_AUTO_CLEAR(buf) b = written(&p);
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        struct sl_err err = { 0 };
        uint8_t was = b.at[damage[i].offset];
        CHECK(was != damage[i].byte);
        b.at[damage[i].offset] = damage[i].byte;
        CHECK_EQ(sl_part_read(sl_buf_view(&b), 3, &back, &err), SL_E_BROKEN);
        if (strstr(err.text, damage[i].says) == NULL) {
            printf("# %s: %s\n", damage[i].why, err.text);
            check_that(0, "says what is wrong", __FILE__, __LINE__);
        }
        b.at[damage[i].offset] = was;
    }
    CHECK_EQ(back.epoch, 77);
    CHECK_EQ(sl_part_read(sl_buf_view(&b), 3, &back, NULL), SL_OK);
}

/* PART-13, the other way round; PART-6 by the writer too. */
static void part__is_not_written_where_no_reader_would_take_it(void)
{
    SL_AUTO_CLEAR(buf) b = sl_buf_upto(1u << 20);
    struct sl_part p;

    good_part(&p);
    memset(p.after, 0, sizeof p.after);
    CHECK_EQ(sl_part_write(&p, &b, NULL), SL_E_BROKEN);
    good_part(&p);
    p.packs[1].number = p.packs[0].number;
    CHECK_EQ(sl_part_write(&p, &b, NULL), SL_E_BROKEN);
    good_part(&p);
    p.packs[2].number = p.packs[0].number + SL_PART_SPAN_MAX;
    CHECK_EQ(sl_part_write(&p, &b, NULL), SL_E_BROKEN);
    p.packs[2].number--; /* the edge */
    CHECK_EQ(sl_part_write(&p, &b, NULL), SL_OK);
    b.len = 0;
    good_part(&p);
    p.packs[1].header.len--;
    CHECK_EQ(sl_part_write(&p, &b, NULL), SL_E_BROKEN);
    good_part(&p);
    p.manifest_bytes = 0;
    CHECK_EQ(sl_part_write(&p, &b, NULL), SL_E_BROKEN);
    good_part(&p);
    p.inline_manifest = view_text("here");
    CHECK_EQ(sl_part_write(&p, &b, NULL), SL_E_BROKEN);
    CHECK_EQ(b.len, 0);
}

/* PART-8: where the manifest may end depends on k, to the byte. */
static void part__manifest_ends_inside_the_pack(void)
{
    struct sl_part p, back;

    good_part(&p);
    p.manifest_offset = sl_pack_content_bytes(2) - p.manifest_bytes;
    SL_AUTO_CLEAR(buf) b = written(&p);
    CHECK_EQ(sl_part_read(sl_buf_view(&b), 1, &back, NULL), SL_E_BROKEN);
    CHECK_EQ(sl_part_read(sl_buf_view(&b), 2, &back, NULL), SL_OK);
    p.manifest_offset++;
    b.len = 0;
    CHECK_EQ(sl_part_write(&p, &b, NULL), SL_OK);
    CHECK_EQ(sl_part_read(sl_buf_view(&b), 2, &back, NULL), SL_E_BROKEN);
}

/* PART-4 at its edge. */
static void part__roll_name_is_64_bytes_at_most(void)
{
    SL_AUTO_CLEAR(buf) b = sl_buf_upto(1u << 20);
    char name[SL_ALIAS_MAX + 2];
    struct sl_part p, back;

    memset(name, 'x', sizeof name);
    good_part(&p);
    p.roll_name = view_of(name, SL_ALIAS_MAX);
    CHECK_EQ(sl_part_write(&p, &b, NULL), SL_OK);
    CHECK_EQ(sl_part_read(sl_buf_view(&b), 3, &back, NULL), SL_OK);
    p.roll_name.len++;
    CHECK_EQ(sl_part_write(&p, &b, NULL), SL_E_BROKEN);
    p.roll_name.len = 0;
    CHECK_EQ(sl_part_write(&p, &b, NULL), SL_E_BROKEN);
}

/* PART-11, PART-12 */
static void part_care__reads_what_it_writes_and_nothing_else(void)
{
    struct sl_part_care care = { .first_pack = 100, .pack_count = 1024, .proved = 0x80000005 };
    struct sl_part_care back = { .proved = 77 };
    SL_AUTO_CLEAR(buf) b = sl_buf_upto(64);

    CHECK_EQ(sl_part_care_write(&care, &b, NULL), SL_OK);
    CHECK_EQ(b.len, 32);
    for (size_t len = 0; len < b.len; len++)
        CHECK_EQ(sl_part_care_read(view_of(b.at, len), &back, NULL), SL_E_BROKEN);
    CHECK_EQ(back.proved, 77);
    CHECK_EQ(sl_part_care_read(sl_buf_view(&b), &back, NULL), SL_OK);
    CHECK(back.first_pack == 100 && back.pack_count == 1024 && back.proved == 0x80000005);
    b.at[24]++; /* 1025 packs */
    CHECK_EQ(sl_part_care_read(sl_buf_view(&b), &back, NULL), SL_E_BROKEN);
    b.at[24]--;
    memset(b.at + 16, 0xff, 8); /* the last number wraps */
    CHECK_EQ(sl_part_care_read(sl_buf_view(&b), &back, NULL), SL_E_BROKEN);
    CHECK_EQ(sl_buf_put(&b, view_of("", 1), NULL), SL_OK);
    CHECK_EQ(sl_part_care_read(sl_buf_view(&b), &back, NULL), SL_E_BROKEN);
    care.pack_count++;
    b.len = 0;
    CHECK_EQ(sl_part_care_write(&care, &b, NULL), SL_E_BROKEN);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(part__reads_what_it_writes),
        CASE(part__may_carry_its_manifest),
        CASE(part__names_65_packs_at_most),
        CASE(part__refuses_every_other_length),
        CASE(part__refuses_each_damaged_field),
        CASE(part__is_not_written_where_no_reader_would_take_it),
        CASE(part__manifest_ends_inside_the_pack),
        CASE(part__roll_name_is_64_bytes_at_most),
        CASE(part_care__reads_what_it_writes_and_nothing_else),
    };

    fixed_start();
    header = sl_buf_upto(SL_PART_PACK_HEADER_MAX);
    struct sl_age_recipient to = fixed_recipient(FIXED_LOCKER);
    struct sl_age_key key = { 0 };
    if (sl_age_header_seal(&to, 1, &header, &key, NULL) != SL_OK)
        return EXIT_FAILURE;
    sl_secret_free(key.bytes);
    int status = check_run(cases, sizeof cases / sizeof *cases);
    sl_buf_clear(&header);
    return status;
}
