/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rehearsal's own folder: made, measured, removed. See inside.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/say.h"
#include "rehearse/inside.h"
#include "rehearse/tree.h"

#define BENEATH_DEFAULT "/var/tmp" /* not /tmp, which is memory on many machines */
#define PROBE_BYTES     8192u
#define PROBE_ALIGN     4096u
#define SLACK_BYTES     (256u << 20) /* homes, spool, slips, manifests */
#define FILE_BYTES      4096u        /* what a file takes beside its content */

void sl_place_path(const struct sl_rehearsal *r, const char *name, char ret[SL_PATH_MAX])
{
    (void)snprintf(ret, SL_PATH_MAX, "%s/%s", r->place.path, name);
}

/* ---- making ---- */

/* A relative path means something else to a keeper that is opened later, elsewhere. */
static sl_rc absolute(struct sl_rehearsal *r, const char *path, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) out = sl_buf_upto(SL_PLACE_PATH_MAX + 1);
    const char *argv[] = { "realpath", "-z", "-m", "--", path, NULL };

    if (path[0] == '/') {
        if (strlen(path) > SL_PLACE_PATH_MAX)
            return sl_fail(err, SL_E_USAGE, _("the rehearsal's folder has too long a path"));
        (void)snprintf(r->place.path, sizeof r->place.path, "%s", path);
        return SL_OK;
    }
    if (r->os->run(r->os->self, argv, &out) != 0 || out.len < 2 || out.at[out.len - 1] != '\0')
        return sl_fail(err, SL_E_USAGE,
                       _("cannot tell where '%s' is\n  give the folder as a path from /"),
                       sl_show(path).text);
    memcpy(r->place.path, out.at, out.len);
    return SL_OK;
}

static sl_rc draw_name(struct sl_rehearsal *r, char *to, size_t room, struct sl_err *err)
{
    const char *beneath = r->job->tmp != NULL ? r->job->tmp : BENEATH_DEFAULT;
    uint8_t drawn[8];

    if (r->os->random(r->os->self, drawn, sizeof drawn) != 0)
        return sl_fail_errno(err, _("no random numbers"));
    int len =
        snprintf(to, room, "%s/safelight-rehearsal-%02x%02x%02x%02x%02x%02x%02x%02x", beneath,
                 drawn[0], drawn[1], drawn[2], drawn[3], drawn[4], drawn[5], drawn[6], drawn[7]);
    if (len < 0 || (size_t)len >= room)
        return sl_fail(err, SL_E_USAGE, _("the rehearsal's folder has too long a path"));
    return SL_OK;
}

static sl_rc check_empty(struct sl_rehearsal *r, struct sl_err *err)
{
    struct sl_os_entry one;
    ssize_t count = r->os->list(r->os->self, r->place.fd, &one, 1);

    if (count < 0)
        return sl_fail_errno(err, _("'%s' cannot be listed"), sl_show(r->place.path).text);
    if (count > 0)
        return sl_fail(err, SL_E_USAGE,
                       _("'%s' is not empty\n  a rehearsal wants a folder of its own, because it "
                         "wipes it: name a new one"),
                       sl_show(r->place.path).text);
    return SL_OK;
}

/* ---- measuring ---- */

static bool reads_past_cache(const struct sl_os *os, int dir, const char *name)
{
    SL_AUTO_FD direct = { os, -1 };
    SL_AUTO_FD plain = { os, -1 };
    void *piece = aligned_alloc(PROBE_ALIGN, PROBE_BYTES);

    direct.fd = os->open(os->self, dir, name, O_RDONLY | O_DIRECT, 0, 0);
    bool ok = piece != NULL && direct.fd >= 0 &&
              sl_os_pread_all(os, direct.fd, piece, PROBE_BYTES, 0) == (ssize_t)PROBE_BYTES;
    free(piece);
    if (ok)
        return true;
    plain.fd = os->open(os->self, dir, name, O_RDONLY, 0, 0);
    return plain.fd >= 0 && os->forget(os->self, plain.fd, 0, PROBE_BYTES) == 0;
}

