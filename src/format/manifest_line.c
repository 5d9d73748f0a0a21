/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One line of a manifest: JSON to struct and back, judged alone. What a line must be beside its
 * neighbours (extents that rise, packs that exist) is manifest_read.c's. See
 * docs/format/manifest.md.
 */
#include <string.h>

#include "base/say.h"
#include "format/inside.h"
#include "format/manifest.h"
#include "json/json.h"
#include "json/text.h"

#define MODE_MAX   07777
#define NS_MAX     999999999
#define EXTENT_ALL INT64_MAX /* judged against its pack, where the pack is known */

/* ---- judged by reader and writer alike ---- */

static bool part_is_plain(const uint8_t *at, size_t len)
{
    return len > 0 && !(len == 1 && at[0] == '.') && !(len == 2 && memcmp(at, "..", 2) == 0);
}

/* MANIFEST-7: relative, and every component a name. */
static bool path_is_plain(const uint8_t *path, size_t len)
{
    size_t begin = 0;

    if (len == 0 || len > SL_PATH_MAX || memchr(path, 0, len) != NULL)
        return false;
    for (size_t i = 0; i <= len; i++) {
        if (i < len && path[i] != '/')
            continue;
        if (!part_is_plain(path + begin, i - begin))
            return false;
        begin = i + 1;
    }
    return true;
}

static sl_rc judge_path(const struct sl_manifest_line *l, struct sl_err *err)
{
    bool card = l->type == SL_MANIFEST_FOLDER && l->path_bytes == 1 && l->path[0] == '.';

    if (!card && !path_is_plain(l->path, l->path_bytes)) /* MANIFEST-7 */
        return sl_fail(err, SL_E_BROKEN, _("a path is not a relative one of at most %u bytes"),
                       SL_PATH_MAX);
    return SL_OK;
}

static sl_rc judge_file(const struct sl_manifest_line *l, struct sl_err *err)
{
    uint64_t sum = 0;

    if (l->size > SL_FILE_BYTES_MAX || l->from > l->until || l->until > l->size) /* MANIFEST-9 */
        return sl_fail(err, SL_E_BROKEN, _("a file's size, 'from' and 'until' cannot be"));
    if (l->extent_count > SL_MANIFEST_EXTENTS_MAX) /* MANIFEST-12 */
        return sl_fail(err, SL_E_BROKEN, _("a file has %zu extents, over the limit of %u"),
                       l->extent_count, SL_MANIFEST_EXTENTS_MAX);
    for (size_t i = 0; i < l->extent_count; i++)
        if (l->extents[i].bytes == 0 ||
            __builtin_add_overflow(sum, l->extents[i].bytes, &sum)) /* MANIFEST-12 */
            return sl_fail(err, SL_E_BROKEN, _("an extent has no bytes, or too many"));
    if (sum != l->until - l->from) /* MANIFEST-13 */
        return sl_fail(err, SL_E_BROKEN, _("a file's extents have %llu bytes, not %llu"),
                       (unsigned long long)sum, (unsigned long long)(l->until - l->from));
    return SL_OK;
}

static sl_rc judge(const struct sl_manifest_line *l, struct sl_err *err)
{
    SL_TRY(judge_path(l, err));
    if (l->mode > MODE_MAX || l->mtime_ns > NS_MAX) /* MANIFEST-8 */
        return sl_fail(err, SL_E_BROKEN, _("a file's mode or time cannot be"));
    return l->type == SL_MANIFEST_FILE ? judge_file(l, err) : SL_OK;
}

/* ---- writing ---- */

static void write_extents(struct sl_json_pen *p, const struct sl_manifest_line *l)
{
    sl_json_array(p, "extents");
    for (size_t i = 0; i < l->extent_count; i++) {
        sl_json_array(p, NULL);
        sl_json_u64(p, NULL, l->extents[i].pack);
        sl_json_u64(p, NULL, l->extents[i].offset);
        sl_json_u64(p, NULL, l->extents[i].bytes);
        sl_json_end(p);
    }
    sl_json_end(p);
}

