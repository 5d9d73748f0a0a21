/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Some 700 manifests that no offload writes, each a roll, each restored into a folder with links
 * and files in its way: nothing outside that folder is touched, nothing in it is overwritten, and
 * what is written has the content that was signed. See hostile.h.
 */
#include "api/hostile.h"
#include "base/voice.h"
#include "restore/restore.h"

#define CONTENT_BYTES 200000u

static uint8_t content[CONTENT_BYTES];
static unsigned rolls;
static char *manifests[1024]; /* text of each roll, kept for judging */

static void end_roll(struct hostile *h)
{
    char name[16];

    world_must(rolls < sizeof manifests / sizeof *manifests, "rolls");
    manifests[rolls] = calloc(1, h->text_bytes + 1);
    if (manifests[rolls] == NULL)
        abort();
    if (h->text_bytes > 0)
        memcpy(manifests[rolls], h->text, h->text_bytes);
    (void)snprintf(name, sizeof name, "H%05u", rolls++);
    hostile_part(h, name, 0, true, true);
}

/* ---- paths ---- */

/* As they stand in the JSON, quotes left out. LONG and DEEP are replaced. */
static const char *const MUST_REFUSE[] = {
    "..",
    "../x",
    "../canary/x",
    "a/..",
    "a/../../x",
    "a/../x",
    "/x",
    "/etc/x",
    "//x",
    "a//x",
    "a/",
    "./x",
    "a/./x",
    "",
    "/",
    "a/../../canary/new",
    "../../../../../../../../tmp/safelight-evil",
    "a\\u0000b",
    "x\\u0000/../../y",
    "..\\u0000",
    "LONG5000",
    "out/../../x",
    "\\u002e\\u002e/x",
    "a\\/..\\/..\\/x",
    "ABSOLUTE",
};
static const char *const MAY_DO[] = {
    "...",
    "..a",
    "a..",
    ".hidden",
    "a\\\\..\\\\b",
    "C:\\\\x",
    "\\u202egpj.exe",
    "out/x",
    "out",
    "deep/out/x",
    "outfile",
    "dangling",
    "dangling/x",
    "mine",
    "mine/x",
    "dir",
    "dir/x",
    "loop",
    "loop/x",
    ".safelight-restore-0123456789abcdef/x",
    ".safelight-restore-",
    "NAME255",
    "NAME256",
    "DEEP",
    "~/x",
    "$HOME",
    "-rf",
    "* ?",
    "\\n",
    "a\\tb",
    "con",
    "pipe",
    "proc/self/root/x",
};

static void spell(const char *path, char ret[16384])
{
    if (strcmp(path, "LONG5000") == 0) {
        for (size_t i = 0; i < 5000; i++)
            ret[i] = i % 200 == 199 ? '/' : 'n';
        ret[5000] = '\0';
    } else if (strcmp(path, "NAME255") == 0 || strcmp(path, "NAME256") == 0) {
        size_t len = strcmp(path, "NAME255") == 0 ? 255 : 256;
        memset(ret, 'n', len);
        ret[len] = '\0';
    } else if (strcmp(path, "DEEP") == 0) { /* 4095 bytes, 2048 folders */
        for (size_t i = 0; i < 4095; i++)
            ret[i] = i % 2 != 0 ? '/' : 'd';
        ret[4095] = '\0';
    } else {
        (void)snprintf(ret, 16384, "%s", path);
    }
}

/* "path":"...", good until the next call. */
static const char *field(const struct hostile *h, const char *path)
{
    static char text[16500], spelled[16384];

    spell(path, spelled);
    if (strcmp(path, "ABSOLUTE") == 0)
        (void)snprintf(spelled, sizeof spelled, "%s/box/canary/new", h->in.w->dir);
    (void)snprintf(text, sizeof text, "\"path\":\"%s\"", spelled);
    return text;
}

enum { FORMS = 5 };

