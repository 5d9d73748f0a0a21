/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A home's memory of the journal: it alone shows what keepers hide or roll back, it forgets
 * nothing, an older one accuses nobody, and a bad one is said and does no harm.
 */
#include "fake/os_fault.h"
#include "format/pen.h"
#include "journal/cast.h"
#include "journal/seen.h"

struct scene {
    struct cast c;
    struct sl_home *home;
    char said[2048];
};

static void note(void *who, enum sl_level level, const char *text)
{
    struct scene *s = who;
    size_t at = strlen(s->said);

    CHECK_EQ(level, SL_SAY_WARNING);
    (void)snprintf(s->said + at, sizeof s->said - at, "%s\n", text);
}

static void scene_new(struct scene *s)
{
    memset(s, 0, sizeof *s);
    cast_new(&s->c);
    cast_begin(&s->c);
    cast_writes(&s->c, s->c.pen.maker, SL_ENTRY_LOCKER);
    CHECK_EQ(sl_home_open(sl_os_real(), folder_path(s->c.pen.dir, "home"), true, &s->home, NULL),
             SL_OK);
}

static void scene_end(struct scene *s)
{
    sl_home_free(s->home);
    cast_end(&s->c);
}

static const char *memory_path(const struct scene *s, const char *name)
{
    char file[128];

    (void)snprintf(file, sizeof file, "home/productions/film/seen/%s", name);
    return folder_path(s->c.pen.dir, file);
}

/* Look at the keepers and remember. The caller frees the journal. */
static struct sl_journal *look(struct scene *s)
{
    struct sl_journal *j = pen_read(&s->c.pen, true);
    struct sl_voice voice = { .who = s, .say = note };

    s->said[0] = '\0';
    CHECK_EQ(sl_journal_recall(j, s->home, &voice, NULL), SL_OK);
    return j;
}

static void look_and_find(struct scene *s, uint64_t missing, const char *says)
{
    SL_AUTO_FREE(journal) *j = look(s);

    CHECK_EQ(j->missing, missing);
    CHECK_EQ(j->disagreements, 0);
    CHECK_EQ(j->convicted, 0);
    CHECK(s->said[0] == '\0');
    if (strstr(j->missing_text, says) == NULL) {
        printf("# %s\n", j->missing_text);
        check_that(0, "says what is missing", __FILE__, __LINE__);
    }
}

/* What the home remembers, opened; the caller clears it. */
static struct sl_seen remembered(const struct scene *s)
{
    SL_AUTO_CLEAR(buf) plain = sl_buf_upto(8u << 20);
    static uint8_t file[8u << 20];
    struct sl_seen seen = { 0 };
    FILE *f = fopen(memory_path(s, "seen.age"), "re");

    CHECK(f != NULL);
    if (f == NULL)
        return seen;
    size_t len = fread(file, 1, sizeof file, f);
    (void)fclose(f);
    CHECK_EQ(
        sl_age_open((struct sl_view){ file, len }, &s->c.pen.vault->care_identity, 1, &plain, NULL),
        SL_OK);
    CHECK_EQ(sl_seen_read(sl_buf_view(&plain), s->c.pen.vault->production, &seen, NULL), SL_OK);
    return seen;
}

/* Put a memory there, sealed to `to`. */
static void remembers(const struct scene *s, const struct sl_seen *seen,
                      const uint8_t production[SL_PRODUCTION_BYTES],
                      const struct sl_age_recipient *to)
{
    SL_AUTO_CLEAR(buf) sealed = sl_buf_upto(8u << 20), plain = sl_buf_upto(8u << 20);

    CHECK_EQ(sl_seen_write(seen, production, &plain, NULL), SL_OK);
    CHECK_EQ(sl_age_seal(to, 1, sl_buf_view(&plain), &sealed, NULL), SL_OK);
    CHECK_EQ(folder_write(memory_path(s, "seen.age"), sealed.at, sealed.len), 0);
}

/* ---- one memory alone ---- */

static void memory__alone_shows_what_all_keepers_rolled_back(void)
{
    struct scene s;

    scene_new(&s);
    look_and_find(&s, 0, "");
    pen_lose(&s.c.pen, s.c.pen.maker, 3, PEN_ALL);
    look_and_find(&s, 1, "no keeper gives entry 3 of a session of 'maker': this home saw it");
    pen_lose(&s.c.pen, s.c.pen.maker, 2, PEN_ALL);
    look_and_find(&s, 2, "entry 2 of a session of 'maker'");
    scene_end(&s);
}

