# SPDX-License-Identifier: GPL-3.0-or-later
"""What the stories of a seizure call (tests/story/70-*, 71-*). Each verb leaves with 0 when all is
as it must be, with 1 and one line for every fault when not, with 77 when it may not look.

  cards [--petty] DIR              DIR/long and DIR/wide, or DIR/petty, made of canaries
  name KIND                        a canary for a name of that kind
  controls DIR                     every form in files and names, in memory: must be found
  until N [--stop] -- COMMAND...   killed, or left stopped, when N new entries lie at the keepers
  clean [--allow KINDS] PATH...    no canary in any file, image or name
  watch ... -- COMMAND...          an offload, searched while it runs
"""
import argparse
import base64
import gzip
import json
import os
import pathlib
import signal
import subprocess
import sys
import zlib

import canary
import cards
import place
import vault
import watch

LONG_MIB, WIDE_CLIPS, WIDE_BYTES, PETTY_CLIPS, PETTY_BYTES = 112, 2400, 48 << 10, 2000, 16 << 10
WIDE_PART = 520 * WIDE_BYTES # at most: its manifest fills a slip sooner


def make_cards(words):
    top = pathlib.Path(words.dir)
    top.mkdir(parents=True, exist_ok=True)
    if words.petty:
        cards.wide_card(top / "petty", PETTY_CLIPS, PETTY_BYTES)
        return []
    for name, card in (("long", cards.long_card(top / "long", LONG_MIB)),
                       ("wide", cards.wide_card(top / "wide", WIDE_CLIPS, WIDE_BYTES))):
        facts = {"bytes": card.bytes, "ends": card.ends,
                 "part": WIDE_PART if name == "wide" else card.bytes}
        (top / f"{name}.json").write_text(json.dumps(facts))
    return []


def print_name(words):
    print(canary.canary(words.kind, int.from_bytes(os.urandom(5), "big")).decode())
    return []


# ---- controls ----

def zstd(plain):
    return subprocess.run(["zstd", "-q", "-c"], input=plain, capture_output=True, check=True).stdout


def samples():
    """form -> bytes in which canary ("N", 7) stands in that form, deep inside noise."""
    plain = canary.canary("N", 7)
    yield "raw", plain
    yield "utf-16-le", plain.decode().encode("utf-16-le")
    yield "utf-16-be", plain.decode().encode("utf-16-be")
    yield "hex", plain.hex().encode()
    yield "HEX", plain.hex().upper().encode()
    for skip in range(3):
        for more in range(3):
            yield f"base64+{skip}", base64.b64encode(b"\xff" * skip + plain + b"\xfe" * more)
            yield f"base64+{skip}", base64.urlsafe_b64encode(b"\x3f" * (skip + 3) + plain)
    long = b"a manifest, perhaps: " * 40 + plain
    for level in (0, 1, 6, 9):
        yield "deflate raw", zlib.compress(long, level)
    yield "deflate raw", gzip.compress(long)
    yield "deflate base64+1", gzip.compress(base64.b64encode(b"x" + long))
    yield "zstd raw", zstd(long)
    yield "zstd raw", zstd(plain + os.urandom(300_000))[:-99_999] # cut short
    yield "zstd hex", zstd(plain.hex().encode() + long[:-len(plain)])


def noisy(data):
    return os.urandom(100_003) + data + os.urandom(50_001)


def wants(found, form, what):
    """A fault unless that form of the sample was found, and read right."""
    if not any(hit.form == form and (hit.kind, hit.number) == ("N", 7) for hit in found):
        yield f"{what}: {form} was not found"


def control_files(top):
    for index, (form, data) in enumerate(samples()):
        path = top / f"sample-{index}"
        path.write_bytes(noisy(data))
        found = [hit for _, hit in place.find_in_tree(path)]
        yield from wants(found, form, path)
    (top / "names").mkdir()
    (top / "names" / canary.canary("N", 7).hex()).write_bytes(b"")
    (top / "names/link").symlink_to(b"/nowhere/" + canary.canary("N", 7))
    found = [hit for _, hit in place.find_in_tree(top / "names")]
    yield from wants(found, "hex", "a name")
    yield from wants(found, "raw", "a link")
    with open(top / "image", "wb") as image: # at a seam of two windows, behind a hole
        image.seek((1 << 30) + place.WINDOW - 5)
        image.write(canary.canary("N", 7))
    found = list(place.find_in_file(top / "image"))
    yield from wants(found, "raw", "an image")
    if len(found) != 1:
        yield f"what stands across two windows was found {len(found)} times"
    (top / "nothing").write_bytes(noisy(b"SLCANAR"))
    yield from (f"noise: {hit}" for hit in place.find_in_tree(top / "nothing"))


HOLDER = """
import sys
held = sys.stdin.buffer.read()
print("ready", flush=True)
sys.stdin.buffer.close()
import time
time.sleep(600)
"""


