#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal of this test: whatever is wrong with a card, an invitation, a kit, an ID or a passphrase is
# said plainly, with an exit code of its own and the way out; nothing is overwritten and nothing
# half made is left behind.
. "$SL_SOURCE/tests/story/tap.sh"
. "$SL_SOURCE/tests/story/vault.sh"
. "$SL_SOURCE/tests/story/people.sh"
command -v python3 >/dev/null || no_story "no python3 here"
echo "open sesame" >words
echo "open barley" >wrong

# one_bit FILE PLACE: a copy with one letter of a text changed; its name is printed
altered() { # FILE OFFSET
    cp "$1" altered-card
    python3 - altered-card "$2" <<'CODE'
import sys
path, at = sys.argv[1], int(sys.argv[2])
text = bytearray(open(path, "rb").read())
lines = bytes(text).split(b"\n")
begin = len(lines[0]) + 1
while not chr(text[begin + at]).isalnum():
    at += 1
text[begin + at] = ord("B") if text[begin + at] != ord("B") else ord("C")
open(path, "wb").write(text)
CODE
}
snapshot() { (cd homes && find . -type f ! -name '*.lock' ! -name lock -print0 | LC_ALL=C sort -z |
    xargs -0 -r sha256sum); }

# --- cards
that "the_story__has_cards" cast ana bo cy
that "person_new__shows_the_card_that_is_there_already" says "Editor" as ed person new \
    --name Editor --out cards/ed-2.card
that "that__is_the_same_card" cmp cards/ed.card cards/ed-2.card
exits 2 "person_new__writes_over_nothing" as ed person new --name Editor --out cards/ed.card
that "the_card__is_what_it_was" cmp cards/ed.card cards/ed-2.card
exits 2 "trustee_new__writes_over_nothing" as new trustee new --name N --out cards/ed.card \
    --no-passphrase
that "no_home__was_made_then" test ! -e homes/new/identity.txt
exits 2 "person_new__wants_a_name" as new person new --out n.card --no-passphrase
exits 2 "person_new__wants_a_name_that_is_not_empty" as new person new --name '' --out n.card \
    --no-passphrase
exits 2 "person_new__wants_a_name_of_one_line" as new person new --name "$(printf 'a\nb')" \
    --out n.card --no-passphrase
exits 2 "person_new__wants_a_name_of_up_to_64_bytes" as new person new \
    --name "$(head -c 65 /dev/zero | tr '\0' x)" --out n.card --no-passphrase
exits 2 "person_new__wants_a_place_for_the_card" as new person new --name N --no-passphrase
that "no_home__was_made_of_these" test ! -e homes/new/identity.txt
exits 2 "card_show__knows_what_is_no_card" "$SAFELIGHT" person show words
exits 3 "card_show__knows_what_is_not_there" "$SAFELIGHT" person show cards/none.card
altered_everywhere() { # each place of the text: never taken for a card
    size=$(wc -c <cards/ana.card) at=0
    while [ $at -lt $((size - 80)) ]; do
        altered cards/ana.card $at || return 1
        "$SAFELIGHT" trustee show altered-card >.heard 2>&1
        is_2_or_5 $? || { cat .heard; echo "at $at"; return 1; }
        at=$((at + 29))
    done
}
is_2_or_5() { [ "$1" = 2 ] || [ "$1" = 5 ]; }
that "an_altered_card__is_never_taken" altered_everywhere
head -c 200 cards/ana.card >short.card
exits 2 "a_card_cut_short__is_not_taken" "$SAFELIGHT" trustee show short.card
initiate() {
    as maker init film --keeper a="$work/keepers" --keeper b="$work/cards" --need 1 \
        --locker camera --no-passphrase "$@"
}
exits 2 "init__refuses_what_is_no_card" initiate --trustee words --trustee cards/bo.card \
    --trustee cards/cy.card --quorum 2
exits 2 "init__refuses_a_card_cut_short" initiate --trustee short.card --trustee cards/bo.card \
    --trustee cards/cy.card --quorum 2
exits 3 "init__refuses_a_card_that_is_not_there" initiate --trustee none.card \
    --trustee cards/bo.card --trustee cards/cy.card --quorum 2
that "no_production__was_made_of_these" test ! -e homes/maker/productions

# --- invitations
echo precious >cards/ana.invite
exits 2 "init__writes_over_no_invitation" founding film 2 ana bo cy
that "it__is_what_it_was" is "$(cat cards/ana.invite)" precious
that "no_production__was_made_beside_it" test ! -e homes/maker/productions
rm cards/ana.invite
that "the_story__has_a_production" founding film 2 ana bo cy
exits 5 "init__never_founds_twice_under_one_alias" initiate
as maker invite cards/ed.card >/dev/null 2>&1
as gil person new --name Gil --out cards/gil.card --no-passphrase >/dev/null 2>&1
exits 2 "invite__writes_over_nothing" as maker invite cards/ed.card
exits 5 "invite__refuses_whom_it_has_under_another_name" as maker invite other=cards/ed.card \
    --out other.invite