static void memory__alone_shows_a_session_that_all_keepers_hide(void)
{
    struct scene s;

    scene_new(&s);
    struct sl_writing *w = pen_author(&s.c.pen, &s.c.member);
    cast_writes(&s.c, w, SL_ENTRY_OPENED);
    cast_writes(&s.c, w, SL_ENTRY_GRANT);
    look_and_find(&s, 0, "");
    pen_lose(&s.c.pen, w, 0, PEN_ALL);
    pen_lose(&s.c.pen, w, 1, PEN_ALL);
    look_and_find(&s, 2, "this home saw a session of which no keeper gives an entry");
    sl_writing_free(w);
    scene_end(&s);
}

/* What was rolled back is missed at every look, and the session that goes on is remembered. */
static void memory__never_forgets_and_never_lowers(void)
{
    struct scene s;
    struct sl_head want;

    scene_new(&s);
    struct sl_writing *w = pen_author(&s.c.pen, &s.c.member);
    cast_writes(&s.c, w, SL_ENTRY_OPENED);
    want = cast_head(s.c.pen.maker);
    look_and_find(&s, 0, "");
    pen_lose(&s.c.pen, s.c.pen.maker, 3, PEN_ALL);
    cast_writes(&s.c, w, SL_ENTRY_GRANT);
    for (unsigned i = 0; i < 3; i++)
        look_and_find(&s, 1, "this home saw it");
    struct sl_seen seen = remembered(&s);
    CHECK_EQ(seen.count, 2);
    bool maker = false, member = false;
    struct sl_head newer = cast_head(w);
    for (size_t i = 0; i < seen.count; i++) {
        maker |= memcmp(&seen.rows[i], &want, sizeof want) == 0;
        member |= memcmp(&seen.rows[i], &newer, sizeof newer) == 0;
    }
    CHECK(maker && member);
    sl_seen_clear(&seen);
    sl_writing_free(w);
    scene_end(&s);
}

static void memory__is_of_known_authors_only(void)
{
    struct scene s;

    scene_new(&s);
    struct sl_writing *w = pen_author(&s.c.pen, &s.c.stranger);
    cast_writes(&s.c, w, SL_ENTRY_OPENED);
    look_and_find(&s, 0, "");
    pen_lose(&s.c.pen, w, 0, PEN_ALL);
    look_and_find(&s, 0, "");
    struct sl_seen seen = remembered(&s);
    CHECK_EQ(seen.count, 1);
    sl_seen_clear(&seen);
    sl_writing_free(w);
    scene_end(&s);
}

/* Another entry under a number that was seen, and the first nowhere: told, convicts nobody. */
static void memory__of_another_entry_convicts_nobody(void)
{
    struct scene s;

    scene_new(&s);
    look_and_find(&s, 0, "");
    struct sl_writing fork = *s.c.pen.maker; /* the same session, before entry 3 */
    SL_AUTO_FREE(journal) *j = pen_read(&s.c.pen, true);
    fork.number = 3;
    memcpy(fork.previous, cast_entry(j, s.c.pen.maker, 2)->hash, sizeof fork.previous);
    pen_lose(&s.c.pen, s.c.pen.maker, 3, PEN_ALL);
    cast_writes(&s.c, &fork, SL_ENTRY_GRANT);
    SL_AUTO_FREE(journal) *forked = look(&s);
    CHECK_EQ(forked->missing, 0);
    CHECK_EQ(forked->disagreements, 1);
    CHECK(strstr(forked->disagreement_text, "this home saw another entry 3") != NULL);
    CHECK_EQ(forked->convicted, 0);
    scene_end(&s);
}

/* ---- the ways of the world ---- */

