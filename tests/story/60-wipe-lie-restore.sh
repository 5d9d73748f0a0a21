#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal of this test: the set is raided. Card and home on set are wiped, keepers with them, others
# lie; a home abroad brings everything back, names who lied, and says by its exit code and its
# JSON what came back and what did not.
. "$SL_SOURCE/tests/story/tap.sh"
. "$SL_SOURCE/tests/story/vault.sh"

# json EXPRESSION: what --json said last, as `it`; keepers by name as `k`
json() {
    python3 - "$1" .json <<'CODE'
import json, sys
text = open(sys.argv[2]).read()
assert text.endswith("\n") and text.count("\n") == 1, "one line, one object"
it = json.loads(text)
k = {keeper["name"]: keeper for keeper in it.get("keepers", [])}
blamed = sorted(n for n, r in k.items() if r["away"] or any(
    r[f] for f in ("lied_shards", "lied_slips", "lacks_shards", "lacks_slips")))
if not eval(sys.argv[1]):
    print("not so:", sys.argv[1])
    print(text)
    sys.exit(1)
CODE
}

# gives CODE DEST [WHAT]: restore leaves with that code, in its JSON too; .json and .heard are kept
gives() {
    "$SAFELIGHT" --home "$work/abroad" --json restore "${3:-camera/A001}" "$2" >.json 2>.heard
    code=$?
    cat .heard .json
    is $code "$1" && json "it['exit'] == $1 and it['verb'] == 'restore'"
}

that "the_story__has_a_production" found
small_card card
mkdir -p card/XDROOT/Closed && echo shut >card/XDROOT/Closed/inside && chmod 0555 card/XDROOT/Closed
that "offload__is_safe" offload card
cp -a card kept-by-us
cp -a keepers sound
again() { chmod -R u+rwX back 2>/dev/null; rm -rf back keepers && cp -a sound keepers; }

# --- the raid: the card, the home on set, two keepers
rm -rf on-set
chmod -R u+w card && rm -rf card
rm -rf keepers/2 keepers/4
whole() { gives 0 back && same kept-by-us back; }
that "restore__brings_all_back_without_two_keepers" whole
that "its_json__counts_and_names_the_two" json "it['code'] == 'ok' and it['failed_files'] == 0 and \
it['kept_files'] == 0 and it['files'] > 5 and blamed == ['k2', 'k4'] and k['k2']['away']"
that "restore__again_keeps_what_is_there" gives 0 back
that "its_json__says_that_all_was_there" json "it['kept_files'] == it['files']"

# --- emptied instead: the folders stand there, what they held is gone
again
rm -r keepers/2/*/f keepers/2/*/s && mkdir "$(echo keepers/2/*)"/f "$(echo keepers/2/*)"/s
that "restore__brings_all_back_from_beside_an_emptied_keeper" whole
that "its_json__says_what_the_emptied_one_lacks" \
    json "blamed == ['k2'] and not k['k2']['away'] and \
k['k2']['lacks_shards'] > 0 and k['k2']['lacks_slips'] > 0 and k['k2']['lied_shards'] == 0"

# --- one wiped, one lying in a third of its shards and slips
again
rm -rf keepers/1
lie() { # EVERY KEEPER KIND: flip one bit in every so-manieth object
    n=0
    for object in keepers/"$2"/*/"$3"/*/*; do
        n=$((n + 1))
        [ $((n % $1)) = 0 ] && flip "$object" $(((n * 7919) % $(wc -c <"$object")))
    done
    [ $n -ge "$1" ]
}
that "the_story__has_a_liar" lie 1 3 f
that "the_story__has_a_liar_in_slips_too" lie 3 3 s
that "restore__brings_all_back_from_a_liar_and_a_gap" whole
that "its_json__names_the_liar_and_nobody_else" json "blamed == ['k1', 'k3'] and \
k['k3']['lied_shards'] > 0 and k['k3']['lied_slips'] > 0 and k['k3']['first_trouble'] != ''"
that "a_person__is_told_who_lied" grep -q "keeper 'k3'" .heard

# --- three gone: too many
again
rm -rf keepers/1 keepers/3 keepers/5
that "restore__says_when_too_much_is_gone" gives 4 back
that "its_json__says_so_too" json "it['code'] == 'broken' and it['failed_files'] > 0 and \
'error' in it and blamed == ['k1', 'k3', 'k5']"
nothing_wrong() { # what has a name is right
    (cd back && find . -type f) | while read -r file; do
        cmp "back/$file" "kept-by-us/$file" || exit 1
    done
}
that "restore__wrote_nothing_wrong" nothing_wrong
that "restore__left_nothing_half" is "$(find back -name '.safelight-restore-*' | wc -l)" 0
cp -a sound/1 keepers/1
that "restore__completes_it_when_one_keeper_is_back" whole
again
rm -rf keepers/*
that "restore__says_try_again_when_nobody_answers" gives 6 back
that "its_json__says_retry" json "it['code'] == 'retry'"

# --- asked for wrongly, or by whom may not
again
that "restore__says_missing_for_a_roll" gives 3 back camera/A002
that "restore__says_missing_for_a_locker" gives 3 back cut
that "restore__says_missing_for_a_file" gives 3 back camera/A001/XDROOT/Clip/none.MXF
that "its_json__says_missing" json "it['code'] == 'missing' and it['error'] != ''"
exits 2 "restore__wants_a_destination" abroad restore camera/A001
exits 2 "restore__knows_its_options" abroad restore --fast camera/A001 back
exits 2 "restore__wants_something_to_restore" abroad restore "" back
abroad home on-set --out "$work/writer" --new-no-passphrase >.said 2>&1
exits 5 "restore__refuses_a_home_that_only_writes" "$SAFELIGHT" --home "$work/writer" restore \
    camera/A001 back
that "it__tells_why" says "can only write" "$SAFELIGHT" --home "$work/writer" restore \
    camera/A001 back
that "nothing__was_written_by_any_of_these" test ! -e back/XDROOT

# --- a dry run, the whole locker, one folder
dry() {
    abroad --json restore --dry-run camera/A001 "$work/dry" >.json 2>.heard &&
        json "it['dry_run'] and it['files'] > 5" && test ! -e dry
}
that "restore__writes_nothing_when_it_is_dry" dry
locker() { abroad restore camera "$work/all" && same kept-by-us all/A001; }
that "restore__brings_a_locker_roll_by_roll" locker
piece() { gives 0 piece camera/A001/XDROOT/Closed && same kept-by-us/XDROOT/Closed \
    piece/XDROOT/Closed; }
that "restore__brings_one_folder" piece
listed() {
    abroad --json ls -r camera/A001 >.json 2>.heard || return 1
    grep -q 'A001C001.MXF' .json && grep -q 'inside' .json
}
that "ls__shows_what_came_back" listed
alone() { abroad ls camera/A001/XDROOT/Closed/inside >.heard && grep -q inside .heard; }
that "ls__shows_a_file_that_is_named" alone

the_end