/* Whether this folder has hard links, and whether it can show that bytes left memory. */
static sl_rc probe(struct sl_rehearsal *r, struct sl_err *err)
{
    static const uint8_t zeroes[PROBE_BYTES];
    const struct sl_os *os = r->os;
    SL_AUTO_FD fd = { os, -1 };
    struct sl_os_space space;
    int dir = r->place.fd;

    fd.fd = os->open(os->self, dir, "probe", O_RDWR | O_CREAT | O_EXCL, 0600, 0);
    if (fd.fd < 0 || sl_os_pwrite_all(os, fd.fd, zeroes, sizeof zeroes, 0) != 0 ||
        os->fsync(os->self, fd.fd) != 0 || os->space(os->self, dir, &space) != 0)
        return sl_fail_errno(err, _("'%s' cannot be written"), sl_show(r->place.path).text);
    r->place.links = os->linkat(os->self, dir, "probe", dir, "probe-2") == 0;
    r->place.can_prove = !space.in_memory && reads_past_cache(os, dir, "probe");
    if (r->place.links)
        (void)os->unlinkat(os->self, dir, "probe-2", 0);
    if (os->unlinkat(os->self, dir, "probe", 0) != 0)
        return sl_fail_errno(err, _("'%s' cannot be written"), sl_show(r->place.path).text);
    return SL_OK;
}

sl_rc sl_place_make(struct sl_rehearsal *r, struct sl_err *err)
{
    const struct sl_os *os = r->os;
    char name[SL_PLACE_PATH_MAX + 1];
    const char *path = r->job->dir;

    if (path == NULL) {
        SL_TRY(draw_name(r, name, sizeof name, err));
        path = name;
    }
    SL_TRY(absolute(r, path, err));
    r->place.made = os->mkdirat(os->self, SL_OS_CWD, r->place.path, 0700) == 0;
    if (!r->place.made && errno != EEXIST)
        return sl_fail_errno(err, _("'%s' cannot be made"), sl_show(r->place.path).text);
    r->place.fd = os->open(os->self, SL_OS_CWD, r->place.path, O_RDONLY | O_DIRECTORY, 0, 0);
    if (r->place.fd < 0)
        return sl_fail_errno(err, _("'%s' cannot be opened"), sl_show(r->place.path).text);
    if (!r->place.made)
        SL_TRY(check_empty(r, err));
    return probe(r, err);
}

/* What five keepers hold of a card: whole packs of 3 slices, one shard each, and slips. */
static uint64_t keepers_bytes(uint64_t card_bytes)
{
    uint64_t packs = card_bytes / ((uint64_t)SL_PRETEND_NEED * SL_SLICE_BYTES) + 3;

    packs += packs / SL_PART_PACKS_MAX + 1; /* a part may end a pack early */
    return packs * SL_PRETEND_KEEPERS * SL_FULL_BYTES;
}

sl_rc sl_place_check_space(struct sl_rehearsal *r, uint64_t card_bytes, uint64_t card_files,
                           struct sl_err *err)
{
    struct sl_os_space space;
    char need_words[32], free_words[32];

    if (r->os->space(r->os->self, r->place.fd, &space) != 0)
        return sl_fail_errno(err, _("'%s' does not say how much is free"),
                             sl_show(r->place.path).text);
    uint64_t vault = keepers_bytes(card_bytes);
    uint64_t need = 2 * (card_bytes + card_files * FILE_BYTES) + vault + SLACK_BYTES;
    need += r->place.links ? vault / SL_PRETEND_KEEPERS : vault; /* what is laid aside */
    (void)sl_bytes_words(need, need_words);
    (void)sl_bytes_words(space.free_bytes, free_words);
    if (space.free_bytes < need)
        return sl_fail(err, SL_E_SYSTEM,
                       _("the rehearsal needs %s free in '%s', there are %s\n"
                         "  name another folder with --dir, or make the card smaller"),
                       need_words, sl_show(r->place.path).text, free_words);
    sl_tell(r->sl, SL_SAY_INFO, _("rehearsing in '%s': it needs %s there, %s are free"),
            sl_show(r->place.path).text, need_words, free_words);
    return SL_OK;
}

/* ---- removing ---- */

sl_rc sl_place_remove(struct sl_rehearsal *r, struct sl_err *err)
{
    static const char *const folders[] = {
        SL_IN_CARD,    SL_IN_SOUND, SL_IN_CAPTURE,   SL_IN_MAKER,  SL_IN_PEOPLE, SL_IN_LETTERS,
        SL_IN_KEEPERS, SL_IN_ASIDE, SL_PEOPLE_ASIDE, SL_ONE_ASIDE, SL_IN_BACK,
    };
    const struct sl_os *os = r->os;

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        SL_TRY(sl_tree_wipe(os, r->place.fd, folders[i], false, err));
    if (os->unlinkat(os->self, r->place.fd, SL_IN_FACTS, 0) != 0 && errno != ENOENT)
        return sl_fail_errno(err, _("'%s' cannot be removed"), SL_IN_FACTS);
    if (r->place.made && os->unlinkat(os->self, SL_OS_CWD, r->place.path, AT_REMOVEDIR) != 0)
        return sl_fail_errno(err, _("'%s' cannot be removed"), sl_show(r->place.path).text);
    return SL_OK;
}
