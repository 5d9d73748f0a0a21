# SPDX-License-Identifier: GPL-3.0-or-later
"""What whoever has a home and its passphrase reads there (docs/home.md), and what whoever has the
care key reads with the keepers (docs/format/slip.md, session.md). By the pages, not by our code;
only age files are opened by the program.
"""
import pathlib
import subprocess

BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def opened(program, path, words=()):
    return subprocess.run([program, *words, "unseal", str(path)], stdin=subprocess.DEVNULL,
                          capture_output=True, check=True).stdout


def identity_bytes(text):
    """The 32 bytes of AGE-SECRET-KEY-1..."""
    bits = "".join(f"{BECH32.index(c):05b}" for c in text.rsplit("1", 1)[1].lower()[:-6])
    return bytes(int(bits[at:at + 8], 2) for at in range(0, 256, 8))


class Vault:
    """The lines of one."""

    def __init__(self, text):
        self.text = text.decode()
        self.lines = [line.split(" ") for line in self.text.splitlines()]

    @classmethod
    def read(cls, program, path, passphrase_file):
        """A vault.age, kit, vault.txt or identity."""
        data = pathlib.Path(path).read_bytes()
        if data.startswith(b"age-encryption.org/"):
            data = opened(program, path, ["--passphrase-file", passphrase_file])
        return cls(data)

    def of(self, word):
        return [line[1:] for line in self.lines if line[0] == word]

    @property
    def need(self):
        return int(self.of("need")[0][0])

    @property
    def state_key(self):
        return bytes.fromhex(self.of("state")[0][0])

    def locker(self, alias):
        return next(bytes.fromhex(words[0]) for words in self.of("locker") if words[2] == alias)

    def own_keys(self):
        """What a machine that only writes needs: in guarded memory, and nowhere else."""
        return forms({"the state key": self.state_key,
                      "the signing key": bytes.fromhex(self.of("sign")[0][0])})

    def keys_that_read(self):
        """Every identity that stands there, and this home's own secrets."""
        keys = {}
        for line in self.lines:
            for word in line:
                if word.startswith("AGE-SECRET-KEY-1"):
                    who = f"the identity {word[16:20]}... of {line[0][:16]}"
                    keys[who + " as text"] = word.encode()
                    keys[who] = identity_bytes(word)
        secrets = {f"another home's {word} key": bytes.fromhex(words[0])
                   for word in ("sign", "state") for words in self.of(word)[:1]}
        return {**keys, **forms(secrets)}


def forms(keys):
    return {**keys, **{name + " in hex": key.hex().encode() for name, key in keys.items()}}


def pieces(content):
    """The pieces of a slip behind its record and signature, each with its length in front."""
    at = 16 + 256 + 64
    while at + 4 <= len(content):
        length = int.from_bytes(content[at:at + 4], "little")
        yield content[at + 4:at + 4 + length]
        at += 4 + length


def session_keys(program, keepers, care):
    """Keys of names and tags of every session of which a slip lies there."""
    keys = {}
    for path in sorted(pathlib.Path(keepers).rglob("*")):
        if len(path.name) != 32 or path.parent.parent.name != "s":
            continue
        found = subprocess.run([program, "unseal", "-i", str(care), str(path)],
                               stdin=subprocess.DEVNULL, capture_output=True, check=False)
        block = next(pieces(found.stdout), b"") if found.returncode == 0 else b""
        if block.startswith(b"SLSESS\n\0"):
            which = block[48:52].hex() # sessions are told apart by it, nothing more
            keys[f"the name key of session {which}"] = block[48:80]
            keys[f"the tag key of session {which}"] = block[80:112]
    return keys