/* A path as a full file, an empty one, a folder, a file with something beneath, and twice over. */
static void write_form(struct hostile *h, const char *path, unsigned form)
{
    char beneath[600];

    switch (form) {
    case 0: hostile_file(h, field(h, path), 0, content, 10, 5000); break;
    case 1: hostile_file(h, field(h, path), 0, content, 0, 0); break;
    case 2: hostile_folder(h, field(h, path)); break;
    case 3:
        hostile_folder(h, field(h, path));
        (void)snprintf(beneath, sizeof beneath, "%.500s/evil", path);
        hostile_file(h, field(h, beneath), 0, content, 10, 70000);
        break;
    default:
        hostile_file(h, field(h, path), 0, content, 10, 100);
        hostile_file(h, field(h, path), 0, content, 110, 100);
        hostile_folder(h, field(h, path));
        break;
    }
    hostile_file(h, "\"path\":\"good\"", 0, content, CONTENT_BYTES - 50, 50);
}

/* ---- numbers, extents, fields ---- */

static const char *const NUMBERS[] = {
    /* what stands behind "path" and "type":"file" */
    "\"size\":9223372036854775808,\"extents\":[]",
    "\"size\":9223372036854775807,\"extents\":[]",
    "\"size\":18446744073709551615,\"extents\":[]",
    "\"size\":9007199254740993,\"extents\":[[0,0,1]]",
    "\"size\":9007199254740992,\"extents\":[[0,0,9007199254740992]]",
    "\"size\":-1,\"extents\":[]",
    "\"size\":1e3,\"extents\":[[0,0,1000]]",
    "\"size\":1.5,\"extents\":[[0,0,1]]",
    "\"size\":\"5\",\"extents\":[[0,0,5]]",
    "\"size\":5,\"extents\":[[0,0,4]]",
    "\"size\":5,\"extents\":[[0,0,6]]",
    "\"size\":5,\"extents\":[[1,0,5]]",
    "\"size\":5,\"extents\":[[18446744073709551615,0,5]]",
    "\"size\":5,\"extents\":[[9223372036854775807,0,5]]",
    "\"size\":5,\"extents\":[[-1,0,5]]",
    "\"size\":5,\"extents\":[[0,4186000,5]]",
    "\"size\":5,\"extents\":[[0,9223372036854775807,5]]",
    "\"size\":5,\"extents\":[[0,9223372036854775803,5]]",
    "\"size\":5,\"extents\":[[0,-5,5]]",
    "\"size\":5,\"extents\":[[0,0,5,0]]",
    "\"size\":5,\"extents\":[[0,0]]",
    "\"size\":5,\"extents\":[0,0,5]",
    "\"size\":5,\"extents\":{}",
    "\"size\":5",
    "\"size\":10,\"extents\":[[0,0,5],[0,0,5]]",
    "\"size\":10,\"extents\":[[0,5,5],[0,0,5]]",
    "\"size\":10,\"extents\":[[0,0,5],[0,4,5]]",
    "\"size\":5,\"extents\":[[0,0,5],[0,9,0]]",
    "\"size\":0,\"extents\":[[0,0,0]]",
    "\"size\":10,\"from\":11,\"extents\":[]",
    "\"size\":10,\"from\":10,\"extents\":[]",
    "\"size\":10,\"from\":5,\"extents\":[[0,0,5]]",
    "\"size\":10,\"from\":0,\"extents\":[[0,0,10]]",
    "\"size\":10,\"until\":10,\"extents\":[[0,0,10]]",
    "\"size\":10,\"until\":11,\"extents\":[[0,0,10]]",
    "\"size\":10,\"until\":5,\"extents\":[[0,0,5]]",
    "\"size\":10,\"until\":0,\"extents\":[]",
    "\"size\":10,\"from\":5,\"until\":3,\"extents\":[]",
    "\"size\":10,\"from\":5,\"until\":5,\"extents\":[]",
    "\"size\":10,\"size\":5,\"extents\":[[0,0,5]]",
    "\"size\":9223372036854775807,\"extents\":[[0,0,9223372036854775807],[0,1,1]]",
};

static const char *const METAS[] = {
    "\"mode\":2541,\"mtime\":[0,0]", /* setuid, 04755 */
    "\"mode\":1517,\"mtime\":[0,0]", /* setgid, 02755 */
    "\"mode\":4095,\"mtime\":[0,0]", /* everything */
    "\"mode\":4096,\"mtime\":[0,0]",
    "\"mode\":-1,\"mtime\":[0,0]",
    "\"mode\":0,\"mtime\":[0,0]",
    "\"mode\":33188,\"mtime\":[0,0]",
    "\"mode\":420,\"mtime\":[9223372036854775807,0]",
    "\"mode\":420,\"mtime\":[-9223372036854775808,999999999]",
    "\"mode\":420,\"mtime\":[0,1000000000]",
    "\"mode\":420,\"mtime\":[0,-1]",
    "\"mode\":420,\"mtime\":[0]",
    "\"mode\":420,\"mtime\":0",
    "\"mode\":420",
    "\"mtime\":[0,0]",
    "\"mode\":420,\"mtime\":[0,1073741823]",
    "\"mode\":420,\"mtime\":[0,1073741822]",
};

