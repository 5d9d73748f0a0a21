/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What every kind of keeper promises, run against every kind; and against keepers that lie, each
 * of which must be caught by one of the promises, or the suite proves nothing.
 */
#include "keeper/objects.h"

#include "check.h"
#include "fake/keeper_liar.h"

/* A keeper to be tried, in a place of its own. open() gives a new handle to it each time. */
struct world {
    const struct contract_kind *kind;
    char folder[FOLDER_TEXT];
    enum lie lie;
};

struct contract_kind {
    const char *name;
    const char *beneath; /* where its folder is made; NULL: $TMPDIR or /tmp */
};

static const struct contract_kind KINDS[] = {
    { "a folder", NULL },
    { "a folder in memory", "/dev/shm" },
};

static struct sl_keeper *reach(const struct world *w)
{
    struct sl_keeper *k = NULL;
    struct sl_err err = { 0 };

    if (sl_keeper_open(sl_os_real(), w->folder, &OBJECTS_FOLDER, true, &k, &err) != SL_OK) {
        printf("# %s\n", err.text);
        exit(EXIT_FAILURE);
    }
    if (w->lie == LIE_NONE)
        return k;
    k = keeper_liar_new(k, w->lie, 1);
    if (keeper_liar_roll_back(k, NULL) != SL_OK)
        exit(EXIT_FAILURE);
    return k;
}

/* Each promise gives NULL where it is kept, or what was broken. */

static const char *gives_back_what_was_put(const struct world *w)
{
    SL_AUTO_FREE(keeper) *k = reach(w);
    const struct sl_object objects[] = { object_named(SL_OBJECT_FULL, 1),
                                         object_named(SL_OBJECT_FULL, 2),
                                         object_named(SL_OBJECT_SLIP, 3),
                                         object_named(SL_OBJECT_SLIP, 4) };

    for (size_t i = 0; i < 4; i++) {
        if (object_put(k, &objects[i], 0, NULL) != SL_OK)
            return "an object cannot be put";
    }
    for (size_t i = 0; i < 4; i++) {
        if (object_get(k, &objects[i], 0) != SL_OK)
            return "an object does not come back as it was";
    }
    return NULL;
}

static const char *gives_any_part_of_an_object(const struct world *w)
{
    static const size_t parts[][2] = {
        { 0, 1 },    { 4096, 65536 }, { 4095, 4097 },           { SL_FULL_BYTES - 1, 1 },
        { 12, 345 }, { 7, 0 },        { SL_FULL_BYTES - 9, 9 }, { SL_FULL_BYTES, 0 },
    };
    SL_AUTO_FREE(keeper) *k = reach(w);
    struct sl_object o = object_named(SL_OBJECT_FULL, 5);

    if (object_put(k, &o, 0, NULL) != SL_OK)
        return "an object cannot be put";
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        size_t from = parts[i][0], count = parts[i][1];
        objects_back[count < SL_FULL_BYTES ? count : 0] = 0x5a;
        if (sl_keeper_get(k, &o, from, count, objects_back, NULL) != SL_OK ||
            memcmp(objects_back, objects_bytes + from, count) != 0)
            return "a part does not come back as it was";
        if (count < SL_FULL_BYTES && objects_back[count] != 0x5a)
            return "more than the part was written";
    }
    return NULL;
}

static const char *takes_the_same_again_and_refuses_other_bytes(const struct world *w)
{
    SL_AUTO_FREE(keeper) *k = reach(w);
    struct sl_object o = object_named(SL_OBJECT_SLIP, 6);
    struct sl_err err = { 0 };

    if (object_put(k, &o, 0, NULL) != SL_OK || object_put(k, &o, 0, NULL) != SL_OK)
        return "the same bytes are not taken twice";
    if (object_put(k, &o, 1, &err) != SL_E_REFUSED || err.text[0] == '\0')
        return "other bytes are not refused";
    return object_get(k, &o, 0) == SL_OK ? NULL : "what stood there did not stay";
}

static const char *misses_what_was_never_put(const struct world *w)
{
    SL_AUTO_FREE(keeper) *k = reach(w);
    struct sl_object slip = object_named(SL_OBJECT_SLIP, 7);
    struct sl_object full = object_named(SL_OBJECT_FULL, 7);
    enum sl_proof proof = SL_PROOF_MEDIUM;
    struct sl_err err = { 0 };

    if (sl_keeper_get(k, &full, 0, 1, objects_back, &err) != SL_E_MISSING || err.text[0] == '\0')
        return "a missing object is not said to be missing";
    if (object_prove(k, &full, 0, &proof, NULL) != SL_E_MISSING || proof != SL_PROOF_NONE)
        return "a missing object is proved";
    if (object_put(k, &slip, 0, NULL) != SL_OK)
        return "an object cannot be put";
    if (sl_keeper_get(k, &full, 0, 1, objects_back, NULL) != SL_E_MISSING)
        return "a slip is taken for the full object of that name";
    return NULL;
}

