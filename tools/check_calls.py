#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""No call under src/ that tools/banned.txt names (the seam is kept this way), threads in flow/
only, no goto, and every sentence that can reach a person passes _().

usage: check_calls.py [SOURCE-FOLDER]
"""
import re

import c_text

# A bare string where the format of a message belongs; a format of nothing but "%s" is no sentence.
UNSAID = re.compile(r'\bsl_(?:fail|note|fail_errno)\(\s*[^,()]+(?:,\s*[^,()"]+)?,\s*"(?!%s")')


def banned(top):
    """call -> (what to use, files and rooms where it may stand all the same)."""
    rows = {}
    for line in (top / "tools/banned.txt").read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        calls, instead, allowed = (column.strip() for column in line.split("|"))
        rows |= {call: (instead, allowed.split()) for call in calls.split()}
    return rows


def calls_in(text, rows):
    """(line, call) for each banned name that is called, not reached through a table or declared."""
    for match in re.finditer(r"(?<![\w.>])(\w+)\s*\(", text):
        before = text[:match.start()].rstrip(" ")
        if match.group(1) in rows and not before.endswith(("->", ".", "(*")):
            yield text.count("\n", 0, match.start()) + 1, match.group(1)


def main():
    top, bad = c_text.root(), []
    rows = banned(top)
    files = c_text.sources(top, "src")
    for path in files:
        where, raw = path.relative_to(top), path.read_text()
        inside = str(path.relative_to(top / "src"))
        text = c_text.without_comments(raw)
        for line, call in calls_in(text, rows):
            instead, allowed = rows[call]
            if not any(inside == a or (a[-1] == "/" and inside.startswith(a)) for a in allowed):
                bad.append(f"{where}:{line}: {call}() is not called here; use {instead}")
        for match in re.finditer(r"\b(goto|pthread_\w+|thrd_\w+|mtx_\w+|cnd_\w+)\b", text):
            if match[1] == "goto" or not inside.startswith("flow/"):
                line = text.count("\n", 0, match.start()) + 1
                bad.append(f"{where}:{line}: {match[1]} "
                           + ("is not used" if match[1] == "goto" else "is for flow/ only"))
        said = c_text.without_comments(raw, keep_strings=True)
        for match in UNSAID.finditer(said):
            line = said.count("\n", 0, match.start()) + 1
            bad.append(f'{where}:{line}: a sentence that does not pass _()')
    c_text.verdict(bad, f"{len(files)} files make none of {len(rows)} banned calls")


main()
