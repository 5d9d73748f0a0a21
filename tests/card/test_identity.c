/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Identity of a card: the same as long as nothing changed, another after any one change.
 */
#include "card/card.h"

#include "card/inside.h"
#include "check.h"
#include "scene.h"

static struct sl_card_identity identify(void)
{
    SL_AUTO_FREE(card) *card = NULL;
    struct sl_card_identity id = { 0 };
    struct sl_err err = { 0 };

    CHECK_EQ(sl_card_open(sl_os_real(), scene_root, &card, &err), SL_OK);
    CHECK_EQ(sl_card_identify(card, &id, &err), SL_OK);
    if (err.rc != SL_OK)
        printf("# %s\n", err.text);
    return id;
}

static bool same_card(const struct sl_card_identity *a, const struct sl_card_identity *b)
{
    return memcmp(a->card, b->card, sizeof a->card) == 0;
}

static bool same_walk(const struct sl_card_identity *a, const struct sl_card_identity *b)
{
    return memcmp(a->walk, b->walk, sizeof a->walk) == 0;
}

/* "large" is sampled, "small" read whole; every time is set, so that only a case's own change
 * is one. */
static void make_card(void)
{
    static const char *const names[] = { "clips/large", "clips/small", "clips/none", "clips",
                                         "empty" };

    scene_new();
    scene_folder("clips");
    scene_folder("empty");
    scene_file("clips/large", 1000000);
    scene_file("clips/small", 32768);
    scene_file("clips/none", 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        scene_times(names[i], 1, 1700000000, 123456700);
}

static void identity__is_the_same_as_long_as_the_card_is(void)
{
    struct sl_card_identity first, second;

    make_card();
    first = identify();
    scene_times(".", 77, 88, 99); /* exFAT gives it the time of mounting */
    scene_must(chmod(scene_path("clips/large"), 0400) == 0, "chmod");
    scene_must(chmod(scene_path("clips/large"), 0644) == 0, "chmod");
    scene_must(chmod(scene_path("clips"), 0700) == 0, "chmod"); /* as another mount would */
    second = identify();
    CHECK(same_card(&first, &second));
    CHECK(same_walk(&first, &second));
    CHECK_EQ(first.totals.files, 3);
    CHECK_EQ(first.totals.folders, 3);
    CHECK_EQ(first.totals.bytes, 1032768);
    CHECK_EQ(first.totals.skipped, 0);
    scene_end();
}

static void keep_times(const char *name)
{
    scene_times(name, 1, 1700000000, 123456700);
}

static void rename_a_file(void)
{
    char from[256];

    (void)snprintf(from, sizeof from, "%.255s", scene_path("clips/none"));
    scene_must(rename(from, scene_path("clips/nine")) == 0, "rename");
    keep_times("clips");
}

static void move_a_file(void)
{
    char from[256];

    (void)snprintf(from, sizeof from, "%.255s", scene_path("clips/none"));
    scene_must(rename(from, scene_path("empty/none")) == 0, "rename");
    keep_times("clips");
    keep_times("empty");
}

static void grow_a_file(void)
{
    scene_must(truncate(scene_path("clips/none"), 1) == 0, "truncate");
    keep_times("clips/none");
}

static void shift_a_second(void)
{
    scene_times("clips/none", 1, 1700000001, 123456700);
}

static void shift_a_little(void)
{
    scene_times("clips/none", 1, 1700000000, 123456800);
}

static void shift_a_folder(void)
{
    scene_times("empty", 1, 1700000001, 123456700);
}

static void add_a_folder(void)
{
    scene_folder("empty/more");
    keep_times("empty/more");
    keep_times("empty");
}

static void remove_a_folder(void)
{
    scene_must(rmdir(scene_path("empty")) == 0, "rmdir");
}

static void file_for_a_folder(void)
{
    remove_a_folder();
    scene_file("empty", 0);
    keep_times("empty");
}

static void link_for_a_file(void)
{
    scene_must(unlink(scene_path("clips/none")) == 0, "unlink");
    scene_must(symlink("x", scene_path("clips/none")) == 0, "link");
    keep_times("clips/none");
    keep_times("clips");
}

static void identity__is_another_after_any_one_change(void)
{
    static const struct {
        const char *what;
        void (*change)(void);
    } changes[] = {
        { "a file renamed", rename_a_file },
        { "a file moved", move_a_file },
        { "a size", grow_a_file },
        { "a time", shift_a_second },
        { "a fraction", shift_a_little },
        { "a folder's time", shift_a_folder },
        { "a folder added", add_a_folder },
        { "a folder removed", remove_a_folder },
        { "a file for a folder", file_for_a_folder },
        { "a link for a file", link_for_a_file },
    };

    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct sl_card_identity before, after;

        make_card();
        before = identify();
        changes[i].change();
        after = identify();
        if (same_card(&before, &after))
            printf("# went unseen: %s\n", changes[i].what);
        CHECK(!same_card(&before, &after));
        CHECK(!same_walk(&before, &after));
        scene_end();
    }
}

