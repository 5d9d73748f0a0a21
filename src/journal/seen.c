/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A home's memory of the journal: read, compared, joined with what is there now, stored. See
 * seen.h.
 */
#include "journal/seen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "format/pen.h"
#include "journal/inside.h"
#include "shelf/shelf.h"

#define MAGIC        "SLSEEN\n\0"
#define FILE_NAME    "seen.age"
#define ASIDE_NAME   "damaged.age"
#define LOCK_NAME    "lock"
#define SEALED_MAX   (SL_SEEN_BYTES_MAX + (64u << 10)) /* header, and a tag every 64 KiB */
#define LOCK_TRIES   100u
#define LOCK_WAIT_MS 20u

/* ---- the content ---- */

void sl_seen_clear(struct sl_seen *s)
{
    free(s->rows);
    *s = (struct sl_seen){ 0 };
}

sl_rc sl_seen_write(const struct sl_seen *s, const uint8_t production[SL_PRODUCTION_BYTES],
                    struct sl_buf *out, struct sl_err *err)
{
    struct sl_pen p = sl_pen_to(out, err);

    sl_pen_stamp(&p, MAGIC);
    sl_pen_u32(&p, (uint32_t)s->count);
    sl_pen_bytes(&p, production, SL_PRODUCTION_BYTES);
    for (size_t i = 0; i < s->count; i++) {
        sl_pen_bytes(&p, s->rows[i].session, sizeof s->rows[i].session);
        sl_pen_u64(&p, s->rows[i].number);
        sl_pen_bytes(&p, s->rows[i].hash, sizeof s->rows[i].hash);
    }
    return sl_pen_done(&p);
}

static int by_session(const void *a, const void *b)
{
    const struct sl_head *const *x = a, *const *y = b;

    return memcmp((*x)->session, (*y)->session, SL_SESSION_BYTES);
}

/* The rows by session, to be looked up; the caller frees it. NULL: no memory. */
static const struct sl_head **sorted_rows(const struct sl_seen *s)
{
    const struct sl_head **rows = calloc(s->count + 1, sizeof(const struct sl_head *));

    for (size_t i = 0; rows != NULL && i < s->count; i++)
        rows[i] = &s->rows[i];
    if (rows != NULL)
        qsort(rows, s->count, sizeof(const struct sl_head *), by_session);
    return rows;
}

