/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The head of a full object: what it is, byte for byte, and everything it refuses.
 */
#include "check.h"
#include "crypto/aead.h"
#include "crypto/derive.h"
#include "crypto/secret.h"
#include "fill.h"
#include "shard/shard.h"

static struct { /* the worked example of docs/format/shard.md, made once in main() */
    struct sl_aead *aead;
    struct sl_tag_key key, other_key;
    struct sl_shard_id id;
    uint8_t *object;
    uint8_t *copy; /* to be spoilt */
    char payload_sum[2 * SL_SHA256_BYTES + 1];
} w;

static struct sl_view of(const uint8_t *at, size_t len)
{
    return (struct sl_view){ at, len };
}

static const char *hex(const uint8_t *bytes, size_t count, char *ret)
{
    for (size_t i = 0; i < count; i++)
        (void)snprintf(ret + 2 * i, 3, "%02x", bytes[i]);
    return ret;
}

static const char *sha256_hex(struct sl_view in, char *ret)
{
    uint8_t sum[SL_SHA256_BYTES];

    sl_sha256_of(in, sum);
    return hex(sum, sizeof sum, ret);
}

/* The page, as text. Owned by the caller. */
static char *page(void)
{
    char path[4096];
    const char *source = getenv("SL_SOURCE");
    char *text = calloc(1, 1 << 16);

    (void)snprintf(path, sizeof path, "%s/docs/format/shard.md", source != NULL ? source : ".");
    FILE *f = fopen(path, "re");
    CHECK(f != NULL);
    if (f != NULL && text != NULL) {
        CHECK(fread(text, 1, (1 << 16) - 1, f) > 0);
        (void)fclose(f);
    }
    return text;
}

static void page_has(const char *text, const char *what, const char *value)
{
    CHECK(strstr(text, value) != NULL);
    if (strstr(text, value) == NULL)
        printf("# the page lacks %s: %s\n", what, value);
}

/* SHARD-4 to SHARD-8 */
static void shard_head__is_the_one_on_the_page(void)
{
    char *text = page(), out[200];
    const uint8_t *head = w.object, *slice = w.object + SL_SHARD_HEAD_BYTES;

    for (size_t row = 0; row < 4; row++)
        page_has(text, "the head's start", hex(head + 16 * row, 16, out));
    page_has(text, "the last leaf's tag", hex(head + 32 + 63 * 16, 16, out));
    page_has(text, "the slice's start", hex(slice, 16, out));
    page_has(text, "the slice's sum", sha256_hex(of(slice, SL_SLICE_BYTES), out));
    page_has(text, "the head's sum", sha256_hex(of(head, SL_SHARD_HEAD_BYTES), out));
    page_has(text, "the object's sum", sha256_hex(of(head, SL_FULL_BYTES), out));
    page_has(text, "the payload's sum", w.payload_sum);
    free(text);
}

/* SHARD-5 */
static void shard_key__is_the_one_on_the_page(void)
{
    static const uint8_t info[] = "safelight/1 tag\x07\0\0\0\0\0\0\0\x03"; /* and a NUL */
    char *text = page(), out[200];
    uint8_t key[32];

    sl_hkdf_sha256(sl_secret_expose(w.key.bytes), of(NULL, 0), of(info, sizeof info - 1), key,
                   sizeof key);
    page_has(text, "the tag key", hex(key, sizeof key, out));
    free(text);
}

/* SHARD-3: what the page says of the matrix. */
static void shard_page__shows_the_matrix_as_it_is(void)
{
    static const uint8_t one[3][3] = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } };
    static const uint8_t want[] = { 3, 4, 255 };
    const uint8_t *from[3] = { one[0], one[1], one[2] };
    uint8_t rows[3][3], *to[3] = { rows[0], rows[1], rows[2] };
    char *text = page(), out[200];
    SL_AUTO_FREE(code) *code = NULL;

    CHECK_EQ(sl_code_new(3, NULL, want, 3, &code, NULL), SL_OK);
    sl_code_run(code, from, to, 3);
    for (unsigned i = 0; i < 3; i++) {
        char line[sizeof out + 20];
        (void)snprintf(line, sizeof line, "| %u | `%s` |", want[i], hex(rows[i], 3, out));
        page_has(text, "a row", line);
    }
    free(text);
}

