/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Recording and comparing facts; see facts.h. Both sides come in the order of the card's walk, so
 * the comparison is a merge.
 */
#include "rehearse/facts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "card/card.h"
#include "card/reading.h"
#include "crypto/derive.h"
#include "rehearse/facts_book.h"

#define PIECE_BYTES (1u << 20)
#define MODE_BITS   01777u /* restore never makes a file setuid or setgid */

/* ---- one side of the comparison: a tree, walked and hashed ---- */

struct side {
    const struct sl_facts_job *job;
    struct sl_card *card;
    struct sl_card_walk *walk;
    struct sl_sha256 *hash;
    uint64_t left_out;
    struct sl_card_item item;
    uint8_t piece[PIECE_BYTES];
};

static void side_free(struct side **s)
{
    if (*s != NULL) {
        sl_card_walk_free((*s)->walk);
        sl_card_free((*s)->card);
        sl_sha256_free((*s)->hash);
    }
    free(*s);
}
#define AUTO_SIDE __attribute__((cleanup(side_free))) struct side

static sl_rc side_open(const struct sl_facts_job *job, const char *path, struct side **ret,
                       struct sl_err *err)
{
    AUTO_SIDE *s = calloc(1, sizeof *s);

    if (s == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("no memory for the rehearsal"));
    s->job = job;
    SL_TRY(sl_card_open(job->os, path, &s->card, err));
    SL_TRY(sl_card_walk_new(s->card, &s->walk, err));
    SL_TRY(sl_sha256_new(&s->hash, err));
    *ret = SL_TAKE(s);
    return SL_OK;
}

static sl_rc hash_file(struct side *s, uint8_t ret[SL_SHA256_BYTES], struct sl_err *err)
{
    SL_AUTO_FREE(reading) *r = NULL;
    struct iovec to = { s->piece, sizeof s->piece };
    size_t got = 0;

    SL_TRY(sl_reading_open(s->card, sl_card_path(&s->item), &s->item.stamp, &r, err));
    sl_sha256_restart(s->hash);
    do {
        SL_TRY(sl_reading_next(r, &to, 1, &got, err));
        sl_sha256_put(s->hash, (struct sl_view){ s->piece, got });
        if (s->job->tick != NULL)
            SL_TRY(s->job->tick(s->job->who, got, s->item.path, err));
    } while (got > 0);
    sl_sha256_now(s->hash, ret);
    return SL_OK;
}

static sl_rc side_next(struct side *s, struct sl_fact *ret, bool *more, struct sl_err *err)
{
    do {
        SL_TRY(sl_card_next(s->walk, &s->item, more, err));
        s->left_out += *more && sl_card_skipped(s->item.type);
    } while (*more && sl_card_skipped(s->item.type));
    if (!*more)
        return SL_OK;
    *ret = (struct sl_fact){
        .type = s->item.type == SL_CARD_FILE ? 'f' : 'd',
        .mode = s->item.mode & MODE_BITS,
        .mtime_s = s->item.stamp.mtime_s,
        .mtime_ns = s->item.stamp.mtime_ns,
        .size = s->item.stamp.size,
        .path_bytes = (uint16_t)s->item.path_bytes,
    };
    memcpy(ret->path, s->item.path, s->item.path_bytes + 1);
    return ret->type == 'f' ? hash_file(s, ret->sha256, err) : SL_OK;
}

static void count_one(struct sl_facts *sum, const struct sl_fact *f)
{
    sum->files += f->type == 'f';
    sum->folders += f->type == 'd';
    sum->bytes += f->size;
}

sl_rc sl_facts_record(const struct sl_facts_job *job, const char *path, struct sl_facts *ret,
                      struct sl_err *err)
{
    AUTO_SIDE *side = NULL;
    SL_AUTO_FREE(book) *book = NULL;
    struct sl_facts sum = { 0 };
    struct sl_fact f;
    bool more = true;

    SL_TRY(side_open(job, path, &side, err));
    SL_TRY(sl_book_open(job->os, job->dir, job->file, O_RDWR | O_CREAT | O_EXCL, &book, err));
    for (;;) {
        SL_TRY(side_next(side, &f, &more, err));
        if (!more)
            break;
        count_one(&sum, &f);
        SL_TRY(sl_book_put(book, &f, err));
    }
    SL_TRY(sl_book_flush(book, err));
    sum.left_out = side->left_out;
    *ret = sum;
    return SL_OK;
}

/* ---- comparing ---- */

