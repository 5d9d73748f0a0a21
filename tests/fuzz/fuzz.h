/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a fuzz target (tests/<room>/fuzz_<name>.c) defines: one call with one input, which returns
 * 0 and must neither crash, nor leak, nor take long. Driven by libFuzzer (-Dfuzz=true) and, as a
 * plain test in every build, by tests/fuzz/replay.c over tests/<room>/corpus_<name>/.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
