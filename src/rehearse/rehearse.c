/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rehearsal from curtain to curtain; see rehearse.h. Stands at the top: above it is only the
 * command.
 */
#include "rehearse/rehearse.h"

#include <stdlib.h>

#include "base/say.h"
#include "rehearse/inside.h"

/* People's programs talk of every six words and every keeper that is away: detail here. */
static void overhear(void *who, enum sl_level level, const char *text)
{
    (void)level;
    sl_tell(who, SL_SAY_DETAIL, "%s", text);
}

static sl_rc play(struct sl_rehearsal *r, struct sl_err *err)
{
    sl_rc (*const acts[])(struct sl_rehearsal * r, struct sl_err * err) = {
        sl_act_card, sl_act_production, sl_act_offload, sl_act_look, sl_act_raids,
    };

    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
        SL_TRY(acts[i](r, err));
        SL_TRY(sl_go_on(r->sl, err));
    }
    return sl_act_table(r, err);
}

/* Whoever asked to keep it, or has a failure to look at, finds everything where it was. */
static sl_rc clear_stage(struct sl_rehearsal *r, sl_rc rc, struct sl_err *err)
{
    bool failed = rc != SL_OK && rc != SL_E_CANCELLED;
    struct sl_err trouble = { 0 };

    if (r->job->keep || failed) {
        sl_tell(r->sl, SL_SAY_INFO,
                _("everything of this rehearsal stays in '%s'\n"
                  "  it holds keys without a passphrase: remove it when you have seen enough"),
                sl_show(r->place.path).text);
        return rc;
    }
    sl_rc removed = sl_place_remove(r, &trouble);
    if (removed == SL_OK)
        return rc;
    if (rc != SL_OK) {
        sl_tell(r->sl, SL_SAY_WARNING, "%s", trouble.text);
        return rc;
    }
    if (err != NULL)
        *err = trouble;
    return sl_note(err, removed, _("removing the rehearsal's folder '%s'"),
                   sl_show(r->place.path).text);
}

sl_rc sl_rehearse_all(struct sl *sl, const struct sl_rehearse *job, struct sl_err *err)
{
    struct sl_rehearsal *r = calloc(1, sizeof *r);

    if (r == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("no memory for the rehearsal"));
    r->sl = sl;
    r->os = sl_os_of(sl);
    r->job = job;
    r->place.fd = -1;
    const struct sl_talk talk = { .who = sl, .say = overhear };
    sl_rc rc = sl_start(&talk, &r->quiet, err);
    if (rc == SL_OK)
        rc = sl_place_make(r, err);
    if (rc == SL_OK)
        rc = clear_stage(r, play(r, err), err);
    else if (r->place.made && r->place.fd >= 0)
        (void)sl_place_remove(r, NULL);
    if (r->place.fd >= 0)
        (void)r->os->close(r->os->self, r->place.fd);
    sl_end(r->quiet);
    free(r);
    return rc;
}
