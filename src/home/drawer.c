/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Small secret files sealed to the person. See drawer.h.
 */
#include "home/drawer.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/say.h"
#include "home/inside.h"

#define SEALED_MAX (SL_DRAWER_BYTES_MAX + 4096u) /* header, nonce and tag besides */
#define SUFFIX     ".age"

static const char *const FOLDERS[] = { [SL_DRAWER_OPEN] = "open", [SL_DRAWER_ASKED] = "asked" };

static void path_of(const struct sl_vault *v, enum sl_drawer d, const char *name,
                    char path[SL_HOME_INSIDE])
{
    char inside[SL_DRAWER_NAME_MAX + 16];

    assert(strlen(name) <= SL_DRAWER_NAME_MAX);
    (void)snprintf(inside, sizeof inside, "%s/%s%s", FOLDERS[d], name, SUFFIX);
    sl_home_inside(v, inside, path);
}

sl_rc sl_drawer_put(struct sl_home *h, const struct sl_vault *v, enum sl_drawer d, const char *name,
                    struct sl_view plain, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) sealed = sl_buf_upto(SEALED_MAX);
    struct sl_age_recipient to;
    char path[SL_HOME_INSIDE];

    if (v->person == NULL)
        return sl_fail(err, SL_E_REFUSED,
                       _("this home is nobody's: it has no identity to keep "
                         "something for"));
    sl_age_identity_recipient(v->person, &to);
    SL_TRY(sl_age_seal(&to, 1, plain, &sealed, err));
    struct sl_view bytes = sl_buf_view(&sealed);
    path_of(v, d, name, path);
    sl_rc rc = sl_shelf_replace(h->shelf, path, &bytes, 1, err);
    return rc == SL_OK ? SL_OK : sl_note(err, rc, _("writing to the home '%s'"), h->shown);
}

sl_rc sl_drawer_get(struct sl_home *h, const struct sl_vault *v, enum sl_drawer d, const char *name,
                    struct sl_secret **ret, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) sealed = sl_buf_upto(SEALED_MAX);
    struct sl_age_identity *const with[] = { v->person };
    char path[SL_HOME_INSIDE];

    if (v->person == NULL)
        return sl_fail(err, SL_E_MISSING, _("nothing is kept there"));
    path_of(v, d, name, path);
    SL_TRY(sl_shelf_read(h->shelf, path, &sealed, err));
    sl_rc rc = sl_age_open_secret(sl_buf_view(&sealed), with, 1, ret, err);
    return rc == SL_OK ? SL_OK : sl_note(err, rc, _("reading '%s' in the home"), path);
}

sl_rc sl_drawer_forget(struct sl_home *h, const struct sl_vault *v, enum sl_drawer d,
                       const char *name, struct sl_err *err)
{
    char path[SL_HOME_INSIDE];

    path_of(v, d, name, path);
    return sl_shelf_remove(h->shelf, path, err);
}

struct listing {
    sl_drawer_each *each;
    void *who;
};

static sl_rc list_one(void *who, const struct sl_os_entry *entry, struct sl_err *err)
{
    const struct listing *l = who;
    size_t len = strlen(entry->name);
    char name[SL_DRAWER_NAME_MAX + 1];

    if (len <= strlen(SUFFIX) || len - strlen(SUFFIX) > SL_DRAWER_NAME_MAX ||
        strcmp(entry->name + len - strlen(SUFFIX), SUFFIX) != 0)
        return SL_OK; /* not of our making */
    (void)snprintf(name, sizeof name, "%.*s", (int)(len - strlen(SUFFIX)), entry->name);
    return l->each(l->who, name, err);
}

sl_rc sl_drawer_list(struct sl_home *h, const struct sl_vault *v, enum sl_drawer d,
                     sl_drawer_each *each, void *who, struct sl_err *err)
{
    struct listing l = { each, who };
    char path[SL_HOME_INSIDE];

    sl_home_inside(v, FOLDERS[d], path);
    return sl_shelf_list(h->shelf, path, list_one, &l, err);
}
