#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal of this test: the whole of a production with trustees, each person in a home of their own.
# Two consents open one locker for an editor and no other; the maker alone opens nothing; without
# the maker's and the capture machine's homes and two keepers every byte still comes back.
. "$SL_SOURCE/tests/story/tap.sh"
. "$SL_SOURCE/tests/story/vault.sh"
. "$SL_SOURCE/tests/story/people.sh"
command -v python3 >/dev/null || no_story "no python3 here"

# --- cards
that "the_story__has_cards" cast ana bo cy
words_of() { sed -n "s/^ *six words$1: *//p" "$2"; }
six() { is "$(echo "$1" | wc -w)" 6; }
card_words() { # the same six for whoever looks at the card
    as ana trustee new --name ana --out cards/ana-2.card >.first || return 1
    "$SAFELIGHT" trustee show cards/ana.card >.second || return 1
    six "$(words_of '' .first)" && is "$(words_of '' .first)" "$(words_of '' .second)"
}
that "a_card__shows_the_same_six_words_at_both_sides" card_words

# --- founding: what is refused
init() { # QUORUM WORD...
    t=$1
    shift
    as none init film --keeper a="$work/keepers" --keeper b="$work/cards" --need 1 --locker camera \
        --quorum "$t" --no-passphrase "$@"
}
three="--trustee cards/ana.card --trustee cards/bo.card --trustee cards/cy.card"
# shellcheck disable=SC2086 # a list of words
{
    that "init__refuses_that_one_trustee_opens" fails 2 "--one-trustee-opens" init 1 $three
    that "init__refuses_that_one_arrest_blocks" fails 2 "--one-arrest-blocks" init 3 $three
    that "init__wants_both_flags_of_a_single_trustee" fails 2 "--one-arrest-blocks" init 1 \
        --one-trustee-opens --trustee cards/ana.card
    that "init__refuses_more_than_there_are" fails 2 "" init 4 $three
    that "init__refuses_none" fails 2 "" init 0 $three
    that "init__refuses_one_card_twice" fails 5 "" init 2 $three --trustee again=cards/ana.card
    that "init__wants_a_quorum_with_trustees" fails 2 "--quorum" as none init film \
        --keeper a="$work/keepers" --keeper b="$work/cards" --need 1 --locker camera \
        --no-passphrase $three
}
that "init__made_nothing_of_these" test ! -e homes/none/productions
that "init__wrote_no_invitation_of_these" test ! -e cards/ana.invite

founding film 2 ana bo cy >.founded 2>&1
told $? "init__founds_with_three_trustees"
cp .founded founded
that "init__says_how_many_arrests_open_it" grep -q '2 arrests' founded
invitation_words() {
    as ana trustee accept cards/ana.invite >.accepted || { cat .accepted; return 1; }
    here=$(words_of ' of the invitation' founded | head -1)
    there=$(words_of ' of the invitation' .accepted)
    six "$here" && is "$there" "$here"
    is "$(words_of ' of the card' founded | head -1)" \
        "$("$SAFELIGHT" trustee show cards/ana.card | sed -n 's/^ *six words: *//p')"
}

# --- before and after acceptance
exits 5 "kit__is_refused_before_anybody_accepted" as maker kit camera --out cam.kit \
    --new-no-passphrase
that "an_invitation__shows_the_same_six_words_at_both_sides" invitation_words
that "kit__is_refused_after_one_acceptance" fails 5 "1 of the 2" as maker kit camera \
    --out cam.kit --new-no-passphrase
that "kit__was_not_written" test ! -e cam.kit
that "kit__may_be_made_before_when_that_is_said" says "nobody will ever open" as maker kit \
    camera --out early.kit --before-acceptance --new-no-passphrase
that "status__says_who_has_accepted" says "ana              has accepted" as maker status
that "status__says_who_has_not" says "bo               has not accepted yet" as maker status
that "trustee_accept__of_the_second" as bo trustee accept cards/bo.invite
that "status__says_that_they_opened_the_test" says "together they have opened the test locker" \
    as maker status
that "trustee_accept__of_the_third_by_hand" as cy trustee accept cards/cy.invite --out cy.ack
that "acks__takes_it" says "has accepted" as maker acks --in cy.ack
that "acks__takes_it_twice" as maker acks cy.ack
that "status__counts_all_three" says "3 of 3 have accepted" as maker status
that "trustee_verify__holds_the_share_once_more" says "right" as cy trustee verify
that "kit__is_made_then" as maker kit camera --out cam.kit --new-no-passphrase
that "invite__invites_the_editor" as maker invite cards/ed.card
that "person_accept__takes_it" as ed person accept cards/ed.invite

# --- the maker's home
no_locker_key() { # in all of a home, vault's text included; care's and the person's own are there
    find homes/maker -name '*.age' ! -name seen.age | grep . && return 1
    count=$(grep -rho 'AGE-SECRET-KEY-1[0-9A-Z]*' homes/maker | sort -u | wc -l)
    is "$count" 2 || return 1
    ! grep -rhE '^locker .*AGE-SECRET-KEY' homes/maker
}
that "the_makers_home__holds_no_key_of_a_locker" no_locker_key

# --- a capture machine
small_card card
offload_kit() {
    as cap offload card --kit cam.kit --to camera --roll A001 >.heard 2>&1
    cat .heard
    grep -q '^safe to format' .heard
}
that "offload__with_a_kit_is_safe" offload_kit
exits 3 "offload__with_a_kit_knows_no_other_locker" as cap offload card --kit cam.kit --to sound \
    --roll A001
