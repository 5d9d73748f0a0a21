# SPDX-License-Identifier: GPL-3.0-or-later
"""An adversary with the capture machine, its passphrase, every keeper and one clip of the card, or
the card without one file, asks whether that clip is in the vault. Written by the pages alone
(docs/home.md, src/card/card.h), so that no door of ours is forgotten.

confirm.py states  --vault V --state DIR... --card CARD --roll R --locker L
    The names and the seals of what an unfinished offload left: with the whole card they open (the
    control), with any card that lacks or alters one thing they do not.
confirm.py traces  --vault V --card CARD --clip PATH WHERE...
    No stored byte is a function of the clip: its digests, plain or keyed with anything that is on
    the machine, its name, its size.
confirm.py same    ONE ... --other TWO ...
    Two machines of which one sent the clip: what lies there is alike in number and size, and no
    block of it is equal.
"""
import argparse
import ctypes
import ctypes.util
import hashlib
import hmac
import os
import pathlib
import shutil
import struct
import sys
import tempfile

import place
import vault

SLOTS = 16
SAMPLED, SAMPLES, SAMPLE = 16, 8, 4096
FRONT, PLAIN, TAG = 8 + 32, 4096, 16
AGE = (b"age-encryption.org/v1\n-> X25519 ", b"age-encryption.org/v1\n-> scrypt ")
sodium = ctypes.CDLL(ctypes.util.find_library("sodium"))
assert sodium.sodium_init() >= 0


# ---- the card's identity, by src/card/card.h ----

def walk(top):
    """(letter, path, size, seconds, nanoseconds) in order; the card's own folder first."""
    def below(path, shown):
        for name in sorted(os.listdir(path)):
            inner, st = path + b"/" + name, os.lstat(path + b"/" + name)
            said = shown + b"/" + name if shown else name
            if os.path.isdir(inner):
                yield b"d", said, 0, *divmod(st.st_mtime_ns, 10**9)
                yield from below(inner, said)
            else:
                yield b"f", said, st.st_size, *divmod(st.st_mtime_ns, 10**9)
    yield b"d", b".", 0, 0, 0
    yield from below(os.fsencode(top), b"")


def sample_of(top, path, size):
    with open(os.fsencode(top) + b"/" + path, "rb") as file:
        if size <= SAMPLES * SAMPLE:
            yield 0, file.read()
            return
        for i in range(SAMPLES):
            at = i * (size - SAMPLE) // (SAMPLES - 1)
            file.seek(at)
            yield at, file.read(SAMPLE)


def identity(top):
    items = list(walk(top))
    walked = hashlib.sha256()
    for letter, path, size, seconds, ns in items:
        walked.update(letter + struct.pack("<I", len(path)) + path)
        walked.update(struct.pack("<QqI", size, seconds, ns))
    card = hashlib.sha256(b"safelight card 1\0" + walked.digest())
    largest = sorted((i for i in items if i[0] == b"f" and i[2] > 0), key=lambda i: -i[2])
    for _, path, size, *_ in largest[:SAMPLED]:
        for at, data in sample_of(top, path, size):
            card.update(struct.pack("<I", len(path)) + path + struct.pack("<QI", at, len(data)))
            card.update(data)
    return card.digest()


# ---- the states of unfinished offloads, by docs/home.md ----

def hkdf(key, salt, info, count):
    first = hmac.digest(hmac.digest(salt, key, "sha256"), info + b"\1", "sha256")
    assert count <= len(first)
    return first[:count]


def names(v, card, locker, roll):
    info = b"safelight/1 state name"
    return {hkdf(v.state_key, card, info + bytes([slot]) + locker + roll.encode(), 16).hex()
            for slot in range(SLOTS)}


def opens(v, card, state):
    data = state.read_bytes()
    key = hkdf(v.state_key, card, b"safelight/1 state\0" + data[8:FRONT], 32)
    out = ctypes.create_string_buffer(PLAIN)
    sealed = data[FRONT:FRONT + PLAIN + TAG]
    return sodium.crypto_aead_chacha20poly1305_ietf_decrypt(
        out, None, None, sealed, ctypes.c_ulonglong(len(sealed)), None, ctypes.c_ulonglong(0),
        bytes(12), key) == 0


