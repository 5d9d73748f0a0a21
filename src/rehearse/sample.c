/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sample card: folders, clips by ffmpeg's generators, sidecars, then times and modes; see
 * sample.h. First thing in the flow of a rehearsal.
 */
#include "rehearse/sample.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/say.h"
#include "rehearse/tree.h"

#define SMALL_BYTES (64u << 20) /* everything but the big clip, rounded up generously */
#define PIECE_BYTES (1u << 20)
#define ARGS_MAX    40u
#define EDGE_BYTES  16u        /* of an ISO box with a 64-bit size: size 1, kind, size */
#define FIRST_MTIME 1762948800 /* 2025-11-12, a shooting day like any other */

static const char *const FOLDERS[] = {
    "AVF_INFO",
    "PRIVATE",
    "PRIVATE/M4ROOT",
    "PRIVATE/M4ROOT/CLIP",
    "PRIVATE/M4ROOT/SUB",
    "PRIVATE/M4ROOT/THMBNL",
    "PRIVATE/M4ROOT/GENERAL",
    "XDROOT",
    "XDROOT/Clip",
    "XDROOT/Edit",
    "XDROOT/Take",
    "A003R1",
    "SOUND",
    "SOUND/A101",
};
enum { FOLDER_COUNT = sizeof FOLDERS / sizeof *FOLDERS };

#define PICTURE "testsrc2=size=640x360:rate=25:duration=2"
#define SOUND   "sine=frequency=440:sample_rate=48000:duration=2"
#define H264    "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"
#define PRORES  "-c:v", "prores", "-profile:v", "0", "-c:a", "pcm_s16le"
#define BIG     "PRIVATE/M4ROOT/CLIP/C0003.MP4"

struct clip {
    const char *path;
    const char *picture, *sound; /* ffmpeg's generators; NULL: none */
    const char *args[14];
};

static const struct clip CLIPS[] = {
    { "PRIVATE/M4ROOT/CLIP/C0001.MP4", PICTURE, SOUND, { H264 } },
    { "PRIVATE/M4ROOT/CLIP/C0002.MP4",
      "mandelbrot=size=640x360:rate=25",
      SOUND,
      { "-t", "2", H264 } },
    { BIG, PICTURE, SOUND, { H264, "-movflags", "+faststart" } },
    { "PRIVATE/M4ROOT/SUB/C0001S03.MP4",
      "testsrc2=size=320x180:rate=25:duration=2",
      NULL,
      { H264 } },
    { "PRIVATE/M4ROOT/THMBNL/C0001T01.JPG", PICTURE, NULL, { "-frames:v", "1", "-update", "1" } },
    { "XDROOT/Clip/A001C001_251112.MXF",
      PICTURE,
      SOUND,
      { "-c:v", "mpeg2video", "-pix_fmt", "yuv422p", "-b:v", "20M", "-c:a", "pcm_s16le" } },
    { "XDROOT/Clip/A002C001_251112.MXF",
      PICTURE,
      SOUND,
      { "-c:v", "dnxhd", "-profile:v", "dnxhr_lb", "-pix_fmt", "yuv422p", "-c:a", "pcm_s16le" } },
    { "A003R1/A003C001_251112.MOV", PICTURE, SOUND, { PRORES } },
    { "A003R1/نمای دور ۲.MOV", "smptebars=size=640x360:rate=25:duration=2", SOUND, { PRORES } },
    { "SOUND/A101/A101_1.WAV",
      NULL,
      SOUND,
      { "-c:a", "pcm_s24le", "-write_bext", "1", "-metadata", "description=scene 12 take 3",
        "-metadata", "originator=rehearsal", "-metadata", "time_reference=0" } },
};
enum { CLIP_COUNT = sizeof CLIPS / sizeof *CLIPS };

struct note {
    const char *path, *text;
};

static const struct note NOTES[] = {
    { "PRIVATE/M4ROOT/CLIP/C0001M01.XML",
      "<NonRealTimeMeta><Duration value=\"50\"/></NonRealTimeMeta>\n" },
    { "PRIVATE/M4ROOT/CLIP/C0002M01.XML",
      "<NonRealTimeMeta><Duration value=\"50\"/></NonRealTimeMeta>\n" },
    { "PRIVATE/M4ROOT/CLIP/C0003M01.XML",
      "<NonRealTimeMeta><Duration value=\"50\"/></NonRealTimeMeta>\n" },
    { "PRIVATE/M4ROOT/MEDIAPRO.XML", "<MediaProfile><Contents/></MediaProfile>\n" },
    { "XDROOT/Clip/A001C001_251112M01.XML", "<NonRealTimeMeta/>\n" },
    { "XDROOT/Clip/A002C001_251112M01.XML", "<NonRealTimeMeta/>\n" },
    { "XDROOT/DISCMETA.XML", "<DiscMeta/>\n" },
    { "XDROOT/Edit/E0001E01.SMI", "" }, /* no bytes at all */
    { "AVF_INFO/AVIN0001.INP", "AVIN\n" },
    { "A003R1/.A003R1.sidecar", "{\"reel\":\"A003R1\"}\n" },
};
enum { NOTE_COUNT = sizeof NOTES / sizeof *NOTES };

