/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Both ways with Debian's age: what it writes is read here, what is written here it reads.
 */
#include <unistd.h>

#include "foreign.h"
#include "kit.h"

#define NO_AGE    "age is not installed"
#define NO_PYTHON "python3 is not installed"
#define MOST      200000u

static uint8_t plain[MOST];

/* A folder of this test's own; removed with its four files. */
static char folder[] = "/tmp/safelight-age-XXXXXX";
static const char *const NAMES[] = { "key", "plain", "sealed", "opened" };

static char *path_of(const char *name)
{
    char *path = NULL;

    if (asprintf(&path, "%s/%s", folder, name) < 0)
        abort();
    return path;
}

static void put_file(const char *name, struct sl_view bytes)
{
    char *path = path_of(name);
    FILE *f = fopen(path, "wb");

    CHECK(f != NULL && (bytes.len == 0 || fwrite(bytes.at, 1, bytes.len, f) == bytes.len));
    CHECK(f != NULL && fclose(f) == 0);
    free(path);
}

static void get_file(const char *name, struct sl_buf *ret)
{
    char *path = path_of(name);

    ret->len = 0;
    CHECK(foreign_read(path, ret));
    free(path);
}

/* Run a line of sh in the folder. */
static int run(const char *line)
{
    const struct sl_os *os = sl_os_real();
    char whole[1024];
    const char *const argv[] = { "sh", "-c", whole, NULL };

    (void)snprintf(whole, sizeof whole, "cd %s && { %s; } 2>log", folder, line);
    return os->run(os->self, argv, NULL);
}

static bool there_is(const char *program)
{
    char line[64];

    (void)snprintf(line, sizeof line, "command -v %s", program);
    return run(line) == 0;
}

static const size_t LENGTHS[] = { 0, 1, 65535, 65536, 65537, 131072, MOST };
#define LENGTHS_COUNT (sizeof LENGTHS / sizeof *LENGTHS)

static void put_identity(const struct sl_age_identity *id)
{
    SL_AUTO_FREE(secret) *text = NULL;

    CHECK_EQ(sl_age_identity_text(id, &text, NULL), SL_OK);
    struct sl_view t = sl_secret_expose(text);
    put_file("key", (struct sl_view){ t.at, t.len - 1 });
}

static void age__opens_what_is_sealed_here(void)
{
    struct sl_age_recipient to[2];
    struct sl_age_identity *id = kit_identity(&to[1]), *other = kit_identity(&to[0]);

    if (!there_is("age"))
        check_skip(NO_AGE);
    put_identity(id);
    for (size_t i = 0; i < LENGTHS_COUNT && there_is("age"); i++) {
        struct sl_buf header = sl_buf_upto(4096), file = sl_buf_upto(1u << 20);
        struct sl_age_key key = { 0 };
        SL_AUTO_FREE(age_writer) *w = NULL;
        struct sl_view in = { plain, LENGTHS[i] };

        CHECK_EQ(sl_age_header_seal(to, 2, &header, &key, NULL), SL_OK);
        CHECK_EQ(sl_age_writer_new(sl_buf_view(&header), &key, i % 2 == 0, &w, NULL), SL_OK);
        CHECK_EQ(sl_age_writer_put(w, in, &file, NULL), SL_OK);
        CHECK_EQ(sl_age_writer_finish(w, &file, NULL), SL_OK);
        put_file("sealed", sl_buf_view(&file));
        CHECK_EQ(run("age -d -i key sealed >opened"), 0);
        get_file("opened", &file);
        CHECK(foreign_same(sl_buf_view(&file), plain, LENGTHS[i]));
        sl_secret_free(key.bytes);
        sl_buf_clear(&header);
        sl_buf_clear(&file);
    }
    sl_age_identity_free(id);
    sl_age_identity_free(other);
}

static void age__is_opened_here(void)
{
    struct kit_keys k = { 0 };
    struct sl_age_recipient to;
    char text[SL_AGE_RECIPIENT_TEXT], line[256];

    k.identity[k.identities++] = kit_identity(&to);
    sl_age_recipient_text(&to, text);
    if (!there_is("age"))
        check_skip(NO_AGE);
    for (size_t i = 0; i < LENGTHS_COUNT && there_is("age"); i++) {
        struct sl_buf file = sl_buf_upto(1u << 20), out = sl_buf_upto(1u << 20);

        put_file("plain", (struct sl_view){ plain, LENGTHS[i] });
        (void)snprintf(line, sizeof line, "age %s -r %s -o sealed plain", i % 2 == 0 ? "-a" : "",
                       text);
        CHECK_EQ(run(line), 0);
        get_file("sealed", &file);
        CHECK_EQ(kit_open(&k, sl_buf_view(&file), 8191, &out, NULL), SL_OK);
        CHECK(foreign_same(sl_buf_view(&out), plain, LENGTHS[i]));
        sl_buf_clear(&file);
        sl_buf_clear(&out);
    }
    kit_clear(&k);
}

