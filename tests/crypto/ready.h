/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What every test of the crypto room begins with.
 */
#pragma once

#include <stdlib.h>

#include "base/os.h"
#include "check.h"
#include "crypto/secret.h"

static inline struct sl_view text_view(const char *text)
{
    return (struct sl_view){ (const uint8_t *)text, strlen(text) };
}

static inline void ready(void)
{
    struct sl_err err = { 0 };

    if (sl_crypto_start(sl_os_real(), &err) != SL_OK) {
        printf("Bail out! %s\n", err.text);
        exit(EXIT_FAILURE);
    }
}

#define READY_MAIN(cases)                                                                          \
    int main(void)                                                                                 \
    {                                                                                              \
        ready();                                                                                   \
        return check_run(cases, sizeof(cases) / sizeof *(cases));                                  \
    }
