/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Another passphrase for a home: identity, productions and shares, file by file, each in one step.
 * First everything is opened, so that nothing is changed where something does not open. See keys.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/say.h"
#include "home/inside.h"
#include "home/keys.h"

struct run {
    struct sl_home *home;
    const struct sl_words_change *change;
    bool write; /* false: only see whether everything opens */
    unsigned *files;
};

static bool is_there(const struct run *r, const char *path)
{
    uint64_t bytes = 0;

    return sl_shelf_bytes(r->home->shelf, path, &bytes, NULL) == SL_OK;
}

/* Open a file under the old words or, where an interrupted run was here, the new ones (*done). */
static sl_rc open_either(const struct run *r, const char *path, struct sl_secret **ret, bool *done,
                         struct sl_err *err)
{
    const struct sl_words_change *c = r->change;
    sl_rc rc = SL_E_REFUSED;

    *done = false;
    if (c->old != NULL)
        rc = sl_home_open_sealed(r->home, path, c->old, ret, err);
    if (rc == SL_E_REFUSED && c->new != NULL) {
        rc = sl_home_open_sealed(r->home, path, c->new, ret, err);
        *done = rc == SL_OK;
    }
    return rc == SL_OK ? SL_OK : sl_note(err, rc, _("unlocking '%s'"), path);
}

static sl_rc remove_file(const struct run *r, const char *path, struct sl_err *err)
{
    sl_rc rc = sl_shelf_remove(r->home->shelf, path, err);

    return rc == SL_E_MISSING ? SL_OK : rc;
}

/* One file in its two forms; its text is left in *text. */
static sl_rc reseal_file(const struct run *r, const char *sealed_path, const char *clear_path,
                         struct sl_secret **text, struct sl_err *err)
{
    const struct sl_words_change *c = r->change;
    SL_AUTO_CLEAR(buf) sealed = { 0 };
    bool clear = is_there(r, clear_path), done = false;

    if (clear)
        SL_TRY(sl_home_open_clear(r->home, clear_path, text, err));
    else
        SL_TRY(open_either(r, sealed_path, text, &done, err));
    if (!r->write || done)
        return SL_OK;
    if (clear && c->new == NULL) /* what an interrupted run left beside it */
        return remove_file(r, sealed_path, err);
    struct sl_view bytes = sl_secret_expose(*text);
    if (c->new != NULL) {
        SL_TRY(sl_home_seal(bytes, c->new, c->low_memory, &sealed, err));
        bytes = sl_buf_view(&sealed);
    }
    SL_TRY(sl_shelf_replace(r->home->shelf, c->new != NULL ? sealed_path : clear_path, &bytes, 1,
                            err));
    SL_TRY(remove_file(r, c->new != NULL ? clear_path : sealed_path, err));
    (*r->files)++;
    return SL_OK;
}

/* Under the old words; else where an interrupted run was: under the new ones (*done), or not yet
 * under any. */
static sl_rc find_share(const struct run *r, const struct sl_vault *v, unsigned *place,
                        struct sl_secret **ret, bool *done, struct sl_err *err)
{
    const struct sl_words_change *c = r->change;

    *done = false;
    sl_rc rc = sl_home_share_find(r->home, v, c->old, place, ret, err);
    if (rc == SL_E_BROKEN) {
        rc = sl_home_share_find(r->home, v, c->new, place, ret, err);
        *done = c->new != NULL;
    }
    if (rc == SL_E_BROKEN) {
        rc = sl_home_share_find(r->home, v, NULL, place, ret, err);
        *done = false;
    }
    return rc;
}

static sl_rc reseal_share(const struct run *r, const struct sl_vault *v, struct sl_err *err)
{
    SL_AUTO_FREE(secret) *share = NULL;
    unsigned place = 0;
    bool done = false;

    sl_rc rc = find_share(r, v, &place, &share, &done, err);
    if (rc == SL_E_MISSING)
        return SL_OK;
    if (rc != SL_OK)
        return sl_note(err, rc, _("unlocking the share of '%s'"), v->alias);
    if (!r->write)
        return SL_OK;
    *r->files += done ? 0 : 1;
    return sl_home_share_put(r->home, v, share, r->change, place, err); /* both: they look alike */
}

static sl_rc reseal_production(void *who, const char *alias, struct sl_err *err)
{
    const struct run *r = who;
    SL_AUTO_FREE(secret) *text = NULL;
    SL_AUTO_FREE(vault) *v = NULL;
    char sealed[SL_HOME_INSIDE], clear[SL_HOME_INSIDE];

    (void)snprintf(sealed, sizeof sealed, "productions/%s/vault.age", alias);
    (void)snprintf(clear, sizeof clear, "productions/%s/vault.txt", alias);
    SL_TRY(reseal_file(r, sealed, clear, &text, err));
    SL_TRY(sl_vault_read(sl_secret_expose(text), &v, err));
    (void)snprintf(v->alias, sizeof v->alias, "%s", alias);
    return reseal_share(r, v, err);
}

static sl_rc walk(struct run *r, struct sl_err *err)
{
    SL_AUTO_FREE(secret) *text = NULL;

    if (sl_home_has_person(r->home))
        SL_TRY(reseal_file(r, SL_PERSON_SEALED, SL_PERSON_CLEAR, &text, err));
    return sl_home_productions(r->home, reseal_production, r, err);
}

sl_rc sl_home_reseal(struct sl_home *h, const struct sl_words_change *c, unsigned *files,
                     struct sl_err *err)
{
    struct run r = { h, c, false, files };

    *files = 0;
    SL_TRY(walk(&r, err));
    r.write = true;
    return walk(&r, err);
}

/* ---- is there anything to unlock ---- */

struct looking {
    struct sl_home *home;
    bool sealed;
};

static sl_rc look_at(void *who, const char *alias, struct sl_err *err)
{
    struct looking *l = who;
    struct run r = { .home = l->home };
    char path[SL_HOME_INSIDE];

    (void)err;
    (void)snprintf(path, sizeof path, "productions/%s/vault.txt", alias);
    l->sealed |= !is_there(&r, path);
    return SL_OK;
}

sl_rc sl_home_is_sealed(struct sl_home *h, bool *ret, struct sl_err *err)
{
    struct looking l = { .home = h };
    struct run r = { .home = h };

    SL_TRY(sl_home_productions(h, look_at, &l, err));
    *ret = l.sealed || (is_there(&r, SL_PERSON_SEALED) && !is_there(&r, SL_PERSON_CLEAR));
    return SL_OK;
}
