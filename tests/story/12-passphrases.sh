#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal of this test: a passphrase comes from a file, a descriptor, a command, the environment or
# the terminal, always the same way, and agrees with `age -p` both ways.
. "$SL_SOURCE/tests/story/tap.sh"

head -c 70000 /dev/urandom >plain
printf 'green apples\n' >lf
printf 'green apples\r\n' >crlf
printf 'green apples' >bare
printf 'green apples\nand pears\n' >two
printf '\n' >blank
head -c 4096 /dev/zero | tr '\0' x >longest
head -c 4097 /dev/zero | tr '\0' x >longer

"$SAFELIGHT" seal -p --passphrase-file lf -o sealed plain
opens() { "$SAFELIGHT" unseal "$@" sealed | cmp - plain; }
that "passphrase__from_a_file" opens --passphrase-file lf
that "passphrase__from_a_file_without_newline" opens --passphrase-file bare
that "passphrase__from_a_file_with_crlf" opens --passphrase-file crlf
that "passphrase__from_a_descriptor" \
    sh -c '"$0" unseal --passphrase-fd 7 sealed 7<lf | cmp - plain' "$SAFELIGHT"
that "passphrase__from_one_line_of_a_descriptor" \
    sh -c '"$0" unseal --passphrase-fd 7 sealed 7<two | cmp - plain' "$SAFELIGHT"
that "passphrase__from_standard_input" \
    sh -c '"$0" unseal --passphrase-fd 0 sealed <lf | cmp - plain' "$SAFELIGHT"
that "passphrase__from_a_command" opens --passphrase-command 'cat lf'
that "passphrase__from_a_file_that_the_environment_names" \
    env SAFELIGHT_PASSPHRASE_FILE=lf sh -c '"$0" unseal sealed | cmp - plain' "$SAFELIGHT"
that "passphrase__from_a_command_in_the_environment" \
    env SAFELIGHT_PASSPHRASE_COMMAND='cat lf' sh -c '"$0" unseal sealed | cmp - plain' "$SAFELIGHT"
that "passphrase__words_count_more_than_the_environment" \
    env SAFELIGHT_PASSPHRASE_FILE=nowhere \
    sh -c '"$0" unseal --passphrase-fd 7 sealed 7<lf | cmp - plain' "$SAFELIGHT"
that "passphrase__options_may_stand_before_the_verb" \
    sh -c '"$0" --passphrase-file lf unseal sealed | cmp - plain' "$SAFELIGHT"

exits 5 "passphrase__a_wrong_one_is_refused" \
    "$SAFELIGHT" unseal --passphrase-command 'echo red apples' -o x sealed
that "passphrase__a_wrong_one_leaves_nothing" sh -c '[ ! -e x ] && [ ! -e x.part ]'
exits 2 "passphrase__two_lines_are_refused" "$SAFELIGHT" unseal --passphrase-file two sealed
exits 2 "passphrase__two_lines_of_a_command_are_refused" \
    "$SAFELIGHT" unseal --passphrase-command 'cat two' sealed
exits 2 "passphrase__an_empty_one_is_refused" "$SAFELIGHT" seal -p --passphrase-file blank plain
exits 2 "passphrase__an_empty_file_is_refused" \
    "$SAFELIGHT" seal -p --passphrase-file /dev/null plain
exits 2 "passphrase__one_too_long_is_refused" "$SAFELIGHT" seal -p --passphrase-file longer plain
exits 2 "passphrase__a_long_output_is_refused" \
    "$SAFELIGHT" seal -p --passphrase-command 'cat plain' plain
exits 3 "passphrase__a_missing_file_is_told" "$SAFELIGHT" seal -p --passphrase-file nowhere plain
exits 1 "passphrase__a_failing_command_is_told" \
    "$SAFELIGHT" seal -p --passphrase-command 'cat lf; exit 3' plain
