#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal of this test: whenever an offload or a restore is killed or interrupted, running it again
# completes it; nothing that was written is lost, "safe to format" is never said too early.
. "$SL_SOURCE/tests/story/tap.sh"
. "$SL_SOURCE/tests/story/vault.sh"

that "the_story__has_a_production" found
small_card card
clip card/XDROOT/Clip/A001C009.MXF 180

# killed AFTER SIGNAL COMMAND...: started, and after so many seconds sent the signal; its exit code
killed() {
    after=$1 signal=$2
    shift 2
    "$@" >.heard 2>&1 </dev/null &
    child=$!
    sleep "$after"
    kill "-$signal" $child 2>/dev/null
    wait $child 2>/dev/null
}

offload_again_and_again() { # ROLL: killed at many moments, then left alone
    for after in 0.05 0.1 0.2 0.35 0.5 0.7; do
        killed $after KILL "$SAFELIGHT" --home "$work/on-set" offload card --to camera --roll "$1"
        code=$?
        [ $code = 0 ] && break # it was faster
        [ $code = 137 ] || { cat .heard; echo "left with $code"; return 1; }
        grep -q 'safe to format' .heard && ! grep -qi 'not.*safe to format' .heard && return 1
    done
    offload card "$1"
}
that "offload__goes_on_after_each_kill" offload_again_and_again A001
that "restore__finds_every_byte_after_it" comes_back card back-1
locks_gone() { offload card A002; }
that "offload__finds_no_lock_in_the_way" locks_gone

interrupted() { # SIGNAL
    killed 0.3 "$1" "$SAFELIGHT" --home "$work/on-set" offload card --to camera --roll "I$1"
    code=$?
    [ $code = 0 ] || is $code 130 || { cat .heard; return 1; }
}
for signal in INT TERM HUP; do
    that "offload__stops_cleanly_on_SIG$signal" interrupted $signal
    that "offload__completes_what_SIG${signal}_stopped" offload card I$signal
done

restore_again_and_again() {
    for after in 0.03 0.08 0.15 0.25; do
        killed $after KILL "$SAFELIGHT" --home "$work/abroad" restore camera/A001 "$work/back-2"
    done
    comes_back card back-2
}
that "restore__goes_on_after_each_kill" restore_again_and_again

changed() { # a card that changed is another card
    killed 0.3 KILL "$SAFELIGHT" --home "$work/on-set" offload card --to camera --roll C001
    clip card/XDROOT/Clip/A001C010.MXF 2
    offload card C001 && comes_back card back-3 C001
}
that "offload__begins_afresh_when_the_card_changed" changed

the_end
