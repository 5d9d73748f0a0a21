/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A trustee's share at rest: two files of one size, in random order, of which the home's passphrase
 * opens one. See keys.h.
 */
#include "base/say.h"
#include "home/inside.h"
#include "home/keys.h"

#define SHARE_FILES      2u
#define RANDOM_WORDS     32u /* bytes of the passphrase that nobody knows */
#define SHARE_SEALED_MAX 4096u

static const char *const NAMES[SHARE_FILES] = { "share-1.age", "share-2.age" };

/* Seal once: under the person's words or key, or (`lost`) under some that nobody will ever have. */
static sl_rc seal_one(const struct sl_vault *v, struct sl_view share, const struct sl_secret *words,
                      bool low_memory, bool lost, struct sl_buf *ret, struct sl_err *err)
{
    SL_AUTO_FREE(secret) *random = NULL;
    SL_AUTO_FREE(age_identity) *nobody = NULL;
    struct sl_age_recipient to;

    if (words != NULL) {
        if (lost)
            SL_TRY(sl_secret_new(RANDOM_WORDS, &random, err));
        return sl_home_seal(share, lost ? random : words, low_memory, ret, err);
    }
    if (lost)
        SL_TRY(sl_age_identity_new(&nobody, err));
    sl_age_identity_recipient(lost ? nobody : v->person, &to);
    *ret = sl_buf_upto(SHARE_SEALED_MAX);
    return sl_age_seal(&to, 1, share, ret, err);
}

sl_rc sl_home_share_put(struct sl_home *h, const struct sl_vault *v, const struct sl_secret *share,
                        const struct sl_words_change *c, unsigned place, struct sl_err *err)
{
    for (unsigned i = 0; i < SHARE_FILES; i++) {
        SL_AUTO_CLEAR(buf) sealed = { 0 };
        char path[SL_HOME_INSIDE];
        SL_TRY(
            seal_one(v, sl_secret_expose(share), c->new, c->low_memory, i != place, &sealed, err));
        struct sl_view bytes = sl_buf_view(&sealed);
        sl_home_inside(v, NAMES[i], path);
        sl_rc rc = sl_shelf_replace(h->shelf, path, &bytes, 1, err);
        if (rc != SL_OK)
            return sl_note(err, rc, _("writing to the home '%s'"), h->shown);
    }
    return SL_OK;
}

sl_rc sl_home_share_store(struct sl_home *h, const struct sl_vault *v,
                          const struct sl_secret *share, const struct sl_secret *words,
                          bool low_memory, struct sl_err *err)
{
    const struct sl_words_change c = { NULL, words, low_memory };
    uint8_t coin = 0;

    sl_random(&coin, sizeof coin);
    return sl_home_share_put(h, v, share, &c, coin & 1, err);
}

static sl_rc open_one(struct sl_home *h, const struct sl_vault *v, const char *path,
                      const struct sl_secret *words, struct sl_secret **ret, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) file = sl_buf_upto(SHARE_SEALED_MAX);
    struct sl_age_identity *const with[] = { v->person };

    if (words != NULL)
        return sl_home_open_sealed(h, path, words, ret, err);
    if (v->person == NULL)
        return sl_fail(err, SL_E_MISSING, _("this home is nobody's"));
    SL_TRY(sl_shelf_read(h->shelf, path, &file, err));
    return sl_age_open_secret(sl_buf_view(&file), with, 1, ret, err);
}

sl_rc sl_home_share_find(struct sl_home *h, const struct sl_vault *v, const struct sl_secret *words,
                         unsigned *place, struct sl_secret **ret, struct sl_err *err)
{
    unsigned missing = 0;

    for (unsigned i = 0; i < SHARE_FILES; i++) {
        char path[SL_HOME_INSIDE];
        sl_home_inside(v, NAMES[i], path);
        sl_rc rc = open_one(h, v, path, words, ret, err);
        *place = i;
        if (rc == SL_OK || rc == SL_E_SYSTEM)
            return rc;
        missing += rc == SL_E_MISSING ? 1 : 0;
    }
    if (missing == SHARE_FILES)
        return sl_fail(err, SL_E_MISSING, _("this home holds no share: it is no trustee's"));
    return sl_fail(err, SL_E_BROKEN,
                   _("the share of this home does not open\n"
                     "  a copy of the home, or the invitation accepted anew elsewhere, has it"));
}

sl_rc sl_home_share_load(struct sl_home *h, const struct sl_vault *v, const struct sl_secret *words,
                         struct sl_secret **ret, struct sl_err *err)
{
    unsigned place = 0;

    return sl_home_share_find(h, v, words, &place, ret, err);
}
