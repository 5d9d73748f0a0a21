/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * safelight offload: a card into the vault, and the verdict on whether it may be formatted.
 */
#include "base/say.h"
#include "cli/cmd.h"

const char *sl_cli_offload_page(void)
{
    return _("offload a card, and say whether it is safe to format\n"
             "\n"
             "usage: safelight offload CARD --to LOCKER --roll NAME\n"
             "                         [--kit FILE] [--without KEEPER]... [--dry-run]\n"
             "       safelight offload --forget ROLL [--kit FILE] [--dry-run]\n"
             "\n"
             "Reads the folder CARD twice, seals it to LOCKER, spreads it over the keepers and\n"
             "has them prove what they hold. Exit 0 means safe to format, 7 that all was done\n"
             "that could be and something is still missing; it is said what. Run it again\n"
             "after an interruption: it goes on. A capture machine has a kit in the place of a\n"
             "production. --forget drops what this machine remembers of an unfinished roll.\n"
             "\n"
             "      --to LOCKER       the locker that the roll goes to\n"
             "      --roll NAME       what the roll is called (A001)\n"
             "      --kit FILE        write with this kit (see safelight-kit)\n"
             "      --forget ROLL     a roll that nobody will finish; needs no card\n"
             "      --without KEEPER  leave this keeper out of this run (may be repeated)\n"
             "      --dry-run         look at card, home and keepers; write nothing\n");
}

static void write_counts(struct sl_json_pen *pen, const struct sl_verdict *v)
{
    sl_json_u64(pen, "need", v->need);
    sl_json_u64(pen, "keepers", v->keepers);
    sl_json_u64(pen, "proved", v->proved);
    sl_json_u64(pen, "may_be_lost", v->may_be_lost);
    sl_json_u64(pen, "far", v->far);
    sl_json_u64(pen, "files", v->files);
    sl_json_u64(pen, "folders", v->folders);
    sl_json_u64(pen, "bytes", v->bytes);
    sl_json_u64(pen, "packs", v->packs);
    sl_json_u64(pen, "parts", v->parts);
    sl_json_u64(pen, "resumed_bytes", v->resumed_bytes);
    sl_json_u64(pen, "elapsed_ms", v->elapsed_ms);
}

static void write_json(struct sl_json_pen *pen, const struct sl_verdict *v)
{
    sl_json_bool(pen, "safe", v->safe);
    sl_json_bool(pen, "dry_run", v->left_out);
    sl_cli_pen_say(pen, "sentence", v->sentence);
    sl_json_array(pen, "reasons");
    for (unsigned i = 0; i < v->reason_count; i++)
        sl_cli_pen_say(pen, NULL, v->reasons[i]);
    sl_json_end(pen);
    sl_json_array(pen, "remarks");
    for (unsigned i = 0; i < v->remark_count; i++)
        sl_cli_pen_say(pen, NULL, v->remarks[i]);
    sl_json_end(pen);
    write_counts(pen, v);
}

static void print(struct sl_cli_out *o, const struct sl_verdict *v)
{
    sl_cli_print(o, "%s\n", v->sentence);
    for (unsigned i = 0; i < v->reason_count; i++)
        sl_cli_print(o, _("  missing: %s\n"), v->reasons[i]);
    for (unsigned i = 0; i < v->remark_count; i++)
        sl_cli_print(o, _("  remark: %s\n"), v->remarks[i]);
    sl_cli_print(o, _("  files %llu, folders %llu, %s in %s\n"), (unsigned long long)v->files,
                 (unsigned long long)v->folders, sl_cli_size(v->bytes).text,
                 sl_cli_span(v->elapsed_ms / 1000).text);
    if (v->resumed_bytes > 0)
        sl_cli_print(o, _("  of these %s were sealed by an earlier run\n"),
                     sl_cli_size(v->resumed_bytes).text);
}

