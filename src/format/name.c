/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names of stored objects: what a keeper sees instead of ids. See docs/format/names.md.
 */
#include "format/name.h"

#include <assert.h>
#include <string.h>

#include "base/say.h"
#include "crypto/derive.h"
#include "format/inside.h"
#include "json/text.h"

#define PURPOSE       "safelight/1 name"
#define PURPOSE_BYTES (sizeof PURPOSE - 1)
#define MESSAGE_BYTES (PURPOSE_BYTES + 1 + SL_ID_BYTES + 8 + 1 + 4)
#define TEXT_BYTES    (SL_OBJECT_TEXT - 1)

static bool known_kind(uint8_t kind)
{
    return kind == SL_OBJECT_FULL || kind == SL_OBJECT_SLIP;
}

void sl_object_of(const struct sl_name_key *key, enum sl_object_kind kind,
                  const struct sl_id *keeper, uint64_t number, uint8_t shard, uint32_t attempt,
                  struct sl_object *ret)
{
    uint8_t message[MESSAGE_BYTES], mac[SL_SHA256_BYTES];
    struct sl_buf out = sl_buf_fixed(message, sizeof message);
    struct sl_pen p = sl_pen_to(&out, NULL);

    assert(known_kind((uint8_t)kind) && (kind == SL_OBJECT_FULL || shard == 0));
    sl_pen_bytes(&p, PURPOSE, PURPOSE_BYTES);
    sl_pen_u8(&p, (uint8_t)kind);
    sl_pen_bytes(&p, keeper->bytes, SL_ID_BYTES);
    sl_pen_u64(&p, number);
    sl_pen_u8(&p, shard);
    sl_pen_u32(&p, attempt);
    assert(p.rc == SL_OK && out.len == MESSAGE_BYTES);
    sl_hmac_sha256(sl_secret_expose(key->bytes), sl_buf_view(&out), mac); /* NAME-1 */
    ret->kind = kind;
    memcpy(ret->name, mac, SL_NAME_BYTES);
}

void sl_object_text(const struct sl_object *o, char ret[SL_OBJECT_TEXT])
{
    ret[0] = (char)o->kind;
    ret[1] = '/';
    sl_hex_write((struct sl_view){ o->name, 1 }, ret + 2);
    ret[4] = '/';
    sl_hex_write((struct sl_view){ o->name, SL_NAME_BYTES }, ret + 5);
    ret[TEXT_BYTES] = '\0';
}

sl_rc sl_object_read(struct sl_view text, struct sl_object *ret, struct sl_err *err)
{
    struct sl_object o = { 0 };
    uint8_t folder = 0;

    if (text.len != TEXT_BYTES || !known_kind(text.at[0]) || text.at[1] != '/' ||
        text.at[4] != '/') /* NAME-3 */
        return sl_fail(err, SL_E_BROKEN, _("not the name of a stored object"));
    if (!sl_hex_read((struct sl_view){ text.at + 2, 2 }, &folder, 1) ||
        !sl_hex_read((struct sl_view){ text.at + 5, SL_HEX_TEXT(SL_NAME_BYTES) }, o.name,
                     SL_NAME_BYTES)) /* NAME-3 */
        return sl_fail(err, SL_E_BROKEN, _("the name of a stored object is not in lower-case hex"));
    if (folder != o.name[0]) /* NAME-2 */
        return sl_fail(err, SL_E_BROKEN, _("a stored object stands in another's folder"));
    o.kind = (enum sl_object_kind)text.at[0];
    *ret = o;
    return SL_OK;
}

size_t sl_object_bytes(enum sl_object_kind kind)
{
    return kind == SL_OBJECT_FULL ? SL_FULL_BYTES : SL_SLIP_BYTES;
}

void sl_id_draw(struct sl_id *ret)
{
    sl_random(ret->bytes, sizeof ret->bytes);
}

void sl_id_text(const struct sl_id *id, char ret[SL_FOLDER_TEXT])
{
    sl_hex_write((struct sl_view){ id->bytes, sizeof id->bytes }, ret);
    ret[SL_FOLDER_TEXT - 1] = '\0';
}

sl_rc sl_id_read(struct sl_view text, struct sl_id *ret, struct sl_err *err)
{
    struct sl_id id;

    if (!sl_hex_read(text, id.bytes, sizeof id.bytes)) /* NAME-4 */
        return sl_fail(err, SL_E_BROKEN, _("an id is not %u bytes in lower-case hex"), SL_ID_BYTES);
    *ret = id;
    return SL_OK;
}

bool sl_id_same(const struct sl_id *a, const struct sl_id *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0; /* no secret */
}
