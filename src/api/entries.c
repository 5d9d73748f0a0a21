/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Single entries: listed, shown with salt and body, and checked by somebody who has nothing else
 * (docs/format/entry.md, "Shown alone"). What is shown holds no key of the session: the author's
 * certificate is over a hash of the block that has them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/files.h"
#include "api/vault.h"
#include "base/say.h"
#include "crypto/words.h"
#include "format/pen.h"
#include "format/session.h"
#include "journal/who.h"
#include "json/json.h"
#include "json/text.h"

#define ID_LEAST    6u
#define SHOWN_MAX   (512u << 10) /* bytes of a shown entry */
#define SHOWN_WORD  "safelight_entry"
#define SHOWN_FIRST 1

static const char *const KINDS[SL_ENTRY_KIND_LAST + 1] = {
    [SL_ENTRY_FOUNDING] = "founding", [SL_ENTRY_OPENED] = "opened",
    [SL_ENTRY_CLOSED] = "closed",     [SL_ENTRY_PART] = "part",
    [SL_ENTRY_AUTHOR] = "author",     [SL_ENTRY_LOCKER] = "locker",
    [SL_ENTRY_KEEPER] = "keeper",     [SL_ENTRY_CHECKPOINT] = "checkpoint",
    [SL_ENTRY_GRANT] = "grant",       [SL_ENTRY_REQUEST] = "request",
    [SL_ENTRY_ANSWER] = "answer",     [SL_ENTRY_ACCEPTED] = "accepted",
    [SL_ENTRY_REVOKED] = "revoked",
};

static const char *kind_word(uint32_t kind)
{
    return kind > 0 && kind <= SL_ENTRY_KIND_LAST ? KINDS[kind] : "unknown";
}

static void to_hex(const uint8_t *bytes, size_t len, char *ret)
{
    sl_hex_write((struct sl_view){ bytes, len }, ret);
    ret[SL_HEX_TEXT(len)] = '\0';
}

/* ---- entry list ---- */

struct place { /* of an entry in the listing: oldest first, a session's in their order */
    int64_t claimed;
    const uint8_t *session;
    uint64_t number;
    size_t entry;
};

static int by_place(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    int session = memcmp(x->session, y->session, SL_SESSION_BYTES);

    if (x->claimed != y->claimed)
        return x->claimed < y->claimed ? -1 : 1;
    if (session != 0)
        return session;
    return x->number < y->number ? -1 : x->number > y->number;
}

static sl_rc tell_entry(const struct sl_journal *j, size_t entry, sl_entry_each *each, void *who,
                        struct sl_err *err)
{
    const struct sl_journal_entry *e = &j->entries[entry];
    const struct sl_journal_session *s = &j->sessions[e->session];
    struct sl_entry_line line = { .kind = e->kind,
                                  .kind_word = kind_word(e->kind),
                                  .author = s->author,
                                  .number = e->number,
                                  .claimed = e->claimed,
                                  .keepers = (unsigned)__builtin_popcount(e->held),
                                  .belief = e->belief };

    to_hex(e->hash, sizeof e->hash, line.id);
    memcpy(line.session, s->explained.session, sizeof line.session);
    return each(who, &line, err);
}

static sl_rc list_in_order(const struct sl_journal *j, struct place *order, sl_entry_each *each,
                           void *who, struct sl_err *err)
{
    for (size_t i = 0; i < j->entry_count; i++) {
        const struct sl_journal_entry *e = &j->entries[i];
        order[i] =
            (struct place){ e->claimed, j->sessions[e->session].explained.session, e->number, i };
    }
    if (j->entry_count > 0)
        qsort(order, j->entry_count, sizeof *order, by_place);
    for (size_t i = 0; i < j->entry_count; i++)
        SL_TRY(tell_entry(j, order[i].entry, each, who, err));
    return SL_OK;
}

sl_rc sl_entry_list(struct sl *sl, const struct sl_home_at *at, sl_entry_each *each, void *who,
                    struct sl_err *err)
{
    SL_AUTO_CLEAR(vault_open) open = { 0 };
    SL_AUTO_FREE(journal) *j = NULL;

