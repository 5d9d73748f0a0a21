/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The manifest of a part: everything that can stand on a card survives, everything hostile is
 * refused with the number of its line.
 */
#include <zstd.h>

#include "fixed.h"
#include "format/inside.h"
#include "format/manifest.h"
#include "format/pack_head.h"

#define NEED 2u

static struct sl_part part; /* packs 10, 11 and 13; the manifest lies at 1000 in the last */

static void good_part(void)
{
    static const uint64_t numbers[] = { 10, 11, 13 };

    memset(&part, 0, sizeof part);
    part.pack_count = 3;
    for (size_t i = 0; i < 3; i++)
        part.packs[i].number = numbers[i];
    part.manifest_offset = 1000;
}

/* Make the part name exactly this manifest. */
static void name_manifest(struct sl_view packed, uint64_t raw)
{
    part.manifest_bytes = packed.len;
    part.manifest_raw = raw;
    sl_sha256_of(packed, part.manifest_hash);
}

static struct sl_buf packed_with(struct sl_view text, int level)
{
    struct sl_buf out = sl_buf_upto(64u << 20);
    size_t room = ZSTD_compressBound(text.len);
    uint8_t *to = malloc(room);
    size_t len = to != NULL ? ZSTD_compress(to, room, text.at, text.len, level) : 0;

    CHECK(len > 0 && !ZSTD_isError(len));
    CHECK_EQ(sl_buf_put(&out, view_of(to, len), NULL), SL_OK);
    free(to);
    return out;
}

/* ---- what the walk hands out ---- */

static struct {
    size_t count, stop_at;
    struct sl_manifest_line first, last;
} seen;

static sl_rc see(void *who, const struct sl_manifest_line *line, struct sl_err *err)
{
    CHECK(who == &seen);
    if (seen.count == 0)
        seen.first = *line;
    seen.last = *line;
    seen.count++;
    return seen.count == seen.stop_at ? sl_fail(err, SL_E_CANCELLED, "stopped") : SL_OK;
}

static sl_rc walk(struct sl_view packed, struct sl_err *err)
{
    memset(&seen, 0, sizeof seen);
    return sl_manifest_walk(packed, &part, NEED, see, &seen, err);
}

/* Walk these lines as a manifest that its part names rightly. */
static sl_rc walk_text(struct sl_view text, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) packed = packed_with(text, 1);

    name_manifest(sl_buf_view(&packed), text.len);
    return walk(sl_buf_view(&packed), err);
}

/* ---- lines ---- */

static struct sl_manifest_line file_line(const char *path, uint64_t pack, uint64_t offset,
                                         uint64_t bytes)
{
    struct sl_manifest_line l = { .type = SL_MANIFEST_FILE, .mode = 0644, .mtime_s = 1700000000 };

    l.path_bytes = strlen(path);
    memcpy(l.path, path, l.path_bytes);
    l.mtime_ns = 123456789;
    l.size = l.until = bytes;
    memset(l.sha256, 0xaa, sizeof l.sha256);
    memset(l.xxh128, 0xbb, sizeof l.xxh128);
    l.extent_count = bytes > 0 ? 1 : 0;
    l.extents[0] = (struct sl_extent){ pack, offset, bytes };
    return l;
}

static struct sl_manifest_line folder_line(const char *path)
{
    struct sl_manifest_line l = { .type = SL_MANIFEST_FOLDER, .mode = 0755, .mtime_s = -1 };

    l.path_bytes = strlen(path);
    memcpy(l.path, path, l.path_bytes);
    return l;
}

static int same_line(const struct sl_manifest_line *a, const struct sl_manifest_line *b)
{
    if (a->type != b->type || a->path_bytes != b->path_bytes || a->mode != b->mode ||
        memcmp(a->path, b->path, a->path_bytes) != 0 || a->mtime_s != b->mtime_s ||
        a->mtime_ns != b->mtime_ns)
        return 0;
    return a->size == b->size && a->from == b->from && a->until == b->until &&
           a->extent_count == b->extent_count && memcmp(a->sha256, b->sha256, 32) == 0 &&
           memcmp(a->xxh128, b->xxh128, 16) == 0 &&
           memcmp(a->extents, b->extents, a->extent_count * sizeof a->extents[0]) == 0;
}

static int survives(const struct sl_manifest_line *line)
{
    SL_AUTO_CLEAR(buf) b = sl_buf_upto(SL_MANIFEST_LINE_MAX);
    static struct sl_manifest_line back;

    CHECK_EQ(sl_manifest_line_write(line, &b, NULL), SL_OK);
    CHECK(b.len > 0 && b.at[b.len - 1] == '\n' && memchr(b.at, '\n', b.len - 1) == NULL);
    CHECK_EQ(sl_manifest_line_read(view_of(b.at, b.len - 1), &back, NULL), SL_OK);
    return same_line(line, &back);
}

