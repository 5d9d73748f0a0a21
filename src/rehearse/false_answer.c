/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A trustee who lies: no program of ours does, so the rehearsal takes a true answer, as text
 * (docs/format/quorum.md, "Answer" and "As text"), changes its proof, and signs and seals it anew
 * with that trustee's own key. Only the proof tells. See inside.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/say.h"
#include "crypto/age.h"
#include "crypto/base64.h"
#include "crypto/derive.h"
#include "crypto/sign.h"
#include "rehearse/inside.h"

#define TEXT_MAX     1500u
#define SUM_BYTES    6u
#define COLUMNS      64u
#define LINE_BYTES   48u
#define ANSWER_BYTES 780u
#define MARK_BYTES   512u
#define SIGNED_BYTES (ANSWER_BYTES - SL_SIGNATURE_BYTES)
#define RESPONSE_AT  (SIGNED_BYTES - MARK_BYTES - 32u) /* the proof's last number */
#define BEGIN_LINE   "-----BEGIN SAFELIGHT ANSWER-----\n"
#define END_LINE     "-----END SAFELIGHT ANSWER-----\n"
#define BARE_BEGIN   "BEGINSAFELIGHTANSWER"
#define KEY_INFO     "safelight/1 person signing key"
#define PURPOSE      "safelight/1 answer"

static struct sl_view text_view(const char *text)
{
    return (struct sl_view){ (const uint8_t *)text, strlen(text) };
}

/* ---- files of the folder ---- */

static sl_rc read_file(struct sl_rehearsal *r, const char *name, char ret[TEXT_MAX + 1],
                       struct sl_err *err)
{
    SL_AUTO_FD fd = { r->os, -1 };

    fd.fd = r->os->open(r->os->self, r->place.fd, name, O_RDONLY | O_NOFOLLOW, 0, 0);
    ssize_t got = fd.fd >= 0 ? sl_os_pread_all(r->os, fd.fd, ret, TEXT_MAX, 0) : -1;
    if (got < 0)
        return sl_fail_errno(err, _("'%s' cannot be read"), name);
    ret[got] = '\0';
    return SL_OK;
}

static sl_rc write_file(struct sl_rehearsal *r, const char *name, struct sl_view text,
                        struct sl_err *err)
{
    SL_AUTO_FD fd = { r->os, -1 };

    fd.fd = r->os->open(r->os->self, r->place.fd, name, O_WRONLY | O_CREAT | O_EXCL, 0600, 0);
    if (fd.fd < 0 || sl_os_write_all(r->os, fd.fd, text.at, text.len) != 0)
        return sl_fail_errno(err, _("'%s' cannot be written"), name);
    return SL_OK;
}

static sl_rc identity_of(struct sl_rehearsal *r, enum sl_who who, struct sl_age_identity **ret,
                         struct sl_err *err)
{
    char name[64], text[TEXT_MAX + 1];

    (void)snprintf(name, sizeof name, SL_IN_PEOPLE "/%s/identity.txt", sl_who_alias(who));
    SL_TRY(read_file(r, name, text, err));
    const char *at = strstr(text, "AGE-SECRET-KEY-");
    sl_rc rc =
        at != NULL && strlen(at) >= SL_AGE_IDENTITY_TEXT - 1
            ? sl_age_identity_read(
                  (struct sl_view){ (const uint8_t *)at, SL_AGE_IDENTITY_TEXT - 1 }, ret, err)
            : sl_fail(err, SL_E_BROKEN, _("'%s' holds no identity"), name);
    sl_wipe(text, sizeof text);
    return rc;
}

/* ---- text ---- */

