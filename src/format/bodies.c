/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Small bodies for care: OPENED, CLOSED, AUTHOR, CHECKPOINT. See docs/format/bodies.md; the
 * founding has a file of its own.
 */
#include <string.h>

#include "base/say.h"
#include "format/founding.h"
#include "format/inside.h"

#define OPENED_MAGIC     "SLOPEN\n\0"
#define CLOSED_MAGIC     "SLCLOSE\n"
#define AUTHOR_MAGIC     "SLAUTHR\n"
#define CHECKPOINT_MAGIC "SLCHECK\n"

static sl_rc judge_role(uint32_t role, struct sl_err *err)
{
    if (role < 1 || role > SL_ROLE_LAST) /* BODY-6 */
        return sl_fail(err, SL_E_BROKEN, _("an author's role %u is not known here"), role);
    return SL_OK;
}

/* BODY-14: makers and trustees come from the founding, and nobody names another. */
static sl_rc judge_given(uint32_t role, struct sl_err *err)
{
    SL_TRY(judge_role(role, err));
    if (role != SL_ROLE_CAPTURE && role != SL_ROLE_MEMBER)
        return sl_fail(err, SL_E_BROKEN, _("an author's role %u is not one that can be given"),
                       role);
    return SL_OK;
}

static sl_rc judge_opened(const struct sl_opened *o, struct sl_err *err)
{
    bool nothing = o->left_entries == 0 && o->left_packs == 0 &&
                   sl_all_zero((struct sl_view){ o->left_session, sizeof o->left_session });

    SL_TRY(judge_role(o->role, err));
    if (!o->goes_on && !nothing) /* BODY-7 */
        return sl_fail(err, SL_E_BROKEN, _("a session goes on with nothing, and names what"));
    return SL_OK;
}

sl_rc sl_opened_write(const struct sl_opened *o, struct sl_buf *out, struct sl_err *err)
{
    struct sl_pen p = sl_pen_to(out, err);

    SL_TRY(judge_opened(o, err));
    sl_pen_stamp(&p, OPENED_MAGIC);
    sl_pen_u32(&p, o->role);
    sl_pen_u32(&p, o->goes_on ? 1 : 0);
    sl_pen_bytes(&p, o->left_session, sizeof o->left_session);
    sl_pen_u64(&p, o->left_entries);
    sl_pen_u64(&p, o->left_packs);
    return sl_pen_done(&p);
}

sl_rc sl_opened_read(struct sl_view in, struct sl_opened *ret, struct sl_err *err)
{
    const char *what = _("the first entry of a session");
    struct sl_cur c = sl_cur_over(in);
    struct sl_opened o = { 0 };

    SL_TRY(sl_stamp_read(&c, OPENED_MAGIC, what, err)); /* BODY-1 */
    o.role = sl_cur_u32(&c);
    uint32_t goes_on = sl_cur_u32(&c);
    sl_cur_copy(&c, o.left_session, sizeof o.left_session);
    o.left_entries = sl_cur_u64(&c);
    o.left_packs = sl_cur_u64(&c);
    SL_TRY(sl_cur_end(&c, what, err)); /* BODY-1 */
    if (goes_on > 1)                   /* BODY-7 */
        return sl_fail(err, SL_E_BROKEN, _("a session neither goes on nor begins"));
    o.goes_on = goes_on == 1;
    SL_TRY(judge_opened(&o, err));
    *ret = o;
    return SL_OK;
}

sl_rc sl_closed_write(const struct sl_closed *closed, struct sl_buf *out, struct sl_err *err)
{
    struct sl_pen p = sl_pen_to(out, err);

    sl_pen_stamp(&p, CLOSED_MAGIC);
    sl_pen_u32(&p, 0);
    sl_pen_u64(&p, closed->packs);
    return sl_pen_done(&p);
}

sl_rc sl_closed_read(struct sl_view in, struct sl_closed *ret, struct sl_err *err)
{
    const char *what = _("the last entry of a session");
    struct sl_cur c = sl_cur_over(in);
    struct sl_closed closed = { 0 };

    SL_TRY(sl_stamp_read(&c, CLOSED_MAGIC, what, err)); /* BODY-1 */
    uint32_t reserved = sl_cur_u32(&c);
    closed.packs = sl_cur_u64(&c);
    SL_TRY(sl_cur_end(&c, what, err)); /* BODY-1 */
    if (reserved != 0)                 /* BODY-8 */
        return sl_fail(err, SL_E_BROKEN, _("%s is not zero where it has to be"), what);
    *ret = closed;
    return SL_OK;
}