static sl_rc judge_rows(const struct sl_seen *s, struct sl_err *err)
{
    const struct sl_head **rows = sorted_rows(s);
    bool right = true;

    if (rows == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    for (size_t i = 0; i < s->count; i++)
        right = right && rows[i]->number > 0 && (i == 0 || by_session(&rows[i - 1], &rows[i]) != 0);
    free(rows);
    if (!right)
        return sl_fail(err, SL_E_BROKEN, _("it has a session twice, or one without entries"));
    return SL_OK;
}

static sl_rc read_rows(struct sl_cur *c, struct sl_seen *s, struct sl_err *err)
{
    const char *what = _("what this home remembers of the journal");

    s->rows = calloc(s->count + 1, sizeof *s->rows);
    if (s->rows == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    for (size_t i = 0; i < s->count; i++) {
        sl_cur_copy(c, s->rows[i].session, sizeof s->rows[i].session);
        s->rows[i].number = sl_cur_u64(c);
        sl_cur_copy(c, s->rows[i].hash, sizeof s->rows[i].hash);
    }
    SL_TRY(sl_cur_end(c, what, err));
    return judge_rows(s, err);
}

sl_rc sl_seen_read(struct sl_view in, const uint8_t production[SL_PRODUCTION_BYTES],
                   struct sl_seen *ret, struct sl_err *err)
{
    const char *what = _("what this home remembers of the journal");
    struct sl_cur c = sl_cur_over(in);
    struct sl_seen s = { 0 };
    uint8_t of[SL_PRODUCTION_BYTES];

    SL_TRY(sl_stamp_read(&c, MAGIC, what, err));
    s.count = sl_cur_u32(&c);
    sl_cur_copy(&c, of, sizeof of);
    if (c.spoilt || s.count > SL_SEEN_SESSIONS_MAX)
        return sl_fail(err, SL_E_BROKEN, _("it has %zu sessions, over %u, or is cut short"),
                       s.count, SL_SEEN_SESSIONS_MAX);
    if (memcmp(of, production, sizeof of) != 0)
        return sl_fail(err, SL_E_REFUSED, _("it is of another production"));
    sl_rc rc = read_rows(&c, &s, err);
    if (rc == SL_OK)
        *ret = s;
    else
        sl_seen_clear(&s);
    return rc;
}

/* ---- the place ---- */

struct place {
    const struct sl_os *os;
    struct sl_shelf *shelf;
    struct sl_fd lock;
    bool locked;
};

static void place_clear(struct place *p)
{
    sl_fd_clear(&p->lock);
    sl_shelf_free(p->shelf);
}

#define AUTO_PLACE __attribute__((cleanup(place_clear))) struct place

/* Two runs at once wait for each other, so that neither forgets what the other has seen. */
static sl_rc lock_place(struct place *p, struct sl_err *err)
{
    int fd = p->os->open(p->os->self, sl_shelf_dir(p->shelf), LOCK_NAME,
                         O_RDWR | O_CREAT | O_NOFOLLOW, 0600, 0);
    if (fd < 0)
        return sl_fail_errno(err, _("cannot write to the home"));
    p->lock = (struct sl_fd){ p->os, fd };
    for (unsigned tries = 0; tries < LOCK_TRIES; tries++) {
        if (p->os->lock(p->os->self, fd) == 0) {
            p->locked = true;
            return SL_OK;
        }
        if (errno != EWOULDBLOCK)
            return sl_fail_errno(err, _("cannot lock a file in the home"));
        p->os->sleep_ms(p->os->self, LOCK_WAIT_MS);
    }
    return sl_fail(err, SL_E_RETRY, _("another run of Safelight is remembering"));
}

static sl_rc enter(struct place *p, struct sl_home *home, const struct sl_vault *v,
                   struct sl_err *err)
{
    int dir = -1;

    *p = (struct place){ .os = sl_home_os(home), .lock = { NULL, -1 } };
    SL_TRY(sl_home_folder(home, v, "seen", &dir, err));
    sl_rc rc = sl_shelf_new(p->os, dir, &p->shelf, err);
    if (rc != SL_OK)
        (void)p->os->close(p->os->self, dir);
    return rc;
}

static sl_rc load(const struct place *p, const struct sl_vault *v, struct sl_seen *ret,
                  struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) sealed = sl_buf_upto(SEALED_MAX), plain = sl_buf_upto(SL_SEEN_BYTES_MAX);
    struct sl_age_identity *const care[] = { v->care_identity };

    SL_TRY(sl_shelf_read(p->shelf, FILE_NAME, &sealed, err));
    SL_TRY(sl_age_open(sl_buf_view(&sealed), care, 1, &plain, err));
    return sl_seen_read(sl_buf_view(&plain), v->production, ret, err);
}

static sl_rc store(const struct place *p, const struct sl_vault *v, const struct sl_seen *s,
                   struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) sealed = sl_buf_upto(SEALED_MAX), plain = sl_buf_upto(SL_SEEN_BYTES_MAX);

    SL_TRY(sl_seen_write(s, v->production, &plain, err));
    SL_TRY(sl_age_seal(&v->care, 1, sl_buf_view(&plain), &sealed, err));
    struct sl_view whole = sl_buf_view(&sealed);
    return sl_shelf_replace(p->shelf, FILE_NAME, &whole, 1, err);
}

/* ---- joining ---- */

static const struct sl_head *find_row(const struct sl_head **rows, size_t count,
                                      const struct sl_head *want)
{
    const struct sl_head **at = NULL;

    if (count > 0)
        at = bsearch(&want, rows, count, sizeof(const struct sl_head *), by_session);
    return at != NULL ? *at : NULL;
}

/* The newest entry of a session that counts, as a row. */
static bool row_of(const struct sl_journal *j, size_t session, struct sl_head *ret)
{
    const struct sl_journal_session *s = &j->sessions[session];

    if (s->newest == SIZE_MAX || j->entries[s->newest].number == UINT64_MAX)
        return false;
    *ret = (struct sl_head){ .number = j->entries[s->newest].number + 1 };
    memcpy(ret->session, s->explained.session, sizeof ret->session);
    memcpy(ret->hash, j->entries[s->newest].hash, sizeof ret->hash);
    return true;
}

/* What was remembered, raised to what is there now, and behind it what is new. *more: anything was
 * raised or is new. */
