/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an offload remembers: opens with the home's key and the card, and with nothing else; no byte
 * of it can be altered unseen; places are found, locked and left.
 */
#include "home/state.h"

#include "check.h"
#include "fake/vault.h"

static char dir[FOLDER_TEXT];
static struct sl_vault *vault;
static struct sl_home *home;
static uint8_t card[SL_SHA256_BYTES] = { 1, 2, 3 };
static uint8_t slip_bytes[2][SL_SLIP_BYTES];

struct opened { /* what sl_state_open() gives */
    struct sl_state_place *place;
    enum sl_state_found found;
    struct sl_roll_state state;
    struct sl_buf bytes;
    struct sl_waiting_slip slips[SL_KEEPERS_MAX];
    size_t count;
    struct sl_err err;
};

static sl_rc open_as(struct opened *o, const struct sl_vault *v, const uint8_t *which,
                     const struct sl_id *locker, const char *roll)
{
    *o = (struct opened){ 0 };
    return sl_state_open(home, v, which, locker, roll, &o->place, &o->found, &o->state, &o->bytes,
                         o->slips, &o->count, &o->err);
}

static sl_rc open_it(struct opened *o)
{
    return open_as(o, vault, card, &vault->lockers[0].id, "A001");
}

static void leave(struct opened *o)
{
    sl_state_place_free(o->place);
    sl_buf_clear(&o->bytes);
}

static struct sl_roll_state some_state(uint64_t items)
{
    struct sl_roll_state s = { .next_part = 3,
                               .items = items,
                               .offset = 99,
                               .entries = 4,
                               .packs = 77,
                               .all_packs = 200,
                               .all_parts = 5,
                               .kept = 5,
                               .weak = 2,
                               .whole = true };

    memset(s.last_part, 7, sizeof s.last_part);
    memset(s.digest, 8, sizeof s.digest);
    memset(s.session, 9, sizeof s.session);
    sl_id_draw(&s.roll);
    return s;
}

static void some_slips(struct sl_waiting_slip slips[2])
{
    for (unsigned i = 0; i < 2; i++) {
        slips[i] = (struct sl_waiting_slip){ .keeper = vault->keepers[i].id,
                                             .name.kind = SL_OBJECT_SLIP,
                                             .bytes = slip_bytes[i] };
        sl_random(slips[i].name.name, SL_NAME_BYTES);
        sl_random(slip_bytes[i], SL_SLIP_BYTES);
    }
}

static int states(void)
{
    return folder_names(folder_path(dir, "productions/film/state/.")) - 1; /* t/ */
}

static void state__comes_back_with_its_slips(void)
{
    struct sl_roll_state s = some_state(11);
    struct sl_waiting_slip slips[2];
    struct opened o;
    unsigned count = 9;

    some_slips(slips);
    CHECK_EQ(open_it(&o), SL_OK);
    CHECK_EQ(o.found, SL_STATE_NONE);
    CHECK_EQ(sl_state_save(o.place, &s, slips, 2, NULL), SL_OK);
    leave(&o);
    CHECK_EQ(sl_state_count(home, vault, &count, NULL), SL_OK);
    CHECK_EQ(count, 1);
    CHECK_EQ(open_it(&o), SL_OK);
    CHECK_EQ(o.found, SL_STATE_GOES_ON);
    CHECK(memcmp(&o.state.roll, &s.roll, sizeof s.roll) == 0);
    CHECK(memcmp(o.state.last_part, s.last_part, sizeof s.last_part) == 0);
    CHECK(memcmp(o.state.digest, s.digest, sizeof s.digest) == 0);
    CHECK(memcmp(o.state.session, s.session, sizeof s.session) == 0);
    CHECK(o.state.next_part == 3 && o.state.items == 11 && o.state.offset == 99);
    CHECK(o.state.entries == 4 && o.state.packs == 77 && o.state.all_packs == 200);
    CHECK(o.state.all_parts == 5 && o.state.kept == 5 && o.state.weak == 2 && o.state.whole);
    CHECK_EQ(o.count, 2);
    for (size_t i = 0; i < o.count && i < 2; i++) {
        CHECK(memcmp(&o.slips[i].keeper, &slips[i].keeper, SL_ID_BYTES) == 0);
        CHECK(memcmp(&o.slips[i].name, &slips[i].name, sizeof slips[i].name) == 0);
        CHECK(memcmp(o.slips[i].bytes, slips[i].bytes, SL_SLIP_BYTES) == 0);
    }
    CHECK_EQ(sl_state_drop(o.place, NULL), SL_OK);
    CHECK_EQ(sl_state_drop(o.place, NULL), SL_OK); /* gone is gone */
    leave(&o);
    CHECK_EQ(states(), 0); /* the lock's file too */
}

