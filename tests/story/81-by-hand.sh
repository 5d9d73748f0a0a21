#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal of this test: trustees and an editor who reach no keeper accept, ask, answer and open by
# texts in mails. A text survives what mail programs do to it; whatever else is wrong with one has a
# message and an exit code of its own, and loses nothing.
. "$SL_SOURCE/tests/story/tap.sh"
. "$SL_SOURCE/tests/story/vault.sh"
. "$SL_SOURCE/tests/story/people.sh"
command -v python3 >/dev/null || no_story "no python3 here"

# --- accepting by hand
that "the_story__has_cards" cast ana bo cy
that "the_story__has_a_production" founding film 2 ana bo cy
mv keepers away
that "trustee_accept__needs_no_keeper_with_out" as ana trustee accept cards/ana.invite --out ana.ack
exits 2 "trustee_accept__writes_over_nothing" as bo trustee accept cards/bo.invite --out ana.ack
that "trustee_accept__may_follow" as bo trustee accept cards/bo.invite --out bo.ack
that "trustee_accept__may_be_said_twice" says "before" as bo trustee accept cards/bo.invite \
    --out bo-2.ack
that "trustee_accept__of_the_third" as cy trustee accept cards/cy.invite --out cy.ack
mv away keepers
that "acks__takes_several" as maker acks --in ana.ack --in bo-2.ack
that "acks__knows_who_came_before" as maker acks bo.ack cy.ack
exits 2 "acks__refuses_what_is_no_text" as maker acks --in cards/ana.invite
exits 2 "acks__refuses_a_card" as maker acks --in cards/ana.card
that "invite__of_the_editor" as maker invite cards/ed.card
that "person_accept__of_the_editor" as ed person accept cards/ed.invite
that "kit__is_made" as maker kit camera --out cam.kit --new-no-passphrase
small_card card
that "offload__is_safe" as cap offload card --kit cam.kit --to camera --roll A001

# --- asking and answering without any keeper
mv keepers away
exits 6 "open__wants_keepers_or_a_file" as ed open camera --reason "the cut"
that "open__writes_a_request" as ed open camera --reason "the cut: فیلم" --out req.txt
short() { test "$(wc -m <"$1")" -le 1500; }
that "a_request__has_at_most_1500_characters" short req.txt
that "a_request__is_plain_ascii" sh -c '! LC_ALL=C grep -q "[^ -~]" req.txt'
exits 2 "open__writes_over_nothing" as ed open camera --out req.txt
that "open__writes_the_same_request_again" as ed open camera --out req-2.txt
that "that__is_the_same_request" cmp req.txt req-2.txt
exits 2 "approve__wants_to_know_where_the_answer_goes" as ana approve --in req.txt --yes
that "approve__asks_to_vouch_for_an_unknown_key" fails 5 "--vouch" as ana approve --in req.txt \
    --out no.txt --yes
six_words() { as ed --json open camera --out req-3.txt >.said-1 && words=$(field words .said-1) &&
    says "$words" as ana approve --in req.txt --out no.txt --yes; }
that "approve__shows_the_words_that_the_editor_sees" six_words
that "approve__wrote_no_answer_then" test ! -e no.txt
that "approve__vouched_for" as ana approve --in req.txt --out ana.txt --vouch --yes
that "approve__from_a_pipe_to_a_pipe" sh -c '"$0" --home "$1" approve --in - --out - --vouch \
    --yes <req.txt >bo.txt' "$SAFELIGHT" "$work/homes/bo"
that "refuse__by_hand_needs_no_vouching" as cy refuse --in req.txt --out cy.txt
for who in ana bo cy; do
    that "the_answer_of_${who}__has_at_most_1500_characters" short $who.txt
done
exits 2 "approve__writes_over_nothing" as ana approve --in req.txt --out ana.txt --vouch --yes
that "approve__left_the_answer_alone" short ana.txt
cp -a homes/ed homes/shut
again() { rm -rf homes/ed && cp -a homes/shut homes/ed; }

# --- taking answers
that "open__takes_one" fails 6 "1 of the 2" as ed open camera --in ana.txt
that "open__takes_one_twice" fails 6 "1 of the 2" as ed open camera --in ana.txt
that "open__takes_a_no" fails 6 "1 no" as ed open camera --in cy.txt
that "open__goes_on_with_what_it_took" says "is open here" as ed open camera --in bo.txt
again
that "open__takes_several_files" says "is open here" as ed open camera --in cy.txt --in bo.txt \
    --in ana.txt
again
cat ana.txt cy.txt bo.txt >all.txt
that "open__takes_several_in_one_letter" says "is open here" as ed open camera --in all.txt

# --- what mail programs do
cat >damage.py <<'CODE'
import sys, textwrap
text = open(sys.argv[2]).read()
lines = text.splitlines()
def wrapped():
    return "\n".join(part for line in lines for part in (textwrap.wrap(line, 29) or [""]))
def quoted(with_):
    return lambda: "".join(with_ + line + "\n" for line in lines)
