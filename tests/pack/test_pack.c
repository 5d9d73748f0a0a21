/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Packs: filled straight into their places, sealed, opened again; a real age file in two pieces;
 * each damage refused.
 */
#include "pack/pack.h"

#include <fcntl.h>
#include <sys/wait.h>

#include "check.h"
#include "fake/folder.h"

static struct sl_age_identity *reader;
static struct sl_age_recipient recipient;

static uint8_t byte_at(uint64_t at)
{
    uint64_t x = (at + 1) * UINT64_C(0x9e3779b97f4a7c15);

    return (uint8_t)(x >> 56);
}

static struct sl_pack_head head_of(uint64_t number)
{
    struct sl_pack_head h = { .epoch = 3, .number = number };

    memset(h.production, 1, sizeof h.production);
    memset(h.session, 2, sizeof h.session);
    memset(h.locker.bytes, 4, sizeof h.locker.bytes);
    return h;
}

/* Fill `content` bytes by slots of changing sizes, the last few by append. */
static struct sl_pack *filled(unsigned need, uint64_t content)
{
    struct sl_pack_head head = head_of(7);
    struct sl_pack *p = NULL;
    uint64_t at = 0;

    CHECK_EQ(sl_pack_new(need, &p, NULL), SL_OK);
    sl_pack_begin(p, &head);
    CHECK_EQ(sl_pack_room(p), sl_pack_content_bytes(need));
    while (content - at > 5) {
        struct iovec slots[SL_PACK_SLOTS_MAX];
        uint64_t want = at % 7 == 0 ? 1000003 : 65537, got = 0;
        if (want > content - at - 5)
            want = content - at - 5;
        int count = sl_pack_slots(p, want, slots);
        for (int i = 0; i < count; i++)
            for (size_t b = 0; b < slots[i].iov_len; b++)
                ((uint8_t *)slots[i].iov_base)[b] = byte_at(at + got++);
        CHECK(got > 0 && got <= want);
        sl_pack_filled(p, got);
        at += got;
    }
    while (at < content) {
        uint8_t one = byte_at(at++);
        sl_pack_append(p, (struct sl_view){ &one, 1 });
    }
    CHECK_EQ(sl_pack_content(p), content);
    CHECK_EQ(sl_pack_room(p), sl_pack_content_bytes(need) - content);
    return p;
}

static struct sl_pack *sealed(unsigned need, uint64_t content)
{
    struct sl_pack *p = filled(need, content);

    CHECK_EQ(sl_pack_seal(p, &recipient, NULL), SL_OK);
    return p;
}

static sl_rc fetch(void *who, uint64_t at, size_t len, uint8_t *scratch, struct sl_view *ret,
                   struct sl_err *err)
{
    const struct sl_pack *p = who;

    (void)scratch;
    (void)err;
    CHECK(at + len <= p->payload_bytes);
    *ret = (struct sl_view){ p->payload + at, len };
    return SL_OK;
}

static sl_rc opened(struct sl_pack *p, const struct sl_pack_head *head, struct sl_pack_opener **ret,
                    struct sl_err *err)
{
    return sl_pack_opener_new(p->need, &p->key, p->nonce, head, fetch, p, ret, err);
}

static sl_rc compare(void *who, uint64_t offset, struct sl_view plain, struct sl_err *err)
{
    uint64_t *next = who;

    (void)err;
    CHECK_EQ(offset, *next);
    CHECK(plain.len > 0 && plain.len <= SL_AGE_CHUNK_BYTES);
    for (size_t i = 0; i < plain.len; i++)
        if (plain.at[i] != byte_at(offset + i)) {
            CHECK(plain.at[i] == byte_at(offset + i));
            break;
        }
    *next = offset + plain.len;
    return SL_OK;
}

