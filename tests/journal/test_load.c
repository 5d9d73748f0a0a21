/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading the journal: whom it believes, what it counts, whom it accuses. Strangers change nothing
 * and accuse nobody; a session that contradicts itself is convicted; what is missing or wrong at
 * one keeper is that keeper's.
 */
#include "journal/pen.h"

#define SLIPS_MAX 64u

static void nobody_is_accused(const struct sl_journal *j)
{
    CHECK_EQ(j->gaps, 0);
    CHECK_EQ(j->convicted, 0);
    for (size_t i = 0; i < j->keeper_count; i++) {
        CHECK_EQ(j->keepers[i].lacks, 0);
        CHECK_EQ(j->keepers[i].lied, 0);
        CHECK(!j->keepers[i].away);
    }
}

static void three_entries(struct pen *p)
{
    pen_new(p, 3);
    pen_opened(p, p->maker, PEN_ALL);
    pen_closed(p, p->maker, PEN_ALL);
    pen_care(p, p->maker, 99, (struct sl_view){ (const uint8_t *)"news", 4 }, PEN_ALL);
}

static void journal__keeps_and_counts_an_unknown_kind(void)
{
    struct pen p;

    three_entries(&p);
    for (unsigned thorough = 0; thorough < 2; thorough++) {
        SL_AUTO_FREE(journal) *j = pen_read(&p, thorough != 0);
        nobody_is_accused(j);
        CHECK_EQ(j->session_count, 1);
        CHECK_EQ(j->entry_count, 3);
        CHECK_EQ(j->unknown_kinds, 1);
        CHECK_EQ(j->unbelieved, 0);
        for (size_t i = 0; i < j->entry_count; i++)
            CHECK_EQ(j->entries[i].held, 7);
    }
    pen_end(&p);
}

static void journal__lets_a_stranger_change_nothing(void)
{
    struct pen p;
    struct sl_sign_key sign = { 0 };
    uint8_t hash[SL_SHA256_BYTES];
    struct pen_part part = { .name = "A001", .last = true };

    three_entries(&p);
    struct sl_writing *w = pen_author(&p, &sign);
    sl_id_draw(&part.roll);
    pen_opened(&p, w, 1); /* with one keeper only, though all have a seat */
    pen_names_author(&p, w, &sign, SL_ROLE_CAPTURE);
    pen_names_author(&p, w, &sign, SL_ROLE_MEMBER);
    pen_writes_part(&p, w, &part, hash);
    w->number += 5; /* a hole in its chain */
    pen_opened(&p, w, 2);
    SL_AUTO_FREE(journal) *j = pen_read(&p, true);
    nobody_is_accused(j);
    CHECK_EQ(j->session_count, 2);
    CHECK_EQ(j->unbelieved, 5);
    CHECK_EQ(j->roll_count, 0);
    sl_writing_free(w);
    sl_secret_free(sign.bytes);
    pen_end(&p);
}

/* A capture machine that the maker named writes rolls, and names nobody. */
static void journal__believes_an_author_as_far_as_the_role_goes(void)
{
    struct pen p;
    struct sl_sign_key set = { 0 }, friend = { 0 };
    uint8_t hash[SL_SHA256_BYTES];
    struct pen_part mine = { .name = "A001", .last = true }, theirs = { .name = "B001" };

    three_entries(&p);
    struct sl_writing *w = pen_author(&p, &set), *f = pen_author(&p, &friend);
    sl_id_draw(&mine.roll);
    sl_id_draw(&theirs.roll);
    pen_names_author(&p, p.maker, &set, SL_ROLE_CAPTURE);
    pen_opened(&p, w, PEN_ALL);
    pen_writes_part(&p, w, &mine, hash);
    pen_names_author(&p, w, &friend, SL_ROLE_CAPTURE); /* not its to say */
    pen_opened(&p, f, PEN_ALL);
    pen_writes_part(&p, f, &theirs, hash);
    SL_AUTO_FREE(journal) *j = pen_read(&p, true);
    nobody_is_accused(j);
    CHECK_EQ(j->unbelieved, 3);
    CHECK_EQ(j->roll_count, 1);
    CHECK(j->roll_count == 1 && strcmp(j->rolls[0].name, "A001") == 0 &&
          strcmp(j->rolls[0].author, "set") == 0);
    sl_writing_free(w);
    sl_writing_free(f);
    sl_secret_free(set.bytes);
    sl_secret_free(friend.bytes);
    pen_end(&p);
}

/* ---- a session that contradicts itself ---- */