/* A machine set back to a snapshot: its memory is older, and right as far as it goes. */
static void memory__of_a_snapshot_accuses_nobody(void)
{
    struct scene s;
    struct sl_seen old;

    scene_new(&s);
    look_and_find(&s, 0, "");
    old = remembered(&s);
    struct sl_writing *w = pen_author(&s.c.pen, &s.c.capture);
    cast_writes(&s.c, w, SL_ENTRY_PART);
    cast_writes(&s.c, s.c.pen.maker, SL_ENTRY_LOCKER);
    look_and_find(&s, 0, "");
    remembers(&s, &old, s.c.pen.vault->production, &s.c.pen.vault->care);
    look_and_find(&s, 0, "");
    sl_seen_clear(&old);
    old = remembered(&s);
    CHECK_EQ(old.count, 2); /* and it has learned again */
    sl_seen_clear(&old);
    sl_writing_free(w);
    scene_end(&s);
}

/* A key that was taken back: what was remembered of it stays known, and nothing is missing. */
static void memory__of_a_key_taken_back_accuses_nobody(void)
{
    struct scene s;

    scene_new(&s);
    struct sl_writing *w = pen_author(&s.c.pen, &s.c.capture);
    cast_writes(&s.c, w, SL_ENTRY_OPENED);
    cast_writes(&s.c, w, SL_ENTRY_PART);
    look_and_find(&s, 0, "");
    cast_takes_back(&s.c, s.c.pen.maker, &s.c.capture, NULL, 0);
    look_and_find(&s, 0, "");
    sl_writing_free(w);
    scene_end(&s);
}

/* ---- bad ones ---- */

static void bad_memory_is_set_aside(struct scene *s, const char *why)
{
    SL_AUTO_FREE(journal) *j = look(s);

    CHECK_EQ(j->missing, 0);
    CHECK(strstr(s->said, "what this home remembers of the journal cannot be read") != NULL);
    if (strstr(s->said, why) == NULL) {
        printf("# %s\n", s->said);
        check_that(0, "says why", __FILE__, __LINE__);
    }
    CHECK_EQ(access(memory_path(s, "damaged.age"), F_OK), 0);
    struct sl_seen seen = remembered(s); /* a new one stands there */
    CHECK_EQ(seen.count, 1);
    sl_seen_clear(&seen);
    look_and_find(s, 0, "");
}

static void memory__that_is_damaged_is_set_aside(void)
{
    struct scene s;

    scene_new(&s);
    look_and_find(&s, 0, "");
    CHECK_EQ(truncate(memory_path(&s, "seen.age"), 100), 0);
    bad_memory_is_set_aside(&s, "age file");
    CHECK_EQ(folder_write(memory_path(&s, "seen.age"), "", 0), 0);
    bad_memory_is_set_aside(&s, "age file");
    scene_end(&s);
}

static void memory__of_somebody_else_is_set_aside(void)
{
    struct scene s;
    struct sl_age_recipient other;
    uint8_t production[SL_PRODUCTION_BYTES] = { 1 };

    scene_new(&s);
    look_and_find(&s, 0, "");
    struct sl_seen seen = remembered(&s);
    memset(other.point, 9, sizeof other.point);
    remembers(&s, &seen, s.c.pen.vault->production, &other);
    bad_memory_is_set_aside(&s, "");
    remembers(&s, &seen, production, &s.c.pen.vault->care);
    bad_memory_is_set_aside(&s, "another production");
    sl_seen_clear(&seen);
    scene_end(&s);
}

/* A file where the folder should be: said, and the journal stands. */
static void memory__that_cannot_be_stored_is_said(void)
{
    struct scene s;
    char path[FOLDER_TEXT * 4];

    scene_new(&s);
    (void)mkdir(folder_path(s.c.pen.dir, "home/productions"), 0700);
    (void)mkdir(folder_path(s.c.pen.dir, "home/productions/film"), 0700);
    (void)snprintf(path, sizeof path, "%s", folder_path(s.c.pen.dir, "home/productions/film/seen"));
    CHECK_EQ(folder_write(path, "x", 1), 0);
    SL_AUTO_FREE(journal) *j = look(&s);
    CHECK_EQ(j->entry_count, 4);
    CHECK(strstr(s.said, "what the journal says now cannot be remembered") != NULL);
    CHECK_EQ(unlink(path), 0);
    look_and_find(&s, 0, "");
    scene_end(&s);
}

