/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The second act: a maker, three trustees and an editor with a home each, a production dealt to
 * the trustees, their acceptances, and a kit for the machine on set, refused for as long as too few
 * have accepted. See inside.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/own.h"
#include "base/say.h"
#include "rehearse/inside.h"
#include "rehearse/tree.h"

#define SPEC_BYTES (SL_PATH_MAX + 64u)

struct cast { /* six words of each card, as its owner reads them */
    char words[SL_WHO_COUNT][SL_WORDS_TEXT];
};

const char *sl_who_alias(enum sl_who who)
{
    static const char *const aliases[SL_WHO_COUNT] = { "maker", "ana", "bo", "cy", "editor" };

    return aliases[who];
}

void sl_who_at(const struct sl_rehearsal *r, enum sl_who who, struct sl_at *ret)
{
    char name[64];

    if (who == SL_WHO_MAKER)
        (void)snprintf(name, sizeof name, SL_IN_MAKER);
    else
        (void)snprintf(name, sizeof name, SL_IN_PEOPLE "/%s", sl_who_alias(who));
    sl_place_path(r, name, ret->home);
    ret->at = (struct sl_home_at){ .home = ret->home, .from = { .fd = -1 }, .no_passphrase = true };
}

static void letter(const struct sl_rehearsal *r, enum sl_who who, const char *kind,
                   char ret[SL_PATH_MAX])
{
    char name[64];

    (void)snprintf(name, sizeof name, SL_IN_LETTERS "/%s.%s", sl_who_alias(who), kind);
    sl_place_path(r, name, ret);
}

/* ---- places and cards ---- */

static sl_rc make_folders(struct sl_rehearsal *r, struct sl_err *err)
{
    static const char *const folders[] = { SL_IN_PEOPLE, SL_IN_LETTERS, SL_IN_CAPTURE,
                                           SL_IN_KEEPERS };
    char name[64];

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        SL_TRY(sl_tree_make(r->os, r->place.fd, folders[i], err));
    for (unsigned i = 1; i <= SL_PRETEND_KEEPERS; i++) {
        (void)snprintf(name, sizeof name, SL_IN_KEEPERS "/%u", i);
        SL_TRY(sl_tree_make(r->os, r->place.fd, name, err));
    }
    return SL_OK;
}

static sl_rc make_cards(struct sl_rehearsal *r, struct cast *cast, struct sl_err *err)
{
    for (enum sl_who who = SL_WHO_ANA; who < SL_WHO_COUNT; who++) {
        char out[SL_PATH_MAX];
        struct sl_person_shown shown;
        struct sl_at p;
        SL_TRY(sl_go_on(r->sl, err));
        sl_who_at(r, who, &p);
        letter(r, who, "card", out);
        const struct sl_person_new job = { .at = p.at, .name = sl_who_alias(who), .out = out };
        SL_TRY(sl_person_make(r->quiet, &job, &shown, err));
        memcpy(cast->words[who], shown.words, sizeof shown.words);
    }
    return SL_OK;
}

/* Two people read six words aloud to each other. */
static sl_rc compare_words(const char *here, const char *there, enum sl_who who, struct sl_err *err)
{
    if (here[0] != '\0' && strcmp(here, there) == 0)
        return SL_OK;
    return sl_fail(err, SL_E_BROKEN, _("the six words of '%s' are not the same at both ends"),
                   sl_who_alias(who));
}

/* ---- the founding ---- */

static sl_rc found(struct sl_rehearsal *r, struct sl_init_done *done, struct sl_err *err)
{
    char specs[SL_PRETEND_KEEPERS][SPEC_BYTES], cards[SL_TRUSTEES][SL_PATH_MAX];
    const char *keepers[SL_PRETEND_KEEPERS], *trustees[SL_TRUSTEES];
    const char *lockers[] = { SL_THE_LOCKER, SL_SHUT_LOCKER };
    struct sl_at maker;

    for (unsigned i = 0; i < SL_PRETEND_KEEPERS; i++) {
        (void)snprintf(specs[i], sizeof specs[i],
                       "pretend-%u=%s/" SL_IN_KEEPERS "/%u,device=pretend-%u", i + 1, r->place.path,
                       i + 1, i + 1);
        keepers[i] = specs[i];
    }
    for (unsigned i = 0; i < SL_TRUSTEES; i++) {
        letter(r, SL_WHO_ANA + i, "card", cards[i]);
        trustees[i] = cards[i];
    }
    sl_who_at(r, SL_WHO_MAKER, &maker);
    struct sl_init job = {
        .at = maker.at,
        .keepers = keepers,
        .keeper_count = SL_PRETEND_KEEPERS,
        .need = SL_PRETEND_NEED,
        .lockers = lockers,
        .locker_count = sizeof lockers / sizeof *lockers,
        .trustees = trustees,
        .trustee_count = SL_TRUSTEES,
        .quorum = SL_PRETEND_QUORUM,
    };
    job.at.production = "rehearsal";
    return sl_init_production(r->quiet, &job, done, err);
}

static sl_rc invite_editor(struct sl_rehearsal *r, const struct cast *cast,
                           struct sl_invited *invited, struct sl_err *err)
{
    char card[SL_PATH_MAX];
    struct sl_at maker;

    sl_who_at(r, SL_WHO_MAKER, &maker);
    letter(r, SL_WHO_EDITOR, "card", card);
    const struct sl_invite job = { .at = maker.at, .card = card };
    SL_TRY(sl_invite_person(r->quiet, &job, invited, err));
    return compare_words(invited->card_words, cast->words[SL_WHO_EDITOR], SL_WHO_EDITOR, err);
}

