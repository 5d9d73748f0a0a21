#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal of this test: one event of the journal, shown with its salt and body and nothing else, is
# checked by somebody who has neither home nor keeper nor this program: by the page
# docs/format/entry.md alone (ENTRY-10). It shows a body only to whom it was for, and no key of a
# session; altered in any field it is refused.
. "$SL_SOURCE/tests/story/tap.sh"
. "$SL_SOURCE/tests/story/vault.sh"
. "$SL_SOURCE/tests/story/people.sh"
command -v python3 >/dev/null || no_story "no python3 here"

that "the_story__has_a_production" production
small_card card
that "offload__brings_a_card" as cap offload card --kit cam.kit --to camera --roll A001
id=$(asks ed camera "the reason that is written down")
that "approve__of_one" as ana approve "$id" --yes
that "approve__of_another" as cy approve "$id" --yes
that "open__opens" as ed open camera

# --- listed: all of it, for every member
entry() { # WHO KIND: the ID of the newest of that kind
    as "$1" --json entry list 2>.heard | python3 -c 'import json, sys
entries = [e for e in json.load(sys.stdin)["entries"] if e["kind_word"] == sys.argv[1]]
print(max(entries, key=lambda e: (e["claimed"], e["number"]))["entry"])' "$2"
}
kinds() {
    as ed --json entry list >.json || return 1
    for kind in founding opened closed part author locker request answer accepted; do
        grep -q "\"$kind\"" .json || { echo "no $kind"; return 1; }
    done
    python3 -c 'import json
entries = json.load(open(".json"))["entries"]
assert all(e["belief"] == "believed" and e["keepers"] == 5 for e in entries), entries
place = [(e["claimed"], e["session"], e["number"]) for e in entries]
assert place == sorted(place), "oldest first"
assert len({e["entry"] for e in entries}) == len(entries)
assert {e["author"] for e in entries} >= {"maker", "ana", "bo", "cy", "ed", "cam"}, entries'
}
that "entry_list__shows_every_kind_and_author" kinds
lists() { as "$1" --json entry list 2>.heard | tr '}' '\n' | grep -o '"entry":"[0-9a-f]*"' | sort; }
same_list() { lists ed >.a && lists ana >.b && [ -s .a ] && diff .a .b && lists maker >.b &&
    diff .a .b; }
that "entry_list__is_the_same_for_everybody" same_list

# --- shown: the body for whom it was for
part=$(entry ed part) request=$(entry ed request) founding=$(entry ed founding)
show() { as "$1" entry show "$2" ${4:+$4} --out "$3"; }
that "entry_show__of_a_part_at_the_editors" show ed "$part" part.json
that "entry_show__of_a_part_at_a_trustees" show ana "$part" part-ana.json
that "entry_show__of_a_part_at_the_makers" show maker "$part" part-maker.json
that "entry_show__of_a_request_at_a_trustees" show bo "$request" request.json
that "entry_show__of_a_request_at_the_makers" show maker "$request" request-maker.json
that "entry_show__with_what_members_read" show ed "$part" part-care.json --care
that "entry_show__bare" show ed "$part" part-bare.json --bare
that "entry_show__of_the_founding" show ed "$founding" founding.json --care
that "entry_show__goes_to_standard_output" sh -c '"$0" --home "$1" entry show "$2" >stdout.json &&
    cmp stdout.json part.json' "$SAFELIGHT" "$work/homes/ed" "$part"
that "entry_show__takes_6_digits" show ed "$(echo "$part" | cut -c1-6)" part-6.json
exits 2 "entry_show__writes_over_nothing" show ed "$part" part.json
exits 2 "entry_show__is_bare_or_not" as ed entry show "$part" --care --bare --out x.json
has() { # FILE WORDS: exactly these bodies are there
    is "$(python3 -c 'import json, sys
print(*[k for k in ("body", "care_body") if k in json.load(open(sys.argv[1]))])' "$1")" "$2"
}
that "a_part__is_in_the_clear_for_who_opened_the_locker" has part.json "body"
that "a_part__is_not_for_a_trustee" has part-ana.json ""
that "a_part__is_not_for_the_maker" has part-maker.json ""
that "a_request__is_for_the_trustees" has request.json "body"
that "a_request__is_not_for_the_maker" has request-maker.json ""
that "what_members_read__is_shown_when_that_is_said" has part-care.json "body care_body"
that "bare__shows_no_body" has part-bare.json ""
as ed locker close camera >/dev/null
that "entry_show__of_a_part_when_the_locker_is_shut" show ed "$part" part-shut.json
that "a_part__is_not_for_who_shut_the_locker" has part-shut.json ""

