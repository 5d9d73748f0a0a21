/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A small production for journey tests: keepers that are folders, a founding home that reads
 * ("abroad"), a home that can only write ("on-set"), a card; and the journeys through them, by the
 * public face, on any filling of the seam. Programs that use it stand in tests/api: only there is
 * every room at hand.
 *
 *     struct world w;
 *     world_new(&w, 3, 2);                         three keepers, any two suffice
 *     world_file(&w, "card/CLIP/a.bin", 1, 100000);   pseudo-random bytes
 *     CHECK_EQ(world_offload(&w, NULL, "A001", &verdict), SL_OK);
 *     CHECK_EQ(world_restore(&w, NULL, "camera/A001", "back", &restored), SL_OK);
 *     CHECK(world_same(&w, "card", "back"));
 *     world_end(&w);
 *
 * It lies on a tmpfs where there is one: these tests write much. By default the journeys run
 * on a filling that says of it what would be true of a disk (world_os.h).
 */
#pragma once

#include <sys/wait.h>

#include "api/inside.h"
#include "check.h"
#include "fake/folder.h"
#include "fake/world_os.h"

#define WORLD_KEEPERS_MAX 8u

struct world {
    char dir[FOLDER_TEXT];
    unsigned keepers, need;
    sl_rc rc;          /* of the last journey */
    struct sl_err err; /* its words */
    char heard[16384]; /* what it said, a line each */
    bool threads;      /* run with threads; otherwise everything has a fixed order */
    bool low_memory;   /* as --low-memory */
    const char *labels[WORLD_KEEPERS_MAX]; /* of keepers; NULL: ",device=d1" and so on */
    const char *card;                      /* folder in the world that is offloaded; NULL: "card" */
    const char *home;                      /* home that offloads and sends; NULL: "on-set" */
    const char *reader; /* home that restores, lists, tells the status; NULL: "abroad" */
    const char *locker; /* that is offloaded to; NULL: "camera" */
};

/* ---- places ---- */

/* A path in the world, good for the next fifty calls. */
static inline const char *world_path(const struct world *w, const char *name)
{
    static char ring[50][FOLDER_TEXT * 4];
    static unsigned next;
    char *at = ring[next++ % 50];

    int len = snprintf(at, sizeof ring[0], "%s/%s", w->dir, name);
    if (len < 0 || (size_t)len >= sizeof ring[0])
        abort(); /* a test's own mistake */
    return at;
}

/* "keepers/1" is the first one. */
static inline const char *world_keeper(const struct world *w, unsigned number)
{
    char name[32];

    (void)snprintf(name, sizeof name, "keepers/%u", number);
    return world_path(w, name);
}

static inline void world_must(bool done, const char *what)
{
    if (done)
        return;
    perror(what);
    exit(EXIT_FAILURE);
}

/* Make every folder that leads to `name`. */
static inline void world_folders_to(const struct world *w, const char *name)
{
    char part[FOLDER_TEXT * 4];

    for (size_t i = 1; name[i] != '\0'; i++) {
        if (name[i] != '/')
            continue;
        (void)snprintf(part, sizeof part, "%s/%.*s", w->dir, (int)i, name);
        world_must(mkdir(part, 0755) == 0 || errno == EEXIST, part);
    }
}

static inline void world_folder(const struct world *w, const char *name)
{
    world_folders_to(w, name);
    world_must(mkdir(world_path(w, name), 0755) == 0 || errno == EEXIST, name);
}

/* `count` bytes that follow from `seed` and do not compress, or all equal to -seed where that is
 * negative. */
static inline void world_file(const struct world *w, const char *name, int64_t seed, size_t count)
{
    uint8_t *bytes = malloc(count + 8);
    world_must(bytes != NULL, name);
    for (size_t i = 0; i < count; i += 8) {
        uint64_t word = fault_mix((uint64_t)seed * 1000003u + i);
        memcpy(bytes + i, &word, 8);
    }
    if (seed < 0)
        memset(bytes, (int)-seed, count);
    world_folders_to(w, name);
    world_must(folder_write(world_path(w, name), bytes, count) == 0, name);
    free(bytes);
}

static inline bool world_is_there(const struct world *w, const char *name)
{
    struct stat st;

    return lstat(world_path(w, name), &st) == 0;
}

/* ---- trees ---- */

