/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What keepers did: status names whoever lied or lacks something, --json of restore too.
 */
#include "base/say.h"
#include "cli/cmd.h"

bool sl_cli_keeper_troubled(const struct sl_keeper_report *k)
{
    return k->away || k->lied_shards + k->lied_slips + k->lacks_shards + k->lacks_slips > 0;
}

void sl_cli_keeper_warn(struct sl_cli_out *o, const struct sl_keeper_report *k)
{
    struct sl_cli_shown name = sl_cli_show(k->alias);
    const char *first = k->first_trouble;
    const char *turn = first[0] == '\0' ? "" : "\n  ";

    if (k->away)
        sl_cli_warn(o, _("keeper '%s' is away%s%s"), name.text, turn, first);
    if (k->lied_shards + k->lied_slips > 0)
        sl_cli_warn(o, _("keeper '%s' lied: wrong bytes for %llu shards and %llu slips%s%s"),
                    name.text, (unsigned long long)k->lied_shards,
                    (unsigned long long)k->lied_slips, turn, first);
    if (k->lacks_shards + k->lacks_slips > 0)
        sl_cli_warn(o, _("keeper '%s' lacks %llu shards and %llu slips%s%s"), name.text,
                    (unsigned long long)k->lacks_shards, (unsigned long long)k->lacks_slips,
                    k->lied_shards + k->lied_slips > 0 ? "" : turn,
                    k->lied_shards + k->lied_slips > 0 ? "" : first);
}

void sl_cli_keepers_json(struct sl_json_pen *p, const struct sl_keeper_report *k, unsigned count)
{
    sl_json_array(p, "keepers");
    for (unsigned i = 0; i < count; i++, k++) {
        sl_json_object(p, NULL);
        sl_cli_pen_name(p, "name", "name64", k->alias);
        sl_json_bool(p, "away", k->away);
        sl_json_u64(p, "lied_shards", k->lied_shards);
        sl_json_u64(p, "lied_slips", k->lied_slips);
        sl_json_u64(p, "lacks_shards", k->lacks_shards);
        sl_json_u64(p, "lacks_slips", k->lacks_slips);
        sl_json_u64(p, "gave_shards", k->gave_shards);
        sl_cli_pen_say(p, "first_trouble", k->first_trouble);
        sl_json_end(p);
    }
    sl_json_end(p);
}
