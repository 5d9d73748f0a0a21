/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A part of a roll: the body of a PART entry, and the body for care beside it. See
 * docs/format/part.md.
 */
#include "format/part.h"

#include <assert.h>
#include <string.h>

#include "base/say.h"
#include "format/inside.h"
#include "format/pack_head.h"
#include "json/text.h"

#define MAGIC      "SLPART\n\0"
#define CARE_MAGIC "SLPCARE\n"

/* PART-3: flags; every other bit is zero. */
#define FLAG_LAST   1u
#define FLAG_INLINE 2u

/* What reader and writer hold of the packs, alike. */
static sl_rc judge_packs(const struct sl_part *p, struct sl_err *err)
{
    if (p->pack_count > SL_PART_PACKS_MAX + 1) /* PART-5 */
        return sl_fail(err, SL_E_BROKEN, _("a part names %zu packs, over the limit of %u"),
                       p->pack_count, SL_PART_PACKS_MAX + 1);
    for (size_t i = 0; i < p->pack_count; i++) {
        const struct sl_part_pack *pack = &p->packs[i];
        size_t header = 0;
        if (i > 0 && pack->number <= p->packs[i - 1].number) /* PART-6 */
            return sl_fail(err, SL_E_BROKEN, _("a part's packs do not rise"));
        if (pack->number - p->packs[0].number >= SL_PART_SPAN_MAX) /* PART-6 */
            return sl_fail(err, SL_E_BROKEN, _("a part's packs span over %u numbers"),
                           SL_PART_SPAN_MAX);
        if (pack->header.len > SL_PART_PACK_HEADER_MAX ||
            sl_age_header_length(pack->header, &header, NULL) != SL_OK ||
            header != pack->header.len) /* PART-7 */
            return sl_fail(err, SL_E_BROKEN, _("pack %llu of a part has no whole age header"),
                           (unsigned long long)pack->number);
    }
    return SL_OK;
}

/* Where the manifest is. */
static sl_rc judge_manifest(const struct sl_part *p, unsigned need, struct sl_err *err)
{
    uint64_t room = sl_pack_content_bytes(need);

    if (p->manifest_raw > SL_MANIFEST_RAW_MAX) /* PART-9 */
        return sl_fail(err, SL_E_BROKEN, _("a part's manifest is over %u bytes unpacked"),
                       SL_MANIFEST_RAW_MAX);
    if (p->manifest_bytes == 0) /* PART-8 */
        return sl_fail(err, SL_E_BROKEN, _("a part has no manifest"));
    if (p->inline_manifest.len > 0) { /* PART-8 */
        if (p->manifest_offset != 0 || p->manifest_bytes != p->inline_manifest.len)
            return sl_fail(err, SL_E_BROKEN, _("a part's manifest stands here and elsewhere"));
        return SL_OK;
    }
    if (p->pack_count == 0 || p->manifest_offset > room ||
        p->manifest_bytes > room - p->manifest_offset) /* PART-8 */
        return sl_fail(err, SL_E_BROKEN, _("a part's manifest lies outside its last pack"));
    return SL_OK;
}

static sl_rc judge(const struct sl_part *p, struct sl_err *err)
{
    if (p->roll_name.len < 1 || p->roll_name.len > SL_ALIAS_MAX || !sl_utf8_valid(p->roll_name) ||
        memchr(p->roll_name.at, 0, p->roll_name.len) != NULL) /* PART-4 */
        return sl_fail(err, SL_E_BROKEN, _("a roll's name is not 1 to %u bytes of UTF-8"),
                       SL_ALIAS_MAX);
    if ((p->number == 0) !=
        sl_all_zero((struct sl_view){ p->after, sizeof p->after })) /* PART-13 */
        return sl_fail(err, SL_E_BROKEN, _("part %llu of a roll names the part before it wrongly"),
                       (unsigned long long)p->number);
    if (!p->last && (p->files != 0 || p->bytes != 0)) /* PART-10 */
        return sl_fail(err, SL_E_BROKEN, _("a part that is not the last counts the whole roll"));
    return judge_packs(p, err);
}

static void write_packs(const struct sl_part *part, struct sl_pen *p)
{
    for (size_t i = 0; i < part->pack_count; i++) {
        const struct sl_part_pack *pack = &part->packs[i];
        sl_pen_u64(p, pack->number);
        sl_pen_bytes(p, pack->nonce, sizeof pack->nonce);
        sl_pen_u16(p, (uint16_t)pack->header.len);
        sl_pen_view(p, pack->header);
    }
}

sl_rc sl_part_write(const struct sl_part *part, struct sl_buf *out, struct sl_err *err)
{
    struct sl_pen p = sl_pen_to(out, err);
    bool here = part->inline_manifest.len > 0;

    SL_TRY(judge(part, err));
    SL_TRY(judge_manifest(part, SL_NEED_MAX, err)); /* the writer knows its own k */
    sl_pen_stamp(&p, MAGIC);
    sl_pen_u32(&p, (part->last ? FLAG_LAST : 0u) | (here ? FLAG_INLINE : 0u));
    sl_pen_bytes(&p, part->roll.bytes, sizeof part->roll.bytes);
    sl_pen_bytes(&p, part->locker.bytes, sizeof part->locker.bytes);
    sl_pen_u32(&p, part->epoch);
    sl_pen_u16(&p, (uint16_t)part->roll_name.len);
    sl_pen_u16(&p, (uint16_t)part->pack_count);
    sl_pen_u64(&p, part->number);
    sl_pen_u64(&p, part->files);
    sl_pen_u64(&p, part->bytes);
    sl_pen_u64(&p, part->manifest_offset);
    sl_pen_u64(&p, part->manifest_bytes);
    sl_pen_u64(&p, part->manifest_raw);
    sl_pen_bytes(&p, part->after, sizeof part->after);
    sl_pen_bytes(&p, part->manifest_hash, sizeof part->manifest_hash);
    sl_pen_view(&p, part->roll_name);
    write_packs(part, &p);
    sl_pen_view(&p, part->inline_manifest);
    return sl_pen_done(&p);
}