/* All words of --forget; what else an offload takes does not go with it. */
static sl_rc forget(struct sl_cli *c, const struct sl_cli_args *a, const struct sl_offload *job,
                    const char *roll, struct sl_err *err)
{
    unsigned dropped = 0;

    SL_TRY(sl_cli_words(a, 0, 0, "", NULL, err));
    SL_TRY(sl_cli_fits(job->locker != NULL, false, "--to", "--forget", err));
    SL_TRY(sl_cli_fits(job->roll != NULL, false, "--roll", "--forget", err));
    SL_TRY(sl_cli_fits(job->without_count > 0, false, "--without", "--forget", err));
    SL_TRY(sl_offload_forget(c->sl, &c->at, roll, job->dry_run, &dropped, err));
    sl_cli_print(&c->out,
                 job->dry_run ? _("roll '%s' would be forgotten here: unfinished runs: %u\n")
                              : _("roll '%s' is forgotten here: unfinished runs: %u\n"),
                 sl_cli_show(roll).text, dropped);
    struct sl_json_pen *pen = sl_cli_pen(&c->out, "offload");
    if (pen != NULL) {
        sl_cli_pen_name(pen, "forgot", "forgot64", roll);
        sl_json_bool(pen, "dry_run", job->dry_run);
        sl_json_u64(pen, "dropped", dropped);
    }
    return SL_OK;
}

static sl_rc offload(struct sl_cli *c, const struct sl_cli_args *a, struct sl_offload *job,
                     struct sl_err *err)
{
    struct sl_verdict verdict = { 0 };

    SL_TRY(sl_cli_words(a, 1, 1, "CARD", &job->card, err));
    if (job->locker == NULL || job->roll == NULL)
        return sl_fail(err, SL_E_USAGE, _("offload wants --to LOCKER and --roll NAME"));
    sl_rc rc = sl_offload_card(c->sl, job, &verdict, err);
    sl_cli_bar_off(&c->out);
    if (rc == SL_OK || rc == SL_E_UNSAFE) {
        print(&c->out, &verdict);
        struct sl_json_pen *pen = sl_cli_pen(&c->out, "offload");
        if (pen != NULL)
            write_json(pen, &verdict);
    }
    return rc;
}

static sl_rc read_words(struct sl_cli *c, struct sl_cli_args *a, struct sl_offload *job,
                        struct sl_cli_list *without, const char **forgets, struct sl_err *err)
{
    int key = SL_CLI_END;

    do {
        SL_TRY(sl_cli_next(c, a, &key, err));
        switch (key) {
        case 't': job->locker = optarg; break;
        case 'r': job->roll = optarg; break;
        case 'n': job->dry_run = true; break;
        case 'w': sl_cli_list_add(without, optarg); break;
        case 'k': c->at.kit = optarg; break;
        case 'f': *forgets = optarg; break;
        default: break;
        }
    } while (key != SL_CLI_END);
    job->without = without->at;
    job->without_count = without->count;
    job->at = c->at;
    return SL_OK;
}

sl_rc sl_cli_offload(struct sl_cli *c, int argc, char **argv, struct sl_err *err)
{
    static const struct option own[] = {
        { "to", required_argument, NULL, 't' },
        { "roll", required_argument, NULL, 'r' },
        { "without", required_argument, NULL, 'w' },
        { "kit", required_argument, NULL, 'k' },
        { "forget", required_argument, NULL, 'f' },
        { "dry-run", no_argument, NULL, 'n' },
        { 0 },
    };
    struct sl_cli_args a = { .argc = argc, .argv = argv, .own = own };
    struct sl_offload job = { 0 };
    SL_AUTO_CLEAR(cli_list) without = { 0 };
    const char *forgets = NULL;

    SL_TRY(sl_cli_list_new(argc, &without, err));
    SL_TRY(read_words(c, &a, &job, &without, &forgets, err));
    return forgets != NULL ? forget(c, &a, &job, forgets, err) : offload(c, &a, &job, err);
}
