# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced after vault.sh by the stories of docs/recover.md: its scripts and commands as they stand
# on the page, run where there is no safelight.
# shellcheck shell=sh disable=SC2154
for tool in age age-keygen zstd sha256sum; do
    command -v $tool >/dev/null || no_story "no $tool here"
done
/usr/bin/python3 -c 'import zfec' 2>/dev/null || no_story "no python3-zfec here"
case $(command -v safelight) in /usr/bin/* | /bin/*)
    no_story "a safelight is installed here, so nothing would be proved" ;;
esac

block() { # LANGUAGE NUMBER: what stands on the page in that block of ```LANGUAGE
    awk -v fence='```' -v begin="\`\`\`$1" -v want="$2" '$0 == begin { on = ++count == want; next }
        $0 == fence { on = 0 } on' "$SL_SOURCE/docs/recover.md"
}

standard() { # SCRIPT [MODULE]: it imports the standard library, and that module
    imports=$(sed -n 's/^import //p' "$1" | tr -d ' ' | tr ',' '\n')
    [ -n "$imports" ] || return 1
    for module in $imports; do
        [ "$module" = "${2:-}" ] || /usr/bin/python3 -S -c \
            "import sys; sys.exit('$module' not in sys.stdlib_module_names)" || return 1
    done
}

# in_a_bare_place COMMANDS: they, in the folder page/, where there is no safelight. With $typed set,
# at a terminal at which that passphrase is typed.
in_a_bare_place() {
    cat >typist.py <<'END'
import os, pty, sys
child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
said = b""
while True:
    try:
        some = os.read(terminal, 4096)
    except OSError:  # the other end is closed
        break
    if not some:
        break
    said += some
    sys.stdout.buffer.write(some)
    while b"assphrase: " in said:
        said = said.split(b"assphrase: ", 1)[1]
        os.write(terminal, sys.argv[1].encode() + b"\n")
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
END
    printf 'set -eu\ncd "%s/page"\n%s\n' "$work" "$1" >page/all
    set -- env -i PATH=/usr/bin:/bin sh "$work/page/all"
    [ -z "${typed:-}" ] || set -- /usr/bin/python3 "$work/typist.py" "$typed" "$@"
    hidden=$(dirname "$SAFELIGHT")
    if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
        # the build folder and every installed copy covered: what remains is a stranger's machine
        # shellcheck disable=SC2016 # for the inner shell
        unshare -m /bin/sh -c '
            hidden=$1 program=$2
            shift 2
            mount --make-rprivate / && mount -t tmpfs none "$hidden" &&
            [ ! -e "$program" ] && ! command -v safelight && exec "$@"' \
            sh "$hidden" "$SAFELIGHT" "$@"
    else
        "$@"
    fi
}
