#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of sentences for translators is whole and well formed. Prints TAP.

usage: test_pot.py SAFELIGHT.pot SOURCE-FOLDER
"""
import pathlib
import re
import subprocess
import sys

pot, source = sys.argv[1:]
text = pathlib.Path(pot).read_text("utf-8")
checked = subprocess.run(["msgfmt", "--check-format", "--check-domain", "-o", "/dev/null", pot],
                         capture_output=True, text=True)
used = {str(p.relative_to(source)) for p in pathlib.Path(source, "src").rglob("*.c")
        if re.search(r'\b_\("', p.read_text("utf-8"))}
named = set(re.findall(r"(src/\S+\.c):\d+", text))
missing = sorted(used - named)

# The words that design section 3 tells us not to say to people.
UNSAID = r"\b(imports?|imported|sync|backups?|wallets?|users?|admins?|military-grade)\b"
sentences = re.findall(r'^msgid ((?:".*"\n?)+)', text, re.M)
unsaid = [s for s in sentences if re.search(UNSAID, s, re.I)]

print("1..3")
for line in checked.stderr.splitlines():
    print("#", line)
print("not ok" if checked.returncode else "ok", "1 - pot__is_taken_by_msgfmt")
for name in missing:
    print(f"# {name} has sentences, and the list has none of them")
print("not ok" if missing else "ok", "2 - pot__names_every_file_with_a_sentence")
for sentence in unsaid:
    print("# says a word we do not say:", sentence.strip().replace("\n", " "))
print("not ok" if unsaid else "ok", "3 - pot__says_none_of_the_words_we_do_not_say")
sys.exit(bool(checked.returncode or missing or unsaid))
