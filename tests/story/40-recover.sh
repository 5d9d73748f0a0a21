#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal of this test: the page docs/recover.md alone, without Safelight, brings the film back: two
# data keepers missing, or one missing and one lying. Its commands and its script are taken from the
# page as they stand; nothing else is run. As root with the program covered (page.sh). Its second
# half is story 45.
. "$SL_SOURCE/tests/story/tap.sh"
. "$SL_SOURCE/tests/story/vault.sh"
. "$SL_SOURCE/tests/story/page.sh"

mkdir page
block python 1 >page/recover.py
block sh 1 >page/commands
that "the_page__has_a_script_of_at_most_100_lines" test "$(wc -l <page/recover.py)" -le 100
that "the_page__has_commands" test -s page/commands
half=$(sed '/^## When only trustees/,$d' "$SL_SOURCE/docs/recover.md" | wc -l)
that "the_half_page__is_no_longer_than_a_page_besides_the_script" test \
    "$((half - $(wc -l <page/recover.py)))" -le 60
that "the_script__uses_the_standard_library_and_zfec" standard page/recover.py zfec

# back_to DEST: the page, where there is no safelight
back_to() {
    mkdir "$1" && in_a_bare_place "VAULT='$work/abroad/productions/film/vault.txt'
KEEPERS='$(echo "$work"/keepers/*)'
DEST='$work/$1'
$(cat page/commands)"
}

that "the_story__has_a_production" found
small_card card
clip card/long.MXF 40
mkdir many
for n in $(seq 1 1500); do echo "$n" >"many/frame$n.dpx"; done
that "the_story__has_a_roll" offload card
that "the_story__has_a_roll_of_many_files" offload many B002
cp -r keepers all-keepers

rm -rf keepers/1 keepers/3 # shards 0 and 2: slices of the footage as it is
that "recover__does_without_two_data_keepers" back_to back-1
that "recover__brings_every_byte_name_mode_and_time" same card back-1/A001
that "recover__brings_every_roll" same many back-1/B002
that "recover__leaves_no_keys_lying_about" test ! -e page/keys

rm -rf keepers && cp -r all-keepers keepers && rm -rf keepers/2
for object in keepers/1/*/f/*/*; do flip "$object" 70000; done
find keepers/4 -path '*/s/*' -type f | sort | head -2 | while read -r slip; do
    flip "$slip" 300
done
that "recover__does_without_one_keeper_while_another_lies" back_to back-2
that "recover__is_not_deceived" same card back-2/A001

rm -rf keepers && cp -r all-keepers keepers && rm -rf keepers/1 keepers/2 keepers/3
too_few() {
    back_to back-3 && return 1
    grep -q 'fewer than 3 right shards' .said
}
that "recover__says_when_too_few_keepers_are_left" too_few

the_end