as maker kit sound --out snd.kit --new-no-passphrase >/dev/null 2>&1
that "offload__to_the_other_locker" as cap offload card --kit snd.kit --to sound --roll S001

# --- the maker alone
exits 5 "the_maker__restores_nothing" as maker restore camera/A001 "$work/no"
names_nothing() {
    as maker ls -r >.heard 2>&1
    ! grep -E 'A001|S001|XDROOT' .heard
}
that "the_maker__sees_no_name" names_nothing
exits 5 "the_maker__grants_nothing" as maker locker grant camera cards/ed.card
no_open() {
    as maker open camera --reason alone >/dev/null || return 1
    as maker open camera --in cy.ack && return 1 # an answer for the test locker is none for this
    exit_of as maker open camera
}
exit_of() {
    "$@"
    is $? 6
}
that "the_maker__opens_nothing_by_asking" no_open
that "the_makers_home__holds_no_key_after_all_that" no_locker_key

# --- the editor, with two consents
id=$(asks ed camera "the cut")
that "open__asks" test -n "$id"
exits 6 "open__says_that_answers_are_missing" as ed open camera
that "requests__shows_who_and_why" says "the cut" as ana requests
that "requests__says_that_a_yes_adds_up" says "a yes adds up" as ana requests
that "requests__shows_the_same_six_words" says "$(field words .asked)" as ana requests
that "approve__of_one" as ana approve "$id" --yes
that "open__waits_for_one_more" fails 6 "1 of the 2" as ed open camera
that "requests__says_what_was_answered" says "you have said yes to this one" as ana requests
that "approve__once_more_changes_nothing" as ana approve "$id" --yes
exits 6 "open__counts_nobody_twice" as ed open camera
that "refuse__of_another" as bo refuse "$id"
that "open__says_who_said_no" fails 6 "1 no" as ed open camera
cp -a homes/ed homes/ed-before
that "approve__of_a_second" as cy approve "$id" --yes
that "open__opens_with_two" says "is open here" as ed open camera
that "restore__brings_every_byte_to_the_editor" as ed restore camera/A001 "$work/back-1"
that "it__is_the_card" same card back-1
exits 5 "the_editor__cannot_restore_sound" as ed restore sound/S001 "$work/no"
names_no_sound() { as ed ls -r >.heard && grep -q A001 .heard && ! grep -q S001 .heard; }
that "the_editor__sees_no_name_of_sound" names_no_sound
exits 2 "the_editor__has_not_asked_for_sound" as ed open sound
that "a_consent_to_camera__adds_nothing_to_sound" is "$(as ed --json open sound --reason x |
    python3 -c 'import json,sys; print(json.load(sys.stdin)["yes"])')" 0
exits 5 "a_trustee__restores_nothing" as ana restore camera/A001 "$work/no"
exits 5 "a_trustee__opens_nothing" as ana open camera --reason me
that "nothing__was_written_by_any_of_these" test ! -e no

# --- forgotten again, and granted on
that "locker_close__forgets_it" as ed locker close camera
exits 5 "restore__is_refused_then" as ed restore camera/A001 "$work/no"
that "open__needs_no_new_consent" says "is open here" as ed open camera
as fay person new --name Fay --out cards/fay.card --no-passphrase >/dev/null
exits 5 "locker_grant__wants_somebody_invited" as ed locker grant camera cards/fay.card
that "invite__of_a_second_editor" as maker invite cards/fay.card
that "person_accept__of_a_second_editor" as fay person accept cards/fay.invite
that "locker_grant__passes_it_on" as ed locker grant camera cards/fay.card
that "the_second_editor__restores_every_byte" as fay restore camera/A001 "$work/back-2"
that "that__is_the_card" same card back-2

# --- the raid: the maker, the capture machine, n-k keepers. What is left: editors, two trustees.
as gus person new --name Gus --out cards/gus.card --no-passphrase >/dev/null
that "invite__of_an_editor_who_asked_nothing_yet" as maker invite cards/gus.card
that "person_accept__of_that_editor" as gus person accept cards/gus.invite
rm -rf homes/maker homes/cap homes/cy homes/fay cam.kit snd.kit early.kit keepers/2 keepers/4
exits 5 "that_editor__restores_nothing_yet" as gus restore camera/A001 "$work/no"
id=$(asks gus camera "after the raid")
that "open__asks_after_the_raid" test -n "$id"
exits 6 "open__does_not_count_what_was_said_to_another" as gus open camera
that "approve__of_one_after_the_raid" as bo approve "$id" --yes
exits 6 "open__wants_two_after_the_raid" as gus open camera
that "approve__of_two_after_the_raid" as ana approve "$id" --yes
that "open__opens_after_the_raid" says "is open here" as gus open camera
that "restore__brings_every_byte_after_the_raid" as gus restore camera/A001 "$work/back-3"
that "what_came_back__is_the_card" same card back-3
that "sound__is_shut_all_the_same" fails 5 "not open on this machine" as gus restore sound/S001 \
    "$work/no"

# --- the first editor's machine is lost too; a copy from before the opening collects the answers
mv homes/ed homes/ed-after && mv homes/ed-before homes/ed
exits 5 "an_older_home__restores_nothing_yet" as ed restore camera/A001 "$work/no"
that "open__collects_what_was_said_before" says "is open here" as ed open camera
that "restore__brings_every_byte_to_it" as ed restore camera/A001 "$work/back-4"
that "what_came_to_it__is_the_card" same card back-4

the_end