static FILE *run_plain(const char *slice_path, const char *head_path)
{
    char command[1024], key[65];
    const char *source = getenv("SL_SOURCE");
    int length = snprintf(command, sizeof command,
                          "/usr/bin/python3 '%s/tests/shard/plain_head.py' %s 7 3 < %s > %s",
                          source != NULL ? source : ".",
                          hex(sl_secret_expose(w.key.bytes).at, 32, key), slice_path, head_path);

    CHECK(length > 0 && (size_t)length < sizeof command);
    int status = system(command);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {
        check_skip("python3 is not installed");
        return NULL;
    }
    CHECK_EQ(status, 0);
    return fopen(head_path, "re");
}

static void shard_head__is_what_the_page_says_written_in_plain_python(void)
{
    char folder[] = "/tmp/safelight-head-XXXXXX", slice_path[64], head_path[64];
    uint8_t head[SL_SHARD_HEAD_BYTES + 1];

    CHECK(mkdtemp(folder) != NULL);
    (void)snprintf(slice_path, sizeof slice_path, "%s/slice", folder);
    (void)snprintf(head_path, sizeof head_path, "%s/head", folder);
    FILE *slice = fopen(slice_path, "we");
    CHECK(slice != NULL);
    if (slice == NULL)
        return;
    CHECK_EQ(fwrite(w.object + SL_SHARD_HEAD_BYTES, 1, SL_SLICE_BYTES, slice), SL_SLICE_BYTES);
    CHECK_EQ(fclose(slice), 0);
    FILE *made = run_plain(slice_path, head_path);
    if (made != NULL) {
        CHECK_EQ(fread(head, 1, sizeof head, made), SL_SHARD_HEAD_BYTES);
        CHECK(memcmp(head, w.object, SL_SHARD_HEAD_BYTES) == 0);
        (void)fclose(made);
    }
    (void)remove(slice_path);
    (void)remove(head_path);
    CHECK_EQ(remove(folder), 0);
}

static void shard_check__accepts_what_was_written(void)
{
    struct sl_shard_head head;
    uint64_t bad = 1;

    CHECK_EQ(sl_shard_check(w.aead, &w.id, of(w.object, SL_FULL_BYTES), &bad, NULL), SL_OK);
    CHECK(bad == 0);
    CHECK_EQ(sl_shard_check(w.aead, &w.id, of(w.object, SL_FULL_BYTES), NULL, NULL), SL_OK);
    CHECK_EQ(sl_shard_head_read(w.aead, &w.id, of(w.object, SL_SHARD_HEAD_BYTES), &head, NULL),
             SL_OK);
    size_t at = SL_SHARD_HEAD_BYTES;
    for (unsigned i = 0; i < SL_LEAVES; i++) {
        struct sl_view leaf = of(w.object + at, sl_shard_leaf_bytes(i));
        CHECK_EQ(sl_shard_leaf_at(i), at);
        CHECK_EQ(sl_shard_leaf_check(w.aead, &w.id, &head, i, leaf, NULL), SL_OK);
        at += leaf.len;
    }
    CHECK_EQ(at, SL_FULL_BYTES);
}