static void pack__gives_back_what_was_filled_in_for_every_k(void)
{
    for (unsigned need = 1; need <= SL_NEED_MAX; need++) {
        uint64_t content = need <= 2 ? sl_pack_content_bytes(need) : 300001u * need;
        struct sl_pack_head head = head_of(7);
        SL_AUTO_FREE(pack) *p = sealed(need, content);
        SL_AUTO_FREE(pack_opener) *o = NULL;
        CHECK_EQ(p->payload_bytes, (uint64_t)need * SL_SLICE_BYTES);
        CHECK_EQ(sl_age_payload_bytes(p->plain_bytes), p->payload_bytes);
        CHECK_EQ(opened(p, &head, &o, NULL), SL_OK);
        uint64_t next = 0;
        CHECK_EQ(sl_pack_read(o, 0, content, compare, &next, NULL), SL_OK);
        CHECK_EQ(next, content);
        CHECK_EQ(sl_pack_read_rest(o, content, NULL), SL_OK);
    }
}

static void pack__is_read_from_anywhere(void)
{
    static const struct {
        uint64_t at, bytes;
    } rows[] = { { 0, 1 },      { 65407, 1 },   { 65408, 1 }, { 65407, 2 },   { 1, 200000 },
                 { 999999, 1 }, { 999990, 10 }, { 5, 0 },     { 1000000, 0 }, { 130944, 65536 } };
    struct sl_pack_head head = head_of(7);
    SL_AUTO_FREE(pack) *p = sealed(1, 1000000);
    SL_AUTO_FREE(pack_opener) *o = NULL;
    static uint8_t into[200001];

    CHECK_EQ(opened(p, &head, &o, NULL), SL_OK);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t next = rows[i].at;
        CHECK_EQ(sl_pack_read(o, rows[i].at, rows[i].bytes, compare, &next, NULL), SL_OK);
        CHECK_EQ(next, rows[i].at + rows[i].bytes);
        into[rows[i].bytes] = 0x5a;
        CHECK_EQ(sl_pack_read_into(o, rows[i].at, rows[i].bytes, into, NULL), SL_OK);
        CHECK_EQ(into[rows[i].bytes], 0x5a); /* not a byte more */
        for (size_t b = 0; b < rows[i].bytes; b++)
            if (into[b] != byte_at(rows[i].at + b)) {
                CHECK(into[b] == byte_at(rows[i].at + b));
                break;
            }
    }
    uint64_t next = 0, all = sl_pack_content_bytes(1);
    CHECK_EQ(sl_pack_read(o, all, 1, compare, &next, NULL), SL_E_BROKEN);
    CHECK_EQ(sl_pack_read(o, all + 1, 0, compare, &next, NULL), SL_E_BROKEN);
    CHECK_EQ(sl_pack_read(o, 1, UINT64_MAX, compare, &next, NULL), SL_E_BROKEN);
    CHECK_EQ(sl_pack_read_into(o, all, 1, into, NULL), SL_E_BROKEN);
    CHECK_EQ(sl_pack_read_rest(o, all + 1, NULL), SL_E_BROKEN);
}

/* What follows the content is zero, and one that is not is refused. */
static void pack__refuses_bytes_after_its_content(void)
{
    struct sl_pack_head head = head_of(7);
    SL_AUTO_FREE(pack) *p = sealed(1, 100000);
    SL_AUTO_FREE(pack_opener) *o = NULL;

    CHECK_EQ(opened(p, &head, &o, NULL), SL_OK);
    CHECK_EQ(sl_pack_read_rest(o, 100000, NULL), SL_OK);
    CHECK_EQ(byte_at(99999) != 0, 1);
    CHECK_EQ(sl_pack_read_rest(o, 99999, NULL), SL_E_BROKEN);
}

/* ---- it is an age file ---- */

static void put(struct sl_buf *b, const void *at, size_t len)
{
    CHECK_EQ(sl_buf_put(b, (struct sl_view){ at, len }, NULL), SL_OK);
}

static struct sl_buf age_file(const struct sl_pack *p)
{
    struct sl_buf file = sl_buf_upto(SIZE_MAX / 2);

    put(&file, p->header.at, p->header.len);
    put(&file, p->nonce, sizeof p->nonce);
    put(&file, p->payload, p->payload_bytes);
    return file;
}

