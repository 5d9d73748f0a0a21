/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What came of it, in a table that a person understands, and the judgement: all agrees, or it does
 * not. Last act of a rehearsal; see inside.h.
 */
#include <stdio.h>
#include <string.h>

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

static void tell_raid(const struct sl_rehearsal *r, const struct sl_raid *raid, const char *title,
                      const char *lost)
{
    const struct sl_facts *same = &raid->facts.same;
    char words[32];

    sl_tell(r->sl, SL_SAY_INFO, _("%s\n    lost         %s"), title, lost);
    sl_tell(r->sl, SL_SAY_INFO, _("    came back    %llu of %llu files, %llu of %llu folders, %s"),
            (unsigned long long)same->files, (unsigned long long)r->card.files,
            (unsigned long long)same->folders, (unsigned long long)r->card.folders,
            sl_bytes_words(same->bytes, words));
    sl_tell(r->sl, SL_SAY_INFO, _("    compared     %s"),
            sl_facts_agree(&raid->facts)
                ? _("every byte, name, mode and time is as it was; nothing more, nothing less")
                : _("NOT as it was"));
    sl_tell(r->sl, SL_SAY_INFO, _("    restored in  %.1f s (%llu MB/s)"),
            (double)raid->restored.elapsed_ms / 1000.0,
            (unsigned long long)mb_per_s(raid->restored.bytes, raid->restored.elapsed_ms));
}

static void tell_liar(const struct sl_rehearsal *r, const struct sl_raid *raid)
{
    const struct sl_keeper_report *k = report_of(&raid->restored, raid->liar);

    if (k != NULL && k->lied_shards + k->lied_slips > 0)
        sl_tell(
            r->sl, SL_SAY_INFO,
            _("    liar named   pretend-%u: %llu wrong shards, %llu wrong slips were asked for"),
            raid->liar, (unsigned long long)k->lied_shards, (unsigned long long)k->lied_slips);
    else
        sl_tell(r->sl, SL_SAY_INFO, _("    liar named   NO: pretend-%u was believed"), raid->liar);
}

sl_rc sl_act_table(const struct sl_rehearsal *r, struct sl_err *err)
{
    const struct sl_verdict *v = &r->verdict;
    char words[32], lost[128], faults[FAULTS_BYTES] = "";

    sl_tell(
        r->sl, SL_SAY_INFO,
        _("what came of it\n  the offload\n    taken        %llu files, %s, in %.1f s (%llu MB/s)"),
        (unsigned long long)v->files, sl_bytes_words(v->bytes, words),
        (double)v->elapsed_ms / 1000.0, (unsigned long long)mb_per_s(v->bytes, v->elapsed_ms));
    sl_tell(r->sl, SL_SAY_INFO, _("    a raid finds no key on set: %u looked for, %llu found"),
            r->keys_abroad, (unsigned long long)r->keys_on_set);
    (void)snprintf(lost, sizeof lost, _("card, home on set, keepers pretend-%u and pretend-%u"),
                   r->raids[0].wiped[0], r->raids[0].wiped[1]);
    tell_raid(r, &r->raids[0], _("  the first raid"), lost);
    (void)snprintf(lost, sizeof lost, _("card, home on set, keeper pretend-%u; pretend-%u lies"),
                   r->raids[1].wiped[0], r->raids[1].liar);
    tell_raid(r, &r->raids[1], _("  the second raid"), lost);
    tell_liar(r, &r->raids[1]);
    sl_tell(r->sl, SL_SAY_INFO, _("  memory         %s at most"),
            sl_bytes_words(r->os->peak_bytes(r->os->self), words));
    for (unsigned i = 0; i < SL_RAIDS; i++)
        judge_raid(r, &r->raids[i], faults);
    if (faults[0] != '\0')
        return sl_fail(err, SL_E_BROKEN, _("the rehearsal did not end as it should:%s"), faults);
    sl_tell(r->sl, SL_SAY_INFO, _("all agrees: the film came back bit for bit, twice"));
    return SL_OK;
}
