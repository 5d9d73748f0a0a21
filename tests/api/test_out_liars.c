/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Keepers that lie, in every way there is to damage what they hold: what comes back is right, the
 * liar is named and nobody else, also where the liar can make tags.
 */
#include "api/insider.h"

/* ---- one object, damaged; `other` is the next one of the same keeper and kind ---- */

struct damaged {
    struct world *w;
    const char *path, *other;
    size_t bytes, index;
};

static void put_bytes(const char *path, const uint8_t *bytes, size_t count)
{
    world_must(folder_write(path, bytes, count) == 0, path);
}

static void flip_at(const char *path, size_t at, uint8_t with)
{
    uint8_t byte = 0;
    int fd = open(path, O_RDWR | O_CLOEXEC);

    world_must(fd >= 0 && pread(fd, &byte, 1, (off_t)at) == 1, path);
    byte ^= with;
    world_must(pwrite(fd, &byte, 1, (off_t)at) == 1 && close(fd) == 0, path);
}

static size_t spread; /* which bit flip() takes: moves on with every use */

static void flip(const struct damaged *d)
{
    static const size_t places[] = { 0, 7, 8, 11, 12, 27, 28, 1040, 1100, 4094 };
    size_t place = spread % 2 == 0 ? places[spread / 2 % (sizeof places / sizeof *places)]
                                   : fault_mix(spread) % d->bytes;

    flip_at(d->path, place, (uint8_t)(1u << spread % 8));
    spread++;
}

static void flip_the_last_bit(const struct damaged *d)
{
    flip_at(d->path, d->bytes - 1, 1);
}

static void cut(const struct damaged *d)
{
    world_must(truncate(d->path, (off_t)(d->bytes - 1 - d->index % 5000)) == 0, d->path);
}

static void lengthen(const struct damaged *d)
{
    world_must(truncate(d->path, (off_t)(d->bytes + 1 + d->index % 70000)) == 0, d->path);
}

static void empty(const struct damaged *d)
{
    world_must(truncate(d->path, 0) == 0, d->path);
}

static void zero(const struct damaged *d)
{
    world_must(truncate(d->path, 0) == 0 && truncate(d->path, (off_t)d->bytes) == 0, d->path);
}

static void swap(const struct damaged *d) /* with the next one; an odd one out is dropped */
{
    char hand[FOLDER_TEXT * 4];

    (void)snprintf(hand, sizeof hand, "%.1000s.hand", d->path);
    if (d->index % 2 != 0)
        return;
    if (d->other == NULL) {
        world_must(unlink(d->path) == 0, d->path);
        return;
    }
    world_must(rename(d->path, hand) == 0 && rename(d->other, d->path) == 0 &&
                   rename(hand, d->other) == 0,
               d->path);
}

static void misname(const struct damaged *d) /* another name that an object could have */
{
    char to[FOLDER_TEXT * 4];
    size_t len = strlen(d->path);

    (void)snprintf(to, sizeof to, "%s", d->path);
    to[len - 1] = to[len - 1] == '0' ? '1' : '0';
    world_must(rename(d->path, to) == 0, to);
}

static void drop(const struct damaged *d)
{
    world_must(unlink(d->path) == 0, d->path);
}

static void link_to_itself(const struct damaged *d) /* the right bytes, behind a link */
{
    char to[FOLDER_TEXT * 4];

    (void)snprintf(to, sizeof to, "%s/behind-%zu", d->w->dir, d->index);
    (void)unlink(to);
    world_must(rename(d->path, to) == 0 && symlink(to, d->path) == 0, d->path);
}

static void link_away(const struct damaged *d)
{
    world_must(unlink(d->path) == 0 && symlink("/etc/passwd", d->path) == 0, d->path);
}

static void make_folder(const struct damaged *d)
{
    world_must(unlink(d->path) == 0 && mkdir(d->path, 0755) == 0, d->path);
}

