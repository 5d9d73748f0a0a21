/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The spool, laid out like a keeper: <keeper's id in hex>/<f or s>/<2 hex>/<32 hex>, each object
 * with its SHA-256 behind it: nobody here can tell otherwise whether this disk has kept it well,
 * and a keeper would prove that it holds what is wrong. See spool.h.
 */
#include "home/spool.h"

#include <assert.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "crypto/derive.h"
#include "shelf/shelf.h"

#define PATH_ROOM (SL_FOLDER_TEXT + SL_OBJECT_TEXT + SL_NAME_MAX)

struct sl_spool {
    const struct sl_os *os;
    struct sl_shelf *shelf;
};

sl_rc sl_spool_open(struct sl_home *h, const struct sl_vault *v, struct sl_spool **ret,
                    struct sl_err *err)
{
    SL_AUTO_FREE(spool) *s = calloc(1, sizeof *s);
    int dir = -1;

    if (s == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
    s->os = sl_home_os(h);
    SL_TRY(sl_home_folder(h, v, "spool", &dir, err));
    sl_rc rc = sl_shelf_new(s->os, dir, &s->shelf, err);
    if (rc != SL_OK) {
        (void)s->os->close(s->os->self, dir);
        return rc;
    }
    *ret = SL_TAKE(s);
    return SL_OK;
}

void sl_spool_free(struct sl_spool *s)
{
    if (s == NULL)
        return;
    sl_shelf_free(s->shelf);
    free(s);
}

sl_rc sl_spool_put(struct sl_spool *s, const struct sl_id *keeper, const struct sl_object *name,
                   const struct sl_view *pieces, size_t count, struct sl_err *err)
{
    char path[PATH_ROOM], id[SL_FOLDER_TEXT], object[SL_OBJECT_TEXT];
    struct sl_view with_hash[SL_SPOOL_PIECES_MAX + 1];
    uint8_t hash[SL_SHA256_BYTES];

    assert(count <= SL_SPOOL_PIECES_MAX);
    memcpy(with_hash, pieces, count * sizeof *pieces);
    sl_sha256_of_pieces(pieces, count, hash);
    with_hash[count] = (struct sl_view){ hash, sizeof hash };
    sl_id_text(keeper, id);
    sl_object_text(name, object);
    (void)snprintf(path, sizeof path, "%s/%s", id, object);
    sl_rc rc = sl_shelf_put(s->shelf, path, with_hash, count + 1, err);
    return rc == SL_OK ? SL_OK : sl_note(err, rc, _("keeping it in the spool"));
}

/* ---- walking what waits for one keeper ---- */

struct names { /* objects of one two-digit folder, read before any is removed */
    struct sl_object *at;
    size_t count, room;
    const char *folder; /* "f/ab" */
};

static sl_rc note_name(void *who, const struct sl_os_entry *entry, struct sl_err *err)
{
    struct names *n = who;
    char text[SL_NAME_MAX + 16];
    struct sl_object o;

    (void)snprintf(text, sizeof text, "%s/%s", n->folder, entry->name);
    if (sl_object_read((struct sl_view){ (const uint8_t *)text, strlen(text) }, &o, NULL) != SL_OK)
        return SL_OK;
    if (n->count == n->room) {
        size_t room = n->room > 0 ? n->room * 2 : 64;
        struct sl_object *grown = realloc(n->at, room * sizeof *grown);
        if (grown == NULL)
            return sl_fail(err, SL_E_SYSTEM, _("out of memory"));
        n->at = grown;
        n->room = room;
    }
    n->at[n->count++] = o;
    return SL_OK;
}

typedef sl_rc folder_fn(struct sl_spool *s, const char *id, const struct names *n, void *who,
                        struct sl_err *err);

static sl_rc note_folder(void *who, const struct sl_os_entry *entry, struct sl_err *err)
{
    static const char digits[] = "0123456789abcdef";
    const char *high = strchr(digits, entry->name[0]), *low = NULL;
    bool *there = who;

    (void)err;
    if (entry->name[0] != '\0' && high != NULL)
        low = strchr(digits, entry->name[1]);
    if (low != NULL && entry->name[1] != '\0' && entry->name[2] == '\0')
        there[(high - digits) * 16 + (low - digits)] = true;
    return SL_OK;
}

/* Every two-digit folder of one kind; where none is there, nothing waits. */
static sl_rc each_of_kind(struct sl_spool *s, const char *id, char kind, folder_fn *each, void *who,
                          struct sl_err *err)
{
    bool there[256] = { false };
    char folder[8], path[PATH_ROOM];

