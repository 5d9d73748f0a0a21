/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Entries of any author and kind, written to folder keepers, and the journal read from them again.
 */
#pragma once

#include "check.h"
#include "fake/vault.h"
#include "format/founding.h"
#include "format/part.h"
#include "journal/load.h"
#include "journal/write.h"

struct pen { /* one production with its keepers */
    char dir[FOLDER_TEXT];
    struct sl_vault *vault;
    struct sl_writing *maker; /* a session of the maker's */
};

static inline void pen_new(struct pen *p, unsigned keepers)
{
    folder_new(NULL, p->dir);
    p->vault = fake_vault(p->dir, keepers, 1);
    for (unsigned i = 0; i < keepers; i++)
        (void)mkdir(p->vault->keepers[i].url, 0700);
    CHECK_EQ(sl_writing_new(sl_os_real(), p->vault, &p->maker, NULL), SL_OK);
}

static inline void pen_end(struct pen *p)
{
    sl_writing_free(p->maker);
    sl_vault_free(p->vault);
    folder_remove(p->dir);
}

/* A session of another author, whom nobody named yet; its key is drawn here, `sign` is the
 * caller's. */
static inline struct sl_writing *pen_author(const struct pen *p, struct sl_sign_key *sign)
{
    struct sl_writing *w = NULL;
    struct sl_vault *as = calloc(1, sizeof *as);

    if (as == NULL || (sign->bytes == NULL && sl_sign_key_new(sign, NULL) != SL_OK))
        abort();
    *as = *p->vault; /* borrowed */
    as->sign = *sign;
    CHECK_EQ(sl_writing_new(sl_os_real(), as, &w, NULL), SL_OK);
    free(as);
    return w;
}

/* An entry of any kind with a care body of any bytes; sent to the keepers in `to`. */
static inline void pen_raw(const struct pen *p, struct sl_writing *w, const struct sl_entry_in *in,
                           uint32_t to, uint8_t hash[SL_SHA256_BYTES])
{
    SL_AUTO_CLEAR(entry_out) out = { 0 };

    CHECK_EQ(sl_writing_entry(w, in, &out, NULL), SL_OK);
    if (hash != NULL)
        memcpy(hash, out.hash, SL_SHA256_BYTES);
    for (size_t i = 0; i < out.count; i++) {
        SL_AUTO_FREE(keeper) *k = NULL;
        struct sl_view slip = { out.slips + i * SL_SLIP_BYTES, SL_SLIP_BYTES };
        if ((to >> i & 1) == 0)
            continue;
        CHECK_EQ(sl_keeper_open(sl_os_real(), p->vault->keepers[i].url, &p->vault->keepers[i].id,
                                true, &k, NULL),
                 SL_OK);
        CHECK_EQ(sl_keeper_put(k, &out.names[i], &slip, 1, NULL), SL_OK);
    }
}

#define PEN_ALL UINT32_MAX

static inline void pen_care(const struct pen *p, struct sl_writing *w, uint32_t kind,
                            struct sl_view body, uint32_t to)
{
    SL_AUTO_CLEAR(buf) salted = sl_buf_upto(SL_SLIP_BYTES);
    struct sl_entry_in in = { .kind = kind };

    CHECK_EQ(sl_care_body_write(body, &salted, in.care_hash, NULL), SL_OK);
    in.care_body = sl_buf_view(&salted);
    pen_raw(p, w, &in, to, NULL);
}

static inline void pen_opened(const struct pen *p, struct sl_writing *w, uint32_t to)
{
    SL_AUTO_CLEAR(buf) body = sl_buf_upto(4096);
    struct sl_opened opened = { .role = SL_ROLE_MAKER };

    CHECK_EQ(sl_opened_write(&opened, &body, NULL), SL_OK);
    pen_care(p, w, SL_ENTRY_OPENED, sl_buf_view(&body), to);
}

static inline void pen_closed(const struct pen *p, struct sl_writing *w, uint32_t to)
{
    SL_AUTO_CLEAR(buf) body = sl_buf_upto(4096);
    struct sl_closed closed = { .packs = 0 };

    CHECK_EQ(sl_closed_write(&closed, &body, NULL), SL_OK);
    pen_care(p, w, SL_ENTRY_CLOSED, sl_buf_view(&body), to);
}

static inline void pen_names_author(const struct pen *p, struct sl_writing *w,
                                    const struct sl_sign_key *who, enum sl_role role)
{
    SL_AUTO_CLEAR(buf) body = sl_buf_upto(4096);
    struct sl_author author = { .role = role, .alias = "set" };

    sl_sign_key_public(who, author.key);
    CHECK_EQ(sl_author_write(&author, &body, NULL), SL_OK);
    pen_care(p, w, SL_ENTRY_AUTHOR, sl_buf_view(&body), PEN_ALL);
}

