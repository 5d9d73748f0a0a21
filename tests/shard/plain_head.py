# SPDX-License-Identifier: GPL-3.0-or-later
"""A shard's head written from docs/format/shard.md with Python's standard library alone.

plain_head.py KEY-HEX PACK NUMBER < slice > head
"""
import hashlib
import hmac
import struct
import sys


def hkdf(key, info):
    """HKDF-SHA-256, no salt, 32 bytes."""
    drawn = hmac.new(bytes(32), key, hashlib.sha256).digest()
    return hmac.new(drawn, info + b"\x01", hashlib.sha256).digest()


def chacha_block(key, counter, nonce):
    start = struct.unpack("<16I", b"expand 32-byte k" + key + struct.pack("<I", counter) + nonce)
    s = list(start)

    def turn(a, b, by):
        x = s[a] ^ s[b]
        return (x << by | x >> 32 - by) & 0xFFFFFFFF

    for _ in range(10):
        for a, b, c, d in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
                           (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
            for one, two, three, by in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
                s[one] = (s[one] + s[two]) & 0xFFFFFFFF
                s[three] = turn(three, one, by)
    return struct.pack("<16I", *((x + y) & 0xFFFFFFFF for x, y in zip(s, start)))


def tag(key, number, over):
    """ChaCha20-Poly1305 over associated data alone."""
    once = chacha_block(key, 0, struct.pack("<I8x", number))
    r = int.from_bytes(once[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    text = over + bytes(-len(over) % 16) + struct.pack("<QQ", len(over), 0)
    sum_ = 0
    for at in range(0, len(text), 16):
        sum_ = (sum_ + int.from_bytes(text[at:at + 16] + b"\x01", "little")) * r % (2**130 - 5)
    return ((sum_ + int.from_bytes(once[16:32], "little")) % 2**128).to_bytes(16, "little")


session, pack, shard = bytes.fromhex(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
key = hkdf(session, b"safelight/1 tag" + struct.pack("<QB", pack, shard))
body = sys.stdin.buffer.read()
tags = b"".join(tag(key, i, body[i * 65536:(i + 1) * 65536]) for i in range(64))
before, after = b"SLSHARD\n" + struct.pack("<II", 1, 0), tags + bytes(4096 - 32 - len(tags))
head = before + tag(key, 0xFFFFFFFF, before + bytes(16) + after) + after
assert len(body) == 4190208 and len(head) == 4096
sys.stdout.buffer.write(head)