    (void)snprintf(path, sizeof path, "%s/%c", id, kind);
    SL_TRY(sl_shelf_list(s->shelf, path, note_folder, there, err));
    for (unsigned i = 0; i < 256; i++) {
        struct names n = { .folder = folder };
        if (!there[i])
            continue;
        (void)snprintf(folder, sizeof folder, "%c/%02x", kind, i & 255u);
        (void)snprintf(path, sizeof path, "%s/%s", id, folder);
        sl_rc rc = sl_shelf_list(s->shelf, path, note_name, &n, err);
        if (rc == SL_OK && n.count > 0)
            rc = each(s, id, &n, who, err);
        free(n.at);
        SL_TRY(rc);
    }
    return SL_OK;
}

static sl_rc each_folder(struct sl_spool *s, const struct sl_id *keeper, folder_fn *each, void *who,
                         struct sl_err *err)
{
    char id[SL_FOLDER_TEXT];

    sl_id_text(keeper, id);
    SL_TRY(each_of_kind(s, id, SL_OBJECT_FULL, each, who, err));
    return each_of_kind(s, id, SL_OBJECT_SLIP, each, who, err);
}

static sl_rc count_folder(struct sl_spool *s, const char *id, const struct names *n, void *who,
                          struct sl_err *err)
{
    (void)s;
    (void)id;
    (void)err;
    *(uint64_t *)who += n->count;
    return SL_OK;
}

sl_rc sl_spool_count(struct sl_spool *s, const struct sl_id *keeper, uint64_t *ret,
                     struct sl_err *err)
{
    *ret = 0;
    return each_folder(s, keeper, count_folder, ret, err);
}

/* Cut the hash off *bytes and compare. */
static sl_rc judge(struct sl_buf *bytes, const struct sl_object *name, const char *object,
                   struct sl_err *err)
{
    uint8_t hash[SL_SHA256_BYTES];
    size_t len = sl_object_bytes(name->kind);

    if (bytes->len != len + sizeof hash)
        return sl_fail(err, SL_E_BROKEN, _("'%s' in the spool has an impossible size"), object);
    bytes->len = len;
    sl_sha256_of(sl_buf_view(bytes), hash);
    if (memcmp(hash, bytes->at + len, sizeof hash) != 0)
        return sl_fail(err, SL_E_BROKEN,
                       _("'%s' in the spool is not what was put there: this machine's disk is "
                         "failing"),
                       object);
    return SL_OK;
}

struct pushing {
    sl_spool_each *each;
    void *who;
    struct sl_err damaged; /* the first that was; the others are still pushed */
};

static sl_rc push_object(struct sl_spool *s, const char *id, const struct sl_object *name,
                         struct pushing *p, struct sl_err *err)
{
    SL_AUTO_CLEAR(buf) bytes = sl_buf_upto(SL_FULL_BYTES + SL_SHA256_BYTES);
    char path[PATH_ROOM], object[SL_OBJECT_TEXT];

    sl_object_text(name, object);
    (void)snprintf(path, sizeof path, "%s/%s", id, object);
    sl_rc rc = sl_shelf_read(s->shelf, path, &bytes, err);
    if (rc == SL_E_MISSING)
        return SL_OK; /* another run pushed it meanwhile */
    SL_TRY(rc);
    struct sl_err *first = p->damaged.rc == SL_OK ? &p->damaged : NULL;
    if (judge(&bytes, name, object, first) != SL_OK)
        return SL_OK;
    rc = p->each(p->who, name, sl_buf_view(&bytes), err);
    if (rc == SL_E_UNSAFE)
        return SL_OK;
    SL_TRY(rc);
    rc = sl_shelf_remove(s->shelf, path, err);
    return rc == SL_E_MISSING ? SL_OK : rc;
}

static sl_rc push_folder(struct sl_spool *s, const char *id, const struct names *n, void *who,
                         struct sl_err *err)
{
    for (size_t i = 0; i < n->count; i++)
        SL_TRY(push_object(s, id, &n->at[i], who, err));
    return SL_OK;
}

sl_rc sl_spool_push_one(struct sl_spool *s, const struct sl_id *keeper,
                        const struct sl_object *name, sl_spool_each *each, void *who,
                        struct sl_err *err)
{
    struct pushing p = { .each = each, .who = who };
    char id[SL_FOLDER_TEXT];

    sl_id_text(keeper, id);
    SL_TRY(push_object(s, id, name, &p, err));
    return p.damaged.rc == SL_OK ? SL_OK : sl_fail(err, p.damaged.rc, "%s", p.damaged.text);
}

sl_rc sl_spool_push(struct sl_spool *s, const struct sl_id *keeper, sl_spool_each *each, void *who,
                    struct sl_err *err)
{
    struct pushing p = { .each = each, .who = who };

    SL_TRY(each_folder(s, keeper, push_folder, &p, err));
    return p.damaged.rc == SL_OK ? SL_OK : sl_fail(err, p.damaged.rc, "%s", p.damaged.text);
}
