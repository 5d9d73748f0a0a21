# SPDX-License-Identifier: GPL-3.0-or-later
"""Canaries: what is planted in names and in content, and how one is found again in a heap of bytes:
as it stands, in UTF-16, in hex, in base64 wherever in its groups of three it begins, and inside
deflate and zstd streams, which are found by their first bytes and unpacked.

A canary is MARK, one letter for its kind, twelve hex digits that say which one it is.
"""
import base64
import collections
import ctypes
import ctypes.util
import re
import zlib

MARK = b"SLCANARY"
BYTES = len(MARK) + 1 + 12
RECORD = 64  # content is records of this size, each with a canary in front: no piece hides
KINDS = {"C": "content", "N": "name of a clip", "D": "name of a folder", "R": "name of a roll",
         "L": "name of a locker", "F": "name of a film", "K": "name of a keeper",
         "P": "name of a person", "W": "passphrase",
         "?": "something torn"}
UNPACK_MAX = 1 << 20  # of one stream: enough to see what is in it
Hit = collections.namedtuple("Hit", "at form kind number count")
CONTENT = re.compile(re.escape(MARK) + rb"C([0-9a-f]{12})")
NOT_CONTENT = re.compile(re.escape(MARK) + rb"(?!C[0-9a-f]{12})")
STREAM = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08|\x28\xb5\x2f\xfd")


def canary(kind, number):
    assert kind in KINDS
    return MARK + kind.encode() + b"%012x" % number


def parse(text):
    """(kind, number) of a canary at the start of `text`; kind "?" where the rest is not one."""
    found = re.match(re.escape(MARK) + rb"([A-Z])([0-9a-f]{12})", text)
    return (found[1].decode(), int(found[2], 16)) if found else ("?", -1)


# ---- forms ----

def base64_core(skip, url):
    """What of base64 is the same whatever stands before and behind the mark, when it begins `skip`
    bytes into a group of three; and how many characters of the group stand before that."""
    code = base64.urlsafe_b64encode if url else base64.b64encode
    first = -(-8 * skip // 6)
    last = 8 * (skip + len(MARK)) // 6
    return code(bytes(skip) + MARK + b"\0\0\0")[first:last], first


class Form:
    """One way in which a canary may stand somewhere: its needle, and how to read it on."""

    def __init__(self, name, needle, before, read):
        self.name, self.needle, self.before, self.read = name, needle, before, read

    def hits(self, data):
        at = data.find(self.needle)
        while at >= 0:
            start = max(at - self.before, 0)
            yield at, *parse(self.read(bytes(data[start:start + 4 * BYTES])))
            at = data.find(self.needle, at + 1)


def read_utf16(codec):
    return lambda some: some[:2 * BYTES].decode(codec, "replace").encode("utf-8", "replace")


def read_hex(some):
    try:
        return bytes.fromhex(some[:2 * BYTES].decode())
    except ValueError:
        return b""


def read_base64(skip):
    def read(some):
        plain = some.replace(b"-", b"+").replace(b"_", b"/")
        text = re.match(rb"[A-Za-z0-9+/]*", plain)[0]
        if len(text) % 4 == 1:
            text = text[:-1]
        return base64.b64decode(text + b"=" * (-len(text) % 4))[skip:]
    return read


def forms():
    yield Form("raw", MARK, 0, lambda some: some)
    for codec in ("utf-16-le", "utf-16-be"):
        yield Form(codec, MARK.decode().encode(codec), 0, read_utf16(codec))
    yield Form("hex", MARK.hex().encode(), 0, read_hex)
    yield Form("HEX", MARK.hex().upper().encode(), 0, read_hex)
    for skip in range(3):
        seen = set()
        for url in (False, True):
            core, before = base64_core(skip, url)
            if core not in seen:
                yield Form(f"base64+{skip}{'url' if url else ''}", core, before, read_base64(skip))
            seen.add(core)


FORMS = list(forms())
TAIL = 4 * BYTES  # windows that are searched one by one overlap by this


# ---- streams ----

class Zstd:
    """libzstd, as far as it can unpack what may be cut short."""

    class Buffer(ctypes.Structure):
        _fields_ = [("at", ctypes.c_void_p), ("size", ctypes.c_size_t), ("pos", ctypes.c_size_t)]

    def __init__(self):
        self.lib = ctypes.CDLL(ctypes.util.find_library("zstd"))
        self.lib.ZSTD_createDStream.restype = ctypes.c_void_p
        for name in ("ZSTD_decompressStream", "ZSTD_initDStream"):
            getattr(self.lib, name).restype = ctypes.c_size_t
        self.stream = ctypes.c_void_p(self.lib.ZSTD_createDStream())

    def unpack(self, data):
        out = ctypes.create_string_buffer(UNPACK_MAX)
        source = ctypes.create_string_buffer(data, len(data))
        to = self.Buffer(ctypes.addressof(out), UNPACK_MAX, 0)
        of = self.Buffer(ctypes.addressof(source), len(data), 0)
        self.lib.ZSTD_initDStream(self.stream)
        while to.pos < to.size:
            before = (of.pos, to.pos)
            code = self.lib.ZSTD_decompressStream(self.stream, ctypes.byref(to), ctypes.byref(of))
            if code == 0 or self.lib.ZSTD_isError(ctypes.c_size_t(code)) or \
                    before == (of.pos, to.pos):
                break
        return out.raw[:to.pos]


ZSTD = Zstd()


def unpack(data, at):
    """As much as the stream that may begin there gives."""
    if data[at] == 0x28:
        return ZSTD.unpack(bytes(data[at:at + UNPACK_MAX]))
    stream = zlib.decompressobj(15 if data[at] == 0x78 else 31)
    try: # a little first: nearly every beginning is one by chance
        if not stream.decompress(bytes(data[at:at + 64]), 32):
            return b""
        stream = zlib.decompressobj(15 if data[at] == 0x78 else 31)
        return stream.decompress(bytes(data[at:at + UNPACK_MAX]), UNPACK_MAX)
    except zlib.error:
        return b""


def packed_hits(data):
    for found in STREAM.finditer(data):
        name = "zstd" if found[0][0] == 0x28 else "deflate"
        plain = unpack(data, found.start())
        for form in FORMS if len(plain) > len(MARK) else ():
            for _, kind, number in form.hits(plain):
                yield Hit(found.start(), f"{name} {form.name}", kind, number, 1)


def raw_hits(data):
    """Content comes in heaps: one hit for all of it, with the lowest number."""
    first = CONTENT.search(data)
    if first:
        all_of_it = CONTENT.findall(data)
        yield Hit(first.start(), "raw", "C", int(min(all_of_it), 16), len(all_of_it))
    for found in NOT_CONTENT.finditer(data):
        at = found.start()
        yield Hit(at, "raw", *parse(bytes(data[at:at + BYTES])), 1)


def find(data, streams=True):
    """Every canary in `data`."""
    yield from raw_hits(data)
    for form in FORMS[1:]:
        for at, kind, number in form.hits(data):
            yield Hit(at, form.name, kind, number, 1)
    if streams:
        yield from packed_hits(data)
