/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Headers sealed and opened: the file key is drawn, wrapped for each recipient, and pins the
 * whole header by its MAC; opening tries stanzas in their order until one fits.
 */
#include <assert.h>
#include <string.h>

#include "base/say.h"
#include "crypto/base64.h"
#include "crypto/derive.h"
#include "crypto/inside.h"

static void header_mac(struct sl_view file_key, struct sl_view covered,
                       uint8_t ret[SL_AGE_MAC_BYTES])
{
    static const uint8_t info[] = { 'h', 'e', 'a', 'd', 'e', 'r' };
    uint8_t key[SL_SHA256_BYTES];

    sl_hkdf_sha256(file_key, (struct sl_view){ 0 }, (struct sl_view){ info, sizeof info }, key,
                   sizeof key);
    sl_hmac_sha256((struct sl_view){ key, sizeof key }, covered, ret);
    sl_wipe(key, sizeof key);
}

/* Close the header that began at `start`: "---", its MAC, a line feed. */
static sl_rc put_end(struct sl_buf *header, size_t start, struct sl_view file_key,
                     struct sl_err *err)
{
    uint8_t mac[SL_AGE_MAC_BYTES];
    char text[SL_AGE_MAC_COLUMNS];

    SL_TRY(sl_age_put_text(header, "---", err));
    header_mac(file_key, (struct sl_view){ header->at + start, header->len - start }, mac);
    size_t made = sl_base64_write((struct sl_view){ mac, sizeof mac }, text);
    SL_TRY(sl_age_put_text(header, " ", err));
    SL_TRY(sl_buf_put(header, (struct sl_view){ (const uint8_t *)text, made }, err));
    return sl_age_put_text(header, "\n", err);
}

sl_rc sl_age_header_seal(const struct sl_age_recipient *to, size_t count, struct sl_buf *header,
                         struct sl_age_key *key, struct sl_err *err)
{
    SL_AUTO_FREE(secret) *file_key = NULL;
    SL_AUTO_FREE(aead) *a = NULL;
    size_t start = header->len;

    if (count == 0 || count > SL_AGE_STANZAS_MAX)
        return sl_fail(err, SL_E_USAGE, _("%zu recipients: one file takes 1 to %u"), count,
                       SL_AGE_STANZAS_MAX);
    SL_TRY(sl_aead_new(&a, err));
    SL_TRY(sl_secret_new(SL_AGE_FILE_KEY_BYTES, &file_key, err));
    SL_TRY(sl_age_put_text(header, SL_AGE_VERSION_LINE "\n", err));
    for (size_t i = 0; i < count; i++)
        SL_TRY(sl_age_x25519_wrap(a, &to[i], sl_secret_expose(file_key), header, err));
    SL_TRY(put_end(header, start, sl_secret_expose(file_key), err));
    key->bytes = SL_TAKE(file_key);
    return SL_OK;
}

sl_rc sl_age_header_seal_passphrase(struct sl_view passphrase, unsigned work, struct sl_buf *header,
                                    struct sl_age_key *key, struct sl_err *err)
{
    SL_AUTO_FREE(secret) *file_key = NULL;
    SL_AUTO_FREE(aead) *a = NULL;
    size_t start = header->len;

    assert(work >= 1 && work <= SL_AGE_WORK_MAX);
    if (passphrase.len == 0 || passphrase.len > SL_AGE_PASSPHRASE_MAX)
        return sl_fail(err, SL_E_USAGE, _("a passphrase has 1 to %u bytes"), SL_AGE_PASSPHRASE_MAX);
    SL_TRY(sl_aead_new(&a, err));
    SL_TRY(sl_secret_new(SL_AGE_FILE_KEY_BYTES, &file_key, err));
    SL_TRY(sl_age_put_text(header, SL_AGE_VERSION_LINE "\n", err));
    SL_TRY(sl_age_scrypt_wrap(a, passphrase, work, sl_secret_expose(file_key), header, err));
    SL_TRY(put_end(header, start, sl_secret_expose(file_key), err));
    key->bytes = SL_TAKE(file_key);
    return SL_OK;
}

sl_rc sl_age_header_length(struct sl_view in, size_t *ret, struct sl_err *err)
{
    struct sl_age_head head = { 0 };

    SL_TRY(sl_age_head_read(in, &head, err));
    *ret = head.bytes;
    return SL_OK;
}