static void age_keygen__makes_keys_that_are_read_here(void)
{
    struct sl_buf text = sl_buf_upto(4096);
    SL_AUTO_FREE(age_identity) *id = NULL;
    struct sl_age_recipient r = { 0 };
    char public[SL_AGE_RECIPIENT_TEXT];
    static const char mark[] = "# public key: ";

    if (!there_is("age-keygen"))
        return check_skip(NO_AGE);
    CHECK_EQ(run("rm -f key; age-keygen -o key"), 0);
    get_file("key", &text);
    bool same = false;
    for (struct sl_cur c = sl_cur_over(sl_buf_view(&text)); c.left > 0;) {
        struct sl_view line = foreign_line(&c), named = line;
        if (line.len > strlen(mark) && memcmp(line.at, mark, strlen(mark)) == 0) {
            named = (struct sl_view){ line.at + strlen(mark), line.len - strlen(mark) };
            CHECK_EQ(sl_age_recipient_read(named, &r, NULL), SL_OK);
        } else if (line.len > 0 && line.at[0] != '#') {
            CHECK_EQ(sl_age_identity_read(line, &id, NULL), SL_OK);
            struct sl_age_recipient own;
            sl_age_identity_recipient(id, &own);
            same = memcmp(&own, &r, sizeof r) == 0;
        }
    }
    CHECK(same);
    sl_age_recipient_text(&r, public);
    CHECK(memmem(text.at, text.len, public, strlen(public)) != NULL);
    sl_buf_clear(&text);
}

/* age asks for a passphrase on a terminal only; Python gives it one. */
static const char TERMINAL[] = "import os,pty,sys\n"
                               "pid,fd=pty.fork()\n"
                               "if pid==0: os.execvp(sys.argv[1],sys.argv[1:])\n"
                               "seen=b''\n"
                               "while True:\n"
                               " try: got=os.read(fd,1000)\n"
                               " except OSError: break\n"
                               " if not got: break\n"
                               " seen+=got\n"
                               " if seen.rstrip().endswith(b':'):\n"
                               "  os.write(fd,b'red lamp\\n'); seen=b''\n"
                               "sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid,0)[1]))\n";

static void age__and_we_open_each_others_passphrases(void)
{
    struct kit_keys k = { .passphrase = { text_view("red lamp") }, .passphrases = 1 };
    struct sl_buf file = sl_buf_upto(1u << 20), out = sl_buf_upto(1u << 20);

    if (!there_is("age"))
        return check_skip(NO_AGE);
    if (!there_is("python3"))
        return check_skip(NO_PYTHON);
    put_file("key", text_view(TERMINAL));
    put_file("plain", (struct sl_view){ plain, 70000 });
    CHECK_EQ(run("rm -f sealed; python3 key age -p -o sealed plain >log2"), 0);
    get_file("sealed", &file);
    CHECK_EQ(kit_open(&k, sl_buf_view(&file), 8191, &out, NULL), SL_OK);
    CHECK(foreign_same(sl_buf_view(&out), plain, 70000));
    file.len = 0;
    CHECK_EQ(sl_age_seal_passphrase(text_view("red lamp"), SL_AGE_WORK_HOME,
                                    (struct sl_view){ plain, 70000 }, &file, NULL),
             SL_OK);
    put_file("sealed", sl_buf_view(&file));
    CHECK_EQ(run("rm -f opened; python3 key age -d -o opened sealed >log2"), 0);
    get_file("opened", &out);
    CHECK(foreign_same(sl_buf_view(&out), plain, 70000));
    sl_buf_clear(&file);
    sl_buf_clear(&out);
}

static const struct check_case cases[] = {
    CASE(age__opens_what_is_sealed_here),
    CASE(age__is_opened_here),
    CASE(age_keygen__makes_keys_that_are_read_here),
    CASE(age__and_we_open_each_others_passphrases),
};

int main(void)
{
    ready();
    kit_fill(plain, sizeof plain);
    if (mkdtemp(folder) == NULL)
        return EXIT_FAILURE;
    int failed = check_run(cases, sizeof cases / sizeof *cases);
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        char *path = path_of(NAMES[i]);
        (void)unlink(path);
        free(path);
    }
    (void)run("rm -f log2");
    char *log = path_of("log");
    (void)unlink(log);
    free(log);
    (void)rmdir(folder);
    return failed;
}
