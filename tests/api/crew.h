/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A small production with trustees, on the world of fake/world.h: a maker, m trustees of whom t
 * must agree, and an editor ("ana") to whom `sound` is granted and `camera` is not. Everybody has a
 * home of their own, without passphrases, named as they are; cards and invitations lie in people/.
 *
 *     struct crew c;
 *     crew_new(&c, 2, 3);                       cards, founding
 *     CHECK_EQ(crew_accept(&c, NULL, "t1"), SL_OK);
 *     crew_end(&c);
 */
#pragma once

#include "fake/world.h"

struct crew {
    struct world w;
    unsigned need, count;
    char request[SL_REQUEST_ID_TEXT]; /* the last one that was made */
};

#define CREW_EDITOR "ana"

static inline const char *crew_trustee(unsigned number)
{
    static const char *const names[] = { "t1", "t2", "t3", "t4", "t5", "t6", "t7" };

    return names[number - 1];
}

static inline bool crew_is_trustee(const char *who)
{
    return who[0] == 't';
}

/* "people/WHO.ENDING" */
static inline const char *crew_paper(const struct crew *c, const char *who, const char *ending)
{
    char name[64];

    (void)snprintf(name, sizeof name, "people/%s.%s", who, ending);
    return world_path(&c->w, name);
}

static inline void crew_forget(const struct crew *c, const char *who, const char *ending)
{
    (void)unlink(crew_paper(c, who, ending));
}

/* ---- journeys ---- */

static inline sl_rc crew_person(struct crew *c, const struct sl_os *os, const char *who)
{
    struct sl *sl = world_start(&c->w, os);
    struct sl_person_new job = { .at = world_at(&c->w, who),
                                 .name = who,
                                 .out = crew_paper(c, who, "card") };
    struct sl_person_shown shown;

    return sl == NULL ? c->w.rc
                      : world_finish(&c->w, sl, sl_person_make(sl, &job, &shown, &c->w.err));
}

static inline sl_rc crew_found(struct crew *c, const struct sl_os *os)
{
    static const char *const lockers[] = { "camera", "sound" };
    static char specs[WORLD_KEEPERS_MAX][FOLDER_TEXT + 64], grant[FOLDER_TEXT + 64];
    const char *keepers[WORLD_KEEPERS_MAX], *cards[7];
    const char *grants[] = { grant };
    struct sl *sl = world_start(&c->w, os);

    if (sl == NULL)
        return c->w.rc;
    for (unsigned i = 0; i < c->w.keepers; i++) {
        (void)snprintf(specs[i], sizeof specs[i], "k%u=%s/keepers/%u,device=d%u", i + 1, c->w.dir,
                       i + 1, i + 1);
        keepers[i] = specs[i];
    }
    for (unsigned i = 0; i < c->count; i++)
        cards[i] = crew_paper(c, crew_trustee(i + 1), "card");
    (void)snprintf(grant, sizeof grant, "sound=%.280s", crew_paper(c, CREW_EDITOR, "card"));
    struct sl_init job = { .at = world_at(&c->w, "maker"),
                           .keepers = keepers,
                           .keeper_count = c->w.keepers,
                           .need = c->w.need,
                           .lockers = lockers,
                           .locker_count = 2,
                           .trustees = cards,
                           .trustee_count = c->count,
                           .quorum = c->need,
                           .grants = grants,
                           .grant_count = 1,
                           .one_trustee_opens = true,
                           .one_arrest_blocks = true };
    job.at.production = "film";
    return world_finish(&c->w, sl, sl_init_production(sl, &job, NULL, &c->w.err));
}

/* `paper`: "invite", or the ending of another file; `out`: an acknowledgement's ending, or NULL. */
static inline sl_rc crew_accept_as(struct crew *c, const struct sl_os *os, const char *who,
                                   const char *paper, const char *out, struct sl_accepted *ret)
{
    static struct sl_accepted unread;
    struct sl *sl = world_start(&c->w, os);
    struct sl_accept job = { .at = world_at(&c->w, who),
                             .invitation = crew_paper(c, who, paper),
                             .trustee = crew_is_trustee(who),
                             .out = out != NULL ? crew_paper(c, who, out) : NULL };

    return sl == NULL ? c->w.rc
                      : world_finish(
                            &c->w, sl,
                            sl_accept_invitation(sl, &job, ret != NULL ? ret : &unread, &c->w.err));
}

static inline sl_rc crew_accept(struct crew *c, const struct sl_os *os, const char *who)
{
    return crew_accept_as(c, os, who, "invite", NULL, NULL);
}

static inline sl_rc crew_kit(struct crew *c, const struct sl_os *os, bool before)
{
    static const char *const lockers[] = { "camera" };
    struct sl *sl = world_start(&c->w, os);
    struct sl_kit_make job = { .at = world_at(&c->w, "maker"),
                               .lockers = lockers,
                               .locker_count = 1,
                               .out = crew_paper(c, "set", "kit"),
                               .new_from.fd = -1,
                               .new_no_passphrase = true,
                               .before_acceptance = before };
    struct sl_kit_made made;

    return sl == NULL ? c->w.rc
                      : world_finish(&c->w, sl, sl_kit_make_one(sl, &job, &made, &c->w.err));
}

