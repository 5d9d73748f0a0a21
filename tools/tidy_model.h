/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What clang-tidy must know and cannot see across files: sl_fail() and its kin return the rc they
 * are given, never SL_OK. Included by tools/check_tidy.py before each file; no build sees it.
 */
#pragma once

#include "base/err.h"

#define sl_fail(err, rc, ...)   ((void)(sl_fail)((err), (rc), __VA_ARGS__), (rc))
#define sl_note(err, rc, ...)   ((void)(sl_note)((err), (rc), __VA_ARGS__), (rc))
#define sl_fail_errno(err, ...) ((void)(sl_fail_errno)((err), __VA_ARGS__), SL_E_SYSTEM)
