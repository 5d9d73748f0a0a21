/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first acts: a card, a production of five pretended keepers with its two homes, the offload,
 * and a look at what one keeper sees. Every one of them calls safelight.h as a person's program
 * does. See inside.h.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/say.h"
#include "card/card.h"
#include "rehearse/card_copy.h"
#include "rehearse/inside.h"
#include "rehearse/sample.h"
#include "rehearse/tree.h"

#define SPEC_BYTES (SL_PATH_MAX + 64u)

/* ---- progress ---- */

void sl_act_begin(struct sl_rehearsal *r, const char *task, uint64_t bytes, uint64_t files)
{
    r->progress =
        (struct sl_progress){ .task = task, .all_bytes = bytes, .all_files = files, .name = NULL };
}

sl_rc sl_act_tick(void *who, uint64_t bytes, const char *path, struct sl_err *err)
{
    struct sl_rehearsal *r = who;

    r->progress.done_bytes += bytes;
    r->progress.done_files += bytes == 0; /* every file ends with a reading of nothing */
    r->progress.name = path;
    sl_tell_progress(r->sl, &r->progress);
    return sl_go_on(r->sl, err);
}

/* ---- the card ---- */

static sl_rc sample_tick(void *who, uint64_t done, uint64_t all, const char *name,
                         struct sl_err *err)
{
    struct sl_rehearsal *r = who;

    sl_act_begin(r, "card", all, 0);
    return sl_act_tick(r, done, name, err);
}

static sl_rc make_sample(struct sl_rehearsal *r, int dir, struct sl_err *err)
{
    unsigned clip_mb = r->job->clip_mb != 0 ? r->job->clip_mb : SL_SAMPLE_CLIP_MB;
    char path[SL_PATH_MAX], words[32];

    if (clip_mb > SL_SAMPLE_CLIP_MB_MAX)
        return sl_fail(err, SL_E_USAGE, _("a sample clip has at most %u MiB, not %u"),
                       SL_SAMPLE_CLIP_MB_MAX, clip_mb);
    SL_TRY(sl_place_check_space(r, sl_sample_bytes(clip_mb), 64, err));
    sl_tell(r->sl, SL_SAY_INFO,
            _("making a sample card with ffmpeg: several rolls, one clip of %s"),
            sl_bytes_words((uint64_t)clip_mb << 20, words));
    sl_place_path(r, SL_IN_CARD, path);
    return sl_sample_card(r->os, dir, path, clip_mb, sample_tick, r, err);
}

static sl_rc copy_own(struct sl_rehearsal *r, int dir, struct sl_err *err)
{
    SL_AUTO_FREE(card) *card = NULL;
    struct sl_card_totals totals;
    uint8_t hash[SL_SHA256_BYTES];
    struct sl_facts sum;

    SL_TRY(sl_card_open(r->os, r->job->card, &card, err));
    SL_TRY(sl_card_walk_whole(card, hash, &totals, err));
    SL_TRY(sl_place_check_space(r, totals.bytes, totals.files + totals.folders, err));
    sl_tell(r->sl, SL_SAY_INFO,
            _("copying your card '%s': it is only read, and no raid comes near it"),
            sl_show(r->job->card).text);
    sl_act_begin(r, "card", totals.bytes, totals.files);
    SL_TRY(sl_card_copy(r->os, card, dir, sl_act_tick, r, &sum, err));
    if (sl_card_remark(card) != NULL)
        sl_tell(r->sl, SL_SAY_WARNING, "%s", sl_card_remark(card));
    if (sum.left_out > 0)
        sl_tell(r->sl, SL_SAY_WARNING,
                N_("%llu link or special file of your card is left out of the rehearsal",
                   "%llu links and special files of your card are left out of the rehearsal",
                   sum.left_out),
                (unsigned long long)sum.left_out);
    return SL_OK;
}

