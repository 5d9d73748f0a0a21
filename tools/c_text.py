# SPDX-License-Identifier: GPL-3.0-or-later
"""C source as the checkers want to see it: no comments, strings emptied, lines still in place."""
import pathlib
import re
import sys

_TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def root():
    """The tree to judge: the first argument, else the one that this file stands in."""
    given = sys.argv[1:2]
    return pathlib.Path(given[0]).resolve() if given else pathlib.Path(__file__).parents[1]


def sources(top, *folders, suffixes=(".c", ".h")):
    """Files beneath the folders with one of the suffixes, sorted; folders may be missing."""
    found = [p for f in folders for p in (top / f).rglob("*") if p.is_file()]
    return sorted(p for p in found if p.suffix in suffixes)


def without_comments(text, keep_strings=False):
    """The text with comments blanked and (unless kept) string and character contents dropped."""
    def blank(match):
        token = match.group(0)
        if token[0] in "\"'":
            return token if keep_strings else token[0] * 2
        return "\n" * token.count("\n") or " "
    return _TOKEN.sub(blank, text)


def functions(text):
    """(line number, name, body) of each function defined in stripped text laid out our way."""
    found = []
    pattern = re.compile(r"^[A-Za-z_][^;{}()]*?\b(\w+)\s*\([^;{}]*\)\s*\n\{\n(.*?)^\}", re.M | re.S)
    for match in pattern.finditer(text):
        found.append((text.count("\n", 0, match.start()) + 1, match.group(1), match.group(2)))
    return found


def verdict(bad, good):
    """Print what is wrong, or one line that says what was looked at; the exit status."""
    print("\n".join(bad) or good)
    sys.exit(bool(bad))
