/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is done to keepers in a raid, and what may be seen at one. A keeper's objects are told by
 * their size alone, as somebody sees them who has the disk and nothing else.
 */
#pragma once

#include "base/limits.h"
#include "base/os.h"

#define SL_SIGHT_NAMES 3u /* first names that are shown */

struct sl_sight {          /* all that one keeper's disk tells */
    uint64_t fulls, slips; /* objects of 4 MiB, of 64 KiB, */
    uint64_t others;       /* of any other size (must be none) */
    char folder[65];       /* the keeper's own folder in the folder it was given */
    char names[SL_SIGHT_NAMES][65];
};
/* Look at the keeper whose folder is `name` of `dir`. */
sl_rc sl_raid_sight(const struct sl_os *os, int dir, const char *name, struct sl_sight *ret,
                    struct sl_err *err);

struct sl_lies {                           /* how much a lying keeper was made to lie */
    uint64_t fulls, slips;                 /* objects it holds */
    uint64_t altered_fulls, altered_slips; /* a third of them, rounded up */
};
/* Alter every third shard and every third slip of the keeper `name` in place: a flipped bit,
 * another object's bytes, a shorter one, a longer one, in turn. Its files must have no other hard
 * links: what is altered here is altered there. */
sl_rc sl_raid_lie(const struct sl_os *os, int dir, const char *name, struct sl_lies *ret,
                  struct sl_err *err);

/* Secrets that were looked up in one tree and are then looked for in others. */
#define SL_KEYS_MAX 80u /* care, people, and every locker that a production can have */

struct sl_keys {
    unsigned count;
    unsigned char secret[SL_KEYS_MAX][32]; /* bytes of age identities */
};
/* Add every age identity that stands as text in the files beneath `name`, each once, to those that
 * are in *ret already. Files over 16 MiB are not read: a home holds none. */
sl_rc sl_keys_collect(const struct sl_os *os, int dir, const char *name, struct sl_keys *ret,
                      struct sl_err *err);
/* Count in how many places beneath `name` one of them stands: as age's text in either case, as
 * bytes, or as hex in either case. */
sl_rc sl_keys_seek(const struct sl_os *os, int dir, const char *name, const struct sl_keys *keys,
                   uint64_t *ret, struct sl_err *err);
void sl_keys_clear(struct sl_keys *keys);
