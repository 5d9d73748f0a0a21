/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The worked examples of docs/format/, made again from fixed keys and the fixed stream: each page
 * must hold exactly the block that comes out here. A block that differs is printed, to be looked
 * at before it is pasted: a change of these bytes is a change of the format.
 */
#include <stdarg.h>

#include "deed.h"
#include "entry.h"
#include "format/inside.h"
#include "format/manifest.h"
#include "format/pack_head.h"
#include "format/part.h"
#include "json/text.h"

#define PAGE_MAX 65536

static char block[PAGE_MAX];
static size_t block_bytes;

__attribute__((format(printf, 1, 2))) static void say(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    int len = vsnprintf(block + block_bytes, sizeof block - block_bytes, fmt, ap);
    va_end(ap);
    block_bytes += (size_t)len;
}

static void begin(void)
{
    fixed_start();
    block_bytes = 0;
    say("```\n");
}

static void say_hex(const char *what, struct sl_view in)
{
    char text[256] = { 0 };

    sl_hex_write(in, text);
    say("%-10s %s\n", what, text);
}

static void say_sum(const char *what, struct sl_view in)
{
    uint8_t sum[SL_SHA256_BYTES];

    sl_sha256_of(in, sum);
    say("SHA-256 of %s (%zu bytes):\n", what, in.len);
    say_hex("", view_of(sum, sizeof sum));
}

static void dump(const char *what, struct sl_view in)
{
    say("%s, %zu bytes:\n", what, in.len);
    for (size_t at = 0; at < in.len; at += 32) {
        char text[65] = { 0 };
        sl_hex_write(view_of(in.at + at, in.len - at < 32 ? in.len - at : 32), text);
        say("%04zx  %s\n", at, text);
    }
}

/* Whether docs/format/<name>.md holds the block. */
static void page_holds_it(const char *name)
{
    static char page[PAGE_MAX];
    const char *source = getenv("SL_SOURCE");
    char path[4096];

    say("```\n");
    (void)snprintf(path, sizeof path, "%s/docs/format/%s.md", source != NULL ? source : ".", name);
    FILE *f = fopen(path, "re");
    CHECK(f != NULL);
    if (f == NULL)
        return;
    page[fread(page, 1, sizeof page - 1, f)] = '\0';
    (void)fclose(f);
    if (strstr(page, block) != NULL)
        return;
    check_that(0, "the page holds this block", __FILE__, __LINE__);
    for (char *line = strtok(block, "\n"); line != NULL; line = strtok(NULL, "\n"))
        printf("#| %s\n", line);
}

static void say_name(enum sl_object_kind kind, uint64_t number, uint8_t shard, uint32_t attempt)
{
    struct sl_name_key key = { fixed_secret(FIXED_NAMES, 32) };
    struct sl_id keeper = fixed_id(FIXED_KEEPERS);
    char text[SL_OBJECT_TEXT];
    struct sl_object o;

    sl_object_of(&key, kind, &keeper, number, shard, attempt, &o);
    sl_object_text(&o, text);
    say("%s number %llu, shard %u, attempt %u: %s\n", kind == SL_OBJECT_FULL ? "pack" : "entry",
        (unsigned long long)number, shard, attempt, text);
    sl_secret_free(key.bytes);
}

static void example__names(void)
{
    begin();
    say_name(SL_OBJECT_FULL, 7, 2, 0);
    say_name(SL_OBJECT_FULL, 7, 2, 1);
    say_name(SL_OBJECT_SLIP, 5, 0, 0);
    page_holds_it("names");
}

static void example__entry(void)
{
    uint8_t hash[SL_SHA256_BYTES];
    struct entry e;

    begin();
    make_entry(&e);
    dump("record", view_of(e.slip.record_bytes, SL_RECORD_BYTES));
    say_hex("signature", view_of(e.slip.signature, 32));
    say_hex("", view_of(e.slip.signature + 32, 32));
    sl_record_hash(e.slip.record_bytes, e.slip.signature, hash);
    say_hex("hash", view_of(hash, sizeof hash));
    page_holds_it("entry");
    clear_entry(&e);
}

