/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lines of recipients and identities. See keys.h. Identity files are read into guarded memory and
 * never leave it; no error repeats a line of one.
 */
#include "api/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "crypto/armor.h"
#include "crypto/secret.h"
#include "home/passphrase.h"

#define FIRST_ROOM   4096u
#define PLUGIN_SHOWN 64u

void sl_recipients_clear(struct sl_recipients *r)
{
    free(r->list);
    *r = (struct sl_recipients){ 0 };
}

void sl_identities_clear(struct sl_identities *i)
{
    for (size_t n = 0; n < i->count; n++)
        sl_age_identity_free(i->list[n]);
    free(i->list);
    *i = (struct sl_identities){ 0 };
}

/* ---- lines ---- */

static bool starts(struct sl_view text, const char *with)
{
    size_t len = strlen(with);

    return text.len >= len && memcmp(text.at, with, len) == 0;
}

/* Cut the next line (without LF or CR LF) off `rest`. False at the end. */
static bool next_line(struct sl_view *rest, struct sl_view *line)
{
    if (rest->len == 0)
        return false;
    const uint8_t *end = memchr(rest->at, '\n', rest->len);
    size_t len = end == NULL ? rest->len : (size_t)(end - rest->at);
    *line = (struct sl_view){ .at = rest->at, .len = len };
    if (len > 0 && line->at[len - 1] == '\r')
        line->len--;
    len += end != NULL;
    rest->at += len;
    rest->len -= len;
    return true;
}

static bool is_comment(struct sl_view line)
{
    return line.len == 0 || line.at[0] == '#';
}

static bool is_ssh(struct sl_view text)
{
    return starts(text, "ssh-") || starts(text, "ecdsa-sha2-") || starts(text, "sk-");
}

/* "age1NAME1...": a Bech32 text of a plugin. Native recipients have one '1' only. */
static size_t plugin_name(struct sl_view text, char ret[PLUGIN_SHOWN])
{
    if (!starts(text, "age1"))
        return 0;
    const uint8_t *from = text.at + 4;
    const uint8_t *one = text.len > 4 ? memchr(from, '1', text.len - 4) : NULL;
    size_t len = one == NULL ? 0 : (size_t)(one - from);
    (void)sl_plain((struct sl_view){ from, len }, ret, PLUGIN_SHOWN);
    return len;
}

/* ---- recipients ---- */

static sl_rc add_recipient(struct sl_recipients *r, struct sl_view text, struct sl_err *err)
{
    char plugin[PLUGIN_SHOWN];

    if (is_ssh(text))
        return sl_fail(err, SL_E_USAGE,
                       _("SSH keys are not supported as recipients\n"
                         "  ask for an age key (age1...), as age-keygen makes them"));
    if (plugin_name(text, plugin) > 0)
        return sl_fail(err, SL_E_USAGE,
                       _("a recipient needs the plugin '%s', and plugins are not supported\n"
                         "  ask for an age key (age1...), as age-keygen makes them"),
                       plugin);
    if (r->count == SL_AGE_STANZAS_MAX)
        return sl_fail(err, SL_E_USAGE, _("more than %u recipients"), SL_AGE_STANZAS_MAX);
    SL_TRY(sl_age_recipient_read(text, &r->list[r->count], err));
    r->count++;
    return SL_OK;
}

/* A whole file of recipients; they are public. */
static sl_rc read_public(const struct sl *sl, struct sl_in *in, struct sl_buf *text,
                         struct sl_err *err)
{
    uint8_t piece[FIRST_ROOM];

    for (;;) {
        size_t got = 0;
        SL_TRY(sl_in_read(sl, in, piece, sizeof piece, &got, err));
        if (got == 0)
            return SL_OK;
        if (sl_buf_put(text, (struct sl_view){ piece, got }, err) != SL_OK)
            return sl_fail(err, SL_E_USAGE, _("'%s' is over %u bytes: no list of recipients"),
                           in->shown.text, SL_KEY_FILE_BYTES_MAX);
    }
}

