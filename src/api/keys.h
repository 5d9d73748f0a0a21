/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whom an age file is sealed to, and who may open it: lists of recipients and identities as
 * people write them, in words of the command and in files (age's own formats). Between the
 * command's words and crypto/age.h.
 */
#pragma once

#include "api/stream.h"
#include "crypto/age.h"

#define SL_KEY_FILE_BYTES_MAX (1u << 20) /* of one recipients or identity file */

struct sl_recipients {
    size_t count;
    struct sl_age_recipient *list; /* SL_AGE_STANZAS_MAX places, allocated once */
};
void sl_recipients_clear(struct sl_recipients *r);

/* Read everything that `job` names. Files hold one recipient a line; empty lines and lines that
 * start with '#' are skipped. SSH keys and plugins are SL_E_USAGE, by name. `out` is judged to be
 * none of the files. The caller clears *ret, also on failure. */
sl_rc sl_recipients_read(const struct sl *sl, const struct sl_seal *job, const struct sl_out *out,
                         struct sl_recipients *ret, struct sl_err *err);

struct sl_identities {
    size_t count;
    struct sl_age_identity **list; /* SL_AGE_STANZAS_MAX places, allocated once */
};
void sl_identities_clear(struct sl_identities *i);

/* Read every identity file of `job`: one identity a line, comments as above, as age-keygen writes
 * them; or an age file (armored or not) of that under a passphrase, which is asked for. The
 * caller clears *ret, also on failure. */
sl_rc sl_identities_read(const struct sl *sl, const struct sl_unseal *job, const struct sl_out *out,
                         struct sl_identities *ret, struct sl_err *err);
