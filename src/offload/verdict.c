/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * When it is safe to format: section 7 of the design, condition by condition. Each that does not
 * hold becomes a reason in words; "safe" is what is left when there is none. Nothing else in the
 * program may set `safe`.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/say.h"
#include "offload/inside.h"

void sl_verdict_reason(struct sl_verdict *v, const char *fmt, ...)
{
    va_list ap;

    if (v->reason_count == SL_REASON_MAX)
        return; /* one is enough for "not safe" */
    va_start(ap, fmt);
    (void)vsnprintf(v->reasons[v->reason_count++], sizeof v->reasons[0], fmt, ap);
    va_end(ap);
}

void sl_verdict_remark(struct sl_verdict *v, const char *fmt, ...)
{
    va_list ap;

    if (v->remark_count == SL_REASON_MAX)
        return;
    va_start(ap, fmt);
    (void)vsnprintf(v->remarks[v->remark_count++], sizeof v->remarks[0], fmt, ap);
    va_end(ap);
}

/* 1. Both readings, not from memory; the card did not change (the journey fails where it did). */
static void judge_reading(const struct offload *o, struct sl_verdict *v)
{
    enum sl_past weakest = SL_PAST_DIRECT;

    for (size_t i = 0; i <= CHECK_WORKERS; i++)
        if (o->seconds[i] != NULL && sl_second_weakest(o->seconds[i]) > weakest)
            weakest = sl_second_weakest(o->seconds[i]);
    if (weakest == SL_PAST_CACHE)
        sl_verdict_reason(v, _("the second reading of the card may have come from memory: this "
                               "place cannot be read past the cache"));
    if (o->identity.totals.mhl_files > 0)
        sl_verdict_reason(v, _("a manifest (ASC MHL) is on the card, and this version does not "
                               "compare with it"));
    const char *remark = sl_card_remark(o->card);
    if (remark != NULL)
        sl_verdict_remark(v, "%s", remark);
}

/* 4. Nothing was left out. */
static void judge_skipped(const struct offload *o, struct sl_verdict *v)
{
    for (size_t i = 0; i < o->skipped && i < SKIPPED_SHOWN; i++)
        sl_verdict_reason(v, "%s", o->skipped_shown[i]);
    if (o->skipped > SKIPPED_SHOWN)
        sl_verdict_reason(v, _("%" PRIu64 " more were left out"), o->skipped - SKIPPED_SHOWN);
}

static bool has_proved(const struct seat *s)
{
    return !s->lost && s->waiting == 0 && !s->memory_proof;
}

static void judge_seat(const struct seat *s, struct sl_verdict *v)
{
    if (s->lost)
        sl_verdict_reason(v,
                          _("keeper '%s' lacks something of this roll: an earlier run left it out, "
                            "or neither it nor the spool had room"),
                          s->info->alias);
    else if (s->waiting > 0)
        sl_verdict_reason(v,
                          _("%" PRIu64
                            " objects wait in the spool until keeper '%s' has proved them; when "
                            "it is back run the same offload again, or: safelight send"),
                          s->waiting, s->info->alias);
    else if (s->memory_proof)
        sl_verdict_reason(v,
                          _("keeper '%s' lies in memory or cannot be read past the cache: it "
                            "proves nothing"),
                          s->info->alias);
}

/* The disk that a keeper counts as: the person's word, else what the kernel says. */
static void disk_of(const struct seat *s, char ret[SL_KEEPER_LABELS_MAX + 1], bool *word)
{
    sl_keeper_label(s->info, "device", ret);
    *word = ret[0] != '\0';
    if (!*word)
        (void)snprintf(ret, SL_KEEPER_LABELS_MAX + 1, "disk:%s", s->disk);
    if (!*word && s->disk[0] == '\0')
        (void)snprintf(ret, SL_KEEPER_LABELS_MAX + 1, "%s:%s", s->far ? "far" : "unknown",
                       s->far ? s->info->alias : "");
}

/* Proved keepers, each physical disk counted once. */
static unsigned count_disks(const struct offload *o, struct sl_verdict *v)
{
    char disks[SL_KEEPERS_MAX][SL_KEEPER_LABELS_MAX + 1];
    unsigned count = 0, shared = 0, words = 0;

    for (size_t i = 0; i < o->seat_count; i++) {
        bool word = false, seen = false;
        if (!has_proved(&o->seats[i]))
            continue;
        disk_of(&o->seats[i], disks[count], &word);
        words += word ? 1 : 0;
        for (unsigned d = 0; d < count && !seen; d++)
            seen = strcmp(disks[d], disks[count]) == 0;
        shared += seen ? 1 : 0;
        count += seen ? 0 : 1;
    }
    if (words > 0)
        sl_verdict_remark(v,
                          _("that %u keepers lie on the disks named with device= is your word; it "
                            "was not checked"),
                          words);
    if (shared > 0)
        sl_verdict_remark(v, _("%u keepers share a disk with another and count once"), shared);
    return count;
}

/* 3. At least k+1 keepers on different disks have proved everything. */
static void judge_keepers(const struct offload *o, struct sl_verdict *v)
{
    v->need = o->in->vault->need;
    v->keepers = (unsigned)o->seat_count;
    for (size_t i = 0; i < o->seat_count; i++) {
        judge_seat(&o->seats[i], v);
        if (!has_proved(&o->seats[i]))
            continue;
        v->proved++;
        v->far += o->seats[i].far ? 1 : 0;
    }
    unsigned disks = count_disks(o, v);
    v->may_be_lost = disks > v->need ? disks - v->need : 0;
    if (disks <= v->need)
        sl_verdict_reason(v,
                          _("%u keepers on different disks have proved their shards; %u are needed "
                            "for any loss to be survived"),
                          disks, v->need + 1);
    for (size_t i = 0; i < o->in->vault->keeper_count; i++)
        if ((o->in->without >> i & 1) != 0)
            sl_verdict_remark(v, _("keeper '%s' was left out by your own word"),
                              o->in->vault->keepers[i].alias);
}

static void say_verdict(struct sl_verdict *v)
{
    if (!v->safe) {
        (void)snprintf(v->sentence, sizeof v->sentence, "%s",
                       _("not yet safe: do not format this card"));
        return;
    }
    char place[160];
    if (v->far == 0)
        (void)snprintf(place, sizeof place, "%s", _("none of them is out of this machine's reach"));
    else
        (void)snprintf(place, sizeof place,
                       N_("%u of them is out of this machine's reach",
                          "%u of them are out of this machine's reach", v->far),
                       v->far);
    (void)snprintf(v->sentence, sizeof v->sentence,
                   _("safe to format: any %u of the %u keepers that proved may be lost; %s"),
                   v->may_be_lost, v->proved, place);
}

void sl_offload_judge(struct offload *o, struct sl_verdict *v)
{
    judge_reading(o, v);
    judge_skipped(o, v);
    judge_keepers(o, v);
    if (!o->state.whole)
        sl_verdict_reason(v, _("the roll did not come to its end"));
    v->safe = v->reason_count == 0;
    say_verdict(v);
}
