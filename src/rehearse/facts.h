/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a card was, written down before the raid, and held against what came back after it: every
 * path, type, mode (but setuid and setgid, which restore never sets), time to the nanosecond, size
 * and SHA-256, and nothing beside them. The facts
 * stand in a file, in the order of the walk: no memory grows with the card.
 */
#pragma once

#include "base/limits.h"
#include "base/os.h"

#define SL_FACTS_SHOWN 8u /* differences told in words; the rest is counted */

/* Called after every piece that was read; failing stops the work. */
typedef sl_rc sl_facts_tick(void *who, uint64_t bytes, const char *path, struct sl_err *err);

struct sl_facts_job {
    const struct sl_os *os;
    int dir;             /* folder of the facts file */
    const char *file;    /* its name there */
    sl_facts_tick *tick; /* may be NULL */
    void *who;
};

struct sl_facts { /* what was walked */
    uint64_t files, folders, bytes;
    uint64_t left_out; /* links and special files: told, never followed, not expected back */
};

/* Walk the card at `path`, read every file, write the facts file (which must not exist). */
sl_rc sl_facts_record(const struct sl_facts_job *job, const char *path, struct sl_facts *ret,
                      struct sl_err *err);

struct sl_facts_verdict {
    struct sl_facts same; /* came back exactly */
    uint64_t missing;     /* stand in the facts and not here */
    uint64_t extra;       /* stand here and not in the facts */
    uint64_t differ;      /* are on both sides and not the same */
    unsigned told;
    char tell[SL_FACTS_SHOWN][256]; /* "'A001/x.mxf' has another content"; escaped */
};
/* Hold what lies at `path` against the facts. SL_OK when the comparison was made, whatever it
 * found: sl_facts_agree() says whether all is as it was. */
sl_rc sl_facts_compare(const struct sl_facts_job *job, const char *path,
                       struct sl_facts_verdict *ret, struct sl_err *err);
bool sl_facts_agree(const struct sl_facts_verdict *v);
