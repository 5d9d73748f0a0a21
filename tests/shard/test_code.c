/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The code: every shard is zfec's, any k give every other back, at every length.
 */
#include "shard/shard.h"

#include <stdbool.h>

#include "check.h"
#include "fill.h"

#define BLOCK      ((size_t)64)
#define FROZEN_SUM UINT64_C(0x27cb328381ee8e21)

/* All 256 shards of the short payload for this k (zfec_blocks.py makes the same). */
static void all_shards(unsigned need, uint8_t *ret)
{
    uint8_t data[SL_NEED_MAX * BLOCK], want[SL_SHARDS_MAX];
    const uint8_t *from[SL_NEED_MAX];
    uint8_t *to[SL_SHARDS_MAX];
    uint32_t state = need;
    SL_AUTO_FREE(code) *code = NULL;

    fill_drawn(data, need * BLOCK, &state);
    for (unsigned i = 0; i < need; i++)
        from[i] = data + i * BLOCK;
    for (unsigned i = 0; i < SL_SHARDS_MAX; i++) {
        want[i] = (uint8_t)i;
        to[i] = ret + i * BLOCK;
    }
    CHECK_EQ(sl_code_new(need, NULL, want, SL_SHARDS_MAX, &code, NULL), SL_OK);
    if (code != NULL)
        sl_code_run(code, from, to, BLOCK);
}

/* SHARD-2, SHARD-3 */
static void code__every_shard_of_every_k_is_what_zfec_makes(void)
{
    char command[512];
    const char *source = getenv("SL_SOURCE");
    bool told = false;

    (void)snprintf(command, sizeof command, "/usr/bin/python3 '%s/tests/shard/zfec_blocks.py'",
                   source != NULL ? source : ".");
    FILE *zfec = popen(command, "re");
    CHECK(zfec != NULL);
    if (zfec == NULL)
        return;
    for (unsigned need = 1; need <= SL_NEED_MAX; need++) {
        static uint8_t have[SL_SHARDS_MAX * BLOCK], want[SL_SHARDS_MAX * BLOCK];
        size_t got = fread(want, 1, sizeof want, zfec);
        if (need == 1 && got == 0)
            break; /* the exit status says why */
        CHECK_EQ(got, sizeof want);
        told = true;
        all_shards(need, have);
        for (unsigned j = 0; j < SL_SHARDS_MAX; j++) {
            if (memcmp(have + j * BLOCK, want + j * BLOCK, BLOCK) != 0)
                printf("# k %u, shard %u differs\n", need, j);
        }
        CHECK(memcmp(have, want, sizeof have) == 0);
    }
    int status = pclose(zfec);
    if (!told && WIFEXITED(status) && (WEXITSTATUS(status) == 77 || WEXITSTATUS(status) == 127))
        check_skip("python3-zfec is not installed");
    else
        CHECK_EQ(status, 0);
}

/* The same without zfec: a sum over all of it, frozen when it agreed with zfec. */
static void code__every_shard_of_every_k_is_what_it_was(void)
{
    uint64_t sum = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

    for (unsigned need = 1; need <= SL_NEED_MAX; need++) {
        static uint8_t have[SL_SHARDS_MAX * BLOCK];
        all_shards(need, have);
        for (size_t i = 0; i < sizeof have; i++)
            sum = (sum ^ have[i]) * UINT64_C(0x100000001b3);
    }
    CHECK(sum == FROZEN_SUM);
    if (sum != FROZEN_SUM)
        printf("# the sum is %#" PRIx64 "\n", sum);
}

/* From `have`, make every one of the 256 shards again. */
static void everything_from(unsigned need, const uint8_t *have, const uint8_t *shards)
{
    static uint8_t made[SL_SHARDS_MAX * BLOCK];
    const uint8_t *from[SL_NEED_MAX];
    uint8_t *to[SL_SHARDS_MAX], want[SL_SHARDS_MAX];
    SL_AUTO_FREE(code) *code = NULL;

    for (unsigned i = 0; i < need; i++)
        from[i] = shards + have[i] * BLOCK;
    for (unsigned i = 0; i < SL_SHARDS_MAX; i++) {
        want[i] = (uint8_t)(SL_SHARDS_MAX - 1 - i);
        to[i] = made + want[i] * BLOCK;
    }
    memset(made, 0, sizeof made);
    CHECK_EQ(sl_code_new(need, have, want, SL_SHARDS_MAX, &code, NULL), SL_OK);
    if (code == NULL)
        return;
    sl_code_run(code, from, to, BLOCK);
    CHECK(memcmp(made, shards, sizeof made) == 0);
}

static void code__any_k_shards_give_all_256(void)
{
    static uint8_t shards[SL_SHARDS_MAX * BLOCK];
    uint32_t state = 20;

    for (unsigned need = 1; need <= SL_NEED_MAX; need++) {
        uint8_t have[SL_NEED_MAX];
        all_shards(need, shards);
        for (unsigned round = 0; round < 60; round++) {
            draw_numbers(have, need, SL_SHARDS_MAX, &state);
            everything_from(need, have, shards);
        }
        for (unsigned i = 0; i < need; i++) /* nothing but the last shards there are */
            have[i] = (uint8_t)(SL_SHARDS_MAX - 1 - i);
        everything_from(need, have, shards);
        for (unsigned i = 0; i < need; i++) /* all data, in the wrong order */
            have[i] = (uint8_t)(need - 1 - i);
        everything_from(need, have, shards);
    }
}

