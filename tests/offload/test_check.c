/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The stages seal and check with something altered in memory between them: whatever stands in the
 * shards that are decoded is found out before anything leaves. Which shards those are moves on from
 * pack to pack, so that none is always left out.
 */
#include "check.h"
#include "fake/vault.h"
#include "offload/inside.h"

#define NEED    2u
#define KEEPERS 3u
#define BYTES   300000u

struct scene {
    struct offload o;
    struct sl_offload_in in;
    struct sl_voice voice;
    struct sl_vault *vault;
    char dir[FOLDER_TEXT];
    uint64_t number; /* of the pack, and so of the first seat that is decoded */
    void (*before)(struct scene *s, struct flight *f);  /* seal */
    void (*between)(struct scene *s, struct flight *f); /* seal and check */
    unsigned left;                                      /* shards that went on to be sent */
};

static void say(void *who, enum sl_level level, const char *text)
{
    (void)who;
    (void)level;
    (void)text;
}

static void scene_new(struct scene *s)
{
    static const uint8_t more[] = { 2 };
    static uint8_t bytes[BYTES];
    char path[FOLDER_TEXT * 2];

    *s = (struct scene){ .voice.say = say };
    folder_new(NULL, s->dir);
    s->vault = fake_vault(s->dir, KEEPERS, NEED);
    for (size_t i = 0; i < BYTES; i++)
        bytes[i] = (uint8_t)(i * 31 + i / 251);
    (void)snprintf(path, sizeof path, "%s/a.bin", s->dir);
    CHECK_EQ(folder_write(path, bytes, BYTES), 0);
    s->in = (struct sl_offload_in){ .os = sl_os_real(), .voice = &s->voice, .vault = s->vault };
    struct offload *o = &s->o;
    o->in = &s->in;
    o->os = sl_os_real();
    o->more_count = KEEPERS - NEED;
    o->seat_count = KEEPERS;
    for (unsigned i = 0; i < KEEPERS; i++)
        o->seats[i] = (struct seat){ .info = &s->vault->keepers[i], .place = i };
    CHECK_EQ(sl_card_open(o->os, s->dir, &o->card, NULL), SL_OK);
    CHECK_EQ(sl_writing_new(o->os, s->vault, &o->session, NULL), SL_OK);
    CHECK_EQ(sl_code_new(NEED, NULL, more, 1, &o->code, NULL), SL_OK);
    struct flight *f = &o->flights[0];
    CHECK_EQ(sl_pack_new(NEED, &f->pack, NULL), SL_OK);
    f->heads = aligned_alloc(4096, KEEPERS * SL_SHARD_HEAD_BYTES);
    f->more = aligned_alloc(4096, SL_SLICE_BYTES);
    f->stretches.paths = sl_buf_upto(4096);
    if (f->heads == NULL || f->more == NULL)
        abort();
}

static void scene_end(struct scene *s)
{
    struct offload *o = &s->o;

    sl_pack_free(o->flights[0].pack);
    free(o->flights[0].heads);
    free(o->flights[0].more);
    free(o->flights[0].stretches.at);
    sl_buf_clear(&o->flights[0].stretches.paths);
    sl_aead_free(o->seals[0]);
    sl_second_free(o->seconds[0]);
    sl_code_free(o->code);
    sl_writing_free(o->session);
    sl_card_free(o->card);
    sl_vault_free(s->vault);
    folder_remove(s->dir);
}

/* ---- the line: feed, seal, (alter), check, count ---- */

static void read_card(struct scene *s, struct flight *f)
{
    struct sl_pack_head head = { .locker = s->vault->lockers[0].id, .number = s->number };
    struct sl_view path = { (const uint8_t *)"a.bin", 5 };
    struct sl_card_stamp stamp = { 0 };
    struct sl_buf bytes = sl_buf_upto(BYTES);
    char text[FOLDER_TEXT * 2];
    struct stat st;

    (void)snprintf(text, sizeof text, "%s/a.bin", s->dir);
    CHECK_EQ(stat(text, &st), 0);
    stamp.size = BYTES;
    stamp.mtime_s = st.st_mtim.tv_sec;
    stamp.mtime_ns = (uint32_t)st.st_mtim.tv_nsec;
    memcpy(head.production, s->vault->production, sizeof head.production);
    memcpy(head.session, s->o.session->session.session, sizeof head.session);
    sl_pack_begin(f->pack, &head);
    f->stretches.count = 0;
    f->stretches.paths.len = 0;
    CHECK_EQ(sl_flight_note(f, path, &stamp, 0, 0, BYTES, NULL), SL_OK);
    for (size_t i = 0; i < BYTES; i++) {
        uint8_t one = (uint8_t)(i * 31 + i / 251);
        CHECK_EQ(sl_buf_put(&bytes, (struct sl_view){ &one, 1 }, NULL), SL_OK);
    }
    sl_pack_append(f->pack, sl_buf_view(&bytes));
    f->content = BYTES;
    sl_buf_clear(&bytes);
}

static sl_rc feed(void *job, void *item, struct sl_line *line, struct sl_err *err)
{
    struct scene *s = (struct scene *)job; /* struct offload is its first member */

    (void)item;
    read_card(s, &s->o.flights[0]);
    if (s->before != NULL)
        s->before(s, &s->o.flights[0]);
    sl_line_end(line);
    return sl_line_pass(line, &s->o.flights[0], err);
}

