/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table of verbs, in the order of `safelight help`. What is not here does not exist.
 */
#include <string.h>

#include "cli/cmd.h"

#define ROW(name)                                                                                  \
    {                                                                                              \
#name, sl_cli_##name##_page, sl_cli_##name                                                 \
    }

static const struct sl_cli_verb VERBS[] = {
    ROW(rehearse), ROW(trustee),    ROW(init),    ROW(acks),     ROW(person),  ROW(invite),
    ROW(kit),      ROW(home),       ROW(offload), ROW(send),     ROW(ls),      ROW(restore),
    ROW(status),   ROW(locker),     ROW(open),    ROW(requests), ROW(approve), ROW(refuse),
    ROW(entry),    ROW(passphrase), ROW(seal),    ROW(unseal),   ROW(help),    ROW(version),
};

const struct sl_cli_verb *sl_cli_verb_at(size_t index)
{
    return index < sizeof VERBS / sizeof *VERBS ? &VERBS[index] : NULL;
}

const struct sl_cli_verb *sl_cli_verb_of(const char *name)
{
    for (size_t i = 0; sl_cli_verb_at(i) != NULL; i++) {
        if (strcmp(VERBS[i].name, name) == 0)
            return &VERBS[i];
    }
    return NULL;
}
