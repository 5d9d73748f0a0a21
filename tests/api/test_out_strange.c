/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rolls that are odd without being wrong, or wrong in ways that once broke something: sessions with
 * another need, files cut anywhere, files in a thousand pieces, our own temporary names, rolls with
 * nothing in them.
 */
#include <sys/resource.h>

#include "api/hostile.h"

static uint8_t *some_bytes(size_t count, uint64_t seed)
{
    uint8_t *at = malloc(count + 8);

    world_must(at != NULL, "bytes");
    for (size_t i = 0; i < count; i += 8) {
        uint64_t word = fault_mix(seed + i);
        memcpy(at + i, &word, 8);
    }
    return at;
}

static bool holds(struct world *w, const char *name, const uint8_t *bytes, size_t count)
{
    world_folder(w, "expected");
    world_must(folder_write(world_path(w, "expected/it"), bytes, count) == 0, name);
    return world_same_bytes(world_path(w, name), world_path(w, "expected/it"));
}

/* Shards that a session needs are its own word: here more than any other did. */
static void restore__takes_each_sessions_need(void)
{
    struct world w;
    struct hostile h;
    size_t count = 9000000; /* more than two slices hold */
    uint8_t *bytes = some_bytes(count, 1);

    world_new(&w, 4, 1);
    hostile_begin(&h, &w, 3);
    hostile_pack(&h, bytes, count);
    hostile_file(&h, "\"path\":\"a\"", 0, bytes, 0, count);
    hostile_part(&h, "WIDE", 0, true, false);
    hostile_end(&h);
    CHECK_EQ(world_restore(&w, NULL, "camera/WIDE", "back", NULL), SL_OK);
    CHECK(holds(&w, "back/a", bytes, count));
    free(bytes);
    world_end(&w);
}

/* ---- files that a part's end cuts ---- */

static void cut_line(struct hostile *h, const uint8_t *all, size_t size, size_t from, size_t until,
                     uint64_t pack, uint64_t offset)
{
    hostile_text(h, "{\"path\":\"cut\",\"type\":\"file\"," HOSTILE_META ",\"size\":%zu", size);
    if (from > 0)
        hostile_text(h, ",\"from\":%zu", from);
    if (until < size)
        hostile_text(h, ",\"until\":%zu,\"sha256_before\":\"%s\"", until, hostile_hash(all, until));
    else
        hostile_text(h, ",\"sha256\":\"%s\"," HOSTILE_XXH, hostile_hash(all, size));
    hostile_text(h, ",\"extents\":[");
    if (until > from)
        hostile_text(h, "[%ju,%ju,%zu]", (uintmax_t)pack, (uintmax_t)offset, until - from);
    hostile_text(h, "]}\n");
}

/* Four parts; the first and the third hold no byte of the file. */
static void restore__joins_a_file_cut_at_every_place(void)
{
    struct world w;
    struct hostile h;
    size_t size = 3000000;
    uint8_t *bytes = some_bytes(size, 2);

    world_new(&w, 2, 1);
    hostile_begin(&h, &w, 0);
    cut_line(&h, bytes, size, 0, 0, 0, 0);
    hostile_part(&h, "CUT", 0, false, false);
    hostile_pack(&h, bytes, 1000001);
    cut_line(&h, bytes, size, 0, 1000001, 0, 0);
    hostile_part(&h, "CUT", 1, false, false);
    cut_line(&h, bytes, size, 1000001, 1000001, 0, 0);
    hostile_part(&h, "CUT", 2, false, false);
    hostile_pack(&h, bytes + 1000001, size - 1000001);
    cut_line(&h, bytes, size, 1000001, size, 1, 0);
    hostile_part(&h, "CUT", 3, true, false);
    for (int threads = 0; threads < 2; threads++) {
        struct sl_restored r = { 0 };
        w.threads = threads == 1;
        CHECK_EQ(world_restore(&w, NULL, "camera/CUT", "back", &r), SL_OK);
        CHECK_EQ(r.files, 1);
        CHECK(holds(&w, "back/cut", bytes, size));
        CHECK_EQ(world_restore(&w, NULL, "camera/CUT", "back", &r), SL_OK);
        CHECK_EQ(r.kept_files, 1);
        out_drop(&w, "back");
    }
    hostile_end(&h);
    free(bytes);
    world_end(&w);
}

