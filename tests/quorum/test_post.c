/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Texts through mail programs: every kind of damage that they do is survived, every other is
 * noticed, and every text fits 1,500 characters.
 */
#include "format/person.h"
#include "scene.h"

#define LETTER_MAX 16384u

/* One true answer as text; the scene is the caller's to end. */
static struct sl_buf answer_text(struct scene *s, struct sl_answer *a)
{
    struct sl_buf text = sl_buf_upto(LETTER_MAX);

    scene_new(s, 2, 3);
    scene_answer(s, 1, a);
    CHECK_EQ(sl_post_write(SL_POST_ANSWER, view_of(a->bytes, sizeof a->bytes), &text, NULL), SL_OK);
    return text;
}

static bool reads_as(struct sl_view letter, enum sl_post_kind kind, size_t index,
                     struct sl_view want)
{
    SL_AUTO_CLEAR(buf) got = sl_buf_upto(LETTER_MAX);
    struct sl_err err = { 0 };
    sl_rc rc = sl_post_read(kind, letter, index, &got, &err);

    if (rc != SL_OK)
        printf("# %s\n", err.text);
    return rc == SL_OK && got.len == want.len && memcmp(got.at, want.at, want.len) == 0;
}

/* Texts that begin every line of `out` after a break. */
static void put(struct sl_buf *out, const char *text)
{
    CHECK_EQ(sl_buf_put(out, view_text(text), NULL), SL_OK);
}

/* Copy `text`, a line anew every `columns` (0: where it breaks itself), each begun and ended so. */
static void rewrap(struct sl_view text, size_t columns, const char *begin, const char *end,
                   struct sl_buf *out)
{
    size_t column = 0;

    put(out, begin);
    for (size_t i = 0; i < text.len; i++) {
        bool breaks = text.at[i] == '\n' || (columns > 0 && column == columns);
        if (breaks) {
            put(out, end);
            put(out, begin);
            column = 0;
        }
        if (text.at[i] != '\n') {
            CHECK_EQ(sl_buf_put(out, view_of(text.at + i, 1), NULL), SL_OK);
            column++;
        }
    }
    put(out, end);
}

/* QUORUM-27 */
static void post__of_an_answer_fits_1500_characters(void)
{
    struct sl_answer a;
    struct scene s;
    SL_AUTO_CLEAR(buf) text = answer_text(&s, &a);

    CHECK(text.len <= SL_POST_TEXT_MAX);
    CHECK(reads_as(sl_buf_view(&text), SL_POST_ANSWER, 0, view_of(a.bytes, sizeof a.bytes)));
    for (size_t i = 0, column = 0; i < text.len; i++) {
        column = text.at[i] == '\n' ? 0 : column + 1;
        CHECK(column <= 64 && (text.at[i] == '\n' || (text.at[i] >= ' ' && text.at[i] < 0x7f)));
    }
    scene_end(&s);
}

/* QUORUM-27: an answer travels sealed to who asked. */
static void post__of_a_sealed_answer_fits_too(void)
{
    SL_AUTO_CLEAR(buf) text = sl_buf_upto(LETTER_MAX), sealed = sl_buf_upto(LETTER_MAX),
                       got = sl_buf_upto(LETTER_MAX), plain = sl_buf_upto(LETTER_MAX);
    struct sl_age_recipient to = fixed_recipient(FIXED_CARE); /* the request's */
    struct sl_age_identity *care = fixed_identity(FIXED_CARE);
    struct sl_answer a;
    struct scene s;

    scene_new(&s, 2, 3);
    scene_answer(&s, 1, &a);
    CHECK_EQ(sl_age_seal(&to, 1, view_of(a.bytes, SL_ANSWER_BYTES), &sealed, NULL), SL_OK);
    CHECK_EQ(sealed.len, 980);
    CHECK_EQ(sl_post_write(SL_POST_ANSWER, sl_buf_view(&sealed), &text, NULL), SL_OK);
    CHECK(text.len <= SL_POST_TEXT_MAX);
    CHECK_EQ(sl_post_read(SL_POST_ANSWER, sl_buf_view(&text), 0, &got, NULL), SL_OK);
    CHECK_EQ(sl_age_open(sl_buf_view(&got), &care, 1, &plain, NULL), SL_OK);
    CHECK(plain.len == SL_ANSWER_BYTES && memcmp(plain.at, a.bytes, plain.len) == 0);
    sl_age_identity_free(care);
    scene_end(&s);
}

