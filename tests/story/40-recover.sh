#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal of this test: the page docs/recover.md alone, without Safelight, brings the film back: two
# data keepers missing, or one missing and one lying. Its commands and its script are taken from the
# page as they stand; nothing else is run. As root in a root of its own without the program.
. "$SL_SOURCE/tests/story/tap.sh"
. "$SL_SOURCE/tests/story/vault.sh"
for tool in age zstd sha256sum; do
    command -v $tool >/dev/null || no_story "no $tool here"
done
/usr/bin/python3 -c 'import zfec' 2>/dev/null || no_story "no python3-zfec here"

block() { # LANGUAGE: what stands in the page between ```LANGUAGE and ```
    sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/p" "$SL_SOURCE/docs/recover.md" | sed '1d;$d'
}

mkdir page
block python >page/recover.py
block sh >page/commands
that "the_page__has_a_script_of_at_most_100_lines" test "$(wc -l <page/recover.py)" -le 100
that "the_page__has_commands" test -s page/commands
that "the_page__is_no_longer_than_a_page_besides_the_script" test \
    "$(($(wc -l <"$SL_SOURCE/docs/recover.md") - $(wc -l <page/recover.py)))" -le 60
imports=$(sed -n 's/^import //p' page/recover.py | tr -d ' ' | tr ',' '\n' | grep -v '^zfec$')
standard() {
    for module in $imports; do
        /usr/bin/python3 -S -c "import sys; sys.exit('$module' not in sys.stdlib_module_names)" ||
            return 1
    done
}
that "the_script__uses_the_standard_library_and_zfec" standard

# in_a_bare_place DEST: the page, where there is no safelight
in_a_bare_place() {
    cat >page/all <<END
set -eu
cd '$work/page'
VAULT='$work/abroad/productions/film/vault.txt'
KEEPERS='$(echo "$work"/keepers/*)'
DEST='$work/$1'
mkdir "\$DEST"
$(cat page/commands)
END
    hidden=$(dirname "$SAFELIGHT")
    if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
        # the build folder and every installed copy covered: what remains is a stranger's machine
        unshare -m /bin/sh -c '
            mount --make-rprivate / && mount -t tmpfs none "$1" &&
            [ ! -e "$2" ] && ! command -v safelight && exec env -i PATH=/usr/bin:/bin sh "$3"' \
            sh "$hidden" "$SAFELIGHT" "$work/page/all"
    else
        env -i PATH=/usr/bin:/bin sh "$work/page/all"
    fi
}

that "the_story__has_a_production" found
small_card card
clip card/long.MXF 40
mkdir many
for n in $(seq 1 1500); do echo "$n" >"many/frame$n.dpx"; done
that "the_story__has_a_roll" offload card
that "the_story__has_a_roll_of_many_files" offload many B002
case $(command -v safelight) in /usr/bin/* | /bin/*)
    no_story "a safelight is installed here, so nothing would be proved" ;;
esac
cp -r keepers all-keepers

rm -rf keepers/1 keepers/3 # shards 0 and 2: slices of the footage as it is
that "recover__does_without_two_data_keepers" in_a_bare_place back-1
that "recover__brings_every_byte_name_mode_and_time" same card back-1/A001
that "recover__brings_every_roll" same many back-1/B002
that "recover__leaves_no_keys_lying_about" test ! -e page/keys

rm -rf keepers && cp -r all-keepers keepers && rm -rf keepers/2
for object in keepers/1/*/f/*/*; do flip "$object" 70000; done
find keepers/4 -path '*/s/*' -type f | sort | head -2 | while read -r slip; do
    flip "$slip" 300
done
that "recover__does_without_one_keeper_while_another_lies" in_a_bare_place back-2
that "recover__is_not_deceived" same card back-2/A001

rm -rf keepers && cp -r all-keepers keepers && rm -rf keepers/1 keepers/2 keepers/3
too_few() {
    in_a_bare_place back-3 && return 1
    grep -q 'fewer than 3 right shards' .said
}
that "recover__says_when_too_few_keepers_are_left" too_few

the_end
