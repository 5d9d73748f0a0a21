/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading JSON through Jansson. The text is looked over first: how deep it goes and how many
 * fields it has decides what Jansson may cost, and is bounded before Jansson sees it.
 */
#include <jansson.h>
#include <string.h>

#include "base/say.h"
#include "json/json.h"
#include "json/text.h"

/* Jansson would read /dev/urandom, past the seam, to make its hash tables hard to guess. With
 * SL_JSON_FIELDS_MAX fields, guessing them gains nothing. */
#define TABLE_SEED 1u

/* What Jansson says goes to a person or a log; the excerpt it quotes is not trusted. */
#define PLAIN_ROOM 256u

static const json_t *seen(const struct sl_json *part)
{
    return (const json_t *)part;
}

/* Count brackets and colons outside strings. What is not JSON is Jansson's to refuse. */
static bool within_limits(struct sl_view in)
{
    bool quoted = false;
    size_t depth = 0, fields = 0;

    for (size_t i = 0; i < in.len; i++) {
        uint8_t c = in.at[i];
        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (quoted)
            continue;
        else if (c == '{' || c == '[')
            depth++;
        else if ((c == '}' || c == ']') && depth > 0)
            depth--;
        else if (c == ':')
            fields++;
        if (depth > SL_JSON_DEPTH_MAX || fields > SL_JSON_FIELDS_MAX)
            return false;
    }
    return true;
}

sl_rc sl_json_read(struct sl_view in, struct sl_json **ret, struct sl_err *err)
{
    json_error_t why;

    if (!within_limits(in))
        return sl_fail(err, SL_E_BROKEN, _("JSON has over %u fields, or lies over %u levels deep"),
                       SL_JSON_FIELDS_MAX, SL_JSON_DEPTH_MAX);
    if (in.len == 0)
        return sl_fail(err, SL_E_BROKEN, _("nothing stands where a JSON object should"));
    json_object_seed(TABLE_SEED);
    json_t *whole = json_loadb((const char *)in.at, in.len, JSON_REJECT_DUPLICATES, &why);
    if (whole == NULL && json_error_code(&why) == json_error_out_of_memory)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory for %zu bytes of JSON"), in.len);
    if (whole == NULL) {
        char plain[PLAIN_ROOM];
        struct sl_view text = { (const uint8_t *)why.text, strnlen(why.text, sizeof why.text) };
        return sl_fail(err, SL_E_BROKEN, _("not the JSON that was written: %s"),
                       sl_plain(text, plain, sizeof plain));
    }
    if (!json_is_object(whole)) {
        json_decref(whole);
        return sl_fail(err, SL_E_BROKEN, _("JSON is not one object"));
    }
    *ret = (struct sl_json *)whole;
    return SL_OK;
}

void sl_json_free(struct sl_json *whole)
{
    json_decref((json_t *)whole);
}

bool sl_json_has(const struct sl_json *object, const char *key)
{
    return json_object_get(seen(object), key) != NULL;
}

/* The field, or NULL and a failure that says what should stand there. */
static sl_rc field(const struct sl_json *object, const char *key, json_type type,
                   const json_t **ret, struct sl_err *err)
{
    const json_t *value = json_object_get(seen(object), key);

    if (value == NULL)
        return sl_fail(err, SL_E_BROKEN, _("field '%s' is missing"), key);
    if (json_typeof(value) != type)
        return sl_fail(err, SL_E_BROKEN, _("field '%s' has another type than it should"), key);
    *ret = value;
    return SL_OK;
}

sl_rc sl_json_get_text(const struct sl_json *object, const char *key, struct sl_view *ret,
                       struct sl_err *err)
{
    const json_t *value = NULL;

    SL_TRY(field(object, key, JSON_STRING, &value, err));
    *ret = (struct sl_view){ (const uint8_t *)json_string_value(value), json_string_length(value) };
    return SL_OK;
}

static sl_rc whole_number(const json_t *value, int64_t least, int64_t most, const char *what,
                          int64_t *ret, struct sl_err *err)
{
    long long number = json_integer_value(value);

    if (number < least || number > most)
        return sl_fail(err, SL_E_BROKEN, _("number %lld of '%s' is outside %lld to %lld"), number,
                       what, (long long)least, (long long)most);
    *ret = number;
    return SL_OK;
}

