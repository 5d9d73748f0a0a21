/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cards and readers that lie or change, homes and keepers that fail on the way: each is said
 * plainly, nothing wrong leaves, and the same offload later completes.
 */
#include "fake/world.h"

#define SIZE 300000u

static void make_card(struct world *w)
{
    world_file(w, "card/CLIP/a.bin", 1, SIZE);
    world_file(w, "card/CLIP/b.bin", 2, 5000);
}

static void completes(struct world *w)
{
    CHECK_EQ(world_offload(w, NULL, "A001", NULL), SL_OK);
    CHECK_EQ(world_restore(w, NULL, "camera/A001", "back", NULL), SL_OK);
    CHECK(world_same(w, "card", "back"));
    if (w->rc != SL_OK)
        printf("# %s\n# %s\n", w->err.text, w->heard);
}

/* ---- a reader that gives other bytes the second time ---- */

struct lie {
    const char *path; /* ends so */
    off_t at;         /* the byte that is altered ... */
    unsigned turn;    /* ... in this reading of it, from 1 */
    bool ever;        /* and in all later ones */
    unsigned seen;
};

static void lying(struct world_os *os, const char *path, const struct iovec *to, ssize_t got,
                  off_t at)
{
    struct lie *l = os->who;
    size_t len = strlen(path), end = strlen(l->path);

    if (len < end || strcmp(path + len - end, l->path) != 0 || l->at < at || l->at >= at + got)
        return;
    l->seen++;
    if (l->seen != l->turn && !(l->ever && l->seen > l->turn))
        return;
    size_t skip = (size_t)(l->at - at);
    for (; skip >= to->iov_len; to++)
        skip -= to->iov_len;
    ((uint8_t *)to->iov_base)[skip] ^= 4;
}

/* Offsets that no sample of the card's identity covers. */
static void offload__refuses_a_card_that_reads_differently(void)
{
    static const struct {
        off_t at;
        unsigned turn;
    } rows[] = { { 20000, 1 },  { 20000, 2 },       { 65535, 2 },   { 65536, 2 },
                 { 200001, 1 }, { SIZE - 4097, 2 }, { SIZE / 2, 2 } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        static struct world_os os;
        struct lie lie = { "card/CLIP/a.bin", rows[i].at, rows[i].turn, false, 0 };
        struct world w;
        char words[64];
        world_new(&w, 3, 2);
        make_card(&w);
        const struct sl_os *with = world_os_start(&os);
        os.saw = lying;
        os.who = &lie;
        CHECK_EQ(world_offload(&w, with, "A001", NULL), SL_E_BROKEN);
        CHECK(world_said(&w, "two readings of 'CLIP/a.bin' differ"));
        (void)snprintf(words, sizeof words, "at byte %jd", (intmax_t)rows[i].at);
        CHECK(world_said(&w, words));
        CHECK(world_said(&w, "do not format"));
        CHECK_EQ(world_count(&w, "keepers", "f"), 0); /* nothing of it left */
        completes(&w);
        world_end(&w);
    }
}

/* A reader that lies when a killed run's part is read again: it is not believed to be the same. */
static void offload__sends_afresh_what_reads_differently_later(void)
{
    static struct world_os os;
    struct lie lie = { "card/CLIP/a.bin", 20000, 1, false, 0 };
    struct world w;

    world_new(&w, 3, 2);
    make_card(&w);
    world_hide(&w, 3, true);
    CHECK_EQ(world_offload(&w, NULL, "A001", NULL), SL_E_UNSAFE);
    world_hide(&w, 3, false);
    const struct sl_os *with = world_os_start(&os);
    os.saw = lying;
    os.who = &lie;
    CHECK_EQ(world_offload(&w, with, "A001", NULL), SL_OK);
    CHECK(world_said(&w, "not what the card holds now"));
    CHECK_EQ(world_restore(&w, NULL, "camera/A001~2", "back", NULL), SL_OK);
    CHECK(world_same(&w, "card", "back"));
    world_end(&w);
}

/* ---- a card that changes ---- */

struct change {
    struct world *w;
    const char *how;
    unsigned at, opened; /* when a.bin is opened so many times */
};

