/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What came of it, in a table that a person understands, and the judgement: all agrees, or it does
 * not. Last act of a rehearsal; see inside.h.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/say.h"
#include "rehearse/inside.h"

#define FAULTS_BYTES 400u

const char *sl_bytes_words(uint64_t bytes, char ret[32])
{
    static const char *const units[] = { "bytes", "kB", "MB", "GB", "TB" };
    uint64_t tenths = bytes * 10;
    size_t unit = 0;

    if (bytes < 1000) {
        (void)snprintf(ret, 32, "%llu bytes", (unsigned long long)bytes);
        return ret;
    }
    while (tenths >= 10000 && unit + 1 < sizeof units / sizeof *units) {
        tenths = (tenths + 500) / 1000;
        unit++;
    }
    (void)snprintf(ret, 32, "%llu.%llu %s", (unsigned long long)(tenths / 10),
                   (unsigned long long)(tenths % 10), units[unit]);
    return ret;
}

static uint64_t mb_per_s(uint64_t bytes, uint64_t ms)
{
    return bytes / 1000 / (ms > 0 ? ms : 1);
}

/* ---- judging ---- */

static const struct sl_keeper_report *report_of(const struct sl_restored *res, unsigned keeper)
{
    char alias[32];

    (void)snprintf(alias, sizeof alias, "pretend-%u", keeper);
    for (unsigned i = 0; i < res->keeper_count; i++)
        if (strcmp(res->keepers[i].alias, alias) == 0)
            return &res->keepers[i];
    return NULL;
}

/* Whether the restore says of this keeper what was done to it: a liar lied, a wiped one was away or
 * lacks things, and of the others nothing is said. */
static bool named_rightly(const struct sl_raid *raid, unsigned keeper)
{
    const struct sl_keeper_report *k = report_of(&raid->restored, keeper);

    if (k == NULL)
        return false;
    bool lied = k->lied_shards + k->lied_slips > 0;
    bool lacks = k->away || k->lacks_shards + k->lacks_slips > 0;
    if (keeper == raid->liar)
        return lied && !lacks;
    if (keeper == raid->wiped[0] || keeper == raid->wiped[1])
        return lacks && !lied;
    return !lied && !lacks;
}

static void add_fault(char faults[FAULTS_BYTES], const char *text)
{
    size_t used = strlen(faults);

    (void)snprintf(faults + used, FAULTS_BYTES - used, "\n  %s", text);
}

static void judge_raid(const struct sl_rehearsal *r, const struct sl_raid *raid,
                       char faults[FAULTS_BYTES])
{
    const struct sl_restored *res = &raid->restored;
    char text[160];

    if (!raid->done) {
        add_fault(faults, _("a raid did not take place"));
        return;
    }
    if (raid->false_by != 0 && !raid->false_named)
        add_fault(faults, _("a trustee's false answer was not named"));
    if (!sl_facts_agree(&raid->facts)) {
        (void)snprintf(text, sizeof text, _("%llu missing, %llu not the same, %llu too many"),
                       (unsigned long long)raid->facts.missing,
                       (unsigned long long)raid->facts.differ,
                       (unsigned long long)raid->facts.extra);
        add_fault(faults, text);
        for (unsigned i = 0; i < raid->facts.told; i++)
            sl_tell(r->sl, SL_SAY_WARNING, "  %s", raid->facts.tell[i]);
    }
    if (res->files != r->card.files || res->bytes != r->card.bytes || res->failed_files != 0)
        add_fault(faults, _("restore reports other numbers of files or bytes than came back"));
    for (unsigned i = 1; i <= SL_PRETEND_KEEPERS; i++) {
        if (named_rightly(raid, i))
            continue;
        (void)snprintf(text, sizeof text, _("restore says of keeper pretend-%u what is not so"), i);
        add_fault(faults, text);
    }
}

/* ---- telling ---- */

#define TABLE_BYTES 900u /* of one message */

struct table { /* lines, told together */
    char text[TABLE_BYTES];
};

SL_PRINTF(2, 3)
static void add_line(struct table *t, const char *fmt, ...)
{
    size_t used = strlen(t->text);
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(t->text + used, sizeof t->text - used, fmt, ap);
    va_end(ap);
}

