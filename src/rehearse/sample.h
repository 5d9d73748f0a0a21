/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A camera card to rehearse on: made here, with the content a shooting day leaves and the oddities
 * that break careless tools. No footage of anybody.
 */
#pragma once

#include <stdbool.h>

#include "base/os.h"

#define SL_SAMPLE_CLIP_MB     300u /* the one big clip, where the person names no size */
#define SL_SAMPLE_CLIP_MB_MAX 65536u

/* How many bytes the card will take at most, with a big clip of `clip_mb` MiB. */
uint64_t sl_sample_bytes(unsigned clip_mb);

/* Called between files and between pieces of the big one; failing stops the work. */
typedef sl_rc sl_sample_tick(void *who, uint64_t done_bytes, uint64_t all_bytes, const char *name,
                             struct sl_err *err);

/* Fill the empty folder `dir`, whose path is `path` (ffmpeg needs it), with a card in the structure
 * of a Sony camera: several rolls of H.264, ProRes, MXF and WAV with bext, sidecars, an empty
 * folder, a Persian name, times before 1970 and of 1980, a file of no bytes, and one clip of
 * `clip_mb` MiB that nothing can compress. SL_E_MISSING: no ffmpeg here. */
sl_rc sl_sample_card(const struct sl_os *os, int dir, const char *path, unsigned clip_mb,
                     sl_sample_tick *tick, void *who, struct sl_err *err);
