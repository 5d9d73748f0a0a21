/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The founding of a production: who makes it, which keepers hold it, which lockers there are. See
 * docs/format/bodies.md.
 */
#include "format/founding.h"

#include <string.h>

#include "base/say.h"
#include "format/inside.h"

#define MAGIC   "SLFOUND\n"
#define PURPOSE "safelight/1 production"

#define QUORUM_SUITE 1u /* the only one; 0: no quorum */
/* The public block (docs/format/quorum.md): t and m, then what does not depend on them ends, then
 * t points and m keys. */
enum { BLOCK_AT_NEED = 14, BLOCK_AT_COUNT = 15, BLOCK_FIXED = 20, BLOCK_POINT = 32 };

/* Texts of our own structs: a length of `width` bytes, then the text. */
static void write_text(struct sl_pen *p, const char *text, size_t max, size_t width)
{
    size_t len = strnlen(text, max);

    if (width == 1)
        sl_pen_u8(p, (uint8_t)len);
    else
        sl_pen_u16(p, (uint16_t)len);
    sl_pen_bytes(p, text, len);
}

static void write_recipient(struct sl_pen *p, const struct sl_age_recipient *r)
{
    char text[SL_AGE_RECIPIENT_TEXT];

    sl_age_recipient_text(r, text); /* BODY-5 */
    write_text(p, text, sizeof text, 2);
}

static sl_rc read_recipient(struct sl_cur *c, struct sl_age_recipient *ret, struct sl_err *err)
{
    struct sl_view text = sl_cur_take(c, sl_cur_u16(c));
    struct sl_err why = { 0 };

    if (c->spoilt)
        return sl_fail(err, SL_E_BROKEN, _("a founding is cut short"));
    if (sl_age_recipient_read(text, ret, &why) != SL_OK) /* BODY-5 */
        return sl_fail(err, SL_E_BROKEN, _("a founding names a recipient that is not known: %s"),
                       why.text);
    char canonical[SL_AGE_RECIPIENT_TEXT];
    sl_age_recipient_text(ret, canonical);
    if (text.len != strlen(canonical) || memcmp(text.at, canonical, text.len) != 0) /* BODY-5 */
        return sl_fail(err, SL_E_BROKEN,
                       _("a founding spells a recipient in another way than age"));
    return SL_OK;
}

static sl_rc judge_counts(const struct sl_founding *f, struct sl_err *err)
{
    if (f->need < 1 || f->need > SL_NEED_MAX || f->keeper_count <= f->need ||
        f->keeper_count > SL_KEEPERS_MAX) /* BODY-10 */
        return sl_fail(err, SL_E_BROKEN,
                       _("a founding has %zu keepers of which %u suffice: not 1 to %u of %u"),
                       f->keeper_count, f->need, SL_NEED_MAX, SL_KEEPERS_MAX);
    if (f->locker_count < 1 || f->locker_count > SL_LOCKERS_MAX) /* BODY-11 */
        return sl_fail(err, SL_E_BROKEN, _("a founding has %zu lockers, not 1 to %u"),
                       f->locker_count, SL_LOCKERS_MAX);
    if (f->quorum_suite > QUORUM_SUITE) /* BODY-12 */
        return sl_fail(err, SL_E_BROKEN, _("a founding has a quorum of suite %u: not known here"),
                       f->quorum_suite);
    return SL_OK;
}

/* BODY-15: t and m of a block that this room only carries, and whether its length is theirs. */
static sl_rc judge_block(const uint8_t *block, size_t bytes, struct sl_err *err)
{
    unsigned need = bytes > BLOCK_AT_COUNT ? block[BLOCK_AT_NEED] : 0;
    unsigned count = bytes > BLOCK_AT_COUNT ? block[BLOCK_AT_COUNT] : 0;

    if (need < 1 || need > count || count > SL_TRUSTEES_MAX ||
        bytes != BLOCK_FIXED + BLOCK_POINT * (size_t)need + SL_SIGN_PUBLIC_BYTES * (size_t)count)
        return sl_fail(err, SL_E_BROKEN,
                       _("a founding's quorum of %zu bytes does not fit its %u of %u trustees"),
                       bytes, need, count);
    return SL_OK;
}

sl_rc sl_founding_trustee_key(const uint8_t *block, size_t bytes, unsigned number,
                              uint8_t ret[SL_SIGN_PUBLIC_BYTES], struct sl_err *err)
{
    SL_TRY(judge_block(block, bytes, err));
    if (number < 1 || number > block[BLOCK_AT_COUNT])
        return sl_fail(err, SL_E_MISSING, _("there is no trustee of number %u among %u"), number,
                       block[BLOCK_AT_COUNT]);
    size_t at = BLOCK_FIXED + BLOCK_POINT * (size_t)block[BLOCK_AT_NEED];
    memcpy(ret, block + at + SL_SIGN_PUBLIC_BYTES * (size_t)(number - 1), SL_SIGN_PUBLIC_BYTES);
    return SL_OK;
}