/* SHARD-7 to SHARD-10: nothing in a head is free. */
static void shard_head__refuses_every_single_bit_flipped(void)
{
    uint8_t bad[SL_SHARD_HEAD_BYTES];
    struct sl_shard_head head, untouched;

    memset(&head, 0x5a, sizeof head);
    untouched = head;
    memcpy(bad, w.object, sizeof bad);
    for (size_t bit = 0; bit < 8 * sizeof bad; bit++) {
        bad[bit / 8] ^= (uint8_t)(1u << bit % 8);
        CHECK_EQ(sl_shard_head_read(w.aead, &w.id, of(bad, sizeof bad), &head, NULL), SL_E_BROKEN);
        bad[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    CHECK(memcmp(&head, &untouched, sizeof head) == 0);
    CHECK_EQ(sl_shard_head_read(w.aead, &w.id, of(bad, sizeof bad), &head, NULL), SL_OK);
}

/* SHARD-4, SHARD-6 */
static void shard_head__refuses_every_other_length(void)
{
    static const size_t objects[] = { 0, 1, SL_SHARD_HEAD_BYTES, SL_SLICE_BYTES,
                                      SL_FULL_BYTES - 1 };
    struct sl_shard_head head;
    struct sl_err err;

    for (size_t len = 0; len <= SL_SHARD_HEAD_BYTES + 1; len++) {
        if (len != SL_SHARD_HEAD_BYTES)
            CHECK_EQ(sl_shard_head_read(w.aead, &w.id, of(w.object, len), &head, NULL),
                     SL_E_BROKEN);
    }
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
        uint64_t bad = 0;
        CHECK_EQ(sl_shard_check(w.aead, &w.id, of(w.object, objects[i]), &bad, NULL), SL_E_BROKEN);
        CHECK(bad == UINT64_MAX);
    }
    memcpy(w.copy, w.object, SL_FULL_BYTES);
    w.copy[SL_FULL_BYTES] = 0;
    CHECK_EQ(sl_shard_check(w.aead, &w.id, of(w.copy, SL_FULL_BYTES + 1), NULL, &err), SL_E_BROKEN);
    CHECK(strstr(err.text, "4194305 bytes, not 4194304") != NULL);
}

/* Each damage is refused for its own reason. */
static void shard_head__says_what_is_wrong(void)
{
    static const struct {
        size_t offset;
        uint8_t byte;
        const char *says;
    } damage[] = {
        { 0, 's', "does not begin like a shard" },     /* SHARD-7 */
        { 7, '\r', "does not begin like a shard" },    /* SHARD-7 */
        { 8, 2, "format version 2" },                  /* SHARD-9 */
        { 8, 0, "format version 0" },                  /* SHARD-9 */
        { 11, 1, "format version 16777217" },          /* SHARD-9 */
        { 12, 1, "not zero where it has to be" },      /* SHARD-10 */
        { 15, 0x80, "not zero where it has to be" },   /* SHARD-10 */
        { 1056, 1, "not zero where it has to be" },    /* SHARD-10 */
        { 4095, 0x80, "not zero where it has to be" }, /* SHARD-10 */
        { 16, 0, "altered, or another shard's" },      /* SHARD-8 */
        { 1055, 0, "altered, or another shard's" },    /* SHARD-8 */
    };

    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        uint8_t bad[SL_SHARD_HEAD_BYTES];
        struct sl_shard_head head;
        struct sl_err err = { .rc = SL_OK };
        memcpy(bad, w.object, sizeof bad);
        CHECK(bad[damage[i].offset] != damage[i].byte);
        bad[damage[i].offset] = damage[i].byte;
        CHECK_EQ(sl_shard_head_read(w.aead, &w.id, of(bad, sizeof bad), &head, &err), SL_E_BROKEN);
        CHECK(strstr(err.text, damage[i].says) != NULL);
        CHECK(strstr(err.text, "shard 3 of pack 7") != NULL);
    }
}

/* SHARD-5: a shard stands in its own place and nowhere else. */
static void shard_check__refuses_another_pack_shard_or_session(void)
{
    struct sl_shard_id others[] = { w.id, w.id, w.id, w.id, w.id };
    uint64_t bad = 0;

    others[0].pack = 8;
    others[1].pack = 7 + (UINT64_C(1) << 32);
    others[2].number = 2;
    others[3].number = 255;
    others[4].key = &w.other_key;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        CHECK_EQ(sl_shard_check(w.aead, &others[i], of(w.object, SL_FULL_BYTES), &bad, NULL),
                 SL_E_BROKEN);
        CHECK(bad == UINT64_MAX);
    }
}

