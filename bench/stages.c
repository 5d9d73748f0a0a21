/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What each stage of an offload costs on one core, measured alone, each through the rooms that the
 * offload itself uses. bench/run.py adds the lines up to the bound that an offload is held against.
 *
 * usage: stages FILE FOLDER    FILE: incompressible, on the file system that is measured; FOLDER:
 * new or empty, there too. Prints "name<TAB>seconds for each GiB of footage".
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/os.h"
#include "card/card.h"
#include "card/second.h"
#include "crypto/aead.h"
#include "crypto/age.h"
#include "crypto/derive.h"
#include "format/name.h"
#include "keeper/keeper.h"
#include "shard/shard.h"

#define NEED    3u
#define KEEPERS 5u
#define PACKS   16u /* in memory at once: far more than any cache */
#define ROUNDS  4u  /* each stage sees PACKS * ROUNDS packs */

#define PAYLOAD ((size_t)NEED * SL_SLICE_BYTES)
#define CHUNKS  (PAYLOAD / SL_AGE_SEALED_CHUNK) /* whole ones: enough for a measure */
#define PLAIN   (CHUNKS * SL_AGE_CHUNK_BYTES)
#define SPACING (PAYLOAD + SL_AGE_SEALED_CHUNK)

struct world {
    const struct sl_os *os;
    const char *file, *folder;
    int fd;               /* the file */
    struct sl_card *card; /* the file's folder */
    struct sl_card_stamp stamp;
    const char *name;                 /* of the file in it */
    uint8_t *plain, *sealed, *opened; /* PACKS of each, SPACING apart */
    uint8_t *shards;                  /* PACKS * KEEPERS full objects */
    uint8_t *scratch;
    struct sl_age_payload *payload;
    struct sl_aead *aead;
    struct sl_tag_key tags;
    struct sl_code *parity;
    struct sl_second *second;
    struct sl_sha256 *sha256;
    struct sl_keeper *keepers[KEEPERS];
    struct sl_id ids[KEEPERS];
};

static void die(const char *what, const struct sl_err *err)
{
    (void)fprintf(stderr, "stages: %s: %s\n", what, err->text[0] ? err->text : strerror(errno));
    exit(1);
}

