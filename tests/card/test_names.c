/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a walk refuses: limits, each at its edge, cards that contradict themselves, and what
 * cannot be opened or read; and the sentences it says then.
 */
#include "card/card.h"

#include <assert.h>

#include "card/inside.h"
#include "card/reading.h"
#include "card/second.h"
#include "check.h"
#include "scene.h"

#define NAME_255                                                                                   \
    "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"       \
    "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"       \
    "ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"

static sl_rc walk_with(const struct sl_os *os, struct sl_err *err)
{
    SL_AUTO_FREE(card) *card = NULL;

    SL_TRY(sl_card_open(os, scene_root, &card, err));
    return sl_card_walk_whole(card, NULL, NULL, err);
}

/* Make a file of `path_bytes` beneath the card: 15 folders, "x", and a name that makes it up. */
static void make_deep_file(size_t path_bytes)
{
    size_t name_bytes = path_bytes - (size_t)15 * 256 - 2;
    int dir = open(scene_root, O_PATH | O_DIRECTORY | O_CLOEXEC);

    static_assert(sizeof NAME_255 == 256);
    scene_must(dir >= 0 && name_bytes <= 255, "deep");
    for (int i = 0; i < 16; i++) {
        const char *name = i < 15 ? NAME_255 : "x";
        scene_must(mkdirat(dir, name, 0755) == 0, "deep");
        int next = openat(dir, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
        scene_must(next >= 0 && close(dir) == 0, "deep");
        dir = next;
    }
    int fd = openat(dir, &NAME_255[255 - name_bytes], O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
    scene_must(fd >= 0 && write(fd, "deep", 4) == 4, "deep");
    scene_must(close(fd) == 0 && close(dir) == 0, "deep");
}

static void read_both_ways(struct sl_card *card, const struct sl_card_item *item)
{
    SL_AUTO_FREE(reading) *r = NULL;
    SL_AUTO_FREE(second) *s = NULL;
    struct sl_err err = { 0 };
    char bytes[8] = "";
    struct iovec to = { bytes, sizeof bytes };
    const uint8_t *piece = NULL;
    size_t got = 0;

    CHECK_EQ(sl_reading_open(card, sl_card_path(item), &item->stamp, &r, &err), SL_OK);
    CHECK_EQ(sl_reading_next(r, &to, 1, &got, &err), SL_OK);
    CHECK(got == 4 && memcmp(bytes, "deep", 4) == 0);
    CHECK_EQ(sl_second_new(card, &s, &err), SL_OK);
    CHECK_EQ(sl_second_read(s, sl_card_path(item), &item->stamp, 0, 4, &piece, &got, &err), SL_OK);
    CHECK(got == 4 && memcmp(piece, "deep", 4) == 0);
}

static void walk__takes_a_path_of_4096_bytes(void)
{
    SL_AUTO_FREE(card) *card = NULL;
    SL_AUTO_FREE(card_walk) *walk = NULL;
    struct sl_card_item item = { 0 };
    struct sl_err err = { 0 };
    bool more = true;

    scene_new();
    make_deep_file(SL_PATH_MAX);
    CHECK_EQ(sl_card_open(sl_os_real(), scene_root, &card, &err), SL_OK);
    CHECK_EQ(sl_card_walk_new(card, &walk, &err), SL_OK);
    for (int i = 0; i < 18; i++)
        CHECK_EQ(sl_card_next(walk, &item, &more, &err), SL_OK);
    CHECK(more);
    CHECK_EQ(item.path_bytes, SL_PATH_MAX);
    CHECK_EQ(strlen(item.path), SL_PATH_MAX);
    read_both_ways(card, &item);
    CHECK_EQ(sl_card_next(walk, &item, &more, &err), SL_OK);
    CHECK(!more);
    scene_end();
}

static void walk__refuses_a_path_of_4097_bytes(void)
{
    struct sl_err err = { 0 };

    scene_new();
    make_deep_file(SL_PATH_MAX + 1);
    CHECK_EQ(walk_with(sl_os_real(), &err), SL_E_USAGE);
    CHECK(strstr(err.text, "4097 bytes") != NULL);
    scene_end();
}

static void walk__comes_back_from_deep_folders(void)
{
    struct sl_card_totals totals = { 0 };
    SL_AUTO_FREE(card) *card = NULL;
    struct sl_err err = { 0 };
    char path[512] = "";

    scene_new();
    for (int depth = 0; depth < 40; depth++) { /* names on both sides of every folder */
        size_t len = strlen(path);
        (void)snprintf(path + len, sizeof path - len, "%sm", depth > 0 ? "/" : "");
        scene_folder(path);
        len = strlen(path);
        path[len - 1] = 'z';
        scene_file(path, 1);
        path[len - 1] = 'a';
        scene_file(path, 1);
        path[len - 1] = 'm';
    }
    CHECK_EQ(sl_card_open(sl_os_real(), scene_root, &card, &err), SL_OK);
    CHECK_EQ(sl_card_walk_whole(card, NULL, &totals, &err), SL_OK);
    CHECK_EQ(totals.files, 80);
    CHECK_EQ(totals.folders, 41);
    scene_end();
}

static void walk__counts_items_to_the_limit(void)
{
    struct sl_err err = { 0 };

    scene_new();
    scene_file("a", 0);
    for (uint64_t spare = 1; spare <= 2; spare++) { /* the card's folder and one file are two */
        SL_AUTO_FREE(card) *card = NULL;
        SL_AUTO_FREE(card_walk) *walk = NULL;
        struct sl_card_item item;
        bool more = false;

        CHECK_EQ(sl_card_open(sl_os_real(), scene_root, &card, &err), SL_OK);
        CHECK_EQ(sl_card_walk_new(card, &walk, &err), SL_OK);
        walk->items = SL_ROLL_FILES_MAX - spare;
        CHECK_EQ(sl_card_next(walk, &item, &more, &err), SL_OK);
        CHECK_EQ(sl_card_next(walk, &item, &more, &err), spare == 2 ? SL_OK : SL_E_USAGE);
    }
    CHECK(strstr(err.text, "10000000") != NULL);
    scene_end();
}

static void walk__holds_names_to_the_limit(void)
{
    const size_t need = sizeof "a" + sizeof(uint32_t);
    struct sl_err err = { 0 };

    scene_new();
    scene_file("a", 0);
    for (size_t spare = need - 1; spare <= need; spare++) {
        SL_AUTO_FREE(card) *card = NULL;
        SL_AUTO_FREE(card_walk) *walk = NULL;
        struct sl_card_item item;
        bool more = false;

        CHECK_EQ(sl_card_open(sl_os_real(), scene_root, &card, &err), SL_OK);
        CHECK_EQ(sl_card_walk_new(card, &walk, &err), SL_OK);
        walk->held_bytes = SL_CARD_NAMES_BYTES_MAX - spare;
        CHECK_EQ(sl_card_next(walk, &item, &more, &err), spare == need ? SL_OK : SL_E_USAGE);
    }
    CHECK(strstr(err.text, "too many names") != NULL);
    scene_end();
}

static void walk__takes_files_to_the_limit(void)
{
    struct spoilt_os s;
    struct sl_err err = { 0 };

    scene_new();
    scene_file("clip", 1);
    spoilt_os_init(&s);
    s.sized = (off_t)SL_FILE_BYTES_MAX;
    CHECK_EQ(walk_with(&s.os, &err), SL_OK);
    s.sized++;
    CHECK_EQ(walk_with(&s.os, &err), SL_E_USAGE);
    CHECK(strstr(err.text, "'clip' is too large") != NULL);
    scene_end();
}

static void walk__refuses_names_that_cannot_be(void)
{
    static const struct {
        const char *why;
        const char *ghosts[2];
    } damage[] = {
        { "a name twice", { "twin", "twin" } }, { "a slash in a name", { "a/b", NULL } },
        { "the way up", { "..", NULL } },       { "no name", { "", NULL } },
        { "the folder itself", { ".", NULL } }, { "a name without a file", { "ghost", NULL } },
    };

    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        struct spoilt_os s;
        struct sl_err err = { 0 };

        scene_new();
        scene_file("twin-of-none", 1);
        spoilt_os_init(&s);
        s.ghosts[0] = damage[i].ghosts[0];
        s.ghosts[1] = damage[i].ghosts[1];
        CHECK_EQ(walk_with(&s.os, &err), SL_E_BROKEN);
        if (err.rc != SL_E_BROKEN)
            printf("# was let pass: %s\n", damage[i].why);
        scene_end();
    }
}

static void walk__names_what_it_cannot_open(void)
{
    static const struct {
        int why;
        sl_rc rc;
        const char *says;
    } faults[] = {
        { EACCES, SL_E_SYSTEM, "cannot read 'deep/folder' on the card: permission denied" },
        { EIO, SL_E_SYSTEM, "cannot read 'deep/folder' on the card: Input/output error" },
        { EMFILE, SL_E_SYSTEM, "cannot read 'deep/folder' on the card: Too many open files" },
        { ENOENT, SL_E_BROKEN, "'deep/folder' changed while the card was read" },
        { ELOOP, SL_E_BROKEN, "'deep/folder' changed while the card was read" },
    };

    scene_new();
    scene_folder("deep");
    scene_folder("deep/folder");
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct spoilt_os s;
        struct sl_err err = { 0 };

        spoilt_os_init(&s);
        s.open_name = "deep/folder";
        s.open_errno = faults[i].why;
        CHECK_EQ(walk_with(&s.os, &err), faults[i].rc);
        CHECK(strstr(err.text, faults[i].says) != NULL);
    }
    scene_end();
}

