/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The worked example of docs/format/quorum.md, made again from fixed keys and the fixed stream:
 * the page must hold exactly the block that comes out here. A block that differs is printed, to be
 * looked at before it is pasted: a change of these bytes is a change of the format. With a folder
 * as its argument it writes the things of the example there, each to a file: fuzz corpora.
 */
#include <stdarg.h>
#include <sys/wait.h>

#include "scene.h"
#include "json/text.h"

#define PAGE_MAX 65536

static char block[PAGE_MAX];
static size_t block_bytes;
static const char *folder;

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
    block_bytes = 0;
    say("```\n");
}

static void keep(const char *name, struct sl_view in)
{
    char path[4096];

    if (folder == NULL)
        return;
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "we");
    CHECK(f != NULL && fwrite(in.at, 1, in.len, f) == in.len);
    CHECK(f != NULL && fclose(f) == 0);
}

static void dump(const char *what, struct sl_view in)
{
    say("%s, %zu bytes:\n", what, in.len);
    for (size_t at = 0; at < in.len; at += 32) {
        char text[65] = { 0 };
        sl_hex_write(view_of(in.at + at, in.len - at < 32 ? in.len - at : 32), text);
        say("%04zx  %s\n", at, text);
    }
    keep(what, in);
}

/* Whether docs/format/quorum.md holds the block. */
static void page_holds_it(void)
{
    static char page[PAGE_MAX];
    const char *source = getenv("SL_SOURCE");
    char path[4096];

    say("```\n");
    (void)snprintf(path, sizeof path, "%s/docs/format/quorum.md", source != NULL ? source : ".");
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

/* In the order in which the page says that they are drawn. FORMAT-5 */
static void example__quorum(void)
{
    SL_AUTO_CLEAR(buf) out = sl_buf_upto(PAGE_MAX);
    struct sl_secret *share = NULL;
    struct scene s;

    fixed_start();
    scene_new(&s, 2, 3);
    begin();
    CHECK_EQ(sl_quorum_write(&s.quorum, &out, NULL), SL_OK);
    dump("quorum", sl_buf_view(&out));
    for (unsigned i = 0; i < 2; i++) {
        CHECK_EQ(sl_share_write(&s.shares[i], &share, NULL), SL_OK);
        dump(i == 0 ? "share 1" : "share 2", sl_secret_expose(share));
        sl_secret_free(share);
    }
    out.len = 0;
    CHECK_EQ(sl_locker_write(&s.locker, &out, NULL), SL_OK);
    dump("locker", sl_buf_view(&out));
    dump("request", sl_buf_view(&s.request_bytes));
    page_holds_it();
    scene_end(&s);
}

static void example__answer_as_text(void)
{
    SL_AUTO_CLEAR(buf) text = sl_buf_upto(PAGE_MAX);
    struct sl_answer yes, no;
    struct scene s;

    fixed_start();
    scene_new(&s, 2, 3);
    struct sl_asked asked = scene_asked(&s);
    scene_answer(&s, 1, &yes);
    CHECK_EQ(sl_answer_no(&asked, 2, &s.keys[1], NULL, &no, NULL), SL_OK);
    keep("yes", view_of(yes.bytes, sizeof yes.bytes));
    keep("no", view_of(no.bytes, sizeof no.bytes));
    CHECK_EQ(sl_post_write(SL_POST_REQUEST, sl_buf_view(&s.request_bytes), &text, NULL), SL_OK);
    keep("request.txt", sl_buf_view(&text));
    text.len = 0;
    CHECK_EQ(sl_post_write(SL_POST_ANSWER, view_of(yes.bytes, sizeof yes.bytes), &text, NULL),
             SL_OK);
    keep("answer.txt", sl_buf_view(&text));
    begin();
    say("%.*s", (int)text.len, (const char *)text.at);
    page_holds_it();
    scene_end(&s);
}

/* G' of locker proofs: hashed to the group, so that nobody knows its logarithm. QUORUM-13 */
static void example__second_generator(void)
{
    struct sl_point p;

    fixed_start();
    begin();
    sl_second_base(&p);
    dump("G'", view_of(p.bytes, sizeof p.bytes));
    page_holds_it();
}

/* QUORUM-8, QUORUM-13, QUORUM-14, QUORUM-25 by somebody else's code: the page is enough. */
static void example__opens_by_the_page_alone(void)
{
    const char *source = getenv("SL_SOURCE");
    char command[8192], line[256] = "", want[SL_AGE_IDENTITY_TEXT + 1];
    struct sl_secret *text = NULL;
    struct sl_age_identity *identity;

    fixed_start();
    identity = fixed_identity(FIXED_LOCKER);
    CHECK_EQ(sl_age_identity_text(identity, &text, NULL), SL_OK);
    (void)snprintf(want, sizeof want, "%s\n", (const char *)sl_secret_expose(text).at);
    if (source == NULL)
        source = ".";
    (void)snprintf(command, sizeof command,
                   "python3 '%s/tests/quorum/plain_quorum.py' '%s/docs/format/quorum.md'", source,
                   source);
    FILE *f = popen(command, "re");
    bool said = f != NULL && fgets(line, sizeof line, f) != NULL;
    int status = f != NULL ? pclose(f) : -1;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {
        check_skip("python3 is not installed");
    } else {
        CHECK_EQ(status, 0);
        CHECK(said && strcmp(line, want) == 0);
    }
    sl_secret_free(text);
    sl_age_identity_free(identity);
}

int main(int argc, char **argv)
{
    static const struct check_case cases[] = {
        CASE(example__quorum),
        CASE(example__answer_as_text),
        CASE(example__second_generator),
        CASE(example__opens_by_the_page_alone),
    };

    folder = argc > 1 ? argv[1] : NULL;
    return check_run(cases, sizeof cases / sizeof *cases);
}
