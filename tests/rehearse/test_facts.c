/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The comparison on which "bit for bit" rests: it agrees with a true copy, and each single
 * difference is found and told.
 */
#include "rehearse/facts.h"

#include "card/card.h"
#include "crypto/secret.h"
#include "rehearse/card_copy.h"
#include "stage.h"

static struct sl_facts_job job_of(const struct stage *s)
{
    return (struct sl_facts_job){ .os = s->os, .dir = s->dir, .file = "facts" };
}

/* A small card with everything that matters, and its facts. */
static struct stage stage_with_card(void)
{
    struct stage s = stage_new();
    struct sl_facts_job job = job_of(&s);
    struct sl_facts sum;

    put_folder(&s, "card");
    put_folder(&s, "card/A");
    put_folder(&s, "card/A/empty");
    put_text(&s, "card/A/one.mxf", "first clip");
    put_text(&s, "card/A.txt", ""); /* sorts between A and what is in it, by bytes alone */
    put_text(&s, "card/A/\xd9\x86\xd9\x85\xd8\xa7.mov", "second clip");
    put_text(&s, "card/z\xff\n", "odd name");
    put_time(&s, "card/A/one.mxf", 315532801, 987654321);
    put_time(&s, "card/A.txt", -2, 7);
    CHECK_EQ(fchmodat(s.dir, "card/A/one.mxf", 0640, 0), 0);
    CHECK_EQ(sl_facts_record(&job, at_stage(&s, "card"), &sum, NULL), SL_OK);
    CHECK_EQ(sum.files, 4);
    CHECK_EQ(sum.folders, 3);
    CHECK_EQ(sum.bytes, 29);
    return s;
}

static void copy_card(const struct stage *s)
{
    SL_AUTO_FREE(card) *card = NULL;
    struct sl_facts sum;
    int dir = -1;

    put_folder(s, "back");
    CHECK_EQ(sl_tree_folder(s->os, s->dir, "back", &dir, NULL), SL_OK);
    CHECK_EQ(sl_card_open(s->os, at_stage(s, "card"), &card, NULL), SL_OK);
    CHECK_EQ(sl_card_copy(s->os, card, dir, NULL, NULL, &sum, NULL), SL_OK);
    CHECK_EQ(sum.files, 4);
    CHECK_EQ(sum.bytes, 29);
    close(dir);
}

static void facts_compare__agrees_with_a_copy_and_the_card_is_not_touched(void)
{
    struct stage s = stage_with_card();
    struct sl_facts_job job = job_of(&s);
    struct sl_facts_verdict v;

    copy_card(&s);
    CHECK_EQ(sl_facts_compare(&job, at_stage(&s, "back"), &v, NULL), SL_OK);
    CHECK(sl_facts_agree(&v));
    CHECK_EQ(v.same.files, 4);
    CHECK_EQ(v.same.folders, 3);
    CHECK_EQ(v.same.bytes, 29);
    CHECK_EQ(sl_facts_compare(&job, at_stage(&s, "card"), &v, NULL), SL_OK);
    CHECK(sl_facts_agree(&v));
    stage_end(&s);
}

static void change_content(const struct stage *s)
{
    put_text(s, "back/A/one.mxf", "fIrst clip");
    put_time(s, "back/A/one.mxf", 315532801, 987654321);
}

static void change_size(const struct stage *s)
{
    put_text(s, "back/A/one.mxf", "first clip and more");
    put_time(s, "back/A/one.mxf", 315532801, 987654321);
}

static void change_nanoseconds(const struct stage *s)
{
    put_time(s, "back/A/one.mxf", 315532801, 987654320);
}

static void change_mode(const struct stage *s)
{
    CHECK_EQ(fchmodat(s->dir, "back/A/one.mxf", 0600, 0), 0);
}

static void change_folder_time(const struct stage *s)
{
    put_time(s, "back/A/empty", 1, 1);
}

