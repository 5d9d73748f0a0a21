#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The work behind ./check: builds, runs every test and checker, ends with one line that sums up.

Builds as whoever started it. Tests run as an ordinary user even when root started this (root can
read everything, so root cannot test what is refused); those of meson's suite 'root' run as root,
and are skipped where this is not root. Logs stay in build-check/.
"""
import argparse
import dataclasses
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from tally import Tally

TOP = pathlib.Path(__file__).resolve().parents[1]
WORK = TOP / "build-check"
TOOLS = TOP / "tools"
ORDINARY_USER, ORDINARY_GROUP = 65534, 65534  # nobody, nogroup: on every Debian
BUILD_SECONDS_MAX, TEST_SECONDS_MAX, CHECK_SECONDS_MAX = 600, 1200, 600
SANITIZERS = {
    "ASAN_OPTIONS": "strict_string_checks=1:detect_stack_use_after_return=1:"
                    "allocator_may_return_null=1",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
    "TSAN_OPTIONS": "halt_on_error=1:second_deadlock_stack=1",
}


@dataclasses.dataclass
class Build:
    """One way to build: its compiler, meson options, and the suites that do not run in it."""
    name: str
    compiler: str
    options: list
    left_out: list
    patience: int = 1  # every test's own time limit, multiplied


# Suite 'once': a second compiler or a sanitizer can add nothing to it. 'slow': too slow under one.
# 'journey': whole journeys in one thread; the address sanitizer has something to add, others not.
BUILDS = [
    Build("gcc", "gcc", ["--buildtype=debugoptimized"], []),
    Build("clang", "clang", ["--buildtype=release"], ["once", "slow", "house", "journey"]),
    Build("asan", "clang", ["--buildtype=debugoptimized", "-Db_sanitize=address,undefined",
                            "-Db_lundef=false", "-Dfuzz=true"], ["once", "slow", "house"], 4),
    Build("tsan", "clang", ["--buildtype=debugoptimized", "-Db_sanitize=thread",
                            "-Db_lundef=false"],
          ["once", "slow", "house", "fuzz", "journey"], 6),
]
CHECKERS = ["rooms", "shape", "calls", "spec", "headers", "fuzz", "format"]


def clean_env(home):
    """What tests may see of the world outside: nothing that differs between machines."""
    env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(home), "TMPDIR": str(home),
           "LANG": "C.UTF-8", "TERM": "dumb", **SANITIZERS}
    env |= {name: os.environ[name] for name in ("CI", "SL_SHARED") if name in os.environ}
    return env


def run(command, log, seconds_max, env):
    """Run to the end or to the limit, all it says into `log`; the exit status (124: limit)."""
    with open(log, "wb") as out:
        child = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL,
                                 stdout=out, stderr=subprocess.STDOUT, cwd=TOP, env=env,
                                 start_new_session=True)
        try:
            return child.wait(timeout=seconds_max)
        except subprocess.TimeoutExpired:
            out.write(f"\nstopped after {seconds_max} s\n".encode())
            return 124
        finally:
            if child.poll() is None:
                stop(child)


def stop(child):
    """End a command with all its children: politely, then not."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(child.pid, sign)
            child.wait(timeout=10)
            return
        except (ProcessLookupError, subprocess.TimeoutExpired):
            pass