/* Who lacks the card, the key, the locker or the roll's name finds no state, and cannot tell that
 * there is one of that card. */
static void state__is_found_only_by_who_has_card_and_key(void)
{
    SL_AUTO_FREE(vault) *other = fake_vault("/d", 3, 2);
    struct sl_roll_state s = some_state(1);
    uint8_t changed[SL_SHA256_BYTES];
    struct opened o;

    memcpy(changed, card, sizeof changed);
    changed[31] ^= 1;
    CHECK_EQ(open_it(&o), SL_OK);
    CHECK_EQ(sl_state_save(o.place, &s, NULL, 0, NULL), SL_OK);
    leave(&o);
    CHECK_EQ(open_as(&o, vault, changed, &vault->lockers[0].id, "A001"), SL_OK);
    CHECK_EQ(o.found, SL_STATE_NONE);
    leave(&o);
    CHECK_EQ(open_as(&o, other, card, &vault->lockers[0].id, "A001"), SL_OK);
    CHECK_EQ(o.found, SL_STATE_NONE);
    leave(&o);
    CHECK_EQ(open_as(&o, vault, card, &vault->lockers[1].id, "A001"), SL_OK);
    CHECK_EQ(o.found, SL_STATE_NONE);
    leave(&o);
    CHECK_EQ(open_as(&o, vault, card, &vault->lockers[0].id, "A002"), SL_OK);
    CHECK_EQ(o.found, SL_STATE_NONE);
    leave(&o);
    CHECK_EQ(open_it(&o), SL_OK);
    CHECK_EQ(o.found, SL_STATE_GOES_ON);
    CHECK_EQ(sl_state_drop(o.place, NULL), SL_OK);
    leave(&o);
}

/* The path of the only state file. */
static void state_file(char path[FOLDER_TEXT * 2])
{
    const char *folder = folder_path(dir, "productions/film/state");
    DIR *d = opendir(folder);

    path[0] = '\0';
    for (struct dirent *e = NULL; d != NULL && (e = readdir(d)) != NULL;)
        if (strstr(e->d_name, ".state") != NULL)
            (void)snprintf(path, FOLDER_TEXT * 2, "%.250s/%.200s", folder, e->d_name);
    if (d != NULL)
        (void)closedir(d);
}

static void change(const char *path, off_t at, uint8_t with)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    uint8_t byte = 0;

    CHECK(fd >= 0 && pread(fd, &byte, 1, at) == 1);
    byte ^= with;
    CHECK(pwrite(fd, &byte, 1, at) == 1);
    (void)close(fd);
}

static void state__does_not_open_with_any_byte_altered(void)
{
    struct sl_roll_state s = some_state(1);
    struct sl_waiting_slip slips[2];
    char path[FOLDER_TEXT * 2];
    struct opened o;
    struct stat st;

    some_slips(slips);
    CHECK_EQ(open_it(&o), SL_OK);
    CHECK_EQ(sl_state_save(o.place, &s, slips, 2, NULL), SL_OK);
    leave(&o);
    state_file(path);
    CHECK(stat(path, &st) == 0);
    for (off_t at = 0; at < st.st_size; at += at < 4200 ? 37 : 4099) {
        change(path, at, (uint8_t)(1 << at % 8));
        CHECK_EQ(open_it(&o), SL_OK);
        CHECK_EQ(o.found, SL_STATE_DAMAGED);
        leave(&o);
        change(path, at, (uint8_t)(1 << at % 8));
    }
    CHECK_EQ(open_it(&o), SL_OK);
    CHECK_EQ(o.found, SL_STATE_GOES_ON); /* undone, it opens: nothing was written over */
    leave(&o);
    static const off_t sizes[] = { 0, 7, 40, 4151, 4152, 70000 };
    for (size_t i = sizeof sizes / sizeof *sizes; i > 0; i--) {
        CHECK_EQ(truncate(path, sizes[i - 1]), 0);
        CHECK_EQ(open_it(&o), SL_OK);
        CHECK_EQ(o.found, SL_STATE_DAMAGED);
        leave(&o);
    }
    CHECK_EQ(truncate(path, 100 << 20), 0); /* longer than any: refused before it is read */
    CHECK_EQ(open_it(&o), SL_OK);
    CHECK_EQ(o.found, SL_STATE_DAMAGED);
    CHECK_EQ(sl_state_save(o.place, &s, NULL, 0, NULL), SL_OK); /* and written over when needed */
    leave(&o);
    CHECK_EQ(open_it(&o), SL_OK);
    CHECK_EQ(o.found, SL_STATE_GOES_ON);
    CHECK_EQ(sl_state_drop(o.place, NULL), SL_OK);
    leave(&o);
}