/* MANIFEST-6: names that are not UTF-8, that could be JSON, in Persian, or as long as can be. */
static void line__keeps_every_name_as_it_is(void)
{
    static const char *const names[] = { "A001/C0001.MXF",
                                         "\xd9\x81\xdb\x8c\xd9\x84\xd9\x85/\xd8\xa7.wav",
                                         "caf\xc3\xa9",
                                         "cafe\xcc\x81", /* not normalised */
                                         "latin1-\xe9.mov",
                                         "\xff\xfe",
                                         "quote\"back\\slash",
                                         "new\nline\ttab\x01\x7f",
                                         " ",
                                         "...",
                                         ".hidden/..x",
                                         "-rf" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct sl_manifest_line l = file_line(names[i], 10, 0, 5);
        CHECK(survives(&l));
    }
    for (unsigned fill = 1; fill < 256; fill++) {
        struct sl_manifest_line l = file_line("x", 10, 0, 5);
        if (fill == '/' || fill == '.')
            continue;
        memset(l.path, (int)fill, SL_PATH_MAX);
        l.path_bytes = SL_PATH_MAX;
        CHECK(survives(&l));
    }
}

/* MANIFEST-8, 9 and 10 at their edges. */
static void line__keeps_every_size_time_and_cut(void)
{
    struct sl_manifest_line l = file_line("f", 0, 0, SL_FILE_BYTES_MAX);

    CHECK(survives(&l));
    l.mtime_s = INT64_MIN;
    l.mtime_ns = 999999999;
    l.mode = 07777;
    CHECK(survives(&l));
    l.mtime_s = INT64_MAX;
    l.from = 1; /* the rest of a file */
    l.extents[0].bytes--;
    CHECK(survives(&l));
    l.until--; /* its middle */
    l.extents[0].bytes--;
    memset(l.xxh128, 0, sizeof l.xxh128);
    CHECK(survives(&l));
    l = file_line("empty", 0, 0, 0);
    CHECK(survives(&l));
    l = folder_line(".");
    CHECK(survives(&l));
    l = file_line("many", 0, 0, SL_MANIFEST_EXTENTS_MAX);
    l.extent_count = SL_MANIFEST_EXTENTS_MAX;
    for (size_t i = 0; i < l.extent_count; i++)
        l.extents[i] = (struct sl_extent){ i, i, 1 };
    CHECK(survives(&l));
}

/* What the writer is asked to write and no reader would take. */
static void line__is_not_written_where_it_cannot_be(void)
{
    static const char *const paths[] = { "",     "/a",   "a/",    "a//b", ".",     "..",
                                         "../a", "a/..", "a/./b", "./a",  "a/../b" };
    SL_AUTO_CLEAR(buf) b = sl_buf_upto(SL_MANIFEST_LINE_MAX);
    struct sl_manifest_line l;

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) { /* MANIFEST-7 */
        l = file_line(paths[i], 10, 0, 5);
        CHECK_EQ(sl_manifest_line_write(&l, &b, NULL), SL_E_BROKEN);
    }
    l = file_line("a b", 10, 0, 5);
    l.path[1] = 0;
    CHECK_EQ(sl_manifest_line_write(&l, &b, NULL), SL_E_BROKEN);
    l = file_line("a", 10, 0, 5);
    l.mode = 010000;
    CHECK_EQ(sl_manifest_line_write(&l, &b, NULL), SL_E_BROKEN);
    l = file_line("a", 10, 0, 5);
    l.mtime_ns = 1000000000;
    CHECK_EQ(sl_manifest_line_write(&l, &b, NULL), SL_E_BROKEN);
    l = file_line("a", 10, 0, SL_FILE_BYTES_MAX + 1);
    CHECK_EQ(sl_manifest_line_write(&l, &b, NULL), SL_E_BROKEN);
    l = file_line("a", 10, 0, 5);
    l.extents[0].bytes = 4; /* MANIFEST-13 */
    CHECK_EQ(sl_manifest_line_write(&l, &b, NULL), SL_E_BROKEN);
    l = file_line("a", 10, 0, 5);
    l.extent_count = SL_MANIFEST_EXTENTS_MAX + 1; /* MANIFEST-12 */
    CHECK_EQ(sl_manifest_line_write(&l, &b, NULL), SL_E_BROKEN);
    CHECK_EQ(b.len, 0);
}

/* ---- hostile lines ---- */

