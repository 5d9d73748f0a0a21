#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each checker notices what it is there for, and stays quiet otherwise: small trees with one fault
each. So does the count of cases: a silent, crashed or half-run program never counts as passed.
Prints TAP. usage: test_checkers.py SOURCE-FOLDER
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(SOURCE / "tools"))
from tally import Tally  # noqa: E402 (the path must be set first)

HEAD = "/* SPDX-License-Identifier: GPL-3.0-or-later\n *\n * A room for a test.\n */\n"
LONG = "void sl_long(void)\n{\n" + "    ;\n" * 80 + "}\n"
READER = ("sl_rc sl_x_read(struct sl_view in)\n{\n    struct sl_cur c = sl_cur_over(in);\n"
          "    return sl_x(&c);\n}\n")
CITED = {"docs/format/x.md": "**X-1** a\n", "tests/a/test_a.c": HEAD + "/* X-1 */\n"}

# (checker, what it must notice: a part of what it says; None where it must be content, files)
FAULTS = [
    ("rooms", None, {"src/a/a.c": HEAD + '#include "a/a.h"\n'}),
    ("rooms", 'a/ may not use "b/b.h"', {"src/a/a.c": HEAD + '#include "b/b.h"\n'}),
    ("rooms", "may be included in b/ only", {"src/a/a.c": HEAD + "#include <outside.h>\n"}),
    ("rooms", "is no room", {"src/nowhere/a.c": HEAD}),
    ("rooms", "is for a/ only", {"src/b/b.c": HEAD + '#include "a/inside.h"\n'}),
    ("rooms", "does not stand above", {"tools/rooms.txt": "a | b |\nb | |\n"}),
    ("rooms", "ARCHITECTURE.md: its table", {"ARCHITECTURE.md": "| `b/` | x |\n| `a/` | x |\n"}),
    ("shape", None, {"src/a/a.c": HEAD + '/* http://x */\nchar *a = "//";\n'}),
    ("shape", "sl_long() is 83 lines long", {"src/a/a.c": HEAD + LONG}),
    ("shape", "over 700", {"src/a/a.c": HEAD + ";\n" * 700}),
    ("shape", "101 columns", {"src/a/a.h": HEAD + "x" * 101 + "\n"}),
    ("shape", "does not open with", {"src/a/a.h": "int a;\n" * 9}),
    ("shape", "does not say what this is", {"src/a/a.h": HEAD.splitlines()[0] + " */\n"}),
    ("shape", "a.c:5: // where", {"src/a/a.c": HEAD + "int a; // no\n"}),
    ("shape", "no newline", {"src/a/a.c": HEAD + "int a;"}),
    ("shape", "blank at the end", {"src/a/a.c": HEAD + "int a; \n"}),
    ("calls", None, {"src/a/a.c": HEAD + 'os->open(x); /* open() */\nf("open(");\nreopen(x);\n'}),
    ("calls", "a.c:5: open()", {"src/a/a.c": HEAD + "int fd = open(x);\n"}),
    ("calls", None, {"src/base/os_real.c": HEAD + "int fd = open(x);\n"}),
    ("calls", "strcpy()", {"src/base/os_real.c": HEAD + "strcpy(a, b);\n"}),
    ("calls", "printf()", {"src/a/a.c": HEAD + "(void)printf (x);\n"}),
    ("calls", "goto", {"src/a/a.c": HEAD + "goto end;\n"}),
    ("calls", "pthread_create", {"src/a/a.c": HEAD + "pthread_create(x);\n"}),
    ("calls", None, {"src/flow/a.c": HEAD + "pthread_create(x);\n"}),
    ("calls", "_()", {"src/a/a.c": HEAD + 'return sl_fail(err, SL_E_BROKEN, "bad");\n'}),
    ("calls", "_()", {"src/a/a.c": HEAD + 'return sl_fail_errno(err,\n    "bad");\n'}),
    ("calls", None, {"src/a/a.c": HEAD + 'return sl_fail(err, SL_E_BROKEN, _("bad"));\n'}),
    ("spec", None, CITED),
    ("spec", "X-2 is cited by no test", CITED | {"docs/format/x.md": "**X-1** a\n**X-2** b\n"}),
    ("spec", "cites X-7, which no page", CITED | {"src/a/a.c": HEAD + "/* X-7 */\n"}),
    ("spec", "no numbered MUST", {"docs/format/x.md": "nothing\n"}),
    ("headers", None, {"src/a/a.h": HEAD + "#pragma once\nstruct sl_a;\n"}),
    ("headers", "does not compile alone", {"src/a/a.h": HEAD + "#pragma once\nuint8_t a;\n"}),
    ("headers", "does not compile alone", {"src/a/a.h": HEAD + "struct sl_a {\n    int a;\n};\n"}),
    ("fuzz", None, {"src/a/a.c": HEAD + READER, "tests/a/corpus_x/one": "1",
                    "tests/a/fuzz_x.c": HEAD + "sl_x_read(v);\n",
                    "tests/a/meson.build": "fuzzers = ['x']\n"}),
    ("fuzz", "read untrusted bytes", {"src/a/a.c": HEAD + READER}),
    ("fuzz", "has no corpus", {"tests/a/fuzz_x.c": HEAD, "tests/a/meson.build": "fuzzers = ['x']"}),
    ("fuzz", "is not among", {"tests/a/fuzz_x.c": HEAD, "tests/a/corpus_x/one": "1"}),
]

