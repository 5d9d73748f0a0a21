/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The journey from keepers back to files. Part by part: its manifest says what is wanted and what
 * is there already (plan.c, dest.c); then its packs go through one table of stages:
 *
 *   want     the next pack that something wanted lies in
 *   fetch    any k right shards, decoded and opened                              fetch.c swap.c
 *   write    pieces of large files to temporary files, in order                  write.c
 *   finish   hash compared; only then mode, time and name                        finish.c
 */
#include "restore/restore.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "restore/inside.h"

static void leave(void *item)
{
    (void)item; /* cargoes belong to the restore */
}

static sl_rc want(void *job, void *item, struct sl_line *line, struct sl_err *err)
{
    struct restore *r = job;
    void *lent = NULL;

    (void)item;
    SL_TRY(sl_voice_go_on(r->in->voice, err));
    while (r->next_pack < r->plan->part.pack_count && !r->needed[r->next_pack])
        r->next_pack++;
    if (r->next_pack == r->plan->part.pack_count) {
        sl_line_end(line);
        return SL_OK;
    }
    SL_TRY(sl_line_borrow(line, &r->idle, &lent, err));
    ((struct cargo *)lent)->in_part = r->next_pack++;
    return sl_line_pass(line, lent, err);
}

static const struct sl_stage STAGES[] = {
    /* name     work                frees  workers        waiting */
    { "want", want, leave, 1, 0 },
    { "fetch", sl_restore_fetch, leave, FETCH_WORKERS, CARGOES_MAX },
    { "write", sl_restore_write, leave, 1, CARGOES_MAX },
    { "finish", sl_restore_finish, leave, 1, CARGOES_MAX },
};

/* ---- what of a part is wanted ---- */

static void decide_file(struct restore *r, struct plan_line *l)
{
    char path[SL_PATH_MAX + SL_ALIAS_MAX + 32];
    struct sl_err why = { 0 };
    bool there = false;

    sl_rc rc = sl_dest_path(r, sl_plan_path(r->plan, l), path, sizeof path, &why);
    if (rc == SL_OK && !r->in->dry_run)
        rc = sl_dest_existing(r, l, path, &there, &why);
    if (rc != SL_OK) {
        sl_restore_failed(r, l, &why);
        return;
    }
    l->kept = there;
    l->wanted = !there;
    if (there || r->in->dry_run) {
        r->ret->files += l->until == l->size ? 1 : 0;
        r->ret->bytes += l->until == l->size ? l->size : 0;
        r->ret->kept_files += there && l->until == l->size ? 1 : 0;
    }
}

static void decide_folder(struct restore *r, struct plan_line *l)
{
    char path[SL_PATH_MAX + SL_ALIAS_MAX + 32];
    struct sl_err why = { 0 };

    sl_rc rc = sl_dest_path(r, sl_plan_path(r->plan, l), path, sizeof path, &why);
    if (rc == SL_OK && !r->in->dry_run)
        rc = sl_dest_folder(r, l, path, &why);
    if (rc != SL_OK)
        sl_restore_failed(r, l, &why);
    else
        r->ret->folders++;
}

static sl_rc decide(struct restore *r, struct sl_err *err)
{
    struct plan *p = r->plan;

    for (size_t i = 0; i < p->count; i++) {
        struct plan_line *l = &p->lines[i];
        SL_TRY(sl_voice_go_on(r->in->voice, err));
        if (!sl_plan_matches(r, sl_plan_path(p, l)))
            continue;
        r->found = true;
        r->found_file |=
            l->type == SL_MANIFEST_FILE && l->path_bytes == r->in->path.len && l->until == l->size;
        if (l->type == SL_MANIFEST_FOLDER)
            decide_folder(r, l);
        else
            decide_file(r, l);
    }
    return SL_OK;
}

static void mark_needed(struct restore *r)
{
    struct plan *p = r->plan;

    memset(r->needed, 0, SL_PART_PACKS_MAX + 1);
    for (size_t i = 0; i < p->count; i++) {
        const struct plan_line *l = &p->lines[i];
        for (size_t e = 0; l->wanted && e < l->extent_count; e++)
            for (size_t k = 0; k < p->part.pack_count; k++)
                if (p->part.packs[k].number == p->extents[l->first_extent + e].pack)
                    r->needed[k] = true;
    }
}

/* ---- room for it all, before anything is written ---- */

/* Bytes that are wanted and not there yet, by name and length. Parts that cannot be read are told
 * when their turn comes. */
