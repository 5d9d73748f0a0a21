/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Requests of this person and their answers, gathered. See asked.h.
 */
#include "api/asked.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/files.h"
#include "api/scribe.h"
#include "base/say.h"
#include "format/deeds.h"
#include "home/drawer.h"

#define NAME_ROOM (SL_DRAWER_NAME_MAX + 1)

void sl_asking_clear(struct sl_asking *a)
{
    for (size_t i = 0; i < a->count; i++)
        sl_buf_clear(&a->requests[i].bytes);
    free(a->requests);
    a->requests = NULL;
    a->count = a->room = 0;
}

/* ---- requests ---- */

static bool is_mine(const struct sl_asking *a, const struct sl_request *r)
{
    uint8_t mine[SL_SIGN_PUBLIC_BYTES];

    sl_sign_key_public(&a->open->vault->sign, mine);
    return sl_same(r->requester, mine, sizeof mine) &&
           sl_request_check(&a->quorum, &a->sealed, r, NULL) == SL_OK;
}

static const struct asked_request *find(const struct sl_asking *a,
                                        const uint8_t hash[SL_SHA256_BYTES])
{
    for (size_t i = 0; i < a->count; i++)
        if (sl_same(a->requests[i].request.hash, hash, SL_SHA256_BYTES))
            return &a->requests[i];
    return NULL;
}

/* One that is not this person's, or about another locker, is passed over. */
static sl_rc note_request(struct sl_asking *a, struct sl_view bytes, struct sl_err *err)
{
    struct asked_request r = { .bytes = sl_buf_upto(SL_REQUEST_BYTES_MAX) };
    void *at = a->requests;

    if (sl_request_read(bytes, &r.request, NULL) != SL_OK || !is_mine(a, &r.request) ||
        find(a, r.request.hash) != NULL)
        return SL_OK;
    SL_TRY(sl_grow(&at, a->count, &a->room, sizeof r, err));
    a->requests = at;
    SL_TRY(sl_buf_put(&r.bytes, bytes, err));
    a->requests[a->count++] = r;
    return SL_OK;
}

static sl_rc requests_of_journal(struct sl_asking *a, struct sl_err *err)
{
    uint8_t mine[SL_SIGN_PUBLIC_BYTES];

    sl_sign_key_public(&a->open->vault->sign, mine);
    for (size_t i = 0; a->journal != NULL && i < a->journal->entry_count; i++) {
        SL_AUTO_CLEAR(buf) body = sl_buf_upto(SL_SLIP_BYTES);
        const struct sl_journal_entry *e = &a->journal->entries[i];
        const struct sl_session *s = &a->journal->sessions[e->session].explained;
        if (e->kind != SL_ENTRY_REQUEST || e->belief != SL_BELIEF_YES || e->locker != a->locker ||
            !sl_same(s->author, mine, sizeof mine))
            continue;
        if (sl_journal_body(a->journal, e, &body, NULL) == SL_OK)
            SL_TRY(note_request(a, sl_buf_view(&body), err));
    }
    return SL_OK;
}

static sl_rc drawer_request(void *who, const char *name, struct sl_err *err)
{
    SL_AUTO_FREE(secret) *bytes = NULL;
    struct sl_asking *a = who;

    if (strncmp(name, "r-", 2) != 0 ||
        sl_drawer_get(a->open->home, a->open->vault, SL_DRAWER_ASKED, name, &bytes, NULL) != SL_OK)
        return SL_OK;
    return note_request(a, sl_secret_expose(bytes), err);
}

const struct asked_request *sl_asking_waits(const struct sl_asking *a, int64_t now)
{
    for (size_t i = a->count; i > 0; i--)
        if (sl_request_fresh(&a->requests[i - 1].request, now, NULL) == SL_OK)
            return &a->requests[i - 1];
    return NULL;
}

/* ---- answers ---- */

