#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal of this test: keepers that hide entries, or turn the journal back, are found out by one other
# keeper, by one person's memory and by what another's entries say they saw; whatever verb it is,
# the person is told. When the entries are back, all is as it was.
. "$SL_SOURCE/tests/story/tap.sh"
. "$SL_SOURCE/tests/story/vault.sh"
. "$SL_SOURCE/tests/story/people.sh"
command -v python3 >/dev/null || no_story "no python3 here"

that "the_story__has_a_production" production
small_card card
that "offload__brings_a_card" as cap offload card --kit cam.kit --to camera --roll A001
cp -a keepers early
as gus person new --name Gus --out cards/gus.card --no-passphrase >/dev/null 2>&1
that "invite__of_somebody_who_looks_later" as maker invite cards/gus.card
that "person_accept__of_that_person" as gus person accept cards/gus.invite
rm -rf early && cp -a keepers early
id=$(asks ed camera "the cut")
that "requests__shows_it" says "the cut" as ana requests
cp -a keepers asked
that "approve__of_one" as ana approve "$id" --yes
exits 6 "open__waits" as ed open camera
cp -a keepers whole
answered() { # the keepers' slips that came with the answer, and with it alone
    (cd whole && find . -path '*/s/*' -type f) | while read -r slip; do
        [ -e "asked/$slip" ] || { mkdir -p "answered/$(dirname "$slip")" && cp "whole/$slip" \
            "answered/$slip"; }
    done
}
answered
again() { rm -rf keepers && cp -a whole keepers; }
gone="no keeper that answers gives them"
counts() { # WHO FIELD TEST NUMBER
    as "$1" --json status >.status && [ "$(field "$2" .status)" "$3" "$4" ]
}
that "nothing__is_missing_at_first" counts ed missing_entries -eq 0

# --- one keeper hides, or is behind
hide() { # KEEPER: every entry that came since
    (cd "keepers/$1" && find . -path '*/s/*' -type f) | while read -r slip; do
        [ -e "early/$1/$slip" ] || rm "keepers/$1/$slip"
    done
}
hide 1
that "status__says_which_keeper_hides" says "keeper 'k1' lacks" as maker status
that "nothing__is_missing_while_another_shows_it" counts ed missing_entries -eq 0
that "requests__shows_it_from_another" says "the cut" as bo requests

# --- all hide the request, and show an answer whose author saw it
again
request_only() { # the session of the request: the entries that came before ana answered
    for n in 1 2 3 4 5; do
        (cd "keepers/$n" && find . -path '*/s/*' -type f) | while read -r slip; do
            [ -e "early/$n/$slip" ] || [ -e "answered/$n/$slip" ] || rm "keepers/$n/$slip"
        done
    done
}
request_only
forgetful() { # gus never saw any of it
    counts gus missing_entries -gt 0
}
that "the_heads_of_an_answer__show_what_is_hidden" forgetful
again

# --- all of them turn the journal back
for n in 1 2 3 4 5; do hide $n; done
that "the_trustees_memory__finds_it_out" says "$gone" as ana requests
that "the_editors_memory__finds_it_out" fails 2 "$gone" as ed open camera
that "status__counts_what_is_missing" counts ed missing_entries -gt 0
for verb in "ls" "entry list" "locker list" "status"; do
    # shellcheck disable=SC2086 # a verb and its word
    that "$(echo "$verb" | tr ' ' '_')__says_so_too" says "$gone" as ed $verb
done
that "restore__says_so_too" fails 5 "$gone" as ed restore camera/A001 "$work/no"
again

# --- all of them forget everything
find keepers -path '*/s/*' -type f -delete
that "the_makers_memory__finds_it_out" says "$gone" as maker status
that "kit__is_refused_when_acceptances_are_hidden" fails 5 "$gone" as maker kit camera \
    --out hidden.kit --new-no-passphrase
that "no_kit__was_made" test ! -e hidden.kit
again

that "all__is_as_it_was" counts ed missing_entries -eq 0
that "a_second_consent__is_given" as cy approve "$id" --yes
that "open__opens" says "is open here" as ed open camera
that "restore__brings_it_back" as ed restore camera/A001 "$work/back"
that "it__is_the_card" same card back

the_end