#define HASH64 "\"" HEX32 HEX32 "\""
#define HEX32  "0123456789abcdef0123456789abcdef"
#define HASHES "\"sha256\":" HASH64 ",\"xxh128\":\"" HEX32 "\""
#define BASE   "\"mode\":420,\"mtime\":[1,2]"
#define FILE5  "\"type\":\"file\"," BASE ",\"size\":5," HASHES
#define EXT5   "\"extents\":[[10,0,5]]"
#define PATH   "\"path\":\"a\","
#define FOLDER "\"type\":\"folder\"," BASE

static const struct {
    const char *why, *line;
} HOSTILE[] = {
    { "MANIFEST-4 empty", "" },
    { "MANIFEST-4 not JSON", "{" },
    { "MANIFEST-4 an array", "[]" },
    { "MANIFEST-4 a field twice", "{" PATH PATH FILE5 "," EXT5 "}" },
    { "MANIFEST-4 carriage return, raw, in a text", "{\"path\":\"a\rb\"," FILE5 "," EXT5 "}" },
    { "MANIFEST-5 no type", "{" PATH BASE "}" },
    { "MANIFEST-5 a link", "{" PATH "\"type\":\"link\"," BASE "}" },
    { "MANIFEST-5 type is a number", "{" PATH "\"type\":1," BASE "}" },
    { "MANIFEST-5 folder with a size", "{" PATH FOLDER ",\"size\":0}" },
    { "MANIFEST-5 folder with extents", "{" PATH FOLDER ",\"extents\":[]}" },
    { "MANIFEST-6 no path", "{" FOLDER "}" },
    { "MANIFEST-6 path is null", "{\"path\":null," FOLDER "}" },
    { "MANIFEST-6 both spellings", "{\"path\":\"a\",\"path64\":\"/w==\"," FOLDER "}" },
    { "MANIFEST-6 path64 that is UTF-8", "{\"path64\":\"YQ==\"," FOLDER "}" },
    { "MANIFEST-6 path64 without padding", "{\"path64\":\"/w\"," FOLDER "}" },
    { "MANIFEST-7 above the card", "{\"path\":\"../a\"," FOLDER "}" },
    { "MANIFEST-7 above by a detour", "{\"path\":\"a/../../b\"," FOLDER "}" },
    { "MANIFEST-7 absolute", "{\"path\":\"/etc/passwd\"," FOLDER "}" },
    { "MANIFEST-7 ends in a slash", "{\"path\":\"a/\"," FOLDER "}" },
    { "MANIFEST-7 nothing between slashes", "{\"path\":\"a//b\"," FOLDER "}" },
    { "MANIFEST-7 a dot between", "{\"path\":\"a/./b\"," FOLDER "}" },
    { "MANIFEST-7 empty", "{\"path\":\"\"," FOLDER "}" },
    { "MANIFEST-7 NUL", "{\"path\":\"a\\u0000b\"," FOLDER "}" },
    { "MANIFEST-7 NUL in base64", "{\"path64\":\"/wD/\"," FOLDER "}" },
    { "MANIFEST-7 above, in base64", "{\"path64\":\"Li4v/w==\"," FOLDER "}" },
    { "MANIFEST-7 the card as a file", "{\"path\":\".\"," FILE5 "," EXT5 "}" },
    { "MANIFEST-8 a set bit too high",
      "{" PATH "\"type\":\"folder\",\"mode\":4096,\"mtime\":[1,2]}" },
    { "MANIFEST-8 mode as text",
      "{" PATH "\"type\":\"folder\",\"mode\":\"0755\",\"mtime\":[1,2]}" },
    { "MANIFEST-8 mode below zero", "{" PATH "\"type\":\"folder\",\"mode\":-1,\"mtime\":[1,2]}" },
    { "MANIFEST-8 no time", "{" PATH "\"type\":\"folder\",\"mode\":420}" },
    { "MANIFEST-8 time of one number", "{" PATH "\"type\":\"folder\",\"mode\":4,\"mtime\":[1]}" },
    { "MANIFEST-8 time of three", "{" PATH "\"type\":\"folder\",\"mode\":4,\"mtime\":[1,2,3]}" },
    { "MANIFEST-8 a whole second of ns",
      "{" PATH "\"type\":\"folder\",\"mode\":4,\"mtime\":[1,1000000000]}" },
    { "MANIFEST-8 time as a fraction",
      "{" PATH "\"type\":\"folder\",\"mode\":4,\"mtime\":[1.5,0]}" },
    { "MANIFEST-9 no size", "{" PATH "\"type\":\"file\"," BASE "," HASHES "," EXT5 "}" },
    { "MANIFEST-9 size over 2^53",
      "{" PATH "\"type\":\"file\"," BASE ",\"size\":9007199254740993," HASHES "," EXT5 "}" },
    { "MANIFEST-9 size 2^63",
      "{" PATH "\"type\":\"file\"," BASE ",\"size\":9223372036854775808," HASHES "," EXT5 "}" },
    { "MANIFEST-9 size below zero",
      "{" PATH "\"type\":\"file\"," BASE ",\"size\":-5," HASHES "," EXT5 "}" },
    { "MANIFEST-9 size as a float",
      "{" PATH "\"type\":\"file\"," BASE ",\"size\":5.0," HASHES "," EXT5 "}" },
    { "MANIFEST-10 from said where it is 0", "{" PATH FILE5 ",\"from\":0," EXT5 "}" },
    { "MANIFEST-10 from past the size", "{" PATH FILE5 ",\"from\":6,\"extents\":[]}" },
    { "MANIFEST-10 until said where it is the size", "{" PATH FILE5 ",\"until\":5," EXT5 "}" },
    { "MANIFEST-10 until past the size", "{" PATH FILE5 ",\"until\":6," EXT5 "}" },
    { "MANIFEST-9 until before from",
      "{" PATH "\"type\":\"file\"," BASE
      ",\"size\":9,\"from\":5,\"until\":4,\"sha256_before\":" HASH64 ",\"extents\":[]}" },
    { "MANIFEST-11 no hash", "{" PATH "\"type\":\"file\"," BASE ",\"size\":5," EXT5 "}" },
    { "MANIFEST-11 no second hash",
      "{" PATH "\"type\":\"file\"," BASE ",\"size\":5,\"sha256\":" HASH64 "," EXT5 "}" },
    { "MANIFEST-11 a hash too short",
      "{" PATH "\"type\":\"file\"," BASE ",\"size\":5,\"sha256\":\"" HEX32 "\",\"xxh128\":\"" HEX32
      "\"," EXT5 "}" },
    { "MANIFEST-11 both hashes", "{" PATH FILE5 ",\"sha256_before\":" HASH64 "," EXT5 "}" },
    { "MANIFEST-11 cut, with the whole's hash",
      "{" PATH FILE5 ",\"until\":4,\"extents\":[[10,0,4]]}" },
    { "MANIFEST-11 cut, with an xxh128",
      "{" PATH "\"type\":\"file\"," BASE ",\"size\":5,\"until\":4,\"sha256_before\":" HASH64
      ",\"xxh128\":\"" HEX32 "\",\"extents\":[[10,0,4]]}" },
    { "MANIFEST-12 no extents", "{" PATH FILE5 "}" },
    { "MANIFEST-12 extents are an object", "{" PATH FILE5 ",\"extents\":{}}" },
    { "MANIFEST-12 an extent of two", "{" PATH FILE5 ",\"extents\":[[10,5]]}" },
    { "MANIFEST-12 an extent of four", "{" PATH FILE5 ",\"extents\":[[10,0,5,0]]}" },
    { "MANIFEST-12 an extent of no bytes", "{" PATH FILE5 ",\"extents\":[[10,0,0],[10,0,5]]}" },
    { "MANIFEST-12 an extent below zero", "{" PATH FILE5 ",\"extents\":[[10,-1,5]]}" },
    { "MANIFEST-12 an extent of texts", "{" PATH FILE5 ",\"extents\":[[\"10\",0,5]]}" },
    { "MANIFEST-12 bytes that wrap around",
      "{" PATH FILE5 ",\"extents\":[[10,0,9223372036854775807],[11,0,9223372036854775807],"
      "[13,0,7]]}" },
    { "MANIFEST-13 a byte short", "{" PATH FILE5 ",\"extents\":[[10,0,4]]}" },
    { "MANIFEST-13 a byte over", "{" PATH FILE5 ",\"extents\":[[10,0,6]]}" },
    { "MANIFEST-14 a pack before the part's", "{" PATH FILE5 ",\"extents\":[[9,0,5]]}" },
    { "MANIFEST-14 a pack between", "{" PATH FILE5 ",\"extents\":[[12,0,5]]}" },
    { "MANIFEST-14 a pack after", "{" PATH FILE5 ",\"extents\":[[14,0,5]]}" },
    { "MANIFEST-14 packs that fall", "{" PATH FILE5 ",\"extents\":[[11,0,2],[10,0,3]]}" },
    { "MANIFEST-14 overlapping", "{" PATH FILE5 ",\"extents\":[[10,0,3],[10,2,2]]}" },
    { "MANIFEST-14 the same twice over", "{" PATH FILE5 ",\"extents\":[[10,0,2],[10,0,3]]}" },
    { "MANIFEST-15 past the pack", "{" PATH FILE5 ",\"extents\":[[10,8378240,5]]}" },
    { "MANIFEST-15 far past the pack",
      "{" PATH FILE5 ",\"extents\":[[10,9223372036854775807,5]]}" },
    { "MANIFEST-15 into the manifest", "{" PATH FILE5 ",\"extents\":[[13,996,5]]}" },
};