def control_memory():
    for form, data in samples():
        with subprocess.Popen([sys.executable, "-c", HOLDER], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE) as child:
            try:
                child.stdin.write(noisy(data))
                child.stdin.close()
                child.stdout.readline()
                with place.Memory(child.pid) as memory:
                    found = [hit for _, hit in memory.canaries()]
                    needle = list(memory.needles({"it": data}))
            finally:
                child.kill()
        yield from wants(found, form, "memory")
        if not needle or any(m.guarded for m, *_ in needle):
            yield f"memory: {form} was not found as bytes, or its place was taken for guarded"


def control(words):
    top = pathlib.Path(words.dir)
    top.mkdir(parents=True, exist_ok=True)
    return control_memory() if words.memory else control_files(top)


# ---- searching ----

def clean(words):
    for path in words.path:
        for where, hit in place.find_in_tree(path):
            if hit.kind not in words.allow:
                yield f"{canary.KINDS[hit.kind]} {hit.number}, {hit.form}: {where}"


def run_until(words):
    """Prints the process that was left stopped."""
    before = watch.count_objects(words.keepers)[1]
    with open(words.log, "wb") as log:
        child = subprocess.Popen(words.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    while watch.count_objects(words.keepers)[1] - before < words.entries:
        if child.poll() is not None:
            yield f"it left with {child.returncode} too early"
            return
    child.send_signal(signal.SIGSTOP if words.stop else signal.SIGKILL)
    if words.stop:
        print(child.pid, flush=True)
        os._exit(0) # and wait for nobody
    if child.wait() != -signal.SIGKILL:
        yield f"it left with {child.returncode}"


class Facts:
    def __init__(self, path):
        facts = json.loads(pathlib.Path(path).read_text())
        self.bytes, self.part = facts["bytes"], facts["part"]
        self.ends = {int(number): end for number, end in facts["ends"].items()}


def session_faults(kept, keepers, program, care):
    """The keys of the sessions that wrote, now that they can be read: were they in ordinary
    memory?"""
    keys = vault.session_keys(program, keepers, care)
    if not keys:
        yield "no slip at the keepers opens: its keys cannot be looked for"
    for memory in kept:
        for name, key in keys.items():
            for m, data in memory:
                if key in data and not m.guarded:
                    yield f"{name} outside of guarded memory, at {m}"


def watch_offload(words):
    mine = vault.Vault.read(words.program, words.vault, words.passphrase_file)
    others = [vault.Vault.read(words.program, path, None) for home in words.other
              for path in sorted(pathlib.Path(home).rglob("*.txt"))]
    forbidden = {name: key for v in others for name, key in v.keys_that_read().items()}
    limits = watch.Limits(mine.need, Facts(words.facts))
    w = watch.Watch(words.command, words.keepers, limits, forbidden, mine.own_keys(), words.allow)
    code = w.run(words.looks, words.kill_at)
    yield from w.all_faults()
    if words.care:
        care = pathlib.Path(words.care)
        yield from session_faults(w.kept, words.keepers, words.program, care)
    if not any("identity" in name for name in forbidden):
        yield "no key that reads is known: none was looked for"
    if code != (-9 if words.kill_at else 0):
        yield f"the command left with {code}: {w.said}"
    if w.looks < words.least:
        yield f"only {w.looks} looks"
    if w.most["C"] == 0:
        yield "no content was ever seen in memory: this looks at nothing"
    print(f"{w.looks} looks; the most found at once: {dict(w.most)}")


def main():
    words = argparse.ArgumentParser()
    verbs = words.add_subparsers(required=True)
    for verb, do in (("cards", make_cards), ("controls", control)):
        v = verbs.add_parser(verb)
        v.add_argument("dir")
        v.add_argument("--memory", action="store_true")
        v.add_argument("--petty", action="store_true")
        v.set_defaults(do=do)
    v = verbs.add_parser("name")
    v.add_argument("kind", choices=canary.KINDS)
    v.set_defaults(do=print_name)
    v = verbs.add_parser("clean")
    v.add_argument("--allow", default="")
    v.add_argument("path", nargs="+")
    v.set_defaults(do=clean)
    v = verbs.add_parser("until")
    v.add_argument("entries", type=int)
    v.add_argument("--keepers", required=True)
    v.add_argument("--log", required=True)
    v.add_argument("--stop", action="store_true")
    v.add_argument("command", nargs="+")
    v.set_defaults(do=run_until)
    v = verbs.add_parser("watch")
    for name in ("program", "vault", "keepers", "facts"):
        v.add_argument("--" + name, required=True)
    v.add_argument("--passphrase-file")
    v.add_argument("--other", action="append", default=[]) # homes whose keys must not be here
    v.add_argument("--care")
    v.add_argument("--allow", default="")
    v.add_argument("--looks", type=int, default=60)
    v.add_argument("--least", type=int, default=40)
    v.add_argument("--kill-at", type=int)
    v.add_argument("command", nargs="+")
    v.set_defaults(do=watch_offload)
    chosen = words.parse_args()
    try:
        faults = list(chosen.do(chosen))
    except place.NotAllowed as why:
        print(f"may not look: {why}")
        return 77
    for fault in faults[:40]:
        print(fault)
    if len(faults) > 40:
        print(f"... {len(faults)} in all")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