static const char *proves_what_it_holds_and_nothing_else(const struct world *w)
{
    SL_AUTO_FREE(keeper) *k = reach(w);
    struct sl_object first = object_named(SL_OBJECT_SLIP, 50);
    struct sl_object o = object_named(SL_OBJECT_FULL, 8);
    enum sl_proof proof = SL_PROOF_NONE;

    if (object_put(k, &first, 0, NULL) != SL_OK || object_put(k, &o, 0, NULL) != SL_OK)
        return "an object cannot be put";
    if (object_prove(k, &o, 0, &proof, NULL) != SL_OK)
        return "what it holds is not proved";
    if (sl_keeper_can_prove(k) != (proof != SL_PROOF_NONE))
        return "it does not prove as its kind says";
    if (object_prove(k, &o, 1, &proof, NULL) != SL_E_BROKEN || proof != SL_PROOF_NONE)
        return "bytes that it does not hold are proved";
    return NULL;
}

#define LISTED 40u

struct seen {
    unsigned times[LISTED], others, wrong_length;
    enum sl_object_kind kind;
};

static sl_rc see(void *who, const struct sl_object *name, uint64_t bytes, struct sl_err *err)
{
    struct seen *s = who;

    (void)err;
    s->wrong_length += bytes != sl_object_bytes(s->kind);
    for (unsigned i = 0; i < LISTED; i++) {
        struct sl_object o = object_named(s->kind, 100 + i);
        if (liar_same(&o, name)) {
            s->times[i]++;
            return SL_OK;
        }
    }
    s->others++;
    return SL_OK;
}

static const char *lists_every_object_of_a_kind_once(const struct world *w)
{
    SL_AUTO_FREE(keeper) *k = reach(w);
    struct seen slips = { .kind = SL_OBJECT_SLIP }, fulls = { .kind = SL_OBJECT_FULL };
    struct sl_object full = object_named(SL_OBJECT_FULL, 100);
    uint64_t odd = 7;

    if (sl_keeper_list(k, SL_OBJECT_SLIP, see, &slips, &odd, NULL) != SL_OK || odd != 0)
        return "a keeper without slips cannot be listed";
    for (unsigned i = 0; i < LISTED; i++) {
        struct sl_object o = object_named(SL_OBJECT_SLIP, 100 + i);
        if (object_put(k, &o, 0, NULL) != SL_OK)
            return "an object cannot be put";
    }
    if (object_put(k, &full, 0, NULL) != SL_OK)
        return "an object cannot be put";
    if (sl_keeper_list(k, SL_OBJECT_SLIP, see, &slips, NULL, NULL) != SL_OK ||
        sl_keeper_list(k, SL_OBJECT_FULL, see, &fulls, &odd, NULL) != SL_OK)
        return "it cannot be listed";
    for (unsigned i = 0; i < LISTED; i++) {
        if (slips.times[i] != 1 || fulls.times[i] != (i == 0))
            return "an object is not listed once";
    }
    if (slips.others + fulls.others + slips.wrong_length + fulls.wrong_length + odd > 0)
        return "more is listed than was put, or with another length";
    return NULL;
}

static sl_rc had_enough(void *who, const struct sl_object *name, uint64_t bytes, struct sl_err *err)
{
    (void)name;
    (void)bytes;
    ++*(unsigned *)who;
    return sl_fail(err, SL_E_CANCELLED, "enough");
}

static const char *stops_listing_when_told(const struct world *w)
{
    SL_AUTO_FREE(keeper) *k = reach(w);
    unsigned calls = 0;

    for (unsigned i = 0; i < 3; i++) {
        struct sl_object o = object_named(SL_OBJECT_SLIP, 200 + i);
        if (object_put(k, &o, 0, NULL) != SL_OK)
            return "an object cannot be put";
    }
    if (sl_keeper_list(k, SL_OBJECT_SLIP, had_enough, &calls, NULL, NULL) != SL_E_CANCELLED)
        return "a failure while listing is lost";
    return calls == 1 ? NULL : "listing goes on after a failure";
}