static void walk__refuses_each_hostile_line_and_names_it(void)
{
    static const char good[] = "{" PATH FOLDER "}\n";

    good_part();
    for (size_t i = 0; i < sizeof HOSTILE / sizeof *HOSTILE; i++) {
        SL_AUTO_CLEAR(buf) text = sl_buf_upto(65536);
        struct sl_err err = { 0 };
        CHECK_EQ(sl_buf_put(&text, view_text(good), NULL), SL_OK);
        CHECK_EQ(sl_buf_put(&text, view_text(HOSTILE[i].line), NULL), SL_OK);
        CHECK_EQ(sl_buf_put(&text, view_text("\n"), NULL), SL_OK);
        sl_rc rc = walk_text(sl_buf_view(&text), &err);
        if (rc != SL_E_BROKEN || seen.count != 1 || strstr(err.text, "line 2") == NULL) {
            printf("# %s: %d after %zu: %s\n", HOSTILE[i].why, (int)rc, seen.count, err.text);
            check_that(0, "refused, by its number", __FILE__, __LINE__);
        }
    }
}

/* The lines that the hostile ones are made from are themselves good. */
static void walk__takes_the_line_that_the_hostile_ones_spoil(void)
{
    static const char *const good[] = {
        "{" PATH FILE5 "," EXT5 "}\n",
        "{" PATH FILE5 ",\"extents\":[[10,0,2],[10,2,1],[13,995,2]]}\n",
        "{" PATH FILE5 ",\"from\":3,\"extents\":[[10,8378107,2]]}\n",
        "{\"path64\":\"/w==\"," FOLDER "}\n",
        "{" PATH FOLDER ",\"tree\":{\"later\":[1,2.5]},\"note\":null}\n", /* MANIFEST-16 */
        "  {" PATH FOLDER "}\t\r\n",
        "",
    };

    good_part();
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct sl_err err = { 0 };
        CHECK_EQ(walk_text(view_text(good[i]), &err), SL_OK);
        CHECK_EQ(seen.count, good[i][0] != '\0');
        if (err.text[0] != '\0')
            printf("# %s: %s\n", good[i], err.text);
    }
}