exits 5 "invite__wants_a_name_of_its_own" as maker invite bo=cards/gil.card --out b.invite
exits 5 "invite__grants_nothing_that_is_shut" as maker invite cards/gil.card --grant camera \
    --out b.invite
exits 3 "invite__knows_the_lockers" as maker invite cards/gil.card --grant cut --out b.invite
that "no_invitation__was_written_of_these" sh -c '! ls other.invite b.invite'
exits 2 "invite__wants_a_card" as maker invite
that "an_invitation__for_somebody_else" fails 5 "sealed to somebody else" as bo trustee accept \
    cards/ana.invite
that "a_trustees_invitation__is_none_for_a_person" fails 2 "trustee accept" as ana person accept \
    cards/ana.invite
that "a_persons_invitation__is_none_for_a_trustee" fails 2 "person accept" as ed trustee accept \
    cards/ed.invite
exits 2 "a_card__is_no_invitation" as ana trustee accept cards/ana.card
exits 3 "an_invitation__that_is_not_there" as ana trustee accept cards/none.invite
exits 3 "a_home__without_an_identity" as nobody trustee accept cards/ana.invite
mkdir -p homes/empty
that "a_home__without_an_identity_says_what_to_do" fails 3 "person new" as empty trustee accept \
    cards/ana.invite
exits 2 "accept__wants_an_invitation" as ana trustee accept
cut_everywhere() { # in every place: never accepted, and nothing stored
    size=$(wc -c <cards/ana.invite)
    for at in 0 1 100 300 $((size / 2)) $((size - 200)) $((size - 40)); do
        head -c $at cards/ana.invite >cut.invite
        as ana trustee accept cut.invite >.heard 2>&1
        left=$?
        [ $left = 2 ] || [ $left = 5 ] || { echo "$left at $at"; cat .heard; return 1; }
    done
    test ! -e homes/ana/productions/film/vault.txt
}
that "an_invitation__cut_short_is_never_accepted" cut_everywhere
bits_everywhere() {
    size=$(wc -c <cards/ana.invite)
    for at in 60 200 700 $((size / 2)) $((size - 100)); do
        altered cards/ana.invite $at
        as ana trustee accept altered-card >.heard 2>&1 && { echo "at $at"; return 1; }
    done
    test ! -e homes/ana/productions/film/vault.txt
}
that "an_invitation__altered_is_never_accepted" bits_everywhere
exits 2 "accept__checks_the_name" as ana trustee accept cards/ana.invite --production ../x
that "trustee_accept__works_after_all_that" accept ana bo
that "trustee_accept__may_be_said_twice" says "before" as ana trustee accept cards/ana.invite
that "the_production__is_there_once" is "$(ls homes/ana/productions)" film
that "person_accept__works" as ed person accept cards/ed.invite
that "person_accept__may_be_said_twice" says "before" as ed person accept cards/ed.invite

# --- kits
echo precious >precious.kit
exits 2 "kit__writes_over_nothing" as maker kit camera --out precious.kit --new-no-passphrase
that "that_file__is_what_it_was" is "$(cat precious.kit)" precious
exits 3 "kit__knows_the_lockers" as maker kit cut --out c.kit --new-no-passphrase
exits 2 "kit__wants_a_locker" as maker kit --out c.kit --new-no-passphrase
exits 2 "kit__wants_a_place" as maker kit camera --new-no-passphrase
exits 2 "kit__wants_one_locker_once" as maker kit camera camera --out c.kit --new-no-passphrase
exits 5 "kit__is_the_makers" as ed kit camera --out c.kit --new-no-passphrase
that "no_kit__was_made_of_these" test ! -e c.kit
that "kit__is_made_with_a_passphrase" as maker kit camera --out cam.kit --new-passphrase-file words
exits 5 "kit__wants_a_name_of_its_own" as maker kit camera --name cam --out c.kit \
    --new-no-passphrase
exits 3 "kit_revoke__knows_the_kits" as maker kit revoke nothing
small_card card
off() { as cap offload card --to camera --roll A001 --kit "$@"; }
that "offload__says_that_the_passphrase_is_wrong" fails 5 "passphrase" off cam.kit \
    --passphrase-file wrong
