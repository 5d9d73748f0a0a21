/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Last stage, in the order of the packs: each file's content is hashed; at its end it is compared
 * with the manifest, and only then the file gets its mode, its time and its name.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/say.h"
#include "restore/inside.h"

void sl_restore_said(struct restore *r, const struct sl_err *why)
{
    r->unwritable |= why->rc == SL_E_SYSTEM;
    r->unrebuilt |= why->rc != SL_E_SYSTEM;
    if (r->shown++ < FAILURES_SHOWN)
        r->in->voice->say(r->in->voice->who, SL_SAY_WARNING, why->text);
}

void sl_restore_failed(struct restore *r, struct plan_line *l, const struct sl_err *why)
{
    struct sl_err told;
    char name[150];

    if (!l->failed)
        r->ret->failed_files++;
    l->failed = true;
    (void)sl_fail(&told, why->rc, _("'%s' was not restored: %s"),
                  sl_plain(sl_plan_path(r->plan, l), name, sizeof name), why->text);
    sl_restore_said(r, &told);
}

static void count(struct restore *r, const struct plan_line *l)
{
    if (l->until < l->size)
        return; /* its last part counts it */
    r->ret->files++;
    r->ret->bytes += l->size;
}

static sl_rc hash_agrees(struct restore *r, const struct plan_line *l, struct sl_err *err)
{
    uint8_t is[SL_SHA256_BYTES];

    sl_sha256_now(r->hash, is);
    if (memcmp(is, l->sha256, sizeof is) != 0)
        return sl_fail(err, SL_E_BROKEN, _("its content is not what the manifest's hash says"));
    return SL_OK;
}

static sl_rc write_small(struct restore *r, const struct plan_line *l, const struct cargo *c,
                         int fd, struct sl_err *err)
{
    uint64_t at = 0;

    for (size_t i = 0; i < l->extent_count; i++) {
        const struct sl_extent *e = &r->plan->extents[l->first_extent + i];
        if (sl_os_pwrite_all(r->os, fd, c->content + e->offset, e->bytes, (off_t)at) != 0)
            return sl_fail_errno(err, _("cannot write to the destination"));
        at += e->bytes;
    }
    return SL_OK;
}

/* A file that lies whole in one pack, or has no content: hashed, then written. */
static sl_rc commit_small(struct restore *r, const struct plan_line *l, const struct cargo *c,
                          struct sl_err *err)
{
    char path[SL_PATH_MAX + SL_ALIAS_MAX + 32], temp[40];
    SL_AUTO_FD fd = { r->os, -1 };

    SL_TRY(hash_agrees(r, l, err));
    SL_TRY(sl_dest_path(r, sl_plan_path(r->plan, l), path, sizeof path, err));
    SL_TRY(sl_dest_temp(r, temp, &fd.fd, err));
    sl_rc rc = write_small(r, l, c, fd.fd, err);
    if (rc == SL_OK)
        rc = sl_dest_commit(r, l, fd.fd, temp, path, err);
    if (rc != SL_OK)
        sl_dest_drop(r, temp);
    return rc;
}

static sl_rc commit_big(struct restore *r, struct plan_line *l, struct sl_err *err)
{
    if (l->file == NULL) /* a cut file that has no bytes in this part */
        l->file = sl_line_file(r, l);
    struct open_file *f = l->file;
    if (f == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    sl_rc rc = f->why.rc;
    if (rc != SL_OK && err != NULL)
        *err = f->why;
    if (rc == SL_OK)
        rc = hash_agrees(r, l, err);
    if (rc == SL_OK && l->until < l->size) { /* goes on in the next part */
        f->until = l->until;
        sl_open_file_free(r, r->carry);
        r->carry = SL_TAKE(l->file);
        return SL_OK;
    }
    if (rc == SL_OK)
        rc = sl_dest_commit(r, l, f->fd.fd, f->temp, f->path, err);
    if (rc == SL_OK)
        f->temp[0] = '\0';
    sl_open_file_free(r, f);
    l->file = NULL;
    return rc;
}

static void end_line(struct restore *r, struct plan_line *l, const struct cargo *c)
{
    struct sl_err why = { 0 };

    bool begins_elsewhere = l->until == 0 && l->size > 0; /* its part ended right before it */
    if (!l->wanted || l->type != SL_MANIFEST_FILE || begins_elsewhere)
        return;
    sl_rc rc = sl_line_is_small(r->plan, l) ? commit_small(r, l, c, &why) : commit_big(r, l, &why);
    if (rc != SL_OK)
        sl_restore_failed(r, l, &why);
    else
        count(r, l);
}

static void begin_line(struct restore *r, const struct plan_line *l)
{
    if (l->from == 0)
        sl_sha256_restart(r->hash);
}

/* One extent of a wanted line: a failed pack fails a small file here, a big one in its file. */
static void take_extent(struct restore *r, struct plan_line *l, const struct cargo *c,
                        const struct sl_extent *e)
{
    struct sl_err why = { 0 };

    if (!c->failed) {
        sl_sha256_put(r->hash, (struct sl_view){ c->content + e->offset, e->bytes });
        return;
    }
    if (!sl_line_is_small(r->plan, l))
        return;
    (void)sl_fail(&why, SL_E_BROKEN, "%s", c->why);
    sl_restore_failed(r, l, &why);
    l->wanted = false;
}

static void finish_pack(struct restore *r, const struct cargo *c)
{
    struct plan *p = r->plan;
    uint64_t pack = p->part.packs[c->in_part].number;
    struct place_in_plan *at = &r->finishing;

    for (; at->line < p->count; at->line++, at->extent = 0) {
        struct plan_line *l = &p->lines[at->line];
        if (at->extent == 0 && l->extent_count > 0 && p->extents[l->first_extent].pack > pack)
            return;
        if (at->extent == 0 && l->wanted)
            begin_line(r, l);
        for (; at->extent < l->extent_count; at->extent++) {
            const struct sl_extent *e = &p->extents[l->first_extent + at->extent];
            if (e->pack > pack)
                return;
            if (l->wanted && e->pack == pack)
                take_extent(r, l, c, e);
        }
        end_line(r, l, c);
    }
}

void sl_finish_rest(struct restore *r)
{
    struct plan *p = r->plan;
    struct place_in_plan *at = &r->finishing;

    for (; at->line < p->count; at->line++) {
        struct plan_line *l = &p->lines[at->line];
        if (l->extent_count > 0 && l->wanted)
            continue; /* cannot be: every pack it needs has passed */
        if (l->wanted)
            begin_line(r, l);
        end_line(r, l, NULL);
    }
}

static void show_progress(struct restore *r, const struct cargo *c)
{
    struct sl_progress p = { .task = "restore",
                             .done_bytes = r->ret->bytes,
                             .all_bytes = r->all_bytes,
                             .done_files = r->ret->files };

    (void)c;
    if (r->in->voice->progress != NULL)
        r->in->voice->progress(r->in->voice->who, &p);
}

sl_rc sl_restore_finish(void *job, void *item, struct sl_line *line, struct sl_err *err)
{
    struct restore *r = job;
    struct cargo *c = item;

    (void)err;
    finish_pack(r, c);
    sl_fetch_tell(r, c);
    sl_line_return(line, &r->idle, c);
    show_progress(r, c);
    return SL_OK;
}
