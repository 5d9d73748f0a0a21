/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Drawers: what is kept comes back to its person and to nobody else; and the spool's one object,
 * the state of one roll, forgotten.
 */
#include "home/drawer.h"

#include "check.h"
#include "fake/quorum_vault.h"
#include "home/spool.h"
#include "home/state.h"

static char dir[FOLDER_TEXT];
static struct sl_vault *vault;
static struct sl_home *home;

static struct sl_view text_view(const char *text)
{
    return (struct sl_view){ (const uint8_t *)text, strlen(text) };
}

/* ---- drawers ---- */

static bool holds(const struct sl_vault *v, enum sl_drawer d, const char *name, const char *want)
{
    SL_AUTO_FREE(secret) *got = NULL;

    return sl_drawer_get(home, v, d, name, &got, NULL) == SL_OK &&
           sl_secret_expose(got).len == strlen(want) &&
           sl_same(sl_secret_expose(got).at, want, strlen(want));
}

static void drawer__gives_back_what_was_put_and_the_newest(void)
{
    struct sl_secret *got = NULL;

    CHECK_EQ(sl_drawer_get(home, vault, SL_DRAWER_OPEN, "one", &got, NULL), SL_E_MISSING);
    CHECK_EQ(sl_drawer_put(home, vault, SL_DRAWER_OPEN, "one", text_view("first"), NULL), SL_OK);
    CHECK(holds(vault, SL_DRAWER_OPEN, "one", "first"));
    CHECK_EQ(sl_drawer_put(home, vault, SL_DRAWER_OPEN, "one", text_view("second"), NULL), SL_OK);
    CHECK(holds(vault, SL_DRAWER_OPEN, "one", "second"));
    CHECK_EQ(sl_drawer_get(home, vault, SL_DRAWER_ASKED, "one", &got, NULL), SL_E_MISSING);
    CHECK_EQ(sl_drawer_forget(home, vault, SL_DRAWER_OPEN, "one", NULL), SL_OK);
    CHECK_EQ(sl_drawer_forget(home, vault, SL_DRAWER_OPEN, "one", NULL), SL_E_MISSING);
    CHECK_EQ(sl_drawer_get(home, vault, SL_DRAWER_OPEN, "one", &got, NULL), SL_E_MISSING);
    CHECK(got == NULL);
}

static void drawer__opens_for_its_person_only(void)
{
    SL_AUTO_FREE(vault) *other = fake_vault("/d", 3, 2);
    SL_AUTO_FREE(vault) *nobody = fake_vault("/d", 3, 2);
    struct sl_secret *got = NULL;
    char text[256] = "";

    fake_quorum(other, SL_ROLE_MEMBER);
    CHECK_EQ(sl_drawer_put(home, vault, SL_DRAWER_OPEN, "mine", text_view("a secret"), NULL),
             SL_OK);
    CHECK_EQ(sl_drawer_get(home, other, SL_DRAWER_OPEN, "mine", &got, NULL), SL_E_REFUSED);
    CHECK_EQ(sl_drawer_get(home, nobody, SL_DRAWER_OPEN, "mine", &got, NULL), SL_E_MISSING);
    CHECK_EQ(sl_drawer_put(home, nobody, SL_DRAWER_OPEN, "x", text_view("y"), NULL), SL_E_REFUSED);
    CHECK(got == NULL);
    FILE *f = fopen(folder_path(dir, "productions/film/open/mine.age"), "re");
    CHECK(f != NULL && fread(text, 1, sizeof text - 1, f) > 0);
    if (f != NULL)
        (void)fclose(f);
    CHECK(strncmp(text, "age-encryption.org/v1\n-> X25519 ", 32) == 0); /* as stock age reads it */
    CHECK(memmem(text, sizeof text, "a secret", 8) == NULL);
}

struct names {
    unsigned count;
    bool one, two;
};

static sl_rc note(void *who, const char *name, struct sl_err *err)
{
    struct names *n = who;

    (void)err;
    n->count++;
    n->one |= strcmp(name, "r-1") == 0;
    n->two |= strcmp(name, "a-1-2") == 0;
    return SL_OK;
}