static void add_liar(struct table *t, const struct sl_raid *raid)
{
    const struct sl_keeper_report *k = report_of(&raid->restored, raid->liar);

    if (raid->liar == 0)
        return;
    if (k != NULL && k->lied_shards + k->lied_slips > 0)
        add_line(t, _("\n    liar named   pretend-%u, seen in shards: %llu, in slips: %llu"),
                 raid->liar, (unsigned long long)k->lied_shards, (unsigned long long)k->lied_slips);
    else
        add_line(t, _("\n    liar named   NO: pretend-%u was believed"), raid->liar);
}

static void add_lost(struct table *t, const struct sl_raid *raid)
{
    if (raid->wiped[0] == 0)
        add_line(t, _("\n    lost         nothing"));
    else if (raid->liar == 0)
        add_line(t,
                 _("\n    lost         card, capture machine, maker, keepers pretend-%u and "
                   "pretend-%u"),
                 raid->wiped[0], raid->wiped[1]);
    else
        add_line(t,
                 _("\n    lost         card, capture machine, maker, keeper pretend-%u; pretend-%u "
                   "lies"),
                 raid->wiped[0], raid->liar);
}

static void add_opened(struct table *t, const struct sl_raid *raid)
{
    add_line(t, _("\n    opened by    %s and %s, for the editor"), sl_who_alias(raid->yes[0]),
             sl_who_alias(raid->yes[1]));
    if (raid->false_by != 0)
        add_line(t, _("\n    false answer %s: %s"), sl_who_alias(raid->false_by),
                 raid->false_named ? _("named, not counted") : _("NOT named"));
}

static void add_raid(struct table *t, const struct sl_rehearsal *r, const struct sl_raid *raid)
{
    const struct sl_facts *same = &raid->facts.same;
    char words[32];

    add_lost(t, raid);
    add_opened(t, raid);
    add_line(t, _("\n    came back    %llu of %llu files, %llu of %llu folders, %s"),
             (unsigned long long)same->files, (unsigned long long)r->card.files,
             (unsigned long long)same->folders, (unsigned long long)r->card.folders,
             sl_bytes_words(same->bytes, words));
    add_line(t, _("\n    compared     %s"),
             sl_facts_agree(&raid->facts) ? _("every byte, name, mode and time is as it was")
                                          : _("NOT as it was"));
    add_line(t, _("\n    speed        %.1f s, %llu MB/s"),
             (double)raid->restored.elapsed_ms / 1000.0,
             (unsigned long long)mb_per_s(raid->restored.bytes, raid->restored.elapsed_ms));
    add_liar(t, raid);
}

static void tell_table(const struct sl_rehearsal *r)
{
    const struct sl_verdict *v = &r->verdict;
    struct table first = { 0 }, second = { 0 }, third = { 0 };
    char words[32];

    add_line(&first, _("what came of it\n  offload with the kit"));
    add_line(&first, _("\n    taken        %llu files in %llu folders, %s"),
             (unsigned long long)v->files, (unsigned long long)v->folders,
             sl_bytes_words(v->bytes, words));
    add_line(&first, _("\n    speed        %.1f s, %llu MB/s"), (double)v->elapsed_ms / 1000.0,
             (unsigned long long)mb_per_s(v->bytes, v->elapsed_ms));
    add_line(&first, _("\n    keys on set  %llu of the %u of the other homes"),
             (unsigned long long)r->keys_on_set, r->keys_kept);
    add_line(&first, _("\n  the way out"));
    add_raid(&first, r, &r->rounds[0]);
    add_line(&first, _("\n    still shut   %s"), SL_SHUT_LOCKER);
    add_line(&second, _("  first raid"));
    add_raid(&second, r, &r->rounds[1]);
    add_line(&third, _("  second raid, from the same offload"));
    add_raid(&third, r, &r->rounds[2]);
    add_line(&third, _("\n  memory         %s at most"),
             sl_bytes_words(r->os->peak_bytes(r->os->self), words));
    sl_tell(r->sl, SL_SAY_INFO, "%s", first.text);
    sl_tell(r->sl, SL_SAY_INFO, "%s", second.text);
    sl_tell(r->sl, SL_SAY_INFO, "%s", third.text);
}

sl_rc sl_act_table(const struct sl_rehearsal *r, struct sl_err *err)
{
    char faults[FAULTS_BYTES] = "";

    tell_table(r);
    for (unsigned i = 0; i < SL_ROUNDS; i++)
        judge_raid(r, &r->rounds[i], faults);
    if (faults[0] != '\0')
        return sl_fail(err, SL_E_BROKEN, _("the rehearsal did not end as it should:%s"), faults);
    sl_tell(r->sl, SL_SAY_INFO, _("all agrees: the film came back bit for bit, three times"));
    return SL_OK;
}
