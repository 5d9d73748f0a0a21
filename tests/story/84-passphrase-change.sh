#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal of this test: one passphrase for everything in a home, changed in one go: identity, several
# productions, a share; from none to one and back; killed anywhere it goes on, and the old words
# open nothing afterwards.
. "$SL_SOURCE/tests/story/tap.sh"
. "$SL_SOURCE/tests/story/vault.sh"
. "$SL_SOURCE/tests/story/people.sh"
command -v python3 >/dev/null || no_story "no python3 here"
echo "the old words" >old
echo "the new words" >new
echo "never the words" >wrong

# with WORDS WHO VERB...: under that passphrase
with() {
    words=$1 whose=$2
    shift 2
    as "$whose" --low-memory --passphrase-file "$words" "$@"
}
change() { # WHO FROM [TO]: without TO to none at all
    if [ $# = 3 ]; then
        with "$2" "$1" passphrase change --new-passphrase-file "$3"
    else
        with "$2" "$1" passphrase change --new-no-passphrase
    fi
}

# --- ana: an identity, a share in two productions; ed: an identity, two productions, a locker
that "the_story__has_a_production" production
mv homes/maker homes/maker-1
mv cards/ana.invite cards/ed.invite "$work"
rm cards/bo.invite cards/cy.invite
that "the_story__has_a_second_production" founding second 2 ana bo cy
that "a_trustee__is_one_in_both" as ana trustee accept cards/ana.invite --production second
that "a_second_trustee__too" as bo trustee accept cards/bo.invite --production second
that "an_editor__is_invited_to_both" as maker invite cards/ed.card
that "an_editor__is_in_both" as ed person accept cards/ed.invite --production second
cards=$(find homes/ana homes/ed -name 'vault.txt' | wc -l)
that "four_productions__are_kept_without_a_passphrase" is "$cards" 4

# works WHO WORDS: everything that is there opens; the share is held once more
works() {
    with "$2" ana --production film trustee verify &&
        with "$2" ana --production second trustee verify &&
        with "$2" ana --production film requests &&
        with "$2" ed --production film ls && with "$2" ed --production second ls
}
no_clear_key() { # WHO: no key of that home lies open
    ! grep -rlE 'AGE-SECRET-KEY|^sign ' "homes/$1" && test ! -e "homes/$1/identity.txt"
}
refused() { # WHO WORDS
    with "$2" "$1" --production film status >.heard 2>&1
    left=$?
    cat .heard
    is $left 5
}

# --- none, one, another, none
that "passphrase_change__from_none_to_one" change ana old old
that "passphrase_change__of_the_editors_home_too" change ed old old
that "all__opens_under_it" works all old
that "no_key__lies_open_at_the_trustees" no_clear_key ana
that "no_key__lies_open_at_the_editors" no_clear_key ed
that "a_wrong_one__is_refused" refused ana wrong
that "passphrase_change__wants_the_old_one" fails 5 "" change ana wrong new
that "passphrase_change__did_nothing_then" works all old
that "passphrase_change__to_another" change ana old new
that "passphrase_change__of_the_editor" change ed old new
that "all__opens_under_the_new_one" works all new
that "the_old_one__is_refused" refused ana old
that "the_old_one__is_refused_at_the_editors" refused ed old
that "passphrase_change__to_none" change ana new
that "passphrase_change__of_the_editor_to_none" change ed new
that "all__opens_without" works all wrong
equal_look() { # the two files of a share differ in nothing that can be seen
    for share in homes/ana/productions/*; do
        is "$(wc -c <"$share/share-1.age")" "$(wc -c <"$share/share-2.age")" &&
            is "$(stat -c %a "$share/share-1.age")" "$(stat -c %a "$share/share-2.age")" &&
            is "$(sed -n 2p "$share/share-1.age" | cut -d' ' -f1-2)" \
                "$(sed -n 2p "$share/share-2.age" | cut -d' ' -f1-2)" || return 1
    done
}
that "the_two_files_of_a_share__look_equal" equal_look
id=$(as ed --json --production film open camera --reason x | python3 -c \
    'import json, sys; print(json.load(sys.stdin)["request"])')
that "the_share__still_answers" as ana --production film approve "$id" --yes

# --- a locker that was opened, and a request made by hand, change with the rest
that "approve__of_a_second" as bo --production film approve "$id" --yes
that "open__opens" as ed --production film open camera
small_card card
that "offload__brings_a_card" as cap offload card --kit cam.kit --to camera --roll A001
that "passphrase_change__with_an_open_locker" change ed old old
that "restore__works_under_it" with old ed --production film restore camera/A001 "$work/back"
that "it__is_the_card" same card back
no_locker_key() { ! grep -rl 'AGE-SECRET-KEY' homes/ed; }
that "no_key_of_a_locker__lies_open" no_locker_key

# --- killed anywhere, and gone on with
killed() { # AFTER WHO FROM TO
    "$SAFELIGHT" --home "$work/homes/$2" --low-memory --passphrase-file "$3" passphrase change \
        --new-passphrase-file "$4" >.heard 2>&1 </dev/null &
    child=$!
    sleep "$1"
    kill -KILL $child 2>/dev/null
    wait $child 2>/dev/null
    left=$?
    [ $left = 0 ] || [ $left = 137 ] || { cat .heard; return 1; }
    [ $left = 137 ] && kills=$((kills + 1))
    return 0
}
kills=0
goes_on() { # FROM TO: killed at many moments, each time gone on with by the old words
    for after in 0.2 0.5 0.9; do
        rm -rf homes/try && cp -a homes/ana homes/try || return 1
        killed $after try "$1" "$2" || return 1
        # the old words go on; where all was done they are refused, and nothing is left to do
        with "$1" try passphrase change --new-passphrase-file "$2" >.heard 2>&1
        left=$?
        [ $left = 0 ] || [ $left = 5 ] || { cat .heard; echo "after $after"; return 1; }
        for film in film second; do
            with "$2" try --production $film trustee verify >.heard 2>&1 || {
                cat .heard
                echo "after $after: $film"
                return 1
            }
            with "$1" try --production $film trustee verify >.heard 2>&1
            is $? 5 || return 1
        done
        no_clear_key try || return 1
    done
}
that "the_trustees_home__is_under_the_old_words" change ana old old
that "passphrase_change__goes_on_after_each_kill" goes_on old new
that "it__was_really_killed" test $kills -gt 0
kills=0
from_none() { # nothing was locked when it began: what was done already is under the new words
    for after in 0.1 0.4; do
        rm -rf homes/try && cp -a homes/ana homes/try || return 1
        killed $after try new new || return 1
        with new try passphrase change --new-passphrase-file new >.heard 2>&1 || {
            cat .heard
            return 1
        }
        for film in film second; do
            with new try --production $film trustee verify >.heard 2>&1 || { cat .heard; return 1; }
        done
        no_clear_key try || return 1
    done
}
that "the_trustees_home__is_without_words_again" change ana old
that "passphrase_change__from_none_goes_on_after_each_kill" from_none
that "it__was_really_killed_then_too" test $kills -gt 0
nothing_half() { test -z "$(find homes/try -name '*.part' -o -name '*.new' -o -name '.tmp*')"; }
that "nothing_half_made__lies_about" nothing_half

# --- a kit
kit() { "$SAFELIGHT" --home "$work/homes/cap" --low-memory "$@"; }
that "passphrase_change__of_a_kit" kit passphrase change --kit cam.kit --new-passphrase-file new
that "a_kit__is_sealed_then" sh -c 'head -1 cam.kit | grep -q age-encryption'
exits 5 "a_kit__wants_its_words" kit offload card --kit cam.kit --to camera --roll A002 \
    --passphrase-file old
that "a_kit__works_under_them" kit offload card --kit cam.kit --to camera --roll A002 \
    --passphrase-file new
exits 5 "passphrase_change__of_a_kit_wants_the_old_ones" kit passphrase change --kit cam.kit \
    --passphrase-file old --new-no-passphrase
that "passphrase_change__of_a_kit_to_none" kit passphrase change --kit cam.kit \
    --passphrase-file new --new-no-passphrase
that "a_kit__works_without" kit offload card --kit cam.kit --to camera --roll A003
exits 3 "passphrase_change__wants_a_home_that_is_there" as nobody passphrase change \
    --new-no-passphrase
exits 2 "passphrase_change__wants_new_words" sh -c 'setsid -w "$0" --home "$1" passphrase change \
    </dev/null' "$SAFELIGHT" "$work/homes/ana"

the_end