/* An entry of a number that was used: it lies under another attempt's name at the second keeper. */
static inline void pen_second(const struct pen *p, struct sl_writing *w, uint32_t kind)
{
    SL_AUTO_CLEAR(entry_out) out = { 0 };
    SL_AUTO_FREE(keeper) *k = NULL;
    struct sl_entry_in in = { .kind = kind };
    const struct sl_keeper_info *at = &p->vault->keepers[1];
    struct sl_object name;
    uint64_t number = w->number;

    CHECK_EQ(sl_writing_entry(w, &in, &out, NULL), SL_OK);
    sl_object_of(&w->names, SL_OBJECT_SLIP, &at->id, number, 0, 1, &name);
    CHECK_EQ(sl_keeper_open(sl_os_real(), at->url, &at->id, true, &k, NULL), SL_OK);
    struct sl_view slip = { out.slips + SL_SLIP_BYTES, SL_SLIP_BYTES };
    CHECK_EQ(sl_keeper_put(k, &name, &slip, 1, NULL), SL_OK);
}

/* A part without packs; its manifest is a few bytes that nobody unpacks here. `hash`: of the part
 * before, and then of this one. */
struct pen_part {
    struct sl_id roll;
    const char *name;
    uint64_t number;
    bool last;
    bool bad_body;
};

static inline void pen_writes_part(const struct pen *p, struct sl_writing *w,
                                   const struct pen_part *what, uint8_t hash[SL_SHA256_BYTES])
{
    SL_AUTO_CLEAR(buf) body = sl_buf_upto(8192), sealed = sl_buf_upto(16384),
                       care = sl_buf_upto(4096), salted = sl_buf_upto(8192);
    struct sl_part_care listed = { .first_pack = 0 };
    struct sl_entry_in in = { .kind = SL_ENTRY_PART };
    static const uint8_t manifest[5] = { 1, 2, 3, 4, 5 };
    struct sl_part *part = calloc(1, sizeof *part);

    if (part == NULL)
        abort();
    part->roll = what->roll;
    part->roll_name = (struct sl_view){ (const uint8_t *)what->name, strlen(what->name) };
    part->locker = p->vault->lockers[0].id;
    part->number = what->number;
    part->last = what->last;
    part->inline_manifest = (struct sl_view){ manifest, sizeof manifest };
    part->manifest_bytes = sizeof manifest;
    part->manifest_raw = 10;
    if (what->number > 0)
        memcpy(part->after, hash, SL_SHA256_BYTES);
    CHECK_EQ(sl_part_write(part, &body, NULL), SL_OK);
    if (what->bad_body)
        body.len--;
    CHECK_EQ(sl_body_seal(sl_buf_view(&body), &p->vault->lockers[0].recipient, 1, &sealed,
                          in.body_hash, NULL),
             SL_OK);
    CHECK_EQ(sl_part_care_write(&listed, &care, NULL), SL_OK);
    CHECK_EQ(sl_care_body_write(sl_buf_view(&care), &salted, in.care_hash, NULL), SL_OK);
    in.sealed_body = sl_buf_view(&sealed);
    in.care_body = sl_buf_view(&salted);
    pen_raw(p, w, &in, PEN_ALL, hash);
    free(part);
}

/* The journal, read thoroughly; NULL where it cannot be. */
static inline struct sl_journal *pen_read(const struct pen *p, bool thorough)
{
    struct sl_journal *j = NULL;

    CHECK_EQ(sl_journal_load(sl_os_real(), p->vault, thorough, NULL, &j, NULL), SL_OK);
    if (j == NULL)
        abort();
    return j;
}

/* Every slip of keeper `place`, sorted by path; the caller frees each. */
static inline size_t pen_slips(const struct pen *p, unsigned place, char *paths[], size_t room)
{
    char top[FOLDER_TEXT * 3], id[SL_FOLDER_TEXT];
    size_t count = 0;

    sl_id_text(&p->vault->keepers[place].id, id);
    for (unsigned two = 0; two < 256; two++) {
        (void)snprintf(top, sizeof top, "%.600s/%s/s/%02x", p->vault->keepers[place].url, id, two);
        DIR *d = opendir(top);
        for (struct dirent *e = NULL; d != NULL && (e = readdir(d)) != NULL;)
            if (e->d_name[0] != '.' && count < room &&
                asprintf(&paths[count], "%s/%s", top, e->d_name) > 0)
                count++;
        if (d != NULL)
            (void)closedir(d);
    }
    return count;
}

/* Remove the slips of an entry at the keepers in `at`. */
static inline void pen_lose(const struct pen *p, const struct sl_writing *w, uint64_t number,
                            uint32_t at)
{
    for (unsigned i = 0; i < p->vault->keeper_count; i++) {
        struct sl_object o;
        char text[SL_OBJECT_TEXT], id[SL_FOLDER_TEXT], path[FOLDER_TEXT * 3];
        if ((at >> i & 1) == 0)
            continue;
        sl_object_of(&w->names, SL_OBJECT_SLIP, &p->vault->keepers[i].id, number, 0, 0, &o);
        sl_object_text(&o, text);
        sl_id_text(&p->vault->keepers[i].id, id);
        (void)snprintf(path, sizeof path, "%.500s/%s/%s", p->vault->keepers[i].url, id, text);
        CHECK_EQ(unlink(path), 0);
    }
}