/* *counted: it adds up (now, or did before). SL_E_REFUSED says why not. */
static sl_rc count_answer(struct sl_asking *a, struct sl_view bytes, struct sl_answer *answer,
                          struct sl_err *err)
{
    SL_TRY(sl_answer_read(bytes, answer, err));
    const struct asked_request *r = find(a, answer->request);
    if (r == NULL)
        return sl_fail(err, SL_E_REFUSED,
                       _("this answers another request than those of this home for locker '%s'"),
                       a->open->vault->lockers[a->locker].alias);
    uint32_t bit = 1u << answer->number, lies = a->gathering.false_by;
    sl_rc rc = sl_gathering_add(&a->gathering, &r->request, answer, err);
    if (rc == SL_E_REFUSED && (a->gathering.false_by & ~lies) != 0)
        sl_tell(a->sl, SL_SAY_WARNING, _("trustee '%s' signed a false answer; it is not counted"),
                a->open->vault->trustees[answer->number - 1].alias);
    else if (rc == SL_E_REFUSED && (a->gathering.yes & bit) != 0)
        return SL_OK; /* counted already */
    return rc;
}

static sl_rc answers_of_journal(struct sl_asking *a, struct sl_err *err)
{
    for (size_t i = 0; a->journal != NULL && i < a->journal->entry_count; i++) {
        SL_AUTO_CLEAR(buf) body = sl_buf_upto(SL_SLIP_BYTES);
        const struct sl_journal_entry *e = &a->journal->entries[i];
        struct sl_answer answer;
        struct sl_err why = { 0 };
        if (e->kind != SL_ENTRY_ANSWER || e->belief != SL_BELIEF_YES || find(a, e->request) == NULL)
            continue;
        sl_rc rc = sl_journal_body(a->journal, e, &body, &why);
        if (rc == SL_OK)
            rc = count_answer(a, sl_buf_view(&body), &answer, &why);
        if (rc == SL_E_SYSTEM)
            return sl_fail(err, rc, "%s", why.text);
    }
    return SL_OK;
}

static sl_rc drawer_answer(void *who, const char *name, struct sl_err *err)
{
    SL_AUTO_FREE(secret) *bytes = NULL;
    struct sl_asking *a = who;
    struct sl_answer answer;

    (void)err;
    if (strncmp(name, "a-", 2) == 0 &&
        sl_drawer_get(a->open->home, a->open->vault, SL_DRAWER_ASKED, name, &bytes, NULL) == SL_OK)
        (void)count_answer(a, sl_secret_expose(bytes), &answer, NULL);
    return SL_OK;
}

sl_rc sl_asking_gather(struct sl_asking *a, struct sl_err *err)
{
    const struct sl_vault *v = a->open->vault;
    const struct sl_locker_info *l = &v->lockers[a->locker];

    SL_TRY(sl_vault_quorum(v, &a->quorum, err));
    SL_TRY(sl_vault_sealed(v, a->journal, &l->id, l->epoch, &a->sealed, err));
    SL_TRY(sl_gathering_begin(&a->quorum, &a->sealed, &a->gathering, err));
    SL_TRY(sl_drawer_list(a->open->home, v, SL_DRAWER_ASKED, drawer_request, a, err));
    SL_TRY(requests_of_journal(a, err));
    SL_TRY(sl_drawer_list(a->open->home, v, SL_DRAWER_ASKED, drawer_answer, a, err));
    return answers_of_journal(a, err);
}

/* ---- by hand ---- */

static sl_rc take_one(struct sl_asking *a, struct sl_view sealed, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) bytes = sl_buf_upto(SL_ANSWER_BYTES);
    struct sl_age_identity *const with[] = { a->open->vault->person };
    struct sl_answer answer;
    char id[SL_FOLDER_TEXT], name[NAME_ROOM];

    sl_rc rc = sl_age_open(sealed, with, 1, &bytes, err);
    if (rc == SL_E_REFUSED)
        return sl_fail(err, rc, _("this answer is sealed to somebody else"));
    SL_TRY(rc);
    SL_TRY(count_answer(a, sl_buf_view(&bytes), &answer, err));
    const struct asked_request *r = find(a, answer.request);
    sl_id_text(&r->request.id, id);
    (void)snprintf(name, sizeof name, "a-%s-%u", id, answer.number);
    return sl_drawer_put(a->open->home, a->open->vault, SL_DRAWER_ASKED, name, sl_buf_view(&bytes),
                         err);
}

