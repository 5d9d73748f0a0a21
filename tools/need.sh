#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs the Debian packages of the given groups of tools/packages.txt that are missing here.
# Calls apt only when something is missing. As root, or by sudo; sudo may ask for a password only
# when stdin is a terminal. usage: tools/need.sh GROUP...
set -eu
here=$(cd "$(dirname "$0")" && pwd)

wanted=""
for group in "$@"; do
    found=$(sed -n "s/^$group: //p" "$here/packages.txt")
    if [ -z "$found" ]; then
        echo "need.sh: no group '$group' in tools/packages.txt" >&2
        exit 2
    fi
    wanted="$wanted $found"
done

if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
    echo "this is no Debian system: install what these packages hold, by hand:" >&2
    # shellcheck disable=SC2086 # a list of words
    echo "  "$wanted >&2
    echo "  then run again with SL_NO_INSTALL=1" >&2
    [ -n "${SL_NO_INSTALL:-}" ] || exit 1
    exit 0
fi

# shellcheck disable=SC2086 # a list of words
have=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null |
    sed -n 's/^installed //p') || true
missing=""
for name in $wanted; do
    case "
$have
" in *"
$name
"*) ;; *) missing="$missing $name" ;; esac
done
[ -n "$missing" ] || exit 0
if [ -n "${SL_NO_INSTALL:-}" ]; then
    echo "missing packages, left so (SL_NO_INSTALL):$missing" >&2
    exit 0
fi

if [ "$(id -u)" = 0 ]; then
    as_root="env"
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo -n env"
elif command -v sudo >/dev/null 2>&1 && [ -t 0 ]; then
    as_root="sudo env"
else
    echo "these Debian packages are missing:$missing" >&2
    echo "  and this is neither root nor someone whom sudo lets in without a question" >&2
    echo "  as root, run: apt-get install --no-install-recommends$missing" >&2
    exit 1
fi

echo "installing:$missing" >&2
export DEBIAN_FRONTEND=noninteractive
apt="apt-get -y -q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# One of several sources may be away; what counts is whether the packages can be had.
# shellcheck disable=SC2086 # lists of words
if ! $as_root DEBIAN_FRONTEND=noninteractive $apt update </dev/null >"$log" 2>&1; then
    echo "apt-get update: some sources could not be read" >&2
fi
# shellcheck disable=SC2086 # lists of words
if ! $as_root DEBIAN_FRONTEND=noninteractive $apt install --no-install-recommends $missing \
    </dev/null >>"$log" 2>&1; then
    cat "$log" >&2
    echo "apt-get could not install:$missing" >&2
    exit 1
fi
