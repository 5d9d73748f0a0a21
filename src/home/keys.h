/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What else lies in a home under its passphrase: who the person is, a trustee's share, and kits,
 * which are files of their own. One passphrase for all of a home; changing it seals everything
 * anew, file by file.
 *
 * A share always lies in two files of equal look, in random order (section 5.2 of the design): one
 * under the home's passphrase, one under words that were drawn and that nobody knows.
 */
#pragma once

#include "home/home.h"

/* ---- the person ---- */

bool sl_home_has_person(struct sl_home *h);
/* Unlock the person of a home. *words as sl_home_load() gives it. SL_E_MISSING: the home has none,
 * and the sentence says how to make one. The caller owns *ret and *words. */
sl_rc sl_home_person(struct sl_home *h, const struct sl_passphrase_from *from,
                     struct sl_secret **words, struct sl_age_identity **ret, struct sl_err *err);
/* Keep the person of a home, once: an age identity file with the name as a comment. `words` NULL:
 * without a passphrase. SL_E_REFUSED where there is one already. */
sl_rc sl_home_person_store(struct sl_home *h, const char *name,
                           const struct sl_age_identity *person, const struct sl_secret *words,
                           bool low_memory, struct sl_err *err);

/* ---- a trustee's share ---- */

/* Keep a share (its bytes, docs/format/quorum.md), before the vault is stored; what an interrupted
 * attempt left is replaced. `words` NULL: the two files are sealed to the person, and to nobody. */
sl_rc sl_home_share_store(struct sl_home *h, const struct sl_vault *v,
                          const struct sl_secret *share, const struct sl_secret *words,
                          bool low_memory, struct sl_err *err);
/* SL_E_MISSING: this home is no trustee's. SL_E_BROKEN: neither of the two opens. */
sl_rc sl_home_share_load(struct sl_home *h, const struct sl_vault *v, const struct sl_secret *words,
                         struct sl_secret **ret, struct sl_err *err);

/* ---- kits ---- */

#define SL_KIT_FILE_MAX (SL_VAULT_TEXT_MAX + (64u << 10)) /* bytes of a kit's file */

/* The bytes of a kit's file, a vault of role SL_ROLE_CAPTURE: sealed under `words`, or in the clear
 * where that is NULL. The caller owns *ret. */
sl_rc sl_kit_write(const struct sl_vault *v, const struct sl_secret *words, bool low_memory,
                   struct sl_secret **ret, struct sl_err *err);
/* Read a kit's file; its folder in a home is filled in. SL_E_BROKEN: this is no kit; SL_E_REFUSED:
 * a wrong passphrase. *words as sl_home_load() gives it. */
sl_rc sl_kit_read(const struct sl_os *os, struct sl_view file,
                  const struct sl_passphrase_from *from, struct sl_secret **words,
                  struct sl_vault **ret, struct sl_err *err);

/* ---- another passphrase ---- */

struct sl_words_change { /* either may be NULL: no passphrase */
    const struct sl_secret *old, *new;
    bool low_memory;
};
/* Whether anything in the home lies under a passphrase. */
sl_rc sl_home_is_sealed(struct sl_home *h, bool *ret, struct sl_err *err);
/* Seal everything that `old` opens under `new`; *files counts. What opens under `new` already was
 * done by an interrupted run. Each file is replaced in one step. SL_E_REFUSED: something opens
 * under neither, and is named; nothing was changed then. */
sl_rc sl_home_reseal(struct sl_home *h, const struct sl_words_change *c, unsigned *files,
                     struct sl_err *err);
