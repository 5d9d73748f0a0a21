#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal of this test: the command explains itself (help within 80 columns, a man page for every verb
# that names every option, completion), says what is wrong with words, keeps results and talk
# apart, and its exit codes are those of the manual.
. "$SL_SOURCE/tests/story/tap.sh"

"$SAFELIGHT" help >help.txt
verbs=$(sed -n '/^verbs:/,/^$/s/^  \([a-z-]*\) .*/\1/p' help.txt)
that "help__lists_verbs" sh -c 'grep -q -w "$1" help.txt && [ -n "$0" ]' "$verbs" seal

within() { # FILE: 80 columns, no tab
    awk 'length($0) > 80 || /\t/ { print "too long: " $0; bad = 1 } END { exit bad }' "$1"
}
fl='s/Fl Fl \([a-z-]*\)/--\1/g; s/\\-/-/g' # mdoc's way to write an option
pages=$SL_SOURCE/docs/man
options_in() { grep -o -E -e '--[a-z][a-z-]*' "$1" | sort -u; }

that "help__fits_80_columns" within help.txt
that "help__without_a_verb_is_the_same_as_the_option" \
    sh -c '"$0" --help | cmp - help.txt && "$0" -h | cmp - help.txt' "$SAFELIGHT"
for verb in $verbs; do
    that "help__${verb}_goes_to_standard_output_within_80_columns" \
        sh -c '"$0" $1 --help >page 2>err && [ ! -s err ] && [ -s page ] &&
            "$0" help $1 | cmp - page && "$0" $1 -h | cmp - page' "$SAFELIGHT" "$verb"
    that "help__${verb}_fits_80_columns" within page
    page=$pages/safelight-$verb.1
    that "man__${verb}_has_a_page" [ -s "$page" ]
    sed "$fl" "$page" >man.txt 2>/dev/null
    options_in page | grep -v -x -e --home -e --json -e --passphrase-file -e --help >wanted || true
    that "man__${verb}_names_every_option" sh -c '
        while read -r option; do
            grep -q -w -e "$option" man.txt || { echo "missing: $option"; exit 1; }
        done <wanted'
    sed -n "s/^\(usage: \|  *\)safelight $verb \([a-z][a-z-]*\)\( .*\)\{0,1\}\$/\2/p" page >ways
    that "man__${verb}_names_every_way_to_use_it" sh -c '
        while read -r way; do
            grep -q -x -e ".Nm safelight $1 $way" "$0" || { echo "missing: $way"; exit 1; }
        done <ways' "$page" "$verb"
done
that "help__lists_the_verbs_of_the_quorum" sh -c '
    for verb in trustee init acks person invite kit locker open requests approve refuse entry \
        passphrase; do
        grep -q "^  $verb " help.txt || { echo "missing: $verb"; exit 1; }
    done'
sed "$fl" "$pages/safelight.1" >man.txt
that "man__names_every_option_that_every_verb_takes" sh -c '
    sed -n "/^options of/,\$p" help.txt | grep -o -E -e "--[a-z][a-z-]*" | grep -v -e --help$ |
        while read -r option; do
            grep -q -w -e "$option" man.txt || { echo "missing: $option"; exit 1; }
        done'
that "man__names_every_verb" sh -c '
    for verb in $0; do
        grep -q -w -e "safelight-$verb" man.txt || { echo "missing: $verb"; exit 1; }
    done' "$verbs"
