# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a seizure finds bytes: a folder with everything in it and its names, the image of a disk,
the memory of a process that was stopped.
"""
import os
import pathlib
import signal
import time

import canary

WINDOW = 8 << 20


class NotAllowed(Exception):
    """Whoever runs this may not look there."""


def windows(read, begin, end):
    """(offset, bytes) over begin..end; neighbours overlap by what a canary may need."""
    at = begin
    while at < end:
        data = read(at, min(WINDOW + canary.TAIL, end - at))
        if data:
            yield at, data
        at += WINDOW


def find_in(read, begin, end, streams=True):
    """Every canary once, though the windows overlap."""
    for start, data in windows(read, begin, end):
        for hit in canary.find(data, streams):
            if hit.at < WINDOW or start + WINDOW >= end:
                yield hit._replace(at=start + hit.at)


# ---- disks ----

def find_in_file(path):
    """Holes of a sparse image cost nothing."""
    with open(path, "rb", buffering=0) as file:
        size, at = os.fstat(file.fileno()).st_size, 0
        while at < size:
            try:
                begin = os.lseek(file.fileno(), at, os.SEEK_DATA)
            except OSError: # nothing but a hole
                return
            end = os.lseek(file.fileno(), begin, os.SEEK_HOLE)
            yield from find_in(lambda at, count: os.pread(file.fileno(), count, at), begin, end)
            at = end


def find_in_tree(top):
    """(where, hit), in names and in content; a plain file is searched as such."""
    top = pathlib.Path(top)
    below = [top] if top.is_file() else sorted(top.rglob("*"))
    for path in below:
        if path != top:
            name = os.fsencode(path.relative_to(top))
            yield from ((f"{path}: its name", hit) for hit in canary.find(name))
        if path.is_symlink():
            leads = os.fsencode(os.readlink(path))
            yield from ((f"{path}: where it leads", hit) for hit in canary.find(leads))
        elif path.is_file():
            yield from ((f"{path}: byte {hit.at}", hit) for hit in find_in_file(path))


def tree_bytes(top):
    """(path, content) of every file."""
    for path in sorted(pathlib.Path(top).rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path, path.read_bytes()


# ---- memory ----

class Mapping:
    """A range of a process's memory and what the kernel says of it."""

    def __init__(self, begin, end, mode, name):
        self.begin, self.end, self.mode, self.name = begin, end, mode, name
        self.flags = set()

    @property
    def guarded(self):
        """Locked into memory, and left out of core dumps."""
        return {"lo", "dd"} <= self.flags

    def __str__(self):
        return f"{self.begin:x}-{self.end:x} {self.mode} {self.name or 'anonymous'}"


def mappings(pid):
    found = []
    try:
        text = pathlib.Path(f"/proc/{pid}/smaps").read_text(encoding="utf-8", errors="replace")
    except OSError as why:
        raise NotAllowed(str(why)) from why
    for line in text.splitlines():
        words = line.split()
        if words[0] == "VmFlags:":
            found[-1].flags = set(words[1:])
        elif not words[0].endswith(":"):
            begin, end = (int(word, 16) for word in words[0].split("-"))
            found.append(Mapping(begin, end, words[1], " ".join(words[5:])))
    return [m for m in found if m.mode[0] == "r" and m.name not in ("[vvar]", "[vsyscall]")]


class Memory:
    """The memory of a process, all threads of which stand still while it is looked at."""

    def __init__(self, pid):
        self.pid = pid

    def __enter__(self):
        os.kill(self.pid, signal.SIGSTOP)
        while self.threads() - {"T", "t"}:
            if self.threads() <= {"Z", "X"}:
                raise ProcessLookupError(self.pid)
            time.sleep(0.001)
        try:
            self.file = os.open(f"/proc/{self.pid}/mem", os.O_RDONLY)
        except PermissionError as why:
            os.kill(self.pid, signal.SIGCONT)
            raise NotAllowed(str(why)) from why
        self.mappings = mappings(self.pid)
        return self

    def __exit__(self, *_):
        os.close(self.file)
        os.kill(self.pid, signal.SIGCONT)

    def threads(self):
        states = set()
        for task in pathlib.Path(f"/proc/{self.pid}/task").iterdir():
            try:
                states.add((task / "stat").read_text().rsplit(")", 1)[1].split()[0])
            except OSError: # it ended just now
                pass
        return states

    def read(self, at, count):
        """Guard pages and what cannot be read give nothing."""
        try:
            return os.pread(self.file, count, at)
        except OSError:
            return b""

    def canaries(self, streams=True):
        """(mapping, hit)."""
        for m in self.mappings:
            yield from ((m, hit) for hit in find_in(self.read, m.begin, m.end, streams))

    def needles(self, needles):
        """(mapping, offset, name) of every one of {name: bytes}."""
        for m in self.mappings:
            for start, data in windows(self.read, m.begin, m.end):
                for name, needle in needles.items():
                    at = data.find(needle)
                    while at >= 0:
                        yield m, start + at, name
                        at = data.find(needle, at + 1)