static sl_rc take_up(struct sl_rehearsal *r, enum sl_who who, const char *words, struct sl_err *err)
{
    char invitation[SL_PATH_MAX];
    struct sl_accepted got;
    struct sl_at p;

    SL_TRY(sl_go_on(r->sl, err));
    sl_who_at(r, who, &p);
    letter(r, who, "invite", invitation);
    const struct sl_accept job = { .at = p.at,
                                   .invitation = invitation,
                                   .trustee = who != SL_WHO_EDITOR };
    sl_rc rc = sl_accept_invitation(r->quiet, &job, &got, err);
    if (rc != SL_OK)
        return sl_note(err, rc, _("'%s' accepts the invitation"), sl_who_alias(who));
    if (got.granted != 0)
        return sl_fail(err, SL_E_BROKEN, _("'%s' was granted a locker that nobody granted"),
                       sl_who_alias(who));
    return compare_words(words, got.words, who, err);
}

/* ---- the kit ---- */

static sl_rc make_kit(struct sl_rehearsal *r, struct sl_kit_made *made, struct sl_err *err)
{
    const char *lockers[] = { SL_THE_LOCKER, SL_SHUT_LOCKER };
    char out[SL_PATH_MAX];
    struct sl_at maker;

    SL_TRY(sl_go_on(r->sl, err));
    sl_who_at(r, SL_WHO_MAKER, &maker);
    sl_place_path(r, SL_IN_KIT, out);
    const struct sl_kit_make job = {
        .at = maker.at,
        .lockers = lockers,
        .locker_count = sizeof lockers / sizeof *lockers,
        .out = out,
        .new_from = { .fd = -1 },
        .new_no_passphrase = true,
    };
    return sl_kit_make_one(r->quiet, &job, made, err);
}

/* A kit that is made too early would seal footage to a key that perhaps nobody holds. */
static sl_rc refused_a_kit(struct sl_rehearsal *r, unsigned accepted, struct sl_err *err)
{
    struct sl_kit_made made;
    struct sl_err why = { 0 };
    struct stat st;

    sl_rc rc = make_kit(r, &made, &why);
    if (rc != SL_OK && rc != SL_E_REFUSED)
        return sl_fail(err, rc, "%s", why.text);
    if (rc == SL_OK || r->os->fstatat(r->os->self, r->place.fd, SL_IN_KIT, &st) == 0)
        return sl_fail(err, SL_E_BROKEN, _("a kit was made although only %u of %u had accepted"),
                       accepted, SL_PRETEND_QUORUM);
    return SL_OK;
}

static sl_rc made_a_kit(struct sl_rehearsal *r, struct sl_err *err)
{
    struct sl_kit_made made;

    SL_TRY(make_kit(r, &made, err));
    if (!made.opened || made.accepted != SL_TRUSTEES || made.need != SL_PRETEND_QUORUM)
        return sl_fail(err, SL_E_BROKEN,
                       _("the kit was made, but the test locker was not opened by all"));
    return SL_OK;
}

/* ---- the act ---- */

static sl_rc join(struct sl_rehearsal *r, const struct cast *cast, const struct sl_init_done *done,
                  struct sl_err *err)
{
    struct sl_invited editor;

    if (done->invited != SL_TRUSTEES)
        return sl_fail(err, SL_E_BROKEN, _("%u invitations were written, not %u"), done->invited,
                       SL_TRUSTEES);
    SL_TRY(refused_a_kit(r, 0, err));
    for (unsigned i = 0; i < SL_TRUSTEES; i++) {
        enum sl_who who = SL_WHO_ANA + i;
        SL_TRY(compare_words(done->invitations[i].card_words, cast->words[who], who, err));
        SL_TRY(take_up(r, who, done->invitations[i].words, err));
        if (i + 2 == SL_PRETEND_QUORUM) /* all but one */
            SL_TRY(refused_a_kit(r, i + 1, err));
    }
    SL_TRY(invite_editor(r, cast, &editor, err));
    SL_TRY(take_up(r, SL_WHO_EDITOR, editor.words, err));
    return made_a_kit(r, err);
}

sl_rc sl_act_production(struct sl_rehearsal *r, struct sl_err *err)
{
    SL_AUTO_CLEAR(init_done) done = { 0 };
    struct cast cast = { 0 };

    SL_TRY(make_folders(r, err));
    SL_TRY(make_cards(r, &cast, err));
    SL_TRY(found(r, &done, err));
    sl_tell(r->sl, SL_SAY_INFO,
            _("a production of %u keepers, any %u suffice: folders side by side on this one disk\n"
              "  that is a pretence (device=pretend-1 and so on): real keepers lie on disks in "
              "different places"),
            SL_PRETEND_KEEPERS, SL_PRETEND_NEED);
    SL_TRY(join(r, &cast, &done, err));
    sl_tell(r->sl, SL_SAY_INFO,
            _("three trustees (ana, bo, cy), of whom any %u open a locker; a maker; an editor\n"
              "  each has a home of their own, a pretence too; the six words agree at both ends\n"
              "  the maker asked for a kit before they had accepted and was refused, then got it\n"
              "  the machine on set has that kit and nothing else: it can only write"),
            SL_PRETEND_QUORUM);
    return SL_OK;
}
