#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal of this test: docs/recover.md of a production with trustees, without Safelight. Its first
# half for an editor who was granted a locker and for one for whom it was opened; its second half
# from the homes of as many trustees as have to say yes: fewer open nothing, and who brings a wrong
# share is named. As story 40 the page's own commands and scripts, where there is no safelight.
. "$SL_SOURCE/tests/story/tap.sh"
. "$SL_SOURCE/tests/story/vault.sh"
. "$SL_SOURCE/tests/story/page.sh"
/usr/bin/python3 -c 'import ctypes; ctypes.CDLL("libsodium.so.23")' 2>/dev/null ||
    no_story "no libsodium23 here"

mkdir page homes
block python 1 >page/recover.py
block python 2 >page/opening.py
block sh 1 >page/granted
block sh 2 >page/from-trustees
that "the_script__has_at_most_100_lines" test "$(wc -l <page/opening.py)" -le 100
that "the_page__has_commands" test -s page/granted -a -s page/from-trustees
half=$(sed '1,/^## When only trustees/d' "$SL_SOURCE/docs/recover.md" | wc -l)
that "the_half_page__is_no_longer_than_a_page_besides_the_script" test \
    "$((half - $(wc -l <page/opening.py)))" -le 60
that "the_script__uses_the_standard_library" standard page/opening.py

# ---- a production of three trustees, of whom two open it; ana's home is under a passphrase

echo 'green apples' >words
at() { # WHO VERB...: in that person's home
    person=$1
    shift
    [ "$person" != ana ] || set -- --passphrase-file words --low-memory "$@"
    "$SAFELIGHT" --home "$work/homes/$person" "$@"
}
people() {
    at ana trustee new --name ana --out ana.card || return 1
    for who in bo cy; do
        at $who trustee new --name $who --out $who.card --no-passphrase || return 1
    done
    for who in ed co dd; do
        at $who person new --name $who --out $who.card --no-passphrase || return 1
    done
}
founded_by_people() {
    words=""
    for n in 1 2 3 4 5; do
        mkdir -p "keepers/$n"
        words="$words --keeper k$n=$work/keepers/$n,device=d$n"
    done
    # shellcheck disable=SC2086 # a list of words
    at maker init film $words --need 3 --locker camera --locker sound --no-passphrase \
        --trustee ana.card --trustee bo.card --trustee cy.card --quorum 2
}
everybody_accepts() {
    for who in ana bo cy; do at $who trustee accept $who.invite || return 1; done
    for who in ed co dd; do
        at maker invite $who.card && at $who person accept $who.invite || return 1
    done
    at maker kit camera sound --out cam.kit --new-no-passphrase
}
opens_camera() { # WHO: by two trustees' yes
    at "$1" --json open camera --reason "the cut" >asked.json &&
        id=$(sed -n 's/.*"request": *"\([0-9a-f]*\)".*/\1/p' asked.json) && [ -n "$id" ] &&
        at ana approve "$id" --yes && at cy approve "$id" --yes && at "$1" open camera
}
that "the_story__has_people" people
that "the_story__has_a_production" founded_by_people
that "the_story__has_everybody_s_acceptance" everybody_accepts
small_card card
clip sounds/take.WAV 3
cap() { "$SAFELIGHT" --home homes/cap offload "$@" --kit cam.kit; }
that "the_story__has_a_roll_of_camera" cap card --to camera --roll A001
that "the_story__has_a_roll_of_sound" cap sounds --to sound --roll S001
that "the_story__has_an_editor_for_whom_it_was_opened" opens_camera co
that "the_story__has_an_editor_to_whom_it_was_granted" at co locker grant camera ed.card
cp -r keepers all-keepers
vault() { echo "$work/homes/$1/productions/film"; }

# ---- the first half

granted_to() { # WHO DEST
    mkdir "$2" && in_a_bare_place "VAULT='$(vault "$1")/vault.txt'
KEEPERS='$(echo "$work"/keepers/*)'
DEST='$work/$2'
$(cat page/granted)"
}
rm -rf keepers/1 keepers/3 homes/maker homes/cap
that "granted__one_for_whom_it_was_opened_needs_nobody" granted_to co back-co
that "granted__every_byte_is_there" same card back-co/A001
that "granted__the_other_locker_stays_shut" test ! -e back-co/S001
that "granted__the_home_knows_nothing_of_it_yet" test ! -e "$(vault ed)/open"
that "granted__one_to_whom_it_was_granted_needs_nobody" granted_to ed back-ed
that "granted__every_byte_is_there_by_the_journal_alone" same card back-ed/A001
that "granted__nothing_else_is" test "$(ls back-ed)" = A001
that "granted__no_keys_lie_about" test ! -e page/keys
exits 1 "granted__who_was_granted_nothing_gets_nothing" granted_to dd back-dd
that "granted__nothing_at_all" test -z "$(ls back-dd)"
rm -f page/keys # the story stops at the first failure, a person's shell goes on

# ---- the second half

from() { # "WHO..." LOCKER DEST
    homes=""
    for who in $1; do homes="$homes $(vault "$who")"; done
    mkdir -p "$3" && in_a_bare_place "TRUSTEES='$homes'
KEEPERS='$(echo "$work"/keepers/*)'
LOCKER=$2
DEST='$work/$3'
$(cat page/from-trustees)"
}
typed=$(cat words)
that "trustees__two_of_three_open_a_locker" from "ana cy" camera back-1
that "trustees__every_byte_is_there" same card back-1/A001
that "trustees__the_other_locker_stays_shut" test "$(ls back-1)" = A001
typed=""
that "trustees__another_two_open_the_other_locker" from "cy bo" sound back-2
that "trustees__every_byte_of_it_is_there" same sounds back-2/S001
that "trustees__only_that_one" test "$(ls back-2)" = S001
nothing_lies_about() {
    is "$(cd page && echo *)" "all from-trustees granted opening.py recover.py"
}
that "trustees__no_keys_lie_about" nothing_lies_about