# --- verified with nothing else at hand
verify() { env -i PATH=/usr/bin:/bin HOME="$work/nowhere" "$SAFELIGHT" --json entry verify "$@"; }
mv homes away-homes && mv keepers away-keepers
for file in part part-ana part-maker part-care part-bare request request-maker founding; do
    that "entry_verify__needs_no_home_for_$file" verify $file.json
done
damaged() { # COMMAND...
    "$@"
    left=$?
    [ $left = 2 ] || [ $left = 4 ]
}
verifies() { # FILE EXPRESSION
    verify "$1" >.json && python3 -c 'import json, sys
it = json.load(open(".json"))
assert eval(sys.argv[1]), it' "$2"
}
that "entry_verify__tells_the_entry" verifies part.json \
    "it['entry'] == '$part' and it['kind_word'] == 'part' and it['shows_body']"
that "entry_verify__tells_what_is_not_shown" verifies part-bare.json \
    "it['has_body'] and it['has_care'] and not it['shows_body'] and not it['shows_care']"
that "entry_verify__tells_both" verifies part-care.json "it['shows_body'] and it['shows_care']"
that "entry_verify__knows_the_card" verify request.json --card cards/ed.card
that "entry_verify__knows_another_card" fails 5 "not by the person" verify request.json \
    --card cards/ana.card
exits 2 "entry_verify__wants_a_card" verify request.json --card part.json
that "entry_verify__writes_the_body" verify request.json --body request.body
that "that_body__is_the_request" grep -q "the reason that is written down" request.body
exits 2 "entry_verify__writes_over_nothing" verify request.json --body request.body
exits 3 "entry_verify__has_no_body_to_write" verify part-bare.json --body bare.body
exits 3 "entry_verify__wants_a_file_that_is_there" verify nothing.json
for what in cards/ed.card cam.kit; do
    that "entry_verify__refuses_$(basename $what)" damaged verify $what
done
that "no_home__was_made_by_any_of_these" test ! -e nowhere
mv away-homes homes && mv away-keepers keepers

# --- altered in each field
cat >alter.py <<'CODE'
"""usage: alter.py FILE: one altered copy after another, as altered-NAME.json; names are printed"""
import base64, json, sys
whole = json.load(open(sys.argv[1]))
def put(name, o):
    json.dump(o, open("altered-%s.json" % name, "w"))
    print("altered-%s.json" % name)
def with_(key, value):
    return {**whole, key: value}
