/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fixed keys and fixed random bytes: what tests and the worked examples of docs/format/ are made
 * from (docs/format/README.md, "Worked examples"). A filling of struct sl_os that draws from a
 * stream anybody can make again.
 */
#pragma once

#include "check.h"
#include "crypto/age.h"
#include "crypto/derive.h"
#include "crypto/group.h"
#include "crypto/secret.h"
#include "format/founding.h"
#include "format/slip.h"

#define FIXED_STREAM "safelight example"

/* Block i of the stream is SHA-256(FIXED_STREAM || i as 8 bytes). */
static struct {
    struct sl_os os;
    uint64_t block;
    uint8_t left[SL_SHA256_BYTES];
    size_t left_count;
} fixed;

static inline void fixed_next_block(void)
{
    uint8_t number[8];

    for (size_t i = 0; i < sizeof number; i++)
        number[i] = (uint8_t)(fixed.block >> (8 * i));
    struct sl_view pieces[] = { { (const uint8_t *)FIXED_STREAM, sizeof FIXED_STREAM - 1 },
                                { number, sizeof number } };
    sl_sha256_of_pieces(pieces, 2, fixed.left);
    fixed.left_count = sizeof fixed.left;
    fixed.block++;
}

static inline int fixed_random(void *self, void *to, size_t count)
{
    uint8_t *at = to;

    (void)self;
    for (size_t i = 0; i < count; i++) {
        if (fixed.left_count == 0)
            fixed_next_block();
        at[i] = fixed.left[sizeof fixed.left - fixed.left_count--];
    }
    return 0;
}

/* Begin the stream afresh; also the start of the crypto room. */
static inline void fixed_start(void)
{
    struct sl_err err = { 0 };

    fixed.os = *sl_os_real();
    fixed.os.random = fixed_random;
    fixed.block = 0;
    fixed.left_count = 0;
    /* First with the kernel's: SHA-256 is not there before the room has started. */
    if (sl_crypto_start(sl_os_real(), &err) != SL_OK || sl_crypto_start(&fixed.os, &err) != SL_OK) {
        printf("Bail out! %s\n", err.text);
        exit(EXIT_FAILURE);
    }
}

static inline struct sl_view view_of(const void *at, size_t len)
{
    return (struct sl_view){ at, len };
}

static inline struct sl_view view_text(const char *text)
{
    return view_of(text, strlen(text));
}

/* A secret of `len` (32 at most) times the same byte. Owned by the caller. */
static inline struct sl_secret *fixed_secret(uint8_t byte, size_t len)
{
    uint8_t bytes[32];
    struct sl_secret *s = NULL;

    memset(bytes, byte, sizeof bytes);
    CHECK(sl_secret_copy(view_of(bytes, len), &s, NULL) == SL_OK);
    return s;
}

enum { /* which byte makes which key or id */
       FIXED_AUTHOR = 1,
       FIXED_SESSION = 2,
       FIXED_NAMES = 3,
       FIXED_TAGS = 4,
       FIXED_CARE = 5,
       FIXED_LOCKER = 6,
       FIXED_KEEPERS = 0x10, /* keeper i: 0x10 + i */
       FIXED_LOCKER_ID = 0x20,
       FIXED_ROLL = 0x30,
       FIXED_TRUSTEES = 0x40, /* trustee i: seed and scalar of the recipient 0x40 + i */
};

static inline struct sl_sign_key fixed_sign_key(uint8_t byte)
{
    return (struct sl_sign_key){ .bytes = fixed_secret(byte, SL_SIGN_SEED_BYTES) };
}

static inline struct sl_age_identity *fixed_identity(uint8_t byte)
{
    struct sl_age_identity *i = NULL;
    uint8_t scalar[SL_AGE_X25519_BYTES];

    memset(scalar, byte, sizeof scalar);
    CHECK(sl_age_identity_from(view_of(scalar, sizeof scalar), &i, NULL) == SL_OK);
    return i;
}

static inline struct sl_age_recipient fixed_recipient(uint8_t byte)
{
    struct sl_age_identity *i = fixed_identity(byte);
    struct sl_age_recipient r = { 0 };

    sl_age_identity_recipient(i, &r);
    sl_age_identity_free(i);
    return r;
}

static inline struct sl_id fixed_id(uint8_t byte)
{
    struct sl_id id;

    memset(id.bytes, byte, sizeof id.bytes);
    return id;
}

static inline void fixed_public(uint8_t byte, uint8_t ret[SL_SIGN_PUBLIC_BYTES])
{
    struct sl_sign_key key = fixed_sign_key(byte);

    sl_sign_key_public(&key, ret);
    sl_secret_free(key.bytes);
}

