# SPDX-License-Identifier: GPL-3.0-or-later
"""What ran and how it ended: reads what `meson test` logged (TAP inside JSON lines), counts single
cases, not programs. A case that ran in several builds counts once: it passed if it passed in one
and failed in none."""
import json
import pathlib
import re

LINES_SHOWN = 60
_CASE = re.compile(r"^(not )?ok\b\s*\d*\s*(?:- )?(.*)$")
_PLAN = re.compile(r"^1\.\.(\d+)\s*(?:#\s*skip\S*\s*(.*))?$", re.I)
_SKIP = re.compile(r"(?:^|\s)#\s*skip\S*\s*(.*)$", re.I)


def cases_of(stdout):
    """(how many were planned or None, [(name, outcome, what stood before it)]) of one TAP text."""
    planned, cases, said = None, [], []
    for line in stdout.splitlines():
        plan, case = _PLAN.match(line), _CASE.match(line)
        if plan:
            planned = int(plan[1])
            if planned == 0:
                cases.append(("all of it", "skip", plan[2] or "no reason given"))
        elif case:
            skip = _SKIP.search(case[2])
            name = _SKIP.sub("", case[2]).strip() or f"case {len(cases) + 1}"
            if case[1]:
                cases.append((name, "fail", "\n".join(said)))
            elif skip:
                cases.append((name, "skip", skip[1] or "no reason given"))
            else:
                cases.append((name, "pass", ""))
            said = []
        else:
            said.append(line)
    return planned, cases


class Tally:
    """Every case and check so far, by (program, case)."""

    def __init__(self):
        self.rows = {}

    def add(self, program, case, where, outcome, text=""):
        """One case ended as "pass", "fail" or "skip" in the build `where`."""
        self.rows.setdefault((program, case), []).append((where, outcome, text))

    def add_log(self, path, where):
        """Add all that one `meson test` run logged; returns the outcomes as a list."""
        outcomes = []
        log = pathlib.Path(path)
        lines = log.read_text("utf-8", "replace").splitlines() if log.exists() else []
        for run in map(json.loads, lines):
            for case, outcome, text in self._cases_of_run(run):
                self.add(run["name"].split(" / ")[-1], case, where, outcome, text)
                outcomes.append(outcome)
        return outcomes

    @staticmethod
    def _cases_of_run(run):
        result, stdout = run["result"], run.get("stdout") or ""
        planned, cases = cases_of(stdout)
        told = planned is not None or bool(cases)
        if not told and result == "OK":
            return [("exit code", "pass", "")]
        if not told and result == "SKIP" and run.get("returncode") == 77:
            return [("exit code", "skip", stdout.strip() or "no reason given")]
        whole = planned is not None and (planned == 0 or planned == len(cases))
        good = result in ("OK", "SKIP") and told and whole
        if not good and not any(outcome == "fail" for _, outcome, _ in cases):
            text = f"meson says {result}, return code {run.get('returncode')}\n"
            text += stdout + (run.get("stderr") or "")
            cases.append(("runs to its end", "fail", text))
        elif run.get("stderr"):
            cases = [(name, outcome, text + "\n" + run["stderr"] if outcome == "fail" else text)
                     for name, outcome, text in cases]
        return cases

    def outcome(self, key):
        """How one case ended over all builds."""
        outcomes = {outcome for _, outcome, _ in self.rows[key]}
        return "fail" if "fail" in outcomes else "pass" if "pass" in outcomes else "skip"

    def counts(self):
        """(passed, failed, skipped)"""
        ends = [self.outcome(key) for key in self.rows]
        return ends.count("pass"), ends.count("fail"), ends.count("skip")

    def report(self):
        """What a person must know: why cases were skipped, then each failure with its output."""
        whys = {}
        for key, ends in sorted(self.rows.items()):
            if self.outcome(key) == "skip":
                whys.setdefault(ends[0][2], []).append(": ".join(key))
        for why, names in whys.items():
            more = f" and {len(names) - 1} more" if len(names) > 1 else ""
            print(f"skipped: {names[0]}{more}: {why}")
        for (program, case), ends in sorted(self.rows.items()):
            for where, outcome, text in ends:
                if outcome == "fail":
                    lines = text.rstrip().splitlines()
                    print(f"\nFAILED [{where}] {program}: {case}")
                    if len(lines) > LINES_SHOWN:
                        print(f"    ... {len(lines) - LINES_SHOWN} lines before ...")
                    print("\n".join("    " + line for line in lines[-LINES_SHOWN:]))
