/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The scrypt recipient of age: one passphrase, alone in its header (C2SP age.md, "The scrypt
 * recipient type"). libsodium does the work: it has vector code where OpenSSL's is plain C, so
 * the same second buys more for a defender; the two agree byte for byte.
 */
#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/say.h"
#include "crypto/base64.h"
#include "crypto/inside.h"

#define LABEL         "age-encryption.org/v1/scrypt"
#define LABEL_BYTES   (sizeof LABEL - 1)
#define SALT_COLUMNS  SL_BASE64_COLUMNS(SL_AGE_SALT_BYTES)
#define WORK_TOO_MUCH 1000u /* where counting digits stops */

static const uint8_t NONCE[SL_AEAD_NONCE_BYTES]; /* each salt gives another key */

sl_rc sl_scrypt(struct sl_view passphrase, struct sl_view salt, struct sl_scrypt_cost cost,
                uint8_t *ret, size_t count, struct sl_err *err)
{
    static const uint8_t nothing[1];
    const uint8_t *words = passphrase.len > 0 ? passphrase.at : nothing; /* it wants no NULL */
    const uint8_t *grain = salt.len > 0 ? salt.at : nothing;

    if (crypto_pwhash_scryptsalsa208sha256_ll(words, passphrase.len, grain, salt.len, cost.n,
                                              cost.r, cost.p, ret, count) == 0)
        return SL_OK;
    return sl_fail(err, SL_E_SYSTEM, _("a passphrase needs %llu MiB of memory for a moment"),
                   (unsigned long long)(cost.n * cost.r * 128u >> 20));
}

static sl_rc derive_wrap_key(struct sl_view passphrase, const uint8_t salt[SL_AGE_SALT_BYTES],
                             unsigned work, struct sl_aead *a, struct sl_err *err)
{
    assert(work <= SL_AGE_WORK_MAX);
    struct sl_scrypt_cost cost = { .n = UINT64_C(1) << work, .r = 8, .p = 1 };
    uint8_t labelled[LABEL_BYTES + SL_AGE_SALT_BYTES];
    uint8_t key[SL_AEAD_KEY_BYTES];

    memcpy(labelled, LABEL, LABEL_BYTES);
    memcpy(labelled + LABEL_BYTES, salt, SL_AGE_SALT_BYTES);
    SL_TRY(sl_scrypt(passphrase, (struct sl_view){ labelled, sizeof labelled }, cost, key,
                     sizeof key, err));
    sl_aead_key(a, key);
    sl_wipe(key, sizeof key);
    return SL_OK;
}

sl_rc sl_age_scrypt_wrap(struct sl_aead *a, struct sl_view passphrase, unsigned work,
                         struct sl_view file_key, struct sl_buf *out, struct sl_err *err)
{
    uint8_t salt[SL_AGE_SALT_BYTES];
    uint8_t body[SL_AGE_WRAPPED_BYTES];
    char text[SALT_COLUMNS];
    char number[16];

    sl_random(salt, sizeof salt);
    SL_TRY(derive_wrap_key(passphrase, salt, work, a, err));
    sl_aead_seal(a, NONCE, (struct sl_view){ 0 }, file_key.at, SL_AGE_FILE_KEY_BYTES, body,
                 body + SL_AGE_FILE_KEY_BYTES);
    size_t made = sl_base64_write((struct sl_view){ salt, sizeof salt }, text);
    (void)snprintf(number, sizeof number, " %u\n", work);
    SL_TRY(sl_age_put_text(out, "-> scrypt ", err));
    SL_TRY(sl_buf_put(out, (struct sl_view){ (const uint8_t *)text, made }, err));
    SL_TRY(sl_age_put_text(out, number, err));
    return sl_age_put_wrapped(out, body, err);
}

static bool read_salt(const struct sl_age_stanza *s, uint8_t ret[SL_AGE_SALT_BYTES])
{
    uint8_t bytes[SL_AGE_SALT_BYTES + 2u];
    size_t made = 0;

    if (s->args[1].len != SALT_COLUMNS || !sl_base64_read(s->args[1], bytes, &made))
        return false;
    memcpy(ret, bytes, SL_AGE_SALT_BYTES);
    return true;
}

/* ^[1-9][0-9]*$, or 0 where it is not that. Any number above WORK_TOO_MUCH reads as that. */
static unsigned read_work(struct sl_view text)
{
    unsigned work = 0;

    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9' || text.at[0] == '0')
            return 0;
        work = work * 10 + (unsigned)(text.at[i] - '0');
        work = work < WORK_TOO_MUCH ? work : WORK_TOO_MUCH;
    }
    return work;
}

sl_rc sl_age_scrypt_check(const struct sl_age_stanza *s, struct sl_err *err)
{
    uint8_t salt[SL_AGE_SALT_BYTES];

    if (s->arg_count != 3)
        return sl_fail(err, SL_E_BROKEN, _("age header: a passphrase stanza has %zu arguments"),
                       s->arg_count);
    if (!read_salt(s, salt))
        return sl_fail(err, SL_E_BROKEN, _("age header: the passphrase's salt is malformed"));
    if (read_work(s->args[2]) == 0)
        return sl_fail(err, SL_E_BROKEN, _("age header: the work factor is not a plain number"));
    if (s->body_bytes != SL_AGE_WRAPPED_BYTES)
        return sl_fail(err, SL_E_BROKEN, _("age header: a sealed file key of a wrong length"));
    return SL_OK;
}

sl_rc sl_age_scrypt_unwrap(struct sl_aead *a, struct sl_view passphrase, unsigned work_max,
                           const struct sl_age_stanza *s, uint8_t file_key[SL_AGE_FILE_KEY_BYTES],
                           bool *fits, struct sl_err *err)
{
    uint8_t salt[SL_AGE_SALT_BYTES];
    unsigned work = read_work(s->args[2]);

    if (work == 0 || !read_salt(s, salt))
        return sl_fail(err, SL_E_BROKEN, _("age header: the passphrase stanza is malformed"));
    if (work > work_max)
        return sl_fail(err, SL_E_BROKEN,
                       _("age header: a work factor above %u asks for too much memory"), work_max);
    SL_TRY(derive_wrap_key(passphrase, salt, work, a, err));
    *fits = sl_aead_open(a, NONCE, (struct sl_view){ 0 }, s->body, SL_AGE_FILE_KEY_BYTES,
                         s->body + SL_AGE_FILE_KEY_BYTES, file_key);
    return SL_OK;
}