static sl_rc add_recipients_of(const struct sl *sl, const char *path, const struct sl_out *out,
                               struct sl_recipients *r, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) text = sl_buf_upto(SL_KEY_FILE_BYTES_MAX);
    SL_AUTO_CLEAR(in) in = { .fd = -1 };
    struct sl_view line = { 0 };
    size_t before = r->count, number = 0;

    SL_TRY(sl_in_open(sl, path, &in, err));
    SL_TRY(sl_out_apart(out, &in, err));
    SL_TRY(read_public(sl, &in, &text, err));
    struct sl_view rest = sl_buf_view(&text);
    while (next_line(&rest, &line)) {
        number++;
        sl_rc rc = is_comment(line) ? SL_OK : add_recipient(r, line, err);
        if (rc != SL_OK)
            return sl_note(err, rc, _("reading line %zu of '%s'"), number, in.shown.text);
    }
    if (r->count == before)
        return sl_fail(err, SL_E_USAGE, _("no recipient stands in '%s'"), in.shown.text);
    return SL_OK;
}

sl_rc sl_recipients_read(const struct sl *sl, const struct sl_seal *job, const struct sl_out *out,
                         struct sl_recipients *ret, struct sl_err *err)
{
    *ret = (struct sl_recipients){ .list = calloc(SL_AGE_STANZAS_MAX, sizeof *ret->list) };
    if (ret->list == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    for (size_t i = 0; i < job->recipient_count; i++) {
        const char *text = job->recipients[i];
        SL_TRY(add_recipient(ret, (struct sl_view){ (const uint8_t *)text, strlen(text) }, err));
    }
    for (size_t i = 0; i < job->recipient_file_count; i++)
        SL_TRY(add_recipients_of(sl, job->recipient_files[i], out, ret, err));
    return SL_OK;
}

/* ---- identities ---- */

/* Read a whole file into guarded memory: *text of *len bytes, which the caller frees. */
static sl_rc read_secret(const struct sl *sl, struct sl_in *in, struct sl_secret **text,
                         size_t *len, struct sl_err *err)
{
    SL_AUTO_FREE(secret) *now = NULL;
    size_t room = FIRST_ROOM, used = 0, got = 0;

    SL_TRY(sl_secret_blank(room, &now, err));
    do {
        if (used == room) {
            SL_AUTO_FREE(secret) *larger = NULL;
            if (room * 2 > SL_KEY_FILE_BYTES_MAX)
                return sl_fail(err, SL_E_USAGE, _("'%s' is too large for an identity file"),
                               in->shown.text);
            SL_TRY(sl_secret_blank(room * 2, &larger, err));
            memcpy(sl_secret_fill(larger), sl_secret_expose(now).at, used);
            sl_secret_free(now);
            now = SL_TAKE(larger);
            room *= 2;
        }
        SL_TRY(sl_in_read(sl, in, sl_secret_fill(now) + used, room - used, &got, err));
        used += got;
    } while (got > 0);
    *text = SL_TAKE(now);
    *len = used;
    return SL_OK;
}

static sl_rc add_identity(struct sl_identities *ids, struct sl_view line, struct sl_err *err)
{
    if (starts(line, "AGE-PLUGIN-"))
        return sl_fail(err, SL_E_USAGE, _("an identity of an age plugin is not supported"));
    if (starts(line, "AGE-SECRET-KEY-PQ-"))
        return sl_fail(err, SL_E_USAGE, _("a hybrid identity (age1pq1...) is not supported"));
    if (starts(line, "age1"))
        return sl_fail(err, SL_E_USAGE,
                       _("this is a recipient, not an identity: it seals and does not open"));
    if (starts(line, "-----BEGIN") || is_ssh(line))
        return sl_fail(err, SL_E_USAGE, _("SSH keys are not supported as identities"));
    if (ids->count == SL_AGE_STANZAS_MAX)
        return sl_fail(err, SL_E_USAGE, _("more than %u identities"), SL_AGE_STANZAS_MAX);
    SL_TRY(sl_age_identity_read(line, &ids->list[ids->count], err));
    ids->count++;
    return SL_OK;
}

static sl_rc add_lines(struct sl_identities *ids, struct sl_view text, const char *whence,
                       struct sl_err *err)
{
    struct sl_view line = { 0 };
    size_t before = ids->count, number = 0;

