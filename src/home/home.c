/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The folder of a home: finding productions in it, storing and loading their vault files. See
 * home.h.
 */
#include "home/home.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "home/inside.h"
#include "home/passphrase.h"

const struct sl_os *sl_home_os(const struct sl_home *h)
{
    return h->os;
}

void sl_home_free(struct sl_home *h)
{
    if (h == NULL)
        return;
    sl_shelf_free(h->shelf);
    free(h);
}

/* Make every folder of `path` that is missing. What goes wrong shows when it is opened. */
static void make_folders(const struct sl_os *os, const char *path)
{
    char part[SL_HOME_PATH];

    for (size_t i = 1; path[i - 1] != '\0' && i < sizeof part; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        (void)os->mkdirat(os->self, SL_OS_CWD, part, 0700);
    }
}

sl_rc sl_home_open(const struct sl_os *os, const char *path, bool create, struct sl_home **ret,
                   struct sl_err *err)
{
    SL_AUTO_FREE(home) *h = calloc(1, sizeof *h);

    if (h == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    h->os = os;
    (void)sl_plain((struct sl_view){ (const uint8_t *)path, strlen(path) }, h->shown,
                   sizeof h->shown);
    if (strlen(path) >= SL_HOME_PATH)
        return sl_fail(err, SL_E_USAGE, _("the path of the home is too long"));
    if (create)
        make_folders(os, path);
    int dir = os->open(os->self, SL_OS_CWD, path, O_RDONLY | O_DIRECTORY, 0, 0);
    if (dir < 0 && errno == ENOENT)
        return sl_fail(err, SL_E_MISSING,
                       _("there is no home at '%s'\n  make one with: safelight init"), h->shown);
    if (dir < 0)
        return sl_fail_errno(err, _("cannot open the home '%s'"), h->shown);
    sl_rc rc = sl_shelf_new(os, dir, &h->shelf, err);
    if (rc != SL_OK) {
        (void)os->close(os->self, dir);
        return rc;
    }
    *ret = SL_TAKE(h);
    return SL_OK;
}

static void inside(char path[SL_HOME_INSIDE], const char *alias, const char *name)
{
    (void)snprintf(path, SL_HOME_INSIDE, "productions/%s/%s", alias, name);
}

void sl_home_inside(const struct sl_vault *v, const char *name, char path[SL_HOME_INSIDE])
{
    if (v->folder[0] != '\0')
        (void)snprintf(path, SL_HOME_INSIDE, "%s/%s", v->folder, name);
    else
        inside(path, v->alias, name);
}

/* ---- which production ---- */

static bool is_there(struct sl_home *h, const char *alias)
{
    static const char *const files[] = { "vault.age", "vault.txt" };
    char path[SL_HOME_INSIDE];
    uint64_t bytes = 0;

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        inside(path, alias, files[i]);
        if (sl_shelf_bytes(h->shelf, path, &bytes, NULL) == SL_OK)
            return true;
    }
    return false;
}

struct naming {
    sl_home_each *each;
    void *who;
    struct sl_home *home;
};

static sl_rc name_one(void *who, const struct sl_os_entry *entry, struct sl_err *err)
{
    const struct naming *n = who;
    struct sl_view name = { (const uint8_t *)entry->name, strlen(entry->name) };

    if (sl_alias_check(name, "", NULL) != SL_OK || !is_there(n->home, entry->name))
        return SL_OK;
    return n->each(n->who, entry->name, err);
}

sl_rc sl_home_productions(struct sl_home *h, sl_home_each *each, void *who, struct sl_err *err)
{
    struct naming n = { each, who, h };

    return sl_shelf_list(h->shelf, "productions", name_one, &n, err);
}

struct aliases {
    char names[8][SL_ALIAS_MAX + 1]; /* enough to say which there are */
    size_t count;
};

static sl_rc note_alias(void *who, const char *alias, struct sl_err *err)
{
    struct aliases *a = who;

    (void)err;
    if (a->count < sizeof a->names / sizeof *a->names)
        (void)snprintf(a->names[a->count], sizeof a->names[0], "%s", alias);
    a->count++;
    return SL_OK;
}