static void walk__fails_on_a_folder_closed_to_this_person(void)
{
    struct sl_err err = { 0 };

    scene_new();
    scene_folder("closed");
    scene_must(chmod(scene_path("closed"), 0) == 0, "chmod");
    if (geteuid() == 0)
        check_skip("root may read everything");
    else
        CHECK_EQ(walk_with(sl_os_real(), &err), SL_E_SYSTEM);
    CHECK(geteuid() == 0 || strstr(err.text, "'closed'") != NULL);
    scene_must(chmod(scene_path("closed"), 0700) == 0, "chmod");
    scene_end();
}

static void open__says_what_is_not_a_card(void)
{
    struct sl_card *card = NULL;
    struct sl_err err = { 0 };

    scene_new();
    scene_file("file", 1);
    CHECK_EQ(sl_card_open(sl_os_real(), scene_path("file"), &card, &err), SL_E_USAGE);
    CHECK(strstr(err.text, "is not a folder") != NULL);
    CHECK_EQ(sl_card_open(sl_os_real(), scene_path("none"), &card, &err), SL_E_MISSING);
    CHECK(strstr(err.text, "there is no card at") != NULL);
    CHECK(card == NULL);
    scene_end();
}

static void open__follows_a_link_that_the_person_gave(void)
{
    SL_AUTO_FREE(card) *card = NULL;
    struct sl_card_totals totals = { 0 };
    struct sl_err err = { 0 };

    scene_new();
    scene_folder("real");
    scene_file("real/clip", 2);
    scene_must(symlink("real", scene_path("link")) == 0, "link");
    CHECK_EQ(sl_card_open(sl_os_real(), scene_path("link"), &card, &err), SL_OK);
    CHECK_EQ(sl_card_walk_whole(card, NULL, &totals, &err), SL_OK);
    CHECK_EQ(totals.bytes, 2);
    CHECK(sl_card_fd(card) >= 0);
    scene_end();
}

