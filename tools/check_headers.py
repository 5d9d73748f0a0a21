#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every header compiles alone, under both compilers, with nothing included before it.

usage: check_headers.py [SOURCE-FOLDER]
"""
import concurrent.futures
import subprocess

import c_text

FLAGS = ["-std=gnu2x", "-D_GNU_SOURCE", "-D_FILE_OFFSET_BITS=64", "-Wall", "-Wextra", "-Werror",
         "-Wno-unused-function", "-fsyntax-only", "-Isrc", "-Iinclude", "-xc", "/dev/null"]


def alone(top, compiler, header):
    """What the compiler says of a program that is this header, included twice."""
    done = subprocess.run([compiler, *FLAGS, "-include", header, "-include", header], cwd=top,
                          capture_output=True, text=True)
    if done.returncode == 0:
        return ""
    return f"{header}: does not compile alone ({compiler})\n{done.stderr}"


def main():
    top = c_text.root()
    headers = [str(p.relative_to(top)) for p in c_text.sources(top, "src", "include",
                                                              suffixes=(".h",))]
    jobs = [(top, compiler, header) for compiler in ("gcc", "clang") for header in headers]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        bad = [text for text in pool.map(lambda job: alone(*job), jobs) if text]
    c_text.verdict(bad, f"{len(headers)} headers, each compiles alone")


main()