struct odd { /* times and modes that are not like the others' */
    const char *path;
    mode_t mode;
    int64_t mtime_s;
    long mtime_ns;
};

static const struct odd ODD[] = {
    { "SOUND/A101/A101_1.WAV", 0640, 315532801, 987654321 }, /* 1980: a clock never set */
    { "A003R1/نمای دور ۲.MOV", 0755, -2, 7 },                /* before 1970 */
    { "XDROOT/DISCMETA.XML", 0444, 4102444800, 999999999 },  /* 2100, read-only */
    { "PRIVATE/M4ROOT/GENERAL", 0555, 315532800, 0 },        /* the empty folder */
    { "XDROOT/Take", 0700, FIRST_MTIME, 1 },
};

uint64_t sl_sample_bytes(unsigned clip_mb)
{
    return SMALL_BYTES + ((uint64_t)clip_mb << 20);
}

/* ---- clips ---- */

static size_t put_args(const char **argv, size_t count, const char *const *more)
{
    while (*more != NULL)
        argv[count++] = *more++;
    return count;
}

static sl_rc make_clip(const struct sl_os *os, const char *top, const struct clip *clip,
                       struct sl_err *err)
{
    static const char *const start[] = { "ffmpeg",    "-nostdin", "-hide_banner",
                                         "-loglevel", "error",    "-threads",
                                         "2",         NULL };
    const char *argv[ARGS_MAX] = { 0 };
    char out[SL_PATH_MAX];
    size_t count = put_args(argv, 0, start);

    if (clip->picture != NULL)
        count = put_args(argv, count, (const char *[]){ "-f", "lavfi", "-i", clip->picture, NULL });
    if (clip->sound != NULL)
        count = put_args(argv, count, (const char *[]){ "-f", "lavfi", "-i", clip->sound, NULL });
    count = put_args(argv, count, clip->args);
    int len = snprintf(out, sizeof out, "file:%s/%s", top, clip->path);
    if (len < 0 || (size_t)len >= sizeof out)
        return sl_fail(err, SL_E_USAGE, _("the rehearsal's folder has too long a path"));
    argv[count] = out;
    int status = os->run(os->self, argv, NULL);
    if (status == 127 || (status < 0 && errno == ENOENT))
        return sl_fail(err, SL_E_MISSING,
                       _("no ffmpeg here to make a sample card with\n"
                         "  install it (apt install ffmpeg), or rehearse on a card of your own: "
                         "safelight rehearse --card DIR"));
    if (status < 0)
        return sl_fail_errno(err, _("ffmpeg cannot be run"));
    if (status != 0)
        return sl_fail(err, SL_E_SYSTEM, _("ffmpeg could not make '%s' (it left with %d)"),
                       clip->path, status);
    return SL_OK;
}

static void put_be(uint8_t *to, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        to[i] = (uint8_t)(value >> (8 * (bytes - 1 - i)));
}

struct filler {
    const struct sl_os *os;
    sl_sample_tick *tick;
    void *who;
};

/* Draw `bytes` random bytes into the file from offset `at` on. */
static sl_rc put_random(const struct filler *f, int fd, off_t at, uint64_t bytes,
                        struct sl_err *err)
{
    uint8_t *piece = malloc(PIECE_BYTES);
    sl_rc rc = piece != NULL ? SL_OK : sl_fail_errno(err, _("no memory for the rehearsal"));

    for (uint64_t done = 0; rc == SL_OK && done < bytes; done += PIECE_BYTES) {
        size_t len = bytes - done < PIECE_BYTES ? (size_t)(bytes - done) : PIECE_BYTES;
        if (f->os->random(f->os->self, piece, len) != 0 ||
            sl_os_pwrite_all(f->os, fd, piece, len, at + (off_t)done) != 0)
            rc = sl_fail_errno(err, _("the sample clip '%s' cannot be written"), BIG);
        if (rc == SL_OK && f->tick != NULL)
            rc = f->tick(f->who, done, bytes, BIG, err);
    }
    free(piece);
    return rc;
}

