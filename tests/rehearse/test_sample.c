/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sample card is what the rehearsal says it is: really a film, really odd. Needs ffmpeg.
 */
#include "rehearse/sample.h"

#include "crypto/secret.h"
#include "stage.h"

static int has_ffmpeg(const struct stage *s)
{
    const char *const argv[] = { "ffmpeg", "-version", NULL };

    return s->os->run(s->os->self, argv, NULL) == 0;
}

static int plays(const struct stage *s, const char *path)
{
    char file[256];

    (void)snprintf(file, sizeof file, "file:%s", at_stage(s, path));
    const char *const argv[] = { "ffmpeg", "-nostdin", "-v",   "error", "-xerror", "-i",
                                 file,     "-f",       "null", "-",     NULL };
    return s->os->run(s->os->self, argv, NULL) == 0;
}

static void sample_card__plays_and_holds_every_oddity(void)
{
    static const char *const clips[] = {
        "card/PRIVATE/M4ROOT/CLIP/C0001.MP4",   "card/PRIVATE/M4ROOT/CLIP/C0003.MP4",
        "card/XDROOT/Clip/A001C001_251112.MXF", "card/XDROOT/Clip/A002C001_251112.MXF",
        "card/A003R1/A003C001_251112.MOV",      "card/SOUND/A101/A101_1.WAV",
    };
    struct stage s = stage_new();
    struct stat st;
    char head[65536] = "";

    put_folder(&s, "card");
    int dir = openat(s.dir, "card", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (!has_ffmpeg(&s)) {
        close(dir);
        stage_end(&s);
        check_skip("no ffmpeg here");
        return;
    }
    CHECK_EQ(sl_sample_card(s.os, dir, at_stage(&s, "card"), 3, NULL, NULL, NULL), SL_OK);
    for (size_t i = 0; i < sizeof clips / sizeof *clips; i++)
        CHECK(plays(&s, clips[i]));
    CHECK_EQ(fstatat(s.dir, "card/PRIVATE/M4ROOT/CLIP/C0003.MP4", &st, 0), 0);
    CHECK_EQ(st.st_size, 3 << 20);
    CHECK_EQ(fstatat(s.dir, "card/SOUND/A101/A101_1.WAV", &st, 0), 0);
    CHECK_EQ(st.st_mtim.tv_sec, 315532801);
    CHECK_EQ(st.st_mtim.tv_nsec, 987654321);
    CHECK_EQ(fstatat(s.dir, "card/A003R1/نمای دور ۲.MOV", &st, 0), 0);
    CHECK_EQ(st.st_mtim.tv_sec, -2);
    CHECK_EQ(fstatat(s.dir, "card/XDROOT/Edit/E0001E01.SMI", &st, 0), 0);
    CHECK_EQ(st.st_size, 0);
    CHECK_EQ(fstatat(s.dir, "card/PRIVATE/M4ROOT/GENERAL", &st, 0), 0);
    CHECK_EQ(st.st_mode & 07777, 0555);
    int fd = openat(s.dir, "card/SOUND/A101/A101_1.WAV", O_RDONLY | O_CLOEXEC);
    CHECK(read(fd, head, sizeof head) > 0);
    CHECK(memmem(head, sizeof head, "bext", 4) != NULL);
    close(fd);
    close(dir);
    stage_end(&s);
}

static int no_program(void *self, const char *const *argv, struct sl_buf *out)
{
    (void)self;
    (void)argv;
    (void)out;
    errno = ENOENT;
    return -1;
}

static void sample_card__says_how_to_go_on_without_ffmpeg(void)
{
    struct stage s = stage_new();
    struct sl_os bare = *s.os;
    struct sl_err err = { 0 };

    bare.run = no_program;
    CHECK_EQ(sl_sample_card(&bare, s.dir, s.path, 3, NULL, NULL, &err), SL_E_MISSING);
    CHECK(strstr(err.text, "apt install ffmpeg") != NULL);
    CHECK(strstr(err.text, "--card") != NULL);
    stage_end(&s);
}

int main(void)
{
    static const struct check_case cases[] = {
        CASE(sample_card__plays_and_holds_every_oddity),
        CASE(sample_card__says_how_to_go_on_without_ffmpeg),
    };
    return check_run(cases, sizeof cases / sizeof *cases);
}