static void restore__names_a_file_whose_end_is_missing(void)
{
    struct world w;
    struct hostile h;
    struct sl_restored r = { 0 };
    uint8_t *bytes = some_bytes(10000, 3);

    world_new(&w, 2, 1);
    hostile_begin(&h, &w, 0);
    hostile_pack(&h, bytes, 5000);
    hostile_file(&h, "\"path\":\"whole\"", 0, bytes, 0, 1000);
    cut_line(&h, bytes + 1000, 9000, 0, 4000, 0, 1000);
    hostile_part(&h, "HALF", 0, false, false);
    CHECK_EQ(world_restore(&w, NULL, "camera/HALF", "back", &r), SL_E_BROKEN);
    CHECK(world_said(&w, "'cut' was not restored: its end is missing"));
    CHECK(holds(&w, "back/whole", bytes, 1000));
    CHECK_EQ(folder_names(world_path(&w, "back")), 1);
    CHECK_EQ(r.failed_files, 1);
    /* what is asked for is there to the last byte: that the roll is not whole is no matter */
    CHECK_EQ(world_restore(&w, NULL, "camera/HALF/whole", "one", &r), SL_OK);
    CHECK_EQ(world_restore(&w, NULL, "camera/HALF/cut", "two", &r), SL_E_BROKEN);
    CHECK_EQ(world_restore(&w, NULL, "camera/HALF/other", "two", &r), SL_E_BROKEN);
    hostile_end(&h);
    free(bytes);
    world_end(&w);
}

/* MANIFEST-17: nothing is written of a manifest with cuts in its middle. */
static void restore__refuses_cuts_in_the_middle(void)
{
    struct world w;
    struct hostile h;
    uint8_t *bytes = some_bytes(9000, 4);

    world_new(&w, 2, 1);
    hostile_begin(&h, &w, 0);
    hostile_pack(&h, bytes, 5000);
    cut_line(&h, bytes, 9000, 0, 100, 0, 0);
    hostile_file(&h, "\"path\":\"b\"", 0, bytes, 100, 100);
    hostile_part(&h, "FIRST", 0, true, true);
    hostile_file(&h, "\"path\":\"b\"", 0, bytes, 100, 100);
    cut_line(&h, bytes, 9000, 100, 9000, 0, 200);
    hostile_part(&h, "SECOND", 0, true, true);
    CHECK_EQ(world_restore(&w, NULL, "camera/FIRST", "back", NULL), SL_E_BROKEN);
    CHECK(world_said(&w, "a file stands behind one that goes on elsewhere"));
    CHECK_EQ(world_restore(&w, NULL, "camera/SECOND", "back", NULL), SL_E_BROKEN);
    CHECK_EQ(folder_names(world_path(&w, "back")), 0);
    hostile_end(&h);
    free(bytes);
    world_end(&w);
}

/* ---- a million extents ---- */

#define PIECES 130u

static void restore_with_few_descriptors(void *who)
{
    struct rlimit few = { 64, 64 };
    struct sl_restored r = { 0 };

    CHECK_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
    CHECK_EQ(world_restore(who, NULL, "camera/TINY", "back", &r), SL_OK);
    CHECK_EQ(r.files, 7700);
    CHECK(out_peak_below(256));
}

/* 7,700 files of 130 pieces of one byte each: a manifest of nearly 16 MiB. */
static void restore__takes_a_million_tiny_extents(void)
{
    struct world w;
    struct hostile h;
    uint8_t *bytes = some_bytes(7700 * PIECES, 5);

    world_new(&w, 3, 2);
    hostile_begin(&h, &w, 0);
    hostile_pack(&h, bytes, 7700 * PIECES);
    for (size_t f = 0; f < 7700; f++) {
        hostile_text(&h,
                     "{\"path\":\"%zu\",\"type\":\"file\"," HOSTILE_META
                     ",\"size\":130,\"sha256\":\"%s\"," HOSTILE_XXH ",\"extents\":[",
                     f, hostile_hash(bytes + f * PIECES, PIECES));
        for (size_t i = 0; i < PIECES; i++)
            hostile_text(&h, "%s[0,%zu,1]", i > 0 ? "," : "", f * PIECES + i);
        hostile_text(&h, "]}\n");
    }
    CHECK(h.text_bytes > 13u << 20 && h.text_bytes < SL_MANIFEST_RAW_MAX);
    h.in_pack = true;
    hostile_part(&h, "TINY", 0, true, false);
    hostile_end(&h);
    CHECK_EQ(world_apart(restore_with_few_descriptors, &w), 0);
    CHECK(holds(&w, "back/7699", bytes + 7699 * PIECES, PIECES));
    free(bytes);
    world_end(&w);
}

