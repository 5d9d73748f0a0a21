#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Offload and restore beside their peers, on a tmpfs of huge pages, in interleaved rounds; what
each stage costs alone; how much memory a run takes. bench/run builds and calls this; needs root for
the mount. Times are medians; ratios are medians of the ratios within each round.
"""
import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

NEED, KEEPERS = 3, 5
MIB = 1 << 20


def words():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--safelight", required=True)
    p.add_argument("--stages", required=True)
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--mib", type=int, default=2048, help="footage, in clips of 256 MiB")
    p.add_argument("--disk", default="/var/tmp", help="where memory is measured, with larger cards")
    p.add_argument("--no-peers", action="store_true")
    p.add_argument("--before", help="an older safelight, whose offload stands beside")
    p.add_argument("--no-memory", action="store_true")
    p.add_argument("--only-memory", action="store_true")
    return p.parse_args()


def scrubbed():
    """No proxy, no certificates, no home of anybody's."""
    return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"}


def timed(argv, env, good=(0,)):
    """Run; seconds of wall time, peak resident MiB, seconds of all cores of that one process, and
    how many of them were its own (not the kernel's, which the state of memory moves)."""
    begin = time.monotonic()
    child = subprocess.Popen(argv, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT)
    text = child.stdout.read()
    _, status, use = os.wait4(child.pid, 0)
    seconds = time.monotonic() - begin
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in good:
        sys.exit(f"{argv[0]} left with {child.returncode}:\n{text.decode(errors='replace')}")
    return seconds, use.ru_maxrss / 1024, use.ru_utime + use.ru_stime, use.ru_utime


def fill(path, size, zero=False):
    with open("/dev/zero" if zero else "/dev/urandom", "rb") as source, open(path, "wb") as out:
        while size > 0:
            size -= out.write(source.read(min(size, 16 * MIB)))


