/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The main job, rehearsed: a card in, two raids, the film back bit for bit. The room's only face
 * to others is sl_rehearse_all() of safelight.h; everything it does to the vault it does through
 * that header, as a person would.
 */
#pragma once

#include <safelight.h>