/* A header that is here in full, with nothing behind it. */
static sl_rc read_whole(struct sl_view header, struct sl_age_head *ret, struct sl_err *err)
{
    struct sl_age_head head = { 0 };
    sl_rc rc = sl_age_head_read(header, &head, err);

    if (rc == SL_E_RETRY)
        return sl_fail(err, SL_E_BROKEN, _("age header: ends too early"));
    if (rc != SL_OK)
        return rc;
    if (head.bytes != header.len)
        return sl_fail(err, SL_E_BROKEN, _("age header: something follows its last line"));
    *ret = head;
    return SL_OK;
}

sl_rc sl_age_header_wants_passphrase(struct sl_view header, bool *ret, struct sl_err *err)
{
    struct sl_age_head head = { 0 };

    SL_TRY(read_whole(header, &head, err));
    *ret = head.scrypt;
    return SL_OK;
}

/* The file key came out of a stanza; only now is the rest of the header known to be its own. */
static sl_rc accept_key(const struct sl_age_head *head, uint8_t bytes[SL_AGE_FILE_KEY_BYTES],
                        struct sl_age_key *key, struct sl_err *err)
{
    SL_AUTO_FREE(secret) *file_key = NULL;
    uint8_t mac[SL_AGE_MAC_BYTES];
    sl_rc rc = sl_secret_copy((struct sl_view){ bytes, SL_AGE_FILE_KEY_BYTES }, &file_key, err);

    sl_wipe(bytes, SL_AGE_FILE_KEY_BYTES);
    if (rc != SL_OK)
        return rc;
    header_mac(sl_secret_expose(file_key), head->covered, mac);
    if (!sl_same(mac, head->mac, sizeof mac))
        return sl_fail(err, SL_E_BROKEN, _("age header: was altered (its MAC is wrong)"));
    key->bytes = SL_TAKE(file_key);
    return SL_OK;
}

static sl_rc try_identities(struct sl_aead *a, const struct sl_age_stanza *s,
                            struct sl_age_identity *const *with, size_t count,
                            uint8_t bytes[SL_AGE_FILE_KEY_BYTES], bool *fits, struct sl_err *err)
{
    for (size_t i = 0; i < count && !*fits; i++)
        SL_TRY(sl_age_x25519_unwrap(a, with[i], s, bytes, fits, err));
    return SL_OK;
}

sl_rc sl_age_header_open(struct sl_view header, struct sl_age_identity *const *with, size_t count,
                         struct sl_age_key *key, struct sl_err *err)
{
    SL_AUTO_FREE(aead) *a = NULL;
    struct sl_age_head head = { 0 };
    uint8_t bytes[SL_AGE_FILE_KEY_BYTES];
    bool fits = false;

    SL_TRY(read_whole(header, &head, err));
    if (head.scrypt)
        return sl_fail(err, SL_E_REFUSED, _("sealed with a passphrase, not to a key"));
    SL_TRY(sl_aead_new(&a, err));
    struct sl_cur c = sl_cur_over(head.stanzas);
    while (c.left > 0 && !fits) {
        struct sl_age_stanza s = { 0 };
        SL_TRY(sl_age_stanza_read(&c, &s, err));
        if (sl_age_view_is(s.args[0], "X25519"))
            SL_TRY(try_identities(a, &s, with, count, bytes, &fits, err));
    }
    if (!fits)
        return sl_fail(err, SL_E_REFUSED, _("sealed to somebody else: no key at hand fits"));
    return accept_key(&head, bytes, key, err);
}

sl_rc sl_age_header_open_passphrase(struct sl_view header, struct sl_view passphrase,
                                    unsigned work_max, struct sl_age_key *key, struct sl_err *err)
{
    SL_AUTO_FREE(aead) *a = NULL;
    struct sl_age_head head = { 0 };
    struct sl_age_stanza s = { 0 };
    uint8_t bytes[SL_AGE_FILE_KEY_BYTES];
    bool fits = false;

    assert(work_max <= SL_AGE_WORK_MAX);
    SL_TRY(read_whole(header, &head, err));
    if (!head.scrypt)
        return sl_fail(err, SL_E_REFUSED, _("sealed to a key, not with a passphrase"));
    SL_TRY(sl_aead_new(&a, err));
    struct sl_cur c = sl_cur_over(head.stanzas);
    SL_TRY(sl_age_stanza_read(&c, &s, err));
    SL_TRY(sl_age_scrypt_unwrap(a, passphrase, work_max, &s, bytes, &fits, err));
    if (!fits)
        return sl_fail(err, SL_E_REFUSED, _("wrong passphrase"));
    return accept_key(&head, bytes, key, err);
}