def make_card(card, mib):
    """Incompressible clips of 256 MiB, as a camera leaves them."""
    clips = card / "XDROOT" / "Clip"
    clips.mkdir(parents=True)
    for number in range((mib + 255) // 256):
        fill(clips / f"A001C{number + 1:03}.MXF", min(256, mib - number * 256) * MIB)


def make_small(card, count):
    for folder in range(count // 1000):
        inner = card / f"{folder:03}"
        inner.mkdir(parents=True)
        for number in range(1000):
            (inner / f"frame{number:04}.dpx").write_bytes(os.urandom(1000))


# --- each thing that is timed


class Safelight:
    name = "safelight"

    def __init__(self, program, at):
        self.program, self.at = program, at
        self.abroad, self.on_set = at / "abroad", at / "on-set"

    def run(self, home, *argv, good=(0,)):
        return timed([self.program, "--quiet", "--progress", "none", "--home", str(home), *argv],
                     scrubbed(), good)

    def prepare(self):
        keepers = []
        for number in range(1, KEEPERS + 1):
            (self.at / f"keeper-{number}").mkdir(parents=True)
            keepers += ["--keeper", f"k{number}={self.at}/keeper-{number},device=d{number}"]
        self.run(self.abroad, "init", "bench", *keepers, "--need", str(NEED), "--locker", "camera",
                 "--no-passphrase")
        self.run(self.abroad, "home", "on-set", "--out", str(self.on_set), "--new-no-passphrase")

    def store(self, card):  # 7: done, and not yet safe, because a tmpfs is memory
        return self.run(self.on_set, "offload", str(card), "--to", "camera", "--roll", "A001",
                        good=(0, 7))

    def lose(self):
        """Two keepers gone; one of them holds a slice of the footage as it is."""
        for number in (1, 4):
            shutil.rmtree(self.at / f"keeper-{number}")

    def fetch(self, dest):
        return self.run(self.abroad, "restore", "camera/A001", str(dest))


class Before(Safelight):
    """The same by an older program."""
    name = "before"


class Kit(Safelight):
    """Offload with a kit, of a production whose lockers only its trustees open together."""
    name = "kit"

    def people(self):
        for who in ("ana", "bo", "cy"):
            self.run(self.at / who, "trustee", "new", "--name", who, "--out",
                     str(self.at / f"{who}.card"), "--no-passphrase")
            yield "--trustee"
            yield str(self.at / f"{who}.card")

    def prepare(self):
        self.at.mkdir(parents=True)
        keepers = []
        for number in range(1, KEEPERS + 1):
            (self.at / f"keeper-{number}").mkdir()
            keepers += ["--keeper", f"k{number}={self.at}/keeper-{number},device=d{number}"]
        self.run(self.abroad, "init", "bench", *keepers, "--need", str(NEED), "--locker", "camera",
                 "--no-passphrase", "--quorum", "2", *self.people())
        for who in ("ana", "bo"):
            self.run(self.at / who, "trustee", "accept", str(self.at / f"{who}.invite"))
        self.run(self.abroad, "kit", "camera", "--out", str(self.at / "cam.kit"),
                 "--new-no-passphrase")

    def store(self, card):
        return self.run(self.on_set, "offload", str(card), "--kit", str(self.at / "cam.kit"),
                        "--to", "camera", "--roll", "A001", good=(0, 7))


class Restic:
    name = "restic"

    def __init__(self, at):
        self.at, self.secret = at, at / "passphrase"

    def run(self, *argv):
        return timed(["restic", "-q", "--no-cache", "-r", str(self.at / "repo"),
                      "--password-file", str(self.secret), *argv], scrubbed())

    def prepare(self):
        self.at.mkdir(parents=True)
        self.secret.write_text("bench\n")
        self.run("init")

    def store(self, card):
        return self.run("backup", "--compression", "off", str(card))

    def lose(self):
        pass

    def fetch(self, dest):
        return self.run("restore", "latest", "--target", str(dest))


class Borg:
    """Encryption on, as with the others (repokey); compression none."""
    name = "borg"

    def __init__(self, at):
        self.at = at
        self.env = scrubbed() | {"BORG_PASSPHRASE": "bench", "BORG_BASE_DIR": str(at / "base")}

    def prepare(self):
        self.at.mkdir(parents=True)
        timed(["borg", "init", "-e", "repokey", str(self.at / "repo")], self.env)

    def store(self, card):
        return timed(["borg", "create", "--compression", "none", f"{self.at}/repo::a", str(card)],
                     self.env)


# --- the rounds


def stage_costs(program, clip, at):
    at.mkdir()
    text = subprocess.run([program, str(clip), str(at)], check=True, capture_output=True,
                          text=True).stdout
    shutil.rmtree(at)
    return {name: float(cost) for name, cost in (line.split("\t") for line in text.splitlines())}


def one_round(args, top, card, number):
    """Each in turn, beginning with another one each time; all of it removed before the next."""
    work = top / "work"
    peers = [Safelight(args.safelight, work / "safelight"), Kit(args.safelight, work / "kit")]
    if args.before:
        peers.append(Before(args.before, work / "before"))
    if not args.no_peers:
        peers += [Restic(work / "restic"), Borg(work / "borg")]
    turn = number % len(peers)
    seen = {"stages": stage_costs(args.stages, next(card.rglob("*.MXF")), top / "stages")}
    for peer in peers[turn:] + peers[:turn]:
        peer.prepare()
        seen[peer.name, "store"] = peer.store(card)
        if peer.name in ("safelight", "restic"):
            peer.lose()
            seen[peer.name, "fetch"] = peer.fetch(work / "back")
            same_as(card, work / "back")
        shutil.rmtree(work)
    print(f"round {number + 1}: " + ", ".join(
        f"{key[0]} {key[1]} {value[0]:.2f} s" for key, value in seen.items() if key != "stages"),
        file=sys.stderr)
    return seen


def same_as(card, back):
    """What came back is there, whatever folders it was put beneath."""
    for path in card.rglob("*.MXF"):
        twin = list(back.rglob(path.name))
        if len(twin) != 1 or subprocess.run(["cmp", "-s", path, twin[0]]).returncode != 0:
            sys.exit(f"{path.name} did not come back as it was")


def speed(args, top):
    size = 6 * args.mib + 1024
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"huge=always,size={size}m", "safelight-bench",
                    str(top)], check=True)
    try:
        print(f"filling {size} MiB of tmpfs once ...", file=sys.stderr)
        fill(top / "filled", (size - 64) * MIB, zero=True)
        (top / "filled").unlink()
        card = top / "card"
        make_card(card, args.mib)
        rounds = [one_round(args, top, card, number) for number in range(args.rounds)]
    finally:
        subprocess.run(["umount", str(top)], check=True)
    report_speed(args, rounds)


