/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bytes for the shard room's tests: the same on every machine, easily made again elsewhere.
 */
#pragma once

#include <stdint.h>
#include <stdlib.h>

/* The worked example's payload (docs/format/shard.md): byte x is (x + 7 * (x / 251)) mod 256. */
static inline void fill_example(uint8_t *to, size_t len)
{
    for (size_t x = 0; x < len; x++)
        to[x] = (uint8_t)(x + 7 * (x / 251));
}

/* A small generator, made again in zfec_blocks.py. */
static inline uint32_t draw(uint32_t *state)
{
    *state = *state * 1103515245u + 12345u;
    return *state >> 16;
}

static inline void fill_drawn(uint8_t *to, size_t len, uint32_t *state)
{
    for (size_t i = 0; i < len; i++)
        to[i] = (uint8_t)draw(state);
}

static inline uint8_t *bytes_or_die(size_t len)
{
    uint8_t *p = malloc(len);

    if (p == NULL)
        abort();
    return p;
}

/* `count` different numbers below `below`, in an order drawn from *state. */
static inline void draw_numbers(uint8_t *to, unsigned count, unsigned below, uint32_t *state)
{
    uint8_t all[256];

    for (unsigned i = 0; i < below; i++)
        all[i] = (uint8_t)i;
    for (unsigned i = 0; i < count; i++) {
        unsigned from = i + draw(state) % (below - i);
        uint8_t swap = all[i];
        all[i] = all[from];
        all[from] = swap;
        to[i] = all[i];
    }
}
