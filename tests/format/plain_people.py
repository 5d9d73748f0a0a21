#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The worked examples of docs/format/people.md by somebody else's code (python3-cryptography): the
page is enough to read a card and an invitation. Prints the card's words and the invitation's.

usage: plain_people.py people.md word_list.c
"""
import hashlib
import pathlib
import re
import sys

try:
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey, Ed25519PublicKey)
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF
except ImportError:
    sys.exit(77)  # the peer is not there: skipped, and said so

BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
RAW = (serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def key_of(text):
    """The 32 bytes in age's text; who wrote it minds the checksum."""
    bits = "".join(f"{BECH32.index(c):05b}" for c in text.lower().rsplit("1", 1)[1][:-6])
    return int(bits[:256], 2).to_bytes(32, "big")


def dumped(page, what):
    rows = re.search(rf"^{what}, [0-9]+ bytes:\n((?:[0-9a-f]{{4}}  [0-9a-f]+\n)+)", page, re.M)[1]
    return bytes.fromhex("".join(row.split()[1] for row in rows.splitlines()))


class Cursor:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        self.at += count
        assert self.at <= len(self.data)
        return self.data[self.at - count:self.at]

    def number(self, width):
        return int.from_bytes(self.take(width), "little")

    def part(self, width):
        return self.take(self.number(width))


def read_card(data, identity, seed):
    c = Cursor(data)
    assert c.take(8) == b"SLCARD\n\0" and c.number(4) == 1 and c.number(2) == 1
    assert c.part(1) == b"Ana"
    point = X25519PrivateKey.from_private_bytes(identity).public_key().public_bytes(*RAW)
    assert key_of(c.part(2).decode()) == point
    sign = c.take(32)
    assert Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(*RAW) == sign
    Ed25519PublicKey.from_public_bytes(sign).verify(c.take(64),
                                                    b"safelight/1 card\0" + data[:c.at - 64])
    assert c.at == len(data)
    return sign


def read_invitation(data, to):
    c = Cursor(data)
    assert c.take(8) == b"SLINVIT\n" and c.number(4) == 1 and c.number(4) == 1 and c.take(32) == to
    founding = c.part(4)
    assert founding[:40] == b"\x77" * 32 + b"SLFOUND\n"
    assert key_of(c.part(2).decode()) == b"\x05" * 32 and c.part(2) == b"\x5a" * 88
    assert (c.part(2), c.part(2)) == (b"the test locker", b"the test request")
    assert [c.part(2) for _ in range(c.number(2))] == [b"the locker"]
    assert c.number(2) == 1 and c.take(16) == b"\x20" * 16 and c.number(4) == 0
    assert key_of(c.part(2).decode()) == b"\x06" * 32
    signed = b"safelight/1 invitation\0" + hashlib.sha256(data[:c.at]).digest()
    Ed25519PublicKey.from_public_bytes(founding[54:86]).verify(c.take(64), signed)
    assert c.at == len(data)


def words(what, data, names):
    number = int.from_bytes(hashlib.sha256(b"safelight/1 words\0" + what + b"\0" + data).digest(),
                            "big")
    return " ".join(names[number >> (256 - 11 * (i + 1)) & 2047] for i in range(6))


def main():
    page = pathlib.Path(sys.argv[1]).read_text("utf-8")
    names = re.findall(r'"([a-z]+)"', pathlib.Path(sys.argv[2]).read_text("utf-8").split("{", 1)[1])
    identity = key_of(re.search(r"^identity +(\S+)$", page, re.M)[1])
    seed = HKDF(hashes.SHA256(), 32, None, b"safelight/1 person signing key").derive(identity)
    assert seed.hex() == re.search(r"^seed +(\S+)$", page, re.M)[1]
    card, invitation = dumped(page, "card"), dumped(page, "invitation")
    read_invitation(invitation, read_card(card, identity, seed))
    print(words(b"card", card, names), "/", words(b"invitation", invitation, names))


main()