static void messages__escape_names_and_keep_the_end_of_long_ones(void)
{
    char shown[SL_CARD_SHOWN_BYTES], name[600];

    CHECK(strcmp(sl_card_shown(scene_view("a\x1b[31mb"), shown), "a\\x1b[31mb") == 0);
    for (size_t len = 180; len < 240; len++) { /* around the edge, two bytes a character */
        for (size_t i = 0; i < len; i++)
            memcpy(name + 2 * i, "\xd8\xb5", 2);
        memcpy(name + 2 * len, "end", 4);
        (void)sl_card_shown(scene_view(name), shown);
        CHECK(strlen(shown) < SL_CARD_SHOWN_BYTES);
        CHECK(strncmp(shown, "...\xd8", 4) == 0);
        CHECK(strcmp(shown + strlen(shown) - 3, "end") == 0);
    }
    for (size_t len = 200; len < 240; len++) {
        memset(name, 'x', len);
        name[len] = '\0';
        (void)sl_card_shown(scene_view(name), shown);
        CHECK_EQ(strlen(shown), len < SL_CARD_SHOWN_BYTES - 3 ? len : SL_CARD_SHOWN_BYTES - 1);
    }
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(walk__takes_a_path_of_4096_bytes),
        CASE(walk__refuses_a_path_of_4097_bytes),
        CASE(walk__comes_back_from_deep_folders),
        CASE(walk__counts_items_to_the_limit),
        CASE(walk__holds_names_to_the_limit),
        CASE(walk__takes_files_to_the_limit),
        CASE(walk__refuses_names_that_cannot_be),
        CASE(walk__names_what_it_cannot_open),
        CASE(walk__fails_on_a_folder_closed_to_this_person),
        CASE(open__says_what_is_not_a_card),
        CASE(open__follows_a_link_that_the_person_gave),
        CASE(messages__escape_names_and_keep_the_end_of_long_ones),
    };

    if (sl_crypto_start(sl_os_real(), NULL) != SL_OK)
        return EXIT_FAILURE;
    return check_run(cases, sizeof cases / sizeof *cases);
}
