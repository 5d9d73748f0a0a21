/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether what stands in memory may end up on a disk in the clear. Keys are locked into memory and
 * never swapped; the packs under way are not, they are too large for that.
 */
#pragma once

#include "base/os.h"

/* Whether the kernel swaps to anything that is not known to be encrypted or to stay in memory: a
 * file, a partition, a volume of LVM. Swap on dm-crypt and on zram (without a disk behind it) is
 * fine, and so is none. False as well where the system does not say (no /proc). */
bool sl_swap_in_the_clear(const struct sl_os *os);
