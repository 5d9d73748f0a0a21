/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Drawers: small secret files of one production, each sealed to the person whose home it is, so
 * that they need no passphrase of their own and a stock age opens them. "open" keeps lockers that
 * were opened or granted, "asked" requests that went by hand and their answers.
 */
#pragma once

#include "home/home.h"

#define SL_DRAWER_NAME_MAX  80u
#define SL_DRAWER_BYTES_MAX 16384u

enum sl_drawer { SL_DRAWER_OPEN, SL_DRAWER_ASKED };

/* Keep `plain` (1..SL_DRAWER_BYTES_MAX bytes) under `name`; what stood there is replaced. Names are
 * letters, digits and '-'. SL_E_REFUSED where the home has no person. */
sl_rc sl_drawer_put(struct sl_home *h, const struct sl_vault *v, enum sl_drawer d, const char *name,
                    struct sl_view plain, struct sl_err *err);
/* SL_E_MISSING: nothing is kept there. The caller owns *ret. */
sl_rc sl_drawer_get(struct sl_home *h, const struct sl_vault *v, enum sl_drawer d, const char *name,
                    struct sl_secret **ret, struct sl_err *err);
/* Forget it; SL_E_MISSING as above. */
sl_rc sl_drawer_forget(struct sl_home *h, const struct sl_vault *v, enum sl_drawer d,
                       const char *name, struct sl_err *err);
/* Show every name; in the file system's order. */
typedef sl_rc sl_drawer_each(void *who, const char *name, struct sl_err *err);
sl_rc sl_drawer_list(struct sl_home *h, const struct sl_vault *v, enum sl_drawer d,
                     sl_drawer_each *each, void *who, struct sl_err *err);
