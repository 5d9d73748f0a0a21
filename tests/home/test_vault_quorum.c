/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The lines of a vault that a production with trustees adds: person, quorum, test, trustee, sealed.
 * Written and read back; damaged, doubled, missing or alone they are refused.
 */
#include "check.h"
#include "fake/quorum_vault.h"

#define TEXT_ROOM 16384u
#define LINE_ROOM 2048u

static struct sl_vault *a_vault(enum sl_role role)
{
    struct sl_vault *v = fake_vault("/d", 3, 2);

    fake_quorum(v, role);
    return v;
}

static struct sl_secret *text_of(const struct sl_vault *v)
{
    struct sl_secret *text = NULL;

    CHECK_EQ(sl_vault_write(v, &text, NULL), SL_OK);
    return text;
}

static bool same_buf(const struct sl_buf *a, const struct sl_buf *b)
{
    return a->len == b->len && a->len > 0 && memcmp(a->at, b->at, a->len) == 0;
}

static void vault__with_a_quorum_reads_what_it_wrote(void)
{
    static const enum sl_role roles[] = { SL_ROLE_MAKER, SL_ROLE_MEMBER, SL_ROLE_TRUSTEE };

    for (size_t r = 0; r < sizeof roles / sizeof *roles; r++) {
        SL_AUTO_FREE(vault) *v = a_vault(roles[r]);
        SL_AUTO_FREE(vault) *back = NULL;
        SL_AUTO_FREE(secret) *text = text_of(v);
        struct sl_age_recipient mine, theirs;
        CHECK_EQ(sl_vault_read(sl_secret_expose(text), &back, NULL), SL_OK);
        if (back == NULL)
            return;
        SL_AUTO_FREE(secret) *again = text_of(back);
        CHECK(sl_secret_same(text, again));
        CHECK_EQ(back->role, roles[r]);
        CHECK_EQ(back->quorum_bytes, v->quorum_bytes);
        CHECK(memcmp(back->quorum, v->quorum, v->quorum_bytes) == 0);
        CHECK_EQ(back->trustee_count, 3);
        CHECK(memcmp(back->trustees, v->trustees, sizeof v->trustees) == 0);
        CHECK(back->person != NULL && back->locker_identities[0] == NULL);
        sl_age_identity_recipient(v->person, &mine);
        sl_age_identity_recipient(back->person, &theirs);
        CHECK(memcmp(mine.point, theirs.point, sizeof mine.point) == 0);
        for (size_t i = 0; i < v->locker_count; i++)
            CHECK(same_buf(&v->sealed[i], &back->sealed[i]));
        CHECK(same_buf(&v->test_locker, &back->test_locker));
        CHECK(same_buf(&v->test_request, &back->test_request));
    }
}

/* The most that can be: every trustee, every locker, each as long as X25519 makes it. */
static void vault__with_a_quorum_at_its_limits_is_written_and_read(void)
{
    SL_AUTO_FREE(vault) *v = a_vault(SL_ROLE_MAKER);
    SL_AUTO_FREE(vault) *back = NULL;

    for (size_t i = v->locker_count; i < SL_LOCKERS_MAX; i++) {
        v->lockers[i] = v->lockers[0];
        sl_id_draw(&v->lockers[i].id);
        (void)snprintf(v->lockers[i].alias, sizeof v->lockers[i].alias, "l%zu", i);
        v->sealed[i] = fake_bytes((uint8_t)i, 700);
    }
    v->locker_count = SL_LOCKERS_MAX;
    for (size_t i = v->trustee_count; i < SL_TRUSTEES_MAX; i++) {
        v->trustees[i] = v->trustees[0];
        (void)snprintf(v->trustees[i].alias, sizeof v->trustees[i].alias, "t%zu", i + 1);
    }
    v->trustee_count = v->quorum[15] = SL_TRUSTEES_MAX;
    v->quorum_bytes = sizeof v->quorum;
    SL_AUTO_FREE(secret) *text = text_of(v);
    CHECK_EQ(sl_vault_read(sl_secret_expose(text), &back, NULL), SL_OK);
    CHECK(back != NULL && back->trustee_count == SL_TRUSTEES_MAX);
}

/* ---- damage ---- */

static sl_rc read_text(const char *text, size_t len)
{
    struct sl_vault *v = NULL;
    struct sl_err err = { 0 };

    sl_rc rc = sl_vault_read((struct sl_view){ (const uint8_t *)text, len }, &v, &err);
    CHECK(rc == SL_OK || (v == NULL && err.text[0] != '\0'));
    CHECK(strstr(err.text, "AGE-SECRET-KEY") == NULL);
    sl_vault_free(v);
    return rc;
}

/* Whether the line at `at`, of a text that ends at `end` without NUL, begins with that word. */
static bool begins(const char *at, const char *end, const char *word)
{
    size_t len = strlen(word);

    return (size_t)(end - at) > len && memcmp(at, word, len) == 0 && at[len] == ' ';
}

/* The text with the `nth` line (from 0) that begins with `word` replaced by `with` ("": left out).
 */
static size_t with_line(struct sl_view text, const char *word, unsigned nth, const char *with,
                        char *to)
{
    const char *at = (const char *)text.at, *end = at + text.len;
    size_t len = 0;
    unsigned seen = 0;

    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        stop = stop != NULL ? stop + 1 : end;
        bool it = begins(at, end, word);
        if (!it || seen++ != nth) {
            memcpy(to + len, at, (size_t)(stop - at));
            len += (size_t)(stop - at);
        } else if (with[0] != '\0') {
            len += (size_t)sprintf(to + len, "%s\n", with);
        }
        at = stop;
    }
    return len;
}