that "offload__says_that_this_is_no_kit" fails 2 "no kit" off words --passphrase-file words
exits 2 "offload__says_that_a_card_is_no_kit" off cards/ana.card --passphrase-file words
exits 3 "offload__says_that_there_is_no_such_kit" off none.kit --passphrase-file words
head -c 100 cam.kit >short.kit
exits 2 "offload__says_that_a_kit_is_cut_short" off short.kit --passphrase-file words
exits 3 "offload__says_that_the_kit_lacks_the_locker" as cap offload card --to sound --roll A001 \
    --kit cam.kit --passphrase-file words
that "the_capture_machine__has_nothing_of_these" sh -c '! find homes/cap -type f 2>/dev/null |
    grep .'

# --- IDs and words
exits 2 "approve__wants_a_request" as ana approve --yes
exits 2 "approve__wants_at_least_6_digits" as ana approve abcde --yes
exits 2 "approve__wants_hex_digits" as ana approve xyzxyzxyz --yes
exits 3 "approve__knows_the_requests" as ana approve abcdef012345 --yes
exits 3 "refuse__knows_the_requests" as ana refuse abcdef012345
exits 2 "refuse__wants_at_least_6_digits" as ana refuse abcde
exits 5 "approve__is_for_trustees" as ed approve abcdef012345 --yes
exits 5 "requests__is_for_trustees" as ed requests
exits 3 "open__knows_the_lockers" as ed open cut --reason x
exits 2 "open__wants_a_reason" as ed open camera
exits 2 "open__wants_a_locker" as ed open
exits 2 "open__wants_a_reason_of_up_to_600_bytes" as ed open camera \
    --reason "$(head -c 601 /dev/zero | tr '\0' x)"
exits 2 "open__wants_days_that_are_a_number" as ed open camera --reason x --expires soon
id=$(asks ed camera "to be looked at")
that "open__asks_after_all_that" test -n "$id"
typed() { # ANSWER: at a terminal ana is asked; the exit status
    expect -c "log_user 0; set timeout 60
        spawn \"$SAFELIGHT\" --home \"$work/homes/ana\" approve $id
        expect {Type yes} {sleep 0.2; send -- \"$1\\r\"} timeout {exit 99} eof {exit 98}
        expect eof; catch wait result; exit [lindex \$result 3]"
}
if command -v expect >/dev/null; then
    exits 130 "approve__wants_a_yes_that_was_meant" typed no
    that "requests__shows_that_nothing_was_answered" sh -c '"$0" --home "$1" requests --json |
        grep -q "\"answered\":false"' "$SAFELIGHT" "$work/homes/ana"
    that "approve__takes_a_yes_at_the_terminal" typed yes
else
    skip "approve__wants_a_yes_that_was_meant" "no expect on this machine"
    skip "requests__shows_that_nothing_was_answered" "no expect on this machine"
    skip "approve__takes_a_yes_at_the_terminal" "no expect on this machine"
fi
that "approve__is_the_yes_where_nobody_can_be_asked" as ana approve "$id"
exits 6 "open__wants_more_than_one_yes" as ed open camera
that "approve__takes_6_digits" as ana approve "$(echo "$id" | cut -c1-6)" --yes
exits 2 "entry_show__wants_at_least_6_digits" as ed entry show abcde
exits 3 "entry_show__knows_the_entries" as ed entry show abcdef012345
exits 2 "trustee__knows_its_words" as ana trustee dance
exits 2 "locker__knows_its_words" as ed locker dance
exits 3 "locker_close__knows_the_lockers" as ed locker close cut
exits 2 "locker_grant__wants_a_card" as ed locker grant camera
exits 5 "locker_grant__wants_an_open_locker" as ed locker grant camera cards/bo.card
exits 2 "acks__wants_a_file" as maker acks
exits 5 "acks__is_the_makers" as ed acks words

# --- a home under a passphrase
that "person_new__under_a_passphrase" as pia person new --name Pia --out cards/pia.card \
    --passphrase-file words --low-memory
that "invite__of_that_person" as maker invite cards/pia.card
before=$(snapshot)
that "accept__says_that_the_passphrase_is_wrong" fails 5 "passphrase" as pia person accept \
    cards/pia.invite --passphrase-file wrong
that "passphrase_change__says_so_too" fails 5 "" as pia passphrase change --passphrase-file wrong \
    --new-no-passphrase
exits 2 "accept__without_terminal_names_the_options" setsid -w "$SAFELIGHT" \
    --home "$work/homes/pia" person accept cards/pia.invite
that "no_home__was_touched_by_these" is "$(snapshot)" "$before"
that "accept__under_the_right_one" as pia person accept cards/pia.invite --passphrase-file words \
    --low-memory
exits 5 "ls__under_a_wrong_one" as pia ls --passphrase-file wrong

the_end