static void example__session(void)
{
    uint8_t hash[SL_SHA256_BYTES];
    struct entry e;

    begin();
    make_entry(&e);
    dump("block", e.slip.session);
    sl_session_block_hash(&e.session, hash);
    say("SHA-256 of it up to the certificate:\n");
    say_hex("", view_of(hash, sizeof hash));
    page_holds_it("session");
    clear_entry(&e);
}

static void example__slip(void)
{
    static uint8_t sealed[SL_SLIP_BYTES];
    SL_AUTO_CLEAR(buf) plain = sl_buf_upto(SL_SLIP_BYTES);
    struct sl_age_identity *care = fixed_identity(FIXED_CARE);
    char recipient[SL_AGE_RECIPIENT_TEXT];
    struct sl_age_recipient to = fixed_recipient(FIXED_CARE);
    struct sl_slip back;
    struct entry e;

    begin();
    make_entry(&e);
    seal(&e.slip, sealed);
    CHECK_EQ(sl_slip_open(view_of(sealed, sizeof sealed), &care, 1, &plain, &back, NULL), SL_OK);
    sl_age_recipient_text(&to, recipient);
    say("care       %s\n", recipient);
    dump("heads", e.slip.heads);
    dump("care body", e.slip.care_body);
    dump("content begins", view_of(plain.at, 16));
    say_sum("the body as it is sealed", e.slip.body);
    say_sum("the content", sl_buf_view(&plain));
    say_sum("the slip", view_of(sealed, sizeof sealed));
    page_holds_it("slip");
    sl_age_identity_free(care);
    clear_entry(&e);
}

static void example__pack(void)
{
    struct sl_pack_head h = { .epoch = 1, .number = 7 };
    uint8_t bytes[SL_PACK_HEAD_BYTES];
    struct sl_session s;

    begin();
    fixed_session(&s);
    memcpy(h.production, s.production, sizeof h.production);
    memcpy(h.session, s.session, sizeof h.session);
    h.locker = fixed_id(FIXED_LOCKER_ID);
    sl_pack_head_write(&h, bytes);
    dump("head", view_of(bytes, sizeof bytes));
    for (unsigned k = 1; k <= SL_NEED_MAX; k++)
        say("k = %2u: payload %8llu, plaintext %8llu, content %8llu\n", k,
            (unsigned long long)k * SL_SLICE_BYTES, (unsigned long long)sl_pack_plain_bytes(k),
            (unsigned long long)sl_pack_content_bytes(k));
    page_holds_it("pack");
}

/* Two lines and their frame, of one raw block, so that no version of zstd matters. */
static struct sl_buf example_frame(struct sl_buf *lines)
{
    struct sl_manifest_line folder = { .type = SL_MANIFEST_FOLDER, .path = "A001" };
    struct sl_manifest_line clip = { .type = SL_MANIFEST_FILE, .path = "A001/C0001.MXF" };
    struct sl_buf frame = sl_buf_upto(65536);
    struct sl_pen p = sl_pen_to(&frame, NULL);

    folder.path_bytes = 4;
    folder.mode = 0755;
    folder.mtime_s = 1700000000;
    clip.path_bytes = 14;
    clip.mode = 0644;
    clip.mtime_s = 1700000001;
    clip.mtime_ns = 500000000;
    clip.size = clip.until = 11;
    sl_sha256_of(view_text("hello, clip"), clip.sha256);
    memset(clip.xxh128, 0xbb, sizeof clip.xxh128);
    clip.extent_count = 1;
    clip.extents[0] = (struct sl_extent){ .pack = 7, .offset = 0, .bytes = 11 };
    CHECK_EQ(sl_manifest_line_write(&folder, lines, NULL), SL_OK);
    CHECK_EQ(sl_manifest_line_write(&clip, lines, NULL), SL_OK);
    sl_pen_u32(&p, 0xfd2fb528);
    sl_pen_u8(&p, 0x60);
    sl_pen_u16(&p, (uint16_t)(lines->len - 256));
    sl_pen_u8(&p, (uint8_t)(lines->len << 3 | 1));
    sl_pen_u16(&p, (uint16_t)(lines->len >> 5));
    sl_pen_view(&p, sl_buf_view(lines));
    CHECK_EQ(sl_pen_done(&p), SL_OK);
    return frame;
}

