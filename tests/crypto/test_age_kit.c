/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The vectors of C2SP's age test kit, each opened as unseal opens a file, in pieces of several
 * sizes: the outcome and whatever was released must be the kit's.
 */
#include <dirent.h>

#include "crypto/derive.h"
#include "foreign.h"
#include "kit.h"

struct vector {
    struct kit_keys keys;
    struct sl_view expect, payload;
    bool compressed;
    struct sl_view file;
};

static bool is_key(struct foreign_field f, const char *name)
{
    return foreign_is(f.name, name);
}

static void take_field(struct vector *v, struct foreign_field f)
{
    if (is_key(f, "expect"))
        v->expect = f.value;
    else if (is_key(f, "payload"))
        v->payload = f.value;
    else if (is_key(f, "compressed"))
        v->compressed = true;
    else if (is_key(f, "passphrase") && v->keys.passphrases < KIT_KEYS_MAX)
        v->keys.passphrase[v->keys.passphrases++] = f.value;
    else if (is_key(f, "identity") && v->keys.identities < KIT_KEYS_MAX &&
             sl_age_identity_read(f.value, &v->keys.identity[v->keys.identities], NULL) == SL_OK)
        v->keys.identities++; /* keys of kinds we do not have cannot match anyway */
}

static void read_vector(struct sl_view text, struct vector *v)
{
    struct sl_cur c = sl_cur_over(text);
    struct foreign_field f;

    for (struct sl_view line; (line = foreign_line(&c)).len > 0;) {
        if (foreign_split(line, &f))
            take_field(v, f);
    }
    v->file = sl_cur_take(&c, c.left);
}

static sl_rc wanted(struct sl_view expect)
{
    if (foreign_is(expect, "success"))
        return SL_OK;
    return foreign_is(expect, "no match") ? SL_E_REFUSED : SL_E_BROKEN;
}

static void check_outcome(struct vector *v, size_t piece, const char *name)
{
    struct sl_buf out = sl_buf_upto(16u << 20);
    struct sl_err err = { 0 };
    uint8_t digest[SL_SHA256_BYTES];
    struct sl_buf want = sl_buf_upto(SL_SHA256_BYTES);
    int before = check_failures;

    sl_rc rc = kit_open(&v->keys, v->file, piece, &out, &err);
    CHECK_EQ(rc, wanted(v->expect));
    if (v->payload.len > 0) {
        foreign_unhex(v->payload, &want);
        sl_sha256_of(sl_buf_view(&out), digest);
        CHECK(foreign_same(sl_buf_view(&want), digest, sizeof digest));
    } else {
        CHECK_EQ(out.len, 0);
    }
    if (check_failures != before)
        printf("# %s, pieces of %zu: %s\n", name, piece, err.text);
    sl_buf_clear(&out);
    sl_buf_clear(&want);
}

/* The kit compresses some of its long vectors; zlib is not ours, Python has it. */
static struct sl_view inflated(const char *path, struct sl_buf *out)
{
    static const char script[] =
        "import sys,zlib;t=open(sys.argv[1],'rb').read();"
        "sys.stdout.buffer.write(zlib.decompress(t[t.index(b'\\n\\n')+2:]))";
    const char *const argv[] = { "python3", "-c", script, path, NULL };
    const struct sl_os *os = sl_os_real();

    CHECK_EQ(os->run(os->self, argv, out), 0);
    return sl_buf_view(out);
}

static void check_vector(const char *path, const char *name)
{
    static const size_t pieces[] = { 1, 61, 65536, SIZE_MAX };
    struct sl_buf text = sl_buf_upto(16u << 20);
    struct sl_buf bare = sl_buf_upto(16u << 20);
    struct vector v = { 0 };
    size_t first = 0;

    CHECK(foreign_read(path, &text));
    read_vector(sl_buf_view(&text), &v);
    if (v.compressed)
        v.file = inflated(path, &bare);
    if (v.keys.passphrases > 0)
        first = 2; /* scrypt takes a second each time */
    for (size_t i = first; i < sizeof pieces / sizeof *pieces; i++)
        check_outcome(&v, pieces[i], name);
    kit_clear(&v.keys);
    sl_buf_clear(&text);
    sl_buf_clear(&bare);
}

static void age__agrees_with_the_test_kit(void)
{
    char *folder = foreign_shared("vectors/age");
    DIR *d = folder != NULL ? opendir(folder) : NULL;
    size_t count = 0;

    if (d == NULL) {
        free(folder);
        return check_skip(FOREIGN_NO_SHARED);
    }
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        char *path = NULL;
        if (e->d_name[0] == '.' || asprintf(&path, "%s/%s", folder, e->d_name) < 0)
            continue;
        check_vector(path, e->d_name);
        free(path);
        count++;
    }
    CHECK(count > 0);
    printf("# %zu vectors\n", count);
    (void)closedir(d);
    free(folder);
}

static const struct check_case cases[] = {
    CASE(age__agrees_with_the_test_kit),
};

READY_MAIN(cases)
