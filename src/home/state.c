/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * State files of offloads. File: "SLSTATE1", 32 random bytes, sealed state with its tag, then the
 * slips (already sealed to care, 64 KiB each). The key is drawn anew for every writing: HKDF of the
 * state key, salted with the card's identity, over those random bytes. See state.h.
 */
#include "home/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "crypto/aead.h"
#include "shelf/shelf.h"

#define MAGIC_BYTES 8u
#define FRESH_BYTES 32u
#define PLAIN_ROOM  (4096u)
#define FRONT_BYTES (MAGIC_BYTES + FRESH_BYTES + PLAIN_ROOM + SL_AEAD_TAG_BYTES)
#define FILE_ROOM   (FRONT_BYTES + SL_KEEPERS_MAX * SL_SLIP_BYTES)
#define NAME_HEX    33u
#define ROLL_BYTES  8u /* of a name: which roll, for who has the state key */
#define ROLL_HEX    (2 * ROLL_BYTES + 1)
#define LOCK_TRIES  16u

static const uint8_t MAGIC[MAGIC_BYTES] = { 'S', 'L', 'S', 'T', 'A', 'T', 'E', '1' };

struct sl_state_place {
    const struct sl_os *os;
    struct sl_shelf *shelf;
    struct sl_fd lock;
    struct sl_state_key key; /* borrowed from the vault */
    uint8_t card[SL_SHA256_BYTES];
    char file[ROLL_HEX + NAME_HEX + 8], lock_file[ROLL_HEX + NAME_HEX + 8];
};

/* The lock's file goes with the state: removed while the lock is held, so whoever locks it later
 * sees that it has no name any more (lock_place). */
static void leave_place(struct sl_state_place *p)
{
    uint64_t bytes = 0;

    if (p->lock.fd >= 0 && sl_shelf_bytes(p->shelf, p->file, &bytes, NULL) == SL_E_MISSING)
        (void)p->os->unlinkat(p->os->self, sl_shelf_dir(p->shelf), p->lock_file, 0);
    sl_fd_clear(&p->lock);
}

void sl_state_place_free(struct sl_state_place *p)
{
    if (p == NULL)
        return;
    leave_place(p);
    sl_shelf_free(p->shelf);
    sl_wipe(p->card, sizeof p->card);
    free(p);
}

/* ---- names ---- */

/* The first half of a name is of the roll and the state key alone, so that a roll can be forgotten
 * without its card. Who has the state key can try names of rolls on it, and nothing else. */
static void name_roll(const struct sl_state_key *key, const char *roll, char ret[ROLL_HEX])
{
    static const char digits[] = "0123456789abcdef";
    uint8_t info[32 + SL_ALIAS_MAX + 1] = "safelight/1 state of roll", tag[ROLL_BYTES];
    size_t front = strlen((const char *)info) + 1, len = strnlen(roll, SL_ALIAS_MAX);

    memcpy(info + front, roll, len);
    sl_hkdf_sha256(sl_secret_expose(key->bytes), (struct sl_view){ 0 },
                   (struct sl_view){ info, front + len }, tag, sizeof tag);
    for (size_t i = 0; i < sizeof tag; i++) {
        ret[2 * i] = digits[tag[i] >> 4];
        ret[2 * i + 1] = digits[tag[i] & 15];
    }
    ret[2 * sizeof tag] = '\0';
}

static sl_rc name_place(struct sl_state_place *p, const struct sl_id *locker, const char *roll,
                        unsigned slot, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) info = sl_buf_upto(256);
    struct sl_id name;
    uint8_t number = (uint8_t)slot;
    const char *what = "safelight/1 state name";

    SL_TRY(sl_buf_put(&info, (struct sl_view){ (const uint8_t *)what, strlen(what) }, err));
    SL_TRY(sl_buf_put(&info, (struct sl_view){ &number, 1 }, err));
    SL_TRY(sl_buf_put(&info, (struct sl_view){ locker->bytes, sizeof locker->bytes }, err));
    SL_TRY(sl_buf_put(&info, (struct sl_view){ (const uint8_t *)roll, strlen(roll) }, err));
    sl_hkdf_sha256(sl_secret_expose(p->key.bytes), (struct sl_view){ p->card, sizeof p->card },
                   sl_buf_view(&info), name.bytes, sizeof name.bytes);
    char hex[SL_FOLDER_TEXT], front[ROLL_HEX];
    sl_id_text(&name, hex);
    name_roll(&p->key, roll, front);
    (void)snprintf(p->file, sizeof p->file, "%s-%s.state", front, hex);
    (void)snprintf(p->lock_file, sizeof p->lock_file, "%s-%s.lock", front, hex);
    return SL_OK;
}