static sl_rc join(const struct sl_journal *j, const struct sl_seen *old, struct sl_seen *ret,
                  bool *more, struct sl_err *err)
{
    struct sl_seen s = { .rows = calloc(old->count + j->session_count + 1, sizeof *s.rows) };
    const struct sl_head **rows = sorted_rows(old);
    struct sl_head now;

    if (s.rows == NULL || rows == NULL) {
        free(s.rows);
        free(rows);
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    }
    if (old->count > 0)
        memcpy(s.rows, old->rows, old->count * sizeof *s.rows);
    s.count = old->count;
    for (size_t i = 0; i < j->session_count; i++) {
        if (!row_of(j, i, &now))
            continue;
        const struct sl_head *was = find_row(rows, old->count, &now);
        if (was == NULL)
            s.rows[s.count++] = now;
        else if (was->number < now.number)
            s.rows[was - old->rows] = now;
        *more |= was == NULL || was->number < now.number;
    }
    free(rows);
    size_t over = s.count > SL_SEEN_SESSIONS_MAX ? s.count - SL_SEEN_SESSIONS_MAX : 0;
    s.count -= over;
    memmove(s.rows, s.rows + over, s.count * sizeof *s.rows);
    *ret = s;
    return SL_OK;
}

/* ---- recalling ---- */

static void warn(const struct sl_voice *voice, const char *what, const struct sl_err *why)
{
    char text[sizeof why->text + 256];

    if (voice == NULL || voice->say == NULL)
        return;
    (void)snprintf(text, sizeof text, "%s: %s", what, why->text);
    voice->say(voice->who, SL_SAY_WARNING, text);
}

/* Out of the way of the next one. */
static sl_rc set_aside(const struct place *p, struct sl_err *err)
{
    int dir = sl_shelf_dir(p->shelf);

    if (p->os->renameat(p->os->self, dir, FILE_NAME, dir, ASIDE_NAME, true) != 0)
        return sl_fail_errno(err, _("cannot write to the home"));
    return SL_OK;
}

/* What was remembered, or nothing. *keep: whatever stands there must not be replaced. */
static void remember(const struct place *p, const struct sl_vault *v, const struct sl_voice *voice,
                     struct sl_seen *ret, bool *keep)
{
    struct sl_err why = { 0 };
    sl_rc rc = load(p, v, ret, &why);

    if (rc == SL_OK || rc == SL_E_MISSING)
        return;
    *keep = true;
    warn(voice, _("what this home remembers of the journal cannot be read"), &why);
    if (rc != SL_E_BROKEN && rc != SL_E_REFUSED)
        return; /* it may be right, and the disk is not */
    rc = p->locked ? set_aside(p, &why) : SL_E_RETRY;
    *keep = rc != SL_OK;
    if (p->locked && rc != SL_OK)
        warn(voice, _("it cannot be set aside"), &why);
}

static sl_rc compare(struct sl_journal *j, const struct sl_seen *old, struct sl_err *err)
{
    for (size_t i = 0; i < old->count; i++)
        SL_TRY(sl_journal_name(j, &old->rows[i], BY_HOME, err));
    return sl_journal_count_missing(j, err);
}

static sl_rc recall_at(struct sl_journal *j, struct place *p, const struct sl_voice *voice,
                       struct sl_seen *old, struct sl_seen *now, struct sl_err *err)
{
    const char *lost = _("what the journal says now cannot be remembered");
    struct sl_err why = { 0 };
    bool keep = false, more = false;

    sl_rc rc = lock_place(p, &why);
    remember(p, j->vault, voice, old, &keep);
    SL_TRY(compare(j, old, err));
    SL_TRY(join(j, old, now, &more, err));
    if (!more)
        return SL_OK;
    if (rc == SL_OK && !keep)
        rc = store(p, j->vault, now, &why);
    if (rc != SL_OK)
        warn(voice, lost, &why);
    return SL_OK;
}

sl_rc sl_journal_recall(struct sl_journal *j, struct sl_home *home, const struct sl_voice *voice,
                        struct sl_err *err)
{
    AUTO_PLACE p = { 0 };
    struct sl_seen old = { 0 }, now = { 0 };
    struct sl_err why = { 0 };

    if (enter(&p, home, j->vault, &why) != SL_OK) {
        warn(voice, _("what the journal says now cannot be remembered"), &why);
        return SL_OK;
    }
    sl_rc rc = recall_at(j, &p, voice, &old, &now, err);
    sl_seen_clear(&old);
    sl_seen_clear(&now);
    return rc;
}