static void identity__sees_content_where_it_is_sampled(void)
{
    static const struct {
        const char *name;
        off_t at;
        bool sampled;
    } places[] = {
        { "clips/small", 0, true },       { "clips/small", 16384, true },
        { "clips/small", 32767, true },   { "clips/large", 0, true },
        { "clips/large", 4095, true },    { "clips/large", 4096, false },
        { "clips/large", 142271, false }, { "clips/large", 142272, true }, /* 995904 / 7 */
        { "clips/large", 146367, true },  { "clips/large", 146368, false },
        { "clips/large", 995903, false }, { "clips/large", 999999, true },
    };
    struct sl_card_identity before, after;

    make_card();
    before = identify();
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        scene_flip(places[i].name, places[i].at);
        after = identify();
        CHECK_EQ(same_card(&before, &after), !places[i].sampled);
        CHECK(same_walk(&before, &after)); /* no walk sees this: the two readings do */
        scene_flip(places[i].name, places[i].at);
    }
    after = identify();
    CHECK(same_card(&before, &after));
    scene_end();
}

static void identity__samples_the_sixteen_largest_and_the_earlier_of_equals(void)
{
    struct sl_card_identity before, after;
    char name[16];

    scene_new();
    for (unsigned i = 0; i < 20; i++) { /* f00..f03 are smaller, the others alike */
        (void)snprintf(name, sizeof name, "f%02u", i);
        scene_file(name, i < 4 ? 900 + i : 1000);
    }
    before = identify();
    for (unsigned i = 0; i < 20; i++) {
        (void)snprintf(name, sizeof name, "f%02u", i);
        scene_flip(name, 5);
        after = identify();
        CHECK_EQ(same_card(&before, &after), i < 4);
        scene_flip(name, 5);
    }
    scene_file("f00", 1000); /* now 17 are alike: the last of them falls out */
    before = identify();
    scene_flip("f19", 5);
    after = identify();
    CHECK(same_card(&before, &after));
    scene_flip("f00", 5);
    after = identify();
    CHECK(!same_card(&before, &after));
    scene_end();
}

/* The identity of card.h, put together by hand, for a card of one file of three bytes. */
static void identity__is_what_its_page_says(void)
{
    static const uint8_t sample[] = "\4\0\0\0clip"
                                    "\0\0\0\0\0\0\0\0"
                                    "\3\0\0\0";
    uint8_t bytes[3] = { scene_byte(0), scene_byte(1), scene_byte(2) }, by_hand[SL_SHA256_BYTES];
    struct sl_card_identity id;

    scene_new();
    scene_file("clip", 3);
    id = identify();
    struct sl_view pieces[] = {
        { (const uint8_t *)"safelight card 1", 17 },
        { id.walk, sizeof id.walk },
        { sample, sizeof sample - 1 },
        { bytes, sizeof bytes },
    };
    sl_sha256_of_pieces(pieces, sizeof pieces / sizeof *pieces, by_hand);
    CHECK(memcmp(by_hand, id.card, sizeof by_hand) == 0);
    scene_end();
}

static void identity__fails_where_a_sample_cannot_be_read(void)
{
    struct spoilt_os s;
    struct sl_card_identity id = { .totals.files = 77 };
    SL_AUTO_FREE(card) *card = NULL;
    struct sl_err err = { 0 };

    make_card();
    spoilt_os_init(&s);
    s.read_errno = EIO;
    CHECK_EQ(sl_card_open(&s.os, scene_root, &card, &err), SL_OK);
    CHECK_EQ(sl_card_identify(card, &id, &err), SL_E_SYSTEM);
    CHECK(strstr(err.text, "cannot read 'clips/large' on the card") != NULL);
    CHECK_EQ(id.totals.files, 77); /* untouched on failure */
    scene_end();
}

static void shrink_large(void)
{
    scene_must(truncate(scene_path("clips/large"), 10) == 0, "truncate");
}

static void identity__fails_where_a_file_shrinks_under_it(void)
{
    struct spoilt_os s;
    struct sl_card_identity id;
    SL_AUTO_FREE(card) *card = NULL;
    struct sl_err err = { 0 };

    make_card();
    spoilt_os_init(&s);
    s.on_read = shrink_large;
    CHECK_EQ(sl_card_open(&s.os, scene_root, &card, &err), SL_OK);
    CHECK_EQ(sl_card_identify(card, &id, &err), SL_E_BROKEN);
    CHECK(strstr(err.text, "'clips/large' changed while the card was read") != NULL);
    scene_end();
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(identity__is_the_same_as_long_as_the_card_is),
        CASE(identity__is_another_after_any_one_change),
        CASE(identity__sees_content_where_it_is_sampled),
        CASE(identity__samples_the_sixteen_largest_and_the_earlier_of_equals),
        CASE(identity__is_what_its_page_says),
        CASE(identity__fails_where_a_sample_cannot_be_read),
        CASE(identity__fails_where_a_file_shrinks_under_it),
    };

    if (sl_crypto_start(sl_os_real(), NULL) != SL_OK)
        return EXIT_FAILURE;
    return check_run(cases, sizeof cases / sizeof *cases);
}