/* ---- the sealed piece ---- */

static sl_rc put_u64(struct sl_buf *b, uint64_t n, struct sl_err *err)
{
    uint8_t le[8];

    for (unsigned i = 0; i < 8; i++)
        le[i] = (uint8_t)(n >> (8 * i));
    return sl_buf_put(b, (struct sl_view){ le, sizeof le }, err);
}

static sl_rc write_plain(const struct sl_roll_state *s, const struct sl_waiting_slip *slips,
                         size_t count, struct sl_buf *out, struct sl_err *err)
{
    SL_TRY(sl_buf_put(out, (struct sl_view){ s->roll.bytes, sizeof s->roll.bytes }, err));
    SL_TRY(sl_buf_put(out, (struct sl_view){ s->last_part, sizeof s->last_part }, err));
    SL_TRY(sl_buf_put(out, (struct sl_view){ s->digest, sizeof s->digest }, err));
    SL_TRY(sl_buf_put(out, (struct sl_view){ s->session, sizeof s->session }, err));
    const uint64_t numbers[] = { s->next_part, s->items,     s->offset,    s->entries,
                                 s->packs,     s->all_packs, s->all_parts, s->kept,
                                 s->whole,     s->weak,      count };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        SL_TRY(put_u64(out, numbers[i], err));
    for (size_t i = 0; i < count; i++) {
        uint8_t hash[SL_SHA256_BYTES];
        sl_sha256_of((struct sl_view){ slips[i].bytes, SL_SLIP_BYTES }, hash);
        SL_TRY(sl_buf_put(out, (struct sl_view){ slips[i].keeper.bytes, SL_ID_BYTES }, err));
        SL_TRY(sl_buf_put(out, (struct sl_view){ slips[i].name.name, SL_NAME_BYTES }, err));
        SL_TRY(sl_buf_put(out, (struct sl_view){ hash, sizeof hash }, err));
    }
    static const uint8_t zero[PLAIN_ROOM];
    return sl_buf_put(out, (struct sl_view){ zero, PLAIN_ROOM - out->len }, err);
}

sl_rc sl_state_read(struct sl_view plain, struct sl_view slip_bytes, struct sl_roll_state *s,
                    struct sl_waiting_slip slips[SL_KEEPERS_MAX], size_t *count, struct sl_err *err)
{
    struct sl_cur c = sl_cur_over(plain);

    sl_cur_copy(&c, s->roll.bytes, sizeof s->roll.bytes);
    sl_cur_copy(&c, s->last_part, sizeof s->last_part);
    sl_cur_copy(&c, s->digest, sizeof s->digest);
    sl_cur_copy(&c, s->session, sizeof s->session);
    s->next_part = sl_cur_u64(&c);
    s->items = sl_cur_u64(&c);
    s->offset = sl_cur_u64(&c);
    s->entries = sl_cur_u64(&c);
    s->packs = sl_cur_u64(&c);
    s->all_packs = sl_cur_u64(&c);
    s->all_parts = sl_cur_u64(&c);
    s->kept = (uint32_t)sl_cur_u64(&c);
    s->whole = sl_cur_u64(&c) != 0;
    s->weak = (uint32_t)sl_cur_u64(&c);
    *count = (size_t)sl_cur_u64(&c);
    if (*count > SL_KEEPERS_MAX || slip_bytes.len != *count * SL_SLIP_BYTES)
        return sl_fail(err, SL_E_BROKEN, _("the state's slips are not what was written"));
    for (size_t i = 0; i < *count; i++) {
        uint8_t want[SL_SHA256_BYTES], is[SL_SHA256_BYTES];
        slips[i].name.kind = SL_OBJECT_SLIP;
        slips[i].bytes = slip_bytes.at + i * SL_SLIP_BYTES;
        sl_cur_copy(&c, slips[i].keeper.bytes, SL_ID_BYTES);
        sl_cur_copy(&c, slips[i].name.name, SL_NAME_BYTES);
        sl_cur_copy(&c, want, sizeof want);
        sl_sha256_of((struct sl_view){ slips[i].bytes, SL_SLIP_BYTES }, is);
        if (memcmp(want, is, sizeof is) != 0)
            return sl_fail(err, SL_E_BROKEN, _("the state's slips are not what was written"));
    }
    return SL_OK;
}