def lesser_cards(card, room):
    """Cards that lack or alter one thing: each as (what, folder), one at a time."""
    files = [path for letter, path, size, *_ in walk(card) if letter == b"f"]
    largest = sorted(files, key=lambda p: -os.stat(os.fsencode(card) + b"/" + p).st_size)
    work = os.path.join(room, "lesser")
    for what in ("lacks its first clip", "lacks its last clip", "is one clip alone",
                 "has every name, size and time, and one clip's content"):
        shutil.copytree(card, work, symlinks=True)
        bottom = os.fsencode(work) + b"/"
        if what == "lacks its first clip":
            os.unlink(bottom + files[0])
        elif what == "lacks its last clip":
            os.unlink(bottom + files[-1])
        for path in files:
            st = os.stat(bottom + path) if os.path.exists(bottom + path) else None
            if what == "is one clip alone" and path != largest[0]:
                os.unlink(bottom + path)
            elif what.startswith("has every name") and path != largest[0]:
                with open(bottom + path, "wb") as file:
                    file.truncate(st.st_size)
                os.utime(bottom + path, ns=(st.st_atime_ns, st.st_mtime_ns))
        for folder, *_ in os.walk(work): # as they were: unlinking moves a folder's time
            st = os.stat(os.path.join(card, os.path.relpath(folder, work)))
            os.utime(folder, ns=(st.st_atime_ns, st.st_mtime_ns))
        yield what, work
        shutil.rmtree(work)


def judge_states(words):
    v = vault.Vault.read(words.program, words.vault, words.passphrase_file)
    states = sorted(p for d in words.state for p in pathlib.Path(d).rglob("*.state"))
    stems = {p.stem.rsplit("-", 1)[1] for p in states} # behind what is of the roll alone
    locker, whole = v.locker(words.locker), identity(words.card)
    if not states:
        yield "there is no state: nothing was judged"
    if not stems & names(v, whole, locker, words.roll):
        yield "control: the whole card does not give a name that is there"
    if not any(opens(v, whole, s) for s in states):
        yield "control: the whole card does not open its state"
    with tempfile.TemporaryDirectory(dir=words.room) as room:
        for what, card in lesser_cards(words.card, room):
            lesser = identity(card)
            if stems & names(v, lesser, locker, words.roll) or any(opens(v, lesser, s)
                                                                   for s in states):
                yield f"a card that {what} is recognised"


# ---- traces ----

def xxh(name, data):
    lib = ctypes.CDLL(ctypes.util.find_library("xxhash"))

    class Pair(ctypes.Structure):
        _fields_ = [("low", ctypes.c_uint64), ("high", ctypes.c_uint64)]
    call = getattr(lib, name)
    call.restype = Pair if name == "XXH3_128bits" else ctypes.c_uint64
    found = call(data, ctypes.c_size_t(len(data)), *([] if "XXH3" in name else [0]))
    if name == "XXH3_128bits":
        return struct.pack(">QQ", found.high, found.low)
    return struct.pack(">Q", found)


def digests(what, data, keys):
    plain = ("sha256", "sha1", "md5", "sha512", "sha3_256", "blake2b", "blake2s")
    for name in plain:
        yield f"{name} of {what}", hashlib.new(name, data).digest()
    for name in ("XXH3_128bits", "XXH3_64bits", "XXH64"):
        yield f"{name} of {what}", xxh(name, data)
    for who, key in keys.items():
        yield f"HMAC-SHA-256 of {what} under {who}", hmac.digest(key, data, "sha256")
        yield f"SHA-256 of {who} and {what}", hashlib.sha256(key + data).digest()
        yield f"BLAKE2b of {what} under {who}", hashlib.blake2b(data, key=key).digest()


def keys_at_hand(v):
    """Everything on the machine that could key something."""
    keys = {}
    for line in v.lines:
        for word in line[1:]:
            if len(word) in (32, 64) and all(c in "0123456789abcdef" for c in word):
                keys[f"{line[0]} {word[:4]}"] = bytes.fromhex(word)
            elif word.startswith("age1"):
                keys[f"{line[0]}'s recipient"] = vault.identity_bytes(word)
    return keys