static sl_rc judge_trustees(const struct sl_founding *f, struct sl_err *err)
{
    if (f->quorum_suite == 0) { /* BODY-16 */
        if (f->quorum_bytes > 0 || f->trustee_count > 0)
            return sl_fail(err, SL_E_BROKEN, _("a founding without a quorum has trustees"));
        return SL_OK;
    }
    if (f->quorum_bytes > sizeof f->quorum)
        return sl_fail(err, SL_E_BROKEN, _("a founding's quorum is %zu bytes, over %zu"),
                       f->quorum_bytes, sizeof f->quorum);
    SL_TRY(judge_block(f->quorum, f->quorum_bytes, err));
    if (f->trustee_count != f->quorum[BLOCK_AT_COUNT]) /* BODY-16 */
        return sl_fail(err, SL_E_BROKEN, _("a founding names %zu trustees, and its quorum has %u"),
                       f->trustee_count, f->quorum[BLOCK_AT_COUNT]);
    for (size_t i = 0; i < f->trustee_count; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(f->trustees[i].alias, f->trustees[j].alias) == 0 ||
                memcmp(f->trustees[i].recipient.point, f->trustees[j].recipient.point,
                       SL_AGE_X25519_BYTES) == 0) /* BODY-17 */
                return sl_fail(err, SL_E_BROKEN, _("a founding has one trustee twice"));
    return SL_OK;
}

static sl_rc judge(const struct sl_founding *f, struct sl_err *err)
{
    SL_TRY(judge_counts(f, err));
    for (size_t i = 0; i < f->keeper_count; i++)
        for (size_t j = 0; j < i; j++)
            if (sl_id_same(&f->keepers[i].id, &f->keepers[j].id) ||
                f->keepers[i].shard == f->keepers[j].shard ||
                strcmp(f->keepers[i].alias, f->keepers[j].alias) == 0) /* BODY-10 */
                return sl_fail(err, SL_E_BROKEN, _("a founding has one keeper or shard twice"));
    for (size_t i = 0; i < f->locker_count; i++)
        for (size_t j = 0; j < i; j++)
            if (sl_id_same(&f->lockers[i].id, &f->lockers[j].id) ||
                strcmp(f->lockers[i].alias, f->lockers[j].alias) == 0) /* BODY-11 */
                return sl_fail(err, SL_E_BROKEN, _("a founding has one locker twice"));
    return judge_trustees(f, err);
}

static void write_keeper(struct sl_pen *p, const struct sl_keeper_info *k)
{
    sl_pen_bytes(p, k->id.bytes, sizeof k->id.bytes);
    sl_pen_u8(p, k->shard);
    write_text(p, k->alias, SL_ALIAS_MAX, 1);
    write_text(p, k->url, SL_KEEPER_URL_MAX, 2);
    write_text(p, k->labels, SL_KEEPER_LABELS_MAX, 2);
}

static void write_locker(struct sl_pen *p, const struct sl_locker_info *l)
{
    sl_pen_bytes(p, l->id.bytes, sizeof l->id.bytes);
    sl_pen_u32(p, l->epoch);
    write_text(p, l->alias, SL_ALIAS_MAX, 1);
    write_recipient(p, &l->recipient);
}

static void write_quorum(struct sl_pen *p, const struct sl_founding *f)
{
    sl_pen_u16(p, (uint16_t)f->quorum_bytes);
    sl_pen_bytes(p, f->quorum, f->quorum_bytes);
    sl_pen_u8(p, (uint8_t)f->trustee_count);
    for (size_t i = 0; i < f->trustee_count; i++) {
        write_text(p, f->trustees[i].alias, SL_ALIAS_MAX, 1);
        write_recipient(p, &f->trustees[i].recipient);
    }
}

sl_rc sl_founding_write(const struct sl_founding *f, struct sl_buf *out, struct sl_err *err)
{
    struct sl_pen p = sl_pen_to(out, err);

    SL_TRY(judge(f, err));
    sl_pen_stamp(&p, MAGIC);
    sl_pen_u32(&p, f->quorum_suite);
    sl_pen_u16(&p, SL_SUITE_ED25519);
    sl_pen_u8(&p, f->need);
    sl_pen_u8(&p, (uint8_t)f->keeper_count);
    sl_pen_u16(&p, (uint16_t)f->locker_count);
    sl_pen_bytes(&p, f->maker, sizeof f->maker);
    write_recipient(&p, &f->care);
    for (size_t i = 0; i < f->keeper_count; i++)
        write_keeper(&p, &f->keepers[i]);
    for (size_t i = 0; i < f->locker_count; i++)
        write_locker(&p, &f->lockers[i]);
    if (f->quorum_suite != 0)
        write_quorum(&p, f);
    return sl_pen_done(&p);
}

