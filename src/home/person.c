/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who the person of a home is: an identity file as age reads it, under the home's passphrase. See
 * keys.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/say.h"
#include "home/inside.h"
#include "home/keys.h"
#include "home/passphrase.h"

#define TEXT_ROOM 512u

static bool is_there(struct sl_home *h, const char *name)
{
    uint64_t bytes = 0;

    return sl_shelf_bytes(h->shelf, name, &bytes, NULL) == SL_OK;
}

bool sl_home_has_person(struct sl_home *h)
{
    return is_there(h, SL_PERSON_CLEAR) || is_there(h, SL_PERSON_SEALED);
}

/* The first line that is no comment is the identity. */
static sl_rc read_text(struct sl_view text, struct sl_age_identity **ret, struct sl_err *err)
{
    while (text.len > 0) {
        const uint8_t *end = memchr(text.at, '\n', text.len);
        size_t len = end != NULL ? (size_t)(end - text.at) : text.len;
        if (len > 0 && text.at[0] != '#') {
            sl_rc rc = sl_age_identity_read((struct sl_view){ text.at, len }, ret, err);
            return rc == SL_OK
                       ? SL_OK
                       : sl_fail(err, SL_E_BROKEN, _("the identity of this home is damaged"));
        }
        text.at += len + (end != NULL ? 1 : 0);
        text.len -= len + (end != NULL ? 1 : 0);
    }
    return sl_fail(err, SL_E_BROKEN, _("the identity of this home is damaged"));
}

sl_rc sl_home_person(struct sl_home *h, const struct sl_passphrase_from *from,
                     struct sl_secret **words, struct sl_age_identity **ret, struct sl_err *err)
{
    SL_AUTO_FREE(secret) *text = NULL;
    SL_AUTO_FREE(secret) *typed = NULL;

    if (is_there(h, SL_PERSON_CLEAR)) {
        SL_TRY(sl_home_open_clear(h, SL_PERSON_CLEAR, &text, err));
        return read_text(sl_secret_expose(text), ret, err);
    }
    if (!is_there(h, SL_PERSON_SEALED))
        return sl_fail(err, SL_E_MISSING,
                       _("the home '%s' has no identity\n"
                         "  make one with: safelight person new, or: safelight trustee new"),
                       h->shown);
    SL_TRY(sl_passphrase_read(h->os, from, _("passphrase of this home"), false, &typed, err));
    sl_rc rc = sl_home_open_sealed(h, SL_PERSON_SEALED, typed, &text, err);
    if (rc != SL_OK)
        return sl_note(err, rc, _("unlocking the identity of this home"));
    SL_TRY(read_text(sl_secret_expose(text), ret, err));
    if (words != NULL)
        *words = SL_TAKE(typed);
    return SL_OK;
}

static sl_rc write_text(const char *name, const struct sl_age_identity *person,
                        struct sl_secret **ret, struct sl_err *err)
{
    SL_AUTO_FREE(secret) *whole = NULL;
    SL_AUTO_FREE(secret) *key = NULL;
    char public[SL_AGE_RECIPIENT_TEXT];
    struct sl_age_recipient recipient;

    sl_age_identity_recipient(person, &recipient);
    sl_age_recipient_text(&recipient, public);
    SL_TRY(sl_age_identity_text(person, &key, err));
    SL_TRY(sl_secret_blank(TEXT_ROOM, &whole, err));
    int len = snprintf((char *)sl_secret_fill(whole), TEXT_ROOM,
                       "# safelight person: %s\n# public key: %s\n%s\n", name, public,
                       (const char *)sl_secret_expose(key).at);
    if (len < 0 || (size_t)len >= TEXT_ROOM)
        return sl_fail(err, SL_E_USAGE, _("this name is too long"));
    return sl_secret_copy((struct sl_view){ sl_secret_expose(whole).at, (size_t)len }, ret, err);
}

sl_rc sl_home_person_store(struct sl_home *h, const char *name,
                           const struct sl_age_identity *person, const struct sl_secret *words,
                           bool low_memory, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) sealed = { 0 };
    SL_AUTO_FREE(secret) *text = NULL;

    if (sl_home_has_person(h))
        return sl_fail(err, SL_E_REFUSED, _("the home '%s' has an identity already"), h->shown);
    SL_TRY(write_text(name, person, &text, err));
    struct sl_view bytes = sl_secret_expose(text);
    if (words != NULL) {
        SL_TRY(sl_home_seal(bytes, words, low_memory, &sealed, err));
        bytes = sl_buf_view(&sealed);
    }
    sl_rc rc =
        sl_shelf_put(h->shelf, words != NULL ? SL_PERSON_SEALED : SL_PERSON_CLEAR, &bytes, 1, err);
    return rc == SL_OK ? SL_OK : sl_note(err, rc, _("writing to the home '%s'"), h->shown);
}
