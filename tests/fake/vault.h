/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A vault for tests of the rooms below api: everything drawn, keepers in folders of a given place.
 */
#pragma once

#include <stdio.h>

#include "fake/folder.h"
#include "format/session.h"
#include "home/home.h"

/* n keepers at dir/k1 ..., any `need` suffice; lockers "camera" and "sound" with their identities.
 * The folders are not made. */
static inline struct sl_vault *fake_vault(const char *dir, unsigned keepers, unsigned need)
{
    static const char *const lockers[] = { "camera", "sound" };
    struct sl_vault *v = NULL;

    if (sl_crypto_start(sl_os_real(), NULL) != SL_OK || sl_vault_new(&v, NULL) != SL_OK)
        abort();
    (void)snprintf(v->alias, sizeof v->alias, "film");
    v->role = SL_ROLE_MAKER;
    v->need = (uint8_t)need;
    v->keeper_count = keepers;
    v->locker_count = 2;
    sl_random(v->production, sizeof v->production);
    for (unsigned i = 0; i < keepers; i++) {
        sl_id_draw(&v->keepers[i].id);
        v->keepers[i].shard = (uint8_t)i;
        (void)snprintf(v->keepers[i].alias, sizeof v->keepers[i].alias, "k%u", i + 1);
        (void)snprintf(v->keepers[i].url, sizeof v->keepers[i].url, "%s/k%u", dir, i + 1);
        (void)snprintf(v->keepers[i].labels, sizeof v->keepers[i].labels, "device=d%u", i + 1);
    }
    for (unsigned i = 0; i < 2; i++) {
        sl_id_draw(&v->lockers[i].id);
        (void)snprintf(v->lockers[i].alias, sizeof v->lockers[i].alias, "%s", lockers[i]);
        if (sl_age_identity_new(&v->locker_identities[i], NULL) != SL_OK)
            abort();
        sl_age_identity_recipient(v->locker_identities[i], &v->lockers[i].recipient);
    }
    if (sl_sign_key_new(&v->sign, NULL) != SL_OK ||
        sl_secret_new(SL_SESSION_KEY_BYTES, &v->state.bytes, NULL) != SL_OK ||
        sl_age_identity_new(&v->care_identity, NULL) != SL_OK)
        abort();
    sl_sign_key_public(&v->sign, v->maker);
    sl_age_identity_recipient(v->care_identity, &v->care);
    return v;
}