/* The line itself. */
static void line_of(struct sl_view text, const char *word, char ret[LINE_ROOM])
{
    const char *at = (const char *)text.at, *end = at + text.len;

    ret[0] = '\0';
    while (at < end && ret[0] == '\0') {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (begins(at, end, word)) {
            CHECK((size_t)(stop - at) < LINE_ROOM);
            memcpy(ret, at, (size_t)(stop - at));
            ret[stop - at] = '\0';
        }
        at = stop + 1;
    }
    CHECK(ret[0] != '\0');
}

static void vault__refuses_each_damaged_line_of_a_quorum(void)
{
    static const struct {
        const char *word, *with;
    } rows[] = {
        { "person", "person" },
        { "person", "person " },
        { "person", "person AGE-SECRET-KEY-1QQQQ" },
        { "person", "person age1nonsense" },
        { "quorum", "quorum" },
        { "quorum", "quorum " },
        { "quorum", "quorum 5a" },   /* too short to name t and m */
        { "quorum", "quorum 5a5" },  /* half a byte */
        { "quorum", "quorum 5A5A" }, /* one spelling */
        { "test", "test" },
        { "test", "test 20" }, /* the request is missing */
        { "test", "test 20 2g" },
        { "test", "test 20 21 22" },
        { "trustee", "trustee" },
        { "trustee", "trustee t1" },
        { "trustee", "trustee t1 age1nonsense" },
        { "trustee", "trustee ../t1 age1nonsense" },
        { "trustee", "" }, /* fewer than the block says */
        { "sealed", "sealed" },
        { "sealed", "sealed 1" },
        { "sealed", "sealed zz" },
        { "sealed", "sealed 10 10" },
        { "sealed", "" }, /* a locker that nobody could ever open */
        { "quorum", "" },
        { "test", "" },
    };
    SL_AUTO_FREE(vault) *v = a_vault(SL_ROLE_MEMBER);
    SL_AUTO_FREE(secret) *text = text_of(v);
    static char bad[TEXT_ROOM];

    CHECK(sl_secret_expose(text).len + LINE_ROOM < sizeof bad);
    CHECK_EQ(read_text(bad, with_line(sl_secret_expose(text), "nothing", 0, "", bad)), SL_OK);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t len = with_line(sl_secret_expose(text), rows[i].word, 0, rows[i].with, bad);
        sl_rc rc = read_text(bad, len);
        CHECK_EQ(rc, SL_E_BROKEN);
        if (rc != SL_E_BROKEN)
            printf("# that was '%s' for '%s'\n", rows[i].with, rows[i].word);
    }
}

static void vault__refuses_a_doubled_line_of_a_quorum(void)
{
    static const char *const words[] = { "person", "quorum", "test", "trustee", "sealed" };
    SL_AUTO_FREE(vault) *v = a_vault(SL_ROLE_TRUSTEE);
    SL_AUTO_FREE(secret) *text = text_of(v);
    static char bad[TEXT_ROOM], line[LINE_ROOM], twice[2 * LINE_ROOM + 2];

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        line_of(sl_secret_expose(text), words[i], line);
        (void)snprintf(twice, sizeof twice, "%s\n%s", line, line);
        CHECK_EQ(read_text(bad, with_line(sl_secret_expose(text), words[i], 0, twice, bad)),
                 SL_E_BROKEN);
    }
}

/* Nothing of a quorum stands in a vault that has none. */
static void vault__without_a_quorum_refuses_each_of_its_lines(void)
{
    static const char *const words[] = { "quorum", "test", "trustee", "sealed" };
    SL_AUTO_FREE(vault) *v = a_vault(SL_ROLE_MAKER);
    SL_AUTO_FREE(vault) *plain = fake_vault("/d", 3, 2);
    SL_AUTO_FREE(secret) *text = text_of(v);
    SL_AUTO_FREE(secret) *bare = text_of(plain);
    static char bad[TEXT_ROOM], line[LINE_ROOM], both[2 * LINE_ROOM], care[LINE_ROOM];

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const char *behind = strcmp(words[i], "sealed") == 0 ? "locker" : "care";
        line_of(sl_secret_expose(bare), behind, care);
        line_of(sl_secret_expose(text), words[i], line);
        (void)snprintf(both, sizeof both, "%s\n%s", care, line);
        CHECK_EQ(read_text(bad, with_line(sl_secret_expose(bare), behind, 0, both, bad)),
                 SL_E_BROKEN);
    }
    line_of(sl_secret_expose(bare), "care", care); /* a person may stand there alone */
    line_of(sl_secret_expose(text), "person", line);
    (void)snprintf(both, sizeof both, "%s\n%s", care, line);
    CHECK_EQ(read_text(bad, with_line(sl_secret_expose(bare), "care", 0, both, bad)), SL_OK);
}

static void vault__with_a_quorum_cut_anywhere_is_refused(void)
{
    SL_AUTO_FREE(vault) *v = a_vault(SL_ROLE_TRUSTEE);
    SL_AUTO_FREE(secret) *text = text_of(v);
    struct sl_view whole = sl_secret_expose(text);

    for (size_t len = 0; len + 1 < whole.len; len += 7)
        CHECK_EQ(read_text((const char *)whole.at, len), SL_E_BROKEN);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(vault__with_a_quorum_reads_what_it_wrote),
        CASE(vault__with_a_quorum_at_its_limits_is_written_and_read),
        CASE(vault__refuses_each_damaged_line_of_a_quorum),
        CASE(vault__refuses_a_doubled_line_of_a_quorum),
        CASE(vault__without_a_quorum_refuses_each_of_its_lines),
        CASE(vault__with_a_quorum_cut_anywhere_is_refused),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