sl_rc sl_act_card(struct sl_rehearsal *r, struct sl_err *err)
{
    SL_AUTO_FD dir = { r->os, -1 };
    char path[SL_PATH_MAX], words[32];
    struct sl_facts_job facts = { r->os, r->place.fd, SL_IN_FACTS, sl_act_tick, r };

    SL_TRY(sl_tree_make(r->os, r->place.fd, SL_IN_CARD, err));
    SL_TRY(sl_tree_folder(r->os, r->place.fd, SL_IN_CARD, &dir.fd, err));
    SL_TRY(r->job->card != NULL ? copy_own(r, dir.fd, err) : make_sample(r, dir.fd, err));
    sl_place_path(r, SL_IN_CARD, path);
    sl_act_begin(r, "facts", 0, 0);
    SL_TRY(sl_facts_record(&facts, path, &r->card, err));
    sl_tell(r->sl, SL_SAY_INFO,
            _("the card: %llu files in %llu folders, %s; the SHA-256 of each is noted"),
            (unsigned long long)r->card.files, (unsigned long long)r->card.folders,
            sl_bytes_words(r->card.bytes, words));
    return SL_OK;
}

/* ---- the production and its homes ---- */

static sl_rc make_keeper_folders(struct sl_rehearsal *r, struct sl_err *err)
{
    char name[64];

    SL_TRY(sl_tree_make(r->os, r->place.fd, SL_IN_KEEPERS, err));
    for (unsigned i = 1; i <= SL_PRETEND_KEEPERS; i++) {
        (void)snprintf(name, sizeof name, SL_IN_KEEPERS "/%u", i);
        SL_TRY(sl_tree_make(r->os, r->place.fd, name, err));
    }
    return SL_OK;
}

static sl_rc found(struct sl_rehearsal *r, const char *home, struct sl_err *err)
{
    char specs[SL_PRETEND_KEEPERS][SPEC_BYTES];
    const char *keepers[SL_PRETEND_KEEPERS];
    const char *lockers[] = { SL_THE_LOCKER, "sound" };

    for (unsigned i = 0; i < SL_PRETEND_KEEPERS; i++) {
        (void)snprintf(specs[i], sizeof specs[i],
                       "pretend-%u=%s/" SL_IN_KEEPERS "/%u,device=pretend-%u", i + 1, r->place.path,
                       i + 1, i + 1);
        keepers[i] = specs[i];
    }
    const struct sl_init job = {
        .at = { .home = home,
                .production = "rehearsal",
                .from = { .fd = -1 },
                .no_passphrase = true },
        .keepers = keepers,
        .keeper_count = SL_PRETEND_KEEPERS,
        .need = SL_PRETEND_NEED,
        .lockers = lockers,
        .locker_count = sizeof lockers / sizeof *lockers,
    };
    return sl_init_production(r->sl, &job, NULL, err);
}

sl_rc sl_act_production(struct sl_rehearsal *r, struct sl_err *err)
{
    char abroad[SL_PATH_MAX], on_set[SL_PATH_MAX];

    SL_TRY(make_keeper_folders(r, err));
    sl_place_path(r, SL_IN_ABROAD, abroad);
    sl_place_path(r, SL_IN_ON_SET, on_set);
    SL_TRY(found(r, abroad, err));
    sl_tell(r->sl, SL_SAY_INFO,
            _("a production of %u keepers, any %u suffice: folders side by side on this one disk\n"
              "  that is a pretence (device=pretend-1 and so on): real keepers lie on disks in "
              "different places"),
            SL_PRETEND_KEEPERS, SL_PRETEND_NEED);
    const struct sl_home_make job = {
        .at = { .home = abroad, .from = { .fd = -1 } },
        .kind = SL_HOME_ON_SET,
        .out = on_set,
        .new_from = { .fd = -1 },
        .new_no_passphrase = true,
    };
    SL_TRY(sl_home_make_one(r->sl, &job, err));
    sl_tell(r->sl, SL_SAY_INFO,
            _("two homes: the home on set can only write; the home abroad holds every key\n"
              "  whoever has the home abroad reads everything: trustees will take its place"));
    return SL_OK;
}

/* ---- the offload ---- */

static void tell_reasons(const struct sl_rehearsal *r, enum sl_level level)
{
    for (unsigned i = 0; i < r->verdict.reason_count; i++)
        sl_tell(r->sl, level, "  %s", r->verdict.reasons[i]);
}