static sl_rc count_wanted(struct restore *r, uint64_t *bytes, struct sl_err *err)
{
    const struct sl_roll *roll = r->in->roll;

    for (size_t i = 0; i < roll->part_count; i++) {
        SL_TRY(sl_voice_go_on(r->in->voice, err));
        if (sl_plan_part(r, &r->in->journal->entries[roll->parts[i]], NULL) != SL_OK)
            continue;
        for (size_t n = 0; n < r->plan->count; n++) {
            const struct plan_line *l = &r->plan->lines[n];
            char path[SL_PATH_MAX + SL_ALIAS_MAX + 32];
            struct sl_view name = sl_plan_path(r->plan, l);
            if (l->type == SL_MANIFEST_FILE && sl_plan_matches(r, name) &&
                sl_dest_path(r, name, path, sizeof path, NULL) == SL_OK &&
                !sl_dest_has(r, path, l->size))
                *bytes += l->until - l->from;
        }
    }
    return SL_OK;
}

static uint64_t roll_bytes(const struct sl_restore_in *in)
{
    const struct sl_roll *roll = in->roll;

    return roll->part_count > 0 ? in->journal->entries[roll->parts[roll->part_count - 1]].bytes : 0;
}

/* What the roll says of its length suffices where that much is free; else it is counted what of it
 * is wanted. */
static sl_rc enough_space(struct restore *r, struct sl_err *err)
{
    struct sl_os_space space;
    uint64_t bytes = 0;

    if (r->os->space(r->os->self, r->dest.fd, &space) != 0 ||
        (r->in->roll->whole && roll_bytes(r->in) <= space.free_bytes))
        return SL_OK;
    SL_TRY(count_wanted(r, &bytes, err));
    if (bytes <= space.free_bytes)
        return SL_OK;
    return sl_fail(err, SL_E_SYSTEM,
                   _("the destination has room for %" PRIu64 " MiB, and %" PRIu64
                     " MiB are to be restored\n  make room, or restore to another disk"),
                   space.free_bytes >> 20, bytes >> 20);
}

/* ---- one part ---- */

static sl_rc restore_part(struct restore *r, const struct sl_journal_entry *e, struct sl_err *err)
{
    SL_TRY(sl_plan_part(r, e, err));
    SL_TRY(decide(r, err));
    if (r->in->dry_run)
        return SL_OK;
    mark_needed(r);
    r->next_pack = r->next_write = 0;
    r->writing = r->finishing = (struct place_in_plan){ 0 };
    memset(r->early_write, 0, sizeof r->early_write);
    SL_TRY(sl_line_run(STAGES, sizeof STAGES / sizeof *STAGES, r->in->one_thread, r, err));
    sl_finish_rest(r);
    return SL_OK;
}

/* A part that cannot be read costs its files, not the others. */
static void lose_part(struct restore *r, const struct sl_err *why)
{
    char text[700];

    r->ret->failed_files++;
    r->unrebuilt = true;
    (void)snprintf(text, sizeof text, _("a part of roll '%s' could not be restored: %s"),
                   r->in->roll->name, why->text);
    r->in->voice->say(r->in->voice->who, SL_SAY_WARNING, text);
}

static void drop_files(struct restore *r)
{
    for (size_t i = 0; r->plan != NULL && i < r->plan->count; i++) {
        sl_open_file_free(r, r->plan->lines[i].file);
        r->plan->lines[i].file = NULL;
    }
}

static sl_rc all_parts(struct restore *r, struct sl_err *err)
{
    const struct sl_roll *roll = r->in->roll;

    for (size_t i = 0; i < roll->part_count; i++) {
        struct sl_err why = { 0 };
        sl_rc rc = restore_part(r, &r->in->journal->entries[roll->parts[i]], &why);
        drop_files(r);
        if (rc == SL_OK)
            continue;
        if (rc != SL_E_BROKEN && rc != SL_E_REFUSED)
            return sl_fail(err, rc, "%s", why.text);
        lose_part(r, &why);
    }
    return SL_OK;
}

/* ---- what keepers lack ---- */

