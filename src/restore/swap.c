/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * When every tag is right and the pack does not open, somebody who can make tags (whoever holds the
 * care key) has put other shards in place. Other choices of k are tried: suspects swapped one at a
 * time, then two; whoever never fits is the liar. See design section 4, "Shards".
 */
#include <string.h>

#include "restore/inside.h"

/* Put shard `in` (an index beyond the first `need`) in the place of `out` and try. */
static bool try_one(const struct gathered *g, unsigned need, sl_swap_try *opens, void *who,
                    unsigned *chosen)
{
    for (unsigned out = 0; out < need; out++) {
        for (unsigned in = need; in < g->count; in++) {
            chosen[out] = in;
            if (opens(who, g, chosen))
                return true;
        }
        chosen[out] = out;
    }
    return false;
}

static bool try_pair(const struct gathered *g, sl_swap_try *opens, void *who, unsigned *chosen,
                     unsigned need, unsigned out1, unsigned out2)
{
    for (unsigned in1 = need; in1 < g->count; in1++) {
        for (unsigned in2 = in1 + 1; in2 < g->count; in2++) {
            chosen[out1] = in1;
            chosen[out2] = in2;
            if (opens(who, g, chosen))
                return true;
        }
    }
    chosen[out1] = out1;
    chosen[out2] = out2;
    return false;
}

bool sl_swap_search(const struct gathered *g, unsigned need, sl_swap_try *opens, void *who,
                    unsigned *chosen)
{
    for (unsigned i = 0; i < need; i++)
        chosen[i] = i;
    if (try_one(g, need, opens, who, chosen))
        return true;
    for (unsigned a = 0; a < need; a++)
        for (unsigned b = a + 1; b < need; b++)
            if (try_pair(g, opens, who, chosen, need, a, b))
                return true;
    return false;
}