    SL_TRY(sl_vault_open(sl, at, &open, err));
    SL_TRY(sl_vault_journal(sl, &open, false, &j, err));
    struct place *order = calloc(j->entry_count + 1, sizeof *order);
    if (order == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    sl_rc rc = list_in_order(j, order, each, who, err);
    free(order);
    return rc;
}

/* ---- entry show ---- */

static sl_rc find_entry(const struct sl_journal *j, const char *id,
                        const struct sl_journal_entry **ret, struct sl_err *err)
{
    size_t len = strlen(id), found = 0;

    if (len < ID_LEAST || strspn(id, "0123456789abcdef") != len)
        return sl_fail(
            err, SL_E_USAGE,
            _("an entry is named by the first %u or more digits of its id, as `safelight "
              "entry list` shows it"),
            ID_LEAST);
    for (size_t i = 0; i < j->entry_count; i++) {
        char text[SL_ENTRY_ID_TEXT];
        to_hex(j->entries[i].hash, sizeof j->entries[i].hash, text);
        if (strncmp(text, id, len) != 0)
            continue;
        *ret = &j->entries[i];
        found++;
    }
    if (found == 1)
        return SL_OK;
    return found == 0 ? sl_fail(err, SL_E_MISSING, _("no entry begins with '%s'"), id)
                      : sl_fail(err, SL_E_USAGE, _("%zu entries begin with '%s': give more digits"),
                                found, id);
}

static void put_base64(struct sl_json_pen *p, const char *key, struct sl_view bytes, char *room)
{
    size_t len = SL_BASE64_TEXT(bytes.len);

    sl_base64_padded_write(bytes, room);
    sl_json_text(p, key, (struct sl_view){ (const uint8_t *)room, len });
}

/* Salt and body as far as this home opens it; *body stays empty where it does not. */
static sl_rc open_body(const struct sl_vault *v, struct sl_view sealed, struct sl_buf *body,
                       struct sl_err *err)
{
    struct sl_age_identity *with[SL_VAULT_OPENERS_MAX];
    size_t count = sl_vault_openers(v, with);

    if (sealed.len == 0 || count == 0)
        return SL_OK;
    sl_rc rc = sl_age_open(sealed, with, count, body, err);
    return rc == SL_E_REFUSED ? SL_OK : rc; /* not for this person */
}

/* The certificate, and what it is over in the place of the session's keys. */
static void put_proof(struct sl_json_pen *p, const struct sl_slip *slip,
                      const struct sl_session *session, char *room)
{
    uint8_t block[SL_SHA256_BYTES];

    sl_session_block_hash(session, block);
    put_base64(p, "record", (struct sl_view){ slip->record_bytes, SL_RECORD_BYTES }, room);
    put_base64(p, "signature", (struct sl_view){ slip->signature, SL_SIGNATURE_BYTES }, room);
    sl_json_hex(p, "author", (struct sl_view){ session->author, sizeof session->author });
    sl_json_hex(p, "session_block", (struct sl_view){ block, sizeof block });
    put_base64(p, "certificate", (struct sl_view){ session->certificate, SL_SIGNATURE_BYTES },
               room);
}

static sl_rc write_shown(struct sl *sl, const struct sl_vault *v, const struct sl_entry_show *job,
                         const struct sl_slip *slip, const struct sl_session *session, char *room,
                         struct sl_err *err)
{
    SL_AUTO_FREE(secret) *space = NULL;
    SL_AUTO_CLEAR(buf) text = sl_buf_upto(SHOWN_MAX);
    struct sl_json_pen p = sl_json_to(&text, err);

