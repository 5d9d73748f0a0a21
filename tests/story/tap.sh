# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by the stories: a folder of their own that goes away again, an environment that says
# nothing, and TAP. $SAFELIGHT is the program, $SL_SOURCE the source folder.
# shellcheck shell=sh
set -u
: "${SAFELIGHT:?path of the program}" "${SL_SOURCE:?path of the source folder}"
[ -x "$SAFELIGHT" ] || {
    echo "Bail out! no program at $SAFELIGHT"
    exit 1
}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
unset SAFELIGHT_HOME SAFELIGHT_PASSPHRASE_FILE SAFELIGHT_PASSPHRASE_COMMAND XDG_DATA_HOME
unset NO_COLOR TMPDIR LANGUAGE
export LC_ALL=C.UTF-8 HOME="$work" TERM=dumb
number=0
failed=0

told() { # STATUS NAME: one line of TAP
    number=$((number + 1))
    if [ "$1" = 0 ]; then
        echo "ok $number - $2"
    else
        sed 's/^/# /' "$work/.said"
        echo "not ok $number - $2"
        failed=1
    fi
}

that() { # NAME COMMAND...: so when the command succeeds
    name=$1
    shift
    so=0
    "$@" >"$work/.said" 2>&1 </dev/null || so=1
    told $so "$name"
}

exits() { # CODE NAME COMMAND...: so when the command ends with exactly that code
    code=$1 name=$2
    shift 2
    so=0
    "$@" >"$work/.said" 2>&1 </dev/null || so=$?
    echo "exit $so, not $code" >>"$work/.said"
    [ $so = "$code" ]
    told $? "$name"
}

skip() { # NAME WHY
    number=$((number + 1))
    echo "ok $number - $1 # SKIP $2"
}

no_story() { # WHY: nothing of this can run here
    echo "1..0 # SKIP $1"
    exit 0
}

the_end() {
    echo "1..$number"
    exit $failed
}

is() { # HAVE WANT
    [ "$1" = "$2" ] || {
        echo "have: $1"
        echo "want: $2"
        return 1
    }
}

flip() { # FILE OFFSET: change one bit of one byte
    byte=$(od -An -tu1 -j"$2" -N1 "$1" | tr -d ' ')
    # shellcheck disable=SC2059 # an octal escape is meant
    printf "\\$(printf %03o $((byte ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

header_bytes() { # FILE: of the age header, its last line included
    dashes=$(LC_ALL=C grep -abo -m1 -- '^--- ' "$1" | cut -d: -f1)
    echo $((dashes + 48))
}
