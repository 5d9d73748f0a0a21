/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For tests of the way out, on top of fake/world.h: what lies with a keeper, object by object, what
 * a keeper was found to have done, and a card with everything odd on it.
 */
#pragma once

#include "fake/world.h"

/* ---- objects of a keeper ---- */

#define OUT_OBJECTS_MAX 4096u

struct out_objects { /* paths of all objects of a kind at one keeper, sorted by name */
    size_t count;
    char *path[OUT_OBJECTS_MAX];
};

static inline void out_collect(const char *path, bool inside, const char *kind,
                               struct out_objects *ret)
{
    char *names[1024];
    size_t count = world_names(path, names, 1024);

    for (size_t i = 0; i < count; i++) {
        char *sub = NULL;
        struct stat st;
        world_must(asprintf(&sub, "%s/%s", path, names[i]) > 0 && lstat(sub, &st) == 0, path);
        if (S_ISDIR(st.st_mode))
            out_collect(sub, inside || strcmp(names[i], kind) == 0, kind, ret);
        if (!S_ISDIR(st.st_mode) && inside && ret->count < OUT_OBJECTS_MAX)
            ret->path[ret->count++] = sub;
        else
            free(sub);
        free(names[i]);
    }
}

/* Kind "f" (shards) or "s" (slips) at keeper `number`; free with out_forget(). */
static inline void out_objects(const struct world *w, unsigned number, const char *kind,
                               struct out_objects *ret)
{
    char from[FOLDER_TEXT * 4];

    ret->count = 0;
    (void)snprintf(from, sizeof from, "%s", world_keeper(w, number));
    out_collect(from, false, kind, ret);
    world_must(ret->count > 0, kind);
}

static inline void out_forget(struct out_objects *o)
{
    while (o->count > 0)
        free(o->path[--o->count]);
}

/* ---- what a keeper was found to have done; `number` from 1 ---- */

static inline const struct sl_keeper_report *out_report(const struct sl_restored *r,
                                                        unsigned number)
{
    return &r->keepers[number - 1];
}

static inline bool out_is_blamed(const struct sl_restored *r, unsigned number)
{
    const struct sl_keeper_report *k = out_report(r, number);

    return k->away || k->lied_shards > 0 || k->lied_slips > 0 || k->lacks_shards > 0 ||
           k->lacks_slips > 0;
}

/* Exactly the keepers of `mask` (bit 0: keeper 1) are blamed for anything. */
static inline bool out_blames(const struct world *w, const struct sl_restored *r, unsigned mask)
{
    bool right = r->keeper_count == w->keepers;

    for (unsigned i = 0; i < w->keepers; i++) {
        const struct sl_keeper_report *k = &r->keepers[i];
        if (out_is_blamed(r, i + 1) == ((mask >> i & 1) != 0))
            continue;
        printf("# keeper %u: away %d, lied %ju %ju, lacks %ju %ju: %s\n", i + 1, k->away,
               (uintmax_t)k->lied_shards, (uintmax_t)k->lied_slips, (uintmax_t)k->lacks_shards,
               (uintmax_t)k->lacks_slips, k->first_trouble);
        right = false;
    }
    return right;
}

/* ---- folders that come back ---- */

static inline void out_run(const char *const argv[])
{
    pid_t pid = fork();
    int status = 0;

    if (pid == 0) {
        (void)execvp(argv[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    world_must(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0, argv[0]);
}

/* Remove a folder, however deep it is and also where parts of it are closed to their owner. */
static inline void out_remove(const char *path)
{
    const char *const open_up[] = { "chmod", "-Rf", "u+rwX", "--", path, NULL };
    const char *const away[] = { "rm", "-rf", "--", path, NULL };

    if (getuid() != 0 && access(path, F_OK) == 0)
        out_run(open_up);
    out_run(away);
}

static inline void out_drop(const struct world *w, const char *name)
{
    out_remove(world_path(w, name));
}

static inline void out_end(struct world *w)
{
    out_remove(w->dir);
}

/* No file under `path` that is not, byte for byte, the one of that name under `right`. */
static inline bool out_nothing_wrong(const char *path, const char *right)
{
    char *names[1024];
    struct stat st;
    size_t count = world_names(path, names, 1024);
    bool good = true;

    for (size_t i = 0; i < count; i++) {
        char *a = NULL, *b = NULL;
        world_must(asprintf(&a, "%s/%s", path, names[i]) > 0 &&
                       asprintf(&b, "%s/%s", right, names[i]) > 0 && lstat(a, &st) == 0,
                   path);
        if (S_ISDIR(st.st_mode))
            good = out_nothing_wrong(a, b) && good;
        else
            good = (world_same_bytes(a, b) || world_differ(a, "is no file of the card")) && good;
        free(a);
        free(b);
        free(names[i]);
    }
    return good;
}

static inline void out_touch(const struct world *w, const char *name, mode_t mode, int64_t s,
                             long ns)
{
    const struct timespec times[2] = { { s, ns }, { s, ns } };

    world_must(chmod(world_path(w, name), mode) == 0, name);
    world_must(utimensat(AT_FDCWD, world_path(w, name), times, AT_SYMLINK_NOFOLLOW) == 0, name);
}

/* Has this process never held more than that? Sanitizers hold more: nothing is said there. */
static inline bool out_peak_below(unsigned mib)
{
#ifdef CHECK_SANITIZED
    return mib > 0;
#else
    unsigned peak = (unsigned)(sl_os_real()->peak_bytes(sl_os_real()->self) >> 20);

    printf("# peak: %u MiB, %u are allowed\n", peak, mib);
    return peak <= mib;
#endif
}

/* A card that fills some packs of 2 or 3 slices, with files that no pack holds whole, small ones,
 * empty ones, odd names, modes and times. */
static inline void out_card(const struct world *w)
{
    world_file(w, "card/CLIP/C0001.MXF", 1, 9000000);
    world_file(w, "card/CLIP/C0002.MXF", 2, 13000001);
    world_file(w, "card/CLIP/C0003.XML", 3, 700);
    world_file(w, "card/CLIP/\xd9\x86\xd9\x85\xd8\xa7\xdb\x8c \xd8\xaf\xd9\x88\xd8\xb1.MXF", 4,
               65536);
    world_file(w, "card/odd\nname", 5, 3);
    world_file(w, "card/not-utf8-\xff\xfe", 6, 1);
    world_file(w, "card/-rf", 7, 65535);
    world_file(w, "card/EMPTY/zero", 8, 0);
    world_folder(w, "card/NOTHING");
    world_file(w, "card/CLOSED/inside", 9, 10);
    out_touch(w, "card/CLIP/C0003.XML", 0400, 1700000000, 1);
    out_touch(w, "card/CLIP/C0001.MXF", 0755, -86400 * 365, 999999999);
    out_touch(w, "card/odd\nname", 0777, -1, 7);
    out_touch(w, "card/EMPTY/zero", 0640, 0, 0);
    out_touch(w, "card/CLOSED/inside", 0644, 4102444800, 5);
    out_touch(w, "card/CLOSED", 0555, 86400, 123456789);
    out_touch(w, "card/NOTHING", 0700, -2, 500);
    out_touch(w, "card/CLIP", 0750, 1000000000, 1);
    out_touch(w, "card", 0755, 1600000000, 42);
}