static sl_rc look_for_gaps(struct restore *r, struct sl_err *err)
{
    for (size_t i = 0; i < r->in->vault->keeper_count; i++) {
        struct sl_keeper_report *report = &r->ret->keepers[i];
        struct sl_err why = { 0 };
        uint64_t lacks = 0;
        SL_TRY(sl_voice_go_on(r->in->voice, err));
        if (sl_restore_gaps(r->os, r->in->journal, i, r->in->roll, 1, &lacks, &why) == SL_OK) {
            report->lacks_shards += lacks;
            r->lacks[i] = lacks;
            continue;
        }
        report->away = true;
        r->down[i] = true;
        if (report->first_trouble[0] == '\0')
            (void)snprintf(report->first_trouble, sizeof report->first_trouble, "%.*s",
                           (int)strcspn(why.text, "\n"), why.text);
    }
    return SL_OK;
}

/* ---- set-up and end ---- */

static sl_rc make_cargoes(struct restore *r, struct sl_err *err)
{
    size_t budget = r->in->low_memory ? MEMORY_LOW_BYTES : MEMORY_BYTES;
    size_t content = sl_pack_content_bytes(r->need_max),
           shards = r->need_max * (size_t)SL_FULL_BYTES;
    size_t one = shards + content, count = budget / one;

    r->cargo_count = count < 1 ? 1 : count > CARGOES_MAX ? CARGOES_MAX : count;
    for (size_t i = 0; i < r->cargo_count; i++) {
        struct cargo *c = &r->cargoes[i];
        c->shards = aligned_alloc(4096, shards);
        c->content = malloc(content);
        if (c->shards == NULL || c->content == NULL)
            return sl_fail(err, SL_E_SYSTEM, _("out of memory for packs under way"));
        r->idle.things[r->idle.count++] = c;
    }
    return SL_OK;
}

static void take_slip_reports(struct restore *r)
{
    const struct sl_journal *j = r->in->journal;

    r->ret->keeper_count = (unsigned)j->keeper_count;
    for (size_t i = 0; i < j->keeper_count; i++) {
        struct sl_keeper_report *k = &r->ret->keepers[i];
        (void)snprintf(k->alias, sizeof k->alias, "%s", j->keepers[i].info->alias);
        k->away |= j->keepers[i].away;
        k->lied_slips = j->keepers[i].lied;
        k->lacks_slips = j->keepers[i].lacks;
        if (k->first_trouble[0] == '\0')
            (void)snprintf(k->first_trouble, sizeof k->first_trouble, "%s", j->keepers[i].trouble);
        r->down[i] = j->keepers[i].away;
    }
}

/* What was listed and then not given is a lie as well. */
static void settle_missing(struct restore *r)
{
    for (size_t i = 0; i < r->in->vault->keeper_count; i++) {
        struct sl_keeper_report *k = &r->ret->keepers[i];
        if (r->missing[i] > r->lacks[i])
            k->lied_shards += r->missing[i] - r->lacks[i];
    }
}

static void clear(struct restore *r)
{
    drop_files(r);
    sl_open_file_free(r, r->carry);
    sl_plan_free(r->plan);
    sl_dest_close(r);
    for (size_t i = 0; i < CARGOES_MAX; i++) {
        free(r->cargoes[i].shards);
        if (r->cargoes[i].content != NULL)
            sl_wipe(r->cargoes[i].content, sl_pack_content_bytes(r->need_max));
        free(r->cargoes[i].content);
    }
    for (size_t i = 0; i <= FETCH_WORKERS; i++)
        sl_fetch_hands_clear(&r->hands[i]);
    sl_sha256_free(r->hash);
    sl_sha256_free(r->existing);
    sl_buf_clear(&r->folders);
    free(r->needed);
    free(r);
}

/* A session says itself how many shards its packs need. */
static unsigned most_needed(const struct sl_restore_in *in)
{
    unsigned most = 1;

    for (size_t i = 0; i < in->roll->part_count; i++) {
        const struct sl_journal_entry *e = &in->journal->entries[in->roll->parts[i]];
        unsigned need = in->journal->sessions[e->session].explained.need;
        most = need > most ? need : most;
    }
    return most;
}

static sl_rc prepare(const struct sl_restore_in *in, struct sl_restored *ret, struct restore **out,
                     struct sl_err *err)
{
    struct restore *r = calloc(1, sizeof *r);