/* A person's card, the longest there is, with a name that mail programs would chew on. */
static void post__of_a_card_survives_mail(void)
{
    SL_AUTO_CLEAR(buf) card = sl_buf_upto(SL_CARD_BYTES_MAX), text = sl_buf_upto(LETTER_MAX),
                       letter = sl_buf_upto(LETTER_MAX), got = sl_buf_upto(LETTER_MAX);
    struct sl_age_identity *ana = fixed_identity(FIXED_LOCKER);
    struct sl_person_card back;
    static const char name[] = "> -----END SAFELIGHT CARD----- = From me 01234567890123456789 ok";

    CHECK_EQ(sl_card_write(name, ana, &card, NULL), SL_OK);
    CHECK_EQ(strlen(name), SL_PERSON_NAME_MAX);
    CHECK_EQ(sl_post_write(SL_POST_CARD, sl_buf_view(&card), &text, NULL), SL_OK);
    CHECK(text.len < SL_POST_TEXT_MAX / 2 &&
          memmem(text.at, 31, "-----BEGIN SAFELIGHT CARD-----\n", 31) == text.at);
    put(&letter, "Dear Bo,\nmy card:\n");
    rewrap(sl_buf_view(&text), 50, "> ", "\r\n", &letter);
    CHECK_EQ(sl_post_read(SL_POST_CARD, sl_buf_view(&letter), 0, &got, NULL), SL_OK);
    CHECK_EQ(sl_card_read(sl_buf_view(&got), &back, NULL), SL_OK);
    CHECK(strcmp(back.name, name) == 0);
    sl_age_identity_free(ana);
}

/* QUORUM-28: the checksum is over the kind too. */
static void post__of_one_kind_is_not_read_as_another(void)
{
    static const char *const names[] = { "a request", "an answer", "a card" };
    static const char *const lines[] = { "REQUEST", "ANSWER", "CARD" };

    for (enum sl_post_kind is = 0; is < SL_POST_KINDS; is++)
        for (enum sl_post_kind want = 0; want < SL_POST_KINDS; want++) {
            SL_AUTO_CLEAR(buf) text = sl_buf_upto(LETTER_MAX), got = sl_buf_upto(LETTER_MAX);
            struct sl_err err = { 0 };
            char sentence[64], body[64] = "", forged[256];
            if (is == want)
                continue;
            CHECK_EQ(sl_post_write(is, view_text("some bytes"), &text, NULL), SL_OK);
            CHECK_EQ(sl_post_read(want, sl_buf_view(&text), 0, &got, &err), SL_E_USAGE);
            (void)snprintf(sentence, sizeof sentence, "this is %s, not %s", names[is], names[want]);
            CHECK(says(&err, sentence));
            const uint8_t *first = memchr(text.at, '\n', text.len);
            (void)sscanf((const char *)first + 1, "%63[^\n]", body);
            (void)snprintf(forged, sizeof forged,
                           "-----BEGIN SAFELIGHT %s-----\n%s\n-----END SAFELIGHT %s-----\n",
                           lines[want], body, lines[want]);
            CHECK_EQ(sl_post_read(want, view_text(forged), 0, &got, &err), SL_E_BROKEN);
            CHECK(says(&err, "changed on its way") && got.len == 0);
        }
}

static void post__of_the_longest_request_fits_too(void)
{
    SL_AUTO_CLEAR(buf) text = sl_buf_upto(LETTER_MAX);
    struct sl_err err = { 0 };
    struct scene s;

    scene_new(&s, 2, 3);
    memset(s.request.reason, 'a', SL_REQUEST_REASON_MAX);
    scene_sign_request(&s);
    struct sl_view bytes = sl_buf_view(&s.request_bytes);
    CHECK_EQ(sl_post_write(SL_POST_REQUEST, bytes, &text, NULL), SL_OK);
    CHECK(text.len <= SL_POST_TEXT_MAX);
    CHECK(reads_as(sl_buf_view(&text), SL_POST_REQUEST, 0, bytes));
    memset(s.request.recipient, 'a', SL_RECIPIENT_MAX); /* a recipient that is longer some day */
    s.request.recipient[SL_RECIPIENT_MAX] = '\0';
    scene_sign_request(&s);
    text.len = 0;
    CHECK_EQ(sl_post_write(SL_POST_REQUEST, sl_buf_view(&s.request_bytes), &text, &err),
             SL_E_USAGE);
    CHECK(says(&err, "1500 characters") && text.len == 0);
    scene_end(&s);
}

