#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal of this test: whatever is wrong with a card, a home or a keeper is said plainly, has its own
# exit code, loses nothing that was written, and offload again completes it. Damage to up to two of
# five keepers never changes a byte of what comes back.
. "$SL_SOURCE/tests/story/tap.sh"
. "$SL_SOURCE/tests/story/vault.sh"

that "the_story__has_a_production" found
small_card card

# --- the card
exits 3 "offload__says_that_there_is_no_card" on_set offload nowhere --to camera --roll A001
exits 2 "offload__wants_a_folder" on_set offload .said --to camera --roll A001
exits 2 "offload__wants_a_roll" on_set offload card --to camera
exits 3 "offload__says_that_there_is_no_such_locker" on_set offload card --to cut --roll A001
exits 2 "offload__refuses_a_roll_that_is_a_path" on_set offload card --to camera --roll ../x
if [ "$(id -u)" != 0 ]; then
    chmod 000 card/XDROOT/Clip/A001C002.MXF
    exits 1 "offload__stops_at_an_unreadable_file" on_set offload card --to camera --roll A001
    that "offload__names_the_unreadable_file" says A001C002.MXF on_set offload card --to camera \
        --roll A001
    chmod 644 card/XDROOT/Clip/A001C002.MXF
else
    skip "offload__stops_at_an_unreadable_file" "root reads everything"
fi
that "offload__completes_when_the_card_is_whole" offload card
that "restore__brings_it_back" comes_back card back-0

# --- links and special files are told, not followed, and the card is not called safe
cp -a card odd && ln -s /etc/passwd odd/link && mkfifo odd/pipe
exits 7 "offload__is_not_safe_while_something_was_left_out" on_set offload odd --to camera \
    --roll ODD
that "offload__names_what_was_left_out" says pipe on_set offload odd --to camera --roll ODD2

# --- the home
exits 5 "the_home_on_set__cannot_read" on_set restore camera/A001 "$work/no"
that "restore__made_nothing_then" test ! -e no/XDROOT
exits 3 "a_home_that_is_not_there__is_said" "$SAFELIGHT" --home "$work/nobody" status
exits 3 "a_production_that_is_not_there__is_said" "$SAFELIGHT" --home "$work/abroad" \
    --production other status
exits 5 "init__never_founds_twice_under_one_alias" abroad init film --keeper a="$work/keepers/1" \
    --keeper b="$work/keepers/2" --need 1 --locker camera --no-passphrase
exits 2 "init__wants_more_keepers_than_it_needs" "$SAFELIGHT" --home "$work/new" init x --keeper \
    a="$work/keepers/1" --keeper b="$work/keepers/2" --need 2 --locker camera --no-passphrase
exits 2 "init__says_which_keepers_it_knows" "$SAFELIGHT" --home "$work/new" init x --keeper \
    a=s3://host/bucket --keeper b="$work/keepers/2" --need 1 --locker camera --no-passphrase

# --- what is asked for
exits 3 "restore__says_that_there_is_no_such_roll" abroad restore camera/Z999 "$work/no"
exits 3 "restore__says_that_there_is_no_such_file" abroad restore camera/A001/nothing "$work/no"
that "restore__brings_one_file" abroad restore camera/A001/XDROOT/Clip/A001C001.MXF "$work/one"
that "restore__brings_that_file_alone" is "$(find one -type f | wc -l)" 1
mkdir -p theirs/XDROOT/Clip && echo mine >theirs/XDROOT/Clip/A001C001.MXF
never_over() {
    abroad restore camera/A001 "$work/theirs" && return 1
    is "$(cat theirs/XDROOT/Clip/A001C001.MXF)" mine
}
that "restore__never_writes_over_what_is_there" never_over
mkdir outside trap && ln -s "$work/outside" trap/XDROOT
no_way_out() {
    abroad restore camera/A001 "$work/trap"
    is "$(find outside -mindepth 1 | wc -l)" 0
}
that "restore__follows_no_link_out_of_its_destination" no_way_out

# --- keepers, damaged in every way, two of them at a time
cp -a keepers sound
each() { # KIND COMMAND...: for each object of keeper 2, then of keeper 3
    for object in keepers/[23]/*/"$1"/*/*; do "$2" "$object"; done
}
flip_it() { flip "$1" $((($(wc -c <"$1") * 7 + 13) / 11)); }
cut_it() { truncate -s -1 "$1"; }
stretch_it() { printf x >>"$1"; }
empty_it() { : >"$1"; }
drop_it() { rm "$1"; }
zero_it() { head -c "$(wc -c <"$1")" /dev/zero >"$1.new" && mv "$1.new" "$1"; }
rename_it() { mv "$1" "$(dirname "$1")/$(basename "$1" | rev)"; }
other_it() { cp "$(find "$(dirname "$(dirname "$1")")" -type f ! -path "$1" | head -1)" "$1"; }
link_it() { rm "$1" && ln -s /etc/passwd "$1"; }
folder_it() { rm "$1" && mkdir "$1"; }
n=0
for damage in flip_it cut_it stretch_it empty_it drop_it zero_it rename_it other_it link_it \
    folder_it; do
    for kind in f s; do
        n=$((n + 1))
        rm -rf keepers && cp -a sound keepers && each $kind $damage
        that "restore__is_right_when_two_keepers_${damage}_$kind" comes_back card "back-d$n"
        rm -rf "back-d$n"
    done
done
named() {
    rm -rf keepers && cp -a sound keepers && each f flip_it
    abroad restore camera/A001 "$work/back-n" >.heard 2>&1 || return 1
    cat .heard
    grep -q k2 .heard && grep -q k3 .heard
}
that "restore__names_who_lied" named
rm -rf keepers && cp -a sound keepers
for object in keepers/[234]/*/f/*/*; do flip_it "$object"; done
exits 4 "restore__says_when_too_much_is_wrong" abroad restore camera/A001 "$work/back-x"
rm -rf keepers && cp -a sound keepers && mv keepers/1 away
that "status__says_that_a_keeper_is_away" says k1 abroad status
exits 7 "offload__is_done_but_not_safe_with_too_few_keepers" sh -c "mv keepers/2 away-2
    '$SAFELIGHT' --home '$work/on-set' offload card --to camera --roll LATE"
mv away keepers/1 && mv away-2 keepers/2
that "send__brings_the_keepers_up_when_they_are_back" on_set send
that "restore__brings_the_late_roll_back" comes_back card back-late LATE

# --- a full disk: a keeper on a small file system
full() {
    mkdir -p small && mount -t tmpfs -o size=6m none small || return 1
    mkdir small/1
    "$SAFELIGHT" --home "$work/tight" init film --keeper a="$work/small/1,device=a" \
        --keeper b="$work/keepers/2,device=b" --keeper c="$work/keepers/3,device=c" --need 1 \
        --locker camera --no-passphrase
    "$SAFELIGHT" --home "$work/tight" offload card --to camera --roll FULL >.heard 2>&1
    code=$?
    cat .heard
    [ $code = 7 ] || [ $code = 1 ] || [ $code = 6 ] && ! grep -q '^safe to format' .heard
    good=$?
    umount small
    return $good
}
if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
    that "offload__never_calls_a_full_keeper_safe" full
else
    skip "offload__never_calls_a_full_keeper_safe" "mounting a small disk needs root"
fi

the_end
