# SPDX-License-Identifier: GPL-3.0-or-later
"""Cards made of canaries: every name has one, and every 64 bytes of content begin with one that
says where on the card, in the order of the walk, those bytes stand.
"""
import os
import pathlib

import canary

NAMES_IN_FOLDER = 250


def content(begin, count):
    """`count` bytes of content that stand at `begin` of the card."""
    noise = os.urandom(count)
    step = canary.RECORD
    out = bytearray(noise)
    for at in range(0, count - canary.BYTES + 1, step):
        out[at:at + canary.BYTES] = canary.canary("C", begin + at)
    return bytes(out)


class Card:
    """Written in the order in which it is read: depth first, names by their bytes."""

    def __init__(self, top):
        self.top, self.bytes, self.ends = pathlib.Path(top), 0, {}
        self.top.mkdir(parents=True)

    def folder(self, number):
        path = self.top / f"d{number:04d}{canary.canary('D', number).decode()}"
        path.mkdir()
        return path

    def clip(self, folder, number, count, name=None):
        """`name`: bytes in front of the canary in place of digits."""
        front = b"c%05d" % number if name is None else name
        path = os.fsencode(folder) + b"/" + front + canary.canary("N", number)
        with open(path, "xb") as file:
            done = 0
            while done < count:
                step = min(count - done, 4 << 20)
                file.write(content(self.bytes + done, step))
                done += step
        self.bytes += count
        self.ends[number] = self.bytes


def long_card(top, mib):
    """A few large clips."""
    card = Card(top)
    folder = card.folder(0)
    for number in range(3):
        card.clip(folder, number, mib * (1 << 20) // 3 // 64 * 64)
    return card


def wide_card(top, clips, clip_bytes):
    """A large clip, then many small ones in several folders, so that a roll has several parts; one
    name of each folder is no text."""
    card = Card(top)
    card.clip(card.folder(0), 0, 3 << 20)
    folder = None
    for number in range(1, clips + 1):
        if (number - 1) % NAMES_IN_FOLDER == 0:
            folder = card.folder(number)
        strange = (number - 1) % NAMES_IN_FOLDER == NAMES_IN_FOLDER - 1
        card.clip(folder, number, clip_bytes, b"not-utf8-\xff" if strange else None)
    return card
