#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every C file is laid out as clang-format with the .clang-format of this tree lays it out.

usage: check_format.py [SOURCE-FOLDER]
"""
import concurrent.futures
import subprocess

import c_text


def misfit(top, path):
    """The first line that would change, or None."""
    done = subprocess.run(["clang-format", str(path)], cwd=top, capture_output=True, text=True,
                          check=True)
    have, want = path.read_text("utf-8").splitlines(), done.stdout.splitlines()
    if have == want:
        return None
    line = next((i for i, pair in enumerate(zip(have, want), 1) if pair[0] != pair[1]),
                min(len(have), len(want)) + 1)
    name = path.relative_to(top)
    return f"{name}:{line}: run: clang-format -i {name}"


def main():
    top = c_text.root()
    files = c_text.sources(top, "src", "include", "tests", "bench")
    with concurrent.futures.ThreadPoolExecutor() as pool:
        bad = [text for text in pool.map(lambda path: misfit(top, path), files) if text]
    c_text.verdict(bad, f"{len(files)} files, all laid out alike")


main()
