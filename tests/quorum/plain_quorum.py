# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens the locker of docs/format/quorum.md's worked example from the page alone: commitments,
two shares and the sealed locker as they stand there, by Python's standard library and libsodium.
Judges the proofs of locker and answer on the way. Prints the opened identity.

plain_quorum.py PAGE
"""
import base64
import ctypes
import hashlib
import hmac
import re
import sys

ORDER = 2**252 + 27742317777372353535851937790883648493
sodium = ctypes.CDLL("libsodium.so.23")
assert sodium.sodium_init() >= 0


def scalar(n):
    return (n % ORDER).to_bytes(32, "little")


def number(b):
    return int.from_bytes(b, "little")


def times(n, point=None):
    out = ctypes.create_string_buffer(32)
    done = (sodium.crypto_scalarmult_ristretto255(out, scalar(n), point) if point else
            sodium.crypto_scalarmult_ristretto255_base(out, scalar(n)))
    assert done == 0
    return out.raw


def add(a, b):
    out = ctypes.create_string_buffer(32)
    assert sodium.crypto_core_ristretto255_add(out, a, b) == 0
    return out.raw


def expand(dst, message):
    """expand_message_xmd, SHA-512, 64 bytes: RFC 9380, section 5.3.1."""
    tail = dst + bytes([len(dst)])
    first = hashlib.sha512(bytes(128) + message + b"\0\x40\0" + tail).digest()
    return hashlib.sha512(first + b"\1" + tail).digest()


def to_scalar(context, message):
    return number(expand(b"HashToScalar-" + context, message)) % ORDER


def proved(context, key, one, other, challenge, response):
    """VerifyProof of RFC 9497, section 2.2.2, one pair."""
    length, dst = b"\0\x20", b"Seed-" + context
    seed = hashlib.sha512(length + key + len(dst).to_bytes(2, "big") + dst).digest()
    d = to_scalar(context, b"\0\x40" + seed + b"\0\0" + length + one + length + other
                  + b"Composite")
    m, z, c, r = times(d, one), times(d, other), number(challenge), number(response)
    t2, t3 = add(times(r), times(c, key)), add(times(r, m), times(c, z))
    text = b"".join(length + p for p in (key, m, z, t2, t3)) + b"Challenge"
    return to_scalar(context, text) == c


def blocks(page):
    """name -> bytes of each thing that is dumped on the page."""
    found = re.findall(r"^([a-zG][a-z0-9' ]*), (\d+) bytes:\n((?:[0-9a-f]{4}  [0-9a-f]+\n)+)", page,
                       re.M)
    out = {name: bytes.fromhex("".join(row[6:] for row in rows.split("\n")))
           for name, _, rows in found}
    assert all(len(out[name]) == int(count) for name, count, _ in found)
    return out


def main():
    page = open(sys.argv[1], encoding="utf-8").read()
    things = blocks(page)
    quorum, locker, request = things["quorum"], things["locker"], things["request"]
    shares = {s[14]: s for s in (things["share 1"], things["share 2"])}
    need, count = quorum[14], quorum[15]
    commitments = [quorum[20 + 32 * i:52 + 32 * i] for i in range(need)]
    for i, share in shares.items():  # QUORUM-8
        assert times(number(share[56:])) == add(commitments[0], times(i, commitments[1]))

    c, c2, challenge, response = (locker[at:at + 32] for at in range(72, 200, 32))
    a = number(locker[14:16])
    production, recipient, sealed = locker[40:72], locker[200:200 + a], locker[200 + a:]
    base2 = ctypes.create_string_buffer(32)
    wide = expand(b"safelight/1 hash to group", b"safelight/1 second generator")
    assert sodium.crypto_core_ristretto255_from_hash(base2, wide) == 0
    assert base2.raw == things["G'"]
    bound = production + commitments[0] + locker[24:40] + locker[20:24] + locker[14:16] + recipient
    digest = hashlib.sha256(b"safelight/1 locker proof\0" + bound + locker[16:18] + sealed + c
                            + c2).digest()
    assert proved(b"safelight/1 locker-" + digest, c, base2.raw, c2, challenge, response)

    text = re.search(r"BEGIN SAFELIGHT ANSWER-----\n([^-]+)-----END", page)[1].replace("\n", "")
    answer = base64.b64decode(text + "=" * (-len(text) % 4))
    answer, check = answer[:-6], answer[-6:]
    assert hashlib.sha256(b"BEGINSAFELIGHTANSWER" + answer).digest()[:6] == check
    i, part = answer[16], answer[108:140]
    assert part == times(number(shares[i][56:]), c)
    assert answer[76:108] == hashlib.sha256(request).digest()
    digest = hashlib.sha256(b"safelight/1 answer proof\0" + production + quorum[16:20]
                            + bytes([need, count]) + b"".join(commitments) + bytes([i])
                            + locker[24:40] + locker[20:24] + c + answer[76:108]).digest()
    assert proved(b"safelight/1 answer-" + digest, times(number(shares[i][56:])), c, part,
                  answer[140:172], answer[172:204])

    parts = [times(number(s[56:]) * j * pow(j - i, -1, ORDER), c)
             for i, s in shares.items() for j in shares if j != i]
    shared = add(*parts)
    drawn = hmac.new(c, shared, hashlib.sha256).digest()
    key = hmac.new(drawn, b"safelight/1 locker key\0" + bound + b"\1", hashlib.sha256).digest()
    out = ctypes.create_string_buffer(len(sealed) - 16)
    assert sodium.crypto_aead_chacha20poly1305_ietf_decrypt(
        out, None, None, sealed, ctypes.c_ulonglong(len(sealed)), None, ctypes.c_ulonglong(0),
        bytes(12), key) == 0
    print(out.raw.decode())


main()