static inline int world_order(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static inline size_t world_names(const char *path, char *names[], size_t room)
{
    DIR *dir = opendir(path);
    struct dirent *d = NULL;
    size_t count = 0;

    world_must(dir != NULL, path);
    while ((d = readdir(dir)) != NULL)
        if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0 && count < room)
            names[count++] = strdup(d->d_name);
    (void)closedir(dir);
    qsort(names, count, sizeof *names, world_order);
    return count;
}

static inline bool world_same_bytes(const char *a, const char *b)
{
    FILE *x = fopen(a, "re"), *y = fopen(b, "re");
    static char p[1 << 16], q[1 << 16];
    bool same = x != NULL && y != NULL;

    for (size_t got = 1; same && got > 0;) {
        got = fread(p, 1, sizeof p, x);
        same = fread(q, 1, sizeof q, y) == got && memcmp(p, q, got) == 0;
    }
    if (x != NULL)
        (void)fclose(x);
    if (y != NULL)
        (void)fclose(y);
    return same;
}

static inline bool world_differ(const char *a, const char *why)
{
    printf("# '%s': %s\n", a, why);
    return false;
}

/* Are two trees equal in names, types, modes, times and content? Says where not. */
static inline bool world_same_at(const char *a, const char *b)
{
    struct stat x, y;

    if (lstat(a, &x) != 0 || lstat(b, &y) != 0)
        return world_differ(b, "is not there");
    if (x.st_mode != y.st_mode)
        return world_differ(b, "another type or mode");
    if (x.st_mtim.tv_sec != y.st_mtim.tv_sec || x.st_mtim.tv_nsec != y.st_mtim.tv_nsec)
        return world_differ(b, "another time");
    if (S_ISREG(x.st_mode))
        return (x.st_size == y.st_size && world_same_bytes(a, b)) || world_differ(b, "other bytes");
    if (!S_ISDIR(x.st_mode))
        return true;
    static const size_t room = 4096;
    char **p = calloc(2 * room, sizeof *p), **q = p + room;
    world_must(p != NULL, "names");
    size_t n = world_names(a, p, room), m = world_names(b, q, room);
    bool same = n == m || world_differ(b, "more or fewer names");
    for (size_t i = 0; i < n && same; i++) {
        char *c = NULL, *d = NULL;
        same = strcmp(p[i], q[i]) == 0 || world_differ(b, p[i]);
        world_must(asprintf(&c, "%s/%s", a, p[i]) > 0 && asprintf(&d, "%s/%s", b, q[i]) > 0, a);
        same = same && world_same_at(c, d);
        free(c);
        free(d);
    }
    for (size_t i = 0; i < n; i++)
        free(p[i]);
    for (size_t i = 0; i < m; i++)
        free(q[i]);
    free(p);
    return same;
}

static inline bool world_same(const struct world *w, const char *a, const char *b)
{
    return world_same_at(world_path(w, a), world_path(w, b));
}

/* How many plain files lie under `path` in folders called `in` ("f", "s", "t", "spool"; NULL: all),
 * at any depth beneath them. */
static inline size_t world_count_at(const char *path, const char *in, bool counts)
{
    DIR *dir = opendir(path);
    struct dirent *d = NULL;
    size_t count = 0;

    while (dir != NULL && (d = readdir(dir)) != NULL) {
        char sub[FOLDER_TEXT * 4];
        if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
            continue;
        (void)snprintf(sub, sizeof sub, "%.700s/%s", path, d->d_name);
        if (d->d_type == DT_DIR)
            count += world_count_at(sub, in, counts || strcmp(d->d_name, in) == 0);
        else
            count += counts ? 1 : 0;
    }
    if (dir != NULL)
        (void)closedir(dir);
    return count;
}

static inline size_t world_count(const struct world *w, const char *name, const char *in)
{
    return world_count_at(world_path(w, name), in != NULL ? in : "", in == NULL);
}

/* Nothing half-written lies with a keeper or in a home. */
static inline bool world_tidy(const struct world *w)
{
    return world_count(w, "keepers", "t") == 0 && world_count(w, "on-set", "t") == 0 &&
           world_count(w, "abroad", "t") == 0;
}

/* Copy a tree as it is (for many beginnings from one founding). */
static inline void world_copy(const char *from, const char *to)
{
    pid_t pid = fork();
    int status = 0;

    if (pid == 0) {
        execlp("cp", "cp", "-a", "--", from, to, (char *)NULL);
        _exit(127);
    }
    world_must(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0, "cp -a");
}

