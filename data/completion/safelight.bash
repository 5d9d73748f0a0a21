# SPDX-License-Identifier: GPL-3.0-or-later
# Bash completion for safelight. Verbs and options are asked of the program itself, so this file
# knows nothing that could become wrong.
_safelight_verbs() {
    "$1" help 2>/dev/null | sed -n '/^verbs:/,/^$/s/^  \([a-z-]*\) .*/\1/p'
}

_safelight_ways() { # PROGRAM VERB: what may stand behind the verb (new, accept, ...), from its usage
    "$1" help "$2" 2>/dev/null |
        sed -n "s/^\\(usage: \\| \\{7\\}\\)safelight $2 \\([a-z][a-z-]*\\)\\( .*\\)\\{0,1\\}\$/\\2/p"
}

_safelight_options() { # PROGRAM [VERB]: long options of the page, with = where one takes a word
    "$1" help ${2:+"$2"} 2>/dev/null |
        sed -n 's/^ \{2,6\}\(-[A-Za-z], \)\{0,1\}\(--[a-z-]*\).*/\2/p'
}

_safelight() {
    local program=${COMP_WORDS[0]} word=${COMP_WORDS[COMP_CWORD]} verb="" i
    local previous=${COMP_WORDS[COMP_CWORD - 1]}
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        --home | --production | --passphrase-file | --passphrase-fd | --passphrase-command | \
            --progress) ((i++)) ;;
        -*) ;;
        *)
            verb=${COMP_WORDS[i]}
            break
            ;;
        esac
    done
    if [ "$previous" = --progress ]; then
        mapfile -t COMPREPLY < <(compgen -W "bar json none" -- "$word")
    elif [ "$verb" = help ] || { [ -z "$verb" ] && [[ $word != -* ]]; }; then
        mapfile -t COMPREPLY < <(compgen -W "$(_safelight_verbs "$program")" -- "$word")
    elif [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_safelight_options "$program" "$verb") \
            $(_safelight_options "$program") --help" -- "$word" | sort -u)
    else
        local ways=""
        [ "$previous" != "$verb" ] || ways=$(_safelight_ways "$program" "$verb")
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -W "$ways" -- "$word"; compgen -f -- "$word")
    fi
}

complete -F _safelight safelight