#define MUST(call)                                                                                 \
    do {                                                                                           \
        if ((call) != SL_OK)                                                                       \
            die(#call, &err);                                                                      \
    } while (0)

static uint8_t *full_at(const struct world *w, unsigned pack, unsigned keeper)
{
    return w->shards + ((size_t)pack * KEEPERS + keeper) * SL_FULL_BYTES;
}

static uint8_t *slice_at(const struct world *w, unsigned pack, unsigned keeper)
{
    return full_at(w, pack, keeper) + SL_SHARD_HEAD_BYTES;
}

/* ---- the stages; each does one pack of one round ---- */

static void stage_read(struct world *w, unsigned pack, unsigned round)
{
    struct sl_err err = { 0 };
    off_t at = (off_t)(((uint64_t)round * PACKS + pack) * PLAIN % (w->stamp.size - PLAIN));

    if (sl_os_pread_all(w->os, w->fd, w->plain + pack * SPACING, PLAIN, at) != (ssize_t)PLAIN)
        die("reading", &err);
}

static void stage_second(struct world *w, unsigned pack, unsigned round)
{
    struct sl_err err = { 0 };
    uint64_t at = ((uint64_t)round * PACKS + pack) * PLAIN % (w->stamp.size - PLAIN);
    struct sl_view path = { (const uint8_t *)w->name, strlen(w->name) };
    const uint8_t *piece = NULL;
    size_t got = 0;

    for (uint64_t left = PLAIN; left > 0; left -= got, at += got)
        MUST(sl_second_read(w->second, path, &w->stamp, at, left, &piece, &got, &err));
}

static void stage_sha256(struct world *w, unsigned pack, unsigned round)
{
    (void)round;
    for (size_t i = 0; i < CHUNKS; i++)
        sl_sha256_put(w->sha256,
                      (struct sl_view){ w->plain + pack * SPACING + i * SL_AGE_CHUNK_BYTES,
                                        SL_AGE_CHUNK_BYTES });
}

static volatile uint64_t kept; /* so that no result is thrown away by the compiler */

static void stage_xxh128(struct world *w, unsigned pack, unsigned round)
{
    (void)round;
    kept += XXH3_128bits(w->plain + pack * SPACING, PLAIN).low64;
}

static void stage_seal(struct world *w, unsigned pack, unsigned round)
{
    (void)round;
    for (size_t i = 0; i < CHUNKS; i++)
        sl_age_chunk_seal(w->payload, i, false, w->plain + pack * SPACING + i * SL_AGE_CHUNK_BYTES,
                          SL_AGE_CHUNK_BYTES, w->sealed + pack * SPACING + i * SL_AGE_SEALED_CHUNK);
}

static void stage_code(struct world *w, unsigned pack, unsigned round)
{
    uint8_t *to[] = { slice_at(w, pack, 3), slice_at(w, pack, 4) };

    (void)round;
    sl_code_run_payload(w->parity, w->sealed + pack * SPACING, to);
}

static void stage_tags(struct world *w, unsigned pack, unsigned round)
{
    for (unsigned k = 0; k < KEEPERS; k++) {
        struct sl_shard_id id = { &w->tags, (uint64_t)round * PACKS + pack, (uint8_t)k };
        const uint8_t *slice = k < NEED ? w->sealed + pack * SPACING + (size_t)k * SL_SLICE_BYTES
                                        : slice_at(w, pack, k);
        sl_shard_head_make(w->aead, &id, slice, full_at(w, pack, k));
    }
}

/* Every choice of 3 of 5 in turn, as the offload varies them. */
static void stage_decode(struct world *w, unsigned pack, unsigned round)
{
    static const uint8_t choices[10][NEED] = { { 0, 1, 2 }, { 0, 1, 3 }, { 0, 1, 4 }, { 0, 2, 3 },
                                               { 0, 2, 4 }, { 0, 3, 4 }, { 1, 2, 3 }, { 1, 2, 4 },
                                               { 1, 3, 4 }, { 2, 3, 4 } };
    const uint8_t *have = choices[(round * PACKS + pack) % 10];
    const uint8_t *from[NEED];
    struct sl_err err = { 0 };
    struct sl_slices s;
    struct sl_view view;

    for (unsigned i = 0; i < NEED; i++)
        from[i] = have[i] < NEED ? w->sealed + pack * SPACING + (size_t)have[i] * SL_SLICE_BYTES
                                 : slice_at(w, pack, have[i]);
    MUST(sl_slices_over(NEED, have, from, &s, &err));
    for (size_t i = 0; i < CHUNKS; i++) {
        MUST(sl_slices_view(&s, i * SL_AGE_SEALED_CHUNK, SL_AGE_SEALED_CHUNK, w->scratch, &view,
                            &err));
        kept += view.at[0];
    }
}

static void stage_open(struct world *w, unsigned pack, unsigned round)
{
    struct sl_err err = { 0 };

    (void)round;
    for (size_t i = 0; i < CHUNKS; i++) {
        struct sl_view in = { w->sealed + pack * SPACING + i * SL_AGE_SEALED_CHUNK,
                              SL_AGE_SEALED_CHUNK };
        MUST(sl_age_chunk_open(w->payload, i, false, in,
                               w->opened + pack * SPACING + i * SL_AGE_CHUNK_BYTES, &err));
    }
}

static void stage_compare(struct world *w, unsigned pack, unsigned round)
{
    struct sl_err err = { 0 };

    (void)round;
    if (memcmp(w->plain + pack * SPACING, w->opened + pack * SPACING, PLAIN) != 0)
        die("opened packs are not what was sealed", &err);
}

static void object_of(unsigned pack, unsigned round, struct sl_object *ret)
{
    static const uint8_t zero[8];
    uint64_t number = (uint64_t)round * PACKS + pack;

    ret->kind = SL_OBJECT_FULL;
    memset(ret->name, 0, sizeof ret->name);
    memcpy(ret->name + sizeof zero, &number, sizeof number);
    ret->name[0] = (uint8_t)(number * 37u);
}

static void pieces_of(const struct world *w, unsigned pack, unsigned k, struct sl_view ret[2])
{
    const uint8_t *slice =
        k < NEED ? w->sealed + pack * SPACING + (size_t)k * SL_SLICE_BYTES : slice_at(w, pack, k);

    ret[0] = (struct sl_view){ full_at(w, pack, k), SL_SHARD_HEAD_BYTES };
    ret[1] = (struct sl_view){ slice, SL_SLICE_BYTES };
}

static void stage_write(struct world *w, unsigned pack, unsigned round)
{
    struct sl_err err = { 0 };
    struct sl_object name;
    struct sl_view pieces[2];

    object_of(pack, round, &name);
    for (unsigned k = 0; k < KEEPERS; k++) {
        pieces_of(w, pack, k, pieces);
        MUST(sl_keeper_put(w->keepers[k], &name, pieces, 2, &err));
    }
}

static void stage_back(struct world *w, unsigned pack, unsigned round)
{
    struct sl_err err = { 0 };
    struct sl_object name;
    struct sl_view pieces[2];
    enum sl_proof proof = SL_PROOF_NONE;

    object_of(pack, round, &name);
    for (unsigned k = 0; k < KEEPERS; k++) {
        pieces_of(w, pack, k, pieces);
        MUST(sl_keeper_prove(w->keepers[k], &name, pieces, 2, w->scratch, &proof, &err));
    }
}

/* ---- the world ---- */

static uint8_t *pages(size_t bytes)
{
    uint8_t *at = aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);

    if (at == NULL)
        exit(1);
    memset(at, 0x5a, bytes); /* fresh memory would be measured instead */
    return at;
}

