/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether it is the same card: a hash over the walk, and over samples of its largest files. See
 * card.h for what exactly is hashed.
 */
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "card/inside.h"

struct large { /* one of the largest files so far */
    struct sl_card_stamp stamp;
    size_t path_bytes;
    uint8_t path[SL_PATH_MAX];
};

struct sl_largest { /* the largest first */
    size_t count;
    struct large file[SL_CARD_SAMPLED_FILES];
};

static void sl_largest_free(struct sl_largest *l)
{
    if (l == NULL)
        return;
    sl_wipe(l, sizeof *l); /* names of the card */
    free(l);
}
SL_OWNED(largest)

/* Equal ones stay in the order of the walk: a newcomer goes behind them. */
static void consider(struct sl_largest *l, const struct sl_card_item *item)
{
    size_t place = l->count;

    if (item->type != SL_CARD_FILE || item->stamp.size == 0)
        return;
    while (place > 0 && l->file[place - 1].stamp.size < item->stamp.size)
        place--;
    if (place == SL_CARD_SAMPLED_FILES)
        return;
    if (l->count < SL_CARD_SAMPLED_FILES)
        l->count++;
    memmove(&l->file[place + 1], &l->file[place], (l->count - place - 1) * sizeof *l->file);
    l->file[place].stamp = item->stamp;
    l->file[place].path_bytes = item->path_bytes;
    memcpy(l->file[place].path, item->path, item->path_bytes);
}

static void hash_le(struct sl_sha256 *hash, uint64_t value, size_t bytes)
{
    uint8_t le[8];

    for (size_t i = 0; i < sizeof le; i++)
        le[i] = (uint8_t)(value >> (8 * i));
    sl_sha256_put(hash, (struct sl_view){ le, bytes });
}

static sl_rc hash_sample(struct sl_card *card, int fd, const struct large *file, uint64_t at,
                         size_t bytes, struct sl_sha256 *hash, struct sl_err *err)
{
    struct sl_view path = { file->path, file->path_bytes };
    uint8_t sample[SL_CARD_SAMPLES * SL_CARD_SAMPLE_BYTES];

    ssize_t got = sl_os_pread_all(card->os, fd, sample, bytes, (off_t)at);
    if (got < 0)
        return sl_card_trouble(path, err);
    if ((size_t)got != bytes)
        return sl_card_changed(path, _("it ends early"), err);
    hash_le(hash, path.len, 4);
    sl_sha256_put(hash, path);
    hash_le(hash, at, 8);
    hash_le(hash, bytes, 4);
    sl_sha256_put(hash, (struct sl_view){ sample, bytes });
    sl_wipe(sample, sizeof sample);
    return SL_OK;
}

static sl_rc hash_samples(struct sl_card *card, const struct large *file, struct sl_sha256 *hash,
                          struct sl_err *err)
{
    struct sl_view path = { file->path, file->path_bytes };
    SL_AUTO_FD fd = { .os = card->os, .fd = -1 };
    uint64_t size = file->stamp.size;

    SL_TRY(sl_card_open_file(card, path, &file->stamp, 0, &fd.fd, err));
    if (size <= SL_CARD_SAMPLES * SL_CARD_SAMPLE_BYTES)
        return hash_sample(card, fd.fd, file, 0, (size_t)size, hash, err);
    for (uint64_t i = 0; i < SL_CARD_SAMPLES; i++) {
        uint64_t at = i * (size - SL_CARD_SAMPLE_BYTES) / (SL_CARD_SAMPLES - 1);
        SL_TRY(hash_sample(card, fd.fd, file, at, SL_CARD_SAMPLE_BYTES, hash, err));
    }
    return SL_OK;
}

static sl_rc walk_all(struct sl_card *card, struct sl_largest *largest,
                      uint8_t hash[SL_SHA256_BYTES], struct sl_card_totals *totals,
                      struct sl_err *err)
{
    SL_AUTO_FREE(card_walk) *walk = NULL;
    struct sl_card_item item;
    bool more = false;

    SL_TRY(sl_card_walk_new(card, &walk, err));
    for (;;) {
        SL_TRY(sl_card_next(walk, &item, &more, err));
        if (!more)
            break;
        if (largest != NULL)
            consider(largest, &item);
    }
    sl_card_walk_now(walk, hash, totals);
    return SL_OK;
}

sl_rc sl_card_walk_whole(struct sl_card *card, uint8_t hash[SL_SHA256_BYTES],
                         struct sl_card_totals *totals, struct sl_err *err)
{
    return walk_all(card, NULL, hash, totals, err);
}

sl_rc sl_card_identify(struct sl_card *card, struct sl_card_identity *ret, struct sl_err *err)
{
    static const uint8_t domain[] = "safelight card 1"; /* its NUL counts */
    SL_AUTO_FREE(largest) *largest = calloc(1, sizeof *largest);
    SL_AUTO_FREE(sha256) *hash = NULL;
    struct sl_card_identity id = { 0 };

    if (largest == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory for walking the card"));
    SL_TRY(sl_sha256_new(&hash, err));
    SL_TRY(walk_all(card, largest, id.walk, &id.totals, err));
    sl_sha256_put(hash, (struct sl_view){ domain, sizeof domain });
    sl_sha256_put(hash, (struct sl_view){ id.walk, sizeof id.walk });
    for (size_t i = 0; i < largest->count; i++)
        SL_TRY(hash_samples(card, &largest->file[i], hash, err));
    sl_sha256_now(hash, id.card);
    *ret = id;
    return SL_OK;
}
