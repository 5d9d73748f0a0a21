/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Everybody who can write entries: maker, capture machine, member, trustee, and those who may not;
 * and an entry of every kind, well formed, so that only who wrote it is in question.
 */
#pragma once

#include "format/deeds.h"
#include "journal/pen.h"

#define CAST_TRUSTEES 3u

struct cast { /* a production with a quorum of two of three; its founding is not written yet */
    struct pen pen;
    struct sl_buf founding; /* salted */
    uint8_t founding_hash[SL_SHA256_BYTES];
    struct sl_sign_key capture, member, stranger, trustees[CAST_TRUSTEES];
};

/* The vault's quorum. The journal looks at its keys only: two points of nothing. */
static inline void cast_quorum(struct cast *c)
{
    struct sl_vault *v = c->pen.vault;

    memcpy(v->quorum, "SLQUORM\n\1\0\0\0\1\0\2\3\0\0\0\0", 20);
    for (size_t i = 0; i < CAST_TRUSTEES; i++) {
        CHECK_EQ(sl_sign_key_new(&c->trustees[i], NULL), SL_OK);
        sl_sign_key_public(&c->trustees[i], v->quorum + 20 + 64 + 32 * i);
        (void)snprintf(v->trustees[i].alias, sizeof v->trustees[i].alias, "t%zu", i + 1);
        sl_random(v->trustees[i].recipient.point, SL_AGE_X25519_BYTES);
    }
    v->quorum_bytes = 20 + 64 + 32 * CAST_TRUSTEES;
    v->trustee_count = CAST_TRUSTEES;
}

static inline void cast_found(struct cast *c)
{
    SL_AUTO_CLEAR(buf) body = sl_buf_upto(SL_SLIP_BYTES);
    struct sl_founding *f = calloc(1, sizeof *f);
    const struct sl_vault *v = c->pen.vault;

    if (f == NULL)
        abort();
    memcpy(f->maker, v->maker, sizeof f->maker);
    f->need = v->need;
    f->care = v->care;
    f->keeper_count = v->keeper_count;
    f->locker_count = v->locker_count;
    memcpy(f->keepers, v->keepers, sizeof f->keepers);
    memcpy(f->lockers, v->lockers, sizeof f->lockers);
    CHECK_EQ(sl_founding_write(f, &body, NULL), SL_OK);
    c->founding = sl_buf_upto(SL_SLIP_BYTES);
    CHECK_EQ(sl_care_body_write(sl_buf_view(&body), &c->founding, c->founding_hash, NULL), SL_OK);
    free(f);
}

static inline void cast_new(struct cast *c)
{
    *c = (struct cast){ 0 };
    pen_new(&c->pen, 2);
    cast_quorum(c);
    cast_found(c);
    sl_production_of(sl_buf_view(&c->founding), c->pen.vault->production);
    sl_writing_free(c->pen.maker); /* of a production drawn before it was founded */
    CHECK_EQ(sl_writing_new(sl_os_real(), c->pen.vault, &c->pen.maker, NULL), SL_OK);
    CHECK_EQ(sl_sign_key_new(&c->capture, NULL), SL_OK);
    CHECK_EQ(sl_sign_key_new(&c->member, NULL), SL_OK);
    CHECK_EQ(sl_sign_key_new(&c->stranger, NULL), SL_OK);
}

static inline void cast_end(struct cast *c)
{
    sl_buf_clear(&c->founding);
    sl_secret_free(c->capture.bytes);
    sl_secret_free(c->member.bytes);
    sl_secret_free(c->stranger.bytes);
    for (size_t i = 0; i < CAST_TRUSTEES; i++)
        sl_secret_free(c->trustees[i].bytes);
    pen_end(&c->pen);
}

/* The founding's entry, and the maker names capture machine and member. */
static inline void cast_begin(struct cast *c)
{
    struct sl_entry_in in = { .kind = SL_ENTRY_FOUNDING, .care_body = sl_buf_view(&c->founding) };

    memcpy(in.care_hash, c->founding_hash, sizeof in.care_hash);
    pen_raw(&c->pen, c->pen.maker, &in, PEN_ALL, NULL);
    pen_names_author(&c->pen, c->pen.maker, &c->capture, SL_ROLE_CAPTURE);
    pen_names_author(&c->pen, c->pen.maker, &c->member, SL_ROLE_MEMBER);
}

/* ---- an entry of every kind ---- */

static inline sl_rc cast_revoked(const struct sl_sign_key *who, const struct sl_head *kept,
                                 size_t count, struct sl_buf *out)
{
    static struct sl_revoked_deed d;

    memset(&d, 0, sizeof d);
    sl_sign_key_public(who, d.key);
    d.count = count;
    for (size_t i = 0; i < count; i++) {
        memcpy(d.sessions[i].session, kept[i].session, SL_SESSION_BYTES);
        d.sessions[i].entries = kept[i].number;
        memcpy(d.sessions[i].hash, kept[i].hash, SL_SHA256_BYTES);
    }
    return sl_revoked_deed_write(&d, out, NULL);
}

