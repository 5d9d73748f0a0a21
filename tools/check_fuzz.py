#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every file that reads untrusted bytes through a cursor (sl_cur_over) has a fuzz target that calls
one of its functions, every target is registered, and every target has a corpus.

usage: check_fuzz.py [SOURCE-FOLDER]
"""
import re

import c_text


def main():
    top, bad = c_text.root(), []
    targets = sorted((top / "tests").glob("*/fuzz_*.c"))
    called = set()
    for path in targets:
        room, name = path.parent, path.stem[len("fuzz_"):]
        where = path.relative_to(top)
        called |= set(re.findall(r"\b(sl_\w+)\s*\(", c_text.without_comments(path.read_text())))
        build = room / "meson.build"
        rows = build.read_text() if build.exists() else ""
        listed = re.search(r"fuzzers\s*\+?=\s*\[(.*?)\]", rows, re.S)
        if not listed or f"'{name}'" not in listed[1]:
            bad.append(f"{where}: is not among the fuzzers of {build.relative_to(top)}")
        corpus = room / f"corpus_{name}"
        if not corpus.is_dir() or not any(corpus.iterdir()):
            bad.append(f"{where}: has no corpus in {corpus.relative_to(top)}/")
    for path in c_text.sources(top, "src", suffixes=(".c",)):
        text = c_text.without_comments(path.read_text())
        where = path.relative_to(top)
        if "sl_cur_over(" not in text or str(where) == "src/base/bytes.c":
            continue
        own = {name for _, name, _ in c_text.functions(text) if name.startswith("sl_")}
        if not own & called:
            bad.append(f"{where}: reads untrusted bytes, and no tests/*/fuzz_*.c calls it")
    c_text.verdict(bad, f"{len(targets)} fuzz targets, each with a corpus; no decoder without one")


main()