def needles(v, card, clip):
    data = (pathlib.Path(card) / clip).read_bytes()
    name, size = os.fsencode(os.path.basename(clip)), len(data)
    keys = keys_at_hand(v)
    for what, piece in (("the clip", data), ("its first 4096 bytes", data[:4096]),
                        ("its first 64 KiB", data[:65536]), ("its first MiB", data[:1 << 20]),
                        ("its last 4096 bytes", data[-4096:]), ("its name", name),
                        ("its path", os.fsencode(clip)), ("its size", struct.pack("<Q", size))):
        for how, digest in digests(what, piece, keys):
            yield how, digest[:8]
            yield how + ", in hex", digest[:8].hex().encode()
    for how, form in (("<Q", "little-endian"), (">Q", "big-endian")):
        yield f"its size, {form}", struct.pack(how, size)
    yield "its size in digits", str(size).encode()
    yield "its name", name
    yield "its first bytes", data[:24]


def judge_traces(words):
    """Every 8 bytes that lie somewhere, once, against all needles at a time."""
    v = vault.Vault.read(words.program, words.vault, words.passphrase_file)
    wanted = {}
    for how, needle in needles(v, words.card, words.clip):
        wanted.setdefault(needle, how)
    files = 0
    for where in words.where:
        for path, data in place.tree_bytes(where):
            files += 1
            for needle, how in wanted.items():
                if needle in data or needle in os.fsencode(path.name):
                    yield f"{how}: {path}"
    if files == 0:
        yield "nothing was searched"
    print(f"{len(wanted)} traces, {files} files")


# ---- two machines ----

def shape(tops):
    """How many files of which size lie in folders of which kind; names are drawn."""
    drawn = [(p.suffix or p.parent.parent.name, p.stat().st_size)
             for top in tops for p in pathlib.Path(top).rglob("*") if p.is_file()]
    return sorted(drawn)


def blocks(tops):
    """block -> (offset, of which file): heads, slips and whatever else is small as a whole, of the
    large objects the beginning of every 4096 bytes."""
    found, offsets = {}, {}
    for top in tops:
        for path, data in place.tree_bytes(top):
            kind = (path.suffix or path.parent.parent.name, len(data))
            step = range(0, min(len(data), 1 << 17), 16)
            for at in (*step, *range(1 << 17, len(data), 4096)):
                block = data[at:at + 16]
                found.setdefault(block, path)
                offsets.setdefault((kind, at), []).append(block)
    constant = {seen[0] for seen in offsets.values() if len(seen) > 1 and len(set(seen)) == 1}
    return found, constant | {text[at:at + 16] for text in AGE for at in (0, 16)}


def judge_same(words):
    if shape(words.one) != shape(words.other):
        yield f"not alike: {shape(words.one)[:20]} ... and {shape(words.other)[:20]} ..."
    (one, fixed_one), (two, fixed_two) = blocks(words.one), blocks(words.other)
    for block in sorted(one.keys() & two.keys() - (fixed_one & fixed_two))[:5]:
        if block.strip(b"\0"):
            yield f"the same block {block.hex()} in {one[block]} and {two[block]}"
    if not one.keys() & two.keys():
        yield "control: not even the magic numbers are the same"
    print(f"{len(one)} and {len(two)} blocks, {len(fixed_one & fixed_two)} of them fixed")


def main():
    words = argparse.ArgumentParser()
    verbs = words.add_subparsers(required=True)
    for name, do in (("states", judge_states), ("traces", judge_traces)):
        v = verbs.add_parser(name)
        for word in ("program", "vault", "card"):
            v.add_argument("--" + word, required=True)
        v.add_argument("--passphrase-file")
        v.set_defaults(do=do)
        if name == "states":
            v.add_argument("--room", required=True)
            v.add_argument("--roll", required=True)
            v.add_argument("--locker", required=True)
            v.add_argument("--state", nargs="+", required=True)
        else:
            v.add_argument("--clip", required=True)
            v.add_argument("where", nargs="+")
    v = verbs.add_parser("same")
    v.add_argument("one", nargs="+")
    v.add_argument("--other", nargs="+", required=True)
    v.set_defaults(do=judge_same)
    chosen = words.parse_args()
    faults = list(chosen.do(chosen))
    for fault in faults[:20]:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
