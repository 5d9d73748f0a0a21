/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The search for shards that fit, when every tag is right: for every place where one or two forged
 * shards can stand, a choice without them is found wherever enough others are there.
 */
#include "check.h"
#include "restore/inside.h"

struct forged {
    uint32_t mask; /* bit i: gathered shard i is forged */
    unsigned need;
    unsigned tries;
    bool sound; /* every choice so far was `need` different shards */
};

static bool opens(void *who, const struct gathered *g, const unsigned *chosen)
{
    struct forged *f = who;
    uint32_t seen = 0;

    f->tries++;
    for (unsigned i = 0; i < f->need; i++) {
        f->sound = f->sound && chosen[i] < g->count && (seen >> chosen[i] & 1) == 0;
        seen |= 1u << chosen[i];
    }
    return (seen & f->mask) == 0;
}

static unsigned bits(uint32_t mask)
{
    return (unsigned)__builtin_popcount(mask);
}

static bool finds(unsigned need, unsigned count, uint32_t mask)
{
    struct gathered g = { .count = count };
    struct forged f = { mask, need, 0, true };
    unsigned chosen[SL_NEED_MAX];

    bool found = sl_swap_search(&g, need, opens, &f, chosen);
    CHECK(f.sound);
    if (found)
        CHECK(opens(&f, &g, chosen)); /* what it says is what it tried */
    return found;
}

/* The first `need` were tried before and did not open: at least one of them is forged. */
static void search__finds_one_or_two_wherever_they_are(void)
{
    unsigned searched = 0;

    for (unsigned need = 1; need <= 6; need++) {
        for (unsigned count = need; count <= 9; count++) {
            for (uint32_t mask = 1; mask < 1u << count; mask++) {
                if (bits(mask) > 2 || (mask & ((1u << need) - 1)) == 0)
                    continue;
                bool possible = count - bits(mask) >= need;
                if (finds(need, count, mask) != possible)
                    printf("# need %u of %u, forged 0x%x\n", need, count, mask);
                CHECK_EQ(finds(need, count, mask), possible);
                searched++;
            }
        }
    }
    CHECK(searched > 500);
}

static void search__ends_where_nothing_can_open(void)
{
    CHECK(!finds(3, 3, 1));
    CHECK(!finds(3, 4, 3));
    CHECK(!finds(2, 8, 0xff));
    CHECK(!finds(16, 32, 7)); /* three at once: more than is looked for */
}

static void search__reaches_the_largest_vault(void)
{
    CHECK(finds(16, 32, 1u << 15));
    CHECK(finds(16, 32, 1u << 14 | 1u << 15));
    CHECK(finds(16, 18, 1u << 14 | 1u << 15));
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(search__finds_one_or_two_wherever_they_are),
        CASE(search__ends_where_nothing_can_open),
        CASE(search__reaches_the_largest_vault),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