static const char *shows_through_one_handle_what_another_put(const struct world *w)
{
    SL_AUTO_FREE(keeper) *one = reach(w);
    SL_AUTO_FREE(keeper) *two = reach(w);
    struct sl_object o = object_named(SL_OBJECT_FULL, 300);
    enum sl_proof proof = SL_PROOF_NONE;

    if (object_put(one, &o, 0, NULL) != SL_OK)
        return "an object cannot be put";
    if (object_get(two, &o, 0) != SL_OK || object_prove(two, &o, 0, &proof, NULL) != SL_OK)
        return "another handle does not see it";
    if (object_put(two, &o, 0, NULL) != SL_OK || object_put(two, &o, 1, NULL) != SL_E_REFUSED)
        return "another handle writes over it";
    return NULL;
}

static const char *says_how_much_fits_and_where(const struct world *w)
{
    SL_AUTO_FREE(keeper) *k = reach(w);
    char disk[SL_KEEPER_DISK_TEXT];
    uint64_t bytes = 0;

    memset(disk, 'x', sizeof disk);
    if (sl_keeper_space(k, &bytes, NULL) != SL_OK || bytes == 0)
        return "it does not say how much fits";
    if (sl_keeper_disk(k, disk, NULL) != SL_OK || memchr(disk, '\0', sizeof disk) == NULL)
        return "it does not say where it is";
    return NULL;
}

static const struct promise {
    const char *name;
    const char *(*kept)(const struct world *);
} PROMISES[] = {
    { "gives_back_what_was_put", gives_back_what_was_put },
    { "gives_any_part_of_an_object", gives_any_part_of_an_object },
    { "takes_the_same_again_and_refuses_other_bytes",
      takes_the_same_again_and_refuses_other_bytes },
    { "misses_what_was_never_put", misses_what_was_never_put },
    { "proves_what_it_holds_and_nothing_else", proves_what_it_holds_and_nothing_else },
    { "lists_every_object_of_a_kind_once", lists_every_object_of_a_kind_once },
    { "stops_listing_when_told", stops_listing_when_told },
    { "shows_through_one_handle_what_another_put", shows_through_one_handle_what_another_put },
    { "says_how_much_fits_and_where", says_how_much_fits_and_where },
};

#define KIND_COUNT    (sizeof KINDS / sizeof *KINDS)
#define PROMISE_COUNT (sizeof PROMISES / sizeof *PROMISES)

/* What a keeper breaks of a promise, in a place of its own. */
static const char *try_promise(const struct promise *p, const struct contract_kind *kind,
                               enum lie lie)
{
    struct world w = { .kind = kind, .lie = lie };

    folder_new(kind->beneath, w.folder);
    const char *broken = p->kept(&w);
    folder_remove(w.folder);
    return broken;
}

static void try_kind(const struct contract_kind *kind, const struct promise *p, size_t number)
{
    char name[128];

    check_failures = 0;
    check_why_skipped = NULL;
    (void)snprintf(name, sizeof name, "keeper__%s (%s)", p->name, kind->name);
    if (kind->beneath != NULL && access(kind->beneath, W_OK) != 0) {
        check_skip("no such place on this machine");
    } else {
        const char *broken = try_promise(p, kind, LIE_NONE);
        if (broken != NULL)
            printf("# %s\n", broken);
        CHECK(broken == NULL);
    }
    check_say(name, number);
}

static void try_lie(enum lie lie, size_t number)
{
    static const char *const lies[LIE_COUNT] = {
        "nothing",     "a flipped bit", "hidden objects", "swapped objects",   "an old state",
        "longer ones", "shorter ones",  "no answer",      "forgotten objects",
    };
    unsigned broken = 0;
    char name[128];

    check_failures = 0;
    check_why_skipped = NULL;
    for (size_t i = 0; i < PROMISE_COUNT; i++)
        broken += try_promise(&PROMISES[i], &KINDS[0], lie) != NULL;
    CHECK(broken > 0);
    (void)snprintf(name, sizeof name, "contract__catches_a_keeper_that_gives_%s", lies[lie]);
    check_say(name, number);
}

int main(void)
{
    size_t number = 0;
    int bad = 0;

    printf("1..%zu\n", KIND_COUNT * PROMISE_COUNT + LIE_COUNT - 1);
    for (size_t i = 0; i < KIND_COUNT; i++) {
        for (size_t p = 0; p < PROMISE_COUNT; p++) {
            try_kind(&KINDS[i], &PROMISES[p], ++number);
            bad |= check_failures;
        }
    }
    for (enum lie lie = LIE_NONE + 1; lie < LIE_COUNT; lie++) {
        try_lie(lie, ++number);
        bad |= check_failures;
    }
    return bad ? EXIT_FAILURE : EXIT_SUCCESS;
}
