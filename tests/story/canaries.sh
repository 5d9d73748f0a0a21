# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced after vault.sh by the stories of a seizure: a production in which every name that a person
# chooses is a canary, and a capture machine that has a kit and an empty home.
# shellcheck shell=sh disable=SC2154,SC2034
export PYTHONDONTWRITEBYTECODE=1
seizure() { python3 "$SL_SOURCE/tests/seizure/seizure.py" "$@"; }
confirm() { python3 "$SL_SOURCE/tests/seizure/confirm.py" "$@"; }
for tool in python3 zstd; do
    command -v $tool >.said || no_story "$tool is not installed"
done
film=$(seizure name F) locker=$(seizure name L) roll=$(seizure name R)
seizure name W >passphrase

at() { # FOLDER WHO VERB...: in that person's home; nobody but the capture machine has a passphrase
    place=$work/$1/homes/$2
    shift 2
    "$SAFELIGHT" --home "$place" "$@"
}

# founded_in FOLDER: three trustees who accepted, three keepers, a kit for one locker
founded_in() {
    words="" people=""
    mkdir -p "$1/homes" "$1/cards" "$1/cap" || return 1
    for n in 1 2 3; do
        mkdir -p "$1/keepers/$n" || return 1
        words="$words --keeper $(seizure name K)=$work/$1/keepers/$n,device=d$n"
        at "$1" t$n trustee new --name "$(seizure name P)" --out "$1/cards/$n.card" \
            --no-passphrase || return 1
        people="$people --trustee $(seizure name P)=$1/cards/$n.card"
    done
    # shellcheck disable=SC2086 # lists of words
    at "$1" maker init "$film" $words $people --need 2 --quorum 2 --locker "$locker" \
        --locker sound --no-passphrase || return 1
    for n in 1 2 3; do
        at "$1" t$n trustee accept "$(invitation_for "$1" $n)" || return 1
    done
    at "$1" maker kit "$locker" --out "$1/cap.kit" --new-passphrase-file passphrase
}
# beside the trustee's card, or named like the trustee
invitation_for() { find "$1/cards" -name "$2*.invite"; }

# sent FOLDER HOME CARD [OPTION]...: offloaded by the capture machine, with that home
sent() {
    sent_in=$1 sent_by=$2 sent_card=$3
    shift 3
    "$SAFELIGHT" --home "$sent_by" --passphrase-file passphrase "$@" offload "$sent_card" \
        --kit "$sent_in/cap.kit" --to "$locker" --roll "$roll"
}
