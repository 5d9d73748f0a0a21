#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal of this test: bash completes verbs, options and files, from what the program itself says.
. "$SL_SOURCE/tests/story/tap.sh"
. "$SL_SOURCE/data/completion/safelight.bash"

offers() { # WANT WORD...: the last word is the one to complete
    want=$1
    shift
    COMP_WORDS=("$SAFELIGHT" "$@")
    COMP_CWORD=$#
    _safelight
    printf '%s\n' "${COMPREPLY[@]}" | grep -q -x -e "$want" || {
        echo "offered: ${COMPREPLY[*]}"
        return 1
    }
}
offers_not() { ! offers "$@" >/dev/null; }

: >footage.mov
that "completion__of_verbs" offers unseal un
that "completion__of_all_verbs" offers seal ""
that "completion__of_verbs_after_options" offers seal --home /x se
that "completion__of_a_verbs_options" offers --armor seal --a
that "completion__of_common_options" offers --passphrase-file seal --pass
that "completion__of_options_before_the_verb" offers --progress --pr
that "completion__of_progress" offers json seal --progress ""
that "completion__of_files" offers footage.mov seal foot
that "completion__of_help" offers seal help s
that "completion__of_what_stands_behind_a_verb" offers accept trustee ""
that "completion__of_what_stands_behind_a_verb_and_files" offers footage.mov kit foo
that "completion__of_the_one_word_that_is_no_locker" offers revoke kit re
that "completion__of_files_behind_that" offers footage.mov trustee accept foot
that "completion__offers_it_once_only" offers_not verify trustee accept ver
that "completion__offers_no_option_of_another_verb" offers_not --armor unseal --
the_end
