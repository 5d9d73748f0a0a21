/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Text for mail programs. A reader first drops what they add: blanks, line ends, quote marks,
 * dashes. What is left is "BEGINSAFELIGHTREQUEST", base64, "ENDSAFELIGHTREQUEST".
 */
#include "quorum/post.h"

#include <assert.h>
#include <string.h>

#include "base/say.h"
#include "crypto/base64.h"
#include "crypto/derive.h"
#include "crypto/secret.h"

#define COLUMNS    64u
#define LINE_BYTES 48u
#define SUM_BYTES  6u
#define WHAT_MAX   ((size_t)SL_POST_TEXT_MAX / 4u * 3u)

struct words {                         /* of one kind */
    const char *begin, *end;           /* lines as written */
    const char *bare_begin, *bare_end; /* what the reader leaves of them */
};

static const struct words WORDS[SL_POST_KINDS] = {
    [SL_POST_REQUEST] = { "-----BEGIN SAFELIGHT REQUEST-----\n",
                          "-----END SAFELIGHT REQUEST-----\n", "BEGINSAFELIGHTREQUEST",
                          "ENDSAFELIGHTREQUEST" },
    [SL_POST_ANSWER] = { "-----BEGIN SAFELIGHT ANSWER-----\n", "-----END SAFELIGHT ANSWER-----\n",
                         "BEGINSAFELIGHTANSWER", "ENDSAFELIGHTANSWER" },
    [SL_POST_CARD] = { "-----BEGIN SAFELIGHT CARD-----\n", "-----END SAFELIGHT CARD-----\n",
                       "BEGINSAFELIGHTCARD", "ENDSAFELIGHTCARD" },
};

static struct sl_view text_of(const char *text)
{
    return (struct sl_view){ (const uint8_t *)text, strlen(text) };
}

/* QUORUM-28: over kind and bytes. */
static void sum_of(enum sl_post_kind kind, struct sl_view what, uint8_t ret[SUM_BYTES])
{
    uint8_t hash[SL_SHA256_BYTES];
    struct sl_view pieces[] = { text_of(WORDS[kind].bare_begin), what };

    sl_sha256_of_pieces(pieces, 2, hash);
    memcpy(ret, hash, SUM_BYTES);
}

/* Bytes that `what` takes as text. */
static size_t text_bytes(const struct words *w, size_t what_bytes)
{
    size_t columns = SL_BASE64_COLUMNS(what_bytes + SUM_BYTES);

    return strlen(w->begin) + columns + (columns + COLUMNS - 1) / COLUMNS + strlen(w->end);
}

static sl_rc put_lines(struct sl_view all, struct sl_buf *out, struct sl_err *err)
{
    struct sl_cur c = sl_cur_over(all);
    char line[COLUMNS + 1];

    while (c.left > 0) {
        struct sl_view piece = sl_cur_take(&c, c.left < LINE_BYTES ? c.left : LINE_BYTES);
        size_t columns = sl_base64_write(piece, line);
        line[columns] = '\n';
        SL_TRY(sl_buf_put(out, (struct sl_view){ (const uint8_t *)line, columns + 1 }, err));
    }
    return SL_OK;
}

sl_rc sl_post_write(enum sl_post_kind kind, struct sl_view what, struct sl_buf *out,
                    struct sl_err *err)
{
    const struct words *w = &WORDS[kind];
    SL_AUTO_CLEAR(buf) text = sl_buf_upto(SL_POST_TEXT_MAX);
    uint8_t all[WHAT_MAX + SUM_BYTES];

    assert(what.len > 0);
    if (what.len > WHAT_MAX || text_bytes(w, what.len) > SL_POST_TEXT_MAX) /* QUORUM-27 */
        return sl_fail(err, SL_E_USAGE,
                       _("this is too long for a text of %u characters\n"
                         "  shorten the reason, or send it by a keeper"),
                       SL_POST_TEXT_MAX);
    memcpy(all, what.at, what.len);
    sum_of(kind, what, all + what.len);
    SL_TRY(sl_buf_put(&text, text_of(w->begin), err));
    SL_TRY(put_lines((struct sl_view){ all, what.len + SUM_BYTES }, &text, err));
    SL_TRY(sl_buf_put(&text, text_of(w->end), err));
    return sl_buf_put(out, sl_buf_view(&text), err);
}

/* How many bytes here a mail program may have added: blanks and line ends, quote marks ('>' and
 * '|'), dashes, a soft line break's '=', and the same in UTF-8 (no-break and zero-width blanks,
 * byte order mark, the long dashes that '--' is turned into). 0: this byte is ours. */