static inline sl_rc crew_open_as(struct crew *c, const struct sl_os *os, const char *who,
                                 const struct sl_open *as, struct sl_opening *ret)
{
    static struct sl_opening unread;
    struct sl *sl = world_start(&c->w, os);
    struct sl_open job = *as;

    if (sl == NULL)
        return c->w.rc;
    if (ret == NULL)
        ret = &unread;
    job.at = world_at(&c->w, who);
    if (job.locker == NULL)
        job.locker = "camera";
    sl_rc rc = world_finish(&c->w, sl, sl_open_locker(sl, &job, ret, &c->w.err));
    if (ret->request[0] != '\0')
        (void)snprintf(c->request, sizeof c->request, "%.32s", ret->request);
    return rc;
}

/* Ask for `camera` (with a reason), or collect. */
static inline sl_rc crew_open(struct crew *c, const struct sl_os *os, const char *reason,
                              struct sl_opening *ret)
{
    return crew_open_as(c, os, CREW_EDITOR,
                        &(struct sl_open){ .reason = reason, .expires_days = 30 }, ret);
}

static inline sl_rc crew_answer_as(struct crew *c, const struct sl_os *os, const char *who,
                                   const struct sl_answer_job *as)
{
    struct sl *sl = world_start(&c->w, os);
    struct sl_answer_job job = *as;
    static struct sl_answered said;

    job.at = world_at(&c->w, who);
    return sl == NULL ? c->w.rc
                      : world_finish(&c->w, sl, sl_answer_request(sl, &job, &said, &c->w.err));
}

static inline sl_rc crew_answer(struct crew *c, const struct sl_os *os, const char *who, bool yes)
{
    return crew_answer_as(c, os, who, &(struct sl_answer_job){ .id = c->request, .yes = yes });
}

static inline sl_rc crew_verify(struct crew *c, const struct sl_os *os, const char *who)
{
    struct sl *sl = world_start(&c->w, os);
    struct sl_home_at at = world_at(&c->w, who);
    struct sl_accepted ret;

    return sl == NULL ? c->w.rc
                      : world_finish(&c->w, sl, sl_share_verify(sl, &at, &ret, &c->w.err));
}

/* As the maker sees it; no rolls are kept. */
static inline sl_rc crew_status(struct crew *c, struct sl_status *ret)
{
    c->w.reader = "maker";
    sl_rc rc = world_status(&c->w, NULL, ret);
    sl_status_clear(&(struct sl_status){ .rolls = ret->rolls });
    ret->rolls = NULL;
    c->w.reader = NULL;
    return rc;
}

/* ---- beginnings ---- */

static inline void crew_must(struct crew *c, sl_rc rc, const char *what)
{
    if (rc == SL_OK)
        return;
    printf("Bail out! %s: %s\n", what, c->w.err.text);
    exit(EXIT_FAILURE);
}

/* Homes and cards, nothing founded. */
static inline void crew_bare(struct crew *c, unsigned need, unsigned count)
{
    *c = (struct crew){ .need = need, .count = count };
    world_bare(&c->w, 2, 1);
    world_folder(&c->w, "people");
    for (unsigned i = 1; i <= count; i++)
        crew_must(c, crew_person(c, NULL, crew_trustee(i)), "a trustee");
    crew_must(c, crew_person(c, NULL, CREW_EDITOR), "the editor");
}

static inline void crew_new(struct crew *c, unsigned need, unsigned count)
{
    crew_bare(c, need, count);
    crew_must(c, crew_found(c, NULL), "the founding");
}

/* And everybody has accepted. */
static inline void crew_whole(struct crew *c, unsigned need, unsigned count)
{
    crew_new(c, need, count);
    for (unsigned i = 1; i <= count; i++)
        crew_must(c, crew_accept(c, NULL, crew_trustee(i)), "a trustee's acceptance");
    crew_must(c, crew_accept(c, NULL, CREW_EDITOR), "the editor's acceptance");
}

static inline void crew_end(struct crew *c)
{
    world_end(&c->w);
}

/* Keep everything as it is now, and go back to it. */
static inline void crew_freeze(struct crew *c)
{
    char to[FOLDER_TEXT + 16];

    (void)snprintf(to, sizeof to, "%s.frozen", c->w.dir);
    world_copy(c->w.dir, to);
}

static inline void crew_thaw(struct crew *c)
{
    char from[FOLDER_TEXT + 16];

    (void)snprintf(from, sizeof from, "%s.frozen", c->w.dir);
    folder_remove(c->w.dir);
    world_copy(from, c->w.dir);
}

static inline void crew_unfreeze(struct crew *c)
{
    char from[FOLDER_TEXT + 16];

    (void)snprintf(from, sizeof from, "%s.frozen", c->w.dir);
    folder_remove(from);
}

/* ---- what nobody may find ---- */

/* Nothing half-written lies in a home, with a keeper or among the papers. */
static inline bool crew_tidy(const struct crew *c)
{
    return world_count_at(c->w.dir, "t", false) == 0;
}