    if (r == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    *out = r;
    r->in = in;
    r->os = in->os;
    r->ret = ret;
    r->need_max = most_needed(in);
    sl_folders_begin(r);
    r->dest = r->temps = r->parent = r->existing_fd = (struct sl_fd){ in->os, -1 };
    r->needed = calloc(SL_PART_PACKS_MAX + 1, sizeof *r->needed);
    if (r->needed == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    SL_TRY(sl_sha256_new(&r->hash, err));
    take_slip_reports(r);
    return make_cargoes(r, err);
}

/* A file that was cut at a part's end, and never goes on. */
static void lose_carry(struct restore *r)
{
    struct sl_err why = { 0 };
    char name[300];

    if (r->carry == NULL)
        return;
    struct sl_view path = { (const uint8_t *)r->carry->path, strlen(r->carry->path) };
    r->ret->failed_files++;
    (void)sl_fail(&why, SL_E_BROKEN, _("'%s' was not restored: its end is missing"),
                  sl_plain(path, name, sizeof name));
    sl_restore_said(r, &why);
    sl_open_file_free(r, SL_TAKE(r->carry));
}

static sl_rc judge(const struct restore *r, struct sl_err *err)
{
    const struct sl_roll *roll = r->in->roll;

    if (!r->found && roll->whole && r->in->path.len > 0 && !r->unrebuilt)
        return sl_fail(err, SL_E_MISSING, _("roll '%s' has no such file or folder"), roll->name);
    if (r->unrebuilt || r->unwritable)
        return sl_fail(err, r->unrebuilt ? SL_E_BROKEN : SL_E_SYSTEM,
                       _("%" PRIu64 " of the files asked for were not restored; the rest was"),
                       r->ret->failed_files);
    if (!roll->whole && !r->found_file)
        return sl_fail(err, SL_E_BROKEN,
                       _("roll '%s' is not whole: its offload was broken off, or parts of it are "
                         "missing; what there is was restored"),
                       roll->name);
    return SL_OK;
}

sl_rc sl_restore_run(const struct sl_restore_in *in, struct sl_restored *ret, struct sl_err *err)
{
    struct restore *r = NULL;
    sl_rc rc = prepare(in, ret, &r, err);

    if (rc == SL_OK)
        r->all_bytes = roll_bytes(in);
    if (rc == SL_OK)
        rc = look_for_gaps(r, err);
    if (rc == SL_OK && !in->dry_run)
        rc = sl_dest_open(r, err);
    if (rc == SL_OK && !in->dry_run)
        rc = enough_space(r, err);
    if (rc == SL_OK)
        rc = all_parts(r, err);
    if (rc == SL_OK && !in->dry_run) {
        lose_carry(r);
        sl_dest_drop_temps(r);
        sl_dest_folder_times(r);
    }
    if (rc == SL_OK) {
        settle_missing(r);
        rc = judge(r, err);
    }
    if (r != NULL)
        clear(r);
    return rc;
}

/* ---- looking only ---- */

static sl_rc show_part(struct restore *r, sl_restore_each *each, void *who, struct sl_err *err)
{
    const struct plan *p = r->plan;
    struct sl_manifest_line *line = calloc(1, sizeof *line);
    sl_rc rc = line != NULL ? SL_OK : sl_fail(err, SL_E_SYSTEM, _("out of memory"));

    for (size_t i = 0; rc == SL_OK && i < p->count; i++) {
        const struct plan_line *l = &p->lines[i];
        struct sl_view path = sl_plan_path(p, l);
        if (l->until < l->size || !sl_plan_matches(r, path))
            continue;
        r->found = true;
        line->type = l->type;
        line->path_bytes = path.len;
        memcpy(line->path, path.at, path.len);
        line->mode = l->mode;
        line->mtime_s = l->mtime_s;
        line->mtime_ns = l->mtime_ns;
        line->size = l->size;
        memcpy(line->sha256, l->sha256, sizeof line->sha256);
        rc = each(who, line, err);
    }
    free(line);
    return rc;
}

sl_rc sl_restore_walk(const struct sl_restore_in *in, sl_restore_each *each, void *who,
                      struct sl_err *err)
{
    struct sl_restored ret = { 0 };
    struct restore *r = NULL;
    sl_rc rc = prepare(in, &ret, &r, err);

    for (size_t i = 0; rc == SL_OK && i < in->roll->part_count; i++) {
        rc = sl_plan_part(r, &in->journal->entries[in->roll->parts[i]], err);
        if (rc == SL_OK)
            rc = show_part(r, each, who, err);
    }
    if (rc == SL_OK && !r->found)
        rc = sl_fail(err, SL_E_MISSING, _("roll '%s' has no such file or folder"), in->roll->name);
    if (r != NULL)
        clear(r);
    return rc;
}