sl_rc sl_json_get_int(const struct sl_json *object, const char *key, int64_t least, int64_t most,
                      int64_t *ret, struct sl_err *err)
{
    const json_t *value = NULL;

    SL_TRY(field(object, key, JSON_INTEGER, &value, err));
    return whole_number(value, least, most, key, ret, err);
}

sl_rc sl_json_get_bool(const struct sl_json *object, const char *key, bool *ret, struct sl_err *err)
{
    const json_t *value = json_object_get(seen(object), key);

    if (!json_is_boolean(value))
        return sl_fail(err, SL_E_BROKEN, _("field '%s' is missing or neither true nor false"), key);
    *ret = json_is_true(value);
    return SL_OK;
}

sl_rc sl_json_get_hex(const struct sl_json *object, const char *key, uint8_t *ret, size_t count,
                      struct sl_err *err)
{
    struct sl_view text = { 0 };

    SL_TRY(sl_json_get_text(object, key, &text, err));
    if (!sl_hex_read(text, ret, count))
        return sl_fail(err, SL_E_BROKEN, _("field '%s' is not %zu bytes in lower-case hex"), key,
                       count);
    return SL_OK;
}

sl_rc sl_json_get_base64(const struct sl_json *object, const char *key, uint8_t *ret, size_t room,
                         size_t *count, struct sl_err *err)
{
    struct sl_view text = { 0 };

    SL_TRY(sl_json_get_text(object, key, &text, err));
    if (!sl_base64_padded_read(text, ret, room, count))
        return sl_fail(err, SL_E_BROKEN, _("field '%s' is not at most %zu bytes in base64"), key,
                       room);
    return SL_OK;
}

static sl_rc bounded_array(const json_t *value, size_t count_max, const char *what,
                           const struct sl_json **ret, struct sl_err *err)
{
    if (json_array_size(value) > count_max)
        return sl_fail(err, SL_E_BROKEN, _("'%s' lists %zu items, over the limit of %zu"), what,
                       json_array_size(value), count_max);
    *ret = (const struct sl_json *)value;
    return SL_OK;
}

sl_rc sl_json_get_array(const struct sl_json *object, const char *key, size_t count_max,
                        const struct sl_json **ret, struct sl_err *err)
{
    const json_t *value = NULL;

    SL_TRY(field(object, key, JSON_ARRAY, &value, err));
    return bounded_array(value, count_max, key, ret, err);
}

sl_rc sl_json_get_object(const struct sl_json *object, const char *key, const struct sl_json **ret,
                         struct sl_err *err)
{
    const json_t *value = NULL;

    SL_TRY(field(object, key, JSON_OBJECT, &value, err));
    *ret = (const struct sl_json *)value;
    return SL_OK;
}

size_t sl_json_count(const struct sl_json *array)
{
    return json_array_size(seen(array));
}

static sl_rc item(const struct sl_json *array, size_t index, json_type type, const char *what,
                  const json_t **ret, struct sl_err *err)
{
    const json_t *value = json_array_get(seen(array), index);

    if (value == NULL)
        return sl_fail(err, SL_E_BROKEN, _("'%s' has too few items"), what);
    if (json_typeof(value) != type)
        return sl_fail(err, SL_E_BROKEN, _("an item of '%s' has another type than it should"),
                       what);
    *ret = value;
    return SL_OK;
}

sl_rc sl_json_item_int(const struct sl_json *array, size_t index, int64_t least, int64_t most,
                       const char *what, int64_t *ret, struct sl_err *err)
{
    const json_t *value = NULL;

    SL_TRY(item(array, index, JSON_INTEGER, what, &value, err));
    return whole_number(value, least, most, what, ret, err);
}

sl_rc sl_json_item_array(const struct sl_json *array, size_t index, size_t count_max,
                         const char *what, const struct sl_json **ret, struct sl_err *err)
{
    const json_t *value = NULL;

    SL_TRY(item(array, index, JSON_ARRAY, what, &value, err));
    return bounded_array(value, count_max, what, ret, err);
}
