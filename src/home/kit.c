/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Kits: what lets a capture machine write, in one file. The vault of a machine that reads nothing,
 * under a passphrase. See keys.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/say.h"
#include "crypto/derive.h"
#include "home/inside.h"
#include "home/keys.h"
#include "home/passphrase.h"

static const char SEALED[] = "age-encryption.org/v1\n", CLEAR[] = "safelight-home ";

sl_rc sl_kit_write(const struct sl_vault *v, const struct sl_secret *words, bool low_memory,
                   struct sl_secret **ret, struct sl_err *err)
{
    SL_AUTO_FREE(secret) *text = NULL;
    SL_AUTO_CLEAR(buf) sealed = { 0 };

    SL_TRY(sl_vault_write(v, &text, err));
    if (words == NULL) {
        *ret = SL_TAKE(text);
        return SL_OK;
    }
    SL_TRY(sl_home_seal(sl_secret_expose(text), words, low_memory, &sealed, err));
    return sl_secret_copy(sl_buf_view(&sealed), ret, err);
}

/* Where this kit's state and spool lie in a home: a name that says nothing to who lacks the kit. */
static void name_folder(struct sl_vault *v)
{
    static const char info[] = "safelight/1 kit folder";
    struct sl_id name;
    char hex[SL_FOLDER_TEXT];

    sl_hkdf_sha256(sl_secret_expose(v->state.bytes), (struct sl_view){ 0 },
                   (struct sl_view){ (const uint8_t *)info, sizeof info - 1 }, name.bytes,
                   sizeof name.bytes);
    sl_id_text(&name, hex);
    (void)snprintf(v->folder, sizeof v->folder, "kits/%s", hex);
}

static bool begins(struct sl_view in, const char *with)
{
    return in.len >= strlen(with) && memcmp(in.at, with, strlen(with)) == 0;
}

sl_rc sl_kit_read(const struct sl_os *os, struct sl_view file,
                  const struct sl_passphrase_from *from, struct sl_secret **words,
                  struct sl_vault **ret, struct sl_err *err)
{
    SL_AUTO_FREE(secret) *typed = NULL;
    SL_AUTO_FREE(secret) *text = NULL;
    SL_AUTO_FREE(vault) *v = NULL;

    if (begins(file, SEALED)) {
        SL_TRY(sl_passphrase_read(os, from, _("passphrase of the kit"), false, &typed, err));
        sl_rc rc =
            sl_age_open_passphrase(file, sl_secret_expose(typed), SL_AGE_WORK_MAX, &text, err);
        if (rc != SL_OK)
            return sl_note(err, rc, _("unlocking the kit"));
        file = sl_secret_expose(text);
    }
    if (!begins(file, CLEAR))
        return sl_fail(err, SL_E_BROKEN,
                       _("this is no kit\n  the maker of the production makes one: safelight kit"));
    SL_TRY(sl_vault_read(file, &v, err));
    if (v->role != SL_ROLE_CAPTURE || v->care_identity != NULL)
        return sl_fail(err, SL_E_BROKEN, _("this is no kit: it holds keys that read"));
    name_folder(v);
    if (words != NULL)
        *words = SL_TAKE(typed);
    *ret = SL_TAKE(v);
    return SL_OK;
}
