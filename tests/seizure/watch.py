# SPDX-License-Identifier: GPL-3.0-or-later
"""An offload is stopped at many moments, and its memory searched.

What may be found, and nothing else:
  content    in the packs under way (FLIGHTS) and in what the second reading holds: never more bytes
             than that, and none of a pack that was finished before those
  names      of clips and folders: of the folder that is being read, and of parts not yet written
  keys       of this home: in guarded memory only (locked, left out of core dumps)
  keys that read, of anyone; names of films and people: nowhere
  the passphrase of this home: in guarded memory, while it is unlocked

How far the offload is, is read off the keepers: packs and entries lie there one by one.
"""
import collections
import pathlib
import signal
import subprocess
import time

import canary
import cards
import place

MIB = 1 << 20
FULL_BYTES = 4 * MIB
FLIGHTS = 4                     # FLIGHTS_MAX of src/offload/inside.h
FIRST_GAP = 0.02                # seconds
BESIDE = 4 * MIB                # buffers of the second reading and of opening, and some


class Limits:
    """What the judge must know of the card and of the vault."""

    def __init__(self, need, card):
        self.pack = need * (FULL_BYTES - 4096)
        self.card = card


class Progress:
    def __init__(self, keepers, before):
        fulls, slips = count_objects(keepers)
        self.fulls, self.slips = fulls - before[0], slips - before[1]

    def finished(self, limits):
        """Content before this offset of the card is in no pack under way: packs are filled one
        after the other, FLIGHTS of them at once. A part may end with a pack that is not full, or
        with one that holds its manifest."""
        return max(0, self.fulls - FLIGHTS - self.slips) * limits.pack


def count_objects(keepers):
    """Of the keeper that holds most: full objects, slips."""
    fulls, slips = 0, 0
    for keeper in pathlib.Path(keepers).iterdir():
        names = [p for p in keeper.rglob("*") if len(p.name) == 32 and p.parent.name != "t"]
        fulls = max(fulls, sum(p.parent.parent.name == "f" for p in names))
        slips = max(slips, sum(p.parent.parent.name == "s" for p in names))
    return fulls, slips


def judge_content(hits, limits, finished):
    content = [(m, hit) for m, hit in hits if hit.kind == "C"]
    held = sum(hit.count for _, hit in content) * canary.RECORD
    if held > FLIGHTS * limits.pack + BESIDE:
        yield f"{held} bytes of content in the clear: more than the packs under way hold"
    for m, hit in content:
        if 0 <= hit.number < finished:
            yield f"content of a finished pack: byte {hit.number} of the card, {hit.form}, at {m}"


def folder_of(number):
    return max(number - 1, 0) // cards.NAMES_IN_FOLDER


def judge_names(hits, limits, finished):
    """Names of clips whose parts were written, and of folders all of whose clips are: (how many
    folders they are of, fault)."""
    bound, seen, folders = finished - limits.card.part, collections.Counter(), set()
    for m, hit in hits:
        last = hit.number + cards.NAMES_IN_FOLDER - 1 if hit.kind == "D" else hit.number
        if hit.kind in "ND" and limits.card.ends.get(last, limits.card.bytes) < bound:
            seen[hit.kind, hit.form, str(m)] += 1
            folders.add(folder_of(hit.number))
    for (kind, form, where), count in list(seen.items())[:6]:
        yield len(folders), f"{count} times a {canary.KINDS[kind]} of a written part: {form}, " \
                            f"at {where}"


def judge_keys(memory, forbidden, guarded):
    for m, at, name in memory.needles({**forbidden, **guarded}):
        if name in forbidden:
            yield f"{name}, which has no business here, at {m} ({at:x})"
        elif not m.guarded:
            yield f"{name} outside of guarded memory, at {m} ({at:x})"


class Watch:
    """Runs the command; looks `looks` times at most: whenever something new lies at a keeper, and
    a few times more until then."""

    def __init__(self, command, keepers, limits, forbidden, guarded, allowed):
        self.command, self.keepers, self.limits = command, keepers, limits
        self.forbidden, self.guarded, self.allowed = forbidden, guarded, allowed
        self.looks, self.faults = 0, []
        self.torn = 0                    # looks that saw pieces of canaries
        self.names = []                  # (entries so far, of how many folders, fault)
        self.most = collections.Counter()
        self.kept = []                   # the newest memories, whole, where asked for
        self.before = count_objects(keepers)

    def judge(self, memory):
        progress = Progress(self.keepers, self.before)
        finished = progress.finished(self.limits)
        hits, here = list(memory.canaries(self.looks % 2 == 0)), collections.Counter()
        for _, hit in hits:
            here[hit.kind] += hit.count
        for kind, count in here.items():
            self.most[kind] = max(self.most[kind], count)
        where = f"look {self.looks} ({progress.fulls} packs, {progress.slips} entries)"
        alone = [(m, hit) for m, hit in hits if hit.kind not in "CND?" + self.allowed and
                 not (hit.kind == "W" and m.guarded)]
        for m, hit in alone[:3]:
            yield f"{where}: {canary.KINDS[hit.kind]}, {hit.form}, at {m}"
        self.torn += here["?"] > 0
        yield from (f"{where}: {f}" for f in judge_content(hits, self.limits, finished))
        self.names += [(progress.slips, folders, f"{where}: {fault}")
                       for folders, fault in judge_names(hits, self.limits, finished)]
        yield from (f"{where}: {f}" for f in judge_keys(memory, self.forbidden, self.guarded))

    def all_faults(self):
        """When every entry is written the card is walked once more, to see that it did not change:
        then the names of one folder are at hand again."""
        slips = count_objects(self.keepers)[1] - self.before[1]
        yield from self.faults
        if self.torn * 4 > self.looks: # a packer at work leaves some for a moment
            yield f"pieces of names or content at {self.torn} of {self.looks} looks"
        yield from (fault for at, folders, fault in self.names if at < slips or folders > 1)

    def look(self, pid, keep):
        with place.Memory(pid) as memory:
            self.looks += 1
            self.faults += self.judge(memory)
            if keep:
                self.kept = [[(m, memory.read(m.begin, m.end - m.begin))
                              for m in memory.mappings if "w" in m.mode]]

    def run(self, most, kill_at=None):
        """Exit code of the command, or -9 when it was killed once so many entries were there."""
        with subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE) as child:
            try:
                self.follow(child, most, kill_at)
                child.wait()
            finally:
                if child.poll() is None:
                    child.send_signal(signal.SIGCONT)
                    child.kill()
            self.said = child.stderr.read().decode(errors="replace")
            return child.returncode

    def follow(self, child, most, kill_at):
        last, again, gap = None, 0, 0
        while child.poll() is None and self.looks < most:
            now = count_objects(self.keepers)
            if kill_at is not None and now[1] - self.before[1] >= kill_at:
                child.kill()
                return
            if now == last and time.monotonic() < again:
                time.sleep(0.001)
                continue
            gap = FIRST_GAP if now != last else gap * 4
            try:
                self.look(child.pid, now[0] > self.before[0])
                last, again = now, time.monotonic() + gap
            except (ProcessLookupError, FileNotFoundError):
                return
