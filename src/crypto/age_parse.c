/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The text of an age header taken apart: version line, stanzas, MAC line (C2SP age.md, "ABNF
 * definition of file header"). Strict: one header has one spelling, nothing is skipped over.
 */
#include <string.h>

#include "base/say.h"
#include "crypto/base64.h"
#include "crypto/inside.h"

#define VERSION_PREFIX "age-encryption.org/"
#define SHOWN_BYTES    32u /* of a foreign version, in a message */

bool sl_age_view_is(struct sl_view v, const char *text)
{
    return v.len == strlen(text) && (v.len == 0 || memcmp(v.at, text, v.len) == 0);
}

sl_rc sl_age_put_text(struct sl_buf *out, const char *text, struct sl_err *err)
{
    return sl_buf_put(out, (struct sl_view){ (const uint8_t *)text, strlen(text) }, err);
}

sl_rc sl_age_put_wrapped(struct sl_buf *out, const uint8_t body[SL_AGE_WRAPPED_BYTES],
                         struct sl_err *err)
{
    char line[SL_BASE64_COLUMNS(SL_AGE_WRAPPED_BYTES) + 1u];
    size_t made = sl_base64_write((struct sl_view){ body, SL_AGE_WRAPPED_BYTES }, line);

    line[made++] = '\n';
    return sl_buf_put(out, (struct sl_view){ (const uint8_t *)line, made }, err);
}

static bool starts(struct sl_view v, const char *text)
{
    size_t count = strlen(text);

    return v.len >= count && memcmp(v.at, text, count) == 0;
}

/* Every byte of a header is a printable ASCII character, a space or a line feed. */
static bool all_between(struct sl_view v, uint8_t least, uint8_t most)
{
    for (size_t i = 0; i < v.len; i++) {
        if (v.at[i] < least || v.at[i] > most)
            return false;
    }
    return true;
}

/* Take one line, without its line feed. SL_E_RETRY when it has no end yet and what there is could
 * be one. */
static sl_rc take_line(struct sl_cur *c, struct sl_view *ret, struct sl_err *err)
{
    const uint8_t *end = c->left > 0 ? memchr(c->at, '\n', c->left) : NULL;
    size_t count = end != NULL ? (size_t)(end - c->at) : c->left;
    struct sl_view line = { .at = c->at, .len = count };

    if (!all_between(line, ' ', '~'))
        return sl_fail(err, SL_E_BROKEN, _("age header: a line has a character it must not have"));
    if (end == NULL)
        return sl_fail(err, SL_E_RETRY, _("age header: ends too early"));
    (void)sl_cur_take(c, count + 1);
    *ret = line;
    return SL_OK;
}

static sl_rc read_version(struct sl_cur *c, struct sl_err *err)
{
    const char *prefix = VERSION_PREFIX;
    size_t known = c->left < strlen(prefix) ? c->left : strlen(prefix);
    struct sl_view line = { 0 };
    char shown[SL_PLAIN_BYTES(SHOWN_BYTES)];

    if (known > 0 && memcmp(c->at, prefix, known) != 0) /* said before a line end is searched */
        return sl_fail(err, SL_E_BROKEN, _("not an age file"));
    SL_TRY(take_line(c, &line, err));
    if (sl_age_view_is(line, SL_AGE_VERSION_LINE))
        return SL_OK;
    line.at += strlen(prefix);
    line.len -= strlen(prefix);
    if (line.len == 0 || !all_between(line, '!', '~'))
        return sl_fail(err, SL_E_BROKEN, _("age header: the version line is malformed"));
    line.len = line.len < SHOWN_BYTES ? line.len : SHOWN_BYTES;
    return sl_fail(err, SL_E_BROKEN, _("age file of version '%s', only 'v1' is known here"),
                   sl_plain(line, shown, sizeof shown));
}

/* "-> type arg arg": single spaces, no empty argument. */
static sl_rc read_args(struct sl_view line, struct sl_age_stanza *ret, struct sl_err *err)
{
    struct sl_cur c = sl_cur_over(line);

    if (!starts(line, "-> "))
        return sl_fail(err, SL_E_BROKEN, _("age header: '->' and a type expected"));
    (void)sl_cur_take(&c, strlen("-> "));
    for (bool more = true; more;) {
        const uint8_t *end = c.left > 0 ? memchr(c.at, ' ', c.left) : NULL;
        size_t count = end != NULL ? (size_t)(end - c.at) : c.left;
        struct sl_view arg = sl_cur_take(&c, count);

        if (arg.len == 0)
            return sl_fail(err, SL_E_BROKEN, _("age header: a recipient has an empty argument"));
        if (ret->arg_count < SL_AGE_STANZA_ARGS)
            ret->args[ret->arg_count] = arg;
        ret->arg_count++;
        more = end != NULL;
        (void)sl_cur_take(&c, more ? 1 : 0);
    }
    return SL_OK;
}

/* Lines of 64 columns, then one that is shorter, maybe empty. */
static sl_rc read_body(struct sl_cur *c, struct sl_age_stanza *ret, struct sl_err *err)
{
    struct sl_view line = { 0 };

    do {
        uint8_t bytes[SL_AGE_LINE_BYTES + 2u];
        size_t made = 0;

        SL_TRY(take_line(c, &line, err));
        if (line.len > SL_AGE_LINE_COLUMNS)
            return sl_fail(err, SL_E_BROKEN, _("age header: a line of over %u columns"),
                           SL_AGE_LINE_COLUMNS);
        if (!sl_base64_read(line, bytes, &made))
            return sl_fail(err, SL_E_BROKEN, _("age header: a recipient's body is not base64"));
        if (ret->body_bytes == 0 && made > 0)
            memcpy(ret->body, bytes, made);
        ret->body_bytes += made;
    } while (line.len == SL_AGE_LINE_COLUMNS);
    return SL_OK;
}

sl_rc sl_age_stanza_read(struct sl_cur *c, struct sl_age_stanza *ret, struct sl_err *err)
{
    struct sl_age_stanza s = { 0 };
    struct sl_view line = { 0 };

    SL_TRY(take_line(c, &line, err));
    SL_TRY(read_args(line, &s, err));
    SL_TRY(read_body(c, &s, err));
    *ret = s;
    return SL_OK;
}

static sl_rc read_stanza(struct sl_cur *c, struct sl_age_head *head, struct sl_err *err)
{
    struct sl_age_stanza s = { 0 };

    SL_TRY(sl_age_stanza_read(c, &s, err));
    if (++head->stanza_count > SL_AGE_STANZAS_MAX)
        return sl_fail(err, SL_E_BROKEN, _("age header: over %u recipients"), SL_AGE_STANZAS_MAX);
    if (sl_age_view_is(s.args[0], "X25519"))
        SL_TRY(sl_age_x25519_check(&s, err));
    if (sl_age_view_is(s.args[0], "scrypt")) {
        SL_TRY(sl_age_scrypt_check(&s, err));
        head->scrypt = true;
    }
    if (head->scrypt && head->stanza_count > 1)
        return sl_fail(err, SL_E_BROKEN, _("age header: a passphrase must be the only recipient"));
    return SL_OK;
}

static sl_rc read_end(struct sl_cur *c, struct sl_age_head *head, struct sl_err *err)
{
    struct sl_view line = { 0 };
    uint8_t mac[SL_AGE_MAC_BYTES + 2u];
    size_t made = 0;

    SL_TRY(take_line(c, &line, err));
    if (head->stanza_count == 0)
        return sl_fail(err, SL_E_BROKEN, _("age header: names no recipient"));
    if (!starts(line, "--- ") || line.len != strlen("--- ") + SL_AGE_MAC_COLUMNS ||
        !sl_base64_read((struct sl_view){ line.at + strlen("--- "), SL_AGE_MAC_COLUMNS }, mac,
                        &made))
        return sl_fail(err, SL_E_BROKEN, _("age header: the last line is malformed"));
    memcpy(head->mac, mac, sizeof head->mac);
    return SL_OK;
}

sl_rc sl_age_head_read(struct sl_view in, struct sl_age_head *ret, struct sl_err *err)
{
    bool cut = in.len >= SL_AGE_HEADER_MAX;
    struct sl_cur c = sl_cur_over((struct sl_view){ in.at, cut ? SL_AGE_HEADER_MAX : in.len });
    struct sl_age_head head = { 0 };
    sl_rc rc = read_version(&c, err);
    const uint8_t *first = c.at;

    while (rc == SL_OK && (c.left == 0 || c.at[0] != '-' || (c.left > 1 && c.at[1] != '-')))
        rc = read_stanza(&c, &head, err);
    if (rc == SL_OK) {
        const uint8_t *end = c.at;
        rc = read_end(&c, &head, err);
        head.stanzas = (struct sl_view){ first, (size_t)(end - first) };
        head.covered = (struct sl_view){ in.at, (size_t)(end - in.at) + strlen("---") };
    }
    if (rc == SL_E_RETRY && cut)
        return sl_fail(err, SL_E_BROKEN, _("age header: over %u bytes"), SL_AGE_HEADER_MAX);
    if (rc != SL_OK)
        return rc;
    head.bytes = (size_t)(c.at - in.at);
    *ret = head;
    return SL_OK;
}
