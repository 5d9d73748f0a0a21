/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * "Safe to format" and its conditions (section 7 of the design), one row for each that fails: the
 * offload is done, the word is not said, and the reason is.
 */
#include "base/limits.h"
#include "fake/world.h"

static void small_card(struct world *w)
{
    world_file(w, "card/CLIP/a.bin", 1, 300000);
    world_file(w, "card/b", 2, 3);
}

/* ---- one row for each condition ---- */

static void nothing(struct world *w, struct world_os *os)
{
    (void)w;
    (void)os;
}

static void manifest_on_card(struct world *w, struct world_os *os)
{
    (void)os;
    world_file(w, "card/ascmhl/0001_A001.mhl", 3, 100);
}

static void link_on_card(struct world *w, struct world_os *os)
{
    (void)os;
    world_must(symlink("b", world_path(w, "card/shortcut")) == 0, "link");
}

static void many_links(struct world *w, struct world_os *os)
{
    (void)os;
    for (unsigned i = 0; i < 40; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "card/l%u", i);
        world_must(symlink("b", world_path(w, name)) == 0, "link");
    }
}

static void fifo_on_card(struct world *w, struct world_os *os)
{
    (void)os;
    world_must(mkfifo(world_path(w, "card/pipe"), 0600) == 0, "fifo");
}

static void card_in_memory(struct world *w, struct world_os *os)
{
    (void)w;
    os->in_memory = "/card";
}

static void cache_that_sticks(struct world *w, struct world_os *os)
{
    (void)w;
    os->sticky = true;
}

static void keeper_in_memory(struct world *w, struct world_os *os)
{
    (void)w;
    os->in_memory = "keepers/2";
}

static void keeper_away(struct world *w, struct world_os *os)
{
    (void)os;
    world_hide(w, 4, true);
}

static void two_away(struct world *w, struct world_os *os)
{
    keeper_away(w, os);
    world_hide(w, 3, true);
}

static void keeper_full(struct world *w, struct world_os *os)
{
    (void)w;
    os->full[0] = "keepers/1";
}

static void offload__says_safe_only_when_each_condition_holds(void)
{
    static const struct {
        const char *what;
        void (*make)(struct world *w, struct world_os *os);
        const char *reason; /* NULL: safe */
        unsigned proved;
        bool later; /* safe once the trouble is over and the same offload ran again */
    } rows[] = {
        { "all is well", nothing, NULL, 4, true },
        { "a manifest on the card", manifest_on_card, "ASC MHL", 4, false },
        { "a link on the card", link_on_card, "'shortcut' was left out", 4, false },
        { "many links", many_links, "more were left out", 4, false },
        { "a fifo on the card", fifo_on_card, "'pipe' was left out", 4, false },
        { "a card in memory", card_in_memory, "may have come from memory", 4, true },
        { "a cache that sticks", cache_that_sticks, "may have come from memory", 0, false },
        { "a keeper in memory", keeper_in_memory, "'k2' lies in memory", 3, false },
        { "a keeper away", keeper_away, "until keeper 'k4' has proved", 3, true },
        { "only k have proved", two_away, "2 keepers on different disks", 2, true },
        { "a full keeper", keeper_full, "until keeper 'k1' has proved", 3, true },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        static struct world_os os;
        struct world w;
        struct sl_verdict v;
        int before = check_failures;
        world_new(&w, 4, 2);
        small_card(&w);
        const struct sl_os *with = world_os_start(&os);
        rows[i].make(&w, &os);
        CHECK_EQ(world_offload(&w, with, "A001", &v), rows[i].reason == NULL ? SL_OK : SL_E_UNSAFE);
        CHECK(rows[i].reason == NULL || world_said(&w, rows[i].reason));
        CHECK_EQ(v.proved, rows[i].proved);
        CHECK_EQ(v.need, 2);
        CHECK_EQ(v.keepers, 4);
        CHECK_EQ(v.far, 0);
        CHECK(strstr(v.sentence, rows[i].reason == NULL ? "safe to format: any 2 of the 4"
                                                        : "do not format") != NULL);
        for (unsigned k = 3; k <= 4; k++)
            if (access(world_path(&w, k == 3 ? "keepers/away-3" : "keepers/away-4"), F_OK) == 0)
                world_hide(&w, k, false);
        if (rows[i].reason != NULL)
            CHECK_EQ(world_offload(&w, NULL, "A001", &v), rows[i].later ? SL_OK : SL_E_UNSAFE);
        if (check_failures != before)
            printf("# that was with %s: %s\n# %s\n", rows[i].what, w.err.text, w.heard);
        world_end(&w);
    }
}

/* ---- keepers and their disks ---- */

static void offload__counts_two_keepers_of_one_device_once(void)
{
    struct world w;
    struct sl_verdict v;

    world_bare(&w, 3, 2);
    w.labels[1] = ",device=d1"; /* as the first */
    CHECK_EQ(world_found(&w, NULL), SL_OK);
    CHECK_EQ(world_home(&w, NULL, SL_HOME_ON_SET, "on-set"), SL_OK);
    small_card(&w);
    CHECK_EQ(world_offload(&w, NULL, "A001", &v), SL_E_UNSAFE);
    CHECK(world_said(&w, "2 keepers on different disks have proved"));
    CHECK(world_said(&w, "share a disk"));
    CHECK_EQ(v.proved, 3);
    CHECK_EQ(v.may_be_lost, 0);
    world_end(&w);
}