/* An older state put back (a restored home) opens; the same plaintext is never sealed alike. */
static void state__is_sealed_afresh_every_time(void)
{
    struct sl_roll_state s = some_state(1);
    char path[FOLDER_TEXT * 2];
    uint8_t first[4200], second[4200];
    struct opened o;

    CHECK_EQ(open_it(&o), SL_OK);
    for (unsigned i = 0; i < 2; i++) {
        uint8_t *to = i == 0 ? first : second;
        CHECK_EQ(sl_state_save(o.place, &s, NULL, 0, NULL), SL_OK);
        state_file(path);
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        CHECK(fd >= 0 && read(fd, to, sizeof first) > 4000);
        (void)close(fd);
    }
    unsigned equal = 0;
    for (size_t i = 8; i < 4100; i++)
        equal += first[i] == second[i];
    CHECK(equal < 100); /* of 4092: by chance 16 */
    CHECK_EQ(sl_state_drop(o.place, NULL), SL_OK);
    leave(&o);
}

/* ---- places ---- */

static void state__gives_each_offload_its_own_place(void)
{
    struct opened o[SL_STATE_SLOTS_MAX], more;
    struct sl_roll_state s = some_state(0);

    for (unsigned i = 0; i < SL_STATE_SLOTS_MAX; i++) {
        CHECK_EQ(open_it(&o[i]), SL_OK);
        CHECK_EQ(o[i].found, SL_STATE_NONE);
        s.items = i;
        CHECK_EQ(sl_state_save(o[i].place, &s, NULL, 0, NULL), SL_OK);
    }
    CHECK_EQ(open_it(&more), SL_E_RETRY);
    CHECK(strstr(more.err.text, "under way already") != NULL);
    leave(&more);
    leave(&o[5]); /* killed: its state is found, by one only */
    CHECK_EQ(open_it(&more), SL_OK);
    CHECK_EQ(more.found, SL_STATE_GOES_ON);
    CHECK_EQ(more.state.items, 5);
    CHECK_EQ(open_it(&o[5]), SL_E_RETRY);
    leave(&o[5]);
    CHECK_EQ(sl_state_drop(more.place, NULL), SL_OK);
    leave(&more);
    for (unsigned i = 0; i < SL_STATE_SLOTS_MAX; i++) {
        if (i == 5)
            continue;
        CHECK_EQ(sl_state_drop(o[i].place, NULL), SL_OK);
        leave(&o[i]);
    }
    CHECK_EQ(states(), 0);
}

/* Two ran; the first finished, the second was killed: what it left is found though the first place
 * is free. */
static void state__is_found_in_whichever_place_it_was_left(void)
{
    struct sl_roll_state s = some_state(42);
    struct opened first, second;

    CHECK_EQ(open_it(&first), SL_OK);
    CHECK_EQ(open_it(&second), SL_OK);
    CHECK_EQ(sl_state_save(first.place, &s, NULL, 0, NULL), SL_OK);
    CHECK_EQ(sl_state_save(second.place, &s, NULL, 0, NULL), SL_OK);
    CHECK_EQ(sl_state_drop(first.place, NULL), SL_OK);
    leave(&first);
    leave(&second);
    CHECK_EQ(open_it(&second), SL_OK);
    CHECK_EQ(second.found, SL_STATE_GOES_ON);
    CHECK_EQ(second.state.items, 42);
    CHECK_EQ(sl_state_drop(second.place, NULL), SL_OK);
    leave(&second);
    CHECK_EQ(states(), 0);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(state__comes_back_with_its_slips),
        CASE(state__is_found_only_by_who_has_card_and_key),
        CASE(state__does_not_open_with_any_byte_altered),
        CASE(state__is_sealed_afresh_every_time),
        CASE(state__gives_each_offload_its_own_place),
        CASE(state__is_found_in_whichever_place_it_was_left),
    };

    folder_new(NULL, dir);
    vault = fake_vault("/d", 3, 2);
    if (sl_home_open(sl_os_real(), dir, true, &home, NULL) != SL_OK)
        return EXIT_FAILURE;
    int rc = check_run(cases, sizeof cases / sizeof *cases);
    sl_home_free(home);
    sl_vault_free(vault);
    folder_remove(dir);
    return rc;
}
