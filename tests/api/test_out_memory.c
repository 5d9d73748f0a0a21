/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A restore needs no more memory for a hundred thousand small files than for one (design, section
 * 8). Each run is a process of its own, so that its peak is its own.
 */
#include "api/hostile.h"

#define FILES_A_PART 50000u
#define FILE_BYTES   10u

static uint8_t content[FILES_A_PART * FILE_BYTES];

/* Two parts of 50,000 files each; one line has some 200 bytes. */
static void write_roll(struct world *w)
{
    struct hostile h;

    for (size_t i = 0; i < sizeof content; i++)
        content[i] = (uint8_t)(fault_mix(i) >> 32);
    hostile_begin(&h, w, 0);
    for (unsigned part = 0; part < 2; part++) {
        hostile_pack(&h, content, sizeof content);
        for (unsigned i = 0; i < FILES_A_PART; i++) {
            char path[64];
            (void)snprintf(path, sizeof path, "\"path\":\"%u/%02u/C%05u.XML\"", part, i % 100, i);
            hostile_file(&h, path, 2 * part, content, (size_t)i * FILE_BYTES, FILE_BYTES);
        }
        h.in_pack = true;
        hostile_part(&h, "MANY", part, part == 1, false);
    }
    hostile_end(&h);
}

static void restore_all(void *who)
{
    struct world *w = who;
    struct sl_restored r = { 0 };

    CHECK_EQ(world_restore(w, NULL, "camera/MANY", "back", &r), SL_OK);
    CHECK_EQ(r.files, 2 * FILES_A_PART);
    CHECK(out_peak_below(w->low_memory ? 64 : 256));
}

static sl_rc count(void *who, const struct sl_list_line *line, struct sl_err *err)
{
    size_t *lines = who;

    (void)line;
    (void)err;
    (*lines)++;
    return SL_OK;
}

static void list_all(void *who)
{
    struct world *w = who;
    struct sl_home_at at = world_at(w, "abroad");
    struct sl *sl = world_start(w, NULL);
    size_t lines = 0;

    CHECK_EQ(world_finish(w, sl, sl_list(sl, &at, "camera/MANY", true, count, &lines, &w->err)),
             SL_OK);
    CHECK_EQ(lines, 2 * FILES_A_PART);
    CHECK(out_peak_below(256));
}

static void restore__needs_little_memory_for_100000_files(void)
{
    struct world w;

    world_new(&w, 4, 3);
    write_roll(&w);
    for (int i = 0; i < 2; i++) {
        w.threads = true;
        w.low_memory = i == 1;
        CHECK_EQ(world_apart(restore_all, &w), 0);
        if (i == 0)
            CHECK_EQ(world_apart(restore_all, &w), 0); /* all of it there: each is hashed */
        out_drop(&w, "back");
    }
    CHECK_EQ(world_apart(list_all, &w), 0);
    out_end(&w);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(restore__needs_little_memory_for_100000_files),
    };

    return check_run(cases, sizeof cases / sizeof *cases);
}