static void journal__convicts_a_session_of_two_entries_of_one_number(void)
{
    struct pen p;
    uint8_t before[SL_SHA256_BYTES], hash[SL_SHA256_BYTES];
    struct pen_part part = { .name = "A001", .last = true };

    pen_new(&p, 2);
    sl_id_draw(&part.roll);
    pen_opened(&p, p.maker, PEN_ALL);
    memcpy(before, p.maker->previous, sizeof before);
    pen_writes_part(&p, p.maker, &part, hash);
    SL_AUTO_FREE(journal) *fine = pen_read(&p, true);
    CHECK_EQ(fine->roll_count, 1);
    p.maker->number = 0; /* the same number again, for the second keeper only */
    memset(p.maker->previous, 0, sizeof p.maker->previous);
    char *slips[SLIPS_MAX];
    size_t count = pen_slips(&p, 1, slips, SLIPS_MAX);
    CHECK_EQ(count, 2);
    for (size_t i = 0; i < count; i++)
        CHECK_EQ(unlink(slips[i]), 0);
    pen_care(&p, p.maker, SL_ENTRY_CLOSED, (struct sl_view){ (const uint8_t *)"x", 1 }, 2);
    SL_AUTO_FREE(journal) *j = pen_read(&p, true);
    CHECK_EQ(j->convicted, 1);
    CHECK(j->sessions[0].convicted && !j->sessions[0].believed);
    CHECK_EQ(j->roll_count, 0); /* nothing of it is believed any more */
    for (size_t i = 0; i < count; i++)
        free(slips[i]);
    pen_end(&p);
}

/* ---- what is missing ---- */

static void lose_entry(struct pen *p, uint64_t number, uint32_t at)
{
    pen_lose(p, p->maker, number, at);
}

static void journal__names_the_keeper_that_lacks_an_entry(void)
{
    struct pen p;

    three_entries(&p);
    lose_entry(&p, 1, 1u << 2);
    for (unsigned thorough = 0; thorough < 2; thorough++) {
        SL_AUTO_FREE(journal) *j = pen_read(&p, thorough != 0);
        CHECK_EQ(j->gaps, 0);
        CHECK_EQ(j->entry_count, 3);
        CHECK_EQ(j->keepers[0].lacks + j->keepers[1].lacks, 0);
        CHECK_EQ(j->keepers[2].lacks, 1);
    }
    pen_end(&p);
}

static void journal__sees_an_entry_that_nobody_shows(void)
{
    struct pen p;

    three_entries(&p);
    lose_entry(&p, 1, PEN_ALL);
    SL_AUTO_FREE(journal) *j = pen_read(&p, true);
    CHECK_EQ(j->gaps, 1);
    CHECK_EQ(j->entry_count, 2);
    lose_entry(&p, 2, PEN_ALL); /* the end of a chain: nothing tells */
    SL_AUTO_FREE(journal) *shorter = pen_read(&p, true);
    CHECK_EQ(shorter->gaps, 0);
    CHECK_EQ(shorter->entry_count, 1);
    pen_end(&p);
}

/* ---- what is wrong at one keeper ---- */

static void damage(const char *path, off_t at)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    uint8_t byte = 0;

    CHECK(fd >= 0 && pread(fd, &byte, 1, at) == 1);
    byte ^= 1;
    CHECK(pwrite(fd, &byte, 1, at) == 1);
    (void)close(fd);
}

static void cut(const char *path)
{
    CHECK_EQ(truncate(path, SL_SLIP_BYTES - 1), 0);
}

static void flip_first(const char *path)
{
    damage(path, 0);
}

static void flip_last(const char *path)
{
    damage(path, SL_SLIP_BYTES - 1);
}

static void scribble(const char *path)
{
    static uint8_t noise[SL_SLIP_BYTES];

    sl_random(noise, sizeof noise);
    CHECK_EQ(folder_write(path, noise, sizeof noise), 0);
}

static void journal__names_the_keeper_whose_slip_is_wrong(void)
{
    static void (*const how[])(const char *path) = { cut, flip_first, flip_last, scribble };

    for (size_t h = 0; h < sizeof how / sizeof *how; h++) {
        struct pen p;
        char *slips[SLIPS_MAX];
        three_entries(&p);
        size_t count = pen_slips(&p, 1, slips, SLIPS_MAX);
        CHECK_EQ(count, 3);
        how[h](slips[0]);
        SL_AUTO_FREE(journal) *j = pen_read(&p, true);
        CHECK_EQ(j->entry_count, 3);
        CHECK_EQ(j->gaps, 0);
        CHECK_EQ(j->keepers[1].lied, 1);
        CHECK_EQ(j->keepers[1].foreign, 0);
        CHECK(j->keepers[1].trouble[0] != '\0');
        CHECK_EQ(j->keepers[0].lied + j->keepers[2].lied, 0);
        for (size_t i = 0; i < count; i++)
            free(slips[i]);
        pen_end(&p);
    }
}

