/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A keeper that is looked at shows what it holds; one that is made to lie lies in a third of it,
 * in every way; a key that lies about is found however it is spelled.
 */
#include "rehearse/raid.h"

#include <ctype.h>

#include "crypto/bech32.h"
#include "crypto/secret.h"
#include "stage.h"

enum { FULLS = 4, SLIPS = 14 };

static void put_object(const struct stage *s, const char *path, size_t bytes, unsigned fill)
{
    char *body = malloc(bytes);

    memset(body, (int)fill, bytes);
    put_file(s, path, body, bytes);
    free(body);
}

static struct stage stage_with_keeper(void)
{
    struct stage s = stage_new();
    char path[64];

    put_folder(&s, "k");
    put_folder(&s, "k/0123");
    put_folder(&s, "k/0123/f");
    put_folder(&s, "k/0123/s");
    for (unsigned i = 0; i < FULLS; i++) {
        (void)snprintf(path, sizeof path, "k/0123/f/%u", i);
        put_object(&s, path, SL_FULL_BYTES, i + 1);
    }
    for (unsigned i = 0; i < SLIPS; i++) {
        (void)snprintf(path, sizeof path, "k/0123/s/%u", i);
        put_object(&s, path, SL_SLIP_BYTES, i + 100);
    }
    return s;
}

static void raid_sight__counts_objects_and_notices_what_is_none(void)
{
    struct stage s = stage_with_keeper();
    struct sl_sight sight;

    CHECK_EQ(sl_raid_sight(s.os, s.dir, "k", &sight, NULL), SL_OK);
    CHECK_EQ(sight.fulls, FULLS);
    CHECK_EQ(sight.slips, SLIPS);
    CHECK_EQ(sight.others, 0);
    CHECK_EQ(strcmp(sight.folder, "0123"), 0);
    CHECK(sight.names[0][0] != '\0' && sight.names[2][0] != '\0');
    put_text(&s, "k/0123/title.txt", "the film's name");
    CHECK_EQ(sl_raid_sight(s.os, s.dir, "k", &sight, NULL), SL_OK);
    CHECK_EQ(sight.others, 1);
    stage_end(&s);
}

struct told {
    unsigned same, other, flipped, shorter, longer;
};

/* What became of an object that was filled with one byte. */
static sl_rc judge_one(void *who, const struct sl_tree_file *file, struct sl_err *err)
{
    struct told *t = who;
    static uint8_t body[SL_FULL_BYTES];
    size_t want = strstr(file->path, "/f/") != NULL ? SL_FULL_BYTES : SL_SLIP_BYTES;
    unsigned number = (unsigned)strtoul(file->name, NULL, 10), different = 0;
    unsigned fill = want == SL_FULL_BYTES ? number + 1 : number + 100;

    (void)err;
    if (file->bytes != want) {
        t->shorter += file->bytes < want;
        t->longer += file->bytes > want;
        return SL_OK;
    }
    int fd = openat(file->dir, file->name, O_RDONLY | O_CLOEXEC);
    CHECK_EQ(read(fd, body, want), want);
    close(fd);
    for (size_t i = 0; i < want; i++)
        different += body[i] != fill;
    t->same += different == 0;
    t->flipped += different == 1;
    t->other += different == want;
    return SL_OK;
}

static void raid_lie__alters_a_third_in_every_way(void)
{
    struct stage s = stage_with_keeper();
    struct sl_lies lies;
    struct told t = { 0 };

    CHECK_EQ(sl_raid_lie(s.os, s.dir, "k", &lies, NULL), SL_OK);
    CHECK_EQ(lies.fulls, FULLS);
    CHECK_EQ(lies.slips, SLIPS);
    CHECK_EQ(lies.altered_fulls, 2);
    CHECK_EQ(lies.altered_slips, 5);
    CHECK_EQ(sl_tree_walk(s.os, s.dir, "k", judge_one, &t, NULL), SL_OK);
    CHECK_EQ(t.same, FULLS + SLIPS - 7);
    CHECK_EQ(t.flipped, 3); /* 1 of 2 shards, 2 of 5 slips: the fifth begins again */
    CHECK_EQ(t.other, 2);
    CHECK_EQ(t.shorter, 1);
    CHECK_EQ(t.longer, 1);
    stage_end(&s);
}

static void raid_lie__refuses_what_has_a_second_name(void)
{
    struct stage s = stage_with_keeper();
    struct sl_lies lies = { .fulls = 77 };

    CHECK_EQ(sl_tree_lay_aside(s.os, s.dir, "k", "aside", true, NULL), SL_OK);
    CHECK_EQ(sl_raid_lie(s.os, s.dir, "k", &lies, NULL), SL_E_SYSTEM);
    CHECK_EQ(lies.fulls, 77);
    stage_end(&s);
}

/* ---- keys ---- */

static const uint8_t SECRET[32] = { 7, 1, 2, 3, 200, 5 };