for key in ("record", "signature", "certificate", "body", "care_body"):
    raw = base64.b64decode(whole[key])
    for place in {0, 12, 16, 48, 80, 88, 120, 152, 160, 192, 224, len(raw) // 2, len(raw) - 1}:
        if place < len(raw):
            bad = bytearray(raw)
            bad[place] ^= 1
            put("%s-%d" % (key, place), with_(key, base64.b64encode(bad).decode()))
    put(key + "-short", with_(key, base64.b64encode(raw[:-1]).decode()))
    put(key + "-long", with_(key, base64.b64encode(raw + b"x").decode()))
    put(key + "-number", with_(key, 7))
    put(key + "-empty", with_(key, ""))
for key in ("author", "session_block"):
    raw = bytearray.fromhex(whole[key])
    for place in (0, 16, 31):
        bad = bytearray(raw)
        bad[place] ^= 1
        put("%s-%d" % (key, place), with_(key, bad.hex()))
    put(key + "-short", with_(key, raw[:-1].hex()))
for key in ("record", "signature", "certificate", "author", "session_block", "safelight_entry"):
    put("without-" + key, {k: v for k, v in whole.items() if k != key})
put("version", with_("safelight_entry", 2))
put("swapped", {**whole, "body": whole["care_body"], "care_body": whole["body"]})
put("list", [whole])
open("altered-cut.json", "w").write(open(sys.argv[1]).read()[:400])
print("altered-cut.json")
open("altered-twice.json", "w").write(open(sys.argv[1]).read() * 2)
print("altered-twice.json")
CODE
altered() {
    python3 alter.py part-care.json >.names && [ "$(wc -l <.names)" -gt 60 ] || return 1
    while read -r file; do
        verify "$file" >.heard 2>&1
        left=$?
        [ $left = 4 ] || [ $left = 5 ] || { cat .heard; echo "$file: $left"; return 1; }
    done <.names
}
that "entry_verify__refuses_every_alteration" altered
mixed() { # the body of one, the record of another
    as ed open camera >/dev/null && python3 -c 'import json
a, b = (json.load(open(n)) for n in ("part.json", "request.json"))
a["body"] = b["body"]
json.dump(a, open("mixed.json", "w"))
del b["body"]
b["care_body"] = a["body"]
b["certificate"] = a["certificate"]
json.dump(b, open("mixed-2.json", "w"))' &&
        fails 5 "not the one that was signed" verify mixed.json &&
        fails 5 "not certified" verify mixed-2.json
}
that "entry_verify__refuses_what_belongs_to_another" mixed

# --- by the page alone
cat >by_the_page.py <<'CODE'
"""docs/format/entry.md, "Shown alone", with nothing but the standard library and libsodium"""
import base64, ctypes, hashlib, json, sys
sodium = ctypes.CDLL("libsodium.so.23")
def signed(key, purpose, message, signature):
    framed = purpose.encode() + b"\0" + message
    return sodium.crypto_sign_ed25519_verify_detached(
        signature, framed, ctypes.c_ulonglong(len(framed)), key) == 0
o = json.load(open(sys.argv[1]))
assert o["safelight_entry"] == 1
record, signature, certificate = (base64.b64decode(o[k], validate=True) for k in
                                  ("record", "signature", "certificate"))
author, block = bytes.fromhex(o["author"]), bytes.fromhex(o["session_block"])
assert len(record) == 256 and record[:8] == b"SLENTRY\n" and record[224:] == bytes(32)
assert len(signature) == 64 and len(certificate) == 64 and len(author) == 32 and len(block) == 32
production, session = record[16:48], record[48:80]
assert signed(session, "safelight/1 entry", record, signature)
assert signed(author, "safelight/1 session", production + session + author + block, certificate)
for key, at in (("body", 160), ("care_body", 192)):
    if key in o:
        assert hashlib.sha256(base64.b64decode(o[key])).digest() == record[at:at + 32], key
print(hashlib.sha256(record + signature).hexdigest())
CODE
if /usr/bin/python3 -c 'import ctypes; ctypes.CDLL("libsodium.so.23")' 2>/dev/null; then
    for file in part part-care part-bare request founding; do
        that "by_the_page__${file}_is_right" /usr/bin/python3 by_the_page.py $file.json
    done
    that "by_the_page__the_id_is_the_same" is "$(/usr/bin/python3 by_the_page.py part.json)" "$part"
    never() {
        while read -r file; do
            case $file in *-empty.json) continue ;; esac # as good as not shown, or no signature
            /usr/bin/python3 by_the_page.py "$file" >/dev/null 2>&1 && { echo "$file"; return 1; }
        done <.names
        :
    }
    that "by_the_page__every_alteration_is_wrong" never
else
    skip "by_the_page__everything_is_right" "no libsodium for python here"
fi

# --- no key of the session is shown
sed -n 's/^care [^ ]* \(AGE-SECRET-KEY-1[0-9A-Z]*\)$/\1/p' homes/ed/productions/film/vault.txt >care
keys() { # name keys and tag keys of all sessions, from what the keepers hold (session.md)
    find keepers/1 -path '*/s/*' -type f | while read -r slip; do
        "$SAFELIGHT" unseal -i care "$slip" 2>.heard >.slip
        python3 -c 'import sys
slip = open(".slip", "rb").read()
at = slip.find(b"SLSESS\n\0")
assert at >= 0
print(slip[at + 48:at + 80].hex(), slip[at + 80:at + 112].hex())' || return 1
    done
}
shows_no_key() {
    test -s care && keys | sort -u >.keys && [ "$(wc -l <.keys)" -gt 5 ] || return 1
    python3 - part.json part-care.json request.json founding.json <<'CODE'
import base64, json, sys
keys = [bytes.fromhex(k) for line in open(".keys") for k in line.split()]
for name in sys.argv[1:]:
    o = json.load(open(name))
    shown = open(name, "rb").read() + b"".join(
        base64.b64decode(o[k]) for k in ("record", "body", "care_body") if k in o)
    for key in keys:
        assert key not in shown and key.hex().encode() not in shown, name
CODE
}
that "entry_show__shows_no_key_of_a_session" shows_no_key

the_end