static const char HEX64[] = "0000000000000000000000000000000000000000000000000000000000000000";

static void write_numbers(struct hostile *h, const char *numbers, bool cut)
{
    hostile_text(h, "{\"path\":\"n\",\"type\":\"file\"," HOSTILE_META ",%s,", numbers);
    hostile_text(h, cut ? "\"sha256_before\":\"%s\"}\n" : "\"sha256\":\"%s\"," HOSTILE_XXH "}\n",
                 HEX64);
}

static void write_meta(struct hostile *h, const char *meta, bool file)
{
    if (!file)
        hostile_text(h, "{\"path\":\"m\",\"type\":\"folder\",%s}\n", meta);
    else
        hostile_text(
            h,
            "{\"path\":\"m\",\"type\":\"file\",%s,\"size\":5,\"sha256\":\"%s\"," HOSTILE_XXH
            ",\"extents\":[[0,0,5]]}\n",
            meta, hostile_hash(content, 5));
}

/* ---- pairs that quarrel, and lies about content ---- */

static const struct {
    const char *first, *second;
    bool first_is_folder, second_is_folder;
} PAIRS[] = {
    { "a", "a/b", false, false },       { "a/b", "a", false, false },
    { "a/b/c", "a/b", false, false },   { "a", "a", false, true },
    { "a", "a", true, false },          { "a", "a", true, true },
    { "a/b", "a/b/c/d", false, true },  { "out/a", "out/a/b", true, false },
    { "dir/kept", "dir", false, true }, { "dir/kept/x", "dir/kept", false, false },
    { "mine", "mine", false, false },   { "loop/loop", "loop", true, true },
    { ".", "a", true, false },
};

static void write_pair(struct hostile *h, size_t i)
{
    char path[2][64];

    (void)snprintf(path[0], sizeof path[0], "\"path\":\"%s\"", PAIRS[i].first);
    (void)snprintf(path[1], sizeof path[1], "\"path\":\"%s\"", PAIRS[i].second);
    if (PAIRS[i].first_is_folder)
        hostile_folder(h, path[0]);
    else
        hostile_file(h, path[0], 0, content, 0, 300);
    if (PAIRS[i].second_is_folder)
        hostile_folder(h, path[1]);
    else
        hostile_file(h, path[1], 0, content, 300, 300);
}

static void write_wrong_hash(struct hostile *h)
{
    hostile_text(h,
                 "{\"path\":\"w\",\"type\":\"file\"," HOSTILE_META
                 ",\"size\":5,\"sha256\":\"%s\"," HOSTILE_XXH ",\"extents\":[[0,0,5]]}\n",
                 HEX64);
}

/* A good manifest with one to four bytes of it changed, dropped or doubled. */
static void write_mutated(struct hostile *h, uint64_t seed)
{
    static const char alphabet[] = "\"{}[],:0123456789ae./\\u\n\xff ";

    hostile_folder(h, "\"path\":\"dir\"");
    hostile_file(h, "\"path\":\"dir/a\"", 0, content, 0, 400);
    hostile_file(h, "\"path64\":\"bm90LXV0ZjgtyA==\"", 0, content, 400, 0);
    hostile_file(h, "\"path\":\"b/c\"", 0, content, 500, 90000);
    for (unsigned i = 0; i <= seed % 4; i++) {
        uint64_t draw = fault_mix(seed * 16 + i);
        size_t at = draw % h->text_bytes;
        if (draw >> 62 == 0)
            memmove(h->text + at, h->text + at + 1, --h->text_bytes - at);
        else
            h->text[at] = alphabet[(draw >> 32) % (sizeof alphabet - 1)];
    }
}