    SL_TRY(sl_secret_blank(SL_SLIP_BYTES, &space, err));
    struct sl_buf body = sl_buf_fixed(sl_secret_fill(space), SL_SLIP_BYTES);
    if (!job->bare)
        SL_TRY(open_body(v, slip->body, &body, err));
    sl_json_object(&p, NULL);
    sl_json_i64(&p, SHOWN_WORD, SHOWN_FIRST);
    put_proof(&p, slip, session, room);
    if (body.len > 0)
        put_base64(&p, "body", sl_buf_view(&body), room);
    if (job->care && !job->bare && slip->care_body.len > 0)
        put_base64(&p, "care_body", slip->care_body, room);
    sl_json_end(&p);
    SL_TRY(sl_json_finish(&p));
    return sl_file_write(sl, job->out != NULL ? job->out : "-", sl_buf_view(&text), err);
}

sl_rc sl_entry_show_one(struct sl *sl, const struct sl_entry_show *job, struct sl_err *err)
{
    SL_AUTO_CLEAR(vault_open) open = { 0 };
    SL_AUTO_FREE(journal) *j = NULL;
    SL_AUTO_FREE(secret) *space = NULL;
    SL_AUTO_FREE(secret) *room = NULL;
    const struct sl_journal_entry *e = NULL;
    struct sl_slip slip;
    struct sl_record record;
    struct sl_session session;

    if (job->id == NULL)
        return sl_fail(err, SL_E_USAGE, _("say which entry: safelight entry list names them"));
    if (job->out != NULL)
        SL_TRY(sl_file_must_be_new(sl, job->out, err));
    SL_TRY(sl_vault_open(sl, &job->at, &open, err));
    SL_TRY(sl_vault_journal(sl, &open, false, &j, err));
    SL_TRY(find_entry(j, job->id, &e, err));
    SL_TRY(sl_secret_blank(SL_SLIP_BYTES, &space, err));
    SL_TRY(sl_secret_blank(SL_BASE64_TEXT((size_t)SL_SLIP_BYTES), &room, err));
    struct sl_buf plain = sl_buf_fixed(sl_secret_fill(space), SL_SLIP_BYTES);
    sl_rc rc = sl_journal_whole(j, e, &plain, &slip, &record, &session, err);
    if (rc == SL_OK)
        rc = write_shown(sl, open.vault, job, &slip, &session, (char *)sl_secret_fill(room), err);
    sl_wipe(&session, sizeof session);
    return rc;
}

/* ---- entry verify ---- */

struct shown {
    uint8_t record[SL_RECORD_BYTES], signature[SL_SIGNATURE_BYTES];
    uint8_t block[SL_SHA256_BYTES], certificate[SL_SIGNATURE_BYTES];
    uint8_t author[SL_SIGN_PUBLIC_BYTES];
    struct sl_buf body, care; /* salted; empty where not disclosed */
};

static void shown_clear(struct shown *s)
{
    sl_buf_clear(&s->body);
    sl_buf_clear(&s->care);
}

static sl_rc get_bytes(const struct sl_json *o, const char *key, uint8_t *ret, size_t len,
                       struct sl_err *err)
{
    size_t got = 0;

    SL_TRY(sl_json_get_base64(o, key, ret, len, &got, err));
    return got == len ? SL_OK
                      : sl_fail(err, SL_E_BROKEN, _("'%s' has %zu bytes, not %zu"), key, got, len);
}

static sl_rc get_body(const struct sl_json *o, const char *key, struct sl_buf *ret,
                      struct sl_err *err)
{
    SL_AUTO_FREE(secret) *space = NULL;
    size_t got = 0;

    *ret = sl_buf_upto(SL_SLIP_BYTES);
    if (!sl_json_has(o, key))
        return SL_OK;
    SL_TRY(sl_secret_blank(SL_SLIP_BYTES, &space, err));
    SL_TRY(sl_json_get_base64(o, key, sl_secret_fill(space), SL_SLIP_BYTES, &got, err));
    if (got < SL_SALT_BYTES)
        return sl_fail(err, SL_E_BROKEN, _("'%s' is shorter than its salt"), key);
    return sl_buf_put(ret, (struct sl_view){ sl_secret_expose(space).at, got }, err);
}

static sl_rc read_shown(struct sl_view text, struct shown *s, struct sl_err *err)
{
    SL_AUTO_FREE(json) *o = NULL;
    int64_t version = 0;

    SL_TRY(sl_json_read(text, &o, err));
    SL_TRY(sl_json_get_int(o, SHOWN_WORD, 0, INT64_MAX, &version, err));
    if (version != SHOWN_FIRST)
        return sl_fail(err, SL_E_BROKEN, _("an entry shown in version %jd; this program knows %d"),
                       (intmax_t)version, SHOWN_FIRST);
    SL_TRY(get_bytes(o, "record", s->record, sizeof s->record, err));
    SL_TRY(get_bytes(o, "signature", s->signature, sizeof s->signature, err));
    SL_TRY(get_bytes(o, "certificate", s->certificate, sizeof s->certificate, err));
    SL_TRY(sl_json_get_hex(o, "session_block", s->block, sizeof s->block, err));
    SL_TRY(sl_json_get_hex(o, "author", s->author, sizeof s->author, err));
    SL_TRY(get_body(o, "body", &s->body, err));
    return get_body(o, "care_body", &s->care, err);
}

/* A body's hash stands in the record; what is disclosed has it. */
static sl_rc check_body(const struct sl_buf *salted, const uint8_t hash[SL_SHA256_BYTES],
                        const char *what, struct sl_err *err)
{
    uint8_t is[SL_SHA256_BYTES];

    if (salted->len == 0)
        return SL_OK;
    sl_sha256_of(sl_buf_view(salted), is);
    if (sl_same(is, hash, sizeof is))
        return SL_OK;
    return sl_fail(err, SL_E_REFUSED, _("the %s that is shown is not the one that was signed"),
                   what);
}

static sl_rc check_shown(const struct shown *s, struct sl_record *r, struct sl_err *err)
{
    SL_TRY(sl_record_read((struct sl_view){ s->record, sizeof s->record }, r, err));
    if (!sl_record_signed(s->record, s->signature))
        return sl_fail(err, SL_E_REFUSED, _("the signature of this entry is wrong"));
    if (!sl_session_certified_by(r->production, r->session, s->author, s->block, s->certificate))
        return sl_fail(err, SL_E_REFUSED,
                       _("this entry's session is not certified by the author it names"));
    SL_TRY(check_body(&s->body, r->body, _("body"), err));
    return check_body(&s->care, r->care_body, _("body for members"), err);
}

static void tell_verified(const struct shown *s, const struct sl_record *r,
                          struct sl_entry_verified *ret)
{
    uint8_t hash[SL_SHA256_BYTES];

