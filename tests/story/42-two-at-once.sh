#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal of this test: two offloads from one home at once both finish, and both cards come back.
. "$SL_SOURCE/tests/story/tap.sh"
. "$SL_SOURCE/tests/story/vault.sh"

that "the_story__has_a_production" found
small_card one
clip one/long.MXF 120
small_card two
clip two/long.MXF 90

both() {
    offload one A001 >.one 2>&1 &
    first=$!
    offload two B001 >.two 2>&1 &
    second=$!
    wait $first
    a=$?
    wait $second
    b=$?
    cat .one .two
    is $a 0 && is $b 0
}
that "offload__runs_twice_at_once_from_one_home" both
that "restore__brings_the_first_card_back" comes_back one back-1 A001
that "restore__brings_the_second_card_back" comes_back two back-2 B001

same_name() { # a second roll of one name replaces nothing
    offload one A001 >.one 2>&1 &
    first=$!
    offload two A001 >.two 2>&1 &
    wait $!
    b=$?
    wait $first
    a=$?
    cat .one .two
    is $a 0 && is $b 0
}
that "offload__of_one_name_twice_at_once_finishes" same_name
that "ls__shows_every_roll_of_the_name" says 'A001~3' abroad ls camera

the_end
