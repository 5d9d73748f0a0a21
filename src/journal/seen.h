/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A home's memory of the journal: how far every session of a known author had come when this home
 * last looked. Keepers that hide or roll back what it has seen are caught by it alone. It is one
 * file of the home, seen/seen.age, sealed to care:
 *
 *   bytes   what
 *   8       magic, "SLSEEN", a newline and a zero
 *   4       version, 1
 *   4       how many sessions, 65536 at most; the one seen first stands first
 *   32      production
 *   72 each session (32), how many entries it had (8, at least 1), hash of the last of them (32)
 *
 * A copy of an older one (a machine restored from a snapshot) knows less and accuses nobody.
 */
#pragma once

#include "base/voice.h"
#include "home/home.h"
#include "journal/load.h"

#define SL_SEEN_SESSIONS_MAX 65536u /* what is beyond is forgotten, the oldest first */
#define SL_SEEN_BYTES_MAX    (48u + 72u * SL_SEEN_SESSIONS_MAX)

/* Count into j->missing (and say in words) what this home saw before and no keeper gives; then
 * remember what this journal has seen besides. Nothing is ever forgotten or lowered, but beyond
 * the limit. A memory that cannot be read is set aside as seen/damaged.age, one that cannot be
 * stored is lost; `voice` (may be NULL) tells, and the journal stands. Fails only for want of
 * memory. */
sl_rc sl_journal_recall(struct sl_journal *j, struct sl_home *home, const struct sl_voice *voice,
                        struct sl_err *err);

/* ---- the file's content, opened: for tests and the fuzz target ---- */

struct sl_seen { /* `number` counts entries */
    struct sl_head *rows;
    size_t count;
};
void sl_seen_clear(struct sl_seen *s);
sl_rc sl_seen_write(const struct sl_seen *s, const uint8_t production[SL_PRODUCTION_BYTES],
                    struct sl_buf *out, struct sl_err *err);
/* SL_E_BROKEN; SL_E_REFUSED: of another production. The caller clears *ret. */
sl_rc sl_seen_read(struct sl_view in, const uint8_t production[SL_PRODUCTION_BYTES],
                   struct sl_seen *ret, struct sl_err *err);
