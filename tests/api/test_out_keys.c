/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who may read: a home without the care key, without a locker's key, of another production, and
 * keepers that hold another production's things under our names. The right code, and a sentence.
 */
#include "api/insider.h"

static struct world scene(void)
{
    struct world w;

    world_new(&w, 3, 2);
    world_file(&w, "card/clip", 1, 1000000);
    CHECK_EQ(world_offload(&w, NULL, "A001", NULL), SL_OK);
    return w;
}

static void nothing_comes(struct world *w, sl_rc code, const char *says)
{
    CHECK_EQ(world_restore(w, NULL, "camera/A001", "back", NULL), code);
    CHECK(world_said(w, says));
    CHECK(!world_is_there(w, "back"));
}

static void restore__needs_the_care_key(void)
{
    struct world w = scene();

    w.reader = "on-set";
    nothing_comes(&w, SL_E_REFUSED, "this home can only write");
    out_end(&w);
}

/* A home that was given care and the sound, not the camera. */
static void restore__needs_the_lockers_key(void)
{
    struct world w = scene();
    struct insider in;
    SL_AUTO_FREE(home) *poor = NULL;

    w.locker = "sound";
    CHECK_EQ(world_offload(&w, NULL, "S001", NULL), SL_OK);
    insider_enter(&in, &w);
    int camera = sl_vault_locker(in.vault, "camera");
    struct sl_age_identity *key = in.vault->locker_identities[camera];
    in.vault->locker_identities[camera] = NULL;
    insider_must(&in, sl_home_open(sl_os_real(), world_path(&w, "poor"), true, &poor, &in.err), "");
    insider_must(&in, sl_home_store(poor, in.vault, NULL, false, &in.err), "poor home");
    in.vault->locker_identities[camera] = key;
    insider_end(&in);

    w.reader = "poor";
    CHECK_EQ(world_restore(&w, NULL, "camera", "back", NULL), SL_E_REFUSED);
    CHECK(world_said(&w, "this home does not hold the key of locker 'camera'"));
    CHECK(world_restore(&w, NULL, "camera/A001", "back", NULL) != SL_OK);
    CHECK(world_said(&w, "this home does not hold the key of locker 'camera'"));
    CHECK(!world_is_there(&w, "back"));
    CHECK_EQ(world_restore(&w, NULL, "sound/S001", "back", NULL), SL_OK);
    CHECK(world_same(&w, "card", "back"));
    out_end(&w);
}

static void restore__finds_no_keeper_folders_of_another_production(void)
{
    struct world w = scene(), other = scene();

    for (unsigned i = 1; i <= 3; i++) { /* whole keepers changed places */
        char name[32];
        (void)snprintf(name, sizeof name, "keepers/%u", i);
        out_drop(&w, name);
        world_copy(world_path(&other, name), world_path(&w, "keepers"));
    }
    nothing_comes(&w, SL_E_RETRY, "none of the 3 keepers answers");
    out_end(&other);
    out_end(&w);
}

/* The other production's objects in folders of ours: care cannot open one of them. */
static void restore__believes_nothing_of_another_production(void)
{
    struct world w = scene(), other = scene();
    struct insider ours, theirs;
    struct sl_status status;

    insider_enter(&ours, &w);
    insider_enter(&theirs, &other);
    for (unsigned i = 0; i < 3; i++) {
        char mine[SL_FOLDER_TEXT], yours[SL_FOLDER_TEXT], name[96], from[FOLDER_TEXT * 4];
        sl_id_text(&ours.vault->keepers[i].id, mine);
        sl_id_text(&theirs.vault->keepers[i].id, yours);
        (void)snprintf(name, sizeof name, "keepers/%u/%s", i + 1, yours);
        (void)snprintf(from, sizeof from, "%s", world_path(&other, name));
        (void)snprintf(name, sizeof name, "keepers/%u/%s", i + 1, mine);
        out_drop(&w, name);
        world_must(rename(from, world_path(&w, name)) == 0, name);
    }
    insider_end(&theirs);
    insider_end(&ours);
    nothing_comes(&w, SL_E_MISSING, "there is no roll 'camera/A001'");
    CHECK_EQ(world_status(&w, NULL, &status), SL_OK);
    CHECK_EQ(status.entries, 0);
    CHECK(status.foreign_slips > 0);
    sl_status_clear(&status);
    out_end(&other);
    out_end(&w);
}

/* Both lie side by side in the same folders: each home finds its own. */
static void restore__finds_its_own_among_others(void)
{
    struct world w = scene(), other = scene();
    struct insider ours, theirs;
    struct sl_restored r = { 0 };

    insider_enter(&ours, &w);
    insider_enter(&theirs, &other);
    for (unsigned i = 0; i < 3; i++) {
        char mine[SL_FOLDER_TEXT], yours[SL_FOLDER_TEXT], name[96], from[FOLDER_TEXT * 4];
        sl_id_text(&ours.vault->keepers[i].id, mine);
        sl_id_text(&theirs.vault->keepers[i].id, yours);
        (void)snprintf(name, sizeof name, "keepers/%u/%s/s", i + 1, yours);
        (void)snprintf(from, sizeof from, "%s", world_path(&other, name));
        (void)snprintf(name, sizeof name, "keepers/%u/%s", i + 1, mine);
        world_copy(from, world_path(&w, name));
    }
    insider_end(&theirs);
    insider_end(&ours);
    CHECK_EQ(world_restore(&w, NULL, "camera/A001", "back", &r), SL_OK);
    CHECK(world_same(&w, "card", "back"));
    CHECK(out_blames(&w, &r, 0));
    out_end(&other);
    out_end(&w);
}

static void restore__says_which_home_is_missing(void)
{
    struct world w = scene();

    w.reader = "nowhere";
    nothing_comes(&w, SL_E_MISSING, "nowhere");
    out_end(&w);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(restore__needs_the_care_key),
        CASE(restore__needs_the_lockers_key),
        CASE(restore__finds_no_keeper_folders_of_another_production),
        CASE(restore__believes_nothing_of_another_production),
        CASE(restore__finds_its_own_among_others),
        CASE(restore__says_which_home_is_missing),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
