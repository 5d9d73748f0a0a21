/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Content hashes against the tools that others check with: sha256sum and xxhsum.
 */
#include "card/content_hash.h"

#include "check.h"
#include "scene.h"

static const size_t SIZES[] = { 0, 1, 16, 17, 128, 129, 240, 241, 1024, 1025, 65536, 300001 };

static void hex(const uint8_t *bytes, size_t count, char *out)
{
    for (size_t i = 0; i < count; i++)
        (void)snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

/* Hash the bytes of scene_byte() in pieces of `piece`. */
static void hash_in_pieces(struct sl_content_hash *h, size_t bytes, size_t piece,
                           struct sl_content_digest *ret)
{
    static uint8_t buffer[300001];

    for (size_t i = 0; i < bytes; i++)
        buffer[i] = scene_byte(i);
    sl_content_hash_restart(h);
    for (size_t at = 0; at < bytes; at += piece)
        sl_content_hash_put(
            h, (struct sl_view){ buffer + at, bytes - at < piece ? bytes - at : piece });
    sl_content_hash_now(h, ret);
}

/* Run a tool over a file of every size and compare the first word it prints. False where the
 * tool is not installed. */
static bool agrees_with(const char *const *argv, bool sha256)
{
    SL_AUTO_FREE(content_hash) *h = NULL;
    const struct sl_os *os = sl_os_real();
    struct sl_content_digest digest;
    struct sl_err err = { 0 };
    const char *words[4] = { argv[0], argv[1], argv[2] };
    char path[128], want[80];
    size_t last = argv[1] == NULL ? 1 : 2;

    scene_new();
    (void)snprintf(path, sizeof path, "%.127s", scene_path("clip"));
    words[last] = path;
    CHECK_EQ(sl_content_hash_new(&h, &err), SL_OK);
    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++) {
        SL_AUTO_CLEAR(buf) out = sl_buf_upto(4096);

        scene_file("clip", SIZES[i]);
        if (os->run(os->self, words, &out) != 0) {
            scene_end();
            return false;
        }
        hash_in_pieces(h, SIZES[i], 1000, &digest);
        hex(sha256 ? digest.sha256 : digest.xxh128, sha256 ? 32 : 16, want);
        CHECK(out.len > strlen(want) && memcmp(out.at, want, strlen(want)) == 0);
        if (out.len > strlen(want) && memcmp(out.at, want, strlen(want)) != 0)
            printf("# %zu bytes: %.*s, not %s\n", SIZES[i], (int)strlen(want), out.at, want);
    }
    scene_end();
    return true;
}

static void content_hash__agrees_with_sha256sum(void)
{
    CHECK(agrees_with((const char *const[]){ "sha256sum", NULL, NULL }, true));
}

static void content_hash__agrees_with_xxhsum(void)
{
    if (!agrees_with((const char *const[]){ "xxhsum", "-H2", NULL }, false))
        check_skip("xxhsum is not installed (Debian's xxhash)");
}

static void content_hash__does_not_depend_on_the_pieces(void)
{
    static const size_t pieces[] = { 1, 3, 255, 256, 257, 65536, 300001 };
    SL_AUTO_FREE(content_hash) *h = NULL;
    struct sl_content_digest whole, parts;
    struct sl_err err = { 0 };

    CHECK_EQ(sl_content_hash_new(&h, &err), SL_OK);
    hash_in_pieces(h, 300001, 4096, &whole);
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        hash_in_pieces(h, 300001, pieces[i], &parts);
        CHECK(memcmp(&whole, &parts, sizeof whole) == 0);
    }
}

static void content_hash__runs_on_after_being_asked(void)
{
    SL_AUTO_FREE(content_hash) *h = NULL;
    struct sl_content_digest halfway, whole, again;
    struct sl_err err = { 0 };

    CHECK_EQ(sl_content_hash_new(&h, &err), SL_OK);
    sl_content_hash_put(h, scene_view("first "));
    sl_content_hash_now(h, &halfway);
    sl_content_hash_put(h, (struct sl_view){ NULL, 0 });
    sl_content_hash_put(h, scene_view("second"));
    sl_content_hash_now(h, &whole);
    sl_content_hash_restart(h);
    sl_content_hash_put(h, scene_view("first second"));
    sl_content_hash_now(h, &again);
    CHECK(memcmp(&whole, &again, sizeof whole) == 0);
    CHECK(memcmp(halfway.sha256, whole.sha256, sizeof whole.sha256) != 0);
    CHECK(memcmp(halfway.xxh128, whole.xxh128, sizeof whole.xxh128) != 0);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(content_hash__agrees_with_sha256sum),
        CASE(content_hash__agrees_with_xxhsum),
        CASE(content_hash__does_not_depend_on_the_pieces),
        CASE(content_hash__runs_on_after_being_asked),
    };

    if (sl_crypto_start(sl_os_real(), NULL) != SL_OK)
        return EXIT_FAILURE;
    return check_run(cases, sizeof cases / sizeof *cases);
}
