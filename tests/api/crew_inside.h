/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Somebody of a crew (crew.h) who works with the keys of their own home behind the program's back:
 * says what the program never says, and, as the maker, writes invitations that lie.
 */
#pragma once

#include "api/crew.h"
#include "api/files.h"
#include "api/quorum.h"
#include "api/scribe.h"
#include "crypto/words.h"
#include "format/deeds.h"
#include "format/pen.h"
#include "home/keys.h"
#include "quorum/inside.h"

struct inside {
    struct crew *c;
    struct sl *sl;
    struct sl_vault_open o;
    struct sl_quorum quorum;
    struct sl_err err;
};

static inline void inside_must(const struct inside *in, sl_rc rc, const char *what)
{
    if (rc == SL_OK)
        return;
    printf("Bail out! %s: %s\n", what, in->err.text);
    exit(EXIT_FAILURE);
}

static inline void inside_enter(struct inside *in, struct crew *c, const char *who)
{
    struct sl_home_at at = world_at(&c->w, who);

    *in = (struct inside){ .c = c, .sl = world_start(&c->w, NULL) };
    world_must(in->sl != NULL, "start");
    inside_must(in, sl_vault_open(in->sl, &at, &in->o, &in->err), who);
    inside_must(in, sl_vault_quorum(in->o.vault, &in->quorum, &in->err), "quorum");
}

static inline void inside_leave(struct inside *in)
{
    sl_vault_open_clear(&in->o);
    sl_end(in->sl);
}

static inline int inside_locker(const struct inside *in, const char *name)
{
    int place = sl_vault_locker(in->o.vault, name);

    world_must(place >= 0, name);
    return place;
}

static inline void inside_sealed(struct inside *in, const char *name, struct sl_sealed_locker *ret)
{
    struct sl_view bytes = sl_buf_view(&in->o.vault->sealed[inside_locker(in, name)]);

    inside_must(in, sl_locker_read(bytes, ret, &in->err), name);
}

/* Say one thing in a session of one's own. */
static inline void inside_say(struct inside *in, const struct sl_saying *says)
{
    SL_AUTO_FREE(journal) *j = NULL;

    inside_must(in, sl_vault_journal(in->sl, &in->o, false, &j, &in->err), "journal");
    inside_must(in, sl_scribe_once(in->sl, &in->o, j, says, 1, &in->err), "saying");
}

/* ---- requests and answers ---- */

/* Ask for `l`, signed by `key`, answers to this home's person. */
static inline void inside_ask(struct inside *in, const struct sl_sealed_locker *l,
                              const struct sl_sign_key *key, struct sl_request *r,
                              struct sl_buf *bytes)
{
    struct sl_age_recipient mine;

    sl_request_for(&in->quorum, l, r);
    sl_age_identity_recipient(in->o.vault->person, &mine);
    sl_age_recipient_text(&mine, r->recipient);
    (void)snprintf(r->reason, sizeof r->reason, "the cut");
    *bytes = sl_buf_upto(SL_REQUEST_BYTES_MAX);
    inside_must(in, sl_request_write(r, key, bytes, &in->err), "request");
}

/* Put a request into the journal. */
static inline void inside_say_request(struct inside *in, const struct sl_request *r,
                                      const struct sl_buf *bytes)
{
    SL_AUTO_CLEAR(buf) care = sl_buf_upto(4096);
    struct sl_age_recipient to[SL_TRUSTEES_MAX];
    struct sl_request_care about = { .locker = r->locker, .epoch = r->locker_epoch };
    struct sl_saying says = { .kind = SL_ENTRY_REQUEST, .body = sl_buf_view(bytes), .to = to };

    memcpy(about.request, r->hash, sizeof about.request);
    inside_must(in, sl_request_care_write(&about, &care, &in->err), "care");
    says.care = sl_buf_view(&care);
    for (size_t i = 0; i < in->o.vault->trustee_count; i++)
        to[says.to_count++] = in->o.vault->trustees[i].recipient;
    inside_say(in, &says);
}

/* Give a request as a text, people/NAME. */
static inline void inside_post_request(struct inside *in, const struct sl_buf *bytes,
                                       const char *path)
{
    inside_must(in, sl_file_post_write(in->sl, path, SL_POST_REQUEST, sl_buf_view(bytes), &in->err),
                path);
}

/* A trustee's true answer, made false and signed all the same: s_i C + G. */
static inline void inside_lie(const struct inside *in, struct sl_answer *a)
{
    enum { AT_PART = 108, AT_SIGNATURE = 716 }; /* docs/format/quorum.md */
    struct sl_point base;

    sl_point_base(&base);
    world_must(sl_point_add(&a->part, &base, &a->part), "a false part");
    memcpy(a->bytes + AT_PART, a->part.bytes, sizeof a->part.bytes);
    sl_sign(&in->o.vault->sign, "safelight/1 answer", (struct sl_view){ a->bytes, AT_SIGNATURE },
            a->bytes + AT_SIGNATURE);
}

/* This trustee's answer to a request that was read. */
static inline void inside_answer(struct inside *in, const struct sl_sealed_locker *l,
                                 const struct sl_request *r, struct sl_answer *ret)
{
    const struct sl_asked asked = { &in->quorum, l, r };
    struct sl_share share = { 0 };

    inside_must(in, sl_vault_share(&in->o, &share, &in->err), "share");
    inside_must(in, sl_answer_yes(&asked, &share, &in->o.vault->sign, NULL, ret, &in->err), "yes");
    sl_share_clear(&share);
}