static void key_of(const struct sl_state_place *p, const uint8_t fresh[FRESH_BYTES],
                   uint8_t key[SL_AEAD_KEY_BYTES])
{
    uint8_t info[18 + FRESH_BYTES] = "safelight/1 state";

    memcpy(info + 18, fresh, FRESH_BYTES);
    sl_hkdf_sha256(sl_secret_expose(p->key.bytes), (struct sl_view){ p->card, sizeof p->card },
                   (struct sl_view){ info, sizeof info }, key, SL_AEAD_KEY_BYTES);
}

static const uint8_t NONCE[SL_AEAD_NONCE_BYTES]; /* zero: the key is drawn for one message */

sl_rc sl_state_save(struct sl_state_place *p, const struct sl_roll_state *state,
                    const struct sl_waiting_slip *slips, size_t slip_count, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) plain = sl_buf_upto(PLAIN_ROOM);
    SL_AUTO_FREE(aead) *seal = NULL;
    struct sl_view pieces[SL_KEEPERS_MAX + 1];
    uint8_t front[FRONT_BYTES], key[SL_AEAD_KEY_BYTES];
    uint8_t *sealed = front + MAGIC_BYTES + FRESH_BYTES;

    SL_TRY(write_plain(state, slips, slip_count, &plain, err));
    SL_TRY(sl_aead_new(&seal, err));
    memcpy(front, MAGIC, MAGIC_BYTES);
    sl_random(front + MAGIC_BYTES, FRESH_BYTES);
    key_of(p, front + MAGIC_BYTES, key);
    sl_aead_key(seal, key);
    sl_wipe(key, sizeof key);
    sl_aead_seal(seal, NONCE, (struct sl_view){ 0 }, plain.at, PLAIN_ROOM, sealed,
                 sealed + PLAIN_ROOM);
    pieces[0] = (struct sl_view){ front, sizeof front };
    for (size_t i = 0; i < slip_count; i++)
        pieces[i + 1] = (struct sl_view){ slips[i].bytes, SL_SLIP_BYTES };
    sl_rc rc = sl_shelf_replace(p->shelf, p->file, pieces, slip_count + 1, err);
    return rc == SL_OK ? SL_OK : sl_note(err, rc, _("writing what is needed to go on"));
}

static sl_rc load(struct sl_state_place *p, struct sl_roll_state *state, struct sl_buf *file,
                  struct sl_waiting_slip *slips, size_t *count, struct sl_err *err)
{
    SL_AUTO_FREE(aead) *open = NULL;
    uint8_t plain[PLAIN_ROOM], key[SL_AEAD_KEY_BYTES];

    SL_TRY(sl_shelf_read(p->shelf, p->file, file, err));
    if (file->len < FRONT_BYTES || memcmp(file->at, MAGIC, MAGIC_BYTES) != 0)
        return sl_fail(err, SL_E_BROKEN, _("this is no state of an offload"));
    SL_TRY(sl_aead_new(&open, err));
    key_of(p, file->at + MAGIC_BYTES, key);
    sl_aead_key(open, key);
    sl_wipe(key, sizeof key);
    const uint8_t *sealed = file->at + MAGIC_BYTES + FRESH_BYTES;
    if (!sl_aead_open(open, NONCE, (struct sl_view){ 0 }, sealed, PLAIN_ROOM, sealed + PLAIN_ROOM,
                      plain))
        return sl_fail(err, SL_E_BROKEN, _("the state of the offload does not open"));
    struct sl_view rest = { file->at + FRONT_BYTES, file->len - FRONT_BYTES };
    sl_rc rc =
        sl_state_read((struct sl_view){ plain, sizeof plain }, rest, state, slips, count, err);
    sl_wipe(plain, sizeof plain);
    return rc;
}