static void changing(struct world_os *os, int dir, const char *path, int flags)
{
    struct change *c = os->who;
    const char *a = world_path(c->w, "card/CLIP/a.bin");
    struct timespec t[2] = { { 1, 0 }, { 1, 0 } };

    (void)dir;
    (void)flags;
    if (strstr(path, "a.bin") == NULL || ++c->opened != c->at)
        return;
    if (strcmp(c->how, "grown") == 0)
        world_must(truncate(a, SIZE + 1) == 0, a);
    else if (strcmp(c->how, "shrunk") == 0)
        world_must(truncate(a, SIZE - 1) == 0, a);
    else if (strcmp(c->how, "touched") == 0)
        world_must(utimensat(AT_FDCWD, a, t, 0) == 0, a);
    else if (strcmp(c->how, "gone") == 0)
        world_must(unlink(a) == 0, a);
    else
        world_file(c->w, "card/late.bin", 9, 10);
}

static void offload__refuses_a_card_that_changes_meanwhile(void)
{
    static const char *const how[] = { "grown", "shrunk", "touched", "gone", "a new file" };

    for (size_t i = 0; i < sizeof how / sizeof *how; i++) {
        for (unsigned at = 1; at <= 3; at++) { /* samples, first reading, second reading */
            static struct world_os os;
            struct world w;
            struct change c = { &w, how[i], at, 0 };
            int before = check_failures;
            world_new(&w, 3, 2);
            make_card(&w);
            const struct sl_os *with = world_os_start(&os);
            os.opening = changing;
            os.who = &c;
            sl_rc rc = world_offload(&w, with, "A001", NULL);
            CHECK(rc == SL_E_BROKEN);
            if (strcmp(how[i], "a new file") != 0)
                CHECK(world_said(&w, "a.bin") || world_said(&w, "changed"));
            CHECK(c.opened >= at);
            CHECK_EQ(world_offload(&w, NULL, "A001", NULL), SL_OK);
            bool second = world_restore(&w, NULL, "camera/A001~2", "back", NULL) == SL_OK;
            if (!second) /* the first try did not come to its first part */
                CHECK_EQ(world_restore(&w, NULL, "camera/A001", "back", NULL), SL_OK);
            CHECK(world_same(&w, "card", "back"));
            if (check_failures != before)
                printf("# that was: %s at opening %u: %d %s\n", how[i], at, (int)rc, w.err.text);
            world_end(&w);
        }
    }
}

/* ---- what cannot be read or written ---- */

static void offload__names_a_file_that_it_may_not_read(void)
{
    struct world w;

    if (geteuid() == 0) {
        check_skip("root may read everything");
        return;
    }
    world_new(&w, 3, 2);
    make_card(&w);
    world_must(chmod(world_path(&w, "card/CLIP/b.bin"), 0) == 0, "chmod");
    CHECK_EQ(world_offload(&w, NULL, "A001", NULL), SL_E_SYSTEM);
    CHECK(world_said(&w, "CLIP/b.bin"));
    world_must(chmod(world_path(&w, "card/CLIP/b.bin"), 0644) == 0, "chmod");
    completes(&w);
    world_end(&w);
}

static int no_entry(void *self, int dir, const char *path, int flags, mode_t mode, uint64_t resolve)
{
    if (strstr(path, "b.bin") != NULL) {
        errno = EACCES;
        return -1;
    }
    return world_os_open(self, dir, path, flags, mode, resolve);
}

static void offload__names_a_file_that_cannot_be_opened(void)
{
    static struct world_os os;
    struct world w;

    world_new(&w, 3, 2);
    make_card(&w);
    (void)world_os_start(&os);
    os.fault.os.open = no_entry;
    CHECK_EQ(world_offload(&w, &os.fault.os, "A001", NULL), SL_E_SYSTEM);
    CHECK(world_said(&w, "CLIP/b.bin"));
    completes(&w);
    world_end(&w);
}

static void offload__says_that_the_home_cannot_be_written(void)
{
    static struct world_os os;
    struct world w;

    world_new(&w, 3, 2);
    make_card(&w);
    const struct sl_os *with = world_os_start(&os);
    os.full[0] = "on-set";
    CHECK_EQ(world_offload(&w, with, "A001", NULL), SL_E_SYSTEM);
    CHECK(world_said(&w, "writing what is needed to go on"));
    completes(&w);
    world_end(&w);
}

