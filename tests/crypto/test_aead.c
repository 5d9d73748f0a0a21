/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ChaCha20-Poly1305: foreign vectors, all through one context that is keyed and used again and
 * again, as a worker does.
 */
#include "crypto/aead.h"

#include "foreign.h"
#include "ready.h"

#define LEN_MAX 70000u

struct names {
    const char *key, *nonce, *more, *plain, *sealed, *tag;
};

static void check_vector(struct sl_aead *a, struct foreign *f, const struct names *n)
{
    static uint8_t out[LEN_MAX], back[LEN_MAX];
    struct sl_view more = foreign_text_or_hex(f, n->more);
    struct sl_view plain = foreign_text_or_hex(f, n->plain);
    struct sl_view sealed = foreign_hex(f, n->sealed);
    struct sl_view tag = foreign_hex(f, n->tag);
    struct sl_view nonce = foreign_hex(f, n->nonce);
    uint8_t got[SL_AEAD_TAG_BYTES];

    sl_aead_key(a, foreign_hex(f, n->key).at);
    for (int round = 0; round < 2; round++) { /* the second time without keying */
        sl_aead_seal(a, nonce.at, more, plain.at, plain.len, out, got);
        CHECK(foreign_same(sealed, out, plain.len));
        CHECK(foreign_same(tag, got, sizeof got));
        CHECK(sl_aead_open(a, nonce.at, more, out, plain.len, got, back));
        CHECK(foreign_same(plain, back, plain.len));
    }
    got[3] ^= 1;
    CHECK(!sl_aead_open(a, nonce.at, more, out, plain.len, got, back));
    for (size_t i = 0; i < plain.len; i++)
        CHECK_EQ(back[i], 0);
}

/* OpenSSL has vectors whose tag or text is wrong. */
static void check_refused(struct sl_aead *a, struct foreign *f, const struct names *n)
{
    static uint8_t back[LEN_MAX];
    struct sl_view sealed = foreign_hex(f, n->sealed);

    sl_aead_key(a, foreign_hex(f, n->key).at);
    CHECK(!sl_aead_open(a, foreign_hex(f, n->nonce).at, foreign_hex(f, n->more), sealed.at,
                        sealed.len, foreign_hex(f, n->tag).at, back));
}

static void check_file(const char *path, const struct names *n, size_t least)
{
    SL_AUTO_FREE(aead) *a = NULL;
    struct foreign f;
    size_t count = 0;

    if (!foreign_open(&f, path, "COUNT"))
        return check_skip(FOREIGN_NO_PYTHON);
    CHECK_EQ(sl_aead_new(&a, NULL), SL_OK);
    while (foreign_next(&f)) {
        struct sl_view nonce = foreign_hex(&f, n->nonce);
        if (nonce.len != SL_AEAD_NONCE_BYTES)
            continue; /* OpenSSL's own tests of short nonces */
        if (foreign_has(&f, "Result"))
            check_refused(a, &f, n);
        else
            check_vector(a, &f, n);
        count++;
    }
    CHECK(count >= least);
    foreign_close(&f);
}

static void aead__agrees_with_boringssl(void)
{
    check_file(FOREIGN_PYTHON "ciphers/ChaCha20Poly1305/boringssl.txt",
               &(struct names){ "KEY", "NONCE", "AD", "IN", "CT", "TAG" }, 60);
}

static void aead__agrees_with_openssl(void)
{
    check_file(FOREIGN_PYTHON "ciphers/ChaCha20Poly1305/openssl.txt",
               &(struct names){ "Key", "IV", "AAD", "Plaintext", "Ciphertext", "Tag" }, 1);
}

/* Longer than one step, at every length around the step: the same as when opened in place. */
static void aead__seals_and_opens_in_place_across_its_steps(void)
{
    static const size_t lens[] = { 0, 1, 63, 64, 16384, 65535, 65536, 65537, 69999 };
    static const uint8_t key[SL_AEAD_KEY_BYTES] = { 1 };
    static const uint8_t nonce[SL_AEAD_NONCE_BYTES] = { 2 };
    static uint8_t plain[LEN_MAX], apart[LEN_MAX], same[LEN_MAX];
    SL_AUTO_FREE(aead) *a = NULL;
    uint8_t tag[SL_AEAD_TAG_BYTES], tag_same[SL_AEAD_TAG_BYTES];

    for (size_t i = 0; i < LEN_MAX; i++)
        plain[i] = (uint8_t)(i * 31 + i / 256);
    CHECK_EQ(sl_aead_new(&a, NULL), SL_OK);
    sl_aead_key(a, key);
    for (size_t i = 0; i < sizeof lens / sizeof *lens; i++) {
        struct sl_view more = { plain, lens[i] };
        memcpy(same, plain, lens[i]);
        sl_aead_seal(a, nonce, more, plain, lens[i], apart, tag);
        sl_aead_seal(a, nonce, more, same, lens[i], same, tag_same);
        CHECK(memcmp(tag, tag_same, sizeof tag) == 0 && memcmp(apart, same, lens[i]) == 0);
        CHECK(sl_aead_open(a, nonce, more, same, lens[i], tag, same));
        CHECK(memcmp(plain, same, lens[i]) == 0);
    }
}

static void aead__tags_what_is_only_associated(void)
{
    static const uint8_t key[SL_AEAD_KEY_BYTES] = { 7 };
    static const uint8_t nonce[SL_AEAD_NONCE_BYTES] = { 0 };
    static uint8_t leaf[65536];
    SL_AUTO_FREE(aead) *a = NULL;
    uint8_t tag[SL_AEAD_TAG_BYTES], other[SL_AEAD_TAG_BYTES];

    CHECK_EQ(sl_aead_new(&a, NULL), SL_OK);
    sl_aead_key(a, key);
    sl_aead_seal(a, nonce, (struct sl_view){ leaf, sizeof leaf }, NULL, 0, NULL, tag);
    CHECK(sl_aead_open(a, nonce, (struct sl_view){ leaf, sizeof leaf }, NULL, 0, tag, NULL));
    leaf[65535] ^= 0x80;
    sl_aead_seal(a, nonce, (struct sl_view){ leaf, sizeof leaf }, NULL, 0, NULL, other);
    CHECK(memcmp(tag, other, sizeof tag) != 0);
    CHECK(!sl_aead_open(a, nonce, (struct sl_view){ leaf, sizeof leaf }, NULL, 0, tag, NULL));
}

static const struct check_case cases[] = {
    CASE(aead__agrees_with_boringssl),
    CASE(aead__agrees_with_openssl),
    CASE(aead__seals_and_opens_in_place_across_its_steps),
    CASE(aead__tags_what_is_only_associated),
};

READY_MAIN(cases)