# (what `meson test` logged of one program, the outcomes that it must count for)
RUNS = [
    ("OK", 0, "1..2\nok 1 - a\nok 2 - b # SKIP no disk\n", ["pass", "skip"]),
    ("FAIL", 1, "1..2\nok 1 - a\n# why\nnot ok 2 - b\n", ["pass", "fail"]),
    ("ERROR", -11, "1..3\nok 1 - a\n", ["pass", "fail"]),
    ("ERROR", 1, "1..1\nok 1 - a\n", ["pass", "fail"]),
    ("OK", 0, "1..2\nok 1 - a\n", ["pass", "fail"]),
    ("SKIP", 0, "", ["fail"]),
    ("SKIP", 77, "no such tool", ["skip"]),
    ("SKIP", 0, "1..0 # SKIP not here", ["skip"]),
    ("TIMEOUT", -9, "", ["fail"]),
    ("OK", 0, "", ["pass"]),
]


def faults(checker, files):
    """Exit status and words of a checker over a tree of these files."""
    with tempfile.TemporaryDirectory() as folder:
        top = pathlib.Path(folder)
        (top / "tools").mkdir()
        (top / "tools/rooms.txt").write_text("a | |\nb | a | outside.h\nflow | |\nbase | |\n")
        shutil.copy(SOURCE / "tools/banned.txt", top / "tools")
        for name, text in files.items():
            (top / name).parent.mkdir(parents=True, exist_ok=True)
            (top / name).write_text(text)
        done = subprocess.run([sys.executable, SOURCE / f"tools/check_{checker}.py", top],
                              capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr


def counted(result, status, stdout):
    """The outcomes that one logged program counts for."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as log:
        log.write(json.dumps({"name": "x / y", "result": result, "returncode": status,
                              "stdout": stdout}) + "\n")
        log.flush()
        return Tally().add_log(log.name, "here")


def main():
    sys.dont_write_bytecode = True
    number, bad = 0, 0
    print(f"1..{len(FAULTS) + len(RUNS)}")
    for checker, want, files in FAULTS:
        number += 1
        status, said = faults(checker, files)
        so = status == 0 if want is None else status == 1 and want in said
        name = f"check_{checker}__" + ("is_content" if want is None else f"notices '{want}'")
        if not so:
            bad += 1
            print("\n".join("# " + line for line in said.splitlines()))
        print(f"{'ok' if so else 'not ok'} {number} - {name.replace('#', 'no.')} ({number})")
    for result, status, stdout, want in RUNS:
        number += 1
        have = counted(result, status, stdout)
        if have != want:
            bad += 1
            print(f"# counted {have}, not {want}")
        print(f"{'ok' if have == want else 'not ok'} {number} - tally__counts_{result}_{status}_as_"
              f"{'_and_'.join(want)} ({number})")
    return bool(bad)


sys.exit(main())