/* Two slips of one keeper change places: each is right, and stands where it should not. */
static void journal__names_the_keeper_that_swapped_slips(void)
{
    struct pen p;
    char *slips[SLIPS_MAX], aside[FOLDER_TEXT * 4];

    three_entries(&p);
    size_t count = pen_slips(&p, 1, slips, SLIPS_MAX);
    CHECK_EQ(count, 3);
    (void)snprintf(aside, sizeof aside, "%s/aside", p.dir);
    CHECK(rename(slips[0], aside) == 0 && rename(slips[1], slips[0]) == 0 &&
          rename(aside, slips[1]) == 0);
    SL_AUTO_FREE(journal) *j = pen_read(&p, true);
    CHECK_EQ(j->keepers[1].lied, 2);
    CHECK_EQ(j->entry_count, 3);
    CHECK_EQ(j->keepers[0].lied + j->keepers[2].lied, 0);
    for (size_t i = 0; i < count; i++)
        free(slips[i]);
    pen_end(&p);
}

static void journal__counts_a_slip_under_a_strange_name(void)
{
    struct pen p;
    char *slips[SLIPS_MAX], other[FOLDER_TEXT * 4];

    three_entries(&p);
    size_t count = pen_slips(&p, 1, slips, SLIPS_MAX);
    (void)snprintf(other, sizeof other, "%s", slips[0]);
    char *digit = other + strlen(other) - 1;
    *digit = *digit == '0' ? '1' : '0';
    CHECK_EQ(rename(slips[0], other), 0);
    SL_AUTO_FREE(journal) *j = pen_read(&p, true);
    CHECK_EQ(j->keepers[1].lacks, 1);
    CHECK_EQ(j->keepers[1].foreign, 1);
    CHECK_EQ(j->keepers[1].lied, 0);
    CHECK(strstr(j->keepers[1].trouble, "name") != NULL);
    for (size_t i = 0; i < count; i++)
        free(slips[i]);
    pen_end(&p);
}

/* ---- what is not ours ---- */

/* Slips of another production, sealed to the same care by who knows it; and noise. */
static void journal__counts_what_is_not_its_own(void)
{
    struct pen p;
    uint8_t other[SL_PRODUCTION_BYTES];
    struct sl_writing *w = NULL;
    char id[SL_FOLDER_TEXT], path[FOLDER_TEXT * 3];

    three_entries(&p);
    memcpy(other, p.vault->production, sizeof other);
    p.vault->production[0] ^= 1;
    CHECK_EQ(sl_writing_new(sl_os_real(), p.vault, &w, NULL), SL_OK);
    p.vault->production[0] ^= 1;
    pen_opened(&p, w, 1);
    sl_id_text(&p.vault->keepers[0].id, id);
    (void)snprintf(path, sizeof path, "%.500s/%s/s/aa", p.vault->keepers[0].url, id);
    (void)mkdir(path, 0700);
    (void)snprintf(path, sizeof path, "%.500s/%s/s/aa/aa112233445566778899aabbccddeeff",
                   p.vault->keepers[0].url, id);
    scribble(path);
    SL_AUTO_FREE(journal) *j = pen_read(&p, true);
    nobody_is_accused(j);
    CHECK_EQ(j->keepers[0].foreign, 2);
    CHECK_EQ(j->session_count, 1);
    CHECK_EQ(j->entry_count, 3);
    sl_writing_free(w);
    pen_end(&p);
}

/* An author of ours writes what nobody can read: it stays in the chain, and no keeper is to
 * blame. */
static void journal__keeps_a_malformed_entry_of_its_own(void)
{
    struct pen p;
    uint8_t hash[SL_SHA256_BYTES];
    struct pen_part bad = { .name = "A001", .last = true, .bad_body = true },
                    good = { .name = "B001", .last = true };

    three_entries(&p);
    sl_id_draw(&bad.roll);
    sl_id_draw(&good.roll);
    pen_care(&p, p.maker, SL_ENTRY_AUTHOR, (struct sl_view){ (const uint8_t *)"??", 2 }, PEN_ALL);
    pen_writes_part(&p, p.maker, &bad, hash);
    pen_writes_part(&p, p.maker, &good, hash);
    SL_AUTO_FREE(journal) *j = pen_read(&p, true);
    nobody_is_accused(j);
    CHECK_EQ(j->entry_count, 6);
    CHECK_EQ(j->unbelieved, 2);
    CHECK_EQ(j->roll_count, 1);
    for (size_t i = 0; i < 3; i++)
        CHECK_EQ(j->keepers[i].foreign, 0);
    pen_end(&p);
}