/* A checkpoint has no writer yet. */
static inline sl_rc cast_checkpoint(struct sl_buf *out)
{
    uint8_t bytes[80] = "SLCHECK\n\1";

    bytes[16] = bytes[24] = bytes[72] = 1; /* one entry, one byte, one pack */
    return sl_buf_put(out, (struct sl_view){ bytes, sizeof bytes }, NULL);
}

static inline sl_rc cast_deed(const struct cast *c, uint32_t kind, struct sl_buf *out)
{
    static const uint8_t word[4] = "word";
    struct sl_view some = { word, sizeof word };
    struct sl_locker_deed locker = { .purpose = SL_LOCKER_REAL, .sealed = some };
    struct sl_grant_care grant = { .locker = c->pen.vault->lockers[1].id };
    struct sl_request_care request = { .locker = c->pen.vault->lockers[1].id };
    struct sl_answer_care answer = { .request = { 9, 9 } };
    struct sl_accepted_deed accepted = { some };

    memset(grant.to, 7, sizeof grant.to);
    memset(request.request, 8, sizeof request.request);
    switch (kind) {
    case SL_ENTRY_LOCKER: return sl_locker_deed_write(&locker, out, NULL);
    case SL_ENTRY_CHECKPOINT: return cast_checkpoint(out);
    case SL_ENTRY_GRANT: return sl_grant_care_write(&grant, out, NULL);
    case SL_ENTRY_REQUEST: return sl_request_care_write(&request, out, NULL);
    case SL_ENTRY_ANSWER: return sl_answer_care_write(&answer, out, NULL);
    case SL_ENTRY_ACCEPTED: return sl_accepted_deed_write(&accepted, out, NULL);
    case SL_ENTRY_REVOKED: return cast_revoked(&c->stranger, NULL, 0, out);
    default: /* what nothing is laid down for */ return sl_buf_put(out, some, NULL);
    }
}

static inline void cast_writes(const struct cast *c, struct sl_writing *w, uint32_t kind)
{
    SL_AUTO_CLEAR(buf) body = sl_buf_upto(SL_SLIP_BYTES);
    struct sl_entry_in founding = { .kind = kind, .care_body = sl_buf_view(&c->founding) };
    struct pen_part part = { .name = "A001", .last = true };
    uint8_t hash[SL_SHA256_BYTES];

    if (kind == SL_ENTRY_FOUNDING) {
        memcpy(founding.care_hash, c->founding_hash, sizeof founding.care_hash);
        pen_raw(&c->pen, w, &founding, PEN_ALL, NULL);
    } else if (kind == SL_ENTRY_OPENED) {
        pen_opened(&c->pen, w, PEN_ALL);
    } else if (kind == SL_ENTRY_CLOSED) {
        pen_closed(&c->pen, w, PEN_ALL);
    } else if (kind == SL_ENTRY_PART) {
        sl_id_draw(&part.roll);
        pen_writes_part(&c->pen, w, &part, hash);
    } else if (kind == SL_ENTRY_AUTHOR) {
        pen_names_author(&c->pen, w, &c->stranger, SL_ROLE_CAPTURE);
    } else {
        CHECK_EQ(cast_deed(c, kind, &body), SL_OK);
        pen_care(&c->pen, w, kind, sl_buf_view(&body), PEN_ALL);
    }
}

/* ---- what was made of it ---- */

static inline const struct sl_journal_session *cast_session(const struct sl_journal *j,
                                                            const struct sl_writing *w)
{
    for (size_t i = 0; i < j->session_count; i++)
        if (memcmp(j->sessions[i].explained.session, w->session.session, SL_SESSION_BYTES) == 0)
            return &j->sessions[i];
    printf("Bail out! a session is not there\n");
    exit(EXIT_FAILURE);
}

static inline const struct sl_journal_entry *cast_entry(const struct sl_journal *j,
                                                        const struct sl_writing *w, uint64_t number)
{
    for (size_t i = 0; i < j->entry_count; i++)
        if (&j->sessions[j->entries[i].session] == cast_session(j, w) &&
            j->entries[i].number == number)
            return &j->entries[i];
    return NULL;
}

/* The belief of an entry, or -1 where it is not there. */
static inline int cast_belief(const struct sl_journal *j, const struct sl_writing *w,
                              uint64_t number)
{
    const struct sl_journal_entry *e = cast_entry(j, w, number);

    return e != NULL ? (int)e->belief : -1;
}

/* How far the session has come, as others name it: `number` counts entries. */
static inline struct sl_head cast_head(const struct sl_writing *w)
{
    struct sl_head h = { .number = w->number };

    memcpy(h.session, w->session.session, sizeof h.session);
    memcpy(h.hash, w->previous, sizeof h.hash);
    return h;
}

/* The maker takes a key back. */
static inline void cast_takes_back(const struct cast *c, struct sl_writing *w,
                                   const struct sl_sign_key *who, const struct sl_head *kept,
                                   size_t count)
{
    SL_AUTO_CLEAR(buf) body = sl_buf_upto(SL_SLIP_BYTES);

    CHECK_EQ(cast_revoked(who, kept, count, &body), SL_OK);
    pen_care(&c->pen, w, SL_ENTRY_REVOKED, sl_buf_view(&body), PEN_ALL);
}
