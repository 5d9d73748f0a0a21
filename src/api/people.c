/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cards of people: an identity in a home, and what the world may know of it.
 */
#include "api/people.h"

#include <stdio.h>
#include <string.h>

#include "api/files.h"
#include "api/vault.h"
#include "base/say.h"
#include "crypto/words.h"
#include "home/keys.h"
#include "home/passphrase.h"

#define PATH_ROOM 4096u

sl_rc sl_people_passphrase(struct sl *sl, const struct sl_passphrase_from *from, bool none,
                           const char *prompt, struct sl_secret **ret, struct sl_err *err)
{
    return none ? SL_OK : sl_passphrase_read(sl_os_of(sl), from, prompt, true, ret, err);
}

sl_rc sl_people_new_passphrase(struct sl *sl, const struct sl_passphrase_from *from, bool none,
                               const char *prompt, struct sl_secret **ret, struct sl_err *err)
{
    sl_rc rc = sl_people_passphrase(sl, from, none, prompt, ret, err);

    if (rc != SL_E_USAGE || sl_passphrase_named(from))
        return rc;
    return sl_note(err, rc,
                   _("asking for the new passphrase: without a terminal it is named by "
                     "--new-passphrase-file and its kin, or refused by --new-no-passphrase"));
}

/* A name that a card can have: found out before a home is made for it. */
static sl_rc check_name(const char *name, struct sl_err *err)
{
    SL_AUTO_FREE(age_identity) *nobody = NULL;
    SL_AUTO_CLEAR(buf) card = sl_buf_upto(SL_CARD_BYTES_MAX);

    if (name == NULL)
        return sl_fail(err, SL_E_USAGE, _("a card wants a name"));
    SL_TRY(sl_age_identity_new(&nobody, err));
    return sl_card_write(name, nobody, &card, err);
}

sl_rc sl_people_identity(struct sl *sl, struct sl_home *home, const struct sl_home_at *at,
                         const char *name, struct sl_person_here *ret, struct sl_err *err)
{
    *ret = (struct sl_person_here){ 0 };
    if (sl_home_has_person(home)) {
        ret->found = true;
        return sl_home_person(home, &at->from, &ret->words, &ret->person, err);
    }
    SL_TRY(check_name(name, err));
    SL_TRY(sl_people_passphrase(sl, &at->from, at->no_passphrase, _("new passphrase of this home"),
                                &ret->words, err));
    SL_TRY(sl_age_identity_new(&ret->person, err));
    return sl_home_person_store(home, name, ret->person, ret->words, at->low_memory, err);
}

void sl_person_here_clear(struct sl_person_here *p)
{
    sl_secret_free(p->words);
    sl_age_identity_free(p->person);
    *p = (struct sl_person_here){ 0 };
}

static void show_card(const struct sl_person_card *card, struct sl_view bytes,
                      struct sl_person_shown *ret)
{
    (void)snprintf(ret->name, sizeof ret->name, "%s", card->name);
    sl_words_of("card", bytes, ret->words);
    sl_age_recipient_text(&card->recipient, ret->recipient);
}

sl_rc sl_person_make(struct sl *sl, const struct sl_person_new *job, struct sl_person_shown *ret,
                     struct sl_err *err)
{
    SL_AUTO_FREE(home) *home = NULL;
    SL_AUTO_CLEAR(person_here) me = { 0 };
    SL_AUTO_CLEAR(buf) bytes = sl_buf_upto(SL_CARD_BYTES_MAX);
    struct sl_person_card card;
    char path[PATH_ROOM];

    *ret = (struct sl_person_shown){ 0 };
    if (job->out == NULL)
        return sl_fail(err, SL_E_USAGE, _("say where the card is to be written: --out FILE"));
    SL_TRY(check_name(job->name, err));
    SL_TRY(sl_file_must_be_new(sl, job->out, err));
    SL_TRY(sl_vault_home_path(&job->at, path, sizeof path, err));
    SL_TRY(sl_home_open(sl_os_of(sl), path, true, &home, err));
    SL_TRY(sl_people_identity(sl, home, &job->at, job->name, &me, err));
    SL_TRY(sl_card_write(job->name, me.person, &bytes, err));
    SL_TRY(sl_card_read(sl_buf_view(&bytes), &card, err));
    SL_TRY(sl_file_post_write(sl, job->out, SL_POST_CARD, sl_buf_view(&bytes), err));
    ret->found = me.found;
    show_card(&card, sl_buf_view(&bytes), ret);
    return SL_OK;
}

sl_rc sl_card_look(struct sl *sl, const char *path, struct sl_person_shown *ret, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) bytes = sl_buf_upto(SL_CARD_BYTES_MAX);
    struct sl_person_card card;

    *ret = (struct sl_person_shown){ 0 };
    SL_TRY(sl_file_post(sl, path, SL_POST_CARD, &bytes, err));
    sl_rc rc = sl_card_read(sl_buf_view(&bytes), &card, err);
    if (rc != SL_OK)
        return sl_note(err, rc == SL_E_BROKEN ? SL_E_USAGE : rc, _("reading the card '%s'"),
                       sl_show(path).text);
    show_card(&card, sl_buf_view(&bytes), ret);
    return SL_OK;
}