/* Not yet safe is forgiven only where the place itself cannot prove that bytes left memory. */
static sl_rc judge_offload(struct sl_rehearsal *r, sl_rc rc, struct sl_err *err)
{
    const struct sl_verdict *v = &r->verdict;

    if (rc == SL_E_UNSAFE && !r->place.can_prove) {
        sl_tell(r->sl, SL_SAY_WARNING,
                _("on a real card this would be: do not format. '%s' cannot show that bytes left "
                  "memory:"),
                sl_show(r->place.path).text);
        tell_reasons(r, SL_SAY_WARNING);
        rc = SL_OK;
    }
    if (rc == SL_E_UNSAFE) {
        tell_reasons(r, SL_SAY_WARNING);
        return sl_fail(err, SL_E_UNSAFE, _("the offload says that the card is not safe to format"));
    }
    if (rc != SL_OK)
        return sl_note(err, rc, _("offloading the card"));
    if (v->files != r->card.files || v->bytes != r->card.bytes)
        return sl_fail(err, SL_E_BROKEN,
                       _("the offload took %llu files and %llu bytes of %llu and %llu"),
                       (unsigned long long)v->files, (unsigned long long)v->bytes,
                       (unsigned long long)r->card.files, (unsigned long long)r->card.bytes);
    return SL_OK;
}

sl_rc sl_act_offload(struct sl_rehearsal *r, struct sl_err *err)
{
    char on_set[SL_PATH_MAX], card[SL_PATH_MAX];

    sl_place_path(r, SL_IN_ON_SET, on_set);
    sl_place_path(r, SL_IN_CARD, card);
    sl_tell(r->sl, SL_SAY_INFO, _("offloading from the home on set"));
    const struct sl_offload job = {
        .at = { .home = on_set, .from = { .fd = -1 } },
        .card = card,
        .locker = SL_THE_LOCKER,
        .roll = SL_THE_ROLL,
    };
    SL_TRY(judge_offload(r, sl_offload_card(r->sl, &job, &r->verdict, err), err));
    sl_tell(r->sl, SL_SAY_INFO, "%s", r->verdict.sentence);
    return SL_OK;
}

/* ---- what a raid finds ---- */

static sl_rc look_at_keeper(struct sl_rehearsal *r, struct sl_err *err)
{
    struct sl_sight *s = &r->sight;

    SL_TRY(sl_raid_sight(r->os, r->place.fd, SL_IN_KEEPERS "/1", s, err));
    if (s->others > 0 || s->fulls == 0 || s->slips == 0)
        return sl_fail(err, SL_E_BROKEN,
                       _("a keeper holds something else than objects of 4 MiB "
                         "and of 64 KiB"));
    sl_tell(r->sl, SL_SAY_INFO,
            _("what one keeper sees, and nothing else:\n"
              "  a folder %s\n"
              "  %llu objects of exactly 4 MiB, %llu of exactly 64 KiB, when each came\n"
              "  their names: %s, %s, %s ..."),
            s->folder, (unsigned long long)s->fulls, (unsigned long long)s->slips, s->names[0],
            s->names[1], s->names[2]);
    return SL_OK;
}

static sl_rc look_for_keys(struct sl_rehearsal *r, struct sl_keys *keys, struct sl_err *err)
{
    uint64_t control = 0;

    SL_TRY(sl_keys_collect(r->os, r->place.fd, SL_IN_ABROAD, keys, err));
    SL_TRY(sl_keys_seek(r->os, r->place.fd, SL_IN_ABROAD, keys, &control, err));
    if (keys->count < 3 || control < keys->count) /* care, camera, sound; or the search is blind */
        return sl_fail(err, SL_E_BROKEN, _("the home abroad does not hold the keys it should"));
    r->keys_abroad = keys->count;
    SL_TRY(sl_keys_seek(r->os, r->place.fd, SL_IN_ON_SET, keys, &r->keys_on_set, err));
    if (r->keys_on_set > 0)
        return sl_fail(err, SL_E_BROKEN, _("a key of the home abroad lies in the home on set"));
    sl_tell(r->sl, SL_SAY_INFO,
            N_("the home on set was searched for the %u key of the home abroad: it is not there",
               "the home on set was searched for the %u keys of the home abroad: none is there",
               keys->count),
            keys->count);
    return SL_OK;
}

sl_rc sl_act_look(struct sl_rehearsal *r, struct sl_err *err)
{
    struct sl_keys keys = { 0 };

    SL_TRY(look_at_keeper(r, err));
    sl_rc rc = look_for_keys(r, &keys, err);
    sl_keys_clear(&keys);
    return rc;
}