/* Put an answer into the journal, for who asked. */
static inline void inside_say_answer(struct inside *in, const struct sl_request *r,
                                     const struct sl_answer *a)
{
    SL_AUTO_CLEAR(buf) care = sl_buf_upto(4096);
    struct sl_view recipient = { (const uint8_t *)r->recipient, strlen(r->recipient) };
    struct sl_age_recipient to;
    struct sl_answer_care about;
    struct sl_saying says = { .kind = SL_ENTRY_ANSWER, .to = &to, .to_count = 1 };

    memcpy(about.request, r->hash, sizeof about.request);
    memcpy(about.mark, a->mark, sizeof about.mark);
    inside_must(in, sl_age_recipient_read(recipient, &to, &in->err), "recipient");
    inside_must(in, sl_answer_care_write(&about, &care, &in->err), "care");
    says.body = (struct sl_view){ a->bytes, sizeof a->bytes };
    says.care = sl_buf_view(&care);
    inside_say(in, &says);
}

/* How many believed entries of a kind the keepers hold. */
static inline unsigned inside_count(struct inside *in, uint32_t kind)
{
    SL_AUTO_FREE(journal) *j = NULL;
    unsigned count = 0;

    inside_must(in, sl_vault_journal(in->sl, &in->o, false, &j, &in->err), "journal");
    for (size_t i = 0; i < j->entry_count; i++)
        count += j->entries[i].kind == kind && j->entries[i].belief == SL_BELIEF_YES ? 1 : 0;
    return count;
}

static inline void inside_say_accepted(struct inside *in, const struct sl_answer *a)
{
    SL_AUTO_CLEAR(buf) body = sl_buf_upto(4096);
    struct sl_accepted_deed deed = { { a->bytes, sizeof a->bytes } };
    struct sl_saying says = { .kind = SL_ENTRY_ACCEPTED };

    inside_must(in, sl_accepted_deed_write(&deed, &body, &in->err), "accepted");
    says.care = sl_buf_view(&body);
    inside_say(in, &says);
}

/* ---- invitations that lie ---- */

struct letter { /* an invitation, opened by whom it is for */
    struct inside *maker;
    struct sl_age_recipient to;
    struct sl_secret *plain;
    struct sl_invitation in;
    struct sl_founding founding;
    struct sl_share share; /* a trustee's: change its key, then letter_write() */
};

static inline void letter_open(struct letter *l, struct inside *maker, const char *who)
{
    struct sl_passphrase_from none = { .fd = -1 };
    SL_AUTO_FREE(home) *h = NULL;
    SL_AUTO_FREE(age_identity) *person = NULL;

    *l = (struct letter){ .maker = maker };
    inside_must(maker,
                sl_home_open(sl_os_real(), world_path(&maker->c->w, who), false, &h, &maker->err),
                who);
    inside_must(maker, sl_home_person(h, &none, NULL, &person, &maker->err), "person");
    sl_age_identity_recipient(person, &l->to);
    inside_must(maker,
                sl_file_sealed_read(maker->sl, crew_paper(maker->c, who, "invite"), person,
                                    SL_INVITATION_MAX, &l->plain, &maker->err),
                "invitation");
    inside_must(maker,
                sl_invitation_read(sl_secret_expose(l->plain), &l->in, &l->founding, &maker->err),
                "invitation");
    if (l->in.share.len > 0)
        inside_must(maker, sl_share_read(l->in.share, &l->share, &maker->err), "share");
}

/* Sign it as `key` (NULL: the maker's) and seal it again, as people/WHO.forged. */
static inline void letter_write(struct letter *l, const char *who, const struct sl_sign_key *key)
{
    SL_AUTO_FREE(secret) *room = NULL;
    SL_AUTO_FREE(secret) *share = NULL;
    struct inside *m = l->maker;

    inside_must(m, sl_secret_blank(SL_INVITATION_MAX, &room, &m->err), "room");
    struct sl_buf plain = sl_buf_fixed(sl_secret_fill(room), SL_INVITATION_MAX);
    if (l->in.share.len > 0) {
        inside_must(m, sl_share_write(&l->share, &share, &m->err), "share");
        l->in.share = sl_secret_expose(share);
    }
    inside_must(m, sl_invitation_write(&l->in, &m->o.vault->sign, &plain, &m->err), "forging");
    if (key != NULL) {
        uint8_t hash[SL_SHA256_BYTES];
        sl_sha256_of((struct sl_view){ plain.at, plain.len - SL_SIGNATURE_BYTES }, hash);
        sl_sign(key, "safelight/1 invitation", (struct sl_view){ hash, sizeof hash },
                plain.at + plain.len - SL_SIGNATURE_BYTES);
    }
    crew_forget(m->c, who, "forged");
    inside_must(m,
                sl_file_sealed_write(m->sl, crew_paper(m->c, who, "forged"), sl_buf_view(&plain),
                                     &l->to, &m->err),
                "forging");
}

static inline void letter_close(struct letter *l)
{
    sl_share_clear(&l->share);
    sl_secret_free(l->plain);
}