static void offload__says_which_card_locker_or_roll_is_not_there(void)
{
    struct world w;

    world_new(&w, 3, 2);
    w.card = "no-card";
    CHECK_EQ(world_offload(&w, NULL, "A001", NULL), SL_E_MISSING);
    CHECK(world_said(&w, "no-card"));
    w.card = NULL;
    w.locker = "attic";
    CHECK_EQ(world_offload(&w, NULL, "A001", NULL), SL_E_MISSING);
    CHECK(world_said(&w, "camera sound"));
    w.locker = NULL;
    CHECK_EQ(world_offload(&w, NULL, "A/1", NULL), SL_E_USAGE);
    CHECK_EQ(world_offload(&w, NULL, "", NULL), SL_E_USAGE);
    w.home = "nowhere";
    CHECK_EQ(world_offload(&w, NULL, "A001", NULL), SL_E_MISSING);
    CHECK(world_said(&w, "make one with: safelight init"));
    world_end(&w);
}

/* ---- a keeper that disappears mid-way ---- */

struct vanishing {
    struct world *w;
    unsigned number, after, seen;
};

static void vanish(struct world_os *os, int dir, const char *path, int flags)
{
    struct vanishing *v = os->who;

    (void)flags;
    if (strstr(world_os_path(dir), "keepers/") == NULL || ++v->seen != v->after)
        return;
    (void)path;
    world_hide(v->w, v->number, true);
}

static void offload__goes_on_when_a_keeper_disappears(void)
{
    for (unsigned after = 1; after < 60; after += 3) {
        static struct world_os os;
        struct sl_verdict v;
        struct world w;
        struct vanishing gone = { &w, 2, after, 0 };
        world_new(&w, 3, 1);
        world_file(&w, "card/CLIP/a.bin", 1, 9000000);
        const struct sl_os *with = world_os_start(&os);
        os.opening = vanish;
        os.who = &gone;
        sl_rc rc = world_offload(&w, with, "A001", &v);
        bool away = world_is_there(&w, "keepers/away-2");
        CHECK(rc == SL_E_UNSAFE || rc == SL_OK); /* an open folder outlives its name */
        if (away) {
            CHECK_EQ(world_restore(&w, NULL, "camera/A001", "back", NULL), SL_OK);
            CHECK(world_same(&w, "card", "back")); /* with one keeper away it is all there */
            folder_remove(world_path(&w, "back"));
            world_hide(&w, 2, false);
        }
        if (rc == SL_E_UNSAFE)
            CHECK_EQ(world_offload(&w, NULL, "A001", &v), SL_OK);
        CHECK_EQ(world_count(&w, "on-set", "spool"), 0);
        CHECK_EQ(world_restore(&w, NULL, "camera/A001", "back", NULL), SL_OK);
        CHECK(world_same(&w, "card", "back"));
        world_end(&w);
    }
}

/* ---- parts that cut files ---- */

static void offload__cuts_files_between_parts_and_joins_them(void)
{
    static struct world_os os;
    struct sl_verdict v;
    struct world w;

    world_new(&w, 2, 1);
    world_file(&w, "card/CLIP/a.bin", 1, 10000000);
    world_file(&w, "card/CLIP/b.bin", 2, 0);
    world_file(&w, "card/CLIP/c.bin", 3, 9000001);
    const struct sl_os *with = world_os_start(&os);
    os.jump_ns = UINT64_C(61000000000);
    CHECK_EQ(world_offload(&w, with, "A001", &v), SL_OK);
    CHECK(v.parts >= 4);
    CHECK_EQ(world_restore(&w, NULL, "camera/A001", "back", NULL), SL_OK);
    CHECK(world_same(&w, "card", "back"));
    world_end(&w);
}

/* ---- going on ---- */

struct stopping {
    struct sl *sl;
    uint64_t at_bytes;
    struct world *w;
};

static void stop_there(void *who, const struct sl_progress *p)
{
    struct stopping *s = who;

    if (strcmp(p->task, "offload") == 0 && p->done_bytes >= s->at_bytes)
        sl_stop(s->sl);
}

/* Interrupt an offload once so many bytes are accounted for. */
static sl_rc offload_until(struct world *w, uint64_t at_bytes, struct sl_verdict *v)
{
    static struct world_os os;
    struct stopping s = { .at_bytes = at_bytes, .w = w };
    struct sl_talk talk = { .who = &s, .progress = stop_there };
    struct sl_offload job = world_offload_job(w, "A001");

    (void)world_os_start(&os);
    os.jump_ns = UINT64_C(61000000000);
    w->err = (struct sl_err){ 0 };
    CHECK_EQ(sl_start_on(&os.fault.os, &talk, &s.sl, &w->err), SL_OK);
    sl_rc rc = sl_offload_card(s.sl, &job, v, &w->err);
    sl_end(s.sl);
    return rc;
}

