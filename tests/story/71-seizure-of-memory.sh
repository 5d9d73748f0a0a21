#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal of this test: whoever seizes a running capture machine and reads all of the program's memory
# finds the packs under way and nothing else of the footage, no key that reads, and this machine's
# own keys in guarded memory only; and in the image of its disk, deleted files included, nothing.
# Root alone reads the memory of a program that forbade it, and mounts an image.
. "$SL_SOURCE/tests/story/tap.sh"
. "$SL_SOURCE/tests/story/vault.sh"
. "$SL_SOURCE/tests/story/canaries.sh"
[ "$(id -u)" = 0 ] || no_story "reading another program's memory takes root"

seizure controls --memory controls >.said 2>&1
code=$?
[ $code = 77 ] && no_story "memory may not be read here: $(cat .said)"
told $code "search__finds_every_form_in_memory"
that "the_story__has_a_production_and_a_kit" founded_in one
that "the_story__has_cards_of_canaries" seizure cards cards

image() { # the capture machine's home on a disk of its own
    truncate -s 256M disk.img && mkfs.ext4 -q -E lazy_itable_init=0 disk.img &&
        mount -o loop disk.img one/cap
}
if image >.said 2>&1; then
    # before the folder goes away, even while a killed program still has a file open there
    trap 'umount -l "$work/one/cap" 2>/dev/null; tidy' EXIT
    on_image=yes
else
    on_image=""
fi
sed -n 's/^care [^ ]* //p' one/homes/maker/productions/*/vault.txt >care.txt

watched() { # CARD: allowed are names from the command line and of the keepers
    seizure watch --program "$SAFELIGHT" --vault one/cap.kit --passphrase-file passphrase \
        --keepers one/keepers --facts "cards/$1.json" --other one/homes --care care.txt \
        --allow KLR --looks 14 --least 9 \
        -- "$SAFELIGHT" --home one/cap --passphrase-file passphrase \
        --progress none offload "cards/$1" --kit one/cap.kit --to "$locker" --roll "$roll-$1"
}
that "memory__holds_the_packs_under_way_and_nothing_else" watched long
that "memory__holds_no_name_of_a_part_that_was_written" watched wide

killed() { # the state lay on the disk, and is deleted when the card is sent
    seizure until 3 --keepers one/keepers --log .log -- "$SAFELIGHT" --home one/cap \
        --passphrase-file passphrase offload cards/wide --kit one/cap.kit --to "$locker" \
        --roll "$roll" && sent one one/cap cards/wide
}
that "offload__is_killed_and_goes_on" killed
if [ $on_image ]; then
    that "the_image__is_unmounted" umount one/cap
    that "the_image__holds_nothing_deleted_files_included" seizure clean disk.img
else
    skip "the_image__holds_nothing_deleted_files_included" "no image can be mounted here"
fi
that "keepers__hold_nothing" seizure clean one/keepers

the_end