SL_PRINTF(3, 4)
static void tell(struct sl_facts_verdict *v, const struct sl_fact *f, const char *fmt, ...)
{
    char words[128], name[SL_PLAIN_BYTES(40)];
    struct sl_view path = { (const uint8_t *)f->path, f->path_bytes };
    va_list ap;

    if (v->told == SL_FACTS_SHOWN)
        return;
    va_start(ap, fmt);
    (void)vsnprintf(words, sizeof words, fmt, ap);
    va_end(ap);
    if (path.len > 100)
        path = (struct sl_view){ path.at + path.len - 100, 100 };
    (void)snprintf(v->tell[v->told++], sizeof v->tell[0], "'%s' %s",
                   sl_plain(path, name, sizeof name), words);
}

/* The order of the walk: names byte by byte, a folder before what is in it. "." comes first. */
static int order(const struct sl_fact *a, const struct sl_fact *b)
{
    for (size_t i = 0;; i++) {
        int left = (unsigned char)a->path[i], right = (unsigned char)b->path[i];
        if (left == right && left != '\0')
            continue;
        if (left == right || left == '\0' || right == '\0')
            return left - right;
        if (left == '/' || right == '/') /* a shorter name comes before a longer one */
            return left == '/' ? -1 : 1;
        return left - right;
    }
}

static bool is_top(const struct sl_fact *f)
{
    return f->path_bytes == 1 && f->path[0] == '.';
}

static void compare_one(struct sl_facts_verdict *v, const struct sl_fact *was,
                        const struct sl_fact *is)
{
    if (was->type != is->type)
        tell(v, was, _("is no longer the same kind of thing"));
    else if (was->size != is->size)
        tell(v, was, _("has %llu bytes, not %llu"), (unsigned long long)is->size,
             (unsigned long long)was->size);
    else if (memcmp(was->sha256, is->sha256, sizeof was->sha256) != 0)
        tell(v, was, _("has another content"));
    else if (was->mode != is->mode)
        tell(v, was, _("has mode %03o, not %03o"), is->mode, was->mode);
    else if (was->mtime_s != is->mtime_s || was->mtime_ns != is->mtime_ns)
        tell(v, was, _("has time %lld.%09u, not %lld.%09u"), (long long)is->mtime_s, is->mtime_ns,
             (long long)was->mtime_s, was->mtime_ns);
    else {
        count_one(&v->same, was);
        return;
    }
    v->differ++;
}

struct merge {
    struct sl_book *book;
    struct side *side;
    struct sl_fact was, is;
    bool more_was, more_is;
};

static sl_rc merge_step(struct merge *m, struct sl_facts_verdict *v, struct sl_err *err)
{
    int way = 0;

    if (!m->more_was || !m->more_is)
        way = m->more_was ? -1 : 1;
    else if (!is_top(&m->was) || !is_top(&m->is))
        way = is_top(&m->was) ? -1 : is_top(&m->is) ? 1 : order(&m->was, &m->is);
    if (way == 0) {
        compare_one(v, &m->was, &m->is);
    } else if (way < 0) {
        v->missing++;
        tell(v, &m->was, _("did not come back"));
    } else {
        v->extra++;
        tell(v, &m->is, _("was not on the card"));
    }
    if (way <= 0)
        SL_TRY(sl_book_next(m->book, &m->was, &m->more_was, err));
    if (way >= 0)
        SL_TRY(side_next(m->side, &m->is, &m->more_is, err));
    return SL_OK;
}

sl_rc sl_facts_compare(const struct sl_facts_job *job, const char *path,
                       struct sl_facts_verdict *ret, struct sl_err *err)
{
    AUTO_SIDE *side = NULL;
    SL_AUTO_FREE(book) *book = NULL;
    struct sl_facts_verdict v = { 0 };
    struct merge m;

    SL_TRY(side_open(job, path, &side, err));
    SL_TRY(sl_book_open(job->os, job->dir, job->file, O_RDONLY, &book, err));
    m.book = book;
    m.side = side;
    SL_TRY(sl_book_next(book, &m.was, &m.more_was, err));
    SL_TRY(side_next(side, &m.is, &m.more_is, err));
    while (m.more_was || m.more_is)
        SL_TRY(merge_step(&m, &v, err));
    v.extra += side->left_out; /* links and special files are never restored */
    *ret = v;
    return SL_OK;
}

bool sl_facts_agree(const struct sl_facts_verdict *v)
{
    return v->missing == 0 && v->extra == 0 && v->differ == 0;
}