/* MANIFEST-14 across lines: a later file may not reach back into an earlier one. */
static void walk__extents_rise_over_the_whole_manifest(void)
{
    static const char *const bad[] = {
        "{" PATH FILE5 ",\"extents\":[[11,0,5]]}\n{" PATH FILE5 ",\"extents\":[[10,0,5]]}\n",
        "{" PATH FILE5 ",\"extents\":[[10,0,5]]}\n{" PATH FILE5 ",\"extents\":[[10,4,5]]}\n",
        "{" PATH FILE5 ",\"extents\":[[10,0,5]]}\n{" PATH FILE5 ",\"extents\":[[10,0,5]]}\n",
    };
    struct sl_err err = { 0 };

    good_part();
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK_EQ(walk_text(view_text(bad[i]), &err), SL_E_BROKEN);
        CHECK(seen.count == 1 && strstr(err.text, "line 2") != NULL);
    }
}

/* MANIFEST-12: a million tiny extents are refused, a line over its limit too. */
static void walk__refuses_what_is_too_much(void)
{
    SL_AUTO_CLEAR(buf) text = sl_buf_upto(SL_MANIFEST_RAW_MAX);
    struct sl_err err = { 0 };
    char one[32];

    good_part();
    CHECK_EQ(sl_buf_put(&text, view_text("{" PATH FILE5 ",\"extents\":[[10,0,1]"), NULL), SL_OK);
    for (unsigned i = 1; i < 60000; i++) {
        (void)snprintf(one, sizeof one, ",[10,%u,1]", i);
        CHECK_EQ(sl_buf_put(&text, view_text(one), NULL), SL_OK);
    }
    size_t few = text.len;
    CHECK_EQ(sl_buf_put(&text, view_text("]}\n"), NULL), SL_OK);
    CHECK_EQ(walk_text(sl_buf_view(&text), &err), SL_E_BROKEN);
    CHECK(strstr(err.text, "limit") != NULL);
    text.len = few;
    for (unsigned i = 60000; i < 1000000; i++) {
        (void)snprintf(one, sizeof one, ",[10,%u,1]", i);
        CHECK_EQ(sl_buf_put(&text, view_text(one), NULL), SL_OK);
    }
    CHECK_EQ(sl_buf_put(&text, view_text("]}\n"), NULL), SL_OK);
    CHECK_EQ(walk_text(sl_buf_view(&text), &err), SL_E_BROKEN);
    CHECK(strstr(err.text, "line 1 ") != NULL);
    CHECK_EQ(seen.count, 0);
}

