/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Another passphrase for a home, or for a kit.
 */
#include <stdlib.h>
#include <string.h>

#include "api/files.h"
#include "api/people.h"
#include "api/stream.h"
#include "api/vault.h"
#include "base/say.h"
#include "home/keys.h"
#include "home/passphrase.h"

/* A kit is replaced in one step: the part gets its name when it is whole. */
static sl_rc replace(struct sl *sl, const char *path, struct sl_view bytes, struct sl_err *err)
{
    SL_AUTO_CLEAR(out) out = { .fd = -1 };

    SL_TRY(sl_out_plan(sl, path, true, &out, err));
    out.private = true;
    SL_TRY(sl_out_begin(sl, &out, err));
    SL_TRY(sl_out_write(sl, &out, bytes, err));
    return sl_out_finish(&out, err);
}

static sl_rc change_kit(struct sl *sl, const struct sl_passphrase_new *job,
                        struct sl_passphrase_changed *ret, struct sl_err *err)
{
    SL_AUTO_FREE(secret) *file = NULL;
    SL_AUTO_FREE(secret) *words = NULL;
    SL_AUTO_FREE(secret) *resealed = NULL;
    SL_AUTO_FREE(vault) *kit = NULL;

    SL_TRY(sl_file_secret(sl, job->at.kit, SL_KIT_FILE_MAX, &file, err));
    sl_rc rc = sl_kit_read(sl_os_of(sl), sl_secret_expose(file), &job->at.from, NULL, &kit, err);
    if (rc != SL_OK)
        return sl_note(err, rc == SL_E_BROKEN ? SL_E_USAGE : rc, _("reading '%s'"),
                       sl_show(job->at.kit).text);
    SL_TRY(sl_people_new_passphrase(sl, &job->new_from, job->new_no_passphrase,
                                    _("new passphrase of the kit"), &words, err));
    SL_TRY(sl_kit_write(kit, words, job->at.low_memory, &resealed, err));
    ret->files = 1;
    return replace(sl, job->at.kit, sl_secret_expose(resealed), err);
}

sl_rc sl_passphrase_change(struct sl *sl, const struct sl_passphrase_new *job,
                           struct sl_passphrase_changed *ret, struct sl_err *err)
{
    SL_AUTO_FREE(home) *home = NULL;
    SL_AUTO_FREE(secret) *old = NULL;
    SL_AUTO_FREE(secret) *new = NULL;
    char path[SL_PATH_MAX];
    bool sealed = false;

    *ret = (struct sl_passphrase_changed){ 0 };
    if (job->at.kit != NULL)
        return change_kit(sl, job, ret, err);
    SL_TRY(sl_vault_home_path(&job->at, path, sizeof path, err));
    SL_TRY(sl_home_open(sl_os_of(sl), path, false, &home, err));
    SL_TRY(sl_home_is_sealed(home, &sealed, err));
    if (sealed)
        SL_TRY(sl_passphrase_read(sl_os_of(sl), &job->at.from, _("passphrase of this home"), false,
                                  &old, err));
    SL_TRY(sl_people_new_passphrase(sl, &job->new_from, job->new_no_passphrase,
                                    _("new passphrase of this home"), &new, err));
    struct sl_words_change change = { old, new, job->at.low_memory };
    return sl_home_reseal(home, &change, &ret->files, err);
}