/* ---- who answers ---- */

static void journal__is_read_while_any_keeper_answers(void)
{
    struct pen p;
    struct sl_journal *none = NULL;
    struct sl_err err = { 0 };
    char away[FOLDER_TEXT * 3];

    three_entries(&p);
    for (unsigned i = 0; i < 3; i++) {
        (void)snprintf(away, sizeof away, "%.600s-away", p.vault->keepers[i].url);
        CHECK_EQ(rename(p.vault->keepers[i].url, away), 0);
        if (i == 2)
            break;
        SL_AUTO_FREE(journal) *j = pen_read(&p, true);
        CHECK_EQ(j->entry_count, 3);
        CHECK(j->keepers[i].away && j->keepers[i].trouble[0] != '\0');
    }
    CHECK_EQ(sl_journal_load(sl_os_real(), p.vault, true, NULL, &none, &err), SL_E_RETRY);
    CHECK(none == NULL && strstr(err.text, "none of the 3 keepers answers") != NULL);
    pen_end(&p);
}

static void journal__is_closed_to_a_home_that_can_only_write(void)
{
    struct pen p;
    struct sl_journal *none = NULL;
    struct sl_err err = { 0 };

    three_entries(&p);
    sl_age_identity_free(p.vault->care_identity);
    p.vault->care_identity = NULL;
    CHECK_EQ(sl_journal_load(sl_os_real(), p.vault, true, NULL, &none, &err), SL_E_REFUSED);
    CHECK(none == NULL && strstr(err.text, "can only write") != NULL);
    pen_end(&p);
}

static bool at_once(void *who)
{
    (void)who;
    return true;
}

static void journal__stops_when_asked(void)
{
    struct pen p;
    struct sl_journal *none = NULL;
    struct sl_voice voice = { .stopped = at_once };

    three_entries(&p);
    CHECK_EQ(sl_journal_load(sl_os_real(), p.vault, true, &voice, &none, NULL), SL_E_CANCELLED);
    CHECK(none == NULL);
    pen_end(&p);
}

/* ---- bodies ---- */

static void journal__opens_a_body_from_whoever_has_it(void)
{
    struct pen p;
    uint8_t hash[SL_SHA256_BYTES];
    struct pen_part part = { .name = "A001", .last = true };
    SL_AUTO_CLEAR(buf) body = sl_buf_upto(SL_SLIP_BYTES);
    char *slips[SLIPS_MAX];

    pen_new(&p, 2);
    sl_id_draw(&part.roll);
    pen_writes_part(&p, p.maker, &part, hash);
    SL_AUTO_FREE(journal) *j = pen_read(&p, true);
    CHECK_EQ(sl_journal_body(j, &j->entries[0], &body, NULL), SL_OK);
    CHECK(body.len > 0);
    for (unsigned i = 0; i < 2; i++) { /* wrong at the first: from the second; wrong at both: no */
        size_t count = pen_slips(&p, i, slips, SLIPS_MAX), before = body.len;
        CHECK_EQ(count, 1);
        scribble(slips[0]);
        free(slips[0]);
        CHECK_EQ(sl_journal_body(j, &j->entries[0], &body, NULL), i == 0 ? SL_OK : SL_E_BROKEN);
        CHECK(i == 0 ? body.len == 2 * before : body.len == before);
        CHECK(j->keepers[i].lied > 0);
    }
    pen_end(&p);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(journal__keeps_and_counts_an_unknown_kind),
        CASE(journal__lets_a_stranger_change_nothing),
        CASE(journal__believes_an_author_as_far_as_the_role_goes),
        CASE(journal__convicts_a_session_of_two_entries_of_one_number),
        CASE(journal__names_the_keeper_that_lacks_an_entry),
        CASE(journal__sees_an_entry_that_nobody_shows),
        CASE(journal__names_the_keeper_whose_slip_is_wrong),
        CASE(journal__names_the_keeper_that_swapped_slips),
        CASE(journal__counts_a_slip_under_a_strange_name),
        CASE(journal__counts_what_is_not_its_own),
        CASE(journal__keeps_a_malformed_entry_of_its_own),
        CASE(journal__is_read_while_any_keeper_answers),
        CASE(journal__is_closed_to_a_home_that_can_only_write),
        CASE(journal__stops_when_asked),
        CASE(journal__opens_a_body_from_whoever_has_it),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