static void make_fifo(const struct damaged *d)
{
    world_must(unlink(d->path) == 0 && mkfifo(d->path, 0644) == 0, d->path);
}

static void copy_file(const char *from, const char *to)
{
    FILE *in = fopen(from, "re");
    uint8_t *bytes = malloc(SL_FULL_BYTES);
    size_t got = in != NULL && bytes != NULL ? fread(bytes, 1, SL_FULL_BYTES, in) : 0;

    world_must(got > 0 && fclose(in) == 0, from);
    put_bytes(to, bytes, got);
    free(bytes);
}

/* Another object of this keeper under the name of this one; the last one gets nothing new. */
static void replace_by_next(const struct damaged *d)
{
    if (d->other != NULL)
        copy_file(d->other, d->path);
    else
        flip_the_last_bit(d);
}

static const char *foreign_from; /* folder of another production's keeper, of like objects */

static void replace_by_foreign(const struct damaged *d)
{
    static struct out_objects theirs;

    theirs.count = 0;
    out_collect(foreign_from, false, d->bytes == SL_FULL_BYTES ? "f" : "s", &theirs);
    world_must(theirs.count > 0, foreign_from);
    copy_file(theirs.path[d->index % theirs.count], d->path);
    out_forget(&theirs);
}

/* ---- a keeper, damaged ---- */

static void damage_keeper(struct world *w, unsigned number, const char *kind,
                          void (*how)(const struct damaged *))
{
    static struct out_objects o;

    out_objects(w, number, kind, &o);
    for (size_t i = 0; i < o.count; i++) {
        struct damaged d = { w, o.path[i], i + 1 < o.count ? o.path[i + 1] : NULL,
                             kind[0] == 'f' ? SL_FULL_BYTES : SL_SLIP_BYTES, i };
        how(&d);
    }
    out_forget(&o);
}

static void heal(const struct world *w, unsigned number)
{
    char name[32], from[FOLDER_TEXT + 32];

    (void)snprintf(name, sizeof name, "keepers/%u", number);
    (void)snprintf(from, sizeof from, "%s/frozen/keepers/%u", w->dir, number);
    folder_remove(world_path(w, name));
    world_copy(from, world_path(w, "keepers"));
}

static struct world scene(unsigned keepers, unsigned need)
{
    struct world w;

    world_new(&w, keepers, need);
    out_card(&w);
    CHECK_EQ(world_offload(&w, NULL, "A001", NULL), SL_OK);
    world_freeze(&w);
    return w;
}

/* Everything is right, and keeper `number` alone is blamed (0: nobody). */
static void comes_back(struct world *w, const char *why, unsigned blamed)
{
    struct sl_restored r = { 0 };
    int before = check_failures;

    CHECK_EQ(world_restore(w, NULL, "camera/A001", "back", &r), SL_OK);
    CHECK(world_same(w, "card", "back"));
    CHECK(out_blames(w, &r, blamed));
    if (check_failures > before)
        printf("# when its objects are damaged so: %s: %s\n", why, w->err.text);
    out_drop(w, "back");
}

static const struct {
    const char *why;
    void (*how)(const struct damaged *);
    bool lies; /* answers with wrong bytes; otherwise it lacks something */
} WAYS[] = {
    { "one bit flipped", flip, true },
    { "the last bit flipped", flip_the_last_bit, true },
    { "cut", cut, true },
    { "longer", lengthen, true },
    { "emptied", empty, true },
    { "all zero", zero, true },
    { "swapped", swap, true },
    { "replaced by another of this keeper", replace_by_next, true },
    { "replaced by another production's", replace_by_foreign, true },
    { "renamed", misname, false },
    { "dropped", drop, false },
    { "behind a link", link_to_itself, false },
    { "a link elsewhere", link_away, false },
    { "a folder", make_folder, false },
    { "a pipe", make_fifo, false },
};

