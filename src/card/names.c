/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The names of one folder of a card: listed, checked, sorted by their bytes, held within the
 * walk's one limit. Serves walk.c.
 */
#include <stdlib.h>
#include <string.h>

#include "base/say.h"
#include "card/inside.h"

static sl_rc too_many_names(struct sl_card_walk *w, struct sl_err *err)
{
    char shown[SL_CARD_SHOWN_BYTES];

    return sl_fail(err, SL_E_USAGE,
                   _("too many names in folder '%s': more than %u MiB of them wait in memory\n"
                     "  offload its parts as cards of their own"),
                   sl_card_shown(sl_card_here(w), shown), SL_CARD_NAMES_BYTES_MAX >> 20);
}

/* No sound file system gives such names, but a damaged card or a strange one may. */
static bool name_is_sound(const char *name)
{
    return name[0] != '\0' && strchr(name, '/') == NULL && strcmp(name, ".") != 0 &&
           strcmp(name, "..") != 0;
}

static sl_rc keep_name(struct sl_card_walk *w, struct sl_card_folder *f, const char *name,
                       struct sl_err *err)
{
    size_t len = strlen(name) + 1;

    if (!name_is_sound(name))
        return sl_card_changed(sl_card_here(w), _("its folder lists a name that cannot be"), err);
    if (w->held_bytes + len + sizeof *f->order > SL_CARD_NAMES_BYTES_MAX)
        return too_many_names(w, err);
    SL_TRY(sl_buf_put(&f->names, (struct sl_view){ (const uint8_t *)name, len }, err));
    w->held_bytes += len + sizeof *f->order;
    f->count++;
    return SL_OK;
}

static sl_rc list_names(struct sl_card_walk *w, struct sl_card_folder *f, struct sl_err *err)
{
    const struct sl_os *os = w->card->os;
    ssize_t got = 0;

    while ((got = os->list(os->self, w->here.fd, w->batch, SL_CARD_BATCH)) > 0) {
        for (ssize_t i = 0; i < got; i++)
            SL_TRY(keep_name(w, f, w->batch[i].name, err));
    }
    sl_wipe(w->batch, sizeof w->batch);
    return got == 0 ? SL_OK : sl_card_trouble(sl_card_here(w), err);
}

static int by_bytes(const void *a, const void *b, void *names)
{
    uint32_t x = 0, y = 0;

    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return strcmp((const char *)names + x, (const char *)names + y); /* as unsigned bytes */
}

const char *sl_card_name(const struct sl_card_folder *f, size_t index)
{
    return (const char *)f->names.at + f->order[index];
}

static sl_rc sort_names(struct sl_card_walk *w, struct sl_card_folder *f, struct sl_err *err)
{
    uint32_t at = 0;

    if (f->count == 0)
        return SL_OK;
    f->order = malloc(f->count * sizeof *f->order);
    if (f->order == NULL)
        return sl_fail(err, SL_E_SYSTEM, _("out of memory for walking the card"));
    for (size_t i = 0; i < f->count; i++) {
        f->order[i] = at;
        at += (uint32_t)strlen((const char *)f->names.at + at) + 1;
    }
    qsort_r(f->order, f->count, sizeof *f->order, by_bytes, f->names.at);
    for (size_t i = 1; i < f->count; i++) {
        if (strcmp(sl_card_name(f, i - 1), sl_card_name(f, i)) == 0)
            return sl_card_changed(sl_card_here(w), _("its folder lists one name twice"), err);
    }
    return SL_OK;
}

sl_rc sl_card_names_read(struct sl_card_walk *w, struct sl_card_folder *f, struct sl_err *err)
{
    SL_TRY(list_names(w, f, err));
    return sort_names(w, f, err);
}

void sl_card_names_drop(struct sl_card_walk *w, struct sl_card_folder *f)
{
    w->held_bytes -= f->names.len + f->count * sizeof *f->order;
    sl_buf_clear(&f->names);
    free(f->order);
}
