/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Ownership in one glance. A local that owns something says so where it is declared; every way
 * out of the function releases it. Handing it on is spelled SL_TAKE.
 */
#pragma once

#include <stddef.h>

/* Put once under the declaration of sl_<kind>_free(). Freeing NULL is a no-op, always. */
#define SL_OWNED(kind)                                                                             \
    static inline void sl_##kind##_autofree(struct sl_##kind **owner)                              \
    {                                                                                              \
        sl_##kind##_free(*owner);                                                                  \
    }

#define SL_AUTO_FREE(kind)  __attribute__((cleanup(sl_##kind##_autofree))) struct sl_##kind
#define SL_AUTO_CLEAR(kind) __attribute__((cleanup(sl_##kind##_clear))) struct sl_##kind

#define SL_TAKE(owner)                                                                             \
    __extension__({                                                                                \
        __typeof__(owner) taken_ = (owner);                                                        \
        (owner) = NULL;                                                                            \
        taken_;                                                                                    \
    })
