/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Small files of people, whole. See files.h.
 */
#include "api/files.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "api/stream.h"
#include "base/say.h"
#include "crypto/armor.h"
#include "crypto/words.h"
#include "format/pen.h"

#define PIECE       4096u
#define SEALED_MORE ((size_t)4096) /* header, nonce and tags of a sealed file, more than enough */

/* ---- reading ---- */

static sl_rc read_all(struct sl *sl, const char *path, const char *what, struct sl_buf *ret,
                      struct sl_err *err)
{
    SL_AUTO_CLEAR(in) in = { .fd = -1 };
    uint8_t piece[PIECE];
    size_t got = 1;
    sl_rc rc = SL_OK;

    SL_TRY(sl_in_open(sl, path, &in, err));
    while (rc == SL_OK && got > 0) {
        rc = sl_in_read(sl, &in, piece, sizeof piece, &got, err);
        if (rc == SL_OK && got > ret->limit - ret->len)
            rc = sl_fail(err, SL_E_BROKEN, _("'%s' is over %zu bytes: that is no %s"),
                         in.shown.text, ret->limit, what);
        else if (rc == SL_OK)
            rc = sl_buf_put(ret, (struct sl_view){ piece, got }, err);
    }
    sl_wipe(piece, sizeof piece);
    return rc;
}

sl_rc sl_file_read(struct sl *sl, const char *path, const char *what, struct sl_buf *ret,
                   struct sl_err *err)
{
    return read_all(sl, path, what, ret, err);
}

sl_rc sl_file_secret(struct sl *sl, const char *path, size_t most, struct sl_secret **ret,
                     struct sl_err *err)
{
    SL_AUTO_FREE(secret) *room = NULL;

    SL_TRY(sl_secret_blank(most, &room, err));
    struct sl_buf whole = sl_buf_fixed(sl_secret_fill(room), most);
    SL_TRY(read_all(sl, path, _("file of this kind"), &whole, err));
    if (whole.len == 0)
        return sl_fail(err, SL_E_BROKEN, _("'%s' is empty"), sl_show(path).text);
    return sl_secret_copy(sl_buf_view(&whole), ret, err);
}

/* ---- writing ---- */

/* Files of people are never written over: there is no --force for them to speak of. */
static sl_rc plan_new(struct sl *sl, const char *path, struct sl_out *out, struct sl_err *err)
{
    sl_rc rc = sl_out_plan(sl, path, false, out, err);

    if (rc == SL_E_USAGE && out->exists)
        return sl_fail(err, rc, _("'%s' exists and is not overwritten\n  name another file"),
                       out->shown.text);
    return rc;
}

static sl_rc folder_is_there(struct sl *sl, const char *path, struct sl_err *err)
{
    const struct sl_os *os = sl_os_of(sl);
    const char *slash = strrchr(path, '/');
    char folder[SL_PATH_MAX + 1];

    (void)snprintf(folder, sizeof folder, "%.*s",
                   slash == NULL   ? 1
                   : slash == path ? 1
                                   : (int)(slash - path),
                   slash == NULL ? "." : path);
    int fd = os->open(os->self, SL_OS_CWD, folder, O_RDONLY | O_DIRECTORY, 0, 0);
    if (fd < 0)
        return sl_fail_errno(err, _("'%s' cannot be written there"), sl_show(path).text);
    (void)os->close(os->self, fd);
    return SL_OK;
}

sl_rc sl_file_must_be_new(struct sl *sl, const char *path, struct sl_err *err)
{
    SL_AUTO_CLEAR(out) out = { .fd = -1 };

    SL_TRY(plan_new(sl, path, &out, err));
    return out.named ? folder_is_there(sl, path, err) : SL_OK;
}

static sl_rc write_new(struct sl *sl, const char *path, bool private, struct sl_view bytes,
                       struct sl_err *err)
{
    SL_AUTO_CLEAR(out) out = { .fd = -1 };

    SL_TRY(plan_new(sl, path, &out, err));
    out.private = private;
    SL_TRY(sl_out_begin(sl, &out, err));
    SL_TRY(sl_out_write(sl, &out, bytes, err));
    return sl_out_finish(&out, err);
}

sl_rc sl_file_write(struct sl *sl, const char *path, struct sl_view bytes, struct sl_err *err)
{
    return write_new(sl, path, false, bytes, err);
}

sl_rc sl_file_write_private(struct sl *sl, const char *path, struct sl_view bytes,
                            struct sl_err *err)
{
    return write_new(sl, path, true, bytes, err);
}

/* ---- texts ---- */

sl_rc sl_file_post(struct sl *sl, const char *path, enum sl_post_kind kind, struct sl_buf *ret,
                   struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) letter = sl_buf_upto(SL_POST_INPUT_MAX);

    SL_TRY(read_all(sl, path, _("text of this kind"), &letter, err));
    return sl_file_post_at(path, sl_buf_view(&letter), kind, 0, ret, err);
}

sl_rc sl_file_post_at(const char *path, struct sl_view letter, enum sl_post_kind kind, size_t index,
                      struct sl_buf *ret, struct sl_err *err)
{
    sl_rc rc = sl_post_read(kind, letter, index, ret, err);

    if (rc == SL_OK || (rc == SL_E_MISSING && index > 0))
        return rc;
    /* A text that people copy about: to be had anew, and no sign of failing storage. */
    if (rc == SL_E_BROKEN || rc == SL_E_MISSING)
        rc = SL_E_USAGE;
    return sl_note(err, rc, _("reading '%s'"), sl_show(path).text);
}