static sl_rc count_lines(void *who, const struct sl_manifest_line *line, struct sl_err *err)
{
    (void)line;
    (void)err;
    ++*(size_t *)who;
    return SL_OK;
}

static void example__part_and_manifest(void)
{
    SL_AUTO_CLEAR(buf) lines = sl_buf_upto(65536), header = sl_buf_upto(8192);
    SL_AUTO_CLEAR(buf) frame = example_frame(&lines), out = sl_buf_upto(65536);
    struct sl_age_recipient to = fixed_recipient(FIXED_LOCKER);
    struct sl_part part = { .roll = fixed_id(FIXED_ROLL), .pack_count = 1, .last = true };
    struct sl_part_care care = { .first_pack = 7, .pack_count = 1, .proved = 5 };
    struct sl_age_key key = { 0 };
    size_t count = 0;

    begin();
    CHECK_EQ(sl_age_header_seal(&to, 1, &header, &key, NULL), SL_OK);
    part.roll_name = view_text("A001");
    part.locker = fixed_id(FIXED_LOCKER_ID);
    part.epoch = 1;
    part.files = 1;
    part.bytes = 11;
    part.packs[0].number = 7;
    part.packs[0].header = sl_buf_view(&header);
    sl_random(part.packs[0].nonce, sizeof part.packs[0].nonce);
    part.inline_manifest = sl_buf_view(&frame);
    part.manifest_bytes = frame.len;
    part.manifest_raw = lines.len;
    sl_sha256_of(sl_buf_view(&frame), part.manifest_hash);
    CHECK_EQ(sl_manifest_walk(sl_buf_view(&frame), &part, 2, count_lines, &count, NULL), SL_OK);
    CHECK_EQ(count, 2);
    CHECK_EQ(sl_part_write(&part, &out, NULL), SL_OK);
    dump("part", view_of(out.at, out.len - frame.len));
    say("... and then the manifest\n");
    say_sum("the part", sl_buf_view(&out));
    out.len = 0;
    CHECK_EQ(sl_part_care_write(&care, &out, NULL), SL_OK);
    dump("body for care", sl_buf_view(&out));
    page_holds_it("part");
    begin();
    say("%.*s", (int)lines.len, (const char *)lines.at);
    page_holds_it("manifest");
    begin();
    dump("frame begins", view_of(frame.at, 32));
    say_sum("the lines", sl_buf_view(&lines));
    say_sum("the frame", sl_buf_view(&frame));
    page_holds_it("manifest");
    sl_secret_free(key.bytes);
}