/* SHARD-4: every leaf is covered, its first and last bit too, and it is the one that is named. */
static void shard_check__names_the_leaf_that_was_altered(void)
{
    uint32_t state = 11;
    struct sl_err err;

    memcpy(w.copy, w.object, SL_FULL_BYTES);
    for (unsigned leaf = 0; leaf < SL_LEAVES; leaf++) {
        size_t len = sl_shard_leaf_bytes(leaf),
               drawn = (draw(&state) * 65536ul + draw(&state)) % len;
        size_t spots[] = { 0, len - 1, drawn };
        for (size_t i = 0; i < 3; i++) {
            uint8_t *spot = w.copy + sl_shard_leaf_at(leaf) + spots[i];
            char name[64];
            uint64_t bad = 0;
            *spot ^= i == 1 ? 0x80 : 1;
            CHECK_EQ(sl_shard_check(w.aead, &w.id, of(w.copy, SL_FULL_BYTES), &bad, &err),
                     SL_E_BROKEN);
            *spot ^= i == 1 ? 0x80 : 1;
            CHECK(bad == UINT64_C(1) << leaf);
            (void)snprintf(name, sizeof name, "piece %u of shard 3 of pack 7", leaf);
            CHECK(strstr(err.text, name) != NULL);
        }
    }
}

static void shard_check__tells_all_that_is_bad(void)
{
    uint64_t bad = 0;
    struct sl_err err;

    memcpy(w.copy, w.object, SL_FULL_BYTES);
    w.copy[sl_shard_leaf_at(5)] ^= 1;
    w.copy[sl_shard_leaf_at(40) + 7] ^= 1;
    w.copy[SL_FULL_BYTES - 1] ^= 1;
    CHECK_EQ(sl_shard_check(w.aead, &w.id, of(w.copy, SL_FULL_BYTES), &bad, &err), SL_E_BROKEN);
    CHECK(bad == (UINT64_C(1) << 5 | UINT64_C(1) << 40 | UINT64_C(1) << 63));
    CHECK(strstr(err.text, "piece 5 ") != NULL);
}

static void shard_check__refuses_leaves_that_changed_places(void)
{
    uint64_t bad = 0;

    memcpy(w.copy, w.object, SL_FULL_BYTES); /* leaves and tags swapped alike: the head tells */
    memcpy(w.copy + 32, w.object + 48, 16);
    memcpy(w.copy + 48, w.object + 32, 16);
    memcpy(w.copy + sl_shard_leaf_at(0), w.object + sl_shard_leaf_at(1), SL_LEAF_BYTES);
    memcpy(w.copy + sl_shard_leaf_at(1), w.object + sl_shard_leaf_at(0), SL_LEAF_BYTES);
    CHECK_EQ(sl_shard_check(w.aead, &w.id, of(w.copy, SL_FULL_BYTES), &bad, NULL), SL_E_BROKEN);
    CHECK(bad == UINT64_MAX);
    memcpy(w.copy, w.object, SL_SHARD_HEAD_BYTES); /* leaves alone */
    CHECK_EQ(sl_shard_check(w.aead, &w.id, of(w.copy, SL_FULL_BYTES), &bad, NULL), SL_E_BROKEN);
    CHECK(bad == 3);
}