/* Three keepers of which any two suffice, one locker. */
static inline void fixed_founding(struct sl_founding *f)
{
    static const char *const aliases[] = { "attic", "lab", "arc" };

    memset(f, 0, sizeof *f);
    fixed_public(FIXED_AUTHOR, f->maker);
    f->need = 2;
    f->care = fixed_recipient(FIXED_CARE);
    f->keeper_count = 3;
    for (size_t i = 0; i < 3; i++) {
        struct sl_keeper_info *k = &f->keepers[i];
        k->id = fixed_id((uint8_t)(FIXED_KEEPERS + i));
        k->shard = (uint8_t)i;
        (void)snprintf(k->alias, sizeof k->alias, "%s", aliases[i]);
        (void)snprintf(k->url, sizeof k->url, "/mnt/%s", aliases[i]);
        (void)snprintf(k->labels, sizeof k->labels, "%s", i == 0 ? "device=usb,country=FR" : "");
    }
    f->locker_count = 1;
    f->lockers[0].id = fixed_id(FIXED_LOCKER_ID);
    (void)snprintf(f->lockers[0].alias, sizeof f->lockers[0].alias, "camera");
    f->lockers[0].recipient = fixed_recipient(FIXED_LOCKER);
}

/* Three trustees of whom two suffice; commitments 7 G and 8 G. */
static inline void fixed_quorum(struct sl_founding *f)
{
    static const char *const aliases[] = { "ana", "bo", "cy" };
    struct sl_buf block = { .at = f->quorum, .cap = sizeof f->quorum, .limit = sizeof f->quorum };

    CHECK(sl_buf_put(&block, view_of("SLQUORM\n\1\0\0\0\1\0\2\3\0\0\0\0", 20), NULL) == SL_OK);
    for (uint32_t i = 0; i < 2; i++) {
        struct sl_scalar n;
        struct sl_point point = { 0 };
        sl_scalar_number(7 + i, &n);
        CHECK(sl_point_base_times(&n, &point));
        CHECK(sl_buf_put(&block, view_of(point.bytes, sizeof point.bytes), NULL) == SL_OK);
    }
    f->quorum_suite = 1;
    f->trustee_count = 3;
    for (size_t i = 0; i < 3; i++) {
        uint8_t key[SL_SIGN_PUBLIC_BYTES];
        fixed_public((uint8_t)(FIXED_TRUSTEES + i), key);
        CHECK(sl_buf_put(&block, view_of(key, sizeof key), NULL) == SL_OK);
        f->trustees[i].recipient = fixed_recipient((uint8_t)(FIXED_TRUSTEES + i));
        (void)snprintf(f->trustees[i].alias, sizeof f->trustees[i].alias, "%s", aliases[i]);
    }
    f->quorum_bytes = block.len;
}

/* The founding's session: production 32 times 0xab, keys as above, certified. */
static inline void fixed_session(struct sl_session *s)
{
    struct sl_sign_key author = fixed_sign_key(FIXED_AUTHOR);

    memset(s, 0, sizeof *s);
    memset(s->production, 0xab, sizeof s->production);
    fixed_public(FIXED_SESSION, s->session);
    memset(s->name_key, FIXED_NAMES, sizeof s->name_key);
    memset(s->tag_key, FIXED_TAGS, sizeof s->tag_key);
    s->need = 2;
    s->seat_count = 3;
    for (size_t i = 0; i < 3; i++)
        s->seats[i] = (struct sl_seat){ fixed_id((uint8_t)(FIXED_KEEPERS + i)), (uint8_t)i };
    sl_session_certify(s, &author);
    sl_secret_free(author.bytes);
}

/* An entry of that session: number 5, kind PART, nothing hanging on it yet. */
static inline void fixed_record(const struct sl_session *s, struct sl_record *r)
{
    memset(r, 0, sizeof *r);
    memcpy(r->production, s->production, sizeof r->production);
    memcpy(r->session, s->session, sizeof r->session);
    r->number = 5;
    memset(r->previous, 0xcd, sizeof r->previous);
    r->claimed = 1700000000;
    r->kind = SL_ENTRY_PART;
}

/* Write and sign a record into a slip. */
static inline void fixed_sign(const struct sl_record *r, struct sl_slip *s)
{
    struct sl_sign_key key = fixed_sign_key(FIXED_SESSION);

    sl_record_write(r, s->record_bytes);
    sl_record_sign(&key, s->record_bytes, s->signature);
    sl_secret_free(key.bytes);
}
