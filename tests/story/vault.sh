# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced after tap.sh by the stories of the vault: a folder on a real disk (a tmpfs is never safe
# to format), a production of folders, cards, and trees that are compared whole.
# shellcheck shell=sh disable=SC2034
rm -rf "$work"
work=$(mktemp -d "${SL_STORY_DIR:-/var/tmp}/safelight-story-XXXXXX") || exit 1
cd "$work" || exit 1
export HOME="$work"
tidy() {
    chmod -R u+rwX "$work" 2>/dev/null
    rm -rf "$work"
}
trap tidy EXIT
trap 'exit 1' HUP INT TERM

# found [KEEPERS [NEED]]: a production in folders keepers/1 ..., made by the home abroad/, which
# holds every key; on-set/ can only write.
found() {
    words=""
    for n in $(seq 1 "${1:-5}"); do
        mkdir -p "keepers/$n"
        words="$words --keeper k$n=$work/keepers/$n,device=d$n"
    done
    # shellcheck disable=SC2086 # a list of words
    abroad init film $words --need "${2:-3}" --locker camera --locker sound --no-passphrase &&
        abroad home on-set --out "$work/on-set" --new-no-passphrase
}
abroad() { "$SAFELIGHT" --home "$work/abroad" "$@"; }
on_set() { "$SAFELIGHT" --home "$work/on-set" "$@"; }
offload() { on_set offload "$1" --to camera --roll "${2:-A001}"; }

# says TEXT COMMAND...: the command says so, whatever it leaves with
says() {
    text=$1
    shift
    "$@" >.heard 2>&1 </dev/null
    grep -qF -- "$text" .heard || {
        echo "does not say '$text':"
        cat .heard
        return 1
    }
}

# tree DIR: all that has to come back: type, mode, time to the nanosecond, path, content
tree() {
    (cd "$1" && find . -printf '%y %m %T@ %P\n' | LC_ALL=C sort &&
        find . -type f -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum)
}
same() { # A B: two trees are equal in all of that
    tree "$1" >.tree-a && tree "$2" >.tree-b && diff .tree-a .tree-b
}

# comes_back CARD DEST [WHAT]: restored into a new folder, it is the card
comes_back() {
    abroad restore "camera/${3:-A001}" "$2" && same "$1" "$2"
}

clip() { # PATH MIB: incompressible
    mkdir -p "$(dirname "$1")" && head -c "$2M" /dev/urandom >"$1"
}

# small_card DIR: 20 MiB with the oddities of a card
small_card() {
    clip "$1/XDROOT/Clip/A001C001.MXF" 5 && clip "$1/XDROOT/Clip/A001C002.MXF" 14 &&
        clip "$1/XDROOT/Clip/نمای دور.MXF" 1 && mkdir -p "$1/XDROOT/Take" "$1/XDROOT/Edit" &&
        : >"$1/XDROOT/Edit/empty.smi" && echo '<x/>' >"$1/XDROOT/A001C001M01.XML" &&
        printf x >"$1/odd
name" && printf x >"$1/$(printf 'not-utf8-\377')" && chmod 0444 "$1/XDROOT/A001C001M01.XML" &&
        chmod 0750 "$1/XDROOT/Take" &&
        touch -d '1980-01-01T00:00:01.987654321Z' "$1/XDROOT/Clip/A001C001.MXF" &&
        touch -d '1969-12-31T23:59:58.000000007Z' "$1/XDROOT/Take"
}