/* Keep what keepers and homes are now, and go back to it (many beginnings from one founding; paths
 * stay, which the homes know by heart). */
static const char *const WORLD_MOVES[] = { "keepers", "on-set", "abroad" };

static inline void world_freeze(const struct world *w)
{
    world_folder(w, "frozen");
    for (size_t i = 0; i < 3; i++)
        world_copy(world_path(w, WORLD_MOVES[i]), world_path(w, "frozen"));
}

static inline void world_thaw(const struct world *w)
{
    folder_remove(world_path(w, "back"));
    for (size_t i = 0; i < 3; i++)
        folder_remove(world_path(w, WORLD_MOVES[i]));
    world_copy(world_path(w, "frozen/."), w->dir);
}

/* Put keeper `number` out of reach, and back. */
static inline void world_hide(const struct world *w, unsigned number, bool away)
{
    char name[32], hidden[32];

    (void)snprintf(name, sizeof name, "keepers/%u", number);
    (void)snprintf(hidden, sizeof hidden, "keepers/away-%u", number);
    world_must(rename(world_path(w, away ? name : hidden), world_path(w, away ? hidden : name)) ==
                   0,
               "moving a keeper");
}

/* ---- journeys ---- */

static inline void world_hear(void *who, enum sl_level level, const char *text)
{
    struct world *w = who;
    size_t used = strlen(w->heard);

    (void)level;
    (void)snprintf(w->heard + used, sizeof w->heard - used, "%s\n", text);
}

/* Whether the last journey said so: in its error or on the way. */
static inline bool world_said(const struct world *w, const char *text)
{
    if (strstr(w->err.text, text) != NULL || strstr(w->heard, text) != NULL)
        return true;
    printf("# '%s' was not said, but:\n# error %d: %s\n# %s\n", text, (int)w->rc, w->err.text,
           w->heard);
    return false;
}

static inline struct sl *world_start(struct world *w, const struct sl_os *os)
{
    static struct world_os disk;
    struct sl_talk talk = { .who = w, .say = world_hear };
    struct sl *sl = NULL;

    if (os == NULL)
        os = world_os_start(&disk);
    w->heard[0] = '\0';
    w->err = (struct sl_err){ 0 };
    w->rc = sl_start_on(os, &talk, &sl, &w->err);
    return sl;
}

static inline sl_rc world_finish(struct world *w, struct sl *sl, sl_rc rc)
{
    sl_end(sl);
    w->rc = rc;
    CHECK(rc == SL_OK || w->err.text[0] != '\0'); /* no failure without words */
    return rc;
}

static inline struct sl_home_at world_at(const struct world *w, const char *home)
{
    return (struct sl_home_at){ .home = world_path(w, home),
                                .from.fd = -1,
                                .no_passphrase = true,
                                .low_memory = w->low_memory };
}

static inline sl_rc world_found(struct world *w, const struct sl_os *os)
{
    static const char *const lockers[] = { "camera", "sound" };
    static char specs[WORLD_KEEPERS_MAX][FOLDER_TEXT + 64];
    const char *keepers[WORLD_KEEPERS_MAX];
    struct sl *sl = world_start(w, os);

    if (sl == NULL)
        return w->rc;
    for (unsigned i = 0; i < w->keepers; i++) {
        char label[32];
        (void)snprintf(label, sizeof label, ",device=d%u", i + 1);
        (void)snprintf(specs[i], sizeof specs[i], "k%u=%s/keepers/%u%s", i + 1, w->dir, i + 1,
                       w->labels[i] != NULL ? w->labels[i] : label);
        keepers[i] = specs[i];
    }
    struct sl_init job = { .at = world_at(w, "abroad"),
                           .keepers = keepers,
                           .keeper_count = w->keepers,
                           .need = w->need,
                           .lockers = lockers,
                           .locker_count = 2 };
    job.at.production = "film";
    return world_finish(w, sl, sl_init_production(sl, &job, NULL, &w->err));
}

static inline sl_rc world_home(struct world *w, const struct sl_os *os, enum sl_home_kind kind,
                               const char *name)
{
    struct sl *sl = world_start(w, os);
    struct sl_home_make job = { .at = world_at(w, "abroad"),
                                .kind = kind,
                                .out = world_path(w, name),
                                .new_from.fd = -1,
                                .new_no_passphrase = true };

    return sl == NULL ? w->rc : world_finish(w, sl, sl_home_make_one(sl, &job, &w->err));
}

