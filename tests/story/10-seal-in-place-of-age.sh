#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal of this test: what `safelight seal` writes, Debian's age opens, and the other way round, for
# every length that matters, every kind of recipient, armored and not, through files and pipes.
. "$SL_SOURCE/tests/story/tap.sh"
command -v age >/dev/null && command -v age-keygen >/dev/null || no_story "no age on this machine"

age-keygen -o ana.key 2>/dev/null
age-keygen -o bo.key 2>/dev/null
ana=$(age-keygen -y ana.key) bo=$(age-keygen -y bo.key)
{ echo "# the crew"; echo; echo "$ana"; printf '%s\r\n' "$bo"; } >crew.txt

there_and_back() { # FILE [-a]: four ways, every one the same bytes
    f=$1
    shift
    rm -f ours theirs out
    "$SAFELIGHT" seal "$@" -r "$ana" -o ours "$f" && age -d -i ana.key ours | cmp - "$f" &&
        age "$@" -r "$ana" -o theirs "$f" && "$SAFELIGHT" unseal -i ana.key -o out theirs &&
        cmp out "$f" && "$SAFELIGHT" unseal -i ana.key <ours | cmp - "$f" &&
        "$SAFELIGHT" seal "$@" -r "$ana" <"$f" | age -d -i ana.key | cmp - "$f"
}

for bytes in 0 1 15 47 48 49 65535 65536 65537 131071 131072 131073 262144; do
    head -c $bytes /dev/urandom >plain
    that "seal__agrees_with_age_on_${bytes}_bytes" there_and_back plain
    that "seal__agrees_with_age_on_${bytes}_bytes_in_armor" there_and_back plain -a
done
head -c 50000000 /dev/urandom >big
that "seal__agrees_with_age_on_50_MB" there_and_back big
that "seal__agrees_with_age_on_50_MB_in_armor" there_and_back big -a

head -c 100000 /dev/urandom >plain
size_as_age() {
    "$SAFELIGHT" seal -r "$ana" plain >ours && age -r "$ana" plain >theirs &&
        "$SAFELIGHT" seal -a -r "$ana" plain >ours.a && age -a -r "$ana" plain >theirs.a &&
        is "$(wc -c <ours.a)" "$(wc -c <theirs.a)" && is "$(wc -l <ours.a)" "$(wc -l <theirs.a)" &&
        is "$(wc -c <ours)" "$(wc -c <theirs)"
}
# age adds a stanza of random length now and then; two files of one size show up soon enough.
sizes_agree() {
    for _ in 1 2 3 4 5 6 7 8; do
        size_as_age >/dev/null && return 0
    done
    size_as_age
}
that "seal__writes_files_as_long_as_those_of_age" sizes_agree

each_opens() { # FILE: both keys open it, with both programs
    for key in ana.key bo.key; do
        age -d -i $key "$1" | cmp - plain || return 1
        "$SAFELIGHT" unseal -i $key "$1" | cmp - plain || return 1
    done
}
several() {
    rm -f x y z
    "$SAFELIGHT" seal -r "$ana" -r "$bo" -o x plain && each_opens x &&
        "$SAFELIGHT" seal -R crew.txt -o y plain && each_opens y &&
        "$SAFELIGHT" seal -r "$ana" -R - -o z plain <crew.txt && each_opens z
}
that "seal__to_several_recipients_in_words_files_and_standard_input" several

several_keys() {
    rm -f x
    cat ana.key bo.key >both.key
    "$SAFELIGHT" seal -r "$bo" -o x plain &&
        "$SAFELIGHT" unseal -i ana.key -i bo.key x | cmp - plain &&
        "$SAFELIGHT" unseal -i both.key x | cmp - plain &&
        sed 's/$/\r/' bo.key >crlf.key && "$SAFELIGHT" unseal -i crlf.key x | cmp - plain &&
        "$SAFELIGHT" unseal -i - x <bo.key | cmp - plain
}
that "unseal__takes_several_identities_from_several_files" several_keys

armor_found() {
    rm -f x
    "$SAFELIGHT" seal -a -r "$ana" -o x plain &&
        head -1 x | grep -q -x -e '-----BEGIN AGE ENCRYPTED FILE-----' &&
        { printf '\n \n'; cat x; echo; } | "$SAFELIGHT" unseal -i ana.key | cmp - plain &&
        sed 's/$/\r/' x | "$SAFELIGHT" unseal -i ana.key | cmp - plain
}
that "unseal__finds_armor_behind_white_space_and_with_crlf" armor_found

fifo() {
    rm -f pipe x
    mkfifo pipe
    cat plain >pipe &
    "$SAFELIGHT" seal -r "$ana" -o x pipe && age -d -i ana.key x | cmp - plain
}
that "seal__reads_a_named_pipe" fifo

slow_pipe() {
    { head -c 70000 plain; sleep 1; tail -c +70001 plain; } |
        "$SAFELIGHT" seal -r "$ana" | "$SAFELIGHT" unseal -i ana.key | cmp - plain
}
that "seal__waits_for_a_slow_pipe" slow_pipe

kept_apart() { # 256 MiB of nothing, in little memory
    head -c 268435456 /dev/zero |
        (ulimit -v 400000; "$SAFELIGHT" seal -r "$ana") | wc -c | grep -q -x '268501248\|2685[0-9]*'
}
case $("$SAFELIGHT" --version 2>&1 && nm -D "$SAFELIGHT" 2>/dev/null) in
*__asan_* | *__tsan_*)
    skip "seal__memory_does_not_grow_with_the_file" "a sanitizer needs the room"
    ;;
*) that "seal__memory_does_not_grow_with_the_file" kept_apart ;;
esac

seal_key() { # an identity file that lies under a passphrase, as `age -p` makes it
    "$SAFELIGHT" seal -p -a --passphrase-command 'echo secret words' -o bo.key.age bo.key &&
        "$SAFELIGHT" seal -r "$bo" -o b plain &&
        "$SAFELIGHT" unseal -i bo.key.age --passphrase-command 'echo secret words' b | cmp - plain
}
that "unseal__opens_sealed_identity_files" seal_key
exits 5 "unseal__refuses_a_wrong_passphrase_of_an_identity_file" \
    "$SAFELIGHT" unseal -i bo.key.age --passphrase-command 'echo other words' b
the_end