/* ---- places ---- */

static bool still_named(const struct sl_state_place *p)
{
    struct stat mine, named;

    return p->os->fstat(p->os->self, p->lock.fd, &mine) == 0 &&
           p->os->fstatat(p->os->self, sl_shelf_dir(p->shelf), p->lock_file, &named) == 0 &&
           mine.st_ino == named.st_ino;
}

/* *ret: false when another offload works there. */
static sl_rc lock_place(struct sl_state_place *p, bool *ret, struct sl_err *err)
{
    for (unsigned tries = 0; tries < LOCK_TRIES; tries++) {
        int fd = p->os->open(p->os->self, sl_shelf_dir(p->shelf), p->lock_file,
                             O_RDWR | O_CREAT | O_NOFOLLOW, 0600, 0);
        if (fd < 0)
            return sl_fail_errno(err, _("cannot write to the home"));
        p->lock = (struct sl_fd){ p->os, fd };
        bool busy = p->os->lock(p->os->self, fd) != 0;
        int why = errno;
        *ret = !busy && still_named(p);
        if (*ret)
            return SL_OK;
        sl_fd_clear(&p->lock);
        errno = why;
        if (busy && why != EWOULDBLOCK)
            return sl_fail_errno(err, _("cannot lock a file in the home"));
        if (busy)
            return SL_OK;
    }
    return SL_OK; /* others come and go there all the time: as good as busy */
}

static sl_rc open_states(struct sl_home *h, const struct sl_vault *v, struct sl_shelf **ret,
                         struct sl_err *err)
{
    int dir = -1;

    SL_TRY(sl_home_folder(h, v, "state", &dir, err));
    sl_rc rc = sl_shelf_new(sl_home_os(h), dir, ret, err);
    if (rc != SL_OK)
        (void)sl_home_os(h)->close(sl_home_os(h)->self, dir);
    return rc;
}

static sl_rc new_place(struct sl_home *h, const struct sl_vault *v,
                       const uint8_t card[SL_SHA256_BYTES], struct sl_state_place **ret,
                       struct sl_err *err)
{
    SL_AUTO_FREE(state_place) *p = calloc(1, sizeof *p);

    if (p == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    *p = (struct sl_state_place){ .os = sl_home_os(h), .lock = { NULL, -1 }, .key = v->state };
    memcpy(p->card, card, sizeof p->card);
    SL_TRY(open_states(h, v, &p->shelf, err));
    *ret = SL_TAKE(p);
    return SL_OK;
}

/* Go to the first place that nobody works on and that holds a state (`with_state`), or to the first
 * that nobody works on. *at_it: there is such a place. */
static sl_rc choose_place(struct sl_state_place *p, const struct sl_id *locker, const char *roll,
                          bool with_state, bool *at_it, struct sl_err *err)
{
    *at_it = false;
    for (unsigned slot = 0; slot < SL_STATE_SLOTS_MAX && !*at_it; slot++) {
        uint64_t bytes = 0;
        SL_TRY(name_place(p, locker, roll, slot, err));
        if (with_state && sl_shelf_bytes(p->shelf, p->file, &bytes, NULL) == SL_E_MISSING)
            continue;
        SL_TRY(lock_place(p, at_it, err));
        if (*at_it && with_state && sl_shelf_bytes(p->shelf, p->file, &bytes, NULL) != SL_OK) {
            leave_place(p); /* finished a moment ago */
            *at_it = false;
        }
    }
    return SL_OK;
}

sl_rc sl_state_open(struct sl_home *h, const struct sl_vault *v,
                    const uint8_t card[SL_SHA256_BYTES], const struct sl_id *locker,
                    const char *roll, struct sl_state_place **ret, enum sl_state_found *found,
                    struct sl_roll_state *state, struct sl_buf *slip_bytes,
                    struct sl_waiting_slip slips[SL_KEEPERS_MAX], size_t *slip_count,
                    struct sl_err *err)
{
    SL_AUTO_FREE(state_place) *p = NULL;
    bool at_it = false;