ways = {
    "wrapped": wrapped,
    "quoted": quoted("> "),
    "quoted_twice": quoted("> > "),
    "quoted_tight": quoted(">>"),
    "crlf": lambda: text.replace("\n", "\r\n"),
    "leading_blanks": quoted("    "),
    "tabs": quoted("\t"),
    "trailing_blanks": lambda: "".join(line + "   \n" for line in lines),
    "non_breaking_blanks": quoted("\u00a0 \u00a0"),
    "blank_lines": lambda: "".join(line + "\n\n" for line in lines),
    "text_around": lambda: "Dear Ana,\n\n" + text + "\n-- \nSent from a telephone\n",
    "no_last_newline": lambda: text.rstrip("\n"),
    "a_mark_of_order": lambda: "\ufeff" + text,
    "answered_below": lambda: "On Monday X wrote:\n" + quoted("> ")() + "> --\n> X\n\nyes\n",
    "all_of_it": lambda: "Hi\r\n\r\n" + quoted("> >  ")().replace("\n", " \r\n") + "\r\nBye",
}
if sys.argv[1] == "list":
    print(" ".join(ways))
else:
    sys.stdout.buffer.write(ways[sys.argv[1]]().encode())
CODE
for way in $(python3 damage.py list req.txt); do
    python3 damage.py $way req.txt >damaged-req.txt
    python3 damage.py $way ana.txt >damaged-ans.txt
    rm -f out.txt
    that "a_request__survives_$way" as ana approve --in damaged-req.txt --out out.txt --vouch --yes
    again
    that "an_answer__survives_$way" fails 6 "1 of the 2" as ed open camera --in damaged-ans.txt
done

# --- what is wrong with a text
rm -f out.txt
head -c 300 req.txt >cut-req.txt
head -c 500 ana.txt >cut-ans.txt
change() { # FILE: one letter in the middle
    python3 -c 'import sys
text = open(sys.argv[1]).read()
at = len(text) // 2
while not text[at].isalnum(): at += 1
sys.stdout.write(text[:at] + ("B" if text[at] != "B" else "C") + text[at + 1:])' "$1"
}
change req.txt >changed-req.txt
change ana.txt >changed-ans.txt
answer() { as ana approve --in "$1" --out out.txt --vouch --yes; }
take() { as ed open camera --in "$1"; }
again
that "approve__says_that_a_request_is_cut_short" fails 2 "cut short" answer cut-req.txt
that "open__says_that_an_answer_is_cut_short" fails 2 "cut short" take cut-ans.txt
that "approve__says_that_a_request_was_changed" fails 2 "changed" answer changed-req.txt
that "open__says_that_an_answer_was_changed" fails 2 "changed" take changed-ans.txt
that "approve__says_that_this_is_an_answer" fails 2 "" answer ana.txt
that "open__says_that_this_is_a_request" fails 2 "" take req.txt
that "approve__says_that_there_is_no_text" fails 2 "" answer damage.py
that "open__says_that_there_is_no_text" fails 2 "" take damage.py
that "approve__says_that_there_is_no_file" fails 3 "" answer nowhere.txt
that "open__says_that_there_is_no_file" fails 3 "" take nowhere.txt
: >empty.txt
that "open__says_that_the_file_is_empty" fails 2 "" take empty.txt
that "a_good_letter__counts_beside_a_bad_one" says "is open here" as ed open camera \
    --in cut-ans.txt --in ana.txt --in bo.txt
again
that "approve__wrote_nothing_of_these" test ! -e out.txt

# --- an answer that is for somebody, or something, else
that "the_maker__asks_too" as maker open camera --reason mine --out maker-req.txt
that "approve__knows_the_makers_key" as ana approve --in maker-req.txt --out maker-ana.txt --yes
that "an_answer_for_somebody_else__is_refused" fails 5 "somebody else" take maker-ana.txt
cat maker-ana.txt ana.txt bo.txt >mixed.txt
that "answers_behind_a_bad_one__count" says "is open here" as ed open camera --in mixed.txt
again
that "the_editor__asks_for_sound" as ed open sound --reason "the mix" --out sound-req.txt
that "approve__of_sound" as ana approve --in sound-req.txt --out sound-ana.txt --vouch --yes
that "an_answer_for_another_locker__is_refused" fails 5 "another request" take sound-ana.txt
that "that_answer__counts_where_it_belongs" fails 6 "1 of the 2" as ed open sound --in sound-ana.txt
mv homes/ed homes/ed-asked
cp -a homes/shut homes/ed
as ed open camera --reason other --again --out other-req.txt >/dev/null 2>&1
as bo approve --in other-req.txt --out other-bo.txt --vouch --yes >/dev/null 2>&1
rm -rf homes/ed && mv homes/ed-asked homes/ed
that "an_answer_to_a_request_of_another_home__is_refused" fails 5 "another request" take \
    other-bo.txt
that "an_acknowledgement__opens_nothing" fails 5 "somebody else" take cy.ack

# --- another production
mv cards cards-1 && mv homes/maker homes/maker-1
that "the_story__has_cards_of_the_same_people" cp -r cards-1 cards
rm -f cards/*.invite
mv away keepers
that "the_story__has_another_production" founding second 2 ana bo cy
that "invite__to_the_other" as maker invite cards/ed.card
that "person_accept__of_the_other" as ed person accept cards/ed.invite --production second
mv keepers away
that "the_editor__asks_there" as ed --production second open camera --reason x --out second-req.txt
that "a_request_of_another_production__is_refused" fails 5 "another production" answer \
    second-req.txt

the_end
