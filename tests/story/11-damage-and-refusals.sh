#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal of this test: of a damaged age file exactly what is good is written, and stays as OUT.part;
# nothing that exists is overwritten or lost; every refusal has its own exit code and message.
. "$SL_SOURCE/tests/story/tap.sh"
command -v age-keygen >/dev/null || no_story "no age-keygen on this machine"

age-keygen -o ana.key 2>/dev/null
age-keygen -o bo.key 2>/dev/null
ana=$(age-keygen -y ana.key)
head -c 200000 /dev/urandom >plain # 3 whole chunks and a piece
"$SAFELIGHT" seal -r "$ana" -o good plain
payload=$(($(header_bytes good) + 16))
chunk=65552

# broken FILE BYTES: exits 4, BYTES of the plaintext are there and no more, and no file of the name
broken() {
    rm -f out out.part
    "$SAFELIGHT" unseal -i ana.key -o out "$1"
    is $? 4 && [ ! -e out ] && is "$(wc -c <out.part)" "$2" && cmp -n "$2" out.part plain &&
        "$SAFELIGHT" unseal -i ana.key "$1" >streamed
    is $? 4 && cmp streamed out.part
}

for n in 0 1 2 3; do
    cp good bad
    flip bad $((payload + n * chunk + 100))
    that "unseal__keeps_what_stands_before_a_flipped_bit_in_chunk_$n" broken bad $((n * 65536))
    head -c $((payload + n * chunk + 50)) good >bad
    that "unseal__keeps_what_stands_before_a_cut_in_chunk_$n" broken bad $((n * 65536))
done
for n in 1 2 3; do
    head -c $((payload + n * chunk)) good >bad
    that "unseal__notices_a_cut_between_chunks_$n" broken bad $((n * 65536))
done
head -c $payload good >bad
that "unseal__notices_that_the_whole_payload_is_missing" broken bad 0
{ cat good; printf x; } >bad
that "unseal__notices_one_byte_too_many" broken bad 196608
head -c 131072 plain >even
"$SAFELIGHT" seal -r "$ana" -o goodeven even
{ cat goodeven; head -c 65552 goodeven; } >bad
that "unseal__notices_bytes_after_a_whole_last_chunk" broken bad 131072
{ head -c $payload good; tail -c +$((payload + chunk + 1)) good; } >bad
that "unseal__notices_a_missing_chunk" broken bad 0
{
    head -c $payload good
    tail -c +$((payload + chunk + 1)) good | head -c $chunk
    tail -c +$((payload + 1)) good | head -c $chunk
    tail -c +$((payload + 2 * chunk + 1)) good
} >bad
that "unseal__notices_swapped_chunks" broken bad 0

every_header_bit() {
    i=0
    while [ $i -lt $payload ]; do
        cp good bad
        flip bad $i
        rm -f out out.part
        "$SAFELIGHT" unseal -i ana.key -o out bad 2>.err
        rc=$?
        # a flip may turn the stanza into one of a kind nobody here knows: refused, not damaged
        [ $rc = 4 ] || [ $rc = 5 ] || { echo "byte $i: exit $rc"; cat .err; return 1; }
        [ ! -e out ] && [ ! -s out.part ] || { echo "byte $i: something was written"; return 1; }
        i=$((i + 1))
    done
}
that "unseal__refuses_a_flip_in_every_byte_of_header_and_nonce" every_header_bit

again() { # a second run after damage begins anew and ends well
    cp good bad
    flip bad $((payload + chunk + 9))
    rm -f out out.part
    "$SAFELIGHT" unseal -i ana.key -o out bad
    [ -s out.part ] && "$SAFELIGHT" unseal -i ana.key -o out good && cmp out plain &&
        [ ! -e out.part ]
}
that "unseal__goes_on_where_a_damaged_run_left_a_part" again

armored() {
    "$SAFELIGHT" seal -a -r "$ana" -o text plain
    sed '2000s/^...../#####/' text >bad
    rm -f out out.part
    "$SAFELIGHT" unseal -i ana.key -o out bad
    is $? 4 && [ ! -e out ] && cmp -n "$(wc -c <out.part)" out.part plain &&
        is "$(wc -c <out.part)" 65536
}
that "unseal__keeps_what_stands_before_damaged_armor" armored

echo "this is no age file" >note
exits 4 "unseal__says_that_a_file_is_no_age_file" "$SAFELIGHT" unseal -i ana.key note
: >empty
exits 4 "unseal__says_that_an_empty_file_is_no_age_file" "$SAFELIGHT" unseal -i ana.key empty
exits 5 "unseal__refuses_a_wrong_identity" "$SAFELIGHT" unseal -i bo.key -o wrong good
that "unseal__leaves_nothing_behind_for_a_wrong_identity" \
    sh -c '[ ! -e wrong ] && [ ! -e wrong.part ]'
