/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Armor, both ways. A reader takes lines one by one: white space, the begin line, lines of 64
 * columns, one that may be shorter, the end line, white space. Nothing else is forgiven, or one
 * file would have many texts.
 */
#include "crypto/armor.h"

#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "crypto/base64.h"

#define COLUMNS    64u
#define LINE_BYTES 48u
#define LINE_MAX   (COLUMNS + 1u) /* with a carriage return */
#define DASHES     "-----"

_Static_assert(sizeof((struct sl_armor_writer){ 0 }.left) == LINE_BYTES, "one line");

enum where { BEFORE, IN_BODY, AT_END_LINE, AFTER };

struct sl_armor_reader {
    enum where where;
    unsigned long long line; /* number of the line being read */
    size_t blank_bytes;      /* white space outside so far */
    bool indented;           /* the line being read began with white space */
    size_t count;
    uint8_t held[LINE_MAX]; /* a line whose end has not come yet */
};

static bool is_blank(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static size_t blanks(struct sl_view in)
{
    size_t count = 0;

    while (count < in.len && is_blank(in.at[count]))
        count++;
    return count;
}

bool sl_armor_begins(struct sl_view start)
{
    struct sl_cur c = sl_cur_over(start);

    (void)sl_cur_take(&c, blanks(start));
    struct sl_view dashes = sl_cur_take(&c, strlen(DASHES));
    return dashes.len > 0 && memcmp(dashes.at, DASHES, dashes.len) == 0;
}

bool sl_armor_undecided(struct sl_view start)
{
    size_t skip = blanks(start);
    size_t left = start.len - skip;

    return left < strlen(DASHES) && (left == 0 || memcmp(start.at + skip, DASHES, left) == 0);
}

static sl_rc put_text(const char *text, struct sl_buf *out, struct sl_err *err)
{
    return sl_buf_put(out, (struct sl_view){ (const uint8_t *)text, strlen(text) }, err);
}

static sl_rc put_line(const uint8_t *bytes, size_t len, struct sl_buf *out, struct sl_err *err)
{
    char line[COLUMNS + 1u];
    size_t made = sl_base64_write_padded((struct sl_view){ bytes, len }, line);

    line[made++] = '\n';
    return sl_buf_put(out, (struct sl_view){ (const uint8_t *)line, made }, err);
}

static sl_rc begin(struct sl_armor_writer *w, struct sl_buf *out, struct sl_err *err)
{
    if (w->begun)
        return SL_OK;
    w->begun = true;
    return put_text(SL_ARMOR_BEGIN "\n", out, err);
}

sl_rc sl_armor_write(struct sl_armor_writer *w, struct sl_view in, struct sl_buf *out,
                     struct sl_err *err)
{
    struct sl_cur c = sl_cur_over(in);

    SL_TRY(begin(w, out, err));
    while (c.left > 0) {
        size_t room = LINE_BYTES - w->left_count;
        struct sl_view some = sl_cur_take(&c, c.left < room ? c.left : room);

        memcpy(w->left + w->left_count, some.at, some.len);
        w->left_count += some.len;
        if (w->left_count == LINE_BYTES) {
            SL_TRY(put_line(w->left, LINE_BYTES, out, err));
            w->left_count = 0;
        }
    }
    return SL_OK;
}

sl_rc sl_armor_finish(struct sl_armor_writer *w, struct sl_buf *out, struct sl_err *err)
{
    SL_TRY(begin(w, out, err));
    if (w->left_count > 0)
        SL_TRY(put_line(w->left, w->left_count, out, err));
    w->left_count = 0;
    return put_text(SL_ARMOR_END "\n", out, err);
}

sl_rc sl_armor_reader_new(struct sl_armor_reader **ret, struct sl_err *err)
{
    struct sl_armor_reader *r = calloc(1, sizeof *r);

    if (r == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory for armor"));
    r->line = 1;
    *ret = r;
    return SL_OK;
}

void sl_armor_reader_free(struct sl_armor_reader *r)
{
    free(r);
}

static bool is_text(struct sl_view line, const char *text)
{
    return line.len == strlen(text) && memcmp(line.at, text, line.len) == 0;
}

static sl_rc broken(const struct sl_armor_reader *r, const char *what, struct sl_err *err)
{
    return sl_fail(err, SL_E_BROKEN, _("armor, line %llu: %s"), r->line, what);
}

/* White space around the armor is counted, so that it ends. */
static sl_rc skip_blank(struct sl_armor_reader *r, size_t count, struct sl_err *err)
{
    r->blank_bytes += count;
    if (r->blank_bytes > SL_ARMOR_BLANK_MAX)
        return broken(r, _("too much white space"), err);
    return SL_OK;
}

static sl_rc take_body_line(struct sl_armor_reader *r, struct sl_view line, struct sl_buf *out,
                            struct sl_err *err)
{
    uint8_t bytes[LINE_BYTES + 2u];
    size_t made = 0;

    if (is_text(line, SL_ARMOR_END)) {
        r->where = AFTER;
        r->blank_bytes = 0;
        return SL_OK;
    }
    if (r->where == AT_END_LINE)
        return broken(r, _("the end line expected"), err);
    if (line.len == 0)
        return broken(r, _("an empty line"), err);
    if (line.len > COLUMNS)
        return broken(r, _("over 64 columns"), err);
    if (!sl_base64_read_padded(line, bytes, &made))
        return broken(r, _("not base64 as it must be"), err);
    if (made < LINE_BYTES)
        r->where = AT_END_LINE;
    return sl_buf_put(out, (struct sl_view){ bytes, made }, err);
}

/* One line, its line feed taken off. */
static sl_rc take_line(struct sl_armor_reader *r, struct sl_view line, struct sl_buf *out,
                       struct sl_err *err)
{
    if (line.len > 0 && line.at[line.len - 1] == '\r')
        line.len--;
    if (r->where != BEFORE)
        SL_TRY(take_body_line(r, line, out, err));
    else if (!is_text(line, SL_ARMOR_BEGIN))
        return broken(r, _("not the begin line of an age file"), err);
    else
        r->where = IN_BODY;
    r->line++;
    return SL_OK;
}

/* Take off what ends within `c`: a whole line, or a piece of one that is kept for later. */
static sl_rc take_some(struct sl_armor_reader *r, struct sl_cur *c, struct sl_buf *out,
                       struct sl_err *err)
{
    const uint8_t *end = memchr(c->at, '\n', c->left);
    struct sl_view some = sl_cur_take(c, end != NULL ? (size_t)(end - c->at) : c->left);

    if (r->count + some.len > LINE_MAX)
        return broken(r, _("over 64 columns"), err);
    if (end != NULL && r->count == 0) { /* the usual way: nothing is copied */
        (void)sl_cur_take(c, 1);
        return take_line(r, some, out, err);
    }
    if (some.len > 0)
        memcpy(r->held + r->count, some.at, some.len);
    r->count += some.len;
    if (end == NULL)
        return SL_OK;
    (void)sl_cur_take(c, 1);
    struct sl_view line = { r->held, r->count };
    r->count = 0;
    return take_line(r, line, out, err);
}

/* Lines of white space before the begin line; white space in front of it on its own line shifts
 * it, which is not forgiven. */
static sl_rc skip_before(struct sl_armor_reader *r, struct sl_cur *c, struct sl_err *err)
{
    struct sl_view rest = { c->at, c->left };
    struct sl_view skipped = sl_cur_take(c, blanks(rest));

    SL_TRY(skip_blank(r, skipped.len, err));
    for (size_t i = 0; i < skipped.len; i++) {
        r->indented = skipped.at[i] != '\n';
        r->line += skipped.at[i] == '\n';
    }
    if (c->left > 0 && r->indented)
        return broken(r, _("white space before the begin line"), err);
    return SL_OK;
}

sl_rc sl_armor_read(struct sl_armor_reader *r, struct sl_view in, struct sl_buf *out,
                    struct sl_err *err)
{
    struct sl_cur c = sl_cur_over(in);

    while (c.left > 0) {
        if (r->where == BEFORE && r->count == 0)
            SL_TRY(skip_before(r, &c, err));
        if (r->where == AFTER) {
            struct sl_view rest = sl_cur_take(&c, c.left);
            if (blanks(rest) != rest.len)
                return broken(r, _("something follows the end line"), err);
            SL_TRY(skip_blank(r, rest.len, err));
        }
        if (c.left > 0)
            SL_TRY(take_some(r, &c, out, err));
    }
    return SL_OK;
}

sl_rc sl_armor_read_finish(struct sl_armor_reader *r, struct sl_err *err)
{
    struct sl_view line = { r->held, r->count };

    if (line.len > 0 && line.at[line.len - 1] == '\r')
        line.len--;
    if ((r->where == IN_BODY || r->where == AT_END_LINE) && is_text(line, SL_ARMOR_END))
        r->where = AFTER; /* it may lack its line feed */
    return r->where == AFTER ? SL_OK : broken(r, _("the end line is missing"), err);
}