static void pack__is_an_age_file_in_pieces(void)
{
    SL_AUTO_FREE(pack) *p = sealed(2, 123457);
    SL_AUTO_CLEAR(buf) file = age_file(p), plain = sl_buf_upto(SIZE_MAX / 2);
    struct sl_pack_head head = head_of(7);
    uint8_t want[SL_PACK_HEAD_BYTES];

    CHECK_EQ(sl_age_open(sl_buf_view(&file), &reader, 1, &plain, NULL), SL_OK);
    CHECK_EQ(plain.len, sl_pack_plain_bytes(2));
    sl_pack_head_write(&head, want);
    CHECK(memcmp(plain.at, want, sizeof want) == 0);
    for (uint64_t i = 0; i + SL_PACK_HEAD_BYTES < plain.len; i++) {
        uint8_t is = plain.at[SL_PACK_HEAD_BYTES + i];
        if (is != (i < 123457 ? byte_at(i) : 0)) {
            CHECK_EQ(is, i < 123457 ? byte_at(i) : 0);
            break;
        }
    }
}

static int run_age(const char *key, const char *in, const char *out)
{
    int status = -1;
    pid_t pid = fork();

    if (pid == 0) {
        int quiet = open("/dev/null", O_WRONLY | O_CLOEXEC);
        (void)dup2(quiet, 2);
        execlp("age", "age", "-d", "-i", key, "-o", out, in, (char *)NULL);
        _exit(127);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void pack__is_opened_by_debians_age(void)
{
    SL_AUTO_FREE(pack) *p = sealed(3, 4567890);
    SL_AUTO_CLEAR(buf) file = age_file(p);
    SL_AUTO_FREE(secret) *text = NULL;
    char dir[FOLDER_TEXT], key[FOLDER_TEXT * 2], in[FOLDER_TEXT * 2], out[FOLDER_TEXT * 2];
    struct stat st = { 0 };

    folder_new(NULL, dir);
    (void)snprintf(key, sizeof key, "%s/key", dir);
    (void)snprintf(in, sizeof in, "%s/in.age", dir);
    (void)snprintf(out, sizeof out, "%s/out", dir);
    CHECK_EQ(sl_age_identity_text(reader, &text, NULL), SL_OK);
    CHECK_EQ(folder_write(key, sl_secret_expose(text).at, SL_AGE_IDENTITY_TEXT - 1), 0);
    CHECK_EQ(folder_write(in, file.at, file.len), 0);
    int status = run_age(key, in, out);
    if (status == 127) {
        check_skip("Debian's age is not installed");
    } else {
        CHECK_EQ(status, 0);
        CHECK(stat(out, &st) == 0 && (uint64_t)st.st_size == sl_pack_plain_bytes(3));
    }
    folder_remove(dir);
}

/* ---- keys and nonces ---- */

static void pack__draws_key_and_nonce_for_every_sealing(void)
{
    SL_AUTO_FREE(pack) *a = sealed(1, 1000);
    SL_AUTO_FREE(pack) *b = sealed(1, 1000);
    size_t equal = 0;

    CHECK(memcmp(a->nonce, b->nonce, sizeof a->nonce) != 0);
    CHECK(!sl_secret_same(a->key.bytes, b->key.bytes));
    for (size_t i = 0; i < 4096; i++)
        equal += a->payload[i] == b->payload[i];
    CHECK(equal < 100);
}

/* Used again for the next pack, nothing of the last one is left in it. */
static void pack__begun_again_is_another_pack(void)
{
    SL_AUTO_FREE(pack) *p = sealed(1, 500000);
    SL_AUTO_FREE(pack_opener) *o = NULL;
    struct sl_pack_head head = head_of(8);
    uint8_t one = byte_at(0);
    uint64_t next = 0;

    sl_pack_begin(p, &head);
    CHECK(p->key.bytes == NULL && !p->sealed);
    sl_pack_append(p, (struct sl_view){ &one, 1 });
    CHECK_EQ(sl_pack_seal(p, &recipient, NULL), SL_OK);
    CHECK_EQ(opened(p, &head, &o, NULL), SL_OK);
    CHECK_EQ(sl_pack_read(o, 0, 1, compare, &next, NULL), SL_OK);
    CHECK_EQ(sl_pack_read_rest(o, 1, NULL), SL_OK);
    sl_pack_forget(p);
    CHECK(p->key.bytes == NULL);
}

/* ---- damage ---- */

static void pack__refuses_to_be_another_than_its_entry_says(void)
{
    SL_AUTO_FREE(pack) *p = sealed(1, 1000);

    for (unsigned i = 0; i < 5; i++) {
        struct sl_pack_opener *o = NULL;
        struct sl_pack_head head = head_of(7);
        struct sl_err err = { 0 };
        switch (i) {
        case 0: head.production[31] ^= 1; break;
        case 1: head.session[0] ^= 1; break;
        case 2: head.locker.bytes[15] ^= 1; break;
        case 3: head.epoch++; break;
        default: head.number++;
        }
        CHECK_EQ(opened(p, &head, &o, &err), SL_E_BROKEN);
        CHECK(o == NULL && strstr(err.text, "another pack") != NULL);
    }
}

static sl_rc read_all(struct sl_pack *p)
{
    struct sl_pack_head head = head_of(7);
    SL_AUTO_FREE(pack_opener) *o = NULL;
    uint64_t next = 0;

    SL_TRY(opened(p, &head, &o, NULL));
    SL_TRY(sl_pack_read(o, 0, 200000, compare, &next, NULL));
    return sl_pack_read_rest(o, 200000, NULL);
}

static void pack__refuses_any_altered_byte(void)
{
    SL_AUTO_FREE(pack) *p = sealed(1, 200000);

    CHECK_EQ(read_all(p), SL_OK);
    for (uint64_t at = 0; at < p->payload_bytes; at += at < 300 ? 13 : 65551) {
        p->payload[at] ^= (uint8_t)(1 << at % 8);
        CHECK_EQ(read_all(p), SL_E_BROKEN);
        p->payload[at] ^= (uint8_t)(1 << at % 8);
    }
    uint64_t last = p->payload_bytes - 1;
    p->payload[last] ^= 128;
    CHECK_EQ(read_all(p), SL_E_BROKEN);
    p->payload[last] ^= 128;
    p->nonce[3] ^= 1;
    CHECK_EQ(read_all(p), SL_E_BROKEN);
    p->nonce[3] ^= 1;
    CHECK_EQ(read_all(p), SL_OK);
}

/* Chunks that change places, or come from another pack of the same locker. */
static void pack__refuses_chunks_that_stand_elsewhere(void)
{
    SL_AUTO_FREE(pack) *p = sealed(1, 200000);
    SL_AUTO_FREE(pack) *other = sealed(1, 200000);
    static uint8_t aside[SL_AGE_SEALED_CHUNK];
    uint8_t *one = p->payload + SL_AGE_SEALED_CHUNK, *two = one + SL_AGE_SEALED_CHUNK;

    memcpy(aside, one, sizeof aside);
    memcpy(one, two, sizeof aside);
    memcpy(two, aside, sizeof aside);
    CHECK_EQ(read_all(p), SL_E_BROKEN);
    memcpy(two, one, sizeof aside);
    memcpy(one, aside, sizeof aside);
    CHECK_EQ(read_all(p), SL_OK);
    memcpy(one, other->payload + SL_AGE_SEALED_CHUNK, sizeof aside);
    CHECK_EQ(read_all(p), SL_E_BROKEN);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(pack__gives_back_what_was_filled_in_for_every_k),
        CASE(pack__is_read_from_anywhere),
        CASE(pack__refuses_bytes_after_its_content),
        CASE(pack__is_an_age_file_in_pieces),
        CASE(pack__is_opened_by_debians_age),
        CASE(pack__draws_key_and_nonce_for_every_sealing),
        CASE(pack__begun_again_is_another_pack),
        CASE(pack__refuses_to_be_another_than_its_entry_says),
        CASE(pack__refuses_any_altered_byte),
        CASE(pack__refuses_chunks_that_stand_elsewhere),
    };

    if (sl_crypto_start(sl_os_real(), NULL) != SL_OK || sl_age_identity_new(&reader, NULL) != SL_OK)
        return EXIT_FAILURE;
    sl_age_identity_recipient(reader, &recipient);
    int rc = check_run(cases, sizeof cases / sizeof *cases);
    sl_age_identity_free(reader);
    return rc;
}
