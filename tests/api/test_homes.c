/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Homes made from the founding one: whenever making one dies or fails, a home that is there is one
 * that the journal believes; what lies in a folder already is left alone.
 */
#include "fake/world.h"

#define STEPS_MAX 2000u

static struct world *here;
static uint64_t dies_at;

static void dying(void *who)
{
    static struct world_os os;

    (void)who;
    (void)world_os_start(&os);
    os.dies_at = dies_at;
    CHECK_EQ(world_home(here, &os.fault.os, SL_HOME_ON_SET, "on-set"), SL_OK);
}

/* A home that is there and is not believed would offload footage that nobody sees. */
static void home__that_is_there_is_believed_whenever_its_making_died(void)
{
    struct world w;
    int ended = WORLD_KILLED;
    unsigned there = 0;

    world_bare(&w, 2, 1);
    CHECK_EQ(world_found(&w, NULL), SL_OK);
    world_folder(&w, "on-set");
    world_file(&w, "card/a.bin", 1, 1000);
    here = &w;
    world_freeze(&w);
    for (dies_at = 1; ended == WORLD_KILLED && dies_at < STEPS_MAX; dies_at += 3) {
        world_thaw(&w);
        ended = world_apart(dying, NULL);
        bool made = world_is_there(&w, "on-set/productions/film/vault.txt");
        if (!made) /* it can be made now, at the same place */
            CHECK_EQ(world_home(&w, NULL, SL_HOME_ON_SET, "on-set"), SL_OK);
        there += made;
        CHECK_EQ(world_send(&w, NULL, &(struct sl_sent){ 0 }), SL_OK);
        w.home = "abroad";
        CHECK_EQ(world_send(&w, NULL, &(struct sl_sent){ 0 }), SL_OK);
        w.home = NULL;
        CHECK_EQ(world_offload(&w, NULL, "A001", NULL), SL_OK);
        CHECK_EQ(world_restore(&w, NULL, "camera/A001", "back", NULL), SL_OK);
        CHECK(world_same(&w, "card", "back"));
        if (check_failures != 0) {
            printf("# that was with the kill at call %ju: %s\n", (uintmax_t)dies_at, w.err.text);
            break;
        }
    }
    CHECK(there > 0 && dies_at > 30);
    world_end(&w);
}

static void home__is_made_only_in_a_folder_of_its_own(void)
{
    struct world w;

    world_new(&w, 2, 1);
    world_file(&w, "taken/letter.txt", 1, 10);
    CHECK_EQ(world_home(&w, NULL, SL_HOME_ON_SET, "taken"), SL_E_USAGE);
    CHECK(world_said(&w, "is not empty"));
    CHECK(!world_is_there(&w, "taken/productions"));
    CHECK_EQ(world_home(&w, NULL, SL_HOME_ON_SET, "on-set"), SL_E_USAGE); /* there is one */
    CHECK_EQ(world_home(&w, NULL, SL_HOME_ABROAD, "abroad"), SL_E_USAGE);
    world_folder(&w, "empty");
    CHECK_EQ(world_home(&w, NULL, SL_HOME_ABROAD, "empty"), SL_OK);
    CHECK_EQ(world_home(&w, NULL, SL_HOME_ON_SET, "new"), SL_OK);
    world_end(&w);
}

static void home__on_set_reads_nothing_and_makes_no_home(void)
{
    struct world w;
    char in[128];

    world_new(&w, 2, 1);
    world_file(&w, "card/a.bin", 1, 1000);
    CHECK_EQ(world_offload(&w, NULL, "A001", NULL), SL_OK);
    w.reader = "on-set";
    CHECK_EQ(world_restore(&w, NULL, "camera/A001", "back", NULL), SL_E_REFUSED);
    CHECK(world_said(&w, "can only write"));
    (void)snprintf(in, sizeof in, "grep -rqa AGE-SECRET-KEY %.80s", world_path(&w, "on-set"));
    int found = 0;
    pid_t pid = fork();
    if (pid == 0) {
        execlp("sh", "sh", "-c", in, (char *)NULL);
        _exit(127);
    }
    CHECK(pid > 0 && waitpid(pid, &found, 0) == pid);
    CHECK(WIFEXITED(found) && WEXITSTATUS(found) == 1); /* not there */
    world_end(&w);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(home__that_is_there_is_believed_whenever_its_making_died),
        CASE(home__is_made_only_in_a_folder_of_its_own),
        CASE(home__on_set_reads_nothing_and_makes_no_home),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
