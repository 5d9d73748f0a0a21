# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced after vault.sh by the stories with people: each has a home of their own below homes/, a
# card in cards/, an invitation beside it. homes/cap is the capture machine's, empty but for kits.
# shellcheck shell=sh

# as WHO VERB...: the program in that person's home
as() {
    who=$1
    shift
    "$SAFELIGHT" --home "$work/homes/$who" "$@"
}

# cast TRUSTEE...: cards of these and of an editor, without passphrases
cast() {
    mkdir -p homes cards keepers &&
        as ed person new --name Editor --out cards/ed.card --no-passphrase || return 1
    for who in "$@"; do
        as "$who" trustee new --name "$who" --out "cards/$who.card" --no-passphrase || return 1
    done
}

# founding ALIAS QUORUM TRUSTEE...: 5 folders on disks of their own, any 3 suffice
founding() {
    alias=$1 words="--quorum $2"
    shift 2
    for who in "$@"; do words="$words --trustee cards/$who.card"; done
    for n in 1 2 3 4 5; do
        mkdir -p "keepers/$n"
        words="$words --keeper k$n=$work/keepers/$n,device=d$n"
    done
    # shellcheck disable=SC2086 # a list of words
    as maker init "$alias" $words --need 3 --locker camera --locker sound --no-passphrase
}

# accept TRUSTEE...: by the keepers
accept() {
    for who in "$@"; do as "$who" trustee accept "cards/$who.invite" || return 1; done
}

# production: ana, bo and cy of whom two open it, all accepted; an editor; cam.kit for camera
production() {
    cast ana bo cy && founding film 2 ana bo cy && accept ana bo cy &&
        as maker invite cards/ed.card && as ed person accept cards/ed.invite &&
        as maker kit camera --out cam.kit --new-no-passphrase
}

# field KEY FILE: a value at the top of what --json said
field() {
    python3 -c 'import json, sys
value = json.load(open(sys.argv[2]))[sys.argv[1]]
print(value if isinstance(value, str) else json.dumps(value))' "$1" "$2"
}

# asks WHO LOCKER REASON: a request in the journal; its ID
asks() {
    as "$1" --json open "$2" --reason "$3" >.asked 2>.asking && field request .asked
}

# fails CODE TEXT COMMAND...: it ends with that code and says that text, wherever lines break
fails() {
    wanted=$1 text=$2 left=0
    shift 2
    "$@" >.heard 2>&1 </dev/null || left=$?
    tr -s ' \n' '  ' <.heard | grep -qF -- "$text" && [ $left = "$wanted" ] || {
        echo "left with $left, not $wanted, or does not say '$text':"
        cat .heard
        return 1
    }
}
