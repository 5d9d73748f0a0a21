/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The way out three times, each from the same offload: nothing lost, and after two raids. The
 * editor asks, two trustees consent, the editor restores into a new folder, and what came back is
 * held against what was noted before. See inside.h.
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
    SL_TRY(sl_tree_lay_aside(r->os, r->place.fd, name, SL_ONE_ASIDE, false, err));
    SL_TRY(sl_tree_wipe(r->os, r->place.fd, name, false, err));
    if (r->os->renameat(r->os->self, r->place.fd, SL_ONE_ASIDE, r->place.fd, name, false) != 0)
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
                _("first raid: the card, the capture machine, the maker's home and two keepers "
                  "(pretend-%u, pretend-%u) are wiped"),
                raid->wiped[0], raid->wiped[1]);
        return;
    }
    sl_tell(r->sl, SL_SAY_INFO,
            _("second raid, from the same offload: the card, the capture machine, the maker's home "
              "and one keeper (pretend-%u) are wiped\n"
              "  another (pretend-%u) lies in %llu of its %llu shards and %llu of its %llu slips"),
            raid->wiped[0], raid->liar, (unsigned long long)raid->lies.altered_fulls,
            (unsigned long long)raid->lies.fulls, (unsigned long long)raid->lies.altered_slips,
            (unsigned long long)raid->lies.slips);
}

static sl_rc strike(struct sl_rehearsal *r, struct sl_raid *raid, struct sl_err *err)
{
    static const char *const gone[] = { SL_IN_CARD, SL_IN_SOUND, SL_IN_CAPTURE, SL_IN_MAKER };

    if (raid->wiped[0] == 0)
        return SL_OK;
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
        SL_TRY(sl_tree_wipe(r->os, r->place.fd, gone[i], false, err));
    SL_TRY(make_lie(r, raid, err));
    SL_TRY(wipe_keepers(r, raid, err));
    tell_raid(r, raid);
    return SL_OK;
}

/* ---- the way back ---- */

static void tell_opening(struct sl_rehearsal *r, const struct sl_raid *raid)
{
    if (raid->false_by == 0)
        sl_tell(r->sl, SL_SAY_INFO,
                _("the editor asks for '%s': %s says yes, which is not enough; %s says yes: it "
                  "opens"),
                SL_THE_LOCKER, sl_who_alias(raid->yes[0]), sl_who_alias(raid->yes[1]));
    else if (!raid->false_named)
        sl_tell(r->sl, SL_SAY_WARNING, _("the false answer of trustee '%s' was not named"),
                sl_who_alias(raid->false_by));
    else
        sl_tell(r->sl, SL_SAY_INFO,
                _("the editor asks for '%s', by texts that are carried: %s says yes; %s signs a "
                  "false answer, is named and not counted; %s says yes: it opens"),
                SL_THE_LOCKER, sl_who_alias(raid->yes[0]), sl_who_alias(raid->false_by),
                sl_who_alias(raid->yes[1]));
}

static sl_rc come_back(struct sl_rehearsal *r, struct sl_raid *raid, struct sl_err *err)
{
    char back[SL_PATH_MAX];
    struct sl_facts_job facts = { r->os, r->place.fd, SL_IN_FACTS, sl_act_tick, r };
    struct sl_at editor;

    SL_TRY(sl_open_it(r, raid, err));
    tell_opening(r, raid);
    if (raid->wiped[0] == 0) {
        SL_TRY(sl_stays_shut(r, err));
        sl_tell(r->sl, SL_SAY_INFO, _("'%s' stays shut: nobody consented to that"), SL_SHUT_LOCKER);
    }
    sl_who_at(r, SL_WHO_EDITOR, &editor);
    sl_place_path(r, SL_IN_BACK, back);
    const struct sl_restore job = { .at = editor.at,
                                    .what = SL_THE_LOCKER "/" SL_THE_ROLL,
                                    .dest = back };
    sl_rc rc = sl_restore_tree(r->sl, &job, &raid->restored, err);
    if (rc != SL_OK)
        return sl_note(err, rc, _("restoring what was offloaded"));
    sl_act_begin(r, "compare", r->card.bytes, r->card.files);
    SL_TRY(sl_facts_compare(&facts, back, &raid->facts, err));
    raid->done = true;
    return SL_OK;
}

/* ---- the world as it was after the offload ---- */

/* Keepers, and the homes that no raid reaches: what trustees saw must not be newer than they. */
static sl_rc lay_aside(struct sl_rehearsal *r, struct sl_err *err)
{
    SL_TRY(sl_tree_lay_aside(r->os, r->place.fd, SL_IN_KEEPERS, SL_IN_ASIDE, r->place.links, err));
    return sl_tree_lay_aside(r->os, r->place.fd, SL_IN_PEOPLE, SL_PEOPLE_ASIDE, false, err);
}

static sl_rc lay_back(struct sl_rehearsal *r, const char *from, const char *to, struct sl_err *err)
{
    SL_TRY(sl_tree_wipe(r->os, r->place.fd, to, false, err));
    if (r->os->renameat(r->os->self, r->place.fd, from, r->place.fd, to, false) != 0)
        return sl_fail_errno(err, _("'%s' cannot be laid back"), to);
    return SL_OK;
}

static sl_rc turn_back(struct sl_rehearsal *r, struct sl_err *err)
{
    SL_TRY(sl_tree_wipe(r->os, r->place.fd, SL_IN_BACK, false, err));
    SL_TRY(lay_back(r, SL_IN_ASIDE, SL_IN_KEEPERS, err));
    return lay_back(r, SL_PEOPLE_ASIDE, SL_IN_PEOPLE, err);
}

sl_rc sl_act_raids(struct sl_rehearsal *r, struct sl_err *err)
{
    r->rounds[0] = (struct sl_raid){ .yes = { SL_WHO_ANA, SL_WHO_BO } };
    r->rounds[1] = (struct sl_raid){ .wiped = { 1, 4 }, .yes = { SL_WHO_BO, SL_WHO_CY } };
    r->rounds[2] = (struct sl_raid){ .wiped = { 3, 0 },
                                     .liar = 2,
                                     .yes = { SL_WHO_CY, SL_WHO_ANA },
                                     .false_by = SL_WHO_BO,
                                     .by_hand = true };
    for (unsigned i = 0; i < SL_ROUNDS; i++) {
        if (i > 0)
            SL_TRY(turn_back(r, err));
        if (i + 1 < SL_ROUNDS)
            SL_TRY(lay_aside(r, err));
        SL_TRY(strike(r, &r->rounds[i], err));
        SL_TRY(come_back(r, &r->rounds[i], err));
    }
    return SL_OK;
}
