/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What lies in a folder keeper: f/ab/abcd... and s/ab/abcd.... Names that we never give (a file
 * manager's leavings, a stranger's links) are counted and passed by.
 */
#include <stdio.h>
#include <string.h>

#include "base/say.h"
#include "keeper/inside.h"

struct walk {
    struct dir_keeper *keeper;
    enum sl_object_kind kind;
    char folder[8]; /* "f/ab" */
    sl_keeper_each each;
    void *who;
    uint64_t odd;
};

/* "f/ab/<name>" as an object, if it is the one text that means it. */
static bool read_name(const struct walk *w, const char *name, struct sl_object *ret)
{
    char text[sizeof w->folder + SL_NAME_MAX + 2], again[SL_OBJECT_TEXT];
    struct sl_err ignored;

    int len = snprintf(text, sizeof text, "%s/%s", w->folder, name);
    if (len != SL_OBJECT_TEXT - 1)
        return false;
    struct sl_view in = { (const uint8_t *)text, (size_t)len };
    if (sl_object_read(in, ret, &ignored) != SL_OK || ret->kind != w->kind)
        return false;
    sl_object_text(ret, again);
    return strcmp(text, again) == 0;
}

static sl_rc see_file(void *who, const struct sl_os_entry *entry, struct sl_err *err)
{
    struct walk *w = who;
    struct sl_object name = { 0 };
    char text[SL_OBJECT_TEXT];
    uint64_t bytes = 0;

    if (!read_name(w, entry->name, &name)) {
        w->odd++;
        return SL_OK;
    }
    sl_object_text(&name, text);
    sl_rc rc = sl_shelf_bytes(w->keeper->shelf, text, &bytes, err);
    if (rc == SL_E_REFUSED) /* the right name on a link, a folder, a pipe */
        w->odd++;
    if (rc == SL_E_REFUSED || rc == SL_E_MISSING)
        return SL_OK;
    SL_TRY(rc);
    return w->each(w->who, &name, bytes, err);
}

static bool is_hex_pair(const char *name)
{
    return strlen(name) == 2 && strspn(name, "0123456789abcdef") == 2;
}

/* A link or a file where one of our folders should be is odd, and holds nothing of ours. */
static sl_rc see_folder(void *who, const struct sl_os_entry *entry, struct sl_err *err)
{
    struct walk *w = who;
    const struct sl_os *os = w->keeper->os;
    struct stat st = { 0 };

    (void)snprintf(w->folder, sizeof w->folder, "%c/%.2s", (char)w->kind, entry->name);
    if (is_hex_pair(entry->name) &&
        os->fstatat(os->self, sl_shelf_dir(w->keeper->shelf), w->folder, &st) != 0)
        return sl_fail_errno(err, _("folder '%s' cannot be looked at"), w->folder);
    if (!S_ISDIR(st.st_mode)) {
        w->odd++;
        return SL_OK;
    }
    return sl_shelf_list(w->keeper->shelf, w->folder, see_file, w, err);
}

sl_rc sl_keeper_dir_list(struct sl_keeper *k, enum sl_object_kind kind, sl_keeper_each each,
                         void *who, uint64_t *odd, struct sl_err *err)
{
    struct dir_keeper *d = (struct dir_keeper *)k;
    struct walk w = { .keeper = d, .kind = kind, .each = each, .who = who };
    char top[2] = { (char)kind, '\0' };

    sl_rc rc = sl_shelf_list(d->shelf, top, see_folder, &w, err);
    if (rc != SL_OK)
        return sl_note(err, rc, _("listing keeper '%s'"), d->plain);
    *odd = w.odd;
    return SL_OK;
}
