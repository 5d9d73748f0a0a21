#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""clang-tidy, as .clang-tidy says, finds nothing in the C files under src/.

usage: check_tidy.py SOURCE-FOLDER BUILD-FOLDER     (a build with clang: its compile_commands.json)
"""
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys

import c_text

FINDING = re.compile(r"^(\S+?:\d+):\d+: (?:warning|error): (.*)$", re.M)
MODEL = pathlib.Path(__file__).resolve().with_name("tidy_model.h")
SECONDS_MAX = 300


def findings(build, path):
    """What clang-tidy says of one file: `file:line: finding`, notes left out."""
    model = [] if path.match("base/err.c") else [f"--extra-arg=-include{MODEL}"]
    done = subprocess.run(["clang-tidy", "--quiet", *model, "-p", str(build), str(path)],
                          cwd=build, capture_output=True, text=True, timeout=SECONDS_MAX,
                          check=False)
    found = [f"{os.path.normpath(os.path.join(build, where))}: {what}"
             for where, what in FINDING.findall(done.stdout)]
    if done.returncode != 0 and not found:
        found = [f"{path}: clang-tidy ended with {done.returncode}\n{done.stderr}{done.stdout}"]
    return found


def main():
    top, build = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    commands = json.loads((build / "compile_commands.json").read_text())
    paths = {pathlib.Path(os.path.normpath(build / row["file"])) for row in commands}
    mine = sorted(p for p in paths if p.is_relative_to(top / "src"))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = [line for lines in pool.map(lambda p: findings(build, p), mine) for line in lines]
    bad = sorted({line.replace(f"{top}/", "") for line in found})
    if not mine:
        bad.append("the build compiles nothing under src/")
    c_text.verdict(bad, f"{len(mine)} files, nothing found")


main()
