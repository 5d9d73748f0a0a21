/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Keepers as people write them: "attic=/mnt/attic,device=blue disk,country=FR". Labels are read
 * from the end, so that a path may hold commas.
 */
#include <stdio.h>
#include <string.h>

#include "base/say.h"
#include "home/home.h"

static const char *const LABELS[] = { "device", "operator", "country" };

static bool is_label(const char *text)
{
    for (size_t i = 0; i < sizeof LABELS / sizeof *LABELS; i++) {
        size_t len = strlen(LABELS[i]);
        if (strncmp(text, LABELS[i], len) == 0 && text[len] == '=')
            return true;
    }
    return false;
}

/* Where the labels begin: the longest tail that consists of ",label=value" only. */
static size_t labels_at(const char *url)
{
    size_t end = strlen(url);

    for (size_t i = end; i > 0; i--) {
        if (url[i - 1] == ',' && !is_label(url + i))
            break;
        if (url[i - 1] == ',')
            end = i - 1;
    }
    return end;
}

sl_rc sl_keeper_spec_read(const char *text, struct sl_keeper_info *ret, struct sl_err *err)
{
    struct sl_keeper_info k = *ret;
    const char *url = strchr(text, '=');
    char shown[SL_PLAIN_BYTES(SL_ALIAS_MAX)];

    (void)sl_plain((struct sl_view){ (const uint8_t *)text, strnlen(text, SL_ALIAS_MAX) }, shown,
                   sizeof shown);
    if (url == NULL)
        return sl_fail(err, SL_E_USAGE, _("keeper '%s' is not of the form NAME=PLACE[,device=...]"),
                       shown);
    struct sl_view alias = { (const uint8_t *)text, (size_t)(url - text) };
    SL_TRY(sl_alias_check(alias, _("keeper"), err));
    url++;
    size_t len = labels_at(url);
    size_t labels = strlen(url + len);
    if (len == 0 || len > SL_KEEPER_URL_MAX || labels > SL_KEEPER_LABELS_MAX)
        return sl_fail(err, SL_E_USAGE,
                       _("keeper '%s' needs a place of 1 to %u bytes and at most %u of labels"),
                       shown, SL_KEEPER_URL_MAX, SL_KEEPER_LABELS_MAX);
    if (strpbrk(url, "\n\r") != NULL)
        return sl_fail(err, SL_E_USAGE, _("the place of keeper '%s' has a line break in it"),
                       shown);
    (void)snprintf(k.alias, sizeof k.alias, "%.*s", (int)alias.len, text);
    (void)snprintf(k.url, sizeof k.url, "%.*s", (int)len, url);
    (void)snprintf(k.labels, sizeof k.labels, "%s", labels > 0 ? url + len + 1 : "");
    *ret = k;
    return SL_OK;
}

void sl_keeper_label(const struct sl_keeper_info *k, const char *label,
                     char ret[SL_KEEPER_LABELS_MAX + 1])
{
    size_t len = strlen(label);
    const char *at = k->labels;

    ret[0] = '\0';
    while (at != NULL && *at != '\0') {
        const char *next = strchr(at, ',');
        while (next != NULL && !is_label(next + 1))
            next = strchr(next + 1, ',');
        size_t piece = next != NULL ? (size_t)(next - at) : strlen(at);
        if (piece > len && strncmp(at, label, len) == 0 && at[len] == '=') {
            memcpy(ret, at + len + 1, piece - len - 1);
            ret[piece - len - 1] = '\0';
            return;
        }
        at = next != NULL ? next + 1 : NULL;
    }
}
