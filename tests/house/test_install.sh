#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal of this test: `meson install` and `ninja uninstall`, both called from outside the build
# folder, put the program into a DESTDIR and take every file of it away again.
# usage: test_install.sh BUILD-FOLDER        Prints TAP.
set -eu
build=$1

if [ ! -x "$build/safelight" ]; then
    echo "1..0 # SKIP this build makes no program"
    exit 0
fi
echo "1..3"
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
export DESTDIR="$root"
cd /

fail=0
say() { # say 0-OR-1 NUMBER-AND-NAME
    if [ "$1" = 0 ]; then echo "ok $2"; else
        echo "not ok $2"
        fail=1
    fi
}

so=0
meson install -C "$build" --no-rebuild >"$root.log" 2>&1 || so=1
[ $so = 0 ] || sed 's/^/# /' "$root.log"
say $so "1 - install__succeeds_from_outside_the_build_folder"

so=0
program=$(find "$root" -type f -name safelight -perm -u+x -path '*/bin/*')
page=$(find "$root" -type f -name 'safelight.1*')
completion=$(find "$root" -type f -path '*bash-completion*' -name safelight)
[ -n "$page" ] && [ -n "$completion" ] || so=1
"$program" --version >/dev/null || so=1
[ $so = 0 ] || echo "# program '$program', man page '$page', completion '$completion'"
say $so "2 - install__brings_the_program_its_page_and_completion"

so=0
ninja -C "$build" uninstall >"$root.log" 2>&1 || so=1
left=$(find "$root" -type f)
[ -z "$left" ] || so=1
[ $so = 0 ] || { sed 's/^/# /' "$root.log"; echo "# left behind: $left"; }
say $so "3 - uninstall__leaves_no_file_behind"
rm -f "$root.log"
exit $fail