/* The lines between the first and the last, end to end, to bytes; the checksum is left away. */
static sl_rc from_text(const char *text, struct sl_buf *ret, struct sl_err *err)
{
    char columns[TEXT_MAX + 1];
    uint8_t bytes[TEXT_MAX];
    size_t used = 0, len = 0;

    for (const char *line = text; *line != '\0';) {
        size_t all = strcspn(line, "\n");
        if (line[0] != '-') {
            memcpy(columns + used, line, all);
            used += all;
        }
        line += all + (line[all] == '\n' ? 1 : 0);
    }
    if (!sl_base64_read((struct sl_view){ (const uint8_t *)columns, used }, bytes, &len) ||
        len <= SUM_BYTES)
        return sl_fail(err, SL_E_BROKEN, _("an answer by hand is no text"));
    return sl_buf_put(ret, (struct sl_view){ bytes, len - SUM_BYTES }, err);
}

static sl_rc to_text(struct sl_view what, struct sl_buf *ret, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) all = sl_buf_upto(TEXT_MAX);
    struct sl_view summed[] = { text_view(BARE_BEGIN), what };
    uint8_t sum[SL_SHA256_BYTES];

    sl_sha256_of_pieces(summed, 2, sum);
    SL_TRY(sl_buf_put(&all, what, err));
    SL_TRY(sl_buf_put(&all, (struct sl_view){ sum, SUM_BYTES }, err));
    SL_TRY(sl_buf_put(ret, text_view(BEGIN_LINE), err));
    for (size_t at = 0; at < all.len; at += LINE_BYTES) {
        size_t left = all.len - at;
        char line[COLUMNS + 1];
        size_t columns = sl_base64_write(
            (struct sl_view){ all.at + at, left < LINE_BYTES ? left : LINE_BYTES }, line);
        line[columns] = '\n';
        SL_TRY(sl_buf_put(ret, (struct sl_view){ (const uint8_t *)line, columns + 1 }, err));
    }
    return sl_buf_put(ret, text_view(END_LINE), err);
}

/* ---- the lie ---- */

static sl_rc sign_anew(const struct sl_age_identity *trustee, struct sl_buf *answer,
                       struct sl_err *err)
{
    SL_AUTO_FREE(secret) *identity = NULL, *seed = NULL;

    SL_TRY(sl_age_identity_secret(trustee, &identity, err));
    SL_TRY(sl_secret_blank(SL_SIGN_SEED_BYTES, &seed, err));
    sl_hkdf_sha256(sl_secret_expose(identity), (struct sl_view){ 0 }, text_view(KEY_INFO),
                   sl_secret_fill(seed), SL_SIGN_SEED_BYTES);
    const struct sl_sign_key key = { seed };
    sl_sign(&key, PURPOSE, (struct sl_view){ answer->at, SIGNED_BYTES }, answer->at + SIGNED_BYTES);
    return SL_OK;
}

sl_rc sl_false_answer(struct sl_rehearsal *r, enum sl_who trustee, const char *from, const char *to,
                      struct sl_err *err)
{
    SL_AUTO_FREE(age_identity) *liar = NULL, *editor = NULL;
    SL_AUTO_CLEAR(buf) sealed = sl_buf_upto(TEXT_MAX), answer = sl_buf_upto(ANSWER_BYTES),
                       again = sl_buf_upto(TEXT_MAX), out = sl_buf_upto(TEXT_MAX);
    struct sl_age_recipient recipient;
    char text[TEXT_MAX + 1];

    SL_TRY(identity_of(r, trustee, &liar, err));
    SL_TRY(identity_of(r, SL_WHO_EDITOR, &editor, err));
    SL_TRY(read_file(r, from, text, err));
    SL_TRY(from_text(text, &sealed, err));
    SL_TRY(sl_age_open(sl_buf_view(&sealed), &editor, 1, &answer, err));
    if (answer.len != ANSWER_BYTES)
        return sl_fail(err, SL_E_BROKEN, _("an answer by hand is no text"));
    answer.at[RESPONSE_AT] ^= 1;
    SL_TRY(sign_anew(liar, &answer, err));
    sl_age_identity_recipient(editor, &recipient);
    SL_TRY(sl_age_seal(&recipient, 1, sl_buf_view(&answer), &again, err));
    SL_TRY(to_text(sl_buf_view(&again), &out, err));
    return write_file(r, to, sl_buf_view(&out), err);
}