if command -v man >/dev/null && command -v groff >/dev/null; then
    for page in "$pages"/*.1; do
        quiet_page() {
            MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>warned >/dev/null
            rc=$?
            cat warned
            [ $rc = 0 ] && [ ! -s warned ]
        }
        that "man__$(basename "$page" .1)_renders_without_a_warning" quiet_page
    done
else
    skip "man__renders_without_a_warning" "no man or groff on this machine"
fi

that "version__names_program_formats_and_build" sh -c '
    "$0" --version >v && grep -q "^safelight [0-9]" v && grep -q "^formats: " v &&
        grep -q "^build: .*OpenSSL" v && "$0" version | cmp - v' "$SAFELIGHT"

exits 2 "words__none_is_a_mistake" "$SAFELIGHT"
exits 2 "words__an_unknown_verb_is_a_mistake" "$SAFELIGHT" sael
exits 2 "words__an_unknown_option_is_a_mistake" "$SAFELIGHT" seal --nonsense
exits 2 "words__an_unknown_letter_is_a_mistake" "$SAFELIGHT" seal -Z
exits 2 "words__an_unknown_option_before_the_verb_is_a_mistake" "$SAFELIGHT" --nonsense seal
exits 2 "words__a_missing_argument_is_a_mistake" "$SAFELIGHT" seal -r
exits 2 "words__one_too_many_is_a_mistake" "$SAFELIGHT" seal -r x a b
exits 2 "words__help_of_an_unknown_verb_is_a_mistake" "$SAFELIGHT" help sael
for verb in trustee person locker entry passphrase; do
    exits 2 "words__${verb}_wants_to_know_what" "$SAFELIGHT" "$verb"
    exits 2 "words__${verb}_does_not_do_anything_else" "$SAFELIGHT" "$verb" fly
    that "words__${verb}_names_what_it_does" sh -c '
        "$0" "$1" fly 2>&1 | grep -q "^safelight: .fly. is not one of: [a-z]"' "$SAFELIGHT" "$verb"
done
exits 2 "words__only_trustees_verify_a_share" "$SAFELIGHT" person verify
exits 2 "words__new_wants_a_name" "$SAFELIGHT" trustee new --out x.card
exits 2 "words__an_option_of_another_way_is_a_mistake" "$SAFELIGHT" trustee verify --name Ana
exits 2 "words__a_person_acknowledges_nothing" "$SAFELIGHT" person accept x --out ack.txt
exits 2 "words__acks_wants_a_file" "$SAFELIGHT" acks
exits 2 "words__kit_wants_a_locker" "$SAFELIGHT" kit --out cam.kit
exits 2 "words__kit_wants_a_place" "$SAFELIGHT" kit camera
exits 2 "words__kit_revoke_wants_a_name" "$SAFELIGHT" kit revoke
exits 2 "words__a_new_passphrase_and_none_is_a_mistake" \
    "$SAFELIGHT" passphrase change --new-no-passphrase --new-passphrase-file pw
exits 2 "words__forget_takes_no_card" "$SAFELIGHT" offload card --forget A001
exits 2 "words__forget_takes_no_locker" "$SAFELIGHT" offload --forget A001 --to camera
exits 2 "words__one_reason_is_enough" "$SAFELIGHT" open camera --reason a --reason-file b
exits 3 "words__a_reason_comes_from_a_file_that_exists" \
    "$SAFELIGHT" open camera --reason-file nowhere
: >empty
head -c 601 /dev/zero | tr '\0' a >long
exits 2 "words__an_empty_reason_is_none" "$SAFELIGHT" open camera --reason-file empty
exits 2 "words__a_reason_has_an_end" "$SAFELIGHT" open camera --reason-file long
exits 2 "words__expiry_is_a_number" "$SAFELIGHT" open camera --reason a --expires soon
exits 2 "words__approve_wants_a_request" "$SAFELIGHT" approve --yes
exits 2 "words__approve_wants_one_request" "$SAFELIGHT" approve 012345 --in req.txt --out ans.txt
exits 2 "words__a_request_by_hand_is_answered_by_hand" "$SAFELIGHT" approve --in req.txt --yes
exits 2 "words__a_refusal_is_not_asked_about" "$SAFELIGHT" refuse 012345 --yes
exits 2 "words__an_entry_is_shown_with_care_or_bare" "$SAFELIGHT" entry show 012345 --care --bare
exits 2 "words__progress_is_one_of_three" "$SAFELIGHT" --progress loud version
named() { # WORD...: the mistake is named, on standard error only, with the program's name first
    "$SAFELIGHT" "$@" >o 2>e
    is $? 2 && [ ! -s o ] && grep -q '^safelight: ' e && grep -q 'safelight.* help\|--help' e
}
that "words__a_mistake_names_where_to_read" named seal --nonsense
that "words__the_unknown_option_is_named" \
    sh -c '"$0" seal --nonsense 2>&1 | grep -q -e "--nonsense"' "$SAFELIGHT"
that "words__the_unknown_letter_is_named" \
    sh -c '"$0" seal --armor -Z 2>&1 | grep -q -e "-Z"' "$SAFELIGHT"
escape=$(printf '\033[31m')
that "words__control_characters_are_not_repeated" \
    sh -c '! "$0" "$1" 2>&1 | grep -q -F "$1"' "$SAFELIGHT" "x${escape}y"

exits 1 "output__a_full_disk_behind_it_is_a_failure" sh -c '"$0" help >/dev/full' "$SAFELIGHT"
exits 1 "output__closed_is_a_failure" sh -c '"$0" help >&-' "$SAFELIGHT"
exits 0 "output__closed_standard_error_is_none" sh -c '"$0" help 2>&-' "$SAFELIGHT"

json_of() { # FILE WORD...: standard output is one JSON object, and the exit code stands in it
    file=$1
    shift
    "$SAFELIGHT" --json "$@" >"$file" 2>/dev/null
    code=$?
    is "$(wc -l <"$file")" 1 &&
        /usr/bin/python3 -c 'import json, sys
o = json.load(open(sys.argv[1]))
assert o["exit"] == int(sys.argv[2]), o
assert ("error" in o) == (o["exit"] != 0), o' "$file" $code
}
that "json__of_version" json_of j version
that "json__of_a_file_that_is_missing" json_of j unseal -i nowhere -o x nowhere
that "json__of_wrong_words" json_of j seal --nonsense
that "json__of_a_name_that_is_not_utf8" sh -c '
    printf pw >pw; "$0" --json seal -p --passphrase-file pw -o "$(printf "a\\377b")" pw >j &&
        /usr/bin/python3 -c "import base64, json; o = json.load(open(\"j\"))
assert base64.b64decode(o[\"out64\"]) == b\"a\\xffb\", o"' "$SAFELIGHT"
that "json__of_an_entry_that_would_go_to_standard_output_too" json_of j entry show 012345
that "json__of_a_word_that_is_none" json_of j locker fly
that "json__of_a_file_that_would_go_to_standard_output_too" json_of j seal -p pw

head -c 30000000 /dev/zero >large
that "progress__as_json_lines_on_standard_error" sh -c '
    "$0" --progress json seal -p --passphrase-file pw -o l large 2>p && [ -s p ] &&
        /usr/bin/python3 -c "import json
lines = [json.loads(line) for line in open(\"p\")]
assert lines[-1][\"done_bytes\"] == lines[-1][\"all_bytes\"] == 30000000, lines[-1]
assert all(line[\"task\"] == \"seal\" for line in lines), lines"' "$SAFELIGHT"
that "progress__is_silent_where_standard_error_is_no_terminal" sh -c '
    "$0" unseal --passphrase-file pw -o m l 2>p && [ ! -s p ] && cmp m large' "$SAFELIGHT"
that "progress__a_bar_where_it_is_asked_for" sh -c '
    "$0" --progress bar unseal --force --passphrase-file pw -o m l 2>p && grep -q "100%" p &&
        ! grep -q "$(printf "\\033")" p' "$SAFELIGHT"
if command -v script >/dev/null; then
    coloured() { # the error of a missing file, as a terminal shows it
        script -q -e -c "$1 '$SAFELIGHT' unseal -i nowhere nowhere" /dev/null >shown 2>&1
        grep -q -F "$escape" shown
    }
    that "colour__marks_errors_at_a_terminal" coloured ""
    plain() { ! coloured "NO_COLOR=1" && grep -q "cannot open" shown; }
    that "colour__none_where_NO_COLOR_is_set" plain
fi
the_end
