/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * safelight ls: what is in the vault. Lines go out as they come, however many there are.
 */
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "cli/cmd.h"

const char *sl_cli_ls_page(void)
{
    return _("list lockers, rolls and files\n"
             "\n"
             "usage: safelight ls [-r] [-0] [WHAT]\n"
             "\n"
             "WHAT is a locker (camera), a roll (camera/A001) or a folder or file in it\n"
             "(camera/A001/CLIP); without it lockers and rolls are listed. Characters of names\n"
             "that a terminal would act on are shown as \\xNN or \\u{NNNN}.\n"
             "\n"
             "  -r, --recursive  everything beneath WHAT\n"
             "  -0, --null       names only, byte for byte, each ended by a NUL\n");
}

struct listing {
    struct sl_cli_out *out;
    struct sl_json_pen *pen;
    bool null;
};

static void print_roll(struct sl_cli_out *o, const struct sl_list_line *line, const char *name)
{
    struct sl_cli_shown author = sl_cli_show(line->author == NULL ? "" : line->author);

    sl_cli_print(o, _("%10s  %s  %s  (files %llu, by %s)%s\n"),
                 line->readable ? sl_cli_size(line->bytes).text : "-",
                 sl_cli_date(line->claimed).text, name, (unsigned long long)line->files,
                 author.text[0] == '\0' ? "?" : author.text, line->whole ? "" : _("  not whole"));
}

static sl_rc print_line(struct sl_cli_out *o, const struct sl_list_line *line, struct sl_err *err)
{
    struct sl_view path = { .at = (const uint8_t *)line->path, .len = line->path_bytes };
    char *name = malloc(SL_PLAIN_BYTES(path.len));

    if (name == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    (void)sl_plain(path, name, SL_PLAIN_BYTES(path.len));
    if (line->what == SL_LISTED_LOCKER)
        sl_cli_print(o, "%10s  %-16s  %s/%s\n", "-", "-", name,
                     line->readable ? "" : _("  (this home holds no key to it)"));
    else if (line->what == SL_LISTED_ROLL)
        print_roll(o, line, name);
    else if (line->what == SL_LISTED_FOLDER)
        sl_cli_print(o, "%10s  %s  %s/\n", "-", sl_cli_date(line->mtime_s).text, name);
    else
        sl_cli_print(o, "%10s  %s  %s\n", sl_cli_size(line->bytes).text,
                     sl_cli_date(line->mtime_s).text, name);
    free(name);
    return SL_OK;
}

static void write_line(struct sl_json_pen *p, const struct sl_list_line *line)
{
    static const char *const type[] = { "locker", "roll", "folder", "file" };

    sl_json_object(p, NULL);
    sl_json_word(p, "type", type[line->what]);
    sl_json_name(p, "path", "path64",
                 (struct sl_view){ (const uint8_t *)line->path, line->path_bytes });
    sl_json_bool(p, "readable", line->readable);
    if (line->what == SL_LISTED_ROLL) {
        sl_json_bool(p, "whole", line->whole);
        if (line->author != NULL)
            sl_cli_pen_name(p, "author", "author64", line->author);
        sl_json_i64(p, "claimed", line->claimed);
        sl_json_u64(p, "files", line->files);
    }
    if (line->what == SL_LISTED_ROLL || line->what == SL_LISTED_FILE)
        sl_json_u64(p, "bytes", line->bytes);
    if (line->what == SL_LISTED_FOLDER || line->what == SL_LISTED_FILE) {
        sl_json_u64(p, "mode", line->mode);
        sl_json_array(p, "mtime");
        sl_json_i64(p, NULL, line->mtime_s);
        sl_json_u64(p, NULL, line->mtime_ns);
        sl_json_end(p);
    }
    if (line->what == SL_LISTED_FILE)
        sl_json_hex(p, "sha256", (struct sl_view){ line->sha256, sizeof line->sha256 });
    sl_json_end(p);
}

static sl_rc each(void *who, const struct sl_list_line *line, struct sl_err *err)
{
    struct listing *l = who;

    if (l->pen != NULL) {
        write_line(l->pen, line);
        return sl_cli_drain(l->out, err);
    }
    if (l->null) {
        sl_cli_raw(l->out, (struct sl_view){ (const uint8_t *)line->path, line->path_bytes });
        sl_cli_raw(l->out, (struct sl_view){ (const uint8_t *)"", 1 });
    } else {
        SL_TRY(print_line(l->out, line, err));
    }
    return sl_cli_drain(l->out, err);
}

sl_rc sl_cli_ls(struct sl_cli *c, int argc, char **argv, struct sl_err *err)
{
    static const struct option own[] = {
        { "recursive", no_argument, NULL, 'r' },
        { "null", no_argument, NULL, '0' },
        { 0 },
    };
    struct sl_cli_args a = { .argc = argc, .argv = argv, .own = own, .letters = "r0" };
    struct listing l = { .out = &c->out };
    bool recursive = false;
    const char *what = NULL;
    int key = SL_CLI_END;

    do {
        SL_TRY(sl_cli_next(c, &a, &key, err));
        recursive = recursive || key == 'r';
        l.null = l.null || key == '0';
    } while (key != SL_CLI_END);
    SL_TRY(sl_cli_words(&a, 0, 1, "[WHAT]", &what, err));
    if (l.null && c->out.json)
        return sl_fail(err, SL_E_USAGE,
                       _("--json and --null are two ways of saying it: choose one"));
    l.pen = sl_cli_pen(&c->out, "ls");
    if (l.pen != NULL)
        sl_json_array(l.pen, "entries");
    sl_rc rc = sl_list(c->sl, &c->at, what, recursive, each, &l, err);
    if (l.pen != NULL)
        sl_json_end(l.pen);
    return rc;
}