/* Killed, or failed, at any write: the next look still misses what was seen before. */
static void memory__outlives_trouble_at_every_write(void)
{
    static const enum fault_how hows[] = { FAULT_KILL, FAULT_ERRNO, FAULT_EVER };

    for (size_t h = 0; h < sizeof hows / sizeof *hows; h++) {
        struct scene s;
        struct os_fault fault;
        bool hit = true;
        scene_new(&s);
        struct sl_writing *w = pen_author(&s.c.pen, &s.c.member);
        look_and_find(&s, 0, "");
        pen_lose(&s.c.pen, s.c.pen.maker, 3, PEN_ALL);
        unsigned n = 1;
        for (; hit; n++) {
            struct sl_home *poor = NULL;
            cast_writes(&s.c, w, SL_ENTRY_GRANT); /* so that there is something to store */
            SL_AUTO_FREE(journal) *j = pen_read(&s.c.pen, false);
            os_fault_start(&fault, FAULT_WRITES, hows[h], n, EIO);
            if (sl_home_open(&fault.os, folder_path(s.c.pen.dir, "home"), false, &poor, NULL) ==
                SL_OK)
                CHECK_EQ(sl_journal_recall(j, poor, NULL, NULL), SL_OK);
            hit = os_fault_hit(&fault);
            sl_home_free(poor);
            look_and_find(&s, 1, "this home saw it");
        }
        CHECK(n > 6); /* there were writes to fail at */
        CHECK(access(memory_path(&s, "damaged.age"), F_OK) != 0);
        sl_writing_free(w);
        scene_end(&s);
    }
}

static struct { /* another run, which holds the lock for three naps */
    int lock;
    unsigned naps;
} other_run;

static void nap(void *self, unsigned ms)
{
    (void)self;
    (void)ms;
    if (++other_run.naps == 3 && other_run.lock >= 0)
        (void)close(other_run.lock);
}

static void memory__waits_for_another_run(void)
{
    for (unsigned gives_up = 0; gives_up < 2; gives_up++) {
        struct scene s;
        struct sl_os os = *sl_os_real();
        struct sl_voice voice = { .who = &s, .say = note };
        scene_new(&s);
        look_and_find(&s, 0, "");
        cast_writes(&s.c, s.c.pen.maker, SL_ENTRY_LOCKER);
        os.sleep_ms = nap;
        int lock = open(memory_path(&s, "lock"), O_RDWR | O_CLOEXEC);
        CHECK(lock >= 0 && os.lock(os.self, lock) == 0);
        other_run.naps = 0;
        other_run.lock = gives_up != 0 ? -1 : lock;
        sl_home_free(s.home);
        CHECK_EQ(sl_home_open(&os, folder_path(s.c.pen.dir, "home"), false, &s.home, NULL), SL_OK);
        SL_AUTO_FREE(journal) *j = pen_read(&s.c.pen, false);
        CHECK_EQ(sl_journal_recall(j, s.home, &voice, NULL), SL_OK);
        CHECK(other_run.naps >= 3);
        CHECK_EQ(strstr(s.said, "another run of Safelight") != NULL, gives_up);
        struct sl_seen seen = remembered(&s);
        CHECK(seen.count == 1 && seen.rows[0].number == (gives_up != 0 ? 4 : 5));
        sl_seen_clear(&seen);
        if (gives_up != 0)
            (void)close(lock);
        scene_end(&s);
    }
}

/* ---- the content ---- */

static struct sl_seen of_rows(size_t count)
{
    struct sl_seen s = { calloc(count + 1, sizeof(struct sl_head)), count };

    for (size_t i = 0; s.rows != NULL && i < count; i++) {
        s.rows[i].number = i + 1;
        memcpy(s.rows[i].session, &(uint32_t){ (uint32_t)i * UINT32_C(2654435761) }, 4);
        s.rows[i].session[31] = 1;
    }
    return s;
}

