#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal of this test: whom a locker was granted to reads it with no trustee's consent: from the
# founding on, by an invitation, or later; and nobody else does, the maker included. One identity
# serves several productions.
. "$SL_SOURCE/tests/story/tap.sh"
. "$SL_SOURCE/tests/story/vault.sh"
. "$SL_SOURCE/tests/story/people.sh"
command -v python3 >/dev/null || no_story "no python3 here"
words=""
for n in 1 2 3 4 5; do
    mkdir -p "keepers/$n" "others/$n"
    words="$words --keeper k$n=$work/keepers/$n,device=d$n"
done
three="--quorum 2 --trustee cards/ana.card --trustee cards/bo.card --trustee cards/cy.card"
init() { # shellcheck disable=SC2086 # lists of words
    as maker init film $words --need 3 --locker camera --locker sound --no-passphrase $three "$@"
}

# --- from the founding on
that "the_story__has_cards" cast ana bo cy
exits 2 "init__grants_only_with_a_locker_and_a_card" init --grant camera
exits 2 "init__grants_no_locker_that_is_not_there" init --grant cut=cards/ed.card
exits 3 "init__grants_to_no_card_that_is_not_there" init --grant camera=cards/none.card
that "init__when_dry_judges_it" init --grant camera=cards/ed.card --dry-run
that "nothing__was_made_by_any_of_these" sh -c '! ls cards/*.invite homes/maker/productions'
that "init__grants_from_the_start" init --grant camera=cards/ed.card
that "accept__of_the_trustees" accept ana bo cy
that "person_accept__of_the_editor" says "granted: 1" as ed person accept cards/ed.invite
that "kit__is_made" as maker kit camera sound --out cam.kit --new-no-passphrase
small_card card
for roll in camera/A001 sound/S001; do
    that "offload__to_$(dirname $roll)" as cap offload card --kit cam.kit --to "$(dirname $roll)" \
        --roll "$(basename $roll)"
done
that "the_editor__restores_without_a_consent" as ed restore camera/A001 "$work/back-1"
that "it__is_the_card" same card back-1
exits 5 "the_editor__cannot_restore_what_was_not_granted" as ed restore sound/S001 "$work/no"
exits 5 "the_maker__cannot_restore_what_was_granted" as maker restore camera/A001 "$work/no"

# --- by an invitation, from where the locker is open
as fay person new --name Fay --out cards/fay.card --no-passphrase >/dev/null 2>&1
exits 5 "invite__grants_nothing_that_is_shut_here" as maker invite cards/fay.card --grant sound
that "invite__wrote_nothing_then" test ! -e cards/fay.invite
id=$(asks maker sound "to grant it")
that "approve__of_one" as ana approve "$id" --yes
that "approve__of_another" as bo approve "$id" --yes
that "open__opens_it_for_the_maker" says "is open here" as maker open sound
that "invite__grants_what_is_open_here" as maker invite cards/fay.card --grant sound
that "locker_close__forgets_it_at_the_makers" as maker locker close sound
exits 5 "the_maker__restores_nothing_then" as maker restore sound/S001 "$work/no"
that "person_accept__of_the_second" says "granted: 1" as fay person accept cards/fay.invite
that "the_second__restores_it" as fay restore sound/S001 "$work/back-2"
that "that__is_the_card" same card back-2
exits 5 "the_second__cannot_restore_the_other" as fay restore camera/A001 "$work/no"

# --- later, from who has it to who was invited
that "locker_grant__shows_the_words_of_the_card" says "$("$SAFELIGHT" person show cards/fay.card |
    sed -n 's/^ *six words: *//p')" as ed locker grant camera cards/fay.card
that "the_second__restores_the_other_then" as fay restore camera/A001 "$work/back-3"
that "it__is_the_card_too" same card back-3
that "locker_list__tells_why_it_is_open" says "it was granted" as fay locker list
exits 5 "locker_grant__wants_it_open" as ana locker grant camera cards/fay.card
that "no_trustee__reads_any_of_it" fails 5 "" as cy restore camera/A001 "$work/no"
that "nothing__was_written_by_any_of_these" test ! -e no

# --- one identity, two productions
mv keepers first && mv others keepers && mv homes/maker homes/first-maker && rm cards/*.invite
that "the_story__has_another_production" init --grant sound=cards/ed.card
that "the_same_editor__is_in_both" as ed person accept cards/ed.invite
that "it__has_a_name_of_its_own" test -d homes/ed/productions/film-2
exits 2 "a_verb__wants_to_know_which" as ed ls
that "the_second_production__is_read" says "sound/" as ed --production film-2 ls
exits 7 "a_kit_of_another_production__writes_nothing_there" as cap offload card --kit cam.kit \
    --to camera --roll X001
mv keepers others && mv first keepers
that "the_first_production__is_read_as_before" as ed --production film restore camera/A001 \
    "$work/back-4"
that "it__is_that_card" same card back-4

the_end