static void drawer__lists_its_own_and_passes_strangers_by(void)
{
    struct names n = { 0 };

    CHECK_EQ(sl_drawer_list(home, vault, SL_DRAWER_ASKED, note, &n, NULL), SL_OK);
    CHECK_EQ(n.count, 0); /* none is there yet */
    CHECK_EQ(sl_drawer_put(home, vault, SL_DRAWER_ASKED, "r-1", text_view("r"), NULL), SL_OK);
    CHECK_EQ(sl_drawer_put(home, vault, SL_DRAWER_ASKED, "a-1-2", text_view("a"), NULL), SL_OK);
    CHECK_EQ(folder_write(folder_path(dir, "productions/film/asked/notes.txt"), "x", 1), 0);
    CHECK_EQ(folder_write(folder_path(dir, "productions/film/asked/.age"), "x", 1), 0);
    CHECK_EQ(sl_drawer_list(home, vault, SL_DRAWER_ASKED, note, &n, NULL), SL_OK);
    CHECK(n.count == 2 && n.one && n.two);
}

static void drawer__that_is_damaged_is_said_to_be(void)
{
    const char *path = "productions/film/open/hurt.age";
    struct sl_secret *got = NULL;
    struct sl_err err = { 0 };
    uint8_t byte = 0;

    CHECK_EQ(sl_drawer_put(home, vault, SL_DRAWER_OPEN, "hurt", text_view("whole"), NULL), SL_OK);
    int fd = open(folder_path(dir, path), O_RDWR | O_CLOEXEC);
    off_t last = lseek(fd, 0, SEEK_END) - 1;
    CHECK(fd >= 0 && pread(fd, &byte, 1, last) == 1);
    byte ^= 1;
    CHECK(pwrite(fd, &byte, 1, last) == 1 && close(fd) == 0);
    CHECK_EQ(sl_drawer_get(home, vault, SL_DRAWER_OPEN, "hurt", &got, &err), SL_E_BROKEN);
    CHECK(got == NULL && strstr(err.text, "hurt.age") != NULL);
    CHECK_EQ(truncate(folder_path(dir, path), 0), 0);
    CHECK_EQ(sl_drawer_get(home, vault, SL_DRAWER_OPEN, "hurt", &got, &err), SL_E_BROKEN);
}

static void drawer__takes_the_longest_and_no_longer(void)
{
    static uint8_t big[SL_DRAWER_BYTES_MAX];
    struct sl_secret *got = NULL;
    char name[SL_DRAWER_NAME_MAX + 1];

    memset(big, 7, sizeof big);
    memset(name, 'n', SL_DRAWER_NAME_MAX);
    name[SL_DRAWER_NAME_MAX] = '\0';
    CHECK_EQ(
        sl_drawer_put(home, vault, SL_DRAWER_OPEN, name, (struct sl_view){ big, sizeof big }, NULL),
        SL_OK);
    CHECK_EQ(sl_drawer_get(home, vault, SL_DRAWER_OPEN, name, &got, NULL), SL_OK);
    CHECK(got != NULL && sl_secret_expose(got).len == sizeof big);
    sl_secret_free(got);
    CHECK_EQ(sl_drawer_forget(home, vault, SL_DRAWER_OPEN, name, NULL), SL_OK);
}

/* ---- the spool, one object ---- */

struct pushed {
    unsigned count;
    sl_rc answer;
};

static sl_rc push(void *who, const struct sl_object *name, struct sl_view in, struct sl_err *err)
{
    struct pushed *p = who;

    (void)name;
    CHECK_EQ(in.len, SL_SLIP_BYTES);
    p->count++;
    return p->answer == SL_OK ? SL_OK : sl_fail(err, p->answer, "away");
}

static void spool__pushes_one_and_leaves_the_others(void)
{
    static uint8_t slip[SL_SLIP_BYTES];
    SL_AUTO_FREE(spool) *s = NULL;
    struct sl_object names[3];
    struct sl_view piece = { slip, sizeof slip };
    const struct sl_id *keeper = &vault->keepers[0].id;
    uint64_t waiting = 0;

    CHECK_EQ(sl_spool_open(home, vault, &s, NULL), SL_OK);
    for (unsigned i = 0; i < 3; i++) {
        names[i] = (struct sl_object){ .kind = SL_OBJECT_SLIP };
        sl_random(names[i].name, SL_NAME_BYTES);
        if (i < 2) /* the third was never put */
            CHECK_EQ(sl_spool_put(s, keeper, &names[i], &piece, 1, NULL), SL_OK);
    }
    struct pushed away = { .answer = SL_E_RETRY }, weak = { .answer = SL_E_UNSAFE }, well = { 0 };
    CHECK_EQ(sl_spool_push_one(s, keeper, &names[1], push, &away, NULL), SL_E_RETRY);
    CHECK_EQ(sl_spool_push_one(s, keeper, &names[1], push, &weak, NULL), SL_OK);
    CHECK(sl_spool_count(s, keeper, &waiting, NULL) == SL_OK && waiting == 2);
    CHECK_EQ(sl_spool_push_one(s, keeper, &names[1], push, &well, NULL), SL_OK);
    CHECK(sl_spool_count(s, keeper, &waiting, NULL) == SL_OK && waiting == 1);
    CHECK_EQ(sl_spool_push_one(s, keeper, &names[1], push, &well, NULL), SL_OK); /* it went */
    CHECK_EQ(sl_spool_push_one(s, keeper, &names[2], push, &well, NULL), SL_OK);
    CHECK_EQ(sl_spool_push_one(s, &vault->keepers[1].id, &names[0], push, &well, NULL), SL_OK);
    CHECK_EQ(well.count, 1);
    CHECK(sl_spool_count(s, keeper, &waiting, NULL) == SL_OK && waiting == 1);
}