sl_rc sl_author_write(const struct sl_author *a, struct sl_buf *out, struct sl_err *err)
{
    struct sl_pen p = sl_pen_to(out, err);
    size_t alias_bytes = strnlen(a->alias, SL_ALIAS_MAX + 1);

    SL_TRY(judge_given(a->role, err));
    if (alias_bytes < 1 || alias_bytes > SL_ALIAS_MAX)
        return sl_fail(err, SL_E_USAGE, _("an author's alias is not 1 to %u bytes"), SL_ALIAS_MAX);
    sl_pen_stamp(&p, AUTHOR_MAGIC);
    sl_pen_u32(&p, a->role);
    sl_pen_u16(&p, SL_SUITE_ED25519);
    sl_pen_bytes(&p, a->key, sizeof a->key);
    sl_pen_u8(&p, (uint8_t)alias_bytes);
    sl_pen_bytes(&p, a->alias, alias_bytes);
    return sl_pen_done(&p);
}

sl_rc sl_author_read(struct sl_view in, struct sl_author *ret, struct sl_err *err)
{
    const char *what = _("the naming of an author");
    struct sl_cur c = sl_cur_over(in);
    struct sl_author a = { 0 };

    SL_TRY(sl_stamp_read(&c, AUTHOR_MAGIC, what, err)); /* BODY-1 */
    a.role = sl_cur_u32(&c);
    uint16_t suite = sl_cur_u16(&c);
    sl_cur_copy(&c, a.key, sizeof a.key);
    uint8_t alias_bytes = sl_cur_u8(&c);
    SL_TRY(sl_text_read(&c, alias_bytes, 1, SL_ALIAS_MAX, a.alias, _("an author's alias"), err));
    SL_TRY(sl_cur_end(&c, what, err)); /* BODY-1 */
    if (suite != SL_SUITE_ED25519)     /* BODY-4 */
        return sl_fail(err, SL_E_BROKEN, _("an author's key is of suite %u: not known here"),
                       suite);
    SL_TRY(judge_given(a.role, err));
    *ret = a;
    return SL_OK;
}

/* BODY-9: within limits, so that a reader may plan for what it is about to fetch. */
static sl_rc judge_checkpoint(const struct sl_checkpoint *k, struct sl_err *err)
{
    uint64_t end = 0;

    if (k->entries < 1 || k->entries > SL_CHECKPOINT_ENTRIES_MAX || k->bytes < 1 ||
        k->bytes > SL_CHECKPOINT_BYTES_MAX)
        return sl_fail(err, SL_E_BROKEN, _("a checkpoint lists %llu entries in %llu bytes"),
                       (unsigned long long)k->entries, (unsigned long long)k->bytes);
    if (k->pack_count < 1 || k->pack_count > SL_CHECKPOINT_PACKS_MAX ||
        __builtin_add_overflow(k->first_pack, k->pack_count, &end))
        return sl_fail(err, SL_E_BROKEN, _("a checkpoint lies in %llu packs, not 1 to %u"),
                       (unsigned long long)k->pack_count, SL_CHECKPOINT_PACKS_MAX);
    return SL_OK;
}

sl_rc sl_checkpoint_read(struct sl_view in, struct sl_checkpoint *ret, struct sl_err *err)
{
    const char *what = _("a checkpoint");
    struct sl_cur c = sl_cur_over(in);
    struct sl_checkpoint k = { 0 };

    SL_TRY(sl_stamp_read(&c, CHECKPOINT_MAGIC, what, err)); /* BODY-1 */
    uint32_t reserved = sl_cur_u32(&c);
    k.entries = sl_cur_u64(&c);
    k.bytes = sl_cur_u64(&c);
    sl_cur_copy(&c, k.hash, sizeof k.hash);
    k.first_pack = sl_cur_u64(&c);
    k.pack_count = sl_cur_u64(&c);
    SL_TRY(sl_cur_end(&c, what, err)); /* BODY-1 */
    if (reserved != 0)                 /* BODY-8 */
        return sl_fail(err, SL_E_BROKEN, _("%s is not zero where it has to be"), what);
    SL_TRY(judge_checkpoint(&k, err));
    *ret = k;
    return SL_OK;
}
