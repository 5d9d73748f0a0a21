/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The vault of vault.h as somebody has it in a production with trustees: a person, the public
 * block, trustees, sealed lockers, a test. What the home room only carries is made of marked bytes.
 */
#pragma once

#include "fake/vault.h"

static inline struct sl_buf fake_bytes(uint8_t mark, size_t count)
{
    struct sl_buf ret = sl_buf_upto(count);

    for (size_t i = 0; i < count; i++)
        if (sl_buf_put(&ret, (struct sl_view){ &mark, 1 }, NULL) != SL_OK)
            abort();
    return ret;
}

/* A person for `v`, three trustees, and no identity of a locker: they were wiped. */
static inline void fake_quorum(struct sl_vault *v, enum sl_role role)
{
    v->role = role;
    if (sl_age_identity_new(&v->person, NULL) != SL_OK)
        abort();
    v->quorum_bytes = 180;
    memset(v->quorum, 0x5a, v->quorum_bytes);
    v->quorum[15] = 3; /* m, as in docs/format/quorum.md */
    for (size_t i = 0; i < 3; i++) {
        struct sl_trustee_info *t = &v->trustees[v->trustee_count++];
        (void)snprintf(t->alias, sizeof t->alias, "t%zu", i + 1);
        t->recipient = v->lockers[i % 2].recipient;
    }
    for (size_t i = 0; i < v->locker_count; i++) {
        v->sealed[i] = fake_bytes((uint8_t)(0x10 + i), 290 + i);
        sl_age_identity_free(v->locker_identities[i]);
        v->locker_identities[i] = NULL;
    }
    v->test_locker = fake_bytes(0x20, 290);
    v->test_request = fake_bytes(0x21, 333);
}
