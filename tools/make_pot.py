#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Collect every sentence that passes _() into a template for translators (gettext's .pot).

usage: make_pot.py SOURCE-FOLDER VERSION OUT.pot

The list of files (gettext's POTFILES) is made here, so that no file can be forgotten in it: every C
file under src/ with a sentence in it. The output is written only when it changes, and carries no
date, so that two builds of one source give the same bytes.
"""
import pathlib
import re
import subprocess
import sys


def potfiles(source):
    """C files with a sentence in them, relative to the source folder, sorted."""
    files = [p for p in pathlib.Path(source, "src").rglob("*.[ch]")
             if re.search(r"\b(_|N_)\(", p.read_text("utf-8"))]
    return sorted(str(p.relative_to(source)) for p in files)


def main():
    source, version, out = sys.argv[1:]
    made = subprocess.run(
        ["xgettext", "--language=C", "--from-code=UTF-8", "--force-po", "--keyword=_",
         "--keyword=N_:1,2", "--add-comments=TRANSLATORS", "--sort-by-file",
         "--package-name=safelight", f"--package-version={version}",
         "--copyright-holder=the authors of Safelight", "--files-from=-", "--output=-"],
        cwd=source, input="\n".join(potfiles(source)) + "\n", capture_output=True, text=True,
        check=False)
    sys.stderr.write(made.stderr)
    if made.returncode != 0:
        return 1
    text = re.sub(r'"POT-Creation-Date: .*\\n"\n', "", made.stdout)
    text = text.replace("charset=CHARSET", "charset=UTF-8")
    target = pathlib.Path(out)
    if not target.exists() or target.read_text("utf-8") != text:
        target.write_text(text, "utf-8")
    return 0


sys.exit(main())