static void open_card(struct world *w)
{
    struct sl_err err = { 0 };
    struct stat st;
    char *folder = strdup(w->file);
    char *slash = folder != NULL ? strrchr(folder, '/') : NULL;

    if (slash == NULL)
        die("FILE is not a path from /", &err);
    w->fd = w->os->open(w->os->self, SL_OS_CWD, w->file, O_RDONLY, 0, 0);
    if (w->fd < 0 || w->os->fstat(w->os->self, w->fd, &st) != 0)
        die(w->file, &err);
    w->stamp = (struct sl_card_stamp){ (uint64_t)st.st_size, st.st_mtim.tv_sec,
                                       (uint32_t)st.st_mtim.tv_nsec };
    if (w->stamp.size < 2 * PLAIN)
        die("FILE is too small to be measured with", &err);
    w->name = strrchr(w->file, '/') + 1;
    *slash = '\0';
    MUST(sl_card_open(w->os, folder, &w->card, &err));
    MUST(sl_second_new(w->card, &w->second, &err));
    free(folder);
}

static void open_keepers(struct world *w)
{
    struct sl_err err = { 0 };
    char path[SL_PATH_MAX];

    for (unsigned k = 0; k < KEEPERS; k++) {
        (void)snprintf(path, sizeof path, "%s/%u", w->folder, k);
        if (w->os->mkdirat(w->os->self, SL_OS_CWD, path, 0700) != 0)
            die(path, &err);
        sl_id_draw(&w->ids[k]);
        MUST(sl_keeper_open(w->os, path, &w->ids[k], true, &w->keepers[k], &err));
    }
}

static void open_crypto(struct world *w)
{
    static const uint8_t want[] = { 3, 4 }, zero[32];
    struct sl_err err = { 0 };
    struct sl_age_key key = { 0 };

    MUST(sl_secret_copy((struct sl_view){ zero, SL_AGE_FILE_KEY_BYTES }, &key.bytes, &err));
    MUST(sl_secret_copy((struct sl_view){ zero, sizeof zero }, &w->tags.bytes, &err));
    MUST(sl_age_payload_new(&key, zero, &w->payload, &err));
    MUST(sl_aead_new(&w->aead, &err));
    MUST(sl_sha256_new(&w->sha256, &err));
    MUST(sl_code_new(NEED, NULL, want, sizeof want, &w->parity, &err));
    sl_secret_free(key.bytes);
}

static void measure(struct world *w, const char *name,
                    void (*stage)(struct world *, unsigned, unsigned))
{
    uint64_t begin = w->os->monotonic_ns(w->os->self);

    for (unsigned round = 0; round < ROUNDS; round++)
        for (unsigned pack = 0; pack < PACKS; pack++)
            stage(w, pack, round);
    double s = (double)(w->os->monotonic_ns(w->os->self) - begin) / 1e9;
    printf("%s\t%.4f\n", name, s / ((double)PLAIN * PACKS * ROUNDS) * (double)(1u << 30));
    (void)fflush(stdout);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*work)(struct world *, unsigned, unsigned);
    } stages[] = {
        { "read", stage_read },
        { "second reading", stage_second },
        { "SHA-256", stage_sha256 },
        { "xxh128", stage_xxh128 },
        { "seal", stage_seal },
        { "code", stage_code },
        { "tags", stage_tags },
        { "decode", stage_decode },
        { "open again", stage_open },
        { "compare", stage_compare },
        { "write new files", stage_write },
        { "read them back", stage_back },
    };
    struct sl_err err = { 0 };
    struct world w = { .os = sl_os_real() };

    if (argc != 3) {
        (void)fprintf(stderr, "usage: stages FILE FOLDER\n");
        return 2;
    }
    w.file = argv[1];
    w.folder = argv[2];
    MUST(sl_crypto_start(w.os, &err));
    w.plain = pages(PACKS * SPACING);
    w.sealed = pages(PACKS * SPACING);
    w.opened = pages(PACKS * SPACING);
    w.shards = pages((size_t)PACKS * KEEPERS * SL_FULL_BYTES);
    w.scratch = pages(SL_KEEPER_SCRATCH);
    open_card(&w);
    open_keepers(&w);
    open_crypto(&w);
    for (size_t i = 0; i < sizeof stages / sizeof *stages; i++)
        measure(&w, stages[i].name, stages[i].work);
    return 0;
}
