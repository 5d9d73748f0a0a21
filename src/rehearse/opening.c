/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The trustees' part: the editor asks for a locker, they consent one by one, and only enough of
 * true answers open it, and it alone. By the keepers, or by texts that are carried. See inside.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/say.h"
#include "rehearse/inside.h"

#define REASON    "the cut"
#define IN_ASKED  SL_IN_LETTERS "/asked.txt"
#define IN_FALSE  SL_IN_LETTERS "/false.txt"
#define IN_SHUT   SL_IN_LETTERS "/asked-shut.txt"
#define NAME_ROOM 64u

/* ---- who cannot read ---- */

sl_rc sl_cannot_read(struct sl_rehearsal *r, enum sl_who who, const char *what, struct sl_err *err)
{
    struct sl_restored got;
    struct sl_err why = { 0 };
    char back[SL_PATH_MAX];
    struct stat st;
    struct sl_at p;

    sl_who_at(r, who, &p);
    sl_place_path(r, SL_IN_BACK, back);
    const struct sl_restore job = { .at = p.at, .what = what, .dest = back };
    sl_rc rc = sl_restore_tree(r->quiet, &job, &got, &why);
    if (rc != SL_OK && rc != SL_E_REFUSED)
        return sl_fail(err, rc, "%s", why.text);
    if (rc == SL_OK || r->os->fstatat(r->os->self, r->place.fd, SL_IN_BACK, &st) == 0)
        return sl_fail(err, SL_E_BROKEN, _("'%s' restored '%s', which nobody opened for them"),
                       sl_who_alias(who), what);
    return SL_OK;
}

/* ---- asking ---- */

/* Ask, or collect; the answers `in` are names in the folder, ended by NULL. */
static sl_rc open_with(struct sl_rehearsal *r, const struct sl_open *how, const char *const *in,
                       struct sl_opening *ret, struct sl_err *err)
{
    char paths[SL_TRUSTEES][SL_PATH_MAX], out[SL_PATH_MAX];
    const char *list[SL_TRUSTEES] = { NULL };
    struct sl_open job = *how;
    struct sl_at editor;

    SL_TRY(sl_go_on(r->sl, err));
    sl_who_at(r, SL_WHO_EDITOR, &editor);
    job.at = editor.at;
    for (size_t i = 0; in != NULL && i < SL_TRUSTEES && in[i] != NULL; i++) {
        sl_place_path(r, in[i], paths[i]);
        list[i] = paths[i];
        job.in_count = i + 1;
    }
    job.in = list;
    if (how->out != NULL) {
        sl_place_path(r, how->out, out);
        job.out = out;
    }
    return sl_open_locker(r->quiet, &job, ret, err);
}

static sl_rc ask(struct sl_rehearsal *r, const struct sl_raid *raid, struct sl_opening *ret,
                 struct sl_err *err)
{
    const struct sl_open job = { .locker = SL_THE_LOCKER,
                                 .reason = REASON,
                                 .expires_days = SL_EXPIRES_DAYS,
                                 .out = raid->by_hand ? IN_ASKED : NULL };

    sl_rc rc = open_with(r, &job, NULL, ret, err);
    if (rc != SL_OK)
        return sl_note(err, rc, _("the editor asks for locker '%s'"), SL_THE_LOCKER);
    if (!ret->asked || ret->open)
        return sl_fail(err, SL_E_BROKEN, _("locker '%s' was open before anybody consented"),
                       SL_THE_LOCKER);
    return SL_OK;
}

/* ---- answering ---- */

/* What a trustee reads before saying yes. */
static sl_rc check_line(const struct sl_opening *asked, const struct sl_request_line *line,
                        struct sl_err *err)
{
    if (strcmp(line->who, sl_who_alias(SL_WHO_EDITOR)) == 0 &&
        strcmp(line->locker, SL_THE_LOCKER) == 0 && strcmp(line->reason, REASON) == 0 &&
        strcmp(line->id, asked->request) == 0 && strcmp(line->words, asked->words) == 0)
        return SL_OK;
    return sl_fail(err, SL_E_BROKEN, _("a trustee reads another request than the editor made"));
}

static void answer_name(enum sl_who who, char ret[NAME_ROOM])
{
    (void)snprintf(ret, NAME_ROOM, SL_IN_LETTERS "/%s.txt", sl_who_alias(who));
}

static sl_rc say_yes(struct sl_rehearsal *r, const struct sl_raid *raid, enum sl_who who,
                     const struct sl_opening *asked, struct sl_err *err)
{
    char name[NAME_ROOM], in[SL_PATH_MAX], out[SL_PATH_MAX];
    struct sl_answered said;
    struct sl_at p;

    SL_TRY(sl_go_on(r->sl, err));
    sl_who_at(r, who, &p);
    answer_name(who, name);
    sl_place_path(r, IN_ASKED, in);
    sl_place_path(r, name, out);
    const struct sl_answer_job job = { .at = p.at,
                                       .id = raid->by_hand ? NULL : asked->request,
                                       .in = raid->by_hand ? in : NULL,
                                       .out = raid->by_hand ? out : NULL,
                                       .yes = true };
    sl_rc rc = sl_answer_request(r->quiet, &job, &said, err);
    if (rc != SL_OK)
        return sl_note(err, rc, _("trustee '%s' consents"), sl_who_alias(who));
    return check_line(asked, &said.line, err);
}