static void write_file(struct sl_json_pen *p, const struct sl_manifest_line *l)
{
    struct sl_view sha256 = { l->sha256, sizeof l->sha256 };
    bool cut = l->until < l->size;

    sl_json_u64(p, "size", l->size);
    if (l->from > 0)
        sl_json_u64(p, "from", l->from);
    if (cut)
        sl_json_u64(p, "until", l->until);
    sl_json_hex(p, cut ? "sha256_before" : "sha256", sha256);
    if (!cut)
        sl_json_hex(p, "xxh128", (struct sl_view){ l->xxh128, sizeof l->xxh128 });
    write_extents(p, l);
}

sl_rc sl_manifest_line_write(const struct sl_manifest_line *line, struct sl_buf *out,
                             struct sl_err *err)
{
    struct sl_json_pen p = sl_json_to(out, err);

    SL_TRY(judge(line, err));
    sl_json_object(&p, NULL);
    sl_json_name(&p, "path", "path64", (struct sl_view){ line->path, line->path_bytes });
    sl_json_word(&p, "type", line->type == SL_MANIFEST_FILE ? "file" : "folder");
    sl_json_u64(&p, "mode", line->mode);
    sl_json_array(&p, "mtime");
    sl_json_i64(&p, NULL, line->mtime_s);
    sl_json_u64(&p, NULL, line->mtime_ns);
    sl_json_end(&p);
    if (line->type == SL_MANIFEST_FILE)
        write_file(&p, line);
    sl_json_end(&p);
    return sl_json_finish(&p);
}

/* ---- reading ---- */

/* MANIFEST-6: "path" where it is UTF-8, else "path64", never both. */
static sl_rc read_path(const struct sl_json *j, struct sl_manifest_line *l, struct sl_err *err)
{
    struct sl_view text = { 0 };

    if (sl_json_has(j, "path64")) {
        SL_TRY(sl_json_get_base64(j, "path64", l->path, sizeof l->path, &l->path_bytes, err));
        if (sl_json_has(j, "path") || sl_utf8_valid((struct sl_view){ l->path, l->path_bytes }))
            return sl_fail(err, SL_E_BROKEN, _("'path64' stands where 'path' should"));
        return SL_OK;
    }
    SL_TRY(sl_json_get_text(j, "path", &text, err));
    if (text.len > sizeof l->path) /* MANIFEST-7 */
        return sl_fail(err, SL_E_BROKEN, _("a path is %zu bytes, over the limit of %u"), text.len,
                       SL_PATH_MAX);
    memcpy(l->path, text.at, text.len);
    l->path_bytes = text.len;
    return SL_OK;
}

static sl_rc read_type(const struct sl_json *j, enum sl_manifest_type *ret, struct sl_err *err)
{
    struct sl_view text = { 0 };

    SL_TRY(sl_json_get_text(j, "type", &text, err));
    if (text.len == 4 && memcmp(text.at, "file", 4) == 0)
        *ret = SL_MANIFEST_FILE;
    else if (text.len == 6 && memcmp(text.at, "folder", 6) == 0)
        *ret = SL_MANIFEST_FOLDER;
    else /* MANIFEST-5 */
        return sl_fail(err, SL_E_BROKEN, _("'type' is neither file nor folder"));
    return SL_OK;
}

static sl_rc read_mode_and_time(const struct sl_json *j, struct sl_manifest_line *l,
                                struct sl_err *err)
{
    const struct sl_json *time = NULL;
    int64_t mode = 0, ns = 0;

    SL_TRY(sl_json_get_int(j, "mode", 0, MODE_MAX, &mode, err)); /* MANIFEST-8 */
    SL_TRY(sl_json_get_array(j, "mtime", 2, &time, err));
    SL_TRY(sl_json_item_int(time, 0, INT64_MIN, INT64_MAX, "mtime", &l->mtime_s, err));
    SL_TRY(sl_json_item_int(time, 1, 0, NS_MAX, "mtime", &ns, err));
    l->mode = (uint32_t)mode;
    l->mtime_ns = (uint32_t)ns;
    return SL_OK;
}

