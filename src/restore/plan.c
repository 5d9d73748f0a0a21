/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a part holds: its entry's body is fetched and opened, its manifest unpacked and judged, and
 * kept in small for as long as the part is being restored. See inside.h.
 */
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "restore/inside.h"

struct sl_view sl_plan_path(const struct plan *p, const struct plan_line *l)
{
    return (struct sl_view){ p->paths.at + l->path_at, l->path_bytes };
}

/* Everything, the path itself, or what lies beneath it. */
bool sl_plan_matches(const struct restore *r, struct sl_view path)
{
    struct sl_view want = r->in->path;

    if (want.len == 0)
        return true;
    if (path.len < want.len || memcmp(path.at, want.at, want.len) != 0)
        return false;
    return path.len == want.len || path.at[want.len] == '/';
}

static sl_rc note_line(void *who, const struct sl_manifest_line *in, struct sl_err *err)
{
    struct restore *r = who;
    struct plan *p = r->plan;
    void *lines = p->lines, *extents = p->extents;
    struct plan_line l = { .path_at = p->paths.len,
                           .path_bytes = in->path_bytes,
                           .type = in->type,
                           .mode = in->mode,
                           .mtime_s = in->mtime_s,
                           .mtime_ns = in->mtime_ns,
                           .size = in->size,
                           .from = in->from,
                           .until = in->until,
                           .first_extent = p->extent_count,
                           .extent_count = in->extent_count };

    memcpy(l.sha256, in->sha256, sizeof l.sha256);
    SL_TRY(sl_grow(&lines, p->count, &p->room, sizeof l, err));
    p->lines = lines;
    for (size_t i = 0; i < in->extent_count; i++) {
        SL_TRY(sl_grow(&extents, p->extent_count, &p->extent_room, sizeof *p->extents, err));
        p->extents = extents;
        p->extents[p->extent_count++] = in->extents[i];
    }
    SL_TRY(sl_buf_put(&p->paths, (struct sl_view){ in->path, in->path_bytes }, err));
    p->lines[p->count++] = l;
    return SL_OK;
}

/* The manifest at the end of the part's last pack. */
static sl_rc manifest_from_pack(struct restore *r, struct plan *p, struct sl_buf *packed,
                                struct sl_err *err)
{
    struct cargo *c = &r->cargoes[0]; /* the line does not run yet */

    sl_rc rc = sl_fetch_pack(r, &r->hands[FETCH_WORKERS], p, p->part.pack_count - 1, c, err);
    sl_fetch_tell(r, c);
    if (rc != SL_OK)
        return sl_note(err, rc, _("reading the manifest of a part"));
    return sl_buf_put(
        packed, (struct sl_view){ c->content + p->part.manifest_offset, p->part.manifest_bytes },
        err);
}

static sl_rc read_manifest(struct restore *r, struct plan *p, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) packed = sl_buf_upto(SL_MANIFEST_RAW_MAX);
    struct sl_view in = p->part.inline_manifest;
    uint8_t hash[SL_SHA256_BYTES];

    if (in.len == 0) {
        SL_TRY(manifest_from_pack(r, p, &packed, err));
        in = sl_buf_view(&packed);
    }
    sl_sha256_of(in, hash);
    if (memcmp(hash, p->part.manifest_hash, sizeof hash) != 0)
        return sl_fail(err, SL_E_BROKEN, _("a part's manifest is not the one its entry names"));
    return sl_manifest_walk(in, &p->part, r->need, note_line, r, err);
}

void sl_plan_free(struct plan *p)
{
    if (p == NULL)
        return;
    free(p->lines);
    free(p->extents);
    sl_buf_clear(&p->paths);
    sl_buf_clear(&p->body);
    sl_secret_free(p->tags.bytes);
    free(p);
}

sl_rc sl_plan_part(struct restore *r, const struct sl_journal_entry *e, struct sl_err *err)
{
    struct plan *p = calloc(1, sizeof *p);

    sl_plan_free(r->plan);
    r->plan = p;
    if (p == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    p->paths = sl_buf_upto(SL_MANIFEST_RAW_MAX);
    p->body = sl_buf_upto(SL_SLIP_BYTES);
    p->session = &r->in->journal->sessions[e->session];
    r->need = p->session->explained.need;
    SL_TRY(sl_journal_part(r->in->journal, e, &p->body, &p->tags, err));
    SL_TRY(sl_part_read(sl_buf_view(&p->body), r->need, &p->part, err));
    return read_manifest(r, p, err);
}