/* ---- collecting ---- */

/* One yes is too little; beside it, a false one is named and changes nothing. */
static sl_rc must_wait(struct sl_rehearsal *r, struct sl_raid *raid, const char *const *in,
                       struct sl_err *err)
{
    const struct sl_open job = { .locker = SL_THE_LOCKER };
    struct sl_opening now = { 0 };
    struct sl_err why = { 0 };

    sl_rc rc = open_with(r, &job, in, &now, &why);
    if (rc != SL_OK && rc != SL_E_RETRY && rc != SL_E_REFUSED)
        return sl_fail(err, rc, "%s", why.text);
    if (rc == SL_OK || now.open)
        return sl_fail(err, SL_E_BROKEN, _("locker '%s' opened with one true answer of %u"),
                       SL_THE_LOCKER, SL_PRETEND_QUORUM);
    if (now.yes != 1 || !now.trustees[raid->yes[0] - SL_WHO_ANA].yes)
        return sl_fail(err, SL_E_BROKEN, _("%u answers are counted where one trustee consented"),
                       now.yes);
    if (raid->false_by != 0)
        raid->false_named = now.lied == 1 && now.trustees[raid->false_by - SL_WHO_ANA].lied;
    else if (now.lied != 0)
        return sl_fail(err, SL_E_BROKEN, _("a trustee is named who gave no false answer"));
    return SL_OK;
}

static sl_rc must_open(struct sl_rehearsal *r, const char *const *in, struct sl_err *err)
{
    const struct sl_open job = { .locker = SL_THE_LOCKER };
    struct sl_opening now;

    sl_rc rc = open_with(r, &job, in, &now, err);
    if (rc != SL_OK)
        return sl_note(err, rc, _("opening locker '%s'"), SL_THE_LOCKER);
    if (!now.open || now.yes != SL_PRETEND_QUORUM)
        return sl_fail(err, SL_E_BROKEN, _("locker '%s' did not open with %u answers"),
                       SL_THE_LOCKER, now.yes);
    return SL_OK;
}

sl_rc sl_open_it(struct sl_rehearsal *r, struct sl_raid *raid, struct sl_err *err)
{
    char first[NAME_ROOM], second[NAME_ROOM], false_one[NAME_ROOM];
    const char *early[] = { first, IN_FALSE, NULL }, *late[] = { second, NULL };
    struct sl_opening asked;

    answer_name(raid->yes[0], first);
    answer_name(raid->yes[1], second);
    SL_TRY(ask(r, raid, &asked, err));
    SL_TRY(say_yes(r, raid, raid->yes[0], &asked, err));
    if (raid->false_by != 0) {
        answer_name(raid->false_by, false_one);
        SL_TRY(say_yes(r, raid, raid->false_by, &asked, err));
        SL_TRY(sl_false_answer(r, raid->false_by, false_one, IN_FALSE, err));
    }
    SL_TRY(must_wait(r, raid, raid->by_hand ? early : NULL, err));
    SL_TRY(sl_cannot_read(r, SL_WHO_EDITOR, SL_THE_LOCKER "/" SL_THE_ROLL, err));
    SL_TRY(say_yes(r, raid, raid->yes[1], &asked, err));
    return must_open(r, raid->by_hand ? late : NULL, err);
}

/* ---- the other locker ---- */

struct lockers {
    unsigned open, shut;
};

static sl_rc count_locker(void *who, const struct sl_locker_line *line, struct sl_err *err)
{
    struct lockers *l = who;

    (void)err;
    l->open += strcmp(line->alias, SL_THE_LOCKER) == 0 && line->state == SL_LOCKER_OPENED;
    l->shut += strcmp(line->alias, SL_SHUT_LOCKER) == 0 && line->state == SL_LOCKER_SHUT;
    return SL_OK;
}

sl_rc sl_stays_shut(struct sl_rehearsal *r, struct sl_err *err)
{
    const struct sl_open job = { .locker = SL_SHUT_LOCKER, .reason = REASON, .out = IN_SHUT };
    const struct sl_open collect = { .locker = SL_SHUT_LOCKER };
    struct lockers l = { 0 };
    struct sl_opening now = { 0 };
    struct sl_err why = { 0 };
    struct sl_at editor;

    sl_who_at(r, SL_WHO_EDITOR, &editor);
    SL_TRY(sl_locker_list(r->quiet, &editor.at, count_locker, &l, err));
    if (l.open != 1 || l.shut != 1)
        return sl_fail(err, SL_E_BROKEN,
                       _("the editor's home lists other lockers as open than '%s'"), SL_THE_LOCKER);
    SL_TRY(open_with(r, &job, NULL, &now, err));
    sl_rc rc = now.open ? SL_OK : open_with(r, &collect, NULL, &now, &why);
    if (rc != SL_OK && rc != SL_E_RETRY)
        return sl_fail(err, rc, "%s", why.text);
    if (rc == SL_OK || now.open || now.yes > 0)
        return sl_fail(err, SL_E_BROKEN, _("consent to locker '%s' counts for locker '%s'"),
                       SL_THE_LOCKER, SL_SHUT_LOCKER);
    return sl_cannot_read(r, SL_WHO_EDITOR, SL_SHUT_LOCKER "/" SL_SHUT_ROLL, err);
}