static sl_rc only_one(struct sl_home *h, char alias[SL_ALIAS_MAX + 1], struct sl_err *err)
{
    struct aliases a = { 0 };
    char list[400] = "";

    SL_TRY(sl_home_productions(h, note_alias, &a, err));
    if (a.count == 0)
        return sl_fail(err, SL_E_MISSING,
                       _("the home '%s' knows no production\n  make one with: safelight init"),
                       h->shown);
    if (a.count == 1) {
        memcpy(alias, a.names[0], sizeof a.names[0]);
        return SL_OK;
    }
    for (size_t i = 0; i < a.count && i < sizeof a.names / sizeof *a.names; i++) {
        size_t used = strlen(list);
        (void)snprintf(list + used, sizeof list - used, " %s", a.names[i]);
    }
    return sl_fail(err, SL_E_USAGE,
                   _("the home knows several productions:%s\n  choose one with --production NAME"),
                   list);
}

static sl_rc note_stranger(void *who, const struct sl_os_entry *entry, struct sl_err *err)
{
    bool *strange = who;

    (void)err;
    *strange |= strcmp(entry->name, "productions") != 0 && strcmp(entry->name, "t") != 0;
    return SL_OK;
}

sl_rc sl_home_must_be_new(struct sl_home *h, struct sl_err *err)
{
    struct aliases a = { 0 };
    bool strange = false;

    SL_TRY(sl_shelf_list(h->shelf, "", note_stranger, &strange, err));
    SL_TRY(sl_home_productions(h, note_alias, &a, err));
    if (strange || a.count > 0)
        return sl_fail(err, SL_E_USAGE,
                       _("'%s' is not empty\n  a new home needs a folder of its own"), h->shown);
    return SL_OK;
}

bool sl_home_knows(struct sl_home *h, const char *alias)
{
    return is_there(h, alias);
}

/* ---- load and store ---- */

sl_rc sl_home_open_sealed(struct sl_home *h, const char *path, const struct sl_secret *words,
                          struct sl_secret **ret, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) file = sl_buf_upto(SL_HOME_FILE);

    SL_TRY(sl_shelf_read(h->shelf, path, &file, err));
    return sl_age_open_passphrase(sl_buf_view(&file), sl_secret_expose(words), SL_AGE_WORK_MAX, ret,
                                  err);
}

sl_rc sl_home_open_clear(struct sl_home *h, const char *path, struct sl_secret **ret,
                         struct sl_err *err)
{
    SL_AUTO_FREE(secret) *text = NULL;
    uint64_t bytes = 0;

    SL_TRY(sl_shelf_bytes(h->shelf, path, &bytes, err));
    if (bytes == 0 || bytes > SL_VAULT_TEXT_MAX)
        return sl_fail(err, SL_E_BROKEN, _("the home's file has an impossible size"));
    SL_TRY(sl_secret_blank((size_t)bytes, &text, err));
    SL_TRY(sl_shelf_read_into(h->shelf, path, sl_secret_fill(text), (size_t)bytes, err));
    *ret = SL_TAKE(text);
    return SL_OK;
}

static sl_rc unlock(struct sl_home *h, const char *path, const char *alias,
                    const struct sl_passphrase_from *from, struct sl_secret **words,
                    struct sl_vault **ret, struct sl_err *err)
{
    SL_AUTO_FREE(secret) *typed = NULL;
    SL_AUTO_FREE(secret) *text = NULL;
    char prompt[SL_ALIAS_MAX + 64];

    (void)snprintf(prompt, sizeof prompt, _("passphrase of production '%s'"), alias);
    SL_TRY(sl_passphrase_read(h->os, from, prompt, false, &typed, err));
    sl_rc rc = sl_home_open_sealed(h, path, typed, &text, err);
    if (rc != SL_OK)
        return sl_note(err, rc, _("unlocking production '%s'"), alias);
    SL_TRY(sl_vault_read(sl_secret_expose(text), ret, err));
    if (words != NULL)
        *words = SL_TAKE(typed);
    return SL_OK;
}

static sl_rc load_clear(struct sl_home *h, const char *path, struct sl_vault **ret,
                        struct sl_err *err)
{
    SL_AUTO_FREE(secret) *text = NULL;

    SL_TRY(sl_home_open_clear(h, path, &text, err));
    return sl_vault_read(sl_secret_expose(text), ret, err);
}

sl_rc sl_home_load(struct sl_home *h, const char *alias, const struct sl_passphrase_from *from,
                   struct sl_secret **words, struct sl_vault **ret, struct sl_err *err)
{
    char name[SL_ALIAS_MAX + 1], path[SL_HOME_INSIDE];
    uint64_t bytes = 0;