    SL_TRY(new_place(h, v, card, &p, err));
    SL_TRY(choose_place(p, locker, roll, true, &at_it, err));
    if (!at_it)
        SL_TRY(choose_place(p, locker, roll, false, &at_it, err));
    if (!at_it)
        return sl_fail(err, SL_E_RETRY, _("%u offloads of this card as '%s' are under way already"),
                       SL_STATE_SLOTS_MAX, roll);
    *slip_bytes = sl_buf_upto(FILE_ROOM);
    *slip_count = 0;
    sl_rc rc = load(p, state, slip_bytes, slips, slip_count, err);
    *found = rc == SL_OK ? SL_STATE_GOES_ON : rc == SL_E_MISSING ? SL_STATE_NONE : SL_STATE_DAMAGED;
    if (rc != SL_OK && rc != SL_E_MISSING && rc != SL_E_BROKEN && rc != SL_E_REFUSED)
        return rc; /* it is there and may be right: not to be written over */
    *ret = SL_TAKE(p);
    return SL_OK;
}

sl_rc sl_state_drop(struct sl_state_place *p, struct sl_err *err)
{
    sl_rc rc = sl_shelf_remove(p->shelf, p->file, err);

    return rc == SL_E_MISSING ? SL_OK : rc;
}

/* ---- all states of a home ---- */

struct forgetting {
    char front[ROLL_HEX];
    char names[SL_STATE_SLOTS_MAX * 4][ROLL_HEX + NAME_HEX + 8]; /* without ".state" */
    unsigned count;
};

static sl_rc note_state(void *who, const struct sl_os_entry *entry, struct sl_err *err)
{
    struct forgetting *f = who;
    size_t len = strlen(entry->name), cut = strlen(".state");

    (void)err;
    if (len == ROLL_HEX - 1 + NAME_HEX + cut && strcmp(entry->name + len - cut, ".state") == 0 &&
        strncmp(entry->name, f->front, ROLL_HEX - 1) == 0 &&
        f->count < sizeof f->names / sizeof *f->names)
        (void)snprintf(f->names[f->count++], sizeof f->names[0], "%.*s", (int)(len - cut),
                       entry->name);
    return SL_OK;
}

/* One that somebody works on stays. */
static sl_rc forget_one(struct sl_state_place *p, const char *name, bool dry_run, unsigned *dropped,
                        struct sl_err *err)
{
    bool at_it = false;

    (void)snprintf(p->file, sizeof p->file, "%s.state", name);
    (void)snprintf(p->lock_file, sizeof p->lock_file, "%s.lock", name);
    SL_TRY(lock_place(p, &at_it, err));
    if (!at_it)
        return sl_fail(err, SL_E_RETRY, _("an offload of this roll is under way"));
    sl_rc rc = dry_run ? SL_OK : sl_state_drop(p, err);
    *dropped += rc == SL_OK ? 1 : 0;
    leave_place(p);
    return rc;
}

sl_rc sl_state_forget(struct sl_home *h, const struct sl_vault *v, const char *roll, bool dry_run,
                      unsigned *dropped, struct sl_err *err)
{
    SL_AUTO_FREE(state_place) *p = calloc(1, sizeof *p);
    struct forgetting f = { .count = 0 };

    *dropped = 0;
    if (p == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    *p = (struct sl_state_place){ .os = sl_home_os(h), .lock = { NULL, -1 }, .key = v->state };
    SL_TRY(open_states(h, v, &p->shelf, err));
    name_roll(&v->state, roll, f.front);
    SL_TRY(sl_shelf_list(p->shelf, "", note_state, &f, err));
    for (unsigned i = 0; i < f.count; i++)
        SL_TRY(forget_one(p, f.names[i], dry_run, dropped, err));
    return SL_OK;
}

static sl_rc count_state(void *who, const struct sl_os_entry *entry, struct sl_err *err)
{
    unsigned *count = who;
    const char *dot = strrchr(entry->name, '.');

    (void)err;
    *count += dot != NULL && strcmp(dot, ".state") == 0 ? 1 : 0;
    return SL_OK;
}

sl_rc sl_state_count(struct sl_home *h, const struct sl_vault *v, unsigned *ret, struct sl_err *err)
{
    SL_AUTO_FREE(shelf) *shelf = NULL;

    *ret = 0;
    SL_TRY(open_states(h, v, &shelf, err));
    return sl_shelf_list(shelf, "", count_state, ret, err);
}
