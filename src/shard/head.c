/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The head of a full object: 4096 bytes of tags before the slice (docs/format/shard.md). A tag is
 * ChaCha20-Poly1305 over associated data alone, under a key that belongs to one shard of one pack
 * of one session; so a shard that was altered, swapped or renamed is named before it is decoded.
 */
#include <assert.h>
#include <string.h>

#include "base/say.h"
#include "crypto/aead.h"
#include "crypto/derive.h"
#include "crypto/secret.h"
#include "shard/inside.h"

#define MAGIC      "SLSHARD\n" /* 8 bytes, without the NUL */
#define INFO       "safelight/1 tag"
#define INFO_BYTES (sizeof INFO - 1)

enum { /* SHARD-7: offsets */
       AT_VERSION = 8,
       AT_RESERVED = 12,
       AT_TAG = 16,
       AT_LEAF_TAGS = 32,
       AT_REST = AT_LEAF_TAGS + SL_LEAVES * SL_SHARD_TAG_BYTES,
};
#define HEAD_NONCE UINT32_MAX

_Static_assert((SL_LEAVES - 1) * SL_LEAF_BYTES < SL_SLICE_BYTES, "the last leaf is not empty");
_Static_assert(SL_LEAVES *SL_LEAF_BYTES >= SL_SLICE_BYTES, "the leaves cover the slice");
_Static_assert(SL_SHARD_TAG_BYTES == SL_AEAD_TAG_BYTES, "a tag is the AEAD's");

uint32_t sl_shard_leaf_bytes(unsigned leaf)
{
    assert(leaf < SL_LEAVES);
    return leaf + 1 < SL_LEAVES ? SL_LEAF_BYTES : SL_SLICE_BYTES - (SL_LEAVES - 1) * SL_LEAF_BYTES;
}

uint32_t sl_shard_leaf_at(unsigned leaf)
{
    assert(leaf < SL_LEAVES);
    return SL_SHARD_HEAD_BYTES + leaf * SL_LEAF_BYTES;
}

static void put_le(uint8_t *to, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        to[i] = (uint8_t)(value >> (8 * i));
}

/* SHARD-5: a key of its own for every shard of every pack. */
static void key_for(struct sl_aead *a, const struct sl_shard_id *id)
{
    uint8_t key[SL_AEAD_KEY_BYTES], info[INFO_BYTES + 9];

    memcpy(info, INFO, INFO_BYTES);
    put_le(info + INFO_BYTES, id->pack, 8);
    info[INFO_BYTES + 8] = id->number;
    sl_hkdf_sha256(sl_secret_expose(id->key->bytes), (struct sl_view){ NULL, 0 },
                   (struct sl_view){ info, sizeof info }, key, sizeof key);
    sl_aead_key(a, key);
    sl_wipe(key, sizeof key);
}

static void nonce_for(uint32_t number, uint8_t ret[SL_AEAD_NONCE_BYTES])
{
    memset(ret, 0, SL_AEAD_NONCE_BYTES);
    put_le(ret, number, 4);
}

static void make_tag(struct sl_aead *a, uint32_t number, struct sl_view over,
                     uint8_t ret[SL_SHARD_TAG_BYTES])
{
    uint8_t nonce[SL_AEAD_NONCE_BYTES], none[1] = { 0 };

    nonce_for(number, nonce);
    sl_aead_seal(a, nonce, over, none, 0, none, ret);
}

static bool tag_fits(struct sl_aead *a, uint32_t number, struct sl_view over,
                     const uint8_t tag[SL_SHARD_TAG_BYTES])
{
    uint8_t nonce[SL_AEAD_NONCE_BYTES], none[1] = { 0 };

    nonce_for(number, nonce);
    return sl_aead_open(a, nonce, over, none, 0, tag, none);
}

void sl_shard_head_make(struct sl_aead *a, const struct sl_shard_id *id, const uint8_t *slice,
                        uint8_t ret[SL_SHARD_HEAD_BYTES])
{
    uint8_t tag[SL_SHARD_TAG_BYTES];

    key_for(a, id);
    memset(ret, 0, SL_SHARD_HEAD_BYTES);
    memcpy(ret, MAGIC, AT_VERSION);
    put_le(ret + AT_VERSION, SL_SHARD_VERSION, 4);
    for (unsigned i = 0; i < SL_LEAVES; i++)
        make_tag(a, i,
                 (struct sl_view){ slice + (size_t)i * SL_LEAF_BYTES, sl_shard_leaf_bytes(i) },
                 ret + AT_LEAF_TAGS + (size_t)i * SL_SHARD_TAG_BYTES);
    make_tag(a, HEAD_NONCE, (struct sl_view){ ret, SL_SHARD_HEAD_BYTES }, tag);
    memcpy(ret + AT_TAG, tag, sizeof tag);
}

/* SHARD-8: the tag stands over the head as it was before the tag was there. */
static bool head_tag_fits(struct sl_aead *a, struct sl_view in)
{
    uint8_t bare[SL_SHARD_HEAD_BYTES];

    memcpy(bare, in.at, sizeof bare);
    memset(bare + AT_TAG, 0, SL_SHARD_TAG_BYTES);
    return tag_fits(a, HEAD_NONCE, (struct sl_view){ bare, sizeof bare }, in.at + AT_TAG);
}

static bool all_zero(struct sl_view in)
{
    uint8_t any = 0;

    for (size_t i = 0; i < in.len; i++)
        any |= in.at[i];
    return any == 0;
}