static sl_rc alter(void *job, void *item, struct sl_line *line, struct sl_err *err)
{
    struct scene *s = job;

    if (s->between != NULL)
        s->between(s, item);
    return sl_line_pass(line, item, err);
}

static sl_rc count(void *job, void *item, struct sl_line *line, struct sl_err *err)
{
    struct scene *s = job;

    (void)line;
    (void)err;
    s->left++;
    free(item);
    return SL_OK;
}

static void leave(void *item)
{
    (void)item;
}

static sl_rc run(struct scene *s, struct sl_err *err)
{
    static const struct sl_stage stages[] = {
        { "feed", feed, leave, 1, 0 },   { "seal", sl_offload_seal, leave, 1, 1 },
        { "alter", alter, leave, 1, 1 }, { "check", sl_offload_check, leave, 1, 1 },
        { "count", count, free, 1, 9 },
    };

    s->left = 0;
    return sl_line_run(stages, sizeof stages / sizeof *stages, true, s, err);
}

/* ---- what is altered ---- */

static unsigned seat_altered;
static uint64_t byte_altered;

static void alter_shard(struct scene *s, struct flight *f)
{
    (void)s;
    ((uint8_t *)(uintptr_t)f->slices[seat_altered])[byte_altered] ^= 8;
}

static void alter_nonce(struct scene *s, struct flight *f)
{
    (void)s;
    f->pack->nonce[5] ^= 1;
}

static void alter_head(struct scene *s, struct flight *f)
{
    (void)s;
    f->pack->head.number++;
}

static void alter_content(struct scene *s, struct flight *f)
{
    (void)s;
    f->pack->payload[SL_PACK_HEAD_BYTES + byte_altered] ^= 1; /* within the first chunk */
}

static void alter_claim(struct scene *s, struct flight *f)
{
    (void)s;
    f->content--; /* the last byte would count as padding */
}

static void forget_a_byte(struct scene *s, struct flight *f)
{
    (void)s;
    f->stretches.at[0].offset++;
    f->stretches.at[0].bytes--;
}

static void check__lets_a_good_pack_through(void)
{
    struct scene s;

    scene_new(&s);
    for (s.number = 0; s.number < 7; s.number++) {
        struct sl_err err = { 0 };
        CHECK_EQ(run(&s, &err), SL_OK);
        CHECK_EQ(s.left, KEEPERS);
        CHECK(s.o.flights[0].pack->key.bytes == NULL); /* wiped when its check has passed */
        if (err.text[0] != '\0')
            printf("# %s\n", err.text);
    }
    scene_end(&s);
}

/* Every seat is decoded from in two packs of any three; an altered byte of it is found there. */
static void check__finds_an_altered_byte_of_each_shard(void)
{
    static const uint64_t at[] = {
        0, 1, 65552, 100000, 250000, SL_SLICE_BYTES / 2, SL_SLICE_BYTES - 1
    };
    struct scene s;

    scene_new(&s);
    s.between = alter_shard;
    for (seat_altered = 0; seat_altered < KEEPERS; seat_altered++) {
        for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
            unsigned found = 0;
            byte_altered = at[i];
            for (s.number = 0; s.number < KEEPERS; s.number++) {
                sl_rc rc = run(&s, NULL);
                CHECK(rc == SL_OK || rc == SL_E_BROKEN);
                CHECK_EQ(s.left, rc == SL_OK ? KEEPERS : 0);
                found += rc == SL_E_BROKEN;
            }
            CHECK_EQ(found, NEED);
        }
    }
    scene_end(&s);
}

static void check__finds_what_else_is_altered(void)
{
    static const struct {
        const char *what;
        void (*before)(struct scene *s, struct flight *f);
        void (*between)(struct scene *s, struct flight *f);
        const char *words;
    } rows[] = {
        { "the nonce", NULL, alter_nonce, "" },
        { "what the entry will say", NULL, alter_head, "another pack" },
        { "content before it is sealed", alter_content, NULL, "two readings of 'a.bin' differ" },
        { "how much content there is", NULL, alter_claim, "after the content" },
        { "where content lies", NULL, forget_a_byte, "two readings of 'a.bin' differ" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene s;
        struct sl_err err = { 0 };
        scene_new(&s);
        byte_altered = 777;
        s.before = rows[i].before;
        s.between = rows[i].between;
        CHECK_EQ(run(&s, &err), SL_E_BROKEN);
        CHECK_EQ(s.left, 0);
        CHECK(strstr(err.text, rows[i].words) != NULL && strstr(err.text, "checking pack") != NULL);
        if (strstr(err.text, rows[i].words) == NULL)
            printf("# %s: %s\n", rows[i].what, err.text);
        scene_end(&s);
    }
}

/* The byte is named, counted in the file. */
static void check__says_which_byte_differs(void)
{
    struct scene s;
    struct sl_err err = { 0 };

    scene_new(&s);
    s.before = alter_content;
    byte_altered = 4321;
    CHECK_EQ(run(&s, &err), SL_E_BROKEN);
    CHECK(strstr(err.text, "at byte 4321:") != NULL);
    scene_end(&s);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(check__lets_a_good_pack_through),
        CASE(check__finds_an_altered_byte_of_each_shard),
        CASE(check__finds_what_else_is_altered),
        CASE(check__says_which_byte_differs),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
