#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal of this test: a kit is all that a capture machine needs, and says nothing there. Copied,
# killed, put back from a snapshot or used twice at once it accuses nobody and loses nothing; taken
# back, what it wrote stays and what its key writes afterwards is shown and not believed.
. "$SL_SOURCE/tests/story/tap.sh"
. "$SL_SOURCE/tests/story/vault.sh"
. "$SL_SOURCE/tests/story/people.sh"
command -v python3 >/dev/null || no_story "no python3 here"

# a reader, whom two trustees let in; needs no kit
reader() {
    id=$(asks ed camera "to compare") && as ana approve "$id" --yes && as bo approve "$id" --yes &&
        as ed open camera
}
# kit HOME VERB...: on the capture machine of that name
kit() {
    machine=$1
    shift
    as "$machine" "$@" --kit "${kit:-cam.kit}"
}
comes() { # CARD ROLL: it comes back to the reader
    rm -rf back
    as ed restore "camera/$2" "$work/back" && same "$1" back
}
nobody_accused() {
    as ed --json status >.status || return 1
    for field in convicted missing_entries unbelieved unknown_entries foreign_slips; do
        is "$field $(field $field .status)" "$field 0" || return 1
    done
}
files_of() { find "$1" -type f "$2" "$3" 2>/dev/null | wc -l; }

