/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The way in and what waits: offload and send as the public face gives them, and what all journeys
 * share (vault.h).
 */
#include "api/vault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "offload/offload.h"

#define PATH_ROOM 4096u

/* ---- home and voice ---- */

sl_rc sl_vault_home_path(const struct sl_home_at *at, char *ret, size_t room, struct sl_err *err)
{
    if (at->home == NULL)
        return sl_fail(err, SL_E_USAGE, _("no home: say --home DIR or set SAFELIGHT_HOME"));
    int len = snprintf(ret, room, "%s", at->home);
    if (len < 0 || (size_t)len >= room)
        return sl_fail(err, SL_E_USAGE, _("the path of the home is too long"));
    return SL_OK;
}

static bool stopped(void *who)
{
    return sl_go_on(who, NULL) != SL_OK;
}

static void say(void *who, enum sl_level level, const char *text)
{
    sl_tell(who, level, "%s", text);
}

static void progress(void *who, const struct sl_progress *p)
{
    sl_tell_progress(who, p);
}

struct sl_voice sl_vault_voice(struct sl *sl)
{
    return (struct sl_voice){ sl, stopped, say, progress };
}

sl_rc sl_vault_open(struct sl *sl, const struct sl_home_at *at, struct sl_vault_open *ret,
                    struct sl_err *err)
{
    char path[PATH_ROOM];

    *ret = (struct sl_vault_open){ .voice = sl_vault_voice(sl) };
    SL_TRY(sl_vault_home_path(at, path, sizeof path, err));
    SL_TRY(sl_home_open(sl_os_of(sl), path, false, &ret->home, err));
    return sl_home_load(ret->home, at->production, &at->from, NULL, &ret->vault, err);
}

void sl_vault_open_clear(struct sl_vault_open *o)
{
    sl_vault_free(o->vault);
    sl_home_free(o->home);
    *o = (struct sl_vault_open){ 0 };
}

/* ---- offload ---- */

static sl_rc find_locker(const struct sl_vault *v, const char *name, int *ret, struct sl_err *err)
{
    *ret = name != NULL ? sl_vault_locker(v, name) : -1;
    if (*ret >= 0)
        return SL_OK;
    char all[400] = "";
    for (size_t i = 0; i < v->locker_count; i++) {
        size_t used = strlen(all);
        (void)snprintf(all + used, sizeof all - used, " %s", v->lockers[i].alias);
    }
    return sl_fail(err, SL_E_MISSING, _("this home has no locker '%s'; it has:%s"),
                   sl_show(name != NULL ? name : "").text, all);
}

static sl_rc without_bits(const struct sl_vault *v, const struct sl_offload *job, uint32_t *ret,
                          struct sl_err *err)
{
    *ret = 0;
    for (size_t i = 0; i < job->without_count; i++) {
        size_t place = 0;
        while (place < v->keeper_count && strcmp(v->keepers[place].alias, job->without[i]) != 0)
            place++;
        if (place == v->keeper_count)
            return sl_fail(err, SL_E_MISSING, _("this home knows no keeper '%s'"),
                           sl_show(job->without[i]).text);
        *ret |= 1u << place;
    }
    return SL_OK;
}

sl_rc sl_offload_card(struct sl *sl, const struct sl_offload *job, struct sl_verdict *verdict,
                      struct sl_err *err)
{
    SL_AUTO_CLEAR(vault_open) open = { 0 };
    struct sl_offload_in in = { .os = sl_os_of(sl),
                                .card = job->card,
                                .roll = job->roll,
                                .dry_run = job->dry_run,
                                .one_thread = job->one_thread,
                                .low_memory = job->at.low_memory };

    *verdict = (struct sl_verdict){ 0 };
    if (job->card == NULL || job->roll == NULL)
        return sl_fail(err, SL_E_USAGE, _("an offload needs a card and the name of a roll"));
    SL_TRY(sl_alias_check((struct sl_view){ (const uint8_t *)job->roll, strlen(job->roll) },
                          _("roll"), err));
    SL_TRY(sl_vault_open(sl, &job->at, &open, err));
    SL_TRY(find_locker(open.vault, job->locker, &in.locker, err));
    SL_TRY(without_bits(open.vault, job, &in.without, err));
    in.voice = &open.voice;
    in.home = open.home;
    in.vault = open.vault;
    sl_rc rc = sl_offload_run(&in, verdict, err);
    return rc == SL_OK || rc == SL_E_UNSAFE
               ? rc
               : sl_note(err, rc, _("offloading '%s'"), sl_show(job->card).text);
}

sl_rc sl_send_spool(struct sl *sl, const struct sl_home_at *at, struct sl_sent *ret,
                    struct sl_err *err)
{
    SL_AUTO_CLEAR(vault_open) open = { 0 };

    *ret = (struct sl_sent){ 0 };
    SL_TRY(sl_vault_open(sl, at, &open, err));
    SL_TRY(sl_offload_send(sl_os_of(sl), &open.voice, open.home, open.vault, ret, err));
    if (ret->waiting > 0)
        return sl_fail(err, SL_E_RETRY, _("%ju objects still wait for their keepers"),
                       (uintmax_t)ret->waiting);
    return SL_OK;
}