static sl_rc read_extents(const struct sl_json *j, struct sl_manifest_line *l, struct sl_err *err)
{
    const struct sl_json *list = NULL, *one = NULL;

    SL_TRY(sl_json_get_array(j, "extents", SL_MANIFEST_EXTENTS_MAX, &list, err)); /* MANIFEST-12 */
    l->extent_count = sl_json_count(list);
    for (size_t i = 0; i < l->extent_count; i++) {
        int64_t number[3] = { 0 };
        SL_TRY(sl_json_item_array(list, i, 3, "extents", &one, err));
        for (size_t n = 0; n < 3; n++)
            SL_TRY(sl_json_item_int(one, n, 0, EXTENT_ALL, "extents", &number[n], err));
        l->extents[i] = (struct sl_extent){ .pack = (uint64_t)number[0],
                                            .offset = (uint64_t)number[1],
                                            .bytes = (uint64_t)number[2] };
    }
    return SL_OK;
}

/* MANIFEST-10: written only where it says something. */
static sl_rc read_bound(const struct sl_json *j, const char *key, int64_t least, int64_t most,
                        uint64_t otherwise, uint64_t *ret, struct sl_err *err)
{
    int64_t value = 0;

    *ret = otherwise;
    if (!sl_json_has(j, key))
        return SL_OK;
    SL_TRY(sl_json_get_int(j, key, least, most, &value, err));
    *ret = (uint64_t)value;
    return SL_OK;
}

/* MANIFEST-11: which hashes stand there depends on whether the file ends in this part. */
static sl_rc read_hashes(const struct sl_json *j, struct sl_manifest_line *l, struct sl_err *err)
{
    bool cut = l->until < l->size;

    if (sl_json_has(j, cut ? "sha256" : "sha256_before") || (cut && sl_json_has(j, "xxh128")))
        return sl_fail(err, SL_E_BROKEN, _("a file has hashes that its part cannot have"));
    SL_TRY(sl_json_get_hex(j, cut ? "sha256_before" : "sha256", l->sha256, sizeof l->sha256, err));
    if (!cut)
        SL_TRY(sl_json_get_hex(j, "xxh128", l->xxh128, sizeof l->xxh128, err));
    return SL_OK;
}

static sl_rc read_file(const struct sl_json *j, struct sl_manifest_line *l, struct sl_err *err)
{
    int64_t size = 0;

    SL_TRY(sl_json_get_int(j, "size", 0, (int64_t)SL_FILE_BYTES_MAX, &size, err)); /* MANIFEST-9 */
    l->size = (uint64_t)size;
    SL_TRY(read_bound(j, "from", 1, size, 0, &l->from, err));
    SL_TRY(read_bound(j, "until", 0, size - 1, l->size, &l->until, err));
    SL_TRY(read_hashes(j, l, err));
    return read_extents(j, l, err);
}

/* MANIFEST-5: a folder has none of a file's fields. */
static sl_rc refuse_file_fields(const struct sl_json *j, struct sl_err *err)
{
    static const char *const fields[] = { "size",          "from",   "until",  "sha256",
                                          "sha256_before", "xxh128", "extents" };

    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (sl_json_has(j, fields[i]))
            return sl_fail(err, SL_E_BROKEN, _("a folder has the field '%s'"), fields[i]);
    return SL_OK;
}

sl_rc sl_manifest_line_read(struct sl_view text, struct sl_manifest_line *ret, struct sl_err *err)
{
    SL_AUTO_FREE(json) *j = NULL;

    SL_TRY(sl_json_read(text, &j, err)); /* MANIFEST-4 */
    ret->size = ret->from = ret->until = 0;
    ret->extent_count = 0;
    memset(ret->sha256, 0, sizeof ret->sha256);
    memset(ret->xxh128, 0, sizeof ret->xxh128);
    SL_TRY(read_type(j, &ret->type, err));
    SL_TRY(read_path(j, ret, err));
    SL_TRY(read_mode_and_time(j, ret, err));
    SL_TRY(ret->type == SL_MANIFEST_FILE ? read_file(j, ret, err) : refuse_file_fields(j, err));
    return judge(ret, err);
}