static size_t added(struct sl_view in)
{
    static const char *const points[] = { "\xc2\xa0",     "\xe2\x80\x8b", "\xe2\x80\x8c",
                                          "\xe2\x80\x8d", "\xe2\x80\x93", "\xe2\x80\x94",
                                          "\xe2\x80\xaf", "\xef\xbb\xbf" };
    uint8_t c = in.at[0];

    if (c == ' ' || (c >= '\t' && c <= '\r') || c == '>' || c == '|' || c == '-' || c == '=')
        return 1;
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        size_t len = strlen(points[i]);
        if (in.len >= len && memcmp(in.at, points[i], len) == 0)
            return len;
    }
    return 0;
}

/* QUORUM-29 */
static sl_rc strip(struct sl_view letter, struct sl_buf *ret, struct sl_err *err)
{
    struct sl_cur c = sl_cur_over(letter);

    if (letter.len > SL_POST_INPUT_MAX)
        return sl_fail(err, SL_E_USAGE, _("a letter of %zu bytes is not searched: %u at most"),
                       letter.len, SL_POST_INPUT_MAX);
    while (c.left > 0) {
        size_t skip = added((struct sl_view){ c.at, c.left });
        struct sl_view byte = sl_cur_take(&c, skip > 0 ? skip : 1);
        if (skip == 0)
            SL_TRY(sl_buf_put(ret, byte, err));
    }
    return SL_OK;
}

/* Move the cursor behind `word`; *before is what stands in front of it. */
static bool seek(struct sl_cur *c, const char *word, struct sl_view *before)
{
    const uint8_t *at = c->left > 0 ? memmem(c->at, c->left, word, strlen(word)) : NULL;

    if (at == NULL)
        return false;
    *before = sl_cur_take(c, (size_t)(at - c->at));
    (void)sl_cur_take(c, strlen(word));
    return true;
}

/* Base64 and checksum to bytes. */
static sl_rc unpack(enum sl_post_kind kind, struct sl_view body, struct sl_buf *ret,
                    struct sl_err *err)
{
    uint8_t all[WHAT_MAX + SUM_BYTES + 2], sum[SUM_BYTES];
    size_t bytes = 0;
    bool good = body.len <= SL_BASE64_COLUMNS(WHAT_MAX + SUM_BYTES) &&
                sl_base64_read(body, all, &bytes) && bytes > SUM_BYTES;

    if (good) {
        sum_of(kind, (struct sl_view){ all, bytes - SUM_BYTES }, sum);
        good = sl_same(sum, all + bytes - SUM_BYTES, SUM_BYTES);
    }
    if (!good) /* QUORUM-28 */
        return sl_fail(err, SL_E_BROKEN,
                       _("the text was changed on its way: letters are missing or altered\n"
                         "  ask for it once more, as an attached file"));
    return sl_buf_put(ret, (struct sl_view){ all, bytes - SUM_BYTES }, err);
}

/* What a text is, in a sentence. */
static const char *name_of(enum sl_post_kind kind)
{
    switch (kind) {
    case SL_POST_REQUEST: return _("a request");
    case SL_POST_ANSWER: return _("an answer");
    case SL_POST_CARD:
    case SL_POST_KINDS: break;
    }
    return _("a card");
}

static sl_rc say_missing(enum sl_post_kind kind, struct sl_view bare, size_t index,
                         struct sl_err *err)
{
    if (index > 0)
        return sl_fail(err, SL_E_MISSING, _("there are no further texts in this letter"));
    for (enum sl_post_kind other = 0; other < SL_POST_KINDS; other++) {
        struct sl_cur c = sl_cur_over(bare);
        struct sl_view before;
        if (other != kind && seek(&c, WORDS[other].bare_begin, &before))
            return sl_fail(err, SL_E_USAGE, _("this is %s, not %s"), name_of(other), name_of(kind));
    }
    return sl_fail(err, SL_E_MISSING, _("there is no text of Safelight's in this letter"));
}

sl_rc sl_post_read(enum sl_post_kind kind, struct sl_view letter, size_t index, struct sl_buf *ret,
                   struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) bare = sl_buf_upto(SL_POST_INPUT_MAX);
    struct sl_view body = { 0 };

    if (index >= SL_POST_TEXTS_MAX)
        return sl_fail(err, SL_E_MISSING, _("at most %u texts of a letter are read"),
                       SL_POST_TEXTS_MAX);
    SL_TRY(strip(letter, &bare, err));
    struct sl_cur c = sl_cur_over(sl_buf_view(&bare));
    for (size_t i = 0; i <= index; i++) {
        if (!seek(&c, WORDS[kind].bare_begin, &body))
            return say_missing(kind, sl_buf_view(&bare), index, err);
        if (!seek(&c, WORDS[kind].bare_end, &body))
            return sl_fail(err, SL_E_BROKEN,
                           _("the text is cut short: its last line is missing\n"
                             "  copy it whole, from BEGIN to END"));
    }
    return unpack(kind, body, ret, err);
}