/* ---- states, forgotten ---- */

static struct sl_state_place *begin(uint8_t card, const char *roll, bool leave)
{
    struct sl_state_place *p = NULL;
    struct sl_roll_state state = { .next_part = 1 };
    struct sl_waiting_slip slips[SL_KEEPERS_MAX];
    SL_AUTO_CLEAR(buf) bytes = { 0 };
    uint8_t hash[SL_SHA256_BYTES];
    enum sl_state_found found;
    size_t count = 0;

    memset(hash, card, sizeof hash);
    CHECK_EQ(sl_state_open(home, vault, hash, &vault->lockers[0].id, roll, &p, &found, &state,
                           &bytes, slips, &count, NULL),
             SL_OK);
    state.next_part = 1;
    CHECK_EQ(sl_state_save(p, &state, NULL, 0, NULL), SL_OK);
    if (!leave)
        return p;
    sl_state_place_free(p);
    return NULL;
}

static unsigned remembered(void)
{
    unsigned count = 99;

    CHECK_EQ(sl_state_count(home, vault, &count, NULL), SL_OK);
    return count;
}

static void state__of_a_roll_is_forgotten_without_its_card(void)
{
    unsigned dropped = 9;
    struct sl_err err = { 0 };

    (void)begin(1, "A001", true);
    (void)begin(2, "A001", true); /* another card under the same name */
    (void)begin(1, "A002", true);
    CHECK_EQ(remembered(), 3);
    CHECK_EQ(sl_state_forget(home, vault, "B001", false, &dropped, NULL), SL_OK);
    CHECK_EQ(dropped, 0);
    CHECK_EQ(sl_state_forget(home, vault, "A001", true, &dropped, NULL), SL_OK);
    CHECK_EQ(dropped, 2);
    CHECK_EQ(remembered(), 3); /* only counted */
    struct sl_state_place *busy = begin(2, "A002", false);
    CHECK_EQ(sl_state_forget(home, vault, "A002", false, &dropped, &err), SL_E_RETRY);
    CHECK(strstr(err.text, "under way") != NULL);
    CHECK_EQ(sl_state_forget(home, vault, "A001", false, &dropped, NULL), SL_OK);
    CHECK_EQ(dropped, 2);
    sl_state_place_free(busy);
    CHECK_EQ(sl_state_forget(home, vault, "A002", false, &dropped, NULL), SL_OK);
    CHECK_EQ(remembered(), 0);
    CHECK_EQ(sl_state_forget(home, vault, "A002", false, &dropped, NULL), SL_OK);
    CHECK_EQ(dropped, 0);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(drawer__gives_back_what_was_put_and_the_newest),
        CASE(drawer__opens_for_its_person_only),
        CASE(drawer__lists_its_own_and_passes_strangers_by),
        CASE(drawer__that_is_damaged_is_said_to_be),
        CASE(drawer__takes_the_longest_and_no_longer),
        CASE(spool__pushes_one_and_leaves_the_others),
        CASE(state__of_a_roll_is_forgotten_without_its_card),
    };

    folder_new(access("/dev/shm", W_OK) == 0 ? "/dev/shm" : NULL, dir);
    vault = fake_vault("/d", 3, 2);
    fake_quorum(vault, SL_ROLE_MEMBER);
    if (sl_home_open(sl_os_real(), dir, true, &home, NULL) != SL_OK)
        return EXIT_FAILURE;
    int rc = check_run(cases, sizeof cases / sizeof *cases);
    sl_home_free(home);
    sl_vault_free(vault);
    folder_remove(dir);
    return rc;
}