def report_speed(args, rounds):
    gib, cores = args.mib / 1024, os.cpu_count()
    middle = lambda pick: statistics.median(map(pick, rounds))
    bound = lambda seen: sum(seen["stages"].values()) * gib / cores
    ours = lambda seen: seen["safelight", "store"][0]
    print(f"\n{gib:g} GiB of incompressible clips, any {NEED} of {KEEPERS}, {cores} cores, "
          f"{len(rounds)} rounds, medians\n")
    print("| stage, alone on one core | s/GiB |\n|---|---|")
    for name in rounds[0]["stages"]:
        print(f"| {name} | {middle(lambda seen: seen['stages'][name]):.3f} |")
    print(f"| sum | {middle(lambda seen: sum(seen['stages'].values())):.3f} |\n")
    print("| run | s | MB/s | core s | peak MiB |\n|---|---|---|---|---|")
    for key in rounds[0]:
        if key != "stages":
            seconds = middle(lambda seen: seen[key][0])
            peak = max(seen[key][1] for seen in rounds)
            print(f"| {key[0]} {key[1]} | {seconds:.2f} | {args.mib * MIB / 1e6 / seconds:.0f} "
                  f"| {middle(lambda seen: seen[key][2]):.2f} | {peak:.0f} |")
    print(f"| the bound (sum of the stages over {cores} cores) | {middle(bound):.2f} | | | |\n")
    print("| ratio | is | wanted |\n|---|---|---|")
    ratios = [("offload / bound", lambda seen: ours(seen) / bound(seen), "1.60"),
              ("own seconds: offload with a kit / without trustees",
               lambda seen: seen["kit", "store"][3] / seen["safelight", "store"][3], "1.02")]
    if args.before:
        ratios += [("own seconds: offload / by the older program",
                    lambda seen: seen["safelight", "store"][3] / seen["before", "store"][3],
                    "1.02")]
    if not args.no_peers:
        ratios += [
            ("offload / restic backup", lambda s: ours(s) / s["restic", "store"][0], "0.50"),
            ("offload / borg create", lambda s: ours(s) / s["borg", "store"][0], "0.50"),
            ("restore / restic restore",
             lambda s: s["safelight", "fetch"][0] / s["restic", "fetch"][0], "0.50")]
    for name, pick, wanted in ratios:
        print(f"| {name} | {middle(pick):.2f} | at most {wanted} |")


def memory(args):
    print("\n| card | offload, s | peak MiB | restore, s | peak MiB | wanted |\n"
          "|---|---|---|---|---|---|")
    for name, make in [("1 GiB", lambda card: make_card(card, 1024)),
                       ("4 GiB", lambda card: make_card(card, 4096)),
                       ("100,000 small files", lambda card: make_small(card, 100000))]:
        with tempfile.TemporaryDirectory(prefix="safelight-bench-", dir=args.disk) as folder:
            at = pathlib.Path(folder)
            make(at / "card")
            ours = Safelight(args.safelight, at / "vault")
            ours.prepare()
            out, back = ours.store(at / "card"), ours.fetch(at / "back")
            print(f"| {name} | {out[0]:.1f} | {out[1]:.0f} | {back[0]:.1f} | {back[1]:.0f} "
                  "| at most 256 |", flush=True)


def main():
    args = words()
    if not args.only_memory:
        if os.geteuid() != 0:
            sys.exit("bench: mounting a tmpfs of huge pages needs root: sudo bench/run\n"
                     "  without root, --only-memory works")
        top = pathlib.Path(tempfile.mkdtemp(prefix="safelight-bench-"))
        try:
            speed(args, top)
        finally:
            top.rmdir()
    if not args.no_memory or args.only_memory:
        memory(args)


main()