alone() {
    from cy camera back-3
    [ -z "$(ls back-3)" ] && grep -q 'camera stays shut: it takes 2' .said
}
that "trustees__one_alone_opens_nothing" alone

# ---- scripts by themselves: shares in the clear, and parts

opening() { /usr/bin/python3 page/opening.py "$@"; }
share() { # WHO: both files, one of which opens; no passphrase here
    sed -n 's/^person //p' "$(vault "$1")/vault.txt" >person
    for file in "$(vault "$1")"/share-?.age; do
        age -d -i person "$file" >".$1" 2>.why && mv ".$1" "$1.share"
    done
    is "$(wc -c <"$1.share")" 88
}
ana_s() { # the same under her passphrase
    at ana passphrase change --new-no-passphrase && share ana
}
that "share__one_of_the_two_files_opens" share bo
that "share__so_for_another" share cy
that "share__so_under_a_passphrase" ana_s
grep -E '^(production|quorum|locker|sealed) ' "$(vault bo)/vault.txt" >lockers
opening open lockers camera bo.share cy.share >identity 2>.why
is_camera_s() { is "$(age-keygen -y "$1")" "$(sed -n 's/.* camera //p' lockers)"; }
that "opening__is_the_locker_s_identity" is_camera_s identity
every_two() {
    for two in "ana bo" "bo ana" "ana cy" "cy bo" "cy ana"; do
        opening open lockers camera "${two% *}.share" "${two#* }.share" | cmp - identity || return 1
    done
}
that "opening__any_two_in_any_order" every_two
that "opening__three_as_well" \
    sh -c '/usr/bin/python3 page/opening.py open lockers camera *.share | cmp - identity'
exits 1 "opening__one_share_twice_is_one" opening open lockers camera cy.share cy.share
exits 1 "opening__an_unknown_locker_is_told" opening open lockers cut cy.share bo.share

# wrong_at OFFSET: cy's share with one bit changed there is named, and the others open it
wrong_at() {
    cp cy.share wrong.share && flip wrong.share "$1"
    opening open lockers camera wrong.share bo.share >.opened 2>.why && return 1
    grep -q "^wrong.share: the share of trustee [0-9]* is wrong" .why && [ ! -s .opened ] &&
        opening open lockers camera wrong.share ana.share bo.share 2>.why | cmp - identity &&
        grep -q "^wrong.share: the share" .why
}
for offset in 14 15 16 17 20 51 52 56 87; do
    that "opening__a_share_wrong_at_byte_${offset}_is_named" wrong_at $offset
done
short() {
    head -c 87 cy.share >short.share
    opening open lockers camera short.share bo.share 2>.why && return 1
    grep -q "^short.share: the share of trustee 3 is wrong" .why
}
that "opening__a_short_share_is_named" short

parts() {
    for who in ana bo cy; do opening part lockers camera $who.share >$who.part || return 1; done
    is "$(cut -c1-7 cy.part)" "part 3 " &&
        opening open lockers camera bo.part cy.part | cmp - identity &&
        opening open lockers camera cy.share ana.part | cmp - identity
}
that "part__stands_in_the_place_of_a_share" parts
part_is_no_share() {
    hex=$(od -An -v -tx1 -j56 -N32 cy.share | tr -d ' \n')
    [ "${#hex}" = 64 ] && ! grep -q "$hex" cy.part
}
that "part__does_not_hold_the_share" part_is_no_share
elsewhere() {
    for who in bo cy; do opening part lockers sound $who.share >$who.sound || return 1; done
    opening open lockers camera bo.sound cy.sound 2>.why && return 1
    opening open lockers camera bo.part cy.sound 2>.why && return 1
    grep -q 'stays shut' .why
}
that "part__is_for_one_locker" elsewhere
wrong_part() {
    { printf 'part 3 ' && cut -d' ' -f3 cy.sound; } >false.part
    opening open lockers camera ana.part false.part bo.part 2>.why | cmp - identity &&
        is "$(cat .why)" "the part of trustee 3 is wrong"
}
that "part__a_wrong_one_is_named_by_the_others" wrong_part
exits 1 "part__of_a_wrong_share_is_none" opening part lockers camera wrong.share

exchanged() { # sound's locker where camera's should be: C of one, name of the other
    grep -v '^sealed' lockers >bare && is "$(grep -c '^sealed' lockers)" 2 &&
        sealed=$(grep '^sealed' lockers | tail -1) &&
        awk -v sealed="$sealed" '{ print } / camera / { print sealed }' bare >exchanged
    opening open exchanged camera bo.share cy.share 2>.why && return 1
    grep -q 'camera is not what was sealed to this quorum' .why
}
that "opening__another_locker_in_its_place_is_refused" exchanged
altered() { # byte 72: C; 104: C'; 136, 168: the proof; 24: the locker; 270: the sealed identity
    line=$(awk '/ camera / { getline; print NR }' lockers)
    for byte in 24 72 104 136 168 270; do
        awk -v at=$((8 + 2 * byte)) -v line="$line" 'NR == line {
            digit = substr($0, at, 1)
            $0 = substr($0, 1, at - 1) (digit == "0" ? "1" : "0") substr($0, at + 1) } 1' \
            lockers >altered
        cmp -s lockers altered && return 1
        opening open altered camera bo.share cy.share >.opened 2>.why && return 1
        [ ! -s .opened ] || return 1
    done
}
that "opening__an_altered_locker_is_refused" altered

the_end