static void remove_file(const struct stage *s)
{
    struct stat st;

    CHECK_EQ(fstatat(s->dir, "back", &st, 0), 0);
    CHECK_EQ(unlinkat(s->dir, "back/A.txt", 0), 0);
    put_time(s, "back", st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

static void add_file(const struct stage *s)
{
    struct stat st;

    CHECK_EQ(fstatat(s->dir, "back", &st, 0), 0);
    put_text(s, "back/AA", "");
    put_time(s, "back", st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

static void add_link(const struct stage *s)
{
    struct stat st;

    CHECK_EQ(fstatat(s->dir, "back", &st, 0), 0);
    CHECK_EQ(symlinkat("A.txt", s->dir, "back/link"), 0);
    put_time(s, "back", st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

static void file_to_folder(const struct stage *s)
{
    struct stat st;

    CHECK_EQ(fstatat(s->dir, "back", &st, 0), 0);
    CHECK_EQ(unlinkat(s->dir, "back/A.txt", 0), 0);
    put_folder(s, "back/A.txt");
    put_time(s, "back", st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

static void rename_file(const struct stage *s)
{
    struct stat st;

    CHECK_EQ(fstatat(s->dir, "back", &st, 0), 0);
    CHECK_EQ(renameat(s->dir, "back/A.txt", s->dir, "back/A.TXT"), 0);
    put_time(s, "back", st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

static void facts_compare__finds_each_single_difference(void)
{
    static const struct {
        const char *why;
        void (*change)(const struct stage *s);
        unsigned missing, extra, differ;
    } cases[] = {
        { "one letter of the content", change_content, 0, 0, 1 },
        { "size", change_size, 0, 0, 1 },
        { "one nanosecond", change_nanoseconds, 0, 0, 1 },
        { "mode", change_mode, 0, 0, 1 },
        { "time of an empty folder", change_folder_time, 0, 0, 1 },
        { "a file less", remove_file, 1, 0, 0 },
        { "a file more", add_file, 0, 1, 0 },
        { "a link more", add_link, 0, 1, 0 },
        { "a folder for a file", file_to_folder, 0, 0, 1 },
        { "another name", rename_file, 1, 1, 0 },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct stage s = stage_with_card();
        struct sl_facts_job job = job_of(&s);
        struct sl_facts_verdict v;
        copy_card(&s);
        cases[i].change(&s);
        CHECK_EQ(sl_facts_compare(&job, at_stage(&s, "back"), &v, NULL), SL_OK);
        if (sl_facts_agree(&v) || v.missing != cases[i].missing || v.extra != cases[i].extra ||
            v.differ != cases[i].differ) {
            printf("# %s: %llu missing, %llu extra, %llu differ\n", cases[i].why,
                   (unsigned long long)v.missing, (unsigned long long)v.extra,
                   (unsigned long long)v.differ);
            check_that(0, "the difference is found as what it is", __FILE__, __LINE__);
        }
        stage_end(&s);
    }
}

/* More than the window of the facts file holds, and more differences than are told in words. */
static void facts_compare__takes_a_card_of_many_long_names(void)
{
    enum { FILES = 3000 };
    struct stage s = stage_new();
    struct sl_facts_job job = job_of(&s);
    struct sl_facts_verdict v;
    struct sl_facts sum;
    char name[256];

    put_folder(&s, "card");
    for (unsigned i = 0; i < FILES; i++) {
        (void)snprintf(name, sizeof name, "card/%0200u", i);
        put_text(&s, name, "x");
    }
    CHECK_EQ(sl_facts_record(&job, at_stage(&s, "card"), &sum, NULL), SL_OK);
    CHECK_EQ(sum.files, FILES);
    CHECK_EQ(sl_facts_compare(&job, at_stage(&s, "card"), &v, NULL), SL_OK);
    CHECK(sl_facts_agree(&v));
    put_folder(&s, "empty");
    CHECK_EQ(sl_facts_compare(&job, at_stage(&s, "empty"), &v, NULL), SL_OK);
    CHECK_EQ(v.missing, FILES);
    CHECK_EQ(v.told, SL_FACTS_SHOWN);
    stage_end(&s);
}

static void facts_record__never_writes_over_other_facts(void)
{
    struct stage s = stage_with_card();
    struct sl_facts_job job = job_of(&s);
    struct sl_facts sum;

    CHECK_EQ(sl_facts_record(&job, at_stage(&s, "card"), &sum, NULL), SL_E_SYSTEM);
    stage_end(&s);
}

static void facts_compare__refuses_damaged_facts(void)
{
    struct stage s = stage_with_card();
    struct sl_facts_job job = job_of(&s);
    struct sl_facts_verdict v = { .told = 77 };

    put_file(&s, "facts", "f\0\0\0\0 cut short", 15);
    CHECK_EQ(sl_facts_compare(&job, at_stage(&s, "card"), &v, NULL), SL_E_BROKEN);
    CHECK_EQ(v.told, 77); /* untouched on failure */
    stage_end(&s);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(facts_compare__agrees_with_a_copy_and_the_card_is_not_touched),
        CASE(facts_compare__finds_each_single_difference),
        CASE(facts_compare__takes_a_card_of_many_long_names),
        CASE(facts_record__never_writes_over_other_facts),
        CASE(facts_compare__refuses_damaged_facts),
    };
    if (sl_crypto_start(sl_os_real(), NULL) != SL_OK)
        return EXIT_FAILURE;
    return check_run(cases, sizeof cases / sizeof *cases);
}