/* Writes every roll; returns the number of the first that may be restored. */
static unsigned write_all(struct hostile *h)
{
    for (size_t i = 0; i < sizeof MUST_REFUSE / sizeof *MUST_REFUSE; i++)
        for (unsigned form = 0; form < FORMS; form++) {
            write_form(h, MUST_REFUSE[i], form);
            end_roll(h);
        }
    unsigned first = rolls;
    for (size_t i = 0; i < sizeof MAY_DO / sizeof *MAY_DO; i++)
        for (unsigned form = 0; form < FORMS; form++) {
            write_form(h, MAY_DO[i], form);
            end_roll(h);
        }
    for (size_t i = 0; i < 2 * sizeof NUMBERS / sizeof *NUMBERS; i++) {
        write_numbers(h, NUMBERS[i / 2], i % 2 != 0);
        end_roll(h);
    }
    for (size_t i = 0; i < 2 * sizeof METAS / sizeof *METAS; i++) {
        write_meta(h, METAS[i / 2], i % 2 != 0);
        end_roll(h);
    }
    for (size_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++) {
        write_pair(h, i);
        end_roll(h);
    }
    write_wrong_hash(h);
    end_roll(h);
    for (uint64_t seed = 0; seed < 256; seed++) {
        write_mutated(h, seed);
        end_roll(h);
    }
    return first;
}

/* ---- the folder that is restored to, and what stands around it ---- */

static void make_box(const struct world *w)
{
    out_drop(w, "box/dest");
    world_folder(w, "box/dest/dir");
    world_file(w, "box/dest/dir/kept", 21, 50);
    world_file(w, "box/dest/mine", 22, 60);
    world_folder(w, "box/dest/deep");
    world_must(symlink("../canary", world_path(w, "box/dest/out")) == 0, "out");
    world_must(symlink("../../canary", world_path(w, "box/dest/deep/out")) == 0, "deep/out");
    world_must(symlink("../canary/file", world_path(w, "box/dest/outfile")) == 0, "outfile");
    world_must(symlink("../canary/nowhere", world_path(w, "box/dest/dangling")) == 0, "dangling");
    world_must(symlink("loop", world_path(w, "box/dest/loop")) == 0, "loop");
    world_must(mkfifo(world_path(w, "box/dest/pipe"), 0600) == 0, "pipe");
    world_must(symlink("/proc", world_path(w, "box/dest/proc")) == 0, "proc");
}

static bool link_says(const struct world *w, const char *name, const char *to)
{
    char text[64];
    ssize_t len = readlink(world_path(w, name), text, sizeof text - 1);

    text[len > 0 ? len : 0] = '\0';
    return strcmp(text, to) == 0 || world_differ(name, "is another link, or none");
}

/* Nothing around it was touched, and nothing that stood in it either. */
static bool box_is_whole(const struct world *w)
{
    static const char *const links[][2] = {
        { "out", "../canary" },
        { "deep/out", "../../canary" },
        { "outfile", "../canary/file" },
        { "dangling", "../canary/nowhere" },
        { "loop", "loop" },
        { "proc", "/proc" },
    };
    bool whole = world_same(w, "canary-before", "box/canary");

    whole = folder_names(world_path(w, "box")) == 2 && whole;
    whole = !world_is_there(w, "x") && access("/tmp/safelight-evil", F_OK) != 0 && whole;
    whole = world_same_bytes(world_path(w, "box/dest/dir/kept"), world_path(w, "kept")) && whole;
    whole = world_same_bytes(world_path(w, "box/dest/mine"), world_path(w, "mine")) && whole;
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "box/dest/%s", links[i][0]);
        whole = link_says(w, name, links[i][1]) && whole;
    }
    return whole;
}

/* What was written: its hash stands in the manifest, no setuid, nothing half-named. */
static unsigned written;

static bool judge_file(int dir, const char *name, const struct stat *st, const char *manifest)
{
    uint8_t *bytes = malloc((size_t)st->st_size + 1);
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    bool good = bytes != NULL && fd >= 0 && read(fd, bytes, (size_t)st->st_size) == st->st_size;

    if (fd >= 0)
        (void)close(fd);
    good = good && (st->st_mode & 06000) == 0 &&
           strstr(manifest, hostile_hash(bytes, (size_t)st->st_size)) != NULL;
    free(bytes);
    written++;
    return good || world_differ(name, "was not signed so");
}

