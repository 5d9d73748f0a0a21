/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who is who in a journal that was loaded: the maker, the trustees of the founding, and whom the
 * maker named since.
 */
#pragma once

#include "journal/load.h"

/* The role of an author's key, and its alias; 0 for a key that nobody named. A key that was taken
 * back keeps both. */
enum sl_role sl_journal_role_of(const struct sl_journal *j, const uint8_t key[SL_SIGN_PUBLIC_BYTES],
                                char alias[SL_ALIAS_MAX + 1]);
/* Whether the maker took that key back. */
bool sl_journal_revoked(const struct sl_journal *j, const uint8_t key[SL_SIGN_PUBLIC_BYTES]);
/* Whether anybody is called that. */
bool sl_journal_alias_taken(const struct sl_journal *j, const char *alias);
/* The key of somebody by alias, if the maker named them in that role. */
bool sl_journal_author_key(const struct sl_journal *j, const char *alias, enum sl_role role,
                           uint8_t key[SL_SIGN_PUBLIC_BYTES]);
/* The newest entry of a session before which nothing is missing; false where its first is. */
bool sl_journal_head(const struct sl_journal *j, size_t session, struct sl_head *ret);
