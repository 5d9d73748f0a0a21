/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Test vectors made by others, read where they lie: records of "name = value" or, in JSON laid out
 * a field a line, "name": "value". Only tests read this way; it trusts what it reads.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

#define FOREIGN_PYTHON "/usr/lib/python3/dist-packages/cryptography_vectors/"
#define FOREIGN_FIELDS 16u

struct foreign_field {
    struct sl_view name, value;
};

struct foreign {
    struct sl_buf text;
    struct sl_cur left;
    const char *first; /* the field that begins a record */
    struct foreign_field fields[FOREIGN_FIELDS];
    size_t count;
    struct sl_buf room[FOREIGN_FIELDS]; /* decoded values of this record */
};

#define FOREIGN_NO_SHARED "no ../shared beside the project"
#define FOREIGN_NO_PYTHON "python3-cryptography-vectors is not installed"

/* The folder of shared vectors, or NULL where it is absent. The caller frees it. */
static inline char *foreign_shared(const char *below)
{
    const char *shared = getenv("SL_SHARED");
    const char *source = getenv("SL_SOURCE");
    char *path = NULL;
    int made = shared != NULL
                   ? asprintf(&path, "%s/%s", shared, below)
                   : asprintf(&path, "%s/../shared/%s", source != NULL ? source : ".", below);

    return made < 0 ? NULL : path;
}

/* A whole file; false where it cannot be opened. */
static inline bool foreign_read(const char *path, struct sl_buf *ret)
{
    uint8_t piece[65536];
    FILE *f = path != NULL ? fopen(path, "rb") : NULL;

    if (f == NULL)
        return false;
    for (size_t got; (got = fread(piece, 1, sizeof piece, f)) > 0;) {
        if (sl_buf_put(ret, (struct sl_view){ piece, got }, NULL) != SL_OK)
            abort();
    }
    (void)fclose(f);
    return true;
}

static inline bool foreign_open(struct foreign *f, const char *path, const char *first)
{
    *f = (struct foreign){ .text = sl_buf_upto(64u << 20), .first = first };
    for (size_t i = 0; i < FOREIGN_FIELDS; i++)
        f->room[i] = sl_buf_upto(1u << 20);
    if (!foreign_read(path, &f->text))
        return false;
    f->left = sl_cur_over(sl_buf_view(&f->text));
    return true;
}

static inline void foreign_close(struct foreign *f)
{
    sl_buf_clear(&f->text);
    for (size_t i = 0; i < FOREIGN_FIELDS; i++)
        sl_buf_clear(&f->room[i]);
}

static inline bool foreign_is(struct sl_view v, const char *text)
{
    return v.len == strlen(text) && (v.len == 0 || memcmp(v.at, text, v.len) == 0);
}

static inline struct sl_view foreign_trim(struct sl_view v, const char *off)
{
    while (v.len > 0 && strchr(off, v.at[0]) != NULL)
        v = (struct sl_view){ v.at + 1, v.len - 1 };
    while (v.len > 0 && strchr(off, v.at[v.len - 1]) != NULL)
        v.len--;
    return v;
}

static inline struct sl_view foreign_line(struct sl_cur *c)
{
    const uint8_t *end = memchr(c->at, '\n', c->left);
    struct sl_view line = sl_cur_take(c, end != NULL ? (size_t)(end - c->at) : c->left);

    (void)sl_cur_take(c, c->left > 0 ? 1 : 0);
    return line;
}

static inline bool foreign_split(struct sl_view line, struct foreign_field *ret)
{
    for (size_t i = 0; i < line.len; i++) {
        if (line.at[i] != '=' && line.at[i] != ':')
            continue;
        ret->name = foreign_trim((struct sl_view){ line.at, i }, " \"");
        ret->value = foreign_trim((struct sl_view){ line.at + i + 1, line.len - i - 1 }, " ,\r\n");
        return ret->name.len > 0 && ret->name.at[0] != '#';
    }
    return false;
}

/* The next record: from its first field up to the next such field. */
static inline bool foreign_next(struct foreign *f)
{
    struct foreign_field field;
    bool inside = false;

    f->count = 0;
    while (f->left.left > 0) {
        struct sl_cur before = f->left;
        if (!foreign_split(foreign_line(&f->left), &field))
            continue;
        bool begins = foreign_is(field.name, f->first);
        if (begins && inside) {
            f->left = before;
            return true;
        }
        inside |= begins;
        if (inside && f->count < FOREIGN_FIELDS)
            f->fields[f->count++] = field;
    }
    return inside;
}

static inline bool foreign_has(const struct foreign *f, const char *name)
{
    for (size_t i = 0; i < f->count; i++) {
        if (foreign_is(f->fields[i].name, name))
            return true;
    }
    return false;
}

static inline struct sl_view foreign_raw(const struct foreign *f, const char *name)
{
    for (size_t i = 0; i < f->count; i++) {
        if (foreign_is(f->fields[i].name, name))
            return f->fields[i].value;
    }
    printf("# a record lacks the field %s\n", name);
    abort();
}

static inline unsigned foreign_digit(uint8_t c)
{
    return c <= '9' ? c - (unsigned)'0' : (c | 32u) - (unsigned)'a' + 10u;
}

static inline void foreign_unhex(struct sl_view hex, struct sl_buf *ret)
{
    ret->len = 0;
    for (size_t i = 0; i + 1 < hex.len; i += 2) {
        uint8_t byte = (uint8_t)(foreign_digit(hex.at[i]) << 4 | foreign_digit(hex.at[i + 1]));
        if (sl_buf_put(ret, (struct sl_view){ &byte, 1 }, NULL) != SL_OK)
            abort();
    }
}

/* A field in hex, decoded; valid until the next record. */
static inline struct sl_view foreign_hex(struct foreign *f, const char *name)
{
    struct sl_view raw = foreign_trim(foreign_raw(f, name), "\"");

    for (size_t i = 0; i < f->count; i++) {
        if (foreign_is(f->fields[i].name, name)) {
            foreign_unhex(raw, &f->room[i]);
            return sl_buf_view(&f->room[i]);
        }
    }
    return (struct sl_view){ 0 };
}

/* A field that is text where it stands in quotes, else hex. */
static inline struct sl_view foreign_text_or_hex(struct foreign *f, const char *name)
{
    struct sl_view raw = foreign_raw(f, name);

    if (raw.len >= 2 && raw.at[0] == '"')
        return (struct sl_view){ raw.at + 1, raw.len - 2 };
    return foreign_hex(f, name);
}

static inline unsigned long long foreign_number(const struct foreign *f, const char *name)
{
    return strtoull((const char *)foreign_raw(f, name).at, NULL, 10);
}

static inline bool foreign_same(struct sl_view a, const uint8_t *b, size_t len)
{
    return a.len == len && (len == 0 || memcmp(a.at, b, len) == 0);
}