static bool judge_folder(int dir, const char *manifest, unsigned depth)
{
    DIR *at = fdopendir(dir);
    struct dirent *d = NULL;
    bool good = at != NULL;

    while (good && (d = readdir(at)) != NULL) {
        struct stat st;
        if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0 ||
            fstatat(dir, d->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        bool ours =
            strcmp(d->d_name, "kept") == 0 || (depth == 0 && strcmp(d->d_name, "mine") == 0);
        /* What was signed as closed to its owner is opened, to be looked at: root needs no such. */
        if ((S_ISREG(st.st_mode) && !ours) || S_ISDIR(st.st_mode))
            good = fchmodat(dir, d->d_name, st.st_mode | S_IRWXU, 0) == 0;
        if (S_ISREG(st.st_mode) && !ours)
            good = good && judge_file(dir, d->d_name, &st, manifest);
        if (S_ISDIR(st.st_mode) && depth < 100)
            good = judge_folder(openat(dir, d->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
                                manifest, depth + 1);
        if (depth == 0 && strncmp(d->d_name, ".safelight-restore-", 19) == 0)
            good = world_differ(d->d_name, "was left behind");
    }
    if (at != NULL)
        (void)closedir(at);
    return good;
}

/* ---- the run ---- */

static void be_quiet(void *who, enum sl_level level, const char *text)
{
    (void)who;
    (void)level;
    CHECK(text[0] != '\0');
}

static sl_rc restore_roll(struct insider *in, const struct sl_roll *roll, struct sl_restored *ret)
{
    static const struct sl_voice voice = { .say = be_quiet };
    struct sl_restore_in job = { .os = sl_os_real(),
                                 .voice = &voice,
                                 .vault = in->vault,
                                 .journal = in->journal,
                                 .roll = roll,
                                 .dest = world_path(in->w, "box/dest"),
                                 .one_thread = true };

    *ret = (struct sl_restored){ 0 };
    return sl_restore_run(&job, ret, &in->err);
}

static void one(struct insider *in, unsigned number, bool must_refuse, unsigned *refused)
{
    struct sl_restored r;
    char name[16];
    int before = check_failures;

    (void)snprintf(name, sizeof name, "H%05u", number);
    const struct sl_roll *roll =
        sl_journal_roll(in->journal, 0, (struct sl_view){ (const uint8_t *)name, 6 });
    CHECK(roll != NULL);
    if (roll == NULL)
        return;
    make_box(in->w);
    sl_rc rc = restore_roll(in, roll, &r);
    CHECK(rc == SL_OK || rc == SL_E_BROKEN || rc == SL_E_SYSTEM);
    CHECK(rc == SL_OK || in->err.text[0] != '\0');
    CHECK(!must_refuse || (rc == SL_E_BROKEN && r.files == 0 && r.folders == 0));
    CHECK(box_is_whole(in->w));
    CHECK(judge_folder(open(world_path(in->w, "box/dest"), O_RDONLY | O_DIRECTORY | O_CLOEXEC),
                       manifests[number], 0));
    *refused += rc != SL_OK ? 1 : 0;
    if (check_failures > before)
        printf("# roll %u, code %d: %.600s\n", number, (int)rc, manifests[number]);
}

static void restore__does_no_harm_whatever_a_manifest_says(void)
{
    struct world w;
    struct hostile h;
    unsigned refused = 0;

    world_new(&w, 2, 1);
    for (size_t i = 0; i < sizeof content; i++)
        content[i] = (uint8_t)(fault_mix(i) >> 40);
    world_file(&w, "box/canary/file", 11, 1000);
    world_file(&w, "box/canary/sub/file", 12, 10);
    world_file(&w, "kept", 21, 50);
    world_file(&w, "mine", 22, 60);
    world_copy(world_path(&w, "box/canary"), world_path(&w, "canary-before"));
    hostile_begin(&h, &w, 0);
    hostile_pack(&h, content, sizeof content);
    unsigned first = write_all(&h);
    CHECK(rolls >= 500);
    insider_look(&h.in);
    CHECK_EQ(h.in.journal->roll_count, rolls);
    for (unsigned i = 0; i < rolls; i++)
        one(&h.in, i, i < first, &refused);
    printf("# %u manifests, %u refused, %u files written\n", rolls, refused, written);
    CHECK(refused > first && refused < rolls); /* both happen */
    CHECK(written > 100);
    while (rolls > 0)
        free(manifests[--rolls]);
    hostile_end(&h);
    world_end(&w);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(restore__does_no_harm_whatever_a_manifest_says),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