static void read_packs(struct sl_cur *c, struct sl_part *part)
{
    for (size_t i = 0; i < part->pack_count; i++) {
        struct sl_part_pack *pack = &part->packs[i];
        pack->number = sl_cur_u64(c);
        sl_cur_copy(c, pack->nonce, sizeof pack->nonce);
        pack->header = sl_cur_take(c, sl_cur_u16(c));
    }
}

/* All fields as they stand; *flags are judged, the rest is not. */
static sl_rc read_fields(struct sl_view in, struct sl_part *part, struct sl_err *err)
{
    const char *what = _("a part of a roll");
    struct sl_cur c = sl_cur_over(in);

    SL_TRY(sl_stamp_read(&c, MAGIC, what, err)); /* PART-1 */
    uint32_t flags = sl_cur_u32(&c);
    sl_cur_copy(&c, part->roll.bytes, sizeof part->roll.bytes);
    sl_cur_copy(&c, part->locker.bytes, sizeof part->locker.bytes);
    part->epoch = sl_cur_u32(&c);
    uint16_t name_bytes = sl_cur_u16(&c);
    part->pack_count = sl_cur_u16(&c);
    part->number = sl_cur_u64(&c);
    part->files = sl_cur_u64(&c);
    part->bytes = sl_cur_u64(&c);
    part->manifest_offset = sl_cur_u64(&c);
    part->manifest_bytes = sl_cur_u64(&c);
    part->manifest_raw = sl_cur_u64(&c);
    sl_cur_copy(&c, part->after, sizeof part->after);
    sl_cur_copy(&c, part->manifest_hash, sizeof part->manifest_hash);
    part->roll_name = sl_cur_take(&c, name_bytes);
    if (part->pack_count > SL_PART_PACKS_MAX + 1) /* PART-5, before the loop */
        return judge_packs(part, err);
    read_packs(&c, part);
    if ((flags & FLAG_INLINE) != 0 && part->manifest_bytes <= c.left)
        part->inline_manifest = sl_cur_take(&c, (size_t)part->manifest_bytes);
    SL_TRY(sl_cur_end(&c, what, err));             /* PART-2 */
    if ((flags & ~(FLAG_LAST | FLAG_INLINE)) != 0) /* PART-3 */
        return sl_fail(err, SL_E_BROKEN, _("a part has flags 0x%x: not all known here"), flags);
    if ((flags & FLAG_INLINE) != 0 && part->inline_manifest.len == 0) /* PART-8 */
        return sl_fail(err, SL_E_BROKEN, _("a part's manifest is missing"));
    part->last = (flags & FLAG_LAST) != 0;
    return SL_OK;
}

sl_rc sl_part_read(struct sl_view in, unsigned need, struct sl_part *ret, struct sl_err *err)
{
    struct sl_part part = { 0 };

    SL_TRY(read_fields(in, &part, err));
    SL_TRY(judge(&part, err));
    SL_TRY(judge_manifest(&part, need, err));
    *ret = part;
    return SL_OK;
}

static sl_rc judge_care(const struct sl_part_care *p, struct sl_err *err)
{
    uint64_t end = 0;

    if (p->pack_count > SL_PART_SPAN_MAX ||
        __builtin_add_overflow(p->first_pack, p->pack_count, &end)) /* PART-12 */
        return sl_fail(err, SL_E_BROKEN, _("a part tells care of %llu packs, over the limit of %u"),
                       (unsigned long long)p->pack_count, SL_PART_SPAN_MAX);
    return SL_OK;
}

sl_rc sl_part_care_write(const struct sl_part_care *care, struct sl_buf *out, struct sl_err *err)
{
    struct sl_pen p = sl_pen_to(out, err);

    SL_TRY(judge_care(care, err));
    sl_pen_stamp(&p, CARE_MAGIC);
    sl_pen_u32(&p, care->proved);
    sl_pen_u64(&p, care->first_pack);
    sl_pen_u64(&p, care->pack_count);
    return sl_pen_done(&p);
}

sl_rc sl_part_care_read(struct sl_view in, struct sl_part_care *ret, struct sl_err *err)
{
    const char *what = _("what a part tells care");
    struct sl_cur c = sl_cur_over(in);
    struct sl_part_care care = { 0 };

    SL_TRY(sl_stamp_read(&c, CARE_MAGIC, what, err)); /* PART-11 */
    care.proved = sl_cur_u32(&c);
    care.first_pack = sl_cur_u64(&c);
    care.pack_count = sl_cur_u64(&c);
    SL_TRY(sl_cur_end(&c, what, err)); /* PART-11 */
    SL_TRY(judge_care(&care, err));
    *ret = care;
    return SL_OK;
}
