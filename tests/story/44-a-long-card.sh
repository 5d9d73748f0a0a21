#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal of this test: a card of several parts, a file cut between two of them, is killed after its
# first part: the second run goes on from there, and every byte comes back.
. "$SL_SOURCE/tests/story/tap.sh"
. "$SL_SOURCE/tests/story/vault.sh"

that "the_story__has_a_production" found
small_card card
clip card/XDROOT/Clip/A001C003.MXF 900
free=$(df -PB1 "$work" | awk 'NR == 2 { print $4 }')
[ "$free" -gt 8000000000 ] || no_story "less than 8 GB are free"

slips() { find keepers/1 -path '*/s/*' -type f | wc -l; }
before=$(slips)
# the program itself, not the function: the signal must hit it, not a shell in front of it
"$SAFELIGHT" --home "$work/on-set" offload card --to camera --roll A001 >.heard 2>&1 </dev/null &
child=$!
for _ in $(seq 1 600); do # the session's first entry, and the first part's
    [ "$(slips)" -ge $((before + 2)) ] && break
    sleep 0.1
done
kill -KILL $child
wait $child 2>/dev/null
code=$?
that "offload__was_killed_half_way" is $code 137
goes_on() {
    on_set --json offload card --to camera --roll A001 >verdict 2>.heard || return 1
    /usr/bin/python3 -c '
import json
v = json.load(open("verdict"))
print(v)
assert v["safe"] and v["resumed_bytes"] > 500_000_000 and v["parts"] >= 2'
}
that "offload__goes_on_where_it_was_killed" goes_on
mv keepers/2 keepers/4 .
that "restore__brings_a_file_back_that_two_sessions_wrote" comes_back card back
restore_killed() {
    for after in 0.3 0.6 0.9; do
        "$SAFELIGHT" --home "$work/abroad" restore camera/A001 "$work/back-2" >.heard 2>&1 &
        child=$!
        sleep $after
        kill -KILL $child 2>/dev/null
        wait $child 2>/dev/null
    done
    comes_back card back-2
}
that "restore__goes_on_after_each_kill" restore_killed
that "restore__finds_all_of_it_there_the_next_time" comes_back card back-2

the_end
