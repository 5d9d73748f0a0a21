#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every numbered MUST of docs/format/ (**SHARD-4**) is cited by a test, and every number that code
or tests cite is on a page.

usage: check_spec.py [SOURCE-FOLDER]
"""
import re

import c_text

NUMBER = r"[A-Z][A-Z0-9]*-[0-9]+"


def main():
    top, bad, stated = c_text.root(), [], {}
    pages = sorted((top / "docs/format").glob("*.md"))
    for page in pages:
        for number in re.findall(rf"\*\*({NUMBER})\*\*", page.read_text("utf-8")):
            if number in stated:
                bad.append(f"docs/format/{page.name}: {number} stands in {stated[number]} too")
            stated[number] = f"docs/format/{page.name}"
    prefixes = {number.rsplit("-", 1)[0] for number in stated}
    cited_by_tests = set()
    for path in c_text.sources(top, "src", "tests", "tools", "docs",
                               suffixes=(".c", ".h", ".py", ".sh", ".md")):
        where = path.relative_to(top)
        if "decisions" in where.parts:
            continue
        for number in re.findall(rf"\b{NUMBER}\b", path.read_text("utf-8")):
            if number.rsplit("-", 1)[0] not in prefixes:
                continue
            if number not in stated:
                bad.append(f"{where}: cites {number}, which no page states")
            if where.parts[0] == "tests":
                cited_by_tests.add(number)
    bad += [f"{stated[n]}: {n} is cited by no test" for n in stated if n not in cited_by_tests]
    if not stated:
        bad.append("docs/format/: no numbered MUST found")
    c_text.verdict(sorted(set(bad)), f"{len(stated)} numbered MUSTs, each cited by a test")


main()
