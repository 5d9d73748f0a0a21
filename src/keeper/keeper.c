/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The list of kinds, and the thin functions that make callers read well. What callers may never
 * do (objects of another length, reads past the end) is asserted here, once for all kinds.
 */
#include "keeper/keeper.h"

#include <assert.h>
#include <string.h>

#include "base/say.h"
#include "keeper/inside.h"

static const char *const LATER[] = { "s3://", "sftp://", "dav://", "davs://", "keep://" };

sl_rc sl_keeper_kind_of(const char *url, const struct sl_keeper_kind **ret, struct sl_err *err)
{
    if (url[0] == '/') {
        if (strlen(url) >= SL_PATH_MAX)
            return sl_fail(err, SL_E_USAGE, _("a keeper's folder is over %u bytes long"),
                           SL_PATH_MAX - 1);
        *ret = &sl_keeper_dir;
        return SL_OK;
    }
    for (size_t i = 0; i < sizeof LATER / sizeof *LATER; i++) {
        if (strncmp(url, LATER[i], strlen(LATER[i])) == 0)
            return sl_fail(err, SL_E_USAGE,
                           _("%s keepers are not in this version\n"
                             "  use a folder: an absolute path like /mnt/attic"),
                           LATER[i]);
    }
    /* The text is not repeated: it may hold a password. */
    return sl_fail(err, SL_E_USAGE,
                   _("this is not a keeper: a folder is an absolute path like /mnt/attic"));
}

sl_rc sl_keeper_open(const struct sl_os *os, const char *url, const struct sl_id *folder,
                     bool create, struct sl_keeper **ret, struct sl_err *err)
{
    const struct sl_keeper_kind *kind = NULL;

    SL_TRY(sl_keeper_kind_of(url, &kind, err));
    return kind->open(os, url, folder, create, ret, err);
}

void sl_keeper_free(struct sl_keeper *k)
{
    if (k != NULL)
        k->kind->free(k);
}

sl_rc sl_keeper_put(struct sl_keeper *k, const struct sl_object *name, const struct sl_view *pieces,
                    size_t count, struct sl_err *err)
{
    assert(sl_pieces_bytes(pieces, count) == sl_object_bytes(name->kind));
    return k->kind->put(k, name, pieces, count, err);
}

sl_rc sl_keeper_prove(struct sl_keeper *k, const struct sl_object *name,
                      const struct sl_view *pieces, size_t count, void *scratch, enum sl_proof *ret,
                      struct sl_err *err)
{
    enum sl_proof proof = SL_PROOF_NONE;

    assert(sl_pieces_bytes(pieces, count) == sl_object_bytes(name->kind));
    assert((uintptr_t)scratch % SL_KEEPER_SCRATCH_ALIGN == 0);
    *ret = SL_PROOF_NONE;
    SL_TRY(k->kind->prove(k, name, pieces, count, scratch, &proof, err));
    *ret = proof;
    return SL_OK;
}

sl_rc sl_keeper_get(struct sl_keeper *k, const struct sl_object *name, uint64_t from, size_t count,
                    uint8_t *to, struct sl_err *err)
{
    size_t bytes = sl_object_bytes(name->kind);

    assert(from <= bytes && count <= bytes - from);
    return k->kind->get(k, name, from, count, to, err);
}

sl_rc sl_keeper_list(struct sl_keeper *k, enum sl_object_kind kind, sl_keeper_each each, void *who,
                     uint64_t *odd, struct sl_err *err)
{
    uint64_t nobody_asked = 0;

    return k->kind->list(k, kind, each, who, odd != NULL ? odd : &nobody_asked, err);
}

sl_rc sl_keeper_space(struct sl_keeper *k, uint64_t *free_bytes, struct sl_err *err)
{
    return k->kind->space(k, free_bytes, err);
}

sl_rc sl_keeper_disk(struct sl_keeper *k, char ret[SL_KEEPER_DISK_TEXT], struct sl_err *err)
{
    return k->kind->disk(k, ret, err);
}

bool sl_keeper_is_far(const struct sl_keeper *k)
{
    return k->kind->far;
}

bool sl_keeper_can_prove(const struct sl_keeper *k)
{
    return k->kind->can_prove;
}