/* Make the clip as long as asked: a box of kind "free" after the film, which every player skips,
 * filled with what nothing compresses. */
static sl_rc grow_clip(const struct filler *f, int dir, uint64_t bytes, struct sl_err *err)
{
    SL_AUTO_FD fd = { f->os, -1 };
    uint8_t edge[EDGE_BYTES] = { 0 };
    struct stat st;

    fd.fd = f->os->open(f->os->self, dir, BIG, O_RDWR, 0, 0);
    if (fd.fd < 0 || f->os->fstat(f->os->self, fd.fd, &st) != 0)
        return sl_fail_errno(err, _("the sample clip '%s' cannot be opened"), BIG);
    uint64_t have = (uint64_t)st.st_size + EDGE_BYTES;
    if (have >= bytes)
        return SL_OK;
    put_be(edge, 1, 4);
    memcpy(edge + 4, "free", 4);
    put_be(edge + 8, bytes - have + EDGE_BYTES, 8);
    if (sl_os_pwrite_all(f->os, fd.fd, edge, sizeof edge, st.st_size) != 0)
        return sl_fail_errno(err, _("the sample clip '%s' cannot be written"), BIG);
    return put_random(f, fd.fd, (off_t)have, bytes - have, err);
}

static sl_rc make_note(const struct sl_os *os, int dir, const struct note *note, struct sl_err *err)
{
    SL_AUTO_FD fd = { os, -1 };

    fd.fd = os->open(os->self, dir, note->path, O_RDWR | O_CREAT | O_EXCL, 0644, 0);
    if (fd.fd < 0 || sl_os_pwrite_all(os, fd.fd, note->text, strlen(note->text), 0) != 0)
        return sl_fail_errno(err, _("the sample file '%s' cannot be written"), note->path);
    return SL_OK;
}

/* ---- times and modes, when nothing is written any more ---- */

static sl_rc stamp(const struct sl_os *os, int dir, const char *path, size_t number, bool folder,
                   struct sl_err *err)
{
    SL_AUTO_FD fd = { os, -1 };
    struct timespec t = { FIRST_MTIME + (time_t)number * 97, (long)number * 7654321 };
    mode_t mode = folder ? 0755 : 0644;

    for (size_t i = 0; i < sizeof ODD / sizeof *ODD; i++) {
        if (strcmp(ODD[i].path, path) != 0)
            continue;
        t = (struct timespec){ (time_t)ODD[i].mtime_s, ODD[i].mtime_ns };
        mode = ODD[i].mode;
    }
    fd.fd = os->open(os->self, dir, path, O_RDONLY | (folder ? O_DIRECTORY : 0), 0, 0);
    if (fd.fd < 0 || os->fchmod(os->self, fd.fd, mode) != 0 ||
        os->futimens(os->self, fd.fd, (struct timespec[2]){ t, t }) != 0)
        return sl_fail_errno(err, _("time and mode of the sample '%s' cannot be set"), path);
    return SL_OK;
}

static sl_rc stamp_all(const struct sl_os *os, int dir, struct sl_err *err)
{
    size_t number = 0;

    for (size_t i = 0; i < CLIP_COUNT; i++)
        SL_TRY(stamp(os, dir, CLIPS[i].path, number++, false, err));
    for (size_t i = 0; i < NOTE_COUNT; i++)
        SL_TRY(stamp(os, dir, NOTES[i].path, number++, false, err));
    for (size_t i = FOLDER_COUNT;
         i-- > 0;) /* what lies inside first: it changes the outer's time */
        SL_TRY(stamp(os, dir, FOLDERS[i], number++, true, err));
    return SL_OK;
}

sl_rc sl_sample_card(const struct sl_os *os, int dir, const char *path, unsigned clip_mb,
                     sl_sample_tick *tick, void *who, struct sl_err *err)
{
    const struct filler f = { os, tick, who };
    uint64_t bytes = (uint64_t)clip_mb << 20;

    for (size_t i = 0; i < FOLDER_COUNT; i++)
        SL_TRY(sl_tree_make(os, dir, FOLDERS[i], err));
    for (size_t i = 0; i < CLIP_COUNT; i++) {
        if (tick != NULL)
            SL_TRY(tick(who, 0, bytes, CLIPS[i].path, err));
        SL_TRY(make_clip(os, path, &CLIPS[i], err));
    }
    SL_TRY(grow_clip(&f, dir, bytes, err));
    for (size_t i = 0; i < NOTE_COUNT; i++)
        SL_TRY(make_note(os, dir, &NOTES[i], err));
    return stamp_all(os, dir, err);
}
