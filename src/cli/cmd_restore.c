/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * safelight restore: files out of the vault, and (in JSON; the library says it aloud) which
 * keepers lied or lacked something.
 */
#include "base/say.h"
#include "cli/cmd.h"

const char *sl_cli_restore_page(void)
{
    return _("restore files from any keepers that suffice\n"
             "\n"
             "usage: safelight restore WHAT DEST [--dry-run]\n"
             "\n"
             "WHAT is a locker, a roll or a path in it (camera/A001/CLIP). Writes beneath DEST\n"
             "only and never overwrites; files that are already there and right stay. Exit 0\n"
             "means that every byte is right, 4 that something could not be rebuilt (the rest\n"
             "is there). Run it again after an interruption: it goes on.\n"
             "\n"
             "      --dry-run     say what would be restored; write nothing\n");
}

static void show(struct sl_cli *c, const struct sl_restore *job, const struct sl_restored *r)
{
    sl_cli_print(&c->out,
                 job->dry_run ? _("would restore %llu files, %llu folders, %s to '%s'\n")
                              : _("restored %llu files, %llu folders, %s to '%s'\n"),
                 (unsigned long long)r->files, (unsigned long long)r->folders,
                 sl_cli_size(r->bytes).text, sl_cli_show(job->dest).text);
    if (r->kept_files > 0)
        sl_cli_print(&c->out, _("  %llu of the files were there already, and right\n"),
                     (unsigned long long)r->kept_files);
    if (r->failed_files > 0)
        sl_cli_print(&c->out, _("  %llu files could not be restored\n"),
                     (unsigned long long)r->failed_files);
    struct sl_json_pen *pen = sl_cli_pen(&c->out, "restore");
    if (pen == NULL)
        return;
    sl_cli_pen_name(pen, "dest", "dest64", job->dest);
    sl_json_bool(pen, "dry_run", job->dry_run);
    sl_json_u64(pen, "files", r->files);
    sl_json_u64(pen, "folders", r->folders);
    sl_json_u64(pen, "bytes", r->bytes);
    sl_json_u64(pen, "kept_files", r->kept_files);
    sl_json_u64(pen, "failed_files", r->failed_files);
    sl_json_u64(pen, "elapsed_ms", r->elapsed_ms);
    sl_cli_keepers_json(pen, r->keepers, r->keeper_count);
}

sl_rc sl_cli_restore(struct sl_cli *c, int argc, char **argv, struct sl_err *err)
{
    static const struct option own[] = {
        { "dry-run", no_argument, NULL, 'n' },
        { 0 },
    };
    struct sl_cli_args a = { .argc = argc, .argv = argv, .own = own };
    struct sl_restored restored = { 0 };
    struct sl_restore job = { 0 };
    const char *words[2] = { NULL, NULL };
    int key = SL_CLI_END;

    do {
        SL_TRY(sl_cli_next(c, &a, &key, err));
        job.dry_run = job.dry_run || key == 'n';
    } while (key != SL_CLI_END);
    SL_TRY(sl_cli_words(&a, 2, 2, "WHAT DEST", words, err));
    job.at = c->at;
    job.what = words[0];
    job.dest = words[1];
    sl_rc rc = sl_restore_tree(c->sl, &job, &restored, err);
    sl_cli_bar_off(&c->out);
    if (rc == SL_OK || rc == SL_E_BROKEN || restored.keeper_count > 0)
        show(c, &job, &restored);
    return rc;
}