/* ---- names of our own, and nothing at all ---- */

#define OURS ".safelight-restore-0123456789abcdef"

static void restore__gives_nobody_its_own_temporary_names(void)
{
    struct world w;
    struct hostile h;
    struct sl_restored r = { 0 };
    uint8_t *bytes = some_bytes(100, 6);

    world_new(&w, 2, 1);
    hostile_begin(&h, &w, 0);
    hostile_pack(&h, bytes, 100);
    hostile_folder(&h, "\"path\":\"" OURS "\"");
    hostile_file(&h, "\"path\":\"" OURS "/a\"", 0, bytes, 0, 50);
    hostile_file(&h, "\"path\":\"b\"", 0, bytes, 50, 50);
    hostile_part(&h, "OURS", 0, true, false);
    hostile_end(&h);
    CHECK_EQ(world_restore(&w, NULL, "camera/OURS", "back", &r), SL_E_BROKEN);
    CHECK(world_said(&w, "are kept for what is half written"));
    CHECK(!world_is_there(&w, "back/" OURS));
    CHECK(holds(&w, "back/b", bytes + 50, 50));
    CHECK_EQ(world_restore(&w, NULL, "camera", "all", &r), SL_OK); /* not at the top there */
    CHECK(holds(&w, "all/OURS/" OURS "/a", bytes, 50));
    CHECK_EQ(world_restore(&w, NULL, "camera", "all", &r), SL_OK);
    CHECK(holds(&w, "all/OURS/" OURS "/a", bytes, 50));
    free(bytes);
    world_end(&w);
}

static void restore__goes_on_after_a_roll_with_nothing_in_it(void)
{
    struct world w;
    struct hostile h;
    struct sl_restored r = { 0 };

    world_new(&w, 2, 1);
    hostile_begin(&h, &w, 0);
    hostile_text(&h, "%s", "");
    hostile_part(&h, "A-NOTHING", 0, true, false);
    hostile_folder(&h, "\"path\":\"x\"");
    hostile_part(&h, "B-FOLDER", 0, true, false);
    hostile_folder(&h, "\"path\":\"y\"");
    sl_id_draw(&h.roll);
    hostile_part(&h, "C-LATE", 1, true, false); /* its first part is nowhere */
    hostile_folder(&h, "\"path\":\"z\"");
    hostile_part(&h, "D-FOLDER", 0, true, false);
    hostile_end(&h);
    CHECK_EQ(world_restore(&w, NULL, "camera/A-NOTHING", "nothing", &r), SL_OK);
    CHECK_EQ(world_restore(&w, NULL, "camera/A-NOTHING/x", "nothing", &r), SL_E_MISSING);
    CHECK_EQ(world_restore(&w, NULL, "camera/C-LATE", "late", &r), SL_E_BROKEN);
    CHECK(world_said(&w, "roll 'C-LATE' is not whole"));
    CHECK_EQ(world_restore(&w, NULL, "camera", "back", &r), SL_E_BROKEN);
    CHECK(world_is_there(&w, "back/B-FOLDER/x") && world_is_there(&w, "back/D-FOLDER/z"));
    world_end(&w);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(restore__takes_each_sessions_need),
        CASE(restore__joins_a_file_cut_at_every_place),
        CASE(restore__names_a_file_whose_end_is_missing),
        CASE(restore__refuses_cuts_in_the_middle),
        CASE(restore__takes_a_million_tiny_extents),
        CASE(restore__gives_nobody_its_own_temporary_names),
        CASE(restore__goes_on_after_a_roll_with_nothing_in_it),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
