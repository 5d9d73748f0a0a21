#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every file that reads untrusted bytes through a cursor (sl_cur_over) is reached by a fuzz target,
straight or through other functions; every target is registered, and has a corpus.

usage: check_fuzz.py [SOURCE-FOLDER]
"""
import re

import c_text


# The cursor itself, and what reads back only what the same run wrote.
OWN_BYTES = ("src/base/bytes.c", "src/rehearse/")
WRITER = re.compile(r"(^|_)(seal|write|writer|fill)(_|$)")  # walks what it is about to write


def names_in(text):
    return set(re.findall(r"\b([a-z]\w+)\s*\(", text))


def reached(called, bodies):
    """All function names that these calls lead to; a name stands for every function of it."""
    known, fresh = set(), set(called)
    while fresh:
        known |= fresh
        fresh = {name for caller in fresh for name in bodies.get(caller, ())} - known
    return known


def main():
    top, bad, bodies = c_text.root(), [], {}
    targets = sorted((top / "tests").glob("*/fuzz_*.c"))
    called = set()
    for path in targets:
        room, name = path.parent, path.stem[len("fuzz_"):]
        where = path.relative_to(top)
        called |= names_in(c_text.without_comments(path.read_text()))
        build = room / "meson.build"
        rows = build.read_text() if build.exists() else ""
        listed = re.search(r"fuzzers\s*\+?=\s*\[(.*?)\]", rows, re.S)
        if not listed or f"'{name}'" not in listed[1]:
            bad.append(f"{where}: is not among the fuzzers of {build.relative_to(top)}")
        corpus = room / f"corpus_{name}"
        if not corpus.is_dir() or not any(corpus.iterdir()):
            bad.append(f"{where}: has no corpus in {corpus.relative_to(top)}/")
    readers = {}
    for path in c_text.sources(top, "src", suffixes=(".c",)):
        where = str(path.relative_to(top))
        for _, name, body in c_text.functions(c_text.without_comments(path.read_text())):
            bodies.setdefault(name, set()).update(names_in(body))
            reads = "sl_cur_over(" in body and not WRITER.search(name)
            if reads and not where.startswith(OWN_BYTES):
                readers.setdefault(where, set()).add(name)
    fuzzed = reached(called, bodies)
    for where, names in readers.items():
        if not names & fuzzed:
            bad.append(f"{where}: {', '.join(sorted(names))} read untrusted bytes, and no "
                       "tests/*/fuzz_*.c reaches one of them")
    c_text.verdict(bad, f"{len(targets)} fuzz targets, each with a corpus; no decoder without one")


main()