/* Folders and keepers, nothing founded. */
static inline void world_bare(struct world *w, unsigned keepers, unsigned need)
{
    *w = (struct world){ .keepers = keepers, .need = need };
    folder_new(access("/dev/shm", W_OK) == 0 ? "/dev/shm" : NULL, w->dir);
    for (unsigned i = 1; i <= keepers; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "keepers/%u", i);
        world_folder(w, name);
    }
    world_folder(w, "card");
}

static inline void world_new(struct world *w, unsigned keepers, unsigned need)
{
    world_bare(w, keepers, need);
    CHECK_EQ(world_found(w, NULL), SL_OK);
    CHECK_EQ(world_home(w, NULL, SL_HOME_ON_SET, "on-set"), SL_OK);
    if (w->rc != SL_OK)
        printf("# %s\n", w->err.text);
}

static inline void world_end(struct world *w)
{
    folder_remove(w->dir);
}

static inline struct sl_offload world_offload_job(const struct world *w, const char *roll)
{
    return (struct sl_offload){ .at = world_at(w, w->home != NULL ? w->home : "on-set"),
                                .card = world_path(w, w->card != NULL ? w->card : "card"),
                                .locker = w->locker != NULL ? w->locker : "camera",
                                .roll = roll,
                                .one_thread = !w->threads };
}

static inline sl_rc world_offload_as(struct world *w, const struct sl_os *os,
                                     const struct sl_offload *job, struct sl_verdict *v)
{
    static struct sl_verdict unread;
    struct sl *sl = world_start(w, os);

    if (v == NULL)
        v = &unread;
    if (sl == NULL)
        return w->rc;
    sl_rc rc = world_finish(w, sl, sl_offload_card(sl, job, v, &w->err));
    CHECK_EQ(v->safe, rc == SL_OK && !job->dry_run); /* the word and the code never disagree */
    for (unsigned i = 0; i < v->reason_count; i++)
        world_hear(w, SL_SAY_INFO, v->reasons[i]);
    for (unsigned i = 0; i < v->remark_count; i++)
        world_hear(w, SL_SAY_INFO, v->remarks[i]);
    return rc;
}

static inline sl_rc world_offload(struct world *w, const struct sl_os *os, const char *roll,
                                  struct sl_verdict *v)
{
    struct sl_offload job = world_offload_job(w, roll);

    return world_offload_as(w, os, &job, v);
}

static inline sl_rc world_send(struct world *w, const struct sl_os *os, struct sl_sent *sent)
{
    struct sl_home_at at = world_at(w, w->home != NULL ? w->home : "on-set");
    struct sl *sl = world_start(w, os);

    return sl == NULL ? w->rc : world_finish(w, sl, sl_send_spool(sl, &at, sent, &w->err));
}

static inline sl_rc world_restore(struct world *w, const struct sl_os *os, const char *what,
                                  const char *dest, struct sl_restored *ret)
{
    static struct sl_restored unread;
    struct sl *sl = world_start(w, os);
    struct sl_restore job = { .at = world_at(w, w->reader != NULL ? w->reader : "abroad"),
                              .what = what,
                              .dest = world_path(w, dest),
                              .one_thread = !w->threads };

    if (sl == NULL)
        return w->rc;
    return world_finish(w, sl, sl_restore_tree(sl, &job, ret != NULL ? ret : &unread, &w->err));
}

static inline sl_rc world_status(struct world *w, const struct sl_os *os, struct sl_status *ret)
{
    struct sl_home_at at = world_at(w, w->reader != NULL ? w->reader : "abroad");
    struct sl *sl = world_start(w, os);

    return sl == NULL ? w->rc : world_finish(w, sl, sl_status_of(sl, &at, ret, &w->err));
}

/* ---- in a process of its own ---- */

/* Run `journey` in a child that its filling may kill; returns how it ended: its exit status,
 * or 256 + signal. A child that was killed by world_os exits with WORLD_KILLED. */
static inline int world_apart(void (*journey)(void *who), void *who)
{
    int status = 0;

    (void)fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        journey(who);
        (void)fflush(stdout);
        _exit(check_failures != 0);
    }
    world_must(pid > 0 && waitpid(pid, &status, 0) == pid, "fork");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}
