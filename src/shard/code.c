/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shards from shards, by ISA-L: further slices from the data slices on the way in, a lost slice
 * from any `need` others in repair. Works in windows so that inputs and outputs stay in a core's
 * second-level cache however many there are.
 */
#include <assert.h>
#include <isa-l/erasure_code.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "shard/inside.h"

/* What all inputs and outputs of one window take together: half of a small second-level cache. */
#define CACHE_BYTES  (256u << 10)
#define WINDOW_BYTES 4096u /* a window is a multiple of this */
#define COMPUTED     0xff  /* an output that equals no input */

struct sl_code {
    unsigned need;
    bool from_data;                 /* `have` is 0..need-1 */
    size_t count;                   /* outputs */
    size_t window;                  /* bytes of each input handled at once */
    uint8_t copy_of[SL_SHARDS_MAX]; /* for each output: the input that it equals, or COMPUTED */
    uint8_t tables[];               /* for the outputs that are computed, in their order */
};

static size_t window_for(size_t streams)
{
    size_t fits = CACHE_BYTES / streams / WINDOW_BYTES * WINDOW_BYTES;

    return fits > WINDOW_BYTES ? fits : WINDOW_BYTES;
}

static uint8_t input_of(unsigned need, const uint8_t *have, uint8_t number)
{
    for (unsigned i = 0; i < need; i++) {
        if (have[i] == number)
            return (uint8_t)i;
    }
    return COMPUTED;
}

sl_rc sl_code_new(unsigned need, const uint8_t *have, const uint8_t *want, size_t count,
                  struct sl_code **ret, struct sl_err *err)
{
    uint8_t from[SL_NEED_MAX], computed[SL_SHARDS_MAX], rows[SL_SHARDS_MAX * SL_NEED_MAX];
    size_t computed_count = 0;

    SL_TRY(sl_matrix_have(need, have, from, err));
    if (count > SL_SHARDS_MAX)
        return sl_fail(err, SL_E_USAGE, _("%zu shards at once: %u are the most there can be"),
                       count, SL_SHARDS_MAX);
    struct sl_code *c = calloc(1, sizeof *c + (size_t)SL_CODE_TABLE_BYTES * need * count);
    if (c == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    c->need = need;
    c->from_data = have == NULL;
    c->count = count;
    c->window = window_for(need + count);
    for (size_t i = 0; i < count; i++) {
        c->copy_of[i] = input_of(need, from, want[i]);
        if (c->copy_of[i] == COMPUTED)
            computed[computed_count++] = want[i];
    }
    sl_matrix_rows(need, from, computed, computed_count, rows);
    sl_matrix_tables(need, computed_count, rows, c->tables);
    *ret = c;
    return SL_OK;
}

void sl_code_free(struct sl_code *c)
{
    free(c);
}

static void run_window(const struct sl_code *c, const uint8_t *const *from, uint8_t *const *to,
                       size_t at, size_t len)
{
    uint8_t *in[SL_NEED_MAX], *out[SL_SHARDS_MAX];
    int computed = 0;

    for (unsigned i = 0; i < c->need; i++)
        in[i] = sl_matrix_plain(from[i]) + at;
    for (size_t i = 0; i < c->count; i++) {
        if (c->copy_of[i] == COMPUTED)
            out[computed++] = to[i] + at;
        else
            memcpy(to[i] + at, in[c->copy_of[i]], len);
    }
    if (computed > 0)
        ec_encode_data((int)len, (int)c->need, computed, sl_matrix_plain(c->tables), in, out);
}

void sl_code_run(const struct sl_code *c, const uint8_t *const *from, uint8_t *const *to,
                 size_t len)
{
    assert(c != NULL);
    for (size_t at = 0; at < len; at += c->window)
        run_window(c, from, to, at, len - at < c->window ? len - at : c->window);
}

void sl_code_run_payload(const struct sl_code *c, const uint8_t *payload, uint8_t *const *to)
{
    const uint8_t *from[SL_NEED_MAX];

    assert(c->from_data);
    for (unsigned i = 0; i < c->need; i++)
        from[i] = payload + (size_t)i * SL_SLICE_BYTES;
    sl_code_run(c, from, to, SL_SLICE_BYTES);
}

sl_rc sl_code_rebuild(unsigned need, const uint8_t *have, const uint8_t *const *from, uint8_t want,
                      uint8_t *to, struct sl_err *err)
{
    SL_AUTO_FREE(code) *code = NULL;

    SL_TRY(sl_code_new(need, have, &want, 1, &code, err));
    sl_code_run(code, from, &to, SL_SLICE_BYTES);
    return SL_OK;
}