exits 1 "passphrase__a_closed_descriptor_is_told" "$SAFELIGHT" seal -p --passphrase-fd 77 plain
exits 2 "passphrase__a_descriptor_is_a_number" "$SAFELIGHT" seal -p --passphrase-fd 7x plain
exits 2 "passphrase__standard_input_is_one_thing" "$SAFELIGHT" unseal --passphrase-fd 0
exits 5 "passphrase__an_identity_does_not_open_such_a_file" "$SAFELIGHT" unseal -i lf sealed
longest_works() {
    "$SAFELIGHT" seal -p --passphrase-file longest -o l plain &&
        "$SAFELIGHT" unseal --passphrase-file longest l | cmp - plain
}
that "passphrase__the_longest_works" longest_works
no_terminal() {
    setsid -w "$SAFELIGHT" seal -p plain 2>.e >.o
    is $? 2 && grep -q -- --passphrase-file .e
}
that "passphrase__without_a_terminal_the_options_are_named" no_terminal
not_in_messages() {
    ! grep -r -q 'apples' .said 2>/dev/null
    "$SAFELIGHT" -v unseal --passphrase-file lf -o y sealed 2>.e
    ! grep -q apples .e
}
that "passphrase__is_never_repeated" not_in_messages

if ! command -v expect >/dev/null; then
    skip "passphrase__at_the_terminal" "no expect on this machine"
    the_end
fi

# typed LOG COMMAND PROMPT ANSWER...: run at a terminal, answer each prompt, give the exit status
typed() {
    log=$1 command=$2
    shift 2
    script="log_user 0; log_file -a -noappend $log; set timeout 60; spawn sh -c {$command};"
    while [ $# -gt 0 ]; do
        script="$script expect {$1} {sleep 0.2; send -- {$2}; send \"\\r\"}"
        script="$script timeout {exit 99} eof {exit 98};"
        shift 2
    done
    expect -c "$script expect eof; catch wait result; exit [lindex \$result 3]"
}

typed_twice() {
    typed log "'$SAFELIGHT' seal -p -o t plain" \
        "seal with:" "green apples" "once more:" "green apples" &&
        "$SAFELIGHT" unseal --passphrase-file lf t | cmp - plain &&
        grep -q "passphrase" log && ! grep -q apples log
}
that "passphrase__typed_twice_and_not_shown" typed_twice
typed_once() {
    rm -f u
    typed log "'$SAFELIGHT' unseal -o u sealed" "of the file:" "green apples" && cmp u plain &&
        grep -q "passphrase" log && ! grep -q apples log
}
that "passphrase__typed_once_to_open" typed_once
typed_differently() {
    rm -f t
    typed log "'$SAFELIGHT' seal -p -o t plain" "seal with:" one "once more:" two \
        "seal with:" "green apples" "once more:" "green apples" &&
        "$SAFELIGHT" unseal --passphrase-file lf t | cmp - plain
}
that "passphrase__typed_differently_is_asked_again" typed_differently
typed_differently_for_ever() {
    rm -f t
    typed log "'$SAFELIGHT' seal -p -o t plain" "seal with:" a "once more:" b \
        "seal with:" a "once more:" b "seal with:" a "once more:" b
    is $? 2 && [ ! -e t ]
}
that "passphrase__typed_differently_three_times_is_given_up" typed_differently_for_ever
interrupted_prompt() {
    rm -f t
    typed_script="log_user 0; set timeout 60; spawn $SAFELIGHT seal -p -o t plain;
        expect {seal with:} {sleep 0.3; send \"\\003\"} timeout {exit 99};
        expect eof; catch wait result; exit [lindex \$result 3]"
    expect -c "$typed_script"
    is $? 130 && [ ! -e t ]
}
that "passphrase__an_interruption_at_the_prompt_is_130" interrupted_prompt
to_the_terminal() {
    typed log "'$SAFELIGHT' seal -p --passphrase-file lf plain"
    is $? 2 && typed log "'$SAFELIGHT' seal -a -p --passphrase-file lf plain" &&
        grep -q 'BEGIN AGE' log
}
that "seal__writes_no_binary_to_a_terminal" to_the_terminal

if ! command -v age >/dev/null; then
    skip "passphrase__agrees_with_age" "no age on this machine"
    the_end
fi
from_age() {
    rm -f t
    typed log "age -p -o t plain" "passphrase" "green apples" "onfirm" "green apples" &&
        "$SAFELIGHT" unseal --passphrase-file lf t | cmp - plain
}
that "passphrase__opens_what_age_sealed" from_age
to_age() {
    rm -f u
    typed log "age -d -o u sealed" "passphrase" "green apples" && cmp u plain
}
that "passphrase__what_it_sealed_age_opens" to_age
the_end
