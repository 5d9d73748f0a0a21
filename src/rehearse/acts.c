/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The acts before a raid: a card, the offload with the kit, and a look at what one keeper sees and
 * where keys lie. Every one of them calls safelight.h as a person's program does. See inside.h.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/say.h"
#include "card/card.h"
#include "crypto/age.h"
#include "crypto/secret.h"
#include "rehearse/card_copy.h"
#include "rehearse/inside.h"
#include "rehearse/sample.h"
#include "rehearse/tree.h"

#define SOUND_BYTES 65536u /* of the one file of the other card */

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

static void at_capture(const struct sl_rehearsal *r, char home[SL_PATH_MAX], char kit[SL_PATH_MAX],
                       struct sl_home_at *ret)
{
    sl_place_path(r, SL_IN_HOME, home);
    sl_place_path(r, SL_IN_KIT, kit);
    *ret = (struct sl_home_at){ .home = home, .kit = kit, .from = { .fd = -1 } };
}

/* A little card of another kind, for the locker that nobody will open. */
static sl_rc offload_sound(struct sl_rehearsal *r, struct sl_err *err)
{
    SL_AUTO_FD dir = { r->os, -1 };
    SL_AUTO_FD file = { r->os, -1 };
    char home[SL_PATH_MAX], kit[SL_PATH_MAX], card[SL_PATH_MAX];
    static uint8_t noise[SOUND_BYTES];
    struct sl_verdict verdict;

    sl_place_path(r, SL_IN_SOUND, card);
    struct sl_offload job = { .card = card, .locker = SL_SHUT_LOCKER, .roll = SL_SHUT_ROLL };
    at_capture(r, home, kit, &job.at);
    SL_TRY(sl_tree_make(r->os, r->place.fd, SL_IN_SOUND, err));
    SL_TRY(sl_tree_folder(r->os, r->place.fd, SL_IN_SOUND, &dir.fd, err));
    file.fd = r->os->open(r->os->self, dir.fd, "T001.WAV", O_WRONLY | O_CREAT | O_EXCL, 0600, 0);
    sl_random(noise, sizeof noise);
    if (file.fd < 0 || sl_os_write_all(r->os, file.fd, noise, sizeof noise) != 0)
        return sl_fail_errno(err, _("the card with sound cannot be written"));
    sl_fd_clear(&file);
    sl_rc rc = sl_offload_card(r->quiet, &job, &verdict, err);
    if (rc == SL_E_UNSAFE && !r->place.can_prove)
        return SL_OK;
    return rc == SL_OK ? SL_OK : sl_note(err, rc, _("offloading the card with sound"));
}

sl_rc sl_act_offload(struct sl_rehearsal *r, struct sl_err *err)
{
    char home[SL_PATH_MAX], kit[SL_PATH_MAX], card[SL_PATH_MAX];

    sl_place_path(r, SL_IN_CARD, card);
    sl_tell(r->sl, SL_SAY_INFO, _("offloading with the kit, on the capture machine"));
    struct sl_offload job = { .card = card, .locker = SL_THE_LOCKER, .roll = SL_THE_ROLL };
    at_capture(r, home, kit, &job.at);
    SL_TRY(judge_offload(r, sl_offload_card(r->sl, &job, &r->verdict, err), err));
    sl_tell(r->sl, SL_SAY_INFO, "%s", r->verdict.sentence);
    return offload_sound(r, err);
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

struct looking { /* for a key that opens a locker, where none may be */
    const struct sl_keys *keys;
    unsigned lockers, open;
    char last[SL_AGE_RECIPIENT_TEXT]; /* the locker before: two with one key open together */
};

/* Every key that anybody holds, held against this locker's recipient. */
static sl_rc try_keys(void *who, const struct sl_locker_line *line, struct sl_err *err)
{
    struct looking *l = who;

    l->lockers++;
    l->open += line->state != SL_LOCKER_SHUT;
    l->open += strcmp(l->last, line->recipient) == 0;
    (void)snprintf(l->last, sizeof l->last, "%s", line->recipient);
    for (unsigned i = 0; i < l->keys->count; i++) {
        SL_AUTO_FREE(age_identity) *identity = NULL;
        struct sl_age_recipient recipient;
        char text[SL_AGE_RECIPIENT_TEXT];
        SL_TRY(sl_age_identity_from((struct sl_view){ l->keys->secret[i], 32 }, &identity, err));
        sl_age_identity_recipient(identity, &recipient);
        sl_age_recipient_text(&recipient, text);
        l->open += strcmp(text, line->recipient) == 0;
    }
    return SL_OK;
}

/* The founding has wiped what opens the lockers: before anybody consents, nobody has it. */
static sl_rc nobody_opens(struct sl_rehearsal *r, const struct sl_keys *keys, struct sl_err *err)
{
    static const enum sl_who people[] = { SL_WHO_MAKER, SL_WHO_EDITOR };

    for (size_t i = 0; i < sizeof people / sizeof *people; i++) {
        struct looking l = { .keys = keys };
        struct sl_at p;
        sl_who_at(r, people[i], &p);
        SL_TRY(sl_locker_list(r->quiet, &p.at, try_keys, &l, err));
        if (l.lockers != 2 || l.open > 0)
            return sl_fail(err, SL_E_BROKEN, _("a locker is open although nobody consented"));
        SL_TRY(sl_cannot_read(r, people[i], SL_THE_LOCKER "/" SL_THE_ROLL, err));
    }
    sl_tell(r->sl, SL_SAY_INFO,
            _("nobody alone reads it: the maker tried, and the editor; both were refused"));
    return SL_OK;
}

static sl_rc look_for_keys(struct sl_rehearsal *r, struct sl_keys *keys, struct sl_err *err)
{
    uint64_t control = 0;

    SL_TRY(sl_keys_collect(r->os, r->place.fd, SL_IN_PEOPLE, keys, err));
    SL_TRY(sl_keys_seek(r->os, r->place.fd, SL_IN_PEOPLE, keys, &control, err));
    if (keys->count < SL_TRUSTEES + 2 || control < keys->count) /* or the search is blind */
        return sl_fail(err, SL_E_BROKEN, _("the homes do not hold the keys they should"));
    SL_TRY(sl_keys_collect(r->os, r->place.fd, SL_IN_MAKER, keys, err));
    r->keys_kept = keys->count;
    SL_TRY(sl_keys_seek(r->os, r->place.fd, SL_IN_CAPTURE, keys, &r->keys_on_set, err));
    if (r->keys_on_set > 0)
        return sl_fail(err, SL_E_BROKEN, _("a key of another home lies on the capture machine"));
    sl_tell(r->sl, SL_SAY_INFO,
            N_("the capture machine was searched for the %u key of the other homes: it is not "
               "there",
               "the capture machine was searched for the %u keys of the other homes: none is "
               "there",
               keys->count),
            keys->count);
    return nobody_opens(r, keys, err);
}

sl_rc sl_act_look(struct sl_rehearsal *r, struct sl_err *err)
{
    struct sl_keys keys = { 0 };

    SL_TRY(look_at_keeper(r, err));
    sl_rc rc = look_for_keys(r, &keys, err);
    sl_keys_clear(&keys);
    return rc;
}