sl_rc sl_file_post_write(struct sl *sl, const char *path, enum sl_post_kind kind,
                         struct sl_view bytes, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) text = sl_buf_upto(SL_POST_TEXT_MAX);

    SL_TRY(sl_post_write(kind, bytes, &text, err));
    return sl_file_write(sl, path, sl_buf_view(&text), err);
}

/* ---- cards ---- */

/* "ana=cards/a.card", "cards/ana.card": what is before the first '=' is an alias if it can be one
 * and no '/' is in it. */
static sl_rc split_spec(const char *spec, struct sl_card_file *ret, struct sl_err *err)
{
    const char *equals = strchr(spec, '='), *slash = strchr(spec, '/');
    const char *path = spec, *name = NULL;
    size_t len = 0;

    if (equals != NULL && equals != spec && (slash == NULL || equals < slash)) {
        name = spec;
        len = (size_t)(equals - spec);
        path = equals + 1;
    } else {
        const char *last = strrchr(spec, '/');
        name = last != NULL ? last + 1 : spec;
        const char *dot = strrchr(name, '.');
        len = dot != NULL && dot != name ? (size_t)(dot - name) : strlen(name);
    }
    if (path[0] == '\0' || strlen(path) > SL_PATH_MAX)
        return sl_fail(err, SL_E_USAGE, _("a card is named as [ALIAS=]FILE"));
    sl_rc rc = sl_alias_check((struct sl_view){ (const uint8_t *)name, len }, _("person"), err);
    if (rc != SL_OK)
        return sl_note(err, rc, _("say what to call the person of '%s': ALIAS=FILE"),
                       sl_show(path).text);
    (void)snprintf(ret->alias, sizeof ret->alias, "%.*s", (int)len, name);
    (void)snprintf(ret->path, sizeof ret->path, "%s", path);
    return SL_OK;
}

sl_rc sl_card_file_read(struct sl *sl, const char *spec, struct sl_card_file *ret,
                        struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) bytes = sl_buf_upto(SL_CARD_BYTES_MAX);

    *ret = (struct sl_card_file){ 0 };
    SL_TRY(split_spec(spec, ret, err));
    SL_TRY(sl_file_post(sl, ret->path, SL_POST_CARD, &bytes, err));
    sl_rc rc = sl_card_read(sl_buf_view(&bytes), &ret->card, err);
    if (rc != SL_OK)
        return sl_note(err, rc == SL_E_BROKEN ? SL_E_USAGE : rc, _("reading the card '%s'"),
                       sl_show(ret->path).text);
    sl_words_of("card", sl_buf_view(&bytes), ret->words);
    return SL_OK;
}

sl_rc sl_card_file_beside(const struct sl_card_file *c, const char *folder, const char *ending,
                          char *ret, size_t room, struct sl_err *err)
{
    const char *slash = strrchr(c->path, '/');
    const char *name = slash != NULL ? slash + 1 : c->path;
    size_t stem = strlen(name), cut = strlen(".card");
    int len = 0;

    if (stem > cut && strcmp(name + stem - cut, ".card") == 0)
        stem -= cut;
    if (folder != NULL)
        len = snprintf(ret, room, "%s/%.*s%s", folder, (int)stem, name, ending);
    else
        len = snprintf(ret, room, "%.*s%.*s%s", (int)(name - c->path), c->path, (int)stem, name,
                       ending);
    if (len < 0 || (size_t)len >= room)
        return sl_fail(err, SL_E_USAGE, _("the path of an invitation is too long"));
    return SL_OK;
}

/* ---- sealed files ---- */

sl_rc sl_file_sealed_write(struct sl *sl, const char *path, struct sl_view secret,
                           const struct sl_age_recipient *to, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) sealed = sl_buf_upto(secret.len + secret.len / 1024 + SEALED_MORE);
    SL_AUTO_CLEAR(buf) armored = sl_buf_upto(2 * secret.len + 4 * SEALED_MORE);
    struct sl_armor_writer armor = { 0 };

    SL_TRY(sl_age_seal(to, 1, secret, &sealed, err));
    SL_TRY(sl_armor_write(&armor, sl_buf_view(&sealed), &armored, err));
    SL_TRY(sl_armor_finish(&armor, &armored, err));
    return sl_file_write(sl, path, sl_buf_view(&armored), err);
}

/* What is not armored is taken as it is. */
static sl_rc unwrap(struct sl_view in, struct sl_buf *ret, struct sl_err *err)
{
    SL_AUTO_FREE(armor_reader) *armor = NULL;

    if (!sl_armor_begins(in))
        return sl_buf_put(ret, in, err);
    SL_TRY(sl_armor_reader_new(&armor, err));
    SL_TRY(sl_armor_read(armor, in, ret, err));
    return sl_armor_read_finish(armor, err);
}

sl_rc sl_file_sealed_read(struct sl *sl, const char *path, struct sl_age_identity *with,
                          size_t most, struct sl_secret **ret, struct sl_err *err)
{
    size_t room = 2 * most + 4 * SEALED_MORE;
    SL_AUTO_CLEAR(buf) file = sl_buf_upto(room);
    SL_AUTO_CLEAR(buf) sealed = sl_buf_upto(room);
    struct sl_age_identity *const identities[] = { with };

    SL_TRY(read_all(sl, path, _("file of this kind"), &file, err));
    SL_TRY(unwrap(sl_buf_view(&file), &sealed, err));
    SL_TRY(sl_age_open_secret(sl_buf_view(&sealed), identities, 1, ret, err));
    if (sl_secret_expose(*ret).len > most)
        return sl_fail(err, SL_E_BROKEN, _("'%s' holds more than it may"), sl_show(path).text);
    return SL_OK;
}
