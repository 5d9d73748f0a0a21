# SPDX-License-Identifier: GPL-3.0-or-later
"""All 256 shards of 16 short payloads by zfec, on stdout; exit 77 where zfec is not installed.

For k = 1 to 16: k data blocks of 64 bytes from the generator of fill.h seeded with k, then the
256 blocks that zfec makes of them, in the order of their numbers.
"""
import sys

try:
    import zfec
except ImportError:
    sys.exit(77)

BLOCK = 64
for k in range(1, 17):
    state, drawn = k, bytearray()
    for _ in range(k * BLOCK):
        state = (state * 1103515245 + 12345) & 0xFFFFFFFF
        drawn.append(state >> 16 & 0xFF)
    data = [bytes(drawn[i * BLOCK:(i + 1) * BLOCK]) for i in range(k)]
    for block in zfec.Encoder(k, 256).encode(data):
        sys.stdout.buffer.write(block)