static void code__every_choice_of_k_among_few_keepers_decodes(void)
{
    static uint8_t shards[SL_SHARDS_MAX * BLOCK];

    for (unsigned need = 1; need <= 5; need++) {
        all_shards(need, shards);
        for (unsigned set = 0; set < 1u << 9; set++) { /* shards 0..8 */
            uint8_t have[9];
            unsigned count = 0;
            if ((unsigned)__builtin_popcount(set) != need)
                continue;
            for (unsigned j = 0; j < 9; j++) {
                if (set & 1u << j)
                    have[count++] = (uint8_t)j;
            }
            everything_from(need, have, shards);
        }
    }
}

/* Windows, vector widths and their tails must not show. */
static void code__every_length_gives_the_same_bytes(void)
{
    static const size_t lengths[] = { 0,     1,     15,    16,    31,     32,     33,     63,
                                      64,    65,    127,   4095,  4096,   4097,   32767,  32768,
                                      32769, 65535, 65536, 65537, 100000, 131072, 262143, 262145 };
    enum { MOST = 262145, NEED = 3, MADE = 2 };
    static const uint8_t want[MADE] = { 4, 200 };
    static uint8_t data[NEED][MOST], whole[MADE][MOST], part[MADE][MOST + 1];
    const uint8_t *from[NEED] = { data[0], data[1], data[2] };
    uint8_t *to_whole[MADE] = { whole[0], whole[1] }, *to_part[MADE] = { part[0], part[1] };
    uint32_t state = 3;
    SL_AUTO_FREE(code) *code = NULL;

    fill_drawn(&data[0][0], sizeof data, &state);
    CHECK_EQ(sl_code_new(NEED, NULL, want, MADE, &code, NULL), SL_OK);
    for (size_t at = 0; at < MOST; at++) { /* a byte at a time: no vectors */
        const uint8_t *one[NEED] = { data[0] + at, data[1] + at, data[2] + at };
        uint8_t *to[MADE] = { to_whole[0] + at, to_whole[1] + at };
        sl_code_run(code, one, to, 1);
    }
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        size_t len = lengths[i];
        memset(part, 0xa5, sizeof part);
        sl_code_run(code, from, to_part, len);
        for (unsigned m = 0; m < MADE; m++) {
            CHECK(memcmp(part[m], whole[m], len) == 0);
            CHECK_EQ(part[m][len], 0xa5); /* and not one more */
        }
    }
}

static void code__a_whole_payload_is_coded_and_a_lost_slice_rebuilt(void)
{
    enum { NEED = 3 };
    static const uint8_t want[2] = { 3, 4 }, have[NEED] = { 4, 1, 3 };
    uint8_t *payload = bytes_or_die((size_t)NEED * SL_SLICE_BYTES);
    uint8_t *made = bytes_or_die((size_t)3 * SL_SLICE_BYTES), *again = made + 2 * SL_SLICE_BYTES;
    uint8_t *to[2] = { made, made + SL_SLICE_BYTES };
    const uint8_t *from[NEED] = { to[1], payload + SL_SLICE_BYTES, to[0] };
    uint32_t state = 7;
    SL_AUTO_FREE(code) *code = NULL;

    fill_drawn(payload, (size_t)NEED * SL_SLICE_BYTES, &state);
    CHECK_EQ(sl_code_new(NEED, NULL, want, 2, &code, NULL), SL_OK);
    sl_code_run_payload(code, payload, to);
    CHECK_EQ(sl_code_rebuild(NEED, have, from, 2, again, NULL), SL_OK);
    CHECK(memcmp(again, payload + 2 * (size_t)SL_SLICE_BYTES, SL_SLICE_BYTES) == 0);
    CHECK_EQ(sl_code_rebuild(NEED, have, from, 0, again, NULL), SL_OK);
    CHECK(memcmp(again, payload, SL_SLICE_BYTES) == 0);
    CHECK_EQ(sl_code_rebuild(NEED, have, from, 3, again, NULL), SL_OK); /* one that is had */
    CHECK(memcmp(again, to[0], SL_SLICE_BYTES) == 0);
    free(payload);
    free(made);
}

/* SHARD-1 */
static void code__refuses_what_cannot_be(void)
{
    static const uint8_t twice[] = { 5, 1, 5 }, fine[] = { 5, 1, 2 };
    static const uint8_t want[SL_SHARDS_MAX + 1] = { 9 };
    struct sl_code *code = NULL;
    struct sl_err err = { .rc = SL_OK };
    uint8_t byte = 0x5a;
    const uint8_t *from[SL_NEED_MAX] = { &byte };

    CHECK_EQ(sl_code_new(0, NULL, want, 1, &code, &err), SL_E_USAGE);
    CHECK_EQ(sl_code_new(SL_NEED_MAX + 1, NULL, want, 1, &code, &err), SL_E_USAGE);
    CHECK(strstr(err.text, "17") != NULL);
    CHECK_EQ(sl_code_new(3, twice, want, 1, &code, &err), SL_E_USAGE);
    CHECK(strstr(err.text, "shard 5") != NULL);
    CHECK_EQ(sl_code_new(3, fine, want, SL_SHARDS_MAX + 1, &code, &err), SL_E_USAGE);
    CHECK_EQ(sl_code_rebuild(3, twice, from, 9, &byte, &err), SL_E_USAGE);
    CHECK(code == NULL);
    CHECK_EQ(byte, 0x5a);
    CHECK_EQ(sl_code_new(3, fine, want, 0, &code, &err), SL_OK); /* nothing wanted */
    sl_code_free(code);
    sl_code_free(NULL);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(code__every_shard_of_every_k_is_what_zfec_makes),
        CASE(code__every_shard_of_every_k_is_what_it_was),
        CASE(code__any_k_shards_give_all_256),
        CASE(code__every_choice_of_k_among_few_keepers_decodes),
        CASE(code__every_length_gives_the_same_bytes),
        CASE(code__a_whole_payload_is_coded_and_a_lost_slice_rebuilt),
        CASE(code__refuses_what_cannot_be),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