static void memory__reads_what_it_writes_and_nothing_else(void)
{
    static const uint8_t production[SL_PRODUCTION_BYTES] = { 4 };
    SL_AUTO_CLEAR(buf) b = sl_buf_upto(SL_SEEN_BYTES_MAX);
    struct sl_seen s = of_rows(3), back = { 0 };

    CHECK_EQ(sl_seen_write(&s, production, &b, NULL), SL_OK);
    CHECK_EQ(b.len, 48 + 3 * 72);
    CHECK_EQ(sl_seen_read(sl_buf_view(&b), production, &back, NULL), SL_OK);
    CHECK(back.count == 3 && memcmp(back.rows, s.rows, 3 * sizeof *s.rows) == 0);
    sl_seen_clear(&back);
    for (size_t len = 0; len < b.len; len++)
        CHECK_EQ(sl_seen_read((struct sl_view){ b.at, len }, production, &back, NULL), SL_E_BROKEN);
    CHECK_EQ(sl_buf_put(&b, (struct sl_view){ (const uint8_t *)"", 1 }, NULL), SL_OK);
    CHECK_EQ(sl_seen_read(sl_buf_view(&b), production, &back, NULL), SL_E_BROKEN);
    b.len--;
    static const struct {
        const char *why;
        size_t offset;
        uint8_t byte;
        sl_rc rc;
    } damage[] = {
        { "magic", 2, 0, SL_E_BROKEN },
        { "version", 8, 2, SL_E_BROKEN },
        { "a row fewer", 12, 2, SL_E_BROKEN },
        { "a row more", 12, 4, SL_E_BROKEN },
        { "far too many", 15, 1, SL_E_BROKEN },
        { "another production", 16, 5, SL_E_REFUSED },
        { "no entries", 48 + 32, 0, SL_E_BROKEN },
    };
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        uint8_t was = b.at[damage[i].offset];
        b.at[damage[i].offset] = damage[i].byte;
        CHECK_EQ(sl_seen_read(sl_buf_view(&b), production, &back, NULL), damage[i].rc);
        b.at[damage[i].offset] = was;
    }
    memcpy(b.at + 48 + 144, b.at + 48, 32); /* the third is the first once more */
    CHECK_EQ(sl_seen_read(sl_buf_view(&b), production, &back, NULL), SL_E_BROKEN);
    CHECK(back.rows == NULL);
    sl_seen_clear(&s);
}

/* 65536 sessions are read, one more is not; and one more seen drops the one seen first. */
static void memory__beyond_its_limit_drops_the_oldest(void)
{
    struct scene s;
    SL_AUTO_CLEAR(buf) b = sl_buf_upto(SL_SEEN_BYTES_MAX + 72);
    struct sl_seen over = of_rows(SL_SEEN_SESSIONS_MAX + 1), back = { 0 };

    scene_new(&s);
    CHECK_EQ(sl_seen_write(&over, s.c.pen.vault->production, &b, NULL), SL_OK);
    CHECK_EQ(sl_seen_read(sl_buf_view(&b), s.c.pen.vault->production, &back, NULL), SL_E_BROKEN);
    over.count--;
    look_and_find(&s, 0, "");
    remembers(&s, &over, s.c.pen.vault->production, &s.c.pen.vault->care);
    SL_AUTO_FREE(journal) *j = look(&s);
    CHECK(s.said[0] == '\0');
    CHECK_EQ(j->missing, (uint64_t)SL_SEEN_SESSIONS_MAX * (SL_SEEN_SESSIONS_MAX + 1) / 2);
    back = remembered(&s);
    struct sl_head mine = cast_head(s.c.pen.maker);
    CHECK_EQ(back.count, SL_SEEN_SESSIONS_MAX);
    CHECK(memcmp(back.rows, over.rows + 1, (back.count - 1) * sizeof *back.rows) == 0);
    CHECK(memcmp(&back.rows[back.count - 1], &mine, sizeof mine) == 0);
    sl_seen_clear(&back);
    sl_seen_clear(&over);
    scene_end(&s);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(memory__alone_shows_what_all_keepers_rolled_back),
        CASE(memory__alone_shows_a_session_that_all_keepers_hide),
        CASE(memory__never_forgets_and_never_lowers),
        CASE(memory__is_of_known_authors_only),
        CASE(memory__of_another_entry_convicts_nobody),
        CASE(memory__of_a_snapshot_accuses_nobody),
        CASE(memory__of_a_key_taken_back_accuses_nobody),
        CASE(memory__that_is_damaged_is_set_aside),
        CASE(memory__of_somebody_else_is_set_aside),
        CASE(memory__that_cannot_be_stored_is_said),
        CASE(memory__outlives_trouble_at_every_write),
        CASE(memory__waits_for_another_run),
        CASE(memory__reads_what_it_writes_and_nothing_else),
        CASE(memory__beyond_its_limit_drops_the_oldest),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
