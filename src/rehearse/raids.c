/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two raids, each from the same offload, and the way back from each: a third home, made from the
 * one abroad, restores into a new folder, and what came back is held against what was noted before.
 * See inside.h.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/say.h"
#include "rehearse/inside.h"
#include "rehearse/tree.h"

static void keeper_folder(unsigned number, char ret[64])
{
    (void)snprintf(ret, 64, SL_IN_KEEPERS "/%u", number);
}

/* ---- the raid ---- */

/* The first keeper is carried off, folder and all; the second has its disk formatted. */
static sl_rc wipe_keepers(struct sl_rehearsal *r, const struct sl_raid *raid, struct sl_err *err)
{
    char name[64];

    for (unsigned i = 0; i < 2; i++) {
        if (raid->wiped[i] == 0)
            continue;
        keeper_folder(raid->wiped[i], name);
        SL_TRY(sl_tree_wipe(r->os, r->place.fd, name, i == 1, err));
    }
    return SL_OK;
}

/* The liar gets bytes of its own first: what it alters must be altered nowhere else. */
static sl_rc make_lie(struct sl_rehearsal *r, struct sl_raid *raid, struct sl_err *err)
{
    char name[64];

    if (raid->liar == 0)
        return SL_OK;
    keeper_folder(raid->liar, name);
    SL_TRY(sl_tree_lay_aside(r->os, r->place.fd, name, SL_IN_ASIDE, false, err));
    SL_TRY(sl_tree_wipe(r->os, r->place.fd, name, false, err));
    if (r->os->renameat(r->os->self, r->place.fd, SL_IN_ASIDE, r->place.fd, name, false) != 0)
        return sl_fail_errno(err, _("'%s' cannot be laid back"), SL_IN_KEEPERS);
    SL_TRY(sl_raid_lie(r->os, r->place.fd, name, &raid->lies, err));
    if (raid->lies.altered_fulls == 0 || raid->lies.altered_slips == 0)
        return sl_fail(err, SL_E_BROKEN, _("the keeper that should lie holds nothing to lie in"));
    return SL_OK;
}

static void tell_raid(struct sl_rehearsal *r, const struct sl_raid *raid)
{
    if (raid->liar == 0) {
        sl_tell(r->sl, SL_SAY_INFO,
                _("first raid: the card, the home on set and two keepers (pretend-%u, pretend-%u) "
                  "are wiped"),
                raid->wiped[0], raid->wiped[1]);
        return;
    }
    sl_tell(r->sl, SL_SAY_INFO,
            _("second raid, from the same offload: the card, the home on set and one keeper "
              "(pretend-%u) are wiped\n"
              "  another (pretend-%u) lies in %llu of its %llu shards and %llu of its %llu slips"),
            raid->wiped[0], raid->liar, (unsigned long long)raid->lies.altered_fulls,
            (unsigned long long)raid->lies.fulls, (unsigned long long)raid->lies.altered_slips,
            (unsigned long long)raid->lies.slips);
}

static sl_rc strike(struct sl_rehearsal *r, struct sl_raid *raid, struct sl_err *err)
{
    SL_TRY(sl_tree_wipe(r->os, r->place.fd, SL_IN_CARD, false, err));
    SL_TRY(sl_tree_wipe(r->os, r->place.fd, SL_IN_ON_SET, false, err));
    SL_TRY(make_lie(r, raid, err));
    SL_TRY(wipe_keepers(r, raid, err));
    tell_raid(r, raid);
    return SL_OK;
}

/* ---- the way back ---- */

static sl_rc come_back(struct sl_rehearsal *r, struct sl_raid *raid, struct sl_err *err)
{
    char abroad[SL_PATH_MAX], third[SL_PATH_MAX], back[SL_PATH_MAX];
    struct sl_facts_job facts = { r->os, r->place.fd, SL_IN_FACTS, sl_act_tick, r };

    sl_place_path(r, SL_IN_ABROAD, abroad);
    sl_place_path(r, SL_IN_THIRD, third);
    sl_place_path(r, SL_IN_BACK, back);
    const struct sl_home_make make = {
        .at = { .home = abroad, .from = { .fd = -1 } },
        .kind = SL_HOME_ABROAD,
        .out = third,
        .new_from = { .fd = -1 },
        .new_no_passphrase = true,
    };
    SL_TRY(sl_home_make_one(r->sl, &make, err));
    sl_tell(r->sl, SL_SAY_INFO, _("a third home, made from the one abroad, restores"));
    const struct sl_restore job = {
        .at = { .home = third, .from = { .fd = -1 } },
        .what = SL_THE_LOCKER "/" SL_THE_ROLL,
        .dest = back,
    };
    sl_rc rc = sl_restore_tree(r->sl, &job, &raid->restored, err);
    if (rc != SL_OK)
        return sl_note(err, rc, _("restoring after the raid"));
    sl_act_begin(r, "compare", r->card.bytes, r->card.files);
    SL_TRY(sl_facts_compare(&facts, back, &raid->facts, err));
    raid->done = true;
    return SL_OK;
}

/* The world as it was after the offload, for the next raid. */
static sl_rc turn_back(struct sl_rehearsal *r, struct sl_err *err)
{
    SL_TRY(sl_tree_wipe(r->os, r->place.fd, SL_IN_BACK, false, err));
    SL_TRY(sl_tree_wipe(r->os, r->place.fd, SL_IN_THIRD, false, err));
    SL_TRY(sl_tree_wipe(r->os, r->place.fd, SL_IN_KEEPERS, false, err));
    if (r->os->renameat(r->os->self, r->place.fd, SL_IN_ASIDE, r->place.fd, SL_IN_KEEPERS, false) !=
        0)
        return sl_fail_errno(err, _("'%s' cannot be laid back"), SL_IN_KEEPERS);
    return SL_OK;
}

sl_rc sl_act_raids(struct sl_rehearsal *r, struct sl_err *err)
{
    r->raids[0] = (struct sl_raid){ .wiped = { 1, 4 } };
    r->raids[1] = (struct sl_raid){ .wiped = { 3, 0 }, .liar = 2 };
    SL_TRY(sl_tree_lay_aside(r->os, r->place.fd, SL_IN_KEEPERS, SL_IN_ASIDE, r->place.links, err));
    SL_TRY(strike(r, &r->raids[0], err));
    SL_TRY(come_back(r, &r->raids[0], err));
    SL_TRY(turn_back(r, err));
    SL_TRY(strike(r, &r->raids[1], err));
    return come_back(r, &r->raids[1], err);
}