static int one_disk(void *self, int fd, char ret[64])
{
    (void)self;
    (void)fd;
    (void)snprintf(ret, 64, "sda");
    return 0;
}

static int no_disk(void *self, int fd, char ret[64])
{
    (void)self;
    (void)fd;
    ret[0] = '\0';
    return 0;
}

/* Without the person's word the kernel's counts; what nobody knows may all be one. */
static void offload__counts_unlabelled_keepers_by_their_disk(void)
{
    static struct world_os os;
    struct world w;
    struct sl_verdict v;

    world_bare(&w, 3, 1);
    for (unsigned i = 0; i < 3; i++)
        w.labels[i] = "";
    CHECK_EQ(world_found(&w, NULL), SL_OK);
    CHECK_EQ(world_home(&w, NULL, SL_HOME_ON_SET, "on-set"), SL_OK);
    small_card(&w);
    (void)world_os_start(&os);
    os.fault.os.disk = one_disk;
    CHECK_EQ(world_offload(&w, &os.fault.os, "A001", &v), SL_E_UNSAFE);
    CHECK(world_said(&w, "1 keepers on different disks"));
    (void)world_os_start(&os);
    os.fault.os.disk = no_disk;
    CHECK_EQ(world_offload(&w, &os.fault.os, "A002", &v), SL_E_UNSAFE);
    CHECK(world_said(&w, "1 keepers on different disks"));
    CHECK(strstr(w.heard, "your word") == NULL);
    world_end(&w);
}

/* ---- keepers left out ---- */

static void offload__without_a_keeper_is_safe_by_the_persons_word(void)
{
    static const char *const one[] = { "k4" }, *const two[] = { "k4", "k1" },
                             *const unknown[] = { "attic" };
    struct world w;
    struct sl_verdict v;

    world_new(&w, 4, 2);
    small_card(&w);
    struct sl_offload job = world_offload_job(&w, "A001");
    job.without = one;
    job.without_count = 1;
    world_hide(&w, 4, true);
    CHECK_EQ(world_offload_as(&w, NULL, &job, &v), SL_OK);
    world_hide(&w, 4, false);
    CHECK(world_said(&w, "'k4' was left out by your own word"));
    CHECK_EQ(v.keepers, 3);
    CHECK_EQ(v.may_be_lost, 1);
    job.without = two;
    job.without_count = 2;
    CHECK_EQ(world_offload_as(&w, NULL, &job, &v), SL_E_USAGE);
    job.without = unknown;
    job.without_count = 1;
    CHECK_EQ(world_offload_as(&w, NULL, &job, &v), SL_E_MISSING);
    world_end(&w);
}

/* ---- what a later run must not forget ---- */

/* send has a keeper's word only, as it lies in memory by now: no later run may take that for
 * proof. */
static void send__keeps_what_was_not_proved(void)
{
    static struct world_os os;
    struct sl_sent sent;
    struct world w;

    world_new(&w, 3, 2);
    small_card(&w);
    world_hide(&w, 3, true);
    CHECK_EQ(world_offload(&w, NULL, "A001", NULL), SL_E_UNSAFE);
    CHECK_EQ(world_send(&w, NULL, &sent), SL_E_RETRY); /* still away */
    world_hide(&w, 3, false);
    const struct sl_os *with = world_os_start(&os);
    os.in_memory = "keepers/3";
    CHECK_EQ(world_send(&w, with, &sent), SL_E_RETRY);
    CHECK(world_said(&w, "cannot be read past the cache"));
    CHECK(sent.waiting > 0);
    CHECK_EQ(world_offload(&w, with, "A001", NULL), SL_E_UNSAFE);
    CHECK_EQ(world_send(&w, NULL, &sent), SL_OK); /* on a disk it proves them */
    CHECK_EQ(sent.waiting, 0);
    CHECK_EQ(world_offload(&w, NULL, "A001", NULL), SL_OK);
    CHECK_EQ(world_count(&w, "on-set", "spool"), 0);
    world_end(&w);
}

