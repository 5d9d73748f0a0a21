/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The worked examples of docs/format/people.md, made again from fixed keys: the page must hold
 * exactly the block that comes out here. A block that differs is printed, to be looked at before it
 * is pasted: a change of these bytes is a change of the format. With a folder as its argument it
 * writes the things of the example there, each to a file: fuzz corpora.
 */
#include <stdarg.h>
#include <sys/wait.h>

#include "crypto/words.h"
#include "people.h"
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

static void begin(void)
{
    block_bytes = 0;
    say("```\n");
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

static void say_words(const char *what, struct sl_view in)
{
    char words[SL_WORDS_BYTES];

    sl_words_of(what, in, words);
    say("words      %s\n", words);
}

/* Whether docs/format/people.md holds the block. */
static void page_holds_it(void)
{
    static char page[PAGE_MAX];
    const char *source = getenv("SL_SOURCE");
    char path[4096];

    say("```\n");
    (void)snprintf(path, sizeof path, "%s/docs/format/people.md", source != NULL ? source : ".");
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

/* PEOPLE-2, PEOPLE-3 */
static void example__card(void)
{
    SL_AUTO_CLEAR(buf) b = sl_buf_upto(SL_CARD_BYTES_MAX);
    struct sl_age_identity *ana = fixed_identity(FIXED_PERSON);
    struct sl_secret *text = NULL;
    struct sl_sign_key key = { 0 };
    char seed[2 * SL_SIGN_SEED_BYTES + 1] = { 0 };

    begin();
    struct sl_view identity = people_text(ana, &text);
    CHECK_EQ(sl_person_sign_key(ana, &key, NULL), SL_OK);
    sl_hex_write(sl_secret_expose(key.bytes), seed);
    say("identity   %.*s\n", (int)identity.len, (const char *)identity.at);
    say("seed       %s\n", seed);
    CHECK_EQ(sl_card_write("Ana", ana, &b, NULL), SL_OK);
    dump("card", sl_buf_view(&b));
    say_words("card", sl_buf_view(&b));
    page_holds_it();
    keep("card", sl_buf_view(&b));
    sl_secret_free(text);
    sl_secret_free(key.bytes);
    sl_age_identity_free(ana);
}

static void example__invitation(void)
{
    SL_AUTO_CLEAR(buf) b = sl_buf_upto(SL_INVITATION_MAX);
    struct people s;

    begin();
    people_new(&s, true);
    CHECK_EQ(sl_invitation_write(&s.invitation, &s.maker, &b, NULL), SL_OK);
    dump("invitation", sl_buf_view(&b));
    say_words("invitation", sl_buf_view(&b));
    page_holds_it();
    keep("trustee", sl_buf_view(&b));
    people_end(&s);
    b.len = 0;
    people_new(&s, false);
    CHECK_EQ(sl_invitation_write(&s.invitation, &s.maker, &b, NULL), SL_OK);
    keep("member", sl_buf_view(&b));
    people_end(&s);
}

/* PEOPLE-1 to PEOPLE-3, PEOPLE-7, PEOPLE-17 by somebody else's code: the page is enough. */
static void example__reads_by_the_page_alone(void)
{
    const char *source = getenv("SL_SOURCE");
    char command[16384], line[256] = "";

    if (source == NULL)
        source = ".";
    (void)snprintf(command, sizeof command,
                   "python3 '%s/tests/format/plain_people.py' '%s/docs/format/people.md' "
                   "'%s/src/crypto/word_list.c'",
                   source, source, source);
    FILE *f = popen(command, "re");
    bool said = f != NULL && fgets(line, sizeof line, f) != NULL;
    int status = f != NULL ? pclose(f) : -1;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {
        check_skip("python3 is not installed");
        return;
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
        check_skip("python3-cryptography is not installed");
        return;
    }
    CHECK_EQ(status, 0);
    CHECK(said && strcmp(line, "fly fox move shiver purchase regular / feature enact interest "
                               "absorb donkey double\n") == 0);
}

int main(int argc, char **argv)
{
    static const struct check_case cases[] = {
        CASE(example__card),
        CASE(example__invitation),
        CASE(example__reads_by_the_page_alone),
    };

    fixed_start();
    folder = argc > 1 ? argv[1] : NULL;
    return check_run(cases, sizeof cases / sizeof *cases);
}