    sl_record_hash(s->record, s->signature, hash);
    to_hex(hash, sizeof hash, ret->id);
    to_hex(r->production, sizeof r->production, ret->production);
    to_hex(s->author, sizeof s->author, ret->author);
    to_hex(r->session, sizeof r->session, ret->session);
    sl_words_of("key", (struct sl_view){ s->author, sizeof s->author }, ret->author_words);
    ret->number = r->number;
    ret->kind = r->kind;
    ret->kind_word = kind_word(r->kind);
    ret->claimed = r->claimed;
    ret->has_body = !sl_all_zero((struct sl_view){ r->body, sizeof r->body });
    ret->has_care = !sl_all_zero((struct sl_view){ r->care_body, sizeof r->care_body });
    ret->shows_body = s->body.len > 0;
    ret->shows_care = s->care.len > 0;
    ret->body_bytes = s->body.len > 0 ? s->body.len - SL_SALT_BYTES : 0;
    ret->care_bytes = s->care.len > 0 ? s->care.len - SL_SALT_BYTES : 0;
}

static sl_rc check_card(struct sl *sl, const char *card, const struct shown *s,
                        struct sl_entry_verified *ret, struct sl_err *err)
{
    struct sl_card_file file;

    if (card == NULL)
        return SL_OK;
    SL_TRY(sl_card_file_read(sl, card, &file, err));
    ret->author_matches = sl_same(file.card.sign, s->author, sizeof s->author);
    if (ret->author_matches)
        return SL_OK;
    return sl_fail(err, SL_E_REFUSED, _("this entry is true, and not by the person of that card"));
}

static sl_rc verify(struct sl *sl, const char *path, const char *card, const char *body_out,
                    struct shown *s, struct sl_entry_verified *ret, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) text = sl_buf_upto(SHOWN_MAX);
    struct sl_record r;

    SL_TRY(sl_file_read(sl, path, _("shown entry"), &text, err));
    sl_rc rc = read_shown(sl_buf_view(&text), s, err);
    if (rc == SL_OK)
        rc = check_shown(s, &r, err);
    if (rc != SL_OK)
        return sl_note(err, rc, _("checking '%s'"), sl_show(path).text);
    tell_verified(s, &r, ret);
    SL_TRY(check_card(sl, card, s, ret, err));
    if (body_out == NULL)
        return SL_OK;
    const struct sl_buf *salted = s->body.len > 0 ? &s->body : &s->care;
    if (salted->len == 0)
        return sl_fail(err, SL_E_MISSING, _("this entry is shown without a body"));
    return sl_file_write(
        sl, body_out, (struct sl_view){ salted->at + SL_SALT_BYTES, salted->len - SL_SALT_BYTES },
        err);
}

sl_rc sl_entry_verify(struct sl *sl, const char *path, const char *card, const char *body_out,
                      struct sl_entry_verified *ret, struct sl_err *err)
{
    struct shown s = { 0 };

    *ret = (struct sl_entry_verified){ .kind_word = "unknown" };
    if (path == NULL)
        return sl_fail(err, SL_E_USAGE, _("say which file holds the entry"));
    sl_rc rc = verify(sl, path, card, body_out, &s, ret, err);
    shown_clear(&s);
    return rc;
}