static void post__fits_1500_characters_to_the_last_byte(void)
{
    uint8_t bytes[2048];
    size_t longest = 0;

    memset(bytes, 0xa5, sizeof bytes);
    for (size_t len = 1; len <= sizeof bytes; len++) {
        SL_AUTO_CLEAR(buf) text = sl_buf_upto(LETTER_MAX);
        sl_rc rc = sl_post_write(SL_POST_ANSWER, view_of(bytes, len), &text, NULL);
        CHECK(rc == SL_OK ? text.len <= SL_POST_TEXT_MAX : rc == SL_E_USAGE);
        if (rc != SL_OK)
            continue;
        CHECK(longest == len - 1); /* no gaps */
        longest = len;
        CHECK(reads_as(sl_buf_view(&text), SL_POST_ANSWER, 0, view_of(bytes, len)));
    }
    CHECK_EQ(longest, 1053);
}

/* QUORUM-29 */
static void post__survives_what_mail_programs_do(void)
{
    static const struct {
        const char *why;
        size_t columns;
        const char *begin, *end;
    } damage[] = {
        { "CRLF", 0, "", "\r\n" },
        { "old CR", 0, "", "\r" },
        { "a quote", 0, "> ", "\n" },
        { "a quote of a quote", 0, ">> ", "\r\n" },
        { "another", 0, "> > > ", "\n" },
        { "bars", 0, "| ", "\n" },
        { "wrapped narrow", 40, "", "\n" },
        { "wrapped in the first line", 17, "", "\n" },
        { "wrapped, quoted", 60, "> ", "\r\n" },
        { "one letter a line", 1, "", "\n" },
        { "indented", 0, "        ", "\n" },
        { "tabs and trailing blanks", 0, "\t", "  \t\n" },
        { "empty lines between", 0, "", "\n\n" },
        { "no-break blanks", 0, "\xc2\xa0\xc2\xa0", "\xc2\xa0\n" },
        { "zero-width blanks", 20, "\xe2\x80\x8b", "\n" },
        { "soft line breaks", 30, "", "=\r\n" },
        { "all in one line", 0, "", " " },
        { "a byte order mark", 0, "\xef\xbb\xbf", "\n" },
        { "dashes escaped", 0, "- ", "\n" },
    };
    struct sl_answer a;
    struct scene s;
    SL_AUTO_CLEAR(buf) text = answer_text(&s, &a);

    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        SL_AUTO_CLEAR(buf) letter = sl_buf_upto(LETTER_MAX);
        put(&letter, "Dear Bo,\n\nhere it is. -----\n\n");
        rewrap(sl_buf_view(&text), damage[i].columns, damage[i].begin, damage[i].end, &letter);
        put(&letter, "\n-- \nAna, Tel. +98 =3D\n");
        bool good =
            reads_as(sl_buf_view(&letter), SL_POST_ANSWER, 0, view_of(a.bytes, sizeof a.bytes));
        if (!good)
            printf("# not after: %s\n", damage[i].why);
        CHECK(good);
    }
    scene_end(&s);
}

/* Dashes that an editor made typographical. */
static void post__survives_long_dashes(void)
{
    struct sl_answer a;
    struct scene s;
    SL_AUTO_CLEAR(buf) text = answer_text(&s, &a), letter = sl_buf_upto(LETTER_MAX);

    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '-')
            put(&letter, i % 2 ? "\xe2\x80\x94" : "\xe2\x80\x93");
        else
            CHECK_EQ(sl_buf_put(&letter, view_of(text.at + i, 1), NULL), SL_OK);
    }
    CHECK(reads_as(sl_buf_view(&letter), SL_POST_ANSWER, 0, view_of(a.bytes, sizeof a.bytes)));
    scene_end(&s);
}

static void post__reads_each_of_several_in_one_letter(void)
{
    SL_AUTO_CLEAR(buf) letter = sl_buf_upto(LETTER_MAX), got = sl_buf_upto(LETTER_MAX);
    struct sl_answer a[2];
    struct sl_err err = { 0 };
    struct scene s;

    scene_new(&s, 2, 3);
    for (unsigned i = 0; i < 2; i++) {
        scene_answer(&s, i + 1, &a[i]);
        put(&letter, "and another:\n");
        CHECK_EQ(sl_post_write(SL_POST_ANSWER, view_of(a[i].bytes, SL_ANSWER_BYTES), &letter, NULL),
                 SL_OK);
    }
    struct sl_view bytes = sl_buf_view(&s.request_bytes);
    CHECK_EQ(sl_post_write(SL_POST_REQUEST, bytes, &letter, NULL), SL_OK);
    for (unsigned i = 0; i < 2; i++)
        CHECK(reads_as(sl_buf_view(&letter), SL_POST_ANSWER, i, view_of(a[i].bytes, 780)));
    CHECK(reads_as(sl_buf_view(&letter), SL_POST_REQUEST, 0, bytes));
    CHECK_EQ(sl_post_read(SL_POST_ANSWER, sl_buf_view(&letter), 2, &got, &err), SL_E_MISSING);
    CHECK(says(&err, "no further"));
    CHECK_EQ(sl_post_read(SL_POST_ANSWER, sl_buf_view(&letter), SL_POST_TEXTS_MAX, &got, &err),
             SL_E_MISSING);
    scene_end(&s);
}