static void offload__sends_no_finished_part_twice(void)
{
    struct sl_verdict v;
    struct world w;

    world_new(&w, 2, 1);
    world_file(&w, "card/CLIP/a.bin", 1, 30000000);
    CHECK_EQ(offload_until(&w, 16000000, &v), SL_E_CANCELLED);
    size_t before = world_count(&w, "keepers", "f");
    CHECK(before >= 8);
    CHECK_EQ(world_offload(&w, NULL, "A001", &v), SL_OK);
    size_t after = world_count(&w, "keepers", "f");
    CHECK(v.resumed_bytes > 12000000);
    CHECK(v.resumed_bytes < 30000000);
    /* 30 MB are 8 packs of one slice for each of two keepers; a pack under way may be lost */
    CHECK(after <= 2 * 10);
    CHECK(after > before);
    CHECK_EQ(v.packs * 2 <= after, 1);
    CHECK_EQ(world_restore(&w, NULL, "camera/A001", "back", NULL), SL_OK);
    CHECK(world_same(&w, "card", "back"));
    world_end(&w);
}

static void offload__sends_a_changed_card_afresh(void)
{
    struct sl_verdict v;
    struct world w;

    world_new(&w, 2, 1);
    world_file(&w, "card/CLIP/a.bin", 1, 12000000);
    CHECK_EQ(offload_until(&w, 7000000, &v), SL_E_CANCELLED);
    world_file(&w, "card/CLIP/a.bin", 2, 12000000);
    CHECK_EQ(world_offload(&w, NULL, "A001", &v), SL_OK);
    CHECK_EQ(v.resumed_bytes, 0);
    CHECK_EQ(world_restore(&w, NULL, "camera/A001~2", "back", NULL), SL_OK);
    CHECK(world_same(&w, "card", "back"));
    world_end(&w);
}

/* The state lies there, damaged: said, and the card goes afresh. */
static void offload__says_that_its_state_is_damaged(void)
{
    struct sl_verdict v;
    struct world w;
    char name[128];

    world_new(&w, 2, 1);
    world_file(&w, "card/CLIP/a.bin", 1, 12000000);
    CHECK_EQ(offload_until(&w, 7000000, &v), SL_E_CANCELLED);
    const char *folder = world_path(&w, "on-set/productions/film/state");
    DIR *dir = opendir(folder);
    world_must(dir != NULL, folder);
    name[0] = '\0';
    for (struct dirent *d = NULL; (d = readdir(dir)) != NULL;)
        if (strstr(d->d_name, ".state") != NULL)
            (void)snprintf(name, sizeof name, "%.100s", d->d_name);
    (void)closedir(dir);
    CHECK(name[0] != '\0');
    int fd = open(folder_path(folder, name), O_RDWR | O_CLOEXEC);
    uint8_t byte = 0;
    world_must(fd >= 0 && pread(fd, &byte, 1, 100) == 1, name);
    byte ^= 1;
    world_must(pwrite(fd, &byte, 1, 100) == 1 && close(fd) == 0, name);
    CHECK_EQ(world_offload(&w, NULL, "A001", &v), SL_OK);
    CHECK(world_said(&w, "is damaged: the card is offloaded afresh"));
    CHECK_EQ(world_restore(&w, NULL, "camera/A001~2", "back", NULL), SL_OK);
    CHECK(world_same(&w, "card", "back"));
    world_end(&w);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(offload__refuses_a_card_that_reads_differently),
        CASE(offload__sends_afresh_what_reads_differently_later),
        CASE(offload__refuses_a_card_that_changes_meanwhile),
        CASE(offload__names_a_file_that_it_may_not_read),
        CASE(offload__names_a_file_that_cannot_be_opened),
        CASE(offload__says_that_the_home_cannot_be_written),
        CASE(offload__says_which_card_locker_or_roll_is_not_there),
        CASE(offload__goes_on_when_a_keeper_disappears),
        CASE(offload__cuts_files_between_parts_and_joins_them),
        CASE(offload__sends_no_finished_part_twice),
        CASE(offload__sends_a_changed_card_afresh),
        CASE(offload__says_that_its_state_is_damaged),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