static void spell(char *to, bool hex, bool upper)
{
    char text[SL_BECH32_TEXT_MAX];

    (void)sl_bech32_write("AGE-SECRET-KEY-", SECRET, text);
    for (unsigned i = 0; hex && i < 32; i++)
        (void)snprintf(text + (size_t)2 * i, 3, "%02x", SECRET[i]);
    for (size_t i = 0; i <= strlen(text); i++)
        to[i] = (char)(upper ? toupper(text[i]) : tolower(text[i]));
}

static void keys_seek__finds_every_spelling_wherever_it_lies(void)
{
    struct stage s = stage_new();
    struct sl_keys keys = { 0 };
    char text[128], line[256];
    uint64_t found = 77;

    put_folder(&s, "home");
    spell(text, false, true);
    (void)snprintf(line, sizeof line, "# a home\nidentity %s\nrest", text);
    put_text(&s, "home/vault.txt", line);
    CHECK_EQ(sl_keys_collect(s.os, s.dir, "home", &keys, NULL), SL_OK);
    CHECK_EQ(keys.count, 1);
    CHECK_EQ(memcmp(keys.secret[0], SECRET, 32), 0);
    for (unsigned way = 0; way < 5; way++) {
        char *big = calloc(1, 3u << 20);
        size_t at = (1u << 20) - 17; /* across two pieces of the search */
        if (way == 4) {
            memcpy(big + at, SECRET, 32);
        } else {
            spell(text, way >= 2, way % 2 == 0);
            memcpy(big + at, text, strlen(text));
        }
        put_folder(&s, "other");
        put_file(&s, "other/x", big, 3u << 20);
        CHECK_EQ(sl_keys_seek(s.os, s.dir, "other", &keys, &found, NULL), SL_OK);
        CHECK_EQ(found, 1);
        big[at + 5] ^= 1;
        put_file(&s, "other/x", big, 3u << 20);
        CHECK_EQ(sl_keys_seek(s.os, s.dir, "other", &keys, &found, NULL), SL_OK);
        CHECK_EQ(found, 0);
        free(big);
        CHECK_EQ(sl_tree_wipe(s.os, s.dir, "other", false, NULL), SL_OK);
    }
    sl_keys_clear(&keys);
    stage_end(&s);
}

/* A person's key stands in their identity file and in their vault: it is one key. */
static void keys_collect__takes_each_key_once_from_all_homes(void)
{
    struct stage s = stage_new();
    struct sl_keys keys = { 0 };
    char text[SL_BECH32_TEXT_MAX];
    uint8_t other[32] = { 9 };

    put_folder(&s, "maker");
    put_folder(&s, "ana");
    (void)sl_bech32_write("AGE-SECRET-KEY-", SECRET, text);
    put_text(&s, "maker/identity.txt", text);
    put_text(&s, "maker/vault.txt", text);
    put_text(&s, "ana/vault.txt", text);
    (void)sl_bech32_write("AGE-SECRET-KEY-", other, text);
    put_text(&s, "ana/identity.txt", text);
    CHECK_EQ(sl_keys_collect(s.os, s.dir, "maker", &keys, NULL), SL_OK);
    CHECK_EQ(keys.count, 1);
    CHECK_EQ(sl_keys_collect(s.os, s.dir, "ana", &keys, NULL), SL_OK);
    CHECK_EQ(keys.count, 2);
    CHECK_EQ(memcmp(keys.secret[0], SECRET, 32), 0);
    CHECK_EQ(memcmp(keys.secret[1], other, 32), 0);
    sl_keys_clear(&keys);
    stage_end(&s);
}

static void keys_collect__says_when_there_are_too_many(void)
{
    struct stage s = stage_new();
    struct sl_keys keys = { 0 };
    char name[32], text[SL_BECH32_TEXT_MAX];

    put_folder(&s, "home");
    for (unsigned i = 0; i <= SL_KEYS_MAX; i++) {
        uint8_t one[32] = { 1, (uint8_t)i };
        (void)sl_bech32_write("AGE-SECRET-KEY-", one, text);
        (void)snprintf(name, sizeof name, "home/%u.txt", i);
        put_text(&s, name, text);
    }
    CHECK_EQ(sl_keys_collect(s.os, s.dir, "home", &keys, NULL), SL_E_SYSTEM);
    sl_keys_clear(&keys);
    stage_end(&s);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(raid_sight__counts_objects_and_notices_what_is_none),
        CASE(raid_lie__alters_a_third_in_every_way),
        CASE(raid_lie__refuses_what_has_a_second_name),
        CASE(keys_seek__finds_every_spelling_wherever_it_lies),
        CASE(keys_collect__takes_each_key_once_from_all_homes),
        CASE(keys_collect__says_when_there_are_too_many),
    };
    if (sl_crypto_start(sl_os_real(), NULL) != SL_OK)
        return EXIT_FAILURE;
    return check_run(cases, sizeof cases / sizeof *cases);
}
