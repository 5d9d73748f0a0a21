#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal of this test: the rehearsal runs from cards of people to a card of footage, to two raids, to
# the film; trustees and a kit take part; it says what came of it, tidies up, and never touches the
# person's own card.
. "$SL_SOURCE/tests/story/tap.sh"
. "$SL_SOURCE/tests/story/vault.sh"

heard() { # TEXT: the last rehearsal said so
    grep -qF -- "$1" .heard || { cat .heard; return 1; }
}
rehearse() { # its words into .heard
    "$SAFELIGHT" --progress none rehearse "$@" >.heard 2>&1 </dev/null
}
left_nothing() { # DIR
    is "$(find "$1" -mindepth 1 2>/dev/null | wc -l)" 0
}

if command -v ffmpeg >/dev/null; then
    that "rehearse__brings_a_sample_card_back_each_time" rehearse --dir "$work/stage" --clip-mb 8 ||
        cat .heard
    cp .heard .first
    for text in 'bit for bit, three times' 'safe to format' 'pretend-1' 'a pretence' \
        'asked for a kit before they had accepted and was refused' 'it can only write' \
        'keys of the other homes: none is there' "first raid: the card, the capture machine" \
        'the maker tried, and the editor; both were refused' "maker's home and two keepers" \
        'ana says yes, which is not enough' "'sound' stays shut" 'still shut   sound' \
        'opened by    ana and bo' 'opened by    bo and cy' 'opened by    cy and ana' \
        'false answer bo: named, not counted' 'liar named   pretend-2' \
        'objects of exactly 4 MiB' 'second raid' 'memory'; do
        that "rehearse__says__$(echo "$text" | tr ' ' _)" heard "$text"
    done
    that "rehearse__removes_its_folder" test ! -e stage
    mkdir mine
    that "rehearse__works_in_an_empty_folder" rehearse --dir mine --clip-mb 3
    that "rehearse__leaves_the_empty_folder_empty" left_nothing mine
    mkdir tmp
    TMPDIR=$work/tmp rehearse --clip-mb 3
    that "rehearse__makes_its_folder_in_TMPDIR" heard "$work/tmp/safelight-rehearsal-"
    that "rehearse__leaves_nothing_in_TMPDIR" left_nothing tmp
    that "rehearse__keeps_everything_where_asked" rehearse --dir kept --keep --clip-mb 3
    that "rehearse__says_what_is_kept" heard "keys without a passphrase"
    that "rehearse__has_kept_the_way_back" test -d kept/back -a -f kept/facts
    that "rehearse__has_kept_the_editors_home" test -f kept/people/editor/identity.txt
    for gone in card capture maker keepers/3; do
        that "rehearse__has_wiped_the_$(basename "$gone")" test ! -e "kept/$gone"
    done
    that "rehearse__brought_back_a_card" test -n "$(find kept/back -name '*.MP4' -o -name '*.MXF')"
    editor() { "$SAFELIGHT" --home kept/people/editor "$@"; }
    that "rehearse__leaves_camera_open_for_the_editor" says "camera" editor locker list
    exits 5 "rehearse__leaves_sound_shut_for_the_editor" editor restore sound/S001 out-sound
else
    skip "rehearse__brings_a_sample_card_back_each_time" "no ffmpeg here"
fi

small_card card
ln -s /etc/passwd card/link
find card -exec touch -h -a -d '2001-01-01' {} +
tree card >before
find card -printf '%P %A@ %C@\n' | LC_ALL=C sort >times-before
that "rehearse__takes_the_persons_own_card" rehearse --dir own --card card
that "rehearse__says_that_the_card_is_only_read" heard "it is only read"
that "rehearse__tells_of_a_link_that_was_left_out" heard "1 link or special file"
find card -printf '%P %A@ %C@\n' | LC_ALL=C sort >times-after
that "rehearse__changes_no_time_on_the_card" cmp times-before times-after
tree card >after
that "rehearse__changes_nothing_on_the_card" cmp before after
that "rehearse__tidies_up_after_an_own_card" test ! -e own

mkdir full
echo precious >full/file
exits 2 "rehearse__refuses_a_folder_that_is_not_empty" "$SAFELIGHT" rehearse --dir full --card card
that "rehearse__leaves_such_a_folder_alone" is "$(cat full/file)" precious
exits 3 "rehearse__says_that_the_card_is_not_there" "$SAFELIGHT" rehearse --dir x --card nowhere
that "rehearse__leaves_no_folder_behind_then" test ! -e x/card/nothing
rm -rf x
mkdir bare
exits 3 "rehearse__says_that_ffmpeg_is_missing" env PATH="$work/bare" "$SAFELIGHT" rehearse --dir \
    "$work/y"
that "rehearse__says_how_to_go_on" says "apt install ffmpeg" env PATH="$work/bare" "$SAFELIGHT" \
    rehearse --dir "$work/z"

free=$(df -PB1 "$work" | awk 'NR == 2 { print $4 }')
if [ "$free" -lt 250000000000 ]; then
    exits 1 "rehearse__checks_free_space_first" "$SAFELIGHT" rehearse --dir w --clip-mb 65536
    that "rehearse__says_how_much_it_needs" says "the rehearsal needs" "$SAFELIGHT" rehearse \
        --dir v --clip-mb 65536
else
    skip "rehearse__checks_free_space_first" "so much is free here that nothing is too large"
fi

stopped() { # a rehearsal of a large card is asked to stop
    clip big/A001.MXF 400 || return 1
    "$SAFELIGHT" --progress none rehearse --dir stop --card big >.heard 2>&1 </dev/null &
    child=$!
    sleep 1
    kill -TERM $child
    wait $child
    is $? 130 && test ! -e stop
}
that "rehearse__stops_cleanly_and_tidies_up" stopped

the_end
