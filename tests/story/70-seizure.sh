#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal of this test: whoever seizes the capture machine with its passphrase, and every keeper, finds
# no byte of content and no name there, in any form, while an offload runs, after a kill and
# afterwards; and with a clip in hand, or the card but one file, cannot tell whether it was sent.
. "$SL_SOURCE/tests/story/tap.sh"
. "$SL_SOURCE/tests/story/vault.sh"
. "$SL_SOURCE/tests/story/canaries.sh"

that "search__finds_every_form_in_files_names_and_images" seizure controls controls
that "the_story__has_a_production_and_a_kit" founded_in one
that "the_story__has_a_card_of_canaries" seizure cards --petty cards
card=$work/cards/petty
clip=$(cd "$card" && find . -name 'c00777*' | cut -c3-)

until_entries() { # N [OPTION]: of the offload, when so many entries lie at the keepers
    entries=$1
    shift
    seizure until "$entries" --keepers one/keepers --log .log "$@" -- "$SAFELIGHT" --home \
        one/cap --passphrase-file passphrase offload "$card" --kit one/cap.kit --to "$locker" \
        --roll "$roll"
}
nothing_there() { seizure clean one/cap one/cap.kit one/keepers; }
ask() { # VERB ...: what the adversary has, and the card to judge by
    verb=$1
    shift
    confirm "$verb" --program "$SAFELIGHT" --vault one/cap.kit --passphrase-file passphrase \
        --card "$card" "$@"
}
whole_card_only() {
    ask states --state one/cap --roll "$roll" --locker "$locker" --room "$work"
}
no_traces() { ask traces --clip "$clip" one/cap one/keepers; }

stopped() { until_entries 3 --stop >pid || { cat pid .log; return 1; }; }
that "offload__is_stopped_half_way" stopped
that "seizure__finds_nothing_on_disk_while_it_runs" nothing_there
that "state__opens_with_the_whole_card_only_while_it_runs" whole_card_only
kill -KILL "$(cat pid)"
killed() { until_entries 2 || { cat .log; return 1; }; }
that "offload__is_killed_half_way" killed
that "seizure__finds_nothing_on_disk_after_a_kill" nothing_there
that "state__opens_with_the_whole_card_only_after_a_kill" whole_card_only
that "clip__leaves_no_trace_after_a_kill" no_traces

# The program itself, asked with the card but one file, says to the machine that was seized what it
# says to one that never saw the card.
cp -a cards/petty lesser && rm "lesser/$clip" && touch -r "$card/${clip%/*}" "lesser/${clip%/*}"
told_by() { # HOME
    sent one "$1" lesser --json >".json-$1" 2>".heard-$1" || { cat ".heard-$1"; return 1; }
    python3 -c 'import json, sys
told = json.load(open(sys.argv[1]))
assert told.pop("resumed_bytes") == 0
told.pop("elapsed_ms")
print(told)' ".json-$1" >".told-$1" && sed 's/ in [0-9:]*$//' ".heard-$1" >>".told-$1"
}
same_words() {
    cp -a one/cap seized && mkdir fresh && told_by seized && told_by fresh &&
        diff .told-seized .told-fresh
}
that "offload__does_not_tell_a_lesser_card_from_a_new_one" same_words

goes_on() {
    sent one one/cap "$card" --json >.json 2>.heard || { cat .heard; return 1; }
    python3 -c 'import json; assert json.load(open(".json"))["resumed_bytes"] > 0'
}
that "offload__knows_the_whole_card" goes_on
no_state_left() { is "$(find one/cap -type f)" ""; }
that "the_capture_home__holds_no_file_afterwards" no_state_left
that "seizure__finds_nothing_on_disk_afterwards" nothing_there
that "clip__leaves_no_trace_afterwards" no_traces
planted() { # the search for traces finds one
    mkdir -p planted/one && sha256sum "$card/$clip" | cut -c1-64 >planted/one/x &&
        says "sha256 of the clip, in hex" ask traces --clip "$clip" planted
}
that "clip__is_found_where_its_hash_was_left" planted

# Two machines sent cards of one walk, of which only this one clip is equal.
other_card() {
    cp -a "$card" cards/alike && (cd cards/alike && find . -type f ! -path "./$clip" -print0 |
        python3 -c 'import os, sys
for path in sys.stdin.buffer.read().split(b"\0")[:-1]:
    st = os.stat(path)
    open(path, "wb").write(os.urandom(st.st_size))
    os.utime(path, ns=(st.st_atime_ns, st.st_mtime_ns))')
}
alike() {
    founded_in two && founded_in six && other_card && sent two two/cap "$card" &&
        sent six six/cap cards/alike &&
        confirm same two/cap two/keepers --other six/cap six/keepers
}
that "machines__that_sent_one_clip_have_nothing_in_common" alike

the_end