/* Neither a keeper nor the spool has room, for everything or for slips: said; made good later. */
static void offload__stops_where_nothing_has_room_and_goes_on(size_t most_bytes)
{
    static struct world_os os;
    struct sl_status s;
    struct sl_verdict v;
    struct world w;

    world_new(&w, 3, 1);
    world_file(&w, "card/CLIP/a.bin", 1, 9000000);
    const struct sl_os *with = world_os_start(&os);
    os.full[0] = "keepers/3";
    os.full[1] = "/spool/";
    os.full_bytes = most_bytes;
    os.jump_ns = UINT64_C(61000000000);
    CHECK_EQ(world_offload(&w, with, "A001", &v), SL_E_SYSTEM);
    CHECK(world_said(&w, "what keeper 'k3' should hold can neither be given to it nor wait"));
    CHECK(world_said(&w, "do not format"));
    world_hide(&w, 3, true);
    CHECK_EQ(world_offload(&w, NULL, "A001", &v), SL_E_UNSAFE);
    world_hide(&w, 3, false);
    CHECK_EQ(world_offload(&w, NULL, "A001", &v), SL_OK);
    CHECK(strstr(w.heard, "afresh") == NULL);
    CHECK_EQ(world_restore(&w, NULL, "camera/A001", "back", NULL), SL_OK);
    CHECK(world_same(&w, "card", "back"));
    CHECK_EQ(world_status(&w, NULL, &s), SL_OK);
    CHECK_EQ(s.keepers[2].lacks_slips, 0);
    CHECK_EQ(s.unfinished, 0);
    sl_status_clear(&s);
    world_end(&w);
}

static void offload__stops_where_no_shard_has_room(void)
{
    offload__stops_where_nothing_has_room_and_goes_on(0);
}

static void offload__stops_where_no_slip_has_room(void)
{
    offload__stops_where_nothing_has_room_and_goes_on(SL_SLIP_BYTES +
                                                      32); /* with its hash in the spool */
}

/* A killed run left a keeper out; the one that goes on does not. */
static void offload__does_not_mix_with_and_without(void)
{
    static const char *const one[] = { "k3" };
    struct sl_verdict v;
    struct world w;

    world_new(&w, 4, 2);
    small_card(&w);
    world_hide(&w, 1, true);
    struct sl_offload job = world_offload_job(&w, "A001");
    job.without = one;
    job.without_count = 1;
    CHECK_EQ(world_offload_as(&w, NULL, &job, &v), SL_E_UNSAFE); /* k1 is away */
    world_hide(&w, 1, false);
    CHECK_EQ(world_offload(&w, NULL, "A001", &v), SL_OK); /* k3 as well, this time */
    CHECK(world_said(&w, "offloaded afresh"));
    CHECK_EQ(v.proved, 4);
    world_end(&w);
}

/* A proof that did not get past memory counts against its keeper in every later run of the roll. */
static void offload__remembers_a_weak_proof(void)
{
    static struct world_os os;
    struct sl_verdict v;
    struct world w;

    world_new(&w, 3, 2);
    small_card(&w);
    const struct sl_os *with = world_os_start(&os);
    os.in_memory = "keepers/3";
    CHECK_EQ(world_offload(&w, with, "A001", &v), SL_E_UNSAFE);
    CHECK_EQ(world_offload(&w, NULL, "A001", &v), SL_E_UNSAFE);
    CHECK(world_said(&w, "'k3' lies in memory"));
    world_end(&w);
}

/* ---- where nothing is offloaded ---- */

static void offload__dry_run_sends_nothing_and_says_nothing_of_safe(void)
{
    struct sl_verdict v;
    struct world w;

    world_new(&w, 3, 2);
    small_card(&w);
    size_t before = world_count(&w, "keepers", NULL);
    struct sl_offload job = world_offload_job(&w, "A001");
    job.dry_run = true;
    CHECK_EQ(world_offload_as(&w, NULL, &job, &v), SL_OK);
    CHECK(v.left_out);
    CHECK(!v.safe);
    CHECK_EQ(world_count(&w, "keepers", NULL), before);
    CHECK_EQ(world_count(&w, "on-set", "state"), 0);
    world_end(&w);
}

static int little_space(void *self, int fd, struct sl_os_space *ret)
{
    int rc = world_os_space(self, fd, ret);

    if (strstr(world_os_path(fd), "keepers/2") != NULL)
        ret->free_bytes = 1000000;
    return rc;
}

static void offload__looks_for_room_first(void)
{
    static struct world_os os;
    struct world w;

    world_new(&w, 3, 2);
    small_card(&w);
    size_t before = world_count(&w, "keepers", NULL);
    (void)world_os_start(&os);
    os.fault.os.space = little_space;
    CHECK_EQ(world_offload(&w, &os.fault.os, "A001", NULL), SL_E_SYSTEM);
    CHECK(world_said(&w, "keeper 'k2' has room for"));
    CHECK_EQ(world_count(&w, "keepers", NULL), before);
    CHECK_EQ(world_offload(&w, NULL, "A001", NULL), SL_OK);
    world_end(&w);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(offload__says_safe_only_when_each_condition_holds),
        CASE(offload__counts_two_keepers_of_one_device_once),
        CASE(offload__counts_unlabelled_keepers_by_their_disk),
        CASE(offload__without_a_keeper_is_safe_by_the_persons_word),
        CASE(send__keeps_what_was_not_proved),
        CASE(offload__stops_where_no_shard_has_room),
        CASE(offload__stops_where_no_slip_has_room),
        CASE(offload__does_not_mix_with_and_without),
        CASE(offload__remembers_a_weak_proof),
        CASE(offload__dry_run_sends_nothing_and_says_nothing_of_safe),
        CASE(offload__looks_for_room_first),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