    while (next_line(&text, &line)) {
        number++;
        sl_rc rc = is_comment(line) ? SL_OK : add_identity(ids, line, err);
        if (rc != SL_OK)
            return sl_note(err, rc, _("reading line %zu of '%s'"), number, whence);
    }
    if (ids->count == before)
        return sl_fail(err, SL_E_USAGE, _("no identity (AGE-SECRET-KEY-1...) stands in '%s'"),
                       whence);
    return SL_OK;
}

/* Take the armor off a sealed identity file; what comes out is still sealed. */
static sl_rc unarmor(struct sl_view file, struct sl_buf *ret, struct sl_err *err)
{
    SL_AUTO_FREE(armor_reader) *r = NULL;

    SL_TRY(sl_armor_reader_new(&r, err));
    SL_TRY(sl_armor_read(r, file, ret, err));
    return sl_armor_read_finish(r, err);
}

static sl_rc add_sealed(const struct sl *sl, const struct sl_unseal *job, struct sl_view file,
                        const char *whence, struct sl_identities *ids, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) bare = sl_buf_upto(SL_KEY_FILE_BYTES_MAX);
    SL_AUTO_FREE(secret) *passphrase = NULL;
    SL_AUTO_FREE(secret) *text = NULL;
    char prompt[400];
    size_t header = 0;
    bool wants = false;

    if (sl_armor_begins(file)) {
        SL_TRY(unarmor(file, &bare, err));
        file = sl_buf_view(&bare);
    }
    sl_rc rc = sl_age_header_length(file, &header, err);
    if (rc == SL_E_RETRY)
        return sl_fail(err, SL_E_BROKEN, _("the age file ends within its header"));
    SL_TRY(rc);
    SL_TRY(sl_age_header_wants_passphrase((struct sl_view){ file.at, header }, &wants, err));
    if (!wants)
        return sl_fail(err, SL_E_USAGE,
                       _("this identity file is sealed to keys, not to a passphrase\n"
                         "  unseal it first"));
    (void)snprintf(prompt, sizeof prompt, _("passphrase of identity file '%s'"), whence);
    SL_TRY(sl_passphrase_read(sl->os, &job->from, prompt, false, &passphrase, err));
    SL_TRY(sl_age_open_passphrase(file, sl_secret_expose(passphrase), SL_AGE_WORK_MAX, &text, err));
    return add_lines(ids, sl_secret_expose(text), whence, err);
}

static sl_rc add_identities_of(const struct sl *sl, const struct sl_unseal *job, const char *path,
                               const struct sl_out *out, struct sl_identities *ids,
                               struct sl_err *err)
{
    SL_AUTO_CLEAR(in) in = { .fd = -1 };
    SL_AUTO_FREE(secret) *text = NULL;
    size_t len = 0;

    SL_TRY(sl_in_open(sl, path, &in, err));
    SL_TRY(sl_out_apart(out, &in, err));
    SL_TRY(read_secret(sl, &in, &text, &len, err));
    struct sl_view file = { .at = sl_secret_expose(text).at, .len = len };
    struct sl_view line = { 0 }, rest = file;
    bool sealed = starts(file, "age-encryption.org/");
    while (!sealed && next_line(&rest, &line) && line.len == 0) {
    }
    sealed = sealed || starts(line, SL_ARMOR_BEGIN);
    if (!sealed)
        return add_lines(ids, file, in.shown.text, err);
    sl_rc rc = add_sealed(sl, job, file, in.shown.text, ids, err);
    return rc == SL_OK ? rc : sl_note(err, rc, _("opening identity file '%s'"), in.shown.text);
}

sl_rc sl_identities_read(const struct sl *sl, const struct sl_unseal *job, const struct sl_out *out,
                         struct sl_identities *ret, struct sl_err *err)
{
    *ret = (struct sl_identities){ .list = calloc(SL_AGE_STANZAS_MAX, sizeof(void *)) };
    if (ret->list == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    for (size_t i = 0; i < job->identity_file_count; i++)
        SL_TRY(add_identities_of(sl, job, job->identity_files[i], out, ret, err));
    return SL_OK;
}
