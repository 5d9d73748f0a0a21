#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make src/crypto/word_list.c from the English word list of BIP-39, as it lies in Debian's package
python3-mnemonic (wordlist/english.txt). To be run once in a life: the list does not change.

usage: make_words.py english.txt > src/crypto/word_list.c
"""
import hashlib
import pathlib
import subprocess
import sys

SHA256 = "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"
HEAD = """/* SPDX-License-Identifier: GPL-3.0-or-later AND MIT
 *
 * The 2048 English words of BIP-39, made by tools/make_words.py from english.txt of Trezor's
 * python-mnemonic; read by crypto/words.c. The list is
 *
 * Copyright 2013-2014 Pavol Rusnak <stick@satoshilabs.com>
 *
 * Permission is hereby granted, free of charge, to any person obtaining a copy of this software
 * and associated documentation files (the "Software"), to deal in the Software without
 * restriction, including without limitation the rights to use, copy, modify, merge, publish,
 * distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the
 * Software is furnished to do so, subject to the following conditions:
 *
 * The above copyright notice and this permission notice shall be included in all copies or
 * substantial portions of the Software.
 *
 * THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING
 * BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
 * NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM,
 * DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
 * OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
 */
#include "crypto/inside.h"

const char sl_word_list[SL_WORD_COUNT][SL_WORD_LETTERS + 1] = {
"""


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    raw = pathlib.Path(sys.argv[1]).read_bytes()
    if hashlib.sha256(raw).hexdigest() != SHA256:
        sys.exit(f"{sys.argv[1]}: not the English list of BIP-39")
    text = HEAD + "".join(f'"{word}", ' for word in raw.decode("ascii").split()) + "};\n"
    made = subprocess.run(["clang-format", "--assume-filename=src/crypto/word_list.c"], input=text,
                          capture_output=True, text=True, check=True)
    sys.stdout.write(made.stdout)


main()