/* A name of 5,000 bytes, in either spelling. */
static void walk__refuses_a_name_of_5000_bytes(void)
{
    static const char tail[] = "\"," FOLDER "}\n";
    static const char *const heads[] = { "{\"path\":\"", "{\"path64\":\"" };

    good_part();
    for (size_t i = 0; i < 2; i++) {
        SL_AUTO_CLEAR(buf) text = sl_buf_upto(65536);
        CHECK_EQ(sl_buf_put(&text, view_text(heads[i]), NULL), SL_OK);
        for (size_t n = 0; n < (i == 0 ? 5000 : 5000 / 3 * 4); n++)
            CHECK_EQ(sl_buf_put(&text, view_text(i == 0 ? "x" : "/"), NULL), SL_OK);
        CHECK_EQ(sl_buf_put(&text, view_text(tail), NULL), SL_OK);
        CHECK_EQ(walk_text(sl_buf_view(&text), NULL), SL_E_BROKEN);
    }
}

/* ---- the frame ---- */

/* MANIFEST-1 */
static void walk__refuses_a_manifest_that_its_part_does_not_name(void)
{
    SL_AUTO_CLEAR(buf) packed = packed_with(view_text("{" PATH FOLDER "}\n"), 1);
    size_t raw = strlen("{" PATH FOLDER "}\n");

    good_part();
    for (size_t bit = 0; bit < 8 * packed.len; bit++) {
        name_manifest(sl_buf_view(&packed), raw);
        packed.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
        CHECK_EQ(walk(sl_buf_view(&packed), NULL), SL_E_BROKEN);
        packed.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    part.manifest_bytes++;
    CHECK_EQ(walk(sl_buf_view(&packed), NULL), SL_E_BROKEN);
    part.manifest_bytes--;
    CHECK_EQ(walk(sl_buf_view(&packed), NULL), SL_OK);
}

/* MANIFEST-2: one frame that says its length, nothing behind, nothing short. */
static void walk__refuses_every_other_frame(void)
{
    static const uint8_t skippable[] = { 0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0 };
    static const char line[] = "{" PATH FOLDER "}\n";
    size_t raw = sizeof line - 1;

    good_part();
    for (size_t cut = 0; cut < 3; cut++) {
        SL_AUTO_CLEAR(buf) packed = packed_with(view_text(line), 1);
        packed.len -= cut;
        name_manifest(sl_buf_view(&packed), raw + (cut == 0));
        CHECK_EQ(walk(sl_buf_view(&packed), NULL), SL_E_BROKEN);
        name_manifest(sl_buf_view(&packed), raw - 1);
        CHECK_EQ(walk(sl_buf_view(&packed), NULL), SL_E_BROKEN);
    }
    SL_AUTO_CLEAR(buf) twice = packed_with(view_text(line), 1);
    SL_AUTO_CLEAR(buf) more = packed_with(view_text(line), 1);
    CHECK_EQ(sl_buf_put(&twice, sl_buf_view(&more), NULL), SL_OK);
    name_manifest(sl_buf_view(&twice), raw);
    CHECK_EQ(walk(sl_buf_view(&twice), NULL), SL_E_BROKEN);
    name_manifest(view_of(skippable, sizeof skippable), 0);
    CHECK_EQ(walk(view_of(skippable, sizeof skippable), NULL), SL_E_BROKEN);
    name_manifest(view_of(skippable, 0), 0);
    CHECK_EQ(walk(view_of(skippable, 0), NULL), SL_E_BROKEN);
}

/* MANIFEST-2: a frame may lie about its length in its header, bytes 6 to 9 here. */
static void walk__stops_a_bomb_at_the_length_it_was_named(void)
{
    size_t count = 40u << 20;
    uint8_t *spaces = malloc(count);
    struct sl_err err = { 0 };

    good_part();
    memset(spaces, ' ', count);
    struct sl_buf packed = packed_with(view_of(spaces, count), 1);
    free(spaces);
    CHECK(packed.len < 65536); /* 40 MiB out of a few KiB */
    name_manifest(sl_buf_view(&packed), count);
    CHECK_EQ(walk(sl_buf_view(&packed), &err), SL_E_BROKEN);
    CHECK(strstr(err.text, "unpacked") != NULL);
    uint32_t claim = SL_MANIFEST_RAW_MAX; /* make the frame claim less than it holds */
    CHECK_EQ(packed.at[4] >> 6, 2);       /* four bytes of length ... */
    CHECK_EQ(packed.at[4] >> 5 & 1, 0);   /* ... behind a byte for the window */
    for (size_t i = 0; i < 4; i++)
        packed.at[6 + i] = (uint8_t)(claim >> 8 * i);
    name_manifest(sl_buf_view(&packed), claim);
    CHECK_EQ(walk(sl_buf_view(&packed), &err), SL_E_BROKEN);
    CHECK_EQ(seen.count, 0);
    sl_buf_clear(&packed);
}

/* MANIFEST-3: a window over 8 MiB is refused before it is taken. */
static void walk__refuses_a_window_over_its_limit(void)
{
    SL_AUTO_CLEAR(buf) packed = packed_with(view_text("{" PATH FOLDER "}\n"), 1);
    uint8_t frame[64] = { 0x28, 0xb5, 0x2f, 0xfd, 0x80 }; /* length in 4 bytes, a window byte */
    size_t raw = strlen("{" PATH FOLDER "}\n");
    struct sl_err err = { 0 };

    good_part();
    CHECK_EQ(packed.at[4], 0x20); /* one segment, length in one byte: blocks begin at 6 */
    for (unsigned log = 22; log <= 31; log++) {
        frame[5] = (uint8_t)((log - 10) << 3); /* no eighths on top */
        frame[6] = (uint8_t)raw;
        size_t rest = packed.len - 6;
        SL_AUTO_CLEAR(buf) b = sl_buf_upto(4096);
        CHECK_EQ(sl_buf_put(&b, view_of(frame, 10), NULL), SL_OK);
        CHECK_EQ(sl_buf_put(&b, view_of(packed.at + 6, rest), NULL), SL_OK);
        name_manifest(sl_buf_view(&b), raw);
        CHECK_EQ(walk(sl_buf_view(&b), &err), log <= 23 ? SL_OK : SL_E_BROKEN);
        b.at[5]++; /* an eighth */
        name_manifest(sl_buf_view(&b), raw);
        CHECK_EQ(walk(sl_buf_view(&b), &err), log < 23 ? SL_OK : SL_E_BROKEN);
    }
}

/* MANIFEST-4: the last line has its end too. */
static void walk__refuses_a_last_line_without_its_end(void)
{
    good_part();
    CHECK_EQ(walk_text(view_text("{" PATH FOLDER "}"), NULL), SL_E_BROKEN);
    CHECK_EQ(walk_text(view_text("{" PATH FOLDER "}\n\n"), NULL), SL_E_BROKEN);
}

/* ---- writer to reader ---- */

static void writer__and_reader_agree_on_80000_files(void)
{
    SL_AUTO_FREE(manifest_writer) *w = NULL;
    SL_AUTO_CLEAR(buf) packed = sl_buf_upto(32u << 20);
    struct sl_manifest_line l = folder_line(".");
    const size_t files = 40000; /* in each of two manifests: some 10 MiB each */
    char path[64];

    good_part();
    CHECK_EQ(sl_manifest_writer_new(&w, NULL), SL_OK);
    for (int round = 0; round < 2; round++) {
        size_t wrong = 0;
        l = folder_line(".");
        CHECK_EQ(sl_manifest_add(w, &l, NULL), SL_OK);
        for (size_t i = 0; i < files; i++) {
            (void)snprintf(path, sizeof path, "A%03d/C%07zu.MXF", round, i);
            l = file_line(path, 10, i * 7, 7);
            sl_sha256_of(view_text(path), l.sha256);
            wrong += sl_manifest_add(w, &l, NULL) != SL_OK;
        }
        CHECK_EQ(wrong, 0);
        uint64_t raw = sl_manifest_raw_bytes(w);
        packed.len = 0;
        CHECK_EQ(sl_manifest_finish(w, &packed, NULL), SL_OK);
        CHECK_EQ(sl_manifest_raw_bytes(w), 0); /* afresh */
        name_manifest(sl_buf_view(&packed), raw);
        CHECK_EQ(walk(sl_buf_view(&packed), NULL), SL_OK);
        CHECK_EQ(seen.count, files + 1);
        CHECK(seen.first.type == SL_MANIFEST_FOLDER && same_line(&seen.last, &l));
    }
}

static void walk__stops_when_it_is_told_to(void)
{
    SL_AUTO_CLEAR(buf) packed =
        packed_with(view_text("{" PATH FOLDER "}\n{" PATH FOLDER "}\n{" PATH FOLDER "}\n"), 1);
    struct sl_err err = { 0 };

    good_part();
    name_manifest(sl_buf_view(&packed), 3 * strlen("{" PATH FOLDER "}\n"));
    memset(&seen, 0, sizeof seen);
    seen.stop_at = 2;
    CHECK_EQ(sl_manifest_walk(sl_buf_view(&packed), &part, NEED, see, &seen, &err), SL_E_CANCELLED);
    CHECK_EQ(seen.count, 2);
    CHECK(strcmp(err.text, "stopped") == 0); /* no line is blamed */
}

/* The writer stops before a manifest that no reader would take, and keeps what it has. */
static void writer__is_full_before_its_limit(void)
{
    SL_AUTO_FREE(manifest_writer) *w = NULL;
    SL_AUTO_CLEAR(buf) packed = sl_buf_upto(32u << 20);
    struct sl_manifest_line l = file_line("x", 10, 0, 5);
    size_t count = 0;
    sl_rc rc = SL_OK;

    good_part();
    l.type = SL_MANIFEST_FOLDER;
    memset(l.path, 1, SL_PATH_MAX); /* every byte becomes six */
    l.path_bytes = SL_PATH_MAX;
    CHECK_EQ(sl_manifest_writer_new(&w, NULL), SL_OK);
    while ((rc = sl_manifest_add(w, &l, NULL)) == SL_OK && count < 100000)
        count++;
    CHECK_EQ(rc, SL_E_USAGE);
    uint64_t raw = sl_manifest_raw_bytes(w);
    CHECK(raw > SL_MANIFEST_RAW_MAX - (1u << 20) && raw <= SL_MANIFEST_RAW_MAX);
    CHECK_EQ(sl_manifest_finish(w, &packed, NULL), SL_OK);
    name_manifest(sl_buf_view(&packed), raw);
    CHECK_EQ(walk(sl_buf_view(&packed), NULL), SL_OK);
    CHECK_EQ(seen.count, count);
}

static void writer__that_cannot_finish_keeps_its_lines(void)
{
    SL_AUTO_FREE(manifest_writer) *w = NULL;
    SL_AUTO_CLEAR(buf) small = sl_buf_upto(10), packed = sl_buf_upto(4096);
    struct sl_manifest_line l = folder_line("a");

    good_part();
    CHECK_EQ(sl_manifest_writer_new(&w, NULL), SL_OK);
    CHECK_EQ(sl_manifest_add(w, &l, NULL), SL_OK);
    uint64_t raw = sl_manifest_raw_bytes(w);
    CHECK_EQ(sl_manifest_finish(w, &small, NULL), SL_E_BROKEN);
    CHECK_EQ(small.len, 0);
    CHECK_EQ(sl_manifest_finish(w, &packed, NULL), SL_OK);
    name_manifest(sl_buf_view(&packed), raw);
    CHECK_EQ(walk(sl_buf_view(&packed), NULL), SL_OK);
    CHECK_EQ(seen.count, 1);
}

/* PART-9 and the room of one pack: what is said to fit fits, even where nothing shrinks. */
static void writer__knows_what_fits_one_pack(void)
{
    for (unsigned k = 1; k <= SL_NEED_MAX; k++) {
        uint64_t raw = sl_manifest_raw_fits(k);
        CHECK(raw <= SL_MANIFEST_RAW_MAX && raw >= 3u << 20);
        CHECK(ZSTD_compressBound((size_t)raw) <= sl_pack_content_bytes(k));
    }
    CHECK_EQ(sl_manifest_raw_fits(16), SL_MANIFEST_RAW_MAX);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(line__keeps_every_name_as_it_is),
        CASE(line__keeps_every_size_time_and_cut),
        CASE(line__is_not_written_where_it_cannot_be),
        CASE(walk__refuses_each_hostile_line_and_names_it),
        CASE(walk__takes_the_line_that_the_hostile_ones_spoil),
        CASE(walk__extents_rise_over_the_whole_manifest),
        CASE(walk__refuses_what_is_too_much),
        CASE(walk__refuses_a_name_of_5000_bytes),
        CASE(walk__refuses_a_manifest_that_its_part_does_not_name),
        CASE(walk__refuses_every_other_frame),
        CASE(walk__stops_a_bomb_at_the_length_it_was_named),
        CASE(walk__refuses_a_window_over_its_limit),
        CASE(walk__refuses_a_last_line_without_its_end),
        CASE(writer__and_reader_agree_on_80000_files),
        CASE(walk__stops_when_it_is_told_to),
        CASE(writer__is_full_before_its_limit),
        CASE(writer__that_cannot_finish_keeps_its_lines),
        CASE(writer__knows_what_fits_one_pack),
    };

    fixed_start();
    return check_run(cases, sizeof cases / sizeof *cases);
}