    if (alias == NULL) {
        SL_TRY(only_one(h, name, err));
    } else {
        SL_TRY(sl_alias_check((struct sl_view){ (const uint8_t *)alias, strlen(alias) },
                              _("production"), err));
        (void)snprintf(name, sizeof name, "%s", alias);
    }
    inside(path, name, "vault.txt");
    if (sl_shelf_bytes(h->shelf, path, &bytes, NULL) == SL_OK) {
        SL_TRY(load_clear(h, path, ret, err));
    } else {
        inside(path, name, "vault.age");
        sl_rc rc = sl_shelf_bytes(h->shelf, path, &bytes, err);
        if (rc == SL_E_MISSING)
            return sl_fail(err, SL_E_MISSING, _("the home '%s' knows no production '%s'"), h->shown,
                           name);
        SL_TRY(rc);
        SL_TRY(unlock(h, path, name, from, words, ret, err));
    }
    /* Its folder's name is the production's: state and spool stand beside the vault. */
    (void)snprintf((*ret)->alias, sizeof(*ret)->alias, "%s", name);
    return SL_OK;
}

sl_rc sl_home_load_with(struct sl_home *h, const char *alias, const struct sl_secret *words,
                        struct sl_vault **ret, struct sl_err *err)
{
    SL_AUTO_FREE(secret) *text = NULL;
    char path[SL_HOME_INSIDE];

    inside(path, alias, "vault.txt");
    sl_rc rc = sl_home_open_clear(h, path, &text, err);
    if (rc == SL_E_MISSING && words != NULL) {
        inside(path, alias, "vault.age");
        rc = sl_home_open_sealed(h, path, words, &text, err);
    }
    SL_TRY(rc);
    SL_TRY(sl_vault_read(sl_secret_expose(text), ret, err));
    (void)snprintf((*ret)->alias, sizeof(*ret)->alias, "%s", alias);
    return SL_OK;
}

sl_rc sl_home_seal(struct sl_view plain, const struct sl_secret *words, bool low_memory,
                   struct sl_buf *ret, struct sl_err *err)
{
    unsigned work = low_memory ? SL_HOME_WORK_LOW : SL_AGE_WORK_HOME;

    *ret = sl_buf_upto(SL_HOME_FILE);
    return sl_age_seal_passphrase(sl_secret_expose(words), work, plain, ret, err);
}

sl_rc sl_home_store(struct sl_home *h, const struct sl_vault *v, const struct sl_secret *passphrase,
                    bool low_memory, struct sl_err *err)
{
    SL_AUTO_FREE(secret) *text = NULL;
    SL_AUTO_CLEAR(buf) sealed = { 0 };
    char path[SL_HOME_INSIDE];

    if (is_there(h, v->alias))
        return sl_fail(err, SL_E_REFUSED, _("the home '%s' has a production '%s' already"),
                       h->shown, v->alias);
    SL_TRY(sl_vault_write(v, &text, err));
    struct sl_view bytes = sl_secret_expose(text);
    inside(path, v->alias, passphrase != NULL ? "vault.age" : "vault.txt");
    if (passphrase != NULL) {
        SL_TRY(sl_home_seal(bytes, passphrase, low_memory, &sealed, err));
        bytes = sl_buf_view(&sealed);
    }
    sl_rc rc = sl_shelf_put(h->shelf, path, &bytes, 1, err);
    return rc == SL_OK ? SL_OK : sl_note(err, rc, _("writing to the home '%s'"), h->shown);
}

sl_rc sl_home_folder(struct sl_home *h, const struct sl_vault *v, const char *name, int *ret,
                     struct sl_err *err)
{
    char path[SL_HOME_INSIDE];

    sl_home_inside(v, name, path);
    sl_rc rc = sl_shelf_make_folder(h->shelf, path, err);
    if (rc != SL_OK)
        return sl_note(err, rc, _("writing to the home '%s'"), h->shown);
    int fd = h->os->open(h->os->self, sl_shelf_dir(h->shelf), path, O_RDONLY | O_DIRECTORY, 0, 0);
    if (fd < 0)
        return sl_fail_errno(err, _("cannot open '%s' in the home '%s'"), path, h->shown);
    *ret = fd;
    return SL_OK;
}
