/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Somebody who holds the keys of a world's home abroad and works with them behind the program's
 * back: loads its vault and journal, and finds and rewrites shards with tags that are right.
 */
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include "api/out.h"
#include "base/voice.h"
#include "crypto/aead.h"
#include "home/home.h"
#include "journal/load.h"
#include "shard/shard.h"

struct insider {
    struct world *w;
    struct sl *sl;
    struct sl_home *home;
    struct sl_vault *vault;
    struct sl_journal *journal;
    struct sl_aead *tags;
    struct sl_err err;
};

static inline void insider_must(const struct insider *in, sl_rc rc, const char *what)
{
    if (rc == SL_OK)
        return;
    printf("Bail out! %s: %s\n", what, in->err.text);
    exit(EXIT_FAILURE);
}

static inline void insider_end(struct insider *in)
{
    sl_journal_free(in->journal);
    sl_vault_free(in->vault);
    sl_home_free(in->home);
    sl_aead_free(in->tags);
    sl_end(in->sl);
}

/* The vault only. */
static inline void insider_enter(struct insider *in, struct world *w)
{
    struct sl_passphrase_from none = { .fd = -1 };

    *in = (struct insider){ .w = w, .sl = world_start(w, NULL) };
    world_must(in->sl != NULL, "start");
    insider_must(in,
                 sl_home_open(sl_os_real(), world_path(w, "abroad"), false, &in->home, &in->err),
                 "home");
    insider_must(in, sl_home_load(in->home, NULL, &none, NULL, &in->vault, &in->err), "vault");
    insider_must(in, sl_aead_new(&in->tags, &in->err), "tags");
}

/* And the journal, as it is now. */
static inline void insider_look(struct insider *in)
{
    sl_journal_free(in->journal);
    in->journal = NULL;
    insider_must(in, sl_journal_load(sl_os_real(), in->vault, true, NULL, &in->journal, &in->err),
                 "journal");
}

/* The file of an object at keeper `number` (from 1). */
static inline const char *insider_path(const struct insider *in, unsigned number,
                                       const struct sl_object *o)
{
    char folder[SL_FOLDER_TEXT], text[SL_OBJECT_TEXT], name[128];

    sl_id_text(&in->vault->keepers[number - 1].id, folder);
    sl_object_text(o, text);
    (void)snprintf(name, sizeof name, "keepers/%u/%s/%s", number, folder, text);
    return world_path(in->w, name);
}

/* The only roll's first part: what tests of shards look at. */
static inline const struct sl_journal_entry *insider_part(const struct insider *in)
{
    world_must(in->journal->roll_count > 0 && in->journal->rolls[0].part_count > 0, "a part");
    return &in->journal->entries[in->journal->rolls[0].parts[0]];
}

static inline const char *insider_shard(const struct insider *in, unsigned number, uint64_t pack)
{
    const struct sl_journal_session *s = &in->journal->sessions[insider_part(in)->session];
    struct sl_object o;

    sl_object_of(&s->names, SL_OBJECT_FULL, &in->vault->keepers[number - 1].id, pack,
                 in->vault->keepers[number - 1].shard, 0, &o);
    return insider_path(in, number, &o);
}

/* Change one byte of the slice and make every tag right again. */
static inline void insider_forge(struct insider *in, unsigned number, uint64_t pack, size_t at)
{
    struct sl_tag_key key = { 0 };
    uint8_t *object = malloc(SL_FULL_BYTES);
    int fd = open(insider_shard(in, number, pack), O_RDWR | O_CLOEXEC);

    SL_AUTO_CLEAR(buf) body = sl_buf_upto(SL_SLIP_BYTES);

    insider_must(in, sl_journal_part(in->journal, insider_part(in), &body, &key, &in->err),
                 "tag key");
    world_must(object != NULL && fd >= 0 && pread(fd, object, SL_FULL_BYTES, 0) == SL_FULL_BYTES,
               "shard");
    object[SL_SHARD_HEAD_BYTES + at] ^= 0x40;
    struct sl_shard_id id = { &key, pack, in->vault->keepers[number - 1].shard };
    sl_shard_head_make(in->tags, &id, object + SL_SHARD_HEAD_BYTES, object);
    world_must(pwrite(fd, object, SL_FULL_BYTES, 0) == SL_FULL_BYTES && close(fd) == 0, "forge");
    sl_secret_free(key.bytes);
    free(object);
}