static sl_rc refusal_of(struct sl_view letter, enum sl_post_kind kind, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) got = sl_buf_upto(LETTER_MAX);
    sl_rc rc = sl_post_read(kind, letter, 0, &got, err);

    CHECK_EQ(got.len, 0);
    return rc;
}

/* Each its own message and way out. */
static void post__says_what_is_wrong_with_a_letter(void)
{
    static uint8_t huge[SL_POST_INPUT_MAX + 1];
    struct sl_err err = { 0 };
    struct sl_answer a;
    struct scene s;
    SL_AUTO_CLEAR(buf) text = answer_text(&s, &a);

    CHECK_EQ(refusal_of(view_text("Dear Bo, I say yes."), SL_POST_ANSWER, &err), SL_E_MISSING);
    CHECK_EQ(refusal_of(view_text(""), SL_POST_ANSWER, &err), SL_E_MISSING);
    CHECK_EQ(refusal_of(sl_buf_view(&text), SL_POST_REQUEST, &err), SL_E_USAGE);
    CHECK(says(&err, "an answer, not a request"));
    CHECK_EQ(refusal_of(view_of(text.at, text.len - 40), SL_POST_ANSWER, &err), SL_E_BROKEN);
    CHECK(says(&err, "last line is missing"));
    CHECK_EQ(refusal_of(view_of(huge, sizeof huge), SL_POST_ANSWER, &err), SL_E_USAGE);
    CHECK_EQ(refusal_of(view_of(huge, sizeof huge - 1), SL_POST_ANSWER, &err), SL_E_MISSING);
    text.len = 0;
    CHECK_EQ(sl_post_write(SL_POST_REQUEST, sl_buf_view(&s.request_bytes), &text, NULL), SL_OK);
    CHECK_EQ(refusal_of(sl_buf_view(&text), SL_POST_ANSWER, &err), SL_E_USAGE);
    CHECK(says(&err, "a request, not an answer"));
    scene_end(&s);
}

/* QUORUM-28: one letter changed, lost or doubled anywhere in the body. */
static void post__notices_every_letter_that_changed(void)
{
    struct sl_err err = { 0 };
    struct sl_answer a;
    struct scene s;
    SL_AUTO_CLEAR(buf) text = answer_text(&s, &a);
    size_t begin = strlen("-----BEGIN SAFELIGHT ANSWER-----\n");
    size_t end = text.len - strlen("\n-----END SAFELIGHT ANSWER-----\n");

    for (size_t at = begin; at < end; at++) {
        SL_AUTO_CLEAR(buf) bad = sl_buf_upto(LETTER_MAX);
        uint8_t was = text.at[at];
        if (was == '\n')
            continue;
        text.at[at] = was == 'A' ? 'B' : 'A';
        CHECK_EQ(refusal_of(sl_buf_view(&text), SL_POST_ANSWER, &err), SL_E_BROKEN);
        text.at[at] = '*'; /* not a letter of ours at all */
        CHECK_EQ(refusal_of(sl_buf_view(&text), SL_POST_ANSWER, &err), SL_E_BROKEN);
        CHECK(says(&err, "changed on its way"));
        text.at[at] = was;
        CHECK_EQ(sl_buf_put(&bad, view_of(text.at, at), NULL), SL_OK); /* lost */
        CHECK_EQ(sl_buf_put(&bad, view_of(text.at + at + 1, text.len - at - 1), NULL), SL_OK);
        CHECK_EQ(refusal_of(sl_buf_view(&bad), SL_POST_ANSWER, &err), SL_E_BROKEN);
    }
    scene_end(&s);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(post__of_an_answer_fits_1500_characters),
        CASE(post__of_a_sealed_answer_fits_too),
        CASE(post__of_a_card_survives_mail),
        CASE(post__of_one_kind_is_not_read_as_another),
        CASE(post__of_the_longest_request_fits_too),
        CASE(post__fits_1500_characters_to_the_last_byte),
        CASE(post__survives_what_mail_programs_do),
        CASE(post__survives_long_dashes),
        CASE(post__reads_each_of_several_in_one_letter),
        CASE(post__says_what_is_wrong_with_a_letter),
        CASE(post__notices_every_letter_that_changed),
    };

    fixed_start();
    return check_run(cases, sizeof cases / sizeof *cases);
}