class Gate:
    """One run of ./check."""

    def __init__(self, quick, everything, home):
        self.quick, self.everything, self.home = quick, everything, home
        self.tally = Tally()
        self.env = clean_env(home)
        self.is_root = os.geteuid() == 0

    def as_user(self):
        """Words before a command that make it an ordinary user's."""
        if not self.is_root:
            return []
        return ["setpriv", f"--reuid={ORDINARY_USER}", f"--regid={ORDINARY_GROUP}",
                "--clear-groups", "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"]

    def check(self, name, command, seconds_max=CHECK_SECONDS_MAX):
        """Run one checker: a case of its own."""
        log = WORK / f"{name.replace(' ', '-')}.log"
        began = time.monotonic()
        status = run(command, log, seconds_max, self.env)
        good = status == 0
        self.tally.add("check", name, "check", "pass" if good else "fail",
                       log.read_text("utf-8", "replace"))
        print(f"{name:<14} {'well' if good else 'FAILED':<7} {time.monotonic() - began:4.0f} s",
              flush=True)
        return good

    def build(self, build):
        """Configure (anew when the options changed) and compile without one warning."""
        folder = WORK / build.name
        words = [*build.options, "-Dwerror=true", "--prefix=/usr", str(TOP)]
        stamp, want = folder / "check-options", "\n".join([build.compiler, *words])
        env = self.env | {"CC": build.compiler}
        if not stamp.exists() or stamp.read_text() != want:
            shutil.rmtree(folder, ignore_errors=True)
            log = WORK / f"{build.name}-setup.log"
            if run(["meson", "setup", *words, folder], log, BUILD_SECONDS_MAX, env) != 0:
                self.tally.add("build", build.name, build.name, "fail", log.read_text())
                print(f"{build.name:<14} FAILED to set up", flush=True)
                return False
            stamp.write_text(want)
        return self.check(f"build {build.name}", ["ninja", "-C", folder], BUILD_SECONDS_MAX)

    def hand_over(self, folder):
        """Give a build folder to the user who runs the tests in it."""
        if self.is_root:
            for path, folders, files in os.walk(folder):
                for name in [path, *(os.path.join(path, f) for f in files)]:
                    os.chown(name, ORDINARY_USER, ORDINARY_GROUP, follow_symlinks=False)

    def suites(self, build):
        """Words that choose what runs in this build."""
        left_out = [*build.left_out, "root", *([] if self.everything else ["heavy"])]
        chosen = ["--suite", "room"] if self.quick else []
        return chosen + [word for suite in left_out for word in ("--no-suite", suite)]

    def test(self, build):
        """Run the tests of one finished build."""
        folder, began = WORK / build.name, time.monotonic()
        self.hand_over(folder)
        prefix = self.as_user()
        if build.name == "tsan":  # TSan's memory map wants addresses that do not move about
            prefix = ["setarch", "-R", *prefix]
        status = run([*prefix, "meson", "test", "-C", folder, "--no-rebuild", "--logbase",
                      "testlog", "-t", build.patience, *self.suites(build)],
                     WORK / f"{build.name}-test.log", TEST_SECONDS_MAX, self.env)
        outcomes = self.tally.add_log(folder / "meson-logs/testlog.json", build.name)
        log = (WORK / f"{build.name}-test.log").read_text("utf-8", "replace")
        if not outcomes or (status != 0 and "fail" not in outcomes):
            self.tally.add("meson test", "runs to its end", build.name, "fail", log)
        print(f"{'test ' + build.name:<14} {'FAILED' if status else 'well':<7} "
              f"{time.monotonic() - began:4.0f} s   {outcomes.count('pass')} passed, "
              f"{outcomes.count('fail')} failed, {outcomes.count('skip')} skipped", flush=True)

    def test_as_root(self, build):
        """The few tests that need root: run as root, or counted as skipped."""
        folder = WORK / build.name
        chosen = ["--suite", "root", *([] if self.everything else ["--no-suite", "heavy"])]
        listed = subprocess.run(["meson", "test", "-C", folder, "--no-rebuild", "--list", *chosen],
                                capture_output=True, text=True, env=self.env, check=False)
        names = [line.split(" / ")[-1] for line in listed.stdout.splitlines() if " / " in line]
        if not names:
            return
        if not self.is_root:
            for name in names:
                self.tally.add(name, "runs as root", build.name, "skip", "this is not root")
            return
        began, log = time.monotonic(), WORK / "root-test.log"
        status = run(["meson", "test", "-C", folder, "--no-rebuild", "--logbase", "rootlog",
                      *chosen], log, TEST_SECONDS_MAX, self.env)
        outcomes = self.tally.add_log(folder / "meson-logs/rootlog.json", "root")
        if not outcomes or (status != 0 and "fail" not in outcomes):
            self.tally.add("meson test", "runs to its end", "root", "fail", log.read_text())
        print(f"{'test as root':<14} {'FAILED' if status else 'well':<7} "
              f"{time.monotonic() - began:4.0f} s   {outcomes.count('pass')} passed, "
              f"{outcomes.count('fail')} failed, {outcomes.count('skip')} skipped", flush=True)

    def checkers(self):
        """What a machine can say about the text itself."""
        for name in CHECKERS:
            self.check(name, [sys.executable, TOOLS / f"check_{name}.py"])

    def tidy(self):
        """clang-tidy over every file that the clang build compiled from src/."""
        self.check("tidy", [sys.executable, TOOLS / "check_tidy.py", TOP, WORK / "clang"])

    def all(self):
        """The whole gate, in the order in which trouble is cheapest to hear of."""
        self.checkers()
        for build in BUILDS[:1] if self.quick else BUILDS:
            if self.build(build):
                self.test(build)
                if build.name == "gcc" and not self.quick:
                    self.test_as_root(build)
        if self.everything:
            self.tidy()
        self.tally.report()
        passed, failed, skipped = self.tally.counts()
        print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
        return 1 if failed or not passed else 0


def readable_by_tests():
    """Whether the ordinary user reaches this tree (not below a closed /root, say)."""
    if os.geteuid() != 0:
        return True
    gate = Gate(False, False, "/")
    return run([*gate.as_user(), "test", "-r", TOP / "meson.build"], os.devnull, 60, gate.env) == 0


def again_in_a_copy(home):
    """Run this same check in a copy that the ordinary user can reach; its exit status."""
    copy = pathlib.Path(home) / "copy" / "main"
    print(f"an ordinary user cannot read {TOP}: working in a copy", flush=True)
    shutil.copytree(TOP, copy, symlinks=True,
                    ignore=shutil.ignore_patterns("build", "build-*", ".git"))
    return subprocess.run([sys.executable, copy / "tools/check.py", *sys.argv[1:]],
                          check=False).returncode


def main():
    words = argparse.ArgumentParser(description="builds and tests everything")
    words.add_argument("--quick", action="store_true", help="one build, room tests, checkers")
    words.add_argument("--all", action="store_true", help="the heavy tests too")
    chosen = words.parse_args()
    if chosen.quick and chosen.all:
        words.error("--quick and --all do not go together")
    home = tempfile.mkdtemp(prefix="safelight-check-", dir="/var/tmp")
    try:
        if os.geteuid() == 0:
            os.chown(home, ORDINARY_USER, ORDINARY_GROUP)
        if not readable_by_tests():
            return again_in_a_copy(home)
        WORK.mkdir(exist_ok=True)
        return Gate(chosen.quick, chosen.all, home).all()
    except KeyboardInterrupt:
        print("interrupted")
        return 130
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    os.umask(0o022)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