exits 2 "unseal__asks_for_an_identity" "$SAFELIGHT" unseal good
exits 3 "unseal__misses_a_file" "$SAFELIGHT" unseal -i ana.key nowhere
exits 3 "unseal__misses_an_identity_file" "$SAFELIGHT" unseal -i nowhere good
exits 2 "unseal__refuses_a_folder" "$SAFELIGHT" unseal -i ana.key .
exits 2 "unseal__refuses_an_identity_file_without_one" "$SAFELIGHT" unseal -i /dev/null good

says() { # WORD COMMAND...: exit 2, the word stands in the message
    word=$1
    shift
    "$@" >.o 2>.e
    is $? 2 && grep -q -- "$word" .e || { cat .e; return 1; }
}
that "seal__names_a_plugin" says yubikey "$SAFELIGHT" seal -r age1yubikey1qwerty plain
that "seal__names_ssh_keys" says SSH "$SAFELIGHT" seal -r "ssh-ed25519 AAAAC3Nza" plain
echo "AGE-PLUGIN-YUBIKEY-1QQQQ" >plugin.key
that "unseal__names_plugin_identities" says plugin "$SAFELIGHT" unseal -i plugin.key good
printf -- '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n' >ssh.key
that "unseal__names_ssh_identities" says SSH "$SAFELIGHT" unseal -i ssh.key good
silent_about_secrets() {
    secret=$(tail -1 ana.key)
    "$SAFELIGHT" seal -r "$secret" plain >.o 2>.e
    is $? 2 && ! grep -q "$(echo "$secret" | cut -c20-40)" .e
}
that "seal__does_not_repeat_a_secret_key_given_by_mistake" silent_about_secrets
that "seal__names_the_line_of_a_bad_recipient" sh -c '
    printf "# one\n\nage1nonsense\n" >list
    "$0" seal -R list plain 2>&1 | grep -q "line 3"' "$SAFELIGHT"
exits 2 "seal__asks_for_a_recipient" "$SAFELIGHT" seal plain
exits 2 "seal__refuses_an_empty_list" "$SAFELIGHT" seal -R /dev/null plain
exits 2 "seal__refuses_a_passphrase_beside_recipients" "$SAFELIGHT" seal -p -r "$ana" plain
exits 2 "seal__refuses_standard_input_twice" "$SAFELIGHT" seal -R - -
exits 2 "unseal__refuses_standard_input_twice" "$SAFELIGHT" unseal -i - -

echo precious >there
exits 2 "seal__does_not_overwrite" "$SAFELIGHT" seal -r "$ana" -o there plain
exits 2 "unseal__does_not_overwrite" "$SAFELIGHT" unseal -i ana.key -o there good
that "seal__left_what_was_there" is "$(cat there)" precious
exits 0 "seal__overwrites_with_force" "$SAFELIGHT" seal --force -r "$ana" -o there plain
exits 2 "seal__refuses_to_write_what_it_reads" "$SAFELIGHT" seal --force -r "$ana" -o plain plain
ln plain plain2
exits 2 "seal__sees_through_another_name" "$SAFELIGHT" seal --force -r "$ana" -o plain2 plain
exits 2 "unseal__refuses_to_write_its_identity" \
    "$SAFELIGHT" unseal --force -i ana.key -o ana.key good
exits 3 "seal__misses_the_folder_of_out" "$SAFELIGHT" seal -r "$ana" -o no/where plain
exits 1 "seal__says_that_the_disk_is_full" "$SAFELIGHT" seal -r "$ana" -o /dev/full plain
exits 1 "unseal__says_that_the_disk_is_full" "$SAFELIGHT" unseal -i ana.key -o /dev/full good
exits 1 "unseal__says_that_standard_output_is_full" \
    sh -c '"$0" unseal -i ana.key good >/dev/full' "$SAFELIGHT"
exits 1 "unseal__says_that_the_reader_left" \
    bash -c '"$0" unseal -i ana.key good | true; exit ${PIPESTATUS[0]}' "$SAFELIGHT"
exits 1 "seal__does_not_take_a_closed_standard_input_for_an_empty_one" \
    sh -c '"$0" seal -r "$1" -o closed <&-' "$SAFELIGHT" "$ana"
that "seal__wrote_nothing_then" sh -c '[ ! -e closed ] && [ ! -e closed.part ]'
small_disk() { # a limit on file size stands for a disk that fills
    (trap '' XFSZ; ulimit -f 100; "$SAFELIGHT" seal -r "$ana" -o limited plain)
    is $? 1 && [ ! -e limited ] && [ ! -e limited.part ]
}
that "seal__leaves_no_part_where_the_disk_fills" small_disk

interrupted() { # SIGNAL
    mkfifo pipe 2>/dev/null
    sleep 30 >pipe &
    holder=$!
    "$SAFELIGHT" seal -r "$ana" -o stopped pipe 2>.e &
    ours=$!
    sleep 1
    kill -s "$1" $ours
    wait $ours
    rc=$?
    kill $holder
    is $rc 130 && [ ! -e stopped ] && [ ! -e stopped.part ]
}
for signal in INT TERM HUP; do
    that "seal__stops_at_a_silent_pipe_for_SIG$signal" interrupted $signal
done
the_end