static void every_way(const char *kind)
{
    struct world w = scene(3, 2), other;
    char theirs[FOLDER_TEXT];

    world_new(&other, 3, 2);
    world_file(&other, "card/a", 77, 1000000);
    CHECK_EQ(world_offload(&other, NULL, "A001", NULL), SL_OK);
    (void)snprintf(theirs, sizeof theirs, "%.200s/keepers/2", other.dir);
    foreign_from = theirs;
    for (size_t i = 0; i < sizeof WAYS / sizeof *WAYS; i++) {
        struct sl_restored r = { 0 };
        damage_keeper(&w, 2, kind, WAYS[i].how);
        comes_back(&w, WAYS[i].why, 1u << 1);
        CHECK_EQ(world_restore(&w, NULL, "camera/A001", "back", &r), SL_OK);
        uint64_t lies = kind[0] == 'f' ? r.keepers[1].lied_shards : r.keepers[1].lied_slips;
        if (WAYS[i].lies)
            CHECK(lies > 0 && world_said(&w, "keeper 'k2' lied"));
        out_drop(&w, "back");
        heal(&w, 2);
        if (check_failures > 0)
            printf("# so far: %s\n", WAYS[i].why);
    }
    comes_back(&w, "not at all", 0);
    world_end(&other);
    world_end(&w);
}

static void restore__names_the_keeper_of_damaged_shards(void)
{
    every_way("f");
}

static void restore__names_the_keeper_of_damaged_slips(void)
{
    every_way("s");
}

/* Bits all over every shard of one keeper: each is met by a tag. */
static void restore__sees_a_flipped_bit_wherever_it_is(void)
{
    struct world w = scene(3, 2);

    spread = 0;
    for (unsigned round = 0; round < 16; round++) {
        damage_keeper(&w, 1 + round % 3, "f", flip);
        comes_back(&w, "flipped somewhere", 1u << round % 3);
        heal(&w, 1 + round % 3);
    }
    CHECK(spread >= 48); /* three shards each time */
    world_end(&w);
}

/* The same bytes twice, and things that are not ours: not asked for, no harm. */
static void restore__is_not_troubled_by_what_else_lies_there(void)
{
    struct world w = scene(3, 2);
    static struct out_objects o;
    char to[FOLDER_TEXT * 4];

    for (int kind = 0; kind < 2; kind++) {
        out_objects(&w, 2, kind == 0 ? "f" : "s", &o);
        for (size_t i = 0; i < o.count; i++) {
            (void)snprintf(to, sizeof to, "%s", o.path[i]);
            to[strlen(to) - 2] = to[strlen(to) - 2] == 'a' ? 'b' : 'a';
            copy_file(o.path[i], to);
            (void)snprintf(to, sizeof to, "%.1000s.txt", o.path[i]);
            put_bytes(to, (const uint8_t *)"x", 1);
        }
        out_forget(&o);
    }
    comes_back(&w, "doubled", 0);
    world_end(&w);
}

/* All of two keepers' shards and slips wrong at once, where two may be lost. */
static void restore__names_two_liars_of_five(void)
{
    struct world w = scene(5, 3);
    struct sl_restored r = { 0 };

    spread = 3;
    damage_keeper(&w, 2, "f", flip);
    damage_keeper(&w, 2, "s", flip);
    damage_keeper(&w, 4, "f", zero);
    damage_keeper(&w, 4, "s", cut);
    comes_back(&w, "two of five", 1u << 1 | 1u << 3);
    damage_keeper(&w, 5, "f", flip);
    CHECK_EQ(world_restore(&w, NULL, "camera/A001", "back", &r), SL_E_BROKEN);
    CHECK(out_nothing_wrong(world_path(&w, "back"), world_path(&w, "card")));
    CHECK(out_blames(&w, &r, 1u << 1 | 1u << 3 | 1u << 4));
    world_end(&w);
}

/* ---- liars who hold the care key ---- */