/* Everything about a head but its tag. */
static sl_rc parse_head(const struct sl_shard_id *id, struct sl_view in, struct sl_shard_head *ret,
                        struct sl_err *err)
{
    struct sl_cur c = sl_cur_over(in);
    unsigned long long pack = id->pack;
    uint8_t head_tag[SL_SHARD_TAG_BYTES];

    struct sl_view magic = sl_cur_take(&c, AT_VERSION);
    uint32_t version = sl_cur_u32(&c);
    uint32_t reserved = sl_cur_u32(&c);
    sl_cur_copy(&c, head_tag, sizeof head_tag);
    sl_cur_copy(&c, &ret->tags[0][0], sizeof ret->tags);
    struct sl_view rest = sl_cur_take(&c, SL_SHARD_HEAD_BYTES - AT_REST);
    if (!sl_cur_done(&c)) /* SHARD-6 */
        return sl_fail(err, SL_E_BROKEN, _("head of shard %u of pack %llu is %zu bytes, not %u"),
                       id->number, pack, in.len, SL_SHARD_HEAD_BYTES);
    if (memcmp(magic.at, MAGIC, AT_VERSION) != 0) /* SHARD-7 */
        return sl_fail(err, SL_E_BROKEN, _("shard %u of pack %llu does not begin like a shard"),
                       id->number, pack);
    if (version != SL_SHARD_VERSION) /* SHARD-9 */
        return sl_fail(err, SL_E_BROKEN,
                       _("shard %u of pack %llu says it has format version %u: only version %u is "
                         "known here"),
                       id->number, pack, version, SL_SHARD_VERSION);
    if (reserved != 0 || !all_zero(rest)) /* SHARD-10 */
        return sl_fail(err, SL_E_BROKEN,
                       _("head of shard %u of pack %llu is not zero where it has to be"),
                       id->number, pack);
    return SL_OK;
}

/* With the key already set. */
static sl_rc read_head(struct sl_aead *a, const struct sl_shard_id *id, struct sl_view in,
                       struct sl_shard_head *ret, struct sl_err *err)
{
    struct sl_shard_head head;

    SL_TRY(parse_head(id, in, &head, err));
    if (!head_tag_fits(a, in)) /* SHARD-8 */
        return sl_fail(err, SL_E_BROKEN,
                       _("head of shard %u of pack %llu is not what was written: altered, or "
                         "another shard's"),
                       id->number, (unsigned long long)id->pack);
    *ret = head;
    return SL_OK;
}

sl_rc sl_shard_head_read(struct sl_aead *a, const struct sl_shard_id *id, struct sl_view in,
                         struct sl_shard_head *ret, struct sl_err *err)
{
    key_for(a, id);
    return read_head(a, id, in, ret, err);
}

static sl_rc fail_leaf(const struct sl_shard_id *id, unsigned leaf, struct sl_err *err)
{
    return sl_fail(err, SL_E_BROKEN, _("piece %u of shard %u of pack %llu is not what was written"),
                   leaf, id->number, (unsigned long long)id->pack);
}

sl_rc sl_shard_leaf_check(struct sl_aead *a, const struct sl_shard_id *id,
                          const struct sl_shard_head *head, unsigned leaf, struct sl_view in,
                          struct sl_err *err)
{
    if (leaf >= SL_LEAVES)
        return sl_fail(err, SL_E_USAGE, _("a shard has pieces 0 to %u, not %u"), SL_LEAVES - 1,
                       leaf);
    if (in.len != sl_shard_leaf_bytes(leaf))
        return sl_fail(err, SL_E_BROKEN,
                       _("piece %u of shard %u of pack %llu is %zu bytes, not %u"), leaf,
                       id->number, (unsigned long long)id->pack, in.len, sl_shard_leaf_bytes(leaf));
    key_for(a, id);
    return tag_fits(a, leaf, in, head->tags[leaf]) ? SL_OK : fail_leaf(id, leaf, err);
}

/* Which leaves do not fit their tags, one bit each. With the key already set. */
static uint64_t bad_leaves(struct sl_aead *a, const struct sl_shard_head *head,
                           struct sl_view object)
{
    uint64_t bad = 0;

    for (unsigned i = 0; i < SL_LEAVES; i++) {
        struct sl_view leaf = { object.at + sl_shard_leaf_at(i), sl_shard_leaf_bytes(i) };
        if (!tag_fits(a, i, leaf, head->tags[i]))
            bad |= UINT64_C(1) << i;
    }
    return bad;
}

sl_rc sl_shard_check(struct sl_aead *a, const struct sl_shard_id *id, struct sl_view object,
                     uint64_t *bad, struct sl_err *err)
{
    struct sl_shard_head head;
    uint64_t unused;

    bad = bad != NULL ? bad : &unused;
    *bad = UINT64_MAX;               /* until the head is believed */
    if (object.len != SL_FULL_BYTES) /* SHARD-4 */
        return sl_fail(err, SL_E_BROKEN, _("shard %u of pack %llu is %zu bytes, not %u"),
                       id->number, (unsigned long long)id->pack, object.len, SL_FULL_BYTES);
    key_for(a, id);
    SL_TRY(read_head(a, id, (struct sl_view){ object.at, SL_SHARD_HEAD_BYTES }, &head, err));
    *bad = bad_leaves(a, &head, object);
    return *bad == 0 ? SL_OK : fail_leaf(id, (unsigned)__builtin_ctzll(*bad), err);
}