static void shard_leaf__alone_is_refused_when_it_is_not_the_one(void)
{
    struct sl_shard_head head;
    struct sl_shard_id other = w.id;
    const uint8_t *slice = w.object + SL_SHARD_HEAD_BYTES;
    uint8_t *last = w.copy;

    other.number = 4;
    CHECK_EQ(sl_shard_head_read(w.aead, &w.id, of(w.object, SL_SHARD_HEAD_BYTES), &head, NULL),
             SL_OK);
    CHECK_EQ(sl_shard_leaf_check(w.aead, &w.id, &head, 1, of(slice, SL_LEAF_BYTES), NULL),
             SL_E_BROKEN);
    CHECK_EQ(sl_shard_leaf_check(w.aead, &other, &head, 0, of(slice, SL_LEAF_BYTES), NULL),
             SL_E_BROKEN);
    CHECK_EQ(sl_shard_leaf_check(w.aead, &w.id, &head, 0, of(slice, SL_LEAF_BYTES - 1), NULL),
             SL_E_BROKEN);
    CHECK_EQ(sl_shard_leaf_check(w.aead, &w.id, &head, 0, of(slice, SL_LEAF_BYTES + 1), NULL),
             SL_E_BROKEN);
    CHECK_EQ(sl_shard_leaf_check(w.aead, &w.id, &head, 0, of(slice, 0), NULL), SL_E_BROKEN);
    memset(last, 0, SL_LEAF_BYTES); /* the short one, filled up */
    memcpy(last, w.object + sl_shard_leaf_at(63), sl_shard_leaf_bytes(63));
    CHECK_EQ(sl_shard_leaf_check(w.aead, &w.id, &head, 63, of(last, SL_LEAF_BYTES), NULL),
             SL_E_BROKEN);
    CHECK_EQ(sl_shard_leaf_check(w.aead, &w.id, &head, 64, of(slice, SL_LEAF_BYTES), NULL),
             SL_E_USAGE);
    CHECK_EQ(sl_shard_leaf_check(w.aead, &w.id, &head, 0, of(slice, SL_LEAF_BYTES), NULL), SL_OK);
}

/* The example: key 00 01 .. 1f, pack 7, shard 3 of a pack of two slices. */
static void make_example(void)
{
    uint8_t key[32], *payload = bytes_or_die(2 * (size_t)SL_SLICE_BYTES);
    SL_AUTO_FREE(code) *code = NULL;
    static const uint8_t want = 3;
    struct sl_err err;

    if (sl_crypto_start(sl_os_real(), &err) != SL_OK || sl_aead_new(&w.aead, &err) != SL_OK)
        abort();
    for (unsigned i = 0; i < sizeof key; i++)
        key[i] = (uint8_t)i;
    if (sl_secret_copy(of(key, sizeof key), &w.key.bytes, &err) != SL_OK)
        abort();
    key[31] ^= 1;
    if (sl_secret_copy(of(key, sizeof key), &w.other_key.bytes, &err) != SL_OK)
        abort();
    w.id = (struct sl_shard_id){ .key = &w.key, .pack = 7, .number = want };
    w.object = bytes_or_die(SL_FULL_BYTES);
    w.copy = bytes_or_die(SL_FULL_BYTES + 1);
    fill_example(payload, 2 * (size_t)SL_SLICE_BYTES);
    (void)sha256_hex(of(payload, 2 * (size_t)SL_SLICE_BYTES), w.payload_sum);
    if (sl_code_new(2, NULL, &want, 1, &code, &err) != SL_OK)
        abort();
    sl_code_run_payload(code, payload, &(uint8_t *){ w.object + SL_SHARD_HEAD_BYTES });
    sl_shard_head_make(w.aead, &w.id, w.object + SL_SHARD_HEAD_BYTES, w.object);
    free(payload);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(shard_head__is_the_one_on_the_page),
        CASE(shard_key__is_the_one_on_the_page),
        CASE(shard_page__shows_the_matrix_as_it_is),
        CASE(shard_head__is_what_the_page_says_written_in_plain_python),
        CASE(shard_check__accepts_what_was_written),
        CASE(shard_head__refuses_every_single_bit_flipped),
        CASE(shard_head__refuses_every_other_length),
        CASE(shard_head__says_what_is_wrong),
        CASE(shard_check__refuses_another_pack_shard_or_session),
        CASE(shard_check__names_the_leaf_that_was_altered),
        CASE(shard_check__tells_all_that_is_bad),
        CASE(shard_check__refuses_leaves_that_changed_places),
        CASE(shard_leaf__alone_is_refused_when_it_is_not_the_one),
    };

    make_example();
    int status = check_run(cases, sizeof cases / sizeof *cases);
    sl_aead_free(w.aead);
    sl_secret_free(w.key.bytes);
    sl_secret_free(w.other_key.bytes);
    free(w.object);
    free(w.copy);
    return status;
}