that "the_story__has_a_production" production
that "the_story__has_a_reader" reader
small_card card
mkdir tiny && cp -a card/XDROOT/Take card/XDROOT/Edit card/*.XML tiny/ 2>/dev/null
clip tiny/C0001.MXF 1

# --- nothing else is needed
mkdir bare
alone() {
    env -i HOME="$work/bare" PATH=/usr/bin:/bin "$SAFELIGHT" offload card --kit cam.kit \
        --to camera --roll A001 >.heard 2>&1 || { cat .heard; return 1; }
    grep -q '^safe to format' .heard
}
that "offload__needs_a_kit_and_nothing_else" alone
that "offload__brought_the_card" comes card A001
no_name() { # no path and no byte on that machine names film, people, locker, roll or file
    find "$1" | sed "s|^$1||" >.paths
    for word in film Editor camera maker cam. A001 XDROOT ana; do
        grep -F "$word" .paths && return 1
        grep -rlF "$word" "$1" && return 1
    done
    :
}
that "the_capture_machine__names_nothing" no_name bare
that "status__of_a_kit_sees_only_its_spool" env -i HOME="$work/bare" PATH=/usr/bin:/bin \
    "$SAFELIGHT" status --kit cam.kit
sees_nothing() {
    env -i HOME="$work/bare" PATH=/usr/bin:/bin "$SAFELIGHT" status --kit cam.kit >.heard 2>&1
    ! grep -E 'A001|XDROOT|ana|Editor' .heard
}
that "status__of_a_kit_names_nobody" sees_nothing
kit_refuses() {
    kit cap "$@"
    left=$?
    [ $left = 2 ] || [ $left = 3 ] || [ $left = 5 ]
}
that "ls__is_nothing_for_a_kit" kit_refuses ls
that "restore__is_nothing_for_a_kit" kit_refuses restore camera/A001 "$work/no"
that "restore__wrote_nothing" test ! -e no
that "a_kit__holds_no_key_that_reads" sh -c '! grep -q AGE-SECRET-KEY cam.kit'
that "a_kit__is_its_owners_only" is "$(stat -c %a cam.kit)" 600

# --- copied, twice at once, from a snapshot
small_card two
at_two_machines() {
    cp cam.kit copy.kit
    kit=cam.kit kit one offload card --to camera --roll B001 >.one 2>&1 &
    first=$!
    kit=copy.kit kit other offload two --to camera --roll B002 >.two 2>&1 &
    wait $! || { cat .two; return 1; }
    wait $first || { cat .one; return 1; }
}
that "offload__of_a_kit_copied_to_two_machines" at_two_machines
that "offload__from_the_one_machine_came" comes card B001
that "offload__from_the_other_machine_came" comes two B002
twice_at_once() {
    kit cap offload tiny --to camera --roll C001 >.one 2>&1 &
    first=$!
    kit cap offload two --to camera --roll C002 >.two 2>&1 &
    wait $! || { cat .two; return 1; }
    wait $first || { cat .one; return 1; }
}
that "offload__twice_at_once_with_one_kit" twice_at_once
that "offload__of_the_first_came" comes tiny C001
that "offload__of_the_second_came" comes two C002
cp -a homes/cap homes/snapshot
that "offload__before_the_snapshot_is_put_back" kit cap offload tiny --to camera --roll D001
rm -rf homes/cap && mv homes/snapshot homes/cap
that "offload__after_the_snapshot_is_put_back" kit cap offload tiny --to camera --roll D002
that "nobody__is_accused_of_any_of_this" nobody_accused

# --- killed
clip two/long.MXF 40
killed() { # AFTER: started, and killed after so many seconds
    # started bare, so that the signal meets the program and not a shell around it
    "$SAFELIGHT" --home "$work/homes/cap" offload two --kit cam.kit --to camera --roll "$2" \
        >.heard 2>&1 </dev/null &
    child=$!
    sleep "$1"
    kill -KILL $child 2>/dev/null
    wait $child 2>/dev/null
    left=$?
    [ $left = 0 ] || [ $left = 137 ] || { cat .heard; return 1; }
}
goes_on() {
    for after in 0.1 0.25 0.4; do killed $after E001 || return 1; done
    kit cap offload two --to camera --roll E001
}
that "offload__goes_on_after_each_kill" goes_on
that "offload__lost_nothing" comes two E001
that "nobody__is_accused_of_a_kill" nobody_accused

# --- forgotten
clip two/longer.MXF 20
unfinished() { [ "$(files_of homes/cap -name '*.state')" != "$1" ]; }
states=$(files_of homes/cap -name '*.state')
begin_one() { # killed until something is left to be gone on with
    for after in 0.2 0.4 0.6 0.8; do
        killed $after "$1"
        unfinished "$states" && return 0
    done
    return 1
}
if begin_one F001; then
    that "forget__when_dry_drops_nothing" kit cap offload --forget F001 --dry-run
    that "forget__left_it_there_when_dry" unfinished "$states"
    exits 3 "forget__knows_no_other_roll" kit cap offload --forget F999
    that "forget__drops_it" kit cap offload --forget F001
    that "forget__left_no_state" is "$(files_of homes/cap -name '*.state')" "$states"
    exits 3 "forget__has_nothing_left_to_drop" kit cap offload --forget F001
    that "offload__begins_it_afresh" kit cap offload two --to camera --roll F001
    that "offload__of_it_came" comes two F001
else
    skip "forget__drops_an_unfinished_roll" "every offload was faster than the kill"
fi
exits 2 "forget__wants_no_card" kit cap offload card --forget F001

# --- keepers away
mv keepers/1 away-1 && mv keepers/2 away-2
exits 7 "offload__is_not_safe_with_two_of_five_away" kit cap offload tiny --to camera --roll G001
waits() { kit cap --json status >.status && [ "$(field waiting_objects .status)" -gt 0 ]; }
that "status__says_what_waits" waits
exits 6 "send__says_that_it_still_waits" kit cap send
mv away-1 keepers/1 && mv away-2 keepers/2
that "send__brings_it" kit cap send
that "status__says_that_nothing_waits" says "waiting here: 0 objects" kit cap status
that "offload__again_says_that_it_is_safe" kit cap offload tiny --to camera --roll G001
that "offload__while_they_were_away_came" comes tiny G001

# --- taken back
as maker kit camera --out spare.kit --new-no-passphrase >/dev/null 2>&1
that "kit_revoke__takes_it_back" as maker kit revoke cam
exits 5 "kit_revoke__once_is_enough" as maker kit revoke cam
that "what_was_there_before__stays_believed" comes card A001
that "what_was_there_before__is_listed" says "A001" as ed ls camera
that "nobody__is_accused_before_it_writes_again" nobody_accused
kit cap offload tiny --to camera --roll H001 >.heard 2>&1
unlisted() { as ed ls camera >.heard && grep -q A001 .heard && ! grep -q H001 .heard; }
that "ls__does_not_show_what_it_writes_afterwards" unlisted
exits 3 "restore__does_not_bring_it" as ed restore camera/H001 "$work/no"
that "entry_list__says_that_it_is_not_believed" says "its author's key was taken back" as ed \
    entry list
counts() { as ed --json status >.status && [ "$(field unbelieved .status)" -gt 0 ] &&
    is "$(field convicted .status)" 0; }
that "status__counts_what_is_not_believed" counts
that "what_was_there_before__comes_back_all_the_same" comes tiny C001
that "another_kit__writes_on" env kit=spare.kit sh -c '"$0" --home "$1" offload tiny \
    --kit spare.kit --to camera --roll J001' "$SAFELIGHT" "$work/homes/spare"
that "what_it_wrote__came" comes tiny J001
exits 3 "kit_revoke__knows_no_other" as maker kit revoke nothing

the_end
