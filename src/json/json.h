/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A small, bounded face of JSON (RFC 8259): read one object from a line, strictly typed; write one
 * compact line, fields in the order given. Serves the manifest of a part and every --json.
 *
 * Reading is Jansson's, behind limits of our own: hostile text costs neither stack nor memory nor
 * time. Writing is our own, straight into a buffer, because cards hold 100,000s of files.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/own.h"

#define SL_JSON_DEPTH_MAX  16u   /* objects and arrays within one another, the outermost counted */
#define SL_JSON_FIELDS_MAX 1024u /* fields in all objects of one text together */

/* ---- reading ---- */

/* An object or an array of a text that was read. Parts handed out by the functions below live as
 * long as the whole that sl_json_read() gave. */
struct sl_json;

/* Read exactly one object (white space around it is let pass). SL_E_BROKEN for anything that is not
 * JSON, not an object, not UTF-8, has a field twice, a NUL in a text, a whole number beyond 64
 * bits, or passes a limit above; *ret is untouched then. The caller frees *ret. The caller limits
 * in.len: memory is at most some 40 times that. */
sl_rc sl_json_read(struct sl_view in, struct sl_json **ret, struct sl_err *err);
void sl_json_free(struct sl_json *whole);
SL_OWNED(json)

/* Whether the object has this field, of any type (null too). */
bool sl_json_has(const struct sl_json *object, const char *key);

/* A field of exactly this type; SL_E_BROKEN, naming the field, where it is missing or another
 * type, and *ret untouched. A text has no NUL within; none is counted. A number must be whole,
 * written without fraction or exponent, and in [least, most]. */
sl_rc sl_json_get_text(const struct sl_json *object, const char *key, struct sl_view *ret,
                       struct sl_err *err);
sl_rc sl_json_get_int(const struct sl_json *object, const char *key, int64_t least, int64_t most,
                      int64_t *ret, struct sl_err *err);
sl_rc sl_json_get_bool(const struct sl_json *object, const char *key, bool *ret,
                       struct sl_err *err);
/* A text of exactly `count` bytes in lower-case hex. */
sl_rc sl_json_get_hex(const struct sl_json *object, const char *key, uint8_t *ret, size_t count,
                      struct sl_err *err);
/* A text in canonical base64 of at most `room` bytes. */
sl_rc sl_json_get_base64(const struct sl_json *object, const char *key, uint8_t *ret, size_t room,
                         size_t *count, struct sl_err *err);
/* An array of at most `count_max` items; an object. */
sl_rc sl_json_get_array(const struct sl_json *object, const char *key, size_t count_max,
                        const struct sl_json **ret, struct sl_err *err);
sl_rc sl_json_get_object(const struct sl_json *object, const char *key, const struct sl_json **ret,
                         struct sl_err *err);

/* Items of an array, by index; the same rules. `what` names the array in the error. */
size_t sl_json_count(const struct sl_json *array);
sl_rc sl_json_item_int(const struct sl_json *array, size_t index, int64_t least, int64_t most,
                       const char *what, int64_t *ret, struct sl_err *err);
sl_rc sl_json_item_array(const struct sl_json *array, size_t index, size_t count_max,
                         const char *what, const struct sl_json **ret, struct sl_err *err);

/* ---- writing ---- */

/* Writes into a buffer that the caller owns. After the first failure it writes nothing more, and
 * sl_json_finish() says what that was and takes back everything written. `key` is a plain ASCII
 * word of ours, NULL for an item of an array. */
struct sl_json_pen {
    struct sl_buf *out;
    struct sl_err *err;
    size_t begin;  /* length of *out when the pen was made */
    uint32_t open; /* bit d: what is open at depth d is an object */
    unsigned depth;
    bool comma; /* something stands before, within what is open */
    sl_rc rc;
};

struct sl_json_pen sl_json_to(struct sl_buf *out, struct sl_err *err);
void sl_json_object(struct sl_json_pen *p, const char *key); /* key NULL at the outermost */
void sl_json_array(struct sl_json_pen *p, const char *key);
void sl_json_end(struct sl_json_pen *p); /* of the innermost object or array */
void sl_json_text(struct sl_json_pen *p, const char *key, struct sl_view text); /* UTF-8, else
                                                                                   SL_E_USAGE */
void sl_json_word(struct sl_json_pen *p, const char *key, const char *word);    /* a C string */
void sl_json_i64(struct sl_json_pen *p, const char *key, int64_t value);
void sl_json_u64(struct sl_json_pen *p, const char *key, uint64_t value); /* 2^63 - 1 at most */
void sl_json_bool(struct sl_json_pen *p, const char *key, bool value);
void sl_json_hex(struct sl_json_pen *p, const char *key, struct sl_view bytes);
/* A name that may be any bytes: under `key` where it is UTF-8, else in base64 under `key64`. */
void sl_json_name(struct sl_json_pen *p, const char *key, const char *key64, struct sl_view name);
/* Ends the line with a newline. Everything opened must have been ended. */
sl_rc sl_json_finish(struct sl_json_pen *p);