static sl_rc read_keeper(struct sl_cur *c, struct sl_keeper_info *k, struct sl_err *err)
{
    sl_cur_copy(c, k->id.bytes, sizeof k->id.bytes);
    k->shard = sl_cur_u8(c);
    uint8_t alias_bytes = sl_cur_u8(c);
    SL_TRY(sl_text_read(c, alias_bytes, 1, SL_ALIAS_MAX, k->alias, _("a keeper's alias"), err));
    uint16_t url_bytes = sl_cur_u16(c);
    SL_TRY(sl_text_read(c, url_bytes, 1, SL_KEEPER_URL_MAX, k->url, _("a keeper's address"), err));
    uint16_t label_bytes = sl_cur_u16(c);
    return sl_text_read(c, label_bytes, 0, SL_KEEPER_LABELS_MAX, k->labels, _("a keeper's labels"),
                        err);
}

static sl_rc read_locker(struct sl_cur *c, struct sl_locker_info *l, struct sl_err *err)
{
    sl_cur_copy(c, l->id.bytes, sizeof l->id.bytes);
    l->epoch = sl_cur_u32(c);
    uint8_t alias_bytes = sl_cur_u8(c);
    SL_TRY(sl_text_read(c, alias_bytes, 1, SL_ALIAS_MAX, l->alias, _("a locker's alias"), err));
    return read_recipient(c, &l->recipient, err);
}

static sl_rc read_quorum(struct sl_cur *c, struct sl_founding *f, struct sl_err *err)
{
    f->quorum_bytes = sl_cur_u16(c);
    if (f->quorum_bytes > sizeof f->quorum) /* BODY-15 */
        return sl_fail(err, SL_E_BROKEN, _("a founding's quorum is %zu bytes, over %zu"),
                       f->quorum_bytes, sizeof f->quorum);
    sl_cur_copy(c, f->quorum, f->quorum_bytes);
    SL_TRY(judge_block(f->quorum, f->quorum_bytes, err));
    f->trustee_count = sl_cur_u8(c);
    if (f->trustee_count > SL_TRUSTEES_MAX) /* BODY-16, before the loop */
        return sl_fail(err, SL_E_BROKEN, _("a founding has %zu trustees, over %u"),
                       f->trustee_count, SL_TRUSTEES_MAX);
    for (size_t i = 0; i < f->trustee_count; i++) {
        struct sl_trustee_info *t = &f->trustees[i];
        uint8_t alias_bytes = sl_cur_u8(c);
        SL_TRY(
            sl_text_read(c, alias_bytes, 1, SL_ALIAS_MAX, t->alias, _("a trustee's alias"), err));
        SL_TRY(read_recipient(c, &t->recipient, err));
    }
    return SL_OK;
}

/* Into a struct that the caller throws away on failure. */
static sl_rc read_fields(struct sl_view in, struct sl_founding *f, struct sl_err *err)
{
    const char *what = _("a founding");
    struct sl_cur c = sl_cur_over(in);

    SL_TRY(sl_stamp_read(&c, MAGIC, what, err)); /* BODY-1 */
    f->quorum_suite = sl_cur_u32(&c);
    uint16_t suite = sl_cur_u16(&c);
    f->need = sl_cur_u8(&c);
    f->keeper_count = sl_cur_u8(&c);
    f->locker_count = sl_cur_u16(&c);
    sl_cur_copy(&c, f->maker, sizeof f->maker);
    if (c.spoilt)
        return sl_cur_end(&c, what, err);
    if (suite != SL_SUITE_ED25519) /* BODY-4 */
        return sl_fail(err, SL_E_BROKEN, _("a maker's key is of suite %u: not known here"), suite);
    SL_TRY(judge_counts(f, err)); /* before the loops */
    SL_TRY(read_recipient(&c, &f->care, err));
    for (size_t i = 0; i < f->keeper_count; i++)
        SL_TRY(read_keeper(&c, &f->keepers[i], err));
    for (size_t i = 0; i < f->locker_count; i++)
        SL_TRY(read_locker(&c, &f->lockers[i], err));
    if (f->quorum_suite != 0)
        SL_TRY(read_quorum(&c, f, err));
    SL_TRY(sl_cur_end(&c, what, err)); /* BODY-1 */
    return judge(f, err);
}

sl_rc sl_founding_read(struct sl_view in, struct sl_founding *ret, struct sl_err *err)
{
    struct sl_founding f = { 0 }; /* some 60 KiB; once in a program's life */

    SL_TRY(read_fields(in, &f, err));
    *ret = f;
    return SL_OK;
}

void sl_production_of(struct sl_view salted_founding, uint8_t ret[SL_PRODUCTION_BYTES])
{
    struct sl_view pieces[] = { { (const uint8_t *)PURPOSE, sizeof PURPOSE - 1 }, salted_founding };

    sl_sha256_of_pieces(pieces, 2, ret); /* BODY-13 */
}