/* Text number `index` of a letter; SL_E_MISSING after the last. */
static sl_rc take_text(struct sl_asking *a, const char *path, struct sl_view letter, size_t index,
                       struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) sealed = sl_buf_upto(SL_POST_TEXT_MAX);

    SL_TRY(sl_file_post_at(path, letter, SL_POST_ANSWER, index, &sealed, err));
    sl_rc rc = take_one(a, sl_buf_view(&sealed), err);
    if (rc == SL_OK)
        return SL_OK;
    return sl_note(err, rc == SL_E_BROKEN ? SL_E_USAGE : rc, _("reading '%s'"), sl_show(path).text);
}

/* What is wrong with one text is told at the end: those behind it count all the same. */
sl_rc sl_asking_take(struct sl_asking *a, const char *path, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) letter = sl_buf_upto(SL_POST_INPUT_MAX);
    sl_rc first = SL_OK;

    SL_TRY(sl_file_read(a->sl, path, _("text of this kind"), &letter, err));
    for (size_t i = 0; i < SL_POST_TEXTS_MAX; i++) {
        struct sl_err why = { 0 };
        sl_rc rc = take_text(a, path, sl_buf_view(&letter), i, &why);
        if (rc == SL_E_MISSING)
            break;
        if (rc != SL_OK && first == SL_OK)
            first = sl_fail(err, rc, "%s", why.text);
        if (rc == SL_E_SYSTEM)
            break;
    }
    return first;
}

/* ---- asking ---- */

static sl_rc keep_request(struct sl_asking *a, const struct asked_request *r, struct sl_err *err)
{
    char id[SL_FOLDER_TEXT], name[NAME_ROOM];

    sl_id_text(&r->request.id, id);
    (void)snprintf(name, sizeof name, "r-%s", id);
    return sl_drawer_put(a->open->home, a->open->vault, SL_DRAWER_ASKED, name,
                         sl_buf_view(&r->bytes), err);
}

sl_rc sl_asking_write(struct sl_asking *a, const struct asked_request *r, const char *out,
                      struct sl_err *err)
{
    SL_TRY(keep_request(a, r, err));
    return sl_file_post_write(a->sl, out, SL_POST_REQUEST, sl_buf_view(&r->bytes), err);
}

/* Body: the request, for the trustees and for who asks; care: which locker, and its hash. */
static sl_rc say_request(struct sl_asking *a, const struct asked_request *r, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) care = sl_buf_upto(4096);
    const struct sl_vault *v = a->open->vault;
    struct sl_age_recipient to[SL_TRUSTEES_MAX + 1];
    struct sl_request_care about = { .locker = r->request.locker,
                                     .epoch = r->request.locker_epoch };
    struct sl_saying says = { .kind = SL_ENTRY_REQUEST, .body = sl_buf_view(&r->bytes), .to = to };

    memcpy(about.request, r->request.hash, sizeof about.request);
    SL_TRY(sl_request_care_write(&about, &care, err));
    says.care = sl_buf_view(&care);
    for (size_t i = 0; i < v->trustee_count; i++)
        to[says.to_count++] = v->trustees[i].recipient;
    sl_age_identity_recipient(v->person, &to[says.to_count++]);
    return sl_scribe_once(a->sl, a->open, a->journal, &says, 1, err);
}

sl_rc sl_asking_ask(struct sl_asking *a, const char *reason, int64_t expires, const char *out,
                    struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) bytes = sl_buf_upto(SL_REQUEST_BYTES_MAX);
    struct sl_age_recipient mine;
    struct sl_request r;

    sl_request_for(&a->quorum, &a->sealed, &r);
    if (strlen(reason) > SL_REQUEST_REASON_MAX)
        return sl_fail(err, SL_E_USAGE, _("a reason has at most %u bytes"), SL_REQUEST_REASON_MAX);
    (void)snprintf(r.reason, sizeof r.reason, "%s", reason);
    sl_age_identity_recipient(a->open->vault->person, &mine);
    sl_age_recipient_text(&mine, r.recipient);
    r.expires = expires;
    SL_TRY(sl_request_write(&r, &a->open->vault->sign, &bytes, err));
    SL_TRY(note_request(a, sl_buf_view(&bytes), err));
    const struct asked_request *new = find(a, r.hash);
    if (new == NULL)
        return sl_fail(err, SL_E_BROKEN, _("the request that was just made cannot be read back"));
    return out != NULL ? sl_asking_write(a, new, out, err) : say_request(a, new, err);
}