static void example__bodies(void)
{
    SL_AUTO_CLEAR(buf) b = sl_buf_upto(65536);
    struct sl_opened opened = { .role = SL_ROLE_CAPTURE, .goes_on = true, .left_entries = 3 };
    struct sl_closed closed = { .packs = 12 };
    struct sl_author author = { .role = SL_ROLE_CAPTURE, .alias = "set" };
    static struct sl_founding founding;
    uint8_t production[SL_PRODUCTION_BYTES];

    begin();
    CHECK_EQ(sl_buf_put(&b, view_of((uint8_t[SL_SALT_BYTES]){ 0 }, SL_SALT_BYTES), NULL), SL_OK);
    memset(b.at, 0x77, SL_SALT_BYTES);
    fixed_founding(&founding);
    CHECK_EQ(sl_founding_write(&founding, &b, NULL), SL_OK);
    sl_production_of(sl_buf_view(&b), production);
    dump("founding", view_of(b.at + SL_SALT_BYTES, b.len - SL_SALT_BYTES));
    say_hex("production", view_of(production, sizeof production));
    b.len = 0;
    fixed_public(FIXED_SESSION, opened.left_session);
    opened.left_packs = 9;
    CHECK_EQ(sl_opened_write(&opened, &b, NULL), SL_OK);
    dump("opened", sl_buf_view(&b));
    b.len = 0;
    CHECK_EQ(sl_closed_write(&closed, &b, NULL), SL_OK);
    dump("closed", sl_buf_view(&b));
    b.len = 0;
    fixed_public(FIXED_AUTHOR, author.key);
    CHECK_EQ(sl_author_write(&author, &b, NULL), SL_OK);
    dump("author", sl_buf_view(&b));
    page_holds_it("bodies");
}

static void example__founding_with_a_quorum(void)
{
    SL_AUTO_CLEAR(buf) b = sl_buf_upto(65536);
    static struct sl_founding founding;
    size_t common;

    begin();
    fixed_founding(&founding);
    CHECK_EQ(sl_founding_write(&founding, &b, NULL), SL_OK);
    common = b.len;
    b.len = 0;
    fixed_quorum(&founding);
    CHECK_EQ(sl_founding_write(&founding, &b, NULL), SL_OK);
    dump("behind the lockers", view_of(b.at + common, b.len - common));
    page_holds_it("bodies");
}

/* One deed of each kind, as deed.h makes it. */
static void example__deeds(void)
{
    begin();
    for (size_t i = 0; i < DEED_KINDS; i++) {
        SL_AUTO_CLEAR(buf) b = sl_buf_upto(65536);
        CHECK_EQ(deed_write(i, &b), SL_OK);
        if (i == DEED_ANSWER) {
            dump("answer, 560 bytes, begins", view_of(b.at, 64));
            say("... and so on to its end\n");
        } else {
            dump(deed_names[i], sl_buf_view(&b));
        }
    }
    page_holds_it("deeds");
}

static void example__checkpoint(void)
{
    SL_AUTO_CLEAR(buf) b = sl_buf_upto(4096);
    struct sl_pen p = sl_pen_to(&b, NULL);
    struct sl_checkpoint back;
    uint8_t hash[SL_SHA256_BYTES];

    begin();
    sl_sha256_of(view_text("the list"), hash);
    sl_pen_stamp(&p, "SLCHECK\n");
    sl_pen_u32(&p, 0);
    sl_pen_u64(&p, 100);
    sl_pen_u64(&p, 12345);
    sl_pen_bytes(&p, hash, sizeof hash);
    sl_pen_u64(&p, 20);
    sl_pen_u64(&p, 1);
    CHECK_EQ(sl_pen_done(&p), SL_OK);
    CHECK_EQ(sl_checkpoint_read(sl_buf_view(&b), &back, NULL), SL_OK);
    CHECK(back.entries == 100 && back.bytes == 12345 && back.first_pack == 20);
    dump("checkpoint", sl_buf_view(&b));
    page_holds_it("bodies");
}

/* FORMAT-5: the stream of the examples begins as the page says. */
static void example__stream(void)
{
    uint8_t bytes[40];

    begin();
    sl_random(bytes, sizeof bytes);
    say_hex("stream", view_of(bytes, 32));
    say_hex("", view_of(bytes + 32, 8));
    page_holds_it("README");
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(example__stream),
        CASE(example__names),
        CASE(example__entry),
        CASE(example__session),
        CASE(example__slip),
        CASE(example__pack),
        CASE(example__bodies),
        CASE(example__checkpoint),
        CASE(example__part_and_manifest),
        CASE(example__founding_with_a_quorum),
        CASE(example__deeds),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
