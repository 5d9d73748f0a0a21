/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Third stage, in the order of the packs: bytes of files that do not fit one pack go to their
 * temporary file. Small files are left to the next stage, which writes them only after their hash
 * was right.
 */
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "restore/inside.h"

/* However many extents it has: only one file can lie in two packs at each pack's end, so few are
 * ever open, whatever a manifest says. */
bool sl_line_is_small(const struct plan *p, const struct plan_line *l)
{
    const struct sl_extent *first = &p->extents[l->first_extent];

    return l->from == 0 && l->until == l->size &&
           (l->extent_count == 0 || first[l->extent_count - 1].pack == first->pack);
}

void sl_open_file_free(struct restore *r, struct open_file *f)
{
    if (f == NULL)
        return;
    if (f->temp[0] != '\0')
        sl_dest_drop(r, f->temp); /* not there any more if it was named */
    sl_fd_clear(&f->fd);
    free(f);
}

struct open_file *sl_line_file(struct restore *r, struct plan_line *l)
{
    struct open_file *f = calloc(1, sizeof *f);

    if (f == NULL)
        return NULL;
    f->fd = (struct sl_fd){ r->os, -1 };
    sl_rc rc = sl_dest_path(r, sl_plan_path(r->plan, l), f->path, sizeof f->path, &f->why);
    if (rc == SL_OK && l->from > 0 && r->carry != NULL && r->carry->until == l->from &&
        strcmp(r->carry->path, f->path) == 0) {
        free(f);
        return SL_TAKE(r->carry);
    }
    if (rc == SL_OK && l->from > 0)
        rc = sl_fail(&f->why, SL_E_BROKEN, _("the beginning of this file could not be restored"));
    if (rc == SL_OK)
        (void)sl_dest_temp(r, f->temp, &f->fd.fd, &f->why); /* f->why says what came of it */
    return f;
}

static void write_extent(struct restore *r, struct plan_line *l, const struct cargo *c,
                         const struct sl_extent *e, uint64_t file_offset)
{
    struct open_file *f = l->file;

    if (f->why.rc != SL_OK)
        return;
    if (c->failed)
        (void)sl_fail(&f->why, SL_E_BROKEN, "%s", c->why);
    else if (sl_os_pwrite_all(r->os, f->fd.fd, c->content + e->offset, e->bytes,
                              (off_t)file_offset) != 0)
        (void)sl_fail_errno(&f->why, _("cannot write to the destination"));
}

/* All extents of the lines that lie in this pack. */
static sl_rc write_pack(struct restore *r, const struct cargo *c, struct sl_err *err)
{
    struct plan *p = r->plan;
    uint64_t pack = p->part.packs[c->in_part].number;
    struct place_in_plan *at = &r->writing;

    for (; at->line < p->count; at->line++, at->extent = 0, at->offset = 0) {
        struct plan_line *l = &p->lines[at->line];
        bool mine = l->wanted && !sl_line_is_small(p, l);
        for (; at->extent < l->extent_count; at->extent++) {
            const struct sl_extent *e = &p->extents[l->first_extent + at->extent];
            if (e->pack > pack)
                return SL_OK;
            if (mine && l->file == NULL)
                l->file = sl_line_file(r, l);
            if (mine && l->file == NULL)
                return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
            if (mine)
                write_extent(r, l, c, e, l->from + at->offset);
            at->offset += e->bytes;
        }
    }
    return SL_OK;
}

sl_rc sl_restore_write(void *job, void *item, struct sl_line *line, struct sl_err *err)
{
    struct restore *r = job;
    struct cargo *c = item;

    r->early_write[c->in_part] = c;
    for (;;) {
        while (r->next_write < r->plan->part.pack_count && !r->needed[r->next_write])
            r->next_write++;
        if (r->next_write >= r->plan->part.pack_count || r->early_write[r->next_write] == NULL)
            return SL_OK;
        c = r->early_write[r->next_write];
        r->early_write[r->next_write++] = NULL;
        SL_TRY(write_pack(r, c, err));
        SL_TRY(sl_line_pass(line, c, err));
    }
}
