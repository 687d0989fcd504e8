_netsandbox() {
    local word="${COMP_WORDS[COMP_CWORD]}"
    if [ "$COMP_CWORD" -eq 1 ]; then
        COMPREPLY=($(compgen -W "{commands} $(netsandbox list 2>/dev/null)" -- "$word") $(compgen -f -- "$word"))
    else
        COMPREPLY=($(compgen -W "$(netsandbox list 2>/dev/null)" -- "$word") $(compgen -f -- "$word"))
    fi
}
complete -o filenames -F _netsandbox netsandbox