/* Forge one byte of shards of `pack`, far apart, at the keepers of `mask`. */
static void forge(struct world *w, unsigned mask, uint64_t pack, size_t at)
{
    struct insider in;

    insider_enter(&in, w);
    insider_look(&in);
    for (unsigned i = 0; i < w->keepers; i++)
        if ((mask >> i & 1) != 0)
            insider_forge(&in, i + 1, pack, at + 70001u * i);
    insider_end(&in);
}

static void finds(struct world *w, unsigned mask, uint64_t pack, size_t at)
{
    struct sl_restored r = { 0 };

    forge(w, mask, pack, at);
    CHECK_EQ(world_restore(w, NULL, "camera/A001", "back", &r), SL_OK);
    CHECK(world_same(w, "card", "back"));
    unsigned blamed = 0;
    for (unsigned i = 0; i < w->keepers; i++)
        blamed |= r.keepers[i].lied_shards > 0 ? 1u << i : 0;
    CHECK_EQ(blamed & ~mask, 0); /* nobody else, ever */
    if (blamed != 0)
        CHECK(world_said(w, "a shard with right tags is not part of its pack"));
    /* who was asked for a forged shard was found; the others had no say */
    for (unsigned i = 0; i < w->keepers; i++)
        if ((mask >> i & 1) != 0 && r.keepers[i].lied_shards == 0)
            CHECK(blamed == 0 || __builtin_popcount(mask) < 2);
    out_drop(w, "back");
    for (unsigned i = 0; i < w->keepers; i++)
        if ((mask >> i & 1) != 0)
            heal(w, i + 1);
}

static void restore__finds_one_shard_with_forged_tags(void)
{
    struct world w = scene(4, 2);
    unsigned found = 0;

    for (unsigned i = 0; i < 4; i++) {
        for (uint64_t pack = 0; pack < 2; pack++) {
            struct sl_restored r = { 0 };
            forge(&w, 1u << i, pack, i == 0 ? 0 : 4000000u / i);
            CHECK_EQ(world_restore(&w, NULL, "camera/A001", "back", &r), SL_OK);
            found += r.keepers[i].lied_shards > 0 ? 1 : 0;
            out_drop(&w, "back");
            heal(&w, i + 1);
        }
        finds(&w, 1u << i, 0, 0);
        finds(&w, 1u << i, 1, SL_SLICE_BYTES - 300000);
    }
    CHECK_EQ(found, 4); /* of the eight, those whose shard is among the two that are asked for */
    world_end(&w);
}

static void restore__finds_two_shards_with_forged_tags(void)
{
    struct world w = scene(5, 3);

    for (unsigned a = 0; a < 5; a++)
        for (unsigned b = a + 1; b < 5; b++)
            finds(&w, 1u << a | 1u << b, (a + b) % 2, 1000u + a);
    world_end(&w);
}

static void restore__says_so_when_no_choice_of_shards_opens(void)
{
    struct world w = scene(3, 2);
    struct sl_restored r = { 0 };

    forge(&w, 3, 0, 5);
    CHECK_EQ(world_restore(&w, NULL, "camera/A001", "back", &r), SL_E_BROKEN);
    CHECK(world_said(&w, "does not open from any choice of its shards"));
    CHECK(out_nothing_wrong(world_path(&w, "back"), world_path(&w, "card")));
    CHECK(r.failed_files > 0 && r.files > 0);
    world_end(&w);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(restore__names_the_keeper_of_damaged_shards),
        CASE(restore__names_the_keeper_of_damaged_slips),
        CASE(restore__sees_a_flipped_bit_wherever_it_is),
        CASE(restore__is_not_troubled_by_what_else_lies_there),
        CASE(restore__names_two_liars_of_five),
        CASE(restore__finds_one_shard_with_forged_tags),
        CASE(restore__finds_two_shards_with_forged_tags),
        CASE(restore__says_so_when_no_choice_of_shards_opens),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
